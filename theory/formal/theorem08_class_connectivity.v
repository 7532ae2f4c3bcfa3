(* Theorem 8: the part of the hop inside the classes is at most lambda_2 beyond one vector a class, the part across them
   at most the leak. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers Energies LowRank Places Stability.
From Pairbounds Require Import theorem04_linear_probe.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Theorem8.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Variables (V : 'I_r -> 'M[R]_n) (v : 'I_r -> 'I_n -> R).
Hypothesis basis : forall c, eigenbasis (class_hop P y c) (V c) (v c).
Local Notation stays := (stays P y).
Local Notation leak := (leak P y).
Let lambda c := value (v c) 1.

Lemma stays_gt0 x : 0 < stays x.
Proof.
rewrite /Statements.stays (bigD1 x) //= eqxx mulr1 ltr_pwDl //; last first.
  by apply: sumr_ge0 => x' _; rewrite mulr_ge0 ?induced_ge0.
have [l Pxl] : exists l, 0 < P x l.
  apply/existsP; apply: contraTT (pL_gt0 P x); rewrite negb_exists -leNgt => /forallP none.
  by rewrite -oppr_ge0 -sumrN; apply: sumr_ge0 => l _; rewrite oppr_ge0 leNgt none.
rewrite /induced (bigD1 l) //= ltr_pwDl ?divr_gt0 ?mulr_gt0 ?pR_gt0 //.
by apply: sumr_ge0 => j _; rewrite divr_ge0 ?mulr_ge0 ?weight_ge0 ?(ltW (pR_gt0 P j)).
Qed.

Lemma staysE x : stays x = pL P x * (1 - leak x).
Proof.
have pos : pL P x != 0 by rewrite gt_eqF ?pL_gt0.
rewrite mulrBr mulr1 -{1}(induced_marginal P x) /Statements.leak mulr_sumr -sumrB; apply: eq_bigr => x' _.
by case: eqP => _ /=; rewrite ?mulr0 ?mulr1 ?subr0 // mulrC divfK ?subrr.
Qed.

Lemma leak_ge0 x : 0 <= leak x.
Proof. by apply: sumr_ge0 => x' _; rewrite mulr_ge0 // divr_ge0 ?induced_ge0 ?(ltW (pL_gt0 P x)). Qed.

(* a gram matrix *)
Lemma class_hop_gram c :
  let M : 'M[R]_(n, m) := \matrix_(x, l) ((y x == c)%:R * P x l / (Num.sqrt (stays x) * Num.sqrt (pR P l))) in
  class_hop P y c = M *m M^T.
Proof.
apply/matrixP => x x'; rewrite !mxE /induced !mulr_suml; apply: eq_bigr => l _; rewrite !mxE -mulnb natrM.
have root z : Num.sqrt (stays z) != 0 by rewrite gt_eqF // sqrtr_gt0 stays_gt0.
rewrite -[X in _ / X * _ / _](sqrtR2 P l); have := sqrtR_neq0 P l; have := root x; have := root x'.
move: (Num.sqrt _) (Num.sqrt _) (Num.sqrt _) => a b d a0 b0 d0.
by field; rewrite a0 b0 d0.
Qed.

Lemma lambda_ge0 c : 0 <= lambda c.
Proof.
rewrite /lambda /value; case: insubP => // i _ _; have := basis c; rewrite class_hop_gram => b.
exact: gram_eigenvalue_ge0 b i.
Qed.

(* Courant and Fischer, at the second value *)
Lemma second_value c (z : 'cV[R]_n) : (forall i : 'I_n, i = 0 :> nat -> (V c *m z) i 0 = 0) -> 
   form (class_hop P y c) z <= lambda c * sqnorm z.
Proof.
move=> first; have [VV VS sorted] := basis c.
have dV := eigenbasis_diagonalises (basis c).
have VtV : (V c)^T *m V c = 1%:M := mulmx1C VV.
have -> : form (class_hop P y c) z = \sum_i v c i * (V c *m z) i 0 ^+ 2.
  have -> : class_hop P y c = (V c)^T *m diag_mx (\row_i v c i) *m V c.
    by case: dV => _ E; rewrite -mulmxA -E mulmxA VtV mul1mx.
  rewrite -form_mul formE big_ord1; apply: eq_bigr => i _; rewrite (bigD1 i) //= big1 => [|j /negPf ne]; last first.
    by rewrite [diag_mx _ _ _]mxE eq_sym ne mulr0n mulr0 mul0r.
  by rewrite [diag_mx _ _ _]mxE eqxx mulr1n [X in _ * X * _]mxE; ring.
have -> : sqnorm z = \sum_i (V c *m z) i 0 ^+ 2.
  transitivity (sqnorm (V c *m z)); last by apply: eq_bigr => i _; rewrite big_ord1.
  by rewrite !sqnorm_tr trmx_mul -mulmxA (mulmxA _ (V c)) VtV mul1mx.
rewrite mulr_sumr; apply: ler_sum => i _; have [i0|i0] := posnP i; first by rewrite first // expr0n !mulr0.
rewrite ler_wpM2r ?sqr_ge0 // /lambda /value; case: insubP => [j _ j1|]; first by apply: sorted; rewrite j1.
by rewrite (leq_ltn_trans i0 (ltn_ord i)).
Qed.

Lemma keeps_gt0 x : 0 < 1 - leak x.
Proof. by have := stays_gt0 x; rewrite staysE pmulr_rgt0 ?pL_gt0. Qed.

Section Vector.
Variable z : 'cV[R]_n.
(* z on a class, times the roots of what stays there *)
Definition on_class c : 'cV[R]_n := \col_x ((y x == c)%:R * Num.sqrt (1 - leak x) * z x 0).

Lemma on_class_form c : form (class_hop P y c) (on_class c) =
  \sum_x \sum_x' ((y x == c) && (y x' == c))%:R * (z x 0 * hop P x x' * z x' 0).
