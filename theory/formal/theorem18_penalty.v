(* Theorem 18: of the penalised optimum, and of any embedding pair. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Margins.
From Pairbounds Require Import SameSpace Stability Places Inequalities theorem15_multihop Penalty Shrunk.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem18.
Variables (R : rcfType) (n m : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R) (mu : R).
Hypotheses (basis : eigenbasis (hop P) U l) (mu0 : 0 < mu).

Lemma kept k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (i : 'I_n) : penalised_minimiser P mu f g ->
  Num.max (mu ^+ 2) (value l k) < l i -> colproj (weightedL P f) *m (row i U)^T = (row i U)^T.
Proof.
move=> best; apply: (penalised_kept mu0 best basis); first by rewrite le_max lexx.
by apply/(tail_leP basis); rewrite le_max ?lexx ?orbT // sqr_ge0.
Qed.

(* no direction of the space has a smaller value than one that the width leaves out *)
Lemma width_dropped k (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) (i : 'I_n) : penalised_minimiser P mu f g ->
  l i < value l k -> colproj (weightedL P f) *m (row i U)^T = 0.
Proof.
move=> best lt; set F := weightedL P f.
have symM : (F^T *m F)^T = F^T *m F by rewrite (trmx_mul F^T) trmxK.
have [D [e gram]] := eigenbasis_exists symM; apply: (dropped_below mu0 best basis gram) => j _.
have kn : (k < n)%N.
  by rewrite ltnNge; apply/negP => nk; move: lt; rewrite (value_out l nk) ltNge; have /andP [->] := eigenvalue01 basis i.
apply: lt_le_trans lt _; pose V : 'M[R]_(n, k) := \matrix_(x, a) (F *m D^T) x (lift j a).
have [x [x0 xV high]] := top_vector basis kn V.
rewrite -(value_ord l (Ordinal kn)) in high; rewrite -(ler_pM2r (sqnorm_gt0 x0)); apply: le_trans high _.
apply: (outside_le mu0 best gram) => a; have [b -> _|-> /eqP //] := unliftP j a.
have := congr1 (fun M : 'M[R]_(1, k) => M 0 b) xV; rewrite mxE [RHS]mxE => E.
rewrite mulmxA -[D *m F^T]trmxK (trmx_mul D) trmxK mxE -[RHS]E; apply: eq_bigr => t _.
by rewrite !mxE mulrC; congr (_ * _).
Qed.

Lemma dropped k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (i : 'I_n) : penalised_minimiser P mu f g ->
  l i < Num.max (mu ^+ 2) (value l k) -> colproj (weightedL P f) *m (row i U)^T = 0.
Proof.
case: k f g => [|k] f g best; rewrite lt_max => /orP [/ltW le|lt]; try exact: (penalised_dropped mu0 best basis le).
  have -> : weightedL P f = 0 by apply/matrixP => ? [].
  by have [B <-] := colproj_factor (0 : 'M[R]_(n, 0)) (row i U)^T; rewrite mul0mx.
by apply: (width_dropped best); apply: lt_le_trans lt (value_sorted basis (leqnSn k)).
Qed.
End Theorem18.

(* the least loss of a width: against the residual of the shrunk matrix, that of a product is its distance from it *)
Section Exists.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R) (mu : R).
Hypotheses (basis : eigenbasis (hop P) U l) (mu0 : 0 < mu).
Local Notation A := (normalised P).
Local Notation sigma i := (singular l i).
Local Notation above i := (Num.max 0 (sigma i - mu)).
Local Notation least := (- (\sum_(i < n | (i < k)%N) above i ^+ 2)).
Local Notation spectral := (spectral U).

Lemma above_sorted (i j : 'I_n) : (i <= j)%N -> above j ^+ 2 <= above i ^+ 2.
Proof.
move=> ij; rewrite ler_pXn2r ?nnegrE ?above_ge0 // ge_max le_max lexx /= le_max lerD2r.
by rewrite ler_wsqrtr ?orbT // !value_ord; case: basis => _ _; apply.
Qed.

Lemma shrunk_diagonalises : diagonalises U (shrunk P U l mu *m (shrunk P U l mu)^T) (fun i => above i ^+ 2).
Proof.
split; first exact: UUt basis.
rewrite /shrunk trmx_mul spectral_sym (spectral_hop basis) (spectralP basis); congr (diag_mx _ *m _).
by apply/rowP => i; rewrite !mxE -[in RHS](shrunk_sigma l mu0 i) exprMn; ring.
Qed.

Lemma least_loss (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) : least <= penalised_loss P mu f g.
Proof.
rewrite penalised_lossE /penalised; set F := weightedL P f; set G := weightedR P g; set X := F *m G^T.
have rX : (\rank X <= k)%N by apply: leq_trans (mxrankM_maxl _ _) _; apply: rank_leq_col.
have [s [s0 sep rk]] : exists s, [/\ 0 <= s,
    forall i : 'I_n, if (i < k)%N then s <= above i ^+ 2 else above i ^+ 2 <= s &
    s = 0 \/ (\rank X <= #|[pred i : 'I_n | (i < k)%N]|)%N].
  have [nk|kn] := leqP n k.
    by exists 0; split=> // [i|]; [rewrite (leq_trans (ltn_ord i) nk) sqr_ge0|left].
  exists (above (Ordinal kn) ^+ 2); split; first exact: sqr_ge0.
    by move=> i; case: ltnP => ik; apply: above_sorted => //; apply: ltnW.
  by right; rewrite card_below (minn_idPl (ltnW kn)).
have := eckart_young_matrix shrunk_diagonalises s0 sep rk; have := rest_inner basis mu0 F G.
rewrite -/X -(shrunk_split mu basis) linearB /= mulmxBl linearB /= (sqnormB A) (sqnormB (shrunk P U l mu)); lra.
Qed.

(* columns that are weighed eigenvectors, the first k *)
Definition weighed_columns (h : 'I_n -> R) : 'M[R]_(n, k) := U^T *m (diag_mx (\row_i h i) *m pid_mx k).

Lemma columns_product h e :
  weighed_columns h *m (weighed_columns e)^T = spectral (fun i => (i < k)%N%:R * (h i * e i)).
Proof.
rewrite /weighed_columns !trmx_mul trmxK tr_diag_mx tr_pid_mx /Shrunk.spectral -!mulmxA; congr (_ *m _).
rewrite !mulmxA; congr (_ *m _); rewrite -(mulmxA _ (pid_mx k)) mul_pid_mx !minnn mul_diag_mx mul_mx_diag.
apply/matrixP => i j; rewrite !mxE -[in RHS]val_eqE; have [E|_] := eqVneq (nat_of_ord i) (nat_of_ord j).
  have -> : i = j by apply: ord_inj.
  by rewrite /= mulr1n; ring.
by rewrite /= !(mulr0, mul0r, mulr0n).
Qed.

Lemma least_attained : exists (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)), penalised_loss P mu f g = least.
Proof.
pose h i := Num.sqrt (above i); pose e i := h i / sigma i.
pose F := weighed_columns (fun i => h i); pose H := weighed_columns (fun i => e i); pose G := A^T *m H.
have hh (i : 'I_n) : h i * h i = above i by rewrite -expr2 sqr_sqrtr ?above_ge0.
pose c (i : 'I_n) : R := (i < k)%N%:R * (h i * e i).
have cs (i : 'I_n) : c i * sigma i = (i < k)%N%:R * above i.
  by rewrite /c -mulrA; congr (_ * _); rewrite /e mulrA hh; exact: (shrunk_sigma l mu0 i).
have FG : F *m G^T = spectral c *m A by rewrite /G trmx_mul trmxK mulmxA columns_product.
have FF : sqnorm F = \sum_(i < n) (i < k)%N%:R * above i.
  rewrite -sqnormT sqnorm_tr trmxK columns_product (trace_spectral basis).
  by apply: eq_bigr => i _; congr (_ * _); exact: hh.
have GG : sqnorm G = \sum_(i < n) (i < k)%N%:R * above i.
  rewrite /G -form_gram -/(hop P) /form -mulmxA mxtrace_mulC -mulmxA columns_product (hop_spectral basis).
  rewrite (spectral_mul basis) (trace_spectral basis); apply: eq_bigr => i _.
  transitivity (sigma i ^+ 2 * ((i < k)%N%:R * (e i * e i))); first by [].
  have [s0|s0] := eqVneq (sigma i) 0; first by rewrite (above_zero mu0 s0) s0 expr0n mul0r mulr0.
  by rewrite /e -hh; move: (h i) (sigma i) s0 => a s s0; field.
exists (unweightL P F), (unweightR P G).
rewrite penalised_lossE unweightLK unweightRK /penalised FG FF GG.
have -> : A - spectral c *m A = spectral (fun i => 1 - c i) *m A by rewrite (spectral_rest basis) mulmxBl mul1mx.
have -> : sqnorm A = sqnorm (spectral (fun=> 1) *m A) by rewrite (spectral1 basis) mul1mx.
rewrite !(sqnorm_spectral basis) [\sum_(i < n | (i < k)%N) _]big_mkcond mulrDr mulr_sumr -sumrB -!big_split -sumrN /=.
apply: eq_bigr => i _; rewrite mulrBl !mul1r cs; case: (i < k)%N; last by rewrite !mul0r; ring.
by rewrite !mul1r; case: (leP 0 (sigma i - mu)) => _; ring.
Qed.
End Exists.

Theorem penalised_optimum (R : rcfType) : Statements.penalised_optimum R.
Proof.
move=> n m k P U l mu basis mu0; have [f0 [g0 E0]] := least_attained k basis mu0.
have le f g := least_loss basis mu0 (k := k) f g; split.
  by exists f0, g0 => f g; rewrite E0.
move=> f g; split=> [best|E f' g']; last by rewrite E.
by apply/le_anti; rewrite le andbT -E0.
Qed.

Theorem penalised_mse (R : rcfType) : Statements.penalised_mse R.
Proof.
move=> n m r k M P y U l mu f g B most basis mu0 best probe bound.
apply: le_trans (bound _ _ _ (energy_measure y basis M)); rewrite (mse_projection probe).
by apply: (rest_kept y basis (colproj_ortho _)) => i; rewrite -ltNge; apply: (kept basis mu0 best).
Qed.

Theorem penalised_mse_below (R : rcfType) : Statements.penalised_mse_below R.
Proof.
move=> n m r k M P y U l mu f g B least basis mu0 best probe bound.
apply: le_trans (bound _ _ _ (energy_measure y basis M)) _; rewrite (mse_projection probe).
by apply: (rest_dropped y basis (colproj_ortho _)) => i; apply: (dropped basis mu0 best).
Qed.

Theorem penalised_error (R : rcfType) : Statements.penalised_error R.
Proof.
move=> n m r k P y U l mu f g B b basis mu0 best probe b1.
apply: le_trans (error_le_mse P y f B) _; rewrite -mulrA ler_pM2l ?ltr0n // (mse_projection probe).
apply: le_trans (_ : \sum_(i | l i <= b) energy P y U i <= _).
  by apply: (rest_kept y basis (colproj_ortho _)) => i; rewrite -ltNge; apply: (kept basis mu0 best).
rewrite ler_pdivlMr ?subr_gt0 // (alphaT_energy y basis) mulr_suml big_mkcond; apply: ler_sum => i _.
have e0 := energy_ge0 P y U i; have /andP [_ l1] := eigenvalue01 basis i.
case: ifP => le; last by rewrite mulr_ge0 // subr_ge0.
by rewrite mulrC ler_wpM2r // lerD2l lerN2.
Qed.

Theorem local_penalised_error (R : rcfType) : Statements.local_penalised_error R.
Proof.
move=> n m r k P y U l mu f g B q p gamma most basis mu0 best probe low high margin bound.
apply: bound => [x|]; first by case: (errs _ _); rewrite ?lexx ?ler01.
rewrite poly_consistency.
apply: le_trans (_ : \sum_x pL P x * (\sum_c ((f *m B) x c - vote_scores P y q x c) ^+ 2) <= _).
  apply: ler_sum => x _; rewrite -mulrA ler_wpM2l ?(ltW (pL_gt0 P x)) //.
  have [wrong|_] := boolP (errs _ _); last by rewrite mul0r sumr_ge0 // => c _; apply: sqr_ge0.
  rewrite mul1r; apply: errs_price wrong => c ne; rewrite -!voteE; exact: margin.
rewrite (vote_distance probe).
have com := penalised_commutes mu0 best.
apply: (budget_parts y basis (colproj_ortho _) com) => i; have /andP [l0 l1] := eigenvalue01 basis i.
  have [le|lt] := leP (l i) (Num.max (mu ^+ 2) (value l k.+1)); last by right; apply: (kept basis mu0 best).
  by left; rewrite low // l0.
have [le|lt] := leP (Num.max (mu ^+ 2) (value l k)) (l i); first by left; rewrite high // le.
right; move: lt; rewrite lt_max => /orP [/ltW le|]; first exact: (penalised_dropped mu0 best basis le).
exact: (width_dropped basis mu0 best).
Qed.

Theorem penalised_encoder_mse (R : rcfType) : Statements.penalised_encoder_mse R.
Proof. by move=> n m r k P y U l mu t f g B basis mu0 mut; apply: encoder_root. Qed.

Theorem penalised_encoder_error (R : rcfType) : Statements.penalised_encoder_error R.
Proof.
move=> n m r k P y U l mu t f g B basis mu0 mut probe; apply: le_trans (error_le_mse P y f B) _.
rewrite ler_pM2l ?ltr0n //; have root := encoder_root basis mu0 mut g probe.
have mse0 : 0 <= mse P y f B by rewrite mseE sqnorm_ge0.
by rewrite -{1}[mse _ _ _ _]sqr_sqrtr // ler_pXn2r ?nnegrE ?sqrtr_ge0 // (le_trans _ root) ?sqrtr_ge0.
Qed.

Theorem multihop_penalised_encoder_mse (R : rcfType) : Statements.multihop_penalised_encoder_mse R.
Proof.
move=> n m r k M P y U l mu t f g B most basis mu0 mut probe bound.
apply: le_trans (encoder_root basis mu0 mut g probe) _; rewrite lerD2r ler_wsqrtr //.
exact: le_trans (soft_rest_le y basis mu0 mut) (bound _ _ _ (energy_measure y basis M)).
Qed.

Theorem penalised_encoder_mse_by_duality (R : rcfType) : Statements.penalised_encoder_mse_by_duality R.
Proof.
move=> n m r k M P y mu t f g B most rest V s Z gap basisV mu0 mut probe bound.
have [U [l basis]] := eigenbasis_exists (hop_sym P).
apply: le_trans (multihop_penalised_encoder_mse g basis mu0 mut probe bound) _.
rewrite lerD2l ler_wpM2r ?invr_ge0 ?subr_ge0 ?(ltW mut) // ler_wsqrtr // ler_wpM2l ?largest_mass_ge0 //.
have small i : sqnorm (row i (U *m Z)) <= mu ^+ 2.
  rewrite row_mul /Z -scalemxAr sqnormZ -sqnormT trmx_mul.
  have := form_largest (row i U)^T basisV; rewrite sqnormT (row_unit basis) mulr1 => le.
  apply: le_trans (ler_wpM2l (sqr_ge0 _) le) _; rewrite -exprMn.
  have [->|s0] := eqVneq (singular s 0) 0; first by rewrite mulr0 expr0n sqr_ge0.
  by rewrite divfK.
have := duality basis mu0 small; rewrite /penalised_excess penalised_lossE /penalised -/rest (sqnormB _ Z) /gap.
have -> : \tr ((normalised P)^T *m Z) = \sum_x \sum_l' Z x l' * normalised P x l'.
  rewrite /mxtrace exchange_big; apply: eq_bigr => j _ /=; rewrite mxE; apply: eq_bigr => x _.
  by rewrite mxE mulrC.
lra.
Qed.
