(* Theorem 6. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies SameSpace Places Inequalities Mirror.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem6.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (b : R).
Hypotheses (best : minimiser P f g) (b0 : 0 <= b) (b1 : b < 1) (tail : tail_le k P b).
Local Notation A := (normalised P).
Local Notation Z := (Y (mirror P) z).
Local Notation Yl := (Y P y).

Lemma class_right l c : Z l c = Num.sqrt (pR P l) * (z l == c)%:R.
Proof. by rewrite mxE mirror_pL. Qed.

Lemma captions x c : (A *m Z) x c = (\sum_l P x l * (z l == c)%:R) / Num.sqrt (pL P x).
Proof.
rewrite mxE mulr_suml; apply: eq_bigr => l _; rewrite class_right mxE.
by field; rewrite sqrtL_neq0 sqrtR_neq0.
Qed.

Lemma agree : \tr (Yl^T *m (A *m Z)) = 1 - alpha P y z.
Proof.
rewrite /mxtrace (eq_bigr (fun c => \sum_x \sum_l P x l * ((z l == c)%:R * (y x == c)%:R))) => [|c _]; last first.
  rewrite mxE; apply: eq_bigr => x _; rewrite captions [_^T _ _]mxE [Yl x c]mxE.
  transitivity ((y x == c)%:R * (\sum_l P x l * (z l == c)%:R)); first by field; rewrite sqrtL_neq0.
  by rewrite mulr_sumr; apply: eq_bigr => l _; ring.
rewrite exchange_big -[X in _ = X - _](weight_sum P) /alpha -sumrB; apply: eq_bigr => x _ /=.
rewrite exchange_big -sumrB; apply: eq_bigr => l _ /=; rewrite -mulr_sumr (bigD1 (z l)) //= big1 => [|c /negPf ne].
  have E : ((z l == z l)%:R : R) = 1 by rewrite eqxx.
  by rewrite E mul1r addr0; case: (y x == z l); rewrite ?mulr1 ?mulr0 ?subr0 ?subrr.
by rewrite eq_sym ne mul0r.
Qed.

Lemma captions_norm : sqnorm (A *m Z) = 1 - tau P z.
Proof.
have := key_identity (mirror P) z; rewrite mirror_alphaT formB form1 sqnormY mirror_hop.
have -> : form (A^T *m A) Z = sqnorm (A *m Z) by rewrite /form sqnorm_tr trmx_mul !mulmxA.
move=> <-; ring.
Qed.

Lemma off_captions : sqnorm (Yl - A *m Z) = 2 * alpha P y z - tau P z.
Proof. by rewrite sqnormD sqnormN mulmxN linearN /= agree sqnormY captions_norm; ring. Qed.

Lemma lost : sqnorm (A *m Z - weightedL P f *m (weightedR P g)^T *m Z) <= b * (tau P z / (1 - b)).
Proof.
have best' := mirror_minimiser best; have tail' := mirror_tail b0 tail.
have [B probe] := least_squares_exists (mirror P) z g.
have := probe_mse_optimum best' probe b0 tail' b1; rewrite mirror_alphaT (mse_projection probe) mirror_weighted.
have oQ := colproj_ortho (weightedR P g); have [symQ idQ] := oQ.
set W := (1%:M - colproj (weightedR P g)) *m Z => le.
have -> : A *m Z - weightedL P f *m (weightedR P g)^T *m Z = A *m W.
  by rewrite (optimum_right best) /W mulmxBl mul1mx mulmxBr (mulmxA A (colproj _) Z).
apply: le_trans (_ : b * sqnorm W <= _); last by rewrite ler_wpM2l.
have -> : sqnorm (A *m W) = form (hop (mirror P)) W by rewrite mirror_hop /form sqnorm_tr trmx_mul !mulmxA.
rewrite form_col sqnorm_col mulr_sumr; apply: ler_sum => c _; apply: (optimum_keeps best' b0 tail').
by rewrite mirror_weighted col_mul mulmxA mulmxBr mulmx1 idQ subrr mul0mx.
Qed.

Lemma scores_error :
  zero_shot_error P y z f g <= 2 * sqnorm (weightedL P f *m (weightedR P g)^T *m Z - Yl).
Proof.
rewrite mulr_sumr; apply: ler_sum => x _.
have E c : (weightedL P f *m (weightedR P g)^T *m Z - Yl) x c =
    Num.sqrt (pL P x) * (prototype_scores P z f g x c - (y x == c)%:R).
  rewrite mxE [(- _ : 'M_(_, _)) _ _]mxE [Yl x c]mxE mulrBr; congr (_ - _).
  rewrite mxE mulr_sumr; apply: eq_bigr => l _; rewrite weighted_prod class_right -[X in _ = _ * (X * _ * _)](sqrtR2 P l); ring.
rewrite (eq_bigr (fun c => pL P x * (prototype_scores P z f g x c - (y x == c)%:R) ^+ 2)) => [|c _]; last first.
  by rewrite E exprMn sqr_sqrtr // ltW ?pL_gt0.
rewrite -mulr_sumr mulrCA ler_wpM2l ?(ltW (pL_gt0 P x)) //.
have [|_] := boolP (errs _ _); first by move/errs_indicator => h; rewrite -[true%:R]/(1 : R); lra.
by rewrite mulr_ge0 ?ler0n // sumr_ge0 // => c _; apply: sqr_ge0.
Qed.

Lemma tau_ge0 : 0 <= tau P z.
Proof.
apply: sumr_ge0 => l _; apply: sumr_ge0 => l' _; rewrite mulr_ge0 ?ler0n //; apply: sumr_ge0 => x _.
by rewrite !mulr_ge0 ?weight_ge0 // invr_ge0 ltW ?pL_gt0.
Qed.
End Theorem6.

Theorem zero_shot (R : rcfType) : Statements.zero_shot R.
Proof.
move=> n m r k P y z U l f g basis best b1; rewrite /=; set b := value l k in b1 *; set s := singular l k.
have b0 : 0 <= b := value_ge0 basis k; have tail : tail_le k P b := tail_value basis k.
have s0 : 0 <= s by apply: sqrtr_ge0.
have sb : s ^+ 2 = b := singular_sq basis k.
have off := off_captions P y z; have u0 := sqnorm_ge0 (Y P y - normalised P *m Y (mirror P) z); rewrite off in u0.
have d0 : 0 < 1 - b by rewrite subr_gt0.
have q0 : 0 <= tau P z / (1 - b) by rewrite divr_ge0 ?tau_ge0 // ltW.
split.
  apply: le_trans (scores_error P y z f g) _; rewrite ler_pM2l ?ltr0n //.
  rewrite -sqnormN opprB -(subrKA (normalised P *m Y (mirror P) z)); apply: le_trans (triangle _ _) _.
  rewrite off ler_pXn2r ?nnegrE ?addr_ge0 ?mulr_ge0 ?sqrtr_ge0 // lerD2l.
  have -> : s * Num.sqrt (tau P z / (1 - b)) = Num.sqrt (b * (tau P z / (1 - b))).
    by rewrite (sqrtrM _ b0).
  by rewrite ler_wsqrtr // lost.
have tE : tau P z = (1 - b) * Num.sqrt (tau P z / (1 - b)) ^+ 2.
  by rewrite sqr_sqrtr // mulrCA mulfV ?mulr1 // gt_eqF.
have uE := sqr_sqrtr u0.
rewrite ler_pdivlMr //; move: (Num.sqrt (tau P z / _)) (Num.sqrt (_ - _)) tE uE => w u tE uE.
have := sqr_ge0 (s * u - (1 - b) * w).
have -> : (s * u - (1 - b) * w) ^+ 2 = b * u ^+ 2 + (1 - b) ^+ 2 * w ^+ 2 - 2 * (1 - b) * (s * u * w).
  by ring: sb.
have -> : 2 * (u + s * w) ^+ 2 * (1 - b) = 2 * (1 - b) * (u ^+ 2 + b * w ^+ 2) + 4 * (1 - b) * (s * u * w).
  by ring: sb.
have -> : alpha P y z = (u ^+ 2 + (1 - b) * w ^+ 2) / 2 by rewrite uE -tE; field.
move: (s * u * w) (u ^+ 2) (w ^+ 2) => c p q; rewrite expr2; nra.
Qed.
