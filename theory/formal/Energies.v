(* Label energies, multi-hop consistency, theorem 4 with its sharp two-sided form for the top k, theorem 15 for every
   minimiser of the loss. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Energies.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Local Notation S := (hop P).
Local Notation Y := (Y P y).

Fixpoint hops j : 'M[R]_n := if j is i.+1 then S *m hops i else 1%:M.
Definition moment j : R := form (hops j) Y.
Definition poly_hop (p : {poly R}) : 'M[R]_n := \sum_(j < size p) p`_j *: hops j.
Definition poly_moment (p : {poly R}) : R := \sum_(j < size p) p`_j * moment j.

Lemma poly_moment_form p : poly_moment p = form (poly_hop p) Y.
Proof.
rewrite /poly_moment /form /poly_hop mulmx_sumr mulmx_suml linear_sum; apply: eq_bigr => j _ /=.
by rewrite -scalemxAr -scalemxAl linearZ.
Qed.

Section Basis.
Variables (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis S U l.
Local Notation energy := (energy P y U).

Lemma UUt : U *m U^T = 1%:M. Proof. by case: basis. Qed.
Lemma UtU : U^T *m U = 1%:M. Proof. exact: mulmx1C UUt. Qed.
Lemma US : U *m S = diag_mx (\row_i l i) *m U.
Proof.
apply/row_matrixP => i; rewrite row_mul; case: basis => _ -> _.
by rewrite mul_diag_mx; apply/rowP => j; rewrite !mxE.
Qed.

Lemma eigenvalue01 i : 0 <= l i <= 1.
Proof.
apply: (eigenvalue_in_01 (P := P)); apply/eigenvalueP; exists (row i U); first by case: basis.
apply: contra_eq_neq UUt => U0; apply/eqP => /matrixP /(_ i i); rewrite !mxE eqxx big1 => [/esym /eqP|j _].
  by rewrite oner_eq0.
by have /rowP /(_ j) := U0; rewrite !mxE => ->; rewrite mul0r.
Qed.

Lemma hops_diag j : U *m hops j = diag_mx (\row_i l i ^+ j) *m U.
Proof.
elim: j => [|j IH] /=; first by rewrite mulmx1 mul_diag_mx; apply/matrixP => i c; rewrite !mxE expr0 mul1r.
by rewrite mulmxA US -mulmxA IH !mul_diag_mx; apply/matrixP => i c; rewrite !mxE mulrA exprS.
Qed.

Lemma poly_diag p : U *m poly_hop p = diag_mx (\row_i p.[l i]) *m U.
Proof.
rewrite mulmx_sumr mul_diag_mx; apply/matrixP => i c; rewrite summxE !mxE horner_coef mulr_suml.
by apply: eq_bigr => j _; rewrite -scalemxAr hops_diag mul_diag_mx !mxE mulrA.
Qed.

Lemma form_diag p (M : 'M[R]_n) (d : 'rV[R]_n) (X : 'M[R]_(n, p)) :
  U *m M = diag_mx d *m U -> form M X = \sum_i d 0 i * \sum_c (U *m X) i c ^+ 2.
Proof.
move=> E; have {1}-> : X = U^T *m (U *m X) by rewrite mulmxA UtU mul1mx.
rewrite form_mul trmxK E -(mulmxA _ U) UUt mulmx1 /form -mulmxA mul_diag_mx /mxtrace.
rewrite (eq_bigr (fun c => \sum_i d 0 i * (U *m X) i c ^+ 2)) => [|c _].
  by rewrite exchange_big; apply: eq_bigr => i _; rewrite mulr_sumr.
by rewrite mxE; apply: eq_bigr => i _; rewrite [_^T _ _]mxE [in X in _ * X]mxE; ring.
Qed.

Lemma sqnorm_basis p (X : 'M[R]_(n, p)) : sqnorm (U *m X) = sqnorm X.
Proof. by rewrite !sqnorm_tr trmx_mul -mulmxA (mulmxA U^T) UtU mul1mx. Qed.

Lemma poly_energy p : poly_moment p = \sum_i p.[l i] * energy i.
Proof. by rewrite poly_moment_form (form_diag _ (poly_diag p)); apply: eq_bigr => i _; rewrite mxE. Qed.

Lemma energy_ge0 i : 0 <= energy i.
Proof. by apply: sumr_ge0 => c _; apply: sqr_ge0. Qed.

Lemma energy_sum : \sum_i energy i = 1.
Proof. by rewrite -(sqnormY P y) -sqnorm_basis. Qed.

Lemma alphaT_energy : alphaT P y = \sum_i (1 - l i) * energy i.
Proof.
rewrite -key_identity formB form1 (form_diag _ US) -sqnorm_basis /sqnorm -sumrB.
by apply: eq_bigr => i _; rewrite mxE mulrBl mul1r.
Qed.

(* Embeddings whose weighted columns span chosen eigenvectors. *)
Definition select (d : pred 'I_n) : 'M[R]_n := diag_mx (\row_i (d i)%:R).
Definition spans k (d : pred 'I_n) (f : 'M[R]_(n, k)) := ((weightedL P f)^T :=: select d *m U)%MS.

Lemma select2 d : select d *m select d = select d.
Proof. by rewrite /select mul_diag_mx; apply/matrixP => i j; rewrite !mxE; case: (d i); rewrite ?mul1r ?mul0r ?mul0rn. Qed.

Lemma orthoproj_unique q (W : 'M[R]_(q, n)) (Q : 'M[R]_n) : orthoproj Q -> (W :=: Q)%MS -> proj W = Q.
Proof.
move=> [symQ idQ] E; have [symW _] := proj_ortho W.
have e1 : proj W *m Q = proj W.
  have /submxP [D ->] : (proj W <= Q)%MS by rewrite -E proj_sub.
  by rewrite -mulmxA idQ.
have e2 : Q *m proj W = Q by apply: proj_id; rewrite E.
by rewrite -e1 -[LHS]trmxK trmx_mul symQ symW e2 symQ.
Qed.

Lemma top_orthoproj d : orthoproj (U^T *m (select d *m U)).
Proof.
split; first by rewrite !trmx_mul trmxK tr_diag_mx mulmxA.
by rewrite -!mulmxA (mulmxA U U^T) UUt mul1mx (mulmxA (select d)) select2.
Qed.

Lemma colproj_spans k d (f : 'M[R]_(n, k)) : spans d f -> colproj (weightedL P f) = U^T *m (select d *m U).
Proof.
move=> span; apply: orthoproj_unique; first exact: top_orthoproj.
apply: eqmx_trans span _; apply/eqmxP; rewrite submxMl andbT.
have {1}-> : select d *m U = select d *m U *m (U^T *m (select d *m U)).
  by rewrite -!mulmxA (mulmxA U U^T) UUt mul1mx (mulmxA (select _)) select2.
exact: submxMl.
Qed.

Lemma mse_spans k d (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)) :
  spans d f -> least_squares P y f B -> mse P y f B = \sum_(i < n | ~~ d i) energy i.
Proof.
move=> span /mse_projection ->; set D := select d.
have UN : U *m (1%:M - U^T *m (D *m U)) = (1%:M - D) *m U.
  by rewrite mulmxBr mulmx1 (mulmxA U U^T) UUt mul1mx mulmxBl mul1mx.
rewrite (colproj_spans span) -sqnorm_basis (mulmxA U (1%:M - _)) UN -(mulmxA _ U) mulmxBl mul1mx /D /sqnorm [RHS]big_mkcond; apply: eq_bigr => i _ /=; rewrite /Statements.energy.
have E c : (U *m Y - select d *m (U *m Y)) i c = (if ~~ d i then (U *m Y) i c else 0).
  move: (U *m Y) => Z; rewrite /select mul_diag_mx !mxE.
  by case: (d i); rewrite /= ?mulr1n ?mulr0n ?mul1r ?mul0r ?subrr ?subr0.
rewrite (eq_bigr _ (fun c _ => congr1 (fun t => t ^+ 2) (E c))); case: (d i) => //=.
by rewrite big1 // => c _; rewrite expr0n.
Qed.

Lemma rest_tail d : alphaT P y - \sum_(i | d i) (1 - l i) * energy i = \sum_(i | ~~ d i) (1 - l i) * energy i.
Proof. by rewrite alphaT_energy (bigID d) /= addrAC subrr add0r. Qed.

(* sigma_{k+1}^2 <= b in the form of Courant and Fischer *)
Lemma tail_of_basis k (kn : (k < n)%N) : tail_le k P (l (Ordinal kn)).
Proof.
exists ((\matrix_(i < k) row (widen_ord (ltnW kn) i) U)^T) => x xV.
rewrite (form_diag _ US) -sqnorm_basis /sqnorm mulr_sumr; apply: ler_sum => i _; rewrite [X in X * _]mxE.
have [ki|ik] := leqP k i.
  by rewrite ler_wpM2r //; [apply: sumr_ge0 => c _; apply: sqr_ge0|case: basis => _ _; apply].
suff -> : \sum_c (U *m x) i c ^+ 2 = 0 by rewrite !mulr0.
rewrite big1 // => c _; suff -> : (U *m x) i c = 0 by rewrite expr0n.
have := congr1 (fun M : 'M[R]_(1, k) => M 0 (Ordinal ik)) xV; rewrite !mxE => E; rewrite -[RHS]E.
apply: eq_bigr => j _; rewrite !mxE mulrC !ord1; congr (_ * U _ _); exact: val_inj.
Qed.

(* what a projector keeps or drops, of the label energy *)
Lemma rest_kept (d : pred 'I_n) (Q : 'M[R]_n) :
  orthoproj Q -> (forall i, ~~ d i -> Q *m (row i U)^T = (row i U)^T) ->
  sqnorm ((1%:M - Q) *m Y) <= \sum_(i | d i) energy i.
Proof.
move=> oQ kept; pose D := select d.
have E : (1%:M - Q) *m U^T = (1%:M - Q) *m U^T *m D.
  apply/matrixP => x i; rewrite /D /select mul_mx_diag [RHS]mxE [X in _ * X]mxE.
  have [_|/kept fixed] := boolP (d i); first by rewrite mulr1.
  have : col i ((1%:M - Q) *m U^T) = 0 by rewrite col_mul -tr_row mulmxBl mul1mx fixed subrr.
  by move=> /(congr1 (fun M : 'cV[R]_n => M x 0)); rewrite mxE [RHS]mxE mulr0.
have -> : (1%:M - Q) *m Y = (1%:M - Q) *m (U^T *m (D *m (U *m Y))).
  by rewrite !mulmxA -E -!mulmxA (mulmxA U^T) UtU mul1mx.
apply: le_trans (orthoproj_le _ (orthoproj_compl oQ)) _.
rewrite -sqnorm_basis mulmxA UUt mul1mx /sqnorm [leRHS]big_mkcond; apply: ler_sum => i _ /=.
rewrite mul_diag_mx; case: ifP => le; rewrite /Statements.energy.
  by apply: ler_sum => c _; rewrite !mxE le mul1r.
by rewrite big1 // => c _; rewrite !mxE le mul0r expr0n.
Qed.

Lemma rest_dropped (d : pred 'I_n) (Q : 'M[R]_n) :
  orthoproj Q -> (forall i, d i -> Q *m (row i U)^T = 0) -> \sum_(i | d i) energy i <= sqnorm ((1%:M - Q) *m Y).
Proof.
move=> [symQ _] dropped; rewrite -[leRHS]sqnorm_basis /sqnorm big_mkcond.
apply: ler_sum => i _; case: ifP => [di|_]; last by apply: sumr_ge0 => c _; apply: sqr_ge0.
have E : row i U *m (1%:M - Q) = row i U.
  by apply: trmx_inj; rewrite trmx_mul linearB /= trmx1 symQ mulmxBl mul1mx dropped // subr0.
rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => c _; congr (_ ^+ 2).
have <- : row i (U *m ((1%:M - Q) *m Y)) 0 c = (U *m ((1%:M - Q) *m Y)) i c by rewrite mxE.
by rewrite row_mul (mulmxA (row i U)) E -row_mul [RHS]mxE.
Qed.

(* (e) theorem 15, upper form, for every minimiser of the loss *)
Section Minimiser.
Variables (k : nat) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)) (b : R).
Hypotheses (best : minimiser P f g) (b0 : 0 <= b) (tail : tail_le k P b).
Local Notation Q := (colproj (weightedL P f)).

Lemma above_kept i : b < l i -> Q *m (row i U)^T = (row i U)^T.
Proof.
move=> above; have com := optimum_commutes best; have [_ idQ] := colproj_ortho (weightedL P f).
apply/eqP; rewrite -subr_eq0 -opprB oppr_eq0; apply/negPn/negP => v0.
set v := _ - _ in v0; have v_gt0 := sqnorm_gt0 v0.
have vE : v = (1%:M - Q) *m (row i U)^T by rewrite mulmxBl mul1mx.
have Qv : Q *m v = 0 by rewrite vE mulmxA mulmxBr mulmx1 idQ subrr mul0mx.
have Su : S *m (row i U)^T = l i *: (row i U)^T.
  by apply: trmx_inj; rewrite trmx_mul hop_sym trmxK linearZ /= trmxK; case: basis.
have Sv : S *m v = l i *: v.
  have comN : S *m (1%:M - Q) = (1%:M - Q) *m S by rewrite mulmxBr mulmxBl mulmx1 mul1mx com.
  by rewrite vE mulmxA comN -mulmxA Su -scalemxAr.
have := optimum_keeps best b0 tail Qv.
rewrite /form -mulmxA Sv -scalemxAr linearZ /= -sqnorm_tr ler_pM2r // leNgt above //.
Qed.

Lemma rest_energy : sqnorm ((1%:M - Q) *m Y) <= \sum_(i | l i <= b) energy i.
Proof. by apply: rest_kept (colproj_ortho _) _ => i; rewrite -ltNge; apply: above_kept. Qed.

Theorem multihop_mse (p : {poly R}) :
  least_squares P y f B -> (forall t, 0 <= t <= 1 -> 0 <= p.[t]) -> (forall t, 0 <= t <= b -> 1 <= p.[t]) ->
  mse P y f B <= poly_moment p.
Proof.
move=> /mse_projection -> p0 p1; apply: le_trans rest_energy _; rewrite poly_energy big_mkcond.
apply: ler_sum => i _ /=; have l01 := eigenvalue01 i; case: ifP => le.
  rewrite -[leLHS]mul1r ler_wpM2r ?energy_ge0 // p1 //; by have /andP [-> _] := l01.
by rewrite mulr_ge0 ?energy_ge0 // p0.
Qed.
End Minimiser.
End Basis.

Theorem multihop_mse_optimum k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)) b (p : {poly R}) :
  minimiser P f g -> least_squares P y f B -> 0 <= b -> tail_le k P b ->
  (forall t, 0 <= t <= 1 -> 0 <= p.[t]) -> (forall t, 0 <= t <= b -> 1 <= p.[t]) ->
  mse P y f B <= poly_moment p.
Proof.
move=> best probe b0 tail p0 p1; have [U [l basis]] := eigenbasis_exists (hop_sym P).
exact: (multihop_mse basis best b0 tail probe p0 p1).
Qed.

Theorem multihop_error_optimum k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)) b (p : {poly R}) :
  minimiser P f g -> least_squares P y f B -> 0 <= b -> tail_le k P b ->
  (forall t, 0 <= t <= 1 -> 0 <= p.[t]) -> (forall t, 0 <= t <= b -> 1 <= p.[t]) ->
  error P y f B <= 2 * poly_moment p.
Proof.
move=> best probe b0 tail p0 p1; apply: le_trans (error_le_mse P y f B) _; rewrite ler_pM2l ?ltr0n //.
exact: (multihop_mse_optimum best probe b0 tail p0 p1).
Qed.
End Energies.
