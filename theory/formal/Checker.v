(* An exact verdict for one graph: integers in, a boolean out, and a theorem that says what the boolean means. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Definition zsum (n : nat) (f : nat -> Z) : Z := foldr (fun i acc => Z.add (f i) acc) Z0 (iota 0 n).
Definition zall (n : nat) (p : nat -> bool) : bool := all p (iota 0 n).

Record problem := Problem { n_left : nat; n_right : nat; weights : seq (seq Z); labels : seq nat; last_class : nat }.
Record certificate := Certificate {
  width : nat; kappa : Z; kappas : seq Z; basis_V : seq (seq Z); factor_L : seq (seq Z); scale : Z;
  place_num : Z; place_den : Z }.

Section Checker.
Variables (G : problem) (C : certificate).
Local Notation n := (n_left G).
Local Notation m := (n_right G).
Local Notation k := (width C).
Local Open Scope Z_scope.
Definition entry (M : seq (seq Z)) (i j : nat) : Z := nth Z0 (nth [::] M i) j.
Definition w i l := entry (weights G) i l.
Definition row_sum i := zsum m (fun l => w i l).
Definition column_sum l := zsum n (fun i => w i l).
Definition total := zsum n row_sum.
Definition graph_ok : bool :=
  [&& zall n (fun i => zall m (fun l => Z.leb 0 (w i l))), zall n (fun i => Z.ltb 0 (row_sum i)),
      zall m (fun l => Z.ltb 0 (column_sum l)) & Z.ltb 0 total].
Definition kap l := nth Z0 (kappas C) l.
Definition kappa_ok : bool := Z.ltb 0 (kappa C) && zall m (fun l => Z.eqb (kap l * column_sum l) (kappa C)).
(* total * kappa times the induced pairs *)
Definition pair_sum i j := zsum m (fun l => w i l * w j l * kap l).
Definition gram (M : seq (seq Z)) p i j := zsum p (fun t => entry M i t * entry M j t).
(* b D - P R P^T + V V^T, times what makes it whole *)
Definition lifted i j :=
  (if i == j then place_num C * kappa C * row_sum i else 0) - place_den C * pair_sum i j + gram (basis_V C) k i j.
Definition rest i j := scale C * lifted i j - gram (factor_L C) n i j.
Definition off i j := if i == j then 0 else Z.abs (rest i j).
Definition dominant : bool := zall n (fun i => Z.leb (zsum n (fun j => off i j)) (rest i i)).
Definition place_ok : bool :=
  [&& Z.leb 0 (place_num C), Z.ltb (place_num C) (place_den C), Z.ltb 0 (scale C) & dominant].
Definition disagreement :=
  zsum n (fun i => zsum n (fun j => if nth O (labels G) i == nth O (labels G) j then 0 else pair_sum i j)).
(* 2 alpha_T / (1 - b) <= num / den *)
Definition claim_ok (num den : Z) : bool :=
  Z.ltb 0 den && Z.leb (2 * disagreement * place_den C * den) (num * (total * kappa C * (place_den C - place_num C))).
Definition check num den : bool := [&& kappa_ok, place_ok & claim_ok num den].
End Checker.

Section Soundness.
Variable R : rcfType.
Definition iR (z : Z) : R := (int_of_Z z)%:~R.

Lemma iR0 : iR Z0 = 0. Proof. by []. Qed.
Lemma iRD a b : iR (Z.add a b) = iR a + iR b.
Proof. by rewrite /iR -rmorphD /=; congr (_%:~R); lia. Qed.
Lemma iRM a b : iR (Z.mul a b) = iR a * iR b.
Proof. by rewrite /iR -rmorphM /=; congr (_%:~R); lia. Qed.
Lemma iRB a b : iR (Z.sub a b) = iR a - iR b.
Proof. by rewrite /iR -rmorphB /=; congr (_%:~R); lia. Qed.
Lemma iR_le a b : Z.leb a b -> iR a <= iR b.
Proof. by move=> ab; rewrite /iR ler_int; lia. Qed.
Lemma iR_lt a b : Z.ltb a b -> iR a < iR b.
Proof. by move=> ab; rewrite /iR ltr_int; lia. Qed.
Lemma iR_abs a : iR (Z.abs a) = `|iR a|.
Proof. by rewrite /iR -intr_norm; congr (_%:~R); lia. Qed.
Lemma iR2 : iR (Zpos (xO xH)) = 2. Proof. by []. Qed.

Lemma iR_zsum n f : iR (zsum n f) = \sum_(i < n) iR (f i).
Proof.
rewrite -(big_mkord xpredT (fun i => iR (f i))) /index_iota subn0 /zsum.
by elim: (iota 0 n) => [|i s IH]; rewrite ?big_nil ?big_cons //= iRD IH.
Qed.

Lemma zallP n p : zall n p -> forall i : 'I_n, p i.
Proof. by move=> /allP a i; apply: a; rewrite mem_iota /= add0n. Qed.

Lemma eq_zsum n f g : f =1 g -> zsum n f = zsum n g.
Proof. by move=> E; rewrite /zsum; elim: (iota 0 n) => //= i s ->; rewrite E. Qed.

Variables (G : problem) (ok : graph_ok G).
Local Notation n := (n_left G).
Local Notation m := (n_right G).
Local Notation T := (iR (total G)).

Lemma total_gt0 : 0 < T.
Proof. by case/and4P: ok => _ _ _ t; rewrite -iR0 iR_lt. Qed.

Definition matrix_of : 'M[R]_(n, m) := \matrix_(i, l) (iR (w G i l) / T).

Lemma row_of i : \sum_l matrix_of i l = iR (row_sum G i) / T.
Proof. by rewrite /row_sum iR_zsum mulr_suml; apply: eq_bigr => l _; rewrite mxE. Qed.
Lemma column_of l : \sum_i matrix_of i l = iR (column_sum G l) / T.
Proof. by rewrite /column_sum iR_zsum mulr_suml; apply: eq_bigr => i _; rewrite mxE. Qed.

Fact of_ge0 i l : 0 <= matrix_of i l.
Proof.
case/and4P: ok => /zallP a _ _ _; rewrite mxE divr_ge0 ?(ltW total_gt0) //.
by rewrite -[0]iR0 iR_le // (zallP (a i)).
Qed.
Fact of_sum : \sum_i \sum_l matrix_of i l = 1.
Proof.
rewrite (eq_bigr _ (fun i _ => row_of i)) -mulr_suml -(iR_zsum n (row_sum G)) -/(total G).
by rewrite mulfV // gt_eqF ?total_gt0.
Qed.
Fact of_left i : 0 < \sum_l matrix_of i l.
Proof. by case/and4P: ok => _ /zallP a _ _; rewrite row_of divr_gt0 ?total_gt0 // -[0]iR0 iR_lt. Qed.
Fact of_right l : 0 < \sum_i matrix_of i l.
Proof. by case/and4P: ok => _ _ /zallP a _; rewrite column_of divr_gt0 ?total_gt0 // -[0]iR0 iR_lt. Qed.

(* the graph, with weights over their sum, and the labels *)
Definition graph_of : graph R n m := Graph of_ge0 of_sum of_left of_right.
Definition label_of (i : 'I_n) : 'I_(last_class G).+1 := inord (nth O (labels G) i).

Variable C : certificate.
Local Notation k := (width C).
Hypothesis kok : kappa_ok G C.
Local Notation K := (iR (kappa C)).
Lemma kappa_gt0 : 0 < K.
Proof. by case/andP: kok => t _; rewrite -iR0 iR_lt. Qed.

Lemma induced_of i j : induced graph_of i j = iR (pair_sum G C i j) / (T * K).
Proof.
rewrite /pair_sum iR_zsum mulr_suml; apply: eq_bigr => l _; rewrite !iRM !mxE [pR _ l]column_of.
have c0 : iR (column_sum G l) != 0.
  by case/and4P: ok => _ _ /zallP a _; rewrite gt_eqF // -[0]iR0 iR_lt.
have E : K = iR (kap C l) * iR (column_sum G l).
  by case/andP: kok => _ /zallP /(_ l) /Z.eqb_eq <-; rewrite iRM.
have kl0 : iR (kap C l) != 0 by apply: contraTneq kappa_gt0 => z; rewrite E z mul0r ltxx.
rewrite E; have := total_gt0; move: T (iR _) (iR (w G i l)) (iR (w G j l)) (iR _) c0 kl0 => t c a b d c0 kl0 t0.
by field; rewrite c0 kl0 gt_eqF.
Qed.

Section Quadratic.
Variable z : 'I_n -> R.
Definition quad (a : 'I_n -> 'I_n -> R) := \sum_i \sum_j a i j * (z i * z j).

Lemma sum_comb (I : finType) s c1 c2 (a e p u v : I -> R) :
  (forall i, a i = s * (c1 * e i - c2 * p i + u i) - v i) ->
  \sum_i a i = s * (c1 * (\sum_i e i) - c2 * (\sum_i p i) + \sum_i u i) - \sum_i v i.
Proof.
by move=> E; rewrite (eq_bigr _ (fun i _ => E i)) sumrB -mulr_sumr big_split sumrB /= -!mulr_sumr.
Qed.

Lemma quad_comb s c1 c2 (a e p u v : 'I_n -> 'I_n -> R) :
  (forall i j, a i j = s * (c1 * e i j - c2 * p i j + u i j) - v i j) ->
  quad a = s * (c1 * quad e - c2 * quad p + quad u) - quad v.
Proof. by move=> E; apply: sum_comb => i; apply: sum_comb => j; rewrite E; ring. Qed.

Lemma quad_gram p (u : 'I_n -> 'I_p -> R) :
  quad (fun i j => \sum_t u i t * u j t) = \sum_t (\sum_i u i t * z i) ^+ 2.
Proof.
rewrite /quad (eq_bigr (fun i => \sum_t \sum_j u i t * u j t * (z i * z j))) => [|i _]; last first.
  by rewrite exchange_big; apply: eq_bigr => j _; rewrite mulr_suml.
rewrite exchange_big; apply: eq_bigr => t _ /=; rewrite expr2 mulr_suml; apply: eq_bigr => i _.
by rewrite mulr_sumr; apply: eq_bigr => j _; ring.
Qed.

Lemma quad_dominant (a : 'I_n -> 'I_n -> R) : (forall i j, a i j = a j i) ->
  (forall i, \sum_j (if i == j then 0 else `|a i j|) <= a i i) -> 0 <= quad a.
