(* Theorem 9: what the classes leak together, for their indicators are whitened features; what one of them leaks, or a
   cut, for some combination of indicators avoids the first eigenvectors; and Cheeger's upper side, by a sweep. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Places SweepCuts.
From Pairbounds Require Import theorem27_whitened_alignment.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem9.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Hypothesis present : forall c, exists x, y x = c.

Lemma mass_gt0 c : 0 < mass P y c.
Proof.
have [x <-] := present c; rewrite /mass (bigD1 x) //= eqxx mulr1 ltr_pwDl ?pL_gt0 //.
by apply: sumr_ge0 => x' _; rewrite mulr_ge0 ?ler0n ?(ltW (pL_gt0 P x')).
Qed.

Definition indicators : 'M[R]_(n, r) := \matrix_(x, c) ((y x == c)%:R / Num.sqrt (mass P y c)).

Lemma indicators_whitened : (weightedL P indicators)^T *m weightedL P indicators = 1%:M.
Proof.
apply/matrixP => c c'; rewrite !mxE.
have root d : Num.sqrt (mass P y d) * Num.sqrt (mass P y d) = mass P y d.
  by rewrite -expr2 sqr_sqrtr // ltW ?mass_gt0.
have root0 d : Num.sqrt (mass P y d) != 0 by rewrite gt_eqF // sqrtr_gt0 mass_gt0.
have [<-|ne] := eqVneq c c'.
  transitivity ((\sum_x pL P x * (y x == c)%:R) / mass P y c); last by rewrite mulfV ?gt_eqF ?mass_gt0.
  rewrite mulr_suml; apply: eq_bigr => x _; rewrite !mxE -[X in _ = X * _ / _](sqrtL2 P x) -[X in _ = _ / X](root c).
  by case: (y x == c); rewrite ?mulr0 ?mul0r ?mulr1 ?mul1r ?mulr0 ?mul0r //; field; apply: root0.
rewrite big1 // => x _; rewrite !mxE; case: eqP => [->|_]; last by rewrite mul0r mulr0 mul0r.
by rewrite (negPf ne) mul0r !mulr0.
Qed.

