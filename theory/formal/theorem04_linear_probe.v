(* Theorem 4. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank SameSpace Labels Stability Dropped Places.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Theorem induced_labelling_error (R : rcfType) : Statements.induced_labelling_error R.
Proof. by move=> n m r P y z; apply: alphaT_le_alpha. Qed.

Theorem probe_mse (R : rcfType) : Statements.probe_mse R.
Proof.
move=> n m r k P y U l f g B basis best probe.
exact: (probe_mse_optimum best probe (value_ge0 basis k) (tail_value basis k)).
Qed.

Theorem probe_error (R : rcfType) : Statements.probe_error R.
Proof.
move=> n m r k P y U l f g B basis best probe b1.
by rewrite -mulrA; apply: (probe_error_optimum best probe (value_ge0 basis k) (tail_value basis k)).
Qed.

Section Sharp.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Variables (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)).
Hypotheses (basis : eigenbasis (hop P) U l) (top : top_embedding P U l f) (probe : least_squares P y f B).
Let d := fun i : 'I_n => (i < k)%N && (0 < l i).

Lemma sharp_mse : mse P y f B = \sum_(i | ~~ d i) energy P y U i.
Proof. exact: (mse_spans basis (d := d)). Qed.

Lemma rhoE : rho P y U l k = \sum_(i | ~~ d i) (1 - l i) * energy P y U i.
Proof. exact: (rest_tail y basis d). Qed.

Lemma sharp_below : rho P y U l k <= mse P y f B.
Proof.
rewrite sharp_mse rhoE; apply: ler_sum => i _; have /andP [l0 _] := eigenvalue01 basis i.
have := energy_ge0 P y U i; nra.
Qed.

Lemma sharp_above : mse P y f B * (1 - value l k) <= rho P y U l k.
Proof.
rewrite sharp_mse rhoE mulr_suml; apply: ler_sum => i; rewrite /d negb_and -leqNgt -leNgt => di.
rewrite mulrC ler_wpM2r ?energy_ge0 // lerD2l lerN2 -(value_ord l).
have [ki|ik] := leqP k i; first exact: value_sorted basis _ _ ki.
by apply: le_trans (value_ge0 basis k); move: di; rewrite leqNgt ik /= value_ord.
Qed.
End Sharp.

Theorem sharp_probe_mse (R : rcfType) : Statements.sharp_probe_mse R.
Proof.
move=> n m r k P y U l f B basis top probe b1; rewrite ler_pdivlMr ?subr_gt0 //.
exact: sharp_above basis top probe.
Qed.

Theorem sharp_probe_error (R : rcfType) : Statements.sharp_probe_error R.
Proof.
move=> n m r k P y U l f B basis top probe b1; apply: le_trans (error_le_mse P y f B) _.
by rewrite -mulrA ler_pM2l ?ltr0n //; apply: (sharp_probe_mse basis).
Qed.

Theorem sharp_probe_mse_below (R : rcfType) : Statements.sharp_probe_mse_below R.
Proof. by move=> n m r k P y U l f B basis top probe; apply: sharp_below basis top probe. Qed.

Theorem minimiser_is_top (R : rcfType) : Statements.minimiser_is_top R.
Proof.
move=> n m k P U l f g basis best lt; have [UU _] := eigenbasis_diagonalises basis.
have span : spans P U (fun i : 'I_n => i < k.+1)%N f.
  have E := same_projector_singular basis best lt; have [symQ _] := colproj_ortho (weightedL P f).
  rewrite /spans; apply: eqmx_trans (_ : (weightedL P f)^T :=: colproj (weightedL P f))%MS _.
    apply/eqmxP; rewrite proj_sub andbT -{1}(proj_id (submx_refl (weightedL P f)^T)); exact: submxMl.
  rewrite E /chosen; apply/eqmxP; rewrite submxMl /= -[X in (X <= _)%MS](mul1mx (select R _ *m U)) -UU -mulmxA.
  exact: submxMl.
rewrite /top_embedding; have -> : diag_mx (\row_i ((i < k.+1)%N && (0 < l i))%:R) = select R (fun i : 'I_n => i < k.+1)%N.
  rewrite /select; congr diag_mx; apply/rowP => i; rewrite !mxE; case: ltnP => //= ik.
  rewrite -(value_ord l i); suff -> : 0 < value l i by [].
  exact: le_lt_trans (value_ge0 basis k.+1) (lt_le_trans (value_lt basis lt) (value_sorted basis (ltnSE ik))).
exact: span.
Qed.
