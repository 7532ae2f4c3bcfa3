(* Every minimiser of the spectral loss: its columns span a space that the induced pairs leave invariant, and beyond
   which their form is at most b, if it is at most b beyond some k vectors. No eigenvector is used. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Minimisers.
Variables (R : rcfType) (n m k : nat).
Variable P : graph R n m.
Local Notation A := (normalised P).
Local Notation S := (hop P).

(* sigma_{k+1}^2 <= b, in the form of Courant and Fischer *)
Definition tail_le (b : R) :=
  exists V : 'M[R]_(n, k), forall x : 'cV[R]_n, x^T *m V = 0 -> form S x <= b * sqnorm x.

Lemma factor_rank (X : 'M[R]_(n, m)) :
  (\rank X <= k)%N -> exists F : 'M[R]_(n, k), exists G : 'M[R]_(m, k), X = F *m G^T.
Proof.
move=> le; exists (col_base X *m pid_mx (\rank X)), ((pid_mx (\rank X) *m row_base X)^T).
rewrite trmxK -mulmxA (mulmxA (pid_mx _)) mul_pid_mx minnn (minn_idPr le) pid_mx_1 mul1mx.
by rewrite mulmx_base.
Qed.

Lemma rank_colproj_mul p q (F : 'M[R]_(p, k)) (X : 'M[R]_(p, q)) : (\rank (colproj F *m X) <= k)%N.
Proof.
apply: leq_trans (mxrankM_maxl _ _) _; apply: leq_trans (mxrankS (proj_sub _)) _; exact: rank_leq_row.
Qed.

Lemma best_product p q (F : 'M[R]_(p, k)) (B : 'M[R]_(k, q)) (X : 'M[R]_(p, q)) :
  sqnorm (X - F *m B) <= sqnorm (X - colproj F *m X) -> F *m B = colproj F *m X.
Proof.
rewrite -sqnormN opprB least_squares_split mulmxBl mul1mx gerDr => le0.
by apply/eqP; rewrite -subr_eq0; apply/eqP/sqnorm_eq0/le_anti; rewrite le0 sqnorm_ge0.
Qed.

Lemma orthoproj_loss (Q : 'M[R]_n) : orthoproj Q -> sqnorm (A - Q *m A) = sqnorm A - \tr (Q *m S).
Proof.
move=> oQ; have := pythagoras A oQ; rewrite mulmxBl mul1mx => ->.
have -> : \tr (Q *m S) = sqnorm (Q *m A).
  by rewrite -form_orthoproj // /form /hop mulmxA mxtrace_mulC mulmxA.
by rewrite addrAC subrr add0r.
Qed.

Lemma col_mul p q t (X : 'M[R]_(p, q)) (Z : 'M[R]_(q, t)) j : col j (X *m Z) = X *m col j Z.
Proof. by rewrite !colE mulmxA. Qed.

Lemma sqnormZ p q (t : R) (X : 'M[R]_(p, q)) : sqnorm (t *: X) = t ^+ 2 * sqnorm X.
Proof.
rewrite /sqnorm mulr_sumr; apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => j _; by rewrite mxE exprMn.
Qed.

Lemma outer_add (Q : 'M[R]_n) (v : 'cV[R]_n) :
  orthoproj Q -> Q *m v = 0 -> v != 0 -> orthoproj (Q + (sqnorm v)^-1 *: (v *m v^T)).
Proof.
move=> [sym idem] Qv v0; have vv : v^T *m v = (sqnorm v)%:M.
  by rewrite [LHS]mx11_scalar -trace_mx11 -sqnorm_tr.
have vQ : v^T *m Q = 0 by apply: trmx_inj; rewrite trmx_mul sym trmxK Qv trmx0.
split; first by rewrite linearD linearZ /= trmx_mul trmxK sym.
rewrite mulmxDl !mulmxDr idem -!scalemxAl -!scalemxAr mulmxA Qv mul0mx -mulmxA vQ mulmx0 !scaler0.
rewrite addr0 add0r -mulmxA (mulmxA v^T) vv mul_scalar_mx -scalemxAr scalerA.
by rewrite mulVf ?scale1r // gt_eqF ?sqnorm_gt0.
Qed.

Lemma outer_sub (Q : 'M[R]_n) (w : 'cV[R]_n) :
  orthoproj Q -> Q *m w = w -> w != 0 -> orthoproj (Q - (sqnorm w)^-1 *: (w *m w^T)).
Proof.
move=> oQ Qw w0; have oN := orthoproj_compl oQ.
have := @outer_add (1%:M - Q) w oN; rewrite mulmxBl mul1mx Qw subrr => /(_ erefl w0) /orthoproj_compl.
by rewrite opprD addrA subKr.
Qed.

Lemma trace_outer (v : 'cV[R]_n) : \tr (v *m v^T *m S) = form S v.
Proof. by rewrite /form -mulmxA mxtrace_mulC. Qed.

Section Minimiser.
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Hypothesis best : minimiser P f g.
Local Notation F := (weightedL P f).
Local Notation G := (weightedR P g).
Local Notation Q := (colproj F).

Lemma optimum_rank (X : 'M[R]_(n, m)) : (\rank X <= k)%N -> sqnorm (A - F *m G^T) <= sqnorm (A - X).
Proof.
move=> /factor_rank [F' [G' ->]]; have := best (unweightL P F') (unweightR P G').
by rewrite !loss_factorisation unweightLK unweightRK lerD2r.
Qed.

Lemma optimum_left : F *m G^T = Q *m A.
Proof. by apply: best_product; apply: optimum_rank; apply: rank_colproj_mul. Qed.

Lemma optimum_right : F *m G^T = A *m colproj G.
Proof.
have [symG _] := colproj_ortho G.
have e1 : (A - F *m G^T)^T = A^T - G *m F^T by rewrite linearB /= (trmx_mul F) trmxK.
have e2 : (A - A *m colproj G)^T = A^T - colproj G *m A^T by rewrite linearB /= (trmx_mul A) symG.
have E : G *m F^T = colproj G *m A^T.
  apply: best_product; rewrite -e1 -e2 !sqnormT; apply: optimum_rank.
  by rewrite -mxrank_tr (trmx_mul A) symG rank_colproj_mul.
by rewrite -[LHS]trmxK (trmx_mul F) trmxK E (trmx_mul (colproj G)) trmxK symG.
Qed.

Lemma optimum_commutes : Q *m S = S *m Q.
Proof.
have [sym _] := colproj_ortho F; have [symG _] := colproj_ortho G.
have E : Q *m S = A *m colproj G *m A^T by rewrite /hop mulmxA -optimum_left optimum_right.
have E2 : (A *m colproj G *m A^T)^T = A *m colproj G *m A^T.
  by rewrite (trmx_mul (A *m colproj G)) trmxK (trmx_mul A) symG mulmxA.
have <- : (Q *m S)^T = S *m Q by rewrite (trmx_mul Q) hop_sym sym.
by rewrite E E2.
Qed.

Lemma cross (w v : 'cV[R]_n) : Q *m w = w -> Q *m v = 0 -> \tr (w^T *m S *m v) = 0.
Proof.
have [sym _] := colproj_ortho F; move=> <- Qv.
rewrite (trmx_mul Q) sym -(mulmxA w^T Q S) optimum_commutes (mulmxA w^T S Q) -(mulmxA (w^T *m S) Q v).
by rewrite Qv mulmx0 mxtrace0.
Qed.

Lemma form_split (w v : 'cV[R]_n) t :
  Q *m w = w -> Q *m v = 0 -> form S (w + t *: v) = form S w + t ^+ 2 * form S v.
Proof.
move=> Qw Qv; have c1 := cross Qw Qv.
have c2 : \tr (v^T *m S *m w) = 0.
  by rewrite -mxtrace_tr (trmx_mul (v^T *m S)) (trmx_mul v^T) trmxK hop_sym mulmxA.
have xT : (w + t *: v)^T = w^T + t *: v^T by rewrite linearD linearZ.
rewrite /form xT !mulmxDl !mulmxDr -!scalemxAl -!scalemxAr !mxtraceD !mxtraceZ c1 c2; ring.
Qed.

Lemma sqnorm_split (w v : 'cV[R]_n) t :
  Q *m w = w -> Q *m v = 0 -> sqnorm (w + t *: v) = sqnorm w + t ^+ 2 * sqnorm v.
Proof.
have [sym _] := colproj_ortho F; move=> Qw Qv.
have c1 : \tr (w^T *m v) = 0 by rewrite -Qw (trmx_mul Q) sym -(mulmxA w^T Q v) Qv mulmx0 mxtrace0.
by rewrite sqnormD -scalemxAr mxtraceZ c1 sqnormZ; ring.
Qed.

Lemma optimum_trace (T : 'M[R]_n) : orthoproj T -> (\rank T <= k)%N -> \tr (T *m S) <= \tr (Q *m S).
Proof.
move=> oT rT; have := @optimum_rank (T *m A) (leq_trans (mxrankM_maxl _ _) rT).
by rewrite optimum_left (orthoproj_loss oT) (orthoproj_loss (colproj_ortho F)) lerD2l lerN2.
Qed.

Theorem optimum_keeps b (v : 'cV[R]_n) :
  0 <= b -> tail_le b -> Q *m v = 0 -> form S v <= b * sqnorm v.
Proof.
move=> b0 [V tail] Qv; rewrite leNgt; apply/negP => above.
have [sym idem] := colproj_ortho F.
have v0 : v != 0.
  by apply: contraTneq above => ->; rewrite /form mulmx0 mxtrace0 sqnorm0 mulr0 ltxx.
have v_gt0 := sqnorm_gt0 v0.
suff [T [oT Tv rT trT]] : exists T, [/\ orthoproj T, T *m v = 0, (\rank T < k)%N & \tr (Q *m S) - b <= \tr (T *m S)].
  have oT' := outer_add oT Tv v0.
  have rT' : (\rank (T + (sqnorm v)^-1 *: (v *m v^T))%R <= k)%N.
    have r1 : (\rank ((sqnorm v)^-1 *: (v *m v^T)) <= 1)%N.
      by rewrite scalemxAl; apply: leq_trans (mxrankM_maxl _ _) _; apply: rank_leq_col.
    by apply: leq_trans (mxrank_add _ _) _; apply: leq_trans (leq_add (leqnn _) r1) _; rewrite addn1.
  have := optimum_trace oT' rT'; rewrite mulmxDl mxtraceD -scalemxAl linearZ /= trace_outer.
  have : b < (sqnorm v)^-1 * form S v by rewrite mulrC ltr_pdivlMr.
  lra.
have ker0 : kermx ((row_mx F v)^T *m V) != 0.
  rewrite kermx_eq0 -row_leq_rank -ltnNge; apply: leq_ltn_trans (rank_leq_col _) _; by rewrite addn1.
have /rowV0Pn [c /sub_kermxP cV c0] := ker0.
pose a := lsubmx c; pose t := rsubmx c 0 0; pose w := F *m a^T.
have cE : c = row_mx a t%:M by rewrite -[LHS]hsubmxK; congr row_mx; rewrite [LHS]mx11_scalar.
have Qw : Q *m w = w by rewrite /w mulmxA colproj_id.
have xE : (row_mx F v) *m c^T = w + t *: v.
  by rewrite cE tr_row_mx mul_row_col tr_scalar_mx mul_mx_scalar.
have := tail (w + t *: v); rewrite -xE (trmx_mul (row_mx F v)) trmxK -mulmxA cV => /(_ erefl).
rewrite xE form_split // sqnorm_split // => le.
have wle : form S w <= b * sqnorm w.
  have : t ^+ 2 * (b * sqnorm v) <= t ^+ 2 * form S v by rewrite ler_wpM2l ?sqr_ge0 // ltW.
  lra.
have rQ : (\rank Q <= k)%N by rewrite -(mulmx1 Q) rank_colproj_mul.
have [w0|w0] := eqVneq w 0.
  have a0 : a != 0.
    apply: contraNneq c0 => a0; rewrite cE a0.
    have z1 : (0 : R)%:M = 0 :> 'M[R]_1 by apply/matrixP => i j; rewrite !mxE mul0rn.
    have [t0|t0] := eqVneq t 0; first by rewrite t0 z1 row_mx0.
    have form0 : form S w = 0 by rewrite w0 /form mulmx0 mxtrace0.
    have tt : 0 < t ^+ 2 by rewrite exprn_even_gt0.
    by move: le; rewrite form0 w0 sqnorm0 !add0r mulrCA ler_pM2l // leNgt above.
  exists Q; split=> //; last by rewrite lerBlDr lerDl.
  apply: leq_ltn_trans (mxrankS (proj_sub _)) _; rewrite ltn_neqAle rank_leq_row andbT.
  apply: contra a0 => /eqP full; have free : row_free F^T by rewrite /row_free full.
  by rewrite -(mulmx_free_eq0 _ free) -trmx_eq0 (trmx_mul a) trmxK -/w w0.
exists (Q - (sqnorm w)^-1 *: (w *m w^T)); have w_gt0 := sqnorm_gt0 w0.
have wQ : w^T *m Q = w^T by rewrite -{1}sym -(trmx_mul Q) Qw.
have wv : w^T *m v = 0 by rewrite -wQ -(mulmxA w^T Q v) Qv mulmx0.
split.
- exact: outer_sub (colproj_ortho F) Qw w0.
- by rewrite mulmxBl Qv -scalemxAl -(mulmxA w) wv mulmx0 scaler0 subr0.
- apply: leq_trans _ rQ.
  have : (Q - (sqnorm w)^-1 *: (w *m w^T) < Q)%MS; last by rewrite ltmxErank => /andP [].
  rewrite ltmxE; apply/andP; split.
    have {1}-> : Q - (sqnorm w)^-1 *: (w *m w^T) = (1%:M - (sqnorm w)^-1 *: (w *m w^T)) *m Q.
      by rewrite mulmxBl mul1mx -scalemxAl -(mulmxA w) wQ.
    exact: submxMl.
  apply/negP => sub; have : (w^T <= Q - (sqnorm w)^-1 *: (w *m w^T))%MS.
    by apply: submx_trans _ sub; rewrite -wQ submxMl.
  move=> /submxP [z zE]; have : w^T *m w = 0.
    rewrite zE -mulmxA mulmxBl Qw -scalemxAl -(mulmxA w).
    have -> : w^T *m w = (sqnorm w)%:M by rewrite [LHS]mx11_scalar -trace_mx11 -sqnorm_tr.
    by rewrite mul_mx_scalar scalerA mulVf ?gt_eqF // scale1r subrr mulmx0.
  by move=> /(congr1 mxtrace); rewrite -sqnorm_tr mxtrace0 => /eqP; rewrite gt_eqF.
rewrite mulmxBl linearB /= lerD2l lerN2 -scalemxAl linearZ /= trace_outer mulrC ler_pdivrMr //.
Qed.

End Minimiser.

(* theorem 4, for every minimiser *)
Section Theorem4.
Variables (r : nat) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)) (b : R).
Hypotheses (best : minimiser P f g) (probe : least_squares P y f B) (b0 : 0 <= b) (tail : tail_le b).

Theorem probe_mse_optimum : b < 1 -> mse P y f B <= alphaT P y / (1 - b).
Proof.
move=> b1; rewrite (mse_projection probe) ler_pdivlMr ?subr_gt0 // -key_identity.
set Q := colproj _; have oQ : orthoproj Q by apply: colproj_ortho.
have [symQ idQ] := oQ; have [symN idN] := orthoproj_compl oQ.
have com : Q *m S = S *m Q := optimum_commutes best.
have E : form (1%:M - S) (Y P y) = form (1%:M - S) (Q *m Y P y) + form (1%:M - S) ((1%:M - Q) *m Y P y).
  rewrite !form_mul symQ symN -formD; congr form.
  have com' : Q *m (1%:M - S) = (1%:M - S) *m Q by rewrite mulmxBr mulmxBl mulmx1 mul1mx com.
  have comN : (1%:M - Q) *m (1%:M - S) = (1%:M - S) *m (1%:M - Q) by rewrite mulmxBl mul1mx com' mulmxBr mulmx1.
  by rewrite com' comN -(mulmxA _ Q Q) idQ -(mulmxA _ _ (1%:M - Q)) idN -mulmxDr [Q + _]addrC subrK mulmx1.
rewrite E; apply: le_trans (_ : form (1%:M - S) ((1%:M - Q) *m Y P y) <= _); last by rewrite lerDr laplacian_ge0.
rewrite formB form1 mulrC mulrBl mul1r lerD2l lerN2 form_col sqnorm_col mulr_sumr.
apply: ler_sum => c _; apply: (optimum_keeps best) => //.
by rewrite -/Q col_mul mulmxA mulmxBr mulmx1 idQ subrr mul0mx.
Qed.

Theorem probe_error_optimum : b < 1 -> error P y f B <= 2 * (alphaT P y / (1 - b)).
Proof. by move=> b1; apply: le_trans (error_le_mse P y f B) _; rewrite ler_pM2l ?ltr0n // probe_mse_optimum. Qed.

End Theorem4.
End Minimisers.
