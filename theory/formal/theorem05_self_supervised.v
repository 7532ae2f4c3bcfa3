(* Theorem 5. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs theorem04_linear_probe.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Theorem image_error (R : rcfType) : Statements.image_error R.
Proof.
move=> n m r k P y z f B; pose bad x l : R := (errs ((f *m B) x) (y x))%:R + (y x != z l)%:R.
have -> : error P y f B + alpha P y z = \sum_l \sum_x P x l * bad x l.
  rewrite [RHS]exchange_big /error /alpha -big_split; apply: eq_bigr => x _ /=.
  by rewrite [pL P x * _]mulr_suml -big_split; apply: eq_bigr => l _; rewrite /= -mulrDr.
rewrite mulr_sumr; apply: ler_sum => l _.
have bad0 : 0 <= \sum_x P x l * bad x l.
  by apply: sumr_ge0 => x _; rewrite mulr_ge0 ?weight_ge0 // addr_ge0 ?ler0n.
rewrite /errs; case: existsP => [[c /andP [ne le]]|_]; last by rewrite mulr0 mulr_ge0.
pose win x c : R := (~~ errs ((f *m B) x) c)%:R.
have two x : win x (z l) + win x c <= 1.
  rewrite /win; case: (boolP (errs _ (z l))) => [_|h1]; first by rewrite add0r lern1 leq_b1.
  case: (boolP (errs _ c)) => [_|h2]; first by rewrite addr0.
  move/existsPn: h1 => /(_ c); rewrite ne /= -ltNge => h1.
  by move/existsPn: h2 => /(_ (z l)); rewrite eq_sym ne /= -ltNge ltNge (ltW h1).
have lose x : 1 - win x (z l) <= bad x l.
  rewrite /win /bad; have [<-|_] := eqVneq (y x) (z l).
    by rewrite addr0; case: (errs _ _); rewrite ?subr0 ?subrr.
  by case: (errs _ (z l)) (errs _ (y x)) => [] [] /=; rewrite ?(subr0, subrr, addr0, add0r) ?lerDl ?ler01 ?addr_ge0 ?ler01.
have lost : \sum_x P x l * (1 - win x (z l)) <= \sum_x P x l * bad x l.
  by apply: ler_sum => x _; rewrite ler_wpM2l ?weight_ge0.
have more : \sum_x P x l * win x c <= \sum_x P x l * (1 - win x (z l)).
  by apply: ler_sum => x _; rewrite ler_wpM2l ?weight_ge0 // lerBrDl.
have all_ : pR P l = \sum_x P x l * win x (z l) + \sum_x P x l * (1 - win x (z l)).
  by rewrite -big_split; apply: eq_bigr => x _; rewrite /= -mulrDr addrC subrK mulr1.
move: le; rewrite mulr1 all_ /ballots -/(win _ _); lra.
Qed.

Theorem image_error_by_pairs (R : rcfType) : Statements.image_error_by_pairs R.
Proof.
move=> n m r k P y z U l f g B basis best probe b1; apply: le_trans (image_error _ y _ _ _) _.
have := probe_error basis best probe b1; rewrite -!mulrA; move: (_ / _) => t; lra.
Qed.
