(* What shows that features are the best, and a probe, and a head of least norm: the conditions that a graph of a few
   nodes meets exactly. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Exact.
Variables (R : rcfType) (n m k r : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (S : pred 'I_n) (f : 'M[R]_(n, k)).

Lemma exact_best (g : 'M[R]_(m, k)) : (forall x l, P x l = pL P x * pR P l * (f *m g^T) x l) -> minimiser P f g.
Proof.
move=> E f' g'; rewrite !loss_factorisation lerD2r (_ : _ - _ = 0) ?sqnorm0 ?sqnorm_ge0 //; apply/matrixP => x l.
rewrite [LHS]mxE [(- _ : 'M_(_, _)) _ _]mxE weighted_prod [normalised _ _ _]mxE E [RHS]mxE.
have s0 := mulf_neq0 (sqrtL_neq0 P x) (sqrtR_neq0 P l); rewrite -{1}(sqrtL2 P x) -{1}(sqrtR2 P l) mulrACA.
by rewrite [_ * _ * (f *m _) x l]mulrAC mulfK ?subrr.
Qed.

Lemma normal_equations (B : 'M[R]_(k, r)) :
  (forall i c, \sum_x pL P x * f x i * ((f *m B) x c - (y x == c)%:R) = 0) -> least_squares P y f B.
Proof.
move=> E B'; have -> : mse P y f B' = mse P y f B + sqnorm (weightedL P f *m (B' - B)); last first.
  by rewrite lerDl sqnorm_ge0.
rewrite !mseE; set F := weightedL P f; have -> : F *m B' - Y P y = (F *m B - Y P y) + F *m (B' - B).
  by rewrite mulmxBr [RHS]addrC addrA subrK.
rewrite sqnormD mulmxA (_ : _ *m F = 0) ?mul0mx ?mxtrace0 ?mulr0 ?addr0 //; apply/matrixP => c i.
rewrite [LHS]mxE [RHS]mxE -[RHS](E i c); apply: eq_bigr => x _.
rewrite [_^T _ _]mxE [(_ - _ : 'M_(_, _)) x c]mxE weighted_mul [(- _ : 'M_(_, _)) _ _]mxE [Y _ _ _ _]mxE -mulrBr.
by rewrite [F _ _]mxE -[X in _ = X * _ * _](sqrtL2 P x); ring.
Qed.
Let fits B := forall x, S x -> forall c, (f *m B) x c = (y x == c)%:R.
Lemma exact_head B : fits B -> (forall B', fits B' -> sqnorm B <= sqnorm B') -> least_norm_head P y S f B.
Proof.
move=> fitB least; pose off B x : R := \sum_c ((f *m B) x c - (y x == c)%:R) ^+ 2.
have off0 B' x : 0 <= off B' x by apply: sumr_ge0 => c _; apply: sqr_ge0.
have ge0 B' x : 0 <= pL P x * off B' x by rewrite mulr_ge0 ?(ltW (pL_gt0 P x)).
have fit0 : mse_on P y S f B = 0.
  by rewrite /mse_on big1 // => x Sx; rewrite big1 ?mulr0 // => c _; rewrite fitB // subrr expr0n.
split=> [B'|B' best]; first by rewrite fit0; apply: sumr_ge0 => x _; apply: ge0.
apply: least => x Sx c; have /eqP : \sum_(x | S x) pL P x * off B' x = 0.
  by apply/le_anti; rewrite -[X in _ <= X]fit0 best sumr_ge0.
rewrite psumr_eq0 => [/allP /(_ x (mem_index_enum x))|i _]; last exact: ge0.
rewrite Sx mulf_eq0 gt_eqF ?pL_gt0 //= psumr_eq0 => [/allP /(_ c (mem_index_enum c))|d _]; last exact: sqr_ge0.
by rewrite sqrf_eq0 subr_eq0 => /eqP.
Qed.
End Exact.
