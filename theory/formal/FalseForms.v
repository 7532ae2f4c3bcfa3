(* Statements that are false, and that a reader might take for a theorem of the ledger. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs LowRank Minimisers Places Counterexamples.
From Pairbounds Require Instances.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* Two pairs alone: both values are 1 *)
Section FalseForms.
Variable R : rcfType.
Definition diagonal : 'M[R]_2 := \matrix_(x, j) (if x == j then 1 / 2 else 0).
Lemma diagonal_row x : \sum_j diagonal x j = 1 / 2.
Proof. by rewrite !big_ord_recl big_ord0 !mxE; case: x => [[|[|x]] ?] //=; lra. Qed.
Lemma diagonal_column j : \sum_x diagonal x j = 1 / 2.
Proof. by rewrite -(diagonal_row j); apply: eq_bigr => x _; rewrite !mxE eq_sym. Qed.
Fact diagonal_ge0 x j : 0 <= diagonal x j. Proof. by rewrite mxE; case: eqP => _; lra. Qed.
Fact diagonal_sum : \sum_x \sum_j diagonal x j = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => diagonal_row x)) !big_ord_recl big_ord0; lra. Qed.
Fact diagonal_left x : 0 < \sum_j diagonal x j. Proof. by rewrite diagonal_row; lra. Qed.
Fact diagonal_right j : 0 < \sum_x diagonal x j. Proof. by rewrite diagonal_column; lra. Qed.
Definition alone : graph R 2 2 := Graph diagonal_ge0 diagonal_sum diagonal_left diagonal_right.

Lemma alone_pL x : pL alone x = 1 / 2. Proof. exact: diagonal_row. Qed.
Lemma alone_pR x : pR alone x = 1 / 2. Proof. exact: diagonal_column. Qed.
Lemma aloneE x j : alone x j = if x == j then 1 / 2 else 0. Proof. by rewrite mxE. Qed.

Lemma alone_hop : hop alone = 1%:M.
Proof.
have E : normalised alone = 1%:M.
  apply/matrixP => x j; rewrite !mxE alone_pL alone_pR Instances.ss.
  by case: eqP => _ /=; rewrite ?mul0r //; field.
by rewrite /hop E trmx1 mulmx1.
Qed.

Lemma alone_basis : eigenbasis (hop alone) 1%:M (fun=> 1).
Proof. by split=> [|i|i j _ /=]; rewrite ?trmx1 ?mulmx1 ?alone_hop ?mulmx1 ?scale1r ?lexx. Qed.

