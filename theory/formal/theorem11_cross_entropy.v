(* Theorem 11, after Wang et al.: InfoNCE and the cross-entropy of the classifier by class means, a spread apart. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From mathcomp Require Import reals sequences exp.
From Pairbounds Require Import Statements LogStatements Frobenius Pairs Inequalities ClassMeans Logarithms Exponential.
From Pairbounds Require Import theorem11_uniformity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section CrossEntropy.
Variables (R : realType) (n m k r : nat) (P : graph R n m) (z : 'I_m -> 'I_r).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Hypotheses (f1 : on_sphere f) (g1 : on_sphere g).
Local Notation s := (f *m g^T).
Local Notation q := (mass_right P z).
Local Notation mu := (mean_scores P z f g).
Let p0 l := ltW (pR_gt0 P l).
Let away x l := s x l - mu x (z l).

Lemma class_away x c : \sum_l pR P l * (z l == c)%:R * (s x l - mu x c) = 0.
Proof.
rewrite (eq_bigr _ (fun l _ => mulrBr _ _ _)) sumrB class_scores -mulr_suml -/(mass_right P z c) subrr //.
Qed.

Lemma partition_by_class x : partition_right P s x = \sum_c \sum_l pR P l * (z l == c)%:R * expR (s x l).
Proof. exact: (by_class _ z (fun l _ => expR (s x l))). Qed.

Lemma classes_le x : \sum_c q c * expR (mu x c) <= partition_right P s x.
Proof.
rewrite partition_by_class; apply: ler_sum => c _.
apply: le_trans (_ : \sum_l pR P l * (z l == c)%:R * (expR (mu x c) * (1 + (s x l - mu x c))) <= _).
  rewrite (eq_bigr (fun l => expR (mu x c) * (pR P l * (z l == c)%:R)
     + expR (mu x c) * (pR P l * (z l == c)%:R * (s x l - mu x c)))) => [|l _]; last by ring.
  by rewrite big_split /= -!mulr_sumr class_away mulr0 addr0 mulrC.
apply: ler_sum => l _; rewrite ler_wpM2l ?class_part_ge0 //.
have {2}-> : s x l = mu x c + (s x l - mu x c) by ring.
by rewrite expRD ler_wpM2l ?expR_ge0 ?expR_ge1Dx.
Qed.

Lemma classes_gt0 x : 0 < \sum_c q c * expR (mu x c).
Proof.
apply: mean_gt0 => [c||c]; rewrite ?expR_gt0 ?mass_right_sum //.
by apply: sumr_ge0 => l _; rewrite mulr_ge0 ?ler0n.
Qed.

Lemma away_sq x l c : (s x l - mu x c) ^+ 2 <= from_mean (pR P) z g l c.
Proof.
have -> : s x l - mu x c = \tr ((row x f)^T *m (row l g - \row_i class_mean (pR P) z g c i)).
  rewrite [s x l]mxE /mean_scores -sumrB; apply: eq_bigr => i _; rewrite !mxE big_ord1 !mxE; ring.
apply: le_trans (cauchy _ _) _; rewrite /sqnorm !big_ord1.
have -> : \sum_j (row x f) ord0 j ^+ 2 = 1 by rewrite -(f1 x); apply: eq_bigr => j _; rewrite mxE.
by rewrite mul1r le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => i _; rewrite !mxE.
Qed.

Lemma spreadE c : q c * spread P z g c = \sum_l pR P l * (z l == c)%:R * from_mean (pR P) z g l c.
Proof. exact: times_weight. Qed.

Lemma spread_of_allE : spread_of_all P z g = \sum_l pR P l * from_mean (pR P) z g l (z l).
Proof. by rewrite (by_class _ z (from_mean (pR P) z g)); apply: eq_bigr => c _; apply: spreadE. Qed.

Lemma mean_away_le : `|\sum_x \sum_l P x l * away x l| <= Num.sqrt (spread_of_all P z g).
Proof.
rewrite -sqrtr_sqr ler_wsqrtr // pair_bigA /=.
have := @jensen _ _ (fun t : 'I_n * 'I_m => P t.1 t.2) (fun t => away t.1 t.2) (fun t => weight_ge0 P t.1 t.2).
have -> : \sum_(t : 'I_n * 'I_m) P t.1 t.2 = 1 by rewrite -(pair_bigA _ (fun x l => P x l)) weight_sum.
rewrite divr1 => h; apply: le_trans h _; rewrite -(pair_bigA _ (fun x l => P x l * away x l ^+ 2)) /= spread_of_allE.
rewrite exchange_big; apply: ler_sum => l _; rewrite mulr_suml; apply: ler_sum => x _.
by rewrite ler_wpM2l ?weight_ge0 ?away_sq.
Qed.

Lemma cross_entropy_split : cross_entropy P z f g = loss_right P s + \sum_x \sum_l P x l * away x l
  - \sum_x pL P x * ln (partition_right P s x / \sum_c q c * expR (mu x c)).
Proof.
have -> : \sum_x \sum_l P x l * away x l = attraction P s - \sum_x \sum_l P x l * mu x (z l).
  by rewrite -sumrB; apply: eq_bigr => x _; rewrite -sumrB; apply: eq_bigr => l _; rewrite mulrBr.
have -> : \sum_x pL P x * ln (partition_right P s x / \sum_c q c * expR (mu x c))
   = \sum_x pL P x * ln (partition_right P s x) - \sum_x pL P x * ln (\sum_c q c * expR (mu x c)).
  rewrite -sumrB; apply: eq_bigr => x _.
  by rewrite -mulrBr ln_div ?posrE ?classes_gt0 ?partition_right_gt0.
by rewrite /loss_right /cross_entropy; lra.
Qed.
End CrossEntropy.

Theorem cross_entropy_by_infonce (R : realType) : LogStatements.cross_entropy_by_infonce R.
Proof.
move=> n m k r P z f g f1 g1; rewrite (cross_entropy_split P z f g).
have := mean_away_le P z g f1; rewrite ler_norml => /andP [_].
have : 0 <= \sum_x pL P x * ln (partition_right P (f *m g^T) x
    / \sum_c mass_right P z c * expR (mean_scores P z f g x c)).
  apply: sumr_ge0 => x _; rewrite mulr_ge0 ?(ltW (pL_gt0 P x)) // ln_ge0 //.
  by rewrite ler_pdivlMr ?classes_gt0 // mul1r classes_le.
by move=> h1 h2; rewrite -addrA lerD2l; apply: le_trans h2; rewrite gerBl.
Qed.

Theorem cross_entropy_below (R : realType) : LogStatements.cross_entropy_below R.
Proof.
move=> n m k r P z f g f1 g1; rewrite (cross_entropy_split P z f g).
set V := \big[Num.max/0]_c _; set K := 1 + _.
have V0 : 0 <= V by apply: bigmax_ge_id.
have kappa0 : 0 <= (expR 2 - 3) / 4 :> R by have := exp2_ge6 R; lra.
have K0 : 0 < K by rewrite /K ltr_pwDl // mulr_ge0.
have := mean_away_le P z g f1; rewrite ler_norml => /andP [low _].
suff : \sum_x pL P x * ln (partition_right P (f *m g^T) x
    / \sum_c mass_right P z c * expR (mean_scores P z f g x c)) <= ln K.
  by move=> h; apply: lerB h; rewrite lerD2l.
rewrite -[leRHS]mul1r -(pL_sum P) mulr_suml; apply: ler_sum => x _; rewrite ler_wpM2l ?(ltW (pL_gt0 P x)) //.
have C0 := classes_gt0 P z f g x; rewrite ler_ln ?posrE ?divr_gt0 ?partition_right_gt0 // ler_pdivrMr //.
rewrite (partition_by_class P z) mulr_sumr; apply: ler_sum => c _.
set mu := mean_scores P z f g x c; pose b l := pR P l * (z l == c)%:R.
have b0 l : 0 <= b l by apply: class_part_ge0 => l'; exact: ltW (pR_gt0 P l').
have [q0|q_neq] := eqVneq (mass_right P z c) 0.
  rewrite q0 mul0r mulr0 big1 // => l _; have -> : pR P l * (z l == c)%:R = 0; last by rewrite mul0r.
  by apply: (psumr_eq0P _ q0) => // l' _; apply: b0.
have q_gt0 : 0 < mass_right P z c by rewrite lt_def q_neq; apply: sumr_ge0 => l _; apply: b0.
have mu_ge : -1 <= mu.
  rewrite -(ler_pM2l q_gt0) -class_scores mulr_suml; apply: ler_sum => l _; rewrite ler_wpM2l ?b0 //.
  by have /andP [] := score_sphere f1 g1 x l.
apply: (@le_trans _ _ (\sum_l b l * (expR mu * (1 + ((f *m g^T) x l - mu)
    + (expR 2 - 3) / 4 * ((f *m g^T) x l - mu) ^+ 2)))).
  apply: ler_sum => l _; rewrite ler_wpM2l ?b0 //; have {1}-> : (f *m g^T) x l = mu + ((f *m g^T) x l - mu) by ring.
  rewrite expRD ler_wpM2l ?expR_ge0 // exp_quadratic //.
  by have /andP [] := score_sphere f1 g1 x l; lra.
apply: (@le_trans _ _ (expR mu * (mass_right P z c + (expR 2 - 3) / 4 * (mass_right P z c * spread P z g c)))).
  rewrite spreadE.
  rewrite (eq_bigr (fun l => expR mu * (b l + (b l * ((f *m g^T) x l - mu)
     + (expR 2 - 3) / 4 * (b l * ((f *m g^T) x l - mu) ^+ 2))))) => [|l _]; last by ring.
  rewrite -mulr_sumr ler_wpM2l ?expR_ge0 // !big_split /= class_away add0r lerD2l -mulr_sumr ler_wpM2l //.
  by apply: ler_sum => l _; rewrite ler_wpM2l ?b0 // away_sq.
have -> : K * (mass_right P z c * expR mu)
  = expR mu * (mass_right P z c + (expR 2 - 3) / 4 * (mass_right P z c * V)) by rewrite /K; ring.
rewrite ler_wpM2l ?expR_ge0 // lerD2l ler_wpM2l // ler_wpM2l ?(ltW q_gt0) //.
exact: (le_bigmax _ (spread P z g)).
Qed.
