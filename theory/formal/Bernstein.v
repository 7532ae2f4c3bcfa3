(* Polynomials with integer coefficients that are not negative on an interval: by signs in Bernstein's form, halving
   intervals. The form of a list l of degree d is sum_i l_i a^i c^(d-i): a and c are the distances, not negative, from
   the upper and the lower end. Binomial factors are left inside l. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
From Pairbounds Require Import Integers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Computed.
Local Open Scope Z_scope.
(* times u a + v c *)
Fixpoint times_line (u v before : Z) (l : seq Z) : seq Z :=
  if l is x :: l' then v * x + u * before :: times_line u v x l' else [:: u * before].
Fixpoint sums (l l' : seq Z) : seq Z :=
  match l, l' with x :: r, y :: r' => x + y :: sums r r' | _, _ => [::] end.
Definition power (D : Z) (s : nat) : Z := iter s (Z.mul D) 1.
Definition binomials (s : nat) : seq Z := iter s (times_line 1 1 0) [:: 1].
(* a polynomial, its constant first, on [lo / D, hi / D] *)
Fixpoint on_interval (lo hi D : Z) (p : seq Z) : seq Z :=
  if p is x :: p' then
    sums (map (Z.mul (x * power D (size p'))) (binomials (size p'))) (times_line lo hi 0 (on_interval lo hi D p'))
  else [::].
(* a + c for a *)
Fixpoint shifted (l : seq Z) : seq Z :=
  if l is x :: l' then (if times_line 1 1 0 (shifted l') is y :: r then x + y :: r else [::]) else [::].
(* 2 a for a, times s *)
Fixpoint doubled (s : Z) (l : seq Z) : seq Z := if l is x :: l' then s * x :: doubled (2 * s) l' else [::].
Definition half l := doubled 1 (shifted l).
Fixpoint positive (fuel : nat) (l : seq Z) : bool :=
  if all (Z.leb 0) l then true
  else if fuel is fuel'.+1 then
    if Z.leb 0 (head 0 l) && Z.leb 0 (last 0 l) then
      if positive fuel' (half l) then positive fuel' (half (rev l)) else false
    else false
  else false.
Definition halvings : nat := 200.
Definition not_negative (p : seq Z) (lo hi D : Z) : bool :=
  [&& Z.ltb lo hi, Z.ltb 0 D & positive halvings (on_interval lo hi D p)].
End Computed.

Section Sound.
Local Arguments Z.mul : simpl never.
Local Arguments Z.add : simpl never.
Variable R : rcfType.
Implicit Types (l p : seq Z) (a c t : R).

Fixpoint eval l a c : R := if l is x :: l' then iR x * c ^+ size l' + a * eval l' a c else 0.
Fixpoint polynomial p t : R := if p is x :: p' then iR x + t * polynomial p' t else 0.

Lemma size_times_line u v x l : size (times_line u v x l) = (size l).+1.
Proof. by elim: l x => //= y l IH x; rewrite IH. Qed.
Lemma eval_times_line u v x l a c :
  eval (times_line u v x l) a c = (iR u * a + iR v * c) * eval l a c + iR u * iR x * c ^+ size l.
Proof.
elim: l x => [|y l IH] x /=; first by rewrite iRM !mulr0 add0r addr0.
by rewrite IH size_times_line iRD !iRM exprS; ring.
Qed.
Lemma size_sums l l' : size l = size l' -> size (sums l l') = size l.
Proof. by elim: l l' => [|x l IH] [|y l'] //= [/IH ->]. Qed.
Lemma eval_sums l l' a c : size l = size l' -> eval (sums l l') a c = eval l a c + eval l' a c.
Proof.
elim: l l' => [|x l IH] [|y l'] //=; first by rewrite addr0.
by case=> s; rewrite IH // size_sums // s iRD; ring.
Qed.
Lemma eval_scaled x l a c : eval (map (Z.mul x) l) a c = iR x * eval l a c.
Proof. by elim: l => [|y l IH] /=; rewrite ?mulr0 // IH size_map iRM; ring. Qed.
Lemma iR_power D s : iR (power D s) = iR D ^+ s :> R.
Proof. by elim: s => //= s IH; rewrite iRM IH exprS. Qed.
Lemma size_binomials s : size (binomials s) = s.+1.
Proof. by elim: s => //= s IH; rewrite size_times_line IH. Qed.
Lemma eval_binomials s a c : eval (binomials s) a c = (a + c) ^+ s.
Proof.
elim: s => [|s IH]; first by rewrite /= expr0 mulr0 addr0 iR1 mulr1.
by rewrite /binomials iterS -/(binomials s) eval_times_line IH iR0 iR1 exprS mulr0 mul0r addr0 !mul1r.
Qed.
Lemma size_on_interval lo hi D p : size (on_interval lo hi D p) = size p.
Proof. by elim: p => //= x p IH; rewrite size_sums size_map size_binomials ?size_times_line ?IH. Qed.

Lemma eval_on_interval lo hi D p a c t : iR lo * a + iR hi * c = t * (iR D * (a + c)) ->
  eval (on_interval lo hi D p) a c * (iR D * (a + c)) = polynomial p t * (iR D * (a + c)) ^+ size p.
Proof.
move=> E; elim: p => [|x p IH] /=; first by rewrite !mul0r.
rewrite eval_sums; last by rewrite size_map size_binomials size_times_line size_on_interval.
rewrite eval_scaled eval_binomials eval_times_line iR0 mulr0 mul0r addr0 E iRM iR_power mulrDl.
have -> : t * (iR D * (a + c)) * eval (on_interval lo hi D p) a c * (iR D * (a + c)) =
  t * (iR D * (a + c)) * (eval (on_interval lo hi D p) a c * (iR D * (a + c))) by ring.
by rewrite IH exprS exprMn; ring.
Qed.

Lemma size_shifted l : size (shifted l) = size l.
Proof. by elim: l => //= x l <-; case: (shifted l) => [|y r] //=; rewrite size_times_line. Qed.
Lemma eval_shifted l a c : eval (shifted l) a c = eval l (a + c) c.
Proof.
elim: l => //= x l IH; have := eval_times_line 1 1 0 (shifted l) a c; have := size_times_line 1 1 0 (shifted l).
case: (times_line _ _ _ _) => //= y r [s] E; rewrite iRD mulrDl -addrA E IH s size_shifted iR1 iR0; ring.
Qed.
Lemma size_doubled s l : size (doubled s l) = size l.
Proof. by elim: l s => //= x l IH s; rewrite IH. Qed.
Lemma eval_doubled s l a c : eval (doubled s l) a c = iR s * eval l (2 * a) c.
Proof. by elim: l s => [|x l IH] s /=; rewrite ?mulr0 // IH size_doubled !iRM iR2; ring. Qed.
Lemma eval_half l a c : eval (half l) a c = eval l (2 * a + c) c.
Proof. by rewrite /half eval_doubled iR1 mul1r eval_shifted. Qed.

Lemma eval_rcons l x a c : eval (rcons l x) a c = c * eval l a c + iR x * a ^+ size l.
Proof. by elim: l => [|y l IH] /=; rewrite ?expr0 ?mulr0 ?add0r ?addr0 // IH size_rcons !exprS; ring. Qed.
Lemma eval_rev l a c : eval (rev l) a c = eval l c a.
Proof. by elim: l => //= x l IH; rewrite rev_cons eval_rcons IH size_rev; ring. Qed.
Lemma eval_homogeneous l s a c : s * eval l (s * a) (s * c) = s ^+ size l * eval l a c.
Proof.
elim: l => [|x l IH] /=; first by rewrite !mulr0.
have E : s * (s * a * eval l (s * a) (s * c)) = s * a * (s * eval l (s * a) (s * c)) by ring.
by rewrite mulrDr E IH exprMn exprS; ring.
Qed.

Lemma positive_sound fuel l a c : positive fuel l -> 0 <= a -> 0 <= c -> 0 <= eval l a c.
Proof.
have signs k a' c' : all (Z.leb 0) k -> 0 <= a' -> 0 <= c' -> 0 <= eval k a' c'.
  move=> + a0 c0; elim: k => //= x k IH /andP [x0 /IH e0].
  by rewrite addr_ge0 // mulr_ge0 ?exprn_ge0 ?iR_ge0.
elim: fuel l a c => [|fuel IH] l a c /=; first by case: ifP => // ok _; apply: signs.
case: ifP => [ok _|_]; first exact: signs.
case: ifP => // _; case: ifP => // below above a0 c0.
have one k x z : positive fuel (half k) -> 0 <= z -> z <= x -> 0 <= eval k x z.
  move=> h z0 zx; have := IH _ (x - z) (2 * z) h; rewrite subr_ge0 zx mulr_ge0 // => /(_ isT isT).
  rewrite eval_half; have -> : 2 * (x - z) + 2 * z = 2 * x by ring.
  move=> /(mulr_ge0 (ler0n R 2)); rewrite eval_homogeneous pmulr_rge0 // exprn_gt0 //.
have [ac|/ltW ca] := leP c a; first exact: one.
by rewrite -[l]revK eval_rev; apply: one.
Qed.

Theorem not_negative_sound p lo hi D t : not_negative p lo hi D -> iR lo / iR D <= t <= iR hi / iR D -> 0 <= polynomial p t.
Proof.
case/and3P => lohi D0 pos; have {}D0 := iR_gt0 R D0; have {}lohi := iR_lt R lohi.
rewrite ler_pdivrMr // ler_pdivlMr // => /andP [t0 t1].
have a0 : 0 <= iR hi - t * iR D by rewrite subr_ge0.
have c0 : 0 <= t * iR D - iR lo by rewrite subr_ge0.
have E : iR lo * (iR hi - t * iR D) + iR hi * (t * iR D - iR lo)
    = t * (iR D * (iR hi - t * iR D + (t * iR D - iR lo))) by ring.
have s0 : 0 < iR D * (iR hi - t * iR D + (t * iR D - iR lo)).
  have -> : iR hi - t * iR D + (t * iR D - iR lo) = iR hi - iR lo :> R by ring.
  by rewrite mulr_gt0 // subr_gt0.
have := mulr_ge0 (positive_sound pos a0 c0) (ltW s0); rewrite (eval_on_interval p E) pmulr_lge0 // exprn_gt0 //.
Qed.
End Sound.
