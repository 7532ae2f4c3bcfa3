(* Claims that the search for counterexamples refutes (tests/theory/test_attack.py), each false on a few nodes. Those
   with a constant, and that on zero-shot error, are false by Sharpness.v, and that on the loss from below by theorem 2.
*)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Spectrum Pairs Places Counterexamples Exact.
From Pairbounds Require Instances theorem22_counting.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* as wide as there are right nodes, an optimum is the distribution of these given the left node *)
Section AllRightNodes.
Variables (R : rcfType) (n m : nat) (P : graph R n m).
Definition given_left : 'M[R]_(n, m) := \matrix_(x, l) (P x l / pL P x).
Definition by_right : 'M[R]_m := \matrix_(l, i) ((l == i)%:R / pR P l).

Lemma given_left_best : minimiser P given_left by_right.
Proof.
apply: exact_best => x l; rewrite mxE (bigD1 l) //= big1 => [|i /negPf ne]; last first.
  by rewrite !mxE eq_sym ne mul0r mulr0.
have := pL_gt0 P x; have := pR_gt0 P l; rewrite !mxE eqxx mulr1n; move: (pL P x) (pR P l) => p q q0 p0.
by field; rewrite !gt_eqF.
Qed.
End AllRightNodes.

(* Theorem 4 needs its factor 2 where nothing ties. The third image shares the first caption; so of the first two, which
   share the second, that of the other class looks the more like the third, and both are wrong by a little: at
   t = 1 by 1/7. *)
Section WithoutTies.
Variables (R : rcfType) (t : R).
Hypothesis t0 : 0 < t.
Let mass : R := 2 * t + 3.
Let pos : [/\ 0 < t, 0 < mass, 0 < 1 + t & 0 < 3 + 4 * t]. Proof. by move: t0; rewrite /mass; split; lra. Qed.
Definition shares : 'M[R]_(3, 2) := \matrix_(x, l)
  ((if l == 0 then if x == 0 then 1 else if x == 1 then 0 else 2 else if x == 2 then 0 else t) / mass).
