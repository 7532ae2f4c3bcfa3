(* Statements that are false, and that a reader might take for theorem 25: in each a head is trained on one domain of
   four images, one for each of two classes in each of two domains. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Places Exact Instances25.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section FalseTransfer.
Variable R : rcfType.
Local Notation sign := (sign R).
Local Notation four := (four R).
(* four orthonormal functions: constant, of one bit, of the other, and their product *)
Definition functions : 'M[R]_4 := \matrix_(i, x)
  ((if odd i then sign (1 < x)%N else 1) * (if (1 < i)%N then sign (odd x) else 1) / 2).

Lemma functions_orthonormal : functions *m functions^T = 1%:M.
Proof.
apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /sign.
by case: i j => [[|[|[|[|i]]]] ?] // [[|[|[|[|j]]]] ?] //=; field.
Qed.

Lemma half : Num.sqrt (1 / 4) = 1 / 2 :> R.
Proof. by rewrite (_ : 1 / 4 = (1 / 2) ^+ 2) ?sqrtr_sqr ?ger0_norm //; lra. Qed.

Lemma functions_basis m (P : graph R 4 m) (l : 'I_4 -> R) : (forall x, pL P x = 1 / 4) ->
  (forall i x, \sum_x' functions i x' * (4 * induced P x' x) = l i * functions i x) ->
  (forall i j : 'I_4, (i <= j)%N -> l j <= l i) -> eigenbasis (hop P) functions l.
Proof.
move=> p4 E sorted; split=> // [|i]; first exact: functions_orthonormal.
apply/rowP => x; rewrite [LHS]mxE [RHS]mxE [row i _ _ _]mxE -E; apply: eq_bigr => x' _.
rewrite [row i _ _ _]mxE hopE !p4 half; congr (_ * _).
by field.
Qed.

(* Theorem 25 is about the whitened optimum: off the source the squared error is 1/2. On theorem 2's optimum, whose
   features are scaled by the roots of the singular values, it is another. *)
Definition squares (i : 'I_4) : R := if i == 0 then 1 else if (i < 3)%N then 1 / 16 else 0.
Definition scaled : 'M[R]_(4, 3) := \matrix_(x, i) (features R x i * (if i == 0 :> nat then 1 else 1 / 2)).
Definition scaled_head : 'M[R]_(3, 2) := \matrix_(i, j)
  (if i == 0 then 2 / 5 else if i == 1 then sign (j == 1) else 1 / 5).

Lemma four_basis : eigenbasis (hop four) functions squares.
Proof.
apply: functions_basis => [|i x|i j]; [exact: four_pL| |].
  rewrite !big_ord_recl big_ord0 !(four_induced R).2 !mxE /sign /squares.
  by case: i x => [[|[|[|[|i]]]] ?] // [[|[|[|[|x]]]] ?] //=; field.
by rewrite /squares; case: i j => [[|[|[|[|i]]]] ?] // [[|[|[|[|j]]]] ?] //= _; lra.
Qed.

Theorem optimum_not_whitened : exists (U : 'M[R]_4) l (f g : 'M[R]_(4, 3)) B rho alpha beta gamma,
  [/\ classes_and_domains four class domain rho alpha beta gamma, gamma < alpha /\ gamma < beta,
      eigenbasis (hop four) U l,
      weightedL four f = U^T *m diag_mx (\row_i Num.sqrt (singular l i)) *m pid_mx 3 /\ minimiser four f g &
      least_norm_head four class (fun x => domain x == ord0) f B /\
      forall x, domain x != ord0 -> \sum_c ((f *m B) x c - (class x == c)%:R) ^+ 2 = 2 / 25].
Proof.
exists functions, squares, scaled, scaled, scaled_head, (9 / 128), (1 / 16), (1 / 16), (7 / 128); split.
- exact: four_induced.
- by split; lra.
- exact: four_basis.
- split; last first.
    by apply: exact_best => x l; rewrite [four x l]mxE four_pL four_pR !mxE !big_ord_recl !big_ord0 !mxE /=; field.
  have fourth : Num.sqrt (1 / 16) = 1 / 4 :> R.
    by rewrite (_ : 1 / 16 = (1 / 4) ^+ 2) ?sqrtr_sqr ?ger0_norm //; lra.
  have roots (i : 'I_4) : Num.sqrt (singular squares i) = if i == 0 then 1 else if (i < 3)%N then 1 / 2 else 0.
    rewrite /singular value_ord /squares; case: eqP => _; first by rewrite !sqrtr1.
    by case: ifP => _; rewrite ?fourth ?half ?sqrtr0.
  apply/matrixP => x i; rewrite mul_mx_diag !mxE !big_ord_recl big_ord0 !mxE four_pL half !roots /sign /=.
  by case: x i => [[|[|[|[|x]]]] ?] // [[|[|[|i]]] ?] //=; field.
split=> [|x].
  apply: exact_head => [x|B scores].
    by case: x => [[|[|[|[|x]]]] ?] // _ [[|[|c]] ?] //; rewrite !mxE !big_ord_recl !big_ord0 !mxE /sign /=; field.
  rewrite /sqnorm exchange_big [leRHS]exchange_big; apply: ler_sum => j _.
  move: (scores 0 isT j) (scores 2 isT j); rewrite !mxE !big_ord_recl !big_ord0 !mxE /sign /=.
  move: (B _ j) (B _ j) (B _ j) => u v w E0 E2.
  have E : w = (1 - u) / 2 by move: E0 E2; case: j => [[|[|j]] ?] //=; lra.
  have -> : v = sign (j == 1) by move: E0 E2; rewrite /sign; case: j => [[|[|j]] ?] //=; lra.
  rewrite E; have := sqr_ge0 (u - 1 / 5); rewrite /sign; case: ifP => _; nra.
by case: x => [[|[|[|[|x]]]] ?] // _; rewrite !big_ord_recl big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /sign /=; field.
Qed.

(* Theorem 25 needs gamma below alpha and beta: where pairs join other classes of other domains, the second feature is
   the class in one domain and the opposite in the other, and a head is wrong on the whole target. *)
Definition crossed (x : 'I_4) : 'I_2 := if (1 < x)%N (+) odd x then ord_max else ord0.
Definition across : 'M[R]_(4, 2) := \matrix_(x, l) ((1 + sign (1 < x)%N * sign (0 < l)%N / 2) / 8).
Lemma across_row x : \sum_l across x l = 1 / 4. Proof. by rewrite !big_ord_recl big_ord0 !mxE /sign /=; field. Qed.
Lemma across_column l : \sum_x across x l = 1 / 2. Proof. by rewrite !big_ord_recl big_ord0 !mxE /sign /=; field. Qed.
Fact across_ge0 x l : 0 <= across x l. Proof. by rewrite mxE /sign; case: ifP => _; case: ifP => _; lra. Qed.
Fact across_sum : \sum_x \sum_l across x l = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => across_row x)) !big_ord_recl big_ord0; lra. Qed.
Fact across_left x : 0 < \sum_l across x l. Proof. by rewrite across_row; lra. Qed.
Fact across_right l : 0 < \sum_x across x l. Proof. by rewrite across_column; lra. Qed.
Definition joined : graph R 4 2 := Graph across_ge0 across_sum across_left across_right.
Lemma joined_pL x : pL joined x = 1 / 4. Proof. exact: across_row. Qed.
Lemma joined_pR l : pR joined l = 1 / 2. Proof. exact: across_column. Qed.

Lemma joined_induced x x' : induced joined x x' = (1 + sign (1 < x)%N * sign (1 < x')%N / 4) / 16.
Proof. by rewrite /induced !big_ord_recl big_ord0 !joined_pR !mxE /sign /=; field. Qed.

Lemma joined_classes : classes_and_domains joined crossed domain (5 / 64) (3 / 64) (3 / 64) (5 / 64).
Proof.
split=> [|x x'].
  apply: inj_card_bij; last by rewrite card_prod !card_ord.
  by move=> x x' /eqP; case: x x' => [[|[|[|[|x]]]] ?] // [[|[|[|[|x']]]] ?] // _; apply: val_inj.
rewrite joined_induced /sign.
by case: x x' => [[|[|[|[|x]]]] ?] // [[|[|[|[|x']]]] ?] //=; field.
Qed.

Definition two_squares (i : 'I_4) : R := if i == 0 then 1 else if i == 1 then 1 / 4 else 0.
Lemma joined_basis : eigenbasis (hop joined) functions two_squares.
Proof.
apply: functions_basis => [|i x|i j]; [exact: joined_pL| |].
  rewrite !big_ord_recl big_ord0 !joined_induced !mxE /sign /two_squares.
  by case: i x => [[|[|[|[|i]]]] ?] // [[|[|[|[|x]]]] ?] //=; field.
by rewrite /two_squares; case: i j => [[|[|[|[|i]]]] ?] // [[|[|[|[|j]]]] ?] //= _; lra.
Qed.

Definition bits : 'M[R]_(4, 2) := \matrix_(x, i) (if i == 0 then 1 else sign (1 < x)%N).
Definition captions_of_bits : 'M[R]_2 := \matrix_(l, i) (if i == 0 then 1 else sign (0 < l)%N / 2).
Definition bits_head : 'M[R]_2 := \matrix_(i, j) (if i == 0 then 1 / 2 else sign (j == 1) / 2).

Lemma bits_whitened : whitened_optimum joined bits.
Proof.
split.
  apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE !joined_pL half /sign /=.
  by case: i j => [[|[|i]] ?] // [[|[|j]] ?] //=; field.
exists 1%:M, captions_of_bits; rewrite mulmx1; apply: exact_best => x l.
by rewrite joined_pL joined_pR !mxE !big_ord_recl big_ord0 !mxE /=; field.
Qed.

Theorem gamma_above_alpha_and_beta : exists (P : graph R 4 2) (y d : 'I_4 -> 'I_2) U l (f : 'M[R]_(4, 2)) B
    (rho alpha beta gamma : R),
  [/\ classes_and_domains P y d rho alpha beta gamma, alpha < gamma /\ beta < gamma,
      eigenbasis (hop P) U l /\ value l 2 < value l 1,
      whitened_optimum P f /\ least_norm_head P y (fun x => d x == ord0) f B &
      forall x, d x != ord0 -> errs ((f *m B) x) (y x)].
Proof.
exists joined, crossed, domain, functions, two_squares, bits, bits_head, (5 / 64), (3 / 64), (3 / 64), (5 / 64); split.
- exact: joined_classes.
- by split; lra.
- split; first exact: joined_basis.
  by rewrite -[2%N]/(val (2 : 'I_4)) -[1%N]/(val (1 : 'I_4)) !value_ord /two_squares /=; lra.
- split; first exact: bits_whitened.
  apply: exact_head => [x|B scores].
    by case: x => [[|[|[|[|x]]]] ?] // _ [[|[|c]] ?] //; rewrite !mxE !big_ord_recl big_ord0 !mxE /sign /=; field.
  rewrite /sqnorm exchange_big [leRHS]exchange_big; apply: ler_sum => j _.
  move: (scores 0 isT j) (scores 2 isT j); rewrite !mxE !big_ord_recl !big_ord0 !mxE /sign /=.
  move: (B _ j) (B _ j) => v u E0 E2.
  have -> : u = 1 / 2 by move: E0 E2; case: j => [[|[|j]] ?] //=; lra.
  have -> : v = sign (j == 1) / 2 by move: E0 E2; rewrite /sign; case: j => [[|[|j]] ?] //=; lra.
  by rewrite /sign.
move=> x dx; apply/existsP; exists (rev_ord (crossed x)); rewrite !mxE !big_ord_recl !big_ord0 !mxE /sign.
by case: x dx => [[|[|[|[|x]]]] ?] //= _; lra.
Qed.
End FalseTransfer.
