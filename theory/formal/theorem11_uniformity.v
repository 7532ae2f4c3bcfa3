(* Theorem 11, after Wang and Isola: InfoNCE is at most alignment and uniformity. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From mathcomp Require Import reals sequences exp.
From Pairbounds Require Import Statements LogStatements Pairs Mirror Logarithms.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Uniformity.
Variables (R : realType) (n m k : nat) (P : graph R n m) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Hypotheses (f1 : on_sphere f) (g1 : on_sphere g).
Local Notation s := (f *m g^T).

Lemma distanceE x l : distance f g x l = 2 - 2 * s x l.
Proof.
have -> : distance f g x l = \sum_i f x i ^+ 2 + \sum_i g l i ^+ 2 - 2 * s x l.
  rewrite mxE mulr_sumr -big_split -sumrB; apply: eq_bigr => i _; rewrite mxE /=; ring.
by rewrite f1 g1; ring.
Qed.

Lemma score_sphere x l : -1 <= s x l <= 1.
Proof.
have : 0 <= distance f g x l by apply: sumr_ge0 => i _; apply: sqr_ge0.
have : 0 <= \sum_i (f x i + g l i) ^+ 2 by apply: sumr_ge0 => i _; apply: sqr_ge0.
have -> : \sum_i (f x i + g l i) ^+ 2 = \sum_i f x i ^+ 2 + \sum_i g l i ^+ 2 + 2 * s x l.
  rewrite mxE mulr_sumr -!big_split; apply: eq_bigr => i _; rewrite mxE /=; ring.
by rewrite f1 g1 distanceE => *; apply/andP; split; lra.
Qed.

Lemma attraction_distance : attraction P s = 1 - (\sum_x \sum_l P x l * distance f g x l) / 2.
Proof.
have := weight_sum P => P1; rewrite -{1}P1 mulr_suml -sumrB; apply: eq_bigr => x _.
by rewrite mulr_suml -sumrB; apply: eq_bigr => l _; rewrite distanceE; field.
Qed.

Lemma right_by_uniformity : loss_right P s <= (\sum_x \sum_l P x l * distance f g x l) / 2
  + ln (\sum_x \sum_l pL P x * pR P l * expR (- (distance f g x l / 2))).
Proof.
set U := (X in ln X).
have E : \sum_x pL P x * partition_right P s x = expR 1 * U.
  rewrite mulr_sumr; apply: eq_bigr => x _; rewrite !mulr_sumr; apply: eq_bigr => l _.
  have -> : s x l = 1 + - (distance f g x l / 2) by rewrite distanceE; field.
  by rewrite expRD; ring.
have U0 : 0 < U.
  rewrite -(pmulr_rgt0 U (expR_gt0 1)) -E.
  by apply: mean_gt0 => [x||x]; rewrite ?(ltW (pL_gt0 P x)) ?pL_sum ?partition_right_gt0.
rewrite /loss_right attraction_distance.
have := jensen_ln (fun x => ltW (pL_gt0 P x)) (pL_sum P) (partition_right_gt0 P s).
by rewrite E lnM ?posrE ?expR_gt0 // expRK; lra.
Qed.
End Uniformity.

Theorem infonce_by_uniformity (R : realType) : LogStatements.infonce_by_uniformity R.
Proof.
move=> n m k P f g f1 g1; have right := right_by_uniformity P f1 g1; have := right_by_uniformity (mirror P) g1 f1.
have swap l x : distance g f l x = distance f g x l by apply: eq_bigr => i _; rewrite -sqrrN opprB.
have -> : g *m f^T = (f *m g^T)^T by rewrite trmx_mul trmxK.
rewrite mirror_loss_right.
have -> : \sum_l \sum_x mirror P l x * distance g f l x = \sum_x \sum_l P x l * distance f g x l.
  by rewrite exchange_big; apply: eq_bigr => x _; apply: eq_bigr => l _; rewrite swap mxE.
have -> : \sum_l \sum_x pL (mirror P) l * pR (mirror P) x * expR (- (distance g f l x / 2))
    = \sum_x \sum_l pL P x * pR P l * expR (- (distance f g x l / 2)).
  rewrite exchange_big; apply: eq_bigr => x _; apply: eq_bigr => l _.
  by rewrite swap mirror_pL mirror_pR [pR P l * _]mulrC.
move: right; rewrite /infonce; lra.
Qed.