Lemma indicators_squares :
  \sum_x \sum_x' induced P x x' * (\sum_c (indicators x c - indicators x' c) ^+ 2) = 2 * \sum_c class_conductance P y c.
Proof.
pose h x x' c : R := induced P x x' * ((y x == c) && (y x' != c))%:R / mass P y c.
have E c : class_conductance P y c = \sum_x \sum_x' h x x' c.
  by rewrite /class_conductance mulr_suml; apply: eq_bigr => x _; rewrite mulr_suml.
have E' c : class_conductance P y c = \sum_x \sum_x' h x' x c.
  by rewrite E exchange_big.
have -> : 2 * (\sum_c class_conductance P y c) = \sum_c (\sum_x \sum_x' (h x x' c + h x' x c)).
  rewrite mulr_sumr; apply: eq_bigr => c _; rewrite (_ : 2 * _ = class_conductance P y c + class_conductance P y c); last by ring.
  by rewrite {1}E E' -big_split; apply: eq_bigr => x _ /=; rewrite -big_split.
rewrite [RHS]exchange_big; apply: eq_bigr => x _; rewrite [RHS]exchange_big; apply: eq_bigr => x' _ /=.
rewrite mulr_sumr; apply: eq_bigr => c _; rewrite /h [induced P x' x]induced_sym !mxE.
rewrite -mulrBl exprMn exprVn sqr_sqrtr ?(ltW (mass_gt0 c)) // -mulrDl -mulrDr mulrA; congr (_ * _ * _).
by case: (y x == c); case: (y x' == c); rewrite /= ?subrr ?subr0 ?sub0r ?sqrrN ?expr1n ?expr0n ?addr0 ?add0r.
Qed.
End Theorem9.

Theorem class_leaks (R : rcfType) : Statements.class_leaks R.
Proof.
move=> n m r P y U l basis present.
have := theorem27_whitened_alignment.induced_alignment basis (indicators_whitened P present).
by rewrite (indicators_squares P present) ler_pM2l ?ltr0n.
Qed.

(* of a partition into classes some class leaks half the gap *)
Section Partition.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r.+1) (U : 'M[R]_n) (l : 'I_n -> R).
Hypotheses (basis : eigenbasis (hop P) U l) (present : forall c, exists x, y x = c).
Local Notation phi := (class_conductance P y).
Local Notation mass := (mass P y).

Lemma class_sum (F : 'I_r.+1 -> R) (p : 'I_n -> R) : \sum_x p x * F (y x) = \sum_c F c * (\sum_x p x * (y x == c)%:R).
Proof.
rewrite (eq_bigr (fun c => \sum_x p x * (F c * (y x == c)%:R))) => [|c _]; last first.
  by rewrite mulr_sumr; apply: eq_bigr => x _; rewrite mulrCA.
rewrite exchange_big; apply: eq_bigr => x _ /=; rewrite -mulr_sumr (bigD1 (y x)) //= eqxx mulr1 big1 ?addr0 // => c.
by rewrite eq_sym => /negPf ->; rewrite mulr0.
Qed.

Definition spread (s : 'I_r.+1 -> R) : 'cV[R]_n := \col_x (Num.sqrt (pL P x) * s (y x)).

Lemma spread_sqnorm s : sqnorm (spread s) = \sum_c s c ^+ 2 * mass c.
Proof.
rewrite /Statements.mass -(class_sum (fun c => s c ^+ 2)); apply: eq_bigr => x _.
by rewrite big_ord1 mxE exprMn sqr_sqrtr ?(ltW (pL_gt0 P x)).
Qed.

Lemma spread_form s : form (1%:M - hop P) (spread s) <= 2 * (\sum_c s c ^+ 2 * mass c * phi c).
Proof.
pose h x x' : R := induced P x x' * (y x != y x')%:R.
have E : \sum_c s c ^+ 2 * mass c * phi c = \sum_x \sum_x' h x x' * s (y x) ^+ 2.
  have -> : \sum_x \sum_x' h x x' * s (y x) ^+ 2 = \sum_x (\sum_x' h x x') * s (y x) ^+ 2.
    by apply: eq_bigr => x _; rewrite mulr_suml.
  rewrite (class_sum (fun c => s c ^+ 2)); apply: eq_bigr => c _; rewrite -mulrA; congr (_ * _).
  rewrite /class_conductance mulrCA mulfV ?mulr1 ?gt_eqF ?mass_gt0 //; apply: eq_bigr => x _.
  rewrite mulr_suml; apply: eq_bigr => x' _; rewrite /h -mulrA; congr (_ * _).
  by case: eqP => [<-|_]; rewrite /= ?mulr1 ?mulr0 // eq_sym.
have E' : \sum_x \sum_x' h x x' * s (y x') ^+ 2 = \sum_x \sum_x' h x x' * s (y x) ^+ 2.
  rewrite exchange_big; apply: eq_bigr => x _; apply: eq_bigr => x' _; by rewrite /h induced_sym eq_sym.
have -> : 2 * (\sum_c s c ^+ 2 * mass c * phi c) =
    2^-1 * (\sum_x \sum_x' h x x' * (2 * s (y x) ^+ 2 + 2 * s (y x') ^+ 2)).
  transitivity (2^-1 * (2 * (\sum_x \sum_x' h x x' * s (y x) ^+ 2) + 2 * (\sum_x \sum_x' h x x' * s (y x') ^+ 2))).
    by rewrite E E'; field.
  congr (_ * _); rewrite !mulr_sumr -big_split; apply: eq_bigr => x _; rewrite !mulr_sumr -big_split.
  by apply: eq_bigr => x' _ /=; ring.
rewrite dirichlet ler_wpM2l ?invr_ge0 ?ler0n //; apply: ler_sum => x _; apply: ler_sum => x' _; rewrite big_ord1 !mxE.
have cancel z : Num.sqrt (pL P z) * s (y z) / Num.sqrt (pL P z) = s (y z) by rewrite mulrAC mulfV ?mul1r ?sqrtL_neq0.
rewrite !cancel /h; case: (eqVneq (y x) (y x')) => [->|_]; first by rewrite subrr expr0n !mulr0 mul0r.
rewrite mulr1 ler_wpM2l ?induced_ge0 //; have := sqr_ge0 (s (y x) + s (y x')); rewrite !expr2; lra.
Qed.

Lemma partition_leaks : exists c, (1 - value l r) / 2 <= phi c.
Proof.
have [c _ most] := @arg_maxP _ _ _ ord0 xpredT phi isT; exists c.
have [W tail] := tail_value basis r.
pose E : 'M[R]_(n, r.+1) := \matrix_(x, c) (Num.sqrt (pL P x) * (y x == c)%:R).
have ker0 : kermx (E^T *m W) != 0.
  by rewrite kermx_eq0 -row_leq_rank -ltnNge; apply: leq_ltn_trans (rank_leq_col _) _.
have /rowV0Pn [a /sub_kermxP aW a0] := ker0; pose s c := a 0 c.
have sE : spread s = E *m a^T.
  apply/colP => x; rewrite !mxE (bigD1 (y x)) //= big1 => [|d /negPf ne]; last by rewrite !mxE eq_sym ne mulr0 mul0r.
  by rewrite !mxE eqxx mulr1 addr0.
have far : (spread s)^T *m W = 0 by rewrite sE trmx_mul trmxK -mulmxA.
have pos : 0 < sqnorm (spread s).
  rewrite spread_sqnorm; have [d sd] : exists d, s d != 0.
    apply/existsP; apply: contraNT a0; rewrite negb_exists => /forallP none; apply/eqP/rowP => d; rewrite mxE.
    by apply/eqP; have := none d; rewrite negbK.
  rewrite (bigD1 d) //=; apply: ltr_pwDl; first by rewrite mulr_gt0 ?(mass_gt0 P present) // exprn_even_gt0.
  by apply: sumr_ge0 => d' _; rewrite mulr_ge0 ?sqr_ge0 ?(ltW (mass_gt0 P present d')).
have low := tail _ far; have := spread_form s; rewrite formB form1 => up.
have : \sum_c s c ^+ 2 * mass c * phi c <= sqnorm (spread s) * phi c.
  rewrite spread_sqnorm mulr_suml; apply: ler_sum => d _; apply: ler_wpM2l; last exact: (most d isT).
  by rewrite mulr_ge0 ?sqr_ge0 ?(ltW (mass_gt0 P present d)).
move: (\sum_c _) up => t up le; rewrite ler_pdivrMr ?ltr0n // -(ler_pM2r pos).
move: (form _ _) (sqnorm _) (value _ _) (phi c) low up le => a1 b1 c1 d1 low up le; lra.
Qed.
End Partition.

Theorem class_partition (R : rcfType) : Statements.class_partition R.
Proof. by move=> n m r P y U l basis present; apply: partition_leaks basis present. Qed.

(* a cut is a partition into two classes *)
Section Side.
Variables (R : rcfType) (n m : nat) (P : graph R n m).
Implicit Types S : {set 'I_n}.
Local Notation cut := (cut P).
Local Notation volume := (volume P).

Definition side S x : 'I_2 := if x \in S then ord0 else ord_max.

Lemma side0 S x : (side S x == ord0) = (x \in S). Proof. by rewrite /side; case: ifP. Qed.
Lemma side1 S x : (side S x == ord_max) = (x \notin S). Proof. by rewrite /side; case: ifP. Qed.

Lemma side_leaks S c : S != set0 -> S != setT -> class_conductance P (side S) c <= conductance P S.
Proof.
move=> S0 S1; have v0 := volume_gt0 P S0.
have v1 : 0 < volume (~: S) by apply: volume_gt0; rewrite -(inj_eq (@setC_inj _)) setCK setC0.
have cut0 : 0 <= cut S by apply: sumr_ge0 => x _; apply: sumr_ge0 => x' _; apply: induced_ge0.
have least : 0 < Num.min (volume S) (volume (~: S)) by rewrite lt_min v0 v1.
have main (T : {set 'I_n}) (d : 'I_2) : (forall x, (side S x == d) = (x \in T)) -> 0 < volume T -> cut T = cut S ->
    Num.min (volume S) (volume (~: S)) <= volume T -> class_conductance P (side S) d <= conductance P S.
  move=> sideT vT cutT le; rewrite /class_conductance /conductance -/(cut S) -/(volume S) -/(volume (~: S)).
  have -> : mass P (side S) d = volume T.
    rewrite /mass /volume [RHS]big_mkcond; apply: eq_bigr => x _; rewrite sideT.
    by case: (x \in T); rewrite ?mulr1 ?mulr0.
  have -> : \sum_x \sum_x' induced P x x' * ((side S x == d) && (side S x' != d))%:R = cut S.
    rewrite -cutT /cut [RHS]big_mkcond; apply: eq_bigr => x _; rewrite sideT; case: (x \in T); last first.
      by rewrite big1 // => x' _; rewrite mulr0.
    rewrite [RHS]big_mkcond; apply: eq_bigr => x' _; rewrite sideT inE.
    by case: (x' \in T); rewrite ?mulr1 ?mulr0.
  by rewrite ler_wpM2l // lef_pV2 ?posrE.
have [c0|c1] : (c = ord0) \/ (c = ord_max) by case: c => [[|[|i]] ?] //; [left|right]; apply: val_inj.
  by rewrite c0; apply: (main S) => // [x|]; rewrite ?side0 ?ge_min ?lexx.
rewrite c1; apply: (main (~: S)) => // [x||]; rewrite ?side1 ?inE ?cut_sym ?ge_min ?lexx ?orbT //.
Qed.
End Side.

Theorem cheeger_below (R : rcfType) : Statements.cheeger_below R.
Proof.
move=> n m P U l S basis S0 S1; have present c : exists x, side S x = c.
  have [c0|c1] : (c = ord0) \/ (c = ord_max) by case: c => [[|[|i]] ?] //; [left|right]; apply: val_inj.
    by have /set0Pn [x xS] := S0; exists x; rewrite c0; apply/eqP; rewrite side0.
  have /set0Pn [x xS] : ~: S != set0 by rewrite -(inj_eq (@setC_inj _)) setCK setC0.
  by exists x; rewrite c1; apply/eqP; rewrite side1 -in_setC.
by have [c le] := partition_leaks basis present; apply: le_trans le (side_leaks P c S0 S1).
Qed.

Theorem cheeger_above (R : rcfType) : Statements.cheeger_above R.
Proof.
move=> n m P U l bound basis n1; have l01 := value01 basis 1; split; last by move=> f; apply: sweep.
  have [f [f0 centred eigen]] := second_function basis n1.
  by have [S [S0 S1 _ le]] := sweep l01 f0 centred eigen; exists S.
by rewrite /bound ler_wsqrtr //; have /andP [_] := l01; lra.
Qed.