Proof.
rewrite formE big_ord1; apply: eq_bigr => x _; apply: eq_bigr => x' _; rewrite hopE !mxE.
have root t : Num.sqrt (stays t) = Num.sqrt (pL P t) * Num.sqrt (1 - leak t).
  by rewrite staysE sqrtrM ?(ltW (pL_gt0 P t)).
have keep t : Num.sqrt (1 - leak t) != 0 by rewrite gt_eqF // sqrtr_gt0 keeps_gt0.
rewrite !root; have := keep x; have := keep x'; have := sqrtL_neq0 P x; have := sqrtL_neq0 P x'.
move: (Num.sqrt _) (Num.sqrt _) (Num.sqrt _) (Num.sqrt _) => a b d e a0 b0 d0 e0.
by case: (y x == c); case: (y x' == c); rewrite /= ?mul0r ?mulr0 ?mul0r ?mul1r //; field; rewrite ?a0 ?b0 ?d0 ?e0.
Qed.

Lemma on_class_sqnorm c : sqnorm (on_class c) = \sum_x (y x == c)%:R * ((1 - leak x) * z x 0 ^+ 2).
Proof.
apply: eq_bigr => x _; rewrite big_ord1 mxE !exprMn sqr_sqrtr ?(ltW (keeps_gt0 x)) //.
by case: (y x == c); rewrite ?expr1n ?expr0n ?mul0r ?mul1r.
Qed.

Lemma across_classes : form (hop P) z <= \sum_c form (class_hop P y c) (on_class c) + \sum_x leak x * z x 0 ^+ 2.
Proof.
pose u x := z x 0 / Num.sqrt (pL P x); pose h x x' : R := induced P x x' * (y x != y x')%:R.
have uu x : u x ^+ 2 * pL P x = z x 0 ^+ 2.
  by rewrite /u exprMn exprVn sqr_sqrtr ?(ltW (pL_gt0 P x)) // divfK // gt_eqF ?pL_gt0.
have leaks x : \sum_x' h x x' * u x ^+ 2 = leak x * z x 0 ^+ 2.
  rewrite -uu /Statements.leak mulr_suml; apply: eq_bigr => x' _; rewrite /h.
  have : pL P x != 0 by rewrite gt_eqF ?pL_gt0.
  by move: (pL P x) => p p0; field.
have leaks' : \sum_x \sum_x' h x x' * u x' ^+ 2 = \sum_x leak x * z x 0 ^+ 2.
  rewrite exchange_big; apply: eq_bigr => x _; rewrite -leaks; apply: eq_bigr => x' _.
  by rewrite /h induced_sym eq_sym.
have -> : \sum_c form (class_hop P y c) (on_class c) = \sum_x \sum_x' (y x == y x')%:R * (z x 0 * hop P x x' * z x' 0).
  rewrite (eq_bigr _ (fun c _ => on_class_form c)) exchange_big; apply: eq_bigr => x _.
  rewrite exchange_big; apply: eq_bigr => x' _ /=; rewrite -mulr_suml; congr (_ * _).
  rewrite (bigD1 (y x)) //= eqxx /= big1 ?addr0 1?eq_sym // => c /negPf ne; by rewrite eq_sym ne.
have -> : \sum_x leak x * z x 0 ^+ 2 = 2^-1 * \sum_x \sum_x' (h x x' * u x ^+ 2 + h x x' * u x' ^+ 2).
  transitivity (2^-1 * (\sum_x \sum_x' h x x' * u x ^+ 2 + \sum_x \sum_x' h x x' * u x' ^+ 2)).
    by rewrite leaks' (eq_bigr _ (fun x _ => leaks x)); field.
  by rewrite -big_split; congr (_ * _); apply: eq_bigr => x _; rewrite -big_split.
rewrite mulr_sumr -big_split formE big_ord1; apply: ler_sum => x _; rewrite mulr_sumr -big_split.
apply: ler_sum => x' _ /=.
have -> : z x 0 * hop P x x' * z x' 0 = induced P x x' * (u x * u x').
  by rewrite hopE /u; field; rewrite !sqrtL_neq0.
rewrite /h; case: (y x == y x'); rewrite /= ?mulr1 ?mulr0 ?mul0r ?mul1r ?addr0 ?add0r ?mulr0 ?addr0 //.
have := mulr_ge0 (induced_ge0 P x x') (sqr_ge0 (u x - u x')); rewrite !expr2; lra.
Qed.
End Vector.

Variables (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis hop_basis : eigenbasis (hop P) U l.

Lemma tail_by_gap gap : (forall x, gap <= (1 - lambda (y x)) * (1 - leak x)) -> value l r <= 1 - gap.
Proof.
move=> least.
have gap1 : 0 <= 1 - gap.
  have [x _] : exists x : 'I_n, true.
    apply/existsP; apply: contraTT (@ltr01 R); rewrite negb_exists => /forallP none.
    by rewrite -(pL_sum P) big1 ?ltxx // => x; have := none x.
  have := least x; have := lambda_ge0 (y x); have := leak_ge0 x; have := keeps_gt0 x.
  move: (lambda _) (leak x) => a b b1 b0 a0; have := mulr_ge0 a0 (ltW b1); lra.
apply: (value_tail hop_basis gap1).
pose first c x := \sum_(i < n | i == 0 :> nat) V c i x.
exists (\matrix_(x, c) ((y x == c)%:R * Num.sqrt (1 - leak x) * first c x)) => z away.
have inside c : form (class_hop P y c) (on_class z c) <= lambda c * sqnorm (on_class z c).
  apply: second_value => i i0; have /rowP /(_ c) := away; rewrite [RHS]mxE !mxE => E; rewrite -[RHS]E.
  apply: eq_bigr => x _; rewrite !mxE /first (big_pred1 i) => [|j]; first by ring.
  by rewrite -[pred1 i j]/(j == i) -val_eqE /= i0.
apply: le_trans (across_classes z) _.
apply: le_trans (_ : \sum_c lambda c * sqnorm (on_class z c) + \sum_x leak x * z x 0 ^+ 2 <= _).
  by rewrite lerD2r; apply: ler_sum => c _; apply: inside.
have -> : \sum_c lambda c * sqnorm (on_class z c) = \sum_x lambda (y x) * ((1 - leak x) * z x 0 ^+ 2).
  rewrite (eq_bigr (fun c => \sum_x (y x == c)%:R * (lambda c * ((1 - leak x) * z x 0 ^+ 2)))) => [|c _]; last first.
    by rewrite on_class_sqnorm mulr_sumr; apply: eq_bigr => x _; rewrite mulrCA.
  rewrite exchange_big; apply: eq_bigr => x _; rewrite (bigD1 (y x)) //= eqxx mul1r big1 ?addr0 // => c /negPf ne.
  by rewrite eq_sym ne mul0r.
rewrite -big_split /= /sqnorm mulr_sumr; apply: ler_sum => x _; rewrite big_ord1 mulrA -mulrDl ler_wpM2r ?sqr_ge0 //.
have := least x; move: (lambda _) (leak x) => a b; lra.
Qed.
End Theorem8.

(* the two factors are at least what their sum leaves *)
Lemma sum_form (R : realFieldType) (a b lam beta : R) :
  0 <= a <= lam -> 0 <= b <= beta -> 1 - lam - beta <= (1 - a) * (1 - b).
Proof. by move=> /andP [a0 al] /andP [b0 bb]; have := mulr_ge0 a0 b0; lra. Qed.

Theorem tail_by_connectivity (R : rcfType) : Statements.tail_by_connectivity R.
Proof.
move=> n m r P y U l V v gap lam beta hop_basis basis; split; first exact: (tail_by_gap basis hop_basis).
move=> below leaks; have -> : lam + beta = 1 - (1 - lam - beta) by ring.
by apply: (tail_by_gap basis hop_basis) => x; apply: sum_form; rewrite ?(lambda_ge0 basis) ?leak_ge0 ?below ?leaks.
Qed.

Theorem probe_error_by_connectivity (R : rcfType) : Statements.probe_error_by_connectivity R.
Proof.
move=> n m r k P y V v f g B gap lam beta basis best probe rk.
have [U [l hop_basis]] := eigenbasis_exists (hop_sym P).
have main t : (forall x, t <= (1 - value (v (y x)) 1) * (1 - leak P y x)) -> 0 < t ->
    error P y f B <= 2 * alphaT P y / t.
  move=> least t0; have := tail_by_gap basis hop_basis least => tail.
  have le : value l k <= 1 - t := le_trans (value_sorted hop_basis rk) tail.
  apply: le_trans (theorem04_linear_probe.probe_error hop_basis best probe _) _; first by lra.
  have a0 : 0 <= 2 * alphaT P y.
    rewrite mulr_ge0 // sumr_ge0 // => x _; apply: sumr_ge0 => x' _; by rewrite mulr_ge0 ?induced_ge0.
  by rewrite ler_wpM2l // lef_pV2 ?posrE; lra.
split; first exact: main.
move=> below leaks lt1; apply: main; last by lra.
by move=> x; apply: sum_form; rewrite ?(lambda_ge0 basis) ?leak_ge0 ?below ?leaks.
Qed.
