(* Theorem 40. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Energies Inequalities theorem15_multihop Scores.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem40.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).

Lemma caption_vote_walk x c : caption_vote P y x c = walk P y 1 c x.
Proof.
rewrite /= (eq_bigr (fun x' => \sum_l P x l / pL P x * (P x' l * (y x' == c)%:R / pR P l))) => [|x' _].
  by rewrite exchange_big; apply: eq_bigr => l _; rewrite mulr_suml mulr_sumr.
by rewrite /induced !mulr_suml; apply: eq_bigr => l _; ring.
Qed.

Lemma caption_vote_rest : scores_mse (pL P) y (caption_vote P y) = sqnorm (hop P *m Y P y - Y P y).
Proof.
apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => c _.
have -> : (hop P *m Y P y - Y P y) x c = Num.sqrt (pL P x) * (caption_vote P y x c - (y x == c)%:R).
  rewrite caption_vote_walk walk_hops /= mulmx1 mxE [(- _ : 'M_(_, _)) _ _]mxE [Y P y x c]mxE.
  by rewrite mulrBr mulrCA mulfV ?mulr1 ?sqrtL_neq0.
by rewrite exprMn sqr_sqrtr // ltW ?pL_gt0.
Qed.

Variables (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.

Lemma caption_vote_energy :
  scores_mse (pL P) y (caption_vote P y) = \sum_i (1 - l i) ^+ 2 * energy P y U i.
Proof.
rewrite caption_vote_rest -(sqnorm_basis basis) mulmxBr (mulmxA U) (US basis) -mulmxA; apply: eq_bigr => i _.
rewrite mulr_sumr; apply: eq_bigr => c _; move: (U *m Y P y) => Z.
by rewrite mul_diag_mx !mxE; ring.
Qed.

Lemma caption_vote_hops :
  scores_mse (pL P) y (caption_vote P y) = 1 - 2 * consistency P y 1 + consistency P y 2.
Proof.
have [_ _ moments] := energy_measure y basis 2.
rewrite caption_vote_energy -!moments // -[X in _ = X - _ + _](energy_sum y basis) mulr_sumr -sumrB -big_split;
  apply: eq_bigr => i _ /=.
ring.
Qed.
End Theorem40.

Theorem caption_vote_mse (R : rcfType) : Statements.caption_vote_mse R.
Proof.
move=> n m r P y U l squared basis; split; [exact: caption_vote_hops basis|exact: caption_vote_energy basis|].
rewrite /squared (caption_vote_energy y basis) (alphaT_energy y basis); apply: ler_sum => i _.
have /andP [l0 l1] := eigenvalue01 basis i; rewrite ler_wpM2r ?energy_ge0 //; nra.
Qed.

Theorem caption_vote_error (R : rcfType) : Statements.caption_vote_error R.
Proof.
move=> n m r P y; have [U [l basis]] := eigenbasis_exists (hop_sym P).
rewrite -(caption_vote_hops y basis); apply: scores_error_le_mse => x; exact: ltW (pL_gt0 P x).
Qed.
