(* The hypotheses of theorems 35 and 41 to 43 do not contradict each other: the graph of Instances.v, the indicators of
   its left nodes as features, and a sample of 16 pairs in the shares of the induced ones. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Through Instances.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Features.
Variable R : rcfType.
Local Notation two := (two R).
Local Notation U := (Instances.U R).
Local Notation l := (@Instances.l R).
Let pairs : seq ('I_2 * 'I_2) := nseq 5 (ord0, ord0) ++ nseq 5 (ord_max, ord_max) ++ nseq 6 (ord0, ord_max).
Definition nodes : 'M[R]_2 := unweightL two 1%:M.

Lemma nodes_weighted : weightedL two nodes = 1%:M. Proof. exact: unweightLK. Qed.

Lemma nodes_product x i x' j : nodes x i * nodes x' j = 2 * ((x == i) && (x' == j))%:R.
Proof.
rewrite !mxE /pL !w_row; have := ss R; move: (Num.sqrt _) => a aa.
by rewrite mulrACA -invfM aa div1r invrK mulrC -mulnb natrM.
Qed.

Theorem moments : [/\ feature_moments two nodes = 1%:M, along_pairs two nodes = hop two,
    sample_moments nodes pairs = 1%:M & sample_along_pairs nodes pairs = hop two].
Proof.
have white : feature_moments two nodes = 1%:M by rewrite feature_momentsE nodes_weighted trmx1 mulmx1.
have along : along_pairs two nodes = hop two by rewrite along_pairsE nodes_weighted trmx1 mul1mx mulmx1.
split=> //; apply/matrixP => i j; rewrite mxE !big_cons big_nil !nodes_product /=.
  by rewrite mxE; case: i j => [[|[|i]] ?] // [[|[|j]] ?] //=; lra.
rewrite /hop two_normalised !mxE !big_ord_recl big_ord0 !mxE.
by case: i j => [[|[|i]] ?] // [[|[|j]] ?] //=; lra.
Qed.

(* theorem 42 *)
Theorem through r (y : 'I_2 -> 'I_r) : exists C,
  [/\ least_squares two y nodes C, (weightedL two nodes)^T *m weightedL two nodes = 1%:M,
      eigenbasis (along_pairs two nodes) U l, value l 1 < value l 0 & value l 1 < 1].
Proof.
have [C probe] := least_squares_exists two y nodes; have [white along _ _] := moments; exists C.
rewrite -feature_momentsE along value0 value1; split=> //; [exact: two_basis|lra|lra].
Qed.

Theorem with_a_ridge : generalised_eigenbasis (along_pairs two nodes) (feature_moments two nodes + 3%:M)
  (2^-1 *: U) (fun i => l i / 4) /\ value (fun i => l i / 4) 1 < 1.
Proof.
have [white along _ _] := moments; have [UU US sorted] := two_basis R.
have S4 : feature_moments two nodes + 3%:M = 4%:M by rewrite white -raddfD /=; congr (_%:M); lra.
split; last by rewrite /value; case: insubP => [i _ _|_]; rewrite ?ltr01 // /Instances.l; case: ifP => _; lra.
rewrite S4 along; split=> [|i|i j ij].
- have -> : (2^-1 *: U)^T = 2^-1 *: U^T by apply/matrixP => i j; rewrite !mxE.
  rewrite mul_mx_scalar -scalemxAr -!scalemxAl UU !scalerA; apply/matrixP => i j; rewrite !mxE.
  by case: (i == j); rewrite ?mulr1n ?mulr0n; lra.
- by rewrite !linearZ /= -scalemxAl US mul_mx_scalar !scalerA; congr (_ *: _); lra.
by have := sorted i j ij; lra.
Qed.

(* theorem 43, also where the sample is the population *)
Theorem sampled : [/\ generalised_eigenbasis (sample_along_pairs nodes pairs) (sample_moments nodes pairs + 0%:M) U l,
    sample_covers two nodes pairs 0 1, forall i : 'I_2, (1 <= i)%N -> l i <= 1 / 4,
    opnorm2_le (sample_moments nodes pairs - 1%:M) (0 ^+ 2) &
    opnorm2_le (sample_along_pairs nodes pairs - along_pairs two nodes) (0 ^+ 2)].
Proof.
have [white along second first] := moments; have [UU US sorted] := two_basis R; split.
- rewrite first second raddf0 addr0; split=> [|i|//]; first by rewrite mulmx1 UU.
  by rewrite US mulmx1.
- move=> v; rewrite mul1r mul0r addr0 !big_cons big_nil /=.
  have E x : (nodes *m v) x 0 ^+ 2 = 2 * v x 0 ^+ 2.
    rewrite mxE (bigD1 x) //= big1 => [|j ne].
      by rewrite addr0 exprMn expr2 nodes_product !eqxx mulr1.
    by rewrite !mxE eq_sym (negPf ne) mul0r mul0r.
  rewrite !big_ord_recl big_ord0 !E /pL !w_row; have -> : lift ord0 ord0 = ord_max :> 'I_2 by apply: val_inj.
  lra.
- by move=> i; rewrite /Instances.l; case: i => [[|i] ?] //= _; lra.
- by move=> v; rewrite second subrr mulmx0 sqnorm0 expr0n mul0r.
by move=> v; rewrite first along subrr mulmx0 sqnorm0 expr0n mul0r.
Qed.

(* theorem 35, at width 1 *)
Theorem known_values (p := (4 / 3) *: (1 - 'X) : {poly R}) (q := 1 - 'X : {poly R}) :
  [/\ forall t, 0 <= t <= value l 1 -> 1 <= p.[t] /\ q.[t] <= 1,
      forall i : 'I_2, (i < 1)%N -> 0 <= p.[l i] /\ q.[l i] <= 0 & value l 1 < 1].
Proof.
rewrite value1; split=> [t /andP [t0 t1]|i i0|]; rewrite ?hornerE; [split; lra| |lra].
by rewrite /Instances.l; case: i i0 => [[|i] ?] //= _; split; lra.
Qed.

(* theorem 41 *)
Theorem drawn (a := fun i : 'I_4 => if (i < 2)%N then ord0 else ord_max : 'I_2) :
  [/\ (weightedL two nodes)^T *m weightedL two nodes = 1%:M, forall x, pL two x = 2%:R^-1,
      forall c : 'I_2, exists x, id x = c & forall c, (1 < #|[pred i | a i == c]|)%N].
Proof.
have [white _ _ _] := moments; rewrite -feature_momentsE; split=> // [x|c|c].
- by rewrite /pL w_row div1r.
- by exists c.
by rewrite -sum1_card big_mkcond !big_ord_recl big_ord0; case: c => [[|[|c]] ?].
Qed.
End Features.