Proof.
move=> sym dom; pose o i j := if i == j then 0 else `|a i j|.
have osym i j : o i j = o j i by rewrite /o eq_sym sym.
apply: le_trans (_ : \sum_i (a i i - \sum_j o i j) * z i ^+ 2 <= _).
  by apply: sumr_ge0 => i _; rewrite mulr_ge0 ?sqr_ge0 // subr_ge0 dom.
have -> : \sum_i (a i i - \sum_j o i j) * z i ^+ 2 =
   \sum_i \sum_j ((if i == j then a i i * z i ^+ 2 else 0) - o i j * z i ^+ 2 / 2 - o i j * z j ^+ 2 / 2).
  have -> : \sum_i \sum_j ((if i == j then a i i * z i ^+ 2 else 0) - o i j * z i ^+ 2 / 2 - o i j * z j ^+ 2 / 2) =
    \sum_i \sum_j (if i == j then a i i * z i ^+ 2 else 0) - \sum_i \sum_j o i j * z i ^+ 2 / 2
    - \sum_i \sum_j o i j * z j ^+ 2 / 2.
    rewrite -!sumrB; apply: eq_bigr => i _; by rewrite -!sumrB.
  rewrite [X in _ = _ - _ - X]exchange_big /= -!sumrB; apply: eq_bigr => i _.
  have D : \sum_(j < n) (if i == j then a i i * z i ^+ 2 else 0) = a i i * z i ^+ 2.
    by rewrite (bigD1 i) //= eqxx big1 ?addr0 // => j /negPf ne; rewrite eq_sym ne.
  have O1 : \sum_(j < n) o i j * z i ^+ 2 / 2 = (\sum_(j < n) o i j) * z i ^+ 2 / 2 by rewrite -!mulr_suml.
  have O2 : \sum_(j < n) o j i * z i ^+ 2 / 2 = (\sum_(j < n) o i j) * z i ^+ 2 / 2.
    by rewrite -O1; apply: eq_bigr => j _; rewrite osym.
  by rewrite D O1 O2; field.
apply: ler_sum => i _; apply: ler_sum => j _; rewrite /o.
case: eqVneq => [<-|_]; first by rewrite !mul0r !subr0 expr2.
have : - (`|a i j| * (`|z i| * `|z j|)) <= a i j * (z i * z j) by rewrite -!normrM lerNl -normrN ler_norm.
have := ler_wpM2l (normr_ge0 (a i j)) (sqr_ge0 (`|z i| - `|z j|)).
rewrite mulr0 sqrrB !real_normK ?num_real //; move: (`|a i j|) (`|z i| * `|z j|) => s t; lra.
Qed.
End Quadratic.

