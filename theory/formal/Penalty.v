(* Every minimiser of the penalised loss: both factors have one Gram matrix, by stationarity, so that its space is
   invariant; and a direction of it is exchanged for no other. No nuclear norm is used. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers Spectrum Energies LowRank Stability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Factors.
Variables (R : rcfType) (n m k : nat) (A : 'M[R]_(n, m)) (mu : R).
Implicit Types (F : 'M[R]_(n, k)) (G : 'M[R]_(m, k)).

Definition penalised F G : R := sqnorm (A - F *m G^T) - sqnorm A + mu * (sqnorm F + sqnorm G).

Lemma penalisedE F G : penalised F G =
  - 2 * \tr (F^T *m (A *m G)) + \tr (F^T *m F *m (G^T *m G)) + mu * (\tr (F^T *m F) + \tr (G^T *m G)).
Proof.
rewrite /penalised sqnormB (sqnorm_tr F) (sqnorm_tr G) (sqnorm_tr (F *m G^T)) (trmx_mul F) trmxK.
have -> : \tr (A^T *m (F *m G^T)) = \tr (F^T *m (A *m G)).
  by rewrite -mxtrace_tr (trmx_mul A^T) (trmx_mul F) !trmxK -mulmxA mxtrace_mulC -mulmxA.
have -> : \tr (G *m F^T *m (F *m G^T)) = \tr (F^T *m F *m (G^T *m G)).
  by rewrite -mulmxA mxtrace_mulC !mulmxA.
ring.
Qed.

Lemma stationary_left F G : 0 < mu -> (forall F', penalised F G <= penalised F' G) ->
  A *m G = F *m (G^T *m G + mu%:M).
Proof.
move=> mu0 best; apply/eqP; rewrite -subr_eq0; set Z := _ - _; apply/eqP/sqnorm_eq0; pose N := G^T *m G.
have ZE : A *m G = Z + F *m N + mu *: F by rewrite /Z mulmxDr mul_mx_scalar -/N -addrA subrK.
clearbody Z; pose c := sqnorm (Z *m G^T) + mu * sqnorm Z.
have c0 : 0 <= c by rewrite addr_ge0 ?sqnorm_ge0 // mulr_ge0 ?sqnorm_ge0 // ltW.
have symN : N^T = N by rewrite /N trmx_mul trmxK.
have change t : penalised (F + t *: Z) G = penalised F G - 2 * t * sqnorm Z + t ^+ 2 * c.
  rewrite !penalisedE /c (sqnorm_tr Z) (sqnorm_tr (Z *m G^T)) (trmx_mul Z) trmxK -/N.
  have -> : (F + t *: Z)^T = F^T + t *: Z^T by rewrite linearD linearZ.
  have -> : \tr (G *m Z^T *m (Z *m G^T)) = \tr (Z^T *m Z *m N) by rewrite -mulmxA mxtrace_mulC !mulmxA.
  rewrite !(mulmxDl, mulmxDr) -!(scalemxAl, scalemxAr) ?mulmxDl -?scalemxAl !mxtraceD !mxtraceZ.
  have -> : \tr (F^T *m Z *m N) = \tr (Z^T *m F *m N).
    by rewrite -mxtrace_tr (trmx_mul (F^T *m Z)) (trmx_mul F^T) trmxK symN mxtrace_mulC.
  have -> : \tr (F^T *m Z) = \tr (Z^T *m F) by rewrite -mxtrace_tr (trmx_mul F^T) trmxK.
  have -> : \tr (Z^T *m (A *m G)) = \tr (Z^T *m Z) + \tr (Z^T *m F *m N) + mu * \tr (Z^T *m F).
    by rewrite ZE !mulmxDr -scalemxAr !mxtraceD mxtraceZ (mulmxA Z^T F N).
  ring.
have := best (F + (sqnorm Z / (c + 1)) *: Z); rewrite change.
have := sqnorm_ge0 Z; move: (sqnorm Z) (penalised F G) => s p s0 le.
have d0 : 0 < c + 1 by rewrite ltr_wpDl.
have E : p - 2 * (s / (c + 1)) * s + (s / (c + 1)) ^+ 2 * c = p - s ^+ 2 * ((c + 2) / (c + 1) ^+ 2).
  by field; rewrite gt_eqF.
move: le; rewrite E => le; have q0 : 0 < (c + 2) / (c + 1) ^+ 2.
  by rewrite divr_gt0 ?exprn_gt0 // ltr_wpDl.
have : s ^+ 2 * ((c + 2) / (c + 1) ^+ 2) <= 0 by lra.
by rewrite pmulr_lle0 // => h; apply/eqP; rewrite -sqrf_eq0 eq_le h sqr_ge0.
Qed.
End Factors.

Lemma penalised_mirror (R : rcfType) n m k (A : 'M[R]_(n, m)) mu (F : 'M[R]_(n, k)) (G : 'M[R]_(m, k)) :
  penalised A^T mu G F = penalised A mu F G.
Proof.
have E : (A - F *m G^T)^T = A^T - G *m F^T by rewrite linearB /= (trmx_mul F) trmxK.
by rewrite /penalised -E !sqnormT [sqnorm G + _]addrC.
Qed.

Section Optimum.
Variables (R : rcfType) (n m k : nat) (A : 'M[R]_(n, m)) (mu : R) (F : 'M[R]_(n, k)) (G : 'M[R]_(m, k)).
Hypotheses (mu0 : 0 < mu) (best : forall (F' : 'M[R]_(n, k)) (G' : 'M[R]_(m, k)), penalised A mu F G <= penalised A mu F' G').
Local Notation S := (A *m A^T).
Local Notation M := (F^T *m F).
Local Notation K := (M + mu%:M).

Lemma balanced : G^T *m G = M.
Proof.
have left := stationary_left mu0 (fun F' => best F' G).
have right : A^T *m F = G *m (F^T *m F + mu%:M).
  by apply: (stationary_left mu0) => G'; rewrite !penalised_mirror.
have E1 : F^T *m (A *m G) = M *m (G^T *m G) + mu *: M by rewrite left mulmxA mulmxDr mul_mx_scalar.
have E2 : (F^T *m (A *m G))^T = G^T *m G *m M + mu *: (G^T *m G).
  by rewrite trmx_mul (trmx_mul A) trmxK -(mulmxA G^T A^T F) right (mulmxA G^T G K) mulmxDr mul_mx_scalar.
have E3 : (F^T *m (A *m G))^T = G^T *m G *m M + mu *: M.
  by rewrite E1 linearD linearZ /= trmx_mul (trmx_mul G^T) (trmx_mul F^T) !trmxK.
move: E3; rewrite E2 => /addrI /(congr1 (fun X => mu^-1 *: X)); rewrite !scalerA mulVf ?scale1r // gt_eqF //.
Qed.

Lemma optimum_AG : A *m G = F *m K.
Proof. by rewrite (stationary_left mu0 (fun F' => best F' G)) balanced. Qed.

Lemma optimum_AF : A^T *m F = G *m K.
Proof. by apply: (stationary_left mu0) => G'; rewrite !penalised_mirror. Qed.

Lemma optimum_SF : S *m F = F *m K *m K.
Proof. by rewrite -mulmxA optimum_AF mulmxA optimum_AG. Qed.

Lemma K_sym : K^T = K.
Proof. by rewrite linearD /= trmx_mul trmxK tr_scalar_mx. Qed.

(* a direction v beyond the others for the direction d *)
Lemma exchange (d : 'cV[R]_k) (v : 'cV[R]_n) e :
  d^T *m d = 1%:M -> M *m d = e *: d -> (1%:M - d *m d^T) *m (F^T *m v) = 0 ->
  form S v <= (e + mu) ^+ 2 * sqnorm v.
Proof.
move=> dd Md Ev; rewrite leNgt; apply/negP => above.
pose D := d *m d^T; pose E : 'M[R]_k := 1%:M - D; pose w := A^T *m v; pose N := sqnorm v; pose W := sqnorm w.
have WE : form S v = W by rewrite form_gram.
have e0 : 0 <= e.
  have <- : sqnorm (F *m d) = e; last exact: sqnorm_ge0.
  by rewrite sqnorm_tr trmx_mul -mulmxA (mulmxA F^T) Md -scalemxAr dd linearZ /= mxtrace1 mulr1.
have N0 : 0 < N.
  rewrite /N; apply: sqnorm_gt0; apply: contraTneq above => ->.
  by rewrite /form mulmx0 mxtrace0 sqnorm0 mulr0 ltxx.
have symM : M^T = M by rewrite trmx_mul trmxK.
have symD : D^T = D by rewrite /D trmx_mul trmxK.
have symE : E^T = E by rewrite /E linearB /= trmx1 symD.
have DD : D *m D = D by rewrite /D -mulmxA (mulmxA d^T) dd mul1mx.
have ED : E *m D = 0 by rewrite /E mulmxBl mul1mx DD subrr.
have DE : D *m E = 0 by rewrite /E mulmxBr mulmx1 DD subrr.
have EE : E *m E = E by rewrite {2}/E mulmxBr mulmx1 ED subr0.
have dE : d^T *m E = 0 by rewrite /E mulmxBr mulmx1 /D mulmxA dd mul1mx subrr.
have dM : d^T *m M = e *: d^T by rewrite -{1}symM -trmx_mul Md linearZ.
have MD : M *m D = e *: D by rewrite /D mulmxA Md -scalemxAl.
have DM : D *m M = e *: D by rewrite /D -mulmxA dM -scalemxAr.
have EM : E *m M = M *m E by rewrite /E mulmxBl mulmxBr mulmx1 mul1mx MD DM.
have EK : E *m K = K *m E by rewrite mulmxDl mulmxDr EM mul_mx_scalar mul_scalar_mx.
have vv : v^T *m v = N%:M by rewrite [LHS]mx11_scalar -trace_mx11 -sqnorm_tr.
have ww : w^T *m w = W%:M by rewrite [LHS]mx11_scalar -trace_mx11 -sqnorm_tr.
have EFv : E *m F^T *m v = 0 by rewrite -mulmxA.
have vFE : v^T *m (F *m E) = 0 by apply: trmx_inj; rewrite trmx0 trmx_mul trmxK trmx_mul symE.
have wG : G^T *m w = K *m (F^T *m v).
  by rewrite /w mulmxA -trmx_mul optimum_AG trmx_mul K_sym mulmxA.
have EGw : E *m G^T *m w = 0 by rewrite -mulmxA wG mulmxA EK -mulmxA (mulmxA E) EFv mulmx0.
have wGE : w^T *m (G *m E) = 0 by apply: trmx_inj; rewrite trmx0 trmx_mul trmxK trmx_mul symE.
have Aw : F^T *m (A *m w) = K *m K *m (F^T *m v).
  have -> : F^T *m (A *m w) = (S *m F)^T *m v.
    by rewrite /w mulmxA trmx_mul (trmx_mul A) trmxK !mulmxA.
  by rewrite optimum_SF (trmx_mul (F *m K)) (trmx_mul F) K_sym !mulmxA.
have EFAw : E *m F^T *m (A *m w) = 0.
  by rewrite -(mulmxA E) Aw -(mulmxA K) (mulmxA E K) EK -(mulmxA K E) (mulmxA E K) EK -(mulmxA K E) (mulmxA E F^T) EFv !mulmx0.
have vA : v^T *m A = w^T by rewrite /w trmx_mul trmxK.
have [trD EX] : \tr D = 1 /\ E = 1%:M - D by rewrite /D mxtrace_mulC dd mxtrace1.
clearbody E.
have cost a b : penalised A mu (F *m E + a *: (v *m d^T)) (G *m E + b *: (w *m d^T)) =
   penalised A mu F G + e ^+ 2 - 2 * (a * b * W) + a ^+ 2 * N * (b ^+ 2 * W) + mu * (a ^+ 2 * N + b ^+ 2 * W).
  have gram p (X : 'M[R]_(p, k)) (x : 'cV[R]_p) c q : E *m X^T *m x = 0 -> x^T *m (X *m E) = 0 ->
      x^T *m x = q%:M ->
      (X *m E + c *: (x *m d^T))^T *m (X *m E + c *: (x *m d^T)) = E *m (X^T *m X) *m E + (c ^+ 2 * q) *: D.
    move=> X0 x0 xx.
    have -> : (X *m E + c *: (x *m d^T))^T = E *m X^T + c *: (d *m x^T).
      by rewrite linearD linearZ /= (trmx_mul X) (trmx_mul x) trmxK symE.
    rewrite mulmxDl !mulmxDr -!scalemxAl -!scalemxAr (mulmxA (E *m X^T) x) X0 mul0mx scaler0 addr0.
    rewrite -(mulmxA d x^T (X *m E)) x0 mulmx0 scaler0 add0r scalerA.
    by rewrite -(mulmxA d) (mulmxA x^T x) xx mul_scalar_mx -scalemxAr scalerA -expr2 !mulmxA.
  rewrite !penalisedE (gram _ _ _ _ _ EFv vFE vv) (gram _ _ _ _ _ EGw wGE ww) balanced.
  have -> : (F *m E + a *: (v *m d^T))^T = E *m F^T + a *: (d *m v^T).
    by rewrite linearD linearZ /= (trmx_mul F) (trmx_mul v) trmxK symE.
  have -> : \tr ((E *m F^T + a *: (d *m v^T)) *m (A *m (G *m E + b *: (w *m d^T)))) = \tr (E *m M *m K) + a * b * W.
    rewrite mulmxDr (mulmxA A G) -scalemxAr mulmxDl !mulmxDr -!scalemxAl -!scalemxAr.
    rewrite (mulmxA A w) (mulmxA (E *m F^T) (A *m w)) EFAw mul0mx scaler0 addr0.
    have -> : d *m v^T *m (A *m G *m E) = 0.
      by rewrite -!mulmxA (mulmxA v^T A) vA wGE mulmx0.
    rewrite scaler0 add0r scalerA mxtraceD mxtraceZ; congr (_ + _).
      rewrite optimum_AG; have -> : E *m F^T *m (F *m K *m E) = E *m (M *m K) *m E by rewrite !mulmxA.
      by rewrite mxtrace_mulC (mulmxA E E) EE (mulmxA E M) mulmxDr.
    rewrite -(mulmxA d) (mulmxA v^T) (mulmxA v^T A) vA ww mul_scalar_mx -scalemxAr linearZ /=.
    by rewrite mxtrace_mulC dd mxtrace1 mulr1.
  have trEM X : \tr (E *m X) = \tr X - \tr (D *m X) by rewrite EX mulmxBl mul1mx linearB.
  have EME : E *m M *m E = E *m M by rewrite EM -mulmxA EE.
  rewrite !EME mulmxDl !mulmxDr -!scalemxAl -!scalemxAr.
  have -> : E *m M *m (E *m M) = E *m (M *m M) by rewrite (mulmxA (E *m M) E M) EME -(mulmxA E M M).
  have -> : E *m M *m D = 0 by rewrite EM -mulmxA ED mulmx0.
  have -> : D *m (E *m M) = 0 by rewrite mulmxA DE mul0mx.
  rewrite DD mul_mx_scalar !scaler0 addr0 add0r !mxtraceD !mxtraceZ -(mulmxA E M M) !trEM !trD.
  have -> : \tr (D *m M) = e by rewrite DM mxtraceZ trD mulr1.
  have -> : \tr (D *m (M *m M)) = e ^+ 2 by rewrite mulmxA DM -scalemxAl DM scalerA mxtraceZ trD mulr1.
  rewrite optimum_AG (mulmxA F^T F K) mulmxDr mul_mx_scalar mxtraceD mxtraceZ; ring.
have [s [s0 sE]] : exists s : R, 0 <= s /\ W = s ^+ 2 * N.
  exists (Num.sqrt (W / N)); rewrite sqrtr_ge0 sqr_sqrtr ?divfK ?gt_eqF // divr_ge0 ?sqnorm_ge0 //.
have lt : e + mu < s.
  rewrite -(@ltr_pXn2r _ 2) ?nnegrE ?addr_ge0 // ?ltW //.
  by rewrite -(ltr_pM2r N0) -sE -WE.
have t0 : 0 < s - mu by lra.
have [a aE] : exists a : R, a ^+ 2 * N = s - mu.
  by exists (Num.sqrt ((s - mu) / N)); rewrite sqr_sqrtr ?divfK ?gt_eqF // divr_ge0 // ltW.
have := best (F *m E + a *: (v *m d^T)) (G *m E + (a / s) *: (w *m d^T)); rewrite cost.
have sn0 : s != 0 by rewrite gt_eqF // (le_lt_trans _ lt) // addr_ge0 // ltW.
have -> : a * (a / s) * W = s * (s - mu) by rewrite sE -aE; field.
have -> : (a / s) ^+ 2 * W = s - mu by rewrite sE -aE; field.
rewrite aE; move: (penalised _ _ _ _) => p.
have : e ^+ 2 < (s - mu) ^+ 2 by rewrite ltr_pXn2r ?nnegrE // ?ltW //; lra.
rewrite !expr2; lra.
Qed.
End Optimum.

Lemma form_diagonal (R : rcfType) n p (U S : 'M[R]_n) l (X : 'M[R]_(n, p)) :
  diagonalises U S l -> form S X = \sum_i l i * \sum_c (U *m X) i c ^+ 2.
Proof.
case=> UU US; have {1}-> : X = U^T *m (U *m X) by rewrite mulmxA (mulmx1C UU) mul1mx.
rewrite form_mul trmxK US -(mulmxA _ U) UU mulmx1 /form -mulmxA mul_diag_mx /mxtrace.
rewrite (eq_bigr (fun c => \sum_i l i * (U *m X) i c ^+ 2)) => [|c _].
  by rewrite exchange_big; apply: eq_bigr => i _; rewrite mulr_sumr.
by move: (U *m X) => Z; rewrite mxE; apply: eq_bigr => i _; rewrite !mxE; ring.
Qed.

Section Penalty.
Variables (R : rcfType) (n m k : nat) (P : graph R n m) (mu : R) (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)).
Hypotheses (mu0 : 0 < mu) (best : penalised_minimiser P mu f g).
Local Notation A := (normalised P).
Local Notation S := (hop P).
Local Notation F := (weightedL P f).
Local Notation G := (weightedR P g).
Local Notation Q := (colproj F).
Local Notation K := (F^T *m F + mu%:M).

Lemma penalised_lossE (f' : 'M[R]_(n, k)) (g' : 'M[R]_(m, k)) :
  penalised_loss P mu f' g' = penalised A mu (weightedL P f') (weightedR P g').
Proof.
rewrite /penalised_loss loss_factorisation /penalised; congr (_ + mu * (_ + _)).
  apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => i _.
  by rewrite mxE exprMn sqr_sqrtr // ltW ?pL_gt0.
apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => i _.
by rewrite mxE exprMn sqr_sqrtr // ltW ?pR_gt0.
Qed.

Lemma factors_best (F' : 'M[R]_(n, k)) (G' : 'M[R]_(m, k)) : penalised A mu F G <= penalised A mu F' G'.
Proof.
by have := best (unweightL P F') (unweightR P G'); rewrite !penalised_lossE unweightLK unweightRK.
Qed.

Lemma penalised_SF : S *m F = F *m K *m K.
Proof. exact: (optimum_SF mu0 factors_best). Qed.

Lemma penalised_commutes : Q *m S = S *m Q.
Proof.
have [symQ _] := colproj_ortho F.
have [B BE] := colproj_factor F 1%:M; rewrite mulmx1 in BE.
have E : Q *m (S *m Q) = S *m Q.
  rewrite -{2 3}BE (mulmxA S) penalised_SF -(mulmxA F) -(mulmxA F) (mulmxA Q F) colproj_id //.
have E' : (S *m Q)^T = Q *m S by rewrite (trmx_mul S) symQ hop_sym.
by rewrite -E' -E (trmx_mul Q) E' symQ -(mulmxA Q S Q).
Qed.

Section Directions.
Variables (D : 'M[R]_k) (e : 'I_k -> R).
Hypothesis gram : eigenbasis (F^T *m F) D e.

Lemma gram_diagonalises : diagonalises D (F^T *m F) e. Proof. exact: eigenbasis_diagonalises. Qed.

Lemma cube_diagonalises : diagonalises D (F^T *m F *m K *m K) (fun j => e j * (e j + mu) ^+ 2).
Proof.
have [DD DM] := gram_diagonalises; split=> //.
have DK : D *m K = diag_mx (\row_j (e j + mu)) *m D.
  rewrite mulmxDr DM mul_mx_scalar !mul_diag_mx; apply/matrixP => i j; rewrite !mxE; ring.
move: (F^T *m F) K DM DK => M' K' DM DK; rewrite !mulmxA DM -(mulmxA _ D) DK mulmxA -(mulmxA _ D) DK !mulmxA.
by rewrite -!mulmxA !mul_diag_mx; apply/matrixP => i j; rewrite !mxE; ring.
Qed.

Lemma inside_norm (c : 'cV[R]_k) : sqnorm (F *m c) = \sum_j e j * (D *m c) j 0 ^+ 2.
Proof.
rewrite -form1 form_mul mulmx1 (form_diagonal _ gram_diagonalises).
by apply: eq_bigr => j _; rewrite big_ord1.
Qed.

Lemma inside_form (c : 'cV[R]_k) : form S (F *m c) = \sum_j e j * (e j + mu) ^+ 2 * (D *m c) j 0 ^+ 2.
Proof.
rewrite form_mul -(mulmxA F^T S) penalised_SF !mulmxA (form_diagonal _ cube_diagonalises).
by apply: eq_bigr => j _; rewrite big_ord1.
Qed.

Lemma direction i j : (D *m (row j D)^T) i 0 = (i == j)%:R.
Proof. by have [DD _] := gram_diagonalises; rewrite tr_row -col_mul DD !mxE. Qed.

Lemma gram_ge0 j : 0 <= e j.
Proof.
have := sqnorm_ge0 (F *m (row j D)^T); rewrite inside_norm (bigD1 j) //= big1 => [|i /negPf ij].
  by rewrite direction eqxx -[true%:R]/(1 : R) expr1n mulr1 addr0.
by rewrite direction ij expr0n mulr0.
Qed.

(* a vector that meets the space in one direction only *)
Lemma outside_le j (v : 'cV[R]_n) : (forall i, i != j -> (D *m (F^T *m v)) i 0 = 0) ->
  form S v <= (e j + mu) ^+ 2 * sqnorm v.
Proof.
move=> others; have [DD DM] := gram_diagonalises.
have dd : row j D *m (row j D)^T = 1%:M.
  by apply/matrixP => a b; rewrite !ord1 tr_row -row_mul -col_mul DD !mxE eqxx.
apply: (exchange mu0 factors_best (d := (row j D)^T)); first by rewrite trmxK.
  have : row j D *m (F^T *m F) = e j *: row j D by rewrite -row_mul DM mul_diag_mx; apply/rowP => a; rewrite !mxE.
  by move=> /(congr1 trmx); rewrite (trmx_mul (row j D)) (trmx_mul F^T) trmxK linearZ.
have -> : F^T *m v = (row j D)^T *m ((D *m (F^T *m v)) j 0)%:M.
  rewrite -[LHS]mul1mx -(mulmx1C DD) -(mulmxA D^T); move: (D *m _) others => u others.
  apply/matrixP => a b; rewrite !ord1 mxE (bigD1 j) //= big1 => [|i ij]; last by rewrite others ?mulr0.
  by rewrite !mxE big_ord1 !mxE eqxx mulr1n addr0.
move: ((D *m (F^T *m v)) j 0) => s; move: (row j D) dd => d dd.
by rewrite trmxK mulmxA mulmxBl mul1mx -(mulmxA d^T d d^T) dd mulmx1 subrr mul0mx.
Qed.
End Directions.

Section Basis.
Variables (U : 'M[R]_n) (l : 'I_n -> R).
Hypothesis basis : eigenbasis S U l.

Lemma hop_row i : S *m (row i U)^T = l i *: (row i U)^T.
Proof. by apply: trmx_inj; rewrite trmx_mul hop_sym trmxK linearZ /= trmxK; case: basis. Qed.

Lemma penalised_kept b i : mu ^+ 2 <= b -> tail_le k P b -> b < l i -> Q *m (row i U)^T = (row i U)^T.
Proof.
move=> mub [V tail] above; have [symQ idQ] := colproj_ortho F.
apply/eqP; rewrite -subr_eq0 -opprB oppr_eq0; apply/negPn/negP => v0.
set v := _ - _ in v0; have v_gt0 := sqnorm_gt0 v0.
have vE : v = (1%:M - Q) *m (row i U)^T by rewrite mulmxBl mul1mx.
have FQ : F^T *m Q = F^T by rewrite -{1}symQ -trmx_mul colproj_id.
have Fv : F^T *m v = 0 by rewrite vE mulmxA mulmxBr mulmx1 FQ subrr mul0mx.
have Sv : S *m v = l i *: v.
  have comN : S *m (1%:M - Q) = (1%:M - Q) *m S by rewrite mulmxBr mulmxBl mulmx1 mul1mx penalised_commutes.
  by rewrite vE mulmxA comN -mulmxA hop_row -scalemxAr.
have formv : form S v = l i * sqnorm v by rewrite /form -mulmxA Sv -scalemxAr linearZ /= -sqnorm_tr.
clearbody v.
have symM : (F^T *m F)^T = F^T *m F by rewrite (trmx_mul F^T) trmxK.
have [D [e gram]] := eigenbasis_exists symM.
have e0 := gram_ge0 gram; have high j : b < (e j + mu) ^+ 2.
  apply: lt_le_trans above _; rewrite -(ler_pM2r v_gt0) -formv; apply: (outside_le gram) => a _.
  by rewrite Fv mulmx0 mxE.
have pos j : 0 < e j.
  rewrite lt_neqAle e0 andbT; apply/eqP => ej; have := high j; rewrite -ej add0r; by rewrite ltNge mub.
have ker0 : kermx ((row_mx F v)^T *m V) != 0.
  rewrite kermx_eq0 -row_leq_rank -ltnNge; apply: leq_ltn_trans (rank_leq_col _) _; by rewrite addn1.
have /rowV0Pn [c /sub_kermxP cV c0] := ker0.
pose a := lsubmx c; pose t := rsubmx c 0 0; pose w := F *m a^T.
have cE : c = row_mx a t%:M by rewrite -[LHS]hsubmxK; congr row_mx; rewrite [LHS]mx11_scalar.
have xE : (row_mx F v) *m c^T = w + t *: v.
  by rewrite cE tr_row_mx mul_row_col tr_scalar_mx mul_mx_scalar.
have wv : w^T *m v = 0 by rewrite /w (trmx_mul F) trmxK -mulmxA Fv mulmx0.
have normD : sqnorm (w + t *: v) = sqnorm w + t ^+ 2 * sqnorm v.
  by rewrite sqnormD -scalemxAr wv scaler0 mxtrace0 sqnormZ mulr0 addr0.
have formD' : form S (w + t *: v) = form S w + t ^+ 2 * form S v.
  have xT : (w + t *: v)^T = w^T + t *: v^T by rewrite linearD linearZ.
  have vw : v^T *m w = 0 by apply: trmx_inj; rewrite (trmx_mul v^T) trmxK wv trmx0.
  have c1 : w^T *m S *m v = 0 by rewrite -mulmxA Sv -scalemxAr wv scaler0.
  have c2 : v^T *m S *m w = 0.
    by apply: trmx_inj; rewrite (trmx_mul (v^T *m S)) (trmx_mul v^T) trmxK hop_sym mulmxA c1 trmx0.
  rewrite /form xT !mulmxDl !mulmxDr -!scalemxAl -!scalemxAr !mxtraceD !mxtraceZ c1 c2 mxtrace0; ring.
have := tail (w + t *: v); rewrite -{1}xE (trmx_mul (row_mx F v)) trmxK -mulmxA cV => /(_ erefl).
rewrite formD' normD formv /w (inside_form gram) (inside_norm gram) => le.
pose u := D *m a^T.
have terms j : 0 <= e j * ((e j + mu) ^+ 2 - b) * u j 0 ^+ 2.
  by rewrite mulr_ge0 ?sqr_ge0 // mulr_ge0 ?e0 // subr_ge0 ltW.
have tt : 0 <= t ^+ 2 * ((l i - b) * sqnorm v) by rewrite mulr_ge0 ?sqr_ge0 // mulr_ge0 ?subr_ge0 // ltW.
have total : \sum_j e j * ((e j + mu) ^+ 2 - b) * u j 0 ^+ 2 + t ^+ 2 * ((l i - b) * sqnorm v) <= 0.
  have -> : \sum_j e j * ((e j + mu) ^+ 2 - b) * u j 0 ^+ 2 =
      \sum_j e j * (e j + mu) ^+ 2 * u j 0 ^+ 2 - b * \sum_j e j * u j 0 ^+ 2.
    by rewrite mulr_sumr -sumrB; apply: eq_bigr => j _; ring.
  move: le; rewrite -/u; lra.
have t0 : t = 0.
  have : t ^+ 2 * ((l i - b) * sqnorm v) = 0.
    apply/le_anti; rewrite tt andbT; apply: le_trans total; rewrite lerDr; exact: sumr_ge0.
  by move=> /eqP; rewrite mulf_eq0 sqrf_eq0 mulf_eq0 subr_eq0 (gt_eqF above) (gt_eqF v_gt0) !orbF => /eqP.
have u0 : u = 0.
  have z : \sum_j e j * ((e j + mu) ^+ 2 - b) * u j 0 ^+ 2 = 0.
    apply/le_anti/andP; split; last by apply: sumr_ge0 => j _; apply: terms.
    by apply: le_trans total; rewrite lerDl.
  apply/matrixP => j j'; rewrite !ord1 [RHS]mxE; move/eqP: z; rewrite psumr_eq0 // => /allP /(_ j (mem_index_enum j)) /=.
  have pj : 0 < e j * ((e j + mu) ^+ 2 - b) by rewrite mulr_gt0 ?pos // subr_gt0 high.
  by rewrite mulf_eq0 (gt_eqF pj) /= sqrf_eq0 => /eqP.
have [DD _] := gram_diagonalises gram; move: c0; rewrite cE t0.
have -> : a = 0 by apply: trmx_inj; rewrite -[a^T]mul1mx -(mulmx1C DD) -mulmxA -/u u0 mulmx0 trmx0.
have -> : (0 : R)%:M = 0 :> 'M[R]_1 by apply/matrixP => i' j; rewrite !mxE mul0rn.
by rewrite row_mx0 eqxx.
Qed.

(* what is small is dropped: where each direction of the space has a larger value *)
Lemma dropped_below D e i : eigenbasis (F^T *m F) D e -> (forall j, 0 < e j -> l i < (e j + mu) ^+ 2) ->
  Q *m (row i U)^T = 0.
Proof.
move=> gram low; have e0 := gram_ge0 gram; have [c cE] := colproj_factor F (row i U)^T.
have Sz : S *m (Q *m (row i U)^T) = l i *: (Q *m (row i U)^T).
  by rewrite mulmxA -penalised_commutes -mulmxA hop_row -scalemxAr.
have formz : form S (F *m c) = l i * sqnorm (F *m c).
  by rewrite cE /form -mulmxA Sz -scalemxAr linearZ /= -sqnorm_tr.
rewrite -cE; apply: sqnorm_eq0; move: formz; rewrite (inside_form gram) (inside_norm gram) => E.
have terms j : 0 <= e j * ((e j + mu) ^+ 2 - l i) * (D *m c) j 0 ^+ 2.
  have := e0 j; rewrite le_eqVlt => /orP [/eqP <-|ej]; first by rewrite !mul0r.
  by rewrite mulr_ge0 ?sqr_ge0 // mulr_ge0 ?e0 // subr_ge0 ltW ?low.
have /eqP : \sum_j e j * ((e j + mu) ^+ 2 - l i) * (D *m c) j 0 ^+ 2 = 0.
  have -> : \sum_j e j * ((e j + mu) ^+ 2 - l i) * (D *m c) j 0 ^+ 2 =
      \sum_j e j * (e j + mu) ^+ 2 * (D *m c) j 0 ^+ 2 - l i * \sum_j e j * (D *m c) j 0 ^+ 2.
    by rewrite mulr_sumr -sumrB; apply: eq_bigr => j _; ring.
  by rewrite E subrr.
rewrite psumr_eq0 // => /allP all0; rewrite big1 // => j _.
have := e0 j; rewrite le_eqVlt => /orP [/eqP <-|ej]; first by rewrite mul0r.
have pj : 0 < e j * ((e j + mu) ^+ 2 - l i) by rewrite mulr_gt0 // subr_gt0 low.
by have := all0 j (mem_index_enum j); rewrite /= mulf_eq0 (gt_eqF pj) /= => /eqP ->; rewrite mulr0.
Qed.

Lemma penalised_dropped i : l i <= mu ^+ 2 -> Q *m (row i U)^T = 0.
Proof.
move=> le; have symM : (F^T *m F)^T = F^T *m F by rewrite (trmx_mul F^T) trmxK.
have [D [e gram]] := eigenbasis_exists symM; apply: (dropped_below gram) => j ej.
by apply: le_lt_trans le _; rewrite ltr_pXn2r ?nnegrE ?addr_ge0 ?ltW // ltrDr.
Qed.
End Basis.
End Penalty.
