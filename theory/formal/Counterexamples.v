(* Statements that are false, and a constant that cannot be smaller: the uniform graph of 2 x 2 nodes, each image a class
   of its own. Its rank is 1, so that embeddings of width 2 may have a second column that costs nothing. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs LowRank Places.
From Pairbounds Require Instances.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Even.
Variable R : rcfType.
Definition quarter : 'M[R]_2 := const_mx (1 / 4).

Lemma quarter_row x : \sum_l quarter x l = 1 / 2.
Proof. by rewrite !big_ord_recl big_ord0 !mxE; lra. Qed.
Lemma quarter_column l : \sum_x quarter x l = 1 / 2.
Proof. by rewrite !big_ord_recl big_ord0 !mxE; lra. Qed.
Fact quarter_ge0 x l : 0 <= quarter x l. Proof. by rewrite mxE; lra. Qed.
Fact quarter_sum : \sum_x \sum_l quarter x l = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => quarter_row x)) !big_ord_recl big_ord0; lra. Qed.
Fact quarter_left x : 0 < \sum_l quarter x l. Proof. by rewrite quarter_row; lra. Qed.
Fact quarter_right l : 0 < \sum_x quarter x l. Proof. by rewrite quarter_column; lra. Qed.
Definition even : graph R 2 2 := Graph quarter_ge0 quarter_sum quarter_left quarter_right.
Definition first (i : 'I_2) : R := (i == 0)%:R.
Local Notation U := (Instances.U R).

Lemma evenE x l : even x l = 1 / 4. Proof. exact: mxE. Qed.
Lemma even_pL x : pL even x = 1 / 2. Proof. exact: quarter_row. Qed.
Lemma even_pR l : pR even l = 1 / 2. Proof. exact: quarter_column. Qed.

Lemma even_hop : hop even = const_mx (1 / 2).
Proof.
have E : normalised even = const_mx (1 / 2).
  by apply/matrixP => x j; rewrite !mxE even_pL even_pR Instances.ss; lra.
by rewrite /hop E; apply/matrixP => x j; rewrite !mxE !big_ord_recl big_ord0 !mxE; lra.
Qed.

Lemma even_basis : eigenbasis (hop even) U first.
Proof.
split=> [|i|i j]; first by case: (Instances.two_basis R).
- apply/rowP => j; rewrite even_hop !mxE !big_ord_recl big_ord0 !mxE /first.
  by case: i j => [[|[|i]] ?] // [[|[|j]] ?] //=; lra.
by rewrite /first; case: i j => [[|[|i]] ?] // [[|[|j]] ?] //= _; lra.
Qed.

Lemma first0 i : value first i.+1 = 0.
Proof.
case: i => [|i]; last by rewrite value_out.
by rewrite -[1%N]/(val (1 : 'I_2)) value_ord.
Qed.

Lemma even_alphaT : alphaT even id = 1 / 2.
Proof. by rewrite /alphaT /induced !big_ord_recl !big_ord0 !evenE !even_pR /=; lra. Qed.

Lemma product_best k (f g : 'M[R]_(2, k.+1)) : f *m g^T = const_mx 1 -> minimiser even f g.
Proof.
move=> E; apply/(optimum_value even_basis).
have -> : \sum_(i < 2 | (i < k.+1)%N) first i = 1.
  by rewrite (bigD1 0) //= big1 ?addr0 // => i /andP [_ /negPf ne]; rewrite /first ne.
rewrite /spectral_loss E !big_ord_recl !big_ord0 !even_pL !even_pR !mxE /=; lra.
Qed.

(* the optimum: one column of ones *)
Definition ones k : 'M[R]_(2, k.+1) := \matrix_(x, i) (i == 0)%:R.
Definition halves k : 'M[R]_(k.+1, 2) := \matrix_(i, c) (if i == 0 then 1 / 2 else 0).

Lemma ones_mul k p (B : 'M[R]_(k.+1, p)) x c : (ones k *m B) x c = B 0 c.
Proof. by rewrite mxE (bigD1 0) //= mxE eqxx mul1r big1 ?addr0 // => i /negPf ne; rewrite mxE ne mul0r. Qed.

Lemma ones_best k : minimiser even (ones k) (ones k).
Proof. by apply: product_best; apply/matrixP => x l; rewrite ones_mul !mxE eqxx. Qed.

Lemma ones_induced_best k : induced_minimiser even (ones k).
Proof.
have E x x' : induced even x x' = even x x'.
  by rewrite /induced !big_ord_recl big_ord0 !evenE !even_pR; lra.
have same h : @induced_loss R 2 2 k.+1 even h = spectral_loss even h h.
  rewrite /induced_loss /spectral_loss; congr (_ * _ + _).
    by apply: eq_bigr => x _; apply: eq_bigr => x' _; rewrite E.
  by apply: eq_bigr => x _; apply: eq_bigr => x' _; rewrite !even_pL even_pR.
by move=> h; rewrite !same; apply: ones_best.
Qed.

Lemma ones_mse k (B : 'M[R]_(k.+1, 2)) :
  mse even id (ones k) B = 1 / 2 + (B 0 0 - 1 / 2) ^+ 2 + (B 0 1 - 1 / 2) ^+ 2.
Proof.
rewrite /mse !big_ord_recl !big_ord0 !even_pL !ones_mul /=.
have -> : lift ord0 ord0 = 1 :> 'I_2 by apply: val_inj.
by rewrite -[ord0]/(0 : 'I_2) /=; field.
Qed.

Lemma ones_probe k : least_squares even id (ones k) (halves k).
Proof.
move=> B; rewrite !ones_mse !mxE /=; have := sqr_ge0 (B 0 0 - 1 / 2); have := sqr_ge0 (B 0 1 - 1 / 2).
rewrite !subrr expr0n /=; lra.
Qed.

Lemma halves_mse k : mse even id (ones k) (halves k) = 1 / 2.
Proof. by rewrite ones_mse !mxE /= !subrr expr0n /= !addr0. Qed.

Lemma halves_error k : error even id (ones k) (halves k) = 1.
Proof.
have tie x : errs ((ones k *m halves k) x) x.
  apply/existsP; exists (rev_ord x); rewrite !ones_mul !mxE /= lexx andbT.
  by case: x => [[|[|x]] ?].
by rewrite /error (eq_bigr (pL even)) ?pL_sum // => x _; rewrite tie mulr1.
Qed.

Lemma ones_top : top_embedding even U first (ones 1).
Proof.
rewrite /top_embedding; set D := diag_mx _.
suff -> : (weightedL even (ones 1))^T = D *m U by [].
apply/matrixP => i x; rewrite /D mul_diag_mx !mxE even_pL /first.
by case: i x => [[|[|i]] ?] // [[|[|x]] ?] //=; rewrite ?ltr01 ?ltxx /= ?mulr1 ?mulr0 ?mul1r ?mul0r.
Qed.

(* another minimiser: its second column is free, since that of the other side is 0 *)
Definition more : 'M[R]_2 := \matrix_(x, i) ((i == 0) || (x == 1))%:R.
Definition exact_probe : 'M[R]_2 := \matrix_(i, c) (if i == 0 then (c == 0)%:R else if c == 0 then - 1 else 1).

Lemma more_best : minimiser even more (ones 1).
Proof.
apply: product_best; apply: trmx_inj; rewrite trmx_mul trmxK.
by apply/matrixP => l x; rewrite ones_mul !mxE.
Qed.

Lemma more_exact : more *m exact_probe = 1%:M.
Proof.
apply/matrixP => x c; rewrite !mxE !big_ord_recl big_ord0 !mxE.
by case: x c => [[|[|x]] ?] // [[|[|c]] ?] //=; lra.
Qed.

Lemma more_mse : mse even id more exact_probe = 0.
Proof.
rewrite /mse more_exact big1 // => x _; rewrite big1 ?mulr0 // => c _.
by rewrite mxE subrr expr0n.
Qed.

Lemma more_probe : least_squares even id more exact_probe.
Proof.
move=> B; rewrite more_mse; apply: sumr_ge0 => x _; rewrite even_pL mulr_ge0 //; first lra.
by apply: sumr_ge0 => c _; apply: sqr_ge0.
Qed.

(* Theorem 3 beyond the rank: minimisers of the two losses need not have the same probe *)
Theorem beyond_the_rank : exists (f h g : 'M[R]_2) B C,
  [/\ minimiser even f g, minimiser even h g, induced_minimiser even h, top_embedding even U first h &
      [/\ least_squares even id f B, least_squares even id h C, mse even id f B = 0 & mse even id h C = 1 / 2]].
Proof.
exists more, (ones 1), (ones 1), exact_probe, (halves 1); split.
- exact: more_best.
- exact: ones_best.
- exact: ones_induced_best.
- exact: ones_top.
by split; [exact: more_probe|exact: ones_probe|exact: more_mse|exact: halves_mse].
Qed.

(* so the lower side of the sharper form of theorem 4 is false of minimisers in general *)
Theorem sharp_below_of_minimisers : ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l (f : 'M[R]_(n, k)) g B,
  eigenbasis (hop P) U l -> minimiser P f g -> least_squares P y f B -> value l k < 1 -> rho P y U l k <= mse P y f B).
Proof.
move=> all; have := all 2%N 2%N 2%N 2%N even id U first more (ones 1) exact_probe even_basis more_best more_probe.
rewrite first0 ltr01 more_mse /rho even_alphaT big_mkcond !big_ord_recl big_ord0 /first /= => /(_ isT).
by rewrite ltr01 ltxx subrr mul0r !addr0; lra.
Qed.

(* Theorem 4: no smaller constant stands in the place of 2 *)
Theorem factor_two c : c < 2 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l (f : 'M[R]_(n, k)) g B,
  eigenbasis (hop P) U l -> minimiser P f g -> least_squares P y f B -> value l k < 1 ->
  error P y f B <= c * alphaT P y / (1 - value l k)).
Proof.
move=> c2 all; have := all 2%N 2%N 2%N 1%N even id U first (ones 0) (ones 0) (halves 0) even_basis (@ones_best 0) (@ones_probe 0).
by rewrite first0 ltr01 halves_error even_alphaT subr0 => /(_ isT); lra.
Qed.
End Even.
