(* Theorem 41: the means. *)
From mathcomp Require Import all_ssreflect all_algebra fingroup perm.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Through.
From Pairbounds Require Import theorem09_conductance theorem42_through_features.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Draws.
Variables (R : rcfType) (n N : nat).
Local Notation sample := {ffun 'I_N -> 'I_n}.
Implicit Types (h : 'I_n -> 'I_n -> R) (X : sample -> R).

Lemma pick (a : 'I_n -> R) x : \sum_z a z * (x == z)%:R = a x.
Proof.
rewrite (bigD1 x) //= eqxx mulr1 big1 ?addr0 // => z ne; by rewrite eq_sym (negPf ne) mulr0.
Qed.

(* a sum over pairs of nodes, by their two indicators *)
Lemma by_nodes h (x x' : 'I_n) : h x x' = \sum_z \sum_z' h z z' * ((x == z)%:R * (x' == z')%:R).
Proof.
rewrite -[LHS](pick (fun z => h z x') x); apply: eq_bigr => z _; rewrite -(pick (h z) x') mulr_suml.
by apply: eq_bigr => z' _; ring.
Qed.

Section Independent.
Variable law : 'I_N -> 'I_n -> R.
Hypothesis law1 : forall i, \sum_x law i x = 1.

Lemma drawn_product (g : 'I_N -> 'I_n -> R) :
  drawn_mean law (fun w : sample => \prod_i g i (w i)) = \prod_i \sum_x law i x * g i x.
Proof. by rewrite (bigA_distr_bigA (fun i x => law i x * g i x)); apply: eq_bigr => w _; rewrite -big_split. Qed.

Lemma drawn_const a : drawn_mean law (fun=> a) = a.
Proof.
rewrite /drawn_mean -mulr_suml -[RHS]mul1r; congr (_ * _).
by rewrite -(bigA_distr_bigA (fun i x => law i x)) big1.
Qed.

Lemma drawn_sum (I : finType) (D : pred I) (a : I -> R) (X : I -> sample -> R) :
  drawn_mean law (fun w => \sum_(i | D i) a i * X i w) = \sum_(i | D i) a i * drawn_mean law (X i).
Proof.
rewrite /drawn_mean; under eq_bigr do rewrite mulr_sumr; rewrite exchange_big; apply: eq_bigr => i _ /=.
by rewrite mulr_sumr; apply: eq_bigr => w _; rewrite mulrCA.
Qed.

Lemma drawn_pair h i j : i != j ->
  drawn_mean law (fun w : sample => h (w i) (w j)) = \sum_x \sum_x' law i x * law j x' * h x x'.
Proof.
move=> ij; pose g (x x' : 'I_n) (l : 'I_N) (z : 'I_n) : R :=
  if l == i then (z == x)%:R else if l == j then (z == x')%:R else 1.
transitivity (drawn_mean law (fun w : sample => \sum_x 1 * \sum_x' h x x' * \prod_l g x x' l (w l))).
  apply: eq_bigr => w _; congr (_ * _); rewrite by_nodes; apply: eq_bigr => x _; rewrite mul1r; apply: eq_bigr => x' _.
  rewrite (bigD1 i) //= (bigD1 j) /=; last by rewrite eq_sym.
  rewrite [X in _ = _ * (_ * (_ * X))]big1 => [|l /andP [li lj]]; last by rewrite /g (negPf li) (negPf lj).
  by rewrite /g eqxx mulr1 [j == i]eq_sym (negPf ij) eqxx.
rewrite drawn_sum; apply: eq_bigr => x _; rewrite mul1r drawn_sum; apply: eq_bigr => x' _.
rewrite drawn_product mulrC; congr (_ * _); rewrite (bigD1 i) //= (bigD1 j) /=; last by rewrite eq_sym.
rewrite [X in _ * (_ * X)]big1 => [|l /andP [li lj]]; last first.
  by rewrite /g (negPf li) (negPf lj) -[RHS](law1 l); apply: eq_bigr => z _; rewrite mulr1.
rewrite mulr1 /g eqxx [j == i]eq_sym (negPf ij) eqxx.
by congr (_ * _); rewrite -[RHS](pick (law _)); apply: eq_bigr => z _; rewrite eq_sym.
Qed.
End Independent.

Section Different.
Hypothesis few : (N <= n)%N.
Local Notation total := (#|[pred w : sample | injectiveb w]|%:R : R).

Lemma total_gt0 : 0 < total.
Proof.
rewrite ltr0n; apply/card_gt0P; exists [ffun i => widen_ord few i]; rewrite inE; apply/injectiveP => i j.
by rewrite !ffunE => /(congr1 val) E; apply: val_inj.
Qed.

Lemma different_const (a : R) : mean_without_replacement (fun _ : sample => a) = a.
Proof. by rewrite /mean_without_replacement sumr_const -[a *+ _]mulr_natr mulfK // gt_eqF ?total_gt0. Qed.

Lemma different_sum (I : finType) (D : pred I) (a : I -> R) (X : I -> sample -> R) :
  mean_without_replacement (fun w => \sum_(i | D i) a i * X i w) = \sum_(i | D i) a i * mean_without_replacement (X i).
Proof.
rewrite /mean_without_replacement exchange_big mulr_suml; apply: eq_bigr => i _ /=.
by rewrite -mulr_sumr mulrA.
Qed.

(* some permutation takes two nodes to any other two *)
Lemma two_to_two (x x' z z' : 'I_n) : x != x' -> z != z' -> exists s : 'S_n, s x = z /\ s x' = z'.
Proof.
move=> ne ne'; exists (tperm x z * tperm (tperm x z x') z')%g; rewrite !permM tpermL tpermL; split=> //.
apply: tpermD => //; last by rewrite eq_sym.
by rewrite -{2}(tpermL x z) (inj_eq perm_inj) eq_sym.
Qed.

Lemma different_pair h i j : i != j ->
  mean_without_replacement (fun w : sample => h (w i) (w j)) =
  (\sum_x \sum_(x' | x' != x) h x x') / (n%:R * (n%:R - 1)).
Proof.
move=> ij; pose count x x' : R := \sum_(w : sample | injectiveb w) (w i == x)%:R * (w j == x')%:R.
have sumE h' : \sum_(w : sample | injectiveb w) h' (w i) (w j) = \sum_x \sum_x' h' x x' * count x x'.
  rewrite (eq_bigr (fun w : sample => \sum_x \sum_x' h' x x' * ((w i == x)%:R * (w j == x')%:R))) => [|w _].
    rewrite exchange_big; apply: eq_bigr => x _ /=.
    by rewrite exchange_big; apply: eq_bigr => x' _ /=; rewrite mulr_sumr.
  exact: by_nodes.
have same x : count x x = 0.
  rewrite /count big1 // => w /injectiveP inj; case: eqP => [<-|_]; last by rewrite mul0r.
  by rewrite (inj_eq inj) eq_sym (negPf ij) mulr0.
have moved x x' z z' : x != x' -> z != z' -> count x x' = count z z'.
  move=> ne ne'; have [s [<- <-]] := two_to_two ne ne'; rewrite /count.
  rewrite [RHS](reindex (fun w : sample => [ffun l => s (w l)])) /=; last first.
    by exists (fun w : sample => [ffun l => s^-1%g (w l)]) => w _; apply/ffunP => l; rewrite !ffunE ?permK ?permKV.
  apply: eq_big => w; last by rewrite !ffunE !(inj_eq perm_inj).
  apply/injectiveP/injectiveP => inj a b; first by rewrite !ffunE => /perm_inj; apply: inj.
  by move=> E; apply: inj; rewrite !ffunE E.
have n1 : (1 < n)%N by apply: leq_trans few; rewrite -(card_ord N); apply/card_gt1P; exists i, j.
pose x0 : 'I_n := Ordinal (ltnW n1); pose x1 : 'I_n := Ordinal n1; pose a := count x0 x1.
have countE x x' : count x x' = a * (x' != x)%:R.
  by have [->|ne] := eqVneq x' x; rewrite ?same ?mulr0 // mulr1; apply: moved; rewrite // eq_sym.
have totalE : total = a * (n%:R * (n%:R - 1)).
  have -> : total = \sum_(w : sample | injectiveb w) 1 by rewrite sumr_const.
  rewrite (sumE (fun _ _ => 1)) (eq_bigr (fun=> a * (n%:R - 1))) => [|x _].
    by rewrite sumr_const card_ord -[_ *+ n]mulr_natr -mulrA [(_ - 1) * _]mulrC.
  rewrite (eq_bigr (fun x' => a * (x' != x)%:R)) => [|x' _]; last by rewrite mul1r countE.
  rewrite -mulr_sumr -natr_sum -big_mkcond sum1_card (cardC1 x) card_ord; congr (_ * _).
  by rewrite -subn1 natrB // ltnW.
have a0 : a != 0 by apply: contraTneq total_gt0 => a0; rewrite totalE a0 mul0r ltxx.
rewrite /mean_without_replacement sumE totalE invfM mulrA; congr (_ / _); rewrite mulr_suml; apply: eq_bigr => x _.
rewrite mulr_suml [RHS]big_mkcond; apply: eq_bigr => x' _; rewrite countE.
by case: ifP => _; rewrite ?mulr1 ?mulr0 ?mul0r // mulfK.
Qed.
End Different.

(* sums over pairs of draws *)
Lemma pairs_const (D : pred 'I_N) (a : R) :
  \sum_(i | D i) \sum_(j | D j && (j != i)) a = a * (#|D|%:R * (#|D|%:R - 1)).
Proof.
rewrite (eq_bigr (fun=> a * (#|D|%:R - 1))) => [|i Di].
  by rewrite sumr_const -[(a * _) *+ _]mulr_natr -mulrA; congr (_ * _); rewrite mulrC.
rewrite sumr_const -[a *+ _]mulr_natr; congr (_ * _).
have -> : #|[pred j | D j && (j != i)]| = #|D|.-1.
  by rewrite [#|D|](cardD1 i) [i \in D]Di; apply: eq_card => j; rewrite !inE andbC.
by rewrite -subn1 natrB //; apply/card_gt0P; exists i.
Qed.
End Draws.

Section Probe.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)).
Hypothesis white : feature_moments P f = 1%:M.
Local Notation T := (targets P y f).

Lemma mse_targets B : least_squares P y f B -> mse P y f B = 1 - sqnorm T.
Proof. by case/(probe_of_all (eqmx_refl f^T) white). Qed.

Lemma targets_inner c : \sum_i T i c ^+ 2 =
  \sum_x \sum_x' pL P x * (y x == c)%:R * (pL P x' * (y x' == c)%:R) * inner_product f x x'.
Proof.
transitivity (\sum_i \sum_x \sum_x' (pL P x * f x i * (y x == c)%:R) * (pL P x' * f x' i * (y x' == c)%:R)).
  by apply: eq_bigr => i _; rewrite mxE expr2 mulr_suml; apply: eq_bigr => x _; rewrite mulr_sumr.
rewrite exchange_big; apply: eq_bigr => x _ /=; rewrite exchange_big; apply: eq_bigr => x' _ /=.
by rewrite mulr_sumr; apply: eq_bigr => i _; ring.
Qed.

Lemma targets_sum : sqnorm T = \sum_x \sum_x' pL P x * pL P x' * (inner_product f x x' * (y x == y x')%:R).
Proof.
rewrite /sqnorm exchange_big (eq_bigr _ (fun c _ => targets_inner c)) exchange_big; apply: eq_bigr => x _ /=.
rewrite exchange_big; apply: eq_bigr => x' _ /=.
rewrite -(pick (fun c => pL P x * pL P x' * (inner_product f x x' * (c == y x')%:R)) (y x)); apply: eq_bigr => c _.
by rewrite [c == y x']eq_sym; ring.
Qed.
End Probe.

Theorem unbiased_probe_mse (R : rcfType) : Statements.unbiased_probe_mse R.
Proof.
move=> n m r k N P y f B white probe N1; rewrite -feature_momentsE in white; rewrite (mse_targets white probe) targets_sum.
have law1 (i : 'I_N) : \sum_x pL P x = 1 := pL_sum P.
pose h x x' := inner_product f x x' * (y x == y x')%:R; pose a := - (N%:R * (N%:R - 1))^-1 : R.
transitivity (drawn_mean (fun _ : 'I_N => pL P) (fun w => \sum_(b : bool) (if b then 1 else a) *
    (if b then 1 else \sum_(i | predT i) 1 * \sum_(j | predT j && (j != i)) 1 * h (w i) (w j)))).
  apply: eq_bigr => w _; congr (_ * _); rewrite big_bool /= mul1r /mse_of_draws /a mulNr mulrC; congr (_ - _ * _).
  by apply: eq_bigr => i _; rewrite mul1r; apply: eq_bigr => j _; rewrite mul1r.
rewrite (drawn_sum _ predT) big_bool /= drawn_const // mul1r (drawn_sum _ predT); congr (_ + _).
rewrite (eq_bigr (fun i => \sum_(j | predT j && (j != i)) \sum_x \sum_x' pL P x * pL P x' * h x x')) => [|i _].
  rewrite pairs_const card_ord /a mulNr mulrC mulfK // mulf_neq0 ?gt_eqF ?ltr0n ?(ltnW N1) // subr_gt0 ltr1n //.
rewrite mul1r drawn_sum; apply: eq_bigr => j ne.
by rewrite mul1r drawn_pair // eq_sym.
Qed.

Theorem unbiased_balanced_probe_mse (R : rcfType) : Statements.unbiased_balanced_probe_mse R.
Proof.
move=> n m r k N P y f B a white probe present drawn; rewrite -feature_momentsE in white; rewrite (mse_targets white probe).
have mass0 c : mass P y c != 0 by rewrite gt_eqF // mass_gt0.
have law1 (i : 'I_N) : \sum_x class_law P y (a i) x = 1 by rewrite -mulr_suml; apply: mulfV (mass0 _).
pose M c : R := #|[pred i | a i == c]|%:R; pose b c := - (mass P y c ^+ 2 / (M c * (M c - 1))).
have M0 c : M c != 0 by rewrite pnatr_eq0 -lt0n ltnW.
have M1 c : M c - 1 != 0 by rewrite gt_eqF // subr_gt0 ltr1n.
transitivity (drawn_mean (fun i => class_law P y (a i)) (fun w => \sum_(e : bool) 1 *
    (if e then 1 else
     \sum_c b c * \sum_(i | a i == c) 1 * \sum_(j | (a j == c) && (j != i)) 1 * inner_product f (w i) (w j)))).
  apply: eq_bigr => w _; congr (_ * _); rewrite big_bool /= !mul1r /balanced_mse_of_draws -sumrN; congr (_ + _).
  apply: eq_bigr => c _; rewrite mulNr; congr (- (_ * _)).
  by apply: eq_bigr => i _; rewrite mul1r; apply: eq_bigr => j _; rewrite mul1r.
rewrite (drawn_sum _ predT) big_bool /= drawn_const // !mul1r (drawn_sum _ predT); congr (_ + _).
rewrite /sqnorm exchange_big -sumrN; apply: eq_bigr => c _ /=; rewrite drawn_sum.
pose e := (\sum_i targets P y f i c ^+ 2) / mass P y c ^+ 2.
rewrite (eq_bigr (fun i => \sum_(j | (a j == c) && (j != i)) e)) => [|i /eqP ai].
  rewrite (pairs_const (fun i => a i == c)) -/(M c) /b /e mulNr; congr (- _).
  by field; rewrite M0 M1 mass0.
rewrite mul1r drawn_sum; apply: eq_bigr => j /andP [/eqP aj ne].
rewrite mul1r drawn_pair; [|exact: law1|by rewrite eq_sym]; rewrite ai aj /e targets_inner mulr_suml.
apply: eq_bigr => x _; rewrite mulr_suml; apply: eq_bigr => x' _; rewrite /class_law.
by field; rewrite mass0.
Qed.

Theorem unbiased_probe_mse_without_replacement (R : rcfType) : Statements.unbiased_probe_mse_without_replacement R.
Proof.
move=> n m r k N P y f B white probe /andP [N1 few] uniform; rewrite -feature_momentsE in white.
rewrite (mse_targets white probe) targets_sum.
pose h x x' := inner_product f x x' * (y x == y x')%:R; pose H := \sum_x \sum_(x' | x' != x) h x x'.
have n1 : (1 < n)%N := leq_trans N1 few; have n0 : n%:R != 0 :> R by rewrite pnatr_eq0 -lt0n ltnW.
have n10 : n%:R - 1 != 0 :> R by rewrite gt_eqF // subr_gt0 ltr1n.
have N0 : N%:R != 0 :> R by rewrite pnatr_eq0 -lt0n ltnW.
have N10 : N%:R - 1 != 0 :> R by rewrite gt_eqF // subr_gt0 ltr1n.
have trace : \sum_x inner_product f x x = n%:R * k%:R.
  have : \tr (feature_moments P f) = k%:R by rewrite white mxtrace1.
  rewrite /mxtrace (eq_bigr (fun i => n%:R^-1 * \sum_x f x i * f x i)) => [|i _]; last first.
    by rewrite mxE mulr_sumr; apply: eq_bigr => x _; rewrite uniform.
  by rewrite -mulr_sumr exchange_big => <-; rewrite mulrA mulfV // mul1r.
pose b : R := - ((n%:R - 1) / n%:R / (N%:R * (N%:R - 1))); pose b1 : R := (n%:R - k%:R) / n%:R.
transitivity (mean_without_replacement (fun w : {ffun 'I_N -> 'I_n} => \sum_(e : bool) (if e then b1 else b) *
    (if e then 1 else \sum_(i | predT i) 1 * \sum_(j | predT j && (j != i)) 1 * h (w i) (w j)))).
  congr (_ / _); apply: eq_bigr => w _; rewrite big_bool /= /mse_of_draws.
  have -> : \sum_i 1 * (\sum_(j | predT j && (j != i)) 1 * h (w i) (w j)) =
            \sum_i \sum_(j | j != i) inner_product f (w i) (w j) * (y (w i) == y (w j))%:R.
    by apply: eq_bigr => i _; rewrite mul1r; apply: eq_bigr => j _; rewrite mul1r.
  by rewrite /b /b1; field; rewrite n0 N0 N10.
rewrite (different_sum predT) big_bool /= (different_const few) mulr1 (different_sum predT).
rewrite (eq_bigr (fun i => \sum_(j | predT j && (j != i)) H / (n%:R * (n%:R - 1)))) => [|i _]; last first.
  rewrite mul1r different_sum; apply: eq_bigr => j ne.
  by rewrite mul1r (different_pair few) // eq_sym.
rewrite pairs_const card_ord.
have -> : \sum_x \sum_x' pL P x * pL P x' * (inner_product f x x' * (y x == y x')%:R) = (H + n%:R * k%:R) / n%:R ^+ 2.
  rewrite -trace /H -big_split mulr_suml; apply: eq_bigr => x _ /=.
  rewrite (bigD1 x) //= eqxx mulr1 addrC mulrDl !uniform; congr (_ + _).
    by rewrite mulr_suml; apply: eq_bigr => x' _; rewrite uniform /h; field.
  by field.
by rewrite /b /b1; field; rewrite n0 n10 N0 N10.
Qed.
