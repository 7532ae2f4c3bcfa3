(* The setting: joint distributions of pairs, their normalised matrix, embeddings, losses, probes, errors. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theory.
Variables (R : rcfType) (n m r : nat).
Variable P : graph R n m.
Variable y : 'I_n -> 'I_r.
Local Notation pL := (pL P).
Local Notation pR := (pR P).
Local Notation A := (normalised P).
Local Notation S := (hop P).
Local Notation Y := (Y P y).
Local Notation induced := (induced P).

Lemma pL_gt0 x : 0 < pL x. Proof. exact: left_gt0. Qed.
Lemma pR_gt0 l : 0 < pR l. Proof. exact: right_gt0. Qed.
Lemma sqrtL_gt0 x : 0 < Num.sqrt (pL x). Proof. by rewrite sqrtr_gt0 pL_gt0. Qed.
Lemma sqrtR_gt0 l : 0 < Num.sqrt (pR l). Proof. by rewrite sqrtr_gt0 pR_gt0. Qed.
Lemma sqrtL_neq0 x : Num.sqrt (pL x) != 0. Proof. by rewrite gt_eqF ?sqrtL_gt0. Qed.
Lemma sqrtR_neq0 l : Num.sqrt (pR l) != 0. Proof. by rewrite gt_eqF ?sqrtR_gt0. Qed.
Lemma sqrtL2 x : Num.sqrt (pL x) * Num.sqrt (pL x) = pL x. Proof. by rewrite -expr2 sqr_sqrtr ?ltW ?pL_gt0. Qed.
Lemma sqrtR2 l : Num.sqrt (pR l) * Num.sqrt (pR l) = pR l. Proof. by rewrite -expr2 sqr_sqrtr ?ltW ?pR_gt0. Qed.
Lemma pL_sum : \sum_x pL x = 1. Proof. exact: weight_sum. Qed.

Lemma induced_ge0 x x' : 0 <= induced x x'.
Proof. by apply: sumr_ge0 => l _; rewrite !mulr_ge0 ?weight_ge0 // invr_ge0 ltW ?pR_gt0. Qed.

Lemma induced_sym x x' : induced x x' = induced x' x.
Proof. by apply: eq_bigr => l _; rewrite [P x l * _]mulrC. Qed.

Lemma induced_marginal x : \sum_x' induced x x' = pL x.
Proof.
rewrite exchange_big; apply: eq_bigr => l _ /=.
rewrite (eq_bigr (fun x' => P x l / pR l * P x' l)) => [|x' _]; last by rewrite mulrAC.
by rewrite -mulr_sumr mulfVK // gt_eqF ?pR_gt0.
Qed.

Lemma hopE x x' : S x x' = induced x x' / (Num.sqrt (pL x) * Num.sqrt (pL x')).
Proof.
rewrite mxE /induced mulr_suml; apply: eq_bigr => l _; rewrite !mxE -[in RHS](sqrtR2 l).
have := sqrtR_neq0 l; have := sqrtL_neq0 x; have := sqrtL_neq0 x'.
move: (Num.sqrt _) (Num.sqrt _) (Num.sqrt _) => a b c a0 b0 c0; field.
by rewrite a0 b0 c0.
Qed.

Lemma hop_sym : S^T = S.
Proof. by rewrite /hop trmx_mul trmxK. Qed.

(* The Dirichlet form of the induced pairs. *)
Lemma dirichlet p (X : 'M[R]_(n, p)) :
  form (1%:M - S) X =
  2^-1 * \sum_x \sum_x' induced x x' * (\sum_c (X x c / Num.sqrt (pL x) - X x' c / Num.sqrt (pL x')) ^+ 2).
Proof.
rewrite formB form1 formE.
pose z x c := X x c / Num.sqrt (pL x).
have E1 : sqnorm X = \sum_c \sum_x \sum_x' induced x x' * z x c ^+ 2.
  rewrite /sqnorm exchange_big; apply: eq_bigr => c _; apply: eq_bigr => x _ /=.
  rewrite -mulr_suml induced_marginal /z -[X in _ = X * _](sqrtL2 x).
  by have := sqrtL_neq0 x; move: (Num.sqrt _) => a a0; field.
have E2 : sqnorm X = \sum_c \sum_x \sum_x' induced x x' * z x' c ^+ 2.
  rewrite E1; apply: eq_bigr => c _; rewrite exchange_big; apply: eq_bigr => x _; apply: eq_bigr => x' _ /=.
  by rewrite induced_sym.
