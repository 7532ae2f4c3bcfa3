(* No smaller constant stands in the place of a row's of theorem 18, nor a larger one below, of theorem 15 neither,
   however many hops are used from two on: each hop ends in the class where it began once in two. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Places Counterexamples Shrunk Exact.
From Pairbounds Require Instances Instances25 FalseTransfer.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* then the measures of all hops have half of their mass at 0, and half at 1 *)
Section Half.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Hypothesis half : forall c x, walk P y 1 c x = 1 / 2.

Lemma half_walk j c x : walk P y j.+1 c x = 1 / 2.
Proof.
elim: j x => [|j IH] x; first exact: half.
rewrite -[LHS]/(\sum_x' induced P x x' / pL P x * walk P y j.+1 c x') (eq_bigr _ (fun x' _ => congr1 _ (IH x'))).
by rewrite -mulr_suml -mulr_suml induced_marginal mulfV ?mul1r // gt_eqF ?pL_gt0.
Qed.

Lemma half_consistency j : consistency P y j = if j is 0%N then 1 else 1 / 2.
Proof.
rewrite /consistency; case: j => [|j].
  by rewrite (eq_bigr (pL P)) ?pL_sum // => x _; rewrite /= eqxx mulr1.
by rewrite (eq_bigr (fun x => pL P x * (1 / 2))) => [|x _]; rewrite ?half_walk // -mulr_suml pL_sum mul1r.
Qed.

Section Measure.
Variables (M N : nat) (w t : 'I_N -> R) (b : R).
Hypothesis measure : consistent_measure P y M.+2 w t.

Lemma half_sums : \sum_i w i * (1 - t i) = 1 / 2 /\ \sum_i w i * (t i * (1 - t i)) = 0.
Proof.
have [_ _ moments] := measure; have := moments 0%N isT; have := moments 1%N isT; have := moments 2%N isT.
rewrite !half_consistency => m2 m1 m0; split.
  transitivity (\sum_i w i * t i ^+ 0 - \sum_i w i * t i ^+ 1); last by rewrite m0 m1; lra.
  by rewrite -sumrB; apply: eq_bigr => i _; rewrite expr0 expr1; ring.
transitivity (\sum_i w i * t i ^+ 1 - \sum_i w i * t i ^+ 2); last by rewrite m1 m2 subrr.
by rewrite -sumrB; apply: eq_bigr => i _; rewrite expr1; ring.
Qed.

Lemma half_most : b < 1 -> \sum_(i | t i <= b) w i <= 1 / 2.
Proof.
have [w0 t01 _] := measure; have [s0 s1] := half_sums; rewrite -subr_gt0 => b1.
apply: le_trans (_ : \sum_i (w i * (1 - t i) + w i * (t i * (1 - t i)) / (1 - b)) <= _).
  rewrite big_mkcond; apply: ler_sum => i _; have /andP [t0 t1] := t01 i; have wi := w0 i.
  have t1' : 0 <= 1 - t i by rewrite subr_ge0.
  case: ifP => [le|_]; last by rewrite addr_ge0 ?divr_ge0 ?mulr_ge0 // ltW.
  have : w i * t i <= w i * (t i * (1 - t i)) / (1 - b); last by lra.
  by rewrite -!mulrA ler_wpM2l // ler_peMr // ler_pdivlMr // mul1r lerD2l lerN2.
by rewrite big_split /= -mulr_suml s0 s1 mul0r addr0.
Qed.

Lemma half_least : 0 < b -> 1 / 2 <= \sum_(i | t i < b) w i.
Proof.
have [w0 t01 _] := measure; have [s0 s1] := half_sums => b0.
have s2 : \sum_i w i * (t i * (1 - t i)) / b = 0 by rewrite -mulr_suml s1 mul0r.
rewrite -s0 -[leRHS]addr0 -[X in _ <= _ + X]s2 [X in _ <= X + _]big_mkcond -big_split.
apply: ler_sum => i _ /=.
have /andP [t0 t1] := t01 i; have wi := w0 i; have t1' : 0 <= 1 - t i by rewrite subr_ge0.
case: (ltP (t i) b) => [_|bt].
  apply: le_trans (_ : w i <= _); last by rewrite lerDl divr_ge0 ?mulr_ge0 // ltW.
  by rewrite -[leRHS]mulr1 ler_wpM2l // lerBlDr lerDl.
by rewrite add0r -!mulrA ler_wpM2l // mulrCA ler_peMr // ler_pdivlMr // mul1r.
Qed.
End Measure.
End Half.

Section Penalty.
Variable R : rcfType.
Local Notation P := (even R).
Local Notation U := (Instances.U R).
Local Notation l := (@first R).

Lemma even_half c x : walk P id 1 c x = 1 / 2.
Proof.
rewrite /= !big_ord_recl big_ord0 /induced !big_ord_recl !big_ord0 !evenE !even_pL !even_pR.
by case: c => [[|[|c]] ?] //=; field.
Qed.

Section Optimum.
Variable mu : R.
Hypothesis mu01 : 0 < mu < 1.
Definition lowered : 'M[R]_(2, 1) := const_mx (Num.sqrt (1 - mu)).
Definition lowered_probe : 'M[R]_(1, 2) := const_mx (1 / 2 / Num.sqrt (1 - mu)).

Lemma root2 : Num.sqrt (1 - mu) * Num.sqrt (1 - mu) = 1 - mu.
Proof. by have /andP [_ m1] := mu01; rewrite -expr2 sqr_sqrtr // subr_ge0 ltW. Qed.

Lemma lowered_gram x j : (lowered *m lowered^T) x j = 1 - mu.
Proof. by rewrite mxE big_ord1 !mxE root2. Qed.

Lemma lowered_score x c : (lowered *m lowered_probe) x c = 1 / 2.
Proof.
have /andP [_ m1] := mu01; rewrite mxE big_ord1 !mxE mulrC divfK // gt_eqF // sqrtr_gt0 subr_gt0 //.
Qed.

Lemma lowered_least : least_squares P id lowered lowered_probe.
Proof.
apply: normal_equations => i c; rewrite !big_ord_recl big_ord0 !lowered_score !even_pL !mxE.
by case: c => [[|[|c]] ?] //=; field.
Qed.

Lemma lowered_mse : mse P id lowered lowered_probe = 1 / 2.
Proof. by rewrite /mse !big_ord_recl !big_ord0 !lowered_score !even_pL /=; field. Qed.

Lemma lowered_error : error P id lowered lowered_probe = 1.
Proof.
rewrite /error (eq_bigr (pL P)) ?pL_sum // => x _; suff -> : errs ((lowered *m lowered_probe) x) x by rewrite mulr1.
by apply/existsP; exists (rev_ord x); rewrite !lowered_score lexx andbT; case: x => [[|[|x]] ?].
Qed.

Lemma singular_even i : singular l i = (i == 0%N)%:R.
Proof.
rewrite /singular; case: i => [|i]; last by rewrite first0 sqrtr0.
by rewrite -[0%N]/(val (0 : 'I_2)) value_ord sqrtr1.
Qed.

Lemma lowered_excess : penalised_excess P l mu lowered lowered = 0.
Proof.
have /andP [m0 m1] := mu01.
rewrite /penalised_excess /penalised_loss /spectral_loss !big_ord_recl !big_ord0 !lowered_gram !even_pL !even_pR !evenE.
rewrite !mxE !singular_even /= !expr2 !root2 max_r ?subr_ge0 ?(ltW m1) // max_l ?sub0r ?oppr_le0 ?(ltW m0) //.
by field.
Qed.

Lemma lowered_best : penalised_minimiser P mu lowered lowered.
Proof.
have /andP [m0 _] := mu01; move=> f' g'; have := excess_ge0 (@even_basis R) m0 f' g'.
by rewrite -[leLHS]lowered_excess /penalised_excess lerD2r.
Qed.

Lemma cut_at : Num.max (mu ^+ 2) (value l 1) = mu ^+ 2 /\ mu ^+ 2 < 1.
Proof.
have /andP [m0 m1] := mu01; rewrite first0 max_l ?sqr_ge0 //; split=> //.
by rewrite expr_lt1 // ltW.
Qed.
End Optimum.

Fact half01 : 0 < (1 / 2 : R) < 1. Proof. by apply/andP; split; lra. Qed.
Local Notation f := (lowered (1 / 2)).
Local Notation B := (lowered_probe (1 / 2)).
Let mu0 : 0 < 1 / 2 :> R. Proof. by lra. Qed.
Let best := lowered_best half01.
Let probe := lowered_least half01.

Theorem penalised_mse_constant M c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B most,
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k P mu f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M.+2 N w t ->
     \sum_(i | t i <= Num.max (mu ^+ 2) (value l k)) w i <= most) ->
  mse P y f B <= c * most).
Proof.
have [E b1] := cut_at half01.
move=> c1 /(_ 2 2 2 1 P id U l (1 / 2) f f B (1 / 2) (@even_basis R) mu0 best probe)%N.
rewrite E (lowered_mse half01) => /(_ (fun N w t measure => half_most even_half measure b1)); lra.
Qed.

Theorem penalised_mse_below_constant M c : 1 < c -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B
    least,
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k P mu f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M.+2 N w t ->
     least <= \sum_(i | t i < Num.max (mu ^+ 2) (value l k)) w i) ->
  c * least <= mse P y f B).
Proof.
have [E _] := cut_at half01; have b0 : 0 < (1 / 2) ^+ 2 :> R by rewrite exprn_gt0.
move=> c1 /(_ 2 2 2 1 P id U l (1 / 2) f f B (1 / 2) (@even_basis R) mu0 best probe)%N.
rewrite E (lowered_mse half01) => /(_ (fun N w t measure => half_least even_half measure b0)); lra.
Qed.

Theorem penalised_error_constant c : c < 2 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B
    (b := Num.max (mu ^+ 2) (value l k)),
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k P mu f g -> least_squares P y f B -> b < 1 ->
  error P y f B <= c * alphaT P y / (1 - b)).
