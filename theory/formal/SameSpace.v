(* Theorem 3: with a gap after the k-th value, all minimisers share the space of the first k eigenvectors. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section SameSpace.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Local Notation S := (hop P).
Local Notation A := (normalised P).
Local Notation below := (fun i : 'I_n => i < k)%N.
Local Notation T := (chosen U below).

(* b parts the first k values from the rest *)
Section Cut.
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (b : R).
Hypotheses (best : minimiser P f g) (kn : (k <= n)%N) (b0 : 0 <= b) (tail : tail_le k P b).
Hypothesis gap : forall i : 'I_n, (i < k)%N -> b < l i.
Local Notation F := (weightedL P f).
Local Notation G := (weightedR P g).
Local Notation Q := (colproj F).

Lemma kept_below (i : 'I_n) : (i < k)%N -> Q *m (row i U)^T = (row i U)^T.
Proof. by move=> ik; apply: (above_kept basis best b0 tail (gap ik)). Qed.

Lemma chosen_kept : T *m Q = T.
Proof.
have [symQ _] := colproj_ortho F.
rewrite /chosen -!mulmxA; congr (_ *m _); apply/row_matrixP => i.
rewrite /select mul_diag_mx [in RHS]mul_diag_mx; apply/rowP => j; rewrite !mxE.
case: ltnP => ik; last by rewrite !mul0r.
rewrite !mul1r; have := congr1 (fun v : 'cV[R]_n => v j 0) (kept_below ik).
rewrite -[in LHS]symQ -trmx_mul -row_mul !mxE => <-; done.
Qed.

(* the weighted columns of f span the first k eigenvectors *)
Theorem same_space_cut : (F^T :=: T)%MS.
Proof.
have [UU _] := eigenbasis_diagonalises basis.
have sub : (T <= F^T)%MS by rewrite -chosen_kept; apply: submx_trans (submxMl _ _) _; apply: proj_sub.
have rT : \rank T = k by rewrite (chosen_rank below UU) card_below (minn_idPl kn).
apply/eqmxP; rewrite sub andbT -(geq_leqif (mxrank_leqif_sup sub)) rT.
exact: rank_leq_row.
Qed.

Theorem same_projector_cut : Q = T.
Proof.
have [UU _] := eigenbasis_diagonalises basis.
exact: orthoproj_unique (chosen_orthoproj below UU) same_space_cut.
Qed.

Corollary same_spans_top_cut : spans P U below f.
Proof.
apply: eqmx_trans same_space_cut _; have [UU _] := eigenbasis_diagonalises basis.
apply/eqmxP; rewrite /chosen submxMl /= -[X in (X <= _)%MS](mul1mx (select R below *m U)) -UU -mulmxA.
exact: submxMl.
Qed.

(* the product, and so every score, is unique *)
Corollary same_product_cut : F *m G^T = T *m A.
Proof. by rewrite (optimum_left best) same_projector_cut. Qed.
End Cut.

(* with sigma_{k+1} < sigma_k *)
Section Gap.
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Hypotheses (best : minimiser P f g) (kn : (k < n)%N).
Hypothesis gap : forall i : 'I_n, (i < k)%N -> l (Ordinal kn) < l i.

Let l0 : 0 <= l (Ordinal kn). Proof. by have /andP [] := eigenvalue01 basis (Ordinal kn). Qed.

Theorem same_space : ((weightedL P f)^T :=: T)%MS.
Proof. exact: (same_space_cut best (ltnW kn) l0 (tail_of_basis basis kn) gap). Qed.

Theorem same_projector : colproj (weightedL P f) = T.
Proof. exact: (same_projector_cut best (ltnW kn) l0 (tail_of_basis basis kn) gap). Qed.

Corollary same_spans_top : spans P U below f.
Proof. exact: (same_spans_top_cut best (ltnW kn) l0 (tail_of_basis basis kn) gap). Qed.

Corollary same_product : weightedL P f *m (weightedR P g)^T = T *m A.
Proof. exact: (same_product_cut best (ltnW kn) l0 (tail_of_basis basis kn) gap). Qed.
End Gap.

(* as wide as there are nodes on the left *)
Lemma tail_full : (n <= k)%N -> tail_le k P 0.
Proof.
move=> nk; have E : (pid_mx n : 'M[R]_(n, k)) *m (pid_mx n : 'M[R]_(k, n)) = 1%:M.
  by rewrite mul_pid_mx minnn (minn_idPr nk) pid_mx_1.
exists (pid_mx n) => x xV; have -> : x = 0.
  by apply: trmx_inj; rewrite trmx0 -[x^T]mulmx1 -E mulmxA xV mul0mx.
by rewrite /form mulmx0 mxtrace0 sqnorm0 mulr0.
Qed.

Corollary same_space_all (kn : (k < n)%N) (f f' : 'M[R]_(n, k)) (g g' : 'M[R]_(m, k)) :
  (forall i : 'I_n, (i < k)%N -> l (Ordinal kn) < l i) -> minimiser P f g -> minimiser P f' g' ->
  colproj (weightedL P f) = colproj (weightedL P f') /\
  weightedL P f *m (weightedR P g)^T = weightedL P f' *m (weightedR P g')^T.
Proof.
move=> gap best best'; rewrite (same_projector best gap) (same_projector best' gap).
by rewrite (same_product best gap) (same_product best' gap).
Qed.
End SameSpace.

(* no converse is claimed *)
Section Consequences.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.

(* the k-th value above the next is enough: the values are sorted *)
Theorem same_space_gap (i j : 'I_n) (f : 'M[R]_(n, i.+1)) (g : 'M[R]_(m, i.+1)) :
  j = i.+1 :> nat -> l j < l i -> minimiser P f g ->
  colproj (weightedL P f) = chosen U (fun t : 'I_n => t < i.+1)%N.
Proof.
move=> ji lt best; have kn : (i.+1 < n)%N by rewrite -ji ltn_ord.
apply: (same_projector basis best (kn := kn)) => t ti.
have -> : Ordinal kn = j by apply: val_inj; rewrite /= ji.
by apply: lt_le_trans lt _; case: basis => _ _; apply; rewrite -ltnS.
Qed.

End Consequences.
