(* Theorem 36. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Places.
From Pairbounds Require Import Labels Inequalities Dropped Scores theorem04_linear_probe theorem15_multihop.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Values.
Variables (R : rcfType) (n m : nat) (P : graph R n m) (U V : 'M[R]_n) (l e : 'I_n -> R).
Hypotheses (basis : eigenbasis (hop P) U l) (basis' : eigenbasis (hop P) V e).

Lemma same_values k : value l k = value e k.
Proof.
apply/le_anti; rewrite (value_tail basis (value_ge0 basis' k) (tail_value basis' k)) /=.
exact: (value_tail basis' (value_ge0 basis k) (tail_value basis k)).
Qed.

Lemma with_values : eigenbasis (hop P) V l.
Proof.
have E i : l i = e i by rewrite -(value_ord l) same_values value_ord.
by case: basis' => VV VS sorted; split=> // [i|i j ij]; rewrite !E //; apply: sorted.
Qed.
End Values.

Section Constant.
Variables (R : rcfType) (n m : nat) (P : graph R n m).
Local Notation S := (hop P).
Definition root_mass : 'cV[R]_n := \col_x Num.sqrt (pL P x).
Local Notation u := root_mass.

Lemma root_mass_unit : u^T *m u = 1%:M.
Proof.
apply/matrixP => i j; rewrite !ord1 !mxE eqxx -[RHS](pL_sum P); apply: eq_bigr => x _.
by rewrite !mxE sqrtL2.
Qed.

Lemma hop_root_mass : S *m u = u.
Proof.
apply/colP => x; rewrite !mxE (eq_bigr (fun x' => induced P x x' / Num.sqrt (pL P x))) => [|x' _].
  by rewrite -mulr_suml induced_marginal -[X in X / _](sqrtL2 P x) mulfK ?sqrtL_neq0.
by rewrite hopE mxE; field; rewrite !sqrtL_neq0.
Qed.

(* sorted eigenvectors of which the first is along the constant *)
Lemma constant_basis : exists V e,
  [/\ eigenbasis S V e, forall i : 'I_n, i = 0 :> nat -> e i = 1 /\ row i V *m u *m u^T = row i V &
      forall i : 'I_n, i != 0 :> nat -> row i V *m u = 0].
Proof.
pose M := S + u *m u^T.
have symM : M^T = M by rewrite linearD /= hop_sym trmx_mul trmxK.
have [V [d [VV VM sorted]]] := eigenbasis_exists symM; pose dot i := (V *m u) i 0.
have dotE i : row i V *m u = (dot i)%:M by rewrite -row_mul [LHS]mx11_scalar mxE.
have Mu : M *m u = 2 *: u.
  by rewrite mulmxDl hop_root_mass -mulmxA root_mass_unit mulmx1 scaler_nat mulr2n.
have two i : dot i != 0 -> d i = 2.
  move=> i0; have := congr1 (fun w : 'rV[R]_n => (w *m u) 0 0) (VM i).
  by rewrite -mulmxA Mu -scalemxAr -scalemxAl dotE !mxE !mulr1n => /(mulIf i0).
have small (w : 'rV[R]_n) t : w *m u = 0 -> w *m M = t *: w -> w != 0 -> w *m S = t *: w /\ t <= 1.
  move=> wu; rewrite mulmxDr (mulmxA w u) wu mul0mx addr0 => wS w0; split=> //.
  by have /andP [] : 0 <= t <= 1 by apply: (eigenvalue_in_01 (P := P)); apply/eigenvalueP; exists w.
have rows i j : row i V *m (row j V)^T = (i == j)%:R%:M.
  by rewrite tr_row -col_mul -row_mul VV; apply/matrixP => a b; rewrite !ord1 !mxE.
have row0 i : row i V != 0.
  apply/negP => /eqP i0; have := congr1 (fun w : 'M[R]_1 => w 0 0) (rows i i).
  by rewrite i0 mul0mx !mxE eqxx => /esym /eqP; rewrite oner_eq0.
have uE : u = V^T *m (V *m u) by rewrite mulmxA (mulmx1C VV) mul1mx.
have [i0 dot0] : exists i, dot i != 0.
  apply/existsP; apply: contraT => /existsPn no; have u0 : u = 0.
    rewrite uE (_ : V *m u = 0) ?mulmx0 //; apply/colP => i; rewrite [RHS]mxE; apply/eqP.
    exact: negbNE (no i).
  have := congr1 (fun w : 'M[R]_1 => w 0 0) root_mass_unit.
  by rewrite u0 mulmx0 !mxE eqxx => /esym /eqP; rewrite oner_eq0.
have others j : j != i0 -> dot j = 0.
  move=> ne; apply/eqP; apply: contraT => j0; pose w := dot j *: row i0 V - dot i0 *: row j V.
  have wu : w *m u = 0.
    by rewrite mulmxBl -!scalemxAl !dotE; apply/matrixP => a b; rewrite !ord1 !mxE eqxx !mulr1n mulrC subrr.
  have wM : w *m M = 2 *: w.
    by rewrite mulmxBl -!scalemxAl !VM !two // scalerBr !scalerA [2 * dot j]mulrC [2 * dot i0]mulrC.
  have w0 : w != 0.
    apply/negP => /eqP w0; have := congr1 (fun v : 'rV[R]_n => (v *m (row j V)^T) 0 0) w0.
    rewrite mul0mx mulmxBl -!scalemxAl !rows eqxx eq_sym (negPf ne) !mxE !mulr1n mulr0 mulr1 sub0r => /eqP.
    by rewrite oppr_eq0 (negPf dot0).
  have [_] := small w 2 wu wM w0; lra.
have below j : j != i0 -> row j V *m S = d j *: row j V /\ d j <= 1.
  by move=> ne; apply: small (row0 j) => //; rewrite dotE others // raddf0.
have first : i0 = 0 :> nat.
  apply/eqP; apply: contraT => i00; pose z := Ordinal (leq_ltn_trans (leq0n _) (ltn_ord i0)).
  have ne : z != i0 by rewrite -val_eqE eq_sym.
  have [_] := below z ne; have := sorted z i0 (leq0n _); rewrite (two i0 dot0); lra.
have isfirst (i : 'I_n) : (i == 0 :> nat) = (i == i0) by rewrite -val_eqE /= first.
have along : u = dot i0 *: (row i0 V)^T.
  rewrite {1}uE; apply/colP => x; rewrite [LHS]mxE (bigD1 i0) //= big1 => [|j ne].
    by rewrite addr0 [RHS]mxE [(row i0 V)^T _ _]mxE [row i0 V _ _]mxE [V^T _ _]mxE mulrC.
  by rewrite [X in _ * X](others j ne) mulr0.
have alongT : u^T = dot i0 *: row i0 V by rewrite along linearZ /= trmxK.
have kept : row i0 V *m u *m u^T = row i0 V.
  have sq : dot i0 * dot i0 = 1.
    have := congr1 (fun w : 'M[R]_1 => w 0 0) root_mass_unit.
    by rewrite alongT -scalemxAl dotE !mxE eqxx !mulr1n.
  by rewrite dotE mul_scalar_mx alongT scalerA sq scale1r.
have keptS : row i0 V *m S = row i0 V.
  by rewrite -{1}kept -mulmxA -[S]hop_sym -trmx_mul hop_root_mass kept.
exists V, (fun i => if i == i0 then 1 else d i); split.
- split=> // [i|i j ij].
    by case: eqP => [->|/eqP ne]; [rewrite scale1r|have [] := below i ne].
  have [jE|ne] := eqVneq j i0.
    by move: ij; rewrite jE first leqn0 isfirst => ->.
  by case: eqP => _; [have [] := below j ne|apply: sorted].
- by move=> i /eqP; rewrite isfirst => /eqP ->; rewrite eqxx.
by move=> i; rewrite isfirst => ne; rewrite dotE others // raddf0.
Qed.
End Constant.

Section Noise.
Variables (R : rcfType) (n m : nat) (eta : R) (P P' : graph R n m).
Hypothesis noise : noisy P eta P'.
Local Notation u := (root_mass P).
Local Notation keep := ((1 - eta) ^+ 2).

Lemma noisy_left x : pL P' x = pL P x.
Proof.
have [_ E] := noise; rewrite /pL (eq_bigr _ (fun l _ => E x l)) big_split /= -!mulr_sumr pR_sum /pL; ring.
Qed.

Lemma noisy_right l : pR P' l = pR P l.
Proof.
have [_ E] := noise; rewrite /pR (eq_bigr _ (fun x _ => E x l)) big_split /= -!mulr_sumr -mulr_suml (pL_sum P) /pR.
ring.
Qed.

Lemma noisy_induced x x' : induced P' x x' = keep * induced P x x' + (1 - keep) * (pL P x * pL P x').
Proof.
have [_ E] := noise.
have -> : induced P' x x' = \sum_l (keep * (P x l * P x' l / pR P l) + eta * (1 - eta) * pL P x' * P x l
    + eta * (1 - eta) * pL P x * P x' l + eta ^+ 2 * pL P x * pL P x' * pR P l).
  apply: eq_bigr => l _; rewrite !E noisy_right; field; by rewrite gt_eqF ?pR_gt0.
by rewrite !big_split /= -!mulr_sumr pR_sum -/(pL P x) -/(pL P x') /induced; ring.
Qed.

Lemma noisy_hop : hop P' = keep *: hop P + (1 - keep) *: (u *m u^T).
Proof.
apply/matrixP => x x'; rewrite hopE !noisy_left noisy_induced [RHS]mxE [X in _ = X + _]mxE [X in _ = _ + X]mxE hopE.
rewrite [(u *m _) _ _]mxE big_ord1 !mxE -[X in _ * (X * _)](sqrtL2 P x) -[X in _ * (_ * X)](sqrtL2 P x').
by field; rewrite !sqrtL_neq0.
Qed.

Lemma noisy_Y r (y : 'I_n -> 'I_r) : Y P' y = Y P y.
Proof. by apply/matrixP => x c; rewrite !mxE noisy_left. Qed.

Lemma noisy_weighted k (f : 'M[R]_(n, k)) : weightedL P' f = weightedL P f.
Proof. by apply/matrixP => x i; rewrite !mxE noisy_left. Qed.

Lemma noisy_mse r k (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)) : mse P' y f B = mse P y f B.
Proof. by apply: eq_bigr => x _; rewrite noisy_left. Qed.

Lemma noisy_error r k (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)) :
  Statements.error P' y f B = Statements.error P y f B.
Proof. by apply: eq_bigr => x _; rewrite noisy_left. Qed.

Let eta01 : 0 < 1 - eta <= 1. Proof. by have [/andP [? ?] _] := noise; apply/andP; split; lra. Qed.
Let keep01 : 0 < keep <= 1. Proof. by have /andP [p q] := eta01; rewrite exprn_gt0 //= expr_le1 // ltW. Qed.

Lemma noisy_values (e : 'I_n -> R) V : eigenbasis (hop P) V e ->
  (forall i : 'I_n, i = 0 :> nat -> e i = 1 /\ row i V *m u *m u^T = row i V) ->
  (forall i : 'I_n, i != 0 :> nat -> row i V *m u = 0) ->
  eigenbasis (hop P') V (fun i => if i == 0 :> nat then 1 else keep * e i).
Proof.
move=> basis first others; have [VV VS sorted] := basis; split=> // [i|i j ij].
  rewrite noisy_hop mulmxDr -!scalemxAr (mulmxA (row i V) u) VS; case: eqP => [i0|/eqP i0].
    by have [-> ->] := first i i0; rewrite scale1r -scalerDl addrC subrK scale1r.
  by rewrite others // mul0mx scaler0 addr0 scalerA.
have /andP [k0 k1] := keep01.
have [e0 e1] : 0 <= e j /\ e j <= 1 by apply/andP; apply: (eigenvalue01 basis).
have [j0|j0] := eqVneq (j : nat) 0%N; first by move: ij; rewrite j0 leqn0 => ->.
case: eqP => [_|_]; last by rewrite ler_pM2l // sorted.
by rewrite -[leRHS]mulr1 ler_pM // ltW.
Qed.

Variables (U U' : 'M[R]_n) (l l' : 'I_n -> R).
Hypotheses (basis : eigenbasis (hop P) U l) (basis' : eigenbasis (hop P') U' l').

Lemma noisy_basis : exists V, [/\ eigenbasis (hop P) V l, eigenbasis (hop P') V l', value l 0 = 1, value l' 0 = 1 &
  forall i, value l' i.+1 = keep * value l i.+1].
Proof.
have [V [e [basisV first others]]] := constant_basis P; have noisyV := noisy_values basisV first others.
exists V; split; [exact: with_values basis basisV|exact: with_values basis' noisyV| | |].
- rewrite (same_values basis basisV); have [x _] := nodes P; pose z := Ordinal (leq_ltn_trans (leq0n _) (ltn_ord x)).
  by rewrite -[0%N]/(val z) value_ord; have [] := first z (erefl _).
- rewrite (same_values basis' noisyV); have [x _] := nodes P; pose z := Ordinal (leq_ltn_trans (leq0n _) (ltn_ord x)).
  by rewrite -[0%N]/(val z) value_ord.
move=> i; rewrite (same_values basis' noisyV) (same_values basis basisV) /value.
by case: insubP => [j _ jE|_]; [rewrite jE|rewrite mulr0].
Qed.

Lemma noisy_singular i : singular l' i.+1 = (1 - eta) * singular l i.+1.
Proof.
have [V [_ _ _ _ E]] := noisy_basis; have /andP [eta0 _] := eta01.
by rewrite /singular E sqrtrM ?exprn_ge0 ?sqrtr_sqr ?ger0_norm // ltW.
Qed.

Lemma noisy_parts k : singular l k.+1 < singular l k -> singular l' k.+1 < singular l' k.
Proof.
have [V [_ _ one one' _]] := noisy_basis; have /andP [eta0 eta1] := eta01.
case: k => [|k]; rewrite !noisy_singular; last by rewrite ltr_pM2l.
by rewrite /singular one one'; apply: le_lt_trans; rewrite ler_piMl ?sqrtr_ge0.
Qed.

Lemma noisy_projector k (f f' : 'M[R]_(n, k.+1)) (g g' : 'M[R]_(m, k.+1)) :
  singular l k.+1 < singular l k -> minimiser P f g -> minimiser P' f' g' ->
  colproj (weightedL P' f') = colproj (weightedL P f).
Proof.
move=> lt best best'; have [V [basisV basisV' _ _ _]] := noisy_basis.
rewrite (same_projector_singular basisV best lt); exact: same_projector_singular basisV' best' (noisy_parts lt).
Qed.

Lemma noisy_hops j : hops P' j = keep ^+ j *: hops P j + (1 - keep ^+ j) *: (u *m u^T).
Proof.
have hops_u i : u *m u^T *m hops P i = u *m u^T.
  elim: i => [|i IH] /=; first by rewrite mulmx1.
  rewrite (mulmxA _ (hop P)) -(mulmxA u) -[in X in X *m _](hop_sym P) -trmx_mul hop_root_mass //.
have outer : hop P *m (u *m u^T) = u *m u^T by rewrite mulmxA hop_root_mass.
have idem : u *m u^T *m (u *m u^T) = u *m u^T by rewrite -mulmxA (mulmxA u^T) root_mass_unit mul1mx.
elim: j => [|j IH] /=; first by rewrite !expr0 subrr scale0r addr0 scale1r.
rewrite IH noisy_hop; move: keep {IH} => q; rewrite mulmxDl !mulmxDr -!scalemxAl -!scalemxAr hops_u outer idem
  !scalerA -exprS -!addrA; congr (_ + _).
by rewrite -!scalerDl; congr (_ *: _); rewrite exprS; ring.
Qed.
End Noise.


Theorem noise_keeps_the_optimum (R : rcfType) : Statements.noise_keeps_the_optimum R.
Proof.
move=> n m k eta P P' U l U' l' f f' g g' noise basis basis'.
have [V [basisV basisV' one one' values]] := noisy_basis noise basis basis'; split.
- by rewrite /singular one' sqrtr1.
- by move=> i; rewrite (noisy_singular noise basis basis').
- by exists V.
move=> lt best best'; have E := noisy_projector noise basis basis' lt best best'.
have space h (F : 'M[R]_(h, k.+1)) : (F^T :=: colproj F)%MS.
  by apply/eqmxP; rewrite proj_sub andbT -{1}(proj_id (submx_refl F^T)) submxMl.
split; first by apply: eqmx_trans (space _ _) _; rewrite E; apply: eqmx_sym.
move=> r y B B' /least_squaresP EB /least_squaresP EB'.
have EfB : f' *m B' = f *m B.
  apply/matrixP => x c; apply: (mulfI (sqrtL_neq0 P x)); rewrite -!weighted_mul EB -E -(noisy_Y noise y) -EB'.
  by rewrite (noisy_weighted noise).
split=> //; first by rewrite (noisy_mse noise); apply: eq_bigr => x _; rewrite EfB.
by rewrite (noisy_error noise); apply: eq_bigr => x _; rewrite EfB.
Qed.

Lemma consistency_ones (R : rcfType) n m r (P : graph R n m) (y : 'I_n -> 'I_r) :
  sqnorm ((root_mass P)^T *m Y P y) = \sum_c mass P y c ^+ 2.
Proof.
rewrite /sqnorm big_ord1; apply: eq_bigr => c _; congr (_ ^+ 2); rewrite mxE; apply: eq_bigr => x _.
by rewrite !mxE mulrA sqrtL2.
Qed.

(* the label energy of the constant *)
Lemma along_energy (R : rcfType) n m r (P : graph R n m) (y : 'I_n -> 'I_r) (V : 'M[R]_n) z : V *m V^T = 1%:M ->
  row z V *m root_mass P *m (root_mass P)^T = row z V -> energy P y V z = \sum_c mass P y c ^+ 2.
Proof.
move=> VV along; pose dot := (row z V *m root_mass P) 0 0.
have dotE : row z V *m root_mass P = dot%:M by rewrite [LHS]mx11_scalar.
have unit_row : sqnorm (row z V) = 1.
  by rewrite -sqnormT sqnorm_tr trmxK tr_row -col_mul -row_mul VV /mxtrace big_ord1 !mxE eqxx.
have dot2 : dot ^+ 2 = 1.
  by rewrite -unit_row -along dotE mul_scalar_mx sqnormZ sqnormT sqnorm_tr root_mass_unit mxtrace1 mulr1.
have -> : energy P y V z = sqnorm (row z V *m Y P y).
  by rewrite /sqnorm big_ord1; apply: eq_bigr => c _; rewrite -row_mul [in RHS]mxE.
by rewrite -along dotE mul_scalar_mx -scalemxAl sqnormZ dot2 mul1r consistency_ones.
Qed.

Theorem noisy_consistency (R : rcfType) : Statements.noisy_consistency R.
Proof.
move=> n m r eta P P' y keep ones noise.
have E j : consistency P' y j = ones + keep ^+ j * (consistency P y j - ones).
  rewrite !consistency_moment /moment (noisy_Y noise) (noisy_hops noise) formD !formZ form_gram consistency_ones.
  rewrite -/ones; ring.
have alphaE (Q : graph R n m) : alphaT Q y = 1 - consistency Q y 1.
  by rewrite -key_identity consistency_moment /moment /= mulmx1 formB form1 sqnormY.
by split=> //; rewrite !alphaE E expr1; ring.
Qed.

(* a share of noise for any graph *)
Section Noisy.
Variables (R : rcfType) (n m : nat) (P : graph R n m) (t : R).
Hypothesis t01 : 0 <= t < 1.
Let weights : 'M[R]_(n, m) := \matrix_(x, l) ((1 - t) * P x l + t * (pL P x * pR P l)).

Let weights_left x : \sum_l weights x l = pL P x.
Proof.
rewrite (eq_bigr (fun l => (1 - t) * P x l + t * (pL P x * pR P l))) => [|l _]; last by rewrite mxE.
rewrite big_split /= -!mulr_sumr pR_sum /pL; ring.
Qed.

Let weights_right l : \sum_x weights x l = pR P l.
Proof.
rewrite (eq_bigr (fun x => (1 - t) * P x l + t * (pL P x * pR P l))) => [|x _]; last by rewrite mxE.
rewrite big_split /= -!mulr_sumr -mulr_suml (pL_sum P) /pR; ring.
Qed.

Fact weights_ge0 x l : 0 <= weights x l.
Proof.
have /andP [t0 t1] := t01; rewrite mxE addr_ge0 // mulr_ge0 ?weight_ge0 ?mulr_ge0 ?(ltW (pL_gt0 _ _)) //.
  by rewrite subr_ge0 ltW.
exact: ltW (pR_gt0 _ _).
Qed.
Fact weights_sum : \sum_x \sum_l weights x l = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => weights_left x)) (pL_sum P). Qed.
Fact weights_left_gt0 x : 0 < \sum_l weights x l. Proof. by rewrite weights_left pL_gt0. Qed.
Fact weights_right_gt0 l : 0 < \sum_x weights x l. Proof. by rewrite weights_right pR_gt0. Qed.

Lemma noisy_exists : exists P', noisy P t P'.
Proof.
by exists (Graph weights_ge0 weights_sum weights_left_gt0 weights_right_gt0); split=> // x l; rewrite mxE.
Qed.
End Noisy.

Theorem corrected_for_noise (R : rcfType) : Statements.corrected_for_noise R.
Proof.
move=> n m r k M eta s P P' y U l U' l' f g B keep ones a b noise /andP [s0 s_eta] basis basis' parts best probe.
have [/andP [eta0 eta1] E] := noise; have s1 : s < 1 by apply: le_lt_trans eta1.
have s1' : 0 < 1 - s by rewrite subr_gt0.
have keep0 : 0 < keep by rewrite exprn_gt0.
(* the graph between the two *)
pose t := 1 - (1 - eta) / (1 - s).
have t01 : 0 <= t < 1.
  by rewrite subr_ge0 ler_pdivrMr // mul1r lerD2l lerN2 s_eta gtrDl oppr_lt0 divr_gt0 // subr_gt0.
have [Q noiseQ] := noisy_exists P t01; have [_ EQ] := noiseQ.
have noise' : noisy Q s P'.
  split=> [|x z]; first by rewrite s0.
  rewrite E EQ (noisy_left noiseQ) (noisy_right noiseQ) /t; field; exact: lt0r_neq0.
have [UQ [lQ basisQ]] := eigenbasis_exists (hop_sym Q).
have onesQ : \sum_c mass Q y c ^+ 2 = ones.
  by apply: eq_bigr => c _; congr (_ ^+ 2); apply: eq_bigr => x _; rewrite (noisy_left noiseQ).
have aE j : a j = consistency Q y j.
  have [at_j _] := noisy_consistency y noise'; rewrite /a at_j -/keep onesQ; field.
  by rewrite expf_neq0 // gt_eqF.
have bE : b = value lQ k.+1.
  have [V [_ _ _ _ values]] := noisy_basis noise' basisQ basis'; rewrite /b values -/keep; field; exact: lt0r_neq0.
have [fQ [gQ bestQ]] := optimum_exists k.+1 basisQ; have [BQ probeQ] := least_squares_exists Q y fQ.
have [_ _ _ keeps] := noise_keeps_the_optimum f fQ g gQ noiseQ basis basisQ; have [_ same] := keeps parts best bestQ.
have [_ <- _] := same r y B BQ probe probeQ; rewrite bE; split=> [b1|most bound].
  rewrite aE; have := probe_mse basisQ bestQ probeQ b1; suff -> : alphaT Q y = 1 - consistency Q y 1 by [].
  by rewrite -key_identity consistency_moment /moment /= mulmx1 formB form1 sqnormY.
have [V [e [basisV first _]]] := constant_basis Q; have basis1 := with_values basisQ basisV.
apply: le_trans (tail_mse basis1 bestQ probeQ) _; apply: bound.
have [e0 l01 moments] := energy_measure y basis1 M; split=> // [j jM|]; first by rewrite aE -moments.
have [x _] := nodes P; pose z := Ordinal (leq_ltn_trans (leq0n _) (ltn_ord x)).
have [e1 along] := first z (erefl _).
have lz : lQ z == 1 by rewrite -(value_ord lQ) (same_values basisQ basisV) value_ord e1.
have at_z : energy Q y V z = ones by rewrite -onesQ; have [VV _ _] := basisV; exact: along_energy VV along.
by rewrite (bigD1 z) //= at_z lerDl sumr_ge0.
Qed.
