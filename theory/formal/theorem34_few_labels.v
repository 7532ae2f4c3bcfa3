(* Theorem 34. *)
From mathcomp Require Import all_ssreflect all_algebra fingroup perm.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers Inequalities Samples ClassMeans Scores.
From Pairbounds Require Import theorem27_whitened_alignment.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* Sums of independent draws. *)
Section Draws.
Variables (R : rcfType) (T : finType) (law h : T -> R).
Hypothesis law1 : \sum_t law t = 1.
Local Notation mean := (sample_mean law).
Local Notation mu := (\sum_t law t * h t).
Local Notation mu2 := (\sum_t law t * h t ^+ 2).

Lemma mean_sum (I : finType) N (X : I -> seq T -> R) : mean N (fun s => \sum_i X i s) = \sum_i mean N (X i).
Proof. by rewrite /sample_mean exchange_big; apply: eq_bigr => s _; rewrite mulr_sumr. Qed.

Lemma meanD N X Z : mean N (fun s => X s + Z s) = mean N X + mean N Z.
Proof. by rewrite /sample_mean -big_split; apply: eq_bigr => s _; rewrite mulrDr. Qed.

Lemma meanZ N a X : mean N (fun s => a * X s) = a * mean N X.
Proof. by rewrite /sample_mean mulr_sumr; apply: eq_bigr => s _; rewrite mulrCA. Qed.

Lemma mean_total N : mean N (fun s => \sum_(t <- s) h t) = N%:R * mu.
Proof.
elim: N => [|N IH]; first by rewrite mean0 big_nil mul0r.
rewrite meanS (eq_bigr (fun t => law t * h t + law t * (N%:R * mu))) => [|t _].
  by rewrite big_split /= -mulr_suml law1 mul1r -natr1; ring.
