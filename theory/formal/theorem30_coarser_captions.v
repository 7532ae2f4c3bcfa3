(* Theorem 30. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies SameSpace Labels Places Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem30.
Variables (R : rcfType) (n m m' r : nat) (P : graph R n m) (P' : graph R n m') (y : 'I_n -> 'I_r) (K : 'M[R]_(m, m')).
Hypotheses (K0 : forall l j, 0 <= K l j) (K1 : forall l, \sum_j K l j = 1).
Hypothesis merged : forall x j, P' x j = \sum_l P x l * K l j.

Lemma merged_marginal j : pR P' j = \sum_l pR P l * K l j.
Proof.
rewrite /pR (eq_bigr _ (fun x _ => merged x j)) exchange_big; apply: eq_bigr => l _ /=.
by rewrite mulr_suml.
Qed.

Lemma merged_left x : pL P' x = pL P x.
Proof.
rewrite /pL (eq_bigr _ (fun j _ => merged x j)) exchange_big; apply: eq_bigr => l _ /=.
by rewrite -mulr_sumr K1 mulr1.
Qed.

Lemma weights_ge0 j l : 0 <= pR P l * K l j. Proof. by rewrite mulr_ge0 ?(ltW (pR_gt0 P l)). Qed.

(* by Jensen, summed over the new captions *)
Lemma contraction (v : 'I_m -> R) :
  \sum_j (\sum_l pR P l * K l j * v l) ^+ 2 / pR P' j <= \sum_l pR P l * v l ^+ 2.
Proof.
have -> : \sum_l pR P l * v l ^+ 2 = \sum_j \sum_l pR P l * K l j * v l ^+ 2.
  rewrite exchange_big; apply: eq_bigr => l _ /=; rewrite -[pR P l in LHS]mulr1 -(K1 l) mulr_sumr mulr_suml.
  by apply: eq_bigr => j _.
by apply: ler_sum => j _; rewrite merged_marginal; apply: jensen => l; apply: weights_ge0.
Qed.

Lemma form_merged p (X : 'M[R]_(n, p)) : form (hop P') X <= form (hop P) X.
Proof.
rewrite !form_gram /sqnorm exchange_big [leRHS]exchange_big; apply: ler_sum => c _ /=.
pose v l := \sum_x P x l / pR P l * (X x c / Num.sqrt (pL P x)).
have E l : ((normalised P)^T *m X) l c ^+ 2 = pR P l * v l ^+ 2.
  have -> : ((normalised P)^T *m X) l c = Num.sqrt (pR P l) * v l.
    rewrite mxE /v mulr_sumr; apply: eq_bigr => x _; rewrite !mxE -[X in _ = _ * (_ / X * _)](sqrtR2 P l).
    have := sqrtL_neq0 P x; have := sqrtR_neq0 P l; move: (Num.sqrt _) (Num.sqrt _) => s t s0 t0.
    by field; rewrite s0 t0.
  by rewrite exprMn sqr_sqrtr // ltW ?pR_gt0.
have E' j : ((normalised P')^T *m X) j c ^+ 2 = (\sum_l pR P l * K l j * v l) ^+ 2 / pR P' j.
  have -> : \sum_l pR P l * K l j * v l = \sum_x P' x j * (X x c / Num.sqrt (pL P x)).
    rewrite (eq_bigr (fun l => \sum_x P x l * K l j * (X x c / Num.sqrt (pL P x)))) => [|l _]; last first.
      rewrite mulr_sumr; apply: eq_bigr => x _; have := pR_gt0 P l; move: (pR P l) => t t0; field.
      by rewrite sqrtL_neq0 gt_eqF.
    by rewrite exchange_big; apply: eq_bigr => x _; rewrite merged mulr_suml.
  have -> : ((normalised P')^T *m X) j c = (\sum_x P' x j * (X x c / Num.sqrt (pL P x))) / Num.sqrt (pR P' j).
    rewrite mxE mulr_suml; apply: eq_bigr => x _; rewrite !mxE merged_left.
    by field; rewrite sqrtL_neq0 sqrtR_neq0.
  by rewrite exprMn exprVn sqr_sqrtr // ltW ?pR_gt0.
by rewrite (eq_bigr _ (fun l _ => E l)) (eq_bigr _ (fun j _ => E' j)) contraction.
Qed.

Lemma labels_merged : alphaT P y <= alphaT P' y.
Proof.
rewrite !alphaT_mass !sumrB !pR_sum lerD2l lerN2.
under eq_bigr do rewrite mulr_suml.
under [leRHS]eq_bigr do rewrite mulr_suml.
rewrite exchange_big [leRHS]exchange_big; apply: ler_sum => c _ /=.
have E l : node_mass P y l c ^+ 2 / pR P l = pR P l * (node_mass P y l c / pR P l) ^+ 2.
  have := pR_gt0 P l; move: (pR P l) => t t0; by field; rewrite gt_eqF.
have E' j : node_mass P' y j c = \sum_l pR P l * K l j * (node_mass P y l c / pR P l).
  rewrite /node_mass (eq_bigr _ (fun x _ => congr1 (fun t => t * _) (merged x j))).
  rewrite (eq_bigr (fun x => \sum_l P x l * K l j * (y x == c)%:R)) => [|x _]; last by rewrite mulr_suml.
  rewrite exchange_big; apply: eq_bigr => l _ /=.
  have -> : pR P l * K l j * ((\sum_x P x l * (y x == c)%:R) / pR P l) = K l j * (\sum_x P x l * (y x == c)%:R).
    have := pR_gt0 P l; move: (pR P l) => t t0; by field; rewrite gt_eqF.
  by rewrite mulr_sumr; apply: eq_bigr => x _; ring.
rewrite (eq_bigr _ (fun l _ => E l)) (eq_bigr _ (fun j _ => congr1 (fun t => t ^+ 2 / _) (E' j))).
exact: contraction.
Qed.
End Theorem30.

Theorem coarser_captions (R : rcfType) : Statements.coarser_captions R.
Proof.
move=> n m m' r P P' y K U l U' l' K0 K1 merged basis basis'; split; last exact: (labels_merged y K0 K1 merged).
move=> i; rewrite /singular ler_wsqrtr //; apply: (value_tail basis' (value_ge0 basis i)).
have [V tail] := tail_value basis i; exists V => x xV; apply: le_trans (tail x xV).
exact: (form_merged K0 K1 merged).
Qed.
