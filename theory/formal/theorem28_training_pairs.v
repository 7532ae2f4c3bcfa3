(* Theorem 28: what is best on counted pairs. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Stability Places.
From Pairbounds Require Import Inequalities Excess theorem17_trained_encoders Wedin.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem28.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Variables (Q : 'M[R]_(n, m)) (a : 'I_n -> R) (b : 'I_m -> R) (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)).
Hypothesis best : best_on_pairs Q a b f g.
Local Notation A := (normalised P).
Local Notation E := (noise P Q).
Local Notation X := (weightedL P f *m (weightedR P g)^T).
Local Notation T := (truncated P U k.+1).
Let change x j := 1 - a x / pL P x * (b j / pR P j).
Let excess := sqnorm (A - X) - sqnorm (A - T).

Lemma loss_on_pairsE (f' : 'M[R]_(n, k.+1)) (g' : 'M[R]_(m, k.+1)) (Z := weightedL P f' *m (weightedR P g')^T) :
  loss_on_pairs Q a b f' g' = \sum_x \sum_j ((1 - change x j) * Z x j ^+ 2 - 2 * ((A x j + E x j) * Z x j)).
Proof.
rewrite /loss_on_pairs mulr_sumr -big_split; apply: eq_bigr => x _ /=.
rewrite mulr_sumr -big_split; apply: eq_bigr => j _ /=.
rewrite /Z weighted_prod /change subKr ![A x j]mxE [E x j]mxE -[X in a x / X](sqrtL2 P x) -[X in b j / X](sqrtR2 P j).
have := sqrtL_neq0 P x; have := sqrtR_neq0 P j; move: (Num.sqrt _) (Num.sqrt _) => s t s0 t0.
by field; rewrite s0 t0.
Qed.

Lemma rank_truncated : (\rank T <= k.+1)%N.
Proof.
have [UU _] := eigenbasis_diagonalises basis.
apply: leq_trans (mxrankM_maxl _ _) _.
by rewrite -/(chosen U (fun i : 'I_n => i < k.+1)%N) (chosen_rank _ UU) card_below geq_minl.
Qed.

Lemma excess_at_most :
  excess <= \sum_x \sum_j (2 * (E x j * (X - T) x j) + change x j * (X x j ^+ 2 - T x j ^+ 2)).
Proof.
have [F [G TE]] := factor_rank rank_truncated; have := best (unweightL P F) (unweightR P G).
rewrite !loss_on_pairsE unweightLK unweightRK -TE -subr_ge0 => le.
rewrite -subr_ge0; apply: le_trans le _; rewrite le_eqVlt; apply/orP; left; apply/eqP.
rewrite /excess /sqnorm -!sumrB; apply: eq_bigr => x _; rewrite -!sumrB; apply: eq_bigr => j _.
have e1 : (A - X) x j = A x j - X x j by rewrite !mxE.
have e2 : (A - T) x j = A x j - T x j by rewrite !mxE.
have e3 : (X - T) x j = X x j - T x j by rewrite !mxE.
rewrite e1 e2 e3; move: (X x j) (T x j) (A x j) (E x j) (change x j) => s t u v w; ring.
Qed.

Lemma near : (1 - singular l k.+1 / singular l k) * sqnorm (X - T) <= excess.
Proof.
apply: (stability basis); apply: leq_trans (mxrankM_maxl _ _) _; exact: rank_leq_col.
Qed.

Lemma excess_is (f' : 'M[R]_(n, k.+1)) (g' : 'M[R]_(m, k.+1)) : spectral_loss P f g - spectral_loss P f' g' <= excess.
Proof.
have := loss_lower basis f' g'; rewrite (loss_factorisation P f g) /excess.
have := eckart_young_attained (fun i : 'I_n => i < k.+1)%N (eigenbasis_diagonalises basis).
rewrite -/(truncated P U k.+1) => ->; lra.
Qed.

Lemma inner_sum (Z W : 'M[R]_(n, m)) : \sum_x \sum_j Z x j * W x j = \tr (Z^T *m W).
Proof.
rewrite exchange_big; apply: eq_bigr => j _; rewrite mxE; apply: eq_bigr => x _; by rewrite [_^T _ _]mxE.
Qed.
End Theorem28.

(* (a) and (b): c bounds what the noise gains of the change of the product *)
Lemma known_marginals (R : rcfType) n m k (P : graph R n m) U l (Q : 'M[R]_(n, m)) (f f' : 'M[R]_(n, k.+1)) g g' (c : R)
    (gap := 1 - singular l k.+1 / singular l k)
    (Z := weightedL P f *m (weightedR P g)^T - truncated P U k.+1) :
  eigenbasis (hop P) U l -> best_on_pairs Q (pL P) (pR P) f g -> 0 < gap -> 0 <= c ->
  \tr ((noise P Q)^T *m Z) ^+ 2 <= c * sqnorm Z -> spectral_loss P f g - spectral_loss P f' g' <= 4 * c / gap.
Proof.
move=> basis best gap0 c0 us; apply: le_trans (excess_is basis f g f' g') _.
have := near basis f g; have := excess_at_most basis best; set e := _ - sqnorm (_ - truncated _ _ _); rewrite -/gap.
have -> : \sum_x \sum_j (2 * (noise P Q x j * (weightedL P f *m (weightedR P g)^T - truncated P U k.+1) x j) +
    (1 - pL P x / pL P x * (pR P j / pR P j)) * ((weightedL P f *m (weightedR P g)^T) x j ^+ 2 -
    truncated P U k.+1 x j ^+ 2)) = 2 * \tr ((noise P Q)^T *m Z).
  rewrite -inner_sum mulr_sumr; apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => j _.
  by rewrite !mulfV ?gt_eqF ?pL_gt0 ?pR_gt0 // mulr1 subrr mul0r addr0.
rewrite -/Z ler_pdivlMr //; have := sqnorm_ge0 Z; move: (sqnorm Z) (\tr _) e us => t u e us t0 e_u gt.
have [e0|e0] := leP e 0; first by have := mulr_ge0 (ltW gap0) c0; nra.
have ee : e ^+ 2 <= 4 * (c * t) by apply: le_trans (_ : (2 * u) ^+ 2 <= _); nra.
by rewrite -(ler_pM2r e0); nra.
Qed.

Theorem error_from_pairs (R : rcfType) : Statements.error_from_pairs R.
Proof.
move=> n m k P U l Q f f' g g' gap basis; split=> [best gap0|qL qR change size eta Q0 best f0 g0].
  by apply: (known_marginals f' g' basis best gap0); rewrite ?sqnorm_ge0 ?cauchy.
move=> /andP [eta0 lt] near_eta; apply: le_trans (excess_is basis f g f' g') _.
have := near basis f g; have := excess_at_most basis best.
set e := _ - sqnorm (_ - truncated _ _ _); set X := weightedL P f *m _; set T := truncated _ _ _.
pose C : 'M[R]_(n, m) := \matrix_(x, j) (if (0 < qL x) && (0 < qR j) then T x j * change x j else 0).
have CE : sqnorm C = \sum_(x | 0 < qL x) \sum_(j | 0 < qR j) (T x j * change x j) ^+ 2.
  rewrite [RHS]big_mkcond; apply: eq_bigr => x _; case: ifP => qx; last first.
    by rewrite big1 // => j _; rewrite mxE qx expr0n.
  by rewrite [RHS]big_mkcond; apply: eq_bigr => j _; rewrite mxE qx /=; case: ifP; rewrite ?expr0n.
have point x j : change x j * (X x j ^+ 2 - T x j ^+ 2) <= eta * ((X - T) x j) ^+ 2 + 2 * (C x j * (X - T) x j).
  have -> : (X - T) x j = X x j - T x j by rewrite !mxE.
  have unseen : X x j = 0 -> change x j = 1 -> C x j = 0 ->
      change x j * (X x j ^+ 2 - T x j ^+ 2) <= eta * (X x j - T x j) ^+ 2 + 2 * (C x j * (X x j - T x j)).
    move=> -> -> ->; have := sqr_ge0 (T x j); rewrite sub0r sqrrN expr0n /=; nra.
  have q0 x' : 0 <= qL x' by apply: sumr_ge0.
  have q0' j' : 0 <= qR j' by apply: sumr_ge0.
  have [qx|qx] := eqVneq (qL x) 0.
    apply: unseen; last by rewrite mxE qx ltxx.
      by rewrite /X weighted_prod mxE big1 ?mulr0 // => i _; rewrite f0 ?mul0r.
    by rewrite /change qx !mul0r subr0.
  have [qj|qj] := eqVneq (qR j) 0.
    apply: unseen; last by rewrite mxE qj ltxx andbF.
      by rewrite /X weighted_prod mxE big1 ?mulr0 // => i _; rewrite [_^T _ _]mxE g0 ?mulr0.
    by rewrite /change qj mul0r mulr0 subr0.
  have sx : 0 < qL x by rewrite lt_neqAle eq_sym qx q0.
  have sj : 0 < qR j by rewrite lt_neqAle eq_sym qj q0'.
  have := near_eta x j sx sj; rewrite [C x j]mxE sx sj /=; move: (change x j) (X x j) (T x j) => d s t.
  have := sqr_ge0 (s - t); nra.
move=> le; have {le} : e <= eta * sqnorm (X - T) + 2 * \tr ((noise P Q)^T *m (X - T)) + 2 * \tr (C^T *m (X - T)).
  apply: le_trans le _; rewrite -!inner_sum /sqnorm !mulr_sumr -!big_split; apply: ler_sum => x _ /=.
  rewrite !mulr_sumr -!big_split; apply: ler_sum => j _ /=; have := point x j; rewrite /change; lra.
have := cauchy_sqrt (noise P Q) (X - T); have := cauchy_sqrt C (X - T); rewrite -/gap.
have -> : size = Num.sqrt (sqnorm (noise P Q)) + Num.sqrt (sqnorm C) by rewrite CE.
have : 0 <= Num.sqrt (sqnorm (noise P Q)) + Num.sqrt (sqnorm C) by rewrite addr_ge0 ?sqrtr_ge0.
move: (sqnorm (X - T)) (sqnorm_ge0 (X - T)) => q q0.
have := sqrtr_ge0 q; have qE := sqr_sqrtr q0; move: (Num.sqrt q) qE => t <-.
move: (Num.sqrt (sqnorm (noise P Q))) (Num.sqrt (sqnorm C)) (\tr _) (\tr _) e => s c u v e t0 sc0 uc vs le gt.
have {}le : e <= eta * t ^+ 2 + 2 * ((s + c) * t) by nra.
move: (s + c) sc0 le => w w0 le; rewrite ler_pdivlMr ?exprn_gt0 ?subr_gt0 //.
have d0 : 0 < gap - eta by rewrite subr_gt0.
have : (gap - eta) * t <= 2 * w.
  have [->|tn0] := eqVneq t 0; first by rewrite mulr0 mulr_ge0.
  have tp : 0 < t by rewrite lt_neqAle eq_sym tn0.
  by rewrite -(ler_pM2r tp); nra.
have [d dE] : exists d, d = gap - eta by exists (gap - eta).
rewrite -dE in d0 *; move=> le2.
have -> : gap = d + eta by rewrite dE subrK.
apply: le_trans (_ : (eta * t ^+ 2 + 2 * (w * t)) * d ^+ 2 <= _); first by rewrite ler_wpM2r ?sqr_ge0.
have dt0 : 0 <= d * t by rewrite mulr_ge0 // ltW.
have sq : (d * t) ^+ 2 <= (2 * w) ^+ 2 by rewrite ler_pXn2r ?nnegrE // mulr_ge0.
have e1 : eta * (d * t) ^+ 2 <= eta * (2 * w) ^+ 2 by rewrite ler_wpM2l.
have e2 : 2 * w * d * (d * t) <= 2 * w * d * (2 * w) by rewrite ler_wpM2l // !mulr_ge0 // ltW.
by have := lerD e1 e2; congr (_ <= _); ring.
Qed.

(* the inner product with a matrix of rank at most q *)
Section Rank.
Variables (R : rcfType) (n m : nat) (E : 'M[R]_(n, m)) (V : 'M[R]_n) (e : 'I_n -> R).
Hypothesis basis : eigenbasis (E *m E^T) V e.

Lemma inner_rank q (Z : 'M[R]_(n, m)) : (\rank Z <= q)%N ->
  \tr (E^T *m Z) ^+ 2 <= (\sum_(i < q) value e i) * sqnorm Z.
Proof.
move=> rZ; have oQ := colproj_ortho Z; have [symQ _] := oQ.
have -> : \tr (E^T *m Z) = \tr ((colproj Z *m E)^T *m Z) by rewrite (trmx_mul _ E) symQ -mulmxA colproj_id.
apply: le_trans (cauchy _ _) _; rewrite ler_wpM2r ?sqnorm_ge0 // -trace_gram // value_sum.
have e0 := gram_eigenvalue_ge0 basis.
have rQ : (\rank (colproj Z) <= q)%N by apply: leq_trans _ rZ; rewrite -(mxrank_tr Z); apply: mxrankS (proj_sub _).
have [nq|qn] := leqP n q.
  apply: (ky_fan (eigenbasis_diagonalises basis) oQ (lexx 0)); last by left.
  by move=> i; rewrite (leq_trans (ltn_ord i) nq).
apply: (ky_fan (eigenbasis_diagonalises basis) oQ (e0 (Ordinal qn))); last first.
  by right; rewrite card_below (minn_idPl (ltnW qn)).
by move=> i; case: ltnP => iq; case: basis => _ _; apply=> //=; apply: ltnW.
Qed.
End Rank.

Theorem error_from_pairs_by_rank (R : rcfType) : Statements.error_from_pairs_by_rank R.
Proof.
move=> n m k P U l Q f f' g g' V e gap basis noise_basis best gap0.
apply: (known_marginals f' g' basis best gap0); last first.
  apply: (inner_rank noise_basis); apply: leq_trans (mxrank_add _ _) _; rewrite mxrank_opp -addnn leq_add //.
    by apply: leq_trans (mxrankM_maxl _ _) _; apply: rank_leq_col.
  exact: rank_truncated basis.
rewrite value_sum; apply: sumr_ge0 => i _; exact: gram_eigenvalue_ge0 noise_basis i.
Qed.

(* (c) and (e): any positive weights of the nodes, and features times their roots *)
Section Scaled.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Variables (Q : 'M[R]_(n, m)) (a : 'I_n -> R) (b : 'I_m -> R) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Hypotheses (a0 : forall x, 0 < a x) (b0 : forall j, 0 < b j) (best : best_on_pairs Q a b f g).
Local Notation A := (normalised P).

Definition scaled p (w : 'I_p -> R) (F : 'M[R]_(p, k)) : 'M[R]_(p, k) := \matrix_(x, i) (Num.sqrt (w x) * F x i).
Definition counted : 'M[R]_(n, m) := \matrix_(x, j) (Q x j / (Num.sqrt (a x) * Num.sqrt (b j))).

Lemma scaled_any p (w : 'I_p -> R) (F : 'M[R]_(p, k)) : (forall x, 0 < w x) -> exists F', scaled w F' = F.
Proof.
move=> w0; exists (\matrix_(x, i) (F x i / Num.sqrt (w x))); apply/matrixP => x i; rewrite !mxE mulrCA mulfV ?mulr1 //.
by rewrite gt_eqF // sqrtr_gt0.
Qed.

Lemma scaled_loss (f' : 'M[R]_(n, k)) (g' : 'M[R]_(m, k)) :
  loss_on_pairs Q a b f' g' = sqnorm (counted - scaled a f' *m (scaled b g')^T) - sqnorm counted.
Proof.
rewrite /loss_on_pairs mulr_sumr -big_split /sqnorm -sumrB; apply: eq_bigr => x _ /=.
rewrite mulr_sumr -big_split -sumrB; apply: eq_bigr => j _ /=.
have product : (scaled a f' *m (scaled b g')^T) x j = Num.sqrt (a x) * Num.sqrt (b j) * (f' *m g'^T) x j.
  by rewrite !mxE mulr_sumr; apply: eq_bigr => i _; rewrite !mxE; ring.
have -> : (counted - scaled a f' *m (scaled b g')^T) x j =
    counted x j - Num.sqrt (a x) * Num.sqrt (b j) * (f' *m g'^T) x j.
  by rewrite -product mxE [(- _ : 'M_(_, _)) _ _]mxE.
rewrite [counted x j]mxE; have := sqr_sqrtr (ltW (a0 x)); have := sqr_sqrtr (ltW (b0 j)).
have : Num.sqrt (a x) != 0 by rewrite gt_eqF // sqrtr_gt0.
have : Num.sqrt (b j) != 0 by rewrite gt_eqF // sqrtr_gt0.
move: (Num.sqrt (a x)) (Num.sqrt (b j)) => s t t0 s0 <- <-; by field; rewrite s0 t0.
Qed.

Lemma scaled_best (X : 'M[R]_(n, m)) : (\rank X <= k)%N ->
  sqnorm (counted - scaled a f *m (scaled b g)^T) <= sqnorm (counted - X).
Proof.
move=> /factor_rank [F [G ->]]; have [f' <-] := scaled_any F a0; have [g' <-] := scaled_any G b0.
by have := best f' g'; rewrite !scaled_loss lerD2r.
Qed.

Lemma scaled_angle t j : 0 <= t -> opnorm2_le (counted - A) (t ^+ 2) -> 0 < singular l j - singular l k - t ->
  opnorm2_le (diag_mx (\row_(i < n) (i < j.+1)%N%:R) *m U *m (1%:M - colproj (scaled a f)))
    ((t / (singular l j - singular l k - t)) ^+ 2).
Proof.
move=> t0 near; have -> : singular l j - singular l k - t = singular l j - (singular l k + t) by rewrite opprD addrA.
rewrite subr_gt0 => gap; have s0 : 0 <= singular l k + t by rewrite addr_ge0 ?sqrtr_ge0.
apply: (wedin scaled_best (rest_opnorm scaled_best (sqr_ge0 _) _) s0 t0 basis near gap); last first.
  by move=> i ij; apply: (singular_le basis).
have [V tail] := tail_value basis k; exists V => x xV.
have -> : counted^T *m x = A^T *m x + (counted - A)^T *m x by rewrite -mulmxDl -linearD /= addrC subrK.
apply: le_trans (triangle _ _) _; rewrite -[sqnorm x in leRHS]sqr_sqrtr ?sqnorm_ge0 // -exprMn.
rewrite ler_pXn2r ?nnegrE ?addr_ge0 ?mulr_ge0 ?addr_ge0 ?sqrtr_ge0 // mulrDl lerD //.
  rewrite -form_gram; apply: le_trans (ler_wsqrtr (tail x xV)) _; by rewrite sqrtrM ?(value_ge0 basis).
by rewrite -sqnormT trmx_mul trmxK -[sqnorm x]sqnormT; apply: opnorm_sqrt.
Qed.
End Scaled.

Lemma normalised_opnorm (R : rcfType) n m (P : graph R n m) : opnorm2_le (normalised P) (1 ^+ 2).
Proof.
move=> v; rewrite expr1n mul1r -sqnormT trmx_mul -form_gram -[leRHS]sqnormT.
by have := laplacian_ge0 P v^T; rewrite formB form1 subr_ge0.
Qed.

Lemma some_right (R : rcfType) n m (P : graph R n m) : 'I_m.
Proof.
case: m P => [|m] P; last exact: ord0.
by have := pL_gt0 P (some_node P); rewrite /pL big_ord0 ltxx.
Qed.

(* roots of ratios near 1 *)
Lemma roots_near (R : realFieldType) (u v a : R) : 0 < u -> 0 < v -> 0 <= a -> u ^+ 2 = 1 - a ->
  1 - a <= v ^+ 2 <= 1 + a -> [/\ `|v^-1| <= u^-1, `|v^-1 - 1| <= u^-1 - 1 & `|v - 1| <= a].
Proof.
move=> u0 v0 a0 uE /andP [low high]; have uv : u <= v by rewrite -(@ler_pXn2r _ 2) ?nnegrE ?(ltW u0) ?(ltW v0) // uE.
have le : v^-1 <= u^-1 by rewrite lef_pV2 ?posrE.
have vi0 : 0 < v^-1 by rewrite invr_gt0.
split; first by rewrite ger0_norm ?(ltW vi0).
  rewrite ler_norml; apply/andP; split; last by lra.
  suff : 2 <= u^-1 + v^-1 by lra.
  have -> : u^-1 + v^-1 = (u + v) / (u * v) by field; rewrite !gt_eqF.
  have w0 : 0 < u * v by rewrite mulr_gt0.
  have w1 : u * v <= 1 by have := sqr_ge0 (u - v); nra.
  rewrite ler_pdivlMr // -(@ler_pXn2r _ 2) ?nnegrE ?mulr_ge0 ?addr_ge0 ?(ltW u0) ?(ltW v0) //.
  by have := sqr_ge0 (u - v); nra.
by rewrite ler_norml; apply/andP; split; nra.
Qed.

Lemma root_ratio (R : rcfType) (p q a : R) (s := 1 / Num.sqrt (1 - a)) : 0 < p -> a < 1 -> `|q / p - 1| <= a ->
  [/\ 0 < q, `|Num.sqrt p / Num.sqrt q| <= s, `|Num.sqrt p / Num.sqrt q - 1| <= s - 1 &
      `|Num.sqrt q / Num.sqrt p - 1| <= a].
Proof.
move=> p0 a1 near; have a0 := le_trans (normr_ge0 _) near; move: near; rewrite ler_distl => near.
have d0 : 0 < q / p by have /andP [low _] := near; apply: lt_le_trans low; rewrite subr_gt0.
have q0 : 0 < q by move: d0; rewrite pmulr_lgt0 ?invr_gt0.
have E : Num.sqrt q / Num.sqrt p = Num.sqrt (q / p) by rewrite sqrtrM ?ltW // sqrtrV // ltW.
have E' : Num.sqrt p / Num.sqrt q = (Num.sqrt (q / p))^-1 by rewrite -E invf_div.
have u0 : 0 < Num.sqrt (1 - a) by rewrite sqrtr_gt0 subr_gt0.
have v0 : 0 < Num.sqrt (q / p) by rewrite sqrtr_gt0.
have uE : Num.sqrt (1 - a) ^+ 2 = 1 - a by rewrite sqr_sqrtr // subr_ge0 ltW.
have vE : Num.sqrt (q / p) ^+ 2 = q / p by rewrite sqr_sqrtr // ltW.
by rewrite E E' /s mul1r; have [] := roots_near u0 v0 a0 uE; rewrite ?vE.
Qed.

Lemma angle_of_projector (R : rcfType) n k j (U : 'M[R]_n) (F : 'M[R]_(n, k)) a :
  opnorm2_le (diag_mx (\row_i (i < j)%N%:R) *m U *m (1%:M - colproj F)) (a ^+ 2) -> angle_le j U F a.
Proof.
move=> le; exists (colproj F) => //; have [sym idem] := colproj_ortho F; split=> //.
by apply/eqmxP; rewrite proj_sub /=; apply/submxP; exists F^T; rewrite (proj_id (submx_refl _)).
Qed.

Theorem angle_from_pairs (R : rcfType) : Statements.angle_from_pairs R.
Proof.
move=> n m k j P U l Q f g e left basis e0 small; pose A := normalised P; pose E := noise P Q.
split=> [best gap|qL qR a a' s s' off a1 a1' near near' best gap|r y B i a a0 probe [N [sym idem span] le]].
- apply: angle_of_projector; apply: (scaled_angle basis (@pL_gt0 _ _ _ P) (@pR_gt0 _ _ _ P) best e0 _ gap).
  have -> // : counted Q (pL P) (pR P) - normalised P = noise P Q.
  by apply/matrixP => x l'; rewrite !mxE mulrBl.
- have roots x := root_ratio (pL_gt0 P x) a1 (near x); have roots' l' := root_ratio (pR_gt0 P l') a1' (near' l').
  have qL0 x : 0 < qL x by have [] := roots x.
  have qR0 l' : 0 < qR l' by have [] := roots' l'.
  have qn x : Num.sqrt (qL x) != 0 by rewrite gt_eqF // sqrtr_gt0.
  have qn' l' : Num.sqrt (qR l') != 0 by rewrite gt_eqF // sqrtr_gt0.
  pose x0 := some_node P; have [_ h1 h2 h3] := roots x0.
  have s1 : 1 <= s by rewrite -subr_ge0; apply: le_trans h2.
  have a0 : 0 <= a := le_trans (normr_ge0 _) h3.
  have s1' : 1 <= s' by have [_ _ h4 _] := roots' (some_right P); rewrite -subr_ge0; apply: le_trans h4.
  have s0 : 0 <= s := le_trans ler01 s1; have s0' : 0 <= s' := le_trans ler01 s1'.
  pose D := diag_mx (\row_x (Num.sqrt (pL P x) / Num.sqrt (qL x))).
  pose D' := diag_mx (\row_l' (Num.sqrt (pR P l') / Num.sqrt (qR l'))).
  pose I := diag_mx (\row_x (Num.sqrt (qL x) / Num.sqrt (pL P x))).
  have Ds : opnorm2_le D (s ^+ 2) by apply: opnorm_diag => x; have [] := roots x.
  have Ds' : opnorm2_le D' (s' ^+ 2) by apply: opnorm_diag => x; have [] := roots' x.
  have shift p (h : 'I_p -> R) : diag_mx (\row_x h x) - 1%:M = diag_mx (\row_x (h x - 1)).
    by apply/matrixP => x x'; rewrite !mxE mulrnBl.
  have D1 : opnorm2_le (D - 1%:M) ((s - 1) ^+ 2) by rewrite shift; apply: opnorm_diag => x; have [] := roots x.
  have D1' : opnorm2_le (D' - 1%:M) ((s' - 1) ^+ 2) by rewrite shift; apply: opnorm_diag => x; have [] := roots' x.
  have I1 : opnorm2_le (I - 1%:M) (a ^+ 2) by rewrite shift; apply: opnorm_diag => x; have [] := roots x.
  have ID : I *m D = 1%:M.
    rewrite mul_mx_diag; apply/matrixP => x x'; rewrite !mxE; have [<-|_] := eqVneq x x'; last by rewrite !mulr0n mul0r.
    by rewrite !mulr1n mulrA mulfVK ?sqrtL_neq0 // mulfV ?qn.
  have countedE : counted Q qL qR - A = (D - 1%:M) *m A *m D' + A *m (D' - 1%:M) + D *m E *m D'.
    have -> : (D - 1%:M) *m A *m D' + A *m (D' - 1%:M) + D *m E *m D' = D *m (A + E) *m D' - A.
      by rewrite mulmxBl mul1mx mulmxBl mulmxBr mulmx1 mulmxDr mulmxDl addrA subrK addrAC.
    congr (_ - _); rewrite mul_diag_mx mul_mx_diag; apply/matrixP => x l'; rewrite !mxE.
    have := sqrtL_neq0 P x; have := sqrtR_neq0 P l'; have := qn x; have := qn' l'.
    move: (Num.sqrt (pL P x)) (Num.sqrt (pR P l')) (Num.sqrt (qL x)) (Num.sqrt (qR l')) => c d c' d' d0' c0' d0 c0.
    by field; rewrite c0 d0 c0' d0'.
  clearbody s s'; have off0 : 0 <= off by rewrite /off subr_ge0 !mulr_ege1 ?lerDl.
  have noisy : opnorm2_le (counted Q qL qR - A) (off ^+ 2).
    have -> : off = (s - 1) * 1 * s' + 1 * (s' - 1) + s * e * s' by rewrite /off; ring.
    rewrite countedE; have n1 : 0 <= (s - 1) * 1 * s' by rewrite !mulr_ge0 ?subr_ge0.
    have n2 : 0 <= 1 * (s' - 1) by rewrite mulr_ge0 ?subr_ge0.
    apply: opnorm_add; rewrite ?addr_ge0 ?mulr_ge0 ?subr_ge0 //; last by apply: opnorm_mul _ Ds'; apply: opnorm_mul.
    apply: opnorm_add => //; last by apply: opnorm_mul _ D1'; apply: normalised_opnorm.
    by apply: opnorm_mul _ Ds'; apply: opnorm_mul D1 _; apply: normalised_opnorm.
  have angle := scaled_angle basis qL0 qR0 best off0 noisy gap.
  apply: angle_of_projector; set L := diag_mx _ *m U in angle *; pose N := colproj (scaled qL f).
  have oN := orthoproj_compl (colproj_ortho (scaled qL f)); set w := off / _ in angle *.
  have w0 : 0 <= w by rewrite divr_ge0 // ltW.
  have L1 : opnorm2_le L (1 ^+ 2) := L_opnorm (fun i : 'I_n => (i < j.+1)%N) basis.
  pose M := 1%:M - colproj (weightedL P f); have oM : orthoproj M := orthoproj_compl (colproj_ortho _).
  have outside : N *m D *m M = 0.
    have FE : weightedL P f = D *m scaled qL f.
      by apply/matrixP => x i; rewrite mul_diag_mx !mxE mulrA mulfVK ?qn.
    have FM : (scaled qL f)^T *m D *m M = 0.
      have DT : D^T = D by rewrite tr_diag_mx.
      rewrite -DT -trmx_mul -FE; have [symM _] := oM; apply: trmx_inj; rewrite trmx_mul trmxK symM trmx0.
      by rewrite mulmxBl mul1mx colproj_id subrr.
    have /submxP [C CE] := proj_sub (scaled qL f)^T; rewrite /N /colproj CE.
    by rewrite -mulmxA -(mulmxA C) (mulmxA _ D) FM mulmx0.
  rewrite -/M; have -> : L *m M = (L *m (1%:M - N) + L *m (I - 1%:M) *m (1%:M - N)) *m D *m M.
    have DM : (1%:M - N) *m (D *m M) = D *m M by rewrite mulmxBl mul1mx mulmxA outside subr0.
    have LI : L + L *m (I - 1%:M) = L *m I by rewrite (mulmxBr L) mulmx1 [L + _]addrC subrK.
    by rewrite -mulmxDl LI -(mulmxA _ D) -(mulmxA _ (1%:M - N)) DM mulmxA -(mulmxA L) ID mulmx1.
  have -> : s * (w + a) = (w + 1 * a * 1) * s * 1 by ring.
  apply: opnorm_mul _ (opnorm_proj oM); apply: opnorm_mul _ Ds; apply: opnorm_add => //; first by rewrite !mulr_ge0.
  by apply: opnorm_mul _ (opnorm_proj oN); apply: opnorm_mul.
have NE : colproj (weightedL P f) = N.
  by apply: orthoproj_unique; [split|apply: eqmx_sym].
rewrite (mse_projection probe) NE; pose low (h : 'I_n) : R := (h < i)%N%:R; pose high h : R := 1 - low h.
have -> : Y P y = weighed P y U high + weighed P y U low.
  by rewrite weighedD (weighed_all y basis) // => h; rewrite subrK.
rewrite mulmxDr; apply: le_trans (triangle_sqrt _ _) _; have oN : orthoproj N by split.
apply: lerD.
  apply: le_trans (ler_wsqrtr (orthoproj_le _ (orthoproj_compl oN))) _; rewrite (weighed_norm y basis) ler_wsqrtr //.
  rewrite [leRHS]big_mkcond; apply: ler_sum => h _; rewrite /high /low; have [_|_] := ltnP h i.
    by rewrite subrr expr0n mul0r.
  by rewrite subr0 expr1n mul1r.
have [symN _] := orthoproj_compl oN; set D := diag_mx (\row_i0 (i0 < i)%N%:R) in le.
have DD : D *m D = D := select2 R (fun h : 'I_n => (h < i)%N).
rewrite -sqnormT trmx_mul symN.
have -> : (weighed P y U low)^T *m (1%:M - N) = (Y P y)^T *m U^T *m D *m (D *m U *m (1%:M - N)).
  rewrite /weighed (trmx_mul _ (Y P y)) (trmx_mul U^T) (trmx_mul _ U) trmxK tr_diag_mx.
  by rewrite -/D !mulmxA -(mulmxA _ D D) DD.
apply: le_trans (opnorm_sqrt _ a0 le) _; rewrite ler_wpM2l // ler_wsqrtr //.
have -> : sqnorm ((Y P y)^T *m U^T *m D) = sqnorm (weighed P y U low).
  rewrite -[RHS](sqnorm_basis basis) -[LHS]sqnormT /weighed; congr sqnorm.
  by rewrite !trmx_mul !trmxK tr_diag_mx !mulmxA (UUt basis) mul1mx.
rewrite (weighed_norm y basis) [leRHS]big_mkcond; apply: ler_sum => h _; rewrite /low; case: (h < i)%N.
  by rewrite expr1n mul1r.
by rewrite expr0n mul0r.
Qed.