Proof.
move=> c2 all; have [mu mu01 small] : exists2 mu : R, 0 < mu < 1 & mu ^+ 2 < 1 - c / 2.
  pose d : R := Num.min 1 (1 - c / 2); have d0 : 0 < d by rewrite lt_min ltr01 subr_gt0 /=; lra.
  have d1 : d <= 1 by rewrite ge_min lexx.
  have dc : d <= 1 - c / 2 by rewrite ge_min lexx orbT.
  exists (d / 2); first by apply/andP; split; lra.
  have : d * d <= d * 1 by rewrite ler_pM2l.
  rewrite expr2; lra.
have [E b1] := cut_at mu01; have /andP [m0 _] := mu01.
have := all 2 2 2 1 P id U l mu _ _ _ (@even_basis R) m0 (lowered_best mu01) (lowered_least mu01).
rewrite E (lowered_error mu01) even_alphaT => /(_ b1); rewrite ler_pdivlMr ?subr_gt0 //; lra.
Qed.

Theorem local_penalised_error_constant c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B
    (q p : {poly R}) (gamma : 'I_n -> R) most,
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k.+1 P mu f g -> least_squares P y f B ->
  (forall t, 0 <= t <= Num.max (mu ^+ 2) (value l k.+1) -> q.[t] ^+ 2 <= p.[t]) ->
  (forall t, Num.max (mu ^+ 2) (value l k) <= t <= 1 -> (1 - q.[t]) ^+ 2 <= p.[t]) ->
  (forall x c, c != y x -> gamma x <= vote P y q x (y x) - vote P y q x c) ->
  (forall w : 'I_n -> R, (forall x, 0 <= w x <= 1) ->
     \sum_x pL P x * w x * (Num.max 0 (gamma x) ^+ 2 / 2) <= \sum_(j < size p) p`_j * consistency P y j ->
     \sum_x pL P x * w x <= most) ->
  error P y f B <= c * most).
Proof.
move=> c1 /(_ 2%N 2%N 2%N 0%N P id U l (1 / 2) f f B 0 1 (fun=> 0) 1).
have [q2 q1 votes all] := Instances.no_opinion P id.
move=> /(_ (@even_basis R) mu0 best probe (fun t _ => q2 t) (fun t _ => q1 t) votes).
by move=> /(_ (fun w w01 _ => all w w01)); rewrite (lowered_error half01); lra.
Qed.

(* any embedding pair: at the optimum the excess is 0 *)
Let t := 3 / 4 : R.
Let mut : 1 / 2 < t. Proof. by rewrite /t; lra. Qed.

Lemma even_soft_rest : soft_rest P id U l (1 / 2) t = 1 / 2.
Proof.
have S := Instances.ss R; have above : 1 - 1 / 2 = 1 / 2 :> R by lra.
rewrite /soft_rest !big_ord_recl big_ord0 !singular_even /= above sub0r max_r ?(ltW mu0) //.
rewrite max_l ?oppr_le0 ?(ltW mu0) //.
rewrite min_l; last by rewrite ler_pdivlMr /t; lra.
rewrite mul0r min_r ?ler01 // subrr expr0n mul0r subr0 expr1n mul1r add0r addr0.
rewrite /energy !big_ord_recl big_ord0 !mxE !big_ord_recl !big_ord0 !mxE !even_pL /= !mulr0 !mulr1 !addr0 !add0r.
by rewrite -!expr2 !exprMn !expr2 ?mulrN ?mulNr !opprK; move: S; nra.
Qed.

Lemma half_root c : c < 1 -> ~ (Num.sqrt (1 / 2) <= c * Num.sqrt (1 / 2) :> R).
Proof. by move=> c1; apply/negP; rewrite -ltNge gtr_pMl // sqrtr_gt0; lra. Qed.

Theorem penalised_encoder_mse_constant c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu t
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B,
  eigenbasis (hop P) U l -> 0 < mu -> mu < t -> least_squares P y f B ->
  Num.sqrt (mse P y f B) <= c * (Num.sqrt (soft_rest P y U l mu t)
    + Num.sqrt (largest_mass P y * penalised_excess P l mu f g) / (t - mu))).
Proof.
move=> c1 /(_ 2 2 2 1 P id U l _ _ f f B (@even_basis R) mu0 mut probe)%N.
rewrite (lowered_mse half01) even_soft_rest (lowered_excess half01) mulr0 sqrtr0 mul0r addr0; exact: half_root.
Qed.

Theorem penalised_encoder_error_constant c : c < 2 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu t
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B,
  eigenbasis (hop P) U l -> 0 < mu -> mu < t -> least_squares P y f B ->
  error P y f B <= c * (Num.sqrt (soft_rest P y U l mu t)
    + Num.sqrt (largest_mass P y * penalised_excess P l mu f g) / (t - mu)) ^+ 2).
Proof.
move=> c2 /(_ 2 2 2 1 P id U l _ _ f f B (@even_basis R) mu0 mut probe)%N.
rewrite (lowered_error half01) even_soft_rest (lowered_excess half01) mulr0 sqrtr0 mul0r addr0 sqr_sqrtr; lra.
Qed.

Let t1 : t ^+ 2 < 1. Proof. by rewrite /t expr2; lra. Qed.
Theorem multihop_penalised_encoder_mse_constant M c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r)
    U l mu t (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B most,
  eigenbasis (hop P) U l -> 0 < mu -> mu < t -> least_squares P y f B ->
  (forall N w s, @consistent_measure R n m r P y M.+2 N w s -> \sum_(i | s i <= t ^+ 2) w i <= most) ->
  Num.sqrt (mse P y f B)
    <= c * (Num.sqrt most + Num.sqrt (largest_mass P y * penalised_excess P l mu f g) / (t - mu))).
Proof.
move=> c1 /(_ 2 2 2 1 P id U l _ _ f f B (1 / 2) (@even_basis R) mu0 mut probe)%N.
move=> /(_ (fun N w s measure => half_most even_half measure t1)).
by rewrite (lowered_mse half01) (lowered_excess half01) mulr0 sqrtr0 mul0r addr0; apply: half_root.
Qed.

Lemma lowered_rest : normalised P - weightedL P f *m (weightedR P f)^T = const_mx (1 / 4).
Proof.
apply/matrixP => x j; rewrite [LHS]mxE [(- _ : 'M_(_, _)) _ _]mxE weighted_prod (lowered_gram half01) !mxE.
by rewrite !even_pL !even_pR Instances.ss; field.
Qed.

Theorem penalised_encoder_mse_by_duality_constant M c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r)
    mu t (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B most
    (rest := normalised P - weightedL P f *m (weightedR P g)^T) V s (Z := (mu / singular s 0) *: rest)
    (gap := sqnorm rest + mu * (sqnorm (weightedL P f) + sqnorm (weightedR P g))
            - 2 * (\sum_x \sum_l Z x l * normalised P x l) + sqnorm Z),
  eigenbasis (rest *m rest^T) V s -> 0 < mu -> mu < t -> least_squares P y f B ->
  (forall N w s, @consistent_measure R n m r P y M.+2 N w s -> \sum_(i | s i <= t ^+ 2) w i <= most) ->
  Num.sqrt (mse P y f B) <= c * (Num.sqrt most + Num.sqrt (largest_mass P y * gap) / (t - mu))).
Proof.
pose rest : 'M[R]_2 := const_mx (1 / 4); pose s (i : 'I_2) : R := 1 / 4 * l i.
have basis : eigenbasis (rest *m rest^T) U s.
  have -> : rest *m rest^T = 1 / 4 *: hop P.
    by rewrite even_hop; apply/matrixP => x j; rewrite !mxE !big_ord_recl big_ord0 !mxE; field.
  have [UU rows sorted] := even_basis R; split=> // [i|i j ij]; last by rewrite /s ler_pM2l ?sorted //; lra.
  by rewrite -scalemxAr rows scalerA.
have top : singular s 0 = 1 / 2.
  rewrite /singular -[0%N]/(val (0 : 'I_2)) value_ord /s /first eqxx mulr1 (_ : 1 / 4 = (1 / 2) ^+ 2); last by lra.
  by rewrite sqrtr_sqr ger0_norm // ltW.
move=> c1 /(_ 2 2 2 1 P id (1 / 2) t f f B (1 / 2) U s)%N; rewrite /= lowered_rest top.
move=> /(_ basis mu0 mut probe (fun N w s measure => half_most even_half measure t1)).
rewrite (lowered_mse half01) divff ?gt_eqF // scale1r.
set gap := (X in largest_mass P id * X); have -> : gap = 0; last by rewrite mulr0 sqrtr0 mul0r addr0; apply: half_root.
rewrite /gap /sqnorm !big_ord_recl !big_ord0 !mxE !even_pL !even_pR !Instances.ss !exprMn !sqr_sqrtr; lra.
Qed.
End Penalty.

(* Theorem 15 below. Two bits of a pair's ends: one agrees more often than not, the other is noise, and is the label. *)
Theorem multihop_mse_below_constant (R : rcfType) M c : 1 < c -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r)
    U l f g B least,
  eigenbasis (hop P) U l -> @minimiser R n m k.+1 P f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M.+2 N w t -> least <= \sum_(i | t i < value l k.+1) w i) ->
  c * least <= mse P y f B).
Proof.
pose P := FalseTransfer.joined R; pose y := Instances25.domain; pose f : 'M[R]_(4, 1) := const_mx 1.
pose g : 'M[R]_(2, 1) := const_mx 1; pose B : 'M[R]_(1, 2) := const_mx (1 / 2).
have basis := FalseTransfer.joined_basis R; have pLE := FalseTransfer.joined_pL R.
have score x c' : (f *m B) x c' = 1 / 2 by rewrite mxE big_ord1 !mxE mul1r.
have best : minimiser P f g.
  apply/(LowRank.optimum_value basis); rewrite big_mkcond !big_ord_recl big_ord0 /=.
  have E x j : (f *m g^T) x j = 1 by rewrite mxE big_ord1 !mxE mulr1.
  rewrite /spectral_loss !big_ord_recl !big_ord0 !E !pLE !FalseTransfer.joined_pR !mxE.
  by rewrite /FalseTransfer.two_squares /Instances25.sign /=; field.
have probe : least_squares P y f B.
  apply: normal_equations => i c'; rewrite !big_ord_recl big_ord0 !score !pLE !mxE.
  by case: c' => [[|[|c']] ?] //=; field.
have half c' x : walk P y 1 c' x = 1 / 2.
  rewrite /= !big_ord_recl big_ord0 !FalseTransfer.joined_induced !pLE /Instances25.sign.
  by case: c' => [[|[|c']] ?] //=; field.
have v1 : value (FalseTransfer.two_squares R) 1 = 1 / 4 by rewrite -[1%N]/(val (1 : 'I_4)) value_ord.
have b0 : 0 < 1 / 4 :> R by lra.
move=> c1 /(_ 4 2 2 0 P y _ _ f g B (1 / 2) basis best probe)%N; rewrite v1.
move=> /(_ (fun N w t measure => half_least half measure b0)).
by rewrite /mse !big_ord_recl !big_ord0 !score !pLE /=; lra.
Qed.
