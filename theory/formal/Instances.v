(* No hypothesis contradicts another: one graph of 2 x 2 nodes satisfies those of each statement, at width 1, and what a
   statement asks of a number, a vote, counts or a channel holds of these. Instances25.v is about theorem 25. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs LowRank Places Shrunk Samples.
From Pairbounds Require Import theorem04_linear_probe theorem15_multihop theorem17_trained_encoders.
From Pairbounds Require Import theorem21_ridge_probe theorem22_counting.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Instance.
Variable R : rcfType.
Definition w : 'M[R]_2 := \matrix_(x, l) (if x == l then 3 / 8 else 1 / 8).

Lemma w_row x : \sum_l w x l = 1 / 2.
Proof. by rewrite !big_ord_recl big_ord0 !mxE; case: x => [[|[|x]] ?] //=; lra. Qed.
Fact w_ge0 x l : 0 <= w x l. Proof. by rewrite mxE; case: eqP => _; lra. Qed.
Fact w_sum : \sum_x \sum_l w x l = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => w_row x)) !big_ord_recl big_ord0; lra. Qed.
Fact w_left x : 0 < \sum_l w x l. Proof. by rewrite w_row; lra. Qed.
Fact w_right l : 0 < \sum_x w x l.
Proof. by rewrite (eq_bigr (fun x => w l x)) ?w_left // => x _; rewrite !mxE eq_sym. Qed.
Definition two : graph R 2 2 := Graph w_ge0 w_sum w_left w_right.

