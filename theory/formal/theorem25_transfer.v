(* Theorem 25: labels of some domains teach the classes of others. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* Functions of the class, of the domain, and constants; the induced pairs are combinations of their projectors. *)
Section Model.
Variables (R : rcfType) (n r t : nat) (y : 'I_n -> 'I_r) (d : 'I_n -> 'I_t).
Hypothesis images : bijective (fun x => (y x, d x)).
Hypotheses (r0 : (0 < r)%N) (t0 : (0 < t)%N).
Definition by_class : 'M[R]_n := \matrix_(x, x') ((y x == y x')%:R / t%:R).
Definition by_domain : 'M[R]_n := \matrix_(x, x') ((d x == d x')%:R / r%:R).
Definition constant : 'M[R]_n := const_mx (r%:R * t%:R)^-1.
Definition additive : 'M[R]_n := by_class + by_domain - constant.
Local Notation C := by_class.
Local Notation D := by_domain.
Local Notation J := constant.
Local Notation T := additive.

Lemma over_images (F : 'I_r -> 'I_t -> R) (G : 'I_n -> R) :
  (forall x, G x = F (y x) (d x)) -> \sum_x G x = \sum_c \sum_s F c s.
Proof.
move=> GF; rewrite (eq_bigr _ (fun x _ => GF x)) pair_bigA (reindex (fun x => (y x, d x))) //=; exact: onW_bij.
Qed.

Lemma one_term p (i : 'I_p) (F : 'I_p -> R) : \sum_j (i == j)%:R * F j = F i.
Proof. by rewrite (bigD1 i) //= eqxx mul1r big1 ?addr0 // => j /negPf ne; rewrite eq_sym ne mul0r. Qed.

Let rN : r%:R != 0 :> R. Proof. by rewrite pnatr_eq0 -lt0n. Qed.
Let tN : t%:R != 0 :> R. Proof. by rewrite pnatr_eq0 -lt0n. Qed.

Lemma CC : C *m C = C.
Proof.
apply/matrixP => x x'; rewrite [LHS]mxE.
rewrite (over_images (F := fun c _ => (y x == c)%:R * ((c == y x')%:R / t%:R ^+ 2))) => [|z]; last by rewrite !mxE; field.
rewrite (eq_bigr (fun c => (y x == c)%:R * ((c == y x')%:R / t%:R))) => [|c _]; first by rewrite one_term mxE.
by rewrite sumr_const card_ord -mulr_natr; field.
Qed.

Lemma DD : D *m D = D.
Proof.
apply/matrixP => x x'; rewrite [LHS]mxE.
rewrite (over_images (F := fun _ s => (d x == s)%:R * ((s == d x')%:R / r%:R ^+ 2))) => [|z]; last by rewrite !mxE; field.
by rewrite sumr_const card_ord one_term -mulr_natr mxE; field.
Qed.

Lemma CD : C *m D = J.
Proof.
apply/matrixP => x x'; rewrite [LHS]mxE.
rewrite (over_images (F := fun c s => (y x == c)%:R * ((d x' == s)%:R * (r%:R * t%:R)^-1))) => [|z]; last first.
  by rewrite !mxE [d z == _]eq_sym; field; rewrite rN tN.
rewrite (eq_bigr (fun c => (y x == c)%:R * (r%:R * t%:R)^-1)) => [|c _]; first by rewrite one_term mxE.
by rewrite -mulr_sumr one_term.
Qed.

Lemma CT : C^T = C. Proof. by apply/matrixP => x x'; rewrite !mxE eq_sym. Qed.
Lemma DT : D^T = D. Proof. by apply/matrixP => x x'; rewrite !mxE eq_sym. Qed.
Lemma JT : J^T = J. Proof. by apply/matrixP => x x'; rewrite !mxE. Qed.
Lemma DC : D *m C = J. Proof. by apply: trmx_inj; rewrite trmx_mul CT DT CD JT. Qed.
Lemma CJ : C *m J = J. Proof. by rewrite -CD mulmxA CC. Qed.
Lemma DJ : D *m J = J. Proof. by rewrite -DC mulmxA DD. Qed.
Lemma JC : J *m C = J. Proof. by rewrite -DC -mulmxA CC. Qed.
Lemma JD : J *m D = J. Proof. by rewrite -CD -mulmxA DD. Qed.
Lemma JJ : J *m J = J. Proof. by rewrite -{1}CD -mulmxA DJ CJ. Qed.
Definition products := (CC, DD, CD, DC, CJ, DJ, JC, JD, JJ).

Lemma additive_orthoproj : orthoproj T.
Proof.
split; first by rewrite /T linearB linearD /= CT DT JT.
by rewrite /T !(mulmxBl, mulmxBr, mulmxDl, mulmxDr) !products; apply/matrixP => x x'; rewrite !mxE; ring.
Qed.

Lemma nodes : n%:R = r%:R * t%:R :> R.
Proof.
have := @over_images (fun _ _ => 1) (fun=> 1) (fun=> erefl); rewrite !sumr_const !card_ord => ->.
by rewrite -mulrnA mulnC natrM.
Qed.

Lemma class_function q (h : 'I_r -> 'I_q -> R) : C *m \matrix_(x, j) h (y x) j = \matrix_(x, j) h (y x) j.
Proof.
apply/matrixP => x j; rewrite [LHS]mxE.
rewrite (over_images (F := fun c _ => (y x == c)%:R * (h c j / t%:R))) => [|z]; last by rewrite !mxE mulrAC mulrA.
rewrite (eq_bigr (fun c => (y x == c)%:R * h c j)) => [|c _]; first by rewrite one_term mxE.
by rewrite sumr_const card_ord -mulr_natr; field.
Qed.

Lemma domain_function q (h : 'I_t -> 'I_q -> R) : D *m \matrix_(x, j) h (d x) j = \matrix_(x, j) h (d x) j.
Proof.
apply/matrixP => x j; rewrite [LHS]mxE.
rewrite (over_images (F := fun _ s => (d x == s)%:R * (h s j / r%:R))) => [|z]; last by rewrite !mxE mulrAC mulrA.
by rewrite sumr_const card_ord one_term -mulr_natr mxE; field.
Qed.

Lemma TC : T *m C = C. Proof. by rewrite /T mulmxBl mulmxDl !products addrK. Qed.
Lemma TD : T *m D = D. Proof. by rewrite /T mulmxBl mulmxDl !products [J + D]addrC addrK. Qed.

Lemma additive_trace : \tr T = (r + t).-1%:R.
Proof.
have all_same (M : 'M[R]_n) a : (forall x, M x x = a) -> \tr M = r%:R * t%:R * a.
  by move=> Ma; rewrite /mxtrace (eq_bigr _ (fun x _ => Ma x)) sumr_const card_ord -[LHS]mulr_natl nodes.
rewrite linearB linearD /= (all_same C t%:R^-1) => [|x]; last by rewrite mxE eqxx div1r.
rewrite (all_same D r%:R^-1) => [|x]; last by rewrite mxE eqxx div1r.
rewrite (all_same J (r%:R * t%:R)^-1) => [|x]; last by rewrite mxE.
have -> : (r + t).-1%:R = r%:R + t%:R - 1 :> R.
  by rewrite -[in RHS]natrD -{2}(prednK (ltn_addr t r0)) -natr1 addrK.
by field; rewrite rN tN.
Qed.

Lemma additive_rank : \rank T = (r + t).-1.
Proof. by apply/eqP; rewrite -(eqr_nat R) -(orthoproj_rank additive_orthoproj) additive_trace. Qed.
End Model.

Section Transfer.
Variables (R : rcfType) (n m r t : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (d : 'I_n -> 'I_t).
Variables (rho alpha beta gamma : R).
Hypotheses (model : classes_and_domains P y d rho alpha beta gamma) (r0 : (0 < r)%N) (t0 : (0 < t)%N).
Local Notation C := (by_class R t y).
Local Notation D := (by_domain R r d).
Local Notation J := (constant R n r t).
Local Notation T := (additive R y d).
Local Notation k := (r + t).-1.
Let images : bijective (fun x => (y x, d x)) := proj1 model.
Let rN : r%:R != 0 :> R. Proof. by rewrite pnatr_eq0 -lt0n. Qed.
Let tN : t%:R != 0 :> R. Proof. by rewrite pnatr_eq0 -lt0n. Qed.
Let products := (CC R images t0, DD R images r0, CD R images r0 t0, DC R images r0 t0, CJ R images r0 t0,
  DJ R images r0 t0, JC R images r0 t0, JD R images r0 t0, JJ R images r0 t0).

Local Notation N := (r%:R * t%:R).
Let NN : N != 0 :> R. Proof. exact: mulf_neq0. Qed.

Let own : R := rho - alpha - beta + gamma.
Let of_class : R := t%:R * (alpha - gamma).
Let of_domain : R := r%:R * (beta - gamma).
Let pairs : 'M[R]_n := own *: 1%:M + of_class *: C + of_domain *: D + (N * gamma) *: J.

Lemma pairsE x x' : induced P x x' = pairs x x'.
Proof.
have same : (x == x') = (y x == y x') && (d x == d x').
  have [g gK _] := images; apply/eqP/andP => [->//|[/eqP Ey /eqP Ed]].
  by rewrite -[x]gK -[x']gK /= Ey Ed.
rewrite (proj2 model) !mxE same /own /of_class /of_domain.
by case: (_ == _); case: (_ == _) => /=; field; rewrite rN tN.
Qed.

Lemma pairsJ : pairs *m J = (own + of_class + of_domain + N * gamma) *: J.
Proof. by rewrite /pairs !mulmxDl -!scalemxAl mul1mx !products -!scalerDl. Qed.

(* all images have one mass *)
Lemma one_mass x : pL P x = N^-1.
Proof.
have E z : pL P z = own + of_class + of_domain + N * gamma.
  have := congr1 (fun M : 'M[R]_n => M z z) pairsJ; rewrite !mxE.
  under eq_bigr do rewrite -pairsE mxE.
  by rewrite -mulr_suml induced_marginal; apply: mulIf; rewrite invr_eq0.
have := pL_sum P; rewrite (eq_bigr _ (fun z _ => E z)) sumr_const card_ord -[LHS]mulr_natl (nodes R images) => EN.
by apply: (mulfI NN); rewrite E EN mulfV.
Qed.

Lemma hop_pairs : hop P = N *: pairs.
Proof.
apply/matrixP => x x'; rewrite hopE !one_mass -expr2 sqr_sqrtr ?invr_ge0 ?mulr_ge0 ?ler0n // invrK pairsE.
by rewrite [RHS]mxE mulrC.
Qed.

(* nothing is left but what the additive functions leave *)
Lemma hop_rest q (X : 'M[R]_(n, q)) : T *m X = 0 -> hop P *m X = (N * own) *: X.
Proof.
move=> TX; have zero M : M *m T = M -> M *m X = 0 by move=> <-; rewrite -mulmxA TX mulmx0.
rewrite hop_pairs /pairs -scalemxAl !mulmxDl -!scalemxAl mul1mx !zero ?scaler0 ?addr0 ?scalerA //.
- by rewrite /additive mulmxBr mulmxDr !products addrK.
- by rewrite /additive mulmxBr mulmxDr !products [J + D]addrC addrK.
by rewrite /additive mulmxBr mulmxDr !products addrK.
Qed.

(* e is the value of all that is not additive *)
Section Above.
Hypotheses (alpha_gamma : gamma < alpha) (beta_gamma : gamma < beta).
Local Notation e := (Num.max 0 (N * own)).

Lemma additive_tail : tail_le k P e.
Proof.
have [|V [W TE]] := @factor_rank R n n k T; first by rewrite additive_rank.
exists V => x xV; have Tx : T *m x = 0.
  by have [sym _] := additive_orthoproj R images r0 t0; apply: trmx_inj; rewrite trmx_mul sym TE mulmxA xV mul0mx trmx0.
by rewrite /form -mulmxA hop_rest // -scalemxAr linearZ /= -sqnorm_tr ler_wpM2r ?sqnorm_ge0 // le_max lexx orbT.
Qed.

Lemma kept q (h : 'M[R]_(n, k)) g (E : 'M[R]_(n, q)) v : minimiser P h g -> hop P *m E = v *: E -> e < v ->
  colproj (weightedL P h) *m E = E.
Proof.
move=> best SE ev; set Q := colproj _; have com : Q *m hop P = hop P *m Q := optimum_commutes best.
have [_ idQ] := colproj_ortho (weightedL P h); pose W := (1%:M - Q) *m E.
have SW : hop P *m W = v *: W.
  by rewrite /W mulmxA mulmxBr mulmx1 -com -[X in (X - _) *m _]mul1mx -mulmxBl -mulmxA SE -scalemxAr.
have QW : Q *m W = 0 by rewrite /W mulmxA mulmxBr mulmx1 idQ subrr mul0mx.
suff W0 : W = 0 by apply/esym/eqP; rewrite -subr_eq0 -{1}[E]mul1mx -mulmxBl -/W W0.
apply: sqnorm_eq0; apply/eqP; rewrite eq_le sqnorm_ge0 andbT -(@pmulr_rle0 _ (v - e)) ?subr_gt0 //.
rewrite mulrBl subr_le0 (_ : v * sqnorm W = form (hop P) W); last first.
  by rewrite /form -mulmxA SW -scalemxAr linearZ /= -sqnorm_tr.
rewrite form_col sqnorm_col mulr_sumr; apply: ler_sum => c _.
apply: (optimum_keeps best _ additive_tail); first by rewrite le_max lexx.
by rewrite -col_mul QW; apply/colP => i; rewrite !mxE.
Qed.

Lemma own_ge0 : T != 1%:M -> 0 <= own.
Proof.
move=> T1; have [sym idem] := additive_orthoproj R images r0 t0.
have := hop_ge0 P (1%:M - T); rewrite /form -mulmxA hop_rest; last by rewrite mulmxBr mulmx1 idem subrr.
rewrite -scalemxAr linearZ /= -sqnorm_tr pmulr_lge0 ?pmulr_rge0 // ?mulr_gt0 ?ltr0n //.
by rewrite sqnorm_gt0 // subr_eq0 eq_sym.
Qed.

Lemma same_node x x' : (x == x') = (y x == y x') && (d x == d x').
Proof.
have [g gK _] := images; apply/eqP/andP => [->//|[/eqP Ey /eqP Ed]].
by rewrite -[x]gK -[x']gK /= Ey Ed.
Qed.

Lemma gamma_ge0 : T != 1%:M -> 0 <= gamma.
Proof.
have [g _ gK] := images; have at_node c s : exists x, y x = c /\ d x = s.
  by exists (g (c, s)); have [] := gK (c, s).
have few q (i j : 'I_q) : (q < 2)%N -> i = j.
  by move=> q2; apply: val_inj; case: q q2 i j => [|[|q]] // _ [[|i] ?] [[|j] ?].
have many q : (0 < q)%N -> (1 < q)%N -> exists i j : 'I_q, i != j.
  by move=> q0 q1; exists (Ordinal q0), (Ordinal q1).
have [r2|r2 T1] := leqP r 1.
  case/eqP; apply/matrixP => x x'; rewrite !mxE same_node (few _ (y x) (y x') r2) eqxx /=.
  by have -> : r = 1%N; [apply/eqP; rewrite eqn_leq r2|case: (_ == _); field].
have [t2|t2] := leqP t 1.
  case/eqP: T1; apply/matrixP => x x'; rewrite !mxE same_node (few _ (d x) (d x') t2) eqxx andbT /=.
  by have -> : t = 1%N; [apply/eqP; rewrite eqn_leq t2|case: (_ == _); field].
have [c [c' /negPf cc]] := many _ r0 r2; have [s [s' /negPf ss]] := many _ t0 t2.
have [[x [yx dx]] [x' [yx' dx']]] := (at_node c s, at_node c' s').
by have := induced_ge0 P x x'; rewrite (proj2 model) yx yx' dx dx' cc ss.
Qed.

Lemma additive_kept (h : 'M[R]_(n, k)) g : minimiser P h g -> T != 1%:M -> colproj (weightedL P h) *m T = T.
Proof.
move=> best T1; have o0 := own_ge0 T1; have g0 := gamma_ge0 T1.
have N0 : 0 < N :> R by rewrite mulr_gt0 ?ltr0n.
have a0 : 0 < of_class by rewrite mulr_gt0 ?ltr0n ?subr_gt0.
have b0 : 0 < of_domain by rewrite mulr_gt0 ?ltr0n ?subr_gt0.
have Ng : 0 <= N * gamma by rewrite mulr_ge0 // ltW.
have above v : own < v -> e < N * v by move=> ov; rewrite (max_idPr _) ?ltr_pM2l // mulr_ge0 // ltW.
have kC : colproj (weightedL P h) *m (C - J) = C - J.
  apply: (kept (v := N * (own + of_class)) best) => //; last by apply: above; rewrite ltrDl.
  rewrite hop_pairs -scalemxAl -[RHS]scalerA; congr (_ *: _); rewrite mulmxBr pairsJ /pairs !mulmxDl -!scalemxAl mul1mx.
  by rewrite !products; apply/matrixP => x x'; rewrite !mxE; ring.
have kD : colproj (weightedL P h) *m (D - J) = D - J.
  apply: (kept (v := N * (own + of_domain)) best) => //; last by apply: above; rewrite ltrDl.
  rewrite hop_pairs -scalemxAl -[RHS]scalerA; congr (_ *: _); rewrite mulmxBr pairsJ /pairs !mulmxDl -!scalemxAl mul1mx.
  by rewrite !products; apply/matrixP => x x'; rewrite !mxE; ring.
have kJ : colproj (weightedL P h) *m J = J.
  apply: (kept (v := N * (own + of_class + of_domain + N * gamma)) best) => //; last by apply: above; lra.
  by rewrite hop_pairs -scalemxAl pairsJ scalerA.
have -> : T = (C - J) + (D - J) + J by rewrite /additive; apply/matrixP => x x'; rewrite !mxE; ring.
by rewrite mulmxDr (mulmxDr _ (C - J)) kC kD kJ.
Qed.

(* the whitened optimum spans the additive functions *)
Lemma optimum_additive (f : 'M[R]_(n, k)) : whitened_optimum P f -> weightedL P f *m (weightedL P f)^T = T.
Proof.
case=> FF [L [g best]]; have [T1|T1] := eqVneq T 1%:M.
  have nk : n = k by apply/eqP; rewrite -(eqr_nat R) -(additive_trace R images r0 t0) T1 mxtrace1.
  by move: (weightedL P f) FF; rewrite T1 -nk => F /mulmx1C.
have [symT idT] := additive_orthoproj R images r0 t0; set F := weightedL P f in FF *; pose Q := F *m F^T.
have symQ : Q^T = Q by rewrite trmx_mul trmxK.
have idQ : Q *m Q = Q by rewrite /Q mulmxA -(mulmxA F) FF mulmx1.
have QT : Q *m T = T.
  have FL : weightedL P (f *m L) = F *m L by apply/matrixP => x i; rewrite mxE -weighted_mul.
  rewrite -(additive_kept best T1) FL.
  have [symQ' _] := colproj_ortho (F *m L); have /submxP [Z ZE] := proj_sub (F *m L)^T.
  have -> : colproj (F *m L) = F *m (L *m Z^T) by rewrite -symQ' /colproj ZE trmx_mul trmxK mulmxA.
  by rewrite !mulmxA -(mulmxA F F^T F) FF mulmx1.
have TQ : T *m Q = T by apply: trmx_inj; rewrite trmx_mul symT symQ.
have sym : (Q - T)^T = Q - T by rewrite linearB /= symQ symT.
apply/eqP; rewrite -subr_eq0; apply/eqP/sqnorm_eq0; rewrite -/Q sqnorm_tr sym.
rewrite mulmxBl (mulmxBr Q Q T) (mulmxBr T Q T) idQ QT TQ idT subrr subr0 linearB /=.
by rewrite (additive_trace R images r0 t0) mxtrace_mulC FF mxtrace1 subrr.
Qed.
End Above.

(* The head: right where it has labels, and elsewhere without what the domain may add. *)
Section Head.
Variables (S : pred 'I_t) (s0 : 'I_t) (f : 'M[R]_(n, k)).
Hypotheses (labelled : S s0) (spans : weightedL P f *m (weightedL P f)^T = T).
Hypothesis orthonormal : (weightedL P f)^T *m weightedL P f = 1%:M.
Local Notation F := (weightedL P f).
Local Notation source := (fun x => S (d x)).
Let q : R := Num.sqrt N^-1.
Let q0 : q != 0. Proof. by rewrite gt_eqF // sqrtr_gt0 invr_gt0 mulr_gt0 ?ltr0n. Qed.

Definition taught : 'M[R]_(n, r) := \matrix_(x, c) (y x == c)%:R - \matrix_(x, c) ((~~ S (d x))%:R / r%:R).
Definition head : 'M[R]_(k, r) := F^T *m (q *: taught).

Lemma weighted_rows p (B : 'M[R]_(k, p)) : F *m B = q *: (f *m B).
Proof. by apply/matrixP => x c; rewrite weighted_mul one_mass [RHS]mxE. Qed.

Lemma head_scores : f *m head = taught.
Proof.
apply: (scalerI q0); rewrite -weighted_rows /head mulmxA spans -scalemxAr; congr (_ *: _).
rewrite /taught mulmxBr -(class_function images t0 (fun u c => (u == c)%:R)).
rewrite -(domain_function images r0 (fun s (c : 'I_r) => (~~ S s)%:R / r%:R)).
by rewrite !(mulmxA T) (TC R images r0 t0) (TD R images r0 t0).
Qed.

Lemma source_scores x c : S (d x) -> taught x c = (y x == c)%:R.
Proof. by rewrite !mxE => ->; rewrite mul0r subr0. Qed.

Lemma fits_source B : mse_on P y source f B = 0 -> forall x c, S (d x) -> (f *m B) x c = (y x == c)%:R.
Proof.
have ge0 x : 0 <= \sum_c ((f *m B) x c - (y x == c)%:R) ^+ 2 by apply: sumr_ge0 => c _; apply: sqr_ge0.
move=> /eqP; rewrite psumr_eq0 => [|x _]; last by rewrite mulr_ge0 // ltW ?pL_gt0.
move=> /allP all0 x c Sx; have := all0 x (mem_index_enum x); rewrite Sx mulf_eq0 gt_eqF ?pL_gt0 //=.
rewrite psumr_eq0 => [/allP /(_ c (mem_index_enum c))|c' _]; last exact: sqr_ge0.
by rewrite /= sqrf_eq0 subr_eq0 => /eqP.
Qed.

Lemma head_fits : mse_on P y source f head = 0.
Proof.
rewrite /mse_on big1 // => x Sx; rewrite big1 ?mulr0 // => c _.
by rewrite head_scores source_scores // subrr expr0n.
Qed.

(* two heads that fit differ by a function of the domain, on which the classes agree *)
Lemma differ_by_domain (W : 'M[R]_(n, r)) : T *m W = W -> (forall x c, S (d x) -> W x c = 0) ->
  exists w : 'I_t -> 'I_r -> R, (forall x c, W x c = w (d x) c) /\ forall s c, S s -> w s c = 0.
Proof.
move=> TW W0; have [g _ gK] := images.
pose a u c := t%:R^-1 * (\sum_z (u == y z)%:R * W z c).
pose b s c := r%:R^-1 * (\sum_z (s == d z)%:R * W z c) - N^-1 * (\sum_z W z c).
have E x c : W x c = a (y x) c + b (d x) c.
  rewrite -[in LHS]TW mxE /a /b !mulr_sumr addrA -big_split -sumrB /=; apply: eq_bigr => z _; rewrite !mxE.
  by field; rewrite rN tN.
have aE u c : a u c = - b s0 c.
  have [yu ds] := gK (u, s0); have := E (g (u, s0)) c; rewrite W0 ?ds // yu.
  by move/esym/eqP; rewrite addr_eq0 => /eqP.
exists (fun s c => b s c - b s0 c); split=> [x c|s c Ss]; first by rewrite E aE addrC.
have [yu ds] := gK (c, s); have := E (g (c, s)) c; rewrite W0 ?ds // yu aE => /esym.
by rewrite addrC.
Qed.

Lemma least_norm_taught B : least_norm_head P y source f B -> f *m B = taught.
Proof.
case=> best least; pose W := f *m (B - head).
have B0 : mse_on P y source f B = 0.
  apply/le_anti; rewrite -{1}head_fits best; apply: sumr_ge0 => x _.
  by rewrite mulr_ge0 ?(ltW (pL_gt0 P x)) // sumr_ge0 // => c _; apply: sqr_ge0.
have WE : W = f *m B - taught by rewrite /W mulmxBr head_scores.
have TW : T *m W = W.
  have TF : T *m F = F by rewrite -spans -mulmxA orthonormal mulmx1.
  by apply: (scalerI q0); rewrite scalemxAr -weighted_rows mulmxA TF.
have [|w [Ww w0]] := differ_by_domain TW.
  by move=> x c Sx; rewrite WE mxE [(- taught) x c]mxE source_scores // (fits_source B0) // subrr.
have inner : \tr ((B - head)^T *m head) = 0.
  have -> : (B - head)^T *m head = q ^+ 2 *: (W^T *m taught).
    rewrite -[head in LHS]mul1mx -orthonormal -mulmxA mulmxA -trmx_mul !weighted_rows head_scores -/W.
    by rewrite -scalemxAr [(q *: W)^T]linearZ -scalemxAl scalerA expr2.
  rewrite linearZ /= [X in _ * X](_ : _ = 0) ?mulr0 // /mxtrace big1 // => c _; rewrite mxE.
  rewrite (over_images images (F := fun u s => w s c * ((u == c)%:R - (~~ S s)%:R / r%:R))) => [|z]; last first.
    by rewrite [W^T _ _]mxE Ww !mxE.
  rewrite exchange_big big1 // => s _; rewrite -mulr_sumr; have [/w0 ->|Ss] := boolP (S s); first by rewrite mul0r.
  rewrite sumrB (bigD1 c) //= eqxx big1 => [|u /negPf ->//]; rewrite sumr_const card_ord addr0 div1r.
  by rewrite -[_^-1 *+ _]mulr_natl mulfV // subrr mulr0.
have fit : forall B', mse_on P y source f head <= mse_on P y source f B'.
  by move=> B'; rewrite head_fits -B0 best.
have := least _ fit; have {1}-> : B = (B - head) + head by rewrite subrK.
rewrite sqnormD inner mulr0 addr0 gerDr => le0.
by apply/eqP; rewrite -subr_eq0 -WE /W (sqnorm_eq0 (X := B - head)) ?mulmx0 //; apply/le_anti; rewrite le0 sqnorm_ge0.
Qed.
End Head.
End Transfer.

Theorem classes_by_domains (R : rcfType) : Statements.classes_by_domains R.
Proof.
move=> n m r t P y d rho alpha beta gamma f S B x model ag bg whitened [s0 Ss0] best Sx.
have r0 : (0 < r)%N := leq_ltn_trans (leq0n _) (ltn_ord (y x)).
have t0 : (0 < t)%N := leq_ltn_trans (leq0n _) (ltn_ord s0).
have E := least_norm_taught model r0 t0 Ss0 (optimum_additive model r0 t0 ag bg whitened) (proj1 whitened) best.
have rN : r%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have at_x c : (f *m B) x c = (y x == c)%:R - r%:R^-1 by rewrite E !mxE Sx mul1r.
split.
  apply/existsPn => c; rewrite !at_x eqxx; case: eqVneq => //= _.
  by rewrite -ltNge ltrD2r ltr01.
rewrite (eq_bigr (fun=> r%:R^-1 ^+ 2)) => [|c _]; last by rewrite at_x addrAC subrr sub0r sqrrN.
by rewrite sumr_const card_ord -mulr_natr; field.
Qed.