Lemma alone_best (f g : 'M[R]_(2, 1)) : spectral_loss alone f g = - 1 -> minimiser alone f g.
Proof. by move=> E; apply/(optimum_value alone_basis); rewrite E big_mkcond !big_ord_recl big_ord0 /= !addr0. Qed.

(* one that tells the nodes apart, and one that does not *)
Definition splits (a : R) : 'M[R]_(2, 1) := \matrix_(x, i) (if x == 0 then a else 0).
Definition mixes : 'M[R]_(2, 1) := const_mx 1.
Definition to_first : 'M[R]_(1, 2) := \matrix_(i, c) (if c == 0 then 1 / 2 else 0).
Definition to_both : 'M[R]_(1, 2) := const_mx (1 / 2).

Lemma splits_best : minimiser alone (splits 2) (splits 1).
Proof.
apply: alone_best; rewrite /spectral_loss !big_ord_recl !big_ord0 !aloneE !alone_pL !alone_pR !mxE.
by rewrite !big_ord_recl !big_ord0 !mxE /=; field.
Qed.

Lemma mixes_best : minimiser alone mixes mixes.
Proof.
apply: alone_best; rewrite /spectral_loss !big_ord_recl !big_ord0 !aloneE !alone_pL !alone_pR !mxE.
by rewrite !big_ord_recl !big_ord0 !mxE /=; field.
Qed.

Lemma mixes_induced_best : induced_minimiser alone mixes.
Proof.
have same h : @induced_loss R 2 2 1 alone h = spectral_loss alone h h.
  rewrite /induced_loss /spectral_loss /induced !big_ord_recl !big_ord0 !aloneE !alone_pL !alone_pR /=.
  by field.
by move=> h; rewrite !same; apply: mixes_best.
Qed.

Lemma splits_probe : least_squares alone id (splits 2) to_first.
Proof.
move=> B; rewrite /mse !big_ord_recl !big_ord0 !alone_pL !mxE !big_ord_recl !big_ord0 !mxE /=.
have := sqr_ge0 (2 * B ord0 ord0 - 1); have := sqr_ge0 (B ord0 (lift ord0 ord0)).
rewrite !expr2; move: (B _ _) (B _ _) => b b'; nra.
Qed.

Lemma mixes_probe : least_squares alone id mixes to_both.
Proof.
move=> B; rewrite /mse !big_ord_recl !big_ord0 !alone_pL !mxE !big_ord_recl !big_ord0 !mxE /=.
have := sqr_ge0 (2 * B ord0 ord0 - 1); have := sqr_ge0 (2 * B ord0 (lift ord0 ord0) - 1).
rewrite !expr2; move: (B _ _) (B _ _) => b b'; nra.
Qed.

Lemma splits_error : error alone id (splits 2) to_first = 1 / 2.
Proof.
rewrite /error !big_ord_recl big_ord0 !alone_pL.
have -> : errs ((splits 2 *m to_first) ord0) (id ord0) = false.
  apply/negbTE/existsPn => c; rewrite !mxE !big_ord_recl !big_ord0 !mxE.
  by case: c => [[|[|c]] ?] //=; rewrite -ltNge; lra.
have -> : errs ((splits 2 *m to_first) (lift ord0 ord0)) (id (lift ord0 ord0)).
  by apply/existsP; exists 0; rewrite !mxE !big_ord_recl !big_ord0 !mxE /=; lra.
rewrite /=; lra.
Qed.

Lemma mixes_error : error alone id mixes to_both = 1.
Proof.
have tie x : errs ((mixes *m to_both) x) x.
  apply/existsP; exists (rev_ord x); rewrite !mxE !big_ord_recl !big_ord0 !mxE lexx andbT.
  by case: x => [[|[|x]] ?].
by rewrite /error (eq_bigr (pL alone)) ?pL_sum // => x _; rewrite tie mulr1.
Qed.

(* Theorem 16: the class that the probe ignores spares nothing where no gap is left *)
Theorem imbalance_needs_gap : ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B ->
  error P y f B <= 2 * mse P y f B - \sum_c Num.max 0
    (2 * (r%:R / (r%:R - 1)) * class_mse P y f B c ^+ 2 / mass P y c - mass P y c)).
Proof.
move=> /(_ _ _ _ _ _ _ _ _ _ _ _ alone_basis splits_best splits_probe); apply/negP; rewrite -ltNge splits_error.
rewrite !big_ord_recl big_ord0 /mse /class_mse /mass !big_ord_recl !big_ord0 !alone_pL !mxE.
rewrite !big_ord_recl !big_ord0 !mxE /=; set a := Num.max 0 _; set b := Num.max 0 _.
have a0 : 0 <= a by rewrite le_max lexx.
have half : 1 / 2 * 0 + (1 / 2 * 1 + 0) = 1 / 2 :> R by lra.
have : 3 / 2 <= b by rewrite le_max half; apply/orP; right; rewrite [leRHS](_ : _ = 3 / 2) ?lexx //; field.
rewrite !expr2; lra.
Qed.

(* Theorem 3 where values tie: minimisers of the two losses need not have the same probe, nor those of one loss *)
Theorem without_a_gap : exists (f h g g' : 'M[R]_(2, 1)) B C,
  [/\ minimiser alone f g, minimiser alone h g', induced_minimiser alone h,
      least_squares alone id f B /\ least_squares alone id h C &
      error alone id f B = 1 / 2 /\ error alone id h C = 1].