Let s : R := Num.sqrt (1 / 2).
Definition U : 'M[R]_2 := \matrix_(i, x) (if (i == 1) && (x == 1) then - s else s).
Definition l (i : 'I_2) : R := if i == 0 then 1 else 1 / 4.

Lemma ss : s * s = 1 / 2. Proof. by rewrite -expr2 sqr_sqrtr //; lra. Qed.

Lemma two_normalised : normalised two = \matrix_(x, j) (if x == j then 3 / 4 else 1 / 4).
Proof.
apply/matrixP => x j; rewrite !mxE /pL w_row.
have -> : pR two j = 1 / 2.
  by rewrite -(w_row j); apply: eq_bigr => i _; rewrite !mxE eq_sym.
by rewrite -/s ss; case: eqP => _; lra.
Qed.

Lemma two_basis : eigenbasis (hop two) U l.
Proof.
have S := ss; split=> [|i|i j].
- apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE.
  by case: i j => [[|[|i]] ?] // [[|[|j]] ?] //=; rewrite ?(mulrN, mulNr) S; lra.
- apply/rowP => j; rewrite /hop two_normalised !mxE !big_ord_recl big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /l.
  by case: i j => [[|[|i]] ?] // [[|[|j]] ?] //=; lra.
by rewrite /l; case: i j => [[|[|i]] ?] // [[|[|j]] ?] //= _; lra.
Qed.

Lemma value0 : value l 0 = 1. Proof. by rewrite -[0%N]/(val (0 : 'I_2)) value_ord. Qed.
Lemma value1 : value l 1 = 1 / 4. Proof. by rewrite -[1%N]/(val (1 : 'I_2)) value_ord. Qed.

Lemma parts : singular l 1 < singular l 0.
Proof. by rewrite /singular value0 value1 ltr_sqrt //; lra. Qed.

(* with any labels *)
Theorem premises r (y : 'I_2 -> 'I_r) : exists f g B,
  [/\ eigenbasis (hop two) U l, @minimiser R 2 2 1 two f g, least_squares two y f B, value l 1 < 1 &
      [/\ singular l 1 < singular l 0, top_embedding two U l f,
          best_on_pairs two (pL two) (pR two) f g & 0 < 1 - singular l 1 / singular l 0]].
Proof.
have [f [g best]] := optimum_exists 1 two_basis; have [B probe] := least_squares_exists two y f.
exists f, g, B; split=> //; [exact: two_basis|by rewrite value1; lra|split].
- exact: parts.
- exact: minimiser_is_top two_basis best parts.
- exact: best.
have s0 : 0 < singular l 0 := le_lt_trans (sqrtr_ge0 _) parts.
by rewrite subr_gt0 ltr_pdivrMr // mul1r parts.
Qed.

(* theorem 15: what the consistencies allow lies between 0 and 1; theorem 16: a vote without opinions *)
Theorem allowed n m r (P : graph R n m) (y : 'I_n -> 'I_r) M N (c t : 'I_N -> R) (d : pred 'I_N) :
  consistent_measure P y M c t -> 0 <= \sum_(i | d i) c i <= 1.
Proof.
case=> c0 _ moments; rewrite sumr_ge0 //=.
have <- : \sum_i c i = 1.
  have := moments 0%N (leq0n M); rewrite (eq_bigr c) => [->|i _]; last by rewrite expr0 mulr1.
  by rewrite -(pL_sum P); apply: eq_bigr => x _; rewrite /= eqxx mulr1.
by rewrite big_mkcond; apply: ler_sum => i _; case: ifP.
Qed.

Theorem no_opinion n m r (P : graph R n m) (y : 'I_n -> 'I_r) :
  [/\ forall t : R, (0 : {poly R}).[t] ^+ 2 <= (1 : {poly R}).[t],
      forall t : R, (1 - (0 : {poly R}).[t]) ^+ 2 <= (1 : {poly R}).[t],
      forall x c, c != y x -> 0 <= vote P y 0 x (y x) - vote P y 0 x c &
      forall w : 'I_n -> R, (forall x, 0 <= w x <= 1) -> \sum_x pL P x * w x <= 1].
Proof.
split=> [t|t|x c _|v v01].
- by rewrite !hornerE expr0n ler01.
- by rewrite !hornerE subr0 expr1n.
- by rewrite /vote size_poly0 !big_ord0 subr0.
rewrite -(pL_sum P); apply: ler_sum => x _; rewrite -[leRHS]mulr1 ler_wpM2l ?(ltW (pL_gt0 P x)) //.
by have /andP [] := v01 x.
Qed.

(* theorems 8 and 11: one class, which nothing leaves *)
Theorem one_class (y : 'I_2 -> 'I_1) :
  (forall c, eigenbasis (class_hop two y c) U l) /\ forall x, 0 < (1 - value l 1) * (1 - leak two y x).
Proof.
have stay x : stays two y x = pL two x.
  by rewrite -induced_marginal; apply: eq_bigr => x' _; rewrite !ord1 eqxx mulr1.
split=> [c|x].
  have -> : class_hop two y c = hop two by apply/matrixP => x x'; rewrite hopE mxE !stay !ord1 eqxx mulr1.
  exact: two_basis.
rewrite /leak big1 => [|x' _]; last by rewrite !ord1 eqxx mulr0.
by rewrite value1; lra.
Qed.

(* theorem 9: each node a class; a cut *)
Theorem present n (c : 'I_n) : exists x : 'I_n, id x = c. Proof. by exists c. Qed.
Theorem a_cut (S : {set 'I_2} := [set ord0]) : S != set0 /\ S != setT.
Proof.
split; first by apply/set0Pn; exists ord0; rewrite inE.
by apply/eqP => /setP /(_ ord_max); rewrite !inE.
Qed.

(* theorem 11: no distance is below 0 *)
Theorem no_distance n k r (p : 'I_n -> R) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) c c' :
  0 <= \sum_i (class_mean p y f c i - class_mean p y f c' i) ^+ 2.
Proof. by apply: sumr_ge0 => i _; apply: sqr_ge0. Qed.

(* theorem 12: the graph mixed with itself; theorem 27: nodes as features of their own *)
Let both : 'M[R]_(2, 2 + 2) := row_mx ((1 / 2) *: w) ((1 - 1 / 2) *: w).
Lemma both_first x j : both x (lshift 2 j) = 1 / 2 * w x j. Proof. by rewrite row_mxEl mxE. Qed.
Lemma both_second x j : both x (rshift 2 j) = (1 - 1 / 2) * w x j. Proof. by rewrite row_mxEr mxE. Qed.
Lemma both_row x : \sum_j both x j = 1 / 2.
Proof.
rewrite big_split_ord /= (eq_bigr _ (fun j _ => both_first x j)) (eq_bigr _ (fun j _ => both_second x j)).
by rewrite -!mulr_sumr w_row; lra.
Qed.
Fact both_ge0 x j : 0 <= both x j.
Proof. by rewrite mxE; case: (split j) => i; rewrite mxE mulr_ge0 ?w_ge0 //; lra. Qed.
Fact both_sum : \sum_x \sum_j both x j = 1.
Proof. by rewrite (eq_bigr _ (fun x _ => both_row x)) !big_ord_recl big_ord0; lra. Qed.
Fact both_left x : 0 < \sum_j both x j. Proof. by rewrite both_row; lra. Qed.
Fact both_right j : 0 < \sum_x both x j.
Proof.
case: (split_ordP j) => i ->.
  by rewrite (eq_bigr _ (fun x _ => both_first x i)) -mulr_sumr mulr_gt0 ?w_right //; lra.
by rewrite (eq_bigr _ (fun x _ => both_second x i)) -mulr_sumr mulr_gt0 ?w_right //; lra.
Qed.

Theorem mixed_with_itself : exists P : graph R 2 (2 + 2), mixed (1 / 2) two two P.
Proof. by exists (Graph both_ge0 both_sum both_left both_right); split=> //; apply/andP; split; lra. Qed.

Theorem whitened n (P : graph R n n) : exists f g : 'M[R]_n,
  (weightedL P f)^T *m weightedL P f = 1%:M /\ (weightedR P g)^T *m weightedR P g = 1%:M.
Proof. by exists (unweightL P 1%:M), (unweightR P 1%:M); rewrite unweightLK unweightRK trmx1 mulmx1. Qed.

(* theorems 7 and 17, where `parts` is the gap: weights that are not all 0, margins of any scores, and what is bought *)
Theorem trained r (y : 'I_2 -> 'I_r) (w := fun i : 'I_2 => (i == 0)%:R : R) : exists a b : R,
  [/\ soft_weights 1 l w, opnorm2_le (weighed two y U (per_root 1 l w)) a,
      opnorm2_le (weighed two y U (fun i => (i <= 0)%N%:R)) b, opnorm2_le (weighed two y U (fun i => (0 < i)%N%:R)) b &
      forall gamma budget, buys_at_most two gamma budget 1].
Proof.
have unit (v : 'I_2 -> R) : (forall i, 0 <= v i <= 1) -> forall i, `|v i| <= 1.
  by move=> v01 i; have /andP [v0 v1] := v01 i; rewrite ger0_norm.
have big : opnorm2_le (weighed two y U (per_root 1 l w)) (2 ^+ 2 * largest_mass two y).
  apply: (operator_norm y two_basis) => i; rewrite /per_root value1 /w /l.
  case: (i == 0); last by rewrite mul0r normr0.
  have root0 : 0 < Num.sqrt (1 - 1 / 4 : R) by rewrite sqrtr_gt0; lra.
  rewrite -[true%:R]/(1 : R) ger0_norm ?divr_ge0 ?ler01 ?sqrtr_ge0 // ler_pdivrMr // -(@ler_pXn2r _ 2) ?nnegrE //; last first.
    by rewrite mulr_ge0 ?ltW //; lra.
  rewrite exprMn sqr_sqrtr; lra.
exists (2 ^+ 2 * largest_mass two y), (1 ^+ 2 * largest_mass two y); split=> //.
- move=> i; rewrite value1 /w /l; case: (i == 0); rewrite ?lexx ?ler01; split=> // h; lra.
- by apply: (operator_norm y two_basis); apply: unit => i; case: (i <= 0)%N; rewrite ?lexx ?ler01.
- by apply: (operator_norm y two_basis); apply: unit => i; case: (0 < i)%N; rewrite ?lexx ?ler01.
move=> gamma budget v v01 _; rewrite -(pL_sum two); apply: ler_sum => x _.
by rewrite -[leRHS]mulr1 ler_wpM2l ?(ltW (pL_gt0 two x)) //; have /andP [] := v01 x.
Qed.

Theorem two_classes (h : 'I_2 -> 'I_2 -> R) : exists gamma : 'I_2 -> R,
  (forall x c, c != id x -> gamma x <= h x x - h x c) /\ forall x, exists2 c, c != id x & gamma x = h x x - h x c.
Proof.
exists (fun x => h x x - h x (rev_ord x)); split=> [x c ne|x].
  suff -> : rev_ord x = c by [].
  by apply: ord_inj; case: x c ne => [[|[|x]] ?] // [[|[|c]] ?].
by exists (rev_ord x) => //; case: x => [[|[|x]] ?].
Qed.

(* theorem 18: a width of 1, which ends where the penalty does; any matrix has a largest singular value *)
Theorem penalised_width : exists f g : 'M[R]_(2, 1),
  penalised_minimiser two (1 / 2) f g /\ Num.max ((1 / 2) ^+ 2) (value l 1) < 1.
Proof.
pose f : 'M[R]_(2, 1) := const_mx s; exists f, f; split; last by rewrite value1 gt_max; apply/andP; split; lra.
have S := ss; have E x j : (f *m f^T) x j = 1 / 2 by rewrite mxE big_ord1 !mxE.
have pLE x : pL two x = 1 / 2 := w_row x.
have pRE j : pR two j = 1 / 2 by rewrite -(w_row j); apply: eq_bigr => i _; rewrite !mxE eq_sym.
move=> f' g'; have mu0 : 0 < 1 / 2 :> R by lra.
have -> : penalised_loss two (1 / 2) f f = - (1 / 4).
  rewrite /penalised_loss /spectral_loss !big_ord_recl !big_ord0 !E !pLE !pRE !mxE /=; move: S; rewrite -/s; lra.
have := excess_ge0 two_basis mu0 f' g'; rewrite /penalised_excess !big_ord_recl big_ord0 /singular /= value0 value1.
have -> : 1 / 4 = (1 / 2) ^+ 2 :> R by lra.
rewrite sqrtr1 sqrtr_sqr ger0_norm ?(ltW mu0) // subrr maxxx expr0n /= max_r; lra.
Qed.

Theorem residual n m (N : 'M[R]_(n, m)) : exists V s, eigenbasis (N *m N^T) V s.
Proof. by apply: eigenbasis_exists; rewrite trmx_mul trmxK. Qed.

(* theorems 13 and 19: ends of which the tails have their probability exactly; a polynomial for the penalty 1/2 *)
Lemma trials_sure N (f : nat -> R) : trials f (nseq N 0) = f 0%N /\ trials f (nseq N 1) = f N.
Proof.
have mix0 (g : nat -> R) i : mix 0 g i = g i by rewrite /mix mul0r add0r subr0 mul1r.
have mix1 (g : nat -> R) i : mix 1 g i = g i.+1 by rewrite /mix mul1r subrr mul0r addr0.
by elim: N f => [|N IH] f //=; split; [rewrite (IH _).1|rewrite (IH _).2].
Qed.

Theorem exact_ends N (tail : R) : 0 <= tail <= 1 -> exists low high, proportion_ends N tail low high /\
  forall c, (c < N)%N -> \sum_(c.+1 <= i < N.+1) binomial_law N (low c.+1) i = tail
                      /\ \sum_(0 <= i < c.+1) binomial_law N (high c) i = tail.
Proof.
case/andP=> tail0 tail1; pose upper c := \sum_(c <= i < N.+1) 'C(N, i)%:R *: ('X^i * (1 - 'X) ^+ (N - i)) - tail%:P.
have upperE c p : (upper c).[p] = \sum_(c <= i < N.+1) binomial_law N p i - tail.
  rewrite !hornerE horner_sum; congr (_ - _); apply: eq_bigr => i _.
  by rewrite hornerZ hornerM !horner_exp hornerD hornerN hornerX hornerC /binomial_law mulrA.
have crosses c : (c < N)%N -> (upper c.+1).[0] <= 0 <= (upper c.+1).[1].
  move=> cN; rewrite !upperE -!trials_from (trials_sure N _).1 (trials_sure N _).2 ltn0 cN sub0r subr_ge0 oppr_le0.
  by rewrite tail0.
have place (c : 'I_N) : exists p, 0 <= p <= 1 /\ \sum_(c.+1 <= i < N.+1) binomial_law N p i = tail.
  have [p p01 /rootP] := poly_ivt ler01 (crosses c (ltn_ord c)).
  by rewrite upperE => /eqP; rewrite subr_eq0 => /eqP sum; exists p.
have [at_c end_of] := fin_all_exists place.
pose low c := if c is c'.+1 then oapp at_c 0 (insub c') else 0.
have lowE c : (c < N)%N -> 0 <= low c.+1 <= 1 /\ \sum_(c.+1 <= i < N.+1) binomial_law N (low c.+1) i = tail.
  by move=> cN; rewrite /low insubT; apply: (end_of (Ordinal cN)).
exists low, (fun c => 1 - low (N - c)%N); split=> [c cN|c cN].
  split; first by case: c cN => [|c] cN; [left|right; have [? ->] := lowE c cN].
  case E: (N - c)%N => [|d]; first by left; rewrite subr0.
  have dN : (d < N)%N by rewrite -E leq_subr.
  have [/andP [p0 p1] sum] := lowE d dN; right; split; first by apply/andP; split; lra.
  by rewrite -[c](subKn cN) -tail_mirror ?leq_subr // E opprB addrC subrK sum.
split; first by have [] := lowE c cN.
have [d E] : exists d, (N - c = d.+1)%N by case: (N - c)%N (subn_gt0 c N) => [|d]; [rewrite cN|exists d].
have dN : (d < N)%N by rewrite -E leq_subr.
by rewrite -[c](subKn (ltnW cN)) -tail_mirror ?leq_subr // subKn ?leq_subr // E opprB addrC subrK (lowE d dN).2.
Qed.

Theorem a_polynomial (p := (4 / 3) *: (1 - 'X) : {poly R}) :
  [/\ (size p <= 2)%N, forall t, 0 <= t <= 1 -> 0 <= p.[t] & forall t, 0 <= t <= (1 / 2) ^+ 2 -> 1 <= p.[t]].
Proof.
split=> [|t t01|t t01]; rewrite ?hornerE; [|lra|lra].
by apply: leq_trans (size_scale_leq _ _) _; rewrite -opprB size_opp size_XsubC.
Qed.

(* theorem 21: a ridge probe; the label energy is a rule of both kinds *)
Theorem ridge n m r (P : graph R n m) (y : 'I_n -> 'I_r) lam :
  0 < lam -> exists B, ridge_probe P y lam (ratio_features P) B.
Proof. exact: ridge_exists. Qed.

Theorem rules r (y : 'I_2 -> 'I_r) :
  (exists w t, @consistent_measure R 2 2 r two y 3 2 w t) /\
  (exists w t, @consistent_measure R 2 2 r two y 4 3 w t /\ t ord0 = 0).
Proof.
have exact M := energy_measure y two_basis M; split; first by exists (energy two y U), l; apply: exact.
have [e0 l01 moments] := exact 4%N.
exists (fun i => oapp (energy two y U) 0 (unlift ord0 i)), (fun i => oapp l 0 (unlift ord0 i)).
split; last by rewrite unlift_none.
split=> [i|i|j j4]; [by case: unliftP => //= *|by case: unliftP => [k _|_] //=; rewrite ?lexx ?ler01|].
rewrite -moments // big_ord_recl unlift_none mul0r add0r.
by apply: eq_bigr => i _; rewrite liftK.
Qed.

(* theorem 22: one component, and room for no value of 1 beyond *)
Theorem counted_width : components two = 1%N /\ counted_square two 1 < 1.
Proof.
have one : components two = 1%N.
  apply/eqP; rewrite eqn_leq (leq_ltn_trans (leq0n _) (ltn_ord (part two 0))) andbT leqNgt; apply/negP => more.
  have := value_part two_basis more; rewrite value1; lra.
split=> //; rewrite /counted_square one /= gt_min; apply/orP; left.
have E : sqnorm (normalised two) = 5 / 4.
  rewrite -(sum_squares two_basis) minnn !big_ord_recl big_ord0 /= value0 value1; lra.
rewrite E -(natrB _ (isT : (1 <= 2)%N)) divr1; lra.
Qed.

(* theorem 14: vectors without a residual *)
Theorem triplet : exists u w : 'cV[R]_2,
  [/\ sqnorm u = 1, sqnorm w = 1, normalised two *m w = 1 *: u & (normalised two)^T *m u = 1 *: w].
Proof.
have S := ss; have one : sqnorm (const_mx s : 'cV[R]_2) = 1.
  by rewrite /sqnorm !big_ord_recl !big_ord0 !mxE expr2 S; lra.
exists (const_mx s), (const_mx s); rewrite scale1r two_normalised; split=> //.
  by apply/colP => x; rewrite !mxE !big_ord_recl big_ord0 !mxE; case: x => [[|[|x]] ?] //=; lra.
by apply/colP => x; rewrite !mxE !big_ord_recl big_ord0 !mxE; case: x => [[|[|x]] ?] //=; lra.
Qed.

(* theorem 28: counts in proportion to the pairs; theorem 30: captions that stay as they are *)
Theorem counted n m k (P : graph R n m) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) :
  minimiser P f g ->
  [/\ best_on_pairs P (fun x => \sum_l P x l) (fun l => \sum_x P x l) f g,
      forall x, \sum_l P x l != 0, forall l, \sum_x P x l != 0 &
      forall x l, 1 - (\sum_l P x l) / pL P x * ((\sum_x P x l) / pR P l) <= 0].
Proof.
move=> best; split=> [//|x|l|x l]; rewrite ?gt_eqF ?pL_gt0 ?pR_gt0 //.
by rewrite -/(pL P x) -/(pR P l) !mulfV ?gt_eqF ?pL_gt0 ?pR_gt0 // mulr1 subrr.
Qed.

(* their noise is 0, with values, below the room at width 1 *)
Theorem counted_noise : noise two two = 0 /\
  [/\ exists V e, eigenbasis (noise two two *m (noise two two)^T) V e, opnorm2_le (noise two two) (0 ^+ 2) &
      0 < singular l 0 - singular l 1 - 0].
Proof.
have noise0 : noise two two = 0 by apply/matrixP => x l'; rewrite !mxE subrr mul0r.
split=> //; split; first by apply: eigenbasis_exists; rewrite trmx_mul trmxK.
  by move=> v; rewrite noise0 mulmx0 sqnorm0 expr0n mul0r.
by rewrite subr0 subr_gt0; apply: parts.
Qed.

Theorem unchanged n m (P : graph R n m) (K : 'M[R]_m := 1%:M) :
  [/\ forall l j, 0 <= K l j, forall l, \sum_j K l j = 1 & forall x j, P x j = \sum_l P x l * K l j].
Proof.
split=> [l j|l|x j]; first by rewrite mxE ler0n.
  by rewrite (bigD1 l) //= mxE eqxx big1 ?addr0 // => j /negPf ne; rewrite mxE eq_sym ne.
by rewrite (bigD1 j) //= mxE eqxx mulr1 big1 ?addr0 // => l /negPf ne; rewrite mxE ne mulr0.
Qed.
End Instance.
