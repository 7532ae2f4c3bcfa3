(* Theorem 12. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs LowRank Places.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem12.
Variables (R : rcfType) (n m m' : nat) (t : R) (P1 : graph R n m) (P2 : graph R n m') (P : graph R n (m + m')).
Hypothesis mix : mixed t P1 P2 P.

Let t0 : t != 0. Proof. by case: mix => /andP [t0 _] _ _; rewrite gt_eqF. Qed.
Let t1 : 1 - t != 0. Proof. by case: mix => /andP [_ t1] _ _; rewrite subr_eq0 gt_eqF. Qed.

Lemma mixed_first x l : P x (lshift m' l) = t * P1 x l.
Proof. by case: mix => _ _ ->; rewrite row_mxEl mxE. Qed.

Lemma mixed_second x l : P x (rshift m l) = (1 - t) * P2 x l.
Proof. by case: mix => _ _ ->; rewrite row_mxEr mxE. Qed.

Lemma mixed_left x : pL P x = pL P1 x.
Proof.
have [_ same _] := mix; rewrite /pL big_split_ord /= (eq_bigr _ (fun l _ => mixed_first x l)).
rewrite (eq_bigr _ (fun l _ => mixed_second x l)) -!mulr_sumr -/(pL P1 x) -/(pL P2 x) -same; ring.
Qed.

Lemma mixed_induced x x' : induced P x x' = t * induced P1 x x' + (1 - t) * induced P2 x x'.
Proof.
rewrite /induced big_split_ord /= !mulr_sumr; congr (_ + _); apply: eq_bigr => l _.
  have -> : pR P (lshift m' l) = t * pR P1 l by rewrite /pR mulr_sumr; apply: eq_bigr => i _; apply: mixed_first.
  by rewrite !mixed_first; have := pR_gt0 P1 l; move: (pR P1 l) => s s0; field; rewrite t0 gt_eqF.
have -> : pR P (rshift m l) = (1 - t) * pR P2 l by rewrite /pR mulr_sumr; apply: eq_bigr => i _; apply: mixed_second.
by rewrite !mixed_second; have := pR_gt0 P2 l; move: (pR P2 l) => s s0; field; rewrite t1 gt_eqF.
Qed.

Lemma mixed_hop : hop P = t *: hop P1 + (1 - t) *: hop P2.
Proof.
have [_ same _] := mix; apply/matrixP => x x'; rewrite hopE [RHS]mxE [X in _ = X + _]mxE [X in _ = _ + X]mxE !hopE.
rewrite mixed_induced !mixed_left -!same; ring.
Qed.
End Theorem12.

Theorem mixture_labelling_error (R : rcfType) : Statements.mixture_labelling_error R.
Proof.
move=> n m m' r t P1 P2 P y z1 z2 mix; split.
  rewrite /alpha !mulr_sumr -big_split; apply: eq_bigr => x _ /=; rewrite big_split_ord /= !mulr_sumr.
  congr (_ + _); apply: eq_bigr => l _.
    by rewrite (mixed_first mix) (unsplitK (inl l)) mulrA.
  by rewrite (mixed_second mix) (unsplitK (inr l)) mulrA.
rewrite /alphaT !mulr_sumr -big_split; apply: eq_bigr => x _ /=; rewrite !mulr_sumr -big_split; apply: eq_bigr => x' _ /=.
rewrite (mixed_induced mix); ring.
Qed.

Theorem mixture_spectrum (R : rcfType) : Statements.mixture_spectrum R.
Proof.
move=> n m m' t P1 P2 P U l U1 l1 U2 l2 k mix basis basis1 basis2; rewrite !value_sum.
have [/andP [t0 t1] _ _] := mix; have dS := eigenbasis_diagonalises basis; have [UU _] := dS.
pose d := fun i : 'I_n => (i < k)%N.
have rk : (\rank (chosen U d) <= #|d|)%N by rewrite chosen_rank.
have most m0 (P0 : graph R n m0) U0 l0 : eigenbasis (hop P0) U0 l0 -> \tr (chosen U d *m hop P0) <= \sum_(i < n | (i < k)%N) l0 i.
  move=> basis0; have [s [s0 sep _]] := sorted_part k basis0.
  exact: (ky_fan (eigenbasis_diagonalises basis0) (chosen_orthoproj d UU) s0 sep (or_intror rk)).
rewrite -(trace_chosen d dS) (mixed_hop mix) mulmxDr -!scalemxAr mxtraceD !mxtraceZ.
apply: lerD; rewrite ler_wpM2l ?(ltW t0) ?subr_ge0 ?(ltW t1) //; [exact: most basis1|exact: most basis2].
Qed.
