(* Squared Frobenius norms, quadratic forms and orthogonal projectors over a real field. No square root is used here. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Frobenius.
Variable R : realFieldType.

Definition form n p (M : 'M[R]_n) (X : 'M[R]_(n, p)) : R := \tr (X^T *m M *m X).

Lemma sqnorm_tr n p (X : 'M[R]_(n, p)) : sqnorm X = \tr (X^T *m X).
Proof.
rewrite /sqnorm /mxtrace exchange_big; apply: eq_bigr => j _.
by rewrite !mxE; apply: eq_bigr => i _; rewrite !mxE expr2.
Qed.

Lemma sqnorm_ge0 n p (X : 'M[R]_(n, p)) : 0 <= sqnorm X.
Proof. by apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.

Lemma sqnorm_eq0 n p (X : 'M[R]_(n, p)) : sqnorm X = 0 -> X = 0.
Proof.
move=> /eqP; rewrite psumr_eq0 => [|i _]; last by apply: sumr_ge0 => j _; apply: sqr_ge0.
move=> /allP X0; apply/matrixP => i j; rewrite mxE.
have /implyP /(_ isT) := X0 i (mem_index_enum i).
rewrite psumr_eq0 => [/allP Xi0|l _]; last exact: sqr_ge0.
by have /implyP /(_ isT) := Xi0 j (mem_index_enum j); rewrite sqrf_eq0 => /eqP.
Qed.

Lemma sqnorm0 n p : sqnorm (0 : 'M[R]_(n, p)) = 0.
Proof. by rewrite sqnorm_tr mulmx0 mxtrace0. Qed.

Lemma sqnorm_gt0 n p (X : 'M[R]_(n, p)) : X != 0 -> 0 < sqnorm X.
Proof. by move=> X0; rewrite lt_neqAle sqnorm_ge0 andbT eq_sym; apply: contra X0 => /eqP /sqnorm_eq0 ->. Qed.

Lemma sqnormT n p (X : 'M[R]_(n, p)) : sqnorm X^T = sqnorm X.
Proof. by rewrite !sqnorm_tr trmxK mxtrace_mulC. Qed.

Lemma sqnormD n p (X Y : 'M[R]_(n, p)) : sqnorm (X + Y) = sqnorm X + 2 * \tr (X^T *m Y) + sqnorm Y.
Proof.
have trD : (X + Y)^T = X^T + Y^T by rewrite linearD.
rewrite !sqnorm_tr trD mulmxDl !mulmxDr !mxtraceD.
have -> : \tr (Y^T *m X) = \tr (X^T *m Y) by rewrite -mxtrace_tr trmx_mul trmxK.
ring.
Qed.

Lemma sqnormN n p (X : 'M[R]_(n, p)) : sqnorm (- X) = sqnorm X.
Proof. by rewrite !sqnorm_tr [(- X)^T]linearN /= mulNmx mulmxN opprK. Qed.

Lemma form1 n p (X : 'M[R]_(n, p)) : form 1%:M X = sqnorm X.
Proof. by rewrite /form mulmx1 sqnorm_tr. Qed.

Lemma formB n p (M N : 'M[R]_n) (X : 'M[R]_(n, p)) : form (M - N) X = form M X - form N X.
Proof. by rewrite /form mulmxBr mulmxBl linearB. Qed.

Lemma formD n p (M N : 'M[R]_n) (X : 'M[R]_(n, p)) : form (M + N) X = form M X + form N X.
Proof. by rewrite /form mulmxDr mulmxDl linearD. Qed.

Lemma formZ n p a (M : 'M[R]_n) (X : 'M[R]_(n, p)) : form (a *: M) X = a * form M X.
Proof. by rewrite /form -scalemxAr -scalemxAl linearZ. Qed.

Lemma form_gram n m p (A : 'M[R]_(n, m)) (X : 'M[R]_(n, p)) : form (A *m A^T) X = sqnorm (A^T *m X).
Proof. by rewrite /form sqnorm_tr trmx_mul trmxK !mulmxA. Qed.

Lemma form_mul n p q (M : 'M[R]_n) (Q : 'M[R]_(n, q)) (X : 'M[R]_(q, p)) :
  form M (Q *m X) = form (Q^T *m M *m Q) X.
Proof. by rewrite /form trmx_mul !mulmxA. Qed.

Lemma formE n p (M : 'M[R]_n) (X : 'M[R]_(n, p)) :
  form M X = \sum_c \sum_i \sum_j X i c * M i j * X j c.
Proof.
rewrite /form /mxtrace; apply: eq_bigr => c _; rewrite mxE exchange_big /=.
apply: eq_bigr => j _; rewrite mxE mulr_suml; apply: eq_bigr => i _; by rewrite mxE.
Qed.

Lemma form_col n p (M : 'M[R]_n) (X : 'M[R]_(n, p)) : form M X = \sum_c form M (col c X).
Proof.
rewrite formE; apply: eq_bigr => c _; rewrite formE big_ord1.
by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite !mxE.
Qed.

Lemma sqnorm_col n p (X : 'M[R]_(n, p)) : sqnorm X = \sum_c sqnorm (col c X).
Proof. by rewrite -form1 form_col; apply: eq_bigr => c _; rewrite form1. Qed.

(* Orthogonal projectors. *)
Definition orthoproj n (Q : 'M[R]_n) := Q^T = Q /\ Q *m Q = Q.

Lemma orthoproj_compl n (Q : 'M[R]_n) : orthoproj Q -> orthoproj (1%:M - Q).
Proof.
case=> sym idem; split; first by rewrite linearB /= trmx1 sym.
by rewrite mulmxBr mulmx1 mulmxBl mul1mx idem subrr subr0.
Qed.

Lemma pythagoras n p (Q : 'M[R]_n) (X : 'M[R]_(n, p)) :
  orthoproj Q -> sqnorm X = sqnorm (Q *m X) + sqnorm ((1%:M - Q) *m X).
Proof.
case=> sym idem; have {1}-> : X = Q *m X + (1%:M - Q) *m X by rewrite mulmxBl mul1mx addrC subrK.
rewrite sqnormD trmx_mul sym -mulmxA (mulmxA Q) mulmxBr mulmx1 idem subrr mul0mx mulmx0 mxtrace0; ring.
Qed.

Lemma orthoproj_le n p (Q : 'M[R]_n) (X : 'M[R]_(n, p)) : orthoproj Q -> sqnorm (Q *m X) <= sqnorm X.
Proof. by move=> oQ; rewrite (pythagoras X oQ) lerDl sqnorm_ge0. Qed.

Lemma form_orthoproj n p (Q : 'M[R]_n) (X : 'M[R]_(n, p)) : orthoproj Q -> form Q X = sqnorm (Q *m X).
Proof. by case=> sym idem; rewrite /form sqnorm_tr trmx_mul sym -!mulmxA (mulmxA Q) idem. Qed.

Lemma gram_unit q n (B : 'M[R]_(q, n)) : row_free B -> B *m B^T \in unitmx.
Proof.
move=> freeB; rewrite -row_free_unit; apply: inj_row_free => v v0.
apply/eqP; rewrite -(mulmx_free_eq0 _ freeB); apply/eqP.
by apply: sqnorm_eq0; rewrite -sqnormT sqnorm_tr trmxK trmx_mul mulmxA -(mulmxA v) v0 mul0mx mxtrace0.
Qed.

Definition rowproj q n (B : 'M[R]_(q, n)) : 'M[R]_n := B^T *m invmx (B *m B^T) *m B.

Lemma rowproj_ortho q n (B : 'M[R]_(q, n)) : row_free B -> orthoproj (rowproj B).
Proof.
move=> /gram_unit U; have sym : (invmx (B *m B^T))^T = invmx (B *m B^T) by rewrite trmx_inv trmx_mul trmxK.
rewrite /rowproj; split; first by rewrite !trmx_mul trmxK sym mulmxA.
by rewrite -!mulmxA (mulmxA B) (mulmxA (invmx _) (B *m B^T)) mulVmx // mul1mx.
Qed.

Lemma rowproj_id q q' n (B : 'M[R]_(q, n)) (C : 'M[R]_(q', q)) : row_free B -> C *m B *m rowproj B = C *m B.
Proof. by move=> /gram_unit U; rewrite /rowproj -!mulmxA (mulmxA B) (mulmxA (B *m B^T)) mulmxV // mul1mx. Qed.

Lemma rowproj_trace q n (B : 'M[R]_(q, n)) : row_free B -> \tr (rowproj B) = q%:R.
Proof. by move=> /gram_unit U; rewrite /rowproj -mulmxA mxtrace_mulC -mulmxA mulVmx // mxtrace1. Qed.

Definition proj q n (W : 'M[R]_(q, n)) : 'M[R]_n := rowproj (row_base W).

Lemma proj_ortho q n (W : 'M[R]_(q, n)) : orthoproj (proj W).
Proof. exact: rowproj_ortho (row_base_free W). Qed.

Lemma proj_sub q n (W : 'M[R]_(q, n)) : (proj W <= W)%MS.
Proof. by rewrite -(eq_row_base W) submxMl. Qed.

Lemma proj_id q q' n (W : 'M[R]_(q, n)) (X : 'M[R]_(q', n)) : (X <= W)%MS -> X *m proj W = X.
Proof. by rewrite -(eq_row_base W) => /submxP [C ->]; apply: rowproj_id (row_base_free W). Qed.

Lemma proj_trace q n (W : 'M[R]_(q, n)) : \tr (proj W) = (\rank W)%:R.
Proof. exact: rowproj_trace (row_base_free W). Qed.

Definition colproj n k (F : 'M[R]_(n, k)) := proj F^T.

Lemma colproj_ortho n k (F : 'M[R]_(n, k)) : orthoproj (colproj F).
Proof. exact: proj_ortho. Qed.

Lemma colproj_id n k (F : 'M[R]_(n, k)) : colproj F *m F = F.
Proof.
have [sym _] := colproj_ortho F; apply: trmx_inj; rewrite trmx_mul sym; exact: proj_id.
Qed.

Lemma colproj_factor n k p (F : 'M[R]_(n, k)) (X : 'M[R]_(n, p)) : exists B, F *m B = colproj F *m X.
Proof.
have [sym _] := colproj_ortho F; have /submxP [D E] := proj_sub F^T.
by exists (D^T *m X); rewrite mulmxA -{1}[F]trmxK -trmx_mul -E sym.
Qed.

(* The least squares problem, and the formula by projection. *)
Lemma least_squares_split n k p (F : 'M[R]_(n, k)) (B : 'M[R]_(k, p)) (Y : 'M[R]_(n, p)) :
  sqnorm (F *m B - Y) = sqnorm (F *m B - colproj F *m Y) + sqnorm ((1%:M - colproj F) *m Y).
Proof.
rewrite (pythagoras (F *m B - Y) (colproj_ortho F)); congr (_ + _).
  by rewrite mulmxBr mulmxA colproj_id.
by rewrite mulmxBr mulmxA mulmxBl mul1mx colproj_id subrr mul0mx sub0r sqnormN.
Qed.

End Frobenius.
