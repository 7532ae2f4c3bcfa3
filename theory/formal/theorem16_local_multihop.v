(* Theorem 16, by votes. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Margins SameSpace Stability Dropped Places Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Theorem local_multihop_error (R : rcfType) : Statements.local_multihop_error R.
Proof.
move=> n m r k P y U l f g B q p gamma most basis best probe low high margin bound.
apply: bound => [x|]; first by case: (errs _ _); rewrite ?lexx ?ler01.
rewrite poly_consistency.
apply: le_trans (_ : \sum_x pL P x * (\sum_c ((f *m B) x c - vote_scores P y q x c) ^+ 2) <= _).
  apply: ler_sum => x _; rewrite -mulrA ler_wpM2l ?(ltW (pL_gt0 P x)) //.
  have [wrong|_] := boolP (errs _ _); last by rewrite mul0r sumr_ge0 // => c _; apply: sqr_ge0.
  rewrite mul1r; apply: errs_price wrong => c ne; rewrite -!voteE; exact: margin.
rewrite (vote_distance probe); apply: (vote_budget_parts y best basis) => i.
  have [le|lt] := leP (l i) (value l k.+1); last first.
    by right; apply: (above_kept basis best (value_ge0 basis k.+1) (tail_value basis k.+1) lt).
  by left; rewrite low // le andbT; have /andP [-> _] := eigenvalue01 basis i.
have /andP [l0 l1] := eigenvalue01 basis i.
have [le|lt] := leP (value l k) (l i); first by left; rewrite high // le l1.
have kn : (k < n)%N.
  by rewrite ltnNge; apply/negP => nk; move: lt; rewrite (value_out l nk) ltNge l0.
right; apply: (below_dropped basis best (t := Ordinal kn) (erefl _)).
by rewrite -(value_ord l (Ordinal kn)).
Qed.
