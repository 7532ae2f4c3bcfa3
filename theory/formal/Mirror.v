(* The pairs seen from the right: a graph, its transpose, and what both share. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Minimisers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Mirror.
Variables (R : rcfType) (n m k : nat) (P : graph R n m).

Fact mirror_ge0 l x : 0 <= (P^T : 'M[R]_(m, n)) l x. Proof. by rewrite mxE weight_ge0. Qed.
Fact mirror_sum : \sum_l \sum_x (P^T : 'M[R]_(m, n)) l x = 1.
Proof. by rewrite -(weight_sum P) exchange_big; apply: eq_bigr => x _; apply: eq_bigr => l _; rewrite mxE. Qed.
Fact mirror_left l : 0 < \sum_x (P^T : 'M[R]_(m, n)) l x.
Proof. by rewrite (eq_bigr (fun x => P x l)) ?right_gt0 // => x _; rewrite mxE. Qed.
Fact mirror_right x : 0 < \sum_l (P^T : 'M[R]_(m, n)) l x.
Proof. by rewrite (eq_bigr (fun l => P x l)) ?left_gt0 // => l _; rewrite mxE. Qed.
Definition mirror : graph R m n := Graph mirror_ge0 mirror_sum mirror_left mirror_right.

Lemma mirror_pL l : pL mirror l = pR P l. Proof. by apply: eq_bigr => x _; rewrite mxE. Qed.
Lemma mirror_pR x : pR mirror x = pL P x. Proof. by apply: eq_bigr => l _; rewrite mxE. Qed.
Lemma mirror_normalised : normalised mirror = (normalised P)^T.
Proof. by apply/matrixP => l x; rewrite !mxE mirror_pL mirror_pR [Num.sqrt _ * _]mulrC. Qed.
Lemma mirror_hop : hop mirror = (normalised P)^T *m normalised P.
Proof. by rewrite /hop mirror_normalised trmxK. Qed.
Lemma mirror_weighted p (g : 'M[R]_(m, p)) : weightedL mirror g = weightedR P g.
Proof. by apply/matrixP => l i; rewrite !mxE mirror_pL. Qed.

Lemma mirror_loss (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) : spectral_loss mirror g f = spectral_loss P f g.
Proof.
have E x l : (g *m f^T) l x = (f *m g^T) x l by rewrite -[f in LHS]trmxK -[in LHS](trmxK g) -trmx_mul trmxK mxE.
rewrite /spectral_loss; congr (_ * _ + _); rewrite exchange_big; apply: eq_bigr => x _; apply: eq_bigr => l _.
  by rewrite [weight _ l x]mxE E.
by rewrite mirror_pL mirror_pR E [pR P l * _]mulrC.
Qed.

Lemma mirror_minimiser (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) : minimiser P f g -> minimiser mirror g f.
Proof. by move=> best g' f'; rewrite !mirror_loss. Qed.

Lemma mirror_alphaT r (z : 'I_m -> 'I_r) : alphaT mirror z = tau P z.
Proof.
apply: eq_bigr => l _; apply: eq_bigr => l' _; congr (_ * _); apply: eq_bigr => x _.
by rewrite mirror_pR ![weight _ _ x]mxE.
Qed.

(* both sides have the same singular values *)
Lemma mirror_tail b : 0 <= b -> tail_le k P b -> tail_le k mirror b.
Proof.
move=> b0 [V tail]; exists ((normalised P)^T *m V) => x; rewrite mulmxA => xV.
pose v := normalised P *m x; have vV : v^T *m V = 0 by rewrite /v trmx_mul.
have := tail v vV; rewrite form_gram.
have fE : form (hop mirror) x = sqnorm v.
  by rewrite mirror_hop /form /v [RHS]sqnorm_tr trmx_mul !mulmxA.
rewrite fE => le.
have inner : sqnorm v = \tr (x^T *m ((normalised P)^T *m v)) by rewrite sqnorm_tr /v trmx_mul !mulmxA.
have := sqnorm_ge0 (b *: x - (normalised P)^T *m v).
rewrite sqnormD sqnormN sqnormZ mulmxN linearN /= linearZ /= -scalemxAl linearZ /= -inner.
have [bz|bn] := eqVneq b 0.
  move=> _; move: le; rewrite bz mul0r => z; rewrite mul0r.
  have /sqnorm_eq0 E : sqnorm ((normalised P)^T *m v) = 0 by apply/le_anti; rewrite z sqnorm_ge0.
  by rewrite inner E mulmx0 mxtrace0.
have bp : 0 < b by rewrite lt_neqAle eq_sym bn.
move=> h; rewrite -(ler_pM2l bp); move: le h; rewrite expr2; lra.
Qed.
End Mirror.
