(* The votes bound, theorem 16: nodes whose walks end in their class by a margin cost a classifier a price to get wrong. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* A projector that commutes splits products and forms. *)
Section Commuting.
Variables (R : rcfType) (n p : nat) (Q H : 'M[R]_n) (X : 'M[R]_(n, p)).
Hypotheses (oQ : orthoproj Q) (com : Q *m H = H *m Q).

Lemma inside_commuting : Q *m (Q *m X - H *m X) = (1%:M - H) *m (Q *m X).
Proof.
have [_ idQ] := oQ.
by rewrite mulmxBr (mulmxA Q Q) idQ (mulmxA Q H) com mulmxBl mul1mx (mulmxA H).
Qed.

Lemma outside_commuting : (1%:M - Q) *m (Q *m X - H *m X) = - (H *m ((1%:M - Q) *m X)).
Proof.
have [_ idQ] := oQ.
rewrite mulmxBr (mulmxA _ Q X) mulmxBl mul1mx idQ subrr mul0mx sub0r; congr (- _).
by rewrite (mulmxA _ H X) mulmxBl mul1mx com (mulmxA H _ X) mulmxBr mulmx1.
Qed.

Lemma form_commuting : form H X = form H (Q *m X) + form H ((1%:M - Q) *m X).
Proof.
have [symQ idQ] := oQ; have [symN idN] := orthoproj_compl oQ.
have comN : (1%:M - Q) *m H = H *m (1%:M - Q) by rewrite mulmxBl mul1mx com mulmxBr mulmx1.
rewrite !form_mul symQ symN -formD com comN -(mulmxA H Q) idQ -(mulmxA H _ (1%:M - Q)) idN.
by rewrite -mulmxDr [Q + _]addrC subrK mulmx1.
Qed.
End Commuting.

Section Votes.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Local Notation S := (hop P).
Local Notation Y := (Y P y).

(* A product is below a form, by eigenvectors, where the squares of the one's eigenvalues are below the other's. *)
Lemma sqnorm_le_form (U : 'M[R]_n) l (basis : eigenbasis S U l) p (M N : 'M[R]_n) (d e : 'rV[R]_n) (X : 'M[R]_(n, p)) :
  U *m M = diag_mx d *m U -> U *m N = diag_mx e *m U ->
  (forall i, d 0 i ^+ 2 <= e 0 i \/ row i U *m X = 0) -> sqnorm (M *m X) <= form N X.
Proof.
move=> dM eN le; rewrite -(sqnorm_basis basis) (mulmxA U M) dM -(mulmxA _ U X) (form_diag basis _ eN) /sqnorm.
apply: ler_sum => i _; rewrite mulr_sumr; apply: ler_sum => c _; rewrite mul_diag_mx mxE exprMn.
case: (le i) => [h|zero]; first by rewrite ler_wpM2r ?sqr_ge0.
have -> : (U *m X) i c = 0.
  by have := congr1 (fun v : 'rV[R]_p => v 0 c) zero; rewrite /= -row_mul mxE [RHS]mxE.
by rewrite expr0n !mulr0.
Qed.

(* Lemma (margins): gamma is any lower bound of the margins of h, lam the price *)
Theorem error_by_margins (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)) (h : 'M[R]_(n, r)) (gamma : 'I_n -> R) (lam : R) :
  0 <= lam -> (forall x c, c != y x -> gamma x <= h x (y x) - h x c) ->
  Statements.error P y f B <= lam * (\sum_x pL P x * \sum_c ((f *m B) x c - h x c) ^+ 2)
    + \sum_x pL P x * Num.max 0 (1 - lam * (Num.max 0 (gamma x)) ^+ 2 / 2).
