(* Definitions, and a proposition for each row of the ledger that is machine-checked, under the row's name. Read it
   against docs/glossary.md: nothing else has to be believed of what is proved. Where numbers count from zero,
   `value l k` is the square of the (k+1)-st singular value. Division by zero gives zero. The statements hold of every
   minimiser of the loss; those of the sharper form of theorem 4, and half of theorem 16, are about the top-k embedding,
   which every minimiser is where two values part. *)
From mathcomp Require Import all_ssreflect all_algebra fingroup perm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* The pairs: n left nodes (images), m right nodes (captions), no node without mass. *)
Record graph (R : rcfType) (n m : nat) := Graph {
  weight :> 'M[R]_(n, m);
  weight_ge0 : forall x l, 0 <= weight x l;
  weight_sum : \sum_x \sum_l weight x l = 1;
  left_gt0 : forall x, 0 < \sum_l weight x l;
  right_gt0 : forall l, 0 < \sum_x weight x l }.

(* The squared Frobenius norm. *)
Definition sqnorm (R : realFieldType) n p (X : 'M[R]_(n, p)) : R := \sum_i \sum_j X i j ^+ 2.
(* the square of the operator norm of X is at most a *)
Definition opnorm2_le (R : realFieldType) n p (X : 'M[R]_(n, p)) (a : R) :=
  forall v : 'rV[R]_n, sqnorm (v *m X) <= a * sqnorm v.

Section Pairs.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r).

Definition pL x : R := \sum_l P x l.
Definition pR l : R := \sum_x P x l.
(* D_L^{-1/2} P D_R^{-1/2} *)
Definition normalised : 'M[R]_(n, m) := \matrix_(x, l) (P x l / (Num.sqrt (pL x) * Num.sqrt (pR l))).
(* two left nodes that share a right node, each drawn given it; and two right nodes *)
Definition induced x x' : R := \sum_l P x l * P x' l / pR l.
Definition induced_right l l' : R := \sum_x P x l * P x l' / pL x.
(* labelling errors: of pairs, of induced pairs, of induced pairs of the right side *)
Definition alpha : R := \sum_x \sum_l P x l * (y x != z l)%:R.
Definition alphaT : R := \sum_x \sum_x' induced x x' * (y x != y x')%:R.
Definition tau : R := \sum_l \sum_l' induced_right l l' * (z l != z l')%:R.
Definition mass c : R := \sum_x pL x * (y x == c)%:R.
Definition mass_right c : R := \sum_l pR l * (z l == c)%:R.
Definition largest_mass : R := \big[Num.max/0]_c mass c.
Definition largest_mass_right : R := \big[Num.max/0]_c mass_right c.
(* the probability that a walk of j induced pairs from x ends in class c; that it ends in the class where it began *)
Fixpoint walk j c x : R := if j is i.+1 then \sum_x' induced x x' / pL x * walk i c x' else (y x == c)%:R.
Definition consistency j : R := \sum_x pL x * walk j (y x) x.
(* scores of a polynomial of walks *)
Definition vote (q : {poly R}) x c : R := \sum_(j < size q) q`_j * walk j c x.
(* where a left node costs half the square of its margin, a budget buys nodes of this mass at most *)
Definition buys_at_most (gamma : 'I_n -> R) (budget most : R) := forall w : 'I_n -> R, (forall x, 0 <= w x <= 1) ->
  \sum_x pL x * w x * (Num.max 0 (gamma x) ^+ 2 / 2) <= budget -> \sum_x pL x * w x <= most.
End Pairs.

Section Spectrum.
Variable R : rcfType.
(* orthonormal eigenvectors in the rows of U, with sorted eigenvalues *)
Definition eigenbasis n (S U : 'M[R]_n) (l : 'I_n -> R) :=
  [/\ U *m U^T = 1%:M, forall i, row i U *m S = l i *: row i U & forall i j : 'I_n, (i <= j)%N -> l j <= l i].
Variables (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
(* its eigenvalues are the squares of the singular values *)
Definition hop : 'M[R]_n := normalised P *m (normalised P)^T.
Variables (U : 'M[R]_n) (l : 'I_n -> R).
Definition value (i : nat) : R := if insub i is Some j then l j else 0.
Definition singular (i : nat) : R := Num.sqrt (value i).
(* the best matrix of rank k *)
Definition truncated k : 'M[R]_(n, m) := U^T *m (diag_mx (\row_i (i < k)%N%:R) *m U) *m normalised P.
(* class indicators, weighted, and the label energy *)
Definition Y : 'M[R]_(n, r) := \matrix_(x, c) (Num.sqrt (pL P x) * (y x == c)%:R).
Definition energy i : R := \sum_c (U *m Y) i c ^+ 2.
(* each eigenvector's part of the indicators by a weight, and as scores *)
Definition weighed (w : 'I_n -> R) : 'M[R]_(n, r) := U^T *m (diag_mx (\row_i w i) *m U) *m Y.
Definition weighed_scores w x c : R := weighed w x c / Num.sqrt (pL P x).
Definition rho (k : nat) : R := alphaT P y - \sum_(i < n | (i < k)%N && (0 < l i)) (1 - l i) * energy i.
(* finitely many masses w at places t in [0, 1], whose moments up to M are the consistencies *)
Definition consistent_measure (M N : nat) (w t : 'I_N -> R) :=
  [/\ forall i, 0 <= w i, forall i, 0 <= t i <= 1 & forall j, (j <= M)%N -> \sum_i w i * t i ^+ j = consistency P y j].
End Spectrum.

Section Encoders.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r).
Implicit Types (f h : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)).
Definition spectral_loss f g : R :=
  - 2 * (\sum_x \sum_l P x l * (f *m g^T) x l) + \sum_x \sum_l pL P x * pR P l * (f *m g^T) x l ^+ 2.
Definition minimiser f g := forall f' g', spectral_loss f g <= spectral_loss f' g'.
(* how far the loss is above the least, by theorem 2 *)
Definition excess (l : 'I_n -> R) f g : R := spectral_loss f g + \sum_(i < k) value l i.
(* with a penalty on the embeddings, of the same width *)
Definition penalised_loss (mu : R) f g : R :=
  spectral_loss f g + mu * (\sum_x pL P x * (\sum_i f x i ^+ 2) + \sum_l pR P l * (\sum_i g l i ^+ 2)).
Definition penalised_minimiser mu f g := forall f' g', penalised_loss mu f g <= penalised_loss mu f' g'.
(* the symmetric loss on induced pairs *)
Definition induced_loss h : R :=
  - 2 * (\sum_x \sum_x' induced P x x' * (h *m h^T) x x') + \sum_x \sum_x' pL P x * pL P x' * (h *m h^T) x x' ^+ 2.
Definition induced_minimiser h := forall h', induced_loss h <= induced_loss h'.
(* the features times the roots of the marginals *)
Definition weightedL f : 'M[R]_(n, k) := \matrix_(x, i) (Num.sqrt (pL P x) * f x i).
Definition weightedR g : 'M[R]_(m, k) := \matrix_(l, i) (Num.sqrt (pR P l) * g l i).
(* the top-k embedding: its weighted columns span the eigenvectors of the first k positive eigenvalues *)
Definition top_embedding (U : 'M[R]_n) (l : 'I_n -> R) f :=
  let top : 'M[R]_n := diag_mx (\row_i ((i < k)%N && (0 < l i))%:R) *m U in ((weightedL f)^T :=: top)%MS.

(* the probe and its errors; a tied argmax is an error *)
Definition mse f B : R := \sum_x pL P x * \sum_c ((f *m B) x c - (y x == c)%:R) ^+ 2.
Definition least_squares f B := forall B', mse f B <= mse f B'.
Definition errs (s : 'I_r -> R) (c : 'I_r) : bool := [exists c', (c' != c) && (s c <= s c')].
Definition error f B : R := \sum_x pL P x * (errs ((f *m B) x) (y x))%:R.
Definition class_mse f B c : R := \sum_x pL P x * ((f *m B) x c - (y x == c)%:R) ^+ 2.
(* right nodes by the vote of their left nodes; a tied left node does not vote *)
Definition ballots f B l c : R := \sum_x P x l * (~~ errs ((f *m B) x) c)%:R.
Definition ballot_error f B : R := \sum_l pR P l * (errs (ballots f B l) (z l))%:R.
(* zero-shot: the prototype of a class is the mean of its right nodes, weighted *)
Definition prototype_scores f g x c : R := \sum_l pR P l * (z l == c)%:R * (f *m g^T) x l.
Definition zero_shot_error f g : R := \sum_x pL P x * (errs (prototype_scores f g x) (y x))%:R.
End Encoders.

Section Means.
Variables (R : rcfType) (n k r : nat) (p : 'I_n -> R) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)).
(* means and variances of features in the classes, by the masses of their nodes *)
Definition class_weight c : R := \sum_x p x * (y x == c)%:R.
Definition class_mean c i : R := (\sum_x p x * (y x == c)%:R * f x i) / class_weight c.
Definition from_mean x c : R := \sum_i (f x i - class_mean c i) ^+ 2.
Definition class_spread c : R := (\sum_x p x * (y x == c)%:R * from_mean x c) / class_weight c.
(* a node that is nearer to another class's mean, or as near, is an error *)
Definition nearest_mean_error : R := \sum_x p x * (errs (fun c => - from_mean x c) (y x))%:R.
End Means.

Section Scores.
Variables (R : rcfType) (n r : nat) (p : 'I_n -> R) (y : 'I_n -> 'I_r) (s : 'I_n -> 'I_r -> R).
(* errors of any scores, where nodes are drawn from p; a tied argmax is an error *)
Definition scores_mse : R := \sum_x p x * \sum_c (s x c - (y x == c)%:R) ^+ 2.
Definition scores_error : R := \sum_x p x * (errs (s x) (y x))%:R.
(* scores that add up to 1 at each node *)
Definition centred x c : R := s x c - (\sum_b s x b - 1) / r%:R.
End Scores.

Section Hinge.
Variables (R : rcfType) (n m k r : nat) (P : graph R n m) (z : 'I_m -> 'I_r) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Definition hinge (v : R) : R := Num.max 0 (1 - v).
(* the score of a class is that of its mean *)
Definition mean_scores x c : R := \sum_i f x i * class_mean (pR P) z g c i.
Definition hinge_loss : R :=
  \sum_x \sum_l P x l * (\sum_l' pR P l' * hinge ((f *m g^T) x l - (f *m g^T) x l')).
Definition collision_rate : R := \sum_c mass_right P z c ^+ 2.
(* of the mean classifier on two classes that differ *)
Definition mean_classifier_loss : R :=
  (\sum_x \sum_l P x l * (\sum_(c | c != z l) mass_right P z c * hinge (mean_scores x (z l) - mean_scores x c)))
  / (1 - collision_rate).
(* how far along f the captions of an image are from the mean of their class *)
Definition dependence : R := \sum_x \sum_c `|\sum_l P x l * (z l == c)%:R * ((f *m g^T) x l - mean_scores x c)|.
End Hinge.

(* A sample is N independent draws of a law, in the order in which they are taken; the mean over samples *)
Definition sample_mean (R : rcfType) (T : finType) (law : T -> R) N (X : seq T -> R) : R :=
  \sum_(s : N.-tuple T) (\prod_(t <- s) law t) * X s.
(* Clopper and Pearson's ends of a proportion, by the number c of successes among N trials: at the lower end c successes
   or more have a probability of at most `tail`, at the upper end c or fewer have *)
Definition binomial_law (R : rcfType) N (p : R) i : R := 'C(N, i)%:R * p ^+ i * (1 - p) ^+ (N - i).
Definition proportion_ends (R : rcfType) N (tail : R) (low high : nat -> R) := forall c, (c <= N)%N ->
  (low c = 0 \/ 0 <= low c <= 1 /\ \sum_(c <= i < N.+1) binomial_law N (low c) i <= tail) /\
  (high c = 1 \/ 0 <= high c <= 1 /\ \sum_(0 <= i < c.+1) binomial_law N (high c) i <= tail).

(* Walks that are put together of a stock of pairs. A step takes the first pair of a node, out of the stock; where there
   is none the walk dies. A walk is the class of its start, and the node where it is unless it is dead. *)
Fixpoint next_pair (A B : eqType) (v : A) (stock : seq (A * B)) : option B * seq (A * B) :=
  if stock is t :: rest then
    if t.1 == v then (Some t.2, rest) else let: (w, rest') := next_pair v rest in (w, t :: rest')
  else (None, [::]).
Fixpoint moved (C : Type) (A B : eqType) (walks : seq (C * option A)) (stock : seq (A * B)) :
    seq (C * option B) * seq (A * B) :=
  if walks is (c, v) :: others then
    let: (w, rest) := if v is Some v' then next_pair v' stock else (None, stock) in
    let: (others', rest') := moved others rest in ((c, w) :: others', rest')
  else ([::], stock).
(* from right nodes, after a step to the left and j hops more *)
Fixpoint hopped (C : Type) (A B : eqType) j
    (walks : seq (C * option B)) (to_left : seq (B * A)) (to_right : seq (A * B)) : seq (C * option A) :=
  let: (walks', to_left') := moved walks to_left in
  if j is i.+1 then let: (walks'', to_right') := moved walks' to_right in hopped i walks'' to_left' to_right'
  else walks'.

Section FromPairs.
Variables (R : rcfType) (n m r : nat) (y : 'I_n -> 'I_r) (W A : nat) (s : seq ('I_n * 'I_m)).
(* the first W pairs start a walk, the next A are for steps to the left, the others for steps to the right *)
Definition walks_after j : seq ('I_r * option 'I_n) :=
  hopped j [seq (y t.1, Some t.2) | t <- take W s] [seq (t.2, t.1) | t <- take A (drop W s)] (drop (W + A) s).
(* after j + 1 hops *)
Definition agreed j : nat := count (fun w => if w.2 is Some x then y x == w.1 else false) (walks_after j).
Definition died j : nat := count (fun w => w.2 == None) (walks_after j).
(* ends after j + 1 of M hops; those of its neighbours are ends too, as consistency never grows with the hops *)
Variables (M : nat) (low high : nat -> R).
Definition consistency_low j : R := \big[Num.max/0]_(i < M | (j <= i)%N) low (agreed i).
Definition consistency_high j : R := \big[Num.min/1]_(i < M | (i <= j)%N) high (agreed i + died i)%N.
End FromPairs.

(* The rows. *)
Section Rows.
Variable R : rcfType.

(* Theorem 1 *)
Definition factorisation := forall n m k (P : graph R n m) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  spectral_loss P f g = sqnorm (normalised P - weightedL P f *m (weightedR P g)^T) - sqnorm (normalised P).

(* Theorem 2; the rows of W are right singular vectors, T any change of basis *)
Definition optimum := forall n m k (P : graph R n m) U l, eigenbasis (hop P) U l ->
  [/\ exists f g, @minimiser R n m k P f g,
      forall (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
        minimiser P f g <-> spectral_loss P f g = - (\sum_(i < n | (i < k)%N) l i) &
      forall (W : 'M[R]_(n, m)) (T : 'M[R]_k) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
        (forall i : 'I_n, row i U *m normalised P = singular l i *: row i W) -> T \in unitmx ->
        weightedL P f = U^T *m diag_mx (\row_i Num.sqrt (singular l i)) *m pid_mx k *m T ->
        weightedR P g = W^T *m diag_mx (\row_i Num.sqrt (singular l i)) *m pid_mx k *m (invmx T)^T -> minimiser P f g].
Definition excess_loss := forall n m k (P : graph R n m) U l (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  eigenbasis (hop P) U l -> - (\sum_(i < n | (i < k)%N) l i) <= spectral_loss P f g.

(* Theorem 3: where two values part, or the width exceeds the rank; the same probe where they part *)
Definition mmcl_is_sscl := forall n m k (P : graph R n m) U l (f h : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)),
  eigenbasis (hop P) U l -> minimiser P f g ->
  (singular l k.+1 < singular l k \/ singular l k = 0 ->
     exists2 L : 'M[R]_k.+1, induced_minimiser P (f *m L) &
       induced_loss P (f *m L) = - (\sum_(i < n | (i < k.+1)%N) singular l i ^+ 4)) /\
  (singular l k.+1 < singular l k -> induced_minimiser P h ->
     forall r (y : 'I_n -> 'I_r) B C, least_squares P y f B -> least_squares P y h C ->
       f *m B = h *m C /\ error P y f B = error P y h C).

(* Theorem 4 *)
Definition induced_labelling_error := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r),
  alphaT P y <= 2 * alpha P y z - alpha P y z ^+ 2 * (r%:R / (r%:R - 1)).
Definition probe_mse := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k < 1 ->
  mse P y f B <= alphaT P y / (1 - value l k).
Definition probe_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k < 1 ->
  error P y f B <= 2 * alphaT P y / (1 - value l k).
Definition sharp_probe_mse := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l (f : 'M[R]_(n, k)) B,
  eigenbasis (hop P) U l -> top_embedding P U l f -> least_squares P y f B -> value l k < 1 ->
  mse P y f B <= rho P y U l k / (1 - value l k).
Definition sharp_probe_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l (f : 'M[R]_(n, k)) B,
  eigenbasis (hop P) U l -> top_embedding P U l f -> least_squares P y f B -> value l k < 1 ->
  error P y f B <= 2 * rho P y U l k / (1 - value l k).
Definition sharp_probe_mse_below := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l (f : 'M[R]_(n, k)) B,
  eigenbasis (hop P) U l -> top_embedding P U l f -> least_squares P y f B -> rho P y U l k <= mse P y f B.
(* no row: every minimiser is the top-k embedding where two values part *)
Definition minimiser_is_top := forall n m k (P : graph R n m) U l (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)),
  eigenbasis (hop P) U l -> minimiser P f g -> singular l k.+1 < singular l k -> top_embedding P U l f.

(* Theorem 5 *)
Definition image_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) z (f : 'M[R]_(n, k)) B,
  ballot_error P z f B <= 2 * (error P y f B + alpha P y z).
Definition image_error_by_pairs := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) z U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k < 1 ->
  ballot_error P z f B <= 4 * alphaT P y / (1 - value l k) + 2 * alpha P y z.

(* Theorem 6 *)
Definition zero_shot := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) z U l f g,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> value l k < 1 ->
  let bound := 2 * (Num.sqrt (2 * alpha P y z - tau P z)
                    + singular l k * Num.sqrt (tau P z / (1 - value l k))) ^+ 2 in
  zero_shot_error P y z f g <= bound /\ bound <= 4 * alpha P y z / (1 - value l k).

(* Theorem 7, at any j <= k with sigma_j > sigma_{k+1} *)
Definition near_optimal_error := forall n m r k j (P : graph R n m) (y : 'I_n -> 'I_r) U l
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B,
  eigenbasis (hop P) U l -> least_squares P y f B -> (j < k)%N -> singular l k < singular l j -> value l j.+1 < 1 ->
  error P y f B <= 2 * (Num.sqrt (alphaT P y / (1 - value l j.+1))
    + Num.sqrt (largest_mass P y * excess P l f g / (value l j - value l k))) ^+ 2.
Definition sharp_near_optimal_error := forall n m r k j (P : graph R n m) (y : 'I_n -> 'I_r) U l
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B,
  eigenbasis (hop P) U l -> least_squares P y f B -> (j < k)%N -> singular l k < singular l j ->
  error P y f B <= 2 * (Num.sqrt (1 - \sum_(i < n | (i <= j)%N) energy P y U i)
    + Num.sqrt (largest_mass P y * excess P l f g / (value l j - value l k))) ^+ 2.
Definition multihop_near_optimal_error := forall n m r k j M (P : graph R n m) (y : 'I_n -> 'I_r) U l
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B most,
  eigenbasis (hop P) U l -> least_squares P y f B -> (j < k)%N -> singular l k < singular l j ->
  (forall N w t, @consistent_measure R n m r P y M N w t -> \sum_(i | t i <= value l j.+1) w i <= most) ->
  error P y f B <= 2 * (Num.sqrt most
    + Num.sqrt (largest_mass P y * excess P l f g / (value l j - value l k))) ^+ 2.
Definition zero_shot_near_optimal := forall n m r k j (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r) U l
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  eigenbasis (hop P) U l -> (j < k)%N -> singular l k < singular l j -> value l j.+1 < 1 ->
  zero_shot_error P y z f g <= 2 * (Num.sqrt (2 * alpha P y z - tau P z)
    + Num.sqrt (largest_mass_right P z * excess P l f g / (value l j - value l k))
    + Num.sqrt ((value l k + excess P l f g) * tau P z / (1 - value l j.+1))) ^+ 2.

(* Theorem 8: the mass of the induced pairs of a left node that stay in its class, and the share of them that leave it;
   the induced pairs inside a class, normalised by themselves, whose second value is at place 1 *)
Definition stays n m r (P : graph R n m) (y : 'I_n -> 'I_r) x : R := \sum_x' induced P x x' * (y x == y x')%:R.
Definition leak n m r (P : graph R n m) (y : 'I_n -> 'I_r) x : R :=
  \sum_x' induced P x x' / pL P x * (y x != y x')%:R.
Definition class_hop n m r (P : graph R n m) (y : 'I_n -> 'I_r) c : 'M[R]_n := \matrix_(x, x')
  (induced P x x' * ((y x == c) && (y x' == c))%:R / (Num.sqrt (stays P y x) * Num.sqrt (stays P y x'))).
Definition tail_by_connectivity := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) U l V v gap lam beta,
  eigenbasis (hop P) U l -> (forall c, eigenbasis (class_hop P y c) (V c) (v c)) ->
  ((forall x, gap <= (1 - value (v (y x)) 1) * (1 - leak P y x)) -> value l r <= 1 - gap) /\
  ((forall c, value (v c) 1 <= lam) -> (forall x, leak P y x <= beta) -> value l r <= lam + beta).
Definition probe_error_by_connectivity := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) V v f g B gap lam beta,
  (forall c, eigenbasis (class_hop P y c) (V c) (v c)) -> @minimiser R n m k P f g -> least_squares P y f B ->
  (r <= k)%N ->
  ((forall x, gap <= (1 - value (v (y x)) 1) * (1 - leak P y x)) -> 0 < gap ->
     error P y f B <= 2 * alphaT P y / gap) /\
  ((forall c, value (v c) 1 <= lam) -> (forall x, leak P y x <= beta) -> lam + beta < 1 ->
     error P y f B <= 2 * alphaT P y / (1 - lam - beta)).

(* Theorem 9: the conductance of a class is the share of its induced pairs that leave it; each class has a node *)
Definition class_conductance n m r (P : graph R n m) (y : 'I_n -> 'I_r) c : R :=
  (\sum_x \sum_x' induced P x x' * ((y x == c) && (y x' != c))%:R) / mass P y c.
Definition class_leaks := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) U l,
  eigenbasis (hop P) U l -> (forall c, exists x, y x = c) ->
  \sum_(i < r) (1 - value l i) <= \sum_c class_conductance P y c.
Definition class_partition := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r.+1) U l,
  eigenbasis (hop P) U l -> (forall c, exists x, y x = c) ->
  exists c, (1 - value l r) / 2 <= class_conductance P y c.
(* of a cut, from the side where it is larger *)
Definition conductance n m (P : graph R n m) (S : {set 'I_n}) : R :=
  (\sum_(x in S) \sum_(x' in ~: S) induced P x x') / Num.min (\sum_(x in S) pL P x) (\sum_(x in ~: S) pL P x).
Definition cheeger_below := forall n m (P : graph R n m) U l (S : {set 'I_n}),
  eigenbasis (hop P) U l -> S != set0 -> S != setT -> (1 - value l 1) / 2 <= conductance P S.
(* the bound is Cheeger's or less; cuts along a second eigenfunction, the nodes of one value on one side, meet it *)
Definition cheeger_above := forall n m (P : graph R n m) U l (bound := Num.sqrt (4 * (1 - value l 1) / 3)),
  eigenbasis (hop P) U l -> (1 < n)%N ->
  [/\ exists2 S : {set 'I_n}, S != set0 /\ S != setT & conductance P S <= bound,
      bound <= Num.sqrt (2 * (1 - value l 1)) &
      forall f : 'I_n -> R, (exists x, f x != 0) -> \sum_x pL P x * f x = 0 ->
        (forall x, \sum_x' induced P x x' * f x' = value l 1 * (pL P x * f x)) ->
        exists S : {set 'I_n}, [/\ S != set0, S != setT, forall x x', x \in S -> x' \notin S -> f x < f x' &
                                   conductance P S <= bound]].

(* Theorem 11: each class has a node; `apart` is at most the squared distance from its mean to each other; the gap
   inside classes is that of theorem 8 *)
Definition nearest_mean := forall n m k r (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (apart : 'I_r -> R)
    (spread := class_spread (pL P) y f),
  (forall c, exists x, y x = c) ->
  (forall c c', c' != c -> apart c <= \sum_i (class_mean (pL P) y f c i - class_mean (pL P) y f c' i) ^+ 2) ->
  nearest_mean_error (pL P) y f
    <= \sum_c mass P y c * (if 0 < apart c then Num.min 1 (4 * spread c / apart c) else 1).
Definition class_variance := forall n m k r (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) V v gap,
  (forall c, eigenbasis (class_hop P y c) (V c) (v c)) ->
  (forall x, gap <= (1 - value (v (y x)) 1) * (1 - leak P y x)) -> 0 < gap ->
  \sum_x pL P x * from_mean (pL P) y f x (y x)
    <= (\sum_x \sum_x' induced P x x' * (\sum_i (f x i - f x' i) ^+ 2)) / (2 * gap).
Definition mean_classifier_any := forall n m k r (P : graph R n m) (z : 'I_m -> 'I_r)
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  mean_classifier_loss P z f g
    <= (hinge_loss P f g + dependence P z f g - collision_rate P z) / (1 - collision_rate P z).

(* Theorem 12: pairs from P1 with probability t, else from P2 *)
Definition mixed n m m' (t : R) (P1 : graph R n m) (P2 : graph R n m') (P : graph R n (m + m')) :=
  [/\ 0 < t < 1, forall x, pL P1 x = pL P2 x & weight P = row_mx (t *: weight P1) ((1 - t) *: weight P2)].
Definition mixture_labelling_error := forall n m m' r t (P1 : graph R n m) (P2 : graph R n m') P (y : 'I_n -> 'I_r) z1 z2,
  mixed t P1 P2 P ->
  alpha P y (fun l => match split l with inl l1 => z1 l1 | inr l2 => z2 l2 end)
    = t * alpha P1 y z1 + (1 - t) * alpha P2 y z2 /\
  alphaT P y = t * alphaT P1 y + (1 - t) * alphaT P2 y.
Definition mixture_spectrum := forall n m m' t (P1 : graph R n m) (P2 : graph R n m') P U l U1 l1 U2 l2 k,
  mixed t P1 P2 P -> eigenbasis (hop P) U l -> eigenbasis (hop P1) U1 l1 -> eigenbasis (hop P2) U2 l2 ->
  \sum_(i < k) value l i <= t * (\sum_(i < k) value l1 i) + (1 - t) * (\sum_(i < k) value l2 i).

(* Theorem 13: ends of level 1 - delta; from pairs, and from induced pairs *)
Definition labelling_error_interval := forall n m r N (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r)
    delta low high
    (differ := fun s : seq ('I_n * 'I_m) => count (fun t => y t.1 != z t.2) s)
    (differ_left := fun s : seq ('I_n * 'I_n) => count (fun t => y t.1 != y t.2) s),
  0 <= delta -> proportion_ends N (delta / 2) low high ->
  1 - delta <= sample_mean (fun t => P t.1 t.2) N
    (fun s => (low (differ s) <= alpha P y z <= high (differ s))%R%:R) /\
  1 - delta <= sample_mean (fun t => induced P t.1 t.2) N
    (fun s => (low (differ_left s) <= alphaT P y <= high (differ_left s))%R%:R).
(* no row: of the probability of any event *)
Definition clopper_pearson := forall (T : finType) (law : T -> R) (event : pred T) N delta low high
    (p := \sum_(t | event t) law t),
  (forall t, 0 <= law t) -> \sum_t law t = 1 -> 0 <= delta -> proportion_ends N (delta / 2) low high ->
  1 - delta <= sample_mean law N (fun s => (low (count event s) <= p <= high (count event s))%R%:R).

(* Theorem 14: unit vectors and a number that are nearly a singular triplet *)
Definition residual := forall n m (P : graph R n m) U l s (u : 'cV[R]_n) (w : 'cV[R]_m) eta,
  eigenbasis (hop P) U l -> sqnorm u = 1 -> sqnorm w = 1 -> 0 <= s ->
  Num.sqrt (sqnorm (normalised P *m w - s *: u)) <= eta -> Num.sqrt (sqnorm ((normalised P)^T *m u - s *: w)) <= eta ->
  exists2 i, (i < minn n m)%N & `|singular l i - s| <= eta.

(* Theorem 15: the most and the least energy up to a place that the consistencies of M hops allow *)
Definition multihop_mse := forall n m r k M (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B most,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M N w t -> \sum_(i | t i <= value l k) w i <= most) ->
  mse P y f B <= most.
Definition multihop_error := forall n m r k M (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B most,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M N w t -> \sum_(i | t i <= value l k) w i <= most) ->
  error P y f B <= 2 * most.
Definition multihop_mse_below := forall n m r k M (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B least,
  eigenbasis (hop P) U l -> @minimiser R n m k.+1 P f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M N w t -> least <= \sum_(i | t i < value l k.+1) w i) ->
  least <= mse P y f B.
(* no row: the claims of proof.json, by a polynomial and a place *)
Definition by_polynomial := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B b (p : {poly R}),
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B -> value l k <= b ->
  (forall t, 0 <= t <= 1 -> 0 <= p.[t]) -> (forall t, 0 <= t <= b -> 1 <= p.[t]) ->
  mse P y f B <= \sum_(j < size p) p`_j * consistency P y j.

(* Theorem 16, second moments; where no gap is left, twice the squared error *)
Definition imbalance_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B,
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B ->
  error P y f B <= 2 * mse P y f B - (if value l k < 1 then \sum_c Num.max 0
    (2 * (r%:R / (r%:R - 1)) * class_mse P y f B c ^+ 2 / mass P y c - mass P y c) else 0).

(* Theorem 16, votes: `most` is what a budget pays for, the cheapest nodes first. Of p above the cut only its values at
   the eigenvalues that are kept matter: those of every minimiser, or the positive ones of the top-k embedding. *)
Definition local_multihop_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B
    (q p : {poly R}) (gamma : 'I_n -> R) most (meets := fun i : 'I_n => (1 - q.[l i]) ^+ 2 <= p.[l i]),
  eigenbasis (hop P) U l -> least_squares P y f B ->
  @minimiser R n m k.+1 P f g /\ (forall i : 'I_n, (i <= k)%N -> meets i) \/
  top_embedding P U l f /\ (forall i : 'I_n, (i <= k)%N -> 0 < l i -> meets i) ->
  (forall t, 0 <= t <= value l k.+1 -> q.[t] ^+ 2 <= p.[t]) ->
  (forall x c, c != y x -> gamma x <= vote P y q x (y x) - vote P y q x c) ->
  buys_at_most P gamma (\sum_(j < size p) p`_j * consistency P y j) most ->
  error P y f B <= most.
(* no row: p on the whole interval *)
Definition local_multihop_error_on_interval := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B
    (q p : {poly R}) (gamma : 'I_n -> R) most,
  eigenbasis (hop P) U l -> @minimiser R n m k.+1 P f g -> least_squares P y f B ->
  (forall t, 0 <= t <= value l k.+1 -> q.[t] ^+ 2 <= p.[t]) ->
  (forall t, value l k <= t <= 1 -> (1 - q.[t]) ^+ 2 <= p.[t]) ->
  (forall x c, c != y x -> gamma x <= vote P y q x (y x) - vote P y q x c) ->
  buys_at_most P gamma (\sum_(j < size p) p`_j * consistency P y j) most ->
  error P y f B <= most.

(* Theorem 17: weights g of eigenvectors, 0 where a value is at most that of the first that the width leaves out;
   gamma is at most every margin, or is the margin *)
Definition soft_weights n k (l w : 'I_n -> R) := forall i, 0 <= w i <= 1 /\ (l i <= value l k -> w i = 0).
Definition per_root n k (l w : 'I_n -> R) i : R := w i / Num.sqrt (l i - value l k).
Definition trained_mse := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k))
    B w a (rest := Num.sqrt (\sum_i (1 - w i) ^+ 2 * energy P y U i)) (lost := Num.sqrt (excess P l f g * a)),
  eigenbasis (hop P) U l -> least_squares P y f B -> soft_weights k l w ->
  opnorm2_le (weighed P y U (per_root k l w)) a ->
  Num.sqrt (mse P y f B) <= rest + lost.
Definition trained_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B w a (gamma : 'I_n -> R)
    (rest := Num.sqrt (\sum_i (1 - w i) ^+ 2 * energy P y U i)) (lost := Num.sqrt (excess P l f g * a))
    (ahead := fun x c => weighed_scores P y U w x (y x) - weighed_scores P y U w x c)
    (bought := buys_at_most P (fun x => (1 + gamma x) / 2) ((rest / 2 + lost) ^+ 2)),
  eigenbasis (hop P) U l -> least_squares P y f B -> soft_weights k l w ->
  opnorm2_le (weighed P y U (per_root k l w)) a -> (forall x c, c != y x -> gamma x <= ahead x c) ->
  (forall most, bought most -> error P y f B <= most) /\
  ((forall x, exists2 c, c != y x & gamma x = ahead x c) -> bought (2 * (rest + lost) ^+ 2)).
Definition trained_error_by_margins := forall n m r k j (P : graph R n m) (y : 'I_n -> 'I_r) U l
    (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) B a b (gamma : 'I_n -> R) most
    (kappa := Num.max ((a + b) / (value l j - value l k.+1)) (b / (value l k - value l k.+1)))
    (between := \sum_(i < n | (j < i <= k)%N) energy P y U i)
    (mean := weighed_scores P y U (fun i => ((i <= j)%N%:R + (i <= k)%N%:R) / 2)),
  eigenbasis (hop P) U l -> least_squares P y f B -> (j <= k)%N -> singular l k.+1 < singular l k ->
  opnorm2_le (weighed P y U (fun i => (i <= j)%N%:R)) a -> opnorm2_le (weighed P y U (fun i => (k < i)%N%:R)) b ->
  (forall x c, c != y x -> gamma x <= mean x (y x) - mean x c) ->
  buys_at_most P gamma ((Num.sqrt (excess P l f g * kappa) + Num.sqrt between / 2) ^+ 2) most ->
  error P y f B <= most.
Definition trained_mse_below := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l
    (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) B b (explained := \sum_(i < n | (i <= k)%N) energy P y U i),
  eigenbasis (hop P) U l -> least_squares P y f B -> singular l k.+1 < singular l k ->
  opnorm2_le (weighed P y U (fun i => (k < i)%N%:R)) b ->
  1 - (Num.sqrt explained + Num.sqrt (b * excess P l f g / (value l k - value l k.+1))) ^+ 2 <= mse P y f B.
(* no row: where the operator norms would be costly *)
Definition operator_norm := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) U l w b,
  eigenbasis (hop P) U l -> (forall i, `|w i| <= b) -> opnorm2_le (weighed P y U w) (b ^+ 2 * largest_mass P y).

(* Theorem 18: the place of the cut is the penalty, or where the width ends before *)
(* no row: at every width there is a minimiser *)
Definition penalised_optimum := forall n m k (P : graph R n m) U l mu, eigenbasis (hop P) U l -> 0 < mu ->
  (exists f g, @penalised_minimiser R n m k P mu f g) /\
  forall f g, @penalised_minimiser R n m k P mu f g <->
    penalised_loss P mu f g = - (\sum_(i < n | (i < k)%N) Num.max 0 (singular l i - mu) ^+ 2).
Definition penalised_mse := forall n m r k M (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B most,
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k P mu f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M N w t ->
     \sum_(i | t i <= Num.max (mu ^+ 2) (value l k)) w i <= most) ->
  mse P y f B <= most.
Definition penalised_mse_below := forall n m r k M (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B least,
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k P mu f g -> least_squares P y f B ->
  (forall N w t, @consistent_measure R n m r P y M N w t ->
     least <= \sum_(i | t i < Num.max (mu ^+ 2) (value l k)) w i) ->
  least <= mse P y f B.
Definition penalised_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B
    (b := Num.max (mu ^+ 2) (value l k)),
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k P mu f g -> least_squares P y f B -> b < 1 ->
  error P y f B <= 2 * alphaT P y / (1 - b).
Definition local_penalised_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B
    (q p : {poly R}) (gamma : 'I_n -> R) most,
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k.+1 P mu f g -> least_squares P y f B ->
  (forall t, 0 <= t <= Num.max (mu ^+ 2) (value l k.+1) -> q.[t] ^+ 2 <= p.[t]) ->
  (forall t, Num.max (mu ^+ 2) (value l k) <= t <= 1 -> (1 - q.[t]) ^+ 2 <= p.[t]) ->
  (forall x c, c != y x -> gamma x <= vote P y q x (y x) - vote P y q x c) ->
  (forall w : 'I_n -> R, (forall x, 0 <= w x <= 1) ->
     \sum_x pL P x * w x * (Num.max 0 (gamma x) ^+ 2 / 2) <= \sum_(j < size p) p`_j * consistency P y j ->
     \sum_x pL P x * w x <= most) ->
  error P y f B <= most.

(* any embedding pair, by its excess over the least penalised loss of all widths *)
Definition penalised_excess n m k (P : graph R n m) (l : 'I_n -> R) mu (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) : R :=
  penalised_loss P mu f g + \sum_(i < n) Num.max 0 (singular l i - mu) ^+ 2.
(* label energy that a filter of the singular values leaves: it is 0 up to mu, 1 from t *)
Definition soft_rest n m r (P : graph R n m) (y : 'I_n -> 'I_r) U (l : 'I_n -> R) mu t : R :=
  \sum_(i < n) (1 - Num.min 1 (Num.max 0 (singular l i - mu) / (t - mu))) ^+ 2 * energy P y U i.
Definition penalised_encoder_mse := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu t
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B,
  eigenbasis (hop P) U l -> 0 < mu -> mu < t -> least_squares P y f B ->
  Num.sqrt (mse P y f B) <= Num.sqrt (soft_rest P y U l mu t)
    + Num.sqrt (largest_mass P y * penalised_excess P l mu f g) / (t - mu).
Definition penalised_encoder_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu t
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B,
  eigenbasis (hop P) U l -> 0 < mu -> mu < t -> least_squares P y f B ->
  error P y f B <= 2 * (Num.sqrt (soft_rest P y U l mu t)
    + Num.sqrt (largest_mass P y * penalised_excess P l mu f g) / (t - mu)) ^+ 2.
Definition multihop_penalised_encoder_mse := forall n m r k M (P : graph R n m) (y : 'I_n -> 'I_r) U l mu t
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B most,
  eigenbasis (hop P) U l -> 0 < mu -> mu < t -> least_squares P y f B ->
  (forall N w s, @consistent_measure R n m r P y M N w s -> \sum_(i | s i <= t ^+ 2) w i <= most) ->
  Num.sqrt (mse P y f B) <= Num.sqrt most + Num.sqrt (largest_mass P y * penalised_excess P l mu f g) / (t - mu).
(* the duality gap by the largest singular value of the residual *)
Definition penalised_encoder_mse_by_duality := forall n m r k M (P : graph R n m) (y : 'I_n -> 'I_r) mu t
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) B most
    (rest := normalised P - weightedL P f *m (weightedR P g)^T) V s (Z := (mu / singular s 0) *: rest)
    (gap := sqnorm rest + mu * (sqnorm (weightedL P f) + sqnorm (weightedR P g))
            - 2 * (\sum_x \sum_l Z x l * normalised P x l) + sqnorm Z),
  eigenbasis (rest *m rest^T) V s -> 0 < mu -> mu < t -> least_squares P y f B ->
  (forall N w s, @consistent_measure R n m r P y M N w s -> \sum_(i | s i <= t ^+ 2) w i <= most) ->
  Num.sqrt (mse P y f B) <= Num.sqrt most + Num.sqrt (largest_mass P y * gap) / (t - mu).

(* Theorem 19: M + 1 hops of W walks, whose steps have A pairs and N *)
Definition consistency_from_pairs := forall n m r M W A N (P : graph R n m) (y : 'I_n -> 'I_r) delta low high,
  0 <= delta -> proportion_ends W (delta / M.+1%:R / 2) low high ->
  1 - delta <= sample_mean (fun t => P t.1 t.2) (W + A + N) (fun s => [forall j : 'I_M.+1,
    consistency_low y W A s M.+1 low j <= consistency P y j.+1 <= consistency_high y W A s M.+1 high j]%:R).
(* The upper end: for any polynomial, which may be chosen by the sample; and as evaluated, of degree 1 and by Cantelli's
   inequality. Of the optimum with a penalty, and of that without where no value above the penalty is left out. *)
Definition cantelli (a b t : R) : R :=
  let v := Num.max 0 (b - a ^+ 2) in if a <= t then 1 else v / (v + (a - t) ^+ 2).
Definition by_ends M (p : {poly R}) (low high : nat -> R) : R :=
  p`_0 + \sum_(j < M) Num.max (p`_j.+1 * low j) (p`_j.+1 * high j).
Definition penalised_end M t (low high : nat -> R) : R :=
  Num.min (Num.min 1 ((1 - low 0%N) / (1 - t))) (if (0 < M)%N then cantelli (low 0%N) (high 1%N) t else 1).
Definition penalised_error_from_pairs := forall n m r k M W A N (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B
    delta low high (p : seq ('I_n * 'I_m) -> {poly R})
    (least := fun s => consistency_low y W A s M.+1 low) (most := fun s => consistency_high y W A s M.+1 high),
  eigenbasis (hop P) U l -> 0 < mu < 1 -> @penalised_minimiser R n m k P mu f g \/ minimiser P f g ->
  value l k <= mu ^+ 2 -> least_squares P y f B ->
  0 <= delta -> proportion_ends W (delta / M.+1%:R / 2) low high ->
  (forall s, [/\ (size (p s) <= M.+2)%N, forall t, 0 <= t <= 1 -> 0 <= (p s).[t] &
                 forall t, 0 <= t <= mu ^+ 2 -> 1 <= (p s).[t]]) ->
  1 - delta <= sample_mean (fun t => P t.1 t.2) (W + A + N) (fun s =>
    ((mse P y f B <= by_ends M.+1 (p s) (least s) (most s))
     && (mse P y f B <= penalised_end M (mu ^+ 2) (least s) (most s)))%R%:R).

(* Theorem 21: features that are a density ratio, whose weighted matrix is the normalised one; the nodes and weights of
   a rule of Gauss, or with a node at 0 of Gauss and Radau, have the moments that its number of nodes allows *)
Definition ratio_features n m (P : graph R n m) : 'M[R]_(n, m) :=
  \matrix_(x, l) (Num.sqrt (pR P l) * (P x l / (pL P x * pR P l))).
Definition ridge_probe n m r k (P : graph R n m) (y : 'I_n -> 'I_r) lam (f : 'M[R]_(n, k)) B :=
  forall B', mse P y f B + lam * sqnorm B <= mse P y f B' + lam * sqnorm B'.
Definition by_rule (lam : R) N (w t : 'I_N -> R) : R := \sum_i w i * (lam / (t i + lam)) ^+ 2.
Definition ridge_mse := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) (lam : R) B (f := ratio_features P),
  0 < lam -> ridge_probe P y lam f B ->
  [/\ forall N w t, @consistent_measure R n m r P y N.*2.+1 N.+1 w t -> by_rule lam w t <= mse P y f B,
      forall N w t, @consistent_measure R n m r P y N.*2 N.+1 w t -> t ord0 = 0 -> mse P y f B <= by_rule lam w t &
      error P y f B <= 2 * mse P y f B].
(* no row: more hops never move the two apart *)
Definition more_hops := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) (lam : R), 0 < lam ->
  forall N N' (w t : 'I_N.+1 -> R) (w' t' : 'I_N'.+1 -> R), (N <= N')%N ->
  (consistent_measure P y N.*2.+1 w t -> consistent_measure P y N'.*2.+1 w' t' ->
   by_rule lam w t <= by_rule lam w' t') /\
  (consistent_measure P y N.*2 w t -> t ord0 = 0 -> consistent_measure P y N'.*2 w' t' -> t' ord0 = 0 ->
   by_rule lam w' t' <= by_rule lam w t).

(* Theorem 22: a pair links its nodes; the components of the graph *)
Definition linked n m (P : graph R n m) (u v : 'I_n + 'I_m) : bool :=
  match u, v with inl x, inr l | inr l, inl x => P x l != 0 | _, _ => false end.
Definition components n m (P : graph R n m) : nat := n_comp (linked P) predT.
(* what sums of powers leave for the square of a singular value *)
Definition counted_square n m (P : graph R n m) k : R :=
  let ones := (components P)%:R in let rest := (minn n m)%:R - ones in let j := k.+1%:R - ones in
  let t1 := sqnorm (normalised P) - ones in let t2 := sqnorm (hop P) - ones in
  if (k < minn n m)%N then
    Num.min (t1 / j) (t1 / rest + Num.sqrt ((t2 / rest - t1 ^+ 2 / rest ^+ 2) * ((rest - j) / j)))
  else 0.
Definition counted_mse := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) f g B,
  (components P <= k)%N -> @minimiser R n m k P f g -> least_squares P y f B -> counted_square P k < 1 ->
  mse P y f B <= alphaT P y / (1 - counted_square P k).

(* Theorem 25: an image for each class in each domain; what its induced pair shares gives the weight. Whitened features
   have orthonormal weighted columns; those of the optimum have a minimiser among their combinations. *)
Definition classes_and_domains n m r t (P : graph R n m) (y : 'I_n -> 'I_r) (d : 'I_n -> 'I_t) rho alpha beta gamma :=
  bijective (fun x => (y x, d x)) /\
  forall x x', induced P x x' =
    if y x == y x' then if d x == d x' then rho else alpha else if d x == d x' then beta else gamma.
Definition whitened_optimum n m k (P : graph R n m) (f : 'M[R]_(n, k)) :=
  (weightedL P f)^T *m weightedL P f = 1%:M /\ exists (L : 'M[R]_k) g, minimiser P (f *m L) g.
(* a head of least norm among those of least squared error on S *)
Definition mse_on n m r k (P : graph R n m) (y : 'I_n -> 'I_r) (S : pred 'I_n) (f : 'M[R]_(n, k)) B : R :=
  \sum_(x | S x) pL P x * \sum_c ((f *m B) x c - (y x == c)%:R) ^+ 2.
Definition least_norm_head n m r k (P : graph R n m) (y : 'I_n -> 'I_r) (S : pred 'I_n) (f : 'M[R]_(n, k)) B :=
  let fits B := forall B', mse_on P y S f B <= mse_on P y S f B' in
  fits B /\ forall B', fits B' -> sqnorm B <= sqnorm B'.
Definition classes_by_domains := forall n m r t (P : graph R n m) (y : 'I_n -> 'I_r) (d : 'I_n -> 'I_t)
    rho alpha beta gamma (f : 'M[R]_(n, (r + t).-1)) (S : pred 'I_t) B x,
  classes_and_domains P y d rho alpha beta gamma -> gamma < alpha -> gamma < beta -> whitened_optimum P f ->
  (exists s, S s) -> least_norm_head P y (fun x' => S (d x')) f B -> ~~ S (d x) ->
  ~~ errs ((f *m B) x) (y x) /\ \sum_c ((f *m B) x c - (y x == c)%:R) ^+ 2 = 1 / r%:R.

(* Theorem 27: whitened features have orthonormal weighted columns *)
Definition induced_alignment := forall n m k (P : graph R n m) U l (f : 'M[R]_(n, k)),
  eigenbasis (hop P) U l -> (weightedL P f)^T *m weightedL P f = 1%:M ->
  2 * (\sum_(i < k) (1 - value l i)) <= \sum_x \sum_x' induced P x x' * (\sum_c (f x c - f x' c) ^+ 2).
Definition pair_alignment := forall n m k (P : graph R n m) U l (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  eigenbasis (hop P) U l -> (weightedL P f)^T *m weightedL P f = 1%:M -> (weightedR P g)^T *m weightedR P g = 1%:M ->
  2 * (\sum_(i < k) (1 - singular l i)) <= \sum_x \sum_l' P x l' * (\sum_c (f x c - g l' c) ^+ 2).

(* Theorem 28: Q is what was counted, seen its nodes *)
Definition noise n m (P : graph R n m) (Q : 'M[R]_(n, m)) : 'M[R]_(n, m) :=
  \matrix_(x, l) ((Q x l - P x l) / (Num.sqrt (pL P x) * Num.sqrt (pR P l))).
Definition loss_on_pairs n m k (Q : 'M[R]_(n, m)) (a : 'I_n -> R) (b : 'I_m -> R)
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) : R :=
  - 2 * (\sum_x \sum_l Q x l * (f *m g^T) x l) + \sum_x \sum_l a x * b l * (f *m g^T) x l ^+ 2.
Definition best_on_pairs n m k (Q : 'M[R]_(n, m)) a b (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) :=
  forall f' g', loss_on_pairs Q a b f g <= @loss_on_pairs n m k Q a b f' g'.
Definition error_from_pairs := forall n m k (P : graph R n m) U l (Q : 'M[R]_(n, m)) (f f' : 'M[R]_(n, k.+1)) g g'
    (gap := 1 - singular l k.+1 / singular l k),
  eigenbasis (hop P) U l ->
  (best_on_pairs Q (pL P) (pR P) f g -> 0 < gap ->
     spectral_loss P f g - spectral_loss P f' g' <= 4 * sqnorm (noise P Q) / gap) /\
  (forall (qL := fun x => \sum_l Q x l) (qR := fun l => \sum_x Q x l)
      (change := fun x l => 1 - qL x / pL P x * (qR l / pR P l))
      (size_of_noise := Num.sqrt (sqnorm (noise P Q))
         + Num.sqrt (\sum_(x | 0 < qL x) \sum_(l' | 0 < qR l') (truncated P U k.+1 x l' * change x l') ^+ 2)) eta,
   (forall x l', 0 <= Q x l') ->
   best_on_pairs Q qL qR f g ->
   (forall x i, qL x = 0 -> f x i = 0) -> (forall l' i, qR l' = 0 -> g l' i = 0) ->
   0 <= eta < gap -> (forall x l', 0 < qL x -> 0 < qR l' -> change x l' <= eta) ->
   spectral_loss P f g - spectral_loss P f' g' <= 4 * gap * size_of_noise ^+ 2 / (gap - eta) ^+ 2).
Definition error_from_pairs_by_rank := forall n m k (P : graph R n m) U l (Q : 'M[R]_(n, m))
    (f f' : 'M[R]_(n, k.+1)) g g' V e (gap := 1 - singular l k.+1 / singular l k),
  eigenbasis (hop P) U l -> eigenbasis (noise P Q *m (noise P Q)^T) V e ->
  best_on_pairs Q (pL P) (pR P) f g -> 0 < gap ->
  spectral_loss P f g - spectral_loss P f' g' <= 4 * (\sum_(i < k.+1.*2) value e i) / gap.
(* the projector on the columns of F loses a at most of the first j eigenvectors, in operator norm *)
Definition angle_le n k j (U : 'M[R]_n) (F : 'M[R]_(n, k)) (a : R) := exists2 N : 'M[R]_n,
  [/\ N^T = N, N *m N = N & (N :=: F^T)%MS] &
  opnorm2_le (diag_mx (\row_i (i < j)%N%:R) *m U *m (1%:M - N)) (a ^+ 2).
Definition angle_from_pairs := forall n m k j (P : graph R n m) U l (Q : 'M[R]_(n, m))
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) e (left := singular l j - singular l k),
  eigenbasis (hop P) U l -> 0 <= e -> opnorm2_le (noise P Q) (e ^+ 2) ->
  [/\ best_on_pairs Q (pL P) (pR P) f g -> 0 < left - e -> angle_le j.+1 U (weightedL P f) (e / (left - e)),
      forall (qL := fun x => \sum_l' Q x l') (qR := fun l' => \sum_x Q x l') a a'
          (s := 1 / Num.sqrt (1 - a)) (s' := 1 / Num.sqrt (1 - a')) (off := s * s' * (1 + e) - 1),
        a < 1 -> a' < 1 -> (forall x, `|qL x / pL P x - 1| <= a) -> (forall l', `|qR l' / pR P l' - 1| <= a') ->
        best_on_pairs Q qL qR f g -> 0 < left - off -> angle_le j.+1 U (weightedL P f) (s * (off / (left - off) + a)) &
      forall r (y : 'I_n -> 'I_r) B i a,
        0 <= a -> least_squares P y f B -> angle_le i U (weightedL P f) a ->
        Num.sqrt (mse P y f B) <= Num.sqrt (\sum_(h < n | (i <= h)%N) energy P y U h)
                                  + a * Num.sqrt (\sum_(h < n | (h < i)%N) energy P y U h)].

(* Theorem 29: a batch of b + 1 independent pairs, of which the first is the anchor *)
Definition batch_mean n m b (P : graph R n m) (X : {ffun 'I_b.+1 -> 'I_n * 'I_m} -> R) : R :=
  \sum_(w : {ffun 'I_b.+1 -> 'I_n * 'I_m}) (\prod_j P (w j).1 (w j).2) * X w.
(* the number of negatives that collide with the anchor has this mean; there is none with this probability *)
Definition collide n m b (P : graph R n m) (hits : 'I_n * 'I_m -> pred ('I_n * 'I_m)) (mean none : R) :=
  batch_mean P (fun w : {ffun 'I_b.+1 -> 'I_n * 'I_m} => #|[pred j | (j != ord0) && hits (w ord0) (w j)]|%:R) = mean /\
  batch_mean P (fun w : {ffun 'I_b.+1 -> 'I_n * 'I_m} => [forall j, (j != ord0) ==> ~~ hits (w ord0) (w j)]%:R) = none.
(* of its class, by the negative's caption or by its image; with the anchor's caption; with any caption that the anchor's
   image is paired with *)
Definition batch_collisions := forall n m r b (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r)
    (paired := fun x => \sum_(l | P x l != 0) pR P l),
  [/\ @collide n m b P (fun s t => z t.2 == y s.1) (b%:R * (\sum_c mass P y c * mass_right P z c))
        (\sum_c mass P y c * (1 - mass_right P z c) ^+ b),
      @collide n m b P (fun s t => y t.1 == y s.1) (b%:R * (\sum_c mass P y c ^+ 2))
        (\sum_c mass P y c * (1 - mass P y c) ^+ b),
      @collide n m b P (fun s t => t.2 == s.2) (b%:R * (\sum_l pR P l ^+ 2)) (\sum_l pR P l * (1 - pR P l) ^+ b) &
      @collide n m b P (fun s t => P s.1 t.2 != 0) (b%:R * (\sum_x pL P x * paired x))
        (\sum_x pL P x * (1 - paired x) ^+ b)].

(* Theorem 30: P' is P with its right nodes sent through the channel K *)
Definition coarser_captions := forall n m m' r (P : graph R n m) (P' : graph R n m') (y : 'I_n -> 'I_r)
    (K : 'M[R]_(m, m')) U l U' l',
  (forall l j, 0 <= K l j) -> (forall l, \sum_j K l j = 1) -> (forall x j, P' x j = \sum_l P x l * K l j) ->
  eigenbasis (hop P) U l -> eigenbasis (hop P') U' l' ->
  (forall i, singular l' i <= singular l i) /\ alphaT P y <= alphaT P' y.

(* Theorem 34: the head of the mean embeddings of labelled nodes s, and of nodes w of which the j-th is drawn from class
   d j; nodes are drawn independently. Whitened features have orthonormal weighted columns. *)
Definition mean_embedding n r k (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (s : seq 'I_n) : 'M[R]_(k, r) :=
  \matrix_(i, c) ((\sum_(x <- s) f x i * (y x == c)%:R) / (size s)%:R).
Definition balanced_embedding n m r k N (P : graph R n m) (y : 'I_n -> 'I_r) (d : 'I_N -> 'I_r) (f : 'M[R]_(n, k))
    (w : {ffun 'I_N -> 'I_n}) : 'M[R]_(k, r) :=
  \matrix_(i, c) (mass P y c / #|[pred j | d j == c]|%:R * \sum_(j | d j == c) f (w j) i).
Definition balanced_mean n m r N (P : graph R n m) (y : 'I_n -> 'I_r) (d : 'I_N -> 'I_r)
    (X : {ffun 'I_N -> 'I_n} -> R) : R :=
  \sum_(w : {ffun 'I_N -> 'I_n}) (\prod_j (pL P (w j) * (y (w j) == d j)%:R / mass P y (d j))) * X w.
(* the first N nodes of a shuffle *)
Definition shuffle_mean n N (X : seq 'I_n -> R) : R :=
  (\sum_(s : {perm 'I_n}) X [seq s i | i <- take N (enum 'I_n)]) / (n`!)%:R.
Definition few_labels_mse := forall n m r k N (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) B
    (least := mse P y f B) (X := fun s => mse P y f (mean_embedding y f s)),
  (weightedL P f)^T *m weightedL P f = 1%:M -> least_squares P y f B -> (0 < N)%N ->
  [/\ sample_mean (pL P) N X = least + (k%:R - 1 + least) / N%:R,
      sample_mean (pL P) N (fun s => error P y f (mean_embedding y f s)) <= 2 * (least + (k%:R - 1 + least) / N%:R) &
      (forall x, pL P x = 1 / n%:R) -> (N <= n)%N ->
      shuffle_mean N X = least + (n%:R - N%:R) / (n%:R - 1) * ((k%:R - 1 + least) / N%:R)].
(* nodes of every class are drawn; the least by numbers in proportion to p_c times the root of the variance; and where
   the classes are of one mass, with as many nodes of each *)
Definition few_labels_balanced_mse := forall n m r k N (P : graph R n m) (y : 'I_n -> 'I_r) (d : 'I_N -> 'I_r)
    (f : 'M[R]_(n, k)) B (drawn := fun c => #|[pred j | d j == c]|) (spread := class_spread (pL P) y f)
    (term := \sum_c mass P y c ^+ 2 * spread c / (drawn c)%:R)
    (neyman := (\sum_c mass P y c * Num.sqrt (spread c)) ^+ 2 / N%:R),
  (weightedL P f)^T *m weightedL P f = 1%:M -> least_squares P y f B ->
  (forall c, exists x, y x = c) -> (forall c, exists j, d j = c) ->
  [/\ balanced_mean P y d (fun w => mse P y f (balanced_embedding P y d f w)) = mse P y f B + term,
      neyman <= term /\ forall t, (forall c, (drawn c)%:R = t * (mass P y c * Num.sqrt (spread c))) -> term = neyman &
      (forall c, mass P y c = 1 / r%:R) -> (forall c, drawn c * r = N)%N ->
      term = (k%:R - r%:R * (1 - mse P y f B)) / N%:R].
(* `off` is the squared distance of the constant from the span of the features *)
Definition few_labels_error := forall n m r k N (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) B
    (mean := sample_mean (pL P) N) (least := mse P y f B) (off := 1 - \sum_i (\sum_x pL P x * f x i) ^+ 2)
    (A := fun o => 1 - least - (1 - o) / r%:R)
    (W := fun o => ((1 - 1 / r%:R) * (k%:R - 1) + least - o / r%:R) / N%:R)
    (bound := fun o => 2 * (least - o / r%:R + A o * W o / (A o + W o))),
  (weightedL P f)^T *m weightedL P f = 1%:M -> least_squares P y f B -> (0 < N)%N ->
  [/\ mean (fun s => scores_mse (pL P) y (centred (f *m mean_embedding y f s))) = least - off / r%:R + W off,
      0 < A off -> mean (fun s => error P y f (mean_embedding y f s)) <= bound off,
      0 <= off /\ (off = 0 <-> exists v : 'cV[R]_k, f *m v = const_mx 1) &
      0 < A 0 -> [/\ 0 < A off, bound off <= bound 0 & bound 0 <= 2 * (least + (k%:R - 1 + least) / N%:R)]].

(* Theorem 35: any polynomial that is at least 1 up to the cut, and not negative at the values above it; where the second
   value is below 1 the energy at 1 is known, and 1 is no point. From below, at most 1 and not positive. *)
Definition energy_at_one n m r (P : graph R n m) (y : 'I_n -> 'I_r) : R := \sum_c mass P y c ^+ 2.
Definition known_values_mse := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B (p : {poly R}),
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B ->
  (forall t, 0 <= t <= value l k -> 1 <= p.[t]) ->
  ((forall i : 'I_n, (i < k)%N -> 0 <= p.[l i]) -> mse P y f B <= \sum_(j < size p) p`_j * consistency P y j) /\
  ((forall i : 'I_n, (0 < i < k)%N -> 0 <= p.[l i]) -> (0 < k)%N -> value l 1 < 1 ->
     mse P y f B <= \sum_(j < size p) p`_j * (consistency P y j - energy_at_one P y)).
Definition known_values_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B (p : {poly R}),
  eigenbasis (hop P) U l -> @minimiser R n m k P f g -> least_squares P y f B ->
  (forall t, 0 <= t <= value l k -> 1 <= p.[t]) ->
  ((forall i : 'I_n, (i < k)%N -> 0 <= p.[l i]) -> error P y f B <= 2 * \sum_(j < size p) p`_j * consistency P y j) /\
  ((forall i : 'I_n, (0 < i < k)%N -> 0 <= p.[l i]) -> (0 < k)%N -> value l 1 < 1 ->
     error P y f B <= 2 * \sum_(j < size p) p`_j * (consistency P y j - energy_at_one P y)).
Definition known_values_mse_below := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l f g B (p : {poly R}),
  eigenbasis (hop P) U l -> @minimiser R n m k.+1 P f g -> least_squares P y f B ->
  (forall t, 0 <= t <= value l k.+1 -> p.[t] <= 1) ->
  ((forall i : 'I_n, (i <= k)%N -> p.[l i] <= 0) -> \sum_(j < size p) p`_j * consistency P y j <= mse P y f B) /\
  ((forall i : 'I_n, (0 < i <= k)%N -> p.[l i] <= 0) -> value l 1 < 1 ->
     \sum_(j < size p) p`_j * (consistency P y j - energy_at_one P y) <= mse P y f B).
Definition known_values_penalised_mse := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) U l mu f g B (p : {poly R})
    (b := Num.max (mu ^+ 2) (value l k)),
  eigenbasis (hop P) U l -> 0 < mu -> @penalised_minimiser R n m k P mu f g -> least_squares P y f B ->
  (forall t, 0 <= t <= b -> 1 <= p.[t]) ->
  ((forall i : 'I_n, b < l i -> 0 <= p.[l i]) -> mse P y f B <= \sum_(j < size p) p`_j * consistency P y j) /\
  ((forall i : 'I_n, (0 < i)%N -> b < l i -> 0 <= p.[l i]) -> b < 1 -> value l 1 < 1 ->
     mse P y f B <= \sum_(j < size p) p`_j * (consistency P y j - energy_at_one P y)).

(* Theorem 36: a share eta of the pairs of P' is drawn independently *)
Definition noisy n m (P : graph R n m) (eta : R) (P' : graph R n m) :=
  0 <= eta < 1 /\ forall x l, P' x l = (1 - eta) * P x l + eta * (pL P x * pR P l).
Definition noise_keeps_the_optimum := forall n m k eta (P P' : graph R n m) U l U' l'
    (f f' : 'M[R]_(n, k.+1)) (g g' : 'M[R]_(m, k.+1)),
  noisy P eta P' -> eigenbasis (hop P) U l -> eigenbasis (hop P') U' l' ->
  [/\ singular l' 0 = 1, forall i, singular l' i.+1 = (1 - eta) * singular l i.+1,
      exists2 V : 'M[R]_n, eigenbasis (hop P) V l & eigenbasis (hop P') V l' &
      singular l k.+1 < singular l k -> minimiser P f g -> minimiser P' f' g' ->
      ((weightedL P' f')^T :=: (weightedL P f)^T)%MS /\
      forall r (y : 'I_n -> 'I_r) B B', least_squares P y f B -> least_squares P' y f' B' ->
        [/\ f' *m B' = f *m B, mse P' y f' B' = mse P y f B & error P' y f' B' = error P y f B]].
Definition noisy_consistency := forall n m r eta (P P' : graph R n m) (y : 'I_n -> 'I_r)
    (keep := (1 - eta) ^+ 2) (ones := \sum_c mass P y c ^+ 2), noisy P eta P' ->
  (forall j, consistency P' y j = ones + keep ^+ j * (consistency P y j - ones)) /\
  alphaT P' y = keep * alphaT P y + (1 - keep) * (1 - ones).
(* theorems 4 and 15 by values of P' that are corrected for a share s of noise; measures of mass `ones` or more at 1 *)
Definition corrected_for_noise := forall n m r k M eta s (P P' : graph R n m) (y : 'I_n -> 'I_r) U l U' l'
    (f : 'M[R]_(n, k.+1)) (g : 'M[R]_(m, k.+1)) B (keep := (1 - s) ^+ 2) (ones := \sum_c mass P y c ^+ 2)
    (a := fun j => ones + (consistency P' y j - ones) / keep ^+ j) (b := value l' k.+1 / keep),
  noisy P eta P' -> 0 <= s <= eta -> eigenbasis (hop P) U l -> eigenbasis (hop P') U' l' ->
  singular l k.+1 < singular l k -> minimiser P f g -> least_squares P y f B ->
  (b < 1 -> mse P y f B <= (1 - a 1%N) / (1 - b)) /\
  (forall most,
     (forall N (w t : 'I_N -> R), [/\ forall i, 0 <= w i, forall i, 0 <= t i <= 1,
        forall j, (j <= M)%N -> \sum_i w i * t i ^+ j = a j & ones <= \sum_(i | t i == 1) w i] ->
      \sum_(i | t i <= b) w i <= most) ->
   mse P y f B <= most).

(* Theorem 37: the mean over labels of N parts of one mass, uniform and independent, of any embedding; and of a minimiser
   where the parts are those of the graph. What captions have is probe_mse. *)
Definition mean_over_labellings n r N (part : 'I_n -> 'I_N) (X : ('I_n -> 'I_r) -> R) : R :=
  (\sum_(c : {ffun 'I_N -> 'I_r}) X (fun x => c (part x))) / (r ^ N)%:R.
Definition separation := forall n m r k N (P : graph R n m) (part : 'I_n -> 'I_N) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k))
    (head : ('I_n -> 'I_r) -> 'M[R]_(k, r))
    (mean := mean_over_labellings part (fun y => mse P y f (head y))) (least := (1 - 1 / r%:R) * (1 - k%:R / N%:R)),
  (0 < r)%N -> (forall b, \sum_x pL P x * (part x == b)%:R = 1 / N%:R) -> (forall y, least_squares P y f (head y)) ->
  least <= mean /\
  ((forall x x', (part x == part x') = connect (linked P) (inl x) (inl x')) -> (k <= N)%N -> minimiser P f g ->
   (forall x x', part x = part x' -> row x f = row x' f) /\
   (mean = least <-> exists v : 'cV[R]_k, f *m v = const_mx 1)).

(* Theorem 38: nodes are drawn from q; `most` is what a budget of mass pays for, the largest q / p first *)
Definition shifted_error := forall n m r k (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) B (q : 'I_n -> R),
  (forall x, 0 <= q x) ->
  (forall most, (forall w : 'I_n -> R, (forall x, 0 <= w x <= 1) ->
      \sum_x pL P x * w x <= 2 * mse P y f B -> \sum_x q x * w x <= most) ->
    scores_error q y (f *m B) <= most) /\
  (forall ratio, (forall x, q x <= ratio * pL P x) -> scores_error q y (f *m B) <= 2 * mse P y f B * ratio).

(* Theorem 39: scores of M prompts, and their mean *)
Definition prompt_ensemble := forall n r M (p : 'I_n -> R) (y : 'I_n -> 'I_r) (s : 'I_M -> 'I_n -> 'I_r -> R)
    (mean := fun x c => (\sum_j s j x c) / M%:R) (spread := fun j => \sum_x p x * \sum_c (s j x c - mean x c) ^+ 2)
    (left := (\sum_j scores_mse p y (s j)) / M%:R - (\sum_j spread j) / M%:R),
  (forall x, 0 <= p x) -> (0 < M)%N ->
  scores_mse p y mean = left /\ scores_error p y mean <= 2 * left.

(* Theorem 40: each node's captions vote by the shares of the classes among their images *)
Definition caption_vote n m r (P : graph R n m) (y : 'I_n -> 'I_r) x c : R :=
  \sum_l P x l / pL P x * ((\sum_x' P x' l * (y x' == c)%:R) / pR P l).
Definition caption_vote_mse := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) U l
    (squared := scores_mse (pL P) y (caption_vote P y)), eigenbasis (hop P) U l ->
  [/\ squared = 1 - 2 * consistency P y 1 + consistency P y 2,
      squared = \sum_i (1 - l i) ^+ 2 * energy P y U i & squared <= alphaT P y].
Definition caption_vote_error := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r),
  scores_error (pL P) y (caption_vote P y) <= 2 * (1 - 2 * consistency P y 1 + consistency P y 2).

(* Theorem 41: N labelled left nodes, drawn independently, each by a law of its own, or all different; whitened features *)
Definition drawn_mean n N (law : 'I_N -> 'I_n -> R) (X : {ffun 'I_N -> 'I_n} -> R) : R :=
  \sum_(w : {ffun 'I_N -> 'I_n}) (\prod_i law i (w i)) * X w.
Definition mean_without_replacement n N (X : {ffun 'I_N -> 'I_n} -> R) : R :=
  (\sum_(w : {ffun 'I_N -> 'I_n} | injectiveb w) X w) / #|[pred w : {ffun 'I_N -> 'I_n} | injectiveb w]|%:R.
Definition inner_product n k (f : 'M[R]_(n, k)) x x' : R := \sum_i f x i * f x' i.
Definition mse_of_draws n r k N (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) (w : {ffun 'I_N -> 'I_n}) : R :=
  1 - (\sum_i \sum_(j | j != i) inner_product f (w i) (w j) * (y (w i) == y (w j))%:R) / (N%:R * (N%:R - 1)).
(* draw i is of the class a i, N_c of class c *)
Definition class_law n m r (P : graph R n m) (y : 'I_n -> 'I_r) c x : R := pL P x * (y x == c)%:R / mass P y c.
Definition balanced_mse_of_draws n m r k N (P : graph R n m) (y : 'I_n -> 'I_r) (a : 'I_N -> 'I_r) (f : 'M[R]_(n, k))
    (w : {ffun 'I_N -> 'I_n}) (drawn := fun c => #|[pred i | a i == c]|%:R) : R :=
  1 - \sum_c mass P y c ^+ 2 / (drawn c * (drawn c - 1))
        * (\sum_(i | a i == c) \sum_(j | (a j == c) && (j != i)) inner_product f (w i) (w j)).
Definition unbiased_probe_mse := forall n m r k N (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) B,
  (weightedL P f)^T *m weightedL P f = 1%:M -> least_squares P y f B -> (1 < N)%N ->
  @drawn_mean n N (fun=> pL P) (mse_of_draws y f) = mse P y f B.
Definition unbiased_balanced_probe_mse := forall n m r k N (P : graph R n m) (y : 'I_n -> 'I_r) (f : 'M[R]_(n, k)) B
    (a : 'I_N -> 'I_r),
  (weightedL P f)^T *m weightedL P f = 1%:M -> least_squares P y f B ->
  (forall c, exists x, y x = c) -> (forall c, 1 < #|[pred i | a i == c]|)%N ->
  drawn_mean (fun i => class_law P y (a i)) (balanced_mse_of_draws P y a f) = mse P y f B.
Definition unbiased_probe_mse_without_replacement := forall n m r k N (P : graph R n m) (y : 'I_n -> 'I_r)
    (f : 'M[R]_(n, k)) B,
  (weightedL P f)^T *m weightedL P f = 1%:M -> least_squares P y f B -> (1 < N <= n)%N -> (forall x, pL P x = n%:R^-1) ->
  @mean_without_replacement n N (fun w => ((n%:R - 1) * mse_of_draws y f w + 1 - k%:R) / n%:R) = mse P y f B.

(* Theorem 42: the second moments of features, and those along induced pairs; how much scores vary along these; the best
   encoders that are linear in X, with the right side free. Z has the span of X, whitened; C is the probe on all
   features, whose error is that of what they do not reach. *)
Definition feature_moments n m d (P : graph R n m) (X : 'M[R]_(n, d)) : 'M[R]_d :=
  \matrix_(i, j) \sum_x pL P x * (X x i * X x j).
Definition along_pairs n m d (P : graph R n m) (X : 'M[R]_(n, d)) : 'M[R]_d :=
  \matrix_(i, j) \sum_x \sum_x' induced P x x' * (X x i * X x' j).
Definition variation n m r (P : graph R n m) (s : 'M[R]_(n, r)) : R :=
  (\sum_x \sum_x' induced P x x' * (\sum_c (s x c - s x' c) ^+ 2)) / 2.
Definition targets n m r d (P : graph R n m) (y : 'I_n -> 'I_r) (X : 'M[R]_(n, d)) : 'M[R]_(d, r) :=
  \matrix_(i, c) \sum_x pL P x * X x i * (y x == c)%:R.
Definition linear_minimiser n m p k (P : graph R n m) (X : 'M[R]_(n, p)) (W : 'M[R]_(p, k)) (g : 'M[R]_(m, k)) :=
  forall (W' : 'M[R]_(p, k)) (g' : 'M[R]_(m, k)), spectral_loss P (X *m W) g <= spectral_loss P (X *m W') g'.
Definition through_features := forall n m r p d k (P : graph R n m) (y : 'I_n -> 'I_r)
    (X : 'M[R]_(n, p)) (Z : 'M[R]_(n, d)) V t C (f := Z *m (V^T *m pid_mx k) : 'M[R]_(n, k))
    (unreached := mse P y X C) (phi := variation P (X *m C))
    (beyond := \sum_(i < d | (k <= i)%N) \sum_c (V *m targets P y Z) i c ^+ 2),
  (X^T :=: Z^T)%MS -> (weightedL P Z)^T *m weightedL P Z = 1%:M -> eigenbasis (along_pairs P Z) V t ->
  least_squares P y X C ->
  [/\ exists W g, f = X *m W /\ linear_minimiser P X W g,
      forall B, least_squares P y f B -> mse P y f B = unreached + beyond,
      forall (W : 'M[R]_(p, k)) g B, linear_minimiser P X W g -> least_squares P y (X *m W) B ->
        (value t k < value t k.-1 -> mse P y (X *m W) B = unreached + beyond) /\
        (value t k < 1 -> mse P y (X *m W) B <= unreached + phi / (1 - value t k)),
      value t k < 1 -> unreached + beyond <= unreached + phi / (1 - value t k) &
      Num.sqrt phi <= Num.sqrt (alphaT P y) + Num.sqrt unreached].
(* no row: theorem 35, and so 15, through features, with an energy taken out *)
Definition known_values_through_features := forall n m r p d k (P : graph R n m) (y : 'I_n -> 'I_r)
    (X : 'M[R]_(n, p)) (Z : 'M[R]_(n, d)) V t C (q : {poly R}) (f := Z *m (V^T *m pid_mx k.+1) : 'M[R]_(n, k.+1))
    (moment := fun j => \tr ((targets P y Z)^T *m iter j (mulmx (along_pairs P Z)) (targets P y Z)))
    (by_moments := fun energy => mse P y X C + \sum_(j < size q) q`_j * (moment j - energy))
    (at_one := (exists v : 'cV[R]_p, X *m v = const_mx 1) /\ value t 1 < 1),
  (X^T :=: Z^T)%MS -> (weightedL P Z)^T *m weightedL P Z = 1%:M -> eigenbasis (along_pairs P Z) V t ->
  least_squares P y X C ->
  (forall (W : 'M[R]_(p, k.+1)) g B, linear_minimiser P X W g -> least_squares P y (X *m W) B ->
     (forall u, 0 <= u <= value t k.+1 -> 1 <= q.[u]) ->
     ((forall i : 'I_d, (i <= k)%N -> 0 <= q.[t i]) -> mse P y (X *m W) B <= by_moments 0) /\
     (at_one -> (forall i : 'I_d, (0 < i <= k)%N -> 0 <= q.[t i]) ->
        mse P y (X *m W) B <= by_moments (energy_at_one P y))) /\
  (forall B, least_squares P y f B -> (forall u, 0 <= u <= value t k.+1 -> q.[u] <= 1) ->
     ((forall i : 'I_d, (i <= k)%N -> q.[t i] <= 0) -> by_moments 0 <= mse P y f B) /\
     (at_one -> (forall i : 'I_d, (0 < i <= k)%N -> q.[t i] <= 0) -> by_moments (energy_at_one P y) <= mse P y f B)).
(* E has in its rows vectors that S makes orthonormal and K diagonal; the encoder has the first k of them *)
Definition generalised_eigenbasis d (K S E : 'M[R]_d) (t : 'I_d -> R) :=
  [/\ E *m S *m E^T = 1%:M, forall i, row i E *m K = t i *: (row i E *m S) &
      forall i j : 'I_d, (i <= j)%N -> t j <= t i].
Definition regularised_through_features := forall n m r d k (P : graph R n m) (y : 'I_n -> 'I_r)
    (X : 'M[R]_(n, d)) rho E t C B (f := X *m (E^T *m pid_mx k) : 'M[R]_(n, k)),
  0 <= rho -> generalised_eigenbasis (along_pairs P X) (feature_moments P X + rho%:M) E t ->
  least_squares P y X C -> least_squares P y f B -> value t k < 1 ->
  mse P y f B <= mse P y X C + (variation P (X *m C) + rho * sqnorm C) / (1 - value t k).

(* Theorem 43: pairs of left nodes that were drawn in any way, and a ridge, which may be 0; `low` is at most the second
   moment on the sample, in any direction, in units of that of the population *)
Definition sample_moments n d (X : 'M[R]_(n, d)) (s : seq ('I_n * 'I_n)) : 'M[R]_d :=
  \matrix_(i, j) ((\sum_(q <- s) (X q.1 i * X q.1 j + X q.2 i * X q.2 j)) / (2 * (size s)%:R)).
Definition sample_along_pairs n d (X : 'M[R]_(n, d)) (s : seq ('I_n * 'I_n)) : 'M[R]_d :=
  \matrix_(i, j) ((\sum_(q <- s) (X q.1 i * X q.2 j + X q.2 i * X q.1 j)) / (2 * (size s)%:R)).
Definition sample_variation n r (a : 'M[R]_(n, r)) (s : seq ('I_n * 'I_n)) : R :=
  (\sum_(q <- s) \sum_c (a q.1 c - a q.2 c) ^+ 2) / (2 * (size s)%:R).
Definition sample_covers n m d (P : graph R n m) (X : 'M[R]_(n, d)) s rho low := forall v : 'cV[R]_d,
  low * (\sum_x pL P x * (X *m v) x 0 ^+ 2)
    <= (\sum_(q <- s) ((X *m v) q.1 0 ^+ 2 + (X *m v) q.2 0 ^+ 2)) / (2 * (size s)%:R) + rho * sqnorm v.
Definition from_image_pairs := forall n m r d k (P : graph R n m) (y : 'I_n -> 'I_r)
    (X : 'M[R]_(n, d)) s rho E t low b C B (f := X *m (E^T *m pid_mx k) : 'M[R]_(n, k)),
  0 <= rho -> generalised_eigenbasis (sample_along_pairs X s) (sample_moments X s + rho%:M) E t ->
  least_squares P y X C -> least_squares P y f B -> 0 < low -> sample_covers P X s rho low ->
  b < 1 -> (forall i : 'I_d, (k <= i)%N -> t i <= b) ->
  mse P y f B <= mse P y X C + (sample_variation (X *m C) s + rho * sqnorm C) / (low * (1 - b)).
(* by the distance of the sample's moments from those of the population, of whitened features *)
Definition from_image_pairs_by_norms := forall n m r d k (P : graph R n m) (y : 'I_n -> 'I_r)
    (Z : 'M[R]_(n, d)) s E t V u xi eta C B (f := Z *m (E^T *m pid_mx k) : 'M[R]_(n, k)) (unreached := mse P y Z C),
  (weightedL P Z)^T *m weightedL P Z = 1%:M -> eigenbasis (along_pairs P Z) V u ->
  generalised_eigenbasis (sample_along_pairs Z s) (sample_moments Z s) E t ->
  least_squares P y Z C -> least_squares P y f B ->
  0 <= xi -> opnorm2_le (sample_moments Z s - 1%:M) (xi ^+ 2) ->
  0 <= eta -> opnorm2_le (sample_along_pairs Z s - along_pairs P Z) (eta ^+ 2) -> value u k + xi + eta < 1 ->
  mse P y f B
    <= unreached + (variation P (Z *m C) + (xi + eta) * (1 - unreached)) / (1 - value u k - xi - eta).
(* by moments of more hops, and a polynomial as in theorem 35 *)
Definition sample_consistency n r d (X : 'M[R]_(n, d)) (C : 'M[R]_(d, r)) s rho (S := sample_moments X s + rho%:M) j : R :=
  \tr (C^T *m iter j (fun Z => sample_along_pairs X s *m invmx S *m Z) S *m C).
Definition from_image_pairs_by_hops := forall n m r d k (P : graph R n m) (y : 'I_n -> 'I_r)
    (X : 'M[R]_(n, d)) s rho E t low b C B (p : {poly R}) (f := X *m (E^T *m pid_mx k) : 'M[R]_(n, k)),
  0 <= rho -> generalised_eigenbasis (sample_along_pairs X s) (sample_moments X s + rho%:M) E t ->
  least_squares P y X C -> least_squares P y f B -> 0 < low -> sample_covers P X s rho low ->
  (forall i : 'I_d, (k <= i)%N -> t i <= b) -> (forall u, -1 <= u <= b -> 1 <= p.[u]) ->
  (forall i : 'I_d, (i < k)%N -> 0 <= p.[t i]) ->
  mse P y f B <= mse P y X C + (\sum_(j < size p) p`_j * sample_consistency X C s rho j) / low.
End Rows.
