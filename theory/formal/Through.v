(* Through features: what a matrix of fixed columns reaches of the labels, and what the best encoders on these columns
   keep. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Places.
From Pairbounds Require Import Inequalities Excess Wedin Known theorem27_whitened_alignment.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma col_ext (R : ringType) n p (X Z : 'M[R]_(n, p)) : (forall i, col i X = col i Z) -> X = Z.
Proof. by move=> E; apply/matrixP => x i; have /colP /(_ x) := E i; rewrite !mxE. Qed.

(* a projector of rank k whose trace is that of the first k eigenvectors *)
Section Kept.
Variables (R : rcfType) (d k : nat) (M V N : 'M[R]_d) (t : 'I_d -> R).
Hypothesis basis : eigenbasis M V t.
Let VV : V *m V^T = 1%:M. Proof. by case: basis. Qed.
Let VtV : V^T *m V = 1%:M. Proof. exact: mulmx1C VV. Qed.

Lemma sqnorm_coordinates r (T : 'M[R]_(d, r)) : sqnorm (V *m T) = sqnorm T.
Proof. by rewrite !sqnorm_tr trmx_mul -mulmxA (mulmxA V^T) VtV mul1mx. Qed.

Lemma form_coordinates r (T : 'M[R]_(d, r)) : form M T = \sum_i t i * \sum_c (V *m T) i c ^+ 2.
Proof.
have [_ VM] := eigenbasis_diagonalises basis; have {1}-> : T = V^T *m (V *m T) by rewrite mulmxA VtV mul1mx.
rewrite form_mul trmxK VM -(mulmxA _ V) VV mulmx1 /form -mulmxA mul_diag_mx /mxtrace.
rewrite (eq_bigr (fun c => \sum_i t i * (V *m T) i c ^+ 2)) => [|c _].
  by rewrite exchange_big; apply: eq_bigr => i _; rewrite mulr_sumr.
by rewrite mxE; apply: eq_bigr => i _; rewrite [_^T _ _]mxE [in X in _ * X]mxE [(\row_i t i) _ _]mxE; ring.
Qed.

Lemma selected_norm r (D : pred 'I_d) (T : 'M[R]_(d, r)) :
  sqnorm (V^T *m (diag_mx (\row_i (D i)%:R) *m T)) = \sum_(i | D i) \sum_c T i c ^+ 2.
Proof.
rewrite sqnorm_tr (trmx_mul V^T) trmxK -mulmxA (mulmxA V) VV mul1mx -sqnorm_tr mul_diag_mx [RHS]big_mkcond.
apply: eq_bigr => i _; case: ifP => Di; first by apply: eq_bigr => c _; rewrite !mxE Di mul1r.
by rewrite big1 // => c _; rewrite !mxE Di mul0r expr0n.
Qed.

Lemma selected_column (D : pred 'I_d) i :
  col i (V^T *m diag_mx (\row_i (D i)%:R)) = (D i)%:R *: (row i V)^T.
Proof. by rewrite mul_mx_diag; apply/colP => x; rewrite !mxE mulrC. Qed.

(* coordinates of what a projector leaves *)
Lemma left_parts r (D : pred 'I_d) (T : 'M[R]_(d, r)) : (forall i, N *m (row i V)^T = (D i)%:R *: (row i V)^T) ->
  sqnorm ((1%:M - N) *m T) = \sum_(i | ~~ D i) \sum_c (V *m T) i c ^+ 2.
Proof.
move=> parts; have NV : (1%:M - N) *m V^T = V^T *m diag_mx (\row_i (~~ D i)%:R).
  apply: col_ext => i; rewrite (selected_column (predC D)) col_mul -tr_row mulmxBl mul1mx parts /=.
  by case: (D i); rewrite ?scale1r ?scale0r ?subrr ?subr0.
by rewrite -(selected_norm (predC D)) mulmxA -NV -mulmxA (mulmxA V^T) VtV mul1mx.
Qed.

Hypothesis oN : orthoproj N.

Lemma left_most r (D : pred 'I_d) (T : 'M[R]_(d, r)) : (forall i, ~~ D i -> N *m (row i V)^T = (row i V)^T) ->
  sqnorm ((1%:M - N) *m T) <= \sum_(i | D i) \sum_c (V *m T) i c ^+ 2.
Proof.
move=> keeps; have NV : (1%:M - N) *m V^T = (1%:M - N) *m (V^T *m diag_mx (\row_i (D i)%:R)).
  apply: col_ext => i; rewrite [LHS]col_mul [RHS]col_mul selected_column -tr_row.
  case: (boolP (D i)) => [_|/keeps E]; first by rewrite scale1r.
  by rewrite mulmxBl mul1mx E subrr scale0r mulmx0.
rewrite -(selected_norm D (V *m T)); apply: le_trans (orthoproj_le _ (orthoproj_compl oN)).
by rewrite mulmxA (mulmxA _ _ (V *m T)) -NV -!mulmxA (mulmxA V^T) VtV mul1mx.
Qed.

Lemma overlap_one i : overlap V N i = 1 -> N *m (row i V)^T = (row i V)^T.
Proof.
move=> one; apply/eqP; rewrite eq_sym -subr_eq0 -{1}[(row i V)^T]mul1mx -mulmxBl; apply/eqP/sqnorm_eq0.
rewrite -(overlap_norm V i (orthoproj_compl oN)) /overlap mulmxBr mulmx1 mulmxBl VV mxE [(- _ : 'M_d) _ _]mxE mxE eqxx.
by rewrite -/(overlap V N i) one subrr.
Qed.

Hypotheses (t0 : forall i, 0 <= t i) (rank : (\rank N <= k)%N) (most : \sum_(i < d | (i < k)%N) t i <= \tr (N *m M)).

Lemma first_apart (i : 'I_d) : if (i < k)%N then value t k <= t i else t i <= value t k.
Proof.
have [_ _ sorted] := basis; case: ltnP => ik.
  by rewrite /value; case: insubP => [j _ jk|_]; [rewrite sorted // jk ltnW|exact: t0].
exact: place_sorted sorted ik.
Qed.

Lemma value_first_ge0 : 0 <= value t k. Proof. by rewrite /value; case: insubP. Qed.

Lemma above_first i : value t k < t i -> N *m (row i V)^T = (row i V)^T.
Proof.
move=> above; have dM := eigenbasis_diagonalises basis; set s := value t k.
have ik : (i < k)%N by have := first_apart i; case: ltnP => // _; rewrite leNgt above.
pose slack j := (t j - s) * ((j < k)%N%:R - overlap V N j).
have slack0 j : 0 <= slack j.
  rewrite /slack; have := first_apart j; have o0 := overlap_ge0 V j oN; have o1 := overlap_le1 j VV oN.
  case: ltnP => _ le; first by rewrite mulr_ge0 // subr_ge0.
  by rewrite mulr_le0 // ?subr_le0 // sub0r oppr_le0.
have total : \sum_j slack j <= 0.
  have few : s * (\rank N)%:R <= s * (minn k d)%:R.
    have [kd|dk] := leqP k d; first by rewrite ler_wpM2l ?value_first_ge0 // ler_nat.
    by rewrite /s (value_out t (ltnW dk)) !mul0r.
  have -> : \sum_j slack j = \sum_(j < d | (j < k)%N) t j - \tr (N *m M) - (s * (minn k d)%:R - s * (\rank N)%:R).
    have -> : s * (minn k d)%:R = \sum_(j < d) s * (j < k)%N%:R.
      by rewrite -mulr_sumr -natr_sum -card_below -sum1_card big_mkcond.
    rewrite (trace_overlap N dM) -(overlap_sum VV oN) mulr_sumr [X in _ = X - _ - _]big_mkcond -!sumrB.
    apply: eq_bigr => j _; by rewrite /slack; case: (j < k)%N => /=; ring.
  move: most few; lra.
have /eqP : \sum_j slack j == 0 by rewrite eq_le total sumr_ge0.
move/eqP; rewrite psumr_eq0 // => /allP /(_ i (mem_index_enum i)) /=; rewrite /slack ik mulf_eq0 !subr_eq0 gt_eqF //=.
by move/eqP => one; apply: overlap_one.
Qed.

(* where two values part, the projector is that on the first k *)
Lemma only_first : value t k < value t k.-1 -> forall i, N *m (row i V)^T = (i < k)%N%:R *: (row i V)^T.
Proof.
move=> lt i; have [_ _ sorted] := basis.
have kd : (k.-1 < d)%N.
  by rewrite ltnNge; apply/negP => dk; move: lt; rewrite (value_out t dk) ltNge value_first_ge0.
have keeps (j : 'I_d) : (j < k)%N -> N *m (row j V)^T = (row j V)^T.
  move=> jk; apply: above_first; apply: lt_le_trans lt _.
  have -> : value t k.-1 = t (Ordinal kd) := value_ord t (Ordinal kd).
  by rewrite sorted //= -ltnS (leq_trans jk) // leqSpred.
have [ik|ki] := ltnP i k; first by rewrite scale1r keeps.
have one (j : 'I_d) : (j < k)%N -> overlap V N j = 1.
  move=> jk; rewrite (overlap_norm V j oN) keeps // sqnorm_tr trmxK.
  have <- : (V *m V^T) j j = 1 by rewrite VV mxE eqxx.
  by rewrite trace_mx11 !mxE; apply: eq_bigr => x _; rewrite !mxE.
have : \sum_j overlap V N j <= k%:R by rewrite (overlap_sum VV oN) ler_nat.
rewrite (bigID (fun j : 'I_d => (j < k)%N)) /= (eq_bigr (fun=> 1)) => [|j /one //].
rewrite sumr_const (card_below d k) (minn_idPl (leq_trans (leqSpred k) kd)).
rewrite gerDl => le; rewrite scale0r; apply: sqnorm_eq0; rewrite -(overlap_norm V i oN); apply/le_anti.
rewrite overlap_ge0 // andbT; apply: le_trans le; rewrite (bigD1 i) /=; last by rewrite -leqNgt.
by rewrite lerDl sumr_ge0 // => j _; apply: overlap_ge0.
Qed.
End Kept.

(* moments of features are products of their weighted matrix *)
Section Moments.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).

Lemma weightedL_mul d k (X : 'M[R]_(n, d)) (W : 'M[R]_(d, k)) : weightedL P (X *m W) = weightedL P X *m W.
Proof. by apply/matrixP => x i; rewrite weighted_mul mxE. Qed.

Lemma feature_momentsE d (X : 'M[R]_(n, d)) : feature_moments P X = (weightedL P X)^T *m weightedL P X.
Proof.
apply/matrixP => i j; rewrite !mxE; apply: eq_bigr => x _; rewrite !mxE -[pL P x in LHS](sqrtL2 P x); ring.
Qed.

Lemma along_pairsE d (X : 'M[R]_(n, d)) : along_pairs P X = (weightedL P X)^T *m hop P *m weightedL P X.
Proof.
apply/matrixP => i j; rewrite !mxE exchange_big; apply: eq_bigr => x' _ /=.
rewrite !mxE mulr_suml; apply: eq_bigr => x _; rewrite hopE !mxE.
by field; rewrite !sqrtL_neq0.
Qed.

Lemma targetsE d (X : 'M[R]_(n, d)) : targets P y X = (weightedL P X)^T *m Y P y.
Proof.
apply/matrixP => i c; rewrite !mxE; apply: eq_bigr => x _; rewrite !mxE -[pL P x in LHS](sqrtL2 P x); ring.
Qed.

Lemma variationE k (s : 'M[R]_(n, k)) : variation P s = form (1%:M - hop P) (weightedL P s).
Proof. by rewrite /variation induced_squares mulrAC mulfV ?mul1r ?pnatr_eq0. Qed.
End Moments.

(* the encoder that has the first k vectors of a generalised eigenbasis *)
Section Generalised.
Variables (R : rcfType) (n m r d k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (X : 'M[R]_(n, d)).
Variables (K S E : 'M[R]_d) (t : 'I_d -> R) (C : 'M[R]_(d, r)) (B : 'M[R]_(k, r)) (low : R).
Local Notation F := (weightedL P X).
Local Notation f := (X *m (E^T *m pid_mx k) : 'M[R]_(n, k)).
Hypothesis basis : generalised_eigenbasis K S E t.

Lemma basis_diagonal : E *m K *m E^T = diag_mx (\row_i t i).
Proof.
have [ES EK _] := basis; have -> : E *m K = diag_mx (\row_i t i) *m (E *m S).
  apply/row_matrixP => i; rewrite !row_mul EK; apply/rowP => j; rewrite mxE [RHS]mxE (bigD1 i) //= big1 => [|i' ne].
    by rewrite addr0 !mxE eqxx mulr1n; congr (_ * _); apply: eq_bigr => x _; rewrite !mxE.
  by rewrite !mxE eq_sym (negPf ne) mulr0n mul0r.
by rewrite -mulmxA ES mulmx1.
Qed.

Local Notation gamma := (E *m S *m C).

Lemma from_coordinates : C = E^T *m gamma.
Proof. by have [ES _ _] := basis; rewrite mulmxA (mulmx1C ES) mul1mx. Qed.

Lemma form_second q (D : 'M[R]_(d, q)) : form S (E^T *m D) = sqnorm D.
Proof. by have [ES _ _] := basis; rewrite form_mul trmxK ES form1. Qed.

Lemma form_targets : form S C = sqnorm gamma.
Proof. by rewrite {1}from_coordinates form_second. Qed.

Lemma form_along q (D : 'M[R]_(d, q)) : form K (E^T *m D) = \sum_i t i * \sum_c D i c ^+ 2.
Proof.
rewrite form_mul trmxK basis_diagonal /form -mulmxA mul_diag_mx /mxtrace.
rewrite (eq_bigr (fun c => \sum_i t i * D i c ^+ 2)) => [|c _].
  by rewrite exchange_big; apply: eq_bigr => i _; rewrite mulr_sumr.
by rewrite mxE; apply: eq_bigr => i _; rewrite !mxE; ring.
Qed.

Lemma form_first : form K C = \sum_i t i * \sum_c gamma i c ^+ 2.
Proof. by rewrite {1}from_coordinates form_along. Qed.

Lemma form_unit i : form S (row i E)^T = 1 /\ form K (row i E)^T = t i.
Proof.
have [ES EK _] := basis; have E1 : row i E *m S *m (row i E)^T = 1%:M.
  apply/matrixP => a b; rewrite !ord1 [RHS]mxE eqxx -row_mul mxE.
  have -> : 1%:R = (E *m S *m E^T) i i by rewrite ES mxE eqxx.
  by rewrite mxE; apply: eq_bigr => x _; rewrite !mxE; congr (_ * _).
by rewrite /form trmxK EK -scalemxAl E1 linearZ /= mxtrace1 mulr1.
Qed.

Local Notation beyond := (\sum_(i < d | (k <= i)%N) \sum_c gamma i c ^+ 2).

(* what the probe on the first k misses of that on all features *)
Lemma generalised_mse : (forall v : 'cV[R]_d, low * sqnorm (F *m v) <= form S v) -> 0 < low ->
  least_squares P y X C -> least_squares P y f B -> mse P y f B <= mse P y X C + beyond / low.
Proof.
move=> covers low0 all best; pose D := E^T *m (diag_mx (\row_i (k <= i)%N%:R) *m gamma).
have parts : E^T *m (pid_mx k : 'M[R]_(d, k)) *m (pid_mx k *m gamma) = C - D.
  rewrite [in RHS]from_coordinates /D -mulmxBr -mulmxA; congr (_ *m _); rewrite mulmxA mul_pid_mx !minnn.
  have -> : pid_mx k = 1%:M - diag_mx (\row_i (k <= i)%N%:R) :> 'M[R]_d; last by rewrite mulmxBl mul1mx.
  apply/matrixP => i j; rewrite !mxE val_eqE; case: (eqVneq i j) => [->|_]; last by rewrite !mulr0n subr0.
  by rewrite !mulr1n /=; case: ltnP; rewrite ?subr0 ?subrr.
apply: le_trans (best (pid_mx k *m gamma)) _.
have {best} -> : mse P y f (pid_mx k *m gamma) = mse P y X C + sqnorm (F *m D).
  rewrite !mseE weightedL_mul -(mulmxA F) parts (least_squares_split F (C - D)) (least_squares_split F C).
  have /least_squaresP -> := all; rewrite subrr sqnorm0 add0r addrC; congr (_ + _).
  rewrite mulmxBr -[F *m C]/(F *m C); have /least_squaresP -> := all.
  by rewrite addrAC subrr add0r sqnormN.
rewrite lerD2l ler_pdivlMr // mulrC.
apply: le_trans (_ : form S D <= _).
  rewrite sqnorm_col mulr_sumr form_col; apply: ler_sum => c _; rewrite col_mul; exact: covers.
rewrite /D form_second mul_diag_mx [leRHS]big_mkcond; apply: ler_sum => i _; case: ifP => ki.
  by apply: ler_sum => c _; rewrite !mxE ki mul1r.
by rewrite big1 // => c _; rewrite !mxE ki mul0r expr0n.
Qed.

Hypothesis below : forall v : 'cV[R]_d, form K v <= form S v.

Lemma generalised_le1 i : t i <= 1.
Proof. by have [<- <-] := form_unit i. Qed.

Lemma generalised_beyond b : b < 1 -> (forall i : 'I_d, (k <= i)%N -> t i <= b) -> beyond <= form (S - K) C / (1 - b).
Proof.
move=> b1 le; rewrite ler_pdivlMr ?subr_gt0 // formB form_first form_targets -sumrB mulr_suml big_mkcond.
apply: ler_sum => i _; have c0 : 0 <= \sum_c gamma i c ^+ 2 by apply: sumr_ge0 => c _; apply: sqr_ge0.
rewrite -[X in _ <= X - _]mul1r -mulrBl; case: ifP => ki; last by rewrite mulr_ge0 // subr_ge0 generalised_le1.
by rewrite mulrC ler_wpM2r // lerD2l lerN2 le.
Qed.

(* moments *)
Lemma generalised_moment j :
  \tr (C^T *m iter j (fun Z => K *m invmx S *m Z) S *m C) = \sum_i t i ^+ j * \sum_c gamma i c ^+ 2.
Proof.
have [ES _ _] := basis; have [unitE _] := mulmx1_unit (etrans (mulmxA E S E^T) ES).
have [_ unitS] : E \in unitmx /\ S \in unitmx.
  by have := mulmx1_unit ES; rewrite unitmx_mul => - [/andP []].
pose Z := iter j (fun Z => K *m invmx S *m Z) S; rewrite -/Z.
have diag : E *m Z *m E^T = diag_mx (\row_i t i ^+ j).
  rewrite /Z; elim: j {Z} => [|j IH] /=.
    by rewrite ES; apply/matrixP => a b; rewrite !mxE expr0.
  have step (W : 'M[R]_d) : E *m (K *m invmx S *m W) *m E^T = (E *m K *m E^T) *m (E *m W *m E^T).
    have I : invmx S = E^T *m E.
      by rewrite -[RHS]mulmx1 -(mulmxV unitS) !mulmxA -(mulmxA E^T) (mulmx1C ES) mul1mx.
    by rewrite I !mulmxA.
  rewrite step IH basis_diagonal mulmx_diag; congr diag_mx; apply/rowP => a; by rewrite !mxE exprS.
have {1 2}-> := from_coordinates; rewrite -/(form Z _) form_mul trmxK diag /form -mulmxA mul_diag_mx /mxtrace.
rewrite (eq_bigr (fun c => \sum_i t i ^+ j * gamma i c ^+ 2)) => [|c _].
  by rewrite exchange_big; apply: eq_bigr => i _; rewrite mulr_sumr.
by rewrite mxE; apply: eq_bigr => i _; rewrite [_^T _ _]mxE [in X in _ * X]mxE [(\row_i _) _ _]mxE; ring.
Qed.

Hypothesis above : forall v : 'cV[R]_d, - form S v <= form K v.

Lemma generalised_polynomial (p : {poly R}) b : (forall u, -1 <= u <= b -> 1 <= p.[u]) ->
  (forall i : 'I_d, (k <= i)%N -> t i <= b) -> (forall i : 'I_d, (i < k)%N -> 0 <= p.[t i]) ->
  beyond <= \sum_(j < size p) p`_j * \tr (C^T *m iter j (fun Z => K *m invmx S *m Z) S *m C).
Proof.
move=> p1 le p0; have c0 i : 0 <= \sum_c gamma i c ^+ 2 by apply: sumr_ge0 => c _; apply: sqr_ge0.
have -> : \sum_(j < size p) p`_j * \tr (C^T *m iter j (fun Z => K *m invmx S *m Z) S *m C) =
          \sum_i p.[t i] * \sum_c gamma i c ^+ 2.
  rewrite (eq_bigr (fun j : 'I_(size p) => \sum_i p`_j * t i ^+ j * \sum_c gamma i c ^+ 2)) => [|j _].
    by rewrite exchange_big; apply: eq_bigr => i _; rewrite horner_coef mulr_suml.
  by rewrite generalised_moment mulr_sumr; apply: eq_bigr => i _; rewrite mulrA.
rewrite big_mkcond; apply: ler_sum => i _; case: leqP => ki; last by rewrite mulr_ge0 // p0.
rewrite -[leLHS]mul1r ler_wpM2r // p1 // le // andbT.
by have [S1 <-] := form_unit i; rewrite -S1.
Qed.
End Generalised.
