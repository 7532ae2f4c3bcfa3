(* Theorem 31: scores of a small range keep InfoNCE above its optimum. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From mathcomp Require Import reals sequences exp.
From Pairbounds Require Import Statements LogStatements Frobenius Pairs Mirror Inequalities Logarithms.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Range.
Variables (R : realType) (n m : nat) (P : graph R n m) (s : 'M[R]_(n, m)) (D : R).
Hypothesis differ : forall x l l', - D <= s x l' - s x l.

Lemma pR_sum : \sum_l pR P l = 1. Proof. by rewrite -(weight_sum P) exchange_big. Qed.

Lemma loss_rightE : loss_right P s = \sum_x \sum_l P x l * ln (\sum_l' pR P l' * expR (s x l' - s x l)).
Proof.
rewrite /loss_right /attraction -sumrB; apply: eq_bigr => x _; rewrite mulr_suml -sumrB; apply: eq_bigr => l _ /=.
rewrite -mulrBr; congr (_ * _); rewrite -[X in _ - X]expRK -ln_div ?posrE ?expR_gt0 ?partition_right_gt0 //.
by congr ln; rewrite mulr_suml; apply: eq_bigr => l' _; rewrite expRB mulrA.
Qed.

Lemma loss_right_range : \sum_l pR P l * ln (pR P l + (1 - pR P l) * expR (- D)) <= loss_right P s.
Proof.
rewrite loss_rightE exchange_big; apply: ler_sum => l _; rewrite mulr_suml; apply: ler_sum => x _.
have others : \sum_(l' | l' != l) pR P l' = 1 - pR P l by rewrite -pR_sum [in RHS](bigD1 l) //= addrAC subrr add0r.
have others_ge0 : 0 <= 1 - pR P l by rewrite -others sumr_ge0 // => l' _; rewrite ltW ?pR_gt0.
rewrite ler_wpM2l ?weight_ge0 // ler_ln ?posrE.
- rewrite (bigD1 l) //= subrr expR0 mulr1 lerD2l -others mulr_suml; apply: ler_sum => l' _.
  by rewrite ler_wpM2l ?(ltW (pR_gt0 P l')) // ler_expR.
- by rewrite ltr_pwDl ?pR_gt0 // mulr_ge0 ?expR_ge0.
by apply: mean_gt0 => [l'||l']; rewrite ?expR_gt0 ?pR_sum ?(ltW (pR_gt0 P l')).
Qed.
End Range.

Lemma score_le (R : realType) n m k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) x l :
  `|(f *m g^T) x l| <= norm f x * norm g l.
Proof.
have := cauchy (row x f) (row l g); have -> : \tr ((row x f)^T *m row l g) = (f *m g^T) x l.
  by rewrite [RHS]mxE; apply: eq_bigr => i _; rewrite !mxE big_ord1 !mxE.
have E p (h : 'M[R]_(p, k)) z : sqnorm (row z h) = \sum_i h z i ^+ 2.
  by rewrite /sqnorm big_ord1; apply: eq_bigr => i _; rewrite mxE.
rewrite !E -sqrtr_sqr /norm -sqrtrM; last by apply: sumr_ge0 => i _; apply: sqr_ge0.
exact: ler_wsqrtr.
Qed.

Lemma score_le_largest (R : realType) n m k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) x l :
  `|(f *m g^T) x l| <= (\big[Num.max/0]_x norm f x) * (\big[Num.max/0]_l norm g l).
Proof.
by apply: le_trans (score_le f g x l) _; apply: ler_pM; rewrite ?sqrtr_ge0 //;
  [apply: (le_bigmax _ (norm f))|apply: (le_bigmax _ (norm g))].
Qed.

Theorem infonce_by_range (R : realType) : LogStatements.infonce_by_range R.
Proof.
move=> n m k P f g; set s := f *m g^T.
have right : forall x l l', - range f g <= s x l' - s x l.
  move=> x l l'; have := score_le_largest f g x l; have := score_le_largest f g x l'.
  by rewrite -/s /range !ler_norml -mulrA => /andP [? ?] /andP [? ?]; lra.
have left : forall l x x', - range f g <= s^T l x' - s^T l x.
  move=> l x x'; have := score_le_largest f g x l; have := score_le_largest f g x' l.
  by rewrite -/s !mxE /range !ler_norml -mulrA => /andP [? ?] /andP [? ?]; lra.
have := loss_right_range P right; have := loss_right_range (mirror P) left; rewrite mirror_loss_right /infonce.
rewrite (eq_bigr (fun x => pL P x * ln (pL P x + (1 - pL P x) * expR (- range f g)))) => [|x _].
  by lra.
by rewrite mirror_pR.
Qed.
