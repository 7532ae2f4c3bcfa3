(* Cuts along the values of a function on the left nodes. Where it is the second eigenfunction, one of them meets the
   bound of theorem 9: the changes of a square are the cuts of its levels, and an induced pair is two draws from one
   right node. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies Places TwoDraws.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Cut.
Variables (R : rcfType) (n m : nat) (P : graph R n m).
Implicit Types S : {set 'I_n}.
Definition cut S : R := \sum_(x in S) \sum_(x' in ~: S) induced P x x'.
Definition volume S : R := \sum_(x in S) pL P x.

Lemma cut_sym S : cut (~: S) = cut S.
Proof.
rewrite /cut setCK exchange_big; apply: eq_bigr => x _; apply: eq_bigr => x' _; exact: induced_sym.
Qed.

Lemma conductance_sym S : conductance P (~: S) = conductance P S.
Proof. by rewrite /conductance -/(cut _) cut_sym setCK minC. Qed.

Lemma volume_gt0 S : S != set0 -> 0 < volume S.
Proof.
move=> /set0Pn [x xS]; rewrite /volume (bigD1 x) //= ltr_pwDl ?pL_gt0 //.
by apply: sumr_ge0 => x' _; apply: ltW; apply: pL_gt0.
Qed.

Lemma volumeC S : volume S + volume (~: S) = 1.
Proof.
rewrite -(pL_sum P) (bigID (mem S)) /=; congr (_ + _); apply: eq_bigl => x; by rewrite inE.
Qed.
End Cut.

Section Levels.
Variables (R : rcfType) (n m : nat) (P : graph R n m).
Local Notation gap w := (2^-1 * \sum_x \sum_x' induced P x x' * `|w x - w x'|).

Definition level (w : 'I_n -> R) a : {set 'I_n} := [set x | w a <= w x].

(* the changes of w are the cuts of its levels, summed *)
Lemma coarea (w : 'I_n -> R) phi : (forall x, 0 <= w x) ->
  (forall a, 0 < w a -> phi * volume P (level w a) <= cut P (level w a)) ->
  phi * (\sum_x pL P x * w x) <= gap w.
Proof.
have [k] := ubnP #|[pred x | (0 < w x)%R]|; elim: k w => // k IH w le_k w0 sparse.
have [b wb|none] := pickP [pred x | 0 < w x]; last first.
  have z x : w x = 0 by apply/le_anti; rewrite w0 andbT leNgt; apply/negbT/none.
  rewrite big1 => [|x _]; last by rewrite z mulr0.
  rewrite mulr0 mulr_ge0 ?invr_ge0 // sumr_ge0 // => x _; rewrite sumr_ge0 // => x' _.
  by rewrite mulr_ge0 ?induced_ge0.
have [a wa least] := @arg_minP _ _ _ b [pred x | 0 < w x] w wb; rewrite /= in wa.
pose S := level w a; pose w' x := w x - w a * (x \in S)%:R.
have inS x : (x \in S) = (0 < w x).
  by rewrite inE; apply/idP/idP => [|p]; [apply: lt_le_trans|exact: (least x p)].
have out x : x \notin S -> w x = 0 by rewrite inS -leNgt => le; apply/le_anti; rewrite le w0.
have w'0 x : 0 <= w' x.
  rewrite /w'; case: (boolP (x \in S)) => [|xS]; last by rewrite mulr0 subr0.
  by rewrite mulr1 subr_ge0 inE.
have same c x : 0 < w' c -> (w' c <= w' x) = (w c <= w x).
  rewrite /w' => p; have cS : c \in S.
    by apply: contraTT p => cS; rewrite (out _ cS) (negPf cS) mulr0 subr0 ltxx.
  rewrite cS mulr1 in p *; case: (boolP (x \in S)) => [|xS]; first by rewrite mulr1 lerD2r.
  rewrite mulr0 subr0 (out _ xS) leNgt p; apply/esym/negbTE; rewrite -ltNge; by rewrite inS in cS.
have := IH w' _ w'0 _; have -> : (#|[pred x | (0 < w' x)%R]| < k)%N.
  rewrite -ltnS; apply: leq_trans le_k; apply: proper_card; apply/properP; split.
    apply/subsetP => x; rewrite !inE /w' => p; rewrite -inS; apply: contraTT p => xS.
    by rewrite (out _ xS) (negPf xS) mulr0 subr0 ltxx.
  by exists a; rewrite !inE // /w' inS wa mulr1 subrr ltxx.
have sparse' c : 0 < w' c -> phi * volume P (level w' c) <= cut P (level w' c).
  move=> p; have -> : level w' c = level w c by apply/setP => x; rewrite !inE same.
  apply: sparse; apply: lt_le_trans p _; rewrite /w' gerBl mulr_ge0 ?ler0n //.
move=> /(_ isT sparse').
have -> : \sum_x pL P x * w x = \sum_x pL P x * w' x + w a * volume P S.
  rewrite /volume mulr_sumr [X in _ + X]big_mkcond -big_split; apply: eq_bigr => x _ /=; rewrite /w'.
  by case: (x \in S); rewrite /= ?mulr1 ?mulr0 ?subr0 ?addr0 //; ring.
have -> : gap w = gap w' + w a * cut P S.
  pose h x x' : R := induced P x x' * ((x \in S) && (x' \notin S))%:R.
  have hS : \sum_x \sum_x' h x x' = cut P S.
    rewrite /cut [RHS]big_mkcond; apply: eq_bigr => x _; rewrite /h; case: (x \in S); last first.
      by rewrite big1 // => x' _; rewrite mulr0.
    by rewrite [RHS]big_mkcond; apply: eq_bigr => x' _; rewrite in_setC; case: (x' \in S); rewrite ?mulr1 ?mulr0.
  have hS' : \sum_x \sum_x' h x' x = cut P S by rewrite exchange_big.
  have -> : w a * cut P S = 2^-1 * (w a * (\sum_x \sum_x' h x x') + w a * (\sum_x \sum_x' h x' x)).
    by rewrite hS hS'; field.
  rewrite -mulrDr; congr (_ * _); rewrite !mulr_sumr -!big_split; apply: eq_bigr => x _ /=.
  rewrite !mulr_sumr -!big_split; apply: eq_bigr => x' _ /=; rewrite /h [induced P x' x]induced_sym /w'.
  have wa0 := ltW wa; case: (boolP (x \in S)) => xS; case: (boolP (x' \in S)) => xS';
    rewrite /= ?mulr0 ?mulr1 ?addr0 ?subr0.
  - by congr (_ * `|_|); ring.
  - rewrite (out _ xS') !subr0 !ger0_norm ?w0 ?subr_ge0 //; [ring|by rewrite inE in xS].
  - rewrite (out _ xS) !sub0r !normrN !ger0_norm ?w0 ?subr_ge0 //; [ring|by rewrite inE in xS'].
  - by [].
have := ler_wpM2l (ltW wa) (sparse a wa); rewrite -/S; move: (volume P S) (cut P S) => t c.
by move: (gap w') => d; lra.
Qed.
End Levels.
Section Sweep.
Variables (R : rcfType) (n m : nat) (P : graph R n m).

(* an induced pair is two draws from one right node *)
Lemma draws (s : R) (v : 'I_n -> R) : 0 < s -> (forall x, 0 <= v x) ->
  s * (2^-1 * \sum_x \sum_x' induced P x x' * `|v x ^+ 2 - v x' ^+ 2|)
    <= (1 + s ^+ 2 / 3) * (\sum_x pL P x * v x ^+ 2) - \sum_x \sum_x' induced P x x' * (v x * v x').
Proof.
move=> s0 v0; pose p j x := P x j / pR P j.
have split2 (F : 'I_n -> 'I_n -> R) : \sum_x \sum_x' induced P x x' * F x x' =
    \sum_j pR P j * (\sum_x \sum_x' p j x * p j x' * F x x').
  rewrite (eq_bigr (fun x => \sum_j pR P j * (\sum_x' p j x * p j x' * F x x'))) => [|x _].
    by rewrite exchange_big; apply: eq_bigr => j _; rewrite mulr_sumr.
  rewrite (eq_bigr (fun x' => \sum_j pR P j * (p j x * p j x' * F x x'))) => [|x' _].
    by rewrite exchange_big; apply: eq_bigr => j _; rewrite mulr_sumr.
  rewrite mulr_suml; apply: eq_bigr => j _; rewrite /p.
  have : pR P j != 0 by rewrite gt_eqF ?pR_gt0.
  by move: (pR P j) => t t0; field.
have split1 : \sum_x pL P x * v x ^+ 2 = \sum_j pR P j * (\sum_x p j x * v x ^+ 2).
  rewrite (eq_bigr (fun x => \sum_j pR P j * (p j x * v x ^+ 2))) => [|x _].
    by rewrite exchange_big; apply: eq_bigr => j _; rewrite mulr_sumr.
  by rewrite mulr_suml; apply: eq_bigr => j _; rewrite /p mulrA [pR P j * _]mulrC divfK // gt_eqF ?pR_gt0.
rewrite !split2 split1 !mulr_sumr -sumrB; apply: ler_sum => j _.
have p0 x : 0 <= p j x by rewrite divr_ge0 ?weight_ge0 ?(ltW (pR_gt0 P j)).
have p1 : \sum_x p j x = 1 by rewrite -mulr_suml mulfV // gt_eqF ?pR_gt0.
have -> : \sum_x \sum_x' p j x * p j x' * (v x * v x') = (\sum_x p j x * v x) ^+ 2.
  rewrite expr2 mulr_suml; apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => x' _; ring.
have := ler_wpM2l (ltW (pR_gt0 P j)) (two_draws s0 p0 p1 v0).
move: (\sum_x \sum_x' _) (\sum_x p j x * v x ^+ 2) (_ ^+ 2) (pR P j) => a b c d; lra.
Qed.

Lemma median (f : 'I_n -> R) : exists mu,
  \sum_(x | mu < f x) pL P x <= 2^-1 /\ \sum_(x | f x < mu) pL P x <= 2^-1.
Proof.
pose below x := \sum_(x' | f x' <= f x) pL P x'.
have [x0 _] : exists x : 'I_n, true.
  apply/existsP; apply: contraTT (@ltr01 R); rewrite negb_exists => /forallP none.
  by rewrite -(pL_sum P) big1 ?ltxx // => x; have := none x.
have [t _ top] := @arg_maxP _ _ _ x0 xpredT f isT.
have tP : 2^-1 <= below t.
  rewrite /below (eq_bigl xpredT) => [|x]; last by apply: (top x isT).
  by rewrite pL_sum invf_le1 ?ler1n ?ltr0n.
have [a aP least] := @arg_minP _ _ _ t [pred x | 2^-1 <= below x] f tP; rewrite /= in aP.
have total (Q : pred 'I_n) : \sum_(x | Q x) pL P x + \sum_(x | ~~ Q x) pL P x = 1.
  by rewrite -(pL_sum P) [RHS](bigID Q).
exists (f a); split.
  have := total (fun x => f x <= f a); rewrite -/(below a) => E.
  rewrite (eq_bigl (fun x => ~~ (f x <= f a))) => [|x]; last by rewrite -ltNge.
  by move: (below a) (\sum_(x | _) _) aP E => u w; lra.
rewrite leNgt; apply/negP => big.
have [b fb] : exists b, f b < f a.
  apply/existsP; apply: contraTT big; rewrite negb_exists => /forallP none; rewrite -leNgt big_pred0.
    by rewrite invr_ge0.
  by move=> x; apply/negbTE/none.
have [c fc most] := @arg_maxP _ _ _ b [pred x | f x < f a] f fb; rewrite /= in fc.
have : 2^-1 <= below c.
  apply: ltW; apply: lt_le_trans big _; rewrite /below (eq_bigl (fun x => f x <= f c)) // => x.
  by apply/idP/idP => [/(most x)|le] //; apply: le_lt_trans fc.
by move=> /(least c); rewrite leNgt fc.
Qed.

Variables (lambda : R) (f : 'I_n -> R).
Hypotheses (lambda01 : 0 <= lambda <= 1) (nonzero : exists x, f x != 0) (centred : \sum_x pL P x * f x = 0).
Hypothesis eigen : forall x, \sum_x' induced P x x' * f x' = lambda * (pL P x * f x).
Local Notation bound := (Num.sqrt (4 * (1 - lambda) / 3)).

Lemma sweep_above (mu : R) : \sum_(x | mu < f x) pL P x <= 2^-1 -> mu <= 0 ->
  exists S : {set 'I_n}, [/\ S != set0, S != setT, forall x x', x \in S -> x' \notin S -> f x < f x' &
                             conductance P S <= bound].
Proof.
have /andP [l0 l1] := lambda01; move=> half mu0; pose v x := Num.max 0 (f x - mu).
have v0 x : 0 <= v x by rewrite le_max lexx.
have vpos x : (0 < v x) = (mu < f x) by rewrite lt_max ltxx subr_gt0.
have vE x : mu < f x -> v x = f x - mu by move=> lt; rewrite /v max_r // subr_ge0 ltW.
have walk : lambda * (\sum_x pL P x * v x ^+ 2) <= \sum_x \sum_x' induced P x x' * (v x * v x').
  rewrite mulr_sumr; apply: ler_sum => x _.
  apply: le_trans (_ : v x * (\sum_x' induced P x x' * (f x' - mu)) <= _); last first.
    rewrite mulr_sumr; apply: ler_sum => x' _; rewrite mulrCA ler_wpM2l ?induced_ge0 // ler_wpM2l //.
    by rewrite le_max lexx orbT.
  have -> : \sum_x' induced P x x' * (f x' - mu) = lambda * (pL P x * f x) - pL P x * mu.
    rewrite -eigen -induced_marginal mulr_suml -sumrB; apply: eq_bigr => x' _; ring.
  have [lt|le] := ltP mu (f x); last first.
    by rewrite /v max_l ?subr_le0 // expr0n /= !mulr0 mul0r.
  have p0 := ltW (pL_gt0 P x); have vx0 := v0 x.
  have : 0 <= pL P x * v x * ((1 - lambda) * (- mu)) by rewrite !mulr_ge0 ?subr_ge0 ?oppr_ge0.
  rewrite vE // expr2; move: (pL P x) (f x) => p g; lra.
have [a0 fa0] : exists a, 0 < v a.
  apply/existsP; apply: contraT; rewrite negb_exists => /forallP none.
  have le x : f x <= 0 by have := none x; rewrite vpos -leNgt => le; apply: le_trans mu0.
  have [x fx] := nonzero; have : \sum_x pL P x * f x < 0; last by rewrite centred ltxx.
  rewrite (bigD1 x) //= -[ltRHS]addr0 ltr_leD //.
    by rewrite pmulr_rlt0 ?pL_gt0 // lt_neqAle fx le.
  by rewrite -oppr_ge0 -sumrN sumr_ge0 // => x' _; rewrite -mulrN mulr_ge0 ?oppr_ge0 // ltW ?pL_gt0.
pose S a := level v a.
have [a va least] := @arg_minP _ _ _ a0 [pred a | 0 < v a] (fun a => conductance P (S a)) fa0; rewrite /= in va.
have inS b x : 0 < v b -> x \in S b -> mu < f x by move=> vb; rewrite inE -vpos; apply: lt_le_trans.
have small b : 0 < v b -> volume P (S b) <= 2^-1.
  move=> vb; apply: le_trans half; rewrite /volume [leLHS]big_mkcond [leRHS]big_mkcond; apply: ler_sum => x _.
  case: (boolP (x \in S b)) => [/(inS _ _ vb) -> //|_]; by case: ifP => _ //; apply/ltW/pL_gt0.
have vol b : 0 < v b -> 0 < volume P (S b) by move=> vb; apply: volume_gt0; apply/set0Pn; exists b; rewrite inE.
have cond b : 0 < v b -> conductance P (S b) = cut P (S b) / volume P (S b).
  move=> vb; rewrite /conductance -/(cut P _) -/(volume P (S b)) -/(volume P (~: S b)); congr (_ / _).
  by apply/min_idPl; have := volumeC P (S b); have := small b vb; move: (volume _ _) (volume _ _) => u w; lra.
have proper : ~: S a != set0.
  apply: contraTneq (small a va) => E; have := volumeC P (S a); rewrite E /volume big_set0 addr0 => ->.
  by rewrite -ltNge invf_lt1 ?ltr1n ?ltr0n.
exists (~: S a); split=> //.
- by apply: contraTneq va => E; have := in_setT a; rewrite -E !inE lexx.
- move=> x x'; rewrite !inE negbK -ltNge => lt le; have := lt_le_trans lt le.
  have fx' : mu < f x' by rewrite -vpos; apply: lt_le_trans le.
  have up : f x - mu <= v x by rewrite le_max lexx orbT.
  by move=> h; rewrite -(ltrD2r (- mu)) -(vE x') //; apply: le_lt_trans up h.
rewrite conductance_sym; set phi := conductance P (S a).
have [neg|pos] := leP phi 0; first by apply: le_trans neg (sqrtr_ge0 _).
have squares b (L := level (fun x => v x ^+ 2) b) : 0 < v b ^+ 2 -> phi * volume P L <= cut P L.
  rewrite lt_def sqr_ge0 andbT sqrf_eq0 => vb; have {}vb : 0 < v b by rewrite lt_def vb v0.
  have -> : L = S b by apply/setP => x; rewrite !inE ler_pXn2r ?nnegrE.
  by rewrite -ler_pdivlMr ?vol // -cond //; apply: least.
have := coarea (fun x => sqr_ge0 (v x)) squares.
have s0 : 0 < 3 / 2 * phi by rewrite mulr_gt0 // divr_gt0 ?ltr0n.
have := draws s0 v0; have E0 : 0 < \sum_x pL P x * v x ^+ 2.
  rewrite (bigD1 a) //= ltr_pwDl ?mulr_gt0 ?pL_gt0 ?exprn_gt0 //.
  by apply: sumr_ge0 => x _; rewrite mulr_ge0 ?sqr_ge0 // ltW ?pL_gt0.
move: walk E0; move: (\sum_x pL P x * _) (\sum_x \sum_x' _) (_ * \sum_x \sum_x' _) => e w g walk e0 h1 h2.
rewrite -[leLHS](ger0_norm (ltW pos)) -sqrtr_sqr ler_wsqrtr // ler_pdivlMr ?ltr0n // -(ler_pM2r e0).
have := ler_wpM2l (ltW s0) h2; move: h1; rewrite !expr2; lra.
Qed.
End Sweep.

Section Sweeps.
Variables (R : rcfType) (n m : nat) (P : graph R n m) (lambda : R) (f : 'I_n -> R).
Hypotheses (lambda01 : 0 <= lambda <= 1) (nonzero : exists x, f x != 0) (centred : \sum_x pL P x * f x = 0).
Hypothesis eigen : forall x, \sum_x' induced P x x' * f x' = lambda * (pL P x * f x).

Lemma sweep : exists S : {set 'I_n}, [/\ S != set0, S != setT, forall x x', x \in S -> x' \notin S -> f x < f x' &
                             conductance P S <= Num.sqrt (4 * (1 - lambda) / 3)].
Proof.
have [mu [up down]] := median P f; have [mu0|mu0] := leP mu 0.
  exact: (sweep_above lambda01 nonzero centred eigen up mu0).
have [S [S0 S1 ordered le]] : exists S : {set 'I_n}, [/\ S != set0, S != setT,
    forall x x', x \in S -> x' \notin S -> - f x < - f x' & conductance P S <= Num.sqrt (4 * (1 - lambda) / 3)].
  apply: (@sweep_above R n m P lambda (fun x => - f x) lambda01 _ _ _ (- mu)).
  - by have [x fx] := nonzero; exists x; rewrite oppr_eq0.
  - by rewrite (eq_bigr (fun x => - (pL P x * f x))) => [|x _]; rewrite ?sumrN ?centred ?oppr0 ?mulrN.
  - move=> x; rewrite (eq_bigr (fun x' => - (induced P x x' * f x'))) => [|x' _]; last by rewrite mulrN.
    by rewrite sumrN eigen !mulrN.
  - by rewrite (eq_bigl (fun x => f x < mu)) // => x; rewrite ltrN2.
  - by rewrite oppr_le0 ltW.
exists (~: S); split.
- by rewrite -(inj_eq (@setC_inj _)) setCK setC0.
- by rewrite -(inj_eq (@setC_inj _)) setCK setCT.
- by move=> x x'; rewrite !inE negbK => xS x'S; have := ordered x' x x'S xS; rewrite ltrN2.
by rewrite conductance_sym.
Qed.
End Sweeps.

Section Second.
Variables (R : rcfType) (n m : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypotheses (basis : eigenbasis (hop P) U l) (n1 : (1 < n)%N).

Lemma second_vector (root : 'rV[R]_n := \row_x Num.sqrt (pL P x)) :
  exists v : 'rV[R]_n, [/\ v != 0, v *m root^T = 0 & v *m hop P = value l 1 *: v].
Proof.
have [UU US sorted] := basis.
pose i0 := Ordinal (ltnW n1); pose i1 := Ordinal n1.
have V1 : value l 1 = l i1 by rewrite -(value_ord l i1).
have fixed : root *m hop P = root.
  apply/rowP => x; rewrite mxE [RHS]mxE; transitivity (\sum_x' induced P x x' / Num.sqrt (pL P x)); last first.
    by rewrite -mulr_suml induced_marginal -{1}(sqrtL2 P x) mulfK ?sqrtL_neq0.
  apply: eq_bigr => x' _; rewrite mxE hopE induced_sym.
  have := sqrtL_neq0 P x; have := sqrtL_neq0 P x'; move: (Num.sqrt _) (Num.sqrt _) => s t s0 t0.
  by field; rewrite s0 t0.
pose b i := (row i U *m root^T) 0 0.
have bE i : row i U *m root^T = (b i)%:M by rewrite [LHS]mx11_scalar.
have once i : l i * b i = b i.
  have E : row i U *m hop P *m root^T = row i U *m root^T by rewrite -mulmxA -[hop P]hop_sym -trmx_mul fixed.
  by move: E; rewrite US -scalemxAl bE => /matrixP /(_ 0 0); rewrite !mxE eqxx !mulr1n.
have inner i j : row i U *m (row j U)^T = ((i == j)%:R)%:M.
  by apply/matrixP => s t; rewrite !ord1 [RHS]mxE eqxx mulr1n; have /matrixP /(_ i j) := UU; rewrite !mxE => <-;
     apply: eq_bigr => x _; rewrite !mxE.
have [b1|b1] := eqVneq (b i1) 0.
  exists (row i1 U); split; [|by rewrite bE b1; apply/matrixP => s t; rewrite !mxE mul0rn|by rewrite V1 US].
  apply: contra_eq_neq (inner i1 i1) => ->; rewrite mul0mx eqxx; apply/eqP => /matrixP /(_ 0 0) /eqP.
  by rewrite !mxE eqxx mulr1n eq_sym oner_eq0.
have l1 : l i1 = 1 by apply: (mulIf b1); rewrite mul1r.
have l0 : l i0 = 1.
  have /andP [_ le] := eigenvalue01 basis i0; apply/le_anti; by rewrite le -l1 sorted.
exists (b i1 *: row i0 U - b i0 *: row i1 U); split.
- apply: contraNneq b1 => v0; have : (b i1 *: row i0 U - b i0 *: row i1 U) *m (row i0 U)^T = 0 by rewrite v0 mul0mx.
  rewrite mulmxBl -!scalemxAl !inner eqxx => /matrixP /(_ 0 0) /eqP.
  by rewrite !mxE eqxx !mulr1n mulr1 mulr0 subr0.
- rewrite mulmxBl -!scalemxAl !bE; apply/matrixP => s t.
  by rewrite !mxE; case: (s == t); rewrite ?mulr1n ?mulr0n; ring.
- by rewrite mulmxBl -!scalemxAl !US V1 l1 l0 !scale1r.
Qed.

Lemma second_function : exists f : 'I_n -> R, [/\ exists x, f x != 0, \sum_x pL P x * f x = 0 &
  forall x, \sum_x' induced P x x' * f x' = value l 1 * (pL P x * f x)].
Proof.
have [v [v0 away eigen]] := second_vector; exists (fun x => v 0 x / Num.sqrt (pL P x)); split.
- have [x vx] : exists x, v 0 x != 0.
    apply/existsP; apply: contraNT v0; rewrite negb_exists => /forallP none; apply/eqP/rowP => x; rewrite mxE.
    by apply/eqP; have := none x; rewrite negbK.
  by exists x; rewrite mulf_neq0 // invr_neq0 // sqrtL_neq0.
- move/matrixP: away => /(_ 0 0); rewrite !mxE => E; rewrite -[RHS]E; apply: eq_bigr => x _; rewrite !mxE.
  by rewrite -{1}(sqrtL2 P x); have := sqrtL_neq0 P x; move: (Num.sqrt _) => s s0; field.
move=> x; have /rowP /(_ x) := eigen; rewrite !mxE -[X in _ * (X * _)](sqrtL2 P x) => E.
have -> : value l 1 * (Num.sqrt (pL P x) * Num.sqrt (pL P x) * (v 0 x / Num.sqrt (pL P x))) =
          Num.sqrt (pL P x) * (value l 1 * v 0 x).
  by have := sqrtL_neq0 P x; move: (Num.sqrt _) => s s0; field.
rewrite -E mulr_sumr; apply: eq_bigr => x' _; rewrite hopE induced_sym.
have := sqrtL_neq0 P x; have := sqrtL_neq0 P x'; move: (Num.sqrt _) (Num.sqrt _) => s t s0 t0.
by field; rewrite s0 t0.
Qed.
End Second.
