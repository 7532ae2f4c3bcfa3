(* Theorem 16, and the votes of 18, as a verdict for one graph: scores of a polynomial of walks in integers, polynomials
   above its square and above that of what it lacks to 1, and a theorem that says what the boolean means. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies Margins Inequalities.
From Pairbounds Require Import Integers Bernstein Place Walks Checker.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Section Polynomials.
Local Open Scope Z_scope.
(* a p + b q, and the product *)
Fixpoint combined (a : Z) (p : seq Z) (b : Z) (q : seq Z) : seq Z :=
  match p, q with
  | x :: p', z :: q' => a * x + b * z :: combined a p' b q'
  | [::], _ => map (Z.mul b) q
  | _, [::] => map (Z.mul a) p
  end.
Fixpoint product (p q : seq Z) : seq Z := if p is x :: p' then combined x q 1 (0 :: product p' q) else [::].
End Polynomials.
Section Values.
Local Arguments Z.mul : simpl never.
Local Arguments Z.add : simpl never.
Variable R : rcfType.
Implicit Types (p q : seq Z) (t : R).
Lemma polynomial_scaled a p t : polynomial (map (Z.mul a) p) t = iR a * polynomial p t.
Proof. by elim: p => [|x p IH] /=; rewrite ?mulr0 // IH iRM; ring. Qed.
Lemma polynomial_combined a p b q t : polynomial (combined a p b q) t = iR a * polynomial p t + iR b * polynomial q t.
Proof.
elim: p q => [|x p IH] [|z q] /=; rewrite ?mulr0 ?add0r ?addr0 //.
- by rewrite polynomial_scaled iRM; ring.
- by rewrite polynomial_scaled iRM; ring.
by rewrite IH iRD !iRM; ring.
Qed.
Lemma polynomial_product p q t : polynomial (product p q) t = polynomial p t * polynomial q t.
Proof. by elim: p => [|x p IH]; rewrite ?mul0r // /= -/(combined _ _ _ _) polynomial_combined /= IH iR0 iR1; ring. Qed.
Lemma polynomial_horner c p t : (c *: Poly (map iR p)).[t] = c * polynomial p t.
Proof. by rewrite hornerZ horner_Poly; congr (_ * _); elim: p => //= x p ->; rewrite mulrC addrC. Qed.
(* a sum over the coefficients of c p, which may end before the list *)
Lemma polynomial_sum (F : nat -> R) c p : let P := c *: Poly (map iR p) in
  \sum_(j < size P) P`_j * F j = c * \sum_(j < size p) at_ p j * F j.
Proof.
move=> P; have le : (size P <= size p)%N.
  by apply: leq_trans (size_scale_leq _ _) _; apply: leq_trans (size_Poly _) _; rewrite size_map.
rewrite (big_ord_widen _ (fun j => P`_j * F j) le) mulr_sumr big_mkcond; apply: eq_bigr => j _.
have -> : P`_j = c * at_ p j by rewrite coefZ coef_Poly (nth_map Z0).
case: ltnP => [_|big]; first by rewrite mulrA.
have : P`_j = 0 by rewrite nth_default.
by rewrite coefZ coef_Poly (nth_map Z0) // mulrA => ->; rewrite mul0r.
Qed.
End Values.

Section Computed.
Variables (G : problem) (C : certificate).
Local Open Scope Z_scope.
Local Notation one := (one_of C).

(* scores of the vote of q at a node, by its walks, which may be low by 2 j after j hops; the largest of a list *)
Definition score (walks : seq (seq (seq Z))) (q : seq Z) (x c : nat) : Z :=
  zsum (size q) (fun j => nth 0 q j * nth 0 (line (nth [::] walks (j + j)%N) c) x).
Definition vote_slack (q : seq Z) : Z := zsum (size q) (fun j => Z.abs (nth 0 q j) * Z.of_nat (j + j)).
Definition largest (s : seq Z) : Z := if s is x :: s' then foldr Z.max x s' else 0.
Definition margin walks q x : Z := let own := nth O (labels G) x in
  score walks q x own - largest [seq score walks q x c | c <- iota 0 (last_class G).+1 & c != own] - vote_slack q.
(* p / u is at least the square of q / v up to the place, and of 1 - q / v from the lower place on; what the price
   leaves of the error, with what it pays, is at most num / den *)
