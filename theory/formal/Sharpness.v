(* No smaller constant stands in the place of a row's, nor a larger one below: on the uniform graph of 2 x 2 nodes, and
   for theorem 27 on the graph of the instances, the two sides of the row are equal. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs LowRank Places Counterexamples.
From Pairbounds Require Instances.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Even.
Variable R : rcfType.
Local Notation P := (even R).
Local Notation U := (Instances.U R).
Local Notation l := (@first R).
Local Notation ones := (ones R).
Local Notation halves := (halves R).

Lemma even_alpha : alpha P id id = 1 / 2.
Proof. by rewrite /alpha !big_ord_recl !big_ord0 !evenE /=; lra. Qed.

Lemma even_mass c : mass P id c = 1 / 2.
Proof. by rewrite /mass !big_ord_recl big_ord0 !even_pL; case: c => [[|[|c]] ?] //=; lra. Qed.

Lemma halves_class_mse k c : class_mse P id (ones k) (halves k) c = 1 / 4.
Proof.
rewrite /class_mse !big_ord_recl big_ord0 !even_pL !ones_mul !mxE /=.
by case: c => [[|[|c]] ?] //=; field.
Qed.

Lemma even_rho k (y : 'I_2 -> 'I_2) : rho P y U l k = alphaT P y.
Proof.
rewrite /rho big1 ?subr0 // => i /andP [_]; rewrite /first.
by case: (i == 0); rewrite ?ltxx // subrr mul0r.
Qed.

(* Theorem 4 *)
Theorem induced_labelling_error_constant c : c < 1 -> ~ (forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) z,
  alphaT P y <= c * (2 * alpha P y z - alpha P y z ^+ 2 * (r%:R / (r%:R - 1)))).
Proof.
move=> c1 /(_ 2 2 2 P id id)%N; rewrite even_alphaT even_alpha.
by have -> : 2 * (1 / 2) - (1 / 2) ^+ 2 * (2 / (2 - 1)) = 1 / 2 :> R; [field|lra].
Qed.

Theorem probe_mse_constant c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k < 1 ->
  mse P y f B <= c * (alphaT P y / (1 - value l k))).
Proof.
move=> c1 /(_ 2 2 2 1 P id U l (ones 0) (ones 0) (halves 0))%N.
move=> /(_ (@even_basis R) (@ones_best R 0) (@ones_probe R 0)).
by rewrite first0 ltr01 halves_mse even_alphaT subr0 divr1 => /(_ isT); lra.
Qed.

Theorem sharp_probe_mse_constant c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f B,
  eigenbasis (hop P) U l -> @top_embedding R n m k P U l f -> least_squares P y f B -> value l k < 1 ->
  mse P y f B <= c * (rho P y U l k / (1 - value l k))).
Proof.
move=> c1 /(_ 2 2 2 2 P id U l (ones 1) (halves 1))%N.
move=> /(_ (@even_basis R) (@ones_top R) (@ones_probe R 1)).
by rewrite first0 ltr01 halves_mse even_rho even_alphaT subr0 divr1 => /(_ isT); lra.
Qed.

Theorem sharp_probe_error_constant c : c < 2 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f B,
  eigenbasis (hop P) U l -> @top_embedding R n m k P U l f -> least_squares P y f B -> value l k < 1 ->
  error P y f B <= c * rho P y U l k / (1 - value l k)).
Proof.
move=> c2 /(_ 2 2 2 2 P id U l (ones 1) (halves 1))%N.
move=> /(_ (@even_basis R) (@ones_top R) (@ones_probe R 1)).
by rewrite first0 ltr01 halves_error even_rho even_alphaT subr0 divr1 => /(_ isT); lra.
Qed.

Theorem sharp_probe_mse_below_constant c : 1 < c -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f B,
  eigenbasis (hop P) U l -> @top_embedding R n m k P U l f -> least_squares P y f B -> value l k < 1 ->
  c * rho P y U l k <= mse P y f B).
Proof.
move=> c1 /(_ 2 2 2 2 P id U l (ones 1) (halves 1))%N.
move=> /(_ (@even_basis R) (@ones_top R) (@ones_probe R 1)).
by rewrite first0 ltr01 halves_mse even_rho even_alphaT => /(_ isT); lra.
Qed.

(* Theorem 5: of two views of each image one is misclassified, so that the vote ties *)
Let one : 'I_2 -> 'I_2 := fun=> 0.
Let sides : 'M[R]_(2, 1) := \matrix_(x, i) (if x == 0 then 1 else - 1).

Lemma sides_errs x : errs ((sides *m sides^T) x) 0 = (x != 0).
Proof.
rewrite /errs; apply/existsP/idP => [[c]|x0].
  by rewrite !mxE !big_ord_recl !big_ord0 !mxE; case: x c => [[|[|x]] ?] // [[|[|c]] ?] //=; lra.
