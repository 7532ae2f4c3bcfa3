(* No smaller constant stands in the place of those of theorem 28. Two ends of a pair share two bits; the noise makes
   the second bit as strong as the first, so that what is best on the noisy pairs may keep the wrong one. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs LowRank Energies Places.
From Pairbounds Require Instances25 FalseTransfer.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma values_sum (R : rcfType) n m (N : 'M[R]_(n, m)) V e :
  eigenbasis (N *m N^T) V e -> \sum_(i < n) value e i = sqnorm N.
Proof.
move=> /eigenbasis_diagonalises dV; have [VV _] := dV.
have whole : chosen V xpredT = 1%:M.
  by rewrite /chosen (_ : select R xpredT = 1%:M) ?mul1mx ?(mulmx1C VV) //; apply/matrixP => i j; rewrite !mxE.
rewrite (eq_bigr _ (fun i _ => value_ord e i)); have := trace_chosen xpredT dV; rewrite whole mul1mx => <-.
by rewrite -sqnormT sqnorm_tr trmxK.
Qed.

Section Bits.
Variable R : rcfType.
Local Notation sign := (Instances25.sign R).
Local Notation functions := (FalseTransfer.functions R).

(* the bits agree with correlations a and b *)
Section Graph.
Variables (a b : R).
Hypothesis ab : [/\ 0 <= b, b <= a & a <= 1 / 2].
Definition bits_weight : 'M[R]_4 := \matrix_(x, j)
  ((1 + a * (sign (1 < x)%N * sign (1 < j)%N) + b * (sign (odd x) * sign (odd j))) / 16).
Lemma bits_row x : \sum_j bits_weight x j = 1 / 4.
Proof. by rewrite !big_ord_recl big_ord0 !mxE /sign /=; field. Qed.
Lemma bits_column j : \sum_x bits_weight x j = 1 / 4.
Proof. by rewrite !big_ord_recl big_ord0 !mxE /sign /=; field. Qed.
Fact bits_ge0 x j : 0 <= bits_weight x j.
Proof. by have [b0 ba a1] := ab; rewrite mxE /sign; do 4?case: ifP => _; lra. Qed.
Fact bits_sum : \sum_x \sum_j bits_weight x j = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => bits_row x)) !big_ord_recl big_ord0; lra. Qed.
Fact bits_left x : 0 < \sum_j bits_weight x j. Proof. by rewrite bits_row; lra. Qed.
Fact bits_right j : 0 < \sum_x bits_weight x j. Proof. by rewrite bits_column; lra. Qed.
Definition bits : graph R 4 4 := Graph bits_ge0 bits_sum bits_left bits_right.
Lemma bits_pL x : pL bits x = 1 / 4. Proof. exact: bits_row. Qed.
Lemma bits_pR j : pR bits j = 1 / 4. Proof. exact: bits_column. Qed.

