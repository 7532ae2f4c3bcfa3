(* An exact verdict for one graph: integers in, a boolean out, and theorems that say what the boolean means. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies Penalty theorem15_multihop.
From Pairbounds Require Import Integers Bernstein Place Walks.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* where the spectrum is cut; what the probability 1 of a walk is; second moments of the walks *)
Record certificate := Certificate { cut : place; one_of : Z; moments : seq Z }.

Section Computed.
Variables (G : problem) (C : certificate).
Local Open Scope Z_scope.
Local Notation one := (one_of C).
Definition walked := walks G one (size (moments C))./2.
Definition check : bool :=
  [&& graph_ok G, place_ok G (cut C), Z.ltb 0 one, ~~ odd (size (moments C)) &
      all2 Z.eqb (second_moments (left_sums G) (right_sums G) walked) (moments C)].
(* the most that sum_j p_j a_j can be, times what makes it whole *)
Definition integral (p : seq Z) : Z := zsum (size p) (fun j =>
  let a := nth 0 p j * nth 0 (moments C) j in Z.max a (a + nth 0 p j * slack G one j)).
Definition whole : Z := total G * (one * one).
(* p / u is not negative on [0, 1], at least 1 up to the place, and its integral at most num / den *)
Definition mass_ok (p : seq Z) (u num den : Z) : bool :=
  [&& Z.ltb 0 u, Z.ltb 0 den, (size p <= size (moments C))%N, not_negative p 0 1 1,
      (if p is x :: p' then not_negative (x - u :: p') 0 (place_num (cut C)) (place_den (cut C)) else false) &
      Z.leb (den * integral p) (num * u * whole)].
End Computed.

Section Cut.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).

