(* Operator norms, and Wedin's theorem: how far the space of a best matrix of rank k is from singular vectors of
   another matrix. The best one may be any where values tie, and no value of its matrix is used. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Stability Inequalities.
From Pairbounds Require Import Excess Shrunk.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section OperatorNorms.
Variable R : rcfType.

Lemma opnorm_sqrt q n p (X : 'M[R]_(q, n)) (Z : 'M[R]_(n, p)) a :
  0 <= a -> opnorm2_le Z (a ^+ 2) -> Num.sqrt (sqnorm (X *m Z)) <= a * Num.sqrt (sqnorm X).
Proof.
move=> a0 Za; apply: le_trans (ler_wsqrtr (opnorm2_mul X Za)) _.
by rewrite sqrtrM ?sqr_ge0 // sqrtr_sqr ger0_norm.
Qed.

Lemma opnorm_add n p (X Z : 'M[R]_(n, p)) a b : 0 <= a -> 0 <= b ->
  opnorm2_le X (a ^+ 2) -> opnorm2_le Z (b ^+ 2) -> opnorm2_le (X + Z) ((a + b) ^+ 2).
Proof.
move=> a0 b0 Xa Zb v; have := opnorm_sqrt v a0 Xa; have := opnorm_sqrt v b0 Zb.
have := sqr_sqrtr (sqnorm_ge0 v); rewrite mulmxDr => E ub ua; apply: le_trans (triangle _ _) _.
rewrite -E -exprMn ler_pXn2r ?nnegrE ?addr_ge0 ?mulr_ge0 ?addr_ge0 ?sqrtr_ge0 // mulrDl; exact: lerD.
Qed.

Lemma opnorm_mul q n p (X : 'M[R]_(q, n)) (Z : 'M[R]_(n, p)) a b :
  opnorm2_le X (a ^+ 2) -> opnorm2_le Z (b ^+ 2) -> opnorm2_le (X *m Z) ((a * b) ^+ 2).
Proof.
move=> Xa Zb v; rewrite mulmxA; apply: le_trans (opnorm2_mul _ Zb) _.
by have -> : (a * b) ^+ 2 * sqnorm v = b ^+ 2 * (a ^+ 2 * sqnorm v); [ring|rewrite ler_wpM2l ?sqr_ge0].
Qed.

Lemma opnorm_tr n p (X : 'M[R]_(n, p)) a : 0 <= a -> opnorm2_le X a -> opnorm2_le X^T a.
Proof.
move=> a0 Xa v; apply: product_le => // Z.
by rewrite -sqnormT trmx_mul trmxK -[sqnorm Z]sqnormT; apply: opnorm2_mul.
Qed.

Lemma opnorm_opp n p (X : 'M[R]_(n, p)) a : opnorm2_le X a -> opnorm2_le (- X) a.
Proof. by move=> Xa v; rewrite mulmxN sqnormN. Qed.

Lemma opnorm_le n p (X : 'M[R]_(n, p)) a b : 0 <= a -> a <= b -> opnorm2_le X (a ^+ 2) -> opnorm2_le X (b ^+ 2).
Proof.
move=> a0 ab Xa v; apply: le_trans (Xa v) _; rewrite ler_wpM2r ?sqnorm_ge0 //.
by rewrite ler_pXn2r ?nnegrE // (le_trans a0).
Qed.

Lemma opnorm_diag n (d : 'I_n -> R) a : (forall i, `|d i| <= a) -> opnorm2_le (diag_mx (\row_i d i)) (a ^+ 2).
Proof.
move=> le v; rewrite mul_mx_diag /sqnorm !big_ord1 mulr_sumr; apply: ler_sum => i _.
rewrite !mxE exprMn [leLHS]mulrC ler_wpM2r ?sqr_ge0 // -(real_normK (num_real (d i))).
by rewrite ler_pXn2r ?nnegrE ?(le_trans _ (le i)).
Qed.

(* rows that are orthonormal, or 0 *)
Lemma opnorm_isometry n p (W : 'M[R]_(n, p)) : orthoproj (W *m W^T) -> opnorm2_le W (1 ^+ 2).
Proof.
move=> oW v; rewrite -sqnormT trmx_mul -form_gram form_orthoproj // expr1n mul1r -[leRHS]sqnormT.
exact: orthoproj_le.
Qed.

Lemma opnorm_proj n (Q : 'M[R]_n) : orthoproj Q -> opnorm2_le Q (1 ^+ 2).
Proof. by move=> oQ; apply: opnorm_isometry; have [-> ->] := oQ. Qed.

Lemma opnorm_exists n p (X : 'M[R]_(n, p)) :
  exists2 a, 0 <= a & opnorm2_le X (a ^+ 2) /\ forall b, 0 <= b -> opnorm2_le X (b ^+ 2) -> a <= b.
Proof.
have [|D [e basis]] := @eigenbasis_exists R n (X *m X^T); first by rewrite trmx_mul trmxK.
exists (singular e 0); first exact: sqrtr_ge0.
split=> [|b b0 /(opnorm2P _ basis) le].
  apply/(opnorm2P _ basis) => i; rewrite -(singular2 basis i) ler_pXn2r ?nnegrE ?sqrtr_ge0 //.
  exact: (singular_le basis).
have [n0|n0] := leqP n 0; first by rewrite singular_out.
rewrite -(@ler_pXn2r _ 2) ?nnegrE ?sqrtr_ge0 // (singular2 basis (Ordinal n0)); exact: le.
Qed.
End OperatorNorms.

Section BestRank.
Variables (R : rcfType) (n m k : nat) (N : 'M[R]_(n, m)) (F : 'M[R]_(n, k)) (G : 'M[R]_(m, k)).
Hypothesis best : forall X : 'M[R]_(n, m), (\rank X <= k)%N -> sqnorm (N - F *m G^T) <= sqnorm (N - X).
Local Notation Q := (colproj F).
Local Notation rest := (N - F *m G^T).
Local Notation S := (N *m N^T).

Lemma best_left : F *m G^T = Q *m N.
Proof. by apply: best_product; apply: best; apply: rank_colproj_mul. Qed.

Lemma best_right : F *m G^T = N *m colproj G.
Proof.
have [symG _] := colproj_ortho G.
have e1 : (N - F *m G^T)^T = N^T - G *m F^T by rewrite linearB /= (trmx_mul F) trmxK.
have e2 : (N - N *m colproj G)^T = N^T - colproj G *m N^T by rewrite linearB /= (trmx_mul N) symG.
have E : G *m F^T = colproj G *m N^T.
  apply: best_product; rewrite -e1 -e2 !sqnormT; apply: best.
  by rewrite -mxrank_tr (trmx_mul N) symG rank_colproj_mul.
by rewrite -[LHS]trmxK (trmx_mul F) trmxK E (trmx_mul (colproj G)) trmxK symG.
Qed.

Lemma best_trace T : orthoproj T -> (\rank T <= k)%N -> \tr (T *m S) <= \tr (Q *m S).
Proof.
move=> oT rT; have := best (leq_trans (mxrankM_maxl T N) rT).
by rewrite best_left (projected_distance _ oT) (projected_distance _ (colproj_ortho F)) lerD2l lerN2.
Qed.

Lemma rest_left : (1%:M - Q) *m N = rest. Proof. by rewrite mulmxBl mul1mx best_left. Qed.
Lemma rest_right : N *m (1%:M - colproj G) = rest. Proof. by rewrite mulmxBr mulmx1 best_right. Qed.

(* the tail in the form of Courant and Fischer *)
Variable s : R.
Hypothesis s0 : 0 <= s.
Hypothesis tail : exists V : 'M[R]_(n, k), forall x : 'cV[R]_n, x^T *m V = 0 -> sqnorm (N^T *m x) <= s * sqnorm x.

(* v into the space, for a direction of it that V does not see *)
Lemma outside_le (v : 'cV[R]_n) : Q *m v = 0 -> sqnorm (N^T *m v) <= s * sqnorm v.
Proof.
move=> Qv; rewrite leNgt; apply/negP => above; have oQ := colproj_ortho F.
have v0 : v != 0 by apply: contraTneq above => ->; rewrite mulmx0 !sqnorm0 mulr0 ltxx.
have outer (x : 'cV[R]_n) : \tr ((sqnorm x)^-1 *: (x *m x^T) *m S) = sqnorm (N^T *m x) / sqnorm x.
  by rewrite -scalemxAl mxtraceZ mulrC -(mulmxA x) mxtrace_mulC -form_gram.
have one (x : 'cV[R]_n) : x != 0 -> \tr ((sqnorm x)^-1 *: (x *m x^T)) = 1.
  by move=> x0; rewrite mxtraceZ mxtrace_mulC -sqnorm_tr mulVf // gt_eqF // sqnorm_gt0.
pose T := Q + (sqnorm v)^-1 *: (v *m v^T); have oT : orthoproj T := outer_add oQ Qv v0.
have [q trT gain] : exists2 q, \tr (T *m S) = \tr (Q *m S) + q & s < q.
  by exists (sqnorm (N^T *m v) / sqnorm v); rewrite ?mulmxDl ?mxtraceD ?outer // ltr_pdivlMr ?sqnorm_gt0.
have [small|big] := leqP (\rank T) k.
  by have := best_trace oT small; rewrite trT gerDl leNgt (le_lt_trans s0 gain).
have [V tailV] := tail; have ker0 : kermx (row_base T *m V) != 0.
  by rewrite kermx_eq0 -row_leq_rank -ltnNge; apply: leq_ltn_trans (rank_leq_col _) big.
have /rowV0Pn [c /sub_kermxP cV c0] := ker0; pose w := (c *m row_base T)^T.
have w0 : w != 0 by rewrite trmx_eq0 mulmx_free_eq0 ?row_base_free.
have Tw : T *m w = w.
  have [symT idT] := oT; apply: trmx_inj; rewrite trmx_mul symT trmxK.
  have /submxP [D ->] : (c *m row_base T <= T)%MS by apply: submx_trans (submxMl _ _) _; rewrite eq_row_base.
  by rewrite -mulmxA idT.
have wV : w^T *m V = 0 by rewrite trmxK -mulmxA.
have oW := outer_sub oT Tw w0.
have rW : (\rank (T - (sqnorm w)^-1 *: (w *m w^T))%R <= k)%N.
  rewrite -(ler_nat R) -(orthoproj_rank oW) linearB /= one // mxtraceD one // addrK (orthoproj_rank oQ) ler_nat.
  by rewrite -(mulmx1 Q) rank_colproj_mul.
have := best_trace oW rW; rewrite mulmxBl linearB /= outer trT -addrA gerDl subr_le0 leNgt => /negP; apply.
by apply: le_lt_trans gain; rewrite ler_pdivrMr ?sqnorm_gt0 // tailV.
Qed.

Lemma rest_opnorm : opnorm2_le rest s.
Proof.
move=> v; rewrite -rest_left mulmxA -sqnormT trmx_mul.
have oN := orthoproj_compl (colproj_ortho F); have [sym idem] := oN; have [_ idQ] := colproj_ortho F.
rewrite (trmx_mul v) sym; apply: le_trans (outside_le _) _.
  by rewrite mulmxA mulmxBr mulmx1 idQ subrr mul0mx.
by rewrite ler_wpM2l // -[leRHS]sqnormT orthoproj_le.
Qed.
End BestRank.

Section Wedin.
Variables (R : rcfType) (n m k : nat) (A N : 'M[R]_(n, m)) (F : 'M[R]_(n, k)) (G : 'M[R]_(m, k)).
Variables (U : 'M[R]_n) (l : 'I_n -> R) (d : pred 'I_n) (e tau t : R).
Hypotheses (best : forall X : 'M[R]_(n, m), (\rank X <= k)%N -> sqnorm (N - F *m G^T) <= sqnorm (N - X)).
Hypotheses (rest_le : opnorm2_le (N - F *m G^T) (tau ^+ 2)) (tau0 : 0 <= tau) (e0 : 0 <= e).
Hypotheses (basis : eigenbasis (A *m A^T) U l) (near : opnorm2_le (N - A) (e ^+ 2)).
Hypotheses (gap : tau < t) (above : forall i, d i -> t <= singular l i).
Local Notation Q := (colproj F).
Local Notation Q' := (colproj G).
Local Notation rest := (N - F *m G^T).
Let K : 'M[R]_n := diag_mx (\row_i ((d i)%:R / singular l i)).
Let L := select R d *m U.
Let W := K *m (L *m A).
Let dS := eigenbasis_diagonalises basis.
Let t0 : 0 < t := le_lt_trans tau0 gap.

Let above0 i : d i -> singular l i != 0.
Proof. by move=> di; rewrite gt_eqF // (lt_le_trans t0) // above. Qed.

Lemma select_orthoproj : orthoproj (select R d).
Proof. by split; rewrite ?tr_diag_mx ?select2. Qed.

Lemma L_isometry : L *m L^T = select R d.
Proof.
have [UU _] := dS; have [sym _] := select_orthoproj.
by rewrite /L trmx_mul sym -mulmxA (mulmxA U) UU mul1mx select2.
Qed.

Lemma L_opnorm : opnorm2_le L (1 ^+ 2).
Proof. by apply: opnorm_isometry; rewrite L_isometry; apply: select_orthoproj. Qed.

Lemma K_opnorm : opnorm2_le K (t^-1 ^+ 2).
Proof.
apply: opnorm_diag => i; have [di|_] := boolP (d i); last by rewrite mul0r normr0 invr_ge0 ltW.
have s0 : 0 < singular l i by apply: lt_le_trans (above di).
by rewrite mul1r ger0_norm ?invr_ge0 ?(ltW s0) // lef_pV2 ?posrE // above.
Qed.

Lemma W_left : K *m (W *m A^T) = L.
Proof.
have [_ US] := dS; have -> : K *m (W *m A^T) = K *m K *m select R d *m (U *m (A *m A^T)) by rewrite /W /L !mulmxA.
rewrite US mulmxA /L; congr (_ *m U); rewrite /K /select !mul_mx_diag; apply/matrixP => i j; rewrite !mxE.
have [<-|_] := eqVneq i j; rewrite ?mulr0n ?mul0r // !mulr1n.
have [di|_] := boolP (d i); last by rewrite !(mul0r, mulr0).
by have := above0 di; rewrite -(singular2 basis) /= => s0; field.
Qed.

Lemma W_isometry : W *m W^T = select R d.
Proof.
have [UU US] := dS; have [sym _] := select_orthoproj.
have -> : W *m W^T = K *m select R d *m (U *m (A *m A^T)) *m U^T *m select R d *m K.
  by rewrite /W /L (trmx_mul K) (trmx_mul _ A) (trmx_mul _ U) sym {2}/K tr_diag_mx !mulmxA.
rewrite US -!(mulmxA (K *m select R d)) -(mulmxA _ U) UU mulmx1 /K /select !mulmxA !mul_mx_diag.
apply/matrixP => i j; rewrite !mxE; have [<-|_] := eqVneq i j; rewrite ?mulr0n ?mul0r // !mulr1n.
have [di|_] := boolP (d i); last by rewrite !(mul0r, mulr0).
by have := above0 di; rewrite -(singular2 basis) /= => s0; field.
Qed.

Lemma W_opnorm : opnorm2_le W (1 ^+ 2).
Proof. by apply: opnorm_isometry; rewrite W_isometry; apply: select_orthoproj. Qed.

(* each side is at most what the other leaves, and the noise *)
Theorem wedin : opnorm2_le (L *m (1%:M - Q)) ((e / (t - tau)) ^+ 2).
Proof.
have oN := orthoproj_compl (colproj_ortho F); have oN' := orthoproj_compl (colproj_ortho G).
have [sym idem] := oN; have [sym' idem'] := oN'.
have r1 : rest^T = (1%:M - Q') *m N^T by rewrite -(rest_right best) (trmx_mul N) sym'.
have r2 : rest^T = N^T *m (1%:M - Q) by rewrite -(rest_left best) (trmx_mul _ N) sym.
have r3 : (1%:M - Q') *m rest^T = N^T *m (1%:M - Q) by rewrite r1 mulmxA idem' -r1 r2.
have r4 : (1%:M - Q) *m rest = N *m (1%:M - Q').
  by rewrite -(rest_left best) mulmxA idem (rest_left best) (rest_right best).
have EX : L *m (1%:M - Q) = K *m (W *m (1%:M - Q') *m rest^T - W *m (N - A)^T *m (1%:M - Q)).
  rewrite -(mulmxA W (1%:M - Q')) r3 -(mulmxA W (N - A)^T) -mulmxBr -mulmxBl.
  have -> : N^T - (N - A)^T = A^T by rewrite linearB /= subKr.
  by rewrite (mulmxA W) (mulmxA K) W_left.
have EZ : W *m (1%:M - Q') = K *m (L *m (1%:M - Q) *m rest - L *m (N - A) *m (1%:M - Q')).
  by rewrite -(mulmxA L (1%:M - Q)) r4 -(mulmxA L (N - A)) -mulmxBr -mulmxBl subKr (mulmxA L) (mulmxA K).
have [a a0 [Xa Xmin]] := opnorm_exists (L *m (1%:M - Q)).
have [b b0 [Zb Zmin]] := opnorm_exists (W *m (1%:M - Q')).
have i0 : 0 <= t^-1 by rewrite invr_ge0 ltW.
have nX : opnorm2_le (W *m (N - A)^T *m (1%:M - Q)) (e ^+ 2).
  have := opnorm_mul (opnorm_mul W_opnorm (opnorm_tr (sqr_ge0 e) near)) (opnorm_proj oN); by rewrite mul1r mulr1.
have nZ : opnorm2_le (L *m (N - A) *m (1%:M - Q')) (e ^+ 2).
  by have := opnorm_mul (opnorm_mul L_opnorm near) (opnorm_proj oN'); rewrite mul1r mulr1.
have h1 : a <= t^-1 * (b * tau + e).
  apply: Xmin; first by rewrite mulr_ge0 ?addr_ge0 ?mulr_ge0.
  rewrite EX; apply: opnorm_mul K_opnorm _; apply: opnorm_add (opnorm_opp nX); rewrite ?mulr_ge0 //.
  exact: opnorm_mul Zb (opnorm_tr (sqr_ge0 tau) rest_le).
have h2 : b <= t^-1 * (a * tau + e).
  apply: Zmin; first by rewrite mulr_ge0 ?addr_ge0 ?mulr_ge0.
  rewrite EZ; apply: opnorm_mul K_opnorm _; apply: opnorm_add (opnorm_opp nZ); rewrite ?mulr_ge0 //.
  exact: opnorm_mul Xa rest_le.
apply: (opnorm_le a0 _ Xa); rewrite ler_pdivlMr ?subr_gt0 //.
move: h1 h2; rewrite ![t^-1 * _]mulrC !ler_pdivlMr // => h1 h2.
have p0 : 0 < t + tau by rewrite ltr_wpDr.
rewrite -(ler_pM2l p0); have := ler_wpM2l (ltW t0) h1; have := ler_wpM2l tau0 h2; nra.
Qed.
End Wedin.