rewrite (eq_mean _ (X' := fun s => h t + \sum_(i <- s) h i)) => [|s _]; last by rewrite big_cons.
by rewrite meanD mean_const // IH; ring.
Qed.

Lemma mean_total2 N : mean N (fun s => (\sum_(t <- s) h t) ^+ 2) = N%:R * mu2 + N%:R * (N%:R - 1) * mu ^+ 2.
Proof.
elim: N => [|N IH]; first by rewrite mean0 big_nil expr0n /= !mul0r addr0.
rewrite meanS (eq_bigr (fun t => law t * h t ^+ 2 + law t * h t * (2 * (N%:R * mu))
    + law t * (N%:R * mu2 + N%:R * (N%:R - 1) * mu ^+ 2))) => [|t _].
  by rewrite !big_split /= -!mulr_suml law1 mul1r -natr1; move: (\sum_i _) (\sum_i _) => a b; ring.
rewrite (eq_mean _ (X' := fun s => h t ^+ 2 + (2 * h t * (\sum_(i <- s) h i) + (\sum_(i <- s) h i) ^+ 2))) => [|s _].
  by rewrite !meanD meanZ mean_const // mean_total IH; ring.
by rewrite big_cons; ring.
Qed.

Lemma mean_variance N : (0 < N)%N ->
  mean N (fun s => ((\sum_(t <- s) h t) / (size s)%:R - mu) ^+ 2) = (mu2 - mu ^+ 2) / N%:R.
Proof.
move=> N0; have N1 : N%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite (eq_mean _ (X' := fun s => (N%:R^-1) ^+ 2 * (\sum_(t <- s) h t) ^+ 2
  + (- (2 * mu / N%:R) * (\sum_(t <- s) h t) + mu ^+ 2))) => [|s ->]; last by field.
by rewrite !meanD !meanZ mean_const // mean_total2 mean_total; field.
Qed.
End Draws.

(* The head of whitened features. *)
Section Whitened.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)).
Hypotheses (white : (weightedL P f)^T *m weightedL P f = 1%:M) (probe : least_squares P y f B).
Local Notation F := (weightedL P f).
Local Notation least := (mse P y f B).

Lemma white_sqnorm p (X : 'M[R]_(k, p)) : sqnorm (F *m X) = sqnorm X.
Proof. by rewrite !sqnorm_tr trmx_mul -mulmxA (mulmxA F^T) white mul1mx. Qed.

Lemma white_head : B = F^T *m Y P y.
Proof.
have [symQ _] := colproj_ortho F; have /least_squaresP E := probe.
by rewrite -[LHS]mul1mx -white -mulmxA E mulmxA -{1}symQ -trmx_mul colproj_id.
Qed.

Lemma white_headE i c : B i c = \sum_x pL P x * (f x i * (y x == c)%:R).
Proof.
rewrite white_head mxE; apply: eq_bigr => x _; rewrite !mxE -[in RHS](sqrtL2 P x); ring.
Qed.

Lemma white_mse (C : 'M[R]_(k, r)) : mse P y f C = least + sqnorm (C - B).
Proof.
have /least_squaresP E := probe.
by rewrite mseE least_squares_split -E -mulmxBr white_sqnorm -(mse_projection probe) addrC.
Qed.

Lemma white_explained : sqnorm B = 1 - least.
Proof.
have /least_squaresP E := probe.
rewrite -(sqnormY P y) (pythagoras (Y P y) (colproj_ortho F)) -E white_sqnorm -(mse_projection probe).
by rewrite addrK.
Qed.

Lemma white_squares : \sum_i \sum_x pL P x * f x i ^+ 2 = k%:R.
Proof.
rewrite -(columns_sqnorm white) /sqnorm exchange_big; apply: eq_bigr => x _; apply: eq_bigr => i _.
by rewrite mxE exprMn sqr_sqrtr // ltW ?pL_gt0.
Qed.

Lemma white_class_squares : \sum_i \sum_c \sum_x pL P x * (f x i * (y x == c)%:R) ^+ 2 = k%:R.
Proof.
rewrite -white_squares; apply: eq_bigr => i _; rewrite exchange_big; apply: eq_bigr => x _.
rewrite -mulr_sumr (bigD1 (y x)) //= eqxx mulr1 big1 ?addr0 // => c /negPf ne.
by rewrite eq_sym ne mulr0 expr0n.
Qed.

Lemma variance_sum :
  \sum_i \sum_c (\sum_x pL P x * (f x i * (y x == c)%:R) ^+ 2 - B i c ^+ 2) = k%:R - 1 + least.
Proof.
rewrite (eq_bigr _ (fun i _ => sumrB _ _ _ _)) sumrB white_class_squares -[\sum_i \sum_c B i c ^+ 2]/(sqnorm B).
by rewrite white_explained; ring.
Qed.

Lemma sample_head N i c : (0 < N)%N -> sample_mean (pL P) N (fun s => mean_embedding y f s i c) = B i c.
Proof.
move=> N0; rewrite (eq_mean _ (X' := fun s => N%:R^-1 * (\sum_(x <- s) f x i * (y x == c)%:R))) => [|s sN].
  by rewrite meanZ (mean_total _ (pL_sum P)) -white_headE mulKf // pnatr_eq0 -lt0n.
by rewrite mxE sN mulrC.
Qed.

Lemma sample_rest N : (0 < N)%N ->
  sample_mean (pL P) N (fun s => sqnorm (mean_embedding y f s - B)) = (k%:R - 1 + least) / N%:R.
Proof.
move=> N0; rewrite -variance_sum mulr_suml mean_sum; apply: eq_bigr => i _.
rewrite mulr_suml mean_sum; apply: eq_bigr => c _; rewrite white_headE -(mean_variance _ (pL_sum P)) //.
by apply: eq_mean => s _; rewrite !mxE white_headE.
Qed.

Lemma sample_mse N : (0 < N)%N ->
  sample_mean (pL P) N (fun s => mse P y f (mean_embedding y f s)) = least + (k%:R - 1 + least) / N%:R.
Proof.
move=> N0; rewrite -sample_rest // -[least in RHS](mean_const (pL_sum P) N) -meanD.
by apply: eq_mean => s _; rewrite white_mse.
Qed.
End Whitened.

(* The first N nodes of a shuffle. *)
Section Shuffle.
Variables (R : rcfType) (n N : nat) (v : 'I_n -> R).
Hypotheses (N0 : (0 < N)%N) (Nn : (N <= n)%N) (centre : \sum_x v x = 0).
Local Notation perms := {perm 'I_n}.
Local Notation count := ((n`!)%:R : R).
Local Notation square := (\sum_x v x ^+ 2).

Let count0 : count != 0. Proof. by rewrite pnatr_eq0 -lt0n fact_gt0. Qed.
Let n0 : n%:R != 0 :> R. Proof. by rewrite pnatr_eq0 -lt0n (leq_trans N0). Qed.

Lemma shuffle_const (a : R) : (\sum_(s : perms) a) / count = a.
Proof.
by rewrite sumr_const card_Sn -[_ *+ _]mulr_natr mulfK.
Qed.

Let both i j : R := (\sum_(s : perms) v (s i) * v (s j)) / count.

Lemma both_tperm i j a b : both (tperm a b i) (tperm a b j) = both i j.
Proof.
rewrite /both [in RHS](reindex_inj (mulgI (tperm a b))); congr (_ / _); apply: eq_bigr => s _.
by rewrite !permM.
Qed.

Lemma both_sum i : \sum_j both i j = 0.
Proof.
rewrite /both -mulr_suml exchange_big big1 ?mul0r // => s _; rewrite -mulr_sumr.
by have := centre; rewrite (reindex_perm s) /= => ->; rewrite mulr0.
Qed.

Lemma both_same i : both i i = square / n%:R.
Proof.
apply: (mulIf n0); rewrite divfK //; transitivity (\sum_j both j j).
  rewrite (eq_bigr (fun=> both i i)) => [|j _]; last by rewrite -(both_tperm i i i j) !tpermL.
  by rewrite sumr_const card_ord mulr_natr.
rewrite -mulr_suml exchange_big (eq_bigr (fun=> square)) => [|s _]; first exact: shuffle_const.
by rewrite [RHS](reindex_perm s); apply: eq_bigr => j _; rewrite expr2.
Qed.

Lemma both_other i j : i != j -> (n%:R - 1) * both i j = - (square / n%:R).
Proof.
move=> ne; rewrite -(both_same i) -[RHS]addr0 -(both_sum i) [X in _ = _ + X](bigD1 i) //= addKr.
rewrite (eq_bigr (fun=> both i j)) => [|b bi]; last first.
  by rewrite -(both_tperm i j j b) tpermL tpermD // eq_sym.
rewrite sumr_const -[RHS]mulr_natl; congr (_ * _); rewrite cardC1 card_ord.
have n1 : (0 < n)%N by apply: leq_trans Nn.
by rewrite -subn1 natrB.
Qed.

Lemma taken (a : 'I_n -> R) : \sum_(i <- take N (enum 'I_n)) a i = \sum_(i < n | (i < N)%N) a i.
Proof.
rewrite big_uniq ?take_uniq ?enum_uniq //; apply: eq_bigl => i.
by rewrite in_take ?mem_enum // index_enum_ord.
Qed.

Lemma shuffle_variance :
  shuffle_mean N (fun s => ((\sum_(x <- s) v x) / (size s)%:R) ^+ 2)
  = (n%:R - N%:R) / (n%:R - 1) * (square / n%:R / N%:R).
Proof.
have N1 : N%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite /shuffle_mean.
have E (s : perms) : ((\sum_(x <- [seq s i | i <- take N (enum 'I_n)]) v x)
      / (size [seq s i | i <- take N (enum 'I_n)])%:R) ^+ 2
    = (\sum_(i < n | (i < N)%N) \sum_(j < n | (j < N)%N) v (s i) * v (s j)) / N%:R ^+ 2.
  rewrite size_map size_takel ?size_enum_ord // big_map taken expr_div_n expr2 mulr_suml; congr (_ / _).
  by apply: eq_bigr => i _; rewrite mulr_sumr.
rewrite (eq_bigr _ (fun s _ => E s)) -mulr_suml mulrAC.
have -> : (\sum_(s : perms) \sum_(i < n | (i < N)%N) \sum_(j < n | (j < N)%N) v (s i) * v (s j)) / count =
    \sum_(i < n | (i < N)%N) \sum_(j < n | (j < N)%N) both i j.
  rewrite exchange_big mulr_suml; apply: eq_bigr => i _; rewrite exchange_big mulr_suml; apply: eq_bigr => j _ //.
have cardN : \sum_(i < n | (i < N)%N) 1 = N%:R :> R.
  by rewrite -(big_ord_widen n (fun=> 1) Nn) sumr_const card_ord.
have [n1|n1] := eqVneq (n%:R - 1 : R) 0.
  have sq0 : square = 0.
    have one : n = 1%N by apply/eqP; rewrite -(eqr_nat R) -subr_eq0 n1.
    apply: big1 => x _; have := centre; rewrite (bigD1 x) //= big1 ?addr0 => [->|j ne]; first by rewrite expr0n.
    case/eqP: ne; apply: ord_inj; have lt1 (t : 'I_n) : (t < 1)%N by rewrite -[X in (_ < X)%N]one ltn_ord.
    by have := lt1 j; have := lt1 x; rewrite !ltnS !leqn0 => /eqP -> /eqP ->.
  rewrite sq0 !mul0r mulr0 big1 ?mul0r // => i _; apply: big1 => j _.
  have same a : both a a = 0 by rewrite both_same sq0 mul0r.
  have [<-//|ne] := eqVneq i j.
  have one : n = 1%N by apply/eqP; rewrite -(eqr_nat R) -subr_eq0 n1.
  case/eqP: ne; apply: ord_inj; have lt1 (t : 'I_n) : (t < 1)%N by rewrite -[X in (_ < X)%N]one ltn_ord.
  by have := lt1 j; have := lt1 i; rewrite !ltnS !leqn0 => /eqP -> /eqP ->.
pose q := - (square / n%:R) / (n%:R - 1).
have other i j : i != j -> both i j = q by move=> ne; rewrite /q -(both_other ne) mulrC mulKf.
rewrite (eq_bigr (fun=> 1 * (square / n%:R + (N%:R - 1) * q))) => [|i iN].
  by rewrite -mulr_suml cardN /q; field; rewrite N1 n0 n1.
rewrite mul1r (bigD1 i) //= both_same; congr (_ + _).
rewrite (eq_bigr (fun=> 1 * q)) => [|j /andP [_ ne]]; last by rewrite mul1r other // eq_sym.
rewrite -mulr_suml; congr (_ * _); rewrite -cardN [X in _ = X - 1](bigD1 i) //=.
by rewrite addrC addrA addNr add0r.
Qed.
End Shuffle.

Section ShuffledHead.
Variables (R : rcfType) (n m r k N : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)).
Hypotheses (white : (weightedL P f)^T *m weightedL P f = 1%:M) (probe : least_squares P y f B).
Hypotheses (N0 : (0 < N)%N) (Nn : (N <= n)%N) (uniform : forall x, pL P x = 1 / n%:R).
Local Notation least := (mse P y f B).

Lemma eq_shuffle X X' : (forall s : seq 'I_n, size s = N -> X s = X' s) -> shuffle_mean N X = shuffle_mean N X' :> R.
Proof.
by move=> E; congr (_ / _); apply: eq_bigr => s _; rewrite E // size_map size_takel ?size_enum_ord.
Qed.

Lemma shuffle_head i c : shuffle_mean N (fun s => (mean_embedding y f s - B) i c ^+ 2) =
  (n%:R - N%:R) / (n%:R - 1) * ((\sum_x pL P x * (f x i * (y x == c)%:R) ^+ 2 - B i c ^+ 2) / N%:R).
Proof.
have n0 : n%:R != 0 :> R by rewrite pnatr_eq0 -lt0n (leq_trans N0).
have N1 : N%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
pose h x := f x i * (y x == c)%:R; pose v x := h x - B i c.
have sum_h : \sum_x h x = n%:R * B i c.
  rewrite (white_headE white probe) mulr_sumr; apply: eq_bigr => x _; rewrite uniform -/(h x).
  by move: (h x) => u; field.
have centre : \sum_x v x = 0 by rewrite sumrB sum_h sumr_const card_ord mulr_natl subrr.
have -> : \sum_x pL P x * h x ^+ 2 - B i c ^+ 2 = (\sum_x v x ^+ 2) / n%:R.
  have -> : \sum_x v x ^+ 2 = \sum_x h x ^+ 2 - n%:R * B i c ^+ 2.
    rewrite (eq_bigr (fun x => h x ^+ 2 + (- (2 * B i c) * h x + B i c ^+ 2))) => [|x _].
      rewrite !big_split /= -mulr_sumr sum_h sumr_const card_ord -[_ *+ n]mulr_natl; ring.
    by rewrite /v; move: (h x) => u; ring.
  rewrite (eq_bigr (fun x => n%:R^-1 * h x ^+ 2)) => [|x _]; last by rewrite uniform mul1r.
  by rewrite -mulr_sumr; move: (\sum_x _) => t; field.
rewrite -(shuffle_variance N0 Nn centre); apply: eq_shuffle => s sN; congr (_ ^+ 2).
rewrite !mxE sumrB -/(h _) big_const_seq count_predT iter_addr_0 sN -[_ *+ N]mulr_natr; by field.
Qed.

Lemma shuffle_mse : shuffle_mean N (fun s => mse P y f (mean_embedding y f s)) =
  least + (n%:R - N%:R) / (n%:R - 1) * ((k%:R - 1 + least) / N%:R).
Proof.
have -> : shuffle_mean N (fun s => mse P y f (mean_embedding y f s)) = shuffle_mean N (fun _ : seq 'I_n => least)
    + \sum_i \sum_c shuffle_mean N (fun s => (mean_embedding y f s - B) i c ^+ 2).
  transitivity (shuffle_mean N (fun s => least + sqnorm (mean_embedding y f s - B))).
    by apply: eq_shuffle => s _; rewrite (white_mse white probe).
  rewrite /shuffle_mean big_split mulrDl; congr (_ + _); rewrite exchange_big mulr_suml; apply: eq_bigr => i _.
  by rewrite exchange_big mulr_suml.
rewrite [X in X + _ = _]shuffle_const -(variance_sum white probe) mulr_suml mulr_sumr; congr (_ + _).
apply: eq_bigr => i _; rewrite mulr_suml mulr_sumr; apply: eq_bigr => c _; exact: shuffle_head.
Qed.

End ShuffledHead.

Theorem few_labels_mse (R : rcfType) : Statements.few_labels_mse R.
Proof.
move=> n m r k N P y f B least X white probe N0; have mean := sample_mse white probe N0; split=> // [|uniform Nn].
  rewrite -mean -meanZ; apply: le_mean => [x|s _]; [exact: ltW (pL_gt0 P x)|exact: error_le_mse].
exact: shuffle_mse white probe N0 Nn uniform.
Qed.

(* As many nodes of each class as wanted. *)
Section Balanced.
Variables (R : rcfType) (n m r N : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (d : 'I_N -> 'I_r).
Hypotheses (present : forall c, exists x, y x = c) (wanted : forall c, exists j, d j = c).
Local Notation mean := (balanced_mean P y d).
Local Notation law := (fun j x => pL P x * (y x == d j)%:R / mass P y (d j)).
Local Notation drawn c := (#|[pred j | d j == c]|%:R : R).

Lemma mass_gt0 c : 0 < mass P y c.
Proof.
have [x <-] := present c; apply: lt_le_trans (pL_gt0 P x) _; rewrite /mass (bigD1 x) //= eqxx mulr1 lerDl.
by apply: sumr_ge0 => x' _; rewrite mulr_ge0 ?ler0n // ltW ?pL_gt0.
Qed.

Lemma drawn_gt0 c : 0 < drawn c.
Proof. by have [j jc] := wanted c; rewrite ltr0n; apply/card_gt0P; exists j; rewrite inE jc. Qed.

Lemma drawn_sum : \sum_c drawn c = N%:R.
Proof.
rewrite -natr_sum; congr _%:R; rewrite -[RHS]card_ord -sum1_card (partition_big d predT) //=.
by apply: eq_bigr => c _; rewrite sum1_card.
Qed.

Lemma law_sum j : \sum_x law j x = 1.
Proof. by rewrite -mulr_suml mulfV // gt_eqF // mass_gt0. Qed.

Lemma balanced_product (g : 'I_N -> 'I_n -> R) :
  mean (fun w => \prod_j g j (w j)) = \prod_j \sum_x law j x * g j x.
Proof.
by rewrite (bigA_distr_bigA (fun j x => law j x * g j x)); apply: eq_bigr => w _; rewrite -big_split.
Qed.

Lemma balanced_one j (h : 'I_n -> R) : mean (fun w => h (w j)) = \sum_x law j x * h x.
Proof.
pose g i x := if i == j then h x else 1.
transitivity (mean (fun w => \prod_i g i (w i))).
  apply: eq_bigr => w _; congr (_ * _); rewrite (bigD1 j) //= /g eqxx big1 ?mulr1 // => i /negPf -> //.
rewrite balanced_product (bigD1 j) //= [X in _ * X]big1 ?mulr1 => [|i /negPf ne].
  by apply: eq_bigr => x _; rewrite /g eqxx.
by rewrite -[RHS](law_sum i); apply: eq_bigr => x _; rewrite /g ne mulr1.
Qed.

Lemma balanced_two i j (h e : 'I_n -> R) : i != j ->
  mean (fun w => h (w i) * e (w j)) = (\sum_x law i x * h x) * (\sum_x law j x * e x).
Proof.
move=> ne; pose g l x := if l == i then h x else if l == j then e x else 1.
have gj x : g j x = e x by rewrite /g eq_sym (negPf ne) eqxx.
transitivity (mean (fun w => \prod_l g l (w l))).
  apply: eq_bigr => w _; congr (_ * _); rewrite (bigD1 i) //= (bigD1 j) /=; last by rewrite eq_sym.
  by rewrite gj {1}/g eqxx big1 ?mulr1 // => l /andP [/negPf li /negPf lj]; rewrite /g li lj.
rewrite balanced_product (bigD1 i) //= (bigD1 j) /=; last by rewrite eq_sym.
rewrite [X in _ * (_ * X)]big1 ?mulr1 => [|l /andP [/negPf li /negPf lj]].
  by congr (_ * _); apply: eq_bigr => x _; rewrite ?gj // /g eqxx.
by rewrite -[RHS](law_sum l); apply: eq_bigr => x _; rewrite /g li lj mulr1.
Qed.

Lemma balanced_sum (I : finType) (D : pred I) X : mean (fun w => \sum_(i | D i) X i w) = \sum_(i | D i) mean (X i).
Proof. by rewrite /balanced_mean exchange_big; apply: eq_bigr => w _; rewrite mulr_sumr. Qed.

Lemma balancedZ a X : mean (fun w => a * X w) = a * mean X.
Proof. by rewrite /balanced_mean mulr_sumr; apply: eq_bigr => w _; rewrite mulrCA. Qed.

Lemma eq_balanced X X' : X =1 X' -> mean X = mean X'.
Proof. by move=> E; apply: eq_bigr => w _; rewrite E. Qed.

Lemma balanced_variance c (h : 'I_n -> R) : \sum_x pL P x * (y x == c)%:R * h x = 0 ->
  mean (fun w => (\sum_(j | d j == c) h (w j)) ^+ 2)
  = drawn c * ((\sum_x pL P x * (y x == c)%:R * h x ^+ 2) / mass P y c).
Proof.
move=> centre; have one j : d j == c -> \sum_x law j x * h x = 0.
  move=> /eqP ->; rewrite (eq_bigr (fun x => pL P x * (y x == c)%:R * h x / mass P y c)) => [|x _];
    last by rewrite mulrAC.
  by rewrite -mulr_suml centre mul0r.
rewrite (eq_balanced (X' := fun w => \sum_(i | d i == c) \sum_(j | d j == c) h (w i) * h (w j))) => [|w].
  rewrite balanced_sum (eq_bigr (fun=> 1 * ((\sum_x pL P x * (y x == c)%:R * h x ^+ 2) / mass P y c))) => [|i ic].
    by rewrite -mulr_suml; congr (_ * _); rewrite sumr_const.
  rewrite balanced_sum (bigD1 i) //= [X in _ + X]big1 ?addr0 => [|j /andP [jc ne]].
    rewrite (balanced_one i (fun x => h x * h x)) mul1r mulr_suml; apply: eq_bigr => x _.
    by rewrite (eqP ic) -expr2 mulrAC.
  by rewrite balanced_two 1?eq_sym // one // mul0r.
by rewrite expr2 mulr_suml; apply: eq_bigr => i _; rewrite mulr_sumr.
Qed.

Variables (k : nat) (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)).
Hypotheses (white : (weightedL P f)^T *m weightedL P f = 1%:M) (probe : least_squares P y f B).
Local Notation least := (mse P y f B).
Local Notation center := (class_mean (pL P) y f).
Local Notation spread := (class_spread (pL P) y f).
Local Notation head := (balanced_embedding P y d f).

Lemma head_center i c : B i c = mass P y c * center c i.
Proof.
rewrite (white_headE white probe) (times_weight y (fun x => ltW (pL_gt0 P x))); apply: eq_bigr => x _; ring.
Qed.

Lemma around_center c i : \sum_x pL P x * (y x == c)%:R * (f x i - center c i) = 0.
Proof.
rewrite (eq_bigr (fun x => pL P x * (f x i * (y x == c)%:R) - pL P x * (y x == c)%:R * center c i)) => [|x _];
  last by ring.
by rewrite sumrB -mulr_suml -(white_headE white probe) head_center subrr.
Qed.

Lemma spread_by_feature c :
  spread c = \sum_i (\sum_x pL P x * (y x == c)%:R * (f x i - center c i) ^+ 2) / mass P y c.
Proof.
rewrite -mulr_suml exchange_big; congr (_ / _); apply: eq_bigr => x _; by rewrite mulr_sumr.
Qed.

Lemma spread_ge0 c : 0 <= spread c.
Proof.
rewrite spread_by_feature sumr_ge0 // => i _; rewrite divr_ge0 ?(ltW (mass_gt0 c)) // sumr_ge0 // => x _.
by rewrite mulr_ge0 ?sqr_ge0 // mulr_ge0 ?ler0n // ltW ?pL_gt0.
Qed.

Lemma balanced_head i c : mean (fun w => (head w - B) i c ^+ 2) =
  mass P y c ^+ 2 / drawn c * ((\sum_x pL P x * (y x == c)%:R * (f x i - center c i) ^+ 2) / mass P y c).
Proof.
have d0 : drawn c != 0 by rewrite gt_eqF ?drawn_gt0.
have m0 : mass P y c != 0 by rewrite gt_eqF ?mass_gt0.
rewrite (eq_balanced (X' := fun w => (mass P y c / drawn c) ^+ 2 * (\sum_(j | d j == c) (f (w j) i - center c i)) ^+
  2)).
  rewrite balancedZ (balanced_variance (around_center c i)); move: (\sum_x _) => t; field; by rewrite m0 d0.
move=> w; rewrite -exprMn; congr (_ ^+ 2).
have -> : (head w - B) i c = mass P y c / drawn c * (\sum_(j | d j == c) f (w j) i) - B i c by rewrite !mxE.
rewrite head_center sumrB sumr_const -[center c i *+ _]mulr_natl; move: (\sum_(_ | _) _) => t; field.
exact: d0.
Qed.

Lemma balanced_mse : mean (fun w => mse P y f (head w)) =
  least + \sum_c mass P y c ^+ 2 * spread c / drawn c.
Proof.
have const : mean (fun=> least) = least.
  rewrite -[RHS]mulr1 -[X in _ * X](_ : mean (fun w => \prod_(j < N) 1) = 1).
    by rewrite -balancedZ; apply: eq_balanced => w; rewrite big1 ?mulr1.
  by rewrite (balanced_product (fun _ _ => 1)) big1 // => j _; rewrite -[RHS](law_sum j); apply: eq_bigr => x _;
    rewrite mulr1.
rewrite (eq_balanced (X' := fun w => least + sqnorm (head w - B))) => [|w]; last exact: white_mse.
transitivity (mean (fun=> least) + mean (fun w => sqnorm (head w - B))).
  by rewrite /balanced_mean -big_split; apply: eq_bigr => w _; rewrite mulrDr.
rewrite const; congr (_ + _); rewrite balanced_sum (eq_bigr _ (fun i _ => balanced_sum _ _)) exchange_big.
apply: eq_bigr => c _; rewrite (eq_bigr _ (fun i _ => balanced_head i c)) -mulr_sumr -spread_by_feature; ring.
Qed.

Lemma spread_moments c :
  mass P y c ^+ 2 * spread c = mass P y c * (\sum_i \sum_x pL P x * (f x i * (y x == c)%:R) ^+ 2) - \sum_i B i c ^+ 2.
Proof.
have m0 : mass P y c != 0 by rewrite gt_eqF ?mass_gt0.
rewrite spread_by_feature !mulr_sumr -sumrB; apply: eq_bigr => i _.
have -> : \sum_x pL P x * (y x == c)%:R * (f x i - center c i) ^+ 2 =
    \sum_x pL P x * (f x i * (y x == c)%:R) ^+ 2 - 2 * center c i * B i c + center c i ^+ 2 * mass P y c.
  rewrite (white_headE white probe) !mulr_sumr -sumrB -big_split; apply: eq_bigr => x _ /=.
  by case: (y x == c); rewrite ?mulr1 ?mulr0 ?mul0r; ring.
by rewrite head_center; move: (\sum_x _) => t; field.
Qed.
End Balanced.

Theorem few_labels_balanced_mse (R : rcfType) : Statements.few_labels_balanced_mse R.
Proof.
move=> n m r k N P y d f B drawn spread term neyman white probe present wanted.
have d0 c : 0 < (drawn c)%:R :> R := drawn_gt0 R wanted c.
have s0 c : 0 <= spread c := spread_ge0 P present f c.
split; [exact: balanced_mse|split=> [|t prop]|move=> equal as_many].
- have := @jensen R _ (fun c => (drawn c)%:R) (fun c => mass P y c * Num.sqrt (spread c) / (drawn c)%:R) (fun c =>
  ler0n _ _).
  rewrite (drawn_sum R d) /neyman; congr (_ ^+ 2 / _ <= _); apply: eq_bigr => c _.
    by rewrite mulrC divfK // gt_eqF.
  by rewrite !exprMn sqr_sqrtr // exprVn; field; rewrite gt_eqF.
- pose e c := mass P y c * Num.sqrt (spread c); have sumE : t * (\sum_c e c) = N%:R.
    by rewrite -(drawn_sum R d) mulr_sumr; apply: eq_bigr => c _; rewrite prop.
  have [c0 _|none] := pickP (fun _ : 'I_r => true); last by rewrite /term /neyman !big_pred0 // expr0n mul0r.
  have t0 : t != 0 by apply: contraTneq (d0 c0) => t0; rewrite prop t0 mul0r ltxx.
  have N0 : (N%:R : R) != 0.
    by rewrite -(drawn_sum R d) gt_eqF // (bigD1 c0) //= ltr_wpDr ?d0 // sumr_ge0 // => c _; rewrite ler0n.
  have tE : t^-1 * N%:R = \sum_c e c by rewrite -sumE mulKf.
  have -> : neyman = t^-1 * (\sum_c e c) by rewrite /neyman -tE; field; rewrite N0 t0.
  rewrite mulr_sumr; apply: eq_bigr => c _.
  have := d0 c; rewrite prop -/(e c) => te0; have e0 : e c != 0 by apply: contraTneq te0 => ->; rewrite mulr0 ltxx.
  have -> : mass P y c ^+ 2 * spread c = e c ^+ 2 by rewrite exprMn sqr_sqrtr.
  by field; rewrite t0 e0.
have rE c : (drawn c)%:R * r%:R = N%:R :> R by rewrite -natrM as_many.
rewrite -(white_explained white probe) -(white_class_squares y white) /sqnorm exchange_big [X in _ - _ * X]exchange_big.
rewrite mulr_sumr -sumrB mulr_suml; apply: eq_bigr => c _ /=.
have r0 : r%:R != 0 :> R by rewrite pnatr_eq0 -lt0n (leq_ltn_trans (leq0n _) (ltn_ord c)).
rewrite (spread_moments present white probe) equal -(rE c); move: (d0 c) (\sum_i _) (\sum_i _) => dc a b; field.
by rewrite r0 gt_eqF.
Qed.

(* Scores that are centred and shrunk. *)
Section Shrunk.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (C : 'M[R]_(k, r)).
Local Notation s := (f *m C).
Local Notation total x := (\sum_b s x b).
Definition around_mean x c : R := s x c - total x / r%:R.
Local Notation t := around_mean.
Definition kept : R := \sum_x pL P x * t x (y x).
Definition squares : R := \sum_x pL P x * (\sum_c t x c ^+ 2).
Definition shrunk (a : R) x c : R := 1 / r%:R + a * t x c.

Lemma classes_neq0 : r%:R != 0 :> R.
Proof. by have [x _] := nodes P; rewrite pnatr_eq0 -lt0n (leq_ltn_trans (leq0n _) (ltn_ord (y x))). Qed.

Lemma shrunk_mse a : scores_mse (pL P) y (shrunk a) = 1 - 1 / r%:R - 2 * a * kept + a ^+ 2 * squares.
Proof.
have r0 := classes_neq0.
have sum_t x : \sum_c t x c = 0.
  by rewrite sumrB sumr_const card_ord -[_ *+ r]mulr_natr divfK // subrr.
have E x : \sum_c (shrunk a x c - (y x == c)%:R) ^+ 2 =
    1 - 1 / r%:R - 2 * a * t x (y x) + a ^+ 2 * (\sum_c t x c ^+ 2).
  rewrite (eq_bigr (fun c => (1 / r%:R) ^+ 2 + 2 * a / r%:R * t x c + a ^+ 2 * t x c ^+ 2
      + (1 - 2 / r%:R - 2 * a * t x c) * (y x == c)%:R)) => [|c _]; last first.
    by rewrite /shrunk; move: (t x c) => u; case: (y x == c);
      rewrite ?mulr1 ?mulr0 -?[true%:R]/(1 : R) -?[false%:R]/(0 : R); field.
  rewrite !big_split /= (onehot_sum y x (fun c => 1 - 2 / r%:R - 2 * a * t x c)) -!mulr_sumr sum_t.
  rewrite sumr_const card_ord -[_ *+ r]mulr_natr; move: (t x (y x)) (\sum_c _) => u v; by field.
rewrite /scores_mse (eq_bigr (fun x => pL P x * (1 - 1 / r%:R) + - (2 * a) * (pL P x * t x (y x))
    + a ^+ 2 * (pL P x * (\sum_c t x c ^+ 2)))) => [|x _]; last by rewrite E; ring.
rewrite !big_split /= -mulr_suml -!mulr_sumr (pL_sum P) -/kept -/squares; ring.
Qed.

Lemma centred_shrunk : scores_mse (pL P) y (centred s) = 1 - 1 / r%:R - 2 * kept + squares.
Proof.
have r0 := classes_neq0; rewrite -[squares]mul1r -[X in 2 * X]mul1r mulrA -[X in X * squares](expr1n _ 2) -shrunk_mse.
apply: eq_bigr => x _; congr (_ * _); apply: eq_bigr => c _; congr ((_ - _) ^+ 2).
by rewrite /centred /shrunk /around_mean; field.
Qed.

Lemma centred_mse : scores_mse (pL P) y (centred s) = mse P y f C - (\sum_x pL P x * (total x - 1) ^+ 2) / r%:R.
Proof.
have r0 := classes_neq0; rewrite mulr_suml -sumrB; apply: eq_bigr => x _.
rewrite -mulrA -mulrBr; congr (_ * _).
rewrite /centred (eq_bigr (fun c => (s x c - (y x == c)%:R) ^+ 2
    + (- (2 * (total x - 1) / r%:R) * (s x c - (y x == c)%:R) + ((total x - 1) / r%:R) ^+ 2))) => [|c _]; last by field.
rewrite !big_split /= -mulr_sumr sumrB onehot_one sumr_const card_ord -[_ *+ r]mulr_natr.
by move: (total x) (\sum_c _) => u v; field.
Qed.

Lemma shrunk_error a : 0 <= a ->
  Statements.error P y f C <= 2 * (1 - 1 / r%:R - 2 * a * kept + a ^+ 2 * squares).
Proof.
move=> a0; rewrite -shrunk_mse; apply: le_trans (_ : _ <= scores_error (pL P) y (shrunk a)) _; last first.
  by apply: scores_error_le_mse => x; apply: ltW (pL_gt0 P x).
apply: ler_sum => x _; rewrite ler_wpM2l ?(ltW (pL_gt0 P x)) // ler_nat.
case: (boolP (errs (s x) (y x))) => [/existsP [c /andP [ne le]]|//].
suff -> : errs (shrunk a x) (y x) by [].
by apply/existsP; exists c; rewrite ne lerD2l ler_wpM2l // lerD2r.
Qed.
End Shrunk.

Section FewLabels.
Variables (R : rcfType) (n m r k N : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)).
Hypotheses (white : (weightedL P f)^T *m weightedL P f = 1%:M) (probe : least_squares P y f B) (N0 : (0 < N)%N).
Local Notation mean := (sample_mean (pL P) N).
Local Notation least := (mse P y f B).

Lemma scores_by_head (C : 'M[R]_(k, r)) : \sum_x pL P x * (f *m C) x (y x) = \sum_i \sum_c B i c * C i c.
Proof.
rewrite (eq_bigr (fun x => \sum_i pL P x * f x i * C i (y x))) => [|x _]; last first.
  by rewrite mxE mulr_sumr; apply: eq_bigr => i _; rewrite mulrA.
rewrite exchange_big; apply: eq_bigr => i _.
rewrite (eq_bigr (fun x => pL P x * (f x i * C i (y x)))) => [|x _]; last by rewrite mulrA.
rewrite (by_class (pL P) y (fun x c => f x i * C i c)).
apply: eq_bigr => c _; rewrite (white_headE white probe) mulr_suml; apply: eq_bigr => x _; ring.
Qed.

Lemma mean_by_head : mean (fun s => \sum_x pL P x * (f *m mean_embedding y f s) x (y x)) = 1 - least.
Proof.
rewrite -(white_explained white probe) (eq_mean _ (fun s _ => scores_by_head _)) mean_sum; apply: eq_bigr => i _.
by rewrite mean_sum; apply: eq_bigr => c _; rewrite meanZ (sample_head white probe) // expr2.
Qed.
End FewLabels.

Section OneClass.
Variables (R : rcfType) (n m r k N : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)).
Hypotheses (white : (weightedL P f)^T *m weightedL P f = 1%:M) (probe : least_squares P y f B) (N0 : (0 < N)%N).
Let y1 (x : 'I_n) : 'I_1 := ord0.
Variable B1 : 'M[R]_(k, 1).
Hypothesis probe1 : least_squares P y1 f B1.
Local Notation mean := (sample_mean (pL P) N).
Local Notation least := (mse P y f B).
Local Notation off := (mse P y1 f B1).
Local Notation C s := (mean_embedding y f s).
Local Notation C1 s := (mean_embedding y1 f s).
Local Notation A := (1 - least - (1 - off) / r%:R).
Local Notation W := (((1 - 1 / r%:R) * (k%:R - 1) + least - off / r%:R) / N%:R).

Let r0 : r%:R != 0 :> R := classes_neq0 P y.
Let N1 : N%:R != 0 :> R. Proof. by rewrite pnatr_eq0 -lt0n. Qed.

Lemma one_head i : B1 i 0 = \sum_c B i c.
Proof.
rewrite (white_headE white probe1) (eq_bigr _ (fun c _ => white_headE white probe i c)) exchange_big.
by apply: eq_bigr => x _; rewrite -!mulr_sumr onehot_one.
Qed.

Lemma one_embedding s i : C1 s i 0 = \sum_c C s i c.
Proof.
rewrite mxE (eq_bigr (fun c => (\sum_(x <- s) f x i * (y x == c)%:R) / (size s)%:R)) => [|c _]; last by rewrite mxE.
rewrite -[RHS]mulr_suml [in RHS]exchange_big; congr (_ / _); apply: eq_bigr => x _.
by rewrite -mulr_sumr onehot_one.
Qed.

Lemma one_total s x : \sum_b (f *m C s) x b = (f *m C1 s) x 0.
Proof.
rewrite [RHS]mxE (eq_bigr (fun b => \sum_i f x i * C s i b)) => [|b _]; last by rewrite mxE.
by rewrite exchange_big; apply: eq_bigr => i _; rewrite one_embedding mulr_sumr.
Qed.

Lemma mean_centred : mean (fun s => scores_mse (pL P) y (centred (f *m C s))) = least - off / r%:R + W.
Proof.
rewrite (eq_mean _ (X' := fun s => mse P y f (C s) + (- r%:R^-1) * mse P y1 f (C1 s))) => [|s _]; last first.
  rewrite centred_mse mulNr mulrC; congr (_ - _ * _); apply: eq_bigr => x _.
  by rewrite big_ord1 one_total.
by rewrite meanD meanZ (sample_mse white probe) // (sample_mse white probe1) //; field; rewrite N1 r0.
Qed.

Lemma mean_kept : mean (fun s => kept P y f (C s)) = A.
Proof.
rewrite (eq_mean _ (X' := fun s => (\sum_x pL P x * (f *m C s) x (y x))
    + (- r%:R^-1) * (\sum_x pL P x * (f *m C1 s) x (y1 x)))) => [|s _]; last first.
  rewrite mulr_sumr -big_split; apply: eq_bigr => x _; rewrite /= /around_mean one_total; ring.
by rewrite meanD meanZ (mean_by_head white probe) // (mean_by_head white probe1) //; ring.
Qed.

Lemma mean_squares : mean (fun s => squares P f (C s)) = A + W.
Proof.
rewrite (eq_mean _ (X' := fun s => scores_mse (pL P) y (centred (f *m C s))
    + (2 * kept P y f (C s) + (1 / r%:R - 1)))) => [|s _].
  rewrite !meanD meanZ !mean_const ?(pL_sum P) // mean_centred mean_kept; ring.
by rewrite centred_shrunk; ring.
Qed.

Lemma mean_error a : 0 <= a ->
  mean (fun s => Statements.error P y f (C s)) <= 2 * (1 - 1 / r%:R - 2 * a * A + a ^+ 2 * (A + W)).
Proof.
move=> a0; rewrite -mean_squares -mean_kept.
apply: le_trans (le_mean (fun x => ltW (pL_gt0 P x)) (fun s _ => shrunk_error P y f (C s) a0)) _.
rewrite (eq_mean _ (X' := fun s => 2 * (1 - 1 / r%:R)
    + (- (4 * a) * kept P y f (C s) + 2 * a ^+ 2 * squares P f (C s)))) => [|s _].
  rewrite !meanD !meanZ !mean_const ?(pL_sum P) //.
  by move: (mean _) (mean _) => u v; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
ring.
Qed.

Lemma spread_left : 0 <= W.
Proof.
have -> : W = mean (fun s => sqnorm (C s - B)) - mean (fun s => sqnorm (C1 s - B1)) / r%:R.
  by rewrite (sample_rest white probe) // (sample_rest white probe1) //; field; rewrite N1 r0.
rewrite subr_ge0 mulrC -meanZ; apply: le_mean => [x|s _]; first exact: ltW (pL_gt0 P x).
rewrite mulr_sumr; apply: ler_sum => i _; rewrite big_ord1.
have -> : (C1 s - B1) i 0 = \sum_c (C s - B) i c.
  rewrite [LHS]mxE [(- _ : 'M_(_, _)) _ _]mxE one_embedding one_head -sumrB; apply: eq_bigr => c _.
  by rewrite [RHS]mxE [(- _ : 'M_(_, _)) _ _]mxE.
have := @jensen R _ (fun=> 1) ((C s - B) i) (fun c => ler01).
rewrite sumr_const card_ord mulrC; congr (_ <= _); last by apply: eq_bigr => c _; rewrite mul1r.
by congr (_ * _ ^+ 2); apply: eq_bigr => c _; rewrite mul1r.
Qed.

Lemma few_labels_shrunk : 0 < A ->
  mean (fun s => Statements.error P y f (C s)) <= 2 * (least - off / r%:R + A * W / (A + W)).
Proof.
move=> A0; have W0 := spread_left; have K0 : 0 < A + W by apply: ltr_wpDr.
apply: le_trans (mean_error (divr_ge0 (ltW A0) (ltW K0))) _; rewrite ler_pM2l ?ltr0n //.
rewrite le_eqVlt; apply/orP; left; apply/eqP.
have -> : least - off / r%:R = 1 - 1 / r%:R - A by field.
move: A W K0 {A0 W0} => u v K0; field; by rewrite gt_eqF.
Qed.
End OneClass.

Theorem few_labels_error (R : rcfType) : Statements.few_labels_error R.
Proof.
move=> n m r k N P y f B mean least off A W bound white probe N0.
have [B1 probe1] := least_squares_exists P (fun _ => ord0 : 'I_1) f.
have offE : off = mse P (fun _ => ord0 : 'I_1) f B1.
  rewrite -[RHS](subKr 1) -(white_explained white probe1) /off /sqnorm; congr (1 - _); apply: eq_bigr => i _.
  rewrite big_ord1 (white_headE white probe1); congr (_ ^+ 2); apply: eq_bigr => x _; by rewrite mulr1.
have off0 : 0 <= off.
  rewrite offE sumr_ge0 // => x _; rewrite mulr_ge0 ?(ltW (pL_gt0 P x)) // sumr_ge0 // => c _; exact: sqr_ge0.
have r0 : 0 < r%:R :> R by rewrite lt0r (classes_neq0 P y) ler0n.
have N1 : 0 < N%:R :> R by rewrite ltr0n.
have W0 : 0 <= W off by rewrite /W offE; apply: spread_left white probe N0 _ probe1.
split.
- rewrite /W offE; exact: mean_centred white probe N0 _ probe1.
- rewrite /bound /A /W offE; exact: few_labels_shrunk white probe N0 _ probe1.
- split=> //; split=> [z|[v fv]].
    exists B1; apply/colP => x; rewrite [RHS]mxE; have := offE; rewrite z => /esym /eqP.
    rewrite psumr_eq0 => [/allP /(_ x (mem_index_enum x))|x' _]; last first.
      rewrite mulr_ge0 ?(ltW (pL_gt0 P x')) // sumr_ge0 // => c _; exact: sqr_ge0.
    by rewrite /= big_ord1 mulf_eq0 gt_eqF ?pL_gt0 //= sqrf_eq0 subr_eq0 => /eqP.
  apply/le_anti; rewrite off0 andbT offE; apply: le_trans (probe1 v) _.
  by rewrite /mse big1 // => x _; rewrite big_ord1 fv mxE subrr expr0n mulr0.
move=> A0.
have Aoff : A 0 <= A off by rewrite /A lerD2l lerN2 ler_pM2r ?invr_gt0 // lerD2l lerN2.
have Woff : W off <= W 0 by rewrite /W ler_pM2r ?invr_gt0 // lerD2l lerN2 ler_pM2r ?invr_gt0.
have A1 := lt_le_trans A0 Aoff; have W1 := le_trans W0 Woff.
have boundE o : 0 < A o -> 0 <= W o -> bound o = 2 * (1 - 1 / r%:R - A o ^+ 2 / (A o + W o)).
  move=> Ao Wo; have K0 : 0 < A o + W o by apply: ltr_wpDr.
  rewrite /bound; congr (2 * _).
  have -> : least - o / r%:R = 1 - 1 / r%:R - A o by rewrite /A; field; rewrite gt_eqF.
  by move: (A o) (W o) K0 {Ao Wo} => u v K0; field; rewrite !gt_eqF.
have K0 : 0 < A 0 + W 0 by apply: ltr_wpDr.
have K1 : 0 < A off + W off by apply: ltr_wpDr.
split=> //; rewrite !boundE // ler_pM2l ?ltr0n //.
  rewrite lerD2l lerN2 ler_pdivrMr // mulrAC ler_pdivlMr //.
  move: (A 0) (A off) (W 0) (W off) A0 Aoff A1 Woff W0 W1 {K0 K1} => a b v w a0 ab b0 wv w0 v0.
  have ab0 : 0 <= a * b * (b - a) by apply: mulr_ge0; [rewrite ltW // mulr_gt0|rewrite subr_ge0].
  have sq : a ^+ 2 <= b ^+ 2 by rewrite ler_pXn2r // nnegrE ltW.
  have := ler_pM (sqr_ge0 a) w0 sq wv; move: ab0; rewrite !expr2; lra.
have k1 : (1 <= k%:R :> R).
  rewrite ler1n lt0n; apply: contraTN A0 => k0; rewrite -leNgt /A /least.
  have B0 : sqnorm B = 0 by apply: big1 => i _; have := ltn_ord i; rewrite [X in (_ < X)%N](eqP k0).
  have := white_explained white probe; rewrite B0 => z; have -> : mse P y f B = 1 by lra.
  by rewrite subrr sub0r subr0 oppr_le0 divr_ge0 ?ler0n ?ler01.
have WN : W 0 <= (k%:R - 1 + least) / N%:R.
  rewrite /W ler_pM2r ?invr_gt0 // mul0r subr0 lerD2r mulrBl mul1r gerBl mulr_ge0 ?subr_ge0 //.
  by rewrite divr_ge0 ?ler01 ?ler0n.
have low : A 0 - W 0 <= A 0 ^+ 2 / (A 0 + W 0).
  rewrite ler_pdivlMr //; move: (A 0) (W 0) => a w; have := sqr_ge0 w; rewrite !expr2; lra.
have E : A 0 = 1 - least - 1 / r%:R by rewrite /A subr0.
have last (q e a w u : R) : a - w <= q -> w <= e -> a = 1 - least - u -> 1 - u - q <= least + e by lra.
exact: last low WN E.
Qed.
