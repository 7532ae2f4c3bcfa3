(* A test that the k-th singular value has a square above a place: on the columns that cut the spectrum from above, the
   Gram matrix less the place is diagonally dominant. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies Places Dropped.
From Pairbounds Require Import Integers Place Checker.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Computed.
Variables (G : problem) (C : place) (num den : Z).
Local Notation n := (n_left G).
Local Notation k := (width C).
Local Open Scope Z_scope.
(* the columns of V, each entry times the root of its node; their products with the columns of the weights *)
Definition raised_column s : seq Z := [seq nth 0 (roots C) i * nth 0 (line (basis C) i) s | i <- iota 0 n].
Definition met (columns : seq (seq Z)) (z : seq Z) : seq Z := [seq dot c z | c <- columns].
Definition inverses_below : seq Z := [seq unit_of C / q | q <- right_sums G].
(* an entry of the matrix; u and v are the rows of two columns, each entry times its weight *)
Definition gram (zs ms : seq (seq Z)) (u v : seq Z) t : Z :=
  den * dot u (line ms t) - num * unit_of C * dot v (line zs t).
Definition lower_ok : bool :=
  let zs := [seq raised_column s | s <- iota 0 k] in
  let ms := map (met (columns G)) zs in
  let inverses := inverses_below in let lefts := left_sums G in
  [&& (0 < k)%N, Z.leb 0 num, Z.ltb 0 den &
      zall k (fun s =>
        let u := products (line ms s) inverses in let v := products (line zs s) lefts in
        Z.leb (zsum k (fun t => if t == s then 1 else Z.abs (gram zs ms u v t))) (gram zs ms u v s))].
End Computed.

Section Soundness.
Variables (R : rcfType) (G : problem) (ok : graph_ok G) (C : place) (pok : place_ok G C) (num den : Z).
Hypothesis low : lower_ok G C num den.
Local Notation n := (n_left G).
Local Notation m := (n_right G).
Local Notation k := (width C).
Local Notation P := (graph_of R ok).
Local Notation T := (iR (total G) : R).
Local Notation K := (iR (unit_of C) : R).
Local Notation b' := (iR num / iR den : R).
Local Notation w i l := (at_ (line (weights G) i) l : R).
Local Notation zs := [seq raised_column G C s | s <- iota 0 k].
Local Notation ms := (map (met (columns G)) zs).
Local Notation Z_ s i := (at_ (line zs s) i : R).
Local Notation rho l := (at_ (inverses_below G C) l : R).
Local Notation N s t :=
  (iR (gram C num den zs ms (products (line ms s) (inverses_below G C)) (products (line zs s) (left_sums G)) t) : R).

Lemma raised_size (s : 'I_k) : size (line zs s) = n.
Proof. by rewrite /line (nth_map O) ?size_iota // size_map size_iota. Qed.
Lemma met_size (s : 'I_k) : size (line ms s) = m.
Proof. by rewrite /line (nth_map [::]) ?size_map ?size_iota // !size_map size_iota. Qed.
Lemma met_at (s : 'I_k) (l : 'I_m) : at_ (line ms s) l = \sum_(i < n) Z_ s i * w i l.
Proof.
rewrite /at_ {1}/line (nth_map [::]) ?size_map ?size_iota // /met (nth_map [::]) ?size_map ?size_iota //.
rewrite (iR_dot R (p := n)); last by rewrite -/(line _ _) column_size.
by apply: eq_bigr => i _; rewrite -/(line (columns G) l) column_at mulrC.
Qed.
Lemma products_size u v : (size (products u v) <= size u)%N.
Proof. by elim: u v => [|a u IH] [|c v] //=; exact: IH. Qed.

Lemma gramE (s t : 'I_k) : N s t =
  iR den * (\sum_(l < m) (at_ (line ms s) l * rho l) * at_ (line ms t) l)
  - iR num * K * (\sum_(i < n) (Z_ s i * at_ (left_sums G) i) * Z_ t i).
Proof.
rewrite /gram iRB !iRM (iR_dot R (p := m)); last by rewrite -(met_size s) products_size.
rewrite (iR_dot R (p := n)); last by rewrite -(raised_size s) products_size.
by congr (_ * _ - _ * _); apply: eq_bigr => j _; rewrite at_products.
Qed.

Lemma inverse_le (l : 'I_m) : rho l <= K / at_ (right_sums G) l.
Proof.
rewrite [in leLHS]/at_ (nth_map Z0) ?size_map ?size_iota //.
case/andP: ok => _ /and4P [_ _ a _]; have q0 : Z.ltb 0 (nth Z0 (right_sums G) l).
  by apply: (allP a); rewrite mem_nth ?size_map ?size_iota.
by have /andP [] := iR_div R (unit_of C) q0.
Qed.

Variable c : 'I_k -> R.
Hypothesis c0 : exists s, c s != 0.
Let z (i : 'I_n) := \sum_(s < k) Z_ s i * c s.
Local Notation D := (Problem k O [::] [::] O).

Lemma gram_positive : 0 < quad (G := D) c (fun s t : 'I_k => N s t).
Proof.
case/and4P: low => _ _ _ /zallP dom.
pose a (s t : 'I_k) : R := N s t - (s == t)%:R.
have sym (s t : 'I_k) : N s t = N t s :> R.
  rewrite !gramE; congr (_ * _ - _ * _); apply: eq_bigr => j _; ring.
have : 0 <= quad (G := D) c a.
  apply: quad_dominant => [s t|s]; first by rewrite /a sym eq_sym.
  rewrite {2}/a eqxx lerBrDr; have := dom s; cbv beta zeta => /(iR_le R); rewrite iR_zsum; apply: le_trans.
  rewrite (bigD1 s) //= [X in _ <= X](bigD1 s) //= !eqxx add0r iR1 addrC lerD2l.
  apply: ler_sum => t ts; rewrite eq_sym (negPf ts) /a eq_sym (negPf ts) subr0.
  by rewrite (_ : (val t == val s) = false) ?iR_abs //; apply/negbTE; rewrite (inj_eq val_inj).
have -> : quad (G := D) c a = quad (G := D) c (fun s t : 'I_k => N s t) - \sum_s c s ^+ 2.
  rewrite /quad -sumrB; apply: eq_bigr => s _.
  pose F (t : 'I_k) : R := N s t * (c s * c t).
  have same : \sum_(t < k | t != s) a s t * (c s * c t) = \sum_(t < k | t != s) F t.
    by apply: eq_bigr => t ts; rewrite /a eq_sym (negPf ts) subr0.
  have -> : \sum_(t < k) a s t * (c s * c t) = a s s * (c s * c s) + \sum_(t < k | t != s) F t.
    by rewrite (bigD1 s) //= same.
  have -> : \sum_(t < k) N s t * (c s * c t) = F s + \sum_(t < k | t != s) F t by rewrite (bigD1 s).
  by rewrite /a eqxx mulrBl mul1r expr2 addrAC.
rewrite subr_ge0; apply: lt_le_trans; have [s s0] := c0.
rewrite (bigD1 s) //= ltr_pwDl ?sumr_ge0 // => [|t _]; last exact: sqr_ge0.
by rewrite lt_def sqr_ge0 sqrf_eq0 s0.
Qed.

Lemma gram_form : quad (G := D) c (fun s t : 'I_k => N s t) =
  iR den * (\sum_(l < m) rho l * (\sum_(i < n) w i l * z i) ^+ 2)
  - iR num * K * (\sum_(i < n) at_ (left_sums G) i * z i ^+ 2).
Proof.
have A (l : 'I_m) : \sum_(s < k) at_ (line ms s) l * c s = \sum_(i < n) w i l * z i.
  rewrite (eq_bigr (fun s : 'I_k => \sum_(i < n) w i l * (Z_ s i * c s))) => [|s _].
    by rewrite exchange_big; apply: eq_bigr => i _; rewrite -mulr_sumr.
  by rewrite met_at mulr_suml; apply: eq_bigr => i _; ring.
transitivity (iR den * quad (G := D) c (fun s t : 'I_k => \sum_(l < m) (at_ (line ms s) l * rho l) * at_ (line ms t) l)
  - iR num * K * quad (G := D) c (fun s t : 'I_k => \sum_(i < n) (Z_ s i * at_ (left_sums G) i) * Z_ t i)).
  rewrite /quad !mulr_sumr -sumrB; apply: eq_bigr => s _; rewrite !mulr_sumr -sumrB; apply: eq_bigr => t _.
  by rewrite gramE; move: (\sum_(l < m) _) (\sum_(i < n) _) => x x'; ring.
rewrite !quad_sum; congr (_ * _ - _ * _); apply: eq_bigr => j _.
  rewrite -A expr2 mulrA; congr (_ * _); rewrite mulr_sumr; apply: eq_bigr => s _; ring.
rewrite /z expr2 mulrA; congr (_ * _); rewrite mulr_sumr; apply: eq_bigr => s _; ring.
Qed.

Lemma above_place (X : 'cV[R]_n) : (forall i, X i 0 = Num.sqrt (pL P i) * z i) -> b' * sqnorm X < form (hop P) X.
Proof.
move=> XE; case/and4P: low => _ _ /(iR_gt0 R) d0 _; have := gram_positive; rewrite gram_form subr_gt0.
have K0 := unit_gt0 R pok; have T0 := total_gt0 R ok.
have zE i : X i 0 / Num.sqrt (pL P i) = z i by rewrite XE mulrAC mulfV ?mul1r // sqrtL_neq0.
set S := \sum_(l < m) _; set E := \sum_(i < n) _ => lt.
have -> : sqnorm X = E / T.
  rewrite /sqnorm mulr_suml; apply: eq_bigr => i _; rewrite big_ord1 XE exprMn expr2 sqrtL2 pL_of; ring.
apply: lt_le_trans (_ : S / (T * K) <= _).
  rewrite ltr_pdivlMr ?mulr_gt0 // -(ltr_pM2l d0); apply: le_lt_trans lt.
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; field; rewrite !gt_eqF.
rewrite form_hop mulr_suml; apply: ler_sum => l _.
rewrite [in leRHS](eq_bigr (fun i : 'I_n => w i l * z i / T)) => [|i _]; last first.
  by rewrite /= zE mxE; ring.
rewrite -mulr_suml pR_of; have q0 := right_sum_gt0 R ok l.
have := ler_wpM2r (sqr_ge0 (\sum_(i < n) w i l * z i)) (inverse_le l).
move: (\sum_(i < n) _) (at_ (right_sums G) l) q0 => a q q0 h.
have -> : (a / T) ^+ 2 / (q / T) = K / q * a ^+ 2 / (T * K) by field; rewrite !gt_eqF.
by rewrite ler_pM2r ?invr_gt0 ?mulr_gt0.
Qed.
End Soundness.

Section Verdict.
Variables (R : rcfType) (G : problem) (C : certificate) (ok : check G C) (num den : Z).
Hypothesis low : lower_ok G (cut C) num den.
Local Notation n := (n_left G).
Local Notation k := (width (cut C)).
Local Notation P := (pairs R ok).
Local Notation b := (iR (place_num (cut C)) / iR (place_den (cut C)) : R).
Local Notation b' := (iR num / iR den : R).
Local Notation zs := [seq raised_column G (cut C) s | s <- iota 0 k].

Theorem lower_sound (U : 'M[R]_n) (l : 'I_n -> R) : eigenbasis (hop P) U l -> b' < value l k.-1.
Proof.
move=> basis; have k0 : (0 < k)%N by case/and4P: low.
have [V' tail] := tail_value basis k.-1.
pose W : 'M[R]_(n, k) := \matrix_(i, s) (Num.sqrt (pL P i) * at_ (line zs s) i).
have ker0 : kermx (W^T *m V') != 0.
  rewrite kermx_eq0 -row_leq_rank -ltnNge; apply: leq_ltn_trans (rank_leq_col _) _.
  by rewrite prednK.
have /rowV0Pn [c /sub_kermxP cV c0] := ker0.
have some : exists s, c 0 s != 0.
  by move: c0; case/rV0Pn => s; exists s.
pose X := W *m c^T.
have XE i : X i 0 = Num.sqrt (pL P i) * \sum_(s < k) at_ (line zs s) i * c 0 s.
  rewrite mxE mulr_sumr; apply: eq_bigr => s _; rewrite !mxE; ring.
have := above_place (checked_place ok) low some XE; have XV : X^T *m V' = 0 by rewrite trmx_mul trmxK -mulmxA.
move=> lt; have := lt_le_trans lt (tail X XV); rewrite -subr_gt0 -mulrBl => pos.
have := sqnorm_ge0 X; rewrite le_eqVlt => /orP [/eqP E|X0]; first by move: pos; rewrite -E mulr0 ltxx.
by rewrite -subr_gt0 -(pmulr_lgt0 _ X0).
Qed.

Theorem lower_cuts (f : 'M[R]_(n, k)) (g : 'M[R]_(n_right G, k)) : minimiser P f g -> cuts P f b b'.
Proof.
move=> best; have [U [l [basis com kept _]]] := optimum_cuts best; exists U, l; split=> // i small.
case/and4P: (low) => k0 /(iR_ge0 R) num0 /(iR_gt0 R) den0 _.
have above := lower_sound basis; have kn : (k.-1 < n)%N.
  rewrite ltnNge; apply/negP => nk; move: above; rewrite value_out // ltNge divr_ge0 ?(ltW den0) //.
move: above; rewrite -[X in value _ X]/(val (Ordinal kn)) value_ord => above.
by apply: (below_dropped basis best (t := Ordinal kn)); [rewrite /= prednK|apply: lt_trans small above].
Qed.
End Verdict.