Proof.
exists (splits 2), mixes, (splits 1), mixes, to_first, to_both; split; last by rewrite splits_error mixes_error.
- exact: splits_best.
- exact: mixes_best.
- exact: mixes_induced_best.
by split; [apply: splits_probe|apply: mixes_probe].
Qed.

(* Theorem 30: to remove nodes is no channel. Of three images one of another class is removed. *)
Definition three : 'M[R]_(3, 2) := \matrix_(x, j) (if (x == 1 :> nat) || (x == j.*2 :> nat) then 1 / 4 else 0).
Fact three_ge0 x j : 0 <= three x j. Proof. by rewrite mxE; case: ifP => _; lra. Qed.
Lemma three_row x : \sum_j three x j = if x == 1 :> nat then 1 / 2 else 1 / 4.
Proof. by rewrite !big_ord_recl big_ord0 !mxE; case: x => [[|[|[|x]]] ?] //=; lra. Qed.
Lemma three_column j : \sum_x three x j = 1 / 2.
Proof. by rewrite !big_ord_recl big_ord0 !mxE; case: j => [[|[|j]] ?] //=; lra. Qed.
Fact three_sum : \sum_x \sum_j three x j = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => three_row x)) !big_ord_recl big_ord0 /=; lra. Qed.
Fact three_left x : 0 < \sum_j three x j. Proof. by rewrite three_row; case: ifP => _; lra. Qed.
Fact three_right j : 0 < \sum_x three x j. Proof. by rewrite three_column; lra. Qed.
Definition with_a_third : graph R 3 2 := Graph three_ge0 three_sum three_left three_right.

Lemma third_pL x : pL with_a_third x = if x == 1 :> nat then 1 / 2 else 1 / 4. Proof. exact: three_row. Qed.
Lemma third_pR j : pR with_a_third j = 1 / 2. Proof. exact: three_column. Qed.
Lemma third_induced x x' : induced with_a_third x x' =
  ((x == 1 :> nat) || (x == 0 :> nat))%:R * ((x' == 1 :> nat) || (x' == 0 :> nat))%:R / 8
  + ((x == 1 :> nat) || (x == 2 :> nat))%:R * ((x' == 1 :> nat) || (x' == 2 :> nat))%:R / 8.
Proof.
rewrite /induced !big_ord_recl big_ord0 !third_pR !mxE /=.
by case: x x' => [[|[|[|x]]] ?] // [[|[|[|x']]] ?] //=; field.
Qed.