Proof.
move=> lam0 margin; rewrite mulr_sumr -big_split; apply: ler_sum => x _ /=.
rewrite mulrCA -mulrDr ler_wpM2l ?(ltW (pL_gt0 P _)) //; set s := (f *m B) x.
have sum0 : 0 <= \sum_c (s c - h x c) ^+ 2 by apply: sumr_ge0 => c _; apply: sqr_ge0.
rewrite /errs; case: existsP => [[c /andP [ne le]]|_]; last first.
  by rewrite addr_ge0 ?mulr_ge0 // le_max lexx.
have low : (Num.max 0 (gamma x)) ^+ 2 / 2 <= \sum_c (s c - h x c) ^+ 2.
  rewrite (bigD1 (y x)) //= (bigD1 c) //=.
  have : 0 <= \sum_(i < r | (i != y x) && (i != c)) (s i - h x i) ^+ 2 by apply: sumr_ge0 => i _; apply: sqr_ge0.
  move: (\sum_(i < r | _) _) => t t0; have := margin x c ne; rewrite -/s in le *.
  move: (s (y x)) (s c) (h x (y x)) (h x c) (gamma x) le => a b p q e le em.
  have : Num.max 0 e ^+ 2 <= ((a - p) - (b - q)) ^+ 2.
    case: (leP 0 e) => [e0|_]; last by rewrite expr0n sqr_ge0.
    rewrite -[leRHS]sqrrN ler_pXn2r ?nnegrE //; lra.
  have := sqr_ge0 ((a - p) + (b - q)); rewrite !expr2; lra.
have : lam * (Num.max 0 (gamma x) ^+ 2 / 2) <= lam * \sum_c (s c - h x c) ^+ 2 by rewrite ler_wpM2l.
have : 1 - lam * Num.max 0 (gamma x) ^+ 2 / 2 <= Num.max 0 (1 - lam * Num.max 0 (gamma x) ^+ 2 / 2) by rewrite le_max lexx orbT.
rewrite -mulrA /=; lra.
Qed.

(* the scores of a vote: h_q = D_L^{-1/2} q(A) Y *)
Definition vote_scores (q : {poly R}) : 'M[R]_(n, r) := \matrix_(x, c) ((poly_hop P q *m Y) x c / Num.sqrt (pL P x)).

(* (b) of theorem 16, eigenvector by eigenvector: U is a basis, of values l *)
Theorem budget_parts U l (basis : eigenbasis S U l) (Q : 'M[R]_n) (q p : {poly R}) :
  orthoproj Q -> Q *m S = S *m Q ->
  (forall i, q.[l i] ^+ 2 <= p.[l i] \/ Q *m (row i U)^T = (row i U)^T) ->
  (forall i, (1 - q.[l i]) ^+ 2 <= p.[l i] \/ Q *m (row i U)^T = 0) ->
  sqnorm (Q *m Y - poly_hop P q *m Y) <= poly_moment P y p.
Proof.
move=> oQ com below above; have [symQ idQ] := oQ.
have hopsC j : Q *m hops P j = hops P j *m Q.
  by elim: j => [|j IH] /=; rewrite ?mulmx1 ?mul1mx // (mulmxA Q S) com -(mulmxA S Q) IH (mulmxA S).
have comp t : Q *m poly_hop P t = poly_hop P t *m Q.
  by rewrite mulmx_sumr mulmx_suml; apply: eq_bigr => j _; rewrite -scalemxAr -scalemxAl hopsC.
rewrite (pythagoras (Q *m Y - _) oQ).
rewrite (inside_commuting _ oQ (comp q)) (outside_commuting _ oQ (comp q)) sqnormN poly_moment_form.
rewrite (form_commuting _ oQ (comp p)).
have dist : U *m (1%:M - poly_hop P q) = diag_mx (\row_i (1 - q.[l i])) *m U.
  rewrite mulmxBr mulmx1 (poly_diag basis) !mul_diag_mx; apply/matrixP => i j; rewrite !mxE; ring.
apply: lerD.
  apply: (sqnorm_le_form basis dist (poly_diag basis p)) => i; case: (above i) => h; [left|right].
    by rewrite !mxE.
  suff E : row i U *m Q = 0 by rewrite (mulmxA (row i U)) E mul0mx.
  by apply: trmx_inj; rewrite (trmx_mul (row i U)) symQ h trmx0.
apply: (sqnorm_le_form basis (poly_diag basis q) (poly_diag basis p)) => i; case: (below i) => h; [left|right].
  by rewrite !mxE.
suff E : row i U *m (1%:M - Q) = 0 by rewrite (mulmxA (row i U)) E mul0mx.
by apply: trmx_inj; rewrite trmx_mul linearB /= trmx1 symQ mulmxBl mul1mx h subrr trmx0.
Qed.

Section Minimiser.
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)) (b : R).
Hypotheses (best : minimiser P f g) (probe : least_squares P y f B) (b0 : 0 <= b) (tail : tail_le k P b).
Local Notation Q := (colproj (weightedL P f)).

