(* Energies c at places t in [0, 1], sorted, and a polynomial q: what its integral bounds, where the places above the cut
   are known, and also where the first energy, at 1, is left out. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs LowRank Places.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma place_sorted (R : rcfType) d k (t : 'I_d -> R) (i : 'I_d) :
  (forall i j : 'I_d, (i <= j)%N -> t j <= t i) -> (k <= i)%N -> t i <= value t k.
Proof.
move=> sorted ki; have kd := leq_ltn_trans ki (ltn_ord i).
have -> : value t k = t (Ordinal kd) := value_ord t (Ordinal kd).
exact: sorted.
Qed.

(* value and place, where the numbers are not negative *)
Lemma value_before (R : rcfType) d k (t : 'I_d -> R) (i : 'I_d) : (forall i, 0 <= t i) ->
  (forall i j : 'I_d, (i <= j)%N -> t j <= t i) -> (i <= k)%N -> value t k <= t i.
Proof. by move=> t0 sorted ik; rewrite /value; case: insubP => [j _ jk|_]; rewrite ?sorted ?jk. Qed.

Lemma value_after (R : rcfType) d k (t : 'I_d -> R) : (forall i, 0 <= t i) ->
  (forall i j : 'I_d, (i <= j)%N -> t j <= t i) -> value t k.+1 <= value t 1.
Proof.
move=> t0 sorted; rewrite {1}/value; case: insubP => [j _ jk|_]; first by apply: place_sorted => //; rewrite jk.
by rewrite /value; case: insubP.
Qed.

(* where the second value is below 1, a unit vector that the matrix keeps has the first energy *)
Lemma first_energy (R : rcfType) d r (M V : 'M[R]_d) t (v : 'cV[R]_d) (T : 'M[R]_(d, r)) (i0 : 'I_d) :
  eigenbasis M V t -> M *m v = v -> sqnorm v = 1 -> value t 1 < 1 -> i0 = 0%N :> nat ->
  t i0 = 1 /\ \sum_c (V *m T) i0 c ^+ 2 = sqnorm (v^T *m T).
Proof.
move=> basis Mv v1 t1 i0E; have [VV VM] := eigenbasis_diagonalises basis; have [_ _ sorted] := basis.
pose b := V *m v; have once i : t i * b i 0 = b i 0.
  have : diag_mx (\row_i t i) *m b = b by rewrite /b mulmxA -VM -mulmxA Mv.
  by move/matrixP => /(_ i 0); rewrite mul_diag_mx !mxE.
have away i : i != i0 -> b i 0 = 0.
  move=> ne; have lt : t i < 1.
    apply: le_lt_trans t1; apply: place_sorted => //.
    by rewrite lt0n; apply: contra ne => /eqP E; apply/eqP/val_inj; rewrite /= E i0E.
  apply/eqP; have := once i; rewrite -[X in _ = X -> _]mul1r => /eqP; rewrite -subr_eq0 -mulrBl mulf_eq0.
  by rewrite subr_eq0 lt_eqF.
have b2 : b i0 0 ^+ 2 = 1.
  have <- : sqnorm b = 1 by rewrite sqnorm_tr trmx_mul -mulmxA (mulmxA V^T) (mulmx1C VV) mul1mx -sqnorm_tr.
  rewrite /sqnorm (bigD1 i0) //= big_ord1 big1 ?addr0 // => i ne.
  by rewrite big_ord1 away // expr0n.
have b0 : b i0 0 != 0 by rewrite -sqrf_eq0 b2 oner_eq0.
split; first by apply: (mulIf b0); rewrite mul1r.
rewrite /sqnorm big_ord1; apply: eq_bigr => c _.
have -> : v^T *m T = b^T *m (V *m T) by rewrite /b trmx_mul -mulmxA (mulmxA V^T) (mulmx1C VV) mul1mx.
rewrite [(b^T *m _) _ _]mxE (bigD1 i0) //= big1 ?addr0 => [|i ne]; last by rewrite mxE away ?mul0r.
by rewrite [b^T _ _]mxE exprMn b2 mul1r.
Qed.

(* the roots of the marginal are kept, and see the masses of the classes *)
Section Roots.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Definition roots : 'cV[R]_n := \col_x Num.sqrt (pL P x).

Lemma roots_fixed : hop P *m roots = roots.
Proof.
apply/colP => x; rewrite !mxE (eq_bigr (fun x' => induced P x x' / Num.sqrt (pL P x))) => [|x' _]; last first.
  by rewrite hopE !mxE; field; rewrite !sqrtL_neq0.
by rewrite -mulr_suml induced_marginal -[X in X / _](sqrtL2 P x) mulfK ?sqrtL_neq0.
Qed.

Lemma roots_unit : sqnorm roots = 1.
Proof. by rewrite -(pL_sum P); apply: eq_bigr => x _; rewrite big_ord1 mxE sqr_sqrtr ?ltW ?pL_gt0. Qed.

Lemma roots_labels : sqnorm (roots^T *m Y P y) = energy_at_one P y.
Proof.
rewrite /sqnorm big_ord1; apply: eq_bigr => c _; congr (_ ^+ 2); rewrite mxE; apply: eq_bigr => x _.
by rewrite !mxE mulrA sqrtL2.
Qed.
End Roots.

Lemma less_at_one (R : rcfType) (q : {poly R}) (a : nat -> R) m :
  \sum_(j < size q) q`_j * (a j - m) = \sum_(j < size q) q`_j * a j - m * q.[1].
Proof.
rewrite horner_coef mulr_sumr -sumrB; apply: eq_bigr => j _.
by rewrite expr1n mulr1 mulrBr [m * _]mulrC.
Qed.

Section Known.
Variables (R : rcfType) (d : nat) (t c : 'I_d -> R) (q : {poly R}) (i0 : 'I_d) (e : R).
Hypotheses (t01 : forall i, 0 <= t i <= 1) (sorted : forall i j : 'I_d, (i <= j)%N -> t j <= t i).
Hypotheses (c0 : forall i, 0 <= c i) (i0E : i0 = 0%N :> nat).

Lemma other i : i != i0 -> (0 < i)%N.
Proof. by move=> ne; rewrite lt0n; apply: contra ne => /eqP E; apply/eqP/val_inj; rewrite /= E i0E. Qed.

Lemma value_other k i : i != i0 -> (k <= 1)%N -> t i <= value t k.
Proof. by move=> /other i1 k1; apply: place_sorted => //; apply: leq_trans i1. Qed.

Lemma point_above k i : value t k < t i -> (i < k)%N.
Proof. by rewrite ltNge; apply: contraNT; rewrite -leqNgt; apply: place_sorted. Qed.

(* without the first *)
Lemma all_but_first m : t i0 = 1 -> c i0 = m -> \sum_i q.[t i] * c i - m * q.[1] = \sum_(i | i != i0) q.[t i] * c i.
Proof. by move=> t1 <-; rewrite (bigD1 i0) //= t1 addrAC [_ * c i0]mulrC subrr add0r. Qed.

Section Above.
Variable b : R.
Hypotheses (left : e <= \sum_(i | t i <= b) c i) (q1 : forall u, 0 <= u <= b -> 1 <= q.[u]).

Lemma one_below i : t i <= b -> c i <= q.[t i] * c i.
Proof. by move=> le; rewrite -[leLHS]mul1r ler_wpM2r // q1 // le andbT; have /andP [] := t01 i. Qed.

Lemma above_points : (forall i, b < t i -> 0 <= q.[t i]) -> e <= \sum_i q.[t i] * c i.
Proof.
move=> q0; apply: le_trans left _; rewrite big_mkcond; apply: ler_sum => i _.
by case: (leP (t i) b) => [/one_below //|/q0 h]; rewrite mulr_ge0.
Qed.

Lemma above_points_beyond : t i0 = 1 -> b < 1 -> (forall i : 'I_d, (0 < i)%N -> b < t i -> 0 <= q.[t i]) ->
  e <= \sum_(i | i != i0) q.[t i] * c i.
Proof.
move=> t1 b1 q0; apply: le_trans left _; rewrite big_mkcond [leRHS]big_mkcond; apply: ler_sum => i _.
have [->|ne] := eqVneq i i0; first by rewrite t1 (leNgt 1 b) b1.
by case: (leP (t i) b) => [/one_below //|/(q0 i (other ne)) h]; rewrite mulr_ge0.
Qed.
End Above.

(* where what is lost is at least the energy below a place among the first k + 1 *)
Section Below.
Variable k : nat.
Hypotheses (left : \sum_(i | t i < value t k) c i <= e) (q1 : forall u, 0 <= u <= value t k.+1 -> q.[u] <= 1).

Lemma one_above (i : 'I_d) : t i < value t k -> q.[t i] * c i <= c i.
Proof.
move=> lt; rewrite -[leRHS]mul1r ler_wpM2r // q1 //; have /andP [-> _] := t01 i; apply: place_sorted => //.
rewrite ltnNge; apply: contraL lt => ik; rewrite -leNgt; apply: value_before => // j.
by have /andP [] := t01 j.
Qed.

(* a place that is not below that one is one of the first k + 1 *)
Lemma at_a_point (i : 'I_d) : value t k <= t i ->
  exists2 j : 'I_d, (j <= k)%N & t i = t j /\ ((0 < i)%N -> (0 < k)%N -> (0 < j)%N).
Proof.
move=> le; have [ik|ki] := leqP i k; first by exists i.
have kd := ltn_trans ki (ltn_ord i); have E : value t k = t (Ordinal kd) := value_ord t (Ordinal kd).
exists (Ordinal kd) => //; split=> //; apply/le_anti; rewrite -E le andbT.
by apply: place_sorted => //; apply: ltnW.
Qed.

Lemma below_points : (forall i : 'I_d, (i <= k)%N -> q.[t i] <= 0) -> \sum_i q.[t i] * c i <= e.
Proof.
move=> q0; apply: le_trans left; rewrite [leRHS]big_mkcond; apply: ler_sum => i _.
case: (ltP (t i) (value t k)) => [/one_above //|/at_a_point [j jk [-> _]]].
by rewrite mulr_le0_ge0 // q0.
Qed.

Lemma below_points_beyond : t i0 = 1 -> value t 1 < 1 -> (forall i : 'I_d, (0 < i <= k)%N -> q.[t i] <= 0) ->
  \sum_(i | i != i0) q.[t i] * c i <= e.
Proof.
move=> t1 v1 q0; apply: le_trans left; rewrite big_mkcond [leRHS]big_mkcond; apply: ler_sum => i _.
have [->|ne] /= := eqVneq i i0; first by case: ifP.
case: (ltP (t i) (value t k)) => [/one_above //|le].
have [j jk [-> /(_ (other ne)) j0]] := at_a_point le.
have [k0|k0] := posnP k; last by rewrite mulr_le0_ge0 // q0 // j0.
have E : value t k = t i0 by rewrite k0 -i0E value_ord.
move: le; rewrite E t1 leNgt => /negP []; apply: le_lt_trans v1; exact: value_other.
Qed.
End Below.
End Known.
