(* Theorem 16, by votes. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Margins SameSpace Stability Dropped Places Inequalities.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* each eigenvector is kept or dropped by the top-k embedding *)
Lemma top_parts (R : rcfType) n m k (P : graph R n m) U l (f : 'M[R]_(n, k)) :
  eigenbasis (hop P) U l -> top_embedding P U l f ->
  let Q := colproj (weightedL P f) in
  Q *m hop P = hop P *m Q /\ forall i, Q *m (row i U)^T = ((i < k)%N && (0 < l i))%:R *: (row i U)^T.
Proof.
rewrite /= => basis top; pose d (i : 'I_n) := (i < k)%N && (0 < l i).
have QE : colproj (weightedL P f) = U^T *m (select R d *m U) := colproj_spans basis top.
have [symQ _] := colproj_ortho (weightedL P f); split=> [|i].
  have SE : hop P = U^T *m (diag_mx (\row_i l i) *m U) by rewrite -(US basis) mulmxA (UtU basis) mul1mx.
  have -> : colproj (weightedL P f) *m hop P = U^T *m (select R d *m diag_mx (\row_i l i) *m U).
    by rewrite QE -!mulmxA (US basis).
  rewrite SE QE -!mulmxA (mulmxA U U^T) (UUt basis) mul1mx (mulmxA (diag_mx _) (select R d)) (mulmxA (select R d)).
  congr (_ *m (_ *m _)); rewrite /select !mulmx_diag; congr diag_mx.
  by apply/rowP => i; rewrite !mxE mulrC.
apply: trmx_inj; rewrite trmx_mul trmxK symQ [RHS]linearZ /= trmxK -row_mul QE (mulmxA U U^T) (UUt basis) mul1mx.
by apply/rowP => j; rewrite /select mul_diag_mx !mxE.
Qed.

Theorem local_multihop_error (R : rcfType) : Statements.local_multihop_error R.
Proof.
move=> n m r k P y U l f g B q p gamma most meets basis probe which low margin bound.
apply: bound => [x|]; first by case: (errs _ _); rewrite ?lexx ?ler01.
rewrite poly_consistency.
apply: le_trans (_ : \sum_x pL P x * (\sum_c ((f *m B) x c - vote_scores P y q x c) ^+ 2) <= _).
  apply: ler_sum => x _; rewrite -mulrA ler_wpM2l ?(ltW (pL_gt0 P x)) //.
  have [wrong|_] := boolP (errs _ _); last by rewrite mul0r sumr_ge0 // => c _; apply: sqr_ge0.
  rewrite mul1r; apply: errs_price wrong => c ne; rewrite -!voteE; exact: margin.
rewrite (vote_distance probe); have eig i := eigenvalue01 basis i.
case: which => [[best high]|[top high]]; last first.
  have [com parts] := top_parts basis top.
  apply: (budget_parts y basis (colproj_ortho _) com) => i; rewrite parts; have /andP [l0 _] := eig i.
    have [_|out] := boolP ((i < k.+1)%N && (0 < l i)); first by right; rewrite scale1r.
    left; apply: low; rewrite l0 /=; move: out; rewrite negb_and -leqNgt -leNgt => /orP [ki|le].
      by rewrite -(value_ord l i) (value_sorted basis ki).
    exact: le_trans le (value_ge0 basis k.+1).
  have [/andP [ik li]|_] := boolP ((i < k.+1)%N && (0 < l i)); last by right; rewrite scale0r.
  by left; apply: high.
apply: (vote_budget_parts y best basis) => i.
  have [le|lt] := leP (l i) (value l k.+1); last first.
    by right; apply: (above_kept basis best (value_ge0 basis k.+1) (tail_value basis k.+1) lt).
  by left; rewrite low // le andbT; have /andP [-> _] := eig i.
have [kn|nk] := ltnP k n; last first.
  by left; apply: high; apply: leq_trans (ltnW (ltn_ord i)) nk.
have [le|lt] := leP (value l k) (l i); last first.
  by right; apply: (below_dropped basis best (t := Ordinal kn) (erefl _)); rewrite -(value_ord l (Ordinal kn)).
left; have [ik|ki] := leqP i k; first exact: high.
have /high : (Ordinal kn <= k)%N by [].
rewrite /meets (_ : l (Ordinal kn) = l i) //; apply/le_anti; rewrite -[X in X <= _](value_ord l (Ordinal kn)) le /=.
by have [_ _ sorted] := basis; apply: sorted; apply: ltnW.
Qed.

Theorem local_multihop_error_on_interval (R : rcfType) : Statements.local_multihop_error_on_interval R.
Proof.
move=> n m r k P y U l f g B q p gamma most basis best probe low high margin bound.
apply: (local_multihop_error (g := g) (q := q) (p := p) (gamma := gamma) basis probe) => //; left; split=> // i ik.
apply: high; have /andP [l0 ->] := eigenvalue01 basis i; rewrite andbT /value.
case: insubP => [j _ jk|_]; last exact: l0.
by have [_ _ sorted] := basis; apply: sorted; rewrite jk.
Qed.
