(* Theorem 4 by the labelling error: labels on both sides, alpha_T <= 2 alpha - alpha^2 r / (r - 1). *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Labels.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r).
Local Notation pL := (pL P).
Local Notation pR := (pR P).

Local Notation alpha := (alpha P y z).

Theorem alphaT_le_2alpha : alphaT P y <= 2 * alpha.
Proof.
have E1 : alpha = \sum_x \sum_x' \sum_l P x l * P x' l / pR l * (y x != z l)%:R.
  apply: eq_bigr => x _; rewrite exchange_big; apply: eq_bigr => l _ /=.
  rewrite (eq_bigr (fun x' => P x l / pR l * (y x != z l)%:R * P x' l)) => [|x' _]; last by ring.
  by rewrite -mulr_sumr; have := pR_gt0 P l; rewrite /Statements.pR; move: (\sum_i _) => t t0; field; rewrite gt_eqF.
have E2 : alpha = \sum_x \sum_x' \sum_l P x l * P x' l / pR l * (y x' != z l)%:R.
  rewrite E1 exchange_big; apply: eq_bigr => x _; apply: eq_bigr => x' _; apply: eq_bigr => l _ /=.
  by rewrite [P x' l * _]mulrC.
have -> : 2 * alpha = alpha + alpha by ring.
rewrite {1}E1 E2 -big_split; apply: ler_sum => x _ /=.
rewrite -big_split; apply: ler_sum => x' _ /=.
rewrite -big_split mulr_suml; apply: ler_sum => l _ /=.
have w0 : 0 <= P x l * P x' l / pR l by rewrite !mulr_ge0 ?weight_ge0 // invr_ge0 ltW ?pR_gt0.
rewrite -mulrDr ler_wpM2l // -natrD ler_nat.
have [->|ne] := eqVneq (y x) (z l); first by rewrite /= add0n eq_sym.
by apply: leq_trans (leq_b1 _) _.
Qed.

Lemma alpha_ge0 : 0 <= alpha.
Proof. by apply: sumr_ge0 => x _; apply: sumr_ge0 => l _; rewrite mulr_ge0 ?weight_ge0 ?ler0n. Qed.

(* by the right nodes: the mass of each class *)
Definition node_mass l c : R := \sum_x P x l * (y x == c)%:R.

Lemma node_mass_sum l : \sum_c node_mass l c = pR l.
Proof.
rewrite exchange_big; apply: eq_bigr => x _ /=; rewrite -mulr_sumr (bigD1 (y x)) //= eqxx big1 ?addr0 ?mulr1 //.
by move=> c /negPf ne; rewrite eq_sym ne.
Qed.

Lemma alpha_mass : alpha = \sum_l (pR l - node_mass l (z l)).
Proof.
rewrite /Statements.alpha exchange_big; apply: eq_bigr => l _ /=; rewrite -sumrB; apply: eq_bigr => x _.
by case: (y x == z l); rewrite ?mulr1 ?mulr0 ?subrr ?subr0.
Qed.

Lemma alphaT_mass : alphaT P y = \sum_l (pR l - (\sum_c node_mass l c ^+ 2) / pR l).
Proof.
have sq l : \sum_c node_mass l c ^+ 2 = \sum_x \sum_x' P x l * P x' l * (y x == y x')%:R.
  rewrite (eq_bigr (fun c => \sum_x \sum_x' P x l * P x' l * ((y x == c)%:R * (y x' == c)%:R))); last first=> [c _|].
    rewrite expr2 {1}/node_mass mulr_suml; apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => x' _; ring.
  rewrite exchange_big; apply: eq_bigr => x _; rewrite exchange_big; apply: eq_bigr => x' _ /=.
  rewrite -mulr_sumr; congr (_ * _); rewrite (bigD1 (y x)) //= eqxx big1 ?addr0 ?mul1r ?[y x' == _]eq_sym //.
  by move=> c /negPf ne; rewrite eq_sym ne mul0r.
have E : alphaT P y = \sum_l \sum_x \sum_x' P x l * P x' l / pR l * (y x != y x')%:R.
  rewrite [RHS]exchange_big; apply: eq_bigr => x _; rewrite [RHS]exchange_big; apply: eq_bigr => x' _ /=.
  by rewrite mulr_suml.
rewrite E; apply: eq_bigr => l _; rewrite sq.
have tot : pR l = \sum_x \sum_x' P x l * P x' l / pR l.
  have p0 := pR_gt0 P l; rewrite (eq_bigr (fun x => P x l)) // => x _.
  rewrite (eq_bigr (fun x' => P x l / pR l * P x' l)) => [|x' _]; last by rewrite mulrAC.
  by rewrite -mulr_sumr mulfVK // gt_eqF.
rewrite [X in _ = X - _]tot [X in _ = _ - X]mulr_suml -sumrB; apply: eq_bigr => x _; rewrite mulr_suml -sumrB; apply: eq_bigr => x' _.
by case: (y x == y x'); rewrite ?mulr1 ?mulr0 ?mul0r ?subrr ?subr0.
Qed.

(* one right node: p its mass, e the part of it in other classes than its own *)
Lemma node_bound l (e := pR l - node_mass l (z l)) :
  pR l - (\sum_c node_mass l c ^+ 2) / pR l <= 2 * e - r%:R / (r%:R - 1) * (e ^+ 2 / pR l).
Proof.
have p0 := pR_gt0 P l; set p := pR l in e p0 *.
have eE : e = \sum_(c | c != z l) node_mass l c by rewrite /e /p -node_mass_sum (bigD1 (z l)) //= addrAC subrr add0r.
have r0 : (0 < r)%N by apply: leq_ltn_trans (ltn_ord (z l)).
have others t : 2 * t * e - t ^+ 2 * (r%:R - 1) <= \sum_(c | c != z l) node_mass l c ^+ 2.
  have -> : (r%:R - 1 : R) = \sum_(c | c != z l) 1.
    by have := @sumr_const R 'I_r predT 1; rewrite card_ord (bigD1 (z l)) //= => <-; rewrite addrAC subrr add0r.
  rewrite eE !mulr_sumr -sumrB; apply: ler_sum => c _; have := sqr_ge0 (node_mass l c - t); rewrite !expr2; lra.
rewrite (bigD1 (z l)) //=; have -> : node_mass l (z l) = p - e by rewrite /e subKr.
move: (\sum_(c | _) _) others => q others.
have := others (e / (r%:R - 1)); set h := _ - 1 : R => low.
have [h0|h0] := eqVneq h 0.
  have e0 : e = 0.
    rewrite eE big1 // => c ne; have r1 : r = 1%N by apply/eqP; rewrite -(eqr_nat R) -subr_eq0 -/h h0.
    have lt1 (t : 'I_r) : (t < 1)%N by rewrite -[X in (_ < X)%N]r1 ltn_ord.
    by case/eqP: ne; apply: ord_inj; have := lt1 c; have := lt1 (z l); rewrite !ltnS !leqn0 => /eqP -> /eqP ->.
  have q0 : 0 <= q by have := others 0; rewrite expr0n /= !(mulr0, mul0r) subr0.
  rewrite e0 subr0 expr0n /= mul0r !mulr0 subr0.
  have -> : p - (p ^+ 2 + q) / p = - (q / p) by field; rewrite gt_eqF.
  by rewrite oppr_le0 divr_ge0 // ltW.
have rE : r%:R = h + 1 by rewrite /h subrK.
rewrite rE; clear eE others rE; move: low; clearbody h e; clearbody p => low.
have -> : p - ((p - e) ^+ 2 + q) / p = 2 * e - (e ^+ 2 + q) / p by field; rewrite gt_eqF.
have -> : (h + 1) / h * (e ^+ 2 / p) = (e ^+ 2 + e ^+ 2 / h) / p by field; rewrite h0 gt_eqF.
rewrite lerD2l lerN2 ler_pM2r ?invr_gt0 // lerD2l; apply: le_trans low.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
Qed.

Lemma pR_sum : \sum_l pR l = 1.
Proof. by rewrite -(weight_sum P) exchange_big. Qed.

Theorem alphaT_le_alpha : alphaT P y <= 2 * alpha - alpha ^+ 2 * (r%:R / (r%:R - 1)).
Proof.
rewrite alphaT_mass; apply: le_trans (ler_sum _ (fun l _ => node_bound l)) _.
rewrite sumrB -!mulr_sumr -alpha_mass lerD2l lerN2 [leLHS]mulrC ler_wpM2l //.
  by have [->|r0] := posnP r; rewrite ?mul0r // divr_ge0 ?ler0n // subr_ge0 ler1n.
have -> : alpha ^+ 2 = \sum_l (2 * alpha * (pR l - node_mass l (z l)) - alpha ^+ 2 * pR l).
  by rewrite sumrB -!mulr_sumr -alpha_mass pR_sum; ring.
apply: ler_sum => l _; have p0 := pR_gt0 P l; move: (pR l - node_mass l (z l)) => e.
rewrite ler_pdivlMr //; have := sqr_ge0 (e - alpha * pR l); move: (pR l) alpha => p a; rewrite !expr2; lra.
Qed.

End Labels.
