(* Form of the theorems in a file that `pairbounds check --proof FILE.v` writes: there it is given numbers, and no more. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From Pairbounds Require Import Statements Integers Place Lower Checker Ballots.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* f and g minimise the spectral loss, with the penalty mu_num / mu_den unless that is 0 *)
Definition optimal (R : rcfType) n m k (P : graph R n m) mu_num mu_den (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) : Prop :=
  if mu_num is Z0 then minimiser P f g else penalised_minimiser P (iR mu_num / iR mu_den) f g.

(* the weights of G over their sum are a graph, of which every least-squares probe on every minimiser of width k has *)
Section Statements.
Variables (G : problem) (k : nat) (mu_num mu_den num den : Z).
(* this squared error at most, and twice as much 0-1 error *)
Definition mse_at_most : Prop := exists ok : graph_ok G,
  forall (R : rcfType) (f : 'M[R]_(n_left G, k)) (g : 'M[R]_(n_right G, k)) (B : 'M[R]_(k, (last_class G).+1)),
  optimal (graph_of R ok) mu_num mu_den f g -> least_squares (graph_of R ok) (@label_of G) f B ->
  let value : R := iR num / iR den in
  mse (graph_of R ok) (@label_of G) f B <= value /\ error (graph_of R ok) (@label_of G) f B <= 2 * value.
(* this 0-1 error at most *)
Definition error_at_most : Prop := exists ok : graph_ok G,
  forall (R : rcfType) (f : 'M[R]_(n_left G, k)) (g : 'M[R]_(n_right G, k)) (B : 'M[R]_(k, (last_class G).+1)),
  optimal (graph_of R ok) mu_num mu_den f g -> least_squares (graph_of R ok) (@label_of G) f B ->
  error (graph_of R ok) (@label_of G) f B <= iR num / iR den.
End Statements.

(* what Coq computes: the penalty is below the place; the lower place, 0 or the square of the penalty, unless shown *)
Section Computed.
Variables (G : problem) (C : certificate) (mu_num mu_den : Z).
Definition penalty_ok : bool := if mu_num is Z0 then true else
  [&& Z.ltb Z0 mu_num, Z.ltb Z0 mu_den &
      Z.leb (Z.mul (Z.mul mu_num mu_num) (place_den (cut C))) (Z.mul (place_num (cut C)) (Z.mul mu_den mu_den))].
Definition low_ok low_num low_den : bool := if mu_num is Z0
  then [|| Z.eqb low_num Z0 && Z.eqb low_den (Zpos xH) | lower_ok G (cut C) low_num low_den]
  else Z.eqb low_num (Z.mul mu_num mu_num) && Z.eqb low_den (Z.mul mu_den mu_den).
Definition mass_claim p u num den : bool := penalty_ok && mass_ok G C p u num den.
Definition vote_claim p q u v low_num low_den price_num price_den num den : bool :=
  [&& penalty_ok, low_ok low_num low_den & vote_ok G C p q u v low_num low_den price_num price_den num den].
End Computed.

Section Proved.
Variables (G : problem) (C : certificate) (ok : check G C) (mu_num mu_den num den : Z).

Theorem mass_proved p u :
  mass_claim G C mu_num mu_den p u num den -> mse_at_most G (width (cut C)) mu_num mu_den num den.
Proof.
move=> /andP [mu claim]; exists (checked_graph ok) => R f g B best probe value.
case: mu_num mu best => [|mu' |mu'] mu best; apply: (mass_verdict (ok := ok) _ probe claim).
- exact: optimum_cuts best.
- exact: penalised_optimum_cuts mu best.
exact: penalised_optimum_cuts mu best.
Qed.

Theorem vote_proved p q u v low_num low_den price_num price_den :
  vote_claim G C mu_num mu_den p q u v low_num low_den price_num price_den num den ->
  error_at_most G (width (cut C)) mu_num mu_den num den.
Proof.
move=> /and3P [mu low claim]; exists (checked_graph ok) => R f g B best probe; apply: (vote_sound (ok := ok) _ probe claim).
case: mu_num mu low best => [|mu' |mu'] mu low best.
- case/orP: low => [/andP [/Z.eqb_eq -> /Z.eqb_eq ->]|low]; first exact: optimum_vote_cuts best.
  exact: (lower_cuts (ok := ok) low best).
- by case/andP: low => /Z.eqb_eq -> /Z.eqb_eq ->; apply: penalised_vote_cuts mu best.
by case/andP: low => /Z.eqb_eq -> /Z.eqb_eq ->; apply: penalised_vote_cuts mu best.
Qed.
End Proved.
