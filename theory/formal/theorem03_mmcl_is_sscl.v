(* Theorem 3. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank SameSpace InducedPairs Stability Dropped Places.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem3.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Variables (f h : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)).
Hypothesis best : minimiser P f g.
Local Notation Q := (colproj (weightedL P f)).

Lemma first_kept (i : 'I_n) :
  singular l k.+1 < singular l k \/ singular l k = 0 -> (i < k.+1)%N -> 0 < l i -> Q *m (row i U)^T = (row i U)^T.
Proof.
move=> parts ik l0; apply: (above_kept basis best (value_ge0 basis k.+1) (tail_value basis k.+1)).
case: parts => [lt|z].
  by rewrite -(value_ord l i); apply: lt_le_trans (value_lt basis lt) (value_sorted basis (ltnSE ik)).
apply: le_lt_trans _ l0; apply: le_trans (value_sorted basis (leqnSn k)) _.
by rewrite -(singular_sq basis) z expr0n.
Qed.

Lemma aligned : singular l k.+1 < singular l k \/ singular l k = 0 ->
  exists2 L : 'M[R]_k.+1, induced_minimiser P (f *m L) &
    induced_loss P (f *m L) = - (\sum_(i < n | (i < k.+1)%N) singular l i ^+ 4).
Proof.
move=> parts; have [L E] := colproj_factor (weightedL P f) (root k.+1 U l).
have {}E : f *m L = unweightL P (root k.+1 U l).
  apply/matrixP => x i; apply: (mulfI (sqrtL_neq0 P x)).
  by rewrite -weighted_mul E (root_kept (fun i => first_kept parts)) !mxE mulrCA mulfV ?mulr1 ?sqrtL_neq0.
exists L; rewrite E; first by apply/(induced_optimum_value basis); apply: (induced_loss_root _ basis).
rewrite (induced_loss_root _ basis); congr (- _); apply: eq_bigr => i _.
by rewrite (exprM _ 2 2) (singular_sq basis) value_ord.
Qed.

Lemma same_space_induced :
  singular l k.+1 < singular l k -> induced_minimiser P h -> Q = colproj (weightedL P h).
Proof.
move=> lt hbest; rewrite (same_projector_singular basis best lt) -(induced_weightedL P h).
rewrite (same_projector_singular (induced_basis basis) (induced_optimum_two_sided basis hbest)) //.
have E i : value (fun i => l i ^+ 2) i = value l i ^+ 2 by rewrite /value; case: insubP => [//|_]; rewrite expr0n /=.
by rewrite /singular !E !sqrtr_sqr !ger0_norm ?(value_ge0 basis) // (value_lt basis lt).
Qed.
End Theorem3.

Theorem mmcl_is_sscl (R : rcfType) : Statements.mmcl_is_sscl R.
Proof.
move=> n m k P U l f h g basis best; split; first exact: (aligned basis best).
move=> lt hbest r y B C /least_squaresP EB /least_squaresP EC.
have E : f *m B = h *m C.
  apply/matrixP => x c; apply: (mulfI (sqrtL_neq0 P x)).
  by rewrite -!weighted_mul EB EC (same_space_induced basis best lt hbest).
by rewrite /Statements.error E.
Qed.
