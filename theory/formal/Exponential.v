(* The exponential is below a parabola that meets it at 0 and at 2. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From mathcomp Require Import boolp classical_sets filter topology normedtype reals sequences exp.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Quadratic.
Variable R : realType.
Let kappa : R := (expR 2 - 3) / 4.

Lemma exp_series_le (x : R) N : 0 <= x -> series (exp_coeff x) N <= expR x.
Proof.
move=> x0; apply: nondecreasing_cvgn_le; last exact: is_cvg_series_exp_coeff.
apply/nondecreasing_seqP => i; rewrite /series /= big_nat_recr //= lerDl /exp_coeff /=.
by rewrite divr_ge0 ?exprn_ge0.
Qed.

Lemma exp2_ge6 : 6 <= expR 2 :> R.
Proof.
apply: le_trans (exp_series_le 6 _); rewrite // /series /= !big_nat_recr ?big_nil //= /exp_coeff /= !factS fact0.
by lra.
Qed.

(* the remainder over the square grows *)
Lemma exp_quadratic (x : R) : x <= 2 -> expR x <= 1 + x + kappa * x ^+ 2.
Proof.
have k0 : 3 / 4 <= kappa by have := exp2_ge6; rewrite /kappa; lra.
move=> x2; case: (leP 0 x) => x0; last first.
  pose u := - x; have u0 : 0 < u by rewrite oppr_gt0.
  have low : 1 + u + u ^+ 2 / 4 <= expR u.
    have -> : expR u = expR (u / 2) ^+ 2 by rewrite expr2 -expRD; congr expR; field.
    have := expR_ge1Dx (u / 2) => h; have : (1 + u / 2) ^+ 2 <= expR (u / 2) ^+ 2.
      by rewrite ler_pXn2r ?nnegrE ?expR_ge0 //; lra.
    by apply: le_trans; rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
  have -> : x = - u by rewrite opprK.
  have pos : 0 < 1 + u + u ^+ 2 / 4 by have := sqr_ge0 u; lra.
  rewrite expRN; apply: (@le_trans _ _ (1 + u + u ^+ 2 / 4)^-1); first by rewrite lef_pV2 ?posrE ?expR_gt0.
  rewrite -div1r ler_pdivrMr // sqrrN -subr_ge0.
  have -> : (1 + - u + kappa * u ^+ 2) * (1 + u + u ^+ 2 / 4) - 1
    = u ^+ 2 * ((kappa - 3 / 4) + u * (kappa - 1 / 4) + u ^+ 2 * (kappa / 4)) by field.
  rewrite mulr_ge0 ?sqr_ge0 //; have : 0 <= u * (kappa - 1 / 4) by rewrite mulr_ge0 ?(ltW u0) //; lra.
  have : 0 <= u ^+ 2 * (kappa / 4) by rewrite mulr_ge0 ?sqr_ge0 //; lra.
  by move: (u * _) (_ * (kappa / 4)) => a b; lra.
apply: limr_le; first exact: is_cvg_series_exp_coeff.
near=> N; apply: (@le_trans _ _ (1 + x + (series (exp_coeff 2) N - 3) / 4 * x ^+ 2)); last first.
  by rewrite /kappa lerD2l ler_wpM2r ?sqr_ge0 // ler_wpM2r ?invr_ge0 // lerD2r exp_series_le.
have -> : N = (N - 2).+2 by rewrite -[LHS](@subnK 2) ?addn2 //; near: N; exact: nbhs_infty_ge.
rewrite /series /= !big_nat_recl //= /exp_coeff /= fact0 factS fact0 !expr0 !expr1 muln1 !divr1.
have -> (t : R) : 1 + (2 + t) - 3 = t by ring.
rewrite addrA lerD2l !mulr_suml; apply: ler_sum => i _.
have -> : 2 ^+ i.+2 / (i.+2)`!%:R / 4 * x ^+ 2 = 2 ^+ i * x ^+ 2 / (i.+2)`!%:R.
  have : (i.+2)`!%:R != 0 :> R by rewrite pnatr_eq0 -lt0n fact_gt0.
  by rewrite !exprS expr0; move: (_%:R) => c c0; field.
rewrite ler_pM2r ?invr_gt0 ?ltr0n ?fact_gt0 // -addn2 exprD ler_wpM2r ?sqr_ge0 //.
by rewrite lerXn2r ?nnegrE.
Unshelve. all: by end_near. Qed.
End Quadratic.
