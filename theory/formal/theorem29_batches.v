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
Variables (R : rcfType) (n m r b : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r).
Local Notation pair := ('I_n * 'I_m)%type.
Local Notation batch := {ffun 'I_b.+1 -> pair}.

Lemma pairs_sum (a : pair -> R) : \sum_(t : pair) P t.1 t.2 * a t = \sum_x \sum_l P x l * a (x, l).
Proof. by rewrite pair_bigA; apply: eq_bigr => - []. Qed.

Lemma mean_product (h : 'I_b.+1 -> pair -> R) :
  batch_mean P (fun w : batch => \prod_j h j (w j)) = \prod_j \sum_(t : pair) P t.1 t.2 * h j t.
Proof.
by rewrite (bigA_distr_bigA (fun j (t : pair) => P t.1 t.2 * h j t)); apply: eq_bigr => w _; rewrite -big_split.
Qed.

Lemma mean_left c : \sum_(t : pair) P t.1 t.2 * (y t.1 == c)%:R = mass P y c.
Proof. by rewrite pairs_sum; apply: eq_bigr => x _; rewrite /= -mulr_suml. Qed.

Lemma mean_right c : \sum_(t : pair) P t.1 t.2 * (z t.2 == c)%:R = mass_right P z c.
Proof. by rewrite pairs_sum exchange_big; apply: eq_bigr => l _; rewrite /= -mulr_suml. Qed.

Lemma mean_one : \sum_(t : pair) P t.1 t.2 * 1 = 1 :> R.
Proof. by rewrite pairs_sum -[RHS](weight_sum P); apply: eq_bigr => x _; apply: eq_bigr => l _; rewrite /= mulr1. Qed.

Lemma mean_other c : \sum_(t : pair) P t.1 t.2 * (z t.2 != c)%:R = 1 - mass_right P z c.
Proof.
rewrite -[X in X - _]mean_one -mean_right -sumrB; apply: eq_bigr => t _.
by case: eqP => _; rewrite ?mulr1 ?mulr0 ?subrr ?subr0.
Qed.

Lemma mean_sum (I : finType) (X : I -> batch -> R) :
  batch_mean P (fun w => \sum_i X i w) = \sum_i batch_mean P (X i).
Proof. by rewrite /batch_mean exchange_big; apply: eq_bigr => w _; rewrite mulr_sumr. Qed.

Lemma eq_mean (X X' : batch -> R) : X =1 X' -> batch_mean P X = batch_mean P X'.
Proof. by move=> E; apply: eq_bigr => w _; rewrite E. Qed.

Lemma one_collides j : j != ord0 ->
  batch_mean P (fun w : batch => (z (w j).2 == y (w ord0).1)%:R) = \sum_c mass P y c * mass_right P z c.
Proof.
move=> j0; pose h c i (t : pair) : R := if i == ord0 then (y t.1 == c)%:R else if i == j then (z t.2 == c)%:R else 1.
transitivity (batch_mean P (fun w : batch => \sum_c \prod_i h c i (w i))).
  apply: eq_mean => w; rewrite (bigD1 (y (w ord0).1)) //= [X in _ = _ + X]big1 => [|c /negPf ne]; last first.
    by rewrite (bigD1 ord0) //= /h eqxx eq_sym ne mul0r.
  rewrite addr0 (bigD1 ord0) //= (bigD1 j) //= [X in _ = _ * (_ * X)]big1 => [|i /andP [i0 ij]].
    by rewrite /h !eqxx (negPf j0) mul1r mulr1.
  by rewrite /h (negPf i0) (negPf ij).
rewrite (mean_sum (fun c w => \prod_i h c i (w i))); apply: eq_bigr => c _.
rewrite mean_product (bigD1 ord0) //= (bigD1 j) //= [X in _ * (_ * X)]big1 => [|i /andP [i0 ij]].
  by rewrite /h eqxx (negPf j0) eqxx mean_left mean_right mulr1.
by rewrite /h (negPf i0) (negPf ij) mean_one.
Qed.

Lemma none_collides :
  batch_mean P (fun w : batch => [forall j, (j != ord0) ==> (z (w j).2 != y (w ord0).1)]%:R)
    = \sum_c mass P y c * (1 - mass_right P z c) ^+ b.
Proof.
pose h c (i : 'I_b.+1) (t : pair) : R := if i == ord0 then (y t.1 == c)%:R else (z t.2 != c)%:R.
transitivity (batch_mean P (fun w : batch => \sum_c \prod_i h c i (w i))); last first.
  rewrite (mean_sum (fun c w => \prod_i h c i (w i))); apply: eq_bigr => c _.
  rewrite mean_product (bigD1 ord0) //= {1}/h eqxx mean_left; congr (_ * _).
  rewrite (eq_bigr (fun=> 1 - mass_right P z c)) => [|i i0]; last by rewrite /h (negPf i0) mean_other.
  by rewrite prodr_const cardC1 card_ord.
apply: eq_mean => w; rewrite (bigD1 (y (w ord0).1)) //= [X in _ = _ + X]big1 => [|c /negPf ne]; last first.
  by rewrite (bigD1 ord0) //= /h eqxx eq_sym ne mul0r.
rewrite addr0 (bigD1 ord0) //= {1}/h !eqxx mul1r.
case: (boolP [forall j : 'I_b.+1, (j != ord0) ==> (z (w j).2 != y (w ord0).1)]) => [none|].
  rewrite big1 // => i i0; move/forallP: none => /(_ i); by rewrite i0 /= /h (negPf i0) => ->.
rewrite negb_forall => /existsP [j]; rewrite negb_imply => /andP [j0 hit].
by rewrite (bigD1 j) //= /h (negPf j0) (negPf hit) mul0r.
Qed.
End Batches.

Theorem batch_collisions (R : rcfType) : Statements.batch_collisions R.
Proof.
move=> n m r b P y z; split; last exact: none_collides.
transitivity (batch_mean P (fun w : {ffun 'I_b.+1 -> 'I_n * 'I_m} =>
    \sum_(j : 'I_b.+1) (if j != ord0 then (z (w j).2 == y (w ord0).1)%:R else 0))).
  apply: eq_mean => w; rewrite -big_mkcond -natr_sum -sum1_card big_mkcond [in RHS]big_mkcond; congr (_%:R).
  by apply: eq_bigr => j _; rewrite inE; case: (j != ord0); case: (_ == _).
rewrite mean_sum (eq_bigr (fun j => if j != ord0 then \sum_c mass P y c * mass_right P z c else 0)) => [|j _].
  by rewrite -big_mkcond sumr_const cardC1 card_ord mulr_natl.
by case: ifP => j0; [apply: one_collides|rewrite /batch_mean big1 // => w _; rewrite mulr0].
Qed.
