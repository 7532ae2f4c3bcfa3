(* No hypothesis of theorems 34 to 38 contradicts another. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Energies LowRank Places Scores Instances.
From Pairbounds Require Import theorem34_few_labels theorem36_caption_noise.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Instance.
Variable R : rcfType.

(* theorem 34: nodes as features of their own; draws of two classes, and of one *)
Theorem labelled n m r (P : graph R n m) (y : 'I_n -> 'I_r) : (1 < r)%N -> exists (f : 'M[R]_n) B,
  [/\ (weightedL P f)^T *m weightedL P f = 1%:M, least_squares P y f B, exists v : 'cV[R]_n, f *m v = const_mx 1 &
      0 < 1 - mse P y f B - (1 - 0) / r%:R].
Proof.
move=> r1; pose f := unweightL P 1%:M; have F1 : weightedL P f = 1%:M := unweightLK _ _.
have [B probe] := least_squares_exists P y f; exists f, B; split=> //; first by rewrite F1 trmx1 mulmx1.
  exists (root_mass P); apply/colP => x; apply: (mulfI (sqrtL_neq0 P x)).
  by rewrite -weighted_mul F1 mul1mx !mxE mulr1.
have Q1 : colproj (weightedL P f) = 1%:M by rewrite -[LHS]mulmx1 -{1}F1 colproj_id F1.
rewrite (mse_projection probe) Q1 subrr mul0mx sqnorm0 !subr0 subr_gt0 ltr_pdivrMr ?ltr0n ?(ltnW r1) //.
by rewrite mul1r ltr1n.
Qed.

Theorem drawn_by_class : [/\ forall x, pL (two R) x = 1 / 2%:R, forall c : 'I_2, exists x, id x = c,
  forall c, mass (two R) id c = 1 / 2%:R & forall c : 'I_2, (#|[pred j : 'I_2 | id j == c]| * 2 = 2)%N].
Proof.
split=> [x|c|c|c]; [exact: w_row|by exists c| |].
  rewrite /mass (bigD1 c) //= eqxx mulr1 big1 ?addr0 => [|x /negPf ->]; [exact: w_row|by rewrite mulr0].
by rewrite (eq_card (B := pred1 c)) ?card1 // => j; rewrite !inE.
Qed.

Theorem in_proportion (y := fun _ : 'I_2 => ord0 : 'I_1) : exists f : 'M[R]_2,
  (weightedL (two R) f)^T *m weightedL (two R) f = 1%:M /\
  exists t, forall c,
    #|[pred j : 'I_1 | id j == c]|%:R = t * (mass (two R) y c * Num.sqrt (class_spread (pL (two R)) y f c)).
Proof.
pose P := two R; pose f := unweightL P 1%:M.
have white : (weightedL P f)^T *m weightedL P f = 1%:M by rewrite unweightLK trmx1 mulmx1.
exists f; split=> //; have [B probe] := least_squares_exists P y f.
have one : mass P y 0 = 1 by rewrite -(pL_sum P); apply: eq_bigr => x _; rewrite mulr1.
have present c : exists x, y x = c by exists ord0; rewrite [c]ord1.
have spread0 : 0 < class_spread (pL P) y f 0.
  have := spread_moments present white probe 0; rewrite one expr1n !mul1r => ->.
  have := white_class_squares y white; have := white_explained white probe; rewrite /sqnorm.
  under eq_bigr do rewrite big_ord1; move=> -> /=; under eq_bigr do rewrite big_ord1; move=> ->.
  rewrite subr_gt0 ltrBlDr; apply: le_lt_trans (_ : 1 < _); last first.
    rewrite ltr_wpDr ?ltr1n // sumr_ge0 // => x _; rewrite mulr_ge0 ?(ltW (pL_gt0 P x)) //.
    by rewrite sumr_ge0 // => c _; apply: sqr_ge0.
  exact: lexx.
exists (Num.sqrt (class_spread (pL P) y f 0))^-1 => c; rewrite [c]ord1 one mul1r mulVf ?gt_eqF ?sqrtr_gt0 //.
by rewrite (eq_card (B := pred1 0)) ?card1 // => j; rewrite !inE.
Qed.

