(* Theorem 7: theorem 17 with hard weights, and theorem 6 with what a product near the optimum leaves over. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Margins Places.
From Pairbounds Require Import Inequalities Mirror Excess.
From Pairbounds Require Import theorem06_zero_shot theorem15_multihop theorem17_trained_encoders.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Probe.
Variables (R : rcfType) (n m r k j : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)).
Hypotheses (basis : eigenbasis (hop P) U l) (probe : least_squares P y f B) (gap : singular l k < singular l j).
Local Notation energy := (energy P y U).
Local Notation s := (value l j - value l k).

Lemma hard_error tail : \sum_(i < n | (j < i)%N) energy i <= tail ->
  error P y f B <= 2 * (Num.sqrt tail + Num.sqrt (largest_mass P y * excess P l f g / s)) ^+ 2.
Proof.
move=> le; have s0 : 0 < s by rewrite subr_gt0 (value_lt basis gap).
pose w (i : 'I_n) : R := (i <= j)%N%:R.
have above (i : 'I_n) : (i <= j)%N -> s <= l i - value l k.
  by move=> ij; rewrite lerD2r -(value_ord l i) (value_sorted basis).
have wk : soft_weights k l w.
  move=> i; rewrite /w; case: (leqP i j) => [/above h|_]; rewrite ?ler01 ?lexx //; split=> // le0; lra.
have wa : opnorm2_le (weighed P y U (per_root k l w)) ((Num.sqrt s)^-1 ^+ 2 * largest_mass P y).
  apply: (weighed_opnorm y basis) => i; rewrite /per_root /w; case: (leqP i j) => [/above h|_]; last first.
    by rewrite mul0r normr0 invr_ge0 sqrtr_ge0.
  have p0 : 0 < l i - value l k := lt_le_trans s0 h.
  by rewrite mul1r ger0_norm ?invr_ge0 ?sqrtr_ge0 // lef_pV2 ?posrE ?sqrtr_gt0 // ler_wsqrtr.
have := soft_mse g basis probe wk wa; rewrite exprVn sqr_sqrtr ?(ltW s0) //.
have -> : excess P l f g * (s^-1 * largest_mass P y) = largest_mass P y * excess P l f g / s by ring.
have -> : \sum_i (1 - w i) ^+ 2 * energy i = \sum_(i < n | (j < i)%N) energy i.
  rewrite [RHS]big_mkcond; apply: eq_bigr => i _; rewrite /w.
  by case: (leqP i j) => _; rewrite ?subrr ?subr0 ?expr0n ?expr1n ?mul0r ?mul1r.
move=> root; apply: le_trans (error_le_mse P y f B) _; rewrite ler_pM2l ?ltr0n //.
rewrite -[leLHS]sqr_sqrtr; last by rewrite (mse_projection probe) sqnorm_ge0.
rewrite ler_pXn2r ?nnegrE ?addr_ge0 ?sqrtr_ge0 //; apply: le_trans root _.
by rewrite lerD2r ler_wsqrtr.
Qed.
End Probe.

Theorem near_optimal_error (R : rcfType) : Statements.near_optimal_error R.
Proof.
move=> n m r k j P y U l f g B basis probe jk gap v1; apply: (hard_error g basis probe gap).
rewrite ler_pdivlMr ?subr_gt0 // (alphaT_energy y basis) mulr_suml big_mkcond; apply: ler_sum => i _.
have e0 := energy_ge0 P y U i; have /andP [_ l1] := eigenvalue01 basis i.
case: ltnP => ji; last by rewrite mulr_ge0 // subr_ge0.
by rewrite mulrC ler_wpM2r // lerD2l lerN2 -(value_ord l i) (value_sorted basis).
Qed.

Theorem sharp_near_optimal_error (R : rcfType) : Statements.sharp_near_optimal_error R.
Proof.
move=> n m r k j P y U l f g B basis probe jk gap; apply: (hard_error g basis probe gap).
rewrite lerBrDl -(energy_sum y basis) [leRHS](bigID (fun i : 'I_n => (i <= j)%N)) /= lerD2l.
by under [leRHS]eq_bigl do rewrite -ltnNge.
Qed.

Theorem multihop_near_optimal_error (R : rcfType) : Statements.multihop_near_optimal_error R.
Proof.
move=> n m r k j M P y U l f g B most basis probe jk gap bound; apply: (hard_error g basis probe gap).
apply: le_trans (bound _ _ _ (energy_measure y basis M)); rewrite big_mkcond [leRHS]big_mkcond; apply: ler_sum => i _.
have e0 := energy_ge0 P y U i; case: ltnP => ji; last by case: ifP.
by rewrite -(value_ord l i) (value_sorted basis).
Qed.

Section ZeroShot.
Variables (R : rcfType) (n m : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Local Notation A := (normalised P).
Local Notation S := (hop P).

(* what a matrix of rank k leaves over: one more direction costs Eckart and Young's theorem no more than its value *)
Lemma left_over k (X : 'M[R]_(n, m)) p (Z : 'M[R]_(m, p)) : (\rank X <= k)%N ->
  sqnorm ((A - X) *m Z) <= (sqnorm (A - X) - sqnorm A + \sum_(i < k) value l i + value l k) * sqnorm Z.
Proof.
move=> rX; rewrite (sqnorm_col Z) (sqnorm_col (_ *m Z)) mulr_sumr; apply: ler_sum => c _.
rewrite col_mul; move: (col c Z) => {c Z} v.
have [->|v0] := eqVneq v 0; first by rewrite mulmx0 !sqnorm0 mulr0.
have v_gt0 := sqnorm_gt0 v0; set D := A - X; pose E := (sqnorm v)^-1 *: (v *m v^T).
have oE : orthoproj E.
  by rewrite -[E]add0r; apply: outer_add; rewrite ?mul0mx //; split; rewrite ?trmx0 ?mul0mx.
have [symE _] := oE.
have DE : sqnorm (D *m E) = (sqnorm v)^-1 * sqnorm (D *m v).
  rewrite /E -scalemxAr sqnormZ mulmxA -[sqnorm (_ *m v^T)]sqnormT [sqnorm _^T]sqnorm_tr trmxK.
  rewrite (trmx_mul (D *m v)) trmxK.
  have -> : D *m v *m v^T *m (v *m (D *m v)^T) = sqnorm v *: (D *m v *m (D *m v)^T).
    rewrite -!mulmxA (mulmxA v^T v); have -> : v^T *m v = (sqnorm v)%:M.
      by rewrite [LHS]mx11_scalar -trace_mx11 -sqnorm_tr.
    by rewrite mul_scalar_mx -!scalemxAr.
  by rewrite mxtraceZ mxtrace_mulC -sqnorm_tr expr2 -mulrA mulKf // gt_eqF.
have split : sqnorm D = sqnorm (D *m E) + sqnorm (D - D *m E).
  rewrite -sqnormT (pythagoras D^T oE) -!(sqnormT (_ *m D^T)) !trmx_mul trmxK symE linearB /= trmx1 symE.
  by rewrite mulmxBr mulmx1.
have rE : (\rank (X + D *m E)%R <= k.+1)%N.
  have one : (\rank (D *m E) <= 1)%N.
    have -> : D *m E = (sqnorm v)^-1 *: (D *m v) *m v^T by rewrite /E -scalemxAr mulmxA scalemxAl.
    by apply: leq_trans (mxrankM_maxl _ _) (rank_leq_col _).
  by apply: leq_trans (mxrank_add _ _) _; rewrite -[k.+1]addn1 leq_add.
have [s [s0 sep rk]] := sorted_part k.+1 basis.
have := eckart_young_matrix (eigenbasis_diagonalises basis) s0 sep (rk _ rE).
have -> : A - (X + D *m E) = D - D *m E by rewrite opprD addrA.
rewrite -value_sum big_ord_recr /= => le; rewrite -ler_pdivrMr // [leLHS]mulrC -DE.
move: le split; rewrite -/D; lra.
Qed.

(* the right singular vectors of the first j + 1 values *)
Section Top.
Variable j : nat.
Hypothesis positive : 0 < value l j.
Local Notation T := (chosen U (fun i : 'I_n => (i < j.+1)%N)).
Let M := U^T *m (diag_mx (\row_i ((i < j.+1)%N%:R / l i)) *m U).
Definition top_right : 'M[R]_m := A^T *m M *m A.

Let symM : M^T = M. Proof. by rewrite /M !trmx_mul trmxK tr_diag_mx mulmxA. Qed.
Let diag2 (c d : 'I_n -> R) : U^T *m (diag_mx (\row_i c i) *m U) *m (U^T *m (diag_mx (\row_i d i) *m U))
  = U^T *m (diag_mx (\row_i (c i * d i)) *m U).
Proof.
rewrite -!mulmxA (mulmxA U U^T) (UUt basis) mul1mx (mulmxA (diag_mx _)); congr (_ *m (_ *m _)).
by rewrite mul_diag_mx; apply/matrixP => a b; rewrite !mxE mulrnAr.
Qed.
Let first_gt0 (i : 'I_n) : (i < j.+1)%N -> 0 < l i.
Proof. by move=> ij; rewrite -(value_ord l i) (lt_le_trans positive) // (value_sorted basis). Qed.
Let SM : S *m M = T.
Proof.
have -> : S = U^T *m (diag_mx (\row_i l i) *m U) by rewrite -(US basis) mulmxA (UtU basis) mul1mx.
rewrite diag2; congr (_ *m (diag_mx _ *m _)); apply/rowP => i; rewrite !mxE.
by case: ltnP => [/first_gt0 l0|_]; rewrite ?mul0r ?mulr0 // mul1r mulfV // gt_eqF.
Qed.
Let MS : M *m S = T.
Proof.
have [symT _] := chosen_orthoproj (fun i : 'I_n => (i < j.+1)%N) (UUt basis).
by rewrite -[LHS]trmxK (trmx_mul M) symM hop_sym SM symT.
Qed.
Let MT : M *m T = M.
Proof.
rewrite /M /chosen /select diag2; congr (_ *m (diag_mx _ *m _)); apply/rowP => i; rewrite !mxE.
by case: ltnP => _; rewrite ?mulr1 // !mul0r.
Qed.

Lemma mul_top : A *m top_right = T *m A.
Proof. by rewrite /top_right !(mulmxA A) -[A *m A^T]/S SM. Qed.

Lemma top_ortho : orthoproj top_right.
Proof.
split; first by rewrite /top_right 2!trmx_mul trmxK symM mulmxA.
have -> : top_right *m top_right = A^T *m M *m (A *m top_right) by rewrite (mulmxA _ A).
by rewrite mul_top (mulmxA _ T A) -(mulmxA A^T M T) MT.
Qed.

Lemma top_commutes : top_right *m hop (mirror P) = hop (mirror P) *m top_right.
Proof.
rewrite mirror_hop -[RHS]mulmxA mul_top /top_right (mulmxA _ A^T A) -(mulmxA _ A A^T) -[A *m A^T]/S.
by rewrite -(mulmxA A^T M S) MS (mulmxA A^T T).
Qed.

(* of the captions' classes, outside these vectors *)
Lemma top_tail r (z : 'I_m -> 'I_r) : value l j.+1 < 1 ->
  sqnorm ((1%:M - top_right) *m Y (mirror P) z) <= tau P z / (1 - value l j.+1).
Proof.
move=> v1; rewrite ler_pdivlMr ?subr_gt0 //; set V := _ *m Y _ _; have [_ idN] := orthoproj_compl top_ortho.
have com : top_right *m (1%:M - hop (mirror P)) = (1%:M - hop (mirror P)) *m top_right.
  by rewrite mulmxBr mulmxBl mulmx1 mul1mx top_commutes.
have := key_identity (mirror P) z; rewrite mirror_alphaT (form_commuting _ top_ortho com) -/V => tauE.
have pos := laplacian_ge0 (mirror P) (top_right *m Y (mirror P) z).
have right_form p (X : 'M_(m, p)) : form (1%:M - hop (mirror P)) X = sqnorm X - sqnorm (A *m X).
  by rewrite formB form1 mirror_hop /form [sqnorm (A *m X)]sqnorm_tr trmx_mul !mulmxA.
have rT : (\rank (T *m A) <= j.+1)%N.
  by apply: leq_trans (mxrankM_maxl _ _) _; rewrite (chosen_rank _ (UUt basis)) card_below geq_minl.
have AV : A *m V = (A - T *m A) *m V.
  rewrite -mul_top -[X in X - _]mulmx1 -mulmxBr -(mulmxA A); congr (_ *m _).
  by rewrite /V (mulmxA _ _ (Y _ _)) idN.
have := left_over V rT; have dS := eigenbasis_diagonalises basis.
rewrite -AV (eckart_young_attained (fun i : 'I_n => (i < j.+1)%N) dS) value_sum.
have cancel (a c v : R) : a - c - a + c + v = v by ring.
rewrite cancel mulrBr mulr1 [_ * value _ _]mulrC; move: tauE pos; rewrite (right_form _ V); lra.
Qed.
End Top.

Section Pair.
Variables (k : nat) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Local Notation F := (weightedL P f).
Local Notation G := (weightedR P g).
Local Notation Q := (colproj F).
Local Notation e := (excess P l f g).

Lemma residual p (Z : 'M[R]_(m, p)) : sqnorm ((A - F *m G^T) *m Z) <= (value l k + e) * sqnorm Z.
Proof.
have rX : (\rank (F *m G^T) <= k)%N by apply: leq_trans (mxrankM_maxl _ _) _; apply: rank_leq_col.
apply: le_trans (left_over Z rX) _; rewrite ler_wpM2r ?sqnorm_ge0 // /excess loss_factorisation; lra.
Qed.

Lemma zero_shot_residual r (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r) (Z := Y (mirror P) z) :
  zero_shot_error P y z f g
    <= 2 * (Num.sqrt (2 * alpha P y z - tau P z) + Num.sqrt (sqnorm ((A - F *m G^T) *m Z))) ^+ 2.
Proof.
apply: le_trans (scores_error P y z f g) _; rewrite ler_pM2l ?ltr0n // -sqnormN opprB -(subrKA (A *m Z)).
by apply: le_trans (triangle _ _) _; rewrite off_captions mulmxBl.
Qed.

(* the excess pays for what a product lacks on these vectors *)
Lemma top_lost j : (j < k)%N -> value l k < value l j ->
  (value l j - value l k) * sqnorm ((A - F *m G^T) *m top_right j) <= e.
Proof.
move=> jk gap; set s := _ - _; have s0 : 0 < s by rewrite subr_gt0.
have positive : 0 < value l j := le_lt_trans (value_ge0 basis k) gap.
have oQ := colproj_ortho F; have oN := orthoproj_compl oQ; have [_ idN] := oN; have [symN _] := oN.
have oT := top_ortho positive; pose T := chosen U (fun i : 'I_n => (i < j.+1)%N).
have s1 : s <= 1 by have /andP [_ v1] := value01 basis j; have := value_ge0 basis k; rewrite /s; lra.
have inside : sqnorm (Q *m ((A - F *m G^T) *m top_right j)) <= sqnorm (F *m G^T - Q *m A).
  rewrite mulmxA mulmxBr (mulmxA Q F) colproj_id -[X in _ <= X]sqnormN opprB.
  have [symT _] := oT; rewrite -sqnormT -[leRHS]sqnormT trmx_mul symT; exact: orthoproj_le.
have outside : sqnorm ((1%:M - Q) *m ((A - F *m G^T) *m top_right j))
    = \sum_(i < n) (i < j.+1)%N%:R * l i * (1 - overlap U Q i).
  rewrite mulmxA mulmxBr (mulmxA _ F) (mulmxBl _ _ F) mul1mx colproj_id subrr mul0mx subr0 -mulmxA mul_top // mulmxA.
  have [symT _] := chosen_orthoproj (fun i : 'I_n => (i < j.+1)%N) (UUt basis).
  rewrite -sqnormT trmx_mul -form_gram (trmx_mul (1%:M - Q)) symN symT (form_diag basis _ (US basis)).
  apply: eq_bigr => i _; rewrite mxE -mulrA mulrCA; congr (_ * _).
  rewrite -(overlap_compl basis) (overlap_norm _ _ oN).
  rewrite /chosen !mulmxA (UUt basis) mul1mx -(mulmxA (select _ _)) mul_diag_mx.
  rewrite -sqnormT trmx_mul trmxK symN -row_mul /sqnorm big_ord1 mulr_sumr; apply: eq_bigr => x _.
  by rewrite !mxE; case: ltnP => _; rewrite ?mul1r // !mul0r expr0n.
rewrite (pythagoras _ oQ) outside mulrDr.
have := excess_overlap f g basis (value_ge0 basis k); apply: le_trans; rewrite addrC lerD //; last first.
  apply: le_trans (_ : s * sqnorm (F *m G^T - Q *m A) <= _); first by rewrite ler_wpM2l // ltW.
  by rewrite ler_piMl ?sqnorm_ge0.
rewrite mulr_sumr; apply: ler_sum => i _.
have /andP [q0 q1] := overlap01 f basis i; move: (overlap U Q i) q0 q1 => q q0 q1.
have /andP [l0 l1] := eigenvalue01 basis i; have := value_sorted basis (i := i); rewrite value_ord => below.
have := value_sorted basis (j := i); rewrite value_ord => above.
case: (ltnP i k) => [ik|ki]; last first.
  by rewrite ltnNge (leq_trans jk ki) /= !mul0r mulr0 mulr_ge0 // subr_ge0 above.
case: ltnP => [ij|_]; last by rewrite !mul0r mulr0 mulr_ge0 ?subr_ge0 // below // ltnW.
rewrite mul1r mulrA ler_wpM2r ?subr_ge0 //; apply: le_trans (_ : s <= _); first by rewrite ler_piMr // ltW.
by rewrite lerD2r below.
Qed.
End Pair.
End ZeroShot.

Theorem zero_shot_near_optimal (R : rcfType) : Statements.zero_shot_near_optimal R.
Proof.
move=> n m r k j P y z U l f g basis jk /(value_lt basis) gap v1; apply: le_trans (zero_shot_residual P f g y z) _.
have s0 : 0 < value l j - value l k by rewrite subr_gt0.
have positive : 0 < value l j := le_lt_trans (value_ge0 basis k) gap.
have c0 : 0 <= value l k + excess P l f g by rewrite addr_ge0 ?(value_ge0 basis) ?(excess_ge0 f g basis).
rewrite ler_pM2l ?ltr0n // ler_pXn2r ?nnegrE ?addr_ge0 ?sqrtr_ge0 // -[leRHS]addrA lerD2l.
set D := normalised P - _; set Z := Y _ _; set E := top_right P U l j.
have -> : D *m Z = D *m E *m Z + D *m ((1%:M - E) *m Z).
  by rewrite (mulmxBl _ E) mul1mx (mulmxBr D) (mulmxA D E) [RHS]addrC subrK.
apply: le_trans (triangle_sqrt _ _) _; rewrite lerD // ler_wsqrtr //.
  apply: le_trans (opnorm2_mul _ (opnorm2_classes (mirror P) z)) _.
  have -> : largest_mass (mirror P) z = largest_mass_right P z.
    by apply: eq_bigr => c _; apply: eq_bigr => x _; rewrite mirror_pL.
  rewrite -mulrA ler_wpM2l ?bigmax_ge_id // ler_pdivlMr // mulrC; exact: (top_lost basis f g jk gap).
apply: le_trans (residual basis f g _) _; rewrite -mulrA ler_wpM2l //; exact: (top_tail basis positive z v1).
Qed.
