(* Sums by class, and the means of features in the classes. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Pairs.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Moments.
Variables (R : rcfType) (n k r : nat) (p : 'I_n -> R) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)).
Hypothesis p0 : forall x, 0 <= p x.
Local Notation mean := (class_mean p y f).

Lemma class_part_ge0 x c : 0 <= p x * (y x == c)%:R. Proof. by rewrite mulr_ge0 ?ler0n. Qed.

(* sums over a class without mass are 0, as is its mean *)
Lemma times_weight c (h : 'I_n -> R) :
  class_weight p y c * ((\sum_x p x * (y x == c)%:R * h x) / class_weight p y c) = \sum_x p x * (y x == c)%:R * h x.
Proof.
have [z|w0] := eqVneq (class_weight p y c) 0; last by rewrite mulrCA mulfV ?mulr1.
rewrite z mul0r big1 // => x _; have -> : p x * (y x == c)%:R = 0; last by rewrite mul0r.
by apply: (psumr_eq0P _ z) => // x' _; apply: class_part_ge0.
Qed.

Lemma from_mean_ge0 x c : 0 <= from_mean p y f x c.
Proof. by apply: sumr_ge0 => i _; apply: sqr_ge0. Qed.

Lemma by_class (h : 'I_n -> 'I_r -> R) : \sum_x p x * h x (y x) = \sum_c \sum_x p x * (y x == c)%:R * h x c.
Proof.
rewrite exchange_big; apply: eq_bigr => x _; rewrite (bigD1 (y x)) //= eqxx mulr1 big1 ?addr0 // => c /negPf ne.
by rewrite eq_sym ne mulr0 mul0r.
Qed.
End Moments.

Section MeanScores.
Variables (R : rcfType) (n m k r : nat) (P : graph R n m) (z : 'I_m -> 'I_r).
Local Notation q := (mass_right P z).

Lemma mass_right_sum : \sum_c q c = 1.
Proof.
rewrite exchange_big -[RHS](weight_sum P) [RHS]exchange_big; apply: eq_bigr => l _ /=.
by rewrite (bigD1 (z l)) //= eqxx mulr1 big1 ?addr0 // => c /negPf ne; rewrite eq_sym ne mulr0.
Qed.

Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Local Notation s := (f *m g^T).
Local Notation mu := (mean_scores P z f g).
Let p0 l := ltW (pR_gt0 P l).

Lemma class_scores x c : \sum_l pR P l * (z l == c)%:R * s x l = q c * mu x c.
Proof.
rewrite /mean_scores mulr_sumr.
rewrite [RHS](eq_bigr (fun i => \sum_l pR P l * (z l == c)%:R * (f x i * g l i))) => [|i _]; last first.
  rewrite mulrCA (times_weight z p0) mulr_sumr; apply: eq_bigr => l _; ring.
rewrite exchange_big; apply: eq_bigr => l _; rewrite -mulr_sumr mxE; congr (_ * _).
by apply: eq_bigr => i _; rewrite mxE.
Qed.
End MeanScores.
