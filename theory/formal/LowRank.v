(* The value of the minimum: the trace inequality of Ky Fan, Eckart and Young's theorem for any matrix, theorem 2. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section KyFan.
Variables (R : rcfType) (n : nat).
Implicit Types (S U Q : 'M[R]_n) (l : 'I_n -> R) (d : pred 'I_n).

(* an orthonormal eigenbasis, in any order *)
Definition diagonalises U S l := U *m U^T = 1%:M /\ U *m S = diag_mx (\row_i l i) *m U.

Lemma eigenbasis_diagonalises S U l : eigenbasis S U l -> diagonalises U S l.
Proof.
case=> UU US _; split=> //; apply/row_matrixP => i.
by rewrite row_mul US mul_diag_mx; apply/rowP => j; rewrite !mxE.
Qed.

Lemma orthoproj_rank Q : orthoproj Q -> \tr Q = (\rank Q)%:R.
Proof. by move=> oQ; rewrite -(proj_trace Q) (orthoproj_unique oQ (eqmx_refl Q)). Qed.

Definition overlap U Q i : R := (U *m Q *m U^T) i i.

Lemma overlap_ge0 U Q i : orthoproj Q -> 0 <= overlap U Q i.
Proof.
case=> sym idem; rewrite /overlap.
have -> : U *m Q *m U^T = (Q *m U^T)^T *m (Q *m U^T).
  by rewrite trmx_mul trmxK sym -[in RHS]mulmxA (mulmxA Q Q) idem mulmxA.
by rewrite mxE; apply: sumr_ge0 => j _; rewrite mxE -expr2 sqr_ge0.
Qed.

Lemma overlap_le1 U Q i : U *m U^T = 1%:M -> orthoproj Q -> overlap U Q i <= 1.
Proof.
move=> UU oQ; have := overlap_ge0 U i (orthoproj_compl oQ).
by rewrite /overlap mulmxBr mulmx1 mulmxBl UU mxE [(- _ : 'M_n) _ _]mxE mxE eqxx subr_ge0.
Qed.

Lemma overlap_sum U Q : U *m U^T = 1%:M -> orthoproj Q -> \sum_i overlap U Q i = (\rank Q)%:R.
Proof.
move=> UU oQ; rewrite -(orthoproj_rank oQ) -[\sum_i _]/(\tr (U *m Q *m U^T)).
by rewrite mxtrace_mulC mulmxA (mulmx1C UU) mul1mx.
Qed.

Lemma trace_overlap U S l Q : diagonalises U S l -> \tr (Q *m S) = \sum_i l i * overlap U Q i.
Proof.
case=> UU US; have -> : S = U^T *m (diag_mx (\row_i l i) *m U) by rewrite -US mulmxA (mulmx1C UU) mul1mx.
rewrite mulmxA (mulmxA (Q *m U^T)) mxtrace_mulC (mulmxA U) (mulmxA U) mul_mx_diag.
by apply: eq_bigr => i _; rewrite mxE [X in _ * X]mxE mulrC.
Qed.

(* Ky Fan; s parts the chosen eigenvalues from the rest *)
Theorem ky_fan U S l d s Q :
  diagonalises U S l -> orthoproj Q -> 0 <= s -> (forall i, if d i then s <= l i else l i <= s) ->
  s = 0 \/ (\rank Q <= #|d|)%N -> \tr (Q *m S) <= \sum_(i | d i) l i.
Proof.
move=> dS oQ s0 sep rk; have [UU _] := dS; rewrite (trace_overlap Q dS).
apply: le_trans (_ : \sum_i ((if d i then l i - s else 0) + s * overlap U Q i) <= _).
  apply: ler_sum => i _; have := sep i; have := overlap_ge0 U i oQ; have := overlap_le1 i UU oQ.
  by case: (d i) => q1 q0 h; nra.
rewrite big_split /= -mulr_sumr overlap_sum // -big_mkcond sumrB sumr_const -addrA gerDl addrC subr_le0.
case: rk => [->|rk]; first by rewrite mul0r mul0rn.
by rewrite -[leRHS]mulr_natr ler_wpM2l // ler_nat.
Qed.

(* the projector on chosen eigenvectors *)
Definition chosen U d := U^T *m (select R d *m U).

Lemma chosen_orthoproj U d : U *m U^T = 1%:M -> orthoproj (chosen U d).
Proof.
move=> UU; rewrite /chosen; split; first by rewrite !trmx_mul trmxK tr_diag_mx mulmxA.
by rewrite -!mulmxA (mulmxA U U^T) UU mul1mx (mulmxA (select R d)) select2.
Qed.

Lemma overlap_chosen U d i : U *m U^T = 1%:M -> overlap U (chosen U d) i = (d i)%:R.
Proof.
move=> UU; rewrite /overlap /chosen mulmxA UU mul1mx -mulmxA UU mulmx1.
by rewrite !mxE eqxx mulr1n.
Qed.

Lemma chosen_rank U d : U *m U^T = 1%:M -> \rank (chosen U d) = #|d|.
Proof.
move=> UU; apply/eqP; rewrite -(eqr_nat R) -(overlap_sum UU (chosen_orthoproj d UU)).
rewrite (eq_bigr (fun i => (d i)%:R)) => [|i _]; last exact: overlap_chosen.
rewrite -natr_sum -sum1_card; apply/eqP; congr _%:R; rewrite [RHS]big_mkcond; apply: eq_bigr => i _.
by rewrite unfold_in; case: (d i).
Qed.

Lemma trace_chosen U S l d : diagonalises U S l -> \tr (chosen U d *m S) = \sum_(i | d i) l i.
Proof.
move=> dS; rewrite (trace_overlap _ dS) [RHS]big_mkcond; apply: eq_bigr => i _.
by rewrite overlap_chosen; [case: (d i); rewrite ?mulr1 ?mulr0|case: dS].
Qed.

Lemma card_below k : #|[pred i : 'I_n | (i < k)%N]| = minn k n.
Proof.
rewrite -sum1_card; have [le|lt] := leqP k n.
  by rewrite -(big_ord_widen _ (fun=> 1%N) le) sum_nat_const card_ord muln1.
rewrite (eq_bigl predT) => [|i]; first by rewrite sum_nat_const card_ord muln1.
by rewrite inE (ltn_trans (ltn_ord i) lt).
Qed.

End KyFan.

Section EckartYoung.
Variables (R : rcfType) (n m : nat).
Implicit Types (U Q : 'M[R]_n) (l : 'I_n -> R) (d : pred 'I_n) (A X : 'M[R]_(n, m)).

Lemma projected_distance A Q : orthoproj Q -> sqnorm (A - Q *m A) = sqnorm A - \tr (Q *m (A *m A^T)).
Proof.
move=> oQ; have := pythagoras A oQ; rewrite mulmxBl mul1mx => ->.
have -> : \tr (Q *m (A *m A^T)) = sqnorm (Q *m A) by rewrite -form_orthoproj // /form mulmxA mxtrace_mulC mulmxA.
by rewrite addrAC subrr add0r.
Qed.

Theorem eckart_young_matrix U A X l d s :
  diagonalises U (A *m A^T) l -> 0 <= s -> (forall i, if d i then s <= l i else l i <= s) ->
  s = 0 \/ (\rank X <= #|d|)%N -> sqnorm A - \sum_(i | d i) l i <= sqnorm (A - X).
Proof.
move=> dS s0 sep rk; have oQ := colproj_ortho X.
apply: le_trans (_ : sqnorm (A - colproj X *m A) <= _).
  rewrite projected_distance // lerD2l lerN2; apply: (ky_fan dS oQ s0 sep); case: rk => [|rk]; [by left|right].
  by apply: leq_trans _ rk; rewrite -(mxrank_tr X); apply: mxrankS (proj_sub _).
rewrite -[X in _ <= X]sqnormN opprB -{2}[X]mulmx1 (least_squares_split X 1%:M) mulmxBl mul1mx lerDr.
exact: sqnorm_ge0.
Qed.

Theorem eckart_young_attained U A l d :
  diagonalises U (A *m A^T) l -> sqnorm (A - chosen U d *m A) = sqnorm A - \sum_(i | d i) l i.
Proof.
move=> dS; rewrite projected_distance ?(trace_chosen _ dS) //; apply: chosen_orthoproj; by case: dS.
Qed.
End EckartYoung.

(* theorem 2 *)
Section Theorem2.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Local Notation A := (normalised P).
Local Notation below := (fun i : 'I_n => i < k)%N.

(* s parts the first k eigenvalues from the rest *)
Lemma sorted_part : exists s, [/\ 0 <= s, forall i : 'I_n, if below i then s <= l i else l i <= s &
   forall q, (q <= k)%N -> s = 0 \/ (q <= #|[pred i : 'I_n | below i]|)%N].
Proof.
have [nk|kn] := leqP n k.
  exists 0; split=> // [i|]; last by left.
  by rewrite (leq_trans (ltn_ord i) nk); have /andP [] := eigenvalue01 basis i.
exists (l (Ordinal kn)); split; first by have /andP [] := eigenvalue01 basis (Ordinal kn).
  by move=> i; case: ltnP => ik; case: basis => _ _; apply=> //=; apply: ltnW.
by move=> q qk; right; rewrite card_below (minn_idPl (ltnW kn)).
Qed.

Theorem loss_lower (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) : - (\sum_(i < n | (i < k)%N) l i) <= spectral_loss P f g.
Proof.
have [s [s0 sep rk]] := sorted_part.
have rX : (\rank (weightedL P f *m (weightedR P g)^T) <= k)%N.
  by apply: leq_trans (mxrankM_maxl _ _) _; apply: rank_leq_col.
have := eckart_young_matrix (eigenbasis_diagonalises basis) s0 sep (rk _ rX).
rewrite loss_factorisation; lra.
Qed.

Theorem loss_attained :
  exists (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)), spectral_loss P f g = - (\sum_(i < n | (i < k)%N) l i).
Proof.
have dS := eigenbasis_diagonalises basis; have [UU _] := dS; pose T := chosen U below.
have rT : (\rank (T *m A) <= k)%N.
  by apply: leq_trans (mxrankM_maxl _ _) _; rewrite (chosen_rank below UU) card_below geq_minl.
have [F [G E]] := factor_rank rT; exists (unweightL P F), (unweightR P G).
rewrite loss_factorisation unweightLK unweightRK -E (eckart_young_attained below dS).
by rewrite addrAC subrr add0r.
Qed.

Theorem optimum_value (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) :
  minimiser P f g <-> spectral_loss P f g = - (\sum_(i < n | (i < k)%N) l i).
Proof.
split=> [best|E f' g']; last by rewrite E loss_lower.
have [f' [g' E]] := loss_attained; apply/le_anti; by rewrite loss_lower andbT -E best.
Qed.

Corollary optimum_exists : exists (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)), minimiser P f g.
Proof. by have [f [g E]] := loss_attained; exists f, g; apply/optimum_value. Qed.
End Theorem2.
