(* Theorem 42. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Stability Places.
From Pairbounds Require Import Inequalities Excess Wedin theorem27_whitened_alignment Known Through.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Whitened.
Variables (R : rcfType) (n m r p d k : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Variables (X : 'M[R]_(n, p)) (Z : 'M[R]_(n, d)) (V : 'M[R]_d) (t : 'I_d -> R).
Hypotheses (span : (X^T :=: Z^T)%MS) (white : feature_moments P Z = 1%:M) (basis : eigenbasis (along_pairs P Z) V t).
Local Notation Q := (weightedL P Z).
Local Notation T := (targets P y Z).
Local Notation A := (normalised P).
Local Notation M := (along_pairs P Z).

Let QQ : Q^T *m Q = 1%:M. Proof. by rewrite -feature_momentsE. Qed.

Lemma sqnorm_white q (E : 'M[R]_(d, q)) : sqnorm (Q *m E) = sqnorm E.
Proof. by rewrite !sqnorm_tr trmx_mul -mulmxA (mulmxA Q^T) QQ mul1mx. Qed.

Lemma white_left q (E : 'M[R]_(d, q)) (D : 'M[R]_(n, q)) :
  sqnorm (D - Q *m E) = sqnorm D - sqnorm (Q^T *m D) + sqnorm (Q^T *m D - E).
Proof. by rewrite !sqnormB sqnorm_white trmx_mul trmxK mulmxA; ring. Qed.

Lemma mse_white q (W : 'M[R]_(d, q)) B : mse P y (Z *m W) B = 1 - sqnorm T + sqnorm (W *m B - T).
Proof.
rewrite mseE weightedL_mul -mulmxA -sqnormN opprB white_left sqnormY targetsE; congr (_ + _).
by rewrite -[LHS]sqnormN opprB.
Qed.

Lemma least_white q (W : 'M[R]_(d, q)) B : least_squares P y (Z *m W) B ->
  W *m B = colproj W *m T /\ mse P y (Z *m W) B = 1 - sqnorm T + sqnorm ((1%:M - colproj W) *m T).
Proof.
move=> best; suff E : W *m B = colproj W *m T.
  split=> //; rewrite mse_white E; have -> : colproj W *m T - T = - ((1%:M - colproj W) *m T).
    by rewrite mulmxBl mul1mx opprB.
  by rewrite sqnormN.
apply: best_product; have [B' E] := colproj_factor W T; have := best B'.
by rewrite !mse_white lerD2l E -[leLHS]sqnormN opprB -[leRHS]sqnormN opprB.
Qed.

(* features of the same span *)
Lemma same_span : exists L L', X = Z *m L /\ Z = X *m L'.
Proof.
have /submxP [D E] : (X^T <= Z^T)%MS by rewrite span.
have /submxP [D' E'] : (Z^T <= X^T)%MS by rewrite span.
by exists D^T, D'^T; split; apply: trmx_inj; rewrite trmx_mul trmxK.
Qed.

Lemma probe_of_all C : least_squares P y X C -> X *m C = Z *m T /\ mse P y X C = 1 - sqnorm T.
Proof.
have [L [L' [XE ZE]]] := same_span; rewrite XE => /least_white [E ->].
have one : colproj L = 1%:M.
  have LL : L *m L' = 1%:M.
    have : Q = Q *m (L *m L') by rewrite mulmxA -!weightedL_mul -XE -ZE.
    by move/(congr1 (fun D => Q^T *m D)); rewrite mulmxA QQ mul1mx => <-.
  by rewrite -[LHS]mulmx1 -LL mulmxA colproj_id.
by rewrite -mulmxA E one mul1mx subrr mul0mx sqnorm0 addr0.
Qed.

Lemma variation_white (B : 'M[R]_(d, r)) : variation P (Z *m B) = form (1%:M - M) B.
Proof.
by rewrite variationE weightedL_mul form_mul mulmxBr mulmx1 mulmxBl QQ along_pairsE.
Qed.

Lemma pairs_gram : M = Q^T *m A *m (Q^T *m A)^T.
Proof. by rewrite along_pairsE trmx_mul trmxK /hop !mulmxA. Qed.

Lemma place01 i : 0 <= t i <= 1.
Proof.
have E : form M (row i V)^T = t i * sqnorm (row i V)^T.
  have [_ /(_ i) VM _] := basis.
  by rewrite /form trmxK VM -scalemxAl linearZ /= [sqnorm _]sqnorm_tr trmxK.
have u : sqnorm (row i V)^T = 1.
  have [VV _ _] := basis; rewrite sqnorm_tr trmxK; have <- : (V *m V^T) i i = 1 by rewrite VV mxE eqxx.
  by rewrite trace_mx11 !mxE; apply: eq_bigr => x _; rewrite !mxE.
rewrite u mulr1 in E; rewrite -E; apply/andP; split; first by rewrite pairs_gram form_gram sqnorm_ge0.
have := laplacian_ge0 P (Q *m (row i V)^T).
by rewrite formB form1 sqnorm_white u form_mul -along_pairsE subr_ge0.
Qed.

Local Notation c := (fun i => \sum_j (V *m T) i j ^+ 2).

Lemma parts_ge0 i : 0 <= c i. Proof. by apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.

Lemma variation_parts : variation P (Z *m T) = \sum_i (1 - t i) * c i.
Proof.
rewrite variation_white formB form1 (form_coordinates basis) -(sqnorm_coordinates basis) -sumrB.
by apply: eq_bigr => i _; rewrite mulrBl mul1r.
Qed.

(* what has no value above s *)
Lemma beyond_variation (D : pred 'I_d) s : s < 1 -> (forall i, D i -> t i <= s) ->
  \sum_(i | D i) c i <= variation P (Z *m T) / (1 - s).
Proof.
move=> s1 le; rewrite ler_pdivlMr ?subr_gt0 // variation_parts mulr_suml big_mkcond; apply: ler_sum => i _.
case: ifP => [/le h|_]; first by rewrite mulrC ler_wpM2r ?parts_ge0 // lerD2l lerN2.
by rewrite mulr_ge0 ?parts_ge0 // subr_ge0; have /andP [] := place01 i.
Qed.

(* its moments *)
Lemma moments_parts (q : {poly R}) :
  \sum_(j < size q) q`_j * \tr (T^T *m iter j (mulmx M) T) = \sum_i q.[t i] * c i.
Proof.
have [VV VM] := eigenbasis_diagonalises basis.
have E j : V *m iter j (mulmx M) T = diag_mx (\row_i t i ^+ j) *m (V *m T).
  elim: j => [|j IH] /=; first by rewrite mul_diag_mx; apply/matrixP => i b; rewrite !mxE expr0 mul1r.
  by rewrite mulmxA VM -mulmxA IH !mul_diag_mx; apply/matrixP => i b; rewrite !mxE mulrA exprS.
rewrite (eq_bigr (fun j : 'I_(size q) => \sum_i q`_j * t i ^+ j * c i)) => [|j _].
  by rewrite exchange_big; apply: eq_bigr => i _; rewrite horner_coef mulr_suml.
have {1}-> : T = V^T *m (V *m T) by rewrite mulmxA (mulmx1C VV) mul1mx.
rewrite (trmx_mul V^T) trmxK -mulmxA E mul_diag_mx /mxtrace.
rewrite (eq_bigr (fun b => \sum_i t i ^+ j * (V *m T) i b ^+ 2)) => [|b _].
  by rewrite exchange_big mulr_sumr; apply: eq_bigr => i _; rewrite -mulr_sumr mulrA.
by rewrite mxE; apply: eq_bigr => i _; rewrite [_^T _ _]mxE [in X in _ * X]mxE [(\row_i _) _ _]mxE; ring.
Qed.

(* the constant is the first vector, and has the energy of a graph's *)
Lemma white_first_energy : (exists v : 'cV[R]_p, X *m v = const_mx 1) -> value t 1 < 1 ->
  exists2 i0 : 'I_d, i0 = 0%N :> nat & t i0 = 1 /\ c i0 = energy_at_one P y.
Proof.
case=> v Xv t1; have [L [_ [XE _]]] := same_span; pose w := roots P.
have wE : w = Q *m (L *m v).
  rewrite mulmxA -weightedL_mul -XE -weightedL_mul Xv; apply/colP => x; by rewrite !mxE mulr1.
have QQw : Q *m (Q^T *m w) = w by rewrite wE (mulmxA Q^T) QQ mul1mx.
have Mv : M *m (Q^T *m w) = Q^T *m w.
  by rewrite along_pairsE -(mulmxA _ Q) QQw -(mulmxA Q^T) roots_fixed.
have v1 : sqnorm (Q^T *m w) = 1 by rewrite -sqnorm_white QQw roots_unit.
have d0 : (0 < d)%N.
  rewrite lt0n; apply/eqP => d0; move: v1; rewrite /sqnorm big1 => [/eqP|[i id] _]; last first.
    by exfalso; have := leq_ltn_trans (leq0n i) id; rewrite d0.
  by rewrite eq_sym oner_eq0.
exists (Ordinal d0) => //; have := first_energy T basis Mv v1 t1 (erefl : Ordinal d0 = 0%N :> nat).
have -> : (Q^T *m w)^T *m T = w^T *m Y P y by rewrite targetsE (mulmxA _ Q^T) -trmx_mul QQw.
by rewrite roots_labels.
Qed.

(* the loss, and the columns of the top k *)
Lemma loss_white (W : 'M[R]_(d, k)) (g : 'M[R]_(m, k)) :
  spectral_loss P (Z *m W) g = sqnorm (Q^T *m A - W *m (weightedR P g)^T) - sqnorm (Q^T *m A).
Proof. by rewrite loss_factorisation weightedL_mul -mulmxA white_left; ring. Qed.

Local Notation below := (fun i : 'I_d => i < k)%N.
Local Notation top := (V^T *m pid_mx k : 'M[R]_(d, k)).

Lemma top_gram : top *m top^T = chosen V below.
Proof.
rewrite trmx_mul trmxK tr_pid_mx /chosen -!mulmxA; congr (_ *m _); rewrite mulmxA; congr (_ *m _).
rewrite mul_pid_mx !minnn; apply/matrixP => i j; rewrite !mxE val_eqE.
by case: (eqVneq i j) => [->|_]; rewrite ?mulr1n ?mulr0n ?andbF.
Qed.

Let dM := eigenbasis_diagonalises basis.
Let VV : V *m V^T = 1%:M. Proof. by case: basis. Qed.

Lemma top_projector : colproj top = chosen V below.
Proof.
apply: (orthoproj_unique (chosen_orthoproj below VV)); rewrite -top_gram; apply/eqmxP; rewrite submxMl andbT.
have E : top *m top^T *m top = top.
  rewrite top_gram /chosen -!mulmxA (mulmxA V) VV mul1mx; congr (_ *m _).
  rewrite /select mul_diag_mx; apply/matrixP => i j; rewrite !mxE.
  case: (eqVneq (i : nat) j) => [->|]; last by rewrite mulr0.
  by case: (j < k)%N; rewrite ?mul1r ?mul0r // andbF.
by rewrite -{1}E trmx_mul (trmx_mul top) trmxK submxMl.
Qed.

Lemma top_best : exists2 g, spectral_loss P (Z *m top) g = - \sum_(i < d | (i < k)%N) t i &
  forall (W : 'M[R]_(d, k)) g', spectral_loss P (Z *m top) g <= spectral_loss P (Z *m W) g'.
Proof.
have dM' : diagonalises V (Q^T *m A *m (Q^T *m A)^T) t by rewrite -pairs_gram.
exists (unweightR P ((Q^T *m A)^T *m top)).
  rewrite loss_white unweightRK trmx_mul trmxK mulmxA top_gram (eckart_young_attained _ dM').
  by rewrite addrAC subrr add0r.
move=> W g'; rewrite !loss_white unweightRK trmx_mul trmxK mulmxA top_gram (eckart_young_attained _ dM') lerD2r.
apply: (eckart_young_matrix dM' (value_first_ge0 k (fun i => proj1 (andP (place01 i))))).
  exact: (first_apart k basis (fun i => proj1 (andP (place01 i)))).
have [dk|kd] := leqP d k; first by left; apply: value_out.
right; rewrite (card_below d k) (minn_idPl (ltnW kd)).
by apply: leq_trans (mxrankM_maxl _ _) _; apply: rank_leq_col.
Qed.

Lemma top_mse B : least_squares P y (Z *m top) B ->
  mse P y (Z *m top) B = 1 - sqnorm T + \sum_(i < d | (k <= i)%N) c i.
Proof.
move=> /least_white [_ ->]; congr (_ + _); rewrite top_projector (left_parts basis (D := below)) => [|i].
  by apply: eq_bigl => i; rewrite -leqNgt.
rewrite /chosen; apply: trmx_inj; rewrite linearZ /= !trmx_mul !trmxK tr_diag_mx -row_mul.
rewrite !mulmxA VV mul1mx mul_diag_mx; apply/rowP => j; by rewrite !mxE.
Qed.

(* any of the best encoders *)
Section Best.
Variables (W : 'M[R]_(d, k)) (g : 'M[R]_(m, k)).
Hypothesis best : forall (W' : 'M[R]_(d, k)) (g' : 'M[R]_(m, k)),
  spectral_loss P (Z *m W) g <= spectral_loss P (Z *m W') g'.

Lemma best_rank (E : 'M[R]_(d, m)) : (\rank E <= k)%N ->
  sqnorm (Q^T *m A - W *m (weightedR P g)^T) <= sqnorm (Q^T *m A - E).
Proof. by move=> /factor_rank [F [G ->]]; have := best F (unweightR P G); rewrite !loss_white unweightRK lerD2r. Qed.

Lemma best_most : \sum_(i < d | (i < k)%N) t i <= \tr (colproj W *m M).
Proof.
rewrite pairs_gram -(trace_chosen below (S := Q^T *m A *m (Q^T *m A)^T) (U := V)); last by rewrite -pairs_gram.
apply: (best_trace best_rank); first exact: chosen_orthoproj.
by rewrite (chosen_rank below VV) (card_below d k) geq_minl.
Qed.

Lemma best_small : (\rank (colproj W) <= k)%N.
Proof. by apply: leq_trans (mxrankS (proj_sub _)) _; apply: rank_leq_row. Qed.

Lemma best_below B : least_squares P y (Z *m W) B ->
  mse P y (Z *m W) B <= 1 - sqnorm T + \sum_(i | t i <= value t k) c i.
Proof.
move=> /least_white [_ ->]; rewrite lerD2l.
apply: (left_most basis (colproj_ortho W)) => i; rewrite -ltNge => above.
by apply: (above_first basis (colproj_ortho W) _ best_small best_most above) => j; have /andP [] := place01 j.
Qed.

Lemma best_beyond B : least_squares P y (Z *m W) B -> value t k < 1 ->
  mse P y (Z *m W) B <= 1 - sqnorm T + variation P (Z *m T) / (1 - value t k).
Proof.
move=> fit s1; apply: le_trans (best_below fit) _; rewrite lerD2l.
exact: (beyond_variation (D := fun i => t i <= value t k) s1 (fun i h => h)).
Qed.

Lemma best_apart B : least_squares P y (Z *m W) B -> value t k < value t k.-1 ->
  mse P y (Z *m W) B = 1 - sqnorm T + \sum_(i < d | (k <= i)%N) c i.
Proof.
move=> /least_white [_ ->] lt; congr (_ + _); rewrite (left_parts basis (D := below)) => [|i].
  by apply: eq_bigl => i; rewrite -leqNgt.
by apply: (only_first basis (colproj_ortho W) _ best_small best_most lt) => j; have /andP [] := place01 j.
Qed.
End Best.

Lemma variation_root : Num.sqrt (variation P (Z *m T)) <= Num.sqrt (alphaT P y) + Num.sqrt (1 - sqnorm T).
Proof.
have [U [l hops]] := eigenbasis_exists (hop_sym P).
pose D := diag_mx (\row_i Num.sqrt (1 - l i)) *m U.
have formD (E : 'M[R]_(n, r)) : form (1%:M - hop P) E = sqnorm (D *m E).
  rewrite formB form1 (form_diag hops _ (US hops)) -(sqnorm_basis hops) /sqnorm -sumrB; apply: eq_bigr => i _.
  rewrite mulr_sumr -sumrB; apply: eq_bigr => j _; rewrite /D -mulmxA mul_diag_mx [X in _ = X ^+ 2]mxE [X in _ - X * _]mxE.
  rewrite [X in _ = (X * _) ^+ 2]mxE.
  rewrite exprMn sqr_sqrtr; last by rewrite subr_ge0; have /andP [] := eigenvalue01 hops i.
  by rewrite mulrBl mul1r.
have rest : form (1%:M - hop P) (Q *m T - Y P y) <= 1 - sqnorm T.
  have -> : 1 - sqnorm T = sqnorm (Q *m T - Y P y).
    by rewrite -[RHS]sqnormN opprB white_left targetsE subrr sqnorm0 addr0 sqnormY.
  by rewrite formB form1 gerBl hop_ge0.
rewrite variationE weightedL_mul -(key_identity P y) formD.
have {1}-> : Q *m T = Y P y + (Q *m T - Y P y) by rewrite addrC subrK.
rewrite formD mulmxDr; set a := D *m Y P y; set b := D *m (Q *m T - Y P y).
apply: le_trans (_ : Num.sqrt (sqnorm a) + Num.sqrt (sqnorm b) <= _).
  apply: le_trans (ler_wsqrtr (triangle a b)) _.
  by rewrite sqrtr_sqr ger0_norm // addr_ge0 ?sqrtr_ge0.
by rewrite lerD2l ler_wsqrtr // /b -formD.
Qed.
End Whitened.

(* encoders on X are encoders on Z *)
Lemma through_whitened (R : rcfType) n m p d k (P : graph R n m) (X : 'M[R]_(n, p)) (Z : 'M[R]_(n, d))
    (W : 'M[R]_(p, k)) g : (X^T :=: Z^T)%MS -> linear_minimiser P X W g ->
  exists2 W' : 'M[R]_(d, k), X *m W = Z *m W' &
    forall (W1 : 'M[R]_(d, k)) (g' : 'M[R]_(m, k)), spectral_loss P (Z *m W') g <= spectral_loss P (Z *m W1) g'.
Proof.
move=> span best; have [L [L' [XE ZE]]] := same_span span; exists (L *m W); first by rewrite XE mulmxA.
by move=> W1 g'; rewrite mulmxA -XE ZE -mulmxA; apply: best.
Qed.

Theorem through_features (R : rcfType) : Statements.through_features R.
Proof.
move=> n m r p d k P y X Z V t C f unreached phi beyond span white basis probe; rewrite -feature_momentsE in white.
have [scores out] := probe_of_all span white probe; have [L [L' [XE ZE]]] := same_span span.
have outE : unreached = 1 - sqnorm (targets P y Z) := out.
have phiE : phi = variation P (Z *m targets P y Z) by rewrite /phi scores.
have [g _ top] := top_best k white basis; split.
- exists (L' *m (V^T *m pid_mx k)), g; rewrite mulmxA -ZE; split=> // W' g'.
  by rewrite mulmxA -ZE XE -mulmxA.
- by move=> B /(top_mse white basis) ->; rewrite outE.
- move=> W g' B /(through_whitened span) [W' -> best] fit; rewrite outE phiE; split=> [lt|s1].
    exact: (best_apart white basis best fit lt).
  exact: (best_beyond white basis best fit s1).
- move=> s1; rewrite lerD2l phiE.
  apply: (beyond_variation y white basis (D := fun i : 'I_d => (k <= i)%N) s1) => i; apply: place_sorted.
  by case: basis.
by rewrite phiE outE; apply: (variation_root y white).
Qed.

Theorem known_values_through_features (R : rcfType) : Statements.known_values_through_features R.
Proof.
move=> n m r p d k P y X Z V t C q f moment by_moments at_one span white basis probe.
rewrite -feature_momentsE in white; have [_ out] := probe_of_all span white probe; have [_ _ sorted] := basis.
have t01 := place01 white basis; pose c i := \sum_b (V *m targets P y Z) i b ^+ 2.
have c0 i : 0 <= c i by apply: sumr_ge0 => b _; apply: sqr_ge0.
have momentsE e : by_moments e = 1 - sqnorm (targets P y Z) + (\sum_i q.[t i] * c i - e * q.[1]).
  by rewrite /by_moments out (less_at_one q moment e) (moments_parts y basis).
have first : at_one -> exists2 i0 : 'I_d, i0 = 0%N :> nat & t i0 = 1 /\ c i0 = energy_at_one P y.
  by case=> constant t1; exact: (white_first_energy y span white basis constant t1).
split=> [W g B /(through_whitened span) [W' -> best] fit q1|B fit q1].
  have left := best_below white basis best fit; rewrite -lerBlDl in left.
  split=> [q0|/[dup] /first [i0 i0E [ti ci]] [_ t1] q0]; rewrite momentsE -lerBlDl.
    by rewrite mul0r subr0; apply: (above_points t01 c0 left q1) => i /(point_above sorted); apply: q0.
  rewrite (all_but_first q ti ci); apply: (above_points_beyond t01 c0 i0E left q1 ti) => [|i i1 /(point_above sorted) ik].
    by apply: le_lt_trans t1; apply: value_after => // i; have /andP [] := t01 i.
  by apply: q0; rewrite i1.
have left : \sum_(i | t i < value t k) c i <= mse P y f B - (1 - sqnorm (targets P y Z)).
  rewrite lerBrDl (top_mse white basis fit) lerD2l big_mkcond [leRHS]big_mkcond; apply: ler_sum => i _.
  case: ifP => [lt|_]; last by case: ifP => // _; apply: c0.
  case: ifP => // /negbT; rewrite -leqNgt => ik; move: lt; rewrite ltNge => /negP [].
  by apply: value_before => // j; have /andP [] := t01 j.
split=> [q0|/[dup] /first [i0 i0E [ti ci]] [_ t1] q0]; rewrite momentsE -lerBrDl.
  by rewrite mul0r subr0; apply: (below_points t01 sorted c0 left q1 q0).
by rewrite (all_but_first q ti ci); apply: (below_points_beyond t01 sorted c0 i0E left q1 ti t1 q0).
Qed.

Theorem regularised_through_features (R : rcfType) : Statements.regularised_through_features R.
Proof.
move=> n m r d k P y X rho E t C B f rho0 basis all best s1.
have secondE q (D : 'M[R]_(d, q)) : form (feature_moments P X + rho%:M) D = sqnorm (weightedL P X *m D) + rho * sqnorm D.
  rewrite formD -scalemx1 formZ form1 feature_momentsE; congr (_ + _).
  by rewrite -{2}[weightedL P X]trmxK form_gram trmxK.
have firstE q (D : 'M[R]_(d, q)) : form (along_pairs P X) D = form (hop P) (weightedL P X *m D).
  by rewrite along_pairsE form_mul.
have below (v : 'cV[R]_d) : form (along_pairs P X) v <= form (feature_moments P X + rho%:M) v.
  rewrite secondE firstE; have := laplacian_ge0 P (weightedL P X *m v); rewrite formB form1 subr_ge0 => le.
  by apply: le_trans le _; rewrite lerDl mulr_ge0 ?sqnorm_ge0.
have covers (v : 'cV[R]_d) : 1 * sqnorm (weightedL P X *m v) <= form (feature_moments P X + rho%:M) v.
  by rewrite mul1r secondE lerDl mulr_ge0 ?sqnorm_ge0.
apply: le_trans (generalised_mse basis covers ltr01 all best) _; rewrite lerD2l divr1.
have [_ _ sorted] := basis.
apply: le_trans (generalised_beyond C basis below s1 (fun i => place_sorted sorted)) _; rewrite formB secondE firstE.
by rewrite variationE weightedL_mul formB form1 addrAC.
Qed.
