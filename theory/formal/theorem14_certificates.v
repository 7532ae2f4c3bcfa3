(* Theorem 14: a singular value lies within the residual of a computed one, and below what a factorisation shows. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank.
From Pairbounds Require Import Places Mirror Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* The pair of vectors is tried on the symmetric matrix with the blocks A and A^T. *)
Section Nearest.
Variables (R : rcfType).

(* of a symmetric matrix: some eigenvalue is as near as the residual says *)
Lemma basis_split N (M V : 'M[R]_N) (e : 'I_N -> R) (s : R) (v : 'cV[R]_N) :
  eigenbasis M V e -> sqnorm (M *m v - s *: v) = \sum_i (e i - s) ^+ 2 * (V *m v) i 0 ^+ 2.
Proof.
move=> basis; have [VV VM] := eigenbasis_diagonalises basis.
have -> : sqnorm (M *m v - s *: v) = sqnorm (V *m (M *m v - s *: v)).
  by rewrite !sqnorm_tr trmx_mul -mulmxA (mulmxA V^T) (mulmx1C VV) mul1mx.
rewrite mulmxBr mulmxA VM -mulmxA mul_diag_mx -scalemxAr /sqnorm; apply: eq_bigr => i _.
by rewrite big_ord1 !mxE -mulrBl exprMn.
Qed.

Lemma least_part N (i0 : 'I_N) (a c : 'I_N -> R) :
  (forall i, 0 <= c i) -> exists i, a i * (\sum_i c i) <= \sum_i a i * c i.
Proof.
move=> c0; have [i _ least] := @arg_minP _ R 'I_N i0 predT a isT; exists i.
by rewrite mulr_sumr; apply: ler_sum => j _; rewrite ler_wpM2r // least.
Qed.

Lemma basis_sqnorm N (M V : 'M[R]_N) (e : 'I_N -> R) (v : 'cV[R]_N) :
  eigenbasis M V e -> sqnorm v = \sum_i (V *m v) i 0 ^+ 2.
Proof.
case=> VV _ _; have -> : sqnorm v = sqnorm (V *m v).
  by rewrite !sqnorm_tr trmx_mul -mulmxA (mulmxA V^T) (mulmx1C VV) mul1mx.
by apply: eq_bigr => i _; rewrite big_ord1.
Qed.

Variables (n m : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.
Local Notation A := (normalised P).
Variables (s eta : R) (u : 'cV[R]_n) (w : 'cV[R]_m).
Hypotheses (u1 : sqnorm u = 1) (w1 : sqnorm w = 1) (s0 : 0 <= s) (eta0 : 0 <= eta).
Hypotheses (forward : sqnorm (A *m w - s *: u) <= eta ^+ 2) (backward : sqnorm (A^T *m u - s *: w) <= eta ^+ 2).

Lemma a_node : 'I_n.
Proof.
case: n u u1 => [|n'] v; last by move=> _; exact: ord0.
by rewrite /sqnorm big_ord0 => /eqP; rewrite eq_sym oner_eq0.
Qed.

Lemma eigenvector_place (a : 'rV[R]_n) (t : R) : a != 0 -> a *m hop P = t *: a -> exists i, l i = t.
Proof.
move=> a0 E; have [UU US] := eigenbasis_diagonalises basis.
have /existsP [i ai] : [exists i, (a *m U^T) 0 i != 0].
  apply: contraT; rewrite negb_exists => /forallP all0; case/negP: a0; apply/eqP.
  rewrite -[a]mulmx1 -(mulmx1C UU) mulmxA (_ : a *m U^T = 0) ?mul0mx //.
  by apply/rowP => i; rewrite [RHS]mxE; apply/eqP; move: (all0 i); rewrite negbK.
exists i; apply: (mulIf ai).
have : (a *m hop P *m U^T) 0 i = t * (a *m U^T) 0 i by rewrite E -scalemxAl mxE.
rewrite -mulmxA -(hop_sym P) -trmx_mul US trmx_mul tr_diag_mx mulmxA mul_mx_diag mxE [(\row_i l i) _ _]mxE => <-.
by rewrite mulrC.
Qed.

Lemma near_zero : s <= eta -> exists i : 'I_n, `|singular l i - s| <= eta.
Proof.
move=> small; have [UU US] := eigenbasis_diagonalises basis.
have [i le] := least_part a_node l (fun i => sqr_ge0 ((U *m u) i 0)); exists i.
have s_ge0 : 0 <= singular l i := sqrtr_ge0 _.
suff le' : singular l i <= s + eta by rewrite ler_norml; apply/andP; split; lra.
rewrite -(@ler_pXn2r _ 2) ?nnegrE ?addr_ge0 // (singular_sq basis) value_ord.
rewrite -(basis_sqnorm _ basis) u1 mulr1 in le; apply: le_trans le _.
have -> : \sum_i l i * (U *m u) i 0 ^+ 2 = sqnorm (A^T *m u).
  rewrite -form_gram -/(hop P) (form_diag basis _ US); apply: eq_bigr => j _.
  by rewrite [in RHS]mxE big_ord1.
have -> : A^T *m u = (A^T *m u - s *: w) + s *: w by rewrite subrK.
apply: le_trans (triangle _ _) _; rewrite ler_pXn2r ?nnegrE ?addr_ge0 ?sqrtr_ge0 // [leRHS]addrC.
apply: lerD; last by rewrite sqnormZ w1 mulr1 sqrtr_sqr ger0_norm.
by rewrite -(ger0_norm eta0) -sqrtr_sqr; apply: ler_wsqrtr.
Qed.

Lemma nearest : exists i : 'I_n, `|singular l i - s| <= eta.
Proof.
pose M : 'M[R]_(n + m) := block_mx 0 A A^T 0; pose v := col_mx u w.
have sqs p q (X : 'cV[R]_p) (Z : 'cV[R]_q) : sqnorm (col_mx X Z) = sqnorm X + sqnorm Z.
  by rewrite /sqnorm big_split_ord /=; congr (_ + _); apply: eq_bigr => i _; rewrite !big_ord1 ?col_mxEu ?col_mxEd.
have [|V [e vbasis]] := @eigenbasis_exists R _ M; first by rewrite tr_block_mx !trmx0 trmxK.
have [i] := least_part (lshift m a_node) (fun i => (e i - s) ^+ 2) (fun i => sqr_ge0 ((V *m v) i 0)).
rewrite -(basis_sqnorm _ vbasis) -(basis_split _ _ vbasis) sqs u1 w1.
rewrite mul_block_col !mul0mx add0r addr0 scale_col_mx opp_col_mx add_col_mx sqs => le.
have close : (e i - s) ^+ 2 <= eta ^+ 2 by move: forward backward; lra.
have {close} : `|e i - s| <= eta by rewrite -(@ler_pXn2r _ 2) ?nnegrE ?normr_ge0 // real_normK ?num_real.
have [VV vrows _] := vbasis; move: (vrows i); move Ec : (row i V) => c cM close.
have c0 : c != 0.
  apply/eqP => /rowP E; move/matrixP: VV => /(_ i i) /eqP; rewrite !mxE eqxx big1 ?[0 == 1]eq_sym ?oner_eq0 // => j _.
  by move: (E j); rewrite -Ec !mxE => ->; rewrite mul0r.
have split_c := hsubmxK c; move: (lsubmx c) (rsubmx c) split_c => a b split_c.
move: cM; rewrite -split_c mul_row_block !mulmx0 add0r addr0 scale_row_mx => /eq_row_mx [Eb Ea].
have [a0|a0] := eqVneq a 0.
  have {}Ea : e i *: b = 0 by rewrite -Ea a0 mul0mx.
  have e0 : e i = 0.
    move/eqP: Ea; rewrite scaler_eq0 => /orP [/eqP //|/eqP b0].
    by move: c0; rewrite -split_c a0 b0 row_mx0 eqxx.
  by apply: near_zero; move: close; rewrite e0 sub0r normrN ger0_norm.
have [|j lj] := @eigenvector_place a (e i ^+ 2) a0.
  by rewrite /hop mulmxA Ea -scalemxAl Eb scalerA.
exists j; rewrite /singular value_ord lj sqrtr_sqr; apply: le_trans close.
by rewrite -{1}(ger0_norm s0) ler_dist_dist.
Qed.
End Nearest.

Section BothSides.
Variables (R : rcfType) (n m : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R) (V : 'M[R]_m) (k : 'I_m -> R).
Hypotheses (basis : eigenbasis (hop P) U l) (basis' : eigenbasis (hop (mirror P)) V k).

(* both sides have the same values *)
Lemma mirror_value i : value k i = value l i.
Proof.
apply/le_anti/andP; split.
  apply: (value_tail basis') (value_ge0 basis i) _; exact: mirror_tail (value_ge0 basis i) (tail_value basis i).
apply: (value_tail basis) (value_ge0 basis' i) _.
have twice : hop (mirror (mirror P)) = hop P by rewrite /hop !mirror_normalised trmxK.
have [W tail] := mirror_tail (value_ge0 basis' i) (tail_value basis' i).
by exists W; rewrite -twice.
Qed.
End BothSides.

(* Half of the row `certificate`: nothing of a Gram matrix, of which any k columns V are taken away, is above theta if
   the rest has a factor. That a factorisation in floating point shows as much is said by `certify`. *)
Section Factorised.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R) (theta : R).
Hypotheses (basis : eigenbasis (hop P) U l) (theta0 : 0 <= theta).

Lemma factorised_form N (G L : 'M[R]_N) (V : 'M[R]_(N, k)) (x : 'cV[R]_N) :
  theta%:M - G + V *m V^T = L *m L^T -> x^T *m V = 0 -> form G x <= theta * sqnorm x.
Proof.
move=> E xV; have := sqnorm_ge0 (L^T *m x); rewrite -form_gram -E formD formB (form_gram V) -scalemx1 formZ form1.
by rewrite -[V^T *m x]trmxK trmx_mul trmxK xV trmx0 sqnorm0 addr0 subr_ge0.
Qed.

Lemma factorised_end (V : 'M[R]_(n, k)) (L : 'M[R]_n) :
  theta%:M - normalised P *m (normalised P)^T + V *m V^T = L *m L^T -> value l k <= theta.
Proof. by move=> E; apply: (value_tail basis theta0); exists V => x; apply: factorised_form E. Qed.

(* where the right side is the smaller one *)
Lemma factorised_end_right (V : 'M[R]_(m, k)) (L : 'M[R]_m) :
  theta%:M - (normalised P)^T *m normalised P + V *m V^T = L *m L^T -> value l k <= theta.
Proof.
rewrite -mirror_hop => E; apply: (value_tail basis theta0).
have tail : tail_le k (mirror P) theta by exists V => x; apply: factorised_form E.
by have [W tail'] := mirror_tail theta0 tail; exists W => x /tail'; rewrite mirror_hop !mirror_normalised trmxK.
Qed.
End Factorised.

Theorem residual (R : rcfType) : Statements.residual R.
Proof.
move=> n m P U l s u w eta basis u1 w1 s0 forward backward.
have eta0 : 0 <= eta by apply: le_trans forward; apply: sqrtr_ge0.
have squared p q (X : 'M[R]_(p, q)) : Num.sqrt (sqnorm X) <= eta -> sqnorm X <= eta ^+ 2.
  by rewrite -[X in _ -> X <= _]sqr_sqrtr ?sqnorm_ge0 // ler_pXn2r ?nnegrE ?sqrtr_ge0.
have [nm|mn] := leqP n m.
  have [i near] := nearest basis u1 w1 s0 eta0 (squared _ _ _ forward) (squared _ _ _ backward).
  by exists i; rewrite ?ltn_ord.
have [V [k basis']] := eigenbasis_exists (hop_sym (mirror P)).
have [||i near] := nearest basis' w1 u1 s0 eta0.
- by rewrite mirror_normalised; apply: squared backward.
- by rewrite mirror_normalised trmxK; apply: squared forward.
by exists i; rewrite ?ltn_ord // /singular -(mirror_value basis basis').
Qed.
