(* Definitions and propositions of the rows that have logarithms, over the reals of MathComp Analysis; the others are
   in Statements.v, which needs none of it. Here `ln` is the natural logarithm and `expR` the exponential. Their proofs
   rest on the three axioms of Analysis: propositional extensionality, functional extensionality, and choice. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import reals sequences exp.
From Pairbounds Require Import Statements.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Critics.
Variables (R : realType) (n m r : nat) (P : graph R n m).
Implicit Types (s : 'M[R]_(n, m)).
(* InfoNCE of scores, a direction each: with right nodes for negatives, with left nodes; and the loss of both *)
Definition attraction s : R := \sum_x \sum_l P x l * s x l.
Definition partition_right s x : R := \sum_l pR P l * expR (s x l).
Definition partition_left s l : R := \sum_x pL P x * expR (s x l).
Definition loss_right s : R := \sum_x pL P x * ln (partition_right s x) - attraction s.
Definition loss_left s : R := \sum_l pR P l * ln (partition_left s l) - attraction s.
Definition infonce s : R := (loss_right s + loss_left s) / 2.
(* mutual information; a pair of no mass adds nothing *)
Definition information : R := \sum_x \sum_l P x l * ln (P x l / (pL P x * pR P l)).
(* the critic's model of a right node given a left one, and of a left node given a right one *)
Definition model_right s x l : R := pR P l * expR (s x l) / partition_right s x.
Definition model_left s l x : R := pL P x * expR (s x l) / partition_left s l.
Definition excess_right s : R := loss_right s + information.
Definition excess_left s : R := loss_left s + information.
End Critics.

(* twice the largest norms of f and of g: scores differ by no more *)
Section Range.
Variables (R : realType) (n m k : nat).
Definition norm p (f : 'M[R]_(p, k)) x : R := Num.sqrt (\sum_i f x i ^+ 2).
Definition range (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) : R :=
  2 * (\big[Num.max/0]_x norm f x) * (\big[Num.max/0]_l norm g l).
End Range.

Section Sphere.
Variables (R : realType) (n m k r : nat) (P : graph R n m) (z : 'I_m -> 'I_r) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
(* every row has norm 1 *)
Definition on_sphere p (h : 'M[R]_(p, k)) := forall x, \sum_i h x i ^+ 2 = 1.
(* of the classifier by the means of g, whose classes have their masses for a base measure *)
Definition cross_entropy : R := \sum_x pL P x * ln (\sum_c mass_right P z c * expR (mean_scores P z f g x c))
  - \sum_x \sum_l P x l * mean_scores P z f g x (z l).
Definition spread c : R := class_spread (pR P) z g c.
Definition spread_of_all : R := \sum_c mass_right P z c * spread c.
Definition distance x l : R := \sum_i (f x i - g l i) ^+ 2.
End Sphere.

Section Votes.
Variables (R : realType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (z : 'I_m -> 'I_r).
Implicit Type s : 'M[R]_(n, m).
(* ln 2 less the binary entropy, and the least divergence between shares of two classes and a tie of them *)
Definition phi (u : R) : R := if u < 1 / 2 then ln 2 + u * ln u + (1 - u) * ln (1 - u) else 0.
Definition tie_cost (own rival : R) : R := (own + rival) * phi (rival / (own + rival)).
(* the shares of the classes among the right nodes of a left one: the critic's, and in truth *)
Definition right_votes s x c : R := \sum_l model_right P s x l * (z l == c)%:R.
Definition right_shares x c : R := \sum_l P x l / pL P x * (z l == c)%:R.
(* and among the left nodes that count, a step to the right and one back *)
Variable counts : 'I_n -> 'I_n -> bool.
Definition left_votes s x c : R :=
  \sum_l \sum_x' model_right P s x l * model_left P s l x' * (counts x x' && (y x' == c))%:R.
Definition left_shares x c : R := \sum_l \sum_x' P x l / pL P x * (P x' l / pR P l) * (counts x x' && (y x' == c))%:R.
Definition vote_error (votes : 'I_n -> 'I_r -> R) : R := \sum_x pL P x * (errs (votes x) (y x))%:R.
(* what a budget of divergence pays for: nodes at their costs; a mass of them at the cost of their mean *)
Definition pays_for (cost : 'I_n -> R) (budget most : R) := forall w : 'I_n -> R, (forall x, 0 <= w x <= 1) ->
  \sum_x pL P x * w x * cost x <= budget -> \sum_x pL P x * w x <= most.
Definition pays_for_mean (disagreement budget most : R) := forall e, 0 <= e <= 1 ->
  e * phi (disagreement / e) <= budget -> e <= most.
Definition cost_of_ties (shares : 'I_n -> 'I_r -> R) (cost : 'I_n -> R) :=
  forall x c, c != y x -> cost x <= tie_cost (shares x (y x)) (shares x c).
End Votes.

(* The rows. *)
Section Rows.
Variable R : realType.

(* Theorem 10 *)
Definition infonce_entropy := forall n m k (P : graph R n m) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  - information P <= infonce P (f *m g^T) /\
  forall c, (forall x l, 0 < P x l /\ (f *m g^T) x l = ln (P x l / (pL P x * pR P l)) + c) ->
    infonce P (f *m g^T) = - information P.

(* Theorem 11, on the unit sphere *)
Definition cross_entropy_by_infonce := forall n m k r (P : graph R n m) (z : 'I_m -> 'I_r)
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)), on_sphere f -> on_sphere g ->
  cross_entropy P z f g <= loss_right P (f *m g^T) + Num.sqrt (spread_of_all P z g).
Definition cross_entropy_below := forall n m k r (P : graph R n m) (z : 'I_m -> 'I_r)
    (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)), on_sphere f -> on_sphere g ->
  loss_right P (f *m g^T) - Num.sqrt (spread_of_all P z g)
    - ln (1 + (expR 2 - 3) / 4 * (\big[Num.max/0]_c spread P z g c)) <= cross_entropy P z f g.
Definition infonce_by_uniformity := forall n m k (P : graph R n m) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  on_sphere f -> on_sphere g ->
  infonce P (f *m g^T) <= (\sum_x \sum_l P x l * distance f g x l) / 2
    + ln (\sum_x \sum_l pL P x * pR P l * expR (- (distance f g x l / 2))).

(* Theorem 20, of every critic *)
Definition zero_shot_vote := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) z s most,
  pays_for_mean (alpha P y z) (excess_right P s) most -> vote_error P y (right_votes P z s) <= most.
Definition zero_shot_vote_by_node := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) z s cost most,
  cost_of_ties y (right_shares P z) cost -> pays_for P cost (excess_right P s) most ->
  vote_error P y (right_votes P z s) <= most.
Definition vote := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) s most (all := fun _ _ => true),
  pays_for_mean (alphaT P y) (excess_right P s + excess_left P s) most ->
  vote_error P y (left_votes P y all s) <= most.
Definition vote_by_node := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) s cost most (all := fun _ _ => true),
  cost_of_ties y (left_shares P y all) cost -> pays_for P cost (excess_right P s + excess_left P s) most ->
  vote_error P y (left_votes P y all s) <= most.
Definition vote_of_others := forall n m r (P : graph R n m) (y : 'I_n -> 'I_r) s cost most
    (others := fun x x' => x' != x),
  cost_of_ties y (left_shares P y others) cost -> pays_for P cost (excess_right P s + excess_left P s) most ->
  vote_error P y (left_votes P y others s) <= most.

(* Theorem 31 *)
Definition infonce_by_range := forall n m k (P : graph R n m) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)),
  (\sum_x pL P x * ln (pL P x + (1 - pL P x) * expR (- range f g))
   + \sum_l pR P l * ln (pR P l + (1 - pR P l) * expR (- range f g))) / 2 <= infonce P (f *m g^T).
End Rows.
