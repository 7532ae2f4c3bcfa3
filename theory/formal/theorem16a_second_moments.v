(* Theorem 16, by second moments. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies SameSpace Places Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem16.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)).
Hypotheses (basis : eigenbasis (hop P) U l) (best : minimiser P f g) (probe : least_squares P y f B) (gap : value l k < 1).
Local Notation S := (hop P).
Local Notation Y := (Y P y).
Local Notation Q := (colproj (weightedL P f)).
Let e x c := (f *m B) x c - (y x == c)%:R.
Let p c x := pL P x * (y x == c)%:R.

Lemma roots_kept (v : 'cV[R]_n := \col_x Num.sqrt (pL P x)) : Q *m v = v.
Proof.
have Sv : S *m v = v.
  apply/colP => x; rewrite !mxE (eq_bigr (fun x' => induced P x x' / Num.sqrt (pL P x))) => [|x' _]; last first.
    by rewrite hopE !mxE; field; rewrite !sqrtL_neq0.
  by rewrite -mulr_suml induced_marginal -[X in X / _](sqrtL2 P x) mulfK ?sqrtL_neq0.
have [symQ idQ] := colproj_ortho (weightedL P f); have com := optimum_commutes best.
pose u := (1%:M - Q) *m v.
have Qu : Q *m u = 0 by rewrite /u mulmxA mulmxBr mulmx1 idQ subrr mul0mx.
have Su : S *m u = u.
  have comN : S *m (1%:M - Q) = (1%:M - Q) *m S by rewrite mulmxBr mulmxBl mulmx1 mul1mx com.
  by rewrite /u mulmxA comN -mulmxA Sv.
have := optimum_keeps best (value_ge0 basis k) (tail_value basis k) Qu.
rewrite /form -mulmxA Su -sqnorm_tr => le; have := sqnorm_ge0 u => u0.
have /sqnorm_eq0 : sqnorm u = 0.
  apply/le_anti; rewrite u0 andbT -(@pmulr_rle0 _ (1 - value l k)) ?subr_gt0 // mulrBl mul1r subr_le0 //.
by rewrite /u mulmxBl mul1mx => /eqP; rewrite subr_eq0 => /eqP.
Qed.

Lemma weighted_scores x c : Num.sqrt (pL P x) * (f *m B) x c = (Q *m Y) x c.
Proof. by rewrite -weighted_mul; move/least_squaresP: probe => ->. Qed.

Lemma scores_sum x : \sum_c (f *m B) x c = 1.
Proof.
apply: (mulfI (sqrtL_neq0 P x)); rewrite mulr1 mulr_sumr (eq_bigr _ (fun c _ => weighted_scores x c)).
have -> : Num.sqrt (pL P x) = (Q *m (\col_x Num.sqrt (pL P x))) x 0 by rewrite roots_kept mxE.
rewrite [RHS]mxE (eq_bigr (fun c => \sum_x' Q x x' * Y x' c)) => [|c _]; last by rewrite mxE.
rewrite exchange_big; apply: eq_bigr => x' _ /=; rewrite -mulr_sumr; congr (_ * _).
rewrite mxE (bigD1 (y x')) //= big1 => [|c /negPf ne]; first by rewrite mxE eqxx mulr1 addr0.
by rewrite mxE eq_sym ne mulr0.
Qed.

Lemma errors_sum x : \sum_c e x c = 0.
Proof.
rewrite /e sumrB scores_sum (bigD1 (y x)) //= eqxx big1 => [|c /negPf ne]; first by rewrite addr0 subrr.
by rewrite eq_sym ne.
Qed.

Lemma spread x c : r%:R / (r%:R - 1) * e x c ^+ 2 <= \sum_i e x i ^+ 2.
Proof.
have sum0 : 0 <= \sum_i e x i ^+ 2 by apply: sumr_ge0 => i _; apply: sqr_ge0.
have r0 : (0 < r)%N by apply: leq_ltn_trans (ltn_ord c).
have [h0|h0] := eqVneq (r%:R - 1 : R) 0; first by rewrite h0 invr0 mulr0 mul0r.
have h1 : 0 < r%:R - 1 :> R by rewrite lt_neqAle eq_sym h0 subr_ge0 ler1n.
have others t : - (2 * t * e x c) - t ^+ 2 * (r%:R - 1) <= \sum_(i | i != c) e x i ^+ 2.
  have -> : (r%:R - 1 : R) = \sum_(i | i != c) 1.
    by have := @sumr_const R 'I_r predT 1; rewrite card_ord (bigD1 c) //= => <-; rewrite addrAC subrr add0r.
  have -> : - (2 * t * e x c) = \sum_(i | i != c) 2 * t * e x i.
    have := errors_sum x; rewrite (bigD1 c) //= -mulr_sumr => /eqP; rewrite addr_eq0 => /eqP ->; ring.
  rewrite mulr_sumr -sumrB; apply: ler_sum => i _; have := sqr_ge0 (e x i - t); rewrite !expr2; lra.
rewrite [leRHS](bigD1 c) //=; have := others (- (e x c / (r%:R - 1))).
move: (r%:R - 1) h0 h1 (\sum_(i | _) _) (e x c) (subrK (1 : R) r%:R) => h h0 h1 q a rE low; rewrite -rE.
have -> : (h + 1) / h * a ^+ 2 = a ^+ 2 + (- (2 * - (a / h) * a) - (- (a / h)) ^+ 2 * h) by field.
by rewrite lerD2l.
Qed.

(* what the probe misses of a class, by its errors on that class alone *)
Lemma missed c : class_mse P y f B c = - \sum_x p c x * e x c.
Proof.
have [symQ idQ] := colproj_ortho (weightedL P f); have oN := orthoproj_compl (colproj_ortho (weightedL P f)).
have E x : Num.sqrt (pL P x) * e x c = - ((1%:M - Q) *m col c Y) x 0.
  rewrite mulrBr weighted_scores mulmxBl mul1mx -col_mul !mxE; ring.
have -> : class_mse P y f B c = sqnorm ((1%:M - Q) *m col c Y).
  rewrite /sqnorm; apply: eq_bigr => x _; rewrite big_ord1 -[RHS]sqrrN -E exprMn sqr_sqrtr // ltW ?pL_gt0 //.
rewrite -(form_orthoproj _ oN) /form -mulmxA trace_mx11 mxE -sumrN; apply: eq_bigr => x _.
have -> : p c x * e x c = col c Y x 0 * (Num.sqrt (pL P x) * e x c).
  by rewrite !mxE /p -[X in X * _ * _](sqrtL2 P x); ring.
by rewrite E mulrN opprK [_^T _ _]mxE.
Qed.

Lemma p_ge0 c x : 0 <= p c x. Proof. by rewrite mulr_ge0 ?ler0n // ltW ?pL_gt0. Qed.

Lemma spent c : r%:R / (r%:R - 1) * class_mse P y f B c ^+ 2 / mass P y c <= \sum_x p c x * \sum_i e x i ^+ 2.
Proof.
rewrite missed sqrrN -mulrA.
have s0 : 0 <= r%:R / (r%:R - 1) :> R.
  have r0 : (0 < r)%N by apply: leq_ltn_trans (ltn_ord c).
  by rewrite divr_ge0 ?ler0n // subr_ge0 ler1n.
apply: le_trans (ler_wpM2l s0 (jensen _ (p_ge0 c))) _.
rewrite mulr_sumr; apply: ler_sum => x _; rewrite mulrCA ler_wpM2l ?p_ge0 //; exact: spread.
Qed.

Lemma by_class (w : 'I_n -> R) : \sum_x pL P x * w x = \sum_c \sum_x p c x * w x.
Proof.
rewrite exchange_big; apply: eq_bigr => x _ /=; rewrite (bigD1 (y x)) //= /p eqxx mulr1 big1 ?addr0 // => c /negPf ne.
by rewrite eq_sym ne mulr0 mul0r.
Qed.

Lemma imbalance : error P y f B <= 2 * mse P y f B -
  \sum_c Num.max 0 (2 * (r%:R / (r%:R - 1)) * class_mse P y f B c ^+ 2 / mass P y c - mass P y c).
Proof.
have -> : mse P y f B = \sum_x pL P x * (\sum_i e x i ^+ 2) by [].
rewrite /error !by_class mulr_sumr -sumrB; apply: ler_sum => c _.
have wrong x : (errs ((f *m B) x) (y x))%:R <= 2 * (\sum_i e x i ^+ 2).
  have [|_] := boolP (errs _ _); first move/errs_indicator => h.
    by rewrite -[true%:R]/(1 : R); have : 2^-1 <= \sum_i e x i ^+ 2 := h; lra.
  by rewrite mulr_ge0 ?ler0n // sumr_ge0 // => i _; apply: sqr_ge0.
have b1 : \sum_x p c x * (errs ((f *m B) x) (y x))%:R <= 2 * (\sum_x p c x * (\sum_i e x i ^+ 2)).
  by rewrite mulr_sumr; apply: ler_sum => x _; rewrite mulrCA ler_wpM2l ?p_ge0.
have b2 : \sum_x p c x * (errs ((f *m B) x) (y x))%:R <= mass P y c.
  by apply: ler_sum => x _; rewrite -[leRHS]mulr1 ler_wpM2l ?p_ge0 // lern1 leq_b1.
have low : 2 * (r%:R / (r%:R - 1)) * class_mse P y f B c ^+ 2 / mass P y c <= 2 * (\sum_x p c x * (\sum_i e x i ^+ 2)).
  by rewrite -!mulrA ler_pM2l ?ltr0n //; have := spent c; rewrite -!mulrA.
by set X := _ - mass P y c; case: (leP 0 X) => _; rewrite /X; lra.
Qed.
End Theorem16.

Theorem imbalance_error (R : rcfType) : Statements.imbalance_error R.
Proof.
move=> n m r k P y U l f g B basis best probe; case: ifP => gap; first exact: imbalance basis best probe gap.
by rewrite subr0; apply: error_le_mse.
Qed.
