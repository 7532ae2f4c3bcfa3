(* Places of singular values: their squares are values with eigenvectors, or those of Courant and Fischer. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies SameSpace.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Places.
Variables (R : rcfType) (n m : nat) (P : graph R n m) (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis (hop P) U l.

Lemma value_ord (i : 'I_n) : value l i = l i. Proof. by rewrite /value valK. Qed.

Lemma value_out i : (n <= i)%N -> value l i = 0.
Proof. by rewrite /value; case: insubP => // j; rewrite ltnNge => /negPf ->. Qed.

Lemma value01 i : 0 <= value l i <= 1.
Proof. by rewrite /value; case: insubP => [j _ _|_]; [apply: (eigenvalue01 basis)|rewrite lexx ler01]. Qed.

Lemma value_ge0 i : 0 <= value l i. Proof. by have /andP [] := value01 i. Qed.

Lemma value_sorted i j : (i <= j)%N -> value l j <= value l i.
Proof.
move=> ij; have [nj|jn] := leqP n j; first by rewrite value_out ?value_ge0.
have iN := leq_ltn_trans ij jn.
rewrite -[j]/(val (Ordinal jn)) -[i]/(val (Ordinal iN)) !value_ord; by case: basis => _ _; apply.
Qed.

Lemma singular_sq i : singular l i ^+ 2 = value l i.
Proof. by rewrite sqr_sqrtr ?value_ge0. Qed.

Lemma value_lt i j : singular l j < singular l i -> value l j < value l i.
Proof. by move=> lt; rewrite -!singular_sq ltr_pXn2r ?nnegrE ?sqrtr_ge0. Qed.

(* sigma_{k+1}^2 <= b, both ways *)
Lemma tail_value k : tail_le k P (value l k).
Proof.
have [nk|kn] := leqP n k; first by rewrite value_out //; apply: tail_full.
by rewrite -[X in value _ X]/(val (Ordinal kn)) value_ord; apply: (tail_of_basis basis).
Qed.

Lemma top_vector k (kn : (k < n)%N) (V : 'M[R]_(n, k)) :
  exists x : 'cV[R]_n, [/\ x != 0, x^T *m V = 0 & l (Ordinal kn) * sqnorm x <= form (hop P) x].
Proof.
pose w : 'I_k.+1 -> 'I_n := widen_ord kn; pose W : 'M[R]_(k.+1, n) := \matrix_i row (w i) U.
have UW (i : 'I_n) (j : 'I_k.+1) : (U *m W^T) i j = (i == w j)%:R.
  have /matrixP /(_ i (w j)) := UUt basis; rewrite !mxE => <-; apply: eq_bigr => t _; by rewrite !mxE.
have WW : W *m W^T = 1%:M.
  apply/matrixP => i j; have -> : (W *m W^T) i j = (U *m W^T) (w i) j.
    by rewrite !mxE; apply: eq_bigr => t _; rewrite !mxE.
  by rewrite UW mxE -[w i == w j]val_eqE.
have ker0 : kermx (W *m V) != 0.
  by rewrite kermx_eq0 -row_leq_rank -ltnNge; apply: leq_ltn_trans (rank_leq_col _) _.
have /rowV0Pn [c /sub_kermxP cV c0] := ker0.
exists (W^T *m c^T); split.
- apply: contra c0 => /eqP x0; apply/eqP; rewrite -[c]trmxK -[c^T]mul1mx -WW -mulmxA x0 mulmx0 trmx0 //.
- by rewrite trmx_mul !trmxK -mulmxA.
rewrite (form_diag basis _ (US basis)) -(sqnorm_basis basis) /sqnorm mulr_sumr; apply: ler_sum => i _.
rewrite [X in _ <= X * _]mxE !big_ord1.
have [ik|ki] := leqP i k; first by rewrite ler_wpM2r ?sqr_ge0 //; case: basis => _ _; apply.
suff -> : (U *m (W^T *m c^T)) i 0 = 0 by rewrite expr0n !mulr0.
rewrite mulmxA mxE big1 // => j _; rewrite UW -[i == w j]val_eqE /=; case: eqP => [E|_]; last by rewrite mul0r.
by have := ltn_ord j; rewrite -E ltnNge ki.
Qed.

Lemma value_tail k b : 0 <= b -> tail_le k P b -> value l k <= b.
Proof.
move=> b0 [V tail]; have [nk|kn] := leqP n k; first by rewrite value_out.
rewrite -[X in value _ X]/(val (Ordinal kn)) value_ord.
have [x [x0 xV low]] := top_vector kn V.
by rewrite -(ler_pM2r (sqnorm_gt0 x0)); apply: le_trans low (tail x xV).
Qed.

Theorem tail_leP k b : 0 <= b -> tail_le k P b <-> value l k <= b.
Proof.
move=> b0; split; first exact: value_tail.
move=> le; have [V tail] := tail_value k; exists V => x xV; apply: le_trans (tail x xV) _.
by rewrite ler_wpM2r ?sqnorm_ge0.
Qed.

(* sums over places are sums over eigenvectors *)
Lemma value_sum_of (h : R -> R) k : h 0 = 0 -> \sum_(i < k) h (value l i) = \sum_(i < n | (i < k)%N) h (l i).
Proof.
move=> h0; have [kn|nk] := leqP k n.
  by rewrite (big_ord_widen n (fun i => h (value l i)) kn); apply: eq_bigr => i _; rewrite value_ord.
rewrite [RHS](eq_bigl predT) => [|i]; last by rewrite (ltn_trans (ltn_ord i) nk).
rewrite [RHS](eq_bigr (fun i : 'I_n => h (value l i))) => [|i _]; last by rewrite value_ord.
rewrite (big_ord_widen k (fun i => h (value l i)) (ltnW nk)) [RHS]big_mkcond; apply: eq_bigr => i _.
by case: ltnP => // ni; rewrite value_out.
Qed.

Lemma value_sum k : \sum_(i < k) value l i = \sum_(i < n | (i < k)%N) l i.
Proof. exact: (@value_sum_of id). Qed.

Lemma singular_sum k : \sum_(i < k) singular l i = \sum_(i < n | (i < k)%N) Num.sqrt (l i).
Proof. by apply: value_sum_of; rewrite sqrtr0. Qed.
End Places.
