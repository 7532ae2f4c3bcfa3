(* Theorem 11, after Huang et al.: a node far from its class mean is paid for by the spread of its class. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Pairs ClassMeans.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Apart.
Variables (R : rcfType) (n k r : nat) (p : 'I_n -> R) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)).
Local Notation mean := (class_mean p y f).

Lemma means_apart x c c' : from_mean p y f x c' <= from_mean p y f x c ->
  \sum_i (mean c i - mean c' i) ^+ 2 <= 4 * from_mean p y f x c.
Proof.
move=> le; apply: le_trans (_ : 2 * from_mean p y f x c + 2 * from_mean p y f x c' <= _); last by lra.
rewrite !mulr_sumr -big_split; apply: ler_sum => i _ /=; rewrite -subr_ge0.
have -> : 2 * (f x i - mean c i) ^+ 2 + 2 * (f x i - mean c' i) ^+ 2 - (mean c i - mean c' i) ^+ 2
  = (2 * f x i - mean c i - mean c' i) ^+ 2 by ring.
exact: sqr_ge0.
Qed.
End Apart.

Theorem nearest_mean (R : rcfType) : Statements.nearest_mean R.
Proof.
move=> n m k r P y f apart spread _ far; have p0 x := ltW (pL_gt0 P x).
rewrite /nearest_mean_error (by_class _ y (fun x c => (errs (fun c => - from_mean (pL P) y f x c) c)%:R)).
apply: ler_sum => c _.
have all : \sum_x pL P x * (y x == c)%:R * (errs (fun c => - from_mean (pL P) y f x c) c)%:R <= mass P y c.
  by apply: ler_sum => x _; rewrite ler_piMr ?class_part_ge0 // lern1 leq_b1.
case: ifP => [pos|_]; last by rewrite mulr1.
case: (ltP 1 (4 * spread c / apart c)) => _; first by rewrite mulr1.
have -> : mass P y c * (4 * spread c / apart c) = 4 / apart c * (class_weight (pL P) y c * spread c).
  by rewrite (_ : mass P y c = class_weight (pL P) y c) //; field; rewrite gt_eqF.
rewrite /spread /class_spread (times_weight y p0) mulr_sumr; apply: ler_sum => x _.
rewrite [leRHS]mulrCA ler_wpM2l ?class_part_ge0 // /errs; case: existsP => [[c' /andP [ne le]]|_]; last first.
  by rewrite mulr_ge0 ?from_mean_ge0 // divr_ge0 ?ltW.
rewrite mulrAC ler_pdivlMr // mul1r; apply: le_trans (far c c' ne) _.
by apply: means_apart; rewrite -lerN2.
Qed.
