(* Any embedding pair: what its excess loss says of the space that it spans and of the matrix that it leaves over. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Places Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section OperatorNorms.
Variable R : rcfType.

Lemma sqnorm_row n p (X : 'M[R]_(n, p)) : sqnorm X = \sum_i sqnorm (row i X).
Proof. by apply: eq_bigr => i _; rewrite /sqnorm big_ord1; apply: eq_bigr => j _; rewrite mxE. Qed.

Lemma opnorm2_mul q n p (X : 'M[R]_(q, n)) (Z : 'M[R]_(n, p)) a :
  opnorm2_le Z a -> sqnorm (X *m Z) <= a * sqnorm X.
Proof.
by move=> Za; rewrite (sqnorm_row X) sqnorm_row mulr_sumr; apply: ler_sum => i _; rewrite row_mul; apply: Za.
Qed.

Lemma opnorm2_ge0 n p (X : 'M[R]_(n, p)) a (x : 'I_n) : opnorm2_le X a -> 0 <= a.
Proof.
move=> /(_ (delta_mx 0 x)); have -> : sqnorm (delta_mx 0 x : 'rV[R]_n) = 1.
  rewrite /sqnorm big_ord1 (bigD1 x) //= big1 => [|j /negPf ne]; rewrite mxE ?eqxx ?ne ?expr0n // expr1n addr0 //.
by rewrite mulr1; apply: le_trans (sqnorm_ge0 _).
Qed.

(* the square of the operator norm is the largest eigenvalue of the Gram matrix *)
Lemma opnorm2P n p (X : 'M[R]_(n, p)) D e a :
  eigenbasis (X *m X^T) D e -> opnorm2_le X a <-> forall i, e i <= a.
Proof.
move=> basis; have dS := eigenbasis_diagonalises basis; have [DD DS] := dS.
have normE (v : 'rV[R]_n) : sqnorm (v *m X) = \sum_i e i * (D *m v^T) i 0 ^+ 2.
  rewrite -sqnormT trmx_mul -form_gram /form.
  have {1 2}-> : v^T = D^T *m (D *m v^T) by rewrite mulmxA (mulmx1C DD) mul1mx.
  rewrite -/(form _ _) form_mul trmxK DS -mulmxA DD mulmx1 formE big_ord1.
  apply: eq_bigr => i _; rewrite (bigD1 i) //= big1 => [|j /negPf ne].
    by rewrite addr0 !mxE eqxx mulr1n; ring.
  by rewrite [diag_mx _ i j]mxE eq_sym ne mulr0n mulr0 mul0r.
have unit (v : 'rV[R]_n) : sqnorm v = \sum_i (D *m v^T) i 0 ^+ 2.
  rewrite -sqnormT; have -> : sqnorm v^T = sqnorm (D *m v^T).
    by rewrite !sqnorm_tr trmx_mul -mulmxA (mulmxA D^T) (mulmx1C DD) mul1mx.
  by apply: eq_bigr => i _; rewrite big_ord1.
split=> [le i|le v]; last by rewrite normE unit mulr_sumr; apply: ler_sum => i _; rewrite ler_wpM2r ?sqr_ge0.
have E j : (D *m (row i D)^T) j 0 = (j == i)%:R by rewrite tr_row -col_mul DD !mxE.
have pick (h : 'I_n -> R) : \sum_j h j * (D *m (row i D)^T) j 0 ^+ 2 = h i.
  rewrite (bigD1 i) //= big1 => [|j /negPf ne]; rewrite E ?eqxx ?ne ?expr0n ?mulr0 //.
  by rewrite expr1n mulr1 addr0.
have := le (row i D); rewrite normE unit pick -[\sum_j _](mul1r) mulr_sumr.
by rewrite (pick (fun=> 1)) mulr1.
Qed.

Lemma some_node n m (P : graph R n m) : 'I_n.
Proof.
case: n P => [|n] P; last exact: ord0.
by have := weight_sum P; rewrite big_ord0 => /eqP; rewrite eq_sym oner_eq0.
Qed.

Lemma cauchy_sum (I : finType) (a b : I -> R) : (\sum_i a i * b i) ^+ 2 <= (\sum_i a i ^+ 2) * (\sum_i b i ^+ 2).
Proof.
have := cauchy (\col_(i < #|I|) a (enum_val i)) (\col_(i < #|I|) b (enum_val i)).
have sq (h : I -> R) : sqnorm (\col_(i < #|I|) h (enum_val i)) = \sum_i h i ^+ 2.
  rewrite [RHS](reindex (@enum_val I predT)) /=; last exact: onW_bij (enum_val_bij _).
  by apply: eq_bigr => i _; rewrite big_ord1 mxE.
rewrite !sq; congr (_ ^+ 2 <= _); rewrite /mxtrace big_ord1 mxE.
rewrite [RHS](reindex (@enum_val I predT)) /=; last exact: onW_bij (enum_val_bij _).
by apply: eq_bigr => i _; rewrite !mxE.
Qed.

Lemma opnorm2_classes n m r (P : graph R n m) (y : 'I_n -> 'I_r) : opnorm2_le (Y P y) (largest_mass P y).
Proof.
move=> v; have cut c : (v *m Y P y) 0 c ^+ 2 <= largest_mass P y * \sum_x (y x == c)%:R * v 0 x ^+ 2.
  have E : (v *m Y P y) 0 c = \sum_x ((y x == c)%:R * v 0 x) * (Num.sqrt (pL P x) * (y x == c)%:R).
    by rewrite mxE; apply: eq_bigr => x _; rewrite mxE; case: (y x == c); rewrite ?mul1r // !(mulr0, mul0r).
  rewrite E; apply: le_trans (cauchy_sum _ _) _; rewrite mulrC.
  have -> : \sum_x (Num.sqrt (pL P x) * (y x == c)%:R) ^+ 2 = mass P y c.
    apply: eq_bigr => x _; rewrite exprMn sqr_sqrtr ?ltW ?pL_gt0 //.
    by case: (y x == c); rewrite ?expr1n // expr0n.
  have -> : \sum_x ((y x == c)%:R * v 0 x) ^+ 2 = \sum_x (y x == c)%:R * v 0 x ^+ 2.
    by apply: eq_bigr => x _; case: (y x == c); rewrite ?mul1r // !mul0r expr0n.
  rewrite ler_wpM2r //; last exact: le_bigmax.
  by apply: sumr_ge0 => x _; rewrite mulr_ge0 ?ler0n ?sqr_ge0.
rewrite {1}/sqnorm big_ord1; apply: le_trans (ler_sum _ (fun c _ => cut c)) _.
rewrite -mulr_sumr exchange_big /sqnorm big_ord1 le_eqVlt; apply/orP; left; apply/eqP; congr (_ * _).
apply: eq_bigr => x _; rewrite -mulr_suml (bigD1 (y x)) //= big1 => [|c /negPf ne]; last by rewrite eq_sym ne.
by rewrite eqxx addr0 mul1r.
Qed.
End OperatorNorms.

Section Weights.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Local Notation S := (hop P).
Local Notation Y := (Y P y).
Local Notation weighed := (weighed P y U).
Local Notation energy := (energy P y U).
Let UU : U *m U^T = 1%:M := UUt basis.
Let UtU : U^T *m U = 1%:M := UtU basis.

Lemma weighedD v w : weighed v + weighed w = weighed (fun i => v i + w i).
Proof.
rewrite /weighed -mulmxDl -mulmxDr -mulmxDl; congr (_ *m (_ *m _) *m _).
by apply/matrixP => i j; rewrite !mxE mulrnDl.
Qed.

Lemma weighedZ a w : a *: weighed w = weighed (fun i => a * w i).
Proof.
rewrite /weighed scalemxAl scalemxAr scalemxAl; congr (_ *m (_ *m _) *m _).
by apply/matrixP => i j; rewrite !mxE mulrnAr.
Qed.

Lemma weighed_all w : (forall i, w i = 1) -> weighed w = Y.
Proof.
move=> w1; rewrite /weighed; have -> : diag_mx (\row_i w i) = 1%:M by apply/matrixP => i j; rewrite !mxE w1.
by rewrite mul1mx UtU mul1mx.
Qed.

Lemma weighed_coordinate w i c : (U *m weighed w) i c = w i * (U *m Y) i c.
Proof. by rewrite /weighed !mulmxA UU mul1mx -(mulmxA _ U Y) mul_diag_mx !mxE. Qed.

Lemma weighed_norm w : sqnorm (weighed w) = \sum_i w i ^+ 2 * energy i.
Proof.
rewrite -(sqnorm_basis basis); apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => c _.
by rewrite weighed_coordinate exprMn.
Qed.

Lemma sqnorm_basisr p (X : 'M[R]_(p, n)) : sqnorm (X *m U) = sqnorm X.
Proof. by rewrite -sqnormT trmx_mul -[RHS]sqnormT !sqnorm_tr !trmxK trmx_mul !trmxK -mulmxA (mulmxA U) UU mul1mx. Qed.

Lemma overlap_norm (N : 'M[R]_n) i : orthoproj N -> overlap U N i = sqnorm (N *m (row i U)^T).
Proof.
case=> sym idem; rewrite sqnorm_tr (trmx_mul N) trmxK sym -(mulmxA (row i U)) (mulmxA N N) idem (mulmxA (row i U)).
by rewrite -row_mul tr_row -col_mul -row_mul trace_mx11 mxE mxE.
Qed.

Lemma overlap_compl N i : overlap U (1%:M - N) i = 1 - overlap U N i.
Proof. by rewrite /overlap mulmxBr mulmx1 mulmxBl UU mxE [(- _ : 'M_n) _ _]mxE mxE eqxx. Qed.

Lemma projected_norm (N : 'M[R]_n) v : orthoproj N ->
  sqnorm (N *m (U^T *m diag_mx (\row_i v i))) = \sum_i v i ^+ 2 * overlap U N i.
Proof.
move=> oN; rewrite sqnorm_col; apply: eq_bigr => i _; rewrite overlap_norm // -sqnormZ; congr sqnorm.
rewrite !col_mul scalemxAr; congr (_ *m _); apply/colP => x.
rewrite mxE (bigD1 i) //= big1 => [|j /negPf ne]; last by rewrite !mxE ne mulr0n mulr0.
by rewrite addr0 !mxE eqxx mulr1n mulrC.
Qed.

(* what a projector has of weighed indicators, by its overlaps and an operator norm *)
Lemma weighed_projected (N : 'M[R]_n) w v t a : orthoproj N -> (forall i, w i = v i * t i) ->
  opnorm2_le (weighed t) a -> sqnorm (N *m weighed w) <= a * \sum_i v i ^+ 2 * overlap U N i.
Proof.
move=> oN wE ta; rewrite -projected_norm //; set X := N *m (U^T *m _); rewrite -(sqnorm_basisr X).
apply: le_trans (opnorm2_mul (X *m U) ta); rewrite /weighed -!mulmxA (mulmxA U U^T) UU mul1mx /X ?mulmxA -?mulmxA.
rewrite le_eqVlt; apply/orP; left; apply/eqP; congr (sqnorm (_ *m (_ *m _))).
rewrite (mulmxA (diag_mx _)); congr (_ *m _); rewrite mul_diag_mx; apply/matrixP => i j; by rewrite !mxE wE mulrnAr.
Qed.

Lemma weighed_opnorm w b : (forall i, `|w i| <= b) -> opnorm2_le (weighed w) (b ^+ 2 * largest_mass P y).
Proof.
move=> wb v; rewrite /weighed (mulmxA v); apply: le_trans (opnorm2_mul _ (opnorm2_classes P y)) _.
rewrite [b ^+ 2 * _]mulrC -mulrA ler_wpM2l ?bigmax_ge_id // !mulmxA sqnorm_basisr.
rewrite -[sqnorm v]sqnormT -(sqnorm_basis basis) -(sqnormT (U *m _)).
rewrite trmx_mul trmxK /sqnorm !big_ord1 mulr_sumr; apply: ler_sum => i _.
rewrite mul_mx_diag !mxE exprMn [leLHS]mulrC ler_wpM2r ?sqr_ge0 // -(real_normK (num_real (w i))).
by rewrite ler_pXn2r ?nnegrE ?(le_trans _ (wb i)).
Qed.
End Weights.

Section Excess.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Hypothesis basis : eigenbasis (hop P) U l.
Local Notation A := (normalised P).
Local Notation S := (hop P).
Local Notation F := (weightedL P f).
Local Notation G := (weightedR P g).
Local Notation Q := (colproj F).
Local Notation e := (excess P l f g).
Local Notation overlap := (overlap U Q).

(* the excess of the space, and that of the product within it *)
Lemma excess_split : e = \sum_(i < n | (i < k)%N) l i - \tr (Q *m S) + sqnorm (F *m G^T - Q *m A).
Proof.
rewrite /excess value_sum loss_factorisation -[sqnorm (A - _)]sqnormN opprB least_squares_split.
by rewrite mulmxBl mul1mx (orthoproj_loss _ (colproj_ortho F)); ring.
Qed.

(* s parts the first k values from the rest *)
Lemma excess_overlap s : 0 <= s ->
  \sum_(i < n) (if (i < k)%N then (l i - s) * (1 - overlap i) else (s - l i) * overlap i)
    + sqnorm (F *m G^T - Q *m A) <= e.
Proof.
move=> s0; rewrite excess_split lerD2r (trace_overlap Q (eigenbasis_diagonalises basis)).
have -> : \sum_(i < n) (if (i < k)%N then (l i - s) * (1 - overlap i) else (s - l i) * overlap i) =
  \sum_(i < n | (i < k)%N) l i - \sum_i l i * overlap i - s * (\sum_(i < n | (i < k)%N) 1 - \sum_i overlap i).
  rewrite mulrBr !mulr_sumr [\sum_(i < n | _) l i]big_mkcond [\sum_(i < n | _) s * 1]big_mkcond -!sumrB.
  by apply: eq_bigr => i _; case: (i < k)%N; ring.
rewrite gerBl mulr_ge0 // subr_ge0 (overlap_sum (UUt basis) (colproj_ortho F)) sumr_const card_below ler_nat leq_min.
by rewrite rank_leq_col (leq_trans (mxrankS (proj_sub _)) (rank_leq_row _)).
Qed.

Lemma excess_ge0 : 0 <= e.
Proof. by rewrite /excess value_sum -lerBlDr sub0r; apply: (loss_lower basis). Qed.
End Excess.
