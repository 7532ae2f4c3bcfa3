(* Theorem 11, after Huang et al.: a node far from its class mean is paid for by the spread of its class, and that by
   the alignment of the pairs inside it. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs ClassMeans theorem08_class_connectivity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Apart.
Variables (R : rcfType) (n k r : nat) (p : 'I_n -> R) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)).
Local Notation mean := (class_mean p y f).

Lemma means_apart x c c' : from_mean p y f x c' <= from_mean p y f x c ->
  \sum_i (mean c i - mean c' i) ^+ 2 <= 4 * from_mean p y f x c.
Proof.
move=> le; apply: le_trans (_ : 2 * from_mean p y f x c + 2 * from_mean p y f x c' <= _); last by lra.
rewrite !mulr_sumr -big_split; apply: ler_sum => i _ /=; rewrite -subr_ge0.
have -> : 2 * (f x i - mean c i) ^+ 2 + 2 * (f x i - mean c' i) ^+ 2 - (mean c i - mean c' i) ^+ 2
  = (2 * f x i - mean c i - mean c' i) ^+ 2 by ring.
exact: sqr_ge0.
Qed.
End Apart.

Theorem nearest_mean (R : rcfType) : Statements.nearest_mean R.
Proof.
move=> n m k r P y f apart spread _ far; have p0 x := ltW (pL_gt0 P x).
rewrite /nearest_mean_error (by_class _ y (fun x c => (errs (fun c => - from_mean (pL P) y f x c) c)%:R)).
apply: ler_sum => c _.
have all : \sum_x pL P x * (y x == c)%:R * (errs (fun c => - from_mean (pL P) y f x c) c)%:R <= mass P y c.
  by apply: ler_sum => x _; rewrite ler_piMr ?class_part_ge0 // lern1 leq_b1.
case: ifP => [pos|_]; last by rewrite mulr1.
case: (ltP 1 (4 * spread c / apart c)) => _; first by rewrite mulr1.
have -> : mass P y c * (4 * spread c / apart c) = 4 / apart c * (class_weight (pL P) y c * spread c).
  by rewrite (_ : mass P y c = class_weight (pL P) y c) //; field; rewrite gt_eqF.
rewrite /spread /class_spread (times_weight y p0) mulr_sumr; apply: ler_sum => x _.
rewrite [leRHS]mulrCA ler_wpM2l ?class_part_ge0 // /errs; case: existsP => [[c' /andP [ne le]]|_]; last first.
  by rewrite mulr_ge0 ?from_mean_ge0 // divr_ge0 ?ltW.
rewrite mulrAC ler_pdivlMr // mul1r; apply: le_trans (far c c' ne) _.
by apply: means_apart; rewrite -lerN2.
Qed.

Section Variance.
Variables (R : rcfType) (n m k r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)).
Variables (V : 'I_r -> 'M[R]_n) (v : 'I_r -> 'I_n -> R) (gap : R).
Hypothesis basis : forall c, eigenbasis (class_hop P y c) (V c) (v c).
Hypotheses (least : forall x, gap <= (1 - value (v (y x)) 1) * (1 - leak P y x)) (gap0 : 0 < gap).
Local Notation p := (pL P).
Local Notation stays := (stays P y).
Local Notation inside c x x' := (((y x == c) && (y x' == c))%:R : R).
Let lambda c := value (v c) 1.

(* a function on a class, times the roots of what stays there *)
Definition rooted c (u : 'I_n -> R) : 'cV[R]_n := \col_x ((y x == c)%:R * Num.sqrt (stays x) * u x).

Lemma rooted_sqnorm c u : sqnorm (rooted c u) = \sum_x (y x == c)%:R * (stays x * u x ^+ 2).
Proof.
apply: eq_bigr => x _; rewrite big_ord1 mxE !exprMn sqr_sqrtr ?(ltW (stays_gt0 P y x)) //.
by case: (y x == c); rewrite ?expr1n ?expr0n ?mul0r ?mul1r.
Qed.

Lemma rooted_form c u : form (class_hop P y c) (rooted c u) =
  \sum_x \sum_x' induced P x x' * inside c x x' * (u x * u x').
Proof.
rewrite formE big_ord1; apply: eq_bigr => x _; apply: eq_bigr => x' _; rewrite !mxE.
have root z : Num.sqrt (stays z) != 0 by rewrite gt_eqF // sqrtr_gt0 stays_gt0.
have := root x; have := root x'; move: (Num.sqrt _) (Num.sqrt _) => a b a0 b0.
by case: (y x == c); case: (y x' == c); rewrite /= ?mulr0 ?mul0r ?mulr0 ?mul0r ?mul1r //; field; rewrite a0 b0.
Qed.

Lemma rooted_changes c u : sqnorm (rooted c u) - form (class_hop P y c) (rooted c u) =
  2^-1 * \sum_x \sum_x' induced P x x' * inside c x x' * (u x - u x') ^+ 2.
Proof.
pose h x x' := induced P x x' * inside c x x'.
have E : \sum_x \sum_x' h x x' * u x ^+ 2 = sqnorm (rooted c u).
  rewrite rooted_sqnorm; apply: eq_bigr => x _; rewrite /Statements.stays mulr_suml mulr_sumr; apply: eq_bigr => x' _.
  by rewrite /h; case: (eqVneq (y x) c) => [->|_]; rewrite /= ?mulr0 ?mul0r // mul1r eq_sym.
have E' : \sum_x \sum_x' h x x' * u x' ^+ 2 = sqnorm (rooted c u).
  by rewrite -E exchange_big; apply: eq_bigr => x _; apply: eq_bigr => x' _; rewrite /h induced_sym andbC.
rewrite rooted_form; have -> : forall a b : R, a - b = 2^-1 * (a + a - 2 * b) by move=> a b; field.
rewrite -{1}E -E' mulr_sumr -big_split -sumrB; congr (_ * _); apply: eq_bigr => x _ /=.
rewrite mulr_sumr -big_split -sumrB; apply: eq_bigr => x' _ /=; rewrite /h; ring.
Qed.

(* Poincare's inequality: about some level, where the second value is below 1 *)
Lemma poincare c u : lambda c < 1 -> (exists x, y x = c) ->
  exists t, (1 - lambda c) * sqnorm (rooted c (fun x => u x - t))
    <= 2^-1 * \sum_x \sum_x' induced P x x' * inside c x x' * (u x - u x') ^+ 2.
Proof.
move=> l1 [x0 x0c]; have n0 := leq_ltn_trans (leq0n x0) (ltn_ord x0).
pose first (w : 'I_n -> R) := (V c *m rooted c w) (Ordinal n0) 0.
have below w : first w = 0 -> form (class_hop P y c) (rooted c w) <= lambda c * sqnorm (rooted c w).
  move=> E; apply: (second_value basis) => i i0; rewrite -[RHS]E /first; congr ((_ *m _) _ _).
  exact: val_inj.
have linear t : first (fun x => u x - t) = first u - t * first (fun=> 1).
  rewrite /first !mxE mulr_sumr -sumrB; apply: eq_bigr => x _; rewrite !mxE; ring.
have ones : first (fun=> 1) != 0.
  apply: contraTneq l1 => /below le; rewrite -leNgt; have := rooted_changes c (fun=> 1).
  rewrite big1 => [|x _]; last by rewrite big1 // => x' _; rewrite subrr expr0n mulr0.
  rewrite mulr0 => /eqP; rewrite subr_eq0 => /eqP E; move: le; rewrite -E -[leLHS]mul1r ler_pM2r //.
  rewrite rooted_sqnorm (bigD1 x0) //= x0c eqxx mul1r expr1n mulr1 ltr_pwDl ?stays_gt0 //.
  by apply: sumr_ge0 => x _; rewrite mulr_ge0 ?ler0n // mulr_ge0 ?sqr_ge0 // ltW ?stays_gt0.
exists (first u / first (fun=> 1)); set t := _ / _.
have E : \sum_x \sum_x' induced P x x' * inside c x x' * (u x - u x') ^+ 2 =
    \sum_x \sum_x' induced P x x' * inside c x x' * ((u x - t) - (u x' - t)) ^+ 2.
  by apply: eq_bigr => x _; apply: eq_bigr => x' _; congr (_ * _ ^+ 2); ring.
