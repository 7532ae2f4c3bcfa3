(* Walks of a graph in integers: class probabilities that are rounded down at every half hop, and intervals for the
   consistencies, which are second moments of these. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers Energies Inequalities Integers Place.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Computed.
Variables (G : problem) (one : Z).
Local Open Scope Z_scope.
(* for each class a list over the nodes, times one *)
Definition start : seq (seq Z) :=
  [seq [seq if c == d then one else 0 | d <- labels G] | c <- iota 0 (last_class G).+1].
Definition averaged (rows : seq (seq Z)) (masses v : seq Z) : seq Z :=
  [seq dot e.1 v / e.2 | e <- zip rows masses].
(* after 0, 1, ... half hops: of the left side, of the right side, ... *)
Fixpoint states (hops : nat) (columns : seq (seq Z)) (lefts rights : seq Z) (here : seq (seq Z)) : seq (seq (seq Z)) :=
  if hops is h.+1 then
    let there := map (averaged columns rights) here in
    here :: there :: states h columns lefts rights (map (averaged (weights G) lefts) there)
  else [::].
Definition walks (hops : nat) : seq (seq (seq Z)) := states hops (columns G) (left_sums G) (right_sums G) start.
Definition square (x : Z) : Z := x * x.
Definition second_moment (masses : seq Z) (here : seq (seq Z)) : Z :=
  total_of [seq dot masses (map square v) | v <- here].
Fixpoint second_moments (masses others : seq Z) (states : seq (seq (seq Z))) : seq Z :=
  if states is here :: r then second_moment masses here :: second_moments others masses r else [::].
(* by how much a_j may be more *)
Definition slack (j : nat) : Z :=
  total G * Z.of_nat (last_class G).+1 * (Z.of_nat j * (2 * one + Z.of_nat j)).
End Computed.

Section HalfHops.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).

Definition half_walk j c l : R := \sum_x P x l / pR P l * walk P y j c x.

