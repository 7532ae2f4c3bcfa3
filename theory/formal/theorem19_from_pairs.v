(* Theorem 19: walks that are put together of pairs, and what they say of the penalised optimum. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra zify.
From Pairbounds Require Import Statements Frobenius Spectrum Pairs Energies LowRank Places Penalty Samples.
From Pairbounds Require Import theorem15_multihop theorem18_penalty.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* a stock of pairs whose nodes are given, and the other ends drawn *)
Section Stock.
Variables (R : rcfType) (A B : finType) (K : A -> B -> R).
Hypotheses (K0 : forall v w, 0 <= K v w) (K1 : forall v, \sum_w K v w = 1).

Fixpoint stocked (r : seq A) (F : seq (A * B) -> R) : R :=
  if r is v :: r' then \sum_w K v w * stocked r' (fun s => F ((v, w) :: s)) else F [::].

Lemma eq_stocked r F F' : F =1 F' -> stocked r F = stocked r F'.
Proof. by elim: r F F' => [|v r IH] F F' E //=; apply: eq_bigr => w _; congr (_ * _); apply: IH => s. Qed.

Lemma le_stocked r F F' : (forall s, F s <= F' s) -> stocked r F <= stocked r F'.
Proof. by elim: r F F' => [|v r IH] F F' le //=; apply: ler_sum => w _; rewrite ler_wpM2l // IH. Qed.

Lemma stocked_const r a : stocked r (fun=> a) = a.
Proof. by elim: r => [|v r IH] //=; under eq_bigr do rewrite IH; rewrite -mulr_suml K1 mul1r. Qed.

Lemma stocked_lin (I : finType) (a : I -> R) r F :
  stocked r (fun s => \sum_i a i * F i s) = \sum_i a i * stocked r (F i).
Proof.
elim: r F => [|v r IH] F //=.
under eq_bigr do rewrite (IH (fun i s => F i _)) mulr_sumr; rewrite exchange_big; apply: eq_bigr => i _ /=.
by rewrite mulr_sumr; apply: eq_bigr => w _; rewrite mulrCA.
Qed.

(* the next pair of a node is a fresh draw, whatever was taken before *)
Lemma stocked_next v r (G : option B -> seq (A * B) -> R) :
  stocked r (fun s => G (next_pair v s).1 (next_pair v s).2) =
  if v \in r then \sum_w K v w * stocked (rem v r) (G (Some w)) else stocked r (G None).
Proof.
elim: r G => [|u r IH] G //=; rewrite in_cons eq_sym; have [->|ne] := eqVneq u v.
  by apply: eq_bigr => w _; congr (_ * _); apply: eq_stocked => s; rewrite /= eqxx.