exists 1; rewrite !mxE !big_ord_recl !big_ord0 !mxE /=.
by case: x x0 => [[|[|x]] ?] //= _; lra.
Qed.

Lemma sides_errs1 x : errs ((sides *m sides^T) x) 1 = (x == 0).
Proof.
rewrite /errs; apply/existsP/idP => [[c]|x0].
  by rewrite !mxE !big_ord_recl !big_ord0 !mxE; case: x c => [[|[|x]] ?] // [[|[|c]] ?] //=; lra.
exists 0; rewrite !mxE !big_ord_recl !big_ord0 !mxE /=.
by case: x x0 => [[|[|x]] ?] //= _; lra.
Qed.

Theorem image_error_constant c : c < 2 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) z (f : 'M[R]_(n, k)) B,
  ballot_error P z f B <= c * (error P y f B + alpha P y z)).
Proof.
move=> c2 /(_ 2 2 2 1 P one one sides sides^T)%N.
have -> : error P one sides sides^T = 1 / 2.
  by rewrite /error !big_ord_recl big_ord0 !even_pL !sides_errs /=; lra.
have -> : alpha P one one = 0 by rewrite /alpha big1 // => x _; rewrite big1 // => j _; rewrite mulr0.
have -> : ballot_error P one sides sides^T = 1; last by lra.
have tie j : errs (ballots P sides sides^T j) 0.
  apply/existsP; exists 1; rewrite /ballots !big_ord_recl !big_ord0 !evenE.
  by rewrite -[ord0]/(0 : 'I_2) !sides_errs !sides_errs1 /=; lra.
by rewrite /ballot_error !big_ord_recl big_ord0 !even_pR !tie /=; lra.
Qed.

(* Theorem 6: every image of one class, and the right nodes of two *)
Lemma even_alpha_one : alpha P one id = 1 / 2. Proof. by rewrite /alpha !big_ord_recl !big_ord0 !evenE /=; lra. Qed.

Lemma even_zero_shot : zero_shot_error P one id (ones 0) (ones 0) = 1.
Proof.
rewrite /zero_shot_error (eq_bigr (pL P)) ?pL_sum // => x _.
suff -> : errs (prototype_scores P id (ones 0) (ones 0) x) (one x) by rewrite mulr1.
apply/existsP; exists 1; rewrite /prototype_scores !big_ord_recl !big_ord0 !even_pR !ones_mul !mxE /=; lra.
Qed.

Theorem zero_shot_constant c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) z U l f g,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> value l k < 1 ->
  zero_shot_error P y z f g <= c * (2 * (Num.sqrt (2 * alpha P y z - tau P z)
    + singular l k * Num.sqrt (tau P z / (1 - value l k))) ^+ 2)).
Proof.
move=> c1 /(_ 2 2 2 1 P one id U l (ones 0) (ones 0) (@even_basis R) (@ones_best R 0))%N.
have -> : tau P id = 1 / 2 by rewrite /tau /induced_right !big_ord_recl !big_ord0 !evenE !even_pL /=; lra.
rewrite even_alpha_one even_zero_shot /singular first0 ltr01 sqrtr0 mul0r addr0 => /(_ isT).
by rewrite sqr_sqrtr; lra.
Qed.

(* so the labelling error itself, or less than twice it, does not bound zero-shot error *)
Theorem zero_shot_by_alpha_constant c : c < 2 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) z U l f g,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> value l k < 1 ->
  zero_shot_error P y z f g <= c * (alpha P y z / (1 - value l k))).
Proof.
move=> c2 /(_ 2 2 2 1 P one id U l (ones 0) (ones 0) (@even_basis R) (@ones_best R 0))%N.
by rewrite first0 ltr01 even_zero_shot even_alpha_one subr0 divr1 => /(_ isT); lra.
Qed.

