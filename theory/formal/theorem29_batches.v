(* Theorem 29, the part without logarithms: what collides in a batch. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Batches.
Variables (R : rcfType) (n m b : nat) (P : graph R n m).
Local Notation pair := ('I_n * 'I_m)%type.
Local Notation batch := {ffun 'I_b.+1 -> pair}.

Lemma pairs_sum (a : pair -> R) : \sum_(t : pair) P t.1 t.2 * a t = \sum_x \sum_l P x l * a (x, l).
Proof. by rewrite pair_bigA; apply: eq_bigr => - []. Qed.

Lemma mean_product (h : 'I_b.+1 -> pair -> R) :
  batch_mean P (fun w : batch => \prod_j h j (w j)) = \prod_j \sum_(t : pair) P t.1 t.2 * h j t.
Proof.
by rewrite (bigA_distr_bigA (fun j (t : pair) => P t.1 t.2 * h j t)); apply: eq_bigr => w _; rewrite -big_split.
Qed.

Lemma mean_one : \sum_(t : pair) P t.1 t.2 * 1 = 1 :> R.
Proof. by rewrite pairs_sum -[RHS](weight_sum P); apply: eq_bigr => x _; apply: eq_bigr => l _; rewrite /= mulr1. Qed.

Lemma mean_sum (I : finType) (X : I -> batch -> R) :
  batch_mean P (fun w => \sum_i X i w) = \sum_i batch_mean P (X i).
Proof. by rewrite /batch_mean exchange_big; apply: eq_bigr => w _; rewrite mulr_sumr. Qed.

Lemma eq_mean (X X' : batch -> R) : X =1 X' -> batch_mean P X = batch_mean P X'.
Proof. by move=> E; apply: eq_bigr => w _; rewrite E. Qed.

(* the mass of the negatives that collide with an anchor, and means by anchors *)
Variable hits : pair -> pred pair.
Local Notation hit s := (\sum_(t : pair) P t.1 t.2 * (hits s t)%:R).

Lemma by_anchor (h : pair -> 'I_b.+1 -> pair -> R) : (forall s t, h s ord0 t = (t == s)%:R) ->
  batch_mean P (fun w : batch => \prod_(j | j != ord0) h (w ord0) j (w j)) =
  \sum_(s : pair) P s.1 s.2 * \prod_(j | j != ord0) \sum_(t : pair) P t.1 t.2 * h s j t.
Proof.
move=> h0; transitivity (batch_mean P (fun w : batch => \sum_s \prod_j h s j (w j))).
  apply: eq_mean => w; rewrite (bigD1 (w ord0)) //= [X in _ = _ + X]big1 => [|s /negPf ne].
    by rewrite addr0 [RHS](bigD1 ord0) //= h0 eqxx mul1r.
  by rewrite (bigD1 ord0) //= h0 eq_sym ne mul0r.
rewrite (mean_sum (fun s w => \prod_j h s j (w j))); apply: eq_bigr => s _.
rewrite mean_product (bigD1 ord0) //=; congr (_ * _).
by rewrite (bigD1 s) //= h0 eqxx mulr1 big1 ?addr0 // => t /negPf ne; rewrite h0 ne mulr0.
Qed.

Lemma one_collides j : j != ord0 ->
  batch_mean P (fun w : batch => (hits (w ord0) (w j))%:R) = \sum_(s : pair) P s.1 s.2 * hit s.
Proof.
move=> j0; pose h s i t : R := if i == ord0 then (t == s)%:R else if i == j then (hits s t)%:R else 1.
transitivity (batch_mean P (fun w : batch => \prod_(i | i != ord0) h (w ord0) i (w i))).
  apply: eq_mean => w; rewrite (bigD1 j) //= /h (negPf j0) eqxx big1 ?mulr1 // => i /andP [i0 ij].
  by rewrite (negPf i0) (negPf ij).
rewrite by_anchor => [|s t]; last by rewrite /h eqxx.
apply: eq_bigr => s _; congr (_ * _); rewrite (bigD1 j) //= [X in _ * X]big1 => [|i /andP [i0 ij]].
  by rewrite mulr1; apply: eq_bigr => t _; rewrite /h (negPf j0) eqxx.
by rewrite -[RHS]mean_one; apply: eq_bigr => t _; rewrite /h (negPf i0) (negPf ij).
Qed.

Lemma none_collides :
  batch_mean P (fun w : batch => [forall j, (j != ord0) ==> ~~ hits (w ord0) (w j)]%:R) =
  \sum_(s : pair) P s.1 s.2 * (1 - hit s) ^+ b.
Proof.
pose h s (i : 'I_b.+1) t : R := if i == ord0 then (t == s)%:R else (~~ hits s t)%:R.
transitivity (batch_mean P (fun w : batch => \prod_(i | i != ord0) h (w ord0) i (w i))).
  apply: eq_mean => w; case: (boolP [forall j : 'I_b.+1, (j != ord0) ==> ~~ hits (w ord0) (w j)]) => [none|].
    by rewrite big1 // => i i0; move/forallP: none => /(_ i); rewrite i0 /= /h (negPf i0) => ->.
  rewrite negb_forall => /existsP [j]; rewrite negb_imply negbK => /andP [j0 hit].
  by rewrite (bigD1 j) //= /h (negPf j0) hit mul0r.
rewrite by_anchor => [|s t]; last by rewrite /h eqxx.
apply: eq_bigr => s _; congr (_ * _); rewrite (eq_bigr (fun=> 1 - hit s)) => [|i i0].
  by rewrite prodr_const cardC1 card_ord.
rewrite -[X in X - _]mean_one -sumrB; apply: eq_bigr => t _; rewrite /h (negPf i0).
by case: (hits s t); rewrite ?mulr1 ?mulr0 ?subrr ?subr0.
Qed.

Lemma collisions (mean none : R) : b%:R * (\sum_(s : pair) P s.1 s.2 * hit s) = mean ->
  \sum_(s : pair) P s.1 s.2 * (1 - hit s) ^+ b = none -> @collide R n m b P hits mean none.
Proof.
move=> <- <-; split; last exact: none_collides.
transitivity (batch_mean P (fun w : batch => \sum_(j : 'I_b.+1) (if j != ord0 then (hits (w ord0) (w j))%:R else 0))).
  apply: eq_mean => w; rewrite -big_mkcond -natr_sum -sum1_card big_mkcond [in RHS]big_mkcond; congr (_%:R).
  by apply: eq_bigr => j _; rewrite inE; case: (j != ord0); case: (hits _ _).
rewrite mean_sum (eq_bigr (fun j => if j != ord0 then \sum_(s : pair) P s.1 s.2 * hit s else 0)) => [|j _].
  by rewrite -big_mkcond sumr_const cardC1 card_ord mulr_natl.
by case: ifP => j0; [apply: one_collides|rewrite /batch_mean big1 // => w _; rewrite mulr0].
Qed.
End Batches.

Section Keys.
Variables (R : rcfType) (n m r b : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r).
Local Notation pair := ('I_n * 'I_m)%type.

Lemma left_sum (a : 'I_n -> R) : \sum_(t : pair) P t.1 t.2 * a t.1 = \sum_x pL P x * a x.
Proof. by rewrite pairs_sum; apply: eq_bigr => x _; rewrite /= -mulr_suml. Qed.

Lemma right_sum (a : 'I_m -> R) : \sum_(t : pair) P t.1 t.2 * a t.2 = \sum_l pR P l * a l.
Proof. by rewrite pairs_sum exchange_big; apply: eq_bigr => l _; rewrite /= -mulr_suml. Qed.

Lemma class_sum (F : 'I_r -> R) : \sum_x pL P x * F (y x) = \sum_c mass P y c * F c.
Proof.
rewrite (eq_bigr (fun x => \sum_c pL P x * (y x == c)%:R * F c)) => [|x _].
  by rewrite exchange_big; apply: eq_bigr => c _; rewrite -mulr_suml.
by rewrite (bigD1 (y x)) //= eqxx mulr1 big1 ?addr0 // => c /negPf ne; rewrite eq_sym ne mulr0 mul0r.
Qed.

(* anchors by their image *)
Lemma by_left (hits : pair -> pred pair) (q : 'I_n -> R) :
  (forall s, \sum_(t : pair) P t.1 t.2 * (hits s t)%:R = q s.1) ->
  @collide R n m b P hits (b%:R * (\sum_x pL P x * q x)) (\sum_x pL P x * (1 - q x) ^+ b).
Proof.
by move=> E; apply: collisions; rewrite -left_sum; [congr (_ * _)|]; apply: eq_bigr => s _; rewrite E.
Qed.

Lemma by_right (hits : pair -> pred pair) (q : 'I_m -> R) :
  (forall s, \sum_(t : pair) P t.1 t.2 * (hits s t)%:R = q s.2) ->
  @collide R n m b P hits (b%:R * (\sum_l pR P l * q l)) (\sum_l pR P l * (1 - q l) ^+ b).
Proof.
by move=> E; apply: collisions; rewrite -right_sum; [congr (_ * _)|]; apply: eq_bigr => s _; rewrite E.
Qed.
End Keys.

Theorem batch_collisions (R : rcfType) : Statements.batch_collisions R.
Proof.
move=> n m r b P y z paired; split.
- rewrite -(class_sum P y (mass_right P z)) -(class_sum P y (fun c => (1 - mass_right P z c) ^+ b)).
  by apply: (by_left b (q := fun x => mass_right P z (y x))) => s; rewrite (right_sum P (fun l => (z l == y s.1)%:R)).
- rewrite (eq_bigr (fun c => mass P y c * mass P y c)) => [|c _]; last by rewrite expr2.
  rewrite -(class_sum P y (mass P y)) -(class_sum P y (fun c => (1 - mass P y c) ^+ b)).
  by apply: (by_left b (q := fun x => mass P y (y x))) => s; rewrite (left_sum P (fun x => (y x == y s.1)%:R)).
- rewrite (eq_bigr (fun l => pR P l * pR P l)) => [|l _]; last by rewrite expr2.
  apply: by_right => s; rewrite (right_sum P (fun l => (l == s.2)%:R)) (bigD1 s.2) //= eqxx mulr1.
  by rewrite big1 ?addr0 // => l /negPf ->; rewrite mulr0.
apply: by_left => s; rewrite (right_sum P (fun l => (P s.1 l != 0)%:R)) /paired [RHS]big_mkcond.
by apply: eq_bigr => l _; case: (_ != 0); rewrite ?mulr1 ?mulr0.
Qed.
