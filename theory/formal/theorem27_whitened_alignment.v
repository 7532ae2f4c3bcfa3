(* Theorem 27. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Energies LowRank Places Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem27.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Local Notation F := (weightedL P f).
Local Notation G := (weightedR P g).
Local Notation A := (normalised P).

Lemma columns_orthoproj p (X : 'M[R]_(p, k)) : X^T *m X = 1%:M -> orthoproj (X *m X^T) /\ \rank (X *m X^T) = k.
Proof.
move=> XX; have oX : orthoproj (X *m X^T).
  by split; [rewrite trmx_mul trmxK|rewrite mulmxA -(mulmxA X) XX mulmx1].
by split=> //; apply/eqP; rewrite -(eqr_nat R) -orthoproj_rank // mxtrace_mulC XX mxtrace1.
Qed.

Lemma columns_sqnorm p (X : 'M[R]_(p, k)) : X^T *m X = 1%:M -> sqnorm X = k%:R.
Proof. by move=> XX; rewrite sqnorm_tr XX mxtrace1. Qed.

Lemma induced_squares : \sum_x \sum_x' induced P x x' * (\sum_c (f x c - f x' c) ^+ 2) = 2 * form (1%:M - hop P) F.
Proof.
rewrite dirichlet mulrA mulfV ?mul1r ?pnatr_eq0 //; apply: eq_bigr => x _; apply: eq_bigr => x' _.
have E z c : F z c / Num.sqrt (pL P z) = f z c by rewrite mxE mulrAC mulfV ?mul1r ?sqrtL_neq0.
by congr (_ * _); apply: eq_bigr => c _; rewrite !E.
Qed.

Lemma form_whitened : F^T *m F = 1%:M -> form (hop P) F <= \sum_(i < k) value l i.
Proof.
move=> FF; have [oQ rQ] := columns_orthoproj FF; rewrite value_sum.
have [s [s0 sep rk]] := sorted_part k basis.
have := ky_fan (eigenbasis_diagonalises basis) oQ s0 sep (rk _ _); rewrite rQ => /(_ (leqnn k)).
by have -> : form (hop P) F = \tr (F *m F^T *m hop P) by rewrite /form mxtrace_mulC mulmxA.
Qed.

Lemma pair_squares : F^T *m F = 1%:M -> G^T *m G = 1%:M ->
  \sum_x \sum_l' P x l' * (\sum_c (f x c - g l' c) ^+ 2) = 2 * (k%:R - \tr (F^T *m A *m G)).
Proof.
move=> FF GG.
have EF : \sum_x \sum_l' P x l' * (\sum_c f x c ^+ 2) = k%:R.
  rewrite -(columns_sqnorm FF); apply: eq_bigr => x _; rewrite -mulr_suml mulr_sumr; apply: eq_bigr => c _.
  by rewrite mxE exprMn sqr_sqrtr // ltW ?pL_gt0.
have EG : \sum_x \sum_l' P x l' * (\sum_c g l' c ^+ 2) = k%:R.
  rewrite -(columns_sqnorm GG) exchange_big; apply: eq_bigr => j _ /=; rewrite -mulr_suml mulr_sumr; apply: eq_bigr => c _.
  by rewrite mxE exprMn sqr_sqrtr // ltW ?pR_gt0.
have EH : \tr (F^T *m A *m G) = \sum_x \sum_l' P x l' * (\sum_c f x c * g l' c).
  rewrite /mxtrace (eq_bigr (fun c => \sum_x \sum_l' P x l' * (f x c * g l' c))) => [|c _]; last first.
    rewrite mxE exchange_big; apply: eq_bigr => j _ /=; rewrite mxE mulr_suml; apply: eq_bigr => x _; rewrite !mxE.
    have := sqrtL_neq0 P x; have := sqrtR_neq0 P j; move: (Num.sqrt _) (Num.sqrt _) => a b a0 b0.
    by field; rewrite a0 b0.
  rewrite exchange_big; apply: eq_bigr => x _; rewrite exchange_big; apply: eq_bigr => j _ /=.
  by rewrite mulr_sumr.
have -> : 2 * (k%:R - \tr (F^T *m A *m G)) = k%:R + k%:R - 2 * \tr (F^T *m A *m G) by ring.
rewrite -{1}EF -EG EH -big_split mulr_sumr -sumrB; apply: eq_bigr => x _ /=.
rewrite -big_split mulr_sumr -sumrB; apply: eq_bigr => j _ /=.
have -> : \sum_c (f x c - g j c) ^+ 2 = \sum_c f x c ^+ 2 + \sum_c g j c ^+ 2 - 2 * (\sum_c f x c * g j c).
  by rewrite -big_split mulr_sumr -sumrB; apply: eq_bigr => c _ /=; ring.
ring.
Qed.

(* the right singular vectors; 0 where the value is *)
Let W : 'M[R]_(n, m) := diag_mx (\row_i (singular l i)^-1) *m (U *m A).

Lemma right_vectors : W *m W^T = select R (fun i => 0 < l i).
Proof.
have UU := UUt basis; rewrite /W trmx_mul tr_diag_mx trmx_mul.
have -> : diag_mx (\row_i (singular l i)^-1) *m (U *m A) *m (A^T *m U^T *m diag_mx (\row_i (singular l i)^-1)) =
          diag_mx (\row_i (singular l i)^-1) *m (U *m hop P *m U^T) *m diag_mx (\row_i (singular l i)^-1).
  by rewrite /hop !mulmxA.
rewrite (US basis) -(mulmxA _ U) UU mulmx1; apply/matrixP => i j.
rewrite mul_mx_diag mul_diag_mx !mxE; have [<-|ne] := eqVneq i j; last by rewrite !mulr0n mulr0 mul0r.
rewrite !mulr1n; have /andP [l0 _] := eigenvalue01 basis i.
have E : l i = singular l i ^+ 2 by rewrite (singular_sq basis) value_ord.
have [p|np] := ltP 0 (l i).
  have s0 : singular l i != 0 by apply: contraTneq p => s0; rewrite E s0 expr0n ltxx.
  by rewrite E; apply: etrans (_ : 1 = _) => //; field.
have -> : l i = 0 by apply/le_anti; rewrite np l0.
by rewrite mulr0 mul0r.
Qed.

Lemma left_images : U *m A = diag_mx (\row_i singular l i) *m W.
Proof.
apply/matrixP => i j; rewrite mul_diag_mx [RHS]mxE [X in _ = X * _]mxE.
have -> : W i j = (singular l i)^-1 * (U *m A) i j by rewrite /W mul_diag_mx mxE [X in X * _]mxE.
have [s0|s0] := eqVneq (singular l i) 0; last by rewrite mulrA mulfV ?mul1r.
rewrite s0 mul0r; have l0 : l i = 0 by rewrite -(value_ord l) -(singular_sq basis) s0 expr0n.
have : sqnorm (row i (U *m A)) = 0.
  have E : row i U *m (A *m A^T) = l i *: row i U by case: basis.
  by rewrite row_mul -sqnormT trmx_mul -form_gram /form trmxK E l0 scale0r mul0mx mxtrace0.
by move=> /sqnorm_eq0 /rowP /(_ j); rewrite !mxE.
Qed.

Lemma right_projector : orthoproj (W^T *m W).
Proof.
have kept : select R (fun i => 0 < l i) *m W = W.
  apply/matrixP => i j; rewrite /select mul_diag_mx mxE [X in X * _]mxE; have [//|np] := ltP 0 (l i); first by rewrite mul1r.
  have /andP [l0 _] := eigenvalue01 basis i; have z : l i = 0 by apply/le_anti; rewrite np l0.
  by rewrite mul0r /W mul_diag_mx mxE [X in X * _]mxE /singular value_ord z sqrtr0 invr0 mul0r.
split; first by rewrite trmx_mul trmxK.
by rewrite -mulmxA (mulmxA W) right_vectors kept.
Qed.

Lemma diagonal_ge0 p q (X : 'M[R]_(p, q)) N i : orthoproj N -> 0 <= (X *m N *m X^T) i i.
Proof.
case=> sym idem; have -> : X *m N *m X^T = (N *m X^T)^T *m (N *m X^T).
  by rewrite trmx_mul trmxK sym -[in RHS]mulmxA (mulmxA N N) idem mulmxA.
by rewrite mxE; apply: sumr_ge0 => j _; rewrite mxE -expr2 sqr_ge0.
Qed.

Lemma diagonal_squares p q r (X : 'M[R]_(p, q)) (Z : 'M[R]_(q, r)) i :
  (X *m (Z *m Z^T) *m X^T) i i = \sum_c (X *m Z) i c ^+ 2.
Proof.
have -> : X *m (Z *m Z^T) *m X^T = X *m Z *m (X *m Z)^T by rewrite trmx_mul !mulmxA.
by rewrite mxE; apply: eq_bigr => c _; rewrite [_^T _ _]mxE expr2.
Qed.

(* by von Neumann *)
Lemma trace_whitened : F^T *m F = 1%:M -> G^T *m G = 1%:M -> \tr (F^T *m A *m G) <= \sum_(i < k) singular l i.
Proof.
move=> FF GG; have [oF rF] := columns_orthoproj FF; have [oG rG] := columns_orthoproj GG.
pose a i := \sum_c (U *m F) i c ^+ 2; pose b i := \sum_c (W *m G) i c ^+ 2.
have aE i : a i = overlap U (F *m F^T) i by rewrite /overlap diagonal_squares.
have a1 i : a i <= 1 by rewrite aE overlap_le1 ?(UUt basis).
have aS : \sum_i a i = k%:R by rewrite (eq_bigr _ (fun i _ => aE i)) overlap_sum ?(UUt basis) ?rF.
have b1 i : b i <= 1.
  rewrite /b -diagonal_squares; have := diagonal_ge0 W i (orthoproj_compl oG).
  rewrite mulmxBr mulmx1 mulmxBl right_vectors mxE [(- _ : 'M_n) _ _]mxE subr_ge0 => /le_trans; apply.
  by rewrite !mxE eqxx mulr1n; case: (0 < l i); rewrite ?ler01 ?lexx.
have bS : \sum_i b i <= k%:R.
  rewrite -(columns_sqnorm GG) -[\sum_i b i]/(sqnorm (W *m G)).
  have -> : sqnorm (W *m G) = form (W^T *m W) G by have := form_gram W^T G; rewrite trmxK => ->.
  by rewrite form_orthoproj ?orthoproj_le //; apply: right_projector.
have ab0 i : 0 <= a i /\ 0 <= b i by split; apply: sumr_ge0 => c _; apply: sqr_ge0.
have [s [s0 sep rk]] := sorted_part k basis.
apply: le_trans (_ : \sum_i Num.sqrt (l i) * ((a i + b i) / 2) <= _).
  have -> : F^T *m A *m G = (U *m F)^T *m (diag_mx (\row_i singular l i) *m (W *m G)).
    by rewrite (mulmxA _ W) -left_images trmx_mul -(mulmxA F^T U^T) -(mulmxA U A G) (mulmxA U^T U) (UtU basis) mul1mx mulmxA.
  rewrite /mxtrace (eq_bigr (fun c : 'I_k => \sum_(i < n) singular l i * ((U *m F) i c * (W *m G) i c))) => [|c _]; last first.
    by rewrite mxE; apply: eq_bigr => i _; rewrite [_^T _ _]mxE mul_diag_mx [X in _ * X = _]mxE [X in _ * (X * _) = _]mxE mulrCA.
  rewrite exchange_big; apply: ler_sum => i _ /=; rewrite -mulr_sumr /singular value_ord ler_wpM2l ?sqrtr_ge0 //.
  rewrite /a /b -big_split mulr_suml; apply: ler_sum => c _ /=.
  have := sqr_ge0 ((U *m F) i c - (W *m G) i c); move: ((U *m F) i c) ((W *m G) i c) => u w; rewrite !expr2; lra.
rewrite singular_sum.
apply: le_trans (_ : \sum_(i < n) ((if (i < k)%N then Num.sqrt (l i) - Num.sqrt s else 0) + Num.sqrt s * ((a i + b i) / 2)) <= _).
  apply: ler_sum => i _; have := sep i; have [q1 q2] := ab0 i; have := a1 i; have := b1 i.
  by case: ltnP => ik h1 h2 /ler_wsqrtr; move: (Num.sqrt _) (Num.sqrt _) => u v h; nra.
rewrite big_split /= -mulr_sumr -big_mkcond sumrB sumr_const -addrA gerDl addrC subr_le0.
have half : \sum_i (a i + b i) / 2 <= k%:R by rewrite -mulr_suml big_split /= aS; move: (\sum_i b i) bS => t ?; lra.
case: (rk k (leqnn k)) => [->|rk']; first by rewrite sqrtr0 mul0r mul0rn.
by rewrite -[leRHS]mulr_natr ler_wpM2l ?sqrtr_ge0 //; apply: le_trans half _; rewrite ler_nat.
Qed.
End Theorem27.

Theorem induced_alignment (R : rcfType) : Statements.induced_alignment R.
Proof.
move=> n m k P U l f basis FF; rewrite induced_squares sumrB sumr_const card_ord formB form1 (columns_sqnorm FF).
by rewrite ler_pM2l ?ltr0n // lerD2l lerN2 (form_whitened basis FF).
Qed.

Theorem pair_alignment (R : rcfType) : Statements.pair_alignment R.
Proof.
move=> n m k P U l f g basis FF GG; rewrite (pair_squares FF GG) sumrB sumr_const card_ord.
by rewrite ler_pM2l ?ltr0n // lerD2l lerN2 (trace_whitened basis FF GG).
Qed.