(* Theorem 9 *)
Lemma even_value0 : value l 0 = 1. Proof. by rewrite -[0%N]/(val (0 : 'I_2)) value_ord. Qed.

Lemma even_induced x x' : induced P x x' = 1 / 4.
Proof. by rewrite /induced !big_ord_recl big_ord0 !evenE !even_pR; field. Qed.

Lemma even_conductance c : class_conductance P id c = 1 / 2.
Proof.
rewrite /class_conductance even_mass !big_ord_recl !big_ord0 !even_induced.
by case: c => [[|[|c]] ?] //=; field.
Qed.

Theorem class_leaks_constant c : 1 < c -> ~ (forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) U l,
  eigenbasis (hop P) U l -> (forall c, exists x, y x = c) ->
  c * (\sum_(i < r) (1 - value l i)) <= \sum_c class_conductance P y c).
Proof.
move=> c1 /(_ 2 2 2 P id U l (@even_basis R))%N all.
have := all (fun x => ex_intro _ x erefl).
rewrite !big_ord_recl !big_ord0 !even_conductance /= even_value0 first0; lra.
Qed.

(* Theorem 15: of measures with these consistencies none has more than half of its mass at 0 *)
Lemma even_consistency0 : consistency P id 0 = 1.
Proof. by rewrite /consistency !big_ord_recl big_ord0 !even_pL /=; lra. Qed.

Lemma even_consistency1 : consistency P id 1 = 1 / 2.
Proof. by rewrite /consistency /= !big_ord_recl !big_ord0 !even_induced !even_pL /=; field. Qed.

Lemma even_most M N w t : @consistent_measure R 2 2 2 P id M.+1 N w t -> \sum_(i | t i <= value l 1) w i <= 1 / 2.
Proof.
case=> w0 t01 moments; rewrite first0.
apply: le_trans (_ : \sum_i w i * (1 - t i) <= _).
  rewrite big_mkcond; apply: ler_sum => i _; have /andP [t0 t1] := t01 i.
  case: ifP => [t_le|_]; last by rewrite mulr_ge0 ?subr_ge0.
  by have -> : t i = 0; [apply/le_anti; rewrite t_le|rewrite subr0 mulr1].
have := moments 0%N isT; have := moments 1%N isT; rewrite even_consistency0 even_consistency1.
have -> : \sum_i w i * (1 - t i) = \sum_i w i * t i ^+ 0 - \sum_i w i * t i ^+ 1.
  by rewrite -sumrB; apply: eq_bigr => i _; rewrite expr0 expr1; ring.
by move=> -> ->; lra.
Qed.

Theorem multihop_mse_constant M c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B most,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M.+1 N w t -> \sum_(i | t i <= value l k) w i <= most) ->
  mse P y f B <= c * most).
Proof.
move=> c1 /(_ 2 2 2 1 P id U l (ones 0) (ones 0) (halves 0) (1 / 2))%N.
move=> /(_ (@even_basis R) (@ones_best R 0) (@ones_probe R 0) (@even_most M)).
by rewrite halves_mse; lra.
Qed.

Theorem multihop_error_constant M c : c < 2 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B most,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M.+1 N w t -> \sum_(i | t i <= value l k) w i <= most) ->
  error P y f B <= c * most).
Proof.
move=> c2 /(_ 2 2 2 1 P id U l (ones 0) (ones 0) (halves 0) (1 / 2))%N.
move=> /(_ (@even_basis R) (@ones_best R 0) (@ones_probe R 0) (@even_most M)).
by rewrite halves_error; lra.
Qed.

(* Theorem 16 *)
Theorem imbalance_error_constant c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k < 1 ->
  error P y f B <= c * (2 * mse P y f B - \sum_c Num.max 0
    (2 * (r%:R / (r%:R - 1)) * class_mse P y f B c ^+ 2 / mass P y c - mass P y c))).
Proof.
move=> c1 /(_ 2 2 2 1 P id U l (ones 0) (ones 0) (halves 0))%N.
move=> /(_ (@even_basis R) (@ones_best R 0) (@ones_probe R 0)).
rewrite first0 ltr01 halves_error halves_mse big1 => [/(_ isT)|d _]; first by lra.
rewrite halves_class_mse even_mass.
by have -> : 2 * (2 / (2 - 1)) * (1 / 4) ^+ 2 / (1 / 2) - 1 / 2 = 0 :> R; [field|rewrite maxxx].
Qed.