Hypothesis pok : place_ok G C.
Local Notation b := (iR (place_num C) / iR (place_den C)).

Lemma pair_sum_sym i j : pair_sum G C i j = pair_sum G C j i.
Proof. by apply: eq_zsum => l; rewrite (Z.mul_comm (w G i l)). Qed.
Lemma gram_sym M p i j : gram M p i j = gram M p j i.
Proof. by apply: eq_zsum => l; rewrite Z.mul_comm. Qed.
Lemma gramE M p (i j : nat) : iR (gram M p i j) = \sum_(t < p) iR (entry M i t) * iR (entry M j t).
Proof. by rewrite /gram iR_zsum; apply: eq_bigr => t _; rewrite iRM. Qed.
Lemma rest_sym i j : rest G C i j = rest G C j i.
Proof. by rewrite /rest /lifted pair_sum_sym !(gram_sym _ _ i j) eq_sym; case: eqP => [->|]. Qed.

Theorem tail_sound : tail_le k graph_of b.
Proof.
case/and4P: pok => bn0 bnd s0 /zallP dom.
have {}s0 : 0 < iR (scale C) by rewrite -iR0 iR_lt.
have bd0 : 0 < iR (place_den C) by apply: le_lt_trans (iR_lt bnd); rewrite -iR0 iR_le.
exists (\matrix_(i, t) (iR (entry (basis_V C) i t) / Num.sqrt (pL graph_of i))) => X XV.
pose z i := X i 0 / Num.sqrt (pL graph_of i).
have zV (t : 'I_k) : \sum_(i < n) iR (entry (basis_V C) i t) * z i = 0.
  have := congr1 (fun M : 'M[R]_(1, k) => M 0 t) XV; rewrite !mxE => E; rewrite -[RHS]E.
  by apply: eq_bigr => i _; rewrite !mxE /z; ring.
have formX : form (hop graph_of) X = quad z (fun i j => iR (pair_sum G C i j)) / (T * K).
  rewrite formE big_ord1 /quad mulr_suml; apply: eq_bigr => i _; rewrite mulr_suml; apply: eq_bigr => j _.
  rewrite hopE induced_of /z; have := sqrtL_neq0 graph_of i; have := sqrtL_neq0 graph_of j.
  have := total_gt0; have := kappa_gt0; move: (Num.sqrt _) (Num.sqrt _) T K => s s' t u u0 t0 s1 s2.
  by field; rewrite s1 s2 !gt_eqF.
have normX : sqnorm X = (\sum_(i < n) iR (row_sum G i) * z i ^+ 2) / T.
  rewrite /sqnorm mulr_suml; apply: eq_bigr => i _; rewrite big_ord1 mulrAC -row_of -/(pL graph_of i) /z.
  rewrite -[X in _ = X * _](sqrtL2 graph_of i); have := sqrtL_neq0 graph_of i.
  by move: (Num.sqrt _) => s s1; field.
have rest0 : 0 <= quad z (fun i j => iR (rest G C i j)).
  apply: quad_dominant => [i j|i]; first by rewrite rest_sym.
  have := iR_le (dom i); rewrite iR_zsum; congr (_ <= _); apply: eq_bigr => j _.
  by rewrite /off (inj_eq val_inj); case: eqP => // _; rewrite iR_abs.
have E : quad z (fun i j => iR (rest G C i j)) =
  iR (scale C) * (iR (place_num C) * K * (\sum_(i < n) iR (row_sum G i) * z i ^+ 2)
    - iR (place_den C) * quad z (fun i j => iR (pair_sum G C i j))
    + \sum_(t < k) (\sum_(i < n) iR (entry (basis_V C) i t) * z i) ^+ 2)
  - \sum_(t < n) (\sum_(i < n) iR (entry (factor_L C) i t) * z i) ^+ 2.
  rewrite -(quad_gram z (fun i (t : 'I_k) => iR (entry (basis_V C) i t))).
  rewrite -(quad_gram z (fun i (t : 'I_n) => iR (entry (factor_L C) i t))).
  have -> : \sum_(i < n) iR (row_sum G i) * z i ^+ 2 = quad z (fun i j => if i == j then iR (row_sum G i) else 0).
    apply: eq_bigr => i _; rewrite (bigD1 i) //= eqxx big1 ?addr0 ?expr2 // => j /negPf ne.
    by rewrite eq_sym ne mul0r.
  apply: quad_comb => i j; rewrite /rest /lifted iRB iRM iRD iRB !gramE (iRM (place_den C)).
  have -> : iR (if (i : nat) == j then Z.mul (Z.mul (place_num C) (kappa C)) (row_sum G i) else Z0) =
     iR (place_num C) * K * (if i == j then iR (row_sum G i) else 0).
    by rewrite (inj_eq val_inj); case: eqP => _; rewrite ?mulr0 // !iRM.
  by [].
have vanish : \sum_(t < k) (\sum_(i < n) iR (entry (basis_V C) i t) * z i) ^+ 2 = 0.
  by apply: big1 => t _; rewrite zV expr0n.
have squares : 0 <= \sum_(t < n) (\sum_(i < n) iR (entry (factor_L C) i t) * z i) ^+ 2.
  by apply: sumr_ge0 => t _; apply: sqr_ge0.
rewrite vanish addr0 in E.
have : 0 <= iR (scale C) * (iR (place_num C) * K * (\sum_(i < n) iR (row_sum G i) * z i ^+ 2)
    - iR (place_den C) * quad z (fun i j => iR (pair_sum G C i j))) by lra.
rewrite pmulr_rge0 // subr_ge0 formX normX => le.
rewrite ler_pdivrMr ?mulr_gt0 ?total_gt0 ?kappa_gt0 //.
have -> : b * ((\sum_(i < n) iR (row_sum G i) * z i ^+ 2) / T) * (T * K) =
  iR (place_num C) * K * (\sum_(i < n) iR (row_sum G i) * z i ^+ 2) / iR (place_den C).
  have := total_gt0; move: T (\sum_i _) => t s t0; field; by rewrite !gt_eqF.
by rewrite ler_pdivlMr // mulrC.
Qed.

Lemma alphaT_sound : alphaT graph_of label_of <= iR (disagreement G C) / (T * K).
Proof.
rewrite /disagreement iR_zsum mulr_suml; apply: ler_sum => i _.
rewrite iR_zsum mulr_suml; apply: ler_sum => j _; rewrite induced_of /label_of.
have [E|ne] := eqVneq (nth O (labels G) i) (nth O (labels G) j); first by rewrite E eqxx mulr0 iR0 mul0r.
have := induced_ge0 graph_of i j; rewrite induced_of => p0.
by case: (_ != _); rewrite ?mulr1 ?mulr0.
Qed.

Theorem check_sound num den (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, (last_class G).+1)) :
  claim_ok G C num den -> minimiser graph_of f g -> least_squares graph_of label_of f B ->
  error graph_of label_of f B <= iR num / iR den.
Proof.
case/andP => den0 claim best probe; case/and4P: pok => bn0 bnd _ _.
have {}den0 : 0 < iR den by rewrite -iR0 iR_lt.
have {}bn0 : 0 <= iR (place_num C) by rewrite -iR0 iR_le.
have {}bnd := iR_lt bnd; have bd0 : 0 < iR (place_den C) by apply: le_lt_trans bnd.
have b0 : 0 <= b by rewrite divr_ge0 // ltW.
have b1 : b < 1 by rewrite ltr_pdivrMr // mul1r.
apply: le_trans (probe_error_optimum best probe b0 tail_sound b1) _.
rewrite -ler_pdivlMl ?ltr0n // ler_pdivrMr ?subr_gt0 //; apply: le_trans alphaT_sound _.
move: (iR_le claim); rewrite !iRM iRB iR2; have := total_gt0; have := kappa_gt0.
move: T K (iR (disagreement G C)) (iR num) (iR den) (iR (place_num C)) (iR (place_den C)) den0 bnd bd0 {b0 b1 best probe claim bn0}
  => t u d p q bn bd q0 lt bd0 u0 t0 le.
rewrite ler_pdivrMr ?mulr_gt0 //.
have -> : 2^-1 * (p / q) * (1 - bn / bd) * (t * u) = p * (t * u * (bd - bn)) / (2 * bd * q).
  by field; rewrite !gt_eqF.
by rewrite ler_pdivlMr ?mulr_gt0 ?ltr0n //; move: le; congr (_ <= _); ring.
Qed.
End Soundness.
