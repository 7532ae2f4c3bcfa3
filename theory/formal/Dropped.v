(* What every minimiser drops: eigenvectors below the k-th value. So theorem 15 from below, theorem 16 with b'. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies Margins LowRank SameSpace Stability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Between.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)) (t : 'I_n).
Hypotheses (basis : eigenbasis (hop P) U l) (best : minimiser P f g) (probe : least_squares P y f B).
(* l t is the k-th value, sigma_k^2 *)
Hypothesis tk : t.+1 = k.
Local Notation S := (hop P).
Local Notation Y := (Y P y).
Local Notation Q := (colproj (weightedL P f)).
Local Notation below := (fun i : 'I_n => i < k)%N.

Theorem below_dropped (i : 'I_n) : l i < l t -> Q *m (row i U)^T = 0.
Proof.
move=> lt; have dS := eigenbasis_diagonalises basis; have [UU _] := dS; have oQ := colproj_ortho (weightedL P f).
pose s := l t; pose q := overlap U Q; have q0 j : 0 <= q j := overlap_ge0 U j oQ.
have q1 j : q j <= 1 := overlap_le1 j UU oQ.
have s0 : 0 <= s by have /andP [] := eigenvalue01 basis t.
have srt (a b : 'I_n) : (a <= b)%N -> l b <= l a by case: basis => _ _; apply.
have kn : (k <= n)%N by rewrite -tk ltn_ord.
pose slack (j : 'I_n) := (if (j < k)%N then l j - s else 0) + s * q j - l j * q j.
have sl0 j : 0 <= slack j.
  rewrite /slack; have := q0 j; have := q1 j; case: ltnP => jk; move: (q j) => z z1 z0.
    have : s <= l j by apply: srt; rewrite -ltnS tk.
    nra.
  have : l j <= s by apply: srt; apply: ltnW; rewrite tk.
  nra.
have total : \sum_j slack j <= 0.
  have rQ : (\rank Q <= k)%N by apply: leq_trans (mxrankS (proj_sub _)) _; apply: rank_leq_row.
  have rT : (\rank (chosen U below) <= k)%N by rewrite (chosen_rank below UU) card_below geq_minl.
  have := optimum_trace best (chosen_orthoproj below UU) rT.
  rewrite (trace_chosen below dS) (trace_overlap Q dS) => le.
  have sr : s * (\rank Q)%:R <= s *+ k by rewrite -[leRHS]mulr_natr ler_wpM2l // ler_nat.
  rewrite /slack sumrB big_split /= -mulr_sumr (overlap_sum UU oQ) -big_mkcond sumrB sumr_const card_below (minn_idPl kn).
  by move: le sr; rewrite -/q; lra.
have /eqP : \sum_j slack j == 0 by rewrite eq_le total sumr_ge0.
move/eqP; rewrite psumr_eq0 // => /allP /(_ i (mem_index_enum i)) /=.
have ki : (k <= i)%N.
  by rewrite leqNgt; apply/negP => ik; have : l t <= l i; [by apply: srt; rewrite -ltnS tk|rewrite leNgt lt].
rewrite /slack ltnNge ki /= add0r -mulrBl mulf_eq0 => /orP [|/eqP qi]; first by rewrite subr_eq0 gt_eqF.
have [symQ idQ] := oQ.
apply: sqnorm_eq0; rewrite sqnorm_tr trmx_mul trmxK symQ -mulmxA (mulmxA Q Q) idQ -qi /q /overlap.
by rewrite (mulmxA (row i U)) -row_mul tr_row -col_mul -row_mul [LHS]trace_mx11 mxE mxE.
Qed.

(* theorem 15, from below *)
Theorem multihop_mse_lower (p : {poly R}) :
  (forall u, 0 <= u <= 1 -> p.[u] <= 1) -> (forall u, l t <= u <= 1 -> p.[u] <= 0) -> poly_moment P y p <= mse P y f B.
Proof.
move=> p1 p0; rewrite (mse_projection probe) (poly_energy y basis) -[leRHS](sqnorm_basis basis) /sqnorm.
have [symQ _] := colproj_ortho (weightedL P f).
apply: ler_sum => i _; have e0 := energy_ge0 P y U i; have l01 := eigenvalue01 basis i.
have [le|lt] := leP (l t) (l i).
  apply: le_trans (_ : 0 <= _); last by apply: sumr_ge0 => c _; apply: sqr_ge0.
  by rewrite mulr_le0_ge0 // p0 // le; have /andP [_ ->] := l01.
suff -> : \sum_c (U *m ((1%:M - Q) *m Y)) i c ^+ 2 = Statements.energy P y U i by rewrite -[leRHS]mul1r ler_wpM2r // p1.
apply: eq_bigr => c _; congr (_ ^+ 2).
have E : row i U *m (1%:M - Q) = row i U.
  apply: trmx_inj; rewrite trmx_mul linearB /= trmx1 symQ mulmxBl mul1mx below_dropped // subr0 //.
have <- : row i (U *m ((1%:M - Q) *m Y)) 0 c = (U *m ((1%:M - Q) *m Y)) i c by rewrite mxE.
by rewrite row_mul (mulmxA (row i U)) E -row_mul mxE.
Qed.

(* theorem 16 *)
Theorem votes_between (b b' : R) (q p : {poly R}) (gamma : 'I_n -> R) (lam : R) :
  0 <= b -> tail_le k P b -> b' <= l t ->
  0 <= lam -> (forall x c, c != y x -> gamma x <= vote_scores P y q x (y x) - vote_scores P y q x c) ->
  (forall u, 0 <= u <= b -> q.[u] ^+ 2 <= p.[u]) -> (forall u, b' <= u <= 1 -> (1 - q.[u]) ^+ 2 <= p.[u]) ->
  error P y f B <= lam * poly_moment P y p + \sum_x pL P x * Num.max 0 (1 - lam * (Num.max 0 (gamma x)) ^+ 2 / 2).
Proof.
move=> b0 tail b't lam0 margin low high; apply: le_trans (error_by_margins P _ _ lam0 margin) _.
rewrite lerD2r (vote_distance probe) ler_wpM2l //; apply: (vote_budget_parts y best basis) => i.
  have [le|lt] := leP (l i) b; last by right; apply: (above_kept basis best b0 tail lt).
  by left; rewrite low // le andbT; have /andP [-> _] := eigenvalue01 basis i.
have [le|lt] := leP b' (l i); last by right; apply: below_dropped; apply: lt_le_trans lt b't.
by left; rewrite high // le; have /andP [_ ->] := eigenvalue01 basis i.
Qed.
End Between.

(* theorem 3 by singular values, sigma_{n+1} = 0; the 0-th is sigma_1 *)
Theorem same_projector_singular (R : rcfType) n m k (P : graph R n m) (U : 'M[R]_n) l
    (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) :
  eigenbasis (hop P) U l -> minimiser P f g -> singular l k.+1 < singular l k ->
  colproj (weightedL P f) = chosen U (fun i : 'I_n => i < k.+1)%N.
Proof.
move=> basis best lt; have kn : (k < n)%N.
  by rewrite ltnNge; apply/negP => nk; move: lt; rewrite (singular_out l nk) ltNge singular_ge0.
have gap (i : 'I_n) : (i < k.+1)%N -> singular l k.+1 < singular l i.
  by move=> ik; apply: lt_le_trans lt _; apply: (singular_le basis).
have [nk|kn1] := leqP n k.+1; last first.
  apply: (same_projector basis best (kn := kn1)) => i ik.
  by rewrite -(singular2 basis i) -(singular2 basis (Ordinal kn1)) ltr_pXn2r ?nnegrE ?singular_ge0 // gap.
apply: (same_projector_cut basis best kn (lexx 0) (tail_full P nk)) => i ik.
by rewrite -(singular2 basis i) exprn_gt0 // (le_lt_trans (singular_ge0 l k.+1)) // gap.
Qed.