Theorem local_multihop_error_constant c : c < 1 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B
    (q p : {poly R}) (gamma : 'I_n -> R) most,
  eigenbasis (hop P) U l -> @minimiser R n m k.+1 P f g -> least_squares P y f B ->
  (forall t, 0 <= t <= value l k.+1 -> q.[t] ^+ 2 <= p.[t]) ->
  (forall t, value l k <= t <= 1 -> (1 - q.[t]) ^+ 2 <= p.[t]) ->
  (forall x c, c != y x -> gamma x <= vote P y q x (y x) - vote P y q x c) ->
  (forall w : 'I_n -> R, (forall x, 0 <= w x <= 1) ->
     \sum_x pL P x * w x * (Num.max 0 (gamma x) ^+ 2 / 2) <= \sum_(j < size p) p`_j * consistency P y j ->
     \sum_x pL P x * w x <= most) ->
  error P y f B <= c * most).
Proof.
move=> c1 /(_ 2%N 2%N 2%N 0%N P id U l (ones 0%N) (ones 0%N) (halves 0%N) 0 1 (fun=> 0) 1).
have [q2 q1 votes all] := Instances.no_opinion P id.
move=> /(_ (@even_basis R) (@ones_best R 0) (@ones_probe R 0) (fun t _ => q2 t) (fun t _ => q1 t) votes).
move=> /(_ (fun w w01 _ => all w w01)); rewrite halves_error; lra.
Qed.
End Even.

(* Theorem 27: features that are one column of ones and one of signs *)
Section Signs.
Variable R : rcfType.
Local Notation P := (Instances.two R).
Local Notation U := (Instances.U R).
Local Notation l := (@Instances.l R).
Definition signs : 'M[R]_2 := \matrix_(x, i) (if (x == 1) && (i == 1) then - 1 else 1).

Lemma two_pL x : pL P x = 1 / 2. Proof. exact: Instances.w_row. Qed.
Lemma two_pR j : pR P j = 1 / 2.
Proof. by rewrite -(Instances.w_row R j); apply: eq_bigr => i _; rewrite !mxE eq_sym. Qed.

Lemma signs_gram : (weightedL P signs)^T *m weightedL P signs = 1%:M.
Proof.
have S := Instances.ss R; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE !two_pL.
by case: i j => [[|[|i]] ?] // [[|[|j]] ?] //=; rewrite ?mulr1 ?mulrN1 ?mulrN ?mulNr S; lra.
Qed.

Lemma signs_gramR : (weightedR P signs)^T *m weightedR P signs = 1%:M.
Proof. by rewrite -signs_gram; congr (_^T *m _); apply/matrixP => x i; rewrite !mxE two_pL two_pR. Qed.

Lemma signs_induced : \sum_x \sum_x' induced P x x' * (\sum_c (signs x c - signs x' c) ^+ 2) = 3 / 2.
Proof. by rewrite /induced !big_ord_recl !big_ord0 !two_pR !mxE /=; field. Qed.

Lemma signs_pairs : \sum_x \sum_l' P x l' * (\sum_c (signs x c - signs l' c) ^+ 2) = 1.
Proof. by rewrite !big_ord_recl !big_ord0 !mxE /=; field. Qed.

Lemma singular_two : singular l 0 = 1 /\ singular l 1 = 1 / 2.
Proof.
rewrite /singular Instances.value0 Instances.value1 sqrtr1; split=> //.
by rewrite (_ : 1 / 4 = (1 / 2) ^+ 2); [rewrite sqrtr_sqr ger0_norm //; lra|field].
Qed.

Theorem induced_alignment_constant c : 1 < c -> ~ (forall n m k (P : graph R n m) U l (f : 'M[R]_(n, k)),
  eigenbasis (hop P) U l -> (weightedL P f)^T *m weightedL P f = 1%:M ->
  c * (2 * (\sum_(i < k) (1 - value l i))) <= \sum_x \sum_x' induced P x x' * (\sum_c (f x c - f x' c) ^+ 2)).
Proof.
move=> c1 /(_ 2 2 2 P U l signs (Instances.two_basis R) signs_gram)%N; rewrite signs_induced.
by rewrite !big_ord_recl big_ord0 Instances.value0 Instances.value1; lra.
Qed.

Theorem pair_alignment_constant c : 1 < c -> ~ (forall n m k (P : graph R n m) U l
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  eigenbasis (hop P) U l -> (weightedL P f)^T *m weightedL P f = 1%:M -> (weightedR P g)^T *m weightedR P g = 1%:M ->
  c * (2 * (\sum_(i < k) (1 - singular l i))) <= \sum_x \sum_l' P x l' * (\sum_c (f x c - g l' c) ^+ 2)).
Proof.
move=> c1 /(_ 2 2 2 P U l signs signs (Instances.two_basis R) signs_gram signs_gramR)%N; rewrite signs_pairs.
by have [s0 s1] := singular_two; rewrite !big_ord_recl big_ord0 s0 s1; lra.
Qed.

(* the squares belong to induced pairs, and are false of the pairs *)
Theorem squares_on_pairs : ~ (forall n m k (P : graph R n m) U l (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  eigenbasis (hop P) U l -> (weightedL P f)^T *m weightedL P f = 1%:M -> (weightedR P g)^T *m weightedR P g = 1%:M ->
  2 * (\sum_(i < k) (1 - value l i)) <= \sum_x \sum_l' P x l' * (\sum_c (f x c - g l' c) ^+ 2)).
Proof.
move=> /(_ 2 2 2 P U l signs signs (Instances.two_basis R) signs_gram signs_gramR)%N; rewrite signs_pairs.
by rewrite !big_ord_recl big_ord0 Instances.value0 Instances.value1; lra.
Qed.
End Signs.
