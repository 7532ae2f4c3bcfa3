(* Theorem 38. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Scores.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Theorem shifted_error (R : rcfType) : Statements.shifted_error R.
Proof.
move=> n m r k P y f B q q0; pose w x : R := (errs ((f *m B) x) (y x))%:R.
have w01 x : 0 <= w x <= 1 by rewrite ler0n lern1 leq_b1.
have budget := error_le_mse P y f B; split=> [most pays|ratio le]; first exact: pays w w01 budget.
have [x0 _] := nodes P; have ratio0 : 0 <= ratio by rewrite -(pmulr_lge0 _ (pL_gt0 P x0)) (le_trans (q0 x0)).
apply: le_trans (_ : error P y f B * ratio <= _); last by rewrite ler_wpM2r.
rewrite mulr_suml; apply: ler_sum => x _; rewrite mulrAC ler_wpM2r ?ler0n // mulrC; exact: le.
Qed.
