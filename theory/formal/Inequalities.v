(* The inequalities of Cauchy and Jensen, the price of an error, and walks as matrices. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers Energies Margins.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Inequalities.
Variable R : rcfType.

Lemma cauchy n p (X Z : 'M[R]_(n, p)) : \tr (X^T *m Z) ^+ 2 <= sqnorm X * sqnorm Z.
Proof.
have [X0|X0] := eqVneq X 0.
  by rewrite X0 trmx0 mul0mx mxtrace0 expr0n /= sqnorm0 mul0r.
have s0 := sqnorm_gt0 X0; set s := sqnorm X in s0 *; set t := \tr _.
have := sqnorm_ge0 (s *: Z + (- t) *: X); rewrite sqnormD !sqnormZ -/s.
have -> : \tr ((s *: Z)^T *m (- t *: X)) = - (s * t * t).
  have -> : (s *: Z)^T = s *: Z^T by rewrite linearZ.
  rewrite -scalemxAl -scalemxAr !mxtraceZ -[\tr (Z^T *m X)]mxtrace_tr trmx_mul trmxK -/t; ring.
have -> : s ^+ 2 * sqnorm Z + 2 * - (s * t * t) + (- t) ^+ 2 * s = s * (s * sqnorm Z - t ^+ 2) by ring.
by rewrite pmulr_rge0 // subr_ge0.
Qed.

Lemma cauchy_sqrt n p (X Z : 'M[R]_(n, p)) : \tr (X^T *m Z) <= Num.sqrt (sqnorm X) * Num.sqrt (sqnorm Z).
Proof.
rewrite -sqrtrM ?sqnorm_ge0 //; apply: le_trans (ler_norm _) _; rewrite -sqrtr_sqr.
by rewrite ler_wsqrtr // cauchy.
Qed.

Lemma triangle n p (X Z : 'M[R]_(n, p)) : sqnorm (X + Z) <= (Num.sqrt (sqnorm X) + Num.sqrt (sqnorm Z)) ^+ 2.
Proof.
rewrite sqnormD sqrrD !sqr_sqrtr ?sqnorm_ge0 //; have := cauchy_sqrt X Z.
rewrite -mulr_natl; lra.
Qed.

Lemma jensen (I : finType) (p e : I -> R) : (forall i, 0 <= p i) ->
  (\sum_i p i * e i) ^+ 2 / (\sum_i p i) <= \sum_i p i * e i ^+ 2.
Proof.
move=> p0; set a := \sum_i p i * e i; set s := \sum_i p i.
have [->|s0] := eqVneq s 0; first by rewrite invr0 mulr0 sumr_ge0 // => i _; rewrite mulr_ge0 ?sqr_ge0.
have : 0 <= \sum_i p i * (e i - a / s) ^+ 2 by apply: sumr_ge0 => i _; rewrite mulr_ge0 ?sqr_ge0.
have -> : \sum_i p i * (e i - a / s) ^+ 2 = \sum_i (p i * e i ^+ 2 - 2 * (a / s) * (p i * e i) + (a / s) ^+ 2 * p i).
  by apply: eq_bigr => i _; ring.
rewrite big_split sumrB /= -!mulr_sumr -/a -/s => h; rewrite -subr_ge0; apply: le_trans h _.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
Qed.

(* scores that err are this far from scores with a margin *)
Lemma errs_price r (s h : 'I_r -> R) (c : 'I_r) (e : R) :
  (forall c', c' != c -> e <= h c - h c') -> errs s c -> Num.max 0 e ^+ 2 / 2 <= \sum_i (s i - h i) ^+ 2.
Proof.
move=> margin /existsP [c' /andP [ne le]]; rewrite (bigD1 c) //= (bigD1 c') //=.
have : 0 <= \sum_(i < r | (i != c) && (i != c')) (s i - h i) ^+ 2 by apply: sumr_ge0 => i _; apply: sqr_ge0.
move: (\sum_(i < r | _) _) => t t0; have := margin c' ne.
move: (s c) (s c') (h c) (h c') le => a b p q le em.
have : Num.max 0 e ^+ 2 <= ((a - p) - (b - q)) ^+ 2.
  case: (leP 0 e) => [e0|_]; last by rewrite expr0n sqr_ge0.
  rewrite -[leRHS]sqrrN ler_pXn2r ?nnegrE //; lra.
have := sqr_ge0 ((a - p) + (b - q)); rewrite !expr2; lra.
Qed.

Lemma errs_indicator r (s : 'I_r -> R) (c : 'I_r) : errs s c -> 2^-1 <= \sum_i (s i - (c == i)%:R) ^+ 2.
Proof.
have margin c' : c' != c -> 1 <= (c == c)%:R - (c == c')%:R :> R by rewrite eqxx eq_sym => /negPf ->; rewrite subr0.
by move=> /(errs_price margin); rewrite max_r ?ler01 // expr1n mul1r.
Qed.
End Inequalities.

Section Walks.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).

Lemma walk_hops j c x : walk P y j c x = (hops P j *m Y P y) x c / Num.sqrt (pL P x).
Proof.
elim: j x => [|j IH] x /=.
  by rewrite mul1mx mxE mulrAC mulfV ?mul1r ?sqrtL_neq0.
rewrite -mulmxA mxE mulr_suml; apply: eq_bigr => x' _; rewrite IH hopE -[X in _ / X * _](sqrtL2 P x).
have := sqrtL_neq0 P x; have := sqrtL_neq0 P x'; move: (Num.sqrt _) (Num.sqrt _) => a b a0 b0.
by field; rewrite a0 b0.
Qed.

Lemma consistency_moment j : consistency P y j = moment P y j.
Proof.
rewrite /consistency /moment /form -mulmxA /mxtrace.
rewrite (eq_bigr (fun c => \sum_x Y P y x c * (hops P j *m Y P y) x c)) => [|c _]; last first.
  by rewrite mxE; apply: eq_bigr => x _; rewrite [_^T _ _]mxE.
rewrite exchange_big; apply: eq_bigr => x _ /=; rewrite (bigD1 (y x)) //= big1 => [|c /negPf ne]; last first.
  by rewrite mxE eq_sym ne mulr0 mul0r.
rewrite walk_hops addr0 [Y P y x _]mxE eqxx mulr1 -[X in X * _ = _](sqrtL2 P x).
have := sqrtL_neq0 P x; move: (Num.sqrt _) => a a0; by field.
Qed.

Lemma poly_consistency (p : {poly R}) : \sum_(j < size p) p`_j * consistency P y j = poly_moment P y p.
Proof. by apply: eq_bigr => j _; rewrite consistency_moment. Qed.

Lemma voteE (q : {poly R}) x c : vote P y q x c = vote_scores P y q x c.
Proof.
rewrite /vote [RHS]mxE /poly_hop mulmx_suml summxE mulr_suml; apply: eq_bigr => j _.
by rewrite walk_hops -scalemxAl [in RHS]mxE mulrA.
Qed.
End Walks.
