(* Logarithms: Gibbs' and Jensen's inequalities, and InfoNCE as a divergence from the pairs, in each direction. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From mathcomp Require Import reals sequences exp.
From Pairbounds Require Import Statements LogStatements Pairs Mirror.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Gibbs.
Variable R : realType.
Implicit Types a p q t : R.

Lemma ln_le t : 0 < t -> ln t <= t - 1.
Proof. by move=> t0; have := @le_ln1Dx R (t - 1); rewrite (_ : 1 + (t - 1) = t); [apply; lra|ring]. Qed.

(* with a factor of one's choice, as Donsker and Varadhan have it *)
Lemma gibbs p q t : 0 <= p -> 0 < q -> 0 <= t -> (t = 0 -> p = 0) -> p * ln t + p - q * t <= p * ln (p / q).
Proof.
rewrite le_eqVlt => /orP [/eqP <-|p0] q0; first by move=> t0 _; rewrite !mul0r add0r sub0r oppr_le0 mulr_ge0 // ltW.
rewrite le_eqVlt => /orP [/eqP <- /(_ erefl)|t0 _]; first by move/eqP; rewrite gt_eqF.
have u0 : 0 < t * q / p by rewrite !(mulr_gt0, invr_gt0).
have := ln_le u0; rewrite ln_div ?posrE ?mulr_gt0 // lnM ?posrE // ln_div ?posrE //.
rewrite -(ler_pM2l p0); have -> : p * (t * q / p - 1) = q * t - p by field; rewrite gt_eqF.
by move: (ln t) (ln p) (ln q) => a b c; lra.
Qed.

Variables (I : finType) (p q : I -> R).
Hypotheses (p0 : forall i, 0 <= p i) (q0 : forall i, 0 < q i).

Lemma gibbs_sum : \sum_i p i - \sum_i q i <= \sum_i p i * ln (p i / q i).
Proof.
rewrite -sumrB; apply: ler_sum => i _; have := @gibbs (p i) (q i) 1 (p0 i) (q0 i) ler01.
by rewrite ln1 mulr0 add0r mulr1; apply => /eqP; rewrite oner_eq0.
Qed.
End Gibbs.

Section Logs.
Variables (R : realType) (I : finType) (p : I -> R).
Hypotheses (p0 : forall i, 0 <= p i) (p1 : \sum_i p i = 1).

Lemma mean_gt0 (a : I -> R) : (forall i, 0 < a i) -> 0 < \sum_i p i * a i.
Proof.
move=> a0; have ge0 i : 0 <= p i * a i by rewrite mulr_ge0 // ltW.
rewrite lt_def sumr_ge0 // andbT; apply/eqP => z; have /eqP := p1.
rewrite big1 ?[0 == 1]eq_sym ?oner_eq0 // => i _; have /eqP : p i * a i = 0 by apply: (psumr_eq0P _ z).
by rewrite mulf_eq0 [a i == 0]gt_eqF // orbF => /eqP.
Qed.

(* Jensen's inequality for the logarithm and for the exponential *)
Lemma jensen_ln (a : I -> R) : (forall i, 0 < a i) -> \sum_i p i * ln (a i) <= ln (\sum_i p i * a i).
Proof.
move=> a0; set s := \sum_i p i * a i; have s0 : 0 < s by apply: mean_gt0.
have : \sum_i p i * ln (a i / s) <= \sum_i p i * (a i / s - 1).
  by apply: ler_sum => i _; rewrite ler_wpM2l ?ln_le ?divr_gt0.
have -> : \sum_i p i * (a i / s - 1) = 0.
  rewrite (eq_bigr (fun i => p i * a i / s - p i)) => [|i _]; last by rewrite mulrBr mulrA mulr1.
  by rewrite sumrB p1 -mulr_suml mulfV ?subrr ?gt_eqF.
rewrite (eq_bigr (fun i => p i * ln (a i) - p i * ln s)) => [|i _]; last by rewrite ln_div ?posrE // mulrBr.
by rewrite sumrB -mulr_suml p1 mul1r subr_le0.
Qed.

Lemma jensen_exp (a : I -> R) : expR (\sum_i p i * a i) <= \sum_i p i * expR (a i).
Proof.
set s := \sum_i p i * a i.
have : \sum_i p i * (expR s * (1 + (a i - s))) <= \sum_i p i * expR (a i).
  apply: ler_sum => i _; rewrite ler_wpM2l //; have {2}-> : a i = s + (a i - s) by ring.
  by rewrite expRD ler_wpM2l ?expR_ge0 ?expR_ge1Dx.
suff -> : \sum_i p i * (expR s * (1 + (a i - s))) = expR s by [].
rewrite (eq_bigr (fun i => expR s * ((1 - s) * p i + p i * a i))) => [|i _]; last by ring.
by rewrite -mulr_sumr big_split -mulr_sumr p1 /= -/s mulr1 subrK mulr1.
Qed.
End Logs.

Section Excess.
Variables (R : realType) (n m : nat) (P : graph R n m) (s : 'M[R]_(n, m)).

Lemma partition_right_gt0 x : 0 < partition_right P s x.
Proof.
apply: mean_gt0 => [l||l]; rewrite ?expR_gt0 ?(ltW (pR_gt0 P l)) //.
by rewrite -(weight_sum P) exchange_big.
Qed.

Lemma model_right_gt0 x l : 0 < model_right P s x l.
Proof. by rewrite divr_gt0 ?mulr_gt0 ?pR_gt0 ?expR_gt0 ?partition_right_gt0. Qed.

Lemma model_right_sum x : \sum_l model_right P s x l = 1.
Proof. by rewrite -mulr_suml mulfV // gt_eqF ?partition_right_gt0. Qed.

Lemma excess_rightE : excess_right P s = \sum_x \sum_l P x l * ln (P x l / (pL P x * model_right P s x l)).
Proof.
rewrite /excess_right /loss_right /attraction /information -addrA -sumrN -!big_split; apply: eq_bigr => x _ /=.
rewrite mulr_suml -sumrN -!big_split; apply: eq_bigr => l _ /=.
have := weight_ge0 P x l; rewrite le_eqVlt => /orP [/eqP <-|p0]; first by rewrite !mul0r oppr0 !addr0.
have L0 := pL_gt0 P x; have R0 := pR_gt0 P l; have Z0 := partition_right_gt0 x; have E0 := expR_gt0 (s x l).
have -> : P x l / (pL P x * model_right P s x l) = P x l / (pL P x * pR P l) * (partition_right P s x / expR (s x l)).
  rewrite /model_right; move: L0 R0 Z0 E0; move: (pL P x) (pR P l) (partition_right P s x) (expR _) => a b c d *.
  by field; rewrite !gt_eqF.
by rewrite [ln (_ * (_ / expR _))]lnM ?posrE ?divr_gt0 ?mulr_gt0 // [ln (_ / expR _)]ln_div ?posrE // expRK; ring.
Qed.

Lemma excess_right_ge0 : 0 <= excess_right P s.
Proof.
rewrite excess_rightE; apply: sumr_ge0 => x _.
apply: le_trans (gibbs_sum (fun l => weight_ge0 P x l) (fun l => mulr_gt0 (pL_gt0 P x) (model_right_gt0 x l))).
by rewrite -mulr_sumr model_right_sum mulr1 subrr.
Qed.
End Excess.

Section Backward.
Variables (R : realType) (n m : nat) (P : graph R n m) (s : 'M[R]_(n, m)).

Lemma mirror_partition l : partition_right (mirror P) s^T l = partition_left P s l.
Proof. by apply: eq_bigr => x _; rewrite mirror_pR mxE. Qed.

Lemma mirror_attraction : attraction (mirror P) s^T = attraction P s.
Proof. by rewrite /attraction exchange_big; apply: eq_bigr => x _; apply: eq_bigr => l _; rewrite !mxE. Qed.

Lemma mirror_loss_right : loss_right (mirror P) s^T = loss_left P s.
Proof.
by rewrite /loss_right mirror_attraction; congr (_ - _); apply: eq_bigr => l _; rewrite mirror_pL mirror_partition.
Qed.

Lemma mirror_information : information (mirror P) = information P.
Proof.
rewrite /information exchange_big; apply: eq_bigr => x _; apply: eq_bigr => l _.
by rewrite mirror_pL mirror_pR [pR P l * _]mulrC mxE.
Qed.

Lemma mirror_excess : excess_right (mirror P) s^T = excess_left P s.
Proof. by rewrite /excess_right mirror_loss_right mirror_information. Qed.

Lemma mirror_model l x : model_right (mirror P) s^T l x = model_left P s l x.
Proof. by rewrite /model_right mirror_pR mirror_partition mxE. Qed.

Lemma model_left_gt0 l x : 0 < model_left P s l x.
Proof. by rewrite -mirror_model model_right_gt0. Qed.

Lemma model_left_sum l : \sum_x model_left P s l x = 1.
Proof. by rewrite -(model_right_sum (mirror P) s^T l); apply: eq_bigr => x _; rewrite mirror_model. Qed.

Lemma excess_leftE : excess_left P s = \sum_l \sum_x P x l * ln (P x l / (pR P l * model_left P s l x)).
Proof.
rewrite -mirror_excess excess_rightE; apply: eq_bigr => l _; apply: eq_bigr => x _.
by rewrite mirror_pL mirror_model mxE.
Qed.

Lemma excess_left_ge0 : 0 <= excess_left P s.
Proof. by rewrite -mirror_excess excess_right_ge0. Qed.
End Backward.