have next w : stocked r (fun s =>
      let p := let: (w', rest) := next_pair v s in (w', (u, w) :: rest) in G p.1 p.2) =
    if v \in r then \sum_w' K v w' * stocked (rem v r) (fun s => G (Some w') ((u, w) :: s))
    else stocked r (fun s => G None ((u, w) :: s)).
  rewrite -(IH (fun e s => G e ((u, w) :: s))); apply: eq_stocked => s /=.
  by case: (next_pair v s).
apply: etrans (eq_bigr _ (fun w _ => congr1 ( *%R (K u w)) (next w))) _; case: (v \in r) => //.
under eq_bigr do rewrite mulr_sumr; rewrite exchange_big; apply: eq_bigr => w' _ /=.
by rewrite mulr_sumr; apply: eq_bigr => w _; rewrite mulrCA.
Qed.

(* what a walk is worth: the probability that it ends well if it never died; nothing where it is dead *)
Variable C : Type.
Definition worth (X : Type) (val : C -> X -> R) (w : C * option X) : R := if w.2 is Some x then val w.1 x else 0.
Definition back (val : C -> B -> R) c v : R := \sum_w K v w * val c w.
Variables (val : C -> B -> R) (val01 : forall c w, 0 <= val c w <= 1).

Lemma back01 c v : 0 <= back val c v <= 1.
Proof.
rewrite sumr_ge0 => [|w _]; last by rewrite mulr_ge0 //; have /andP [] := val01 c w.
rewrite -(K1 v); apply: ler_sum => w _; rewrite -[leRHS]mulr1 ler_wpM2l //; have /andP [] := val01 c w => //.
Qed.

Lemma worth01 X (v : C -> X -> R) walks : (forall c x, 0 <= v c x <= 1) -> proportions (map (worth v) walks).
Proof.
move=> v01; elim: walks => [|[c [x|]] walks IH] //=; apply/andP; split=> //; first exact: v01.
by rewrite lexx ler01.
Qed.

Lemma moved_le (G : seq (C * option B) -> seq (A * B) -> R) f walks r : rising f ->
  (forall walks' r', stocked r' (G walks') <= trials f (map (worth val) walks')) ->
  stocked r (fun s => G (moved walks s).1 (moved walks s).2) <= trials f (map (worth (back val)) walks).
Proof.
elim: walks G f r => [|[c [v|]] walks IH] G f r up le /=; first exact: le.
- pose G2 e s := G ((c, e) :: (moved walks s).1) (moved walks s).2.
  rewrite (@eq_stocked _ _ (fun s => G2 (next_pair v s).1 (next_pair v s).2)) => [|s]; last first.
    by case: (next_pair v s) => w rest; rewrite /G2 /=; case: (moved walks rest).
  have each e : stocked (if e is Some _ then rem v r else r) (G2 e) <=
      trials (mix (worth val (c, e)) f) (map (worth (back val)) walks).
    apply: (IH (fun ws => G ((c, e) :: ws))) => [|ws r']; last exact: (le ((c, e) :: ws)).
    by apply: rising_mix => //; rewrite /worth /=; case: e; rewrite ?lexx ?ler01.
  rewrite stocked_next {2}/worth /=; case: ifP => _.
    rewrite -(trials_mean _ _ _ (K1 v)); apply: ler_sum => w _; rewrite ler_wpM2l //; exact: (each (Some w)).
  apply: le_trans (each None) _; apply: le_trials => [|i]; first exact: worth01 back01.
  by apply: mix_le => //; rewrite /worth /=; have /andP [] := back01 c v.
rewrite (@eq_stocked _ _ (fun s => G ((c, None) :: (moved walks s).1) (moved walks s).2)) => [|s]; last first.
  by case: (moved walks s).
apply: (IH (fun ws => G ((c, None) :: ws))) => [|ws r']; last exact: (le ((c, None) :: ws)).
by apply: rising_mix; rewrite ?lexx ?ler01.
Qed.
End Stock.

(* a sample of pairs is a stock, its nodes drawn too *)
Lemma sample_stock (R : rcfType) (T A B : finType)
    (law : T -> R) (marginal : A -> R) (K : A -> B -> R) (g : T -> A * B) N F :
  (forall h : A * B -> R, \sum_t law t * h (g t) = \sum_a \sum_b marginal a * K a b * h (a, b)) ->
  sample_mean law N (fun s => F (map g s)) = sample_mean marginal N (fun r => stocked K r F).
Proof.
move=> E; elim: N F => [|N IH] F; first by rewrite !mean0.
rewrite !meanS; under eq_bigr => t _ do rewrite (IH (fun s => F (g t :: s))).
rewrite (E (fun p => sample_mean marginal N (fun r => stocked K r (fun s => F (p :: s))))).
apply: eq_bigr => a _ /=; rewrite mean_lin mulr_sumr; apply: eq_bigr => b _; rewrite mulrA //.
Qed.

Section Hops.
Variables (R : rcfType) (A B : finType) (KL : B -> A -> R) (KR : A -> B -> R) (C : Type) (hit : C -> A -> bool).
Hypotheses (KL0 : forall v w, 0 <= KL v w) (KL1 : forall v, \sum_w KL v w = 1).
Hypotheses (KR0 : forall v w, 0 <= KR v w) (KR1 : forall v, \sum_w KR v w = 1).

Fixpoint ends_well j : C -> A -> R := if j is i.+1 then back KR (back KL (ends_well i)) else fun c x => (hit c x)%:R.
Definition well (w : C * option A) : bool := if w.2 is Some x then hit w.1 x else false.

Lemma ends_well01 j c x : 0 <= ends_well j c x <= 1.
Proof.
elim: j c x => [|j IH] c x /=; first by case: (hit c x); rewrite ?lexx ler01.
by apply: back01 => // c' l; apply: back01.
Qed.

Lemma trials_well f walks : f (count well walks) = trials f (map (worth (ends_well 0)) walks).
Proof.
elim: walks f => [|w walks IH] f //=; rewrite (IH (fun i => f (well w + i)%N)); apply: eq_trials => i.
have -> : worth (ends_well 0) w = (well w)%:R by case: w => c [x|].
by rewrite /mix; case: (well w); rewrite ?subrr ?subr0 ?mul0r ?mul1r ?addr0 ?add0r ?add1n ?add0n.
Qed.

Lemma stocked_exchange r q (F : seq (B * A) -> seq (A * B) -> R) :
  stocked KL r (fun s => stocked KR q (F s)) = stocked KR q (fun t => stocked KL r (fun s => F s t)).
Proof.
elim: r F => [|v r IH] F //=; rewrite stocked_lin; apply: eq_bigr => w _; congr (_ * _).
exact: (IH (fun s => F ((v, w) :: s))).
Qed.

Lemma hopped_le f j walks r q : rising f ->
  stocked KL r (fun s => stocked KR q (fun t => f (count well (hopped j walks s t))))
    <= trials f (map (worth (back KL (ends_well j))) walks).
Proof.
move=> up; elim: j walks r q => [|j IH] walks r q /=.
  rewrite (@eq_stocked _ _ _ _ _ _ (fun s => f (count well (moved walks s).1))) => [|s]; last first.
    by rewrite (@eq_stocked _ _ _ _ _ _ (fun=> f (count well (moved walks s).1))) ?stocked_const // => t;
      case: (moved walks s).
  apply: (moved_le KL0 KL1 (ends_well01 0) (G := fun ws _ => f (count well ws))) => // ws r'.
  by rewrite stocked_const // trials_well.
pose G ws1 s1 := stocked KR q (fun t => f (count well (hopped j (moved ws1 t).1 s1 (moved ws1 t).2))).
rewrite (@eq_stocked _ _ _ _ _ _ (fun s => G (moved walks s).1 (moved walks s).2)) => [|s]; last first.
  by apply: eq_stocked => t; case: (moved walks s) => ws1 s1 /=; case: (moved ws1 t).
apply: (moved_le KL0 KL1 (ends_well01 j.+1)) => // ws1 r1; rewrite /G stocked_exchange.
pose H ws2 t1 := stocked KL r1 (fun s1 => f (count well (hopped j ws2 s1 t1))).
apply: (moved_le KR0 KR1 _ (G := H)) => // [c l|ws2 q2]; first by apply: back01 => // ? ?; exact: ends_well01.
by rewrite /H -stocked_exchange; exact: IH.
Qed.
End Hops.

Section Walked.
Variables (R : rcfType) (n m r W A N : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (hit : 'I_r -> 'I_n -> bool).
Local Notation pair := ('I_n * 'I_m)%type.
Local Notation law := (fun t : pair => P t.1 t.2).
Definition left_given l x : R := P x l / pR P l.
Definition right_given x l : R := P x l / pL P x.
Local Notation ending := (ends_well left_given right_given hit).

Lemma law0 t : 0 <= law t. Proof. exact: weight_ge0. Qed.
Lemma law1 : \sum_t law t = 1. Proof. by rewrite -(pair_bigA _ (fun x l => P x l)) weight_sum. Qed.
Lemma left_given0 l x : 0 <= left_given l x. Proof. by rewrite divr_ge0 ?weight_ge0 ?ltW ?pR_gt0. Qed.
Lemma right_given0 x l : 0 <= right_given x l. Proof. by rewrite divr_ge0 ?weight_ge0 ?ltW ?pL_gt0. Qed.
Lemma left_given1 l : \sum_x left_given l x = 1. Proof. by rewrite -mulr_suml divff ?gt_eqF ?pR_gt0. Qed.
Lemma right_given1 x : \sum_l right_given x l = 1. Proof. by rewrite -mulr_suml divff ?gt_eqF ?pL_gt0. Qed.

Lemma lawE (h : pair -> R) : \sum_t law t * h t = \sum_x \sum_l P x l * h (x, l).
Proof. by rewrite pair_bigA; apply: eq_bigr => - []. Qed.

(* the walks end well at most as often as as many independent ones *)
Lemma walks_le f j : rising f ->
  sample_mean law (W + A + N) (fun s => f (count (well hit) (walks_after y W A s j)))
    <= trials f (nseq W (\sum_t law t * back left_given (ending j) (y t.1) t.2)).
Proof.
move=> up; rewrite -(mean_trials law1) -addnA mean_add; apply: (le_mean law0) => s1 size1.
rewrite mean_add; pose ws := [seq (y t.1, Some t.2) | t <- s1]; pose swap (t : pair) := (t.2, t.1).
rewrite (eq_mean _ (X' := fun s2 => sample_mean law N (fun s3 =>
    f (count (well hit) (hopped j ws (map swap s2) (map id s3)))))) => [|s2 size2]; last first.
  apply: eq_mean => s3 _; rewrite /walks_after take_size_cat // drop_size_cat // take_size_cat //.
  by rewrite catA drop_size_cat ?size_cat ?size1 ?size2 // map_id.
rewrite (eq_mean _ (X' := fun s2 => sample_mean (pL P) N (fun q => stocked right_given q (fun s3 =>
    f (count (well hit) (hopped j ws (map swap s2) s3)))))) => [|s2 _]; last first.
  apply: (sample_stock (g := id)) => h; rewrite (lawE h); apply: eq_bigr => x _; apply: eq_bigr => l _.
  by rewrite /right_given mulrCA divff ?mulr1 // gt_eqF ?pL_gt0.
rewrite (sample_stock (marginal := pR P) (K := left_given) (g := swap) _ (fun s2 =>
    sample_mean (pL P) N (fun q => stocked right_given q (fun s3 =>
    f (count (well hit) (hopped j ws s2 s3)))))); last first.
  move=> h; rewrite (lawE (fun t => h (swap t))) exchange_big; apply: eq_bigr => l _; apply: eq_bigr => x _.
  by rewrite /left_given mulrCA divff ?mulr1 // gt_eqF ?pR_gt0.
have pL0 x : 0 <= pL P x := ltW (pL_gt0 P x); have pR0 l : 0 <= pR P l := ltW (pR_gt0 P l).
have pR1 : \sum_l pR P l = 1 by rewrite -(weight_sum P) exchange_big.
rewrite -[leRHS](mean_const pR1 A); apply: (le_mean pR0) => r2 _.
have exchange : stocked left_given r2 (fun s2 => sample_mean (pL P) N (fun q => stocked right_given q (fun s3 =>
      f (count (well hit) (hopped j ws s2 s3))))) =
    sample_mean (pL P) N (fun q => stocked left_given r2 (fun s2 => stocked right_given q (fun s3 =>
      f (count (well hit) (hopped j ws s2 s3))))).
  by rewrite /sample_mean stocked_lin.
rewrite exchange -[leRHS](mean_const (pL_sum P) N); apply: (le_mean pL0) => q _.
have -> : [seq back left_given (ending j) (y t.1) t.2 | t <- s1] = map (worth (back left_given (ending j))) ws.
  by rewrite -map_comp.
exact: (hopped_le hit left_given0 left_given1 right_given0 right_given1).
Qed.
End Walked.

Section Consistency.
Variables (R : rcfType) (n m r : nat) (P : graph R n m) (y : 'I_n -> 'I_r).
Local Notation law := (fun t : 'I_n * 'I_m => P t.1 t.2).
Local Notation L := (left_given P).
Local Notation Rt := (right_given P).

Lemma one_hop (v : 'I_n -> R) x : \sum_l Rt x l * (\sum_x' L l x' * v x') = \sum_x' induced P x x' / pL P x * v x'.
Proof.
under eq_bigr do rewrite mulr_sumr; rewrite exchange_big; apply: eq_bigr => x' _.
rewrite /induced !mulr_suml; apply: eq_bigr => l _; rewrite /left_given /right_given; ring.
Qed.

Lemma agreeing j c x : ends_well L Rt (fun c x => y x == c) j c x = walk P y j c x.
Proof.
elim: j c x => [|j IH] c x //=; rewrite -(one_hop (walk P y j c)).
by apply: eq_bigr => l _; congr (_ * _); apply: eq_bigr => x' _; rewrite IH.
Qed.

Lemma differing j c x : ends_well L Rt (fun c x => y x != c) j c x = 1 - walk P y j c x.
Proof.
elim: j c x => [|j IH] c x /=; first by case: eqP => _; rewrite ?subrr ?subr0.
rewrite -(one_hop (walk P y j c)) -[X in X - _](right_given1 P x) -sumrB; apply: eq_bigr => l _.
rewrite -[X in X - _]mulr1 -mulrBr; congr (_ * _); rewrite -[X in X - _](left_given1 P l) -sumrB.
by apply: eq_bigr => x' _; rewrite IH mulrBr mulr1.
Qed.

Lemma started (v : 'I_r -> 'I_n -> R) :
  \sum_t law t * back L v (y t.1) t.2 = \sum_x pL P x * (\sum_x' induced P x x' / pL P x * v (y x) x').
Proof.
rewrite (lawE P (fun t => back L v (y t.1) t.2)); apply: eq_bigr => x _; rewrite -one_hop mulr_sumr.
apply: eq_bigr => l _; rewrite /back /right_given mulrA; congr (_ * _).
by rewrite mulrC divfK // gt_eqF ?pL_gt0.
Qed.

Lemma mean_agree j : \sum_t law t * back L (ends_well L Rt (fun c x => y x == c) j) (y t.1) t.2 = consistency P y j.+1.
Proof. by rewrite started; apply: eq_bigr => x _; congr (_ * _); apply: eq_bigr => x' _; rewrite agreeing. Qed.

Lemma mean_differ j :
  \sum_t law t * back L (ends_well L Rt (fun c x => y x != c) j) (y t.1) t.2 = 1 - consistency P y j.+1.
Proof.
rewrite started -(pL_sum P) -sumrB; apply: eq_bigr => x _; rewrite -[X in X - _]mulr1 -mulrBr; congr (_ * _).
have -> : 1 = \sum_x' induced P x x' / pL P x by rewrite -mulr_suml induced_marginal divff // gt_eqF ?pL_gt0.
by rewrite /= -sumrB; apply: eq_bigr => x' _; rewrite differing mulrBr mulr1.
Qed.

Lemma consistency_falls i j : (i <= j)%N -> consistency P y j <= consistency P y i.
Proof.
have [U [l basis]] := eigenbasis_exists (hop_sym P); have [w0 t01 moments] := energy_measure y basis j.
move=> ij; rewrite -!moments //; apply: ler_sum => a _; rewrite ler_wpM2l //.
by have /andP [t0 t1] := t01 a; rewrite ler_wiXn2l.
Qed.

Lemma consistency0 : consistency P y 0 = 1.
Proof. by rewrite -(pL_sum P); apply: eq_bigr => x _; rewrite /= eqxx mulr1. Qed.

Lemma consistency01 j : 0 <= consistency P y j <= 1.
Proof.
have [U [l basis]] := eigenbasis_exists (hop_sym P); have [w0 t01 moments] := energy_measure y basis j.
rewrite -moments // sumr_ge0 => [/=|a _]; last by rewrite mulr_ge0 ?exprn_ge0 //; have /andP [] := t01 a.
by rewrite moments // -consistency0 consistency_falls.
Qed.
End Consistency.

Section Counts.
Variables (n m r : nat) (y : 'I_n -> 'I_r) (W A : nat).
Implicit Types s : seq ('I_n * 'I_m).

Lemma size_moved (C : Type) (B B' : eqType) (ws : seq (C * option B)) (stock : seq (B * B')) :
  size (moved ws stock).1 = size ws.
Proof.
elim: ws stock => [|[c v] ws IH] stock //=.
by case: (if v is Some _ then _ else _) => w rest /=; rewrite -(IH rest); case: (moved ws rest).
Qed.

Lemma size_walks s j : (W <= size s)%N -> size (walks_after y W A s j) = W.
Proof.
move=> le; rewrite /walks_after; move: (drop (W + A) s) [seq _ | t <- take A _] => q p.
rewrite -[RHS](size_takel le) -[RHS](size_map (fun t => (y t.1, Some t.2))).
elim: j (map _ _) p q => [|j IH] ws p q /=; rewrite -[RHS](size_moved ws p); case: (moved ws p) => ws1 p1 //=.
by rewrite -(size_moved ws1 q); case: (moved ws1 q) => ws2 q2 /=; rewrite IH.
Qed.

Lemma differs_or_not s j : (W <= size s)%N ->
  (agreed y W A s j + died y W A s j + count (well (fun c x => y x != c)) (walks_after y W A s j) = W)%N.
Proof.
move=> /size_walks size; rewrite -[RHS](size j) /agreed /died {size}.
elim: (walks_after y W A s j) => [|[c [x|]] ws IH] //=.
  rewrite -IH /well /=; case: (y x == c) => /=; lia.
rewrite -IH /=; lia.
Qed.
End Counts.

Theorem consistency_from_pairs (R : rcfType) : Statements.consistency_from_pairs R.
Proof.
move=> n m r M W A N P y delta low high delta0 ends; set law := fun t : 'I_n * 'I_m => P t.1 t.2.
have law0 : forall t, 0 <= law t := law0 P; have law1 : \sum_t law t = 1 := law1 P.
have tail0 : 0 <= delta / M.+1%:R / 2 by rewrite !divr_ge0.
pose bad (i : bool * 'I_M.+1) (s : seq ('I_n * 'I_m)) := if i.1 then consistency P y i.2.+1 < low (agreed y W A s i.2)
  else high (agreed y W A s i.2 + died y W A s i.2)%N < consistency P y i.2.+1.
have -> : delta = #|{: bool * 'I_M.+1}|%:R * (delta / M.+1%:R / 2).
  by rewrite card_prod card_bool card_ord natrM [_ / 2]mulrC mulrACA mulfV ?pnatr_eq0 // mul1r
    mulrCA mulfV ?mulr1 ?pnatr_eq0.
pose good (s : seq ('I_n * 'I_m)) := [forall j : 'I_M.+1,
  consistency_low y W A s M.+1 low j <= consistency P y j.+1 <= consistency_high y W A s M.+1 high j].
apply: (mean_union law0 law1 (good := good) (bad := bad)) => [s _ /forallPn [j]|[b j]].
  have /andP [a0 a1] := consistency01 P y j.+1; rewrite negb_and -!ltNge => /orP [] out.
    have [i /andP [ji less]] : exists i : 'I_M.+1, (j <= i)%N && (consistency P y j.+1 < low (agreed y W A s i)).
      apply/existsP; apply: contraLR out; rewrite negb_exists => /forallP none; rewrite -leNgt.
      apply/bigmax_leP; split=> // i ji; have := none i; by rewrite ji /= -leNgt.
    by exists (true, i); apply: le_lt_trans less; apply: consistency_falls.
  have [i /andP [ij less]] : exists i : 'I_M.+1,
      (i <= j)%N && (high (agreed y W A s i + died y W A s i)%N < consistency P y j.+1).
    apply/existsP; apply: contraLR out; rewrite negb_exists => /forallP none; rewrite -leNgt.
    apply/bigmin_geP; split=> // i ij; have := none i; by rewrite ij /= -leNgt.
  by exists (false, i); apply: lt_le_trans less _; apply: consistency_falls.
have sizes (s : seq ('I_n * 'I_m)) : size s = (W + A + N)%N -> (W <= size s)%N by move=> ->; lia.
have a01 := consistency01 P y j.+1; case: b; rewrite /bad /=.
  apply: (low_end (weight := fun f => sample_mean law _ (fun s => f (agreed y W A s j))) a01 _ tail0).
  - by move=> c cW; have [] := ends c cW.
  - by rewrite mean_const.
  - move=> f f' le; apply: (le_mean law0) => s /sizes /(differs_or_not y A j) E; apply: le.
    by rewrite -[X in (_ <= X)%N]E; lia.
  by move=> f up; rewrite -mean_agree; apply: walks_le.
pose missed (s : seq ('I_n * 'I_m)) := count (well (fun c x => y x != c)) (walks_after y W A s j).
rewrite (eq_mean _ (X' := fun s => (1 - consistency P y j.+1 < 1 - high (W - missed s)%N)%R%:R)) => [|s /sizes];
  last first.
  move=> /(differs_or_not y A j) E.
  have -> : (W - missed s = agreed y W A s j + died y W A s j)%N by rewrite /missed; lia.
  by rewrite ltrD2l ltrN2.
have a'01 : 0 <= 1 - consistency P y j.+1 <= 1 by lra.
apply: (low_end (weight := fun f => sample_mean law _ (fun s => f (missed s))) a'01 (mirrored ends) tail0).
- by rewrite mean_const.
- move=> f f' le; apply: (le_mean law0) => s /sizes /(differs_or_not y A j) E; apply: le.
  by rewrite -[X in (_ <= X)%N]E /missed; lia.
by move=> f up; rewrite -mean_differ; apply: walks_le.
Qed.

Section Penalised.
Variables (R : rcfType) (n m r k : nat) (P : graph R n m) (y : 'I_n -> 'I_r) (U : 'M[R]_n) (l : 'I_n -> R) (mu : R).
Variables (f : 'M[R]_(n, k)) (g : 'M[R]_(m, k)) (B : 'M[R]_(k, r)).
Hypotheses (basis : eigenbasis (hop P) U l) (mu01 : 0 < mu < 1) (wide : value l k <= mu ^+ 2).
Hypotheses (best : penalised_minimiser P mu f g \/ minimiser P f g) (probe : least_squares P y f B).
Local Notation a := (consistency P y).

Lemma mse_upto (q : R -> R) : (forall t, 0 <= t <= 1 -> 0 <= q t) -> (forall t, 0 <= t <= mu ^+ 2 -> 1 <= q t) ->
  mse P y f B <= \sum_i energy P y U i * q (l i).
Proof.
move=> q0 q1; have e0 := energy_ge0 P y U; have l01 := eigenvalue01 basis; have /andP [mu0 _] := mu01.
apply: le_trans (_ : \sum_(i | l i <= mu ^+ 2) energy P y U i <= _); last first.
  rewrite big_mkcond; apply: ler_sum => i _; have /andP [l0 l1] := l01 i.
  by case: ifP => le; [rewrite -[leLHS]mulr1 ler_wpM2l // q1 // l0|rewrite mulr_ge0 // q0 // l0].
case: best => [pen|opt].
  rewrite (mse_projection probe) -(max_idPl wide); apply: (rest_kept y basis (colproj_ortho _)) => i.
  by rewrite -ltNge; apply: (kept basis mu0 pen).
apply: le_trans (tail_mse basis opt probe) _; rewrite big_mkcond [leRHS]big_mkcond; apply: ler_sum => i _.
by case: ifP => [le|_]; [rewrite (le_trans le wide)|case: ifP].
Qed.

Lemma moment_energy j : \sum_i energy P y U i * l i ^+ j = a j.
Proof. by have [_ _ ->] := energy_measure y basis j. Qed.

Lemma mse_line b1 : b1 <= a 1 -> mse P y f B <= (1 - b1) / (1 - mu ^+ 2).
Proof.
have gap : 0 < 1 - mu ^+ 2 by rewrite subr_gt0 expr_lt1; have /andP [? ?] := mu01; rewrite ?ltW.
move=> le; apply: le_trans (mse_upto (q := fun t => (1 - t) / (1 - mu ^+ 2)) _ _) _ => [t t01|t t01|].
- by apply: divr_ge0; [lra|exact: ltW].
- by rewrite ler_pdivlMr // mul1r; lra.
under eq_bigr do rewrite mulrA; rewrite -mulr_suml ler_pM2r ?invr_gt0 //.
have -> : \sum_i energy P y U i * (1 - l i) = a 0 - a 1.
  by rewrite -!moment_energy -sumrB; apply: eq_bigr => i _; rewrite expr0 expr1 mulrBr.
rewrite (consistency0 P y).
lra.
Qed.

Lemma mse1 : mse P y f B <= 1.
Proof.
apply: le_trans (mse_upto (q := fun=> 1) _ _) _ => //; rewrite ?ler01 //.
under eq_bigr => i _ do rewrite -(expr0 (l i)); rewrite moment_energy.
by have /andP [] := consistency01 P y 0.
Qed.

Lemma mse_cantelli b1 b2 : b1 <= a 1 -> a 2 <= b2 -> mse P y f B <= cantelli b1 b2 (mu ^+ 2).
Proof.
move=> le1 le2; rewrite /cantelli; have [_|lt] := leP b1 (mu ^+ 2); first exact: mse1.
set v := Num.max 0 _; have v0 : 0 <= v by rewrite le_max lexx.
have vb : b2 - b1 ^+ 2 <= v by rewrite le_max lexx orbT.
have /andP [mu0 _] := mu01; have m0 : 0 < mu ^+ 2 by rewrite exprn_gt0.
set d := b1 - mu ^+ 2; have d0 : 0 < d by rewrite subr_gt0.
have w0 : 0 <= v / d by rewrite divr_ge0 // ltW.
pose s := b1 + v / d; have sE : s - mu ^+ 2 = d + v / d by rewrite /s addrAC.
have far : 0 < s - mu ^+ 2 by rewrite sE ltr_pwDl.
apply: le_trans (mse_upto (q := fun t => (s - t) ^+ 2 / (s - mu ^+ 2) ^+ 2) _ _) _ => [t _|t /andP [_ t1]|].
- by rewrite divr_ge0 ?sqr_ge0.
- by rewrite ler_pdivlMr ?exprn_gt0 // mul1r lerXn2r ?nnegrE; lra.
under eq_bigr do rewrite mulrA; rewrite -mulr_suml.
have -> : \sum_i energy P y U i * (s - l i) ^+ 2 = s ^+ 2 * a 0 - 2 * s * a 1 + a 2.
  rewrite -!moment_energy !mulr_sumr -sumrB -big_split; apply: eq_bigr => i _ /=; ring.
rewrite (consistency0 P y).
have s0 : 0 <= s by rewrite /s; lra.
have top : s ^+ 2 * 1 - 2 * s * a 1 + a 2 <= (v / d) ^+ 2 + v.
  have le : s * b1 <= s * a 1 by rewrite ler_wpM2l.
  have -> : (v / d) ^+ 2 = s ^+ 2 - 2 * (s * b1) + b1 ^+ 2 by rewrite /s; ring.
  lra.
rewrite ler_pdivrMr ?exprn_gt0 //; apply: le_trans top _.
rewrite le_eqVlt; apply/orP; left; apply/eqP.
rewrite sE.
have dn : d != 0 by rewrite gt_eqF.
have dv : v + d ^+ 2 != 0 by rewrite gt_eqF // ltr_wpDl ?exprn_gt0.
by field; rewrite dn dv.
Qed.

Lemma mse_by_ends M (p : {poly R}) (low high : nat -> R) : (size p <= M.+1)%N ->
  (forall t, 0 <= t <= 1 -> 0 <= p.[t]) -> (forall t, 0 <= t <= mu ^+ 2 -> 1 <= p.[t]) ->
  (forall j : 'I_M, low j <= a j.+1 <= high j) -> mse P y f B <= by_ends M p low high.
Proof.
move=> size p0 p1 ends; apply: le_trans (mse_upto p0 p1) _.
under eq_bigr do rewrite (horner_coef_wide _ size) mulr_sumr; rewrite exchange_big /=.
have -> : \sum_(j < M.+1) \sum_i energy P y U i * (p`_j * l i ^+ j) = \sum_(j < M.+1) p`_j * a j.
  apply: eq_bigr => j _; rewrite -moment_energy mulr_sumr; apply: eq_bigr => i _; exact: mulrCA.
rewrite big_ord_recl /= (consistency0 P y) mulr1 lerD2l; apply: ler_sum => j _; have /andP [lo hi] := ends j.
rewrite le_max /bump leq0n add1n; have [pos|/ltW neg] := leP 0 p`_j.+1.
  by rewrite (ler_wpM2l pos hi) orbT.
by rewrite (ler_wnM2l neg lo).
Qed.
End Penalised.

Theorem penalised_error_from_pairs (R : rcfType) : Statements.penalised_error_from_pairs R.
Proof.
move=> n m r k M W A N P y U l mu f g B delta low high p least most basis mu01 best wide probe delta0 ends right.
apply: le_trans (consistency_from_pairs A N P y delta0 ends) _; apply: (le_mean (law0 P)) => s _.
case: forallP => [all|_]; last exact: ler0n.
have [size p0 p1] := right s; have first := all ord0; case/andP: (first) => first0 _.
rewrite (mse_by_ends basis mu01 wide best probe size p0 p1 all) /penalised_end !le_min.
rewrite (mse1 basis mu01 wide best probe) (mse_line basis mu01 wide best probe first0) /=.
case: (ltnP 0 M) => [M0|_]; last by rewrite (mse1 basis mu01 wide best probe).
have /andP [_ second] := all (Ordinal (M0 : 1 < M.+1)%N).
by rewrite (mse_cantelli basis mu01 wide best probe first0 second).
Qed.
