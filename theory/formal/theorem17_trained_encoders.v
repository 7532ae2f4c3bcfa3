(* Theorem 17, of any embedding pair. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Places Inequalities.
From Pairbounds Require Import Excess.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma triangle_sqrt (R : rcfType) n p (X Z : 'M[R]_(n, p)) :
  Num.sqrt (sqnorm (X + Z)) <= Num.sqrt (sqnorm X) + Num.sqrt (sqnorm Z).
Proof.
rewrite -(@ler_pXn2r _ 2) ?nnegrE ?addr_ge0 ?sqrtr_ge0 // [leLHS]sqr_sqrtr ?sqnorm_ge0 //; exact: triangle.
Qed.

(* a projector less half of the identity halves every norm *)
Lemma half_reflection (R : rcfType) n p (Q : 'M[R]_n) (X : 'M[R]_(n, p)) :
  orthoproj Q -> sqnorm (Q *m X - 2^-1 *: X) = 2^-1 ^+ 2 * sqnorm X.
Proof.
move=> oQ; have [_ idQ] := oQ; rewrite (pythagoras (_ - _) oQ) (pythagoras X oQ) mulrDr -!sqnormZ; congr (_ + _).
  congr sqnorm; rewrite mulmxBr (mulmxA Q Q) idQ -scalemxAr -{1}[Q *m X]scale1r -scalerBl; congr (_ *: _); lra.
rewrite -sqnormN; congr sqnorm.
by rewrite mulmxBr (mulmxA _ Q X) mulmxBl mul1mx idQ subrr mul0mx sub0r opprK -scalemxAr.
Qed.

Lemma two_sides (R : rcfType) n p (Q : 'M[R]_n) (X Z : 'M[R]_(n, p)) : orthoproj Q ->
  sqnorm (Q *m X - (1%:M - Q) *m Z) = sqnorm (Q *m X) + sqnorm ((1%:M - Q) *m Z).
Proof.
move=> oQ; have [_ idQ] := oQ; have [_ idN] := orthoproj_compl oQ; rewrite (pythagoras (_ - _) oQ).
have -> : Q *m (Q *m X - (1%:M - Q) *m Z) = Q *m X.
  by rewrite mulmxBr !(mulmxA Q) idQ mulmxBr mulmx1 idQ subrr mul0mx subr0.
rewrite mulmxBr !(mulmxA (1%:M - Q)) idN.
by rewrite [(1%:M - Q) *m Q]mulmxBl mul1mx idQ subrr mul0mx sub0r sqnormN.
Qed.

Lemma two_coordinates (R : rcfType) r (t : 'I_r -> R) c c' :
  c' != c -> (t c - t c') ^+ 2 / 2 <= \sum_i t i ^+ 2.
Proof.
move=> ne; rewrite (bigD1 c) //= (bigD1 c') //=.
have : 0 <= \sum_(i < r | (i != c) && (i != c')) t i ^+ 2 by apply: sumr_ge0 => i _; apply: sqr_ge0.
move: (\sum_(i < r | _) _) => q q0; have := sqr_ge0 (t c + t c'); rewrite !expr2; lra.
Qed.

Section Theorem17.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)).
Hypotheses (basis : eigenbasis (hop P) U l) (probe : least_squares P y f B).
Local Notation Y := (Y P y).
Local Notation Q := (colproj (weightedL P f)).
Local Notation weighed := (weighed P y U).
Local Notation energy := (energy P y U).
Local Notation e := (excess P l f g).
Let oQ : orthoproj Q := colproj_ortho _.

Lemma overlap01 i : 0 <= overlap U Q i <= 1.
Proof. by rewrite (overlap_ge0 U i oQ) (overlap_le1 i (UUt basis) oQ). Qed.

(* scores near known scores *)
Lemma bought (H : 'M[R]_(n, r)) gamma budget most :
  (forall x c, c != y x -> gamma x <= H x (y x) / Num.sqrt (pL P x) - H x c / Num.sqrt (pL P x)) ->
  sqnorm (Q *m Y - H) <= budget -> buys_at_most P gamma budget most -> error P y f B <= most.
Proof.
move=> margin near; apply=> [x|]; first by case: (errs _ _); rewrite ?lexx ?ler01.
apply: le_trans near; move/least_squaresP: probe => <-; apply: ler_sum => x _.
have E c : (weightedL P f *m B - H) x c = Num.sqrt (pL P x) * ((f *m B) x c - H x c / Num.sqrt (pL P x)).
  by rewrite mxE weighted_mul [(- _ : 'M_(_, _)) _ _]mxE mulrBr mulrCA mulfV ?mulr1 ?sqrtL_neq0.
rewrite (eq_bigr (fun c => pL P x * ((f *m B) x c - H x c / Num.sqrt (pL P x)) ^+ 2)) => [|c _]; last first.
  by rewrite E exprMn sqr_sqrtr // ltW ?pL_gt0.
rewrite -mulr_sumr -mulrA ler_wpM2l ?(ltW (pL_gt0 P x)) //.
have [wrong|_] := boolP (errs _ _); last by rewrite mul0r sumr_ge0 // => c _; apply: sqr_ge0.
by rewrite mul1r; apply: errs_price wrong => c; apply: margin.
Qed.

Section Soft.
Variables (w : 'I_n -> R) (a : R).
Hypotheses (wk : soft_weights k l w) (wa : opnorm2_le (weighed (per_root k l w)) a).
Let rest i := 1 - w i.

Lemma soft_lost : sqnorm ((1%:M - Q) *m weighed w) <= e * a.
Proof.
have a0 := opnorm2_ge0 (some_node P) wa; pose v i := Num.sqrt (l i - value l k).
apply: le_trans (weighed_projected basis (v := v) (orthoproj_compl oQ) _ wa) _ => [i|].
  have [_ zero] := wk i; rewrite /per_root -/(v i).
  have [/zero ->|lt] := leP (l i) (value l k); first by rewrite !mul0r mulr0.
  by rewrite mulrCA mulfV ?mulr1 // gt_eqF // sqrtr_gt0 subr_gt0.
rewrite mulrC; apply: ler_wpM2r => //; have := excess_overlap f g basis (value_ge0 basis k).
apply: le_trans; rewrite -[leLHS]addr0 lerD ?sqnorm_ge0 //; apply: ler_sum => i _.
rewrite (overlap_compl basis); have /andP [q0 q1] := overlap01 i.
have [ik|ki] := ltnP i k.
  by rewrite sqr_sqrtr // subr_ge0 -(value_ord l i) (value_sorted basis) // ltnW.
have le : l i <= value l k by rewrite -(value_ord l i) (value_sorted basis).
by rewrite /v ler0_sqrtr ?subr_le0 // expr0n mul0r mulr_ge0 // subr_ge0.
Qed.

Lemma soft_split : weighed w + weighed rest = Y.
Proof. by rewrite weighedD; apply: (weighed_all _ basis) => i; rewrite addrC subrK. Qed.

Lemma soft_mse : Num.sqrt (mse P y f B) <= Num.sqrt (\sum_i (1 - w i) ^+ 2 * energy i) + Num.sqrt (e * a).
Proof.
rewrite (mse_projection probe) -soft_split mulmxDr addrC; apply: le_trans (triangle_sqrt _ _) _.
rewrite lerD ?ler_wsqrtr ?soft_lost // -(weighed_norm y basis); exact: orthoproj_le (orthoproj_compl oQ).
Qed.

Lemma soft_near : sqnorm (Q *m Y - weighed (fun i => (1 + w i) / 2))
  <= (Num.sqrt (\sum_i (1 - w i) ^+ 2 * energy i) / 2 + Num.sqrt (e * a)) ^+ 2.
Proof.
have -> : weighed (fun i => (1 + w i) / 2) = weighed w + 2^-1 *: weighed rest.
  rewrite weighedZ weighedD; congr (_ *m (diag_mx _ *m _) *m _); apply/rowP => i; rewrite !mxE /rest; lra.
have -> : Q *m Y - (weighed w + 2^-1 *: weighed rest)
    = Q *m weighed rest - 2^-1 *: weighed rest - (1%:M - Q) *m weighed w.
  rewrite -soft_split mulmxDr mulmxBl mul1mx opprB opprD [Q *m _ + _]addrC [- weighed w + _]addrC; exact: addrACA.
apply: le_trans (triangle _ _) _.
rewrite sqnormN half_reflection // (sqrtrM _ (sqr_ge0 _)) sqrtr_sqr ger0_norm ?invr_ge0 //.
rewrite (weighed_norm y basis) [2^-1 * _]mulrC ler_pXn2r ?nnegrE ?addr_ge0 ?mulr_ge0 ?sqrtr_ge0 ?invr_ge0 //.
by rewrite lerD2l ler_wsqrtr ?soft_lost.
Qed.
(* what the budget buys is no more than twice the bound of the squared error *)
Lemma soft_twice (gamma v : 'I_n -> R) (d : R) (rho := Num.sqrt (\sum_i (1 - w i) ^+ 2 * energy i)) : 0 <= d ->
  (forall x, exists2 c, c != y x & gamma x = weighed_scores P y U w x (y x) - weighed_scores P y U w x c) ->
  (forall x, 0 <= v x <= 1) ->
  \sum_x pL P x * v x * (Num.max 0 ((1 + gamma x) / 2) ^+ 2 / 2) <= d ^+ 2 ->
  \sum_x pL P x * v x <= 2 * (d + rho / 2) ^+ 2.
Proof.
move=> d0 tight v01 paid; pose s x := Num.max 0 ((1 + gamma x) / 2); pose t x := Num.max 0 ((1 - gamma x) / 2).
have p0 x : 0 <= pL P x * v x by rewrite mulr_ge0 ?(ltW (pL_gt0 P x)) //; have /andP [] := v01 x.
have s0 x : 0 <= s x by rewrite le_max lexx.
have t0 x : 0 <= t x by rewrite le_max lexx.
have rho2 : rho ^+ 2 = sqnorm (Y - weighed w).
  rewrite sqr_sqrtr -?(weighed_norm y basis (fun i => 1 - w i)) ?sqnorm_ge0 //; congr sqnorm.
  by rewrite -soft_split addrC addKr.
have bad : 2 * (\sum_x pL P x * v x * t x ^+ 2) <= rho ^+ 2.
  rewrite rho2 mulr_sumr; apply: ler_sum => x _.
  have E c : (Y - weighed w) x c = Num.sqrt (pL P x) * ((y x == c)%:R - weighed_scores P y U w x c).
    by rewrite mxE [(- _ : 'M_(_, _)) _ _]mxE [Y x c]mxE mulrBr [X in _ = _ - X]mulrCA mulfV ?mulr1 ?sqrtL_neq0.
  rewrite (eq_bigr (fun c => pL P x * ((y x == c)%:R - weighed_scores P y U w x c) ^+ 2)) => [|c _]; last first.
    by rewrite E exprMn sqr_sqrtr // ltW ?pL_gt0.
  have -> : 2 * (pL P x * v x * t x ^+ 2) = pL P x * (v x * (2 * t x ^+ 2)) by ring.
  rewrite -mulr_sumr ler_wpM2l ?(ltW (pL_gt0 P x)) //.
  have [c ne gE] := tight x; have := two_coordinates (fun c => (y x == c)%:R - weighed_scores P y U w x c) ne.
  apply: le_trans; rewrite /= eqxx [y x == c]eq_sym (negPf ne); have /andP [v0 v1] := v01 x.
  apply: le_trans (_ : 2 * t x ^+ 2 <= _).
    by rewrite -[leRHS]mul1r ler_wpM2r ?mulr_ge0 ?sqr_ge0.
  rewrite /t; set h := weighed_scores P y U w x in gE *.
  have -> : true%:R - h (y x) - (false%:R - h c) = 1 - gamma x.
    by rewrite gE -[true%:R]/(1 : R) -[false%:R]/(0 : R); ring.
  case: (leP 0 _) => _; last by rewrite expr0n mulr0 divr_ge0 ?sqr_ge0.
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
have good : \sum_x pL P x * v x * s x ^+ 2 <= 2 * d ^+ 2.
  rewrite mulrC -ler_pdivrMr // mulr_suml; apply: le_trans paid.
  by apply: ler_sum => x _; rewrite -[X in X <= _]mulrA.
have cross : \sum_x pL P x * v x * (s x * t x) <= d * rho.
  have c0 : 0 <= \sum_x pL P x * v x * (s x * t x) by apply: sumr_ge0 => x _; apply: mulr_ge0 => //; apply: mulr_ge0.
  rewrite -(@ler_pXn2r _ 2) ?nnegrE ?mulr_ge0 ?sqrtr_ge0 //.
  have := cauchy_sum (fun x => Num.sqrt (pL P x * v x) * s x) (fun x => Num.sqrt (pL P x * v x) * t x).
  under eq_bigr => x _ do rewrite mulrACA -expr2 sqr_sqrtr ?p0 //.
  under [X in _ <= X * _]eq_bigr => x _ do rewrite exprMn sqr_sqrtr ?p0 //.
  under [X in _ <= _ * X]eq_bigr => x _ do rewrite exprMn sqr_sqrtr ?p0 //.
  move=> le; apply: le_trans le _; rewrite exprMn.
  have -> : d ^+ 2 * rho ^+ 2 = 2 * d ^+ 2 * (rho ^+ 2 / 2) by field.
  apply: ler_pM => //; [by apply: sumr_ge0 => x _; rewrite mulr_ge0 ?sqr_ge0..|].
  by rewrite ler_pdivlMr // mulrC.
have square x : pL P x * v x * s x ^+ 2 + 2 * (pL P x * v x * (s x * t x)) + pL P x * v x * t x ^+ 2
    = pL P x * v x * (s x + t x) ^+ 2 by ring.
apply: le_trans (_ : \sum_x pL P x * v x * (s x + t x) ^+ 2 <= _).
  apply: ler_sum => x _.
  rewrite -[leLHS]mulr1 ler_wpM2l // -(expr1n R 2) ler_pXn2r ?nnegrE ?addr_ge0 // /s /t.
  by case: (leP 0 ((1 + _) / 2)); case: (leP 0 ((1 - _) / 2)); lra.
under eq_bigr => x _ do rewrite -square.
rewrite !big_split /= -mulr_sumr; move: good cross bad; rewrite !expr2; lra.
Qed.
End Soft.
End Theorem17.

(* the best exchange of what is lost above for what is gained below *)
Lemma exchange_rate (R : realFieldType) (a b X Z s t e : R) : 0 <= a -> 0 <= b -> 0 <= X -> 0 < t -> t <= s ->
  (forall u, 0 <= u <= t -> (s - u) * X + u * Z <= e) -> a * X + b * Z <= e * Num.max ((a + b) / s) (b / t).
Proof.
move=> a0 b0 X0 t0 ts le; set c := Num.max _ _; have s0 := lt_le_trans t0 ts.
have c1 : a + b <= c * s by rewrite -ler_pdivrMr // le_max lexx.
have c2 : b <= c * t by rewrite -ler_pdivrMr // le_max lexx orbT.
have c0 : 0 <= c by rewrite le_max divr_ge0 ?addr_ge0 // ltW.
have [cz|cn] := eqVneq c 0.
  by move: c1; rewrite cz mul0r => ab; have -> : a = 0 by [lra]; have -> : b = 0 by [lra]; rewrite !mul0r addr0 mulr0.
have cp : 0 < c by rewrite lt_neqAle eq_sym cn.
have u0 : 0 <= b / c <= t by rewrite divr_ge0 //= ler_pdivrMr // mulrC.
have := le _ u0; rewrite -(ler_pM2l cp) [c * e]mulrC; apply: le_trans.
have -> : c * ((s - b / c) * X + b / c * Z) = (c * s - b) * X + b * Z by field.
by rewrite lerD2r ler_wpM2r // lerBrDr.
Qed.

Section Gap.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Variables (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) (B : 'M[R]_(k.+1, r)) (b : R).
Hypotheses (basis : eigenbasis (hop P) U l) (probe : least_squares P y f B) (gap : value l k.+1 < value l k).
Hypothesis wb : opnorm2_le (weighed P y U (fun i => (k < i)%N%:R)) b.
Local Notation Y := (Y P y).
Local Notation Q := (colproj (weightedL P f)).
Local Notation weighed := (weighed P y U).
Local Notation energy := (energy P y U).
Local Notation e := (excess P l f g).
Let oQ : orthoproj Q := colproj_ortho _.
Let lost j := \sum_(i < n) (i <= j)%N%:R ^+ 2 * overlap U (1%:M - Q) i.
Let gained := \sum_(i < n) (k < i)%N%:R ^+ 2 * overlap U Q i.

Lemma gap_overlaps j u : (j <= k)%N -> 0 <= u <= value l k - value l k.+1 ->
  (value l j - value l k.+1 - u) * lost j + u * gained <= e.
Proof.
move=> jk /andP [u0 ut]; have s0 : 0 <= value l k.+1 + u by rewrite addr_ge0 ?(value_ge0 basis).
have := excess_overlap f g basis s0; apply: le_trans; rewrite -[leLHS]addr0 lerD ?sqnorm_ge0 //.
rewrite !mulr_sumr -big_split; apply: ler_sum => i _ /=; rewrite (overlap_compl basis).
have /andP [q0 q1] := overlap01 f basis i; move: (overlap U Q i) q0 q1 => q q0 q1.
have := value_sorted basis (i := i); rewrite value_ord => below.
have := value_sorted basis (j := i); rewrite value_ord => above.
have [ik|ki] := ltnP k i.
  rewrite ltnNge ik /= leqNgt (leq_ltn_trans jk ik) /= expr0n expr1n mul0r mulr0 add0r mul1r.
  by rewrite ler_wpM2r //; have := above _ ik; lra.
have := above _ (leqnn i); have := below _ ki; rewrite ltnS ki expr0n mul0r mulr0 addr0.
case: leqP => [/below h0|_] h1 h2; rewrite /= ?expr1n ?expr0n ?mul1r ?mul0r ?mulr0.
  by apply: ler_wpM2r; lra.
by apply: mulr_ge0; lra.
Qed.

Lemma lost_ge0 j : 0 <= lost j.
Proof. by apply: sumr_ge0 => i _; rewrite mulr_ge0 ?sqr_ge0 // overlap_ge0 //; apply: orthoproj_compl. Qed.

Lemma out_gained : sqnorm (Q *m weighed (fun i => (k < i)%N%:R)) <= b * gained.
Proof.
by apply: (weighed_projected basis oQ) wb => i; case: (k < i)%N; rewrite ?mul1r ?mul0r.
Qed.

Lemma gap_mse_below (explained := \sum_(i < n | (i <= k)%N) energy i) :
  1 - (Num.sqrt explained + Num.sqrt (b * e / (value l k - value l k.+1))) ^+ 2 <= mse P y f B.
Proof.
have b0 := opnorm2_ge0 (some_node P) wb; have s0 : 0 < value l k - value l k.+1 by rewrite subr_gt0.
rewrite (mse_projection probe) lerBlDr; apply: le_trans (_ : sqnorm Y <= _); first by rewrite sqnormY.
rewrite (pythagoras Y oQ) addrC lerD2l.
have YE : weighed (fun i => (i <= k)%N%:R) + weighed (fun i => (k < i)%N%:R) = Y.
  by rewrite weighedD; apply: (weighed_all _ basis) => i; case: leqP; rewrite ?addr0 ?add0r.
rewrite -{1}YE mulmxDr; apply: le_trans (triangle _ _) _.
rewrite ler_pXn2r ?nnegrE ?addr_ge0 ?sqrtr_ge0 // lerD // ler_wsqrtr //.
  apply: le_trans (orthoproj_le _ oQ) _; rewrite (weighed_norm y basis) [leRHS]big_mkcond.
  by apply: ler_sum => i _; case: leqP => _; rewrite ?expr1n ?expr0n ?mul1r ?mul0r.
apply: le_trans out_gained _; rewrite -mulrA ler_wpM2l // ler_pdivlMr // mulrC.
have := gap_overlaps (leqnn k) (u := value l k - value l k.+1); rewrite lexx ltW // subrr mul0r add0r; exact.
Qed.

Section Margins.
Variables (j : nat) (a : R).
Hypotheses (jk : (j <= k)%N) (wa : opnorm2_le (weighed (fun i => (i <= j)%N%:R)) a).
Local Notation kappa := (Num.max ((a + b) / (value l j - value l k.+1)) (b / (value l k - value l k.+1))).
Local Notation high := (weighed (fun i => (i <= j)%N%:R)).
Local Notation low := (weighed (fun i => (k < i)%N%:R)).

Lemma exchanged : sqnorm (Q *m low - (1%:M - Q) *m high) <= e * kappa.
Proof.
have a0 := opnorm2_ge0 (some_node P) wa; have b0 := opnorm2_ge0 (some_node P) wb.
have out : sqnorm ((1%:M - Q) *m high) <= a * lost j.
  by apply: (weighed_projected basis (orthoproj_compl oQ)) wa => i; case: (i <= j)%N; rewrite ?mul1r ?mul0r.
rewrite (two_sides _ _ oQ); apply: le_trans (lerD out_gained out) _.
rewrite addrC; apply: exchange_rate; rewrite ?lost_ge0 ?subr_gt0 ?lerD2r ?(value_sorted basis) //.
by move=> u; apply: gap_overlaps.
Qed.

Lemma margins_near : sqnorm (Q *m Y - weighed (fun i => ((i <= j)%N%:R + (i <= k)%N%:R) / 2))
  <= (Num.sqrt (e * kappa) + Num.sqrt (\sum_(i < n | (j < i <= k)%N) energy i) / 2) ^+ 2.
Proof.
pose W := weighed (fun i => (j < i <= k)%N%:R).
have cut (i : 'I_n) : [/\ (i <= j)%N%:R + (j < i <= k)%N%:R + (k < i)%N%:R = 1 :> R &
    ((i <= j)%N%:R + (i <= k)%N%:R) / 2 = (i <= j)%N%:R + 2^-1 * (j < i <= k)%N%:R :> R].
  have [ij|ji] := leqP i j; first by rewrite (leq_trans ij jk) ltnNge (leq_trans ij jk) /=; split; field.
  by case: leqP => _ /=; split; field.
have -> : Y = high + W + low by rewrite !weighedD (weighed_all _ basis) // => i; have [] := cut i.
have -> : weighed (fun i => ((i <= j)%N%:R + (i <= k)%N%:R) / 2) = high + 2^-1 *: W.
  rewrite weighedZ weighedD; congr (_ *m (diag_mx _ *m _) *m _); apply/rowP => i; rewrite !mxE; by have [] := cut i.
have -> : Q *m (high + W + low) - (high + 2^-1 *: W) = Q *m low - (1%:M - Q) *m high + (Q *m W - 2^-1 *: W).
  rewrite !mulmxDr mulmxBl mul1mx opprB opprD [_ + (Q *m high - high)]addrA [RHS]addrACA; congr (_ + _).
  by rewrite -[RHS]addrA [RHS]addrC.
apply: le_trans (triangle _ _) _; rewrite half_reflection // (sqrtrM _ (sqr_ge0 _)) sqrtr_sqr ger0_norm ?invr_ge0 //.
rewrite [2^-1 * _]mulrC ler_pXn2r ?nnegrE ?addr_ge0 ?mulr_ge0 ?sqrtr_ge0 ?invr_ge0 //.
rewrite lerD ?ler_wsqrtr ?exchanged // ler_wpM2r ?invr_ge0 // ler_wsqrtr // (weighed_norm y basis) [leRHS]big_mkcond.
by apply: ler_sum => i _; case: (_ && _); rewrite ?expr1n ?expr0n ?mul1r ?mul0r.
Qed.
End Margins.
End Gap.

Theorem trained_mse (R : rcfType) : Statements.trained_mse R.
Proof. by move=> n m r k P y U l f g B w a rest lost basis probe wk wa; apply: soft_mse. Qed.

Theorem trained_error (R : rcfType) : Statements.trained_error R.
Proof.
move=> n m r k P y U l f g B w a gamma rest lost ahead bought' basis probe wk wa margin.
split=> [most|tight v v01 paid].
  apply: (bought probe (H := weighed P y U (fun i => (1 + w i) / 2))); last exact: soft_near.
  move=> x c ne; have := margin x c ne; rewrite /ahead /weighed_scores.
  have -> : weighed P y U (fun i => (1 + w i) / 2) = 2^-1 *: (Y P y + weighed P y U w).
    rewrite -(weighed_all y basis (w := fun=> 1)) // weighedD weighedZ; congr (_ *m (diag_mx _ *m _) *m _).
    by apply/rowP => i; rewrite !mxE mulrC.
  move: (weighed _ _ _ w) => H; rewrite !mxE eqxx eq_sym (negPf ne) mulr0 add0r mulr1 !mulrDr !mulrDl.
  have := sqrtL_neq0 P x; move: (Num.sqrt _) => p p0 le; rewrite -mulrA mulfV //; lra.
have d0 : 0 <= rest / 2 + lost by rewrite addr_ge0 ?divr_ge0 ?sqrtr_ge0.
have := soft_twice basis d0 tight v01 paid; rewrite -/rest.
by have -> : rest / 2 + lost + rest / 2 = rest + lost by field.
Qed.

Theorem trained_error_by_margins (R : rcfType) : Statements.trained_error_by_margins R.
Proof.
move=> n m r k j P y U l f g B a b gamma most kappa between mean basis probe jk gap wa wb margin.
move=> bounded; have near := margins_near f g basis (value_lt basis gap) wb jk wa.
by have := bought probe margin near bounded.
Qed.

Theorem trained_mse_below (R : rcfType) : Statements.trained_mse_below R.
Proof.
move=> n m r k P y U l f g B b explained basis probe gap; apply: gap_mse_below => //; exact: value_lt basis _ _ gap.
Qed.

(* no row *)
Theorem operator_norm (R : rcfType) : Statements.operator_norm R.
Proof. by move=> n m r P y U l w b basis; apply: (weighed_opnorm y basis). Qed.