Definition vote_ok (p q : seq Z) (u v low_num low_den price_num price_den num den : Z) : bool :=
  let squares_below s := combined (v * v) p (- u) (product s s) in
  let unit := 2 * price_den * (v * v) * (one * one) in
  [&& [&& Z.ltb 0 u, Z.ltb 0 v, Z.leb 0 price_num, Z.ltb 0 price_den & Z.ltb 0 den],
      (size p <= size (moments C))%N, (size q <= (size (moments C))./2)%N,
      not_negative (squares_below q) 0 (place_num (cut C)) (place_den (cut C)),
      not_negative (squares_below (combined v [:: 1] (-1) q)) low_num low_den low_den &
      let w := walked G C in
      let rest := zsum (n_left G) (fun x =>
        nth 0 (left_sums G) x * Z.max 0 (unit - price_num * square (Z.max 0 (margin w q x)))) in
      Z.leb (den * (price_num * integral G C p * (2 * (v * v)) + u * rest)) (num * u * total G * unit)].
End Computed.

Section Cut.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Lemma cut_votes k (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)) b b' (q p : {poly R}) (gamma : 'I_n -> R) lam :
  cuts P f b b' -> least_squares P y f B -> 0 <= lam ->
  (forall t, 0 <= t <= b -> q.[t] ^+ 2 <= p.[t]) -> (forall t, b' <= t <= 1 -> (1 - q.[t]) ^+ 2 <= p.[t]) ->
  (forall x c, c != y x -> gamma x <= vote P y q x (y x) - vote P y q x c) ->
  error P y f B <= lam * (\sum_(j < size p) p`_j * consistency P y j)
    + \sum_x pL P x * Num.max 0 (1 - lam * Num.max 0 (gamma x) ^+ 2 / 2).
Proof.
case=> U [l [basis com kept dropped]] probe lam0 low high margin; rewrite poly_consistency.
apply: le_trans (error_by_margins P (h := vote_scores P y q) f B lam0 (gamma := gamma) _) _ => [x c ne|].
  by rewrite -!voteE margin.
rewrite lerD2r (vote_distance probe) ler_wpM2l //.
apply: (budget_parts y basis (colproj_ortho _) com) => i; have /andP [l0 l1] := eigenvalue01 basis i.
  by have [le|lt] := leP (l i) b; [left; rewrite low // l0|right; apply: kept].
by have [le|lt] := leP b' (l i); [left; rewrite high // le|right; apply: dropped].
Qed.
End Cut.

Section Verdicts.
Local Arguments Z.mul : simpl never.
Local Arguments Z.add : simpl never.
Variables (R : rcfType) (G : problem) (C : certificate) (ok : check G C).
Local Notation n := (n_left G).
Local Notation k := (width (cut C)).
Local Notation T := (iR (total G) : R).
Local Notation one := (iR (one_of C) : R).
Local Notation pairs := (pairs R ok).
Local Notation y := (@label_of G).
Local Notation b := (iR (place_num (cut C)) / iR (place_den (cut C)) : R).
Local Notation w := (walked G C).

Lemma one_of_gt0 : 0 < one. Proof. by case/and5P: ok => _ _ o _ _; apply: iR_gt0. Qed.

Lemma largest_ge s x : x \in s -> iR x <= iR (largest s) :> R.
Proof.
case: s => // z s; rewrite inE /=; elim: s => [|a s IH] /=; first by rewrite orbF => /eqP ->.
rewrite inE iR_max le_max => h; case: (eqVneq x a) => [-> |ne]; rewrite ?lexx //.
by rewrite IH ?orbT //; move: h; rewrite (negPf ne).
Qed.

Lemma walk_in (q : seq Z) (x : 'I_n) (c : 'I_(last_class G).+1) (j : 'I_(size q)) :
  (size q <= (size (moments C))./2)%N ->
  at_ (line (nth [::] w (j + j)%N) c) x <= one * walk pairs y j c x
    <= at_ (line (nth [::] w (j + j)%N) c) x + (j + j)%:R.
Proof.
move=> le; have o0 : Z.ltb 0 (one_of C) by case/and5P: ok.
have [[_ h] _] := walks_near R (checked_graph ok) o0 (leq_trans (ltn_ord j) le).
have [_ _ a1 a2] := h c x; apply/andP; split; [exact: a1|exact: a2].
Qed.

Lemma off_by (e s s' h h' o : R) : s <= h <= s + o -> s' <= h' <= s' + o ->
  e * s - e * s' - `|e| * o <= e * h - e * h'.
Proof.
move=> /andP [a1 a2] /andP [c1 c2]; have : `|(h' - s') - (h - s)| <= o by rewrite ler_norml; lra.
move=> /(ler_wpM2l (normr_ge0 e)); rewrite -normrM => /(le_trans (ler_norm _)); lra.
Qed.

Definition share u p : {poly R} := (iR u)^-1 *: Poly (map iR p).

Lemma margin_sound (q : seq Z) v (x : 'I_n) c : (size q <= (size (moments C))./2)%N -> Z.ltb 0 v -> c != y x ->
  iR (margin G w q x) / (iR v * one) <= vote pairs y (share v q) x (y x) - vote pairs y (share v q) x c.
Proof.
move=> le /(iR_gt0 R) v0 ne; have o0 := one_of_gt0.
rewrite /vote (polynomial_sum (fun j => walk pairs y j (y x) x)) /= (polynomial_sum (fun j => walk pairs y j c x)).
rewrite -mulrBr -sumrB mulrC invfM -mulrA ler_pM2l ?invr_gt0 //.
rewrite ler_pdivrMl // /margin !iRB.
have yE : nth O (labels G) x = y x :> nat.
  have /andP [/and4P [_ _ /eqP s a] _] := checked_graph ok; rewrite /label_of inordK // ltnS.
  by apply: (allP a); rewrite mem_nth // s.
rewrite yE; apply: le_trans (_ : iR (score w q x (y x)) - iR (score w q x c) - iR (vote_slack q) <= _).
  rewrite lerD2r lerD2l lerN2 largest_ge //; apply: map_f; rewrite mem_filter mem_iota /= ltn_ord andbT.
  by rewrite -val_eqE in ne.
have natE i : iR (Z.of_nat i) = i%:R :> R by rewrite /iR pmulrn; congr (_%:~R); lia.
rewrite /score /vote_slack !iR_zsum -!sumrB mulr_sumr; apply: ler_sum => j _.
rewrite !iRM iR_abs natE -!/(at_ _ _) mulrBr !(mulrCA one).
exact: off_by (walk_in x (y x) j le) (walk_in x c j le).
Qed.

Theorem vote_sound (f : 'M[R]_(n, k)) (B : 'M[R]_(k, (last_class G).+1)) p q u v low_num low_den
    price_num price_den num den :
  cuts pairs f b (iR low_num / iR low_den) -> least_squares pairs y f B ->
  vote_ok G C p q u v low_num low_den price_num price_den num den -> error pairs y f B <= iR num / iR den.
Proof.
move=> cut probe /and5P [/and5P [u0 v0 pn0 pd0 den0] sp sq below /andP [above claim]].
have {}u0 := iR_gt0 R u0; have v1 := iR_gt0 R v0; have {}pn0 := iR_ge0 R pn0; have {}pd0 := iR_gt0 R pd0.
have {}den0 := iR_gt0 R den0; have T0 := total_gt0 R (checked_graph ok); have o0 := one_of_gt0.
pose P := share u p; pose Q := share v q.
have squares s (t : R) : 0 <= polynomial (combined (v * v) p (- u) (product s s)) t ->
    ((iR v)^-1 * polynomial s t) ^+ 2 <= P.[t].
  have N : iR (Z.opp u) = - iR u :> R by rewrite -[Z.opp u]/(Z.sub Z0 u) iRB iR0 sub0r.
  rewrite polynomial_combined polynomial_product iRM N /P /share polynomial_horner mulNr subr_ge0 => le.
  rewrite exprMn exprVn ler_pdivrMl ?exprn_gt0 // mulrCA ler_pdivlMl // !expr2; lra.
have low (t : R) : 0 <= t <= b -> Q.[t] ^+ 2 <= P.[t].
  move=> t01; rewrite /Q /share polynomial_horner; apply: squares.
  by have := not_negative_sound (t := t) below; rewrite iR0 mul0r; apply.
have high (t : R) : iR low_num / iR low_den <= t <= 1 -> (1 - Q.[t]) ^+ 2 <= P.[t].
  move=> t01; have -> : 1 - Q.[t] = (iR v)^-1 * polynomial (combined v [:: Zpos xH] (Zneg xH) q) t.
    rewrite /Q /share polynomial_horner polynomial_combined /= iR1 -[iR (Zneg xH)]/(-1 : R) mulr0 addr0 mulr1.
    by field; rewrite gt_eqF.
  apply: squares; have := not_negative_sound (t := t) above.
  have ld0 : 0 < iR low_den :> R by case/and3P: above => _ /(iR_gt0 R).
  by rewrite divff ?gt_eqF //; apply.
have := cut_votes cut probe (divr_ge0 pn0 (ltW pd0)) low high (fun x c => @margin_sound q v x c sq v0).
move/le_trans; apply; rewrite (polynomial_sum (consistency pairs y)).
rewrite ler_pdivlMr //; have /(iR_le R) := claim; rewrite !(iRM, iRD, iR2).
set unit := 2 * iR price_den * (iR v * iR v) * (one * one) => {}claim.
have unit0 : 0 < unit by rewrite !mulr_gt0.
have rest (x : 'I_n) : pL pairs x * Num.max 0 (1 - iR price_num / iR price_den *
    Num.max 0 (iR (margin G w q x) / (iR v * one)) ^+ 2 / 2) =
    at_ (left_sums G) x * Num.max 0 (unit - iR price_num * (Num.max 0 (iR (margin G w q x)) *
      Num.max 0 (iR (margin G w q x)))) / (T * unit).
  have vo0 : 0 < iR v * one by rewrite mulr_gt0.
  rewrite pL_of -[in Num.max 0 (_ / _)](mul0r (iR v * one)^-1) -maxr_pMl ?invr_ge0 ?ltW //.
  move: (Num.max 0 (iR _)) => g.
  have -> : 1 - iR price_num / iR price_den * (g / (iR v * one)) ^+ 2 / 2 = (unit - iR price_num * (g * g)) / unit.
    by rewrite /unit; field; rewrite !gt_eqF.
  rewrite -{1}(mul0r unit^-1) -maxr_pMl ?invr_ge0 ?ltW //; move: (Num.max _ _) => h.
  by field; rewrite !gt_eqF.
rewrite [X in _ + X](eq_bigr _ (fun x _ => rest x)) -mulr_suml.
pose F (i : 'I_n) := at_ (left_sums G) i * Num.max 0 (unit - iR price_num *
  (Num.max 0 (iR (margin G w q i)) * Num.max 0 (iR (margin G w q i)))).
rewrite -[X in _ + X / _]/(\sum_i F i) iR_zsum (eq_bigr F) in claim *; last first.
  by move=> i _; rewrite iRM iR_max iRB !iRM iR_max iR0 iR2.
have small := integral_ge R ok sp; rewrite expr2 in small; set Z := \sum_i F i in claim *.
set S := \sum_(j < size p) _; rewrite -[X in _ * X <= _]/S in small.
have K0 : 0 < iR u * T * unit by rewrite !mulr_gt0.
rewrite -(ler_pM2r K0).
have -> : (iR price_num / iR price_den * ((iR u)^-1 * S) + Z / (T * unit)) * iR den * (iR u * T * unit) =
    iR den * (iR price_num * (T * (one * one) * S) * (2 * (iR v * iR v)) + iR u * Z).
  by rewrite /unit; field; rewrite !gt_eqF.
rewrite [leRHS](_ : _ = iR num * iR u * T * unit); last by rewrite !mulrA.
apply: le_trans claim; rewrite ler_wpM2l ?(ltW den0) // lerD2r ler_wpM2r ?ler_wpM2l //.
by rewrite !mulr_ge0 ?ler0n // ltW.
Qed.
End Verdicts.

Section Cuts.
Variables (R : rcfType) (G : problem) (C : certificate) (ok : check G C).
Local Notation n := (n_left G).
Local Notation k := (width (cut C)).
Local Notation b := (iR (place_num (cut C)) / iR (place_den (cut C)) : R).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(n_right G, k)).
(* the lower place is 0, or the square of the penalty *)
Lemma optimum_vote_cuts : minimiser (pairs R ok) f g -> cuts (pairs R ok) f b (iR Z0 / iR (Zpos xH)).
Proof. by move=> best; rewrite iR0 mul0r; apply: optimum_cuts best. Qed.
Lemma penalised_vote_cuts mu_num mu_den (mu : R := iR mu_num / iR mu_den) :
  [&& Z.ltb Z0 mu_num, Z.ltb Z0 mu_den &
      Z.leb (Z.mul (Z.mul mu_num mu_num) (place_den (cut C))) (Z.mul (place_num (cut C)) (Z.mul mu_den mu_den))] ->
  penalised_minimiser (pairs R ok) mu f g ->
  cuts (pairs R ok) f b (iR (Z.mul mu_num mu_num) / iR (Z.mul mu_den mu_den)).
Proof.
move=> le best; have -> : iR (Z.mul mu_num mu_num) / iR (Z.mul mu_den mu_den) = mu ^+ 2.
  by rewrite !iRM -!expr2 -expr_div_n.
exact: penalised_optimum_cuts le best.
Qed.
End Cuts.
