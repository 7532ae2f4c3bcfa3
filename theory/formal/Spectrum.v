(* Real symmetric matrices over a real closed field have an orthonormal eigenbasis, sorted decreasingly. *)
From mathcomp Require Import all_ssreflect all_algebra fingroup perm.
From mathcomp Require Import ring lra.
From mathcomp.algebra Require Import spectral.
From mathcomp.real_closed Require Import complex.
From Pairbounds Require Import Statements Frobenius.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Spectrum.
Variable R : rcfType.

Lemma real_eigenvector n (S : 'M[R]_n.+1) :
  S^T = S -> exists l, exists2 v : 'rV[R]_n.+1, v *m S = l *: v & v != 0.
Proof.
move=> sym; have [a /eigenvalueP [v vS v0]] := eigenvalue_closed (map_mx (real_complex R) S) isT.
pose x := map_mx (@complex.Re R) v; pose z := map_mx (@complex.Im R) v.
have ReD : {morph @complex.Re R : s t / s + t >-> s + t} by case=> ? ? [].
have ImD : {morph @complex.Im R : s t / s + t >-> s + t} by case=> ? ? [].
have ReE : map_mx (@complex.Re R) (v *m map_mx (real_complex R) S) = x *m S.
  apply/rowP => j; rewrite !mxE (big_morph _ ReD erefl); apply: eq_bigr => i _; rewrite !mxE.
  by case: (v 0 i) => s t /=; rewrite mulr0 subr0.
have ImE : map_mx (@complex.Im R) (v *m map_mx (real_complex R) S) = z *m S.
  apply/rowP => j; rewrite !mxE (big_morph _ ImD erefl); apply: eq_bigr => i _; rewrite !mxE.
  by case: (v 0 i) => s t /=; rewrite mulr0 add0r.
case: a vS => s t vS.
have xS : x *m S = s *: x - t *: z.
  by rewrite -ReE vS; apply/rowP => j; rewrite !mxE; case: (v 0 j).
have zS : z *m S = s *: z + t *: x.
  by rewrite -ImE vS; apply/rowP => j; rewrite !mxE; case: (v 0 j).
have t0 : t = 0.
  have E : \tr (x *m S *m z^T) = \tr (z *m S *m x^T) by rewrite -mxtrace_tr !trmx_mul trmxK sym mulmxA.
  move: E; rewrite xS zS mulmxBl mulmxDl -!scalemxAl linearB linearD !linearZ /=.
  have -> : \tr (x *m z^T) = \tr (z *m x^T) by rewrite -mxtrace_tr trmx_mul trmxK.
  have sx : \tr (x *m x^T) = sqnorm x by rewrite -sqnormT sqnorm_tr trmxK.
  have sz : \tr (z *m z^T) = sqnorm z by rewrite -sqnormT sqnorm_tr trmxK.
  rewrite sx sz => E; apply/eqP; apply: contraNT v0 => t0.
  have E0 : sqnorm x + sqnorm z = 0.
    by apply: (mulfI t0); rewrite mulr0; move/eqP: E; rewrite -subr_eq0 => /eqP E; rewrite -oppr0 -[in RHS]E; ring.
  have x0 : sqnorm x = 0 by have := sqnorm_ge0 x; have := sqnorm_ge0 z; lra.
  have z0 : sqnorm z = 0 by lra.
  have {}x0 := sqnorm_eq0 x0; have {}z0 := sqnorm_eq0 z0.
  apply/eqP/rowP => j; have := congr1 (fun M : 'rV[R]_n.+1 => M 0 j) x0; have := congr1 (fun M : 'rV[R]_n.+1 => M 0 j) z0.
  by rewrite !mxE; case: (v 0 j) => ? ? /= -> ->.
move: xS zS; rewrite t0 !scale0r subr0 addr0 => xS zS.
have [x0|x0] := eqVneq x 0; last by exists s, x.
exists s, z => //; apply: contraNneq v0 => z0; apply/eqP/rowP => j.
have := congr1 (fun M : 'rV[R]_n.+1 => M 0 j) x0; have := congr1 (fun M : 'rV[R]_n.+1 => M 0 j) z0.
by rewrite !mxE; case: (v 0 j) => ? ? /= -> ->.
Qed.

Lemma householder n (v : 'rV[R]_(1 + n)) : v *m v^T = 1%:M ->
  exists H : 'M[R]_(1 + n), [/\ H^T = H, H *m H = 1%:M & row_mx 1%:M 0 *m H = v].
Proof.
move=> unit_v; pose e : 'rV[R]_(1 + n) := row_mx 1%:M 0; pose u := e - v.
have [/eqP|u0] := eqVneq u 0.
  by rewrite subr_eq0 => /eqP E; exists 1%:M; rewrite trmx1 !mulmx1.
have u_gt0 := sqnorm_gt0 u0; have uu : u *m u^T = (sqnorm u)%:M.
  by rewrite [LHS]mx11_scalar -trace_mx11 -sqnormT sqnorm_tr trmxK.
have ee : e *m e^T = 1%:M by rewrite /e tr_row_mx mul_row_col trmx0 mulmx0 addr0 trmx1 mulmx1.
have eu : e *m u^T = (sqnorm u / 2)%:M.
  have E : e *m v^T = v *m e^T by rewrite [LHS]mx11_scalar [RHS]mx11_scalar -!trace_mx11 -mxtrace_tr trmx_mul trmxK.
  have : u *m u^T = e *m u^T + e *m u^T.
    by rewrite /u linearB /= mulmxBl !mulmxBr ee unit_v E opprB.
  rewrite uu => E2; apply/matrixP => i j; have := congr1 (fun M : 'M[R]_1 => M i j) E2.
  rewrite !mxE !ord1 eqxx !mulr1n; lra.
exists (1%:M - (2 / sqnorm u) *: (u^T *m u)); split.
- by rewrite linearB linearZ /= trmx1 trmx_mul trmxK.
- rewrite mulmxBr mulmx1 mulmxBl mul1mx -scalemxAl -scalemxAr -mulmxA (mulmxA u) uu mul_scalar_mx -scalemxAr !scalerA.
  have -> : 2 / sqnorm u * (2 / sqnorm u * sqnorm u) = 2 / sqnorm u + 2 / sqnorm u by field; rewrite gt_eqF.
  by rewrite scalerDl opprB addrK subrK.
- rewrite -/e mulmxBr mulmx1 -scalemxAr mulmxA eu mul_scalar_mx scalerA.
  have -> : 2 / sqnorm u * (sqnorm u / 2) = 1 by field; rewrite gt_eqF.
  by rewrite scale1r /u opprB addrC subrK.
Qed.

Lemma spectral_real n (S : 'M[R]_n) : S^T = S ->
  exists U : 'M[R]_n, exists d : 'rV[R]_n, U *m U^T = 1%:M /\ U *m S = diag_mx d *m U.
Proof.
elim: n S => [|n IH] S sym.
  by exists 1%:M, 0; rewrite !flatmx0; split; apply/matrixP => - [].
have [l [w wS w0]] := real_eigenvector sym.
pose v : 'rV[R]_(1 + n) := (Num.sqrt (sqnorm w))^-1 *: w.
have w_gt0 := sqnorm_gt0 w0.
have vv : v *m v^T = 1%:M.
  rewrite /v linearZ /= -scalemxAl -scalemxAr scalerA [w *m _]mx11_scalar -trace_mx11.
  rewrite -[w in \tr (w *m _)]trmxK -sqnorm_tr sqnormT scale_scalar_mx -invfM -expr2 sqr_sqrtr ?ltW //.
  by rewrite mulVf ?gt_eqF.
have vS : v *m S = l *: v by rewrite /v -scalemxAl wS !scalerA mulrC.
have [H [symH HH eH]] := householder vv.
set e := row_mx 1%:M 0 in eH; pose M : 'M[R]_(1 + n) := H *m S *m H.
have symM : M^T = M by rewrite /M !trmx_mul symH sym mulmxA.
have eM : e *m M = l *: e by rewrite /M !mulmxA eH vS -scalemxAl -eH -mulmxA HH mulmx1.
have E : M = block_mx l%:M 0 0 (drsubmx M).
  have up : usubmx M = l *: e.
    rewrite -eM -[M in RHS]vsubmxK /e mul_row_col mul1mx mul0mx addr0 //.
  have ul : ulsubmx M = l%:M by rewrite /ulsubmx up /e scale_row_mx row_mxKl scalemx1.
  have ur : ursubmx M = 0 by rewrite /ursubmx up /e scale_row_mx row_mxKr scaler0.
  have dl : dlsubmx M = 0 by rewrite -symM -trmx_ursub ur trmx0.
  by rewrite -[LHS]submxK ul ur dl.
have [U' [d' [UU US]]] := IH (drsubmx M) (etrans (trmx_drsub M) (congr1 drsubmx symM)).
pose W : 'M[R]_(1 + n) := block_mx 1%:M 0 0 U'; pose d : 'rV[R]_(1 + n) := row_mx l%:M d'.
have WW : W *m W^T = 1%:M.
  rewrite /W tr_block_mx mulmx_block !trmx0 trmx1 !mulmx0 !mul0mx mulmx1 !addr0 add0r UU.
  by rewrite -scalar_mx_block.
have WM : W *m M = diag_mx d *m W.
  rewrite E /W /d mulmx_block !mulmx0 !mul0mx !addr0 !add0r mul1mx US.
  rewrite diag_mx_row mulmx_block !mulmx0 !mul0mx !addr0 !add0r mulmx1.
  by congr block_mx; apply/matrixP => i j; rewrite !mxE !ord1 eqxx.
exists (W *m H), d; split.
  by rewrite trmx_mul symH mulmxA -(mulmxA W) HH mulmx1.
have -> : W *m H *m S = W *m M *m H by rewrite /M !mulmxA -(mulmxA _ H H) HH mulmx1.
by rewrite WM mulmxA.
Qed.

Theorem eigenbasis_exists n (S : 'M[R]_n) : S^T = S -> exists U, exists l, eigenbasis S U l.
Proof.
move=> /spectral_real [U [d [UU US]]].
pose le i j := d 0 j <= d 0 i.
pose s := sort le (enum 'I_n).
have sz : size s == n by rewrite size_sort size_enum_ord.
pose p i := tnth (Tuple sz) i.
have p_inj : injective p.
  by apply/tuple_uniqP => /=; rewrite sort_uniq enum_uniq.
pose q := perm p_inj.
have UU' : row_perm q U *m (row_perm q U)^T = 1%:M.
  rewrite row_permE trmx_mul mulmxA -(mulmxA _ U) UU mulmx1 tr_perm_mx -perm_mxM.
  by rewrite mulgV perm_mx1.
exists (row_perm q U), (fun i => d 0 (q i)); split=> // [i|i j ij].
  have -> : row i (row_perm q U) = row (q i) U by apply/rowP => j; rewrite !mxE.
  by rewrite -row_mul US mul_diag_mx; apply/rowP => j; rewrite !mxE.
have st : sorted le s by apply: sort_sorted => a b; apply: le_total.
have tr : transitive le by move=> a b c h1 h2; apply: le_trans h2 h1.
have rf : reflexive le by move=> a; apply: lexx.
rewrite !permE /p !(tnth_nth i) /=; apply: (sorted_leq_nth tr rf i st) => //; by rewrite inE (eqP sz).
Qed.

End Spectrum.
