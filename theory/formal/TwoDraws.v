(* Two independent draws of a number v >= 0 from one distribution: for each s > 0,
   s E |v^2 - v'^2| / 2 <= (1 + s^2 / 3) E v^2 - (E v)^2. Cauchy's inequality along the sorted values, with the weight
   1 - u h of the place h in [-1, 1], would have a logarithm; a polynomial q above 1 / (1 - u h) does as well, and
   its integral over a step is a mean of three of its values. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Draws.
Variables (R : rcfType) (s : R).
Hypothesis s0 : 0 < s.
Let a : R := 1 + s ^+ 2 / 3.
Let u : R := s / a.
Let kappa : R := (1 - u ^+ 2)^-1.
Let q h : R := (1 + u * h) * (1 + (u * h) ^+ 2 + kappa * (u * h) ^+ 4).
(* its integral *)
Let Q h : R := h + u * h ^+ 2 / 2 + u ^+ 2 * h ^+ 3 / 3 + u ^+ 3 * h ^+ 4 / 4
  + kappa * (u ^+ 4 * h ^+ 5 / 5 + u ^+ 5 * h ^+ 6 / 6).

Lemma a_gt : 0 < a /\ s < a.
Proof. by have := sqr_ge0 s; have := sqr_ge0 (s - 3 / 2); rewrite /a !expr2; split; lra. Qed.

Lemma u01 : 0 < u < 1.
Proof. by have [a0 lt] := a_gt; rewrite divr_gt0 // ltr_pdivrMr // mul1r. Qed.

Lemma u2 : u ^+ 2 < 1.
Proof. by have /andP [h0 h1] := u01; rewrite -[ltRHS](expr1n _ 2) ltr_pXn2r ?nnegrE ?ltW. Qed.

Lemma kappa_gt0 : 0 < kappa. Proof. by rewrite invr_gt0 subr_gt0 u2. Qed.

Lemma place_gt0 h : -1 <= h <= 1 -> 0 < 1 - u * h.
Proof.
have /andP [h0 h1] := u01; move=> /andP [_ b]; have : u * h <= u * 1 by rewrite ler_pM2l.
lra.
Qed.

Lemma q_above h : -1 <= h <= 1 -> 1 <= q h * (1 - u * h).
Proof.
move=> /andP [lo up]; have k0 := kappa_gt0.
have h2 : h ^+ 2 <= 1 by have : 0 <= (1 - h) * (1 + h) by [apply: mulr_ge0; lra]; rewrite expr2; lra.
have y2 : (u * h) ^+ 2 <= u ^+ 2 by rewrite exprMn -[leRHS]mulr1 ler_wpM2l ?sqr_ge0.
have k1 : 1 <= kappa * (1 - (u * h) ^+ 2).
  apply: le_trans (_ : kappa * (1 - u ^+ 2) <= _); last by rewrite ler_pM2l // lerD2l lerN2.
  by rewrite /kappa mulVf // gt_eqF // subr_gt0 u2.
rewrite /q; move: (u * h) y2 k1 => x _ k1.
have -> : (1 + x) * (1 + x ^+ 2 + kappa * x ^+ 4) * (1 - x) = 1 + x ^+ 4 * (kappa * (1 - x ^+ 2) - 1) by ring.
rewrite lerDl mulr_ge0 ?subr_ge0 //; have -> : x ^+ 4 = (x ^+ 2) ^+ 2 by ring.
exact: sqr_ge0.
Qed.

(* three values of q give its integral *)
Lemma quadrature m d e : e ^+ 2 = 3 / 5 * d ^+ 2 ->
  Q (m + d) - Q (m - d) = d * (5 * (q (m + e) + q (m - e)) + 8 * q m) / 9.
Proof.
move=> E; have -> : q (m + e) + q (m - e) = 2 * (1 + u * m + u ^+ 2 * (m ^+ 2 + e ^+ 2)
  + u ^+ 3 * (m ^+ 3 + 3 * m * e ^+ 2)
  + kappa * (u ^+ 4 * (m ^+ 4 + 6 * m ^+ 2 * e ^+ 2 + (e ^+ 2) ^+ 2)
             + u ^+ 5 * (m ^+ 5 + 10 * m ^+ 3 * e ^+ 2 + 5 * m * (e ^+ 2) ^+ 2))) by rewrite /q; ring.
by rewrite E /q /Q; field.
Qed.

Lemma convex (x y t d : R) : 0 < t - d -> 0 < t + d -> 1 <= x * (t - d) -> 1 <= y * (t + d) -> 2 <= (x + y) * t.
Proof.
move=> p1 p2; rewrite -ler_pdivrMr // div1r => hx; rewrite -ler_pdivrMr // div1r => hy; have t0 : 0 < t by lra.
apply: le_trans (_ : ((t - d)^-1 + (t + d)^-1) * t <= _); last by rewrite ler_pM2r // lerD.
have -> : (t - d)^-1 + (t + d)^-1 = 2 * t / ((t - d) * (t + d)) by field; rewrite !gt_eqF.
rewrite mulrAC ler_pdivlMr ?mulr_gt0 //; have := sqr_ge0 d; rewrite !expr2; lra.
Qed.

Lemma step m d : 0 <= d -> -1 <= m - d -> m + d <= 1 -> d <= (Q (m + d) - Q (m - d)) / 2 * (1 - u * m).
Proof.
move=> d0 lo up; pose e := Num.sqrt (3 / 5) * d.
have E : e ^+ 2 = 3 / 5 * d ^+ 2 by rewrite exprMn sqr_sqrtr //; lra.
have e0 : 0 <= e by rewrite mulr_ge0 ?sqrtr_ge0.
have ed : e <= d by rewrite -(@ler_pXn2r _ 2) ?nnegrE // E; have := sqr_ge0 d; lra.
rewrite (quadrature m E).
have i1 : -1 <= m + e <= 1 by apply/andP; split; lra.
have i2 : -1 <= m - e <= 1 by apply/andP; split; lra.
have i0 : -1 <= m <= 1 by apply/andP; split; lra.
have := q_above i1; have := q_above i2; have := q_above i0; have := place_gt0 i1; have := place_gt0 i2.
have -> : 1 - u * (m + e) = (1 - u * m) - u * e by ring.
have -> : 1 - u * (m - e) = (1 - u * m) + u * e by ring.
move=> p2 p1 h0 h2 h1; have := convex p1 p2 h1 h2.
move: (q (m + e) + q (m - e)) (q m) (1 - u * m) h0 => x z t h0 hx.
have -> : d * (5 * x + 8 * z) / 9 / 2 * t = d * ((5 * (x * t) + 8 * (z * t)) / 18) by field.
by rewrite -[leLHS]mulr1 ler_wpM2l //; lra.
Qed.

Lemma whole : (Q 1 - Q (-1)) / 2 <= a.
Proof.
have [a0 lt] := a_gt; have -> : (Q 1 - Q (-1)) / 2 = 1 + u ^+ 2 / 3 + kappa * u ^+ 4 / 5 by rewrite /Q; field.
pose z := s ^+ 2; have z0 : 0 <= z by apply: sqr_ge0.
have aE : a = 1 + z / 3 by [].
have D0 : 0 < a ^+ 2 - z.
  have -> : a ^+ 2 - z = (a - s) * (a + s) by rewrite /z; ring.
  by apply: mulr_gt0; [rewrite subr_gt0|apply: addr_gt0].
have -> : 1 + u ^+ 2 / 3 + kappa * u ^+ 4 / 5 = 1 + (5 * (a ^+ 2 - z) * z + 3 * z ^+ 2) / (15 * a ^+ 2 * (a ^+ 2 - z)).
  by move: (lt0r_neq0 a0) (lt0r_neq0 D0); rewrite /kappa /u /z => h1 h2; field; rewrite h1 h2.
rewrite [in leRHS]aE lerD2l ler_pdivrMr; last by rewrite !mulr_gt0.
rewrite -subr_ge0.
have -> : z / 3 * (15 * a ^+ 2 * (a ^+ 2 - z)) - (5 * (a ^+ 2 - z) * z + 3 * z ^+ 2) =
          z ^+ 2 * (5 * ((z - 1) ^+ 2 * (z + 5)) + 2) / 81 by rewrite aE; field.
have z5 : 0 <= (z - 1) ^+ 2 * (z + 5) by apply: mulr_ge0; [apply: sqr_ge0|lra].
by apply: divr_ge0 => //; apply: mulr_ge0; [apply: sqr_ge0|move: (_ * _) z5 => t; lra].
Qed.

Section Sorted.
Variables (T : eqType) (p v : T -> R).
Hypotheses (p0 : forall x, 0 <= p x) (v0 : forall x, 0 <= v x).
Local Notation total r := (\sum_(x <- r) p x).
Local Notation squares r := (\sum_(x <- r) p x * v x ^+ 2).
Local Notation pairs r := (2^-1 * \sum_(x <- r) \sum_(x' <- r) p x * p x' * `|v x ^+ 2 - v x' ^+ 2|).

(* squares, weighed by the places; b is the mass before *)
Fixpoint weighed b r : R :=
  if r is x :: r' then p x * v x ^+ 2 * (1 - u * (2 * b + p x - 1)) + weighed (b + p x) r' else 0.

Lemma cauchy_step (x y z t x' y' : R) :
  0 <= y -> 0 <= z -> 0 <= y' -> 0 <= t -> x ^+ 2 <= y * z -> x' ^+ 2 <= y' * t -> (x + x') ^+ 2 <= (y + y') * (z + t).
Proof.
move=> y0 z0 y'0 t0 h h'; have yt := mulr_ge0 y0 t0; have zy := mulr_ge0 y'0 z0.
have : (2 * (x * x')) ^+ 2 <= (y * t + y' * z) ^+ 2.
  have : x ^+ 2 * x' ^+ 2 <= (y * z) * (y' * t) by rewrite ler_pM ?sqr_ge0.
  have := sqr_ge0 (y * t - y' * z); rewrite !expr2; lra.
rewrite -ler_sqrt ?sqr_ge0 // !sqrtr_sqr (ger0_norm (addr_ge0 yt zy)) => le.
by have := le_trans (ler_norm _) le; rewrite !expr2 in h h' *; lra.
Qed.

Lemma ordered_cauchy b r : 0 <= b -> b + total r <= 1 ->
  [/\ 0 <= weighed b r, 0 <= (Q (2 * (b + total r) - 1) - Q (2 * b - 1)) / 2 &
      (\sum_(x <- r) p x * v x) ^+ 2 <= (Q (2 * (b + total r) - 1) - Q (2 * b - 1)) / 2 * weighed b r].
Proof.
elim: r b => [|x r IH] b b0; first by rewrite !big_nil addr0 subrr mul0r mulr0 expr0n lexx.
rewrite !big_cons addrA => le1; have bp : 0 <= b + p x by rewrite addr_ge0.
have rest : 0 <= total r by rewrite sumr_ge0.
have [w0 g0 IHle] := IH _ bp le1; pose m := 2 * b + p x - 1.
have lo : -1 <= m - p x by rewrite /m; lra.
have up : m + p x <= 1 by rewrite /m; lra.
have im : -1 <= m <= 1 by have px := p0 x; apply/andP; split; lra.
have := step (p0 x) lo up.
have -> : m + p x = 2 * (b + p x) - 1 by rewrite /m; ring.
have -> : m - p x = 2 * b - 1 by rewrite /m; ring.
have t0 := place_gt0 im; move: g0 IHle; set g := (Q _ - Q _) / 2; set g' := (Q _ - Q (2 * b - 1)) / 2 => g0 IHle st.
have g'0 : 0 <= g' by rewrite -(pmulr_lge0 _ t0); apply: le_trans st.
have -> : (Q (2 * (b + p x + total r) - 1) - Q (2 * b - 1)) / 2 = g' + g by rewrite /g /g'; field.
rewrite /= -/m; have h0 : 0 <= p x * v x ^+ 2 * (1 - u * m) by rewrite !mulr_ge0 ?sqr_ge0 // ltW.
split; [exact: addr_ge0|exact: addr_ge0|].
apply: cauchy_step => //; have -> : g' * (p x * v x ^+ 2 * (1 - u * m)) = (g' * (1 - u * m)) * (p x * v x ^+ 2) by ring.
by rewrite exprMn expr2 -mulrA ler_wpM2r // mulr_ge0 ?sqr_ge0.
Qed.

Lemma weighed_pairs b r : sorted (fun x y => v x <= v y) r ->
  weighed b r = squares r - u * (pairs r + (2 * b + total r - 1) * squares r).
Proof.
elim: r b => [|x r IH] b; first by rewrite !big_nil /= !mulr0 addr0 mulr0 subr0.
move=> sorted_x; have sorted_r : sorted (fun x y => v x <= v y) r := path_sorted sorted_x.
have /allP least : all (fun y => v x <= v y) r by apply: order_path_min sorted_x => ? ? ?; apply: le_trans.
rewrite /= (IH _ sorted_r) !big_cons subrr normr0 mulr0 add0r.
have more : \sum_(y <- r) p x * p y * `|v x ^+ 2 - v y ^+ 2| = p x * (squares r - total r * v x ^+ 2).
  rewrite mulr_suml -sumrB mulr_sumr !big_seq; apply: eq_bigr => y /least le.
  rewrite distrC ger0_norm ?subr_ge0 ?ler_pXn2r ?nnegrE //; ring.
have -> : \sum_(y <- r) \sum_(x' <- x :: r) p y * p x' * `|v y ^+ 2 - v x' ^+ 2| =
    \sum_(y <- r) p x * p y * `|v x ^+ 2 - v y ^+ 2|
    + \sum_(y <- r) \sum_(x' <- r) p y * p x' * `|v y ^+ 2 - v x' ^+ 2|.
  by rewrite -big_split; apply: eq_bigr => y _; rewrite big_cons /= distrC [p y * p x]mulrC.
by rewrite more; move: (\sum_(y <- r) \sum_(x' <- r) _) (squares r) (total r) => d w t; field.
Qed.
End Sorted.

Theorem two_draws n (p v : 'I_n -> R) : (forall x, 0 <= p x) -> \sum_x p x = 1 -> (forall x, 0 <= v x) ->
  s * (2^-1 * \sum_x \sum_x' p x * p x' * `|v x ^+ 2 - v x' ^+ 2|)
    <= (1 + s ^+ 2 / 3) * (\sum_x p x * v x ^+ 2) - (\sum_x p x * v x) ^+ 2.
Proof.
move=> p0 p1 v0; pose le x y := v x <= v y; pose r := sort le (index_enum 'I_n).
have sum (F : 'I_n -> R) : \sum_x F x = \sum_(x <- r) F x by apply: perm_big; rewrite perm_sym perm_sort.
have sorted_r : sorted le r by apply: sort_sorted => x y; apply: le_total.
have E : \sum_(x <- r) \sum_(x' <- r) p x * p x' * `|v x ^+ 2 - v x' ^+ 2| =
         \sum_x \sum_x' p x * p x' * `|v x ^+ 2 - v x' ^+ 2|.
  by rewrite sum; apply: eq_bigr => x _; rewrite sum.
have [|w0 _ le1] := @ordered_cauchy _ p v p0 v0 0 r (lexx 0); first by rewrite -sum p1 add0r.
move: w0 le1; rewrite weighed_pairs // E -!sum p1 !mulr0 !add0r mulr1 subrr mul0r addr0.
rewrite (_ : 2 - 1 = 1 :> R); last by ring.
have [a0 _] := a_gt; have su : s = a * u by rewrite /u mulrC divfK // gt_eqF.
rewrite -/a su => w0 le1; have := ler_wpM2r w0 whole; move: le1; move: ((Q 1 - Q (-1)) / 2) => g; lra.
Qed.
End Draws.
