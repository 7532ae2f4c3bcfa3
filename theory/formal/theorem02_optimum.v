(* Theorem 2. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Stability Places.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Theorem excess_loss (R : rcfType) : Statements.excess_loss R.
Proof. by move=> n m k P U l f g basis; exact: (loss_lower basis). Qed.

Theorem optimum (R : rcfType) : Statements.optimum R.
Proof.
move=> n m k P U l basis; split; [exact: optimum_exists basis|exact: optimum_value basis|].
move=> W T f g right unit fE gE; apply/(optimum_value basis); have dS := eigenbasis_diagonalises basis.
rewrite loss_factorisation.
suff -> : weightedL P f *m (weightedR P g)^T = chosen U (fun i : 'I_n => i < k)%N *m normalised P.
  by rewrite (eckart_young_attained (fun i : 'I_n => i < k)%N dS) addrAC subrr add0r.
have UA : U *m normalised P = diag_mx (\row_i singular l i) *m W.
  apply/row_matrixP => i; rewrite row_mul right mul_diag_mx; apply/rowP => j; by rewrite !mxE.
rewrite fE gE !trmx_mul !trmxK tr_diag_mx tr_pid_mx /chosen -!mulmxA UA.
rewrite (mulmxA T (invmx T)) mulmxV // mul1mx; congr (_ *m _).
have pp : (pid_mx k : 'M[R]_(n, k)) *m (pid_mx k : 'M[R]_(k, n)) = pid_mx k by rewrite mul_pid_mx !minnn.
set D := diag_mx (\row_i Num.sqrt _); rewrite (mulmxA (pid_mx k) (pid_mx k) (D *m W)) pp.
rewrite (mulmxA (pid_mx k) D W) (mulmxA D (pid_mx k *m D) W) (mulmxA (select R _) _ W); congr (_ *m _).
rewrite /D /select !mul_diag_mx mul_mx_diag; apply/matrixP => i j; rewrite !mxE.
rewrite -[in RHS]val_eqE /=; have [E|_] := eqVneq (nat_of_ord i) (nat_of_ord j); last by rewrite !(mulr0, mul0r).
have -> : i = j by apply: ord_inj.
rewrite /= mulr1n; case: (j < k)%N; last by rewrite !(mulr0, mul0r).
by rewrite !mul1r -expr2 sqr_sqrtr // sqrtr_ge0.
Qed.
