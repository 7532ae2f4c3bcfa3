(* Any embedding pair, by the excess of its penalised loss: its product is near the normalised matrix with singular
   values lowered by mu, and that carries a filter of the labels. No nuclear norm is used, and no gap. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Stability.
From Pairbounds Require Import Places Inequalities Penalty.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma product_le (R : rcfType) n p q (M : 'M[R]_(n, p)) (Z : 'M[R]_(p, q)) (c : R) : 0 <= c ->
  (forall X : 'M[R]_(q, n), sqnorm (Z *m X) <= c * sqnorm X) -> sqnorm (M *m Z) <= c * sqnorm M.
Proof.
move=> c0 le; set T := M *m Z; have [T0|Tn] := eqVneq T 0.
  by rewrite T0 sqnorm0 mulr_ge0 ?sqnorm_ge0.
have p0 := sqnorm_gt0 Tn; rewrite -(ler_pM2l p0).
have E : \tr ((M^T)^T *m (Z *m T^T)) = sqnorm T by rewrite trmxK mulmxA -/T -[RHS]sqnormT sqnorm_tr trmxK.
have := cauchy M^T (Z *m T^T); rewrite E expr2 sqnormT => h; apply: le_trans h _.
by rewrite mulrA [leRHS]mulrC ler_wpM2l ?sqnorm_ge0 // [leRHS]mulrC -[sqnorm T]sqnormT le.
Qed.

Section Labels.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).

Lemma mass_le c : mass P y c <= largest_mass P y.
Proof. exact: (le_bigmax_cond _ (fun c => mass P y c)). Qed.

Lemma largest_mass_ge0 : 0 <= largest_mass P y.
Proof. exact: bigmax_ge_id. Qed.

Lemma labels_le p (X : 'M[R]_(r, p)) : sqnorm (Y P y *m X) <= largest_mass P y * sqnorm X.
Proof.
have E : sqnorm (Y P y *m X) = \sum_c mass P y c * (\sum_j X c j ^+ 2).
  rewrite /sqnorm (eq_bigr (fun x => pL P x * \sum_j X (y x) j ^+ 2)) => [|x _].
    rewrite (eq_bigr (fun x => \sum_c pL P x * (y x == c)%:R * \sum_j X c j ^+ 2)) => [|x _].
      by rewrite exchange_big; apply: eq_bigr => c _; rewrite /mass mulr_suml.
    rewrite [RHS](bigD1 (y x)) //= eqxx mulr1 [X in _ = _ + X]big1 ?addr0 // => c /negPf ne.
    by rewrite eq_sym ne mulr0 mul0r.
  rewrite mulr_sumr; apply: eq_bigr => j _; rewrite mxE (bigD1 (y x)) //= big1 => [|c /negPf ne].
    by rewrite addr0 mxE eqxx mulr1 exprMn sqr_sqrtr // ltW ?pL_gt0.
  by rewrite mxE eq_sym ne mulr0 mul0r.
rewrite E mulr_sumr; apply: ler_sum => c _; rewrite ler_wpM2r ?mass_le //.
by apply: sumr_ge0 => j _; apply: sqr_ge0.
Qed.
End Labels.

Section AnyEncoder.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R) (mu t : R).
Hypotheses (basis : eigenbasis (hop P) U l) (mu0 : 0 < mu) (mut : mu < t).
Local Notation A := (normalised P).
Local Notation S := (hop P).
Local Notation sigma i := (singular l i).
Local Notation above i := (Num.max 0 (sigma i - mu)).
Local Notation soft i := (Num.min 1 (above i / (t - mu))).
Definition spectral (d : 'I_n -> R) : 'M[R]_n := U^T *m (diag_mx (\row_i d i) *m U).

Lemma spectralP d : U *m spectral d = diag_mx (\row_i d i) *m U.
Proof. by rewrite /spectral mulmxA (UUt basis) mul1mx. Qed.

Lemma spectral_sym d : (spectral d)^T = spectral d.
Proof. by rewrite /spectral !trmx_mul trmxK tr_diag_mx mulmxA. Qed.

Lemma spectral_mul d e : spectral d *m spectral e = spectral (fun i => d i * e i).
Proof.
rewrite {1}/spectral -!mulmxA spectralP (mulmxA (diag_mx _)) mulmx_diag /spectral; congr (_ *m (diag_mx _ *m _)).
by apply/rowP => i; rewrite !mxE.
Qed.

Lemma eq_spectral d e : d =1 e -> spectral d = spectral e.
Proof. by move=> E; rewrite /spectral; congr (_ *m (diag_mx _ *m _)); apply/rowP => i; rewrite !mxE. Qed.

Lemma spectral1 : spectral (fun=> 1) = 1%:M.
Proof.
rewrite /spectral (_ : diag_mx _ = 1%:M) ?mul1mx ?(UtU basis) //.
by apply/matrixP => i j; rewrite !mxE.
Qed.

Lemma spectralB d e : spectral d - spectral e = spectral (fun i => d i - e i).
Proof.
rewrite /spectral -mulmxBr -mulmxBl -linearB /=; congr (_ *m (diag_mx _ *m _)).
by apply/rowP => i; rewrite !mxE.
Qed.

Lemma spectral_rest d : spectral (fun i => 1 - d i) = 1%:M - spectral d.
Proof. by rewrite -spectral1 spectralB. Qed.

Lemma hop_spectral : S = spectral (fun i => sigma i ^+ 2).
Proof.
rewrite -[LHS]mul1mx -(UtU basis) -mulmxA (US basis) /spectral; congr (_ *m (diag_mx _ *m _)).
by apply/rowP => i; rewrite !mxE (singular_sq basis) value_ord.
Qed.

Lemma spectral_hop d e : spectral d *m A *m (A^T *m spectral e) = spectral (fun i => d i * sigma i ^+ 2 * e i).
Proof.
rewrite -(mulmxA (spectral d) A) (mulmxA A A^T) -/S hop_spectral !spectral_mul.
by apply: eq_spectral => i; rewrite mulrA.
Qed.

Lemma form_spectral p d (X : 'M[R]_(n, p)) : form (spectral d) X = \sum_i d i * \sum_c (U *m X) i c ^+ 2.
Proof. by rewrite (form_diag basis _ (spectralP d)); apply: eq_bigr => i _; rewrite mxE. Qed.

Lemma form_bound p d (X : 'M[R]_(n, p)) b : (forall i, d i <= b) -> form (spectral d) X <= b * sqnorm X.
Proof.
move=> le; rewrite form_spectral -(sqnorm_basis basis) /sqnorm mulr_sumr; apply: ler_sum => i _.
by rewrite ler_wpM2r // sumr_ge0 // => c _; apply: sqr_ge0.
Qed.

Lemma trace_spectral d : \tr (spectral d) = \sum_i d i.
Proof. by rewrite /spectral mxtrace_mulC -mulmxA (UUt basis) mulmx1; apply: eq_bigr => i _; rewrite !mxE eqxx. Qed.

Lemma sqnorm_spectral d : sqnorm (spectral d *m A) = \sum_(i < n) (d i * sigma i) ^+ 2.
Proof.
rewrite -sqnormT trmx_mul spectral_sym -form_gram -/S /form spectral_sym hop_spectral !spectral_mul trace_spectral.
by apply: eq_bigr => i _; ring.
Qed.

Lemma sqnorm_filter d : sqnorm (spectral d *m Y P y) = \sum_i d i ^+ 2 * energy P y U i.
Proof.
rewrite -form1 form_mul mulmx1 spectral_sym spectral_mul form_spectral.
by apply: eq_bigr => i _; rewrite -expr2.
Qed.

(* the least of the penalised loss, of any width, is attained at `shrunk` *)
Let d (i : 'I_n) : R := above i / sigma i.
Definition shrunk := spectral d *m A.
Let C := spectral (fun i => 1 - d i) *m A.

Lemma sigma_ge0 i : 0 <= sigma i. Proof. exact: sqrtr_ge0. Qed.
Lemma above_ge0 i : 0 <= above i. Proof. by rewrite le_max lexx. Qed.

Lemma above_zero i : sigma i = 0 -> above i = 0.
Proof. by move=> ->; rewrite sub0r max_l // oppr_le0 ltW. Qed.

Lemma shrunk_sigma (i : 'I_n) : d i * sigma i = above i.
Proof.
have [s0|s0] := eqVneq (sigma i) 0; last by rewrite /d divfK.
by rewrite (above_zero s0) s0 mulr0.
Qed.

Lemma rest_sigma (i : 'I_n) : 0 <= (1 - d i) * sigma i <= mu.
Proof.
rewrite mulrBl mul1r shrunk_sigma; have := sigma_ge0 i; case: (leP 0 (sigma i - mu)) => h s0.
  by rewrite opprB addrC subrK lexx ltW.
by rewrite subr0 s0 /= ltW // -subr_lt0.
Qed.

Lemma shrunk_split : A - shrunk = C.
Proof. by rewrite /C spectral_rest mulmxBl mul1mx. Qed.

Lemma sqnorm_shrunk : sqnorm shrunk = \sum_(i < n) above i ^+ 2.
Proof. by rewrite sqnorm_spectral; apply: eq_bigr => i _; rewrite shrunk_sigma. Qed.

Lemma rest_le p (F : 'M[R]_(n, p)) : sqnorm (C^T *m F) <= mu ^+ 2 * sqnorm F.
Proof.
have -> : sqnorm (C^T *m F) = form (spectral (fun i => ((1 - d i) * sigma i) ^+ 2)) F.
  rewrite -form_gram /C trmx_mul spectral_sym spectral_hop; congr form.
  by apply: eq_spectral => i; ring.
by apply: form_bound => i; have /andP [p0 le] := rest_sigma i; rewrite ler_pXn2r ?nnegrE // ltW.
Qed.

Lemma rest_inner p (F : 'M[R]_(n, p)) (G : 'M[R]_(m, p)) :
  2 * \tr (C^T *m (F *m G^T)) <= mu * (sqnorm F + sqnorm G).
Proof.
have -> : \tr (C^T *m (F *m G^T)) = \tr ((C^T *m F)^T *m G).
  by rewrite mulmxA mxtrace_mulC -mxtrace_tr [in LHS]trmx_mul trmxK.
have := sqnorm_ge0 (C^T *m F - mu *: G); rewrite sqnormB sqnormZ -scalemxAr mxtraceZ => h.
have := rest_le F => le; rewrite -(ler_pM2l mu0); rewrite !expr2 in h le; lra.
Qed.

Section Encoder.
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Local Notation F := (weightedL P f).
Local Notation G := (weightedR P g).
Local Notation Q := (colproj F).
Local Notation excess := (penalised_excess P l mu f g).

Lemma excess_distance : sqnorm (F *m G^T - shrunk) <= excess.
Proof.
rewrite /penalised_excess penalised_lossE /penalised -sqnorm_shrunk (sqnormB A) sqnormB.
have E : \tr ((F *m G^T)^T *m shrunk) = \tr (shrunk^T *m (F *m G^T)) by rewrite -mxtrace_tr trmx_mul trmxK.
have := rest_inner F G; rewrite -shrunk_split linearB /= mulmxBl linearB /= E; lra.
Qed.

Lemma excess_ge0 : 0 <= excess. Proof. exact: le_trans (sqnorm_ge0 _) excess_distance. Qed.

Lemma outside_shrunk : sqnorm ((1%:M - Q) *m shrunk) <= excess.
Proof.
apply: le_trans excess_distance; have -> : (1%:M - Q) *m shrunk = (1%:M - Q) *m (shrunk - F *m G^T).
  rewrite mulmxBr [X in _ = _ - X](_ : _ = 0) ?subr0 //.
  by rewrite mulmxA mulmxBl mul1mx colproj_id subrr mul0mx.
apply: le_trans (orthoproj_le _ (orthoproj_compl (colproj_ortho F))) _.
by rewrite -sqnormN opprB.
Qed.

(* the filter of the labels, through `shrunk` *)
Let e (i : 'I_n) : R := soft i / (sigma i * above i).
Let Z := A^T *m (spectral e *m Y P y).

Lemma tm0 : 0 < t - mu. Proof. by rewrite subr_gt0. Qed.

Lemma soft_range i : 0 <= soft i <= above i / (t - mu).
Proof. by rewrite le_min ler01 ge_min lexx orbT divr_ge0 ?above_ge0 ?(ltW tm0). Qed.

Lemma soft_zero i : above i = 0 -> soft i = 0.
Proof. by move=> ->; rewrite mul0r min_r ?ler01. Qed.

Lemma filter_through : spectral (fun i => soft i) *m Y P y = shrunk *m Z.
Proof.
rewrite /Z /shrunk (mulmxA A^T) (mulmxA (spectral d *m A)) spectral_hop; congr (_ *m _).
apply: eq_spectral => i; rewrite /e; have [a0|a0] := eqVneq (above i) 0.
  by rewrite soft_zero // mul0r mulr0.
have s0 : sigma i != 0 by apply: contraNneq a0 => s0; rewrite above_zero.
rewrite expr2 mulrA shrunk_sigma; move: a0 s0 (soft i); move: (above i) (sigma i) => a s a0 s0 h.
by field; rewrite a0 s0.
Qed.

Lemma through_le p (X : 'M[R]_(r, p)) : sqnorm (Z *m X) <= largest_mass P y / (t - mu) ^+ 2 * sqnorm X.
Proof.
rewrite /Z -(mulmxA A^T) -(mulmxA (spectral e)) -form_gram -/S form_mul spectral_sym hop_spectral !spectral_mul.
apply: le_trans (_ : ((t - mu) ^+ 2)^-1 * sqnorm (Y P y *m X) <= _).
  apply: form_bound => i; rewrite /e; have /andP [h0 h1] := soft_range i.
  have [a0|a0] := eqVneq (above i) 0.
    by rewrite soft_zero // !mul0r invr_ge0 exprn_ge0 // ltW // tm0.
  have s0 : sigma i != 0 by apply: contraNneq a0 => s0; rewrite above_zero.
  have ap : 0 < above i by rewrite lt_neqAle eq_sym a0 above_ge0.
  move: h0 h1; move: (soft i) => h h0 h1.
  have -> : h / (sigma i * above i) * sigma i ^+ 2 * (h / (sigma i * above i)) = (h / above i) ^+ 2.
    by move: a0 s0; move: (above i) (sigma i) => a s a0 s0; field; rewrite a0 s0.
  rewrite -exprVn ler_pXn2r ?nnegrE ?divr_ge0 ?invr_ge0 ?(ltW tm0) ?above_ge0 //.
  by rewrite ler_pdivrMr // mulrC.
by rewrite -mulrA mulrCA ler_wpM2l ?labels_le // invr_ge0 exprn_ge0 // ltW // tm0.
Qed.

Lemma encoder_root (B : 'M[R]_(k, r)) : least_squares P y f B ->
  Num.sqrt (mse P y f B) <= Num.sqrt (soft_rest P y U l mu t) + Num.sqrt (largest_mass P y * excess) / (t - mu).
Proof.
move=> probe; rewrite (mse_projection probe); set N := 1%:M - Q.
have rest0 : 0 <= Num.sqrt (soft_rest P y U l mu t) + Num.sqrt (largest_mass P y * excess) / (t - mu).
  by rewrite addr_ge0 ?sqrtr_ge0 // divr_ge0 ?sqrtr_ge0 // ltW // tm0.
rewrite -[leRHS](ger0_norm rest0) -sqrtr_sqr ler_wsqrtr //.
have -> : N *m Y P y = N *m (spectral (fun i => 1 - soft i) *m Y P y) + N *m shrunk *m Z.
  rewrite -(mulmxA N shrunk) -filter_through -mulmxDr; congr (N *m _).
  by rewrite spectral_rest mulmxBl mul1mx subrK.
apply: le_trans (triangle _ _) _; rewrite ler_pXn2r ?nnegrE ?addr_ge0 ?sqrtr_ge0 //.
apply: lerD; rewrite ?ler_wsqrtr //.
  apply: le_trans (orthoproj_le _ (orthoproj_compl (colproj_ortho F))) _.
  by rewrite sqnorm_filter.
have c0 : 0 <= largest_mass P y / (t - mu) ^+ 2 by rewrite divr_ge0 ?largest_mass_ge0 // exprn_ge0 // ltW // tm0.
have -> : Num.sqrt (largest_mass P y * excess) / (t - mu) = Num.sqrt (largest_mass P y / (t - mu) ^+ 2 * excess).
  rewrite mulrAC [RHS]sqrtrM ?mulr_ge0 ?largest_mass_ge0 ?excess_ge0 //.
  by rewrite sqrtrV ?exprn_ge0 ?(ltW tm0) // sqrtr_sqr ger0_norm // ltW // tm0.
  have le := product_le (N *m shrunk) c0 (fun X => through_le X).
  by rewrite ler_wsqrtr // (le_trans le) // ler_wpM2l // outside_shrunk.
by rewrite divr_ge0 ?sqrtr_ge0 // ltW // tm0.
Qed.

(* filters are 1 at t and above *)
Lemma soft_rest_le : soft_rest P y U l mu t <= \sum_(i | l i <= t ^+ 2) energy P y U i.
Proof.
rewrite /soft_rest [leRHS]big_mkcond; apply: ler_sum => i _; have e0 := energy_ge0 P y U i.
have /andP [h0 _] := soft_range i; have h1 : soft i <= 1 by rewrite ge_min lexx.
case: (leP (l i) (t ^+ 2)) => [_|lt].
  rewrite -[leRHS]mul1r ler_wpM2r // expr_le1 ?subr_ge0 //; by rewrite lerBlDr lerDl.
have -> : soft i = 1; last by rewrite subrr expr0n mul0r.
apply: min_l; rewrite ler_pdivlMr ?tm0 // mul1r le_max lerD2r; apply/orP; right.
have t0 : 0 <= t by apply: ltW; apply: lt_trans mu0 mut.
by rewrite -(@ler_pXn2r _ 2) ?nnegrE ?sigma_ge0 // (singular_sq basis) value_ord ltW.
Qed.

End Encoder.

(* duality: a matrix of norm mu at most is no nearer to the normalised one than what is left of it *)
Lemma row_unit i : sqnorm (row i U) = 1.
Proof. by rewrite -sqnormT sqnorm_tr trmxK trace_mx11 tr_row -row_mul -col_mul (UUt basis) !mxE eqxx. Qed.

Lemma row_norm i : sqnorm (row i (U *m A)) = sigma i ^+ 2.
Proof.
rewrite row_mul -sqnormT trmx_mul -form_gram -/S /form -mulmxA (hop_row basis) -scalemxAr mxtraceZ -sqnorm_tr sqnormT.
by rewrite row_unit mulr1 (singular_sq basis) value_ord.
Qed.

Lemma shrunk_trace (W : 'M[R]_(n, m)) :
  \tr (shrunk^T *m W) = \sum_i d i * \tr ((row i (U *m A))^T *m row i (U *m W)).
Proof.
have -> : \tr (shrunk^T *m W) = \tr (diag_mx (\row_i d i) *m (U *m W *m (U *m A)^T)).
  rewrite /shrunk trmx_mul spectral_sym (trmx_mul U) -(mulmxA A^T) mxtrace_mulC /spectral.
  by rewrite !mulmxA [RHS]mxtrace_mulC !mulmxA.
apply: eq_bigr => i _; rewrite mul_diag_mx mxE [X in X * _]mxE; congr (_ * _).
rewrite mxE /mxtrace; apply: eq_bigr => j _; rewrite [X in _ * X]mxE [RHS]mxE big_ord1 mulrC.
by rewrite [X in _ = X * _]mxE [X in _ = X * _]mxE [X in _ = _ * X]mxE.
Qed.

Lemma duality (T : 'M[R]_(n, m)) : (forall i, sqnorm (row i (U *m T)) <= mu ^+ 2) ->
  \sum_(i < n) above i ^+ 2 <= sqnorm (A - T).
Proof.
move=> small; rewrite -sqnorm_shrunk.
have inner : \tr (shrunk^T *m T) <= \tr (shrunk^T *m C).
  rewrite !shrunk_trace; apply: ler_sum => i _.
  have -> : row i (U *m C) = (1 - d i) *: row i (U *m A).
    by rewrite /C mulmxA spectralP -mulmxA mul_diag_mx; apply/rowP => j; rewrite !mxE.
  rewrite -scalemxAr mxtraceZ -sqnorm_tr row_norm.
  apply: le_trans (_ : d i * (sigma i * mu) <= _).
    apply: ler_wpM2l; first by rewrite divr_ge0 ?above_ge0 ?sigma_ge0.
    apply: le_trans (cauchy_sqrt _ _) _; rewrite row_norm sqrtr_sqr ger0_norm ?sigma_ge0 // ler_wpM2l ?sigma_ge0 //.
    by rewrite -[leRHS](ger0_norm (ltW mu0)) -sqrtr_sqr ler_wsqrtr.
  have -> : d i * ((1 - d i) * sigma i ^+ 2) = d i * sigma i * (sigma i - d i * sigma i) by ring.
  rewrite mulrA shrunk_sigma; case: (leP 0 (sigma i - mu)) => _; last by rewrite !mul0r.
  by rewrite subKr.
have -> : A - T = shrunk + (C - T) by rewrite -shrunk_split addrA [shrunk + _]addrC subrK.
rewrite sqnormD mulmxBr linearB /= -addrA lerDl addr_ge0 ?sqnorm_ge0 // mulr_ge0 ?ler0n // subr_ge0.
exact: inner.
Qed.
End AnyEncoder.

Lemma form_largest (R : rcfType) n m (N : 'M[R]_(n, m)) V s p (X : 'M[R]_(n, p)) :
  eigenbasis (N *m N^T) V s -> sqnorm (N^T *m X) <= singular s 0 ^+ 2 * sqnorm X.
Proof.
move=> basis; have dV := eigenbasis_diagonalises basis; have [VV _] := dV.
have E : sqnorm X = \sum_i \sum_c (V *m X) i c ^+ 2.
  by rewrite -/(sqnorm (V *m X)) !sqnorm_tr trmx_mul -mulmxA (mulmxA V^T) (mulmx1C VV) mul1mx.
rewrite -form_gram (form_diagonal X dV) E mulr_sumr; apply: ler_sum => i _.
rewrite ler_wpM2r //; first by apply: sumr_ge0 => c _; apply: sqr_ge0.
have n0 := leq_ltn_trans (leq0n i) (ltn_ord i).
by rewrite -[0%N]/(val (Ordinal n0)) (singular2 basis); case: basis => _ _; apply.
Qed.