(* theorem 36: half of the pairs are drawn independently, of which a quarter is known *)
Theorem half_noise : exists (s : R) (P' : graph R 2 2) U' l' f f' g g',
  [/\ noisy (two R) (1 / 2) P', eigenbasis (hop P') U' l', @minimiser R 2 2 1 (two R) f g, @minimiser R 2 2 1 P' f' g' &
      0 <= s <= 1 / 2 /\ value l' 1 / (1 - s) ^+ 2 < 1].
Proof.
pose t : R := 1 / 2; have half : 0 <= t < 1 by rewrite /t; apply/andP; split; lra.
have [P' noise] := noisy_exists (two R) half; have [U' [l' basis']] := eigenbasis_exists (hop_sym P').
have [f [g best]] := optimum_exists 1 (@two_basis R); have [f' [g' best']] := optimum_exists 1 basis'.
exists (1 / 4), P', U', l', f, f', g, g'; split=> //; split; first by apply/andP; split; lra.
have [V [_ _ _ _ ->]] := noisy_basis noise (@two_basis R) basis'; rewrite value1.
by have -> : (1 - t) ^+ 2 * (1 / 4) / (1 - 1 / 4) ^+ 2 = 1 / 9 by [rewrite /t; field]; lra.
Qed.

(* what corrected consistencies allow is at most 1 *)
Theorem allowed_by_corrected n m r (P' : graph R n m) (y : 'I_n -> 'I_r) M keep ones N (w t : 'I_N -> R) (d : pred 'I_N)
    (a := fun j => ones + (consistency P' y j - ones) / keep ^+ j) : (forall i, 0 <= w i) ->
  (forall j, (j <= M)%N -> \sum_i w i * t i ^+ j = a j) -> \sum_(i | d i) w i <= 1.
Proof.
move=> w0 /(_ 0%N (leq0n _)); rewrite /a expr0 divr1 addrC subrK.
have -> : consistency P' y 0 = 1 by rewrite -(pL_sum P'); apply: eq_bigr => x _; rewrite /= eqxx mulr1.
under eq_bigr do rewrite expr0 mulr1; move=> <-; rewrite big_mkcond; apply: ler_sum => i _.
by case: ifP.
Qed.

(* theorem 37: two images whose views do not meet, each with a view; all labellings have probes *)
Definition apart : 'M[R]_2 := \matrix_(x, l) (if x == l then 1 / 2 else 0).
Lemma apart_row x : \sum_l apart x l = 1 / 2.
Proof. by rewrite (bigD1 x) //= mxE eqxx big1 ?addr0 // => l /negPf ne; rewrite mxE eq_sym ne. Qed.
Fact apart_ge0 x l : 0 <= apart x l. Proof. by rewrite mxE; case: eqP => _; lra. Qed.
Fact apart_sum : \sum_x \sum_l apart x l = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => apart_row x)) !big_ord_recl big_ord0; lra. Qed.
Fact apart_left x : 0 < \sum_l apart x l. Proof. by rewrite apart_row; lra. Qed.
Fact apart_right l : 0 < \sum_x apart x l.
Proof. by rewrite (eq_bigr (fun x => apart l x)) ?apart_left // => x _; rewrite !mxE eq_sym. Qed.
Definition views : graph R 2 2 := Graph apart_ge0 apart_sum apart_left apart_right.

Theorem two_images r : exists f g (head : ('I_2 -> 'I_r) -> 'M[R]_(1, r)),
  [/\ forall b : 'I_2, \sum_x pL views x * (id x == b)%:R = 1 / 2%:R, forall y, least_squares views y f (head y),
      forall x x', (id x == id x') = connect (linked views) (inl x) (inl x') & @minimiser R 2 2 1 views f g].
Proof.
have [U [l basis]] := eigenbasis_exists (hop_sym views); have [f [g best]] := optimum_exists 1 basis.
have [symQ _] := colproj_ortho (weightedL views f); have /submxP [D E] := proj_sub (weightedL views f)^T.
exists f, g, (fun y => D^T *m Y views y); split=> // [b|y|x x'].
- rewrite (bigD1 b) //= eqxx mulr1 big1 ?addr0 => [|x /negPf ->]; [exact: apart_row|by rewrite mulr0].
- by apply/least_squaresP; rewrite mulmxA -[weightedL views f]trmxK -trmx_mul -E trmxK symQ.
pose side (u : 'I_2 + 'I_2) := match u with inl z | inr z => z end.
have step u v : linked views u v -> side u = side v.
  by case: u v => [z|z] [z'|z'] //=; rewrite mxE; [case: (eqVneq z z')|case: (eqVneq z' z)] => // _; rewrite eqxx.
apply/eqP/idP => [<-|/connectP [p path last]]; first exact: connect0.
suff : forall u, path.path (linked views) u p -> side u = side (seq.last u p) by move=> /(_ _ path); rewrite -last.
elim: p {path last} => [|v p IH] u //= /andP [/step -> rest]; exact: IH rest.
Qed.

(* theorem 38: the law of the pairs themselves *)
Theorem same_law n m (P : graph R n m) : [/\ forall x, 0 <= pL P x, forall x, pL P x <= 1 * pL P x &
  forall w : 'I_n -> R, (forall x, 0 <= w x <= 1) -> \sum_x pL P x * w x <= 1].
Proof.
split=> [x|x|w w01]; rewrite ?mul1r ?(ltW (pL_gt0 P x)) //.
rewrite -(pL_sum P); apply: ler_sum => x _; rewrite -[leRHS]mulr1 ler_wpM2l ?(ltW (pL_gt0 P x)) //.
by have /andP [] := w01 x.
Qed.
End Instance.
