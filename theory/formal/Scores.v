(* Errors of any scores: twice the squared error covers the 0-1 error. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers Energies Margins Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Scores.
Variables (R : rcfType) (n r : nat) (p : 'I_n -> R) (y : 'I_n -> 'I_r).
Hypothesis p0 : forall x, 0 <= p x.

Lemma scores_error_le_mse (s : 'I_n -> 'I_r -> R) : scores_error p y s <= 2 * scores_mse p y s.
Proof.
rewrite mulr_sumr; apply: ler_sum => x _; rewrite mulrCA ler_wpM2l //.
case: (boolP (errs (s x) (y x))) => [/errs_indicator|_]; last by rewrite mulr_ge0 // sumr_ge0 // => c _; apply: sqr_ge0.
by move: (\sum_c _) => t; rewrite -[true%:R]/(1 : R); lra.
Qed.

Lemma onehot_sum x (h : 'I_r -> R) : \sum_c h c * (y x == c)%:R = h (y x).
Proof.
rewrite (bigD1 (y x)) //= eqxx mulr1 big1 ?addr0 // => c /negPf ne; by rewrite eq_sym ne mulr0.
Qed.

Lemma onehot_one x : \sum_c (y x == c)%:R = 1 :> R.
Proof. by rewrite -[RHS](onehot_sum x (fun=> 1)); apply: eq_bigr => c _; rewrite mul1r. Qed.
End Scores.

Lemma nodes (R : rcfType) n m (P : graph R n m) : exists x : 'I_n, true.
Proof.
case: n P => [|n] P; last by exists ord0.
by have := weight_sum P; rewrite big_ord0 => /esym /eqP; rewrite oner_eq0.
Qed.