Lemma third_tail : tail_le 1 with_a_third (1 / 2).
Proof.
pose s : R := Num.sqrt (1 / 2); have ss : s * s = 1 / 2 := Instances.ss R.
have s4 : Num.sqrt (1 / 4) = 1 / 2 :> R.
  by rewrite (_ : 1 / 4 = (1 / 2) ^+ 2); [rewrite sqrtr_sqr ger0_norm //; lra|field].
have s0 : s != 0 by apply: contraTneq isT => E; move: ss; rewrite E; lra.
have si : s^-1 = 2 * s by apply: (mulfI s0); rewrite mulfV //; lra.
pose V : 'M[R]_(3, 1) := \matrix_(x, i) (if x == 1 :> nat then s else 1 / 2).
exists V => v /matrixP /(_ 0 0).
rewrite formE /sqnorm !big_ord_recl !big_ord0 !hopE !third_induced !third_pL !mxE !big_ord_recl !big_ord0 !mxE /=.
rewrite !s4 -/s !invfM !si.
move: (v _ _) (v _ _) (v _ _) => a b c; rewrite !expr2; nra.
Qed.

Lemma alone_values V k : eigenbasis (hop alone) V k -> forall i, k i = 1.
Proof.
case=> VV rows _ i; apply/eqP; move: (rows i); rewrite alone_hop mulmx1 => /rowP E.
apply: contraPT VV => ki /matrixP /(_ i i); rewrite !mxE eqxx big1 => [/eqP|j _]; first by rewrite eq_sym oner_eq0.
move: (E j); rewrite !mxE => /eqP; rewrite -subr_eq0 -{1}[V i j]mul1r -mulrBl mulf_eq0 subr_eq0 eq_sym (negPf ki) /=.
by move=> /eqP ->; rewrite mul0r.
Qed.

Theorem removed_nodes : exists (P : graph R 3 2) (P' : graph R 2 2) (kept : 'I_2 -> 'I_3) (y : 'I_3 -> 'I_2),
  [/\ injective kept, exists2 t, 0 < t & forall x j, P' x j = t * P (kept x) j, alphaT P' (y \o kept) < alphaT P y &
      forall U l U' l', eigenbasis (hop P) U l -> eigenbasis (hop P') U' l' -> singular l 1 < singular l' 1].
Proof.
exists with_a_third, alone, (fun x => inord x.*2), (fun x => inord (x == 1 :> nat)); split.
- by move=> x x' /(congr1 val); rewrite /= !inordK //; case: x x' => [[|[|x]] ?] // [[|[|x']] ?] // _; apply: val_inj.
- exists 2 => // x j; rewrite !mxE inordK; last by case: x => [[|[|x]] ?].
  by case: x j => [[|[|x]] ?] // [[|[|j]] ?] //=; lra.
- rewrite /alphaT [X in X < _]big1 => [|x _]; last first.
    by rewrite big1 // => x' _; rewrite /= !inordK ?eqxx ?mulr0 //;
      case: x x' => [[|[|x]] ?] // [[|[|x']] ?] //=; rewrite eqxx mulr0.
  rewrite !big_ord_recl !big_ord0 !third_induced -!(inj_eq val_inj) /= !inordK //=; lra.
