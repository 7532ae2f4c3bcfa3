(* The hypotheses of theorem 25 do not contradict each other: four images, one for each of two classes in each of two
   domains. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Exact.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Four.
Variable R : rcfType.
Definition class (x : 'I_4) : 'I_2 := if (x < 2)%N then ord0 else ord_max.
Definition domain (x : 'I_4) : 'I_2 := if odd x then ord_max else ord0.
Definition sign (s : bool) : R := if s then -1 else 1.
Definition features : 'M[R]_(4, 3) := \matrix_(x, i)
  (if i == 0 :> nat then 1 else if i == 1 :> nat then sign (1 < x)%N else sign (odd x)).
Definition captions : 'M[R]_(4, 3) := \matrix_(l, i) (features l i * (if i == 0 :> nat then 1 else 1 / 4)).
Definition four_weight : 'M[R]_4 := \matrix_(x, l) ((features *m captions^T) x l / 16).

Lemma entry x l : four_weight x l =
  (1 + (sign (1 < x)%N * sign (1 < l)%N + sign (odd x) * sign (odd l)) / 4) / 16.
Proof. by rewrite !mxE !big_ord_recl big_ord0 !mxE /=; field. Qed.
Lemma four_row x : \sum_l four_weight x l = 1 / 4.
Proof. by rewrite !big_ord_recl big_ord0 !entry /sign /=; case: ifP => _; case: ifP => _; field. Qed.
Lemma four_column l : \sum_x four_weight x l = 1 / 4.
Proof. by rewrite -(four_row l); apply: eq_bigr => x _; rewrite !entry; ring. Qed.
Fact four_ge0 x l : 0 <= four_weight x l.
Proof. by rewrite entry /sign; case: ifP => _; case: ifP => _; case: ifP => _; case: ifP => _; lra. Qed.
Fact four_sum : \sum_x \sum_l four_weight x l = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => four_row x)) !big_ord_recl big_ord0; lra. Qed.
Fact four_left x : 0 < \sum_l four_weight x l. Proof. by rewrite four_row; lra. Qed.
Fact four_right l : 0 < \sum_x four_weight x l. Proof. by rewrite four_column; lra. Qed.
Definition four : graph R 4 4 := Graph four_ge0 four_sum four_left four_right.
Lemma four_pL x : pL four x = 1 / 4. Proof. exact: four_row. Qed.
Lemma four_pR l : pR four l = 1 / 4. Proof. exact: four_column. Qed.

Lemma four_induced : classes_and_domains four class domain (9 / 128) (1 / 16) (1 / 16) (7 / 128).
Proof.
split=> [|x x'].
  apply: inj_card_bij; last by rewrite card_prod !card_ord.
  by move=> x x' /eqP; case: x x' => [[|[|[|[|x]]]] ?] // [[|[|[|[|x']]]] ?] // _; apply: val_inj.
rewrite /induced !big_ord_recl big_ord0 !four_pR !entry /sign /=.
by case: x x' => [[|[|[|[|x]]]] ?] // [[|[|[|[|x']]]] ?] //=; field.
Qed.

Lemma four_whitened : whitened_optimum four features.
Proof.
have half : Num.sqrt (1 / 4) = 1 / 2 :> R.
  by rewrite (_ : 1 / 4 = (1 / 2) ^+ 2) ?sqrtr_sqr ?ger0_norm //; lra.
split.
  apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE !four_pL half /sign /=.
  by case: i j => [[|[|[|i]]] ?] // [[|[|[|j]]] ?] //=; field.
exists 1%:M, captions; rewrite mulmx1; apply: exact_best => x l.
by rewrite [four x l]mxE four_pL four_pR; field.
Qed.

Definition fitted : 'M[R]_(3, 2) := \matrix_(i, j) (if i == 1 :> nat then sign (j == 1 :> nat) / 2 else 1 / 4).
Lemma fitted_least : least_norm_head four class (fun x => domain x == ord0) features fitted.
Proof.
apply: exact_head => [x|B scores].
  by case: x => [[|[|[|[|x]]]] ?] // _ [[|[|c]] ?] //; rewrite !mxE !big_ord_recl !big_ord0 !mxE /sign /=; field.
rewrite /sqnorm exchange_big [leRHS]exchange_big; apply: ler_sum => j _.
move: (scores 0 isT j) (scores 2 isT j); rewrite !mxE !big_ord_recl !big_ord0 !mxE /sign /=.
move: (B _ j) (B _ j) (B _ j) => u v w E0 E2.
have E : w = 1 / 2 - u by move: E0 E2; case: j => [[|[|j]] ?] //=; lra.
have -> : v = sign (j == 1 :> nat) / 2 by move: E0 E2; rewrite /sign; case: j => [[|[|j]] ?] //=; lra.
rewrite E; have := sqr_ge0 (u - 1 / 4); rewrite /sign; case: ifP => _; nra.
Qed.

(* the last conjunct: an image outside the source *)
Theorem four_images : exists (f : 'M[R]_(4, 3)) B (rho alpha beta gamma : R),
  [/\ classes_and_domains four class domain rho alpha beta gamma, gamma < alpha, gamma < beta,
      whitened_optimum four f & least_norm_head four class (fun x => domain x == ord0) f B
                                /\ exists x, domain x != ord0].
Proof.
exists features, fitted, (9 / 128), (1 / 16), (1 / 16), (7 / 128).
split; [exact: four_induced|lra|lra|exact: four_whitened|split; [exact: fitted_least|by exists 1]].
Qed.
End Four.
