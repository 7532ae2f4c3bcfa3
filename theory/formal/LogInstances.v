(* No hypothesis of the rows with logarithms contradicts another: the graph of Instances.v has critics whose scores are
   the pointwise mutual information, on each graph nodes have costs, which some mass of errors pays for, and norms may
   be 1. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From mathcomp Require Import reals sequences exp.
From Pairbounds Require Import Statements LogStatements Pairs Instances.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Theorem mutual (R : realType) (P := two R) : exists f g : 'M[R]_2, forall x l,
  0 < P x l /\ (f *m g^T) x l = ln (P x l / (pL P x * pR P l)) + 0.
Proof.
exists (\matrix_(x, l) ln (P x l / (pL P x * pR P l))), 1%:M => x l.
rewrite trmx1 mulmx1 addr0; split; last by rewrite mxE.
by rewrite /P /= mxE; case: eqP => _; lra.
Qed.

Theorem costs (R : realType) n m r (P : graph R n m) (y : 'I_n -> 'I_r) (shares : 'I_n -> 'I_r -> R) budget :
  exists cost, cost_of_ties y shares cost /\ pays_for P cost budget 1.
Proof.
pose cost x := - \sum_c `|tie_cost (shares x (y x)) (shares x c)|; exists cost; split=> [x c _|w w01 _].
  rewrite /cost lerNl (bigD1 c) //=; apply: le_trans (_ : `|tie_cost (shares x (y x)) (shares x c)| <= _).
    by rewrite -normrN ler_norm.
  by rewrite lerDl sumr_ge0.
rewrite -(pL_sum P); apply: ler_sum => x _; rewrite ler_piMr ?(ltW (pL_gt0 P x)) //.
by have /andP [] := w01 x.
Qed.

Theorem mean_costs (R : realType) (disagreement budget : R) : pays_for_mean disagreement budget 1.
Proof. by move=> e /andP [_]. Qed.

Theorem one_point (R : realType) n : on_sphere (const_mx 1 : 'M[R]_(n, 1)).
Proof. by move=> x; rewrite big_ord1 mxE expr1n. Qed.