move=> V k V' k' basis basis'; rewrite /singular ltr_sqrt.
  rewrite -[X in value k' X]/(val (1 : 'I_2)) value_ord (alone_values basis').
  by apply: le_lt_trans (value_tail basis _ third_tail) _; lra.
by rewrite -[X in value k' X]/(val (1 : 'I_2)) value_ord (alone_values basis') ltr01.
Qed.
(* Theorem 4 among encoders of a class, here of all: false of another function than the projection of the labels *)
Theorem other_than_the_projection : ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B (V : 'M[R]_(n, r)),
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k < 1 ->
  mse P y f B <= sqnorm (Y P y - V) + form (1%:M - hop P) V / (1 - value l k)).
Proof.
pose s : R := Num.sqrt (1 / 2); have ss : s * s = 1 / 2 := Instances.ss R.
pose V : 'M[R]_2 := \matrix_(x, c) (s * (if x == c then 3 / 4 else 1 / 4)).
move=> /(_ 2 2 2 1 (even R) id (Instances.U R) (@first R) (ones R 0) (ones R 0) (halves R 0) V)%N.
move=> /(_ (@even_basis R) (@ones_best R 0) (@ones_probe R 0)); rewrite first0 ltr01 halves_mse subr0 divr1 => /(_ isT).
have -> : sqnorm (Y (even R) id - V) = 1 / 8.
  rewrite /sqnorm !big_ord_recl !big_ord0 !mxE !even_pL /= -/s; move: ss; rewrite !expr2 => E; nra.
have -> : form (1%:M - hop (even R)) V = 1 / 8; last by lra.
rewrite even_hop formE !big_ord_recl !big_ord0 !mxE /=; move: ss => E; nra.
Qed.

(* A loss whose negatives have weights D: without the negative of a positive pair it falls without end, and without
   another one its least value need not be attained. *)
Definition weighted_loss (P D : 'M[R]_2) (f g : 'M[R]_(2, 1)) : R :=
  - 2 * (\sum_x \sum_j P x j * (f *m g^T) x j) + \sum_x \sum_j D x j * (f *m g^T) x j ^+ 2.
Definition table (a b c d : R) : 'M[R]_2 :=
  \matrix_(x, j) (if x == 0 then if j == 0 then a else b else if j == 0 then c else d).
Definition column (a b : R) : 'M[R]_(2, 1) := \matrix_(x, i) (if x == 0 then a else b).

Lemma weighted_lossE a b c d a' b' c' d' f g : weighted_loss (table a b c d) (table a' b' c' d') f g =
  - 2 * (a * (f 0 0 * g 0 0) + b * (f 0 0 * g 1 0) + c * (f 1 0 * g 0 0) + d * (f 1 0 * g 1 0))
  + (a' * (f 0 0 * g 0 0) ^+ 2 + b' * (f 0 0 * g 1 0) ^+ 2 + c' * (f 1 0 * g 0 0) ^+ 2 + d' * (f 1 0 * g 1 0) ^+ 2).
Proof.
rewrite /weighted_loss !big_ord_recl !big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /=.
have -> : lift ord0 ord0 = 1 :> 'I_2 by apply: val_inj.
by rewrite -[ord0 : 'I_2]/(0 : 'I_2) -[ord0 : 'I_1]/(0 : 'I_1); ring.
Qed.

Theorem masked_positive c :
  exists f g, weighted_loss (table (1 / 2) 0 0 (1 / 2)) (table 0 (1 / 2) (1 / 2) (1 / 2)) f g < c.
Proof. by exists (column (1 - c) 0), (column 1 0); rewrite weighted_lossE !mxE /=; lra. Qed.

Theorem masked_negative (loss := weighted_loss (table 0 (1 / 2) (1 / 2) 0) (table (1 / 2) (1 / 2) (1 / 2) 0)) :
  (forall f g, - 1 < loss f g) /\ (forall e, 0 < e -> exists f g, loss f g < - 1 + e).
Proof.
split=> [f g|e e0].
  rewrite /loss weighted_lossE; move: (f 0 0) (f 1 0) (g 0 0) (g 1 0) => a b a' b'.
  rewrite -subr_gt0; have -> : forall u : R, u - - 1 = u + 1 by move=> u; ring.
  have -> : - 2 * (0 * (a * a') + 1 / 2 * (a * b') + 1 / 2 * (b * a') + 0 * (b * b')) +
    (1 / 2 * (a * a') ^+ 2 + 1 / 2 * (a * b') ^+ 2 + 1 / 2 * (b * a') ^+ 2 + 0 * (b * b') ^+ 2) + 1 =
    ((a * a') ^+ 2 + (a * b' - 1) ^+ 2 + (b * a' - 1) ^+ 2) / 2 by field.
  rewrite divr_gt0 //; rewrite lt_def !addr_ge0 ?sqr_ge0 // andbT; apply/negP.
  rewrite !paddr_eq0 ?addr_ge0 ?sqr_ge0 // !sqrf_eq0 !subr_eq0 mulf_eq0.
  move=> /andP [/andP [/orP [] /eqP -> /eqP E] /eqP E'].
    by move: E; rewrite mul0r => /eqP; rewrite eq_sym oner_eq0.
  by move: E'; rewrite mulr0 => /eqP; rewrite eq_sym oner_eq0.
have d0 : 0 < 1 + e by lra.
pose a := e / (1 + e); have a0 : a != 0 by rewrite mulf_neq0 ?invr_eq0 ?gt_eqF.
have ae : a * (1 + e) = e by rewrite divfK ?gt_eqF.
exists (column a 1), (column 1 a^-1); rewrite /loss weighted_lossE !mxE /= mulfV // !mulr1 !mul1r.
have a_gt0 : 0 < a by rewrite divr_gt0.
rewrite !expr2; nra.
Qed.

(* Theorem 29 (f): critics with scores theta a(x) b(l), and t for e^theta. Where N pairs are equally likely the loss of
   a batch of b + 1 of them, times N^(b + 1), is the logarithm of a product over all batches: of the sum of e^score over
   the batch, divided by that of the anchor's own pair. The best t of a batch of 2 is not that of a batch of 3. *)
Section Critics.
Variables (n m N : nat) (score : 'I_n -> 'I_m -> R) (pairs : 'I_N -> 'I_n * 'I_m).
Fixpoint over_negatives b i (total : R) : R :=
  if b is b'.+1 then \prod_j over_negatives b' i (total + score (pairs i).1 (pairs j).2)
  else total / score (pairs i).1 (pairs i).2.
Definition batch_product b : R := \prod_i over_negatives b i (score (pairs i).1 (pairs i).2).
End Critics.
Definition critic n m (a : 'I_n -> int) (b : 'I_m -> int) (t : R) x l : R := t ^ (a x * b l).
Definition best_critic n m N a b (pairs : 'I_N -> 'I_n * 'I_m) batch t :=
  forall t', 0 < t' -> batch_product (critic a b t) pairs batch <= batch_product (critic a b t') pairs batch.

Let rows (x : 'I_2) : int := if x == 0 then 1 else - 1.
Let columns (l : 'I_2) : int := if l == 0 then 1 else 0.
Let three_pairs (i : 'I_3) : 'I_2 * 'I_2 := (inord (i != 0), inord (i == 2 :> nat)).

Lemma criticE t x l : critic rows columns t x l = if l == 0 then (if x == 0 then t else t^-1) else 1.
Proof. by rewrite /critic /rows /columns; case: (l == 0); case: (x == 0); rewrite ?mulr1 ?mulr0 ?expr1z ?expr0z. Qed.

Lemma batch_of_2 t : 0 < t -> batch_product (critic rows columns t) three_pairs 1 = 32 * (1 + t) ^+ 4 / t ^+ 3.
Proof.
move=> t0; rewrite /batch_product !big_ord_recl big_ord0 /= !big_ord_recl !big_ord0 !criticE.
rewrite -!(inj_eq val_inj) /= !inordK //=.
by field; rewrite gt_eqF.
Qed.

Lemma batch_of_3 t : 0 < t ->
  batch_product (critic rows columns t) three_pairs 2 = 3 ^+ 9 * ((2 * t + 1) * (t + 2)) ^+ 9 / t ^+ 13.
Proof.
move=> t0; rewrite /batch_product !big_ord_recl big_ord0 /= !big_ord_recl !big_ord0 !criticE.
rewrite -!(inj_eq val_inj) /= !inordK //=.
by field; rewrite gt_eqF.
Qed.

Theorem limited_critics : exists (a b : 'I_2 -> int) (pairs : 'I_3 -> 'I_2 * 'I_2),
  forall t, 0 < t -> best_critic a b pairs 1 t -> ~ best_critic a b pairs 2 t.
Proof.
exists rows, columns, three_pairs => t t0 best.
have t3 : 0 < t ^+ 3 by rewrite exprn_gt0.
have three : t = 3.
  have := best 3 ltac:(by rewrite ltr0n); rewrite !batch_of_2 ?ltr0n // ler_pdivrMr // => le.
  have : (t - 3) ^+ 2 * (27 * t ^+ 2 + 14 * t + 3) <= 0.
    have -> : (t - 3) ^+ 2 * (27 * t ^+ 2 + 14 * t + 3) =
      27 / 32 * (32 * (1 + t) ^+ 4 - 32 * (1 + 3) ^+ 4 / 3 ^+ 3 * t ^+ 3) by field.
    by rewrite pmulr_rle0 ?subr_le0 //; lra.
  have q0 : 0 < 27 * t ^+ 2 + 14 * t + 3 by rewrite !addr_gt0 ?mulr_gt0 ?exprn_gt0 ?ltr0n.
  by rewrite pmulr_lle0 // => sq; apply/eqP; rewrite -subr_eq0 -sqrf_eq0 eq_le sq sqr_ge0.
have u0 : 0 < 29 / 10 :> R by lra.
move=> /(_ (29 / 10) u0); rewrite three !batch_of_3 ?ltr0n //.
by apply/negP; rewrite -ltNge -!mulrA ltr_pM2l ?exprn_gt0 ?ltr0n //; lra.
Qed.
End FalseForms.
