(* Theorem 9: what the classes leak together, for their indicators are whitened features. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs theorem27_whitened_alignment.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem9.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Hypothesis present : forall c, exists x, y x = c.

Lemma mass_gt0 c : 0 < mass P y c.
Proof.
have [x <-] := present c; rewrite /mass (bigD1 x) //= eqxx mulr1 ltr_pwDl ?pL_gt0 //.
by apply: sumr_ge0 => x' _; rewrite mulr_ge0 ?ler0n ?(ltW (pL_gt0 P x')).
Qed.

Definition indicators : 'M[R]_(n, r) := \matrix_(x, c) ((y x == c)%:R / Num.sqrt (mass P y c)).

Lemma indicators_whitened : (weightedL P indicators)^T *m weightedL P indicators = 1%:M.
Proof.
apply/matrixP => c c'; rewrite !mxE.
have root d : Num.sqrt (mass P y d) * Num.sqrt (mass P y d) = mass P y d.
  by rewrite -expr2 sqr_sqrtr // ltW ?mass_gt0.
have root0 d : Num.sqrt (mass P y d) != 0 by rewrite gt_eqF // sqrtr_gt0 mass_gt0.
have [<-|ne] := eqVneq c c'.
  transitivity ((\sum_x pL P x * (y x == c)%:R) / mass P y c); last by rewrite mulfV ?gt_eqF ?mass_gt0.
  rewrite mulr_suml; apply: eq_bigr => x _; rewrite !mxE -[X in _ = X * _ / _](sqrtL2 P x) -[X in _ = _ / X](root c).
  by case: (y x == c); rewrite ?mulr0 ?mul0r ?mulr1 ?mul1r ?mulr0 ?mul0r //; field; apply: root0.
rewrite big1 // => x _; rewrite !mxE; case: eqP => [->|_]; last by rewrite mul0r mulr0 mul0r.
by rewrite (negPf ne) mul0r !mulr0.
Qed.

Lemma indicators_squares :
  \sum_x \sum_x' induced P x x' * (\sum_c (indicators x c - indicators x' c) ^+ 2) = 2 * \sum_c class_conductance P y c.
Proof.
pose h x x' c : R := induced P x x' * ((y x == c) && (y x' != c))%:R / mass P y c.
have E c : class_conductance P y c = \sum_x \sum_x' h x x' c.
  by rewrite /class_conductance mulr_suml; apply: eq_bigr => x _; rewrite mulr_suml.
have E' c : class_conductance P y c = \sum_x \sum_x' h x' x c.
  by rewrite E exchange_big.
have -> : 2 * (\sum_c class_conductance P y c) = \sum_c (\sum_x \sum_x' (h x x' c + h x' x c)).
  rewrite mulr_sumr; apply: eq_bigr => c _; rewrite (_ : 2 * _ = class_conductance P y c + class_conductance P y c); last by ring.
  by rewrite {1}E E' -big_split; apply: eq_bigr => x _ /=; rewrite -big_split.
rewrite [RHS]exchange_big; apply: eq_bigr => x _; rewrite [RHS]exchange_big; apply: eq_bigr => x' _ /=.
rewrite mulr_sumr; apply: eq_bigr => c _; rewrite /h [induced P x' x]induced_sym !mxE.
rewrite -mulrBl exprMn exprVn sqr_sqrtr ?(ltW (mass_gt0 c)) // -mulrDl -mulrDr mulrA; congr (_ * _ * _).
by case: (y x == c); case: (y x' == c); rewrite /= ?subrr ?subr0 ?sub0r ?sqrrN ?expr1n ?expr0n ?addr0 ?add0r.
Qed.
End Theorem9.

Theorem class_leaks (R : rcfType) : Statements.class_leaks R.
Proof.
move=> n m r P y U l basis present.
have := theorem27_whitened_alignment.induced_alignment basis (indicators_whitened P present).
by rewrite (indicators_squares P present) ler_pM2l ?ltr0n.
Qed.
