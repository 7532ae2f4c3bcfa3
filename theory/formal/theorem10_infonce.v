(* Theorem 10: the least InfoNCE loss is minus the mutual information. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From mathcomp Require Import reals sequences exp.
From Pairbounds Require Import Statements LogStatements Pairs Mirror Logarithms.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma mutual_right (R : realType) n m (P : graph R n m) (s : 'M[R]_(n, m)) c :
  (forall x l, 0 < P x l /\ s x l = ln (P x l / (pL P x * pR P l)) + c) -> excess_right P s = 0.
Proof.
move=> E; rewrite excess_rightE; apply: big1 => x _; apply: big1 => l _.
have ratio y j : expR (s y j) = P y j / (pL P y * pR P j) * expR c.
  by have [p0 ->] := E y j; rewrite expRD lnK // posrE divr_gt0 ?mulr_gt0 ?pL_gt0 ?pR_gt0.
have -> : pL P x * model_right P s x l = P x l.
  rewrite /model_right /partition_right.
  rewrite (eq_bigr (fun j => P x j * (expR c / pL P x))) => [|j _]; last first.
    by rewrite ratio; field; rewrite !gt_eqF ?pL_gt0 ?pR_gt0.
  rewrite -mulr_suml -/(pL P x) ratio.
  by field; rewrite !gt_eqF ?pL_gt0 ?pR_gt0 ?expR_gt0.
by rewrite mulfV ?ln1 ?mulr0 // gt_eqF //; case: (E x l).
Qed.

Theorem infonce_entropy (R : realType) : LogStatements.infonce_entropy R.
Proof.
move=> n m k P f g; set s := f *m g^T; split=> [|c E].
  by have := excess_right_ge0 P s; have := excess_left_ge0 P s; rewrite /excess_right /excess_left /infonce; lra.
have right := mutual_right E.
have : excess_right (mirror P) s^T = 0.
  apply: (@mutual_right _ _ _ _ _ c) => l x.
  by rewrite [weight _ l x]mxE [s^T l x]mxE mirror_pL mirror_pR [pR P l * _]mulrC; exact: E.
by rewrite mirror_excess; move: right; rewrite /excess_right /excess_left /infonce; lra.
Qed.
