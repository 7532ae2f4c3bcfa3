(* Theorem 28, lemma (i): a matrix of rank k that is almost as near as the nearest is near to the nearest. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma trace_gram (R : rcfType) n m (A : 'M[R]_(n, m)) (Q : 'M[R]_n) :
  orthoproj Q -> \tr (Q *m (A *m A^T)) = sqnorm (Q *m A).
Proof. by move=> oQ; rewrite -(form_orthoproj A oQ) /form mulmxA mxtrace_mulC mulmxA. Qed.

Section Stability.
Variables (R : rcfType) (n m : nat) (A : 'M[R]_(n, m)) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (A *m A^T) U l.
Local Notation singular := (singular l).
Local Notation below k := (fun i : 'I_n => i < k)%N.

(* the best matrix of rank k *)
Definition best_rank k : 'M[R]_(n, m) := chosen U (below k) *m A.

Lemma sqnormB p q (X Z : 'M[R]_(p, q)) : sqnorm (X - Z) = sqnorm X - 2 * \tr (X^T *m Z) + sqnorm Z.
Proof. by rewrite sqnormD sqnormN mulmxN linearN /= mulrN. Qed.

Lemma gram_eigenvalue_ge0 i : 0 <= l i.
Proof.
have [UU US] := eigenbasis_diagonalises basis.
have <- : (U *m A *m (U *m A)^T) i i = l i.
  by rewrite trmx_mul mulmxA -(mulmxA U) US -mulmxA UU mulmx1 !mxE eqxx.
by rewrite mxE; apply: sumr_ge0 => j _; rewrite [_^T _ _]mxE -expr2 sqr_ge0.
Qed.

Lemma singular_ge0 j : 0 <= singular j.
Proof. exact: sqrtr_ge0. Qed.

Lemma singular2 (i : 'I_n) : singular i ^+ 2 = l i.
Proof. by rewrite /Statements.singular /value valK sqr_sqrtr ?gram_eigenvalue_ge0. Qed.

Lemma singular_out j : (n <= j)%N -> singular j = 0.
Proof. by rewrite /Statements.singular /value; case: insubP => [i|]; rewrite ?sqrtr0 // ltnNge => /negPf ->. Qed.

Lemma singular_sorted j : singular j.+1 <= singular j.
Proof.
have [nj|jn] := leqP n j.+1; first by rewrite singular_out ?singular_ge0.
rewrite -(@ler_pXn2r _ 2) ?nnegrE ?singular_ge0 //.
rewrite (singular2 (Ordinal jn)) (singular2 (Ordinal (ltnW jn))).
by case: basis => _ _; apply=> /=.
Qed.

Lemma singular_le i j : (i <= j)%N -> singular j <= singular i.
Proof.
elim: j => [|j IH]; first by rewrite leqn0 => /eqP ->.
by rewrite leq_eqVlt => /orP [/eqP -> //|/IH]; apply: le_trans (singular_sorted j).
Qed.

Section Width.
Variable k : nat.
Local Notation T := (chosen U (below k.+1)).
Local Notation B := (best_rank k.+1).
Let c := singular k.+1 / singular k.
Let w (i : 'I_n) : R := if (i < k.+1)%N then c else 1.
Let M := A - (1 - c) *: B.

Lemma ratio_mul : c * singular k = singular k.+1.
Proof.
rewrite /c; have [s0|s0] := eqVneq (singular k) 0; last by rewrite divfK.
by rewrite s0 mulr0; apply/le_anti; rewrite singular_ge0 -[X in _ && (_ <= X)]s0 singular_sorted.
Qed.

Lemma ratio_ge0 : 0 <= c. Proof. by rewrite divr_ge0 ?singular_ge0. Qed.

Lemma weakened_diagonalises : diagonalises U (M *m M^T) (fun i => w i ^+ 2 * l i).
Proof.
have [UU US] := eigenbasis_diagonalises basis; split=> //.
pose W : 'M[R]_n := 1%:M - (1 - c) *: T; have [symT _] := chosen_orthoproj (below k.+1) UU.
have symW : W^T = W by rewrite /W linearB linearZ /= trmx1 symT.
have UW : U *m W = diag_mx (\row_i w i) *m U.
  rewrite /W mulmxBr mulmx1 -scalemxAr /chosen (mulmxA U U^T) UU mul1mx /select !mul_diag_mx.
  by apply/matrixP => i j; rewrite !mxE /w; case: ltnP => _ /=; ring.
have -> : M = W *m A by rewrite /M /W /best_rank mulmxBl mul1mx -scalemxAl.
have -> : W *m A *m (W *m A)^T = W *m (A *m A^T) *m W by rewrite trmx_mul symW !mulmxA.
clearbody W; move: (A *m A^T) US => S US; rewrite !mulmxA UW -(mulmxA _ U S) US -!mulmxA UW.
by rewrite !mul_diag_mx; apply/matrixP => i j; rewrite !mxE; ring.
Qed.

Lemma inner_bound X : (\rank X <= k.+1)%N -> 2 * \tr (M^T *m X) <= c * (sqnorm X + sqnorm B).
Proof.
move=> rX; have dM := weakened_diagonalises; have c0 := ratio_ge0.
have dA := eigenbasis_diagonalises basis; have [UU _] := dA.
have s0 : 0 <= singular k.+1 ^+ 2 by apply: sqr_ge0.
have high (i : 'I_n) : (i < k.+1)%N -> singular k.+1 ^+ 2 <= w i ^+ 2 * l i.
  move=> ik; rewrite /w ik -ratio_mul exprMn ler_wpM2l ?sqr_ge0 //.
  have [nk|kn] := leqP n k; first by rewrite (singular_out nk) expr0n /= gram_eigenvalue_ge0.
  by rewrite (singular2 (Ordinal kn)); case: basis => _ _; apply.
have low (i : 'I_n) : (k < i)%N -> l i <= singular k.+1 ^+ 2.
  move=> ki; have kn : (k.+1 < n)%N by apply: leq_ltn_trans ki (ltn_ord i).
  by rewrite (singular2 (Ordinal kn)); case: basis => _ _; apply.
have sep (i : 'I_n) :
    if (i < k.+1)%N then singular k.+1 ^+ 2 <= w i ^+ 2 * l i else w i ^+ 2 * l i <= singular k.+1 ^+ 2.
  case: ltnP => ik; first exact: high.
  by rewrite /w ltnNge ik expr1n mul1r low.
have rk q : (q <= k.+1)%N -> singular k.+1 ^+ 2 = 0 \/ (q <= #|[pred i : 'I_n | (i < k.+1)%N]|)%N.
  move=> qk; have [nk|kn] := leqP n k.+1; first by left; rewrite (singular_out nk) expr0n.
  by right; rewrite card_below (minn_idPl (ltnW kn)).
have tB : sqnorm B = \sum_(i : 'I_n | (i < k.+1)%N) l i.
  by rewrite -(trace_chosen (below k.+1) dA) (trace_gram A (chosen_orthoproj (below k.+1) UU)).
have tM : \sum_(i : 'I_n | (i < k.+1)%N) w i ^+ 2 * l i = c ^+ 2 * sqnorm B.
  by rewrite tB mulr_sumr; apply: eq_bigr => i ik; rewrite /w ik.
have rcX : (\rank (c *: X) <= k.+1)%N by apply: leq_trans _ rX; apply: mxrankS; apply: scalemx_sub.
have := eckart_young_matrix dM s0 sep (rk _ rcX); rewrite tM sqnormB -scalemxAr mxtraceZ sqnormZ => ey.
have [cz|cpos] := eqVneq c 0; last first.
  have c_gt0 : 0 < c by rewrite lt_neqAle eq_sym cpos c0.
  by rewrite -(ler_pM2l c_gt0); move: ey; rewrite !expr2; lra.
suff -> : M = 0 by rewrite trmx0 mul0mx mxtrace0 mulr0 mulr_ge0 // addr_ge0 ?sqnorm_ge0.
apply: sqnorm_eq0; rewrite -sqnormT sqnorm_tr trmxK -[M *m M^T]mul1mx (trace_overlap _ dM) big1 // => i _.
rewrite /w; case: ltnP => ik; first by rewrite cz expr0n !mul0r.
have := low i ik; rewrite -ratio_mul cz mul0r expr0n /= => l0.
have -> : l i = 0 by apply/le_anti; rewrite l0 gram_eigenvalue_ge0.
by rewrite mulr0 mul0r.
Qed.

Theorem stability X : (\rank X <= k.+1)%N ->
  (1 - singular k.+1 / singular k) * sqnorm (X - B) <= sqnorm (A - X) - sqnorm (A - B).
Proof.
move=> rX; have [UU _] := eigenbasis_diagonalises basis.
have [symT idT] := chosen_orthoproj (below k.+1) UU.
have AB : \tr (A^T *m B) = sqnorm B.
  by rewrite -(form_orthoproj A (chosen_orthoproj (below k.+1) UU)) /form mulmxA.
have := inner_bound rX; rewrite -/c /M [(A - _)^T]linearB /= [((1 - c) *: B)^T]linearZ /= mulmxBl -scalemxAl.
rewrite [\tr (_ - _)]linearB /= mxtraceZ; rewrite (sqnormB A X) (sqnormB A B) AB (sqnormB X B).
have -> : \tr (X^T *m B) = \tr (B^T *m X) by rewrite -mxtrace_tr trmx_mul trmxK.
move: c (sqnorm X) (sqnorm B) (\tr (A^T *m X)) (\tr (B^T *m X)) => c' x t u v; nra.
Qed.
End Width.
End Stability.

(* in the loss: an embedding whose loss is near the least has a product near the optimum's *)
Section Loss.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.

Theorem excess_loss_stability (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) :
  (1 - singular l k.+1 / singular l k) *
    sqnorm (weightedL P f *m (weightedR P g)^T - best_rank (normalised P) U k.+1)
  <= spectral_loss P f g + \sum_(i < n | (i < k.+1)%N) l i.
Proof.
have rX : (\rank (weightedL P f *m (weightedR P g)^T) <= k.+1)%N.
  by apply: leq_trans (mxrankM_maxl _ _) _; apply: rank_leq_col.
apply: le_trans (stability basis rX) _; rewrite loss_factorisation.
rewrite (eckart_young_attained (fun i : 'I_n => i < k.+1)%N (eigenbasis_diagonalises basis)); lra.
Qed.
End Loss.
