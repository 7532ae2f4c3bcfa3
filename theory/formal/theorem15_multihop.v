(* Theorem 15. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Margins SameSpace Stability Dropped Places Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem15.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.

(* the label-energy measure *)
Lemma energy_measure M : consistent_measure P y M (energy P y U) l.
Proof.
split=> [i|i|j _]; [exact: energy_ge0|exact: (eigenvalue01 basis)|].
rewrite consistency_moment /moment (form_diag basis _ (hops_diag basis j)); apply: eq_bigr => i _.
by rewrite mxE mulrC.
Qed.

Lemma tail_mse k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)) :
  minimiser P f g -> least_squares P y f B -> mse P y f B <= \sum_(i | l i <= value l k) energy P y U i.
Proof.
by move=> best /mse_projection ->; apply: (rest_energy y basis best (value_ge0 basis k) (tail_value basis k)).
Qed.

Lemma dropped_mse k (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) (B : 'M[R]_(k.+1, r)) :
  minimiser P f g -> least_squares P y f B -> \sum_(i | l i < value l k.+1) energy P y U i <= mse P y f B.
Proof.
move=> best probe; rewrite (mse_projection probe); apply: (rest_dropped y basis (colproj_ortho _)) => i lt.
have kn : (k < n)%N.
  rewrite ltnNge; apply/negP => nk; move: lt; rewrite (value_out l (leqW nk)) ltNge.
  by have /andP [-> _] := eigenvalue01 basis i.
apply: (below_dropped basis best (t := Ordinal kn) (erefl _)).
by apply: lt_le_trans lt _; rewrite -(value_ord l (Ordinal kn)); apply: (value_sorted basis (leqnSn k)).
Qed.
End Theorem15.

Theorem multihop_mse (R : rcfType) : Statements.multihop_mse R.
Proof.
move=> n m r k M P y U l f g B most basis best probe bound.
exact: le_trans (tail_mse basis best probe) (bound _ _ _ (energy_measure y basis M)).
Qed.

Theorem multihop_error (R : rcfType) : Statements.multihop_error R.
Proof.
move=> n m r k M P y U l f g B most basis best probe bound; apply: le_trans (error_le_mse P y f B) _.
by rewrite ler_pM2l ?ltr0n //; apply: (multihop_mse basis best probe bound).
Qed.

Theorem multihop_mse_below (R : rcfType) : Statements.multihop_mse_below R.
Proof.
move=> n m r k M P y U l f g B least basis best probe bound.
exact: le_trans (bound _ _ _ (energy_measure y basis M)) (dropped_mse basis best probe).
Qed.

Theorem by_polynomial (R : rcfType) : Statements.by_polynomial R.
Proof.
move=> n m r k P y U l f g B b p basis best probe le p0 p1; rewrite poly_consistency.
have b0 := le_trans (value_ge0 basis k) le; have tail := (tail_leP basis k b0).2 le.
exact: (multihop_mse_optimum best probe b0 tail p0 p1).
Qed.
