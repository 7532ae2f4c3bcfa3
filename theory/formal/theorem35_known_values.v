(* Theorem 35. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Dropped Places.
From Pairbounds Require Import Inequalities Excess Known theorem15_multihop theorem18_penalty.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem35.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Local Notation energy := (energy P y U).

Lemma first_node : {i0 : 'I_n | i0 = 0%N :> nat}.
Proof. by have [j jn] := some_node P; exists (Ordinal (leq_ltn_trans (leq0n j) jn)). Qed.

Lemma energy_first (i0 : 'I_n) : value l 1 < 1 -> i0 = 0%N :> nat -> l i0 = 1 /\ energy i0 = energy_at_one P y.
Proof.
move=> l1 i0E; have := first_energy (Y P y) basis (roots_fixed P) (roots_unit P) l1 i0E.
by rewrite roots_labels.
Qed.

Lemma moments_energy (p : {poly R}) : \sum_(j < size p) p`_j * consistency P y j = \sum_i p.[l i] * energy i.
Proof. by rewrite poly_consistency (poly_energy y basis). Qed.

Lemma moments_beyond (p : {poly R}) (i0 : 'I_n) : value l 1 < 1 -> i0 = 0%N :> nat ->
  \sum_(j < size p) p`_j * (consistency P y j - energy_at_one P y) = \sum_(i | i != i0) p.[l i] * energy i.
Proof.
move=> l1 i0E; have [li e] := energy_first l1 i0E.
by rewrite less_at_one moments_energy; apply: all_but_first.
Qed.

(* what is dropped, ties with the first value that the width leaves out too *)
Lemma below_cut k (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) (B : 'M[R]_(k.+1, r)) :
  minimiser P f g -> least_squares P y f B -> \sum_(i | l i < value l k) energy i <= mse P y f B.
Proof.
move=> best probe; rewrite (mse_projection probe); apply: (rest_dropped y basis (colproj_ortho _)) => i lt.
have kn : (k < n)%N.
  rewrite ltnNge; apply/negP => nk; move: lt; rewrite (value_out l nk) ltNge.
  by have /andP [-> _] := eigenvalue01 basis i.
by apply: (below_dropped basis best (t := Ordinal kn) (erefl _)); rewrite -(value_ord l (Ordinal kn)).
Qed.

Lemma energy_above b e (p : {poly R}) : e <= \sum_(i | l i <= b) energy i -> (forall t, 0 <= t <= b -> 1 <= p.[t]) ->
  ((forall i : 'I_n, b < l i -> 0 <= p.[l i]) -> e <= \sum_(j < size p) p`_j * consistency P y j) /\
  ((forall i : 'I_n, (0 < i)%N -> b < l i -> 0 <= p.[l i]) -> b < 1 -> value l 1 < 1 ->
     e <= \sum_(j < size p) p`_j * (consistency P y j - energy_at_one P y)).
Proof.
have l01 := eigenvalue01 basis; have e0 := energy_ge0 P y U; move=> left p1; split=> [p0|p0 b1 l1].
  by rewrite moments_energy; apply: (above_points l01 e0 left p1 p0).
have [i0 i0E] := first_node; have [li _] := energy_first l1 i0E; rewrite (moments_beyond p l1 i0E).
exact: (above_points_beyond l01 e0 i0E left p1 li b1 p0).
Qed.
End Theorem35.

Theorem known_values_mse (R : rcfType) : Statements.known_values_mse R.
Proof.
move=> n m r k P y U l f g B p basis best probe p1; have [_ _ sorted] := basis.
have [one beyond] := energy_above basis (tail_mse basis best probe) p1; split=> [p0|p0 k0 l1].
  by apply: one => i /(point_above sorted); apply: p0.
apply: beyond => // [i i0 /(point_above sorted) ik|]; first by rewrite p0 // i0.
by apply: le_lt_trans l1; apply: (value_sorted basis).
Qed.

Theorem known_values_error (R : rcfType) : Statements.known_values_error R.
Proof.
move=> n m r k P y U l f g B p basis best probe p1; have [one beyond] := known_values_mse basis best probe p1.
split=> [p0|p0 k0 l1]; apply: le_trans (error_le_mse P y f B) _; rewrite ler_pM2l ?ltr0n //; [exact: one|exact: beyond].
Qed.

Theorem known_values_mse_below (R : rcfType) : Statements.known_values_mse_below R.
Proof.
move=> n m r k P y U l f g B p basis best probe p1; have [_ _ sorted] := basis; have left := below_cut basis best probe.
have l01 := eigenvalue01 basis; have e0 := energy_ge0 P y U; split=> [p0|p0 l1].
  by rewrite (moments_energy y basis); apply: (below_points l01 sorted e0 left p1 p0).
have [i0 i0E] := first_node P; have [li _] := energy_first y basis l1 i0E; rewrite (moments_beyond y basis p l1 i0E).
exact: (below_points_beyond l01 sorted e0 i0E left p1 li l1 p0).
Qed.

Theorem known_values_penalised_mse (R : rcfType) : Statements.known_values_penalised_mse R.
Proof.
move=> n m r k P y U l mu f g B p b basis mu0 best probe p1; apply: (energy_above basis _ p1).
rewrite (mse_projection probe); apply: (rest_kept y basis (colproj_ortho _)) => i.
by rewrite -ltNge; apply: (kept basis mu0 best).
Qed.