(* the columns span what is above b, and nothing of what is below b' *)
Definition cuts k (f : 'M[R]_(n, k)) (b b' : R) := exists U, exists l,
  let Q := colproj (weightedL P f) in
  [/\ eigenbasis (hop P) U l, Q *m hop P = hop P *m Q, forall i, b < l i -> Q *m (row i U)^T = (row i U)^T &
      forall i, l i < b' -> Q *m (row i U)^T = 0].

Lemma minimiser_cuts k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) b :
  minimiser P f g -> 0 <= b -> tail_le k P b -> cuts f b 0.
Proof.
move=> best b0 tail; have [U [l basis]] := eigenbasis_exists (hop_sym P); exists U, l; split=> //.
- exact: optimum_commutes best.
- by move=> i; apply: above_kept.
by move=> i; have /andP [l0 _] := eigenvalue01 basis i; rewrite ltNge l0.
Qed.

Lemma penalised_cuts k (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) mu b :
  0 < mu -> penalised_minimiser P mu f g -> mu ^+ 2 <= b -> tail_le k P b -> cuts f b (mu ^+ 2).
Proof.
move=> mu0 best le tail; have [U [l basis]] := eigenbasis_exists (hop_sym P); exists U, l; split=> //.
- exact: penalised_commutes mu0 best.
- by move=> i; apply: (penalised_kept mu0 best basis).
by move=> i /ltW; apply: (penalised_dropped mu0 best basis).
Qed.

Lemma polynomialE p (t : R) : polynomial p t = \sum_(j < size p) at_ p j * t ^+ j.
Proof.
elim: p => [|x p IH] /=; first by rewrite big_ord0.
rewrite big_ord_recl expr0 mulr1 IH mulr_sumr; congr (_ + _); apply: eq_bigr => j _.
by rewrite /at_ /= exprS; ring.
Qed.

Lemma cut_mass k (f : 'M[R]_(n, k)) (B : 'M[R]_(k, r)) b b' (p : seq Z) u : cuts f b b' -> least_squares P y f B ->
  0 < u -> (forall t : R, 0 <= t <= 1 -> 0 <= polynomial p t) ->
  (forall t : R, 0 <= t <= b -> u <= polynomial p t) ->
  u * mse P y f B <= \sum_(j < size p) at_ p j * consistency P y j.
Proof.
case=> U [l [basis com kept _]] probe u0 p0 p1; have [_ l01 moment] := energy_measure y basis (size p).
rewrite -ler_pdivlMl // (mse_projection probe).
apply: le_trans (rest_kept y basis (colproj_ortho _) (d := fun i => l i <= b) _) _ => [i|].
  by rewrite -ltNge; apply: kept.
have -> : \sum_(j < size p) at_ p j * consistency P y j = \sum_i energy P y U i * polynomial p (l i).
  rewrite (eq_bigr (fun i => \sum_(j < size p) at_ p j * (energy P y U i * l i ^+ j))) => [|i _].
    by rewrite exchange_big; apply: eq_bigr => j _; rewrite -mulr_sumr moment // ltnW.
  by rewrite polynomialE mulr_sumr; apply: eq_bigr => j _; rewrite mulrCA.
rewrite ler_pdivlMl // mulr_sumr big_mkcond; apply: ler_sum => i _; have e0 := energy_ge0 P y U i.
case: ifP => le; last by rewrite mulr_ge0 ?p0.
by rewrite mulrC ler_wpM2l // p1 // le andbT; have /andP [] := l01 i.
Qed.
End Cut.

Section Verdicts.
Variables (R : rcfType) (G : problem) (C : certificate) (ok : check G C).
Local Notation n := (n_left G).
Local Notation k := (width (cut C)).
Local Notation T := (iR (total G) : R).
Local Notation one := (iR (one_of C) : R).

Lemma checked_graph : graph_ok G. Proof. by case/and5P: ok. Qed.
Lemma checked_place : place_ok G (cut C). Proof. by case/and5P: ok. Qed.
Definition pairs : graph R n (n_right G) := graph_of R checked_graph.
Local Notation y := (@label_of G).
Local Notation b := (iR (place_num (cut C)) / iR (place_den (cut C)) : R).

Lemma moment_in j : (j < size (moments C))%N ->
  iR (nth Z0 (moments C) j) <= T * one ^+ 2 * consistency pairs y j
    <= iR (nth Z0 (moments C) j) + iR (slack G (one_of C) j).
Proof.
case/and5P: ok => _ _ o0 even same lt; have {}lt : (j < (size (moments C))./2 + (size (moments C))./2)%N.
  by move: lt; rewrite addnn -{1}(odd_double_half (size _)) (negPf even) add0n.
have E : second_moments (left_sums G) (right_sums G) (walks G (one_of C) (size (moments C))./2) = moments C.
  move: same; rewrite -/(walked G C).
  by elim: (second_moments _ _ _) (moments C) => [|a s IH] [|c t] //= /andP [/Z.eqb_eq -> /IH ->].
by have := consistency_near R checked_graph o0 lt; rewrite E.
Qed.

Lemma integral_ge p : (size p <= size (moments C))%N ->
  T * one ^+ 2 * (\sum_(j < size p) at_ p j * consistency pairs y j) <= iR (integral G C p).
Proof.
move=> le; rewrite /integral iR_zsum mulr_sumr; apply: ler_sum => j _.
have /andP [low high] := moment_in (leq_trans (ltn_ord j) le).
move: (slack _ _ _) low high => s low high; rewrite iR_max iRD !iRM -/(at_ p j) le_max -mulrDr mulrCA.
have [p0|/ltW p0] := leP 0 (at_ p j : R); apply/orP; [right|left]; first exact: ler_wpM2l.
exact: ler_wnM2l.
Qed.

Theorem mass_sound (f : 'M[R]_(n, k)) (B : 'M[R]_(k, (last_class G).+1)) b' p u num den :
  cuts pairs f b b' -> least_squares pairs y f B -> mass_ok G C p u num den -> mse pairs y f B <= iR num / iR den.
Proof.
move=> cut probe /and5P [u0 den0 le p0 /andP [p1 claim]].
have {}u0 := iR_gt0 R u0; have {}den0 := iR_gt0 R den0.
have o0 : 0 < T * one ^+ 2.
  case/and5P: ok => _ _ o _ _; apply: mulr_gt0; first exact: (total_gt0 R checked_graph).
  exact/exprn_gt0/iR_gt0.
have bound : iR u * mse pairs y f B <= \sum_(j < size p) at_ p j * consistency pairs y j.
  apply: (cut_mass cut probe u0) => t t01.
    by have := not_negative_sound (t := t) p0; rewrite iR0 iR1 mul0r divr1; apply.
  move: p1 t01; case: p {p0 le claim} => [|x p] p1 t01 //.
  have := not_negative_sound (t := t) p1; rewrite iR0 mul0r => /(_ t01).
  by rewrite /= iRB addrAC subr_ge0.
rewrite ler_pdivlMr //; have /(iR_le R) := claim; rewrite /whole !iRM -expr2 => {}claim.
have := ler_wpM2l (ltW o0) bound => /le_trans /(_ (integral_ge le)) h.
rewrite -(ler_pM2l (mulr_gt0 u0 o0)); have := le_trans (ler_wpM2l (ltW den0) h) claim.
by congr (_ <= _); ring.
Qed.

Theorem mass_verdict (f : 'M[R]_(n, k)) (B : 'M[R]_(k, (last_class G).+1)) b' p u num den :
  cuts pairs f b b' -> least_squares pairs y f B -> mass_ok G C p u num den ->
  mse pairs y f B <= iR num / iR den /\ error pairs y f B <= 2 * (iR num / iR den).
Proof.
move=> cut probe claim; have le := mass_sound cut probe claim; split=> //.
by apply: le_trans (error_le_mse pairs y f B) _; rewrite ler_pM2l ?ltr0n.
Qed.

Theorem optimum_cuts (f : 'M[R]_(n, k)) (g : 'M[R]_(n_right G, k)) : minimiser pairs f g -> cuts pairs f b 0.
Proof.
move=> best; apply: minimiser_cuts best _ _; first exact: (place_ge0 R checked_place).
exact: (tail_sound R checked_graph checked_place).
Qed.

Theorem penalised_optimum_cuts (f : 'M[R]_(n, k)) (g : 'M[R]_(n_right G, k)) mu_num mu_den (mu : R := iR mu_num / iR mu_den) :
  [&& Z.ltb 0 mu_num, Z.ltb 0 mu_den &
      Z.leb (mu_num * mu_num * place_den (cut C)) (place_num (cut C) * (mu_den * mu_den))] ->
  penalised_minimiser pairs mu f g -> cuts pairs f b (mu ^+ 2).
Proof.
case/and3P => num0 den0 /(iR_le R); have {}num0 := iR_gt0 R num0; have {}den0 := iR_gt0 R den0.
rewrite !iRM => le best; apply: penalised_cuts best _ (tail_sound R checked_graph checked_place); first exact: divr_gt0.
have bd0 : 0 < iR (place_den (cut C)) :> R.
  by case/and5P: checked_place => b0 bd _ _ _; apply: le_lt_trans (iR_lt R bd); apply: iR_ge0.
by rewrite expr_div_n ler_pdivrMr ?exprn_gt0 // mulrAC ler_pdivlMr // !expr2.
Qed.
End Verdicts.