rewrite E -rooted_changes mulrBl mul1r lerD2l lerN2; apply: below.
by rewrite linear /t divfK // subrr.
Qed.

(* the mean is the level of the least spread *)
Lemma mean_least c i t : \sum_x p x * (y x == c)%:R * (f x i - class_mean p y f c i) ^+ 2
  <= \sum_x p x * (y x == c)%:R * (f x i - t) ^+ 2.
Proof.
set mu := class_mean p y f c i; have W : class_weight p y c * mu = \sum_x p x * (y x == c)%:R * f x i.
  exact: (times_weight y (fun x => ltW (pL_gt0 P x))).
have w0 : 0 <= class_weight p y c by apply: sumr_ge0 => x _; apply: class_part_ge0 => x'; apply/ltW/pL_gt0.
pose w x : R := p x * (y x == c)%:R.
rewrite -subr_ge0 -sumrB (eq_bigr (fun x => (mu - t) * (2 * (w x * f x i) - (mu + t) * w x))).
  rewrite -mulr_sumr sumrB -!mulr_sumr -W -/(class_weight p y c).
  move: (class_weight _ _ _) w0 => q q0; have -> : (mu - t) * (2 * (q * mu) - (mu + t) * q) = q * (mu - t) ^+ 2 by ring.
  by rewrite mulr_ge0 ?sqr_ge0.