Lemma walk_half j c x : walk P y j.+1 c x = \sum_l P x l / pL P x * half_walk j c l.
Proof.
rewrite /= (eq_bigr (fun x' => \sum_l P x l / pL P x * (P x' l / pR P l * walk P y j c x'))) => [|x' _].
  by rewrite exchange_big; apply: eq_bigr => l _; rewrite mulr_sumr.
by rewrite /induced !mulr_suml; apply: eq_bigr => l _; ring.
Qed.

Lemma hopsD i j : hops P (i + j) = hops P i *m hops P j.
Proof. by elim: i => [|i IH]; rewrite ?mul1mx // addSn /= IH mulmxA. Qed.

Lemma hops_sym j : (hops P j)^T = hops P j.
Proof.
elim: j => [|j IH]; first exact: trmx1.
by rewrite -[in RHS]addn1 hopsD /= mulmx1 trmx_mul IH hop_sym.
Qed.

Lemma even_moment j : consistency P y (j + j) = \sum_x pL P x * \sum_c walk P y j c x ^+ 2.
Proof.
rewrite consistency_moment /moment hopsD -{1}[hops P j]hops_sym /form mulmxA -mulmxA -trmx_mul -sqnorm_tr.
apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => c _; rewrite walk_hops expr_div_n.
by rewrite sqr_sqrtr ?(ltW (pL_gt0 P x)) // mulrCA mulfV ?mulr1 // gt_eqF ?pL_gt0.
Qed.

Lemma odd_moment j : consistency P y (j + j).+1 = \sum_l pR P l * \sum_c half_walk j c l ^+ 2.
Proof.
rewrite consistency_moment /moment -addSn hopsD.
have -> : hops P j.+1 = hops P j *m hop P by rewrite -addn1 hopsD /= mulmx1.
have -> : form (hops P j *m hop P *m hops P j) (Y P y) = form (hop P) (hops P j *m Y P y).
  by rewrite /form trmx_mul hops_sym !mulmxA.
rewrite form_gram; apply: eq_bigr => l _; rewrite mulr_sumr; apply: eq_bigr => c _.
have -> : ((normalised P)^T *m (hops P j *m Y P y)) l c = Num.sqrt (pR P l) * half_walk j c l.
  rewrite mxE mulr_sumr; apply: eq_bigr => x _; rewrite walk_hops !mxE -[in X in _ = _ * (X * _)](sqrtR2 P l).
  by have := sqrtL_neq0 P x; have := sqrtR_neq0 P l; move: (Num.sqrt _) (Num.sqrt _) => s s' s0 s1; field; rewrite s0 s1.
by rewrite exprMn sqr_sqrtr // ltW ?pR_gt0.
Qed.
End HalfHops.

Section Sound.
Variables (R : rcfType) (G : problem) (ok : graph_ok G) (one : Z).
Hypothesis one0 : Z.ltb 0 one.
Local Notation n := (n_left G).
Local Notation m := (n_right G).
Local Notation r := (last_class G).+1.
Local Notation B := (iR one : R).
Local Notation T := (iR (total G) : R).
Local Notation P := (graph_of R ok).
Local Notation y := (@label_of G).
Local Arguments Z.mul : simpl never.

(* class probabilities h of p nodes, times one, are no smaller than v, and less than off more *)
Definition near p (off : nat) (v : seq (seq Z)) (h : 'I_r -> 'I_p -> R) := size v = r /\ forall (c : 'I_r) (t : 'I_p),
  [/\ 0 <= at_ (line v c) t :> R, at_ (line v c) t <= B, at_ (line v c) t <= B * h c t &
      B * h c t <= at_ (line v c) t + off%:R].

Lemma one_gt0 : 0 < B. Proof. exact: iR_gt0. Qed.

Lemma average p (row v : seq Z) q (h : 'I_p -> R) (off : nat) : (size row <= p)%N -> Z.ltb 0 q ->
  (forall t : 'I_p, 0 <= at_ row t :> R) -> iR q = \sum_(t < p) at_ row t :> R ->
  (forall t : 'I_p, [/\ 0 <= at_ v t :> R, at_ v t <= B, at_ v t <= B * h t & B * h t <= at_ v t + off%:R]) ->
  let s : R := iR (Z.div (dot row v) q) in let a := \sum_(t < p) at_ row t / iR q * h t in
  [/\ 0 <= s, s <= B, s <= B * a & B * a <= s + off.+1%:R].
Proof.
move=> sz q0 row0 qE near s a; have /andP [] := iR_div R (dot row v) q0; rewrite -/s (iR_dot R _ sz) => s1 s2.
have q1 := iR_gt0 R q0; set d := \sum_(t < p) _ in s1 s2.
have aE : B * a * iR q = \sum_(t < p) at_ row t * (B * h t).
  rewrite /a mulr_sumr mulr_suml; apply: eq_bigr => t _; by field; rewrite gt_eqF.
have d0 : 0 <= d by apply: sumr_ge0 => t _; rewrite mulr_ge0 //; case: (near t).
have dB : d <= B * iR q.
  by rewrite mulrC qE mulr_suml; apply: ler_sum => t _; rewrite ler_wpM2l //; case: (near t).
have da : d <= B * a * iR q by rewrite aE; apply: ler_sum => t _; rewrite ler_wpM2l //; case: (near t).
have ad : B * a * iR q <= d + off%:R * iR q.
  rewrite aE qE mulr_sumr -big_split; apply: ler_sum => t _ /=; rewrite [off%:R * _]mulrC -mulrDr ler_wpM2l //.
  by case: (near t).
rewrite -(ler_pdivrMr _ _ q1) in dB; rewrite -(ler_pdivrMr _ _ q1) in da.
have {}ad : B * a <= d / iR q + off%:R by rewrite -(ler_pM2r q1) mulrDl divfK ?gt_eqF.
have dq0 : 0 <= d / iR q by rewrite divr_ge0 // ltW.
split; [|exact: le_trans s1 dB|exact: le_trans s1 da|by rewrite -natr1; lra].
have : -1 < s by lra.
rewrite /s /iR -[X in X < _]/((-1)%:~R) ltr_int => h0; rewrite -[0]/(0%:~R) ler_int; lia.
Qed.

Lemma start_near : near 0 (start G one) (fun c x => walk P y 0 c x).
Proof.
split=> [|c x]; first by rewrite size_map size_iota.
have /andP [/and4P [_ _ /eqP sl al] _] := ok.
have E : at_ (line (start G one) c) x = B * (y x == c)%:R.
  rewrite /line (nth_map O) ?size_iota // nth_iota // add0n /at_ (nth_map O) ?sl // /label_of.
  have le : (nth O (labels G) x <= last_class G)%N by apply: (allP al); rewrite mem_nth ?sl.
  by rewrite -val_eqE /= inordK // eq_sym; case: eqP => _; rewrite ?mulr1 ?mulr0.
by rewrite E addr0; split=> //; case: (_ == _); rewrite ?mulr1 ?mulr0 // ltW ?one_gt0.
Qed.

Lemma averaged_at rows masses v t : size rows = size masses ->
  nth Z0 (averaged rows masses v) t = Z.div (dot (line rows t) v) (nth Z0 masses t).
Proof.
move=> sz; have [lt|le] := ltnP t (size rows); last first.
  by rewrite /line !nth_default ?size_map ?size_zip -?sz ?minnn.
by rewrite (nth_map ([::], Z0)) ?size_zip -?sz ?minnn // nth_zip.
Qed.

Lemma there_near i here : near (i + i) here (fun c x => walk P y i c x) ->
  near (i + i).+1 (map (averaged (columns G) (right_sums G)) here) (fun c l => half_walk P y i c l).
Proof.
case=> sz h; split=> [|c l]; first by rewrite size_map.
have := @average n (line (columns G) l) (line here c) (nth Z0 (right_sums G) l) (fun x => walk P y i c x) (i + i).
have E : \sum_(t < n) at_ (line (columns G) l) t / iR (nth Z0 (right_sums G) l) * walk P y i c t = half_walk P y i c l.
  apply: eq_bigr => x _; congr (_ * _); rewrite mxE pR_of column_at // -/(at_ _ _).
  by have := total_gt0 R ok; have := right_sum_gt0 R ok l; move: T (at_ (right_sums G) l) => t q q0 t0; field; rewrite !gt_eqF.
rewrite E /at_ /line (nth_map [::]) ?sz // averaged_at ?size_map // ?column_size //; apply=> //.
- have /andP [_ /and4P [_ _ a _]] := ok; by apply: (allP a); rewrite mem_nth ?size_map ?size_iota.
- move=> x; rewrite -/(at_ _ _) column_at; have := weight_ge0 P x l; rewrite mxE.
  by rewrite pmulr_lge0 ?invr_gt0 ?total_gt0.
- have := right_sum R ok l; rewrite /at_ => ->; by apply: eq_bigr => x _; symmetry; exact: column_at.
- exact: (h c).
Qed.
Lemma back_near i there : near (i + i).+1 there (fun c l => half_walk P y i c l) ->
  near (i.+1 + i.+1) (map (averaged (weights G) (left_sums G)) there) (fun c x => walk P y i.+1 c x).
Proof.
case=> sz h; split=> [|c x]; first by rewrite size_map.
have := @average m (line (weights G) x) (line there c) (nth Z0 (left_sums G) x) (fun l => half_walk P y i c l) (i + i).+1.
have E : \sum_(t < m) at_ (line (weights G) x) t / iR (nth Z0 (left_sums G) x) * half_walk P y i c t = walk P y i.+1 c x.
  rewrite walk_half; apply: eq_bigr => l _; congr (_ * _); rewrite mxE pL_of.
  by have := total_gt0 R ok; have := left_sum_gt0 R ok x; rewrite /at_; move: T (iR (nth Z0 (left_sums G) x)) => t q q0 t0; field; rewrite !gt_eqF.
rewrite addSn addnS E /at_ /line (nth_map [::]) ?sz // averaged_at ?size_map //; apply=> //.
- by rewrite -/(line _ _) (line_size ok).
- have /andP [/and4P [/eqP s _ _ _] /and4P [_ a _ _]] := ok; by apply: (allP a); rewrite mem_nth ?size_map ?s.
- move=> l; have := weight_ge0 P x l; rewrite mxE.
  by rewrite pmulr_lge0 ?invr_gt0 ?total_gt0.
- by have := left_sum R ok x; rewrite /at_ => ->.
- exact: (h c).
Qed.

Lemma states_near hops i here : near (i + i) here (fun c x => walk P y i c x) -> forall j, (j < hops)%N ->
  let all := states G hops (columns G) (left_sums G) (right_sums G) here in
  near ((i + j) + (i + j)) (nth [::] all (j + j)) (fun c x => walk P y (i + j) c x) /\
  near ((i + j) + (i + j)).+1 (nth [::] all (j + j).+1) (fun c l => half_walk P y (i + j) c l).
Proof.
elim: hops i here => // hops IH i here h [|j] lt; first by rewrite addn0; split=> //; apply: there_near.
have -> : (j.+1 + j.+1)%N = (j + j).+2 by rewrite addnS.
by rewrite -addSnnS; apply: IH => //; apply: back_near; apply: there_near.
Qed.

Lemma walks_near hops j : (j < hops)%N ->
  near (j + j) (nth [::] (walks G one hops) (j + j)) (fun c x => walk P y j c x) /\
  near (j + j).+1 (nth [::] (walks G one hops) (j + j).+1) (fun c l => half_walk P y j c l).
Proof. exact: (states_near (i := 0) start_near). Qed.

Lemma second_moment_near p off v (h : 'I_r -> 'I_p -> R) masses (q : 'I_p -> R) : near off v h -> size masses = p ->
  (forall t : 'I_p, at_ masses t = T * q t) -> (forall t, 0 <= q t) -> \sum_t q t = 1 ->
  let a := T * B ^+ 2 * (\sum_t q t * \sum_c h c t ^+ 2) in
  iR (second_moment masses v) <= a <= iR (second_moment masses v) + T * r%:R * (off%:R * (2 * B + off%:R)).
Proof.
case=> sv near_v sm mE q0 q1; cbv zeta; set a := T * B ^+ 2 * _; pose s c (t : 'I_p) : R := at_ (line v c) t.
have low : iR (second_moment masses v) = \sum_t T * q t * (\sum_(c < r) s c t ^+ 2).
  rewrite /second_moment (iR_total R (p := r)) ?size_map ?sv // (eq_bigr (fun c : 'I_r => \sum_t T * q t * s c t ^+ 2)).
    by rewrite exchange_big; apply: eq_bigr => t _; rewrite mulr_sumr.
  move=> c _; rewrite /at_ (nth_map [::]) ?sv // (iR_dot R _ (p := p)) ?sm //; apply: eq_bigr => t _.
  rewrite mE; congr (_ * _); rewrite /s /at_ -/(line _ _); have [lt|le] := ltnP t (size (line v c)).
    by rewrite (nth_map Z0) // /square iRM expr2.
  by rewrite !nth_default ?size_map // iR0 expr0n.
have T0 := total_gt0 R ok; have Tq t : 0 <= T * q t by rewrite mulr_ge0 // ltW.
have aE : a = \sum_t T * q t * (\sum_(c < r) (B * h c t) ^+ 2).
  rewrite /a mulr_sumr; apply: eq_bigr => t _; rewrite !mulr_sumr; apply: eq_bigr => c _; ring.
have -> : T * r%:R * (off%:R * (2 * B + off%:R)) = \sum_t T * q t * (\sum_(c < r) off%:R * (2 * B + off%:R)).
  rewrite -mulr_suml -mulr_sumr q1 sumr_const card_ord -mulr_natl; ring.
rewrite low aE -big_split; apply/andP; split; apply: ler_sum => t _ /=; rewrite -?mulrDr ler_wpM2l // -?big_split;
  apply: ler_sum => c _ /=; have [s0 sB le1 le2] := near_v c t; rewrite -/(s c t) in s0 sB le1 le2.
  by rewrite ler_pXn2r ?nnegrE // (le_trans s0 le1).
apply: le_trans (_ : (s c t + off%:R) ^+ 2 <= _).
  by rewrite ler_pXn2r ?nnegrE // ?(le_trans s0 le1) // addr_ge0.
have o0 : 0 <= off%:R :> R by []; rewrite !expr2; nra.
Qed.

Lemma second_moments_at lefts rights all i :
  nth Z0 (second_moments lefts rights all) i =
    if (i < size all)%N then second_moment (if odd i then rights else lefts) (nth [::] all i) else Z0.
Proof. by elim: all lefts rights i => [|s all IH] lefts rights [|i] //=; rewrite IH ltnS; case: (odd i). Qed.

Lemma size_states hops columns lefts rights here : size (states G hops columns lefts rights here) = (hops + hops)%N.
Proof. by elim: hops here => // hops IH here; rewrite /= IH addnS. Qed.

Theorem consistency_near hops j (low := nth Z0 (second_moments (left_sums G) (right_sums G) (walks G one hops)) j) :
  (j < hops + hops)%N ->
  iR low <= T * B ^+ 2 * consistency P y j <= iR low + iR (slack G one j).
Proof.
move=> lt; rewrite /low second_moments_at size_states lt /slack !iRM iRD iRM iR2.
have natE i : iR (Z.of_nat i) = i%:R :> R by rewrite /iR pmulrn; congr (_%:~R); lia.
rewrite !natE; have T0 := gt_eqF (total_gt0 R ok).
have := odd_double_half j; rewrite -addnn; have : (j./2 < hops)%N by move: lt; rewrite -{1}(odd_double_half j) -addnn; case: (odd j); lia.
move: j./2 => i ih; case: (odd j) => /= <-.
  rewrite add1n odd_moment; apply: second_moment_near.
  - by case: (walks_near ih).
  - by rewrite !size_map size_iota.
  - by move=> l; rewrite pR_of mulrC divfK ?T0.
  - by move=> l; rewrite ltW ?pR_gt0.
  - by rewrite -(weight_sum P) exchange_big.
rewrite add0n even_moment; apply: second_moment_near.
- by case: (walks_near ih).
- by have /andP [/and4P [/eqP s _ _ _] _] := ok; rewrite size_map.
- by move=> x; rewrite pL_of mulrC divfK ?T0.
- by move=> x; rewrite ltW ?pL_gt0.
- exact: pL_sum.
Qed.
End Sound.