Lemma vote_distance q :
  \sum_x pL P x * (\sum_c ((f *m B) x c - vote_scores q x c) ^+ 2) = sqnorm (Q *m Y - poly_hop P q *m Y).
Proof.
move/least_squaresP: probe => <-; apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => c _.
have -> : (weightedL P f *m B - poly_hop P q *m Y) x c = Num.sqrt (pL P x) * ((f *m B) x c - vote_scores q x c).
  by rewrite mxE weighted_mul [(- _ : 'M_(_, _)) _ _]mxE [vote_scores q x c]mxE mulrBr mulrCA mulfV ?mulr1 ?sqrtL_neq0.
by rewrite exprMn sqr_sqrtr // ltW ?pL_gt0.
Qed.

Theorem vote_budget_parts U l (basis : eigenbasis S U l) (q p : {poly R}) :
  (forall i, q.[l i] ^+ 2 <= p.[l i] \/ Q *m (row i U)^T = (row i U)^T) ->
  (forall i, (1 - q.[l i]) ^+ 2 <= p.[l i] \/ Q *m (row i U)^T = 0) ->
  sqnorm (Q *m Y - poly_hop P q *m Y) <= poly_moment P y p.
Proof. exact: (budget_parts basis (colproj_ortho _) (optimum_commutes best)). Qed.

(* with P >= q^2 on [0, b] and P >= (1 - q)^2 on [0, 1] *)
Theorem vote_budget (q p : {poly R}) :
  (forall t, 0 <= t <= b -> q.[t] ^+ 2 <= p.[t]) -> (forall t, 0 <= t <= 1 -> (1 - q.[t]) ^+ 2 <= p.[t]) ->
  sqnorm (Q *m Y - poly_hop P q *m Y) <= poly_moment P y p.
Proof.
move=> below above; have [U [l basis]] := eigenbasis_exists (hop_sym P).
apply: (vote_budget_parts basis) => i; last by left; rewrite above // (eigenvalue01 basis).
have [le|lt] := leP (l i) b; last by right; apply: (above_kept basis best b0 tail lt).
by left; rewrite below // le andbT; have /andP [-> _] := eigenvalue01 basis i.
Qed.

Theorem votes (q p : {poly R}) (gamma : 'I_n -> R) (lam : R) :
  0 <= lam -> (forall x c, c != y x -> gamma x <= vote_scores q x (y x) - vote_scores q x c) ->
  (forall t, 0 <= t <= b -> q.[t] ^+ 2 <= p.[t]) -> (forall t, 0 <= t <= 1 -> (1 - q.[t]) ^+ 2 <= p.[t]) ->
  Statements.error P y f B <= lam * poly_moment P y p + \sum_x pL P x * Num.max 0 (1 - lam * (Num.max 0 (gamma x)) ^+ 2 / 2).
Proof.
move=> lam0 margin below above; apply: le_trans (error_by_margins _ _ lam0 margin) _.
by rewrite lerD2r vote_distance ler_wpM2l // vote_budget.
Qed.
End Minimiser.
End Votes.