by move=> x _; rewrite /w; ring.
Qed.

Lemma class_column c i : gap * (\sum_x p x * (y x == c)%:R * (f x i - class_mean p y f c i) ^+ 2)
  <= 2^-1 * \sum_x \sum_x' induced P x x' * inside c x x' * (f x i - f x' i) ^+ 2.
Proof.
have [x0 /eqP x0c|none] := pickP (fun x => y x == c); last first.
  rewrite big1 => [|x _]; last by rewrite none mulr0 mul0r.
  rewrite mulr0 mulr_ge0 ?invr_ge0 ?ler0n // sumr_ge0 // => x _; apply: sumr_ge0 => x' _.
  by rewrite mulr_ge0 ?sqr_ge0 // mulr_ge0 ?induced_ge0 ?ler0n.
have keep x : 0 < 1 - leak P y x by exact: keeps_gt0.
have l1 : lambda c < 1.
  rewrite -subr_gt0 -x0c -(pmulr_lgt0 _ (keep x0)); exact: lt_le_trans gap0 (least x0).
have [t le] := poincare (fun x => f x i) l1 (ex_intro _ x0 x0c); apply: le_trans le.
apply: le_trans (ler_wpM2l (ltW gap0) (mean_least c i t)) _.
rewrite rooted_sqnorm !mulr_sumr; apply: ler_sum => x _; case: (eqVneq (y x) c) => [xc|_]; last first.
  by rewrite !(mulr0, mul0r).
rewrite mulr1 mul1r [leLHS]mulrA [leRHS]mulrA ler_wpM2r ?sqr_ge0 // staysE mulrCA mulrC.
rewrite ler_wpM2l ?(ltW (pL_gt0 P x)) //.
by rewrite -xc; apply: least.
Qed.

Lemma variance_by_alignment : \sum_x p x * from_mean p y f x (y x)
  <= (\sum_x \sum_x' induced P x x' * (\sum_i (f x i - f x' i) ^+ 2)) / (2 * gap).
Proof.
have E : \sum_x p x * from_mean p y f x (y x)
    = \sum_c \sum_i \sum_x p x * (y x == c)%:R * (f x i - class_mean p y f c i) ^+ 2.
  rewrite (by_class _ y (from_mean p y f)); apply: eq_bigr => c _; rewrite exchange_big; apply: eq_bigr => x _.
  by rewrite mulr_sumr.
have le : gap * (\sum_x p x * from_mean p y f x (y x)) <= \sum_c \sum_i
    (2^-1 * \sum_x \sum_x' induced P x x' * inside c x x' * (f x i - f x' i) ^+ 2).
  rewrite E mulr_sumr; apply: ler_sum => c _; rewrite mulr_sumr; apply: ler_sum => i _; exact: class_column.
have all : \sum_c \sum_i (2^-1 * \sum_x \sum_x' induced P x x' * inside c x x' * (f x i - f x' i) ^+ 2)
    <= 2^-1 * \sum_x \sum_x' induced P x x' * (\sum_i (f x i - f x' i) ^+ 2).
  rewrite (eq_bigr _ (fun c _ => esym (mulr_sumr _ _ _ _))) -mulr_sumr ler_pM2l ?invr_gt0 ?ltr0n //.
  rewrite (eq_bigr _ (fun c _ => exchange_big _ _ _ _ _ _)) exchange_big; apply: ler_sum => x _ /=.
  rewrite (eq_bigr _ (fun c _ => exchange_big _ _ _ _ _ _)) exchange_big; apply: ler_sum => x' _ /=.
  rewrite (eq_bigr _ (fun c _ => esym (mulr_sumr _ _ _ _))) -mulr_suml ler_wpM2r //.
    by apply: sumr_ge0 => i _; apply: sqr_ge0.
  rewrite -mulr_sumr ler_piMr ?induced_ge0 // (bigD1 (y x)) //= eqxx big1 ?addr0 ?lern1 ?leq_b1 // => c /negPf ne.
  by rewrite eq_sym ne.
by rewrite ler_pdivlMr ?mulr_gt0 ?ltr0n //; move: (le_trans le all) => h; lra.
Qed.
End Variance.

Theorem class_variance (R : rcfType) : Statements.class_variance R.
Proof. by move=> n m k r P y f V v gap basis least gap0; apply: variance_by_alignment basis least gap0. Qed.
