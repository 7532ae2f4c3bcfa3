(* Theorem 43, of every sample. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Places.
From Pairbounds Require Import Inequalities Through theorem42_through_features.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Sample.
Variables (R : rcfType) (n m d : nat) (P : graph R n m) (X : 'M[R]_(n, d)) (s : seq ('I_n * 'I_n)) (rho : R).
Hypothesis rho0 : 0 <= rho.
Local Notation S := (sample_moments X s + rho%:M).
Local Notation K := (sample_along_pairs X s).
Local Notation N := (2 * (size s)%:R : R).

Lemma form_outer q (a b : 'rV[R]_d) (D : 'M[R]_(d, q)) :
  form (a^T *m b) D = \sum_c (a *m D) 0 c * (b *m D) 0 c.
Proof.
rewrite /form mulmxA -trmx_mul -(mulmxA _ b) /mxtrace; apply: eq_bigr => c _.
by rewrite mxE big_ord1 mxE.
Qed.

Lemma form_draws q (h : 'I_n * 'I_n -> 'M[R]_d) (D : 'M[R]_(d, q)) (a : R) :
  form (\matrix_(i, j) ((\sum_(z <- s) h z i j) / a)) D = (\sum_(z <- s) form (h z) D) / a.
Proof.
have -> : \matrix_(i, j) ((\sum_(z <- s) h z i j) / a) = a^-1 *: \sum_(z <- s) h z.
  by apply/matrixP => i j; rewrite !mxE mulrC; congr (_ * _); rewrite summxE.
rewrite formZ mulrC; congr (_ / _); elim: s => [|z s' IH]; last by rewrite !big_cons formD IH.
by rewrite !big_nil /form mulmx0 mul0mx mxtrace0.
Qed.

Lemma row_at q (D : 'M[R]_(d, q)) x c : (row x X *m D) 0 c = (X *m D) x c.
Proof. by rewrite -row_mul mxE. Qed.

Lemma moments_form q (D : 'M[R]_(d, q)) :
  form (sample_moments X s) D = (\sum_(z <- s) \sum_c ((X *m D) z.1 c ^+ 2 + (X *m D) z.2 c ^+ 2)) / N.
Proof.
pose h (z : 'I_n * 'I_n) := (row z.1 X)^T *m row z.1 X + (row z.2 X)^T *m row z.2 X.
have -> : sample_moments X s = \matrix_(i, j) ((\sum_(z <- s) h z i j) / N).
  by apply/matrixP => i j; rewrite !mxE; congr (_ / _); apply: eq_bigr => z _; rewrite !mxE !big_ord1 !mxE.
rewrite form_draws; congr (_ / _); apply: eq_bigr => z _; rewrite formD !form_outer -big_split.
by apply: eq_bigr => c _; rewrite /= !row_at !expr2.
Qed.

Lemma pairs_form q (D : 'M[R]_(d, q)) :
  form K D = (\sum_(z <- s) \sum_c 2 * ((X *m D) z.1 c * (X *m D) z.2 c)) / N.
Proof.
pose h (z : 'I_n * 'I_n) := (row z.1 X)^T *m row z.2 X + (row z.2 X)^T *m row z.1 X.
have -> : K = \matrix_(i, j) ((\sum_(z <- s) h z i j) / N).
  by apply/matrixP => i j; rewrite !mxE; congr (_ / _); apply: eq_bigr => z _; rewrite !mxE !big_ord1 !mxE.
rewrite form_draws; congr (_ / _); apply: eq_bigr => z _; rewrite formD !form_outer -big_split.
by apply: eq_bigr => c _; rewrite /= !row_at; ring.
Qed.

Lemma form_ridge q (D : 'M[R]_(d, q)) : form S D = form (sample_moments X s) D + rho * sqnorm D.
Proof. by rewrite formD -scalemx1 formZ form1. Qed.

Lemma N_ge0 : 0 <= N^-1. Proof. by rewrite invr_ge0 mulr_ge0 ?ler0n. Qed.

Lemma pairs_below q (D : 'M[R]_(d, q)) : form K D <= form S D.
Proof.
rewrite form_ridge moments_form pairs_form -[leLHS]addr0 lerD ?mulr_ge0 ?sqnorm_ge0 // ler_wpM2r ?N_ge0 //.
apply: ler_sum => z _; apply: ler_sum => c _; move: ((X *m D) z.1 c) ((X *m D) z.2 c) => a b.
by have := sqr_ge0 (a - b); rewrite !expr2; lra.
Qed.

Lemma pairs_above q (D : 'M[R]_(d, q)) : - form S D <= form K D.
Proof.
rewrite form_ridge moments_form pairs_form opprD -[leRHS]addr0 lerD ?oppr_le0 ?mulr_ge0 ?sqnorm_ge0 //.
rewrite -mulNr ler_wpM2r ?N_ge0 // -sumrN; apply: ler_sum => z _; rewrite -sumrN; apply: ler_sum => c _.
move: ((X *m D) z.1 c) ((X *m D) z.2 c) => a b.
by have := sqr_ge0 (a + b); rewrite !expr2; lra.
Qed.

Lemma variation_form q (D : 'M[R]_(d, q)) : form (S - K) D = sample_variation (X *m D) s + rho * sqnorm D.
Proof.
rewrite formB form_ridge moments_form pairs_form addrAC -mulrBl -sumrB; congr (_ / _ + _).
by apply: eq_bigr => z _; rewrite -sumrB; apply: eq_bigr => c _; ring.
Qed.

Lemma covers_form low : sample_covers P X s rho low ->
  forall v : 'cV[R]_d, low * sqnorm (weightedL P X *m v) <= form S v.
Proof.
move=> covers v; have -> : sqnorm (weightedL P X *m v) = \sum_x pL P x * (X *m v) x 0 ^+ 2.
  by apply: eq_bigr => x _; rewrite big_ord1 weighted_mul exprMn sqr_sqrtr // ltW ?pL_gt0.
apply: le_trans (covers v) _; rewrite form_ridge moments_form le_eqVlt; apply/orP; left; apply/eqP.
by congr (_ / _ + _); apply: eq_bigr => z _; rewrite big_ord1.
Qed.
End Sample.

(* the next value of the sample, by that of the population *)
Section Norms.
Variables (R : rcfType) (d : nat).

Lemma form_opnorm q (N : 'M[R]_d) (D : 'M[R]_(d, q)) e : 0 <= e -> opnorm2_le N (e ^+ 2) -> N^T = N ->
  `|form N D| <= e * sqnorm D.
Proof.
move=> e0 small sym; have le : sqnorm (N *m D) <= e ^+ 2 * sqnorm D.
  rewrite sqnorm_col (sqnorm_col D) mulr_sumr; apply: ler_sum => c _; have := small (col c D)^T.
  by rewrite sqnormT -{1}sym -trmx_mul sqnormT col_mul.
rewrite -(@ler_pXn2r _ 2) ?nnegrE ?mulr_ge0 ?sqnorm_ge0 // real_normK ?num_real // /form -mulmxA.
apply: le_trans (cauchy D (N *m D)) _; rewrite (_ : _ ^+ 2 = sqnorm D * (e ^+ 2 * sqnorm D)); last by ring.
by rewrite ler_wpM2l ?sqnorm_ge0.
Qed.

Variables (k : nat) (kd : (k < d)%N) (M V K S E : 'M[R]_d) (u t : 'I_d -> R) (xi eta : R).
Hypotheses (basis : eigenbasis M V u) (sample : generalised_eigenbasis K S E t).
Hypotheses (low : forall v : 'cV[R]_d, (1 - xi) * sqnorm v <= form S v).
Hypotheses (near : forall v : 'cV[R]_d, form K v <= form M v + eta * sqnorm v).
Hypotheses (xi1 : xi < 1) (u0 : 0 <= u (Ordinal kd) + eta).

Lemma next_place : t (Ordinal kd) * (1 - xi) <= u (Ordinal kd) + eta.
Proof.
have [_ _ tsort] := sample; have [_ _ usort] := basis.
pose I : 'M[R]_(k.+1, d) := pid_mx k.+1; pose J : 'M[R]_(k, d) := pid_mx k.
have ker0 : kermx (I *m E *m (J *m V)^T) != 0.
  by rewrite kermx_eq0 -row_leq_rank -ltnNge; apply: leq_ltn_trans (rank_leq_col _) _.
have /rowV0Pn [c /sub_kermxP cV c0] := ker0.
pose g : 'cV[R]_d := (c *m I)^T; pose v := E^T *m g.
have II : I *m I^T = 1%:M by rewrite /I tr_pid_mx mul_pid_mx !minnn (minn_idPr kd) pid_mx_1.
have g0 : g != 0.
  apply: contra c0 => /eqP g0; rewrite -[c]mulmx1 -II mulmxA -[c *m I]trmxK -/g g0 trmx0 mul0mx //.
have gk (i : 'I_d) : (k < i)%N -> g i 0 = 0.
  move=> ki; rewrite !mxE big1 // => j _; rewrite !mxE; case: eqP => [E'|_]; last by rewrite mulr0.
  by have := ltn_ord j; rewrite E' ltnS leqNgt ki.
have vV (i : 'I_d) : (i < k)%N -> (V *m v) i 0 = 0.
  move=> ik; have : (J *m (V *m v))^T = 0 by rewrite -cV /v /g !trmx_mul !trmxK !mulmxA.
  move/(congr1 trmx); rewrite trmxK trmx0 => /colP /(_ (Ordinal ik)); rewrite mxE [RHS]mxE (bigD1 i) //= big1 ?addr0.
    by rewrite mxE /= eqxx ik mul1r.
  by move=> j ne; rewrite mxE /= eq_sym (inj_eq val_inj) (negPf ne) mul0r.
have Sv : form S v = sqnorm g := form_second sample g.
have Kv : t (Ordinal kd) * sqnorm g <= form K v.
  rewrite (form_along sample) mulr_sumr; apply: ler_sum => i _; rewrite !big_ord1.
  have [ik|ki] := leqP i k; first by rewrite ler_wpM2r ?sqr_ge0 // tsort.
  by rewrite gk // expr0n !mulr0.
have Mv : form M v <= u (Ordinal kd) * sqnorm v.
  rewrite (form_coordinates basis) -(sqnorm_coordinates basis) mulr_sumr; apply: ler_sum => i _; rewrite !big_ord1.
  have [ik|ki] := ltnP i k; first by rewrite vV // expr0n !mulr0.
  by rewrite ler_wpM2r ?sqr_ge0 // usort.
have g1 := sqnorm_gt0 g0; have xi0 : 0 < 1 - xi by rewrite subr_gt0.
rewrite -(ler_pM2r g1) mulrAC; apply: le_trans (_ : (u (Ordinal kd) + eta) * sqnorm v * (1 - xi) <= _).
  by rewrite ler_pM2r //; apply: le_trans Kv _; apply: le_trans (near v) _; rewrite mulrDl lerD2r.
by rewrite -mulrA ler_wpM2l // mulrC -Sv.
Qed.
End Norms.

Theorem from_image_pairs (R : rcfType) : Statements.from_image_pairs R.
Proof.
move=> n m r d k P y X s rho E t low b C B f rho0 basis all best low0 covers b1 le.
apply: le_trans (generalised_mse basis (covers_form covers) low0 all best) _; rewrite lerD2l.
rewrite invfM mulrCA [leRHS]mulrC ler_wpM2r ?invr_ge0 ?(ltW low0) // -variation_form.
exact: (generalised_beyond C basis (fun v => pairs_below X s rho0 v) b1 le).
Qed.

Theorem from_image_pairs_by_hops (R : rcfType) : Statements.from_image_pairs_by_hops R.
Proof.
move=> n m r d k P y X s rho E t low b C B p f rho0 basis all best low0 covers le p1 p0.
apply: le_trans (generalised_mse basis (covers_form covers) low0 all best) _.
rewrite lerD2l ler_wpM2r ?invr_ge0 ?(ltW low0) //.
exact: (generalised_polynomial C basis (fun v => pairs_above X s rho0 v) p1 le p0).
Qed.

Theorem from_image_pairs_by_norms (R : rcfType) : Statements.from_image_pairs_by_norms R.
Proof.
move=> n m r d k P y Z s E t V u xi eta C B f unreached white basis sample all best xi0 smallS eta0 smallK room.
rewrite -feature_momentsE in white.
have [scores out] := probe_of_all (eqmx_refl Z^T) white all.
have QQ : (weightedL P Z)^T *m weightedL P Z = 1%:M by rewrite -feature_momentsE.
have CT : C = targets P y Z.
  have : weightedL P Z *m C = weightedL P Z *m targets P y Z by rewrite -!weightedL_mul scores.
  by move/(congr1 (fun D => (weightedL P Z)^T *m D)); rewrite !mulmxA QQ !mul1mx.
have symS : (sample_moments Z s - 1%:M)^T = sample_moments Z s - 1%:M.
  rewrite linearB /= trmx1; congr (_ - _); apply/matrixP => i j; rewrite !mxE; congr (_ / _).
  by apply: eq_bigr => z _; ring.
have symK : (sample_along_pairs Z s - along_pairs P Z)^T = sample_along_pairs Z s - along_pairs P Z.
  rewrite linearB /=; congr (_ - _); last first.
    by rewrite along_pairsE (trmx_mul (_ *m hop P)) (trmx_mul _ (hop P)) trmxK hop_sym mulmxA.
  by apply/matrixP => i j; rewrite !mxE; congr (_ / _); apply: eq_bigr => z _; ring.
have low q (D : 'M[R]_(d, q)) : `|form (sample_moments Z s) D - sqnorm D| <= xi * sqnorm D.
  by rewrite -[sqnorm D in leLHS]form1 -formB; apply: form_opnorm.
have near q (D : 'M[R]_(d, q)) : `|form (sample_along_pairs Z s) D - form (along_pairs P Z) D| <= eta * sqnorm D.
  by rewrite -formB; apply: form_opnorm.
have low' q (D : 'M[R]_(d, q)) : (1 - xi) * sqnorm D <= form (sample_moments Z s) D.
  by have := low _ D; rewrite ler_norml => /andP [h _]; move: h; rewrite mulrBl mul1r; lra.
have near' q (D : 'M[R]_(d, q)) : form (sample_along_pairs Z s) D <= form (along_pairs P Z) D + eta * sqnorm D.
  by have := near _ D; rewrite ler_norml => /andP [_ h]; move: h; lra.
have u0 : 0 <= value u k.
  by rewrite /value; case: insubP => // i _ _; have /andP [] := place01 white basis i.
have xi1 : 0 < 1 - xi by lra.
have covers (v : 'cV[R]_d) : (1 - xi) * sqnorm (weightedL P Z *m v) <= form (sample_moments Z s) v.
  by rewrite (sqnorm_white white).
have outE : 1 - unreached = sqnorm C by rewrite /unreached out CT subKr.
apply: le_trans (generalised_mse sample covers xi1 all best) _; rewrite lerD2l outE.
have v0 : 0 <= variation P (Z *m C) by rewrite variationE laplacian_ge0.
have c0 := sqnorm_ge0 C; have gap0 : 0 < 1 - value u k - xi - eta by lra.
have [dk|kd] := leqP d k.
  rewrite big_pred0 ?mul0r => [|i]; last by rewrite leqNgt (leq_trans (ltn_ord i) dk).
  by rewrite divr_ge0 ?(ltW gap0) // addr_ge0 // mulr_ge0 // addr_ge0.
have uE : value u k = u (Ordinal kd) := value_ord u (Ordinal kd).
have t1 : t (Ordinal kd) * (1 - xi) <= value u k + eta.
  by rewrite uE; apply: (next_place basis sample (low' 1%N) (near' 1%N)); rewrite ?subr_gt0 -?uE ?addr_ge0 //; lra.
have tb : t (Ordinal kd) < 1 by rewrite -(ltr_pM2r xi1) mul1r; lra.
have S0 : sample_moments Z s + 0%:M = sample_moments Z s by rewrite raddf0 addr0.
have below (v : 'cV[R]_d) : form (sample_along_pairs Z s) v <= form (sample_moments Z s) v.
  by rewrite -[in leRHS]S0 pairs_below.
have le (i : 'I_d) : (k <= i)%N -> t i <= t (Ordinal kd) by move=> ki; have [_ _ sorted] := sample; apply: sorted.
have := generalised_beyond C sample below tb le; rewrite formB => few.
set num := variation P (Z *m C) + _; have num0 : 0 <= num by rewrite addr_ge0 // mulr_ge0 // addr_ge0.
have small : form (sample_moments Z s) C - form (sample_along_pairs Z s) C <= num.
  rewrite /num (variation_white white) formB form1; have := low _ C; have := near _ C; rewrite !ler_norml.
  by move=> /andP [h1 h2] /andP [h3 h4]; rewrite mulrDl; lra.
have t0 : 0 < 1 - t (Ordinal kd) by rewrite subr_gt0.
rewrite ler_pdivrMr //; apply: le_trans few _; rewrite ler_pdivrMr //.
apply: le_trans small _; rewrite -!mulrA -[leLHS]mulr1 ler_wpM2l // mulrC ler_pdivlMr // mul1r.
by rewrite mulrBr mulr1 [(1 - xi) * _]mulrC; lra.
Qed.
