(* A graph in integers, and a test that at most k singular values have squares above a place. It decides by a factor:
   what the factor leaves of a matrix is diagonally dominant, and so the matrix is not negative. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers Integers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Record problem := Problem {
  n_left : nat; n_right : nat; weights : seq (seq Z); labels : seq nat; last_class : nat }.
(* the place, a quotient; inverses of the right marginals over the unit, rounded up; a root for each left marginal,
   which only puts the numbers on one scale; V and L, each with what its products are multiplied by; a bound of what L leaves beside the diagonal *)
Record place := Place {
  width : nat; place_num : Z; place_den : Z; unit_of : Z; roots : seq Z;
  basis : seq (seq Z); basis_unit : Z; factor : seq (seq Z); factor_unit : Z; most_left_over : Z }.

Section Computed.
Variables (G : problem) (C : place).
Local Notation n := (n_left G).
Local Notation m := (n_right G).
Local Open Scope Z_scope.
Definition columns : seq (seq Z) := [seq [seq nth Z0 r l | r <- weights G] | l <- iota 0 m].
Definition left_sums : seq Z := map total_of (weights G).
Definition right_sums : seq Z := map total_of columns.
Definition total : Z := total_of left_sums.
Definition shape_ok : bool :=
  [&& size (weights G) == n, all (fun r => size r == m) (weights G), size (labels G) == n &
      all (fun c => c <= last_class G)%N (labels G)].
Definition weights_ok : bool :=
  [&& all (all (Z.leb 0)) (weights G), all (Z.ltb 0) left_sums, all (Z.ltb 0) right_sums & Z.ltb 0 total].
Definition graph_ok : bool := shape_ok && weights_ok.
Definition inverse q : Z := (unit_of C + q - 1) / q.
(* an entry of t (b D - P R P^T) t + V V^T - L L^T, times what makes it whole; u is row i of P R *)
Definition left_over (u : seq Z) i j : Z :=
  nth 0 (roots C) i * nth 0 (roots C) j *
    ((if i == j then place_num C * unit_of C * nth 0 left_sums i else 0) - place_den C * dot u (line (weights G) j))
  + basis_unit C * dot (line (basis C) i) (line (basis C) j)
  - factor_unit C * dot (line (factor C) i) (line (factor C) j).
Definition dominant : bool :=
  let inverses := map inverse right_sums in
  Z.leb 0 (most_left_over C) && zall n (fun i => let u := products (line (weights G) i) inverses in
    if zall i (fun j => Z.leb (Z.abs (left_over u i j)) (most_left_over C))
    then Z.leb (Z.of_nat n * most_left_over C) (left_over u i i) else false).
Definition place_ok : bool :=
  [&& Z.leb 0 (place_num C), Z.ltb (place_num C) (place_den C), Z.ltb 0 (unit_of C), Z.leb 0 (factor_unit C),
      size (basis C) == n, all (fun r => size r <= width C)%N (basis C), size (factor C) == n,
      all (fun r => size r <= n)%N (factor C), size (roots C) == n, all (Z.ltb 0) (roots C) & dominant].
End Computed.

Lemma form_hop (R : rcfType) n m (P : graph R n m) (X : 'cV[R]_n) (z := fun i => X i 0 / Num.sqrt (pL P i)) :
  form (hop P) X = \sum_l (\sum_i P i l * z i) ^+ 2 / pR P l.
Proof.
rewrite form_gram /sqnorm; apply: eq_bigr => l _; rewrite big_ord1.
have -> : ((normalised P)^T *m X) l 0 = (\sum_i P i l * z i) / Num.sqrt (pR P l).
  rewrite mxE mulr_suml; apply: eq_bigr => i _; rewrite !mxE /z.
  by have := sqrtL_neq0 P i; have := sqrtR_neq0 P l; move: (Num.sqrt _) (Num.sqrt _) => s s' s0 s1; field; rewrite s0 s1.
by rewrite expr_div_n sqr_sqrtr // ltW // pR_gt0.
Qed.

Section Soundness.
Variables (R : rcfType) (G : problem) (ok : graph_ok G).
Local Notation n := (n_left G).
Local Notation m := (n_right G).
Local Notation T := (iR (total G) : R).
Local Notation w i l := (at_ (line (weights G) i) l : R).

Lemma total_gt0 : 0 < T. Proof. by case/andP: ok => _ /and4P [_ _ _ t]; apply: iR_gt0. Qed.
Lemma line_size (i : 'I_n) : size (line (weights G) i) = m.
Proof. by case/andP: ok => /and4P [/eqP s a _ _] _; apply/eqP/(allP a)/mem_nth; rewrite s. Qed.
Lemma left_sum (i : 'I_n) : at_ (left_sums G) i = \sum_(l < m) w i l.
Proof.
case/andP: ok => /and4P [/eqP s _ _ _] _.
by rewrite /at_ (nth_map [::]) ?s // (iR_total R (p := m)) // -/(line _ _) line_size.
Qed.
Lemma column_at (l : 'I_m) i : at_ (line (columns G) l) i = w i l.
Proof.
rewrite /line (nth_map O) ?size_iota // nth_iota // add0n /at_.
have [le|lt] := leqP (size (weights G)) i; last by rewrite (nth_map [::]).
by rewrite !nth_default ?size_map // nth_default.
Qed.
Lemma column_size (l : 'I_m) : size (line (columns G) l) = n.
Proof. by case/andP: ok => /and4P [/eqP s _ _ _] _; rewrite /line (nth_map O) ?size_iota // size_map. Qed.
Lemma right_sum (l : 'I_m) : at_ (right_sums G) l = \sum_(i < n) w i l.
Proof.
rewrite /at_ (nth_map [::]) ?size_map ?size_iota // (iR_total R (p := n)) -/(line _ _) ?column_size //.
by apply: eq_bigr => i _; rewrite column_at.
Qed.
Lemma left_sum_gt0 (i : 'I_n) : 0 < at_ (left_sums G) i :> R.
Proof.
case/andP: ok => /and4P [/eqP s _ _ _] /and4P [_ a _ _]; apply: iR_gt0; apply: (allP a); apply: mem_nth.
by rewrite size_map s.
Qed.
Lemma right_sum_gt0 (l : 'I_m) : 0 < at_ (right_sums G) l :> R.
Proof.
case/andP: ok => _ /and4P [_ _ a _]; apply: iR_gt0; apply: (allP a); apply: mem_nth.
by rewrite !size_map size_iota.
Qed.

Definition matrix_of : 'M[R]_(n, m) := \matrix_(i, l) (w i l / T).
Lemma row_of i : \sum_l matrix_of i l = at_ (left_sums G) i / T.
Proof. by rewrite left_sum mulr_suml; apply: eq_bigr => l _; rewrite mxE. Qed.
Lemma column_of l : \sum_i matrix_of i l = at_ (right_sums G) l / T.
Proof. by rewrite right_sum mulr_suml; apply: eq_bigr => i _; rewrite mxE. Qed.
Fact of_ge0 i l : 0 <= matrix_of i l.
Proof.
case/andP: ok => /and4P [/eqP s _ _ _] /and4P [a _ _ _]; rewrite mxE divr_ge0 ?(ltW total_gt0) //; apply: iR_ge0.
have row_in : line (weights G) i \in weights G by rewrite mem_nth ?s.
by apply: (allP (allP a _ row_in)); rewrite mem_nth // line_size.
Qed.
Fact of_sum : \sum_i \sum_l matrix_of i l = 1.
Proof.
rewrite (eq_bigr _ (fun i _ => row_of i)) -mulr_suml -iR_total ?mulfV ?gt_eqF ?total_gt0 //.
by case/andP: ok => /and4P [/eqP s _ _ _] _; rewrite size_map s.
Qed.
Fact of_left i : 0 < \sum_l matrix_of i l. Proof. by rewrite row_of divr_gt0 ?total_gt0 ?left_sum_gt0. Qed.
Fact of_right l : 0 < \sum_i matrix_of i l. Proof. by rewrite column_of divr_gt0 ?total_gt0 ?right_sum_gt0. Qed.

(* the graph, with weights over their sum, and the labels *)
Definition graph_of : graph R n m := Graph of_ge0 of_sum of_left of_right.
Definition label_of (i : 'I_n) : 'I_(last_class G).+1 := inord (nth O (labels G) i).
Local Notation P := graph_of.

Lemma pL_of i : pL P i = at_ (left_sums G) i / T. Proof. exact: row_of. Qed.
Lemma pR_of l : pR P l = at_ (right_sums G) l / T. Proof. exact: column_of. Qed.

Variables (C : place) (pok : place_ok G C).
Local Notation k := (width C).
Local Notation K := (iR (unit_of C) : R).
Local Notation b := (iR (place_num C) / iR (place_den C) : R).
Local Notation t i := (at_ (roots C) i : R).
Local Notation rho l := (at_ (map (inverse C) (right_sums G)) l : R).
Local Notation V i := (at_ (line (basis C) i)).
Local Notation L i := (at_ (line (factor C) i)).

Lemma unit_gt0 : 0 < K. Proof. by case/and5P: pok => _ _ k0 _ _; apply: iR_gt0. Qed.
Lemma place_ge0 : 0 <= b.
Proof.
case/and5P: pok => b0 bd _ _ _; apply: divr_ge0; first exact: iR_ge0.
by apply: ltW; apply: le_lt_trans (iR_lt R bd); apply: iR_ge0.
Qed.
Lemma place_lt1 : b < 1.
Proof.
case/and5P: pok => b0 bd _ _ _; rewrite ltr_pdivrMr ?mul1r ?iR_lt //.
by apply: le_lt_trans (iR_lt R bd); apply: iR_ge0.
Qed.
Lemma root_gt0 (i : 'I_n) : 0 < t i.
Proof.
case/and5P: pok => _ _ _ _ /and5P [_ _ _ _ /and3P [/eqP s a _]].
by apply: iR_gt0; apply: (allP a); rewrite mem_nth ?s.
Qed.
Lemma basis_size (i : 'I_n) : (size (line (basis C) i) <= k)%N.
Proof. by case/and5P: pok => _ _ _ _ /and5P [/eqP s a _ _ _]; apply: (allP a); rewrite mem_nth ?s. Qed.
Lemma factor_size (i : 'I_n) : (size (line (factor C) i) <= n)%N.
Proof. by case/and5P: pok => _ _ _ _ /and5P [_ _ /eqP s a _]; apply: (allP a); rewrite mem_nth ?s. Qed.

Lemma inverse_ge (l : 'I_m) : K / at_ (right_sums G) l <= rho l.
Proof.
rewrite [in leRHS]/at_ (nth_map Z0) ?size_map ?size_iota // /inverse.
case/andP: ok => _ /and4P [_ _ a _]; have q0 : Z.ltb 0 (nth Z0 (right_sums G) l).
  by apply: (allP a); rewrite mem_nth ?size_map ?size_iota.
have /= q1 := iR_gt0 R q0; rewrite /at_ ler_pdivrMr // -iRM; apply: iR_le.
have := Z.div_mod (unit_of C + nth Z0 (right_sums G) l - 1) (nth Z0 (right_sums G) l).
have := Z.mod_pos_bound (unit_of C + nth Z0 (right_sums G) l - 1) (nth Z0 (right_sums G) l).
move: (Z.div _ _) (Z.modulo _ _) => d e; move: (nth Z0 _ _) q0 => q q0; nia.
Qed.

Section Quadratic.
Variable z : 'I_n -> R.
Definition quad (a : 'I_n -> 'I_n -> R) := \sum_i \sum_j a i j * (z i * z j).

Lemma quad_sum p (u v : 'I_n -> 'I_p -> R) :
  quad (fun i j => \sum_s u i s * v j s) = \sum_s (\sum_i u i s * z i) * (\sum_j v j s * z j).
Proof.
rewrite /quad (eq_bigr (fun i => \sum_s \sum_j u i s * v j s * (z i * z j))) => [|i _]; last first.
  by rewrite exchange_big; apply: eq_bigr => j _; rewrite mulr_suml.
rewrite exchange_big; apply: eq_bigr => s _ /=; rewrite mulr_suml; apply: eq_bigr => i _.
by rewrite mulr_sumr; apply: eq_bigr => j _; ring.
Qed.

Lemma quad_dominant (a : 'I_n -> 'I_n -> R) : (forall i j, a i j = a j i) ->
  (forall i, \sum_j (if i == j then 0 else `|a i j|) <= a i i) -> 0 <= quad a.
Proof.
move=> sym dom; pose o i j := if i == j then 0 else `|a i j|.
have osym i j : o i j = o j i by rewrite /o eq_sym sym.
apply: le_trans (_ : \sum_i (a i i - \sum_j o i j) * z i ^+ 2 <= _).
  by apply: sumr_ge0 => i _; rewrite mulr_ge0 ?sqr_ge0 // subr_ge0 dom.
have D i : \sum_(j < n) (if i == j then a i i * z i ^+ 2 else 0) = a i i * z i ^+ 2.
  by rewrite (bigD1 i) //= eqxx big1 ?addr0 // => j /negPf ne; rewrite eq_sym ne.
have O1 i : \sum_(j < n) o i j * z i ^+ 2 / 2 = (\sum_(j < n) o i j) * z i ^+ 2 / 2 by rewrite -!mulr_suml.
have -> : \sum_i (a i i - \sum_j o i j) * z i ^+ 2 =
   \sum_i \sum_j ((if i == j then a i i * z i ^+ 2 else 0) - o i j * z i ^+ 2 / 2 - o i j * z j ^+ 2 / 2).
  rewrite (eq_bigr (fun i => \sum_(j < n) (if i == j then a i i * z i ^+ 2 else 0)
    - \sum_(j < n) o i j * z i ^+ 2 / 2 - \sum_(j < n) o i j * z i ^+ 2 / 2)) => [|i _]; last first.
    by rewrite D !O1; field.
  rewrite !sumrB [X in _ - _ - X]exchange_big /= -!sumrB; apply: eq_bigr => i _; rewrite -!sumrB.
  by apply: eq_bigr => j _; rewrite (osym j i).
apply: ler_sum => i _; apply: ler_sum => j _; rewrite /o.
case: eqVneq => [<-|_]; first by rewrite !mul0r !subr0 expr2.
have : - (`|a i j| * (`|z i| * `|z j|)) <= a i j * (z i * z j) by rewrite -!normrM lerNl -normrN ler_norm.
have := ler_wpM2l (normr_ge0 (a i j)) (sqr_ge0 (`|z i| - `|z j|)).
rewrite mulr0 sqrrB !real_normK ?num_real //; move: (`|a i j|) (`|z i| * `|z j|) => s s'; lra.
Qed.
End Quadratic.

Local Notation u i := (products (line (weights G) i) (map (inverse C) (right_sums G))).
Local Notation rest i j := (iR (left_over G C (u i) i j) : R).

Lemma restE (i j : 'I_n) : rest i j =
  t i * t j * ((if i == j then iR (place_num C) * K * at_ (left_sums G) i else 0)
    - iR (place_den C) * \sum_(l < m) (rho l * w i l) * w j l)
  + iR (basis_unit C) * (\sum_(s < k) V i s * V j s) - iR (factor_unit C) * (\sum_(s < n) L i s * L j s).
Proof.
rewrite /left_over iRB iRD !iRM iRB iRM (iR_dot R _ (basis_size i)) (iR_dot R _ (factor_size i)).
have su : (size (u i) <= m)%N.
  rewrite -(line_size i); elim: (line _ _) (map _ _) => [|a x IH] [|c v] //=; exact: IH.
rewrite (iR_dot R _ su) (inj_eq val_inj); congr (_ * (_ - _ * _) + _ - _); first by case: eqP => _; rewrite ?iRM.
by apply: eq_bigr => l _; rewrite at_products [rho l * _]mulrC.
Qed.

Lemma rest_sym (i j : 'I_n) : rest i j = rest j i.
Proof.
rewrite !restE [t i * t j]mulrC eq_sym; congr (_ * (_ - _ * _) + _ * _ - _ * _); last first.
- by apply: eq_bigr => s _; rewrite mulrC.
- by apply: eq_bigr => s _; rewrite mulrC.
- by apply: eq_bigr => l _; ring.
by case: eqP => // ->.
Qed.

Theorem tail_sound : tail_le k P b.
Proof.
have bd0 : 0 < iR (place_den C) :> R.
  by case/and5P: pok => b0 bd _ _ _; apply: le_lt_trans (iR_lt R bd); apply: iR_ge0.
have f0 : 0 <= iR (factor_unit C) :> R by case/and5P: pok => _ _ _ f0 _; apply: iR_ge0.
exists (\matrix_(i, s) (V i s / (t i * Num.sqrt (pL P i)))) => X XV.
pose z i := X i 0 / Num.sqrt (pL P i); pose x i := z i / t i.
have ti (i : 'I_n) : t i != 0 by rewrite gt_eqF ?root_gt0.
have zV (s : 'I_k) : \sum_(i < n) V i s * x i = 0.
  have := congr1 (fun M : 'M[R]_(1, k) => M 0 s) XV; rewrite !mxE => E; rewrite -[RHS]E.
  apply: eq_bigr => i _; rewrite !mxE /x /z; have := sqrtL_neq0 P i; move: (Num.sqrt _) => r r0.
  by field; rewrite r0 ti.
have rest0 : 0 <= quad x (fun i j => rest i j).
  case/and5P: pok => _ _ _ _ /and5P [_ _ _ _ /and3P [_ _ /andP [/(iR_ge0 R) e0 /zallP dom]]].
  have beside (i j : 'I_n) : (j < i)%N -> `|rest i j| <= iR (most_left_over C).
    move=> ji; have := dom i; cbv beta zeta; case: ifP => // small _; rewrite -iR_abs; apply: iR_le.
    exact: (zallP small (Ordinal ji)).
  apply: quad_dominant => [|i]; first exact: rest_sym.
  apply: le_trans (_ : n%:R * iR (most_left_over C) <= _).
    have -> : n%:R * iR (most_left_over C) = \sum_(j < n) iR (most_left_over C) :> R.
      by rewrite sumr_const card_ord mulr_natl.
    apply: ler_sum => j _; case: (ltngtP i j) => [ij|ji|/val_inj ->]; last by rewrite eqxx.
      by rewrite rest_sym -val_eqE /= ltn_eqF // beside.
    by rewrite -val_eqE /= gtn_eqF // beside.
  have := dom i; cbv beta zeta; case: ifP => // _ /(iR_le R); rewrite iRM; congr (_ * _ <= _).
  by rewrite /iR pmulrn; congr (_%:~R); lia.
pose S := \sum_(l < m) rho l * (\sum_(i < n) w i l * z i) ^+ 2; pose D := \sum_(i < n) at_ (left_sums G) i * z i ^+ 2.
have tx (i : 'I_n) : t i * x i = z i by rewrite mulrC divfK.
have E : quad x (fun i j => rest i j) =
    iR (place_num C) * K * D - iR (place_den C) * S - iR (factor_unit C) * (\sum_(s < n) (\sum_(i < n) L i s * x i) ^+ 2).
  have -> : quad x (fun i j => rest i j) = iR (place_num C) * K * D
      - iR (place_den C) * quad z (fun i j => \sum_(l < m) (rho l * w i l) * w j l)
      + iR (basis_unit C) * quad x (fun i j => \sum_(s < k) V i s * V j s)
      - iR (factor_unit C) * quad x (fun i j => \sum_(s < n) L i s * L j s).
    rewrite /quad /D !mulr_sumr -!sumrB -big_split -sumrB; apply: eq_bigr => i _ /=.
    have -> : iR (place_num C) * K * (at_ (left_sums G) i * z i ^+ 2) =
       \sum_j (if i == j then iR (place_num C) * K * at_ (left_sums G) i else 0) * (z i * z j).
      by rewrite (bigD1 i) //= eqxx big1 ?addr0 => [|j /negPf ne]; [ring|rewrite eq_sym ne mul0r].
    rewrite !mulr_sumr -!sumrB -big_split -sumrB; apply: eq_bigr => j _ /=.
    rewrite restE -(tx i) -(tx j); move: (if i == j then _ else _) (\sum_(l < m) _) (\sum_(s < k) _) (\sum_(s < n) _).
    by move: (t i) (t j) (x i) (x j) => *; ring.
  rewrite !quad_sum [X in _ + _ * X](_ : _ = 0) => [|]; last by apply: big1 => s _; rewrite zV mul0r.
  rewrite mulr0 addr0; congr (_ - _ * _ - _ * _).
  apply: eq_bigr => l _; rewrite expr2 mulrA; congr (_ * _); rewrite mulr_sumr.
  by apply: eq_bigr => i _; rewrite mulrA.
have squares : 0 <= iR (factor_unit C) * (\sum_(s < n) (\sum_(i < n) L i s * x i) ^+ 2).
  by rewrite mulr_ge0 ?sumr_ge0 // => s _; apply: sqr_ge0.
have le : iR (place_den C) * S <= iR (place_num C) * K * D by move: rest0; rewrite E; lra.
have normX : sqnorm X = D / T.
  rewrite /sqnorm mulr_suml; apply: eq_bigr => i _; rewrite big_ord1 mulrAC -pL_of /z.
  by rewrite -[X in _ = X * _](sqrtL2 P i); have := sqrtL_neq0 P i; move: (Num.sqrt _) => r r0; field.
apply: le_trans (_ : S / (T * K) <= _); last first.
  rewrite normX ler_pdivrMr ?mulr_gt0 ?total_gt0 ?unit_gt0 //.
  have -> : b * (D / T) * (T * K) = iR (place_num C) * K * D / iR (place_den C).
    by field; rewrite !gt_eqF ?total_gt0.
  by rewrite ler_pdivlMr // mulrC.
rewrite form_hop mulr_suml; apply: ler_sum => l _; rewrite -/z.
have -> : \sum_i P i l * z i = (\sum_(i < n) w i l * z i) / T.
  by rewrite mulr_suml; apply: eq_bigr => i _; rewrite mxE mulrAC.
have K0 := unit_gt0; have T0 := total_gt0; have q0 := right_sum_gt0 l; rewrite pR_of.
have := ler_wpM2r (sqr_ge0 (\sum_(i < n) w i l * z i)) (inverse_ge l).
move: (\sum_(i < n) _) (at_ (right_sums G) l) q0 => a q q0 h.
have -> : (a / T) ^+ 2 / (q / T) = K / q * a ^+ 2 / (T * K) by field; rewrite !gt_eqF.
by rewrite ler_pM2r ?invr_gt0 ?mulr_gt0.
Qed.
End Soundness.