Definition bit_squares (i : 'I_4) : R := if i == 0 then 1 else if i == 1 then a ^+ 2 else if i == 2 then b ^+ 2 else 0.
Lemma bits_basis : eigenbasis (hop bits) functions bit_squares.
Proof.
have [b0 ba a1] := ab; apply: FalseTransfer.functions_basis => [|i x|i j]; [exact: bits_pL| |].
  rewrite !big_ord_recl big_ord0 /induced !big_ord_recl !big_ord0 !bits_pR !mxE /sign /bit_squares.
  by case: i x => [[|[|[|[|i]]]] ?] // [[|[|[|[|x]]]] ?] //=; field.
have a2 : a ^+ 2 <= 1 by rewrite expr_le1 //; lra.
have b2 : b ^+ 2 <= a ^+ 2 by rewrite ler_pXn2r ?nnegrE //; lra.
have b2' := sqr_ge0 b; rewrite /bit_squares.
by case: i j => [[|[|[|[|i]]]] ?] // [[|[|[|[|j]]]] ?] //= _; lra.
Qed.

Lemma bits_singular : singular bit_squares 1 = a /\ singular bit_squares 2 = b.
Proof.
have [b0 ba a1] := ab; rewrite /singular -[1%N]/(val (1 : 'I_4)) -[2%N]/(val (2 : 'I_4)) !value_ord /bit_squares /=.
by rewrite !sqrtr_sqr !ger0_norm //; apply: le_trans ba.
Qed.

(* one constant column, and one of a bit *)
Definition first_bit (t : R) : 'M[R]_(4, 2) := \matrix_(x, i) (if i == 0 then 1 else t * sign (1 < x)%N).
Definition second_bit (t : R) : 'M[R]_(4, 2) := \matrix_(x, i) (if i == 0 then 1 else t * sign (odd x)).
Lemma loss_of_first t : spectral_loss bits (first_bit 1) (first_bit t) = t ^+ 2 - 2 * a * t - 1.
Proof.
have E x j : (first_bit 1 *m (first_bit t)^T) x j = 1 + t * (sign ((1 < x)%N) * sign ((1 < j)%N)).
  by rewrite !mxE !big_ord_recl big_ord0 !mxE /=; ring.
by rewrite /spectral_loss !big_ord_recl !big_ord0 !E !bits_pL !bits_pR !mxE /sign /=; field.
Qed.
Lemma loss_of_second t : spectral_loss bits (second_bit 1) (second_bit t) = t ^+ 2 - 2 * b * t - 1.
Proof.
have E x j : (second_bit 1 *m (second_bit t)^T) x j = 1 + t * (sign (odd x) * sign (odd j)).
  by rewrite !mxE !big_ord_recl big_ord0 !mxE /=; ring.
by rewrite /spectral_loss !big_ord_recl !big_ord0 !E !bits_pL !bits_pR !mxE /sign /=; field.
Qed.
End Graph.

Lemma bits_order (d : R) : 0 < d <= 1 / 2 -> [/\ 0 <= 1 / 2 - d, 1 / 2 - d <= 1 / 2 & 1 / 2 <= (1 / 2 : R)].
Proof. by move=> /andP [d0 d1]; split; lra. Qed.
Lemma tied_order (d : R) : 0 < d <= 1 / 2 -> [/\ 0 <= (1 - d) / 2, (1 - d) / 2 <= (1 - d) / 2 & (1 - d) / 2 <= 1 / 2].
Proof. by move=> /andP [d0 d1]; split; lra. Qed.

(* a half and d less; and what is counted, where both are their mean *)
Section Noise.
Variable d : R.
Hypothesis d01 : 0 < d <= 1 / 2.
Local Notation m := ((1 - d) / 2).
Local Notation P := (bits (bits_order d01)).
Local Notation Q := (bits (tied_order d01)).
Local Notation f := (second_bit 1).
Local Notation g := (second_bit m).

Lemma second_best : minimiser Q f g.
Proof.
apply/(optimum_value (bits_basis (tied_order d01))); rewrite loss_of_second.
by rewrite big_mkcond !big_ord_recl big_ord0 /bit_squares /=; field.
Qed.

Lemma second_best_on_pairs : best_on_pairs Q (pL P) (pR P) f g.
Proof.
have E (f' : 'M[R]_(4, 2)) (g' : 'M[R]_(4, 2)) : loss_on_pairs Q (pL P) (pR P) f' g' = spectral_loss Q f' g'.
  congr (_ + _); apply: eq_bigr => x _; apply: eq_bigr => j _.
  by rewrite !bits_pL !bits_pR.
by move=> f' g'; rewrite !E; apply: second_best.
Qed.

Lemma noiseE x j : noise P Q x j = d / 8 * (sign (odd x) * sign (odd j) - sign (1 < x)%N * sign (1 < j)%N).
Proof. by rewrite mxE bits_pL bits_pR FalseTransfer.half !mxE; field. Qed.

Lemma noise_size : sqnorm (noise P Q) = d ^+ 2 / 2.
Proof. by rewrite /sqnorm !big_ord_recl !big_ord0 !noiseE /sign /=; field. Qed.

Lemma noise_norm : opnorm2_le (noise P Q) ((d / 2) ^+ 2).
Proof.
move=> v; have vE j : (v *m noise P Q) 0 j =
    d / 8 * \sum_x v 0 x * (sign (odd x) * sign (odd j) - sign (1 < x)%N * sign (1 < j)%N).
  by rewrite mxE mulr_sumr; apply: eq_bigr => x _; rewrite noiseE mulrCA.
rewrite /sqnorm !big_ord_recl !big_ord0 !vE !big_ord_recl !big_ord0 /sign /=.
move: (v 0 _) (v 0 _) (v 0 _) (v 0 _) => v0 v1 v2 v3.
have := mulr_ge0 (sqr_ge0 (d / 2)) (addr_ge0 (sqr_ge0 (v0 + v1 + v2 + v3)) (sqr_ge0 (v0 - v1 - v2 + v3))).
rewrite !expr2; lra.
Qed.

Lemma gain (f' := first_bit 1) (g' := first_bit (1 / 2)) :
  spectral_loss P f g - spectral_loss P f' g' = d - 3 / 4 * d ^+ 2.
Proof. by rewrite loss_of_second loss_of_first; field. Qed.

Lemma gapE (l := bit_squares (1 / 2) (1 / 2 - d)) : 1 - singular l 2 / singular l 1 = 2 * d.
Proof. by have [-> ->] := bits_singular (bits_order d01); field. Qed.

(* the space of what is best on the noisy pairs is orthogonal to the first bit *)
Lemma bit_lost e : angle_le 2 functions (weightedL P f) e -> 1 <= e ^+ 2.
Proof.
case=> N [NT NN span] /(_ (delta_mx 0 1)).
have [D ND] : exists D, N = D *m (weightedL P f)^T by apply/submxP; rewrite span.
have away : row 1 functions *m weightedL P f = 0.
  apply/rowP => i; rewrite !mxE !big_ord_recl big_ord0 !mxE !bits_pL FalseTransfer.half /sign /=.
  by case: i => [[|[|i]] ?] //=; field.
have lost : row 1 functions *m N = 0 by rewrite -NT ND trmx_mul trmxK mulmxA away mul0mx.
have -> : delta_mx 0 1 *m (diag_mx (\row_i (i < 2)%N%:R) *m functions *m (1%:M - N)) = row 1 functions.
  by rewrite !mulmxA -rowE row_diag_mx mxE scale1r -rowE mulmxBr mulmx1 lost subr0.
by rewrite /sqnorm !big_ord_recl !big_ord0 !mxE /sign /=; lra.
Qed.
End Noise.

(* some d in reach, whose gain is more than what a smaller constant allows *)
Lemma allowed (c : R) : c < 4 -> exists2 d : R, 0 < d <= 1 / 2 & ~ (d - 3 / 4 * d ^+ 2 <= c * (d ^+ 2 / 2) / (2 * d)).
Proof.
move=> c4; pose d : R := Num.min (1 / 2) ((4 - c) / 4).
have d0 : 0 < d by rewrite lt_min; apply/andP; split; lra.
have dc : d <= (4 - c) / 4 by rewrite ge_min lexx orbT.
exists d; first by rewrite d0 ge_min lexx.
have := mulr_gt0 (mulr_gt0 d0 d0) (ltac:(lra) : 0 < 4 - c - 3 * d).
rewrite ler_pdivlMr; last by rewrite mulr_gt0 // ltr0n.
rewrite !expr2; lra.
Qed.

Theorem error_from_pairs_constant c : c < 4 -> ~ (forall n m k (P : graph R n m) U l (Q : 'M[R]_(n, m))
    (f f' : 'M[R]_(n, k.+1)) g g' (gap := 1 - singular l k.+1 / singular l k),
  eigenbasis (hop P) U l -> best_on_pairs Q (pL P) (pR P) f g -> 0 < gap ->
  spectral_loss P f g - spectral_loss P f' g' <= c * sqnorm (noise P Q) / gap).
Proof.
move=> /allowed [d d01 no] all; have /andP [d0 _] := d01; apply: no.
have := all _ _ _ _ _ _ _ _ (first_bit 1) _ (first_bit (1 / 2)) (bits_basis (bits_order d01))
  (second_best_on_pairs d01).
by rewrite (gapE d01) (gain d01) noise_size; apply; rewrite mulr_gt0 // ltr0n.
Qed.

(* what is counted has the marginals of the pairs *)
Theorem error_from_counted_pairs_constant c : c < 4 -> ~ (forall n m k (P : graph R n m) U l (Q : 'M[R]_(n, m))
    (f f' : 'M[R]_(n, k.+1)) g g' eta (gap := 1 - singular l k.+1 / singular l k)
    (qL := fun x => \sum_l Q x l) (qR := fun l => \sum_x Q x l)
    (change := fun x l => 1 - qL x / pL P x * (qR l / pR P l))
    (size_of_noise := Num.sqrt (sqnorm (noise P Q))
       + Num.sqrt (\sum_(x | 0 < qL x) \sum_(l' | 0 < qR l') (truncated P U k.+1 x l' * change x l') ^+ 2)),
  eigenbasis (hop P) U l -> (forall x l', 0 <= Q x l') -> best_on_pairs Q qL qR f g ->
  (forall x i, qL x = 0 -> f x i = 0) -> (forall l' i, qR l' = 0 -> g l' i = 0) ->
  0 <= eta < gap -> (forall x l', 0 < qL x -> 0 < qR l' -> change x l' <= eta) ->
  spectral_loss P f g - spectral_loss P f' g' <= c * gap * size_of_noise ^+ 2 / (gap - eta) ^+ 2).
Proof.
move=> /allowed [d d01 no] all; have /andP [d0 _] := d01; apply: no.
set P := bits (bits_order d01); set Q := bits (tied_order d01).
have same x j : 1 - pL Q x / pL P x * (pR Q j / pR P j) = 0 by rewrite !bits_pL !bits_pR; field.
have fourth : 1 / 4 <> 0 :> R by lra.
have := all _ _ 1%N P _ _ Q (second_bit 1) (first_bit 1) (second_bit ((1 - d) / 2)) (first_bit (1 / 2)) 0
  (bits_basis (bits_order d01)) (weight_ge0 Q) (second_best d01).
rewrite /= (gapE d01) (gain d01) lexx mulr_gt0 ?ltr0n // subr0 big1 => [|x _]; last first.
  by rewrite big1 // => j _; rewrite [X in _ * X](same x j) mulr0 expr0n.
rewrite sqrtr0 addr0 sqr_sqrtr ?sqnorm_ge0 // noise_size.
have -> : c * (2 * d) * (d ^+ 2 / 2) / (2 * d) ^+ 2 = c * (d ^+ 2 / 2) / (2 * d) by field; rewrite gt_eqF.
apply=> // [x i|j i|x j _ _]; last by rewrite [leLHS](same x j).
  by rewrite -/(pL Q x) bits_pL.
by rewrite -/(pR Q j) bits_pR.
Qed.

(* the noise has two values, and so all of them count *)
Theorem error_from_pairs_by_rank_constant c : c < 4 -> ~ (forall n m k (P : graph R n m) U l (Q : 'M[R]_(n, m))
    (f f' : 'M[R]_(n, k.+1)) g g' V e (gap := 1 - singular l k.+1 / singular l k),
  eigenbasis (hop P) U l -> eigenbasis (noise P Q *m (noise P Q)^T) V e ->
  best_on_pairs Q (pL P) (pR P) f g -> 0 < gap ->
  spectral_loss P f g - spectral_loss P f' g' <= c * (\sum_(i < k.+1.*2) value e i) / gap).
Proof.
move=> /allowed [d d01 no] all; have /andP [d0 _] := d01; apply: no.
set P := bits (bits_order d01); set N := noise P (bits (tied_order d01)).
have [V [e basis]] : exists V e, eigenbasis (N *m N^T) V e by apply: eigenbasis_exists; rewrite trmx_mul trmxK.
have := all _ _ 1%N _ _ _ _ _ (first_bit 1) _ (first_bit (1 / 2)) V e (bits_basis (bits_order d01)) basis
  (second_best_on_pairs d01).
by rewrite (values_sum basis) noise_size (gapE d01) (gain d01); apply; rewrite mulr_gt0 // ltr0n.
Qed.

Theorem angle_from_pairs_constant c : 0 <= c < 1 -> ~ (forall n m k j (P : graph R n m) U l (Q : 'M[R]_(n, m))
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) e (left := singular l j - singular l k),
  eigenbasis (hop P) U l -> 0 <= e -> opnorm2_le (noise P Q) (e ^+ 2) ->
  best_on_pairs Q (pL P) (pR P) f g -> 0 < left - e -> angle_le j.+1 U (weightedL P f) (c * (e / (left - e)))).
Proof.
move=> /andP [c0 c1] all; have d01 : 0 < (1 / 2 : R) <= 1 / 2 by apply/andP; split; lra.
have e0 : 0 <= 1 / 2 / 2 :> R by lra.
have := all _ _ _ 1%N _ _ _ _ _ _ _ (bits_basis (bits_order d01)) e0 (noise_norm d01) (second_best_on_pairs d01).
have [-> ->] := bits_singular (bits_order d01).
have -> : 1 / 2 - (1 / 2 - 1 / 2) - 1 / 2 / 2 = 1 / 2 / 2 :> R by lra.
rewrite divff ?mulr1; last by lra.
by move=> /(_ ltac:(lra)) /bit_lost; apply/negP; rewrite -ltNge expr_lt1.
Qed.
End Bits.
