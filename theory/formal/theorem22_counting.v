(* Theorem 22. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies.
From Pairbounds Require Import LowRank Places Inequalities theorem09_conductance.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* the j-th largest of n numbers of a known mean and variance; Wolkowicz and Styan *)
Section Numbers.
Variables (R : rcfType) (n j : nat) (e : nat -> R) (v : R).
Hypotheses (j0 : (0 < j)%N) (jn : (j <= n)%N) (high : forall i, (i < j)%N -> v <= e i).
Local Notation t1 := (\sum_(i < n) e i).
Local Notation t2 := (\sum_(i < n) e i ^+ 2).

Lemma first_sum (d : nat -> R) : \sum_(i < n) (i < j)%:R * d i = \sum_(i < j) d i :> R.
Proof.
rewrite (big_ord_widen n d jn) [RHS]big_mkcond; apply: eq_bigr => i _.
by case: (i < j)%N; rewrite ?mul1r ?mul0r.
Qed.

Lemma first_count : \sum_(i < n) (i < j)%:R = j%:R :> R.
Proof.
rewrite (eq_bigr (fun i : 'I_n => (i < j)%:R * 1)) => [|i _]; last by rewrite mulr1.
by rewrite (first_sum (fun=> 1)) sumr_const card_ord.
Qed.

Lemma by_sum : (forall i, 0 <= e i) -> v <= t1 / j%:R.
Proof.
move=> e0; rewrite ler_pdivlMr ?ltr0n // mulr_natr.
rewrite -[j in v *+ j]card_ord -sumr_const (big_ord_widen n (fun=> v) jn) [leLHS]big_mkcond.
by apply: ler_sum => i _; case: ifP => // /high.
Qed.

Lemma by_variance : v <= t1 / n%:R + Num.sqrt ((t2 / n%:R - t1 ^+ 2 / n%:R ^+ 2) * ((n%:R - j%:R) / j%:R)).
Proof.
have n0 : 0 < n%:R :> R by rewrite ltr0n (leq_trans j0).
have j0' : 0 < j%:R :> R by rewrite ltr0n.
pose m := t1 / n%:R; pose d i := e i - m; pose D := \sum_(i < j) d i; pose V := \sum_(i < n) d i ^+ 2.
have V0 : t2 / n%:R - t1 ^+ 2 / n%:R ^+ 2 = V / n%:R.
  have -> : V = t2 - 2 * m * t1 + n%:R * m ^+ 2.
    rewrite /V (eq_bigr (fun i : 'I_n => e i ^+ 2 - 2 * m * e i + m ^+ 2)) => [|i _]; last by rewrite /d; ring.
    by rewrite big_split sumrB /= -mulr_sumr sumr_const card_ord -[m ^+ 2 *+ n]mulr_natl.
  by rewrite /m; field; rewrite gt_eqF.
have total : \sum_(i < n) d i = 0.
  by rewrite sumrB sumr_const card_ord -[m *+ n]mulr_natr /m divfK ?gt_eqF // subrr.
have low : j%:R * (v - m) <= D.
  rewrite mulr_natl -[j in _ *+ j]card_ord -sumr_const; apply: ler_sum => i _.
  by rewrite lerD2r high.
have [le|gt] := leP v m; first by apply: le_trans le _; rewrite lerDl sqrtr_ge0.
have first : D ^+ 2 / j%:R <= \sum_(i < n) (i < j)%:R * d i ^+ 2.
  by rewrite -first_count /D -(first_sum d); apply: jensen => i; rewrite ler0n.
have last : D ^+ 2 / (n%:R - j%:R) <= \sum_(i < n) (j <= i)%:R * d i ^+ 2.
  have E (c : nat -> R) : \sum_(i < n) (j <= i)%:R * c i = \sum_(i < n) c i - \sum_(i < j) c i :> R.
    rewrite -(first_sum c) -sumrB; apply: eq_bigr => i _.
    by case: ltnP; rewrite ?mul1r ?mul0r ?subr0 ?subrr.
  have -> : D ^+ 2 = (\sum_(i < n) (j <= i)%:R * d i) ^+ 2 by rewrite E total sub0r sqrrN.
  have -> : n%:R - j%:R = \sum_(i < n) (j <= i)%:R :> R.
    rewrite (eq_bigr (fun i : 'I_n => (j <= i)%:R * 1)) => [|i _]; last by rewrite mulr1.
    by rewrite (E (fun=> 1)) !sumr_const !card_ord.
  by apply: jensen => i; rewrite ler0n.
have VE : V = \sum_(i < n) (i < j)%:R * d i ^+ 2 + \sum_(i < n) (j <= i)%:R * d i ^+ 2.
  rewrite -big_split; apply: eq_bigr => i _ /=.
  by case: ltnP; rewrite ?mul1r ?mul0r ?addr0 ?add0r.
have D0 : 0 < D by apply: lt_le_trans low; rewrite mulr_gt0 // subr_gt0.
have lt : (j < n)%N.
  by rewrite ltn_neqAle jn andbT; apply: contraTneq D0 => jE; rewrite /D jE total ltxx.
have h0 : 0 < n%:R - j%:R :> R by rewrite subr_gt0 ltr_nat.
rewrite -lerBlDl -/m V0.
have vm0 : 0 <= v - m by rewrite subr_ge0 ltW.
rewrite -[leLHS](ger0_norm vm0) -sqrtr_sqr ler_wsqrtr //.
have sq : (j%:R * (v - m)) ^+ 2 <= D ^+ 2 by rewrite ler_pXn2r ?nnegrE ?(ltW D0) // mulr_ge0 // ltW.
have both : D ^+ 2 / j%:R + D ^+ 2 / (n%:R - j%:R) <= V by rewrite VE lerD.
have := le_trans sq (_ : D ^+ 2 <= V * (j%:R * (n%:R - j%:R) / n%:R)).
move: both; have -> : D ^+ 2 / j%:R + D ^+ 2 / (n%:R - j%:R) = D ^+ 2 / (j%:R * (n%:R - j%:R) / n%:R).
  by field; rewrite !gt_eqF.
rewrite ler_pdivrMr ?divr_gt0 ?mulr_gt0 // => h /(_ h); rewrite exprMn -ler_pdivlMl ?exprn_gt0 // => le.
by apply: le_trans le _; rewrite le_eqVlt; apply/orP; left; apply/eqP; field; rewrite !gt_eqF.
Qed.
End Numbers.

Section Components.
Variables (R : rcfType) (n m : nat) (P : graph R n m).
Local Notation A := (normalised P).
Local Notation N := (minn n m).
Local Notation parts := (enum (predI (roots (linked P)) predT)).

Lemma linked_sym : connect_sym (linked P).
Proof. by apply: sym_connect_sym => - [x|l] [x'|l']. Qed.

Fact part_lt x : (index (fingraph.root (linked P) (inl x)) parts < components P)%N.
Proof. by rewrite /components /n_comp_mem cardE index_mem mem_enum inE /= andbT (roots_root linked_sym). Qed.
Definition part x := Ordinal (part_lt x).

Lemma part_present c : exists x, part x = c.
Proof.
have sz : (c < size parts)%N by rewrite -cardE.
have [u uE] : exists u, u = nth (fingraph.root (linked P) (tnth (in_tuple parts) (Ordinal sz))) parts c by eexists.
have uin : u \in parts by rewrite uE mem_nth.
have ru : fingraph.root (linked P) u = u by move: uin; rewrite mem_enum inE andbT => /eqP.
have [x xE] : exists x, fingraph.root (linked P) (inl x) = u.
  case: u {uE uin} ru => [x|l] ru; first by exists x.
  have [x xl] : exists x, P x l != 0.
    apply/existsP; apply: contraLR (right_gt0 P l) => /existsPn no; rewrite -leNgt big1 // => x _.
    by apply/eqP; rewrite -[_ == _]negbK.
  by exists x; rewrite -ru; apply/(fingraph.rootP linked_sym)/connect1.
by exists x; apply: val_inj; rewrite /= xE uE index_uniq ?enum_uniq.
Qed.

Lemma part_kept x x' : induced P x x' != 0 -> part x = part x'.
Proof.
move=> ne; have [l] : exists l, (P x l != 0) && (P x' l != 0).
  apply/existsP; apply: contraNT ne => /existsPn no; rewrite /induced big1 // => l _.
  by have := no l; rewrite negb_and !negbK => /orP [] /eqP ->; rewrite ?mulr0 !mul0r.
case/andP => xl xl'; apply: val_inj => /=; congr (index _ _); apply/(fingraph.rootP linked_sym).
by apply: connect_trans (connect1 (y := inr l) _) (connect1 _).
Qed.

Section Values.
Variables (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.

Lemma value_part i : (i < components P)%N -> value l i = 1.
Proof.
move=> ik; have := class_leaks basis part_present.
rewrite [leRHS]big1 => [le|c _]; last first.
  rewrite /class_conductance big1 ?mul0r // => x _; rewrite big1 // => x' _.
  have [->|/part_kept ->] := eqVneq (induced P x x') 0; first by rewrite mul0r.
  by rewrite andbN mulr0.
have ge0 (j : 'I_(components P)) : true -> 0 <= 1 - value l j.
  by move=> _; rewrite subr_ge0; have /andP [] := value01 basis j.
have /eqP : \sum_(j < components P) (1 - value l j) = 0 by apply/le_anti; rewrite le sumr_ge0.
rewrite psumr_eq0 // => /allP /(_ (Ordinal ik) (mem_index_enum _)) /=.
by rewrite subr_eq0 => /eqP.
Qed.

Lemma value_beyond i : (N <= i)%N -> value l i = 0.
Proof.
rewrite geq_min => /orP [|mi]; first exact: value_out.
apply/le_anti; rewrite (value_ge0 basis) andbT; apply: le_trans (value_sorted basis mi) _.
apply: (value_tail basis (lexx 0)); exists A => x xA.
have -> : form (hop P) x = 0; last by rewrite mul0r.
by rewrite form_gram -sqnormT trmx_mul trmxK xA sqnorm0.
Qed.

Lemma values_sum (h : R -> R) : h 0 = 0 -> \sum_(i < N) h (value l i) = \sum_i h (l i).
Proof.
move=> h0; rewrite (value_sum_of l N h0) big_mkcond; apply: eq_bigr => i _.
by case: ltnP => // Ni; rewrite -(value_ord l) value_beyond.
Qed.

Lemma sum_squares : \sum_(i < N) value l i = sqnorm A.
Proof.
rewrite (@values_sum id) // -sqnormT sqnorm_tr trmxK -[A *m A^T]mul1mx.
rewrite (trace_overlap _ (eigenbasis_diagonalises basis)); apply: eq_bigr => i _.
by rewrite /overlap mulmx1 (UUt basis) mxE eqxx mulr1.
Qed.

Lemma sum_fourth : \sum_(i < N) value l i ^+ 2 = sqnorm (hop P).
Proof.
rewrite (@values_sum (fun t => t ^+ 2)) ?expr0n // -(sqnorm_basis basis) (US basis) /sqnorm.
apply: eq_bigr => i _; rewrite (eq_bigr (fun j => l i ^+ 2 * U i j ^+ 2)) => [|j _]; last first.
  by rewrite mul_diag_mx !mxE exprMn.
rewrite -mulr_sumr; have /matrixP /(_ i i) := UUt basis; rewrite !mxE eqxx => E.
have <- : \sum_j U i j * U^T j i = \sum_j U i j ^+ 2 by apply: eq_bigr => j _; rewrite mxE expr2.
by rewrite E mulr1.
Qed.

Lemma components_le : (components P <= N)%N.
Proof.
rewrite leqNgt; apply/negP => lt; have := value_part lt; rewrite value_beyond // => /esym /eqP.
by rewrite oner_eq0.
Qed.

Lemma beyond_ones (h : R -> R) : h 1 = 1 ->
  \sum_(i < N - components P) h (value l (components P + i)) = \sum_(i < N) h (value l i) - (components P)%:R.
Proof.
move=> h1; have ones : \sum_(0 <= i < components P) h (value l i) = (components P)%:R.
  rewrite big_mkord (eq_bigr (fun=> 1)) => [|i _]; first by rewrite sumr_const card_ord.
  by rewrite value_part ?h1.
rewrite -(big_mkord predT (fun i => h (value l i))) (big_cat_nat _ _ _ (leq0n _) components_le) /= ones.
rewrite addrAC subrr add0r -[components P in RHS]add0n big_addn big_mkord.
by apply: eq_bigr => i _; rewrite addnC.
Qed.

Lemma value_counted k : (components P <= k)%N -> value l k <= counted_square P k.
Proof.
move=> ck; rewrite /counted_square; case: ltnP => kN; last by rewrite value_beyond.
pose e i := value l (components P + i); pose j := (k.+1 - components P)%N.
have jn : (j <= N - components P)%N by rewrite leq_sub2r.
have j0 : (0 < j)%N by rewrite subn_gt0 ltnS.
have high i : (i < j)%N -> value l k <= e i.
  by move=> ij; apply: (value_sorted basis); rewrite -ltnS -ltn_subRL.
have E1 : \sum_(i < N - components P) e i = sqnorm A - (components P)%:R.
  by rewrite -sum_squares -(@beyond_ones id).
have E2 : \sum_(i < N - components P) e i ^+ 2 = sqnorm (hop P) - (components P)%:R.
  by rewrite -sum_fourth -(@beyond_ones (fun t => t ^+ 2)) ?expr1n.
rewrite -(natrB _ components_le) -(natrB _ (leqW ck)) -E1 -E2 le_min by_sum //=.
  exact: (by_variance j0 jn high).
by move=> i; apply: (value_ge0 basis).
Qed.
End Values.

Lemma counted_tail k : (components P <= k)%N -> 0 <= counted_square P k /\ tail_le k P (counted_square P k).
Proof.
move=> ck; have [U [l basis]] := eigenbasis_exists (hop_sym P).
have le := value_counted basis ck; have b0 := le_trans (value_ge0 basis k) le.
by split=> //; apply/(tail_leP basis k b0).
Qed.
End Components.

Theorem counted_mse (R : rcfType) : Statements.counted_mse R.
Proof.
move=> n m r k P y f g B ck best probe; have [b0 tail] := counted_tail ck.
exact: (probe_mse_optimum best probe b0 tail).
Qed.
