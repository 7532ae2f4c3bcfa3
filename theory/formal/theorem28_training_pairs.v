(* Theorem 28, (a), (b) and (d): what is best on counted pairs. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Stability Places Inequalities.
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
