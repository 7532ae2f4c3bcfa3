(* Theorem 37. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers Energies LowRank Scores.
From Pairbounds Require Import theorem22_counting theorem27_whitened_alignment theorem36_caption_noise.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* two parts have one label with probability 1 / r *)
Lemma one_label (R : rcfType) N r (b b' : 'I_N) : (0 < r)%N ->
  (\sum_(c : {ffun 'I_N -> 'I_r}) (c b == c b')%:R) / (r ^ N)%:R = 1 / r%:R + (1 - 1 / r%:R) * (b == b')%:R :> R.
Proof.
move=> r_gt0; have r0 : r%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have [<-|ne] := eqVneq b b'.
  rewrite (eq_bigr (fun=> 1)) => [|c _]; last by rewrite eqxx.
  rewrite sumr_const card_ffun !card_ord mulfV ?mulr1 ?pnatr_eq0 -?lt0n ?expn_gt0 ?r_gt0 //; ring.
rewrite mulr0 addr0; pose g (a : 'I_r) j (v : 'I_r) : R := r%:R^-1 * (if (j == b) || (j == b') then (v == a)%:R else 1).
have each a : \sum_(c : {ffun 'I_N -> 'I_r}) \prod_j g a j (c j) = r%:R^-1 ^+ 2.
  have at_b j : \sum_v g a j v = if (j == b) || (j == b') then r%:R^-1 else 1.
    rewrite -mulr_sumr; case: ifP => _.
      by rewrite (bigD1 a) //= eqxx big1 ?addr0 ?mulr1 // => v /negPf ->.
    by rewrite sumr_const card_ord mulVf.
  rewrite -(bigA_distr_bigA (g a)) (bigD1 b) //= (bigD1 b') /=; last by rewrite eq_sym.
  rewrite !at_b !eqxx orbT big1 ?mulr1 => [|j /andP [/negPf jb /negPf jb']]; first by rewrite -expr2.
  by rewrite at_b jb jb'.
transitivity (\sum_(a : 'I_r) r%:R^-1 ^+ 2 : R); last first.
  by rewrite sumr_const card_ord -[_ *+ r]mulr_natr; field.
rewrite -(eq_bigr _ (fun a _ => each a)) exchange_big mulr_suml; apply: eq_bigr => c _ /=.
rewrite (bigD1 (c b)) //= [X in _ = _ + X]big1 => [|a ne_a]; last first.
  by rewrite (bigD1 b) //= /g eqxx [c b == a]eq_sym (negPf ne_a) mulr0 mul0r.
rewrite addr0 /g big_split /= prodr_const card_ord natrX exprVn mulrC; congr (_ * _).
rewrite (bigD1 b) //= (bigD1 b') /=; last by rewrite eq_sym.
by rewrite !eqxx orbT mul1r big1 ?mulr1 1?eq_sym // => j /andP [/negPf -> /negPf ->].
Qed.

Section Labellings.
Variables (R : rcfType) (n m k N r : nat) (P : graph R n m) (part : 'I_n -> 'I_N).
Variables (f : 'M[R]_(n, k)) (head : ('I_n -> 'I_r) -> 'M[R]_(k, r)).
Hypotheses (r_gt0 : (0 < r)%N) (equal : forall b, \sum_x pL P x * (part x == b)%:R = 1 / N%:R).
Hypothesis probe : forall y, least_squares P y f (head y).
Local Notation Q := (colproj (weightedL P f)).
Local Notation Z := (Y P part).
Local Notation u := (root_mass P).

Lemma projected_form p (y : 'I_n -> 'I_p) :
  form Q (Y P y) = \sum_x \sum_x' Q x x' * (Num.sqrt (pL P x) * Num.sqrt (pL P x')) * (y x == y x')%:R.
Proof.
rewrite formE exchange_big; apply: eq_bigr => x _; rewrite exchange_big; apply: eq_bigr => x' _ /=.
rewrite -(onehot_sum y x (fun c => (c == y x')%:R)) mulr_sumr; apply: eq_bigr => c _.
by rewrite [Y P y x c]mxE [Y P y x' c]mxE [y x' == c]eq_sym; ring.
Qed.

Lemma projected_constant : form Q u = \sum_x \sum_x' Q x x' * (Num.sqrt (pL P x) * Num.sqrt (pL P x')).
Proof.
rewrite formE big_ord1; apply: eq_bigr => x _; apply: eq_bigr => x' _.
by rewrite [u x 0]mxE [u x' 0]mxE; ring.
Qed.

Lemma mean_labellings : mean_over_labellings part (fun y => mse P y f (head y)) =
  1 - 1 / r%:R * form Q u - (1 - 1 / r%:R) * form Q Z.
Proof.
have E y : mse P y f (head y) = 1 - form Q (Y P y).
  have := pythagoras (Y P y) (colproj_ortho (weightedL P f)); rewrite sqnormY => ->.
  by rewrite (mse_projection (probe y)) (form_orthoproj _ (colproj_ortho _)) addrAC subrr add0r.
have rN : (r ^ N)%:R != 0 :> R by rewrite pnatr_eq0 -lt0n expn_gt0 r_gt0.
rewrite /mean_over_labellings (eq_bigr _ (fun c _ => E _)) sumrB sumr_const card_ffun !card_ord mulrBl mulfV //.
rewrite -addrA -opprD; congr (1 - _); rewrite (eq_bigr _ (fun c _ => projected_form _)).
rewrite projected_constant (projected_form part) !mulr_sumr exchange_big mulr_suml -big_split; apply: eq_bigr => x _ /=.
rewrite !mulr_sumr exchange_big mulr_suml -big_split; apply: eq_bigr => x' _ /=.
rewrite -mulr_sumr -[LHS]mulrA (one_label _ (part x) (part x') r_gt0); ring.
Qed.

(* the projector on the indicators of the parts *)
Let H : 'M[R]_n := N%:R *: (Z *m Z^T).

Let N0 : N%:R != 0 :> R.
Proof. by have [x _] := nodes P; rewrite pnatr_eq0 -lt0n (leq_ltn_trans (leq0n _) (ltn_ord (part x))). Qed.

Lemma parts_gram : Z^T *m Z = (N%:R^-1)%:M.
Proof.
apply/matrixP => b b'; rewrite !mxE.
rewrite (eq_bigr (fun x => pL P x * (part x == b)%:R * (b == b')%:R)) => [|x _].
  by rewrite -mulr_suml equal mul1r; case: (b == b'); rewrite ?mulr1 ?mulr1n ?mulr0 ?mulr0n.
rewrite !mxE -[in RHS](sqrtL2 P x); have [<-|_] := eqVneq (part x) b; last by rewrite !mulr0 !mul0r.
by ring.
Qed.

Lemma parts_projector : orthoproj H.
Proof.
split; first by rewrite linearZ /= trmx_mul trmxK.
rewrite -scalemxAl -scalemxAr -mulmxA (mulmxA Z^T) parts_gram mul_scalar_mx -scalemxAr scalerA mulfV //.
by rewrite scale1r.
Qed.

Lemma projected_parts : form Q Z = sqnorm (H *m Q) / N%:R.
Proof.
have [symQ idQ] := colproj_ortho (weightedL P f).
rewrite -(form_orthoproj _ parts_projector) formZ form_gram -sqnormT trmx_mul trmxK symQ mulrAC mulfV // mul1r.
by rewrite (form_orthoproj _ (colproj_ortho _)).
Qed.

Lemma projector_sqnorm : sqnorm Q = (\rank Q)%:R.
Proof. by have [symQ idQ] := colproj_ortho (weightedL P f); rewrite sqnorm_tr symQ idQ (orthoproj_rank (colproj_ortho
  _)). Qed.

Lemma projector_rank : (\rank Q <= k)%N.
Proof. by apply: leq_trans (mxrankS (proj_sub _)) _; apply: rank_leq_row. Qed.

Lemma constant_sqnorm : sqnorm u = 1.
Proof. by rewrite sqnorm_tr root_mass_unit mxtrace1. Qed.

Lemma separation_below :
  (1 - 1 / r%:R) * (1 - k%:R / N%:R) <= mean_over_labellings part (fun y => mse P y f (head y)).
Proof.
have r0 : 0 < r%:R :> R by rewrite ltr0n.
have r1 : 0 <= 1 - 1 / r%:R :> R by rewrite subr_ge0 ler_pdivrMr // mul1r ler1n.
have parts : form Q Z <= k%:R / N%:R.
  rewrite projected_parts ler_wpM2r ?invr_ge0 ?ler0n //; apply: le_trans (orthoproj_le _ parts_projector) _.
  by rewrite projector_sqnorm ler_nat projector_rank.
have constant : form Q u <= 1.
  by rewrite (form_orthoproj _ (colproj_ortho _)) -constant_sqnorm orthoproj_le //; apply: colproj_ortho.
rewrite mean_labellings; have := ler_wpM2l r1 parts; have : 1 / r%:R * form Q u <= 1 / r%:R.
  by rewrite ler_piMr // divr_ge0 ?ler01 ?ler0n.
rewrite mulrBr mulr1; move: (_ * form Q u) (_ * form Q Z) (_ * (k%:R / _)) => a t e; lra.
Qed.
End Labellings.

Section Components.
Variables (R : rcfType) (n m k N : nat) (P : graph R n m) (part : 'I_n -> 'I_N) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Hypotheses (equal : forall b, \sum_x pL P x * (part x == b)%:R = 1 / N%:R) (kN : (k <= N)%N) (best : minimiser P f g).
Hypothesis parts : forall x x', (part x == part x') = connect (linked P) (inl x) (inl x').
Local Notation Q := (colproj (weightedL P f)).
Local Notation Z := (Y P part).
Local Notation u := (root_mass P).

Lemma induced_same x x' : induced P x x' != 0 -> part x = part x'.
Proof.
move=> pos; apply/eqP; rewrite parts.
have [l /andP [xl xl']] : exists l, (P x l != 0) && (P x' l != 0).
  apply/existsP; apply: contraR pos => /existsPn no; rewrite /induced big1 // => l _.
  by move: (no l); rewrite negb_and !negbK => /orP [] /eqP ->; rewrite ?mul0r ?mulr0 ?mul0r.
by apply: (@connect_trans _ _ (inr l)); apply: connect1.
Qed.

Lemma constant_on_parts (h : 'I_n -> R) :
  (forall x x', induced P x x' != 0 -> h x = h x') -> forall x x', part x = part x' -> h x = h x'.
Proof.
move=> same x x' /eqP; rewrite parts => xx'.
pose good (v : 'I_n + 'I_m) := match v with
  inl z => h z == h x | inr l => [forall z, (P z l != 0) ==> (h z == h x)] end.
have pair_pos z z' l : P z l != 0 -> P z' l != 0 -> induced P z z' != 0.
  move=> zl zl'; rewrite gt_eqF // /induced (bigD1 l) //= ltr_wpDr ?sumr_ge0 // => [l' _|].
    by rewrite !mulr_ge0 ?weight_ge0 // invr_ge0 ltW ?pR_gt0.
  by rewrite divr_gt0 ?pR_gt0 // mulr_gt0 // lt0r weight_ge0 andbT.
have step v w : linked P v w -> good v -> good w.
  case: v w => [z|l] [z'|l'] //= zl; last by move=> /forallP /(_ z') /implyP; apply.
  move=> /eqP hz; apply/forallP => z''; apply/implyP => zl'.
  by rewrite (same _ _ (pair_pos z'' z l' zl' zl)) hz.
have := closed_connect (intro_closed (linked_sym P) step) xx'.
by rewrite !unfold_in /= eqxx => /esym /eqP ->.
Qed.

(* the width is all used, on values of 1 *)
Let W : 'M[R]_(n, k) := \matrix_(x, i) (Num.sqrt N%:R * Z x (widen_ord kN i)).

Let N0 : 0 < N%:R :> R.
Proof. by have [x _] := nodes P; rewrite ltr0n (leq_ltn_trans (leq0n _) (ltn_ord (part x))). Qed.

Lemma some_parts : W^T *m W = 1%:M.
Proof.
apply/matrixP => i j; transitivity (N%:R * (Z^T *m Z) (widen_ord kN i) (widen_ord kN j)).
  rewrite !mxE mulr_sumr; apply: eq_bigr => x _; rewrite [W^T _ _]mxE [W x i]mxE [W x j]mxE [Z^T _ _]mxE.
  by rewrite mulrACA -expr2 sqr_sqrtr // ltW.
rewrite (parts_gram equal) !mxE (_ : (widen_ord kN i == widen_ord kN j) = (i == j)) //.
by case: (i == j); rewrite ?mulr1n ?mulr0n ?mulr0 // mulfV // gt_eqF.
Qed.

Lemma some_parts_kept : form (hop P) W = k%:R.
Proof.
have -> : form (hop P) W = sqnorm W - form (1%:M - hop P) W by rewrite formB form1 opprB addrC subrK.
rewrite (columns_sqnorm some_parts) dirichlet big1 ?mulr0 ?subr0 // => x _; rewrite big1 // => x' _.
have [->|pos] := eqVneq (induced P x x') 0; first by rewrite mul0r.
rewrite big1 ?mulr0 // => i _; rewrite !mxE (induced_same pos).
set e := (_ == _)%:R; have -> : Num.sqrt N%:R * (Num.sqrt (pL P x) * e) / Num.sqrt (pL P x) = Num.sqrt N%:R * e.
  by field; apply: sqrtL_neq0.
have -> : Num.sqrt N%:R * (Num.sqrt (pL P x') * e) / Num.sqrt (pL P x') = Num.sqrt N%:R * e.
  by field; apply: sqrtL_neq0.
by rewrite subrr expr0n.
Qed.

Lemma best_kept : form (1%:M - hop P) Q = 0 /\ (\rank Q)%:R = k%:R :> R.
Proof.
have oQ := colproj_ortho (weightedL P f); have [symQ idQ] := oQ.
have [oT rT] := columns_orthoproj some_parts.
have := optimum_trace best oT; rewrite rT leqnn => /(_ isT).
have -> : \tr (W *m W^T *m hop P) = form (hop P) W by rewrite /form -mulmxA mxtrace_mulC mulmxA.
have -> : \tr (Q *m hop P) = sqnorm Q - form (1%:M - hop P) Q.
  by rewrite formB form1 opprB addrC subrK /form symQ [RHS]mxtrace_mulC (mulmxA Q Q) idQ //.
rewrite some_parts_kept projector_sqnorm => most.
have := laplacian_ge0 P Q; have : (\rank Q)%:R <= k%:R :> R by rewrite ler_nat projector_rank.
by move: (form _ _) most => a; split; lra.
Qed.

Lemma projector_constant c x x' : part x = part x' -> Q x c / Num.sqrt (pL P x) = Q x' c / Num.sqrt (pL P x').
Proof.
move: x x'; apply: constant_on_parts => x x' pos; have [zero _] := best_kept; move: zero.
rewrite dirichlet => /eqP; rewrite mulf_eq0 invr_eq0 pnatr_eq0 /= psumr_eq0 =>
  [/allP /(_ x (mem_index_enum x)) /=|z _]; last first.
  by apply: sumr_ge0 => ? _; rewrite mulr_ge0 ?induced_ge0 // sumr_ge0 // => ? _; apply: sqr_ge0.
rewrite psumr_eq0 => [/allP /(_ x' (mem_index_enum x')) /=|z _]; last first.
  by rewrite mulr_ge0 ?induced_ge0 // sumr_ge0 // => ? _; apply: sqr_ge0.
rewrite mulf_eq0 (negPf pos) /= psumr_eq0 => [/allP /(_ c (mem_index_enum c)) /=|z _]; last exact: sqr_ge0.
by rewrite sqrf_eq0 subr_eq0 => /eqP.
Qed.

Lemma features_constant x x' : part x = part x' -> row x f = row x' f.
Proof.
move=> same; apply/rowP => i; rewrite !mxE.
have E z : f z i = \sum_c Q z c / Num.sqrt (pL P z) * weightedL P f c i.
  have /matrixP /(_ z i) := colproj_id (weightedL P f); rewrite [LHS]mxE [RHS]mxE => E.
  apply: (mulfI (sqrtL_neq0 P z)); rewrite -E mulr_sumr; apply: eq_bigr => c _.
  by rewrite mulrA [X in _ = X * _]mulrC divfK // sqrtL_neq0.
by rewrite !E; apply: eq_bigr => c _; rewrite (projector_constant c same).
Qed.

Lemma parts_kept : form Q Z = k%:R / N%:R.
Proof.
rewrite (projected_parts f equal); congr (_ / _); have [_ <-] := best_kept; rewrite -projector_sqnorm.
congr sqnorm; apply/matrixP => x c; rewrite -scalemxAl -mulmxA mxE [(Z *m _) x c]mxE (bigD1 (part x)) //=.
rewrite [X in _ * (_ + X)]big1 => [|b /negPf ne]; last by rewrite [Z x b]mxE eq_sym ne mulr0 mul0r.
have -> : (Z^T *m Q) (part x) c = Q x c / Num.sqrt (pL P x) * (1 / N%:R).
  rewrite -(equal (part x)) mulr_sumr mxE; apply: eq_bigr => z _; rewrite [Z^T _ _]mxE [Z z _]mxE.
  case: (eqVneq (part z) (part x)) => [same|_]; last by rewrite !mulr0 mul0r.
  rewrite !mulr1 (projector_constant c (esym same)); have := sqrtL2 P z; have := sqrtL_neq0 P z.
  by move: (Num.sqrt (pL P z)) => s s0 <-; field.
rewrite [Z x _]mxE eqxx mulr1 addr0; field; by rewrite sqrtL_neq0 gt_eqF.
Qed.

Lemma constant_kept : form Q u = 1 <-> exists v : 'cV[R]_k, f *m v = const_mx 1.
Proof.
have oQ := colproj_ortho (weightedL P f).
have weighted (v : 'cV[R]_k) : f *m v = const_mx 1 <-> weightedL P f *m v = u.
  split=> E; apply/colP => x; have := congr1 (fun M : 'cV[R]_n => M x 0) E.
    by rewrite weighted_mul [const_mx _ _ _]mxE => ->; rewrite mulr1 [RHS]mxE.
  rewrite weighted_mul [u x 0]mxE [RHS in _ -> _ = RHS]mxE => E'.
  by apply: (mulfI (sqrtL_neq0 P x)); rewrite E' mulr1.
rewrite form_orthoproj //; split=> [one|[v /weighted fv]]; last first.
  by rewrite -fv mulmxA colproj_id fv constant_sqnorm.
have [v E] := colproj_factor (weightedL P f) u; exists v; apply/weighted; rewrite E.
have := pythagoras u oQ; rewrite one constant_sqnorm -[X in X = _]addr0 => /addrI /esym /sqnorm_eq0.
by rewrite mulmxBl mul1mx => /eqP; rewrite subr_eq0 => /eqP.
Qed.
End Components.

Theorem separation (R : rcfType) : Statements.separation R.
Proof.
move=> n m r k N P part f g head mean least r_gt0 equal probe; split; first exact: separation_below.
move=> parts kN best; split; first exact: features_constant equal kN best parts.
rewrite /mean (mean_labellings part r_gt0 probe) (parts_kept equal kN best parts) -(constant_kept P f).
have r0 : 1 / r%:R != 0 :> R by rewrite mulf_neq0 ?oner_neq0 // invr_eq0 pnatr_eq0 -lt0n.
rewrite /least; move: (1 / r%:R) (k%:R / N%:R) (form _ _) r0 => a b t a0; split=> [E|->]; last by ring.
by apply: (mulfI a0); rewrite mulr1; move: E; lra.
Qed.
