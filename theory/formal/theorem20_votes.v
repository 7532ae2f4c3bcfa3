(* Theorem 20: votes by the critic's own softmax, for which a divergence pays. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From mathcomp Require Import reals sequences exp.
From Pairbounds Require Import Statements LogStatements Pairs Logarithms.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Ties.
Variables (R : realType) (I : finType) (p q : I -> R).
Hypotheses (p0 : forall i, 0 <= p i) (p1 : \sum_i p i = 1) (q0 : forall i, 0 < q i) (q1 : \sum_i q i = 1).
Let D : R := \sum_i p i * ln (p i / q i).

Lemma divergence_ge0 : 0 <= D.
Proof. by apply: le_trans (gibbs_sum p0 q0); rewrite p1 q1 subrr. Qed.

(* a factor on each of two sets that do not meet *)
Lemma two_factors (A B : pred I) (a b : R) : (forall i, ~~ (A i && B i)) -> 0 <= a -> 0 <= b ->
  (a = 0 -> \sum_i p i * (A i)%:R = 0) -> (b = 0 -> \sum_i p i * (B i)%:R = 0) ->
  (\sum_i p i * (A i)%:R) * ln a + (\sum_i p i * (B i)%:R) * ln b
    <= D + (a - 1) * (\sum_i q i * (A i)%:R) + (b - 1) * (\sum_i q i * (B i)%:R).
Proof.
move=> apart a0 b0 az bz; pose t i := if A i then a else if B i then b else 1.
have none (C : pred I) i : \sum_i p i * (C i)%:R = 0 -> C i -> p i = 0.
  move=> z Ci; have : p i * (C i)%:R = 0.
    by apply: (psumr_eq0P _ z) => // j _; rewrite mulr_ge0 ?ler0n.
  by rewrite Ci mulr1.
have : \sum_i (p i * ln (t i) + p i - q i * t i) <= D.
  apply: ler_sum => i _; apply: gibbs => //; rewrite /t; first by case: ifP => _ //; case: ifP.
  case: ifP => [Ai /az z|_]; first exact: none z Ai.
  case: ifP => [Bi /bz z|_ /eqP]; first exact: none z Bi.
  by rewrite oner_eq0.
pose h (i : I) : R := p i * (A i)%:R * ln a + p i * (B i)%:R * ln b + (p i - q i)
  - ((a - 1) * (q i * (A i)%:R) + (b - 1) * (q i * (B i)%:R)).
rewrite (eq_bigr h) => [|i _].
  rewrite sumrB !big_split /= -!mulr_suml -!mulr_sumr sumrN p1 q1.
  by move: (\sum_i _ * _) (\sum_i _ * _) (\sum_i _ * _) (\sum_i _ * _) D => ? ? ? ? ?; lra.
rewrite /t /h; have := apart i; case: (A i); case: (B i) => //= _; rewrite ?ln1; ring.
Qed.

Lemma tie_cost_le (A B : pred I) : (forall i, ~~ (A i && B i)) ->
  \sum_i q i * (A i)%:R <= \sum_i q i * (B i)%:R ->
  tie_cost (\sum_i p i * (A i)%:R) (\sum_i p i * (B i)%:R) <= D.
Proof.
move=> apart le; have := @two_factors A B _ _ apart.
have ge0 (C : pred I) : 0 <= \sum_i p i * (C i)%:R by apply: sumr_ge0 => i _; rewrite mulr_ge0 ?ler0n.
move: le (ge0 A) (ge0 B); move: (\sum_i q i * (A i)%:R) (\sum_i q i * (B i)%:R) => qA qB.
move: (\sum_i p i * (A i)%:R) (\sum_i p i * (B i)%:R) => a b le a0 b0 factors.
rewrite /tie_cost /phi; set u := b / (a + b).
case: ifP => [u_lt|_]; last by rewrite mulr0 divergence_ge0.
have [z|S0] := eqVneq (a + b) 0; first by rewrite z mul0r divergence_ge0.
have Spos : 0 < a + b by rewrite lt_def S0 addr_ge0.
have u0 : 0 <= u by rewrite divr_ge0 // ltW.
have ub : b = (a + b) * u by rewrite /u mulrCA mulfV ?mulr1.
have ua : a = (a + b) * (1 - u) by rewrite mulrBr mulr1 -ub addrK.
have v0 : 0 < 1 - u by lra.
have := factors (2 * (1 - u)) (2 * u); rewrite [ln (2 * (1 - u))]lnM ?posrE ?ltr0n // => main.
apply: (@le_trans _ _ (a * (ln 2 + ln (1 - u)) + b * ln (2 * u))); last first.
  apply: le_trans (main _ _ _ _) _.
  - by rewrite mulr_ge0 // ltW.
  - by rewrite mulr_ge0.
  - by move/eqP; rewrite mulf_eq0 pnatr_eq0 /= gt_eqF.
  - by move/eqP; rewrite mulf_eq0 pnatr_eq0 /= => /eqP z; rewrite ub z mulr0.
  rewrite -addrA gerDl.
  have -> : (2 * (1 - u) - 1) * qA + (2 * u - 1) * qB = (1 - 2 * u) * (qA - qB) by ring.
  by rewrite mulr_ge0_le0 ?subr_le0 // subr_ge0; lra.
have -> : (a + b) * (ln 2 + u * ln u + (1 - u) * ln (1 - u)) = a * (ln 2 + ln (1 - u)) + b * (ln 2 + ln u).
  by rewrite [in RHS]ub [X in _ = X * _ + _]ua; ring.
rewrite lerD2l; move: u0; rewrite le_eqVlt => /orP [/eqP z|u0]; first by rewrite ub -z mulr0 !mul0r.
by rewrite lnM ?posrE ?ltr0n.
Qed.

Lemma half_vote_le (A : pred I) (u : R) (w := \sum_i p i * (A i)%:R) : 0 <= u -> u < 1 / 2 -> (u = 0 -> w = 1) ->
  2 * (\sum_i q i * (A i)%:R) <= 1 -> w * (ln 2 + ln (1 - u)) + (1 - w) * (ln 2 + ln u) <= D.
Proof.
move=> u0 u_lt uz half; pose B : pred I := fun i => ~~ A i.
have rest (h : I -> R) : \sum_i h i * (B i)%:R = \sum_i h i - \sum_i h i * (A i)%:R.
  by rewrite -sumrB; apply: eq_bigr => i _; rewrite /B; case: (A i); rewrite /= ?mulr1 ?mulr0 ?subrr ?subr0.
have := @two_factors A B (2 * (1 - u)) (2 * u); rewrite !rest p1 q1 -/w.
rewrite [ln (2 * (1 - u))]lnM ?posrE ?ltr0n //; last by lra.
move=> main; apply: (@le_trans _ _ (w * (ln 2 + ln (1 - u)) + (1 - w) * ln (2 * u))).
  rewrite lerD2l; move: u0; rewrite le_eqVlt => /orP [/eqP z|u0]; first by rewrite uz -?z // subrr !mul0r.
  by rewrite lnM ?posrE ?ltr0n.
apply: le_trans (main _ _ _ _ _) _ => [i|||||]; rewrite ?mulr_ge0 //.
- by rewrite /B; case: (A i).
- by lra.
- by move=> z; exfalso; lra.
- by move/eqP; rewrite mulf_eq0 pnatr_eq0 /= => /eqP z; rewrite uz // subrr.
move: (\sum_i q i * _) half => qA half; rewrite -addrA gerDl.
have -> : (2 * (1 - u) - 1) * qA + (2 * u - 1) * (1 - qA) = (1 - 2 * u) * (2 * qA - 1) by ring.
by rewrite mulr_ge0_le0 ?subr_le0 // subr_ge0; lra.
Qed.
End Ties.

(* nodes x with voters of their own, who count for classes *)
Section Voters.
Variables (R : realType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (I : finType) (p q : 'I_n -> I -> R).
Variables (class : 'I_n -> I -> pred 'I_r).
Hypotheses (p0 : forall x i, 0 <= p x i) (p1 : forall x, \sum_i p x i = 1).
Hypotheses (q0 : forall x i, 0 < q x i) (q1 : forall x, \sum_i q x i = 1).
Hypothesis one : forall x i c c', class x i c -> class x i c' -> c = c'.
Let shares x c : R := \sum_i p x i * (class x i c)%:R.
Let votes x c : R := \sum_i q x i * (class x i c)%:R.
Let D x : R := \sum_i p x i * ln (p x i / q x i).
Let wrong x : bool := errs (votes x) (y x).

Lemma budget_of_wrong (h : 'I_n -> R) : (forall x, wrong x -> h x <= D x) ->
  \sum_x pL P x * (wrong x)%:R * h x <= \sum_x pL P x * D x.
Proof.
move=> le; apply: ler_sum => x _; rewrite -mulrA ler_wpM2l ?(ltW (pL_gt0 P x)) //.
case: (boolP (wrong x)) => [/le|_]; first by rewrite mul1r.
by rewrite mul0r; apply: divergence_ge0.
Qed.

Lemma by_node_voters cost most : cost_of_ties y shares cost -> pays_for P cost (\sum_x pL P x * D x) most ->
  vote_error P y votes <= most.
Proof.
move=> ties; apply => [x|]; first by case: (errs _ _); rewrite ?lexx ?ler01.
apply: budget_of_wrong => x /existsP [c /andP [ne le]]; apply: le_trans (ties x c ne) _.
apply: tie_cost_le => // i; apply/negP => /andP [own other].
by move: ne; rewrite (one own other) eqxx.
Qed.

Lemma by_mean_voters most :
  pays_for_mean (\sum_x pL P x * (1 - shares x (y x))) (\sum_x pL P x * D x) most -> vote_error P y votes <= most.
Proof.
set al := \sum_x _; set e := vote_error P y votes; apply => [|{most}].
  rewrite sumr_ge0 => [|x _]; last by rewrite mulr_ge0 ?ler0n ?(ltW (pL_gt0 P x)).
  rewrite -(pL_sum P); apply: ler_sum => x _; rewrite ler_piMr ?(ltW (pL_gt0 P x)) //.
  by case: (errs _ _); rewrite ?lexx ?ler01.
have e0 : 0 <= e by apply: sumr_ge0 => x _; rewrite mulr_ge0 ?ler0n ?(ltW (pL_gt0 P x)).
have bud0 : 0 <= \sum_x pL P x * D x.
  by apply: sumr_ge0 => x _; rewrite mulr_ge0 ?(ltW (pL_gt0 P x)) // divergence_ge0.
have share_le x : shares x (y x) <= 1.
  by rewrite -(p1 x); apply: ler_sum => i _; rewrite ler_piMr //; case: (class _ _ _); rewrite ?ler01 ?lexx.
rewrite /phi; set u := al / e; case: ifP => [u_lt|_]; last by rewrite mulr0.
have [->|e_neq] := eqVneq e 0; first by rewrite mul0r.
have al0 : 0 <= al by apply: sumr_ge0 => x _; rewrite mulr_ge0 ?subr_ge0 ?(ltW (pL_gt0 P x)).
have u0 : 0 <= u by rewrite divr_ge0.
have ual : al = e * u by rewrite /u mulrCA mulfV ?mulr1.
pose line x := shares x (y x) * (ln 2 + ln (1 - u)) + (1 - shares x (y x)) * (ln 2 + ln u).
apply: le_trans (budget_of_wrong (h := line) _); last first.
  move=> x /existsP [c /andP [ne le]]; apply: half_vote_le => // [z|].
    have : pL P x * (1 - shares x (y x)) = 0.
      have z' : al = 0 by rewrite ual z mulr0.
      by apply: (psumr_eq0P _ z') => // x' _; rewrite mulr_ge0 ?subr_ge0 ?(ltW (pL_gt0 P x')).
    by move/eqP; rewrite mulf_eq0 gt_eqF ?pL_gt0 //= subr_eq0 eq_sym => /eqP.
  rewrite -[leRHS](q1 x) (_ : 2 * _ = votes x (y x) + votes x (y x)); last by rewrite mulr_natl mulr2n.
  apply: le_trans (lerD (lexx _) le) _.
  rewrite /votes -big_split /=; apply: ler_sum => i _; rewrite -mulrDr ler_piMr ?(ltW (q0 x i)) //.
  case: (boolP (class x i (y x))) => own; case: (boolP (class x i c)) => other; rewrite ?addr0 ?add0r ?lexx ?ler01 //.
  by move: ne; rewrite (one own other) eqxx.
pose A := \sum_x pL P x * (wrong x)%:R * (1 - shares x (y x)).
have A_le : A <= al.
  apply: ler_sum => x _; rewrite -mulrA ler_wpM2l ?(ltW (pL_gt0 P x)) // ler_piMl ?subr_ge0 //.
  by case: (wrong x); rewrite ?ler01 ?lexx.
have A0 : 0 <= A by apply: sumr_ge0 => x _; rewrite !mulr_ge0 ?ler0n ?subr_ge0 ?(ltW (pL_gt0 P x)).
have -> : \sum_x pL P x * (wrong x)%:R * line x = e * (ln 2 + ln (1 - u)) + A * (ln u - ln (1 - u)).
  rewrite !mulr_suml -big_split; apply: eq_bigr => x _; rewrite /line /= /wrong; ring.
have -> : e * (ln 2 + u * ln u + (1 - u) * ln (1 - u)) = e * (ln 2 + ln (1 - u)) + al * (ln u - ln (1 - u)).
  by rewrite ual; ring.
rewrite lerD2l; move: u0; rewrite le_eqVlt => /orP [/eqP z|u0].
  have zal : al = 0 by rewrite ual -z mulr0.
  have -> : A = 0 by apply/le_anti; rewrite A0 -zal A_le.
  by rewrite zal.
by apply: ler_wnM2r => //; rewrite subr_le0 ler_ln ?posrE //; lra.
Qed.
End Voters.

Section ZeroShot.
Variables (R : realType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r) (s : 'M[R]_(n, m)).

Lemma truth_right_ge0 x l : 0 <= P x l / pL P x. Proof. by rewrite divr_ge0 ?weight_ge0 ?(ltW (pL_gt0 P x)). Qed.
Lemma truth_right_sum x : \sum_l P x l / pL P x = 1. Proof. by rewrite -mulr_suml mulfV // gt_eqF ?pL_gt0. Qed.

Lemma excess_right_mean :
  excess_right P s = \sum_x pL P x * \sum_l P x l / pL P x * ln (P x l / pL P x / model_right P s x l).
Proof.
rewrite excess_rightE; apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => l _.
have -> : P x l / (pL P x * model_right P s x l) = P x l / pL P x / model_right P s x l by rewrite invfM mulrA.
by rewrite [RHS]mulrA [pL P x * _]mulrC divfK // gt_eqF ?pL_gt0.
Qed.

Lemma alpha_mean : alpha P y z = \sum_x pL P x * (1 - right_shares P z x (y x)).
Proof.
apply: eq_bigr => x _; rewrite mulrBr mulr1 mulr_sumr -sumrB; apply: eq_bigr => l _.
rewrite [pL P x * _]mulrA [pL P x * _]mulrC divfK ?(lt0r_neq0 (pL_gt0 P x)) // eq_sym.
by case: eqP => _; rewrite /= ?mulr1 ?mulr0 ?subr0 ?subrr.
Qed.
End ZeroShot.

Lemma eq_vote_error (R : realType) n m r (P : graph R n m) (y : 'I_n -> 'I_r) (v v' : 'I_n -> 'I_r -> R) :
  (forall x c, v x c = v' x c) -> vote_error P y v = vote_error P y v'.
Proof.
move=> E; apply: eq_bigr => x _; congr (_ * (_ : bool)%:R); apply: eq_existsb => c; by rewrite !E.
Qed.

Section PairVotes.
Variables (R : realType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (s : 'M[R]_(n, m)).
Variable counts : 'I_n -> 'I_n -> bool.
Local Notation steps := ('I_m * 'I_n)%type.
Definition truth_pair x (t : steps) : R := P x t.1 / pL P x * (P t.2 t.1 / pR P t.1).
Definition model_pair x (t : steps) : R := model_right P s x t.1 * model_left P s t.1 t.2.

Lemma truth_left_sum l : \sum_x P x l / pR P l = 1. Proof. by rewrite -mulr_suml mulfV // gt_eqF ?pR_gt0. Qed.

Lemma truth_pair_ge0 x t : 0 <= truth_pair x t.
Proof. by rewrite mulr_ge0 ?truth_right_ge0 // divr_ge0 ?weight_ge0 ?(ltW (pR_gt0 P _)). Qed.
Lemma model_pair_gt0 x t : 0 < model_pair x t.
Proof. by rewrite mulr_gt0 ?model_right_gt0 ?model_left_gt0. Qed.

Lemma truth_pair_sum x : \sum_t truth_pair x t = 1.
Proof.
rewrite -(pair_bigA _ (fun l x' => P x l / pL P x * (P x' l / pR P l))) -(truth_right_sum P x) /=.
by apply: eq_bigr => l _; rewrite -mulr_sumr truth_left_sum mulr1.
Qed.

Lemma model_pair_sum x : \sum_t model_pair x t = 1.
Proof.
rewrite -(pair_bigA _ (fun l x' => model_right P s x l * model_left P s l x')) -(model_right_sum P s x) /=.
by apply: eq_bigr => l _; rewrite -mulr_sumr model_left_sum mulr1.
Qed.

Lemma excess_pair_mean : excess_right P s + excess_left P s
  = \sum_x pL P x * \sum_t truth_pair x t * ln (truth_pair x t / model_pair x t).
Proof.
pose a x l : R := ln (P x l / (pL P x * model_right P s x l)).
pose b l x : R := ln (P x l / (pR P l * model_left P s l x)).
transitivity (\sum_x \sum_l \sum_x' (P x l * (P x' l / pR P l) * a x l + P x l * (P x' l / pR P l * b l x'))).
  rewrite excess_rightE excess_leftE.
  have -> : \sum_l \sum_x' P x' l * b l x' = \sum_x \sum_l \sum_x' P x l * (P x' l / pR P l * b l x').
    rewrite [RHS]exchange_big; apply: eq_bigr => l _; rewrite [RHS]exchange_big; apply: eq_bigr => x' _ /=.
    by rewrite -mulr_suml -/(pR P l) mulrA mulrCA mulfV ?mulr1 // gt_eqF ?pR_gt0.
  rewrite -big_split; apply: eq_bigr => x _; rewrite -big_split; apply: eq_bigr => l _ /=; rewrite big_split /=.
  by congr (_ + _); rewrite -mulr_suml -mulr_sumr truth_left_sum mulr1.
apply: eq_bigr => x _; rewrite pair_bigA mulr_sumr; apply: eq_bigr => -[l x'] _; rewrite /truth_pair /model_pair /=.
have := weight_ge0 P x l; rewrite le_eqVlt => /orP [/eqP <-|p0]; first by rewrite !(mul0r, mulr0) addr0.
have := weight_ge0 P x' l; rewrite le_eqVlt => /orP [/eqP <-|p0']; first by rewrite !(mul0r, mulr0) addr0.
have L0 := pL_gt0 P x; have R0 := pR_gt0 P l.
have M0 := model_right_gt0 P s x l; have N0 := model_left_gt0 P s l x'.
have -> : P x l / pL P x * (P x' l / pR P l) / (model_right P s x l * model_left P s l x')
   = P x l / (pL P x * model_right P s x l) * (P x' l / (pR P l * model_left P s l x')).
  by field; rewrite !gt_eqF.
have A0 : 0 < P x l / (pL P x * model_right P s x l) by rewrite divr_gt0 // mulr_gt0.
have B0 : 0 < P x' l / (pR P l * model_left P s l x') by rewrite divr_gt0 // mulr_gt0.
by rewrite lnM ?posrE // -/(a x l) -/(b l x'); field; rewrite !gt_eqF.
Qed.

Lemma left_votesE x c : left_votes P y counts s x c = \sum_t model_pair x t * (counts x t.2 && (y t.2 == c))%:R.
Proof. by rewrite /left_votes pair_bigA. Qed.
Lemma left_sharesE x c : left_shares P y counts x c = \sum_t truth_pair x t * (counts x t.2 && (y t.2 == c))%:R.
Proof. by rewrite /left_shares pair_bigA. Qed.

Lemma one_class x (t : steps) c c' : counts x t.2 && (y t.2 == c) -> counts x t.2 && (y t.2 == c') -> c = c'.
Proof. by case/andP => _ /eqP <- /andP [_ /eqP]. Qed.

Lemma pair_vote_by_node cost most :
  cost_of_ties y (left_shares P y counts) cost -> pays_for P cost (excess_right P s + excess_left P s) most ->
  vote_error P y (left_votes P y counts s) <= most.
Proof.
rewrite excess_pair_mean (eq_vote_error _ _ left_votesE) => ties.
apply: (by_node_voters truth_pair_ge0 truth_pair_sum model_pair_gt0 model_pair_sum one_class) => x c ne.
by rewrite -!left_sharesE; apply: ties.
Qed.
End PairVotes.

Lemma alphaT_mean (R : realType) n m r (P : graph R n m) (y : 'I_n -> 'I_r) :
  alphaT P y = \sum_x pL P x * (1 - left_shares P y (fun _ _ => true) x (y x)).
Proof.
apply: eq_bigr => x _; rewrite mulrBr mulr1 -{1}(induced_marginal P x) /left_shares.
rewrite [X in pL P x * X]exchange_big mulr_sumr -sumrB.
apply: eq_bigr => x' _ /=; rewrite -mulr_suml mulrA eq_sym.
have -> : pL P x * (\sum_l P x l / pL P x * (P x' l / pR P l)) = induced P x x'.
  rewrite mulr_sumr; apply: eq_bigr => l _; rewrite [LHS]mulrA [pL P x * _]mulrC divfK ?(lt0r_neq0 (pL_gt0 P x)) //.
  by rewrite mulrA.
by case: eqP => _; rewrite /= ?mulr1 ?mulr0 ?subr0 ?subrr.
Qed.

Theorem zero_shot_vote (R : realType) : LogStatements.zero_shot_vote R.
Proof.
move=> n m r P y z s most; rewrite (alpha_mean P y z) (excess_right_mean P s).
apply: (by_mean_voters (class := fun x l c => z l == c) (truth_right_ge0 P) (truth_right_sum P)
  (model_right_gt0 P s) (model_right_sum P s)) => x l c c' /eqP <- /eqP //.
Qed.

Theorem zero_shot_vote_by_node (R : realType) : LogStatements.zero_shot_vote_by_node R.
Proof.
move=> n m r P y z s cost most ties; rewrite (excess_right_mean P s).
apply: (by_node_voters (class := fun x l c => z l == c) (truth_right_ge0 P) (truth_right_sum P)
  (model_right_gt0 P s) (model_right_sum P s)) ties => x l c c' /eqP <- /eqP //.
Qed.

Theorem vote (R : realType) : LogStatements.vote R.
Proof.
move=> n m r P y s most all; rewrite alphaT_mean (excess_pair_mean P s) (eq_vote_error _ _ (left_votesE P y s all)).
rewrite (eq_bigr _ (fun x _ => congr1 (fun t => pL P x * (1 - t)) (left_sharesE P y all x (y x)))).
exact: (by_mean_voters (truth_pair_ge0 P) (truth_pair_sum P) (model_pair_gt0 P s) (model_pair_sum P s)
  (one_class (y := y) (counts := all))).
Qed.

Theorem vote_by_node (R : realType) : LogStatements.vote_by_node R.
Proof. by move=> n m r P y s cost most all; apply: pair_vote_by_node. Qed.
Theorem vote_of_others (R : realType) : LogStatements.vote_of_others R.
Proof. by move=> n m r P y s cost most others; apply: pair_vote_by_node. Qed.
