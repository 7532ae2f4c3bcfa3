(* Theorem 13: the interval of a labelling error. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Pairbounds Require Import Statements Frobenius Pairs Samples.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Theorem clopper_pearson (R : rcfType) : Statements.clopper_pearson R.
Proof. move=> T law event N delta low high p law0 law1; exact: (Samples.clopper_pearson law0 law1). Qed.

Theorem labelling_error_interval (R : rcfType) : Statements.labelling_error_interval R.
Proof.
have split a b (F : 'I_a -> 'I_b -> R) d : \sum_(t | d t) F t.1 t.2 = \sum_x \sum_l F x l * (d (x, l))%:R.
  by rewrite pair_bigA big_mkcond; apply: eq_bigr => - [x l] _ /=; case: (d _); rewrite ?mulr1 ?mulr0.
have all a b (F : 'I_a -> 'I_b -> R) : \sum_t F t.1 t.2 = \sum_x \sum_l F x l by rewrite pair_bigA.
move=> n m r N P y z delta low high differ differ_left delta0 ends; split.
  rewrite /alpha -(split _ _ P (fun t => y t.1 != z t.2)).
  apply: clopper_pearson => // [t|]; first exact: weight_ge0.
  by rewrite (all _ _ P) weight_sum.
rewrite /alphaT -(split _ _ (induced P) (fun t => y t.1 != y t.2)).
apply: clopper_pearson => // [t|]; first exact: induced_ge0.
by rewrite (all _ _ (induced P)) -(pL_sum P); apply: eq_bigr => x _; rewrite induced_marginal.
Qed.
