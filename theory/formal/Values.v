(* The definitions of Statements.v, computed in fractions, on graphs that are given in integers: the Python quantities
   are compared with these values. *)
From Coq Require Import ZArith QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify ring lra.
From Pairbounds Require Import Statements Integers Place.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* labels of the right side; embeddings of width k; a probe, over a denominator *)
Record embedding := Embedding {
  right_labels : seq nat; k_of : nat; left_features : seq (seq Z); right_features : seq (seq Z);
  probe_of : seq (seq Z); probe_den : Z }.

Definition same (a b : nat) : bool := a == b.

Section Computed.
Variables (G : problem) (E : embedding).
Local Notation n := (n_left G).
Local Notation m := (n_right G).
Local Notation r := (last_class G).+1.
Local Open Scope Q_scope.
Definition qsum (p : nat) (f : nat -> Q) : Q := foldr (fun i acc => Qred (f i + acc)) 0 (iota 0 p).
Definition one_if (b : bool) : Q := if b then 1 else 0.
Definition entry (M : seq (seq Z)) i j : Z := nth Z0 (line M i) j.
Definition y_ i : nat := nth O (labels G) i.
Definition z_ l : nat := nth O (right_labels E) l.
Definition q_weight i l : Q := inject_Z (entry (weights G) i l) / inject_Z (total G).
Definition q_left i : Q := qsum m (fun l => q_weight i l).
Definition q_right l : Q := qsum n (fun i => q_weight i l).
Definition q_induced i j : Q := qsum m (fun l => q_weight i l * q_weight j l / q_right l).
Definition q_induced_right l l' : Q := qsum n (fun i => q_weight i l * q_weight i l' / q_left i).
Definition q_alpha : Q := qsum n (fun i => qsum m (fun l => q_weight i l * one_if (~~ same (y_ i) (z_ l)))).
Definition q_alphaT : Q := qsum n (fun i => qsum n (fun j => q_induced i j * one_if (~~ same (y_ i) (y_ j)))).
Definition q_tau : Q := qsum m (fun l => qsum m (fun l' => q_induced_right l l' * one_if (~~ same (z_ l) (z_ l')))).
Definition q_mass c : Q := qsum n (fun i => q_left i * one_if (same (y_ i) c)).
Fixpoint q_walk j c i : Q :=
  if j is j'.+1 then qsum n (fun i' => q_induced i i' / q_left i * q_walk j' c i') else one_if (same (y_ i) c).
Definition q_consistency j : Q := qsum n (fun i => q_left i * q_walk j (y_ i) i).
Definition q_product i l : Q :=
  inject_Z (zsum (k_of E) (fun a => Z.mul (entry (left_features E) i a) (entry (right_features E) l a))).
Definition q_loss : Q :=
  - (2) * qsum n (fun i => qsum m (fun l => q_weight i l * q_product i l))
  + qsum n (fun i => qsum m (fun l => q_left i * q_right l * (q_product i l * q_product i l))).
Definition q_score i c : Q :=
  inject_Z (zsum (k_of E) (fun a => Z.mul (entry (left_features E) i a) (entry (probe_of E) a c))) / inject_Z (probe_den E).
Definition q_mse : Q := qsum n (fun i => q_left i *
  qsum r (fun c => (q_score i c - one_if (same (y_ i) c)) * (q_score i c - one_if (same (y_ i) c)))).
Definition q_errs (s : nat -> Q) c : bool := has (fun c' => ~~ same c' c && Qle_bool (s c) (s c')) (iota 0 r).
Definition q_error : Q := qsum n (fun i => q_left i * one_if (q_errs (q_score i) (y_ i))).
Definition q_ballots l c : Q := qsum n (fun i => q_weight i l * one_if (~~ q_errs (q_score i) c)).
Definition q_ballot_error : Q := qsum m (fun l => q_right l * one_if (q_errs (q_ballots l) (z_ l))).
Definition q_prototype i c : Q := qsum m (fun l => q_right l * one_if (same (z_ l) c) * q_product i l).
Definition q_zero_shot_error : Q := qsum n (fun i => q_left i * one_if (q_errs (q_prototype i) (y_ i))).
Definition values : seq Q :=
  [:: q_alpha; q_alphaT; q_tau; q_loss; q_mse; q_error; q_ballot_error; q_zero_shot_error]
  ++ [seq q_mass c | c <- iota 0 r] ++ [seq q_consistency j | j <- iota 0 4].
End Computed.

Section Sound.
Variable R : rcfType.
Definition iQ (q : Q) : R := iR (Qnum q) / iR (Zpos (Qden q)).

Lemma pos_neq0 p : iR (Zpos p) != 0 :> R. Proof. by rewrite gt_eqF // iR_gt0. Qed.
Lemma iQ_eq a b : Qeq a b -> iQ a = iQ b.
Proof.
rewrite /Qeq /iQ => h; apply/eqP; rewrite eqr_div ?pos_neq0 // -!iRM; apply/eqP; congr iR; lia.
Qed.
Lemma iQ_red q : iQ (Qred q) = iQ q. Proof. by apply/iQ_eq/Qred_correct. Qed.
Lemma iQD a b : iQ (Qplus a b) = iQ a + iQ b.
Proof. by rewrite /iQ /= Pos2Z.inj_mul !iRD !iRM; field; rewrite !pos_neq0. Qed.
Lemma iQM a b : iQ (Qmult a b) = iQ a * iQ b.
Proof. by rewrite /iQ /= Pos2Z.inj_mul !iRM; field; rewrite !pos_neq0. Qed.
Lemma iQN a : iQ (Qopp a) = - iQ a.
Proof.
rewrite /iQ /= -mulNr; congr (_ / _); have -> : Z.opp (Qnum a) = Z.sub Z0 (Qnum a) by lia.
by rewrite iRB iR0 sub0r.
Qed.
Lemma iQB a b : iQ (Qminus a b) = iQ a - iQ b. Proof. by rewrite /Qminus iQD iQN. Qed.
Lemma iQV a : iQ (Qinv a) = (iQ a)^-1.
Proof.
case: a => [[|p|p] d]; rewrite /iQ /Qinv /=; first by rewrite !mul0r invr0.
  by rewrite invf_div.
have N s : iR (Zneg s) = - iR (Zpos s) :> R.
  by have -> : Zneg s = Z.sub Z0 (Zpos s) by []; rewrite iRB iR0 sub0r.
by rewrite !N !mulNr invrN invf_div.
Qed.
Lemma iQ_div a b : iQ (Qdiv a b) = iQ a / iQ b. Proof. by rewrite /Qdiv iQM iQV. Qed.
Lemma iQ_Z z : iQ (inject_Z z) = iR z. Proof. by rewrite /iQ /= iR1 divr1. Qed.
Lemma iQ0 : iQ (0 # 1) = 0. Proof. by rewrite /iQ iR0 mul0r. Qed.
Lemma iQ_if b : iQ (one_if b) = b%:R. Proof. by case: b; [rewrite /iQ divff // pos_neq0|exact: iQ0]. Qed.
Lemma iQ_sum p f : iQ (qsum p f) = \sum_(i < p) iQ (f i).
Proof.
rewrite -(big_mkord xpredT (fun i => iQ (f i))) /index_iota subn0 /qsum.
elim: (iota 0 p) => [|i s IH]; first by rewrite big_nil iQ0.
by rewrite big_cons -IH -iQD -[RHS]iQ_red.
Qed.
Lemma iQ_le a b : Qle_bool a b = (iQ a <= iQ b).
Proof.
rewrite /Qle_bool /iQ ler_pdivrMr ?iR_gt0 // mulrAC ler_pdivlMr ?iR_gt0 // -!iRM /iR ler_int; lia.
Qed.
End Sound.

Section Graph.
Variables (R : rcfType) (G : problem) (E : embedding) (ok : graph_ok G).
Hypothesis zok : all (fun c => c <= last_class G)%N (right_labels E).
Local Notation n := (n_left G).
Local Notation m := (n_right G).
Local Notation r := (last_class G).+1.
Local Notation P := (graph_of R ok).
Local Notation y := (@label_of G).
Definition right_label (l : 'I_m) : 'I_r := inord (z_ E l).
Local Notation z := right_label.
Local Notation Q := (iQ R).
Definition left_of : 'M[R]_(n, k_of E) := \matrix_(i, a) iR (entry (left_features E) i a).
Definition right_of : 'M[R]_(m, k_of E) := \matrix_(l, a) iR (entry (right_features E) l a).
Definition probe_matrix : 'M[R]_(k_of E, r) := \matrix_(a, c) (iR (entry (probe_of E) a c) / iR (probe_den E)).
Local Notation f := left_of.
Local Notation g := right_of.
Local Notation B := probe_matrix.

Lemma y_le i : (y_ G i <= last_class G)%N.
Proof.
have /andP [/and4P [_ _ _ a] _] := ok; have [lt|le] := ltnP i (size (labels G)); last by rewrite /y_ nth_default.
by apply: (allP a); rewrite mem_nth.
Qed.
Lemma z_le l : (z_ E l <= last_class G)%N.
Proof.
have [lt|le] := ltnP l (size (right_labels E)); last by rewrite /z_ nth_default.
by apply: (allP zok); rewrite mem_nth.
Qed.
Lemma y_at i : y i = y_ G i :> nat. Proof. by rewrite /label_of inordK // ltnS y_le. Qed.
Lemma z_at l : z l = z_ E l :> nat. Proof. by rewrite /right_label inordK // ltnS z_le. Qed.
Lemma same_if (a b : 'I_r) (c d : nat) : a = c :> nat -> b = d :> nat -> Q (one_if (same c d)) = (a == b)%:R.
Proof. by move=> <- <-; rewrite iQ_if. Qed.
Lemma differ_if (a b : 'I_r) (c d : nat) : a = c :> nat -> b = d :> nat -> Q (one_if (~~ same c d)) = (a != b)%:R.
Proof. by move=> <- <-; rewrite iQ_if. Qed.

Lemma weightE (i : 'I_n) (l : 'I_m) : Q (q_weight G i l) = P i l. Proof. by rewrite iQ_div !iQ_Z mxE. Qed.
Lemma leftE (i : 'I_n) : Q (q_left G i) = pL P i.
Proof. by rewrite iQ_sum; apply: eq_bigr => l _; apply: weightE. Qed.
Lemma rightE (l : 'I_m) : Q (q_right G l) = pR P l.
Proof. by rewrite iQ_sum; apply: eq_bigr => i _; apply: weightE. Qed.
Lemma inducedE (i j : 'I_n) : Q (q_induced G i j) = induced P i j.
Proof. by rewrite iQ_sum; apply: eq_bigr => l _; rewrite iQ_div iQM !weightE rightE. Qed.
Lemma induced_rightE (l l' : 'I_m) : Q (q_induced_right G l l') = induced_right P l l'.
Proof. by rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQ_div iQM !weightE leftE. Qed.
Lemma alphaE : Q (q_alpha G E) = alpha P y z.
Proof.
rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQ_sum; apply: eq_bigr => l _.
by rewrite iQM weightE (differ_if (y_at i) (z_at l)).
Qed.
Lemma alphaTE : Q (q_alphaT G) = alphaT P y.
Proof.
rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQ_sum; apply: eq_bigr => j _.
by rewrite iQM inducedE (differ_if (y_at i) (y_at j)).
Qed.
Lemma tauE : Q (q_tau G E) = tau P z.
Proof.
rewrite iQ_sum; apply: eq_bigr => l _; rewrite iQ_sum; apply: eq_bigr => l' _.
by rewrite iQM induced_rightE (differ_if (z_at l) (z_at l')).
Qed.
Lemma massE (c : 'I_r) : Q (q_mass G c) = mass P y c.
Proof. by rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQM leftE (same_if (y_at i) (erefl (c : nat))). Qed.
Lemma walkE j (c : 'I_r) (i : 'I_n) : Q (q_walk G j c i) = walk P y j c i.
Proof.
elim: j i => [|j IH] i; first exact: same_if (y_at i) (erefl (c : nat)).
by rewrite /= iQ_sum; apply: eq_bigr => i' _; rewrite iQM iQ_div inducedE leftE IH.
Qed.
Lemma consistencyE j : Q (q_consistency G j) = consistency P y j.
Proof. by rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQM leftE -walkE y_at. Qed.
Lemma productE (i : 'I_n) (l : 'I_m) : Q (q_product E i l) = (f *m g^T) i l.
Proof. by rewrite iQ_Z iR_zsum mxE; apply: eq_bigr => a _; rewrite iRM !mxE. Qed.
Lemma lossE : Q (q_loss G E) = spectral_loss P f g.
Proof.
rewrite iQD iQM iQN !iQ_sum; congr (_ * _ + _).
- by rewrite -[Qmake _ _]/(inject_Z 2) iQ_Z iR2.
- by apply: eq_bigr => i _; rewrite iQ_sum; apply: eq_bigr => l _; rewrite iQM weightE productE.
by apply: eq_bigr => i _; rewrite iQ_sum; apply: eq_bigr => l _; rewrite !iQM leftE rightE productE -expr2.
Qed.
Lemma scoreE (i : 'I_n) (c : 'I_r) : Q (q_score E i c) = (f *m B) i c.
Proof.
rewrite iQ_div !iQ_Z iR_zsum mxE mulr_suml; apply: eq_bigr => a _; by rewrite iRM !mxE mulrA.
Qed.
Lemma mseE : Q (q_mse G E) = mse P y f B.
Proof.
rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQM leftE iQ_sum; congr (_ * _); apply: eq_bigr => c _.
by rewrite iQM iQB scoreE (same_if (y_at i) (erefl (c : nat))) expr2.
Qed.
Lemma errsE (s : nat -> QArith_base.Q) (t : 'I_r -> R) (c : 'I_r) : (forall c' : 'I_r, Q (s c') = t c') ->
  q_errs G s c = errs t c.
Proof.
move=> st; apply/hasP/existsP => [[i]|[c' /andP [ne le]]].
  rewrite mem_iota add0n => /andP [_ lt] /andP [ne le]; exists (Ordinal lt).
  by rewrite -val_eqE /= ne -!st -(iQ_le R).
exists (c' : nat); first by rewrite mem_iota add0n /= ltn_ord.
by rewrite /same val_eqE ne (iQ_le R) !st.
Qed.
Lemma errorE : Q (q_error G E) = error P y f B.
Proof.
rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQM leftE iQ_if -y_at; congr (_ * (nat_of_bool _)%:R).
by apply: errsE => c; apply: scoreE.
Qed.
Lemma ballotsE (l : 'I_m) (c : 'I_r) : Q (q_ballots G E l c) = ballots P f B l c.
Proof.
rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQM weightE iQ_if; congr (_ * (nat_of_bool (~~ _))%:R).
by apply: errsE => c'; apply: scoreE.
Qed.
Lemma ballot_errorE : Q (q_ballot_error G E) = ballot_error P z f B.
Proof.
rewrite iQ_sum; apply: eq_bigr => l _; rewrite iQM rightE iQ_if -z_at; congr (_ * (nat_of_bool _)%:R).
by apply: errsE => c; apply: ballotsE.
Qed.
Lemma zero_shot_errorE : Q (q_zero_shot_error G E) = zero_shot_error P y z f g.
Proof.
rewrite iQ_sum; apply: eq_bigr => i _; rewrite iQM leftE iQ_if -y_at; congr (_ * (nat_of_bool _)%:R).
apply: errsE => c; rewrite iQ_sum; apply: eq_bigr => l _.
by rewrite !iQM rightE productE (same_if (z_at l) (erefl (c : nat))).
Qed.

Theorem values_sound : map Q (values G E) =
  [:: alpha P y z; alphaT P y; tau P z; spectral_loss P f g; mse P y f B; error P y f B; ballot_error P z f B;
      zero_shot_error P y z f g]
  ++ [seq mass P y c | c <- enum 'I_r] ++ [seq consistency P y j | j <- iota 0 4].
Proof.
rewrite !map_cat; congr (_ ++ (_ ++ _)).
- by rewrite /= alphaE alphaTE tauE lossE mseE errorE ballot_errorE zero_shot_errorE.
- by rewrite -val_enum_ord -!map_comp; apply: eq_map => c; apply: massE.
by rewrite -map_comp; apply: eq_map => j; apply: consistencyE.
Qed.
End Graph.