Lemma shares_row x : \sum_l shares x l = (if x == 0 then 1 + t else if x == 1 then t else 2) / mass.
Proof.
rewrite !big_ord_recl big_ord0 !mxE.
by case: x => [[|[|[|x]]] ?] //=; rewrite addr0 -mulrDl // ?addr0 ?add0r.
Qed.
Lemma shares_column l : \sum_x shares x l = (if l == 0 then 3 else 2 * t) / mass.
Proof.
by rewrite !big_ord_recl big_ord0 !mxE; case: l => [[|[|l]] ?] //=; rewrite addr0 -!mulrDl; congr (_ / _); lra.
Qed.
Fact shares_ge0 x l : 0 <= shares x l.
Proof. by have [tpos m0 _ _] := pos; rewrite mxE divr_ge0 ?(ltW m0) //; do 3?case: ifP => _; lra. Qed.
Fact shares_sum : \sum_x \sum_l shares x l = 1.
Proof.
have [tpos m0 _ _] := pos; rewrite (eq_bigr _ (fun x _ => shares_row x)) !big_ord_recl big_ord0 /= addr0 -!mulrDl.
by rewrite (_ : _ + _ = mass) ?mulfV ?gt_eqF // /mass; lra.
Qed.
Fact shares_left x : 0 < \sum_l shares x l.
Proof. by have [tpos m0 _ _] := pos; rewrite shares_row divr_gt0 //; do 2?case: ifP => _; lra. Qed.
Fact shares_right l : 0 < \sum_x shares x l.
Proof. by have [tpos m0 _ _] := pos; rewrite shares_column divr_gt0 //; case: ifP => _; lra. Qed.
Definition shared : graph R 3 2 := Graph shares_ge0 shares_sum shares_left shares_right.
Definition first_class (x : 'I_3) : 'I_2 := if x == 0 then 1 else 0.

Lemma shared_pL x : pL shared x = (if x == 0 then 1 + t else if x == 1 then t else 2) / mass.
Proof. exact: shares_row. Qed.
Lemma shared_pR l : pR shared l = (if l == 0 then 3 else 2 * t) / mass. Proof. exact: shares_column. Qed.

Definition shared_probe : 'M[R]_2 := \matrix_(l, c)
  (let s := (if l == 0 then 1 + t else 2 + 2 * t) / (3 + 4 * t) in if c == 1 then s else 1 - s).
Lemma shared_scores x c : (given_left shared *m shared_probe) x c =
  let s := (if x == 0 then 1 + 2 * t else if x == 1 then 2 + 2 * t else 1 + t) / (3 + 4 * t) in
  if c == 1 then s else 1 - s.
Proof.
have [tpos m0 t1 d0] := pos.
rewrite !mxE !big_ord_recl big_ord0 !mxE !shared_pL.
by case: x c => [[|[|[|x]]] ?] // [[|[|c]] ?] //=; field; rewrite !gt_eqF.
Qed.

Lemma shared_least : least_squares shared first_class (given_left shared) shared_probe.
Proof.
have [tpos m0 t1 d0] := pos.
apply: normal_equations => i c; rewrite !big_ord_recl big_ord0 !shared_scores !mxE !shared_pL.
by case: i c => [[|[|i]] ?] // [[|[|c]] ?] //=; field; rewrite !gt_eqF.
Qed.

Lemma shared_error : error shared first_class (given_left shared) shared_probe = (2 * t + 1) / mass.
Proof.
have [tpos m0 t1 d0] := pos.
have wrong x : errs ((given_left shared *m shared_probe) x) (first_class x) = (x != 2).
  apply/existsP/idP => [[c]|x2].
    rewrite !shared_scores; case: x c => [[|[|[|x]]] ?] // [[|[|c]] ?] //=.
    by rewrite lerBlDr -mulrDl ler_pdivlMr //; lra.
  exists (if x == 0 then 0 else 1); rewrite !shared_scores.
  case: x x2 => [[|[|[|x]]] ?] //= _.
    by rewrite lerBrDr -mulrDl ler_pdivrMr //; lra.
  by rewrite lerBlDr -mulrDl ler_pdivlMr //; lra.
rewrite /error !big_ord_recl big_ord0 !wrong !shared_pL /=; field; rewrite gt_eqF //.
Qed.

Lemma shared_alphaT : alphaT shared first_class = (t + 4 / 3) / mass.
Proof.
have [tpos m0 t1 d0] := pos.
rewrite /alphaT /induced !big_ord_recl !big_ord0 !shared_pR !mxE /=.
by field; rewrite !gt_eqF.
Qed.

Theorem without_ties : exists (P : graph R 3 2) (y : 'I_3 -> 'I_2) U l f g B,
  [/\ eigenbasis (hop P) U l, @minimiser R 3 2 2 P f g, least_squares P y f B, value l 2 = 0 &
      [/\ forall x c, c != y x -> 1 / (3 + 4 * t) <= `|(f *m B) x (y x) - (f *m B) x c|,
          error P y f B = (2 * t + 1) / (2 * t + 3) & alphaT P y = (t + 4 / 3) / (2 * t + 3)]].
Proof.
have [tpos m0 t1 d0] := pos; have [U [l basis]] := eigenbasis_exists (hop_sym shared).
have v0 : value l 2 = 0 by apply: (theorem22_counting.value_beyond basis); rewrite leqnn.
exists shared, first_class, U, l, (given_left shared), (by_right shared), shared_probe; split=> //.
- exact: given_left_best.
- exact: shared_least.
split; [|exact: shared_error|exact: shared_alphaT].
have far u : 1 <= `|2 * u - (3 + 4 * t)| -> 1 / (3 + 4 * t) <= `|2 * (u / (3 + 4 * t)) - 1|.
  have -> : 2 * (u / (3 + 4 * t)) - 1 = (2 * u - (3 + 4 * t)) / (3 + 4 * t) by field; rewrite gt_eqF.
  by rewrite normrM [`|_^-1|]gtr0_norm ?invr_gt0 // ler_pM2r ?invr_gt0.
move=> x c; rewrite !shared_scores; case: x c => [[|[|[|x]]] ?] // [[|[|c]] ?] //= _.
- rewrite (_ : _ - _ = 2 * ((1 + 2 * t) / (3 + 4 * t)) - 1); last by ring.
  by apply: far; rewrite ler0_norm; lra.
- rewrite distrC (_ : _ - _ = 2 * ((2 + 2 * t) / (3 + 4 * t)) - 1); last by ring.
  by apply: far; rewrite ger0_norm; lra.
rewrite distrC (_ : _ - _ = 2 * ((1 + t) / (3 + 4 * t)) - 1); last by ring.
by apply: far; rewrite ler0_norm; lra.
Qed.
End WithoutTies.

Section Claims.
Variable R : rcfType.
Theorem factor_two_without_ties c : c < 2 -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k < 1 ->
  (forall x c, c != y x -> (f *m B) x (y x) != (f *m B) x c) ->
  error P y f B <= c * (alphaT P y / (1 - value l k))).
Proof.
move=> c2 all; have [t t0 tE] : exists2 t, 0 < t & t * (2 - c) = 5 / 3.
  exists (5 / (3 * (2 - c))); first by rewrite divr_gt0 ?mulr_gt0 //; lra.
  by field; rewrite gt_eqF // subr_gt0.
have [P [y [U [l [f [g [B [basis best probe v0 [apart errE alphaE]]]]]]]]] := without_ties t0.
have ties x c' : c' != y x -> (f *m B) x (y x) != (f *m B) x c'.
  move=> ne; rewrite -subr_eq0 -normr_gt0; apply: lt_le_trans (apart x c' ne).
  by rewrite divr_gt0 //; lra.
have := all _ _ _ _ P y U l f g B basis best probe; rewrite v0 ltr01 subr0 divr1 errE alphaE => /(_ isT ties).
by rewrite mulrA ler_pM2r ?invr_gt0; lra.
Qed.

Lemma two_alphaT : alphaT (Instances.two R) id = 3 / 8.
Proof.
have column j : pR (Instances.two R) j = 1 / 2.
  by rewrite /pR !big_ord_recl big_ord0 !mxE; case: j => [[|[|j]] ?] //=; lra.
by rewrite /alphaT /induced !big_ord_recl !big_ord0 !column !mxE /=; field.
Qed.

(* the labelling error of induced pairs is another than that of pairs: it may be less, and more *)
Theorem induced_is_another : exists P P' : graph R 2 2, exists y y' : 'I_2 -> 'I_2,
  alphaT P y < alpha P y id /\ alpha P' y' id < alphaT P' y'.
Proof.
exists (even R), (Instances.two R), (fun=> 0), id; split.
  rewrite /alphaT big1 => [|x _]; last by rewrite big1 // => x' _; rewrite mulr0.
  by rewrite /alpha !big_ord_recl !big_ord0 !evenE /=; lra.
by rewrite two_alphaT /alpha !big_ord_recl !big_ord0 !mxE /=; lra.
Qed.

(* no part of theorem 4's bound is a lower one: where the width suffices nothing is left *)
Theorem no_lower_bound c : 0 < c -> ~ (forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k < 1 ->
  c * (alphaT P y / (1 - value l k)) <= mse P y f B).
Proof.
pose P := Instances.two R; pose f := given_left P.
pose B : 'M[R]_2 := \matrix_(i, j) (if i == j then 3 / 2 else - (1 / 2)).
have fit x c' : (f *m B) x c' = (x == c')%:R.
  rewrite !mxE !big_ord_recl big_ord0 !mxE /pL !Instances.w_row.
  by case: x c' => [[|[|x]] ?] // [[|[|c']] ?] //=; field.
have probe : least_squares P id f B by apply: normal_equations => i c'; rewrite big1 // => x _; rewrite fit subrr mulr0.
have E : mse P id f B = 0 by rewrite /mse big1 // => x _; rewrite big1 ?mulr0 // => c' _; rewrite fit subrr expr0n.
move=> c0 /(_ 2 2 2 2 P id _ _ f _ B (Instances.two_basis R) (given_left_best P) probe)%N.
rewrite E value_out // subr0 divr1 ltr01 two_alphaT => /(_ isT); lra.
Qed.

(* the spectral loss has no upper bound *)
Theorem no_largest_loss c : exists f g : 'M[R]_(2, 1), c < spectral_loss (even R) f g.
Proof.
pose t : R := `|c| + 3; exists (const_mx t), (const_mx 1).
rewrite /spectral_loss !big_ord_recl !big_ord0 !evenE !even_pL !even_pR !mxE !big_ord_recl !big_ord0 !mxE.
have := ler_norm c; have := normr_ge0 c; rewrite /t; move: `|c| => a a0 ca; rewrite !expr2; nra.
Qed.
End Claims.
