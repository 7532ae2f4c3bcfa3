(* Theorem 39. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Scores.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* Krogh and Vedelsby: a mean is nearer than what it is the mean of *)
Lemma ambiguity (R : rcfType) M (a : 'I_M -> R) t (mean := (\sum_j a j) / M%:R) : (0 < M)%N ->
  (mean - t) ^+ 2 = (\sum_j (a j - t) ^+ 2) / M%:R - (\sum_j (a j - mean) ^+ 2) / M%:R.
Proof.
move=> M0; have M1 : M%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite -mulrBl -sumrB (eq_bigr (fun j => 2 * (mean - t) * a j + (t ^+ 2 - mean ^+ 2))) => [|j _]; last by ring.
rewrite big_split /= -mulr_sumr sumr_const card_ord -[_ *+ M]mulr_natl.
have -> : \sum_j a j = mean * M%:R by rewrite divfK.
by field.
Qed.

Theorem prompt_ensemble (R : rcfType) : Statements.prompt_ensemble R.
Proof.
move=> n r M p y s mean spread left p0 M0; suff E : scores_mse p y mean = left.
  by split=> //; rewrite -E scores_error_le_mse.
rewrite /left /spread /scores_mse exchange_big [X in _ - X / _]exchange_big !mulr_suml -sumrB; apply: eq_bigr => x _ /=.
rewrite -!mulr_sumr -!mulrA -mulrBr; congr (_ * _).
rewrite exchange_big [X in _ - X / _]exchange_big !mulr_suml -sumrB; apply: eq_bigr => c _ /=.
exact: ambiguity.
Qed.
