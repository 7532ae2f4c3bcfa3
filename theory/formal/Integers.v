(* Sums and products of lists of integers, which Coq computes, as sums over a real closed field. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* Coq takes much less time over a long list of these than over one of Z *)
Definition integers : seq Number.signed_int -> seq Z := map Z.of_num_int.
Definition line (M : seq (seq Z)) i : seq Z := nth [::] M i.
Definition zsum (n : nat) (f : nat -> Z) : Z := foldr (fun i acc => Z.add (f i) acc) Z0 (iota 0 n).
Definition zall (n : nat) (p : nat -> bool) : bool := all p (iota 0 n).
Definition total_of (u : seq Z) : Z := foldr Z.add Z0 u.
Fixpoint products (u v : seq Z) : seq Z :=
  match u, v with a :: u', b :: v' => Z.mul a b :: products u' v' | _, _ => [::] end.
Fixpoint dot (u v : seq Z) : Z :=
  match u, v with a :: u', b :: v' => Z.add (Z.mul a b) (dot u' v') | _, _ => Z0 end.

Lemma zallP n p : zall n p -> forall i : 'I_n, p i.
Proof. by move=> /allP a i; apply: a; rewrite mem_iota /= add0n. Qed.

Section Images.
Variable R : rcfType.
Definition iR (z : Z) : R := (int_of_Z z)%:~R.
(* the entries of a list, and zeros *)
Definition at_ (u : seq Z) (t : nat) : R := iR (nth Z0 u t).

Lemma iR0 : iR Z0 = 0. Proof. by []. Qed.
Lemma iR1 : iR (Zpos xH) = 1. Proof. by []. Qed.
Lemma iR2 : iR (Zpos (xO xH)) = 2. Proof. by []. Qed.
Lemma iRD a b : iR (Z.add a b) = iR a + iR b.
Proof. by rewrite /iR -rmorphD /=; congr (_%:~R); lia. Qed.
Lemma iRM a b : iR (Z.mul a b) = iR a * iR b.
Proof. by rewrite /iR -rmorphM /=; congr (_%:~R); lia. Qed.
Lemma iRB a b : iR (Z.sub a b) = iR a - iR b.
Proof. by rewrite /iR -rmorphB /=; congr (_%:~R); lia. Qed.
Lemma iR_le a b : Z.leb a b -> iR a <= iR b.
Proof. by move=> ab; rewrite /iR ler_int; lia. Qed.
Lemma iR_lt a b : Z.ltb a b -> iR a < iR b.
Proof. by move=> ab; rewrite /iR ltr_int; lia. Qed.
Lemma iR_ge0 a : Z.leb Z0 a -> 0 <= iR a. Proof. by rewrite -iR0; apply: iR_le. Qed.
Lemma iR_gt0 a : Z.ltb Z0 a -> 0 < iR a. Proof. by rewrite -iR0; apply: iR_lt. Qed.
Lemma iR_abs a : iR (Z.abs a) = `|iR a|.
Proof. by rewrite /iR -intr_norm; congr (_%:~R); lia. Qed.
Lemma iR_max a b : iR (Z.max a b) = Num.max (iR a) (iR b).
Proof.
have [ab|/ltW ba] := leP (iR a) (iR b).
  have := ab; rewrite /iR ler_int => ab'; congr (_%:~R); lia.
by have := ba; rewrite /iR ler_int => ba'; congr (_%:~R); lia.
Qed.
(* a quotient that is rounded down *)
Lemma iR_div a b : Z.ltb Z0 b -> iR (Z.div a b) <= iR a / iR b < iR (Z.div a b) + 1.
Proof.
move=> b0; have b1 := iR_gt0 b0; rewrite ler_pdivlMr // ltr_pdivrMr // -iR1 -iRD -!iRM.
have := Z.div_mod a b; have := Z.mod_pos_bound a b; move: (Z.div a b) (Z.modulo a b) => q r h1 h2.
by apply/andP; split; [apply: iR_le|apply: iR_lt]; nia.
Qed.

Lemma iR_zsum n f : iR (zsum n f) = \sum_(i < n) iR (f i).
Proof.
rewrite -(big_mkord xpredT (fun i => iR (f i))) /index_iota subn0 /zsum.
by elim: (iota 0 n) => [|i s IH]; rewrite ?big_nil ?big_cons //= iRD IH.
Qed.

Lemma at_products u v t : at_ (products u v) t = at_ u t * at_ v t.
Proof.
elim: u v t => [|a u IH] [|b v] [|t] /=; rewrite /at_ ?nth_nil ?mul0r ?mulr0 //=; [exact: iRM|exact: IH].
Qed.

Lemma iR_total p u : (size u <= p)%N -> iR (total_of u) = \sum_(t < p) at_ u t.
Proof.
elim: u p => [|a u IH] p /=; first by rewrite big1 // => t _; rewrite /at_ nth_nil.
by case: p => // p le; rewrite big_ord_recl iRD -IH.
Qed.

Lemma iR_dot p u v : (size u <= p)%N -> iR (dot u v) = \sum_(t < p) at_ u t * at_ v t.
Proof.
elim: u v p => [|a u IH] v p /=; first by rewrite big1 // => t _; rewrite /at_ nth_nil mul0r.
case: v => [|b v]; first by rewrite big1 // => t _; rewrite /at_ nth_nil mulr0.
by case: p => // p le; rewrite big_ord_recl iRD iRM -IH.
Qed.
End Images.
Arguments iR {R} z.
Arguments at_ {R} u t.
