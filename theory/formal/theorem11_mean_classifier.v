(* Theorem 11, after Arora et al.: the hinge loss with one negative bounds that of the mean classifier. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Pairs ClassMeans.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Arora.
Variables (R : rcfType) (n m k r : nat) (P : graph R n m) (z : 'I_m -> 'I_r) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Local Notation s := (f *m g^T).
Local Notation q := (mass_right P z).
Local Notation mu := (mean_scores P z f g).
Let p0 l := ltW (pR_gt0 P l).

Lemma hinge_sum (I : finType) (a v : I -> R) : (forall i, 0 <= a i) ->
  Num.max 0 (\sum_i a i * (1 - v i)) <= \sum_i a i * hinge (v i).
Proof.
move=> a0; rewrite ge_max; apply/andP; split.
  by apply: sumr_ge0 => i _; rewrite mulr_ge0 // le_max lexx.
by apply: ler_sum => i _; rewrite ler_wpM2l // le_max lexx orbT.
Qed.

Lemma class_pair x c c' (w := \sum_l P x l * (z l == c)%:R) (d := \sum_l P x l * (z l == c)%:R * (s x l - mu x c)) :
  q c' * (w * hinge (mu x c - mu x c')) - q c' * `|d|
  <= \sum_l P x l * (z l == c)%:R * (\sum_l' pR P l' * (z l' == c')%:R * hinge (s x l - s x l')).
Proof.
pose a l := P x l * (z l == c)%:R; pose b l := pR P l * (z l == c')%:R.
have a0 l : 0 <= a l by rewrite mulr_ge0 ?weight_ge0 ?ler0n.
have b0 l : 0 <= b l by rewrite mulr_ge0 ?ler0n.
have q0 : 0 <= q c' by apply: sumr_ge0 => l _; apply: b0.
have w0 : 0 <= w by apply: sumr_ge0 => l _; apply: a0.
have -> : \sum_l P x l * (z l == c)%:R * (\sum_l' pR P l' * (z l' == c')%:R * hinge (s x l - s x l'))
    = \sum_(t : 'I_m * 'I_m) a t.1 * b t.2 * hinge (s x t.1 - s x t.2).
  by rewrite -(pair_bigA _ (fun l l' => a l * b l' * hinge (s x l - s x l'))); apply: eq_bigr => l _;
    rewrite mulr_sumr; apply: eq_bigr => l' _; rewrite mulrA.
apply: le_trans (hinge_sum _ (fun t => mulr_ge0 (a0 t.1) (b0 t.2))).
have -> : \sum_(t : 'I_m * 'I_m) a t.1 * b t.2 * (1 - (s x t.1 - s x t.2)) = q c' * (w * (1 - (mu x c - mu x c')) - d).
  rewrite -(pair_bigA _ (fun l l' => a l * b l' * (1 - (s x l - s x l')))) /=.
  transitivity (\sum_l a l * (q c' * (1 - s x l + mu x c'))).
    apply: eq_bigr => l _; rewrite mulrDr -class_scores [q c' * _]mulrC mulr_sumr -big_split mulr_sumr.
    by apply: eq_bigr => l' _; rewrite /b /=; ring.
  move: (q c') => q'; rewrite /d /w mulr_suml -sumrB mulr_sumr; apply: eq_bigr => l _; rewrite /a; ring.
rewrite -mulrBr -[0](mulr0 (q c')) -maxr_pMr // ler_wpM2l // /hinge; move: (1 - _) => v.
have := ler_norm d; have := normr_ge0 d.
case: (leP 0 v) => v0; rewrite le_max => *; apply/orP; [right|left]; rewrite ?mulr0; lra.
Qed.

Lemma hinge_loss_by_class : collision_rate P z
    + \sum_x \sum_l P x l * (\sum_(c | c != z l) q c * hinge (mu x (z l) - mu x c)) - dependence P z f g
  <= hinge_loss P f g.
Proof.
pose w x c := \sum_l P x l * (z l == c)%:R; pose d x c := \sum_l P x l * (z l == c)%:R * (s x l - mu x c).
apply: (@le_trans _ _ (\sum_x \sum_c \sum_c' (q c' * (w x c * hinge (mu x c - mu x c')) - q c' * `|d x c|))).
  rewrite le_eqVlt; apply/orP; left; apply/eqP.
  have -> : collision_rate P z = \sum_x \sum_l P x l * (q (z l) * hinge (mu x (z l) - mu x (z l))).
    rewrite /collision_rate exchange_big /=.
    rewrite (eq_bigr (fun l => pR P l * q (z l))) => [|l _]; last first.
      by rewrite mulr_suml; apply: eq_bigr => x _; rewrite subrr /hinge subr0 max_r ?ler01 // mulr1.
    by rewrite (by_class _ z (fun _ c => q c)); apply: eq_bigr => c _; rewrite -mulr_suml expr2.
  rewrite -big_split /dependence -sumrB; apply: eq_bigr => x _ /=.
  rewrite -big_split /= (eq_bigr (fun l => P x l * \sum_c q c * hinge (mu x (z l) - mu x c))) => [|l _]; last first.
    by rewrite /= -mulrDr [in RHS](bigD1 (z l)).
  rewrite (by_class _ z (fun l c' => \sum_c q c * hinge (mu x c' - mu x c))) -sumrB; apply: eq_bigr => c _.
  rewrite sumrB -[X in _ = _ - X]mulr_suml mass_right_sum mul1r -[X in X - _ = _]mulr_suml; congr (_ - _).
  by rewrite mulr_sumr; apply: eq_bigr => c' _; rewrite mulrCA.
apply: ler_sum => x _; rewrite (by_class _ z (fun l _ => \sum_l' pR P l' * hinge (s x l - s x l'))).
apply: ler_sum => c _; rewrite (le_trans (ler_sum _ (fun c' _ => class_pair x c c'))) //.
rewrite exchange_big; apply: ler_sum => l _; rewrite -mulr_sumr ler_wpM2l ?mulr_ge0 ?weight_ge0 ?ler0n //.
by rewrite (by_class _ z (fun l' _ => hinge (s x l - s x l'))).
Qed.
End Arora.

Theorem mean_classifier_any (R : rcfType) : Statements.mean_classifier_any R.
Proof.
move=> n m k r P z f g; rewrite ler_wpM2r //; last first.
  have := hinge_loss_by_class P z f g; rewrite /hinge_loss; lra.
rewrite invr_ge0 subr_ge0 -(mass_right_sum P z); apply: ler_sum => c _; rewrite expr2 ler_piMr //.
  by apply: sumr_ge0 => l _; rewrite mulr_ge0 ?ler0n ?(ltW (pR_gt0 P l)).
rewrite -(mass_right_sum P z) (bigD1 c) //= lerDl sumr_ge0 // => c' _.
by apply: sumr_ge0 => l _; rewrite mulr_ge0 ?ler0n ?(ltW (pR_gt0 P l)).
Qed.
