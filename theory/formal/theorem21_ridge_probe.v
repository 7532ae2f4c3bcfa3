(* Theorem 21: the residual of the ridge probe, and rules with its moments by a polynomial that touches at the nodes. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import zify ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Energies Inequalities Penalty theorem15_multihop.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma ratio_weighted (R : rcfType) n m (P : graph R n m) : weightedL P (ratio_features P) = normalised P.
Proof.
apply/matrixP => x l; rewrite !mxE; move: (sqrtL2 P x) (sqrtR2 P l) (sqrtL_neq0 P x) (sqrtR_neq0 P l).
by move: (Num.sqrt _) (Num.sqrt _) => a b <- <- a0 b0; field; rewrite a0 b0.
Qed.

Section Ridge.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (lam : R).
Hypothesis lam0 : 0 < lam.
Local Notation A := (normalised P).
Local Notation S := (hop P).
Local Notation Y := (Y P y).
Local Notation f := (ratio_features P).
Local Notation ridge B := (mse P y f B + lam * sqnorm B).

Lemma ridgeE (B : 'M[R]_(m, r)) : ridge B = penalised Y^T lam B^T A + sqnorm Y - lam * sqnorm A.
Proof.
rewrite mseE ratio_weighted /penalised sqnormT -(trmx_mul A) -linearB /= !sqnormT -sqnormN opprB; ring.
Qed.

Section Optimum.
Variable B : 'M[R]_(m, r).
Hypothesis best : ridge_probe P y lam f B.

Lemma ridge_residual : (S + lam%:M) *m (Y - A *m B) = lam *: Y.
Proof.
have opt F' : penalised Y^T lam B^T A <= penalised Y^T lam F' A.
  by have := best F'^T; rewrite !ridgeE trmxK !lerD2r.
have := congr1 trmx (stationary_left lam0 opt).
rewrite (trmx_mul Y^T) (trmx_mul B^T) !trmxK linearD /= tr_scalar_mx (trmx_mul A^T) trmxK => E.
have E' : A *m (A^T *m Y) = A *m ((A^T *m A + lam%:M) *m B) by rewrite E.
rewrite mulmxBr !mulmxDl !mul_scalar_mx /hop -(mulmxA A) E' mulmxDl mul_scalar_mx mulmxDr -scalemxAr !mulmxA.
by rewrite addrC addKr.
Qed.

Lemma ridge_integral U l : eigenbasis S U l -> mse P y f B = \sum_i energy P y U i * (lam / (l i + lam)) ^+ 2.
Proof.
move=> basis; rewrite mseE ratio_weighted -sqnormN opprB -(sqnorm_basis basis) /sqnorm.
have : U *m (S + lam%:M) *m (Y - A *m B) = lam *: (U *m Y) by rewrite -mulmxA ridge_residual scalemxAr.
rewrite (mulmxDr U S) (US basis) mul_mx_scalar mulmxDl -scalemxAl -mulmxA; move: (U *m (Y - _)) => Z UE.
apply: eq_bigr => i _; rewrite /energy mulr_suml; apply: eq_bigr => c _.
have := congr1 (fun M : 'M[R]_(n, r) => M i c) UE; move: (U *m Y) => W; rewrite mul_diag_mx !mxE => h.
have /andP [l0 _] := eigenvalue01 basis i; have p0 : 0 < l i + lam by rewrite ltr_wpDl.
rewrite -exprMn; congr (_ ^+ 2); apply: (mulfI (lt0r_neq0 p0)); rewrite mulrDl h; field; exact: lt0r_neq0.
Qed.
End Optimum.

(* the residual of the ridge probe *)
Lemma ridge_exists : exists B, ridge_probe P y lam f B.
Proof.
have [U [l basis]] := eigenbasis_exists (hop_sym P); have UU := UUt basis; have UtU := UtU basis.
pose D : 'M[R]_n := diag_mx (\row_i (l i + lam)^-1); pose B := A^T *m (U^T *m (D *m (U *m Y))).
have E : A^T *m (A *m B - Y) = - lam *: B.
  rewrite /B !mulmxA -/S; suff -> : S *m U^T *m D *m U *m Y - Y = - lam *: (U^T *m D *m U *m Y).
    by rewrite -scalemxAr !mulmxA.
  have SU : S *m U^T = U^T *m diag_mx (\row_i l i).
    by apply: trmx_inj; rewrite (trmx_mul S) (trmx_mul U^T) hop_sym trmxK tr_diag_mx (US basis).
  rewrite SU -{2}[Y]mul1mx -UtU -mulmxBl.
  have LD : diag_mx (\row_i l i) *m D - 1%:M = - lam *: D.
    apply/matrixP => i j; rewrite mul_diag_mx !mxE; case: eqP => [->|_].
      have /andP [l0 _] := eigenvalue01 basis j; have p0 : 0 < l j + lam by rewrite ltr_wpDl.
      by rewrite !mulr1n; field; exact: lt0r_neq0.
    by rewrite !mulr0n !mulr0 subr0.
  rewrite -(mulmxA U^T) -[X in _ - X *m U]mulmx1 -mulmxBl -mulmxBr LD.
  by rewrite -scalemxAr -!scalemxAl.
exists B => B'; rewrite !mseE ratio_weighted; have -> : A *m B' - Y = (A *m B - Y) + A *m (B' - B).
  by rewrite mulmxBr addrAC [A *m B + _]addrC subrK.
have -> : sqnorm B' = sqnorm (B + (B' - B)) by rewrite addrC subrK.
rewrite (sqnormD (A *m B - Y)) (sqnormD B).
have -> : \tr ((A *m B - Y)^T *m (A *m (B' - B))) = - lam * \tr (B^T *m (B' - B)).
  rewrite mulmxA -[_^T *m A]trmxK (trmx_mul _^T) trmxK E.
  have -> : (- lam *: B)^T = - lam *: B^T by rewrite linearZ.
  by rewrite -scalemxAl mxtraceZ.
have := sqnorm_ge0 (A *m (B' - B)); have := mulr_ge0 (ltW lam0) (sqnorm_ge0 (B' - B)); lra.
Qed.
End Ridge.

(* a polynomial that touches (lam / (t + lam))^2 where q vanishes, and lies on one side of it where q has one sign *)
Section Contact.
Variables (R : rcfType) (lam : R).
Hypothesis lam0 : 0 < lam.
Local Notation h t := ((lam / (t + lam)) ^+ 2).
Definition falling (q : {poly R}) := q.[- lam] != 0 /\ q.[- lam] * q^`().[- lam] <= 0.

Lemma falling1 : falling 1.
Proof. by split; rewrite ?hornerC ?oner_eq0 // derivC horner0 mulr0. Qed.

Lemma falling_mul (t : R) q : 0 <= t -> falling q -> falling (('X - t%:P) * q).
Proof.
move=> t0 [q0 dq]; rewrite /falling derivM derivXsubC mul1r !hornerE.
have z0 : - lam - t < 0 by rewrite subr_lt0 (lt_le_trans _ t0) // oppr_lt0.
split; first by rewrite mulf_neq0 // lt_eqF.
move: q.[_] q^`().[_] q0 dq => a b a0 ab.
have -> : (- lam - t) * a * (a + (- lam - t) * b) = (- lam - t) * a ^+ 2 + (- lam - t) ^+ 2 * (a * b) by ring.
by rewrite -[leRHS]addr0 lerD ?(mulr_le0_ge0 (ltW z0)) ?(mulr_ge0_le0 _ ab) ?sqr_ge0.
Qed.

Lemma factor_at (q : {poly R}) z : exists p, q = q.[z]%:P + p * ('X - z%:P).
Proof.
have /factor_theorem [p E] : root (q - q.[z]%:P) z by rewrite rootE !hornerE subrr.
by exists p; rewrite -E addrC subrK.
Qed.

Lemma contact q : falling q -> (1 < size q)%N -> exists2 p : {poly R}, (size p <= (size q).-1)%N &
  forall t : R, 0 <= t -> [/\ q.[t] = 0 -> p.[t] = h t, 0 <= q.[- lam] * q.[t] -> p.[t] <= h t &
                          q.[- lam] * q.[t] <= 0 -> h t <= p.[t]].
Proof.
case=> a0 ab big; have [q1 E1] := factor_at q (- lam); have [q2 E2] := factor_at q1 (- lam).
have dE : q^`().[- lam] = q1.[- lam].
  by rewrite E1 derivD derivC add0r derivM derivXsubC mulr1 !hornerE opprK addNr mulr0 add0r.
rewrite dE in ab; set a := q.[- lam] in a0 ab E1 *; set d := q1.[- lam] in ab E2.
pose c : {poly R} := a^-1%:P - (d / a ^+ 2) *: ('X - (- lam)%:P).
exists (lam ^+ 2 *: ((d ^+ 2 / a ^+ 2)%:P - q2 * c)).
  have drop (p p' : {poly R}) b : p = b%:P + p' * ('X - (- lam)%:P) -> (size p' <= (size p).-1)%N.
    move=> E; have [->|p0] := eqVneq p' 0; first by rewrite size_poly0.
    have -> : size p' = (size (p - b%:P)).-1.
      by rewrite E addrC addKr size_Mmonic ?monicXsubC // size_XsubC addn2.
    have := size_add p (- b%:P); have := size_polyC_leq1 b; rewrite size_opp.
    by move: (size p) (size b%:P) (size (p - _)%R) => s s1 s2; lia.
  have := size_scale_leq (lam ^+ 2) ((d ^+ 2 / a ^+ 2)%:P - q2 * c).
  have := size_add ((d ^+ 2 / a ^+ 2)%:P) (- (q2 * c)); have := size_polyC_leq1 (d ^+ 2 / a ^+ 2).
  have := size_mul_leq q2 c; have := size_add a^-1%:P (- ((d / a ^+ 2) *: ('X - (- lam)%:P))).
  have := size_polyC_leq1 a^-1; have := size_scale_leq (d / a ^+ 2) ('X - (- lam)%:P); rewrite -/c !size_opp size_XsubC.
  have := drop _ _ _ E1; have := drop _ _ _ E2.
  by move: big; do ![move: (size _) => ?]; lia.
move=> t t0; have u0 : 0 < t + lam by rewrite ltr_wpDl.
have qE : q.[t] = a + (d + q2.[t] * (t + lam)) * (t + lam) by rewrite [in LHS]E1 E2 !hornerE opprK.
have pE : (lam ^+ 2 *: ((d ^+ 2 / a ^+ 2)%:P - q2 * c)).[t] =
    lam ^+ 2 * (d ^+ 2 / a ^+ 2 - q2.[t] * (a^-1 - d / a ^+ 2 * (t + lam))) by rewrite /c !hornerE opprK.
have key : h t - (lam ^+ 2 *: ((d ^+ 2 / a ^+ 2)%:P - q2 * c)).[t] =
    (a * q.[t]) * (h t * (a ^+ 2 - a * d * (t + lam)) / a ^+ 4).
  by rewrite pE qE; field; rewrite a0 gt_eqF.
have side : 0 <= h t * (a ^+ 2 - a * d * (t + lam)) / a ^+ 4.
  rewrite divr_ge0 ?exprn_even_ge0 // mulr_ge0 ?sqr_ge0 // subr_ge0.
  by apply: le_trans (_ : 0 <= _); rewrite ?sqr_ge0 // mulr_le0_ge0 // ltW.
split=> [z|s|s].
- by apply/eqP; rewrite eq_sym -subr_eq0 key z mulr0 mul0r.
- by rewrite -subr_ge0 key mulr_ge0.
by rewrite -subr_le0 key mulr_le0_ge0.
Qed.
End Contact.

Section Rules.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (lam : R).
Hypothesis lam0 : 0 < lam.

Lemma measure_poly M N w t (p : {poly R}) : @consistent_measure R n m r P y M N w t -> (size p <= M.+1)%N ->
  \sum_i w i * p.[t i] = \sum_(j < size p) p`_j * consistency P y j.
Proof.
case=> _ _ moments sp; rewrite (eq_bigr (fun i => \sum_(j < size p) p`_j * (w i * t i ^+ j))) => [|i _].
  rewrite exchange_big; apply: eq_bigr => j _; rewrite -mulr_sumr moments // -ltnS.
  exact: leq_trans (ltn_ord j) sp.
by rewrite horner_coef mulr_sumr; apply: eq_bigr => j _; rewrite mulrCA.
Qed.

Definition nodes N (t : 'I_N -> R) : {poly R} := \prod_i (('X - (t i)%:P) * ('X - (t i)%:P)).

Lemma nodes_falling N (t : 'I_N -> R) : (forall i, 0 <= t i) -> falling lam (nodes t).
Proof.
move=> t0; rewrite /nodes; apply: (big_rec (falling lam)); first exact: falling1 lam.
by move=> i q _ fq; rewrite -mulrA; do 2!apply: (falling_mul lam0 (t0 i)).
Qed.

Lemma nodes_size N (t : 'I_N -> R) : size (nodes t) = N.*2.+1.
Proof.
rewrite size_prod => [|i _]; last by rewrite mulf_neq0 ?polyXsubC_eq0.
rewrite (eq_bigr (fun=> 3%N)) => [|i _]; last by rewrite size_Mmonic ?monicXsubC ?polyXsubC_eq0 // size_XsubC.
by rewrite sum_nat_const !card_ord; lia.
Qed.

Lemma nodes_ge0 N (t : 'I_N -> R) s : 0 <= (nodes t).[s].
Proof. by rewrite horner_prod; apply: prodr_ge0 => i _; rewrite hornerM -expr2 sqr_ge0. Qed.

Lemma nodes_root N (t : 'I_N -> R) i : (nodes t).[t i] = 0.
Proof. by rewrite horner_prod (bigD1 i) //= hornerM hornerXsubC subrr !mul0r. Qed.

(* a rule of Gauss is below every measure with its moments *)
Lemma gauss_below N w t N' w' t' : @consistent_measure R n m r P y N.*2.+1 N.+1 w t ->
  @consistent_measure R n m r P y N.*2.+1 N' w' t' -> by_rule lam w t <= by_rule lam w' t'.
Proof.
move=> rule other; have [w0 t01 _] := other; have [_ s01 _] := rule.
have t0 i : 0 <= t i by have /andP [] := s01 i.
have [|p sp touch] := contact lam0 (nodes_falling t0); first by rewrite nodes_size doubleS.
rewrite nodes_size doubleS in sp.
have -> : by_rule lam w t = \sum_i w i * p.[t i].
  by apply: eq_bigr => i _; congr (_ * _); have [E _ _] := touch _ (t0 i); rewrite E ?nodes_root.
rewrite (measure_poly rule) // -(measure_poly other) //; apply: ler_sum => i _; rewrite ler_wpM2l //.
have /andP [ti0 _] := t01 i; have [_ low _] := touch _ ti0; apply: low; by rewrite mulr_ge0 ?nodes_ge0.
Qed.

(* with a node at 0 it is above *)
Lemma radau_above N w t N' w' t' : @consistent_measure R n m r P y N.*2 N.+1 w t -> t ord0 = 0 ->
  @consistent_measure R n m r P y N.*2 N' w' t' -> by_rule lam w' t' <= by_rule lam w t.
Proof.
move=> rule tz other; have [w0 t01 _] := other; have [_ s01 _] := rule.
have t0 i : 0 <= t i by have /andP [] := s01 i.
pose s (i : 'I_N) := t (lift ord0 i); pose q := ('X - 0%:P) * nodes s.
have fq : falling lam q by apply: (falling_mul lam0 (lexx 0)); apply: nodes_falling => i; apply: t0.
have n0 : nodes s != 0 by rewrite -size_poly_gt0 nodes_size.
have sq : size q = N.*2.+2 by rewrite /q mulrC size_Mmonic ?monicXsubC // size_XsubC nodes_size addn2.
have [|p sp touch] := contact lam0 fq; first by rewrite sq.
rewrite sq in sp; have qz i : q.[t i] = 0.
  rewrite /q hornerM; have [j ->|->] := unliftP ord0 i; first by rewrite -[t _]/(s j) nodes_root mulr0.
  by rewrite tz hornerXsubC subrr mul0r.
have -> : by_rule lam w t = \sum_i w i * p.[t i].
  by apply: eq_bigr => i _; congr (_ * _); have [E _ _] := touch _ (t0 i); rewrite E.
rewrite (measure_poly rule) // -(measure_poly other) //; apply: ler_sum => i _; rewrite ler_wpM2l //.
have /andP [ti0 _] := t01 i; have [_ _ high] := touch _ ti0; apply: high.
rewrite /q !hornerM !hornerXsubC !subr0 mulrACA mulr_le0_ge0 // ?mulr_ge0 ?nodes_ge0 //.
by rewrite mulr_le0_ge0 // oppr_le0 ltW.
Qed.
End Rules.

Theorem ridge_mse (R : rcfType) : Statements.ridge_mse R.
Proof.
move=> n m r P y lam B f lam0 best; rewrite /f; have [U [l basis]] := eigenbasis_exists (hop_sym P).
have E : mse P y (ratio_features P) B = by_rule lam (energy P y U) l := ridge_integral lam0 best basis.
split=> [N w t rule|N w t rule z|].
- by rewrite E; apply: (gauss_below lam0 rule); apply: energy_measure basis _.
- by rewrite E; apply: (radau_above lam0 rule z); apply: energy_measure basis _.
exact: error_le_mse.
Qed.

Theorem more_hops (R : rcfType) : Statements.more_hops R.
Proof.
move=> n m r P y lam lam0 N N' w t w' t' le; have fewer M M' K (v s : 'I_K -> R) : (M <= M')%N ->
    consistent_measure P y M' v s -> consistent_measure P y M v s.
  by move=> MM' [v0 s01 moments]; split=> // j jM; apply: moments; apply: leq_trans MM'.
split=> [rule rule'|rule z rule' _].
  by apply: (gauss_below lam0 rule); apply: fewer rule'; rewrite ltnS leq_double.
by apply: (radau_above lam0 rule z); apply: fewer rule'; rewrite leq_double.
Qed.
