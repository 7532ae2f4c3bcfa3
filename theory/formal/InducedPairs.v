(* The loss on induced pairs, and its symmetric minimisers. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank SameSpace.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section InducedGraph.
Variables (R : rcfType) (n m : nat) (P : graph R n m).

Definition induced_weight : 'M[R]_n := \matrix_(x, x') induced P x x'.

Lemma induced_row x : \sum_x' induced_weight x x' = pL P x.
Proof. by rewrite -(induced_marginal P x); apply: eq_bigr => x' _; rewrite mxE. Qed.

Lemma induced_col x : \sum_x' induced_weight x' x = pL P x.
Proof. by rewrite -(induced_marginal P x); apply: eq_bigr => x' _; rewrite mxE induced_sym. Qed.

Lemma induced_weight_ge0 x x' : 0 <= induced_weight x x'.
Proof. by rewrite mxE induced_ge0. Qed.

Lemma induced_weight_sum : \sum_x \sum_x' induced_weight x x' = 1.
Proof. by rewrite -(pL_sum P); apply: eq_bigr => x _; rewrite induced_row. Qed.

Lemma induced_left_gt0 x : 0 < \sum_x' induced_weight x x'. Proof. by rewrite induced_row pL_gt0. Qed.
Lemma induced_right_gt0 x : 0 < \sum_x' induced_weight x' x. Proof. by rewrite induced_col pL_gt0. Qed.

(* the pairs of left nodes with a common right node, as a graph *)
Definition induced_graph : graph R n n :=
  Graph induced_weight_ge0 induced_weight_sum induced_left_gt0 induced_right_gt0.

Lemma induced_pL x : pL induced_graph x = pL P x. Proof. exact: induced_row. Qed.
Lemma induced_pR x : pR induced_graph x = pL P x. Proof. exact: induced_col. Qed.

Lemma induced_weightedL k (f : 'M[R]_(n, k)) : weightedL induced_graph f = weightedL P f.
Proof. by apply/matrixP => x i; rewrite !mxE induced_pL. Qed.

Lemma induced_weightedR k (f : 'M[R]_(n, k)) : weightedR induced_graph f = weightedL P f.
Proof. by apply/matrixP => x i; rewrite !mxE induced_pR. Qed.

Lemma induced_normalised : normalised induced_graph = hop P.
Proof. by apply/matrixP => x x'; rewrite hopE mxE induced_pL induced_pR mxE. Qed.

Lemma induced_hop : hop induced_graph = hop P *m hop P.
Proof. by rewrite {1}/hop induced_normalised hop_sym. Qed.

Lemma induced_basis U l : eigenbasis (hop P) U l -> eigenbasis (hop induced_graph) U (fun i => l i ^+ 2).
Proof.
move=> basis; have [UU US srt] := basis; rewrite induced_hop; split=> // [i|i j ij].
  by rewrite (mulmxA (row i U)) US -scalemxAl US scalerA expr2.
have /andP [i0 _] := eigenvalue01 basis i; have /andP [j0 _] := eigenvalue01 basis j.
by rewrite ler_pXn2r ?nnegrE // srt.
Qed.
End InducedGraph.

Section InducedLoss.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Local Notation PT := (induced_graph P).
Local Notation S := (hop P).
Local Notation T := (chosen U (fun i : 'I_n => i < k)%N).

Lemma induced_lossE (h : 'M[R]_(n, k)) : induced_loss P h = spectral_loss PT h h.
Proof.
rewrite /induced_loss /spectral_loss; congr (_ * _ + _); apply: eq_bigr => x _; apply: eq_bigr => x' _.
  by rewrite [weight _ x x']mxE.
by rewrite induced_pL induced_pR.
Qed.

Definition root : 'M[R]_(n, k) := U^T *m (diag_mx (\row_i Num.sqrt (l i)) *m pid_mx k).

Lemma root_square : root *m root^T = T *m S.
Proof.
have [_ US] := eigenbasis_diagonalises basis.
rewrite /root /chosen !trmx_mul trmxK tr_diag_mx tr_pid_mx -!mulmxA US; congr (_ *m _).
have pp : (pid_mx k : 'M[R]_(n, k)) *m (pid_mx k : 'M[R]_(k, n)) = pid_mx k by rewrite mul_pid_mx !minnn.
set D := diag_mx (\row_i Num.sqrt (l i)); rewrite (mulmxA (pid_mx k) (pid_mx k) (D *m U)) pp.
rewrite (mulmxA (pid_mx k) D U) (mulmxA D (pid_mx k *m D) U) (mulmxA (select R _) _ U) /D.
congr (_ *m _); rewrite !mul_diag_mx mul_mx_diag; apply/matrixP => i j; rewrite !mxE.
rewrite -[in RHS]val_eqE /=; have [E|_] := eqVneq (nat_of_ord i) (nat_of_ord j); last by rewrite !(mulr0, mul0r).
have -> : i = j by apply: ord_inj.
rewrite /= mulr1n; case: (j < k)%N; last by rewrite !(mulr0, mul0r).
rewrite !mul1r -expr2 sqr_sqrtr //.
by have /andP [] := eigenvalue01 basis j.
Qed.

Lemma induced_loss_root : induced_loss P (unweightL P root) = - (\sum_(i < n | (i < k)%N) l i ^+ 2).
Proof.
have dS := eigenbasis_diagonalises (induced_basis basis).
rewrite induced_lossE loss_factorisation induced_weightedL induced_weightedR unweightLK root_square.
have -> : S = normalised PT by rewrite induced_normalised.
by rewrite (eckart_young_attained (fun i : 'I_n => i < k)%N dS) addrAC subrr add0r.
Qed.

Theorem induced_optimum_value (h : 'M[R]_(n, k)) :
  induced_minimiser P h <-> induced_loss P h = - (\sum_(i < n | (i < k)%N) l i ^+ 2).
Proof.
have low (h' : 'M[R]_(n, k)) : - (\sum_(i < n | (i < k)%N) l i ^+ 2) <= induced_loss P h'.
  by rewrite induced_lossE; apply: (loss_lower (induced_basis basis)).
split=> [best|E h']; last by rewrite E low.
by apply/le_anti; rewrite low andbT -induced_loss_root best.
Qed.

Corollary induced_optimum_two_sided (h : 'M[R]_(n, k)) : induced_minimiser P h -> minimiser PT h h.
Proof. by move/induced_optimum_value; rewrite induced_lossE => E; apply/(optimum_value (induced_basis basis)). Qed.

(* a projector that keeps the first eigenvectors of positive values keeps the root *)
Lemma root_kept (Q : 'M[R]_n) :
  (forall i : 'I_n, (i < k)%N -> 0 < l i -> Q *m (row i U)^T = (row i U)^T) -> Q *m root = root.
Proof.
move=> kept; rewrite /root mulmxA; apply/matrixP => x c.
rewrite [LHS]mxE [RHS]mxE; apply: eq_bigr => j _; rewrite mul_diag_mx [X in _ * X]mxE [X in _ = _ * X]mxE !mxE.
case: eqP => [jc|_]; last by rewrite !(mulr0, mulr0n).
have jk : (j < k)%N by rewrite jc ltn_ord.
have [l0|l0] := ltP 0 (l j); last by rewrite ler0_sqrtr // !mul0r !mulr0.
congr (_ * _); have := congr1 (fun v : 'cV[R]_n => v x 0) (kept j jk l0); rewrite !mxE => <-.
by apply: eq_bigr => t _; rewrite !mxE.
Qed.
End InducedLoss.