have E3 : \sum_c \sum_i \sum_j X i c * S i j * X j c = \sum_c \sum_x \sum_x' induced x x' * (z x c * z x' c).
  apply: eq_bigr => c _; apply: eq_bigr => x _; apply: eq_bigr => x' _; rewrite hopE /z.
  by field; rewrite !sqrtL_neq0.
rewrite E3.
have -> : \sum_x \sum_x' induced x x' * (\sum_c (X x c / Num.sqrt (pL x) - X x' c / Num.sqrt (pL x')) ^+ 2) =
   \sum_c \sum_x \sum_x' (induced x x' * z x c ^+ 2 + induced x x' * z x' c ^+ 2
     - 2 * (induced x x' * (z x c * z x' c))).
  rewrite [RHS]exchange_big; apply: eq_bigr => x _; rewrite [RHS]exchange_big; apply: eq_bigr => x' _ /=.
  rewrite mulr_sumr; apply: eq_bigr => c _; rewrite /z; ring.
have -> : \sum_c \sum_x \sum_x' (induced x x' * z x c ^+ 2 + induced x x' * z x' c ^+ 2
     - 2 * (induced x x' * (z x c * z x' c))) =
   sqnorm X + sqnorm X - 2 * (\sum_c \sum_x \sum_x' induced x x' * (z x c * z x' c)).
  rewrite {1}E1 E2 -big_split mulr_sumr -sumrB; apply: eq_bigr => c _ /=.
  rewrite -big_split mulr_sumr -sumrB; apply: eq_bigr => x _ /=.
  by rewrite -big_split mulr_sumr -sumrB.
by field.
Qed.

Lemma sqnormY : sqnorm Y = 1.
Proof.
rewrite -pL_sum; apply: eq_bigr => x _; rewrite (bigD1 (y x)) //= big1 => [|c /negPf ne].
  by rewrite mxE eqxx mulr1 addr0 expr2 sqrtL2.
by rewrite mxE eq_sym ne mulr0 expr0n.
Qed.

(* (a) the key identity of theorem 4 *)
Theorem key_identity : form (1%:M - S) Y = alphaT P y.
Proof.
rewrite dirichlet mulr_sumr; apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => x' _.
rewrite mulrCA; congr (_ * _).
have E c : Y x c / Num.sqrt (pL x) - Y x' c / Num.sqrt (pL x') = (y x == c)%:R - (y x' == c)%:R.
  by rewrite !mxE; field; rewrite !sqrtL_neq0.
rewrite (eq_bigr _ (fun c _ => congr1 (fun t => t ^+ 2) (E c))).
have [<-|ne] := eqVneq (y x) (y x').
  by rewrite big1 ?mulr0 // => c _; rewrite subrr expr0n.
rewrite (bigD1 (y x)) //= (bigD1 (y x')) /=; last by rewrite eq_sym.
rewrite big1 => [|c /andP [/negPf c1 /negPf c2]]; last first.
  by rewrite eq_sym c1 eq_sym c2 subrr expr0n.
by rewrite !eqxx (negPf ne) eq_sym (negPf ne) /=; field.
Qed.

Corollary key_identity_by_class : \sum_c ((col c Y)^T *m (1%:M - S) *m col c Y) 0 0 = alphaT P y.
Proof. by rewrite -key_identity form_col; apply: eq_bigr => c _; rewrite /form /mxtrace big_ord1. Qed.

(* (b) *)
Lemma laplacian_ge0 p (X : 'M[R]_(n, p)) : 0 <= form (1%:M - S) X.
Proof.
rewrite dirichlet mulr_ge0 ?invr_ge0 ?ler0n //; do 2!(apply: sumr_ge0 => ? _).
by rewrite mulr_ge0 ?induced_ge0 // sumr_ge0 // => c _; rewrite sqr_ge0.
Qed.

Lemma hop_ge0 p (X : 'M[R]_(n, p)) : 0 <= form S X.
Proof. by rewrite form_gram sqnorm_ge0. Qed.

Theorem eigenvalue_in_01 (l : R) : eigenvalue S l -> 0 <= l <= 1.
Proof.
move=> /eigenvalueP [v vS v0]; have v_gt0 := sqnorm_gt0 v0.
have E : form S v^T = l * sqnorm v by rewrite /form trmxK vS -scalemxAl linearZ /= -sqnormT [sqnorm v^T]sqnorm_tr trmxK.
have := hop_ge0 v^T; have := laplacian_ge0 v^T.
by rewrite formB form1 sqnormT E subr_ge0 -[leRHS]mul1r ler_pM2r // => -> ; rewrite pmulr_lge0 // => ->.
Qed.

Section Probe.
Variable k : nat.
Implicit Types (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)).

Lemma weighted_mul f p (B : 'M[R]_(k, p)) x c :
  (weightedL P f *m B) x c = Num.sqrt (pL x) * (f *m B) x c.
Proof. by rewrite !mxE mulr_sumr; apply: eq_bigr => i _; rewrite mxE mulrA. Qed.

Lemma mseE f B : mse P y f B = sqnorm (weightedL P f *m B - Y).
Proof.
apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => c _.
have -> : (weightedL P f *m B - Y) x c = Num.sqrt (pL x) * ((f *m B) x c - (y x == c)%:R).
  by rewrite mxE weighted_mul !mxE mulrBr.
by rewrite exprMn sqr_sqrtr // ltW ?pL_gt0.
Qed.

Theorem least_squaresP f B :
  least_squares P y f B <-> weightedL P f *m B = colproj (weightedL P f) *m Y.
Proof.
split=> [best|E B']; last first.
  by rewrite !mseE (least_squares_split _ B) (least_squares_split _ B') E subrr sqnorm0 add0r lerDr sqnorm_ge0.
have [B' E] := colproj_factor (weightedL P f) Y.
have := best B'; rewrite !mseE (least_squares_split _ B) (least_squares_split _ B') E subrr sqnorm0 add0r gerDr => le0.
by apply/eqP; rewrite -subr_eq0; apply/eqP/sqnorm_eq0/le_anti; rewrite le0 sqnorm_ge0.
Qed.

Theorem least_squares_exists f : exists B, least_squares P y f B.
Proof. by have [B E] := colproj_factor (weightedL P f) Y; exists B; apply/least_squaresP. Qed.

(* eps2 = sum_c |(I - Pi_F) ytilde_c|^2 *)
Theorem mse_projection f B :
  least_squares P y f B -> mse P y f B = sqnorm ((1%:M - colproj (weightedL P f)) *m Y).
Proof. by move=> /least_squaresP E; rewrite mseE least_squares_split E subrr sqnorm0 add0r. Qed.

(* (d) *)
Theorem error_le_mse f B : error P y f B <= 2 * mse P y f B.
Proof.
rewrite mulr_sumr; apply: ler_sum => x _; rewrite mulrCA ler_wpM2l ?(ltW (pL_gt0 _)) //.
set s := (f *m B) x; have nonneg c : 0 <= (s c - (y x == c)%:R) ^+ 2 by apply: sqr_ge0.
rewrite /errs; case: existsP => [[c /andP [ne le]]|_]; last by rewrite mulr_ge0 ?ler0n ?sumr_ge0.
have Et : (true%:R : R) = 1 by [].
have E1 : ((y x == y x)%:R : R) = 1 by rewrite eqxx.
have E0 : ((y x == c)%:R : R) = 0 by rewrite eq_sym (negPf ne).
rewrite Et (bigD1 (y x)) //= (bigD1 c) //= E1 E0.
have : 0 <= \sum_(i < r | (i != y x) && (i != c)) (s i - (y x == i)%:R) ^+ 2 by apply: sumr_ge0.
move: (\sum_(i < r | _) _) => t t0; rewrite -/s in le *.
have : 0 <= (s c - s (y x)) * (s c - s (y x) + 2) by apply: mulr_ge0; lra.
have := sqr_ge0 (s (y x) - 1 + s c); set a := s (y x); set b := s c; rewrite !expr2; lra.
Qed.

(* theorem 1 *)
Lemma weighted_prod f g x l :
  (weightedL P f *m (weightedR P g)^T) x l = Num.sqrt (pL x) * Num.sqrt (pR l) * (f *m g^T) x l.
Proof. by rewrite !mxE mulr_sumr; apply: eq_bigr => i _; rewrite !mxE; ring. Qed.

Theorem loss_factorisation f g :
  spectral_loss P f g = sqnorm (A - weightedL P f *m (weightedR P g)^T) - sqnorm A.
Proof.
rewrite /spectral_loss mulr_sumr -big_split -sumrB; apply: eq_bigr => x _ /=.
rewrite mulr_sumr -big_split -sumrB; apply: eq_bigr => l _ /=.
have -> : (A - weightedL P f *m (weightedR P g)^T) x l =
   P x l / (Num.sqrt (pL x) * Num.sqrt (pR l)) - Num.sqrt (pL x) * Num.sqrt (pR l) * (f *m g^T) x l.
  by rewrite mxE [(- _ : 'M_(_, _)) _ _]mxE weighted_prod mxE.
rewrite [A x l]mxE -[X in X * pR l](sqrtL2 x) -[X in _ * X * _ ^+ 2](sqrtR2 l).
have := sqrtL_neq0 x; have := sqrtR_neq0 l; move: (Num.sqrt _) (Num.sqrt _) ((f *m g^T) x l) (P x l) => a b c d a0 b0.
by field; rewrite a0 b0.
Qed.

Definition unweightL (F : 'M[R]_(n, k)) : 'M[R]_(n, k) := \matrix_(x, i) (F x i / Num.sqrt (pL x)).
Definition unweightR (G : 'M[R]_(m, k)) : 'M[R]_(m, k) := \matrix_(l, i) (G l i / Num.sqrt (pR l)).
Lemma unweightLK F : weightedL P (unweightL F) = F.
Proof. by apply/matrixP => x i; rewrite !mxE mulrCA mulfV ?mulr1 ?sqrtL_neq0. Qed.
Lemma unweightRK G : weightedR P (unweightR G) = G.
Proof. by apply/matrixP => x i; rewrite !mxE mulrCA mulfV ?mulr1 ?sqrtR_neq0. Qed.

End Probe.
End Theory.
