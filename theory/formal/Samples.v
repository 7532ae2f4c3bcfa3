(* Means over independent draws, sums of independent trials, and the interval of a proportion. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring lra zify.
From Pairbounds Require Import Statements.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Draws.
Variables (R : rcfType) (T : finType) (law : T -> R).
Local Notation mean := (sample_mean law).
Implicit Types X : seq T -> R.

Lemma mean0 X : mean 0 X = X [::].
Proof. by rewrite /sample_mean (big_pred1 [tuple]) ?big_nil ?mul1r // => s; rewrite [s]tuple0. Qed.

Lemma meanS N X : mean N.+1 X = \sum_t law t * mean N (fun s => X (t :: s)).
Proof.
rewrite /sample_mean (reindex (fun q : T * N.-tuple T => [tuple of q.1 :: q.2])) /=; last first.
  exists (fun s : N.+1.-tuple T => (thead s, [tuple of behead s])) => [[t s] _|s _].
    by congr pair; apply: val_inj.
  by rewrite [in RHS](tuple_eta s).
rewrite -(pair_bigA _ (fun t (s : N.-tuple T) => (\prod_(i <- t :: s) law i) * X (t :: s))) /=.
by apply: eq_bigr => t _; rewrite mulr_sumr; apply: eq_bigr => s _; rewrite big_cons mulrA.
Qed.

Lemma mean_add N M X : mean (N + M) X = mean N (fun s => mean M (fun s' => X (s ++ s'))).
Proof.
elim: N X => [|N IH] X; first by rewrite mean0.
by rewrite addSn !meanS; apply: eq_bigr => t _; rewrite IH.
Qed.

Lemma eq_mean N X X' : (forall s, size s = N -> X s = X' s) -> mean N X = mean N X'.
Proof. by move=> E; apply: eq_bigr => s _; rewrite E ?size_tuple. Qed.

Lemma mean_lin (I : finType) (a : I -> R) N (X : I -> seq T -> R) :
  mean N (fun s => \sum_i a i * X i s) = \sum_i a i * mean N (X i).
Proof.
rewrite /sample_mean; under eq_bigr do rewrite mulr_sumr; rewrite exchange_big; apply: eq_bigr => i _ /=.
by rewrite mulr_sumr; apply: eq_bigr => s _; rewrite mulrCA.
Qed.

Hypotheses (law0 : forall t, 0 <= law t) (law1 : \sum_t law t = 1).

Lemma le_mean N X X' : (forall s, size s = N -> X s <= X' s) -> mean N X <= mean N X'.
Proof. by move=> le; apply: ler_sum => s _; rewrite ler_wpM2l ?prodr_ge0 ?le ?size_tuple. Qed.

Lemma mean_const N a : mean N (fun=> a) = a.
Proof.
elim: N => [|N IH]; first by rewrite mean0.
by rewrite meanS; under eq_bigr do rewrite IH; rewrite -mulr_suml law1 mul1r.
Qed.

(* the union bound, where the events that fail are numbered *)
Lemma mean_union (I : finType) N (good : seq T -> bool) (bad : I -> seq T -> bool) (a : R) :
  (forall s, size s = N -> ~~ good s -> exists i, bad i s) -> (forall i, mean N (fun s => (bad i s)%:R) <= a) ->
  1 - #|I|%:R * a <= mean N (fun s => (good s)%:R).
Proof.
move=> covers small; rewrite lerBlDr -[leLHS](mean_const N) -lerBlDl.
apply: le_trans (_ : \sum_(i : I) 1 * mean N (fun s => (bad i s)%:R) <= _); last first.
  by rewrite mulr_natl -sumr_const; apply: ler_sum => i _; rewrite mul1r.
rewrite -mean_lin /sample_mean -sumrB; apply: ler_sum => s _; rewrite -mulrBr ler_wpM2l ?prodr_ge0 //.
have [_|/covers [|i b]] := boolP (good s); rewrite ?size_tuple //.
  by rewrite subrr sumr_ge0 // => i _; rewrite mul1r ler0n.
by rewrite subr0 (bigD1 i) //= b mul1r lerDl sumr_ge0 // => j _; rewrite mul1r ler0n.
Qed.
End Draws.

Section Trials.
Variable R : rcfType.
Implicit Types (f : nat -> R) (q : R) (qs : seq R).

(* the mean of f of the number of successes of independent trials of these probabilities *)
Definition mix q f i : R := q * f i.+1 + (1 - q) * f i.
Fixpoint trials f qs : R := if qs is q :: qs' then trials (mix q f) qs' else f 0%N.
Definition proportions qs := all (fun q => 0 <= q <= 1) qs.
Definition rising f := forall i, f i <= f i.+1.

Lemma eq_trials f f' qs : f =1 f' -> trials f qs = trials f' qs.
Proof. by elim: qs f f' => [|q qs IH] f f' E //=; apply: IH => i; rewrite /mix !E. Qed.

Lemma trials_lin (I : finType) (a : I -> R) (f : I -> nat -> R) qs :
  trials (fun j => \sum_i a i * f i j) qs = \sum_i a i * trials (f i) qs.
Proof.
elim: qs f => [|q qs IH] f //=; rewrite -IH; apply: eq_trials => j.
by rewrite /mix !mulr_sumr -big_split; apply: eq_bigr => i _ /=; ring.
Qed.

Lemma trials_mean (I : finType) (a q : I -> R) f qs : \sum_i a i = 1 ->
  \sum_i a i * trials (mix (q i) f) qs = trials (mix (\sum_i a i * q i) f) qs.
Proof.
move=> a1; rewrite -trials_lin; apply: eq_trials => j; rewrite /mix.
rewrite -[1 in RHS]a1 -sumrB !mulr_suml -big_split; apply: eq_bigr => i _ /=; ring.
Qed.

Lemma le_trials f f' qs : proportions qs -> (forall i, f i <= f' i) -> trials f qs <= trials f' qs.
Proof.
elim: qs f f' => [|q qs IH] f f' //= /andP [/andP [q0 q1] qs01] le; apply: IH => // i.
by rewrite lerD // ler_wpM2l ?subr_ge0.
Qed.

Lemma rising_mix q f : 0 <= q <= 1 -> rising f -> rising (mix q f).
Proof. by move=> /andP [q0 q1] up i; rewrite lerD // ler_wpM2l ?subr_ge0. Qed.

Lemma mix_le q q' f i : rising f -> q <= q' -> mix q f i <= mix q' f i.
Proof. by rewrite /mix => /(_ i); nra. Qed.

Lemma trials_rise N p q f : 0 <= p -> p <= q -> q <= 1 -> rising f -> trials f (nseq N p) <= trials f (nseq N q).
Proof.
move=> p0 pq q1; elim: N f => [|N IH] f up //=.
have qs : 0 <= q <= 1 by rewrite q1 (le_trans p0).
apply: le_trans (IH _ (rising_mix _ up)) _; first by rewrite p0 (le_trans pq).
by apply: le_trials => [|i]; [rewrite /proportions all_nseq qs orbT|apply: mix_le].
Qed.

Lemma trials_binomial N p f : trials f (nseq N p) = \sum_(0 <= i < N.+1) binomial_law N p i * f i.
Proof.
elim: N f => [|N IH] f; first by rewrite big_nat1 /binomial_law bin0 subnn !expr0 !mulr1 mul1r.
rewrite /= IH /mix; under eq_bigr do rewrite mulrDr; rewrite big_split /=.
have last0 : binomial_law N p N.+1 = 0 by rewrite /binomial_law bin_small // !mul0r.
have split : \sum_(0 <= i < N.+1) binomial_law N p i * ((1 - p) * f i) =
    binomial_law N p 0 * (1 - p) * f 0%N + \sum_(0 <= i < N.+1) binomial_law N p i.+1 * ((1 - p) * f i.+1).
  transitivity (\sum_(0 <= i < N.+2) binomial_law N p i * ((1 - p) * f i)); last by rewrite big_nat_recl // mulrA.
  by rewrite [RHS]big_nat_recr //= last0 mul0r addr0.
rewrite split addrCA -big_split /= [RHS]big_nat_recl //; congr (_ + _).
  by rewrite /binomial_law !bin0 !subn0 !expr0 !mulr1 !mul1r -exprSr.
rewrite big_nat_cond [RHS]big_nat_cond; apply: eq_bigr => i; rewrite andbT ltnS => /andP [_ iN].
rewrite /binomial_law binS natrD subSS; have [lt|ge] := ltnP i N.
  by rewrite -[(N - i)%N]prednK ?subn_gt0 // subnS !exprS; ring.
have -> : i = N by apply/eqP; rewrite eqn_leq iN.
by rewrite (bin_small (ltnSn N)) subnn expr0 !exprS; ring.
Qed.

Lemma rising_from c : rising (fun i => (c <= i)%N%:R).
Proof. by move=> i; case: (leqP c i) => [/leqW ->|]; rewrite ?ler0n. Qed.

Lemma trials_from N p c : trials (fun i => (c <= i)%N%:R) (nseq N p) = \sum_(c <= i < N.+1) binomial_law N p i.
Proof.
rewrite trials_binomial; have [le|gt] := leqP c N.+1; last first.
  by rewrite (big_geq (ltnW gt)) big_nat big1 // => i /andP [_ lt]; rewrite leqNgt (ltn_trans lt gt) mulr0.
rewrite (@big_cat_nat _ _ _ c) //= big_nat big1 ?add0r => [|i /andP [_ lt]]; last by rewrite leqNgt lt mulr0.
by apply: eq_big_nat => i /andP [-> _]; rewrite mulr1.
Qed.

(* counts that are spread below those of N trials have their lower end above the proportion in `tail` of cases at most;
   where the ends do not grow with the count, the least count that is too high stands for all *)
Lemma low_end N (p tail : R) (low : nat -> R) (weight : (nat -> R) -> R) : 0 <= p <= 1 ->
  (forall c, (c <= N)%N -> low c = 0 \/ 0 <= low c <= 1 /\ \sum_(c <= i < N.+1) binomial_law N (low c) i <= tail) ->
  0 <= tail -> weight (fun=> 0) = 0 ->
  (forall f f', (forall c, (c <= N)%N -> f c <= f' c) -> weight f <= weight f') ->
  (forall f, rising f -> weight f <= trials f (nseq N p)) ->
  weight (fun c => (p < low c)%R%:R) <= tail.
Proof.
move=> /andP [p0 p1] ends tail0 weight0 mono below.
case: (pickP (fun c : 'I_N.+1 => p < low c)) => [c1 out|none]; last first.
  rewrite -[leRHS]add0r -weight0 ler_wpDr //; apply: mono => c; rewrite -ltnS => lt.
  by have := none (Ordinal lt) => /= ->.
have [c /= out0 least] := @arg_minnP _ c1 (fun c : 'I_N.+1 => p < low c) (fun c => c : nat) out.
have cN : (c <= N)%N by rewrite -ltnS.
have [z|[/andP [low0 low1] small]] := ends c cN; first by move: out0; rewrite z ltNge p0.
apply: le_trans small; rewrite -trials_from.
apply: le_trans (trials_rise N p0 (ltW out0) low1 (rising_from c)).
apply: le_trans (below _ (rising_from c)); apply: mono => i; rewrite -ltnS => lt.
by case: ltP => [o|_]; rewrite ?ler0n // (least (Ordinal lt)).
Qed.
End Trials.

(* an upper end is a lower one of what does not happen *)
Lemma tail_mirror (R : rcfType) N (p : R) c : (c <= N)%N ->
  \sum_(c <= i < N.+1) binomial_law N (1 - p) i = \sum_(0 <= i < (N - c).+1) binomial_law N p i.
Proof.
move=> cN; rewrite -{1}[c]add0n big_addn big_nat_rev add0n subSn //=; apply: eq_big_nat => i.
rewrite ltnS => /andP [_ iN]; have iN' : (i <= N)%N := leq_trans iN (leq_subr c N).
have -> : ((N - c).+1 - i.+1 + c = N - i)%N by lia.
by rewrite /binomial_law bin_sub // subKn // mulrAC opprB addrC subrK.
Qed.

Lemma mirrored (R : rcfType) N (tail : R) (low high : nat -> R) : proportion_ends N tail low high ->
  forall c, (c <= N)%N -> 1 - high (N - c)%N = 0 \/
    0 <= 1 - high (N - c)%N <= 1 /\ \sum_(c <= i < N.+1) binomial_law N (1 - high (N - c)%N) i <= tail.
Proof.
move=> ends c cN; have [_ [->|[/andP [h0 h1] small]]] := ends _ (leq_subr c N); first by left; rewrite subrr.
by right; rewrite tail_mirror //; split=> //; apply/andP; split; lra.
Qed.

Section ClopperPearson.
Variables (R : rcfType) (T : finType) (law : T -> R).
Hypotheses (law0 : forall t, 0 <= law t) (law1 : \sum_t law t = 1).
Local Notation mean := (sample_mean law).

Lemma event01 (event : pred T) : 0 <= \sum_(t | event t) law t <= 1.
Proof. by rewrite sumr_ge0 //= -law1 [leRHS](bigID event) lerDl sumr_ge0. Qed.

Lemma mean_trials (v : T -> R) N f :
  mean N (fun s => trials f (map v s)) = trials f (nseq N (\sum_t law t * v t)).
Proof.
elim: N f => [|N IH] f; first by rewrite mean0.
by rewrite meanS /= -trials_mean //; apply: eq_bigr => t _; rewrite (IH (mix (v t) f)).
Qed.

Lemma mean_count (event : pred T) N f :
  mean N (fun s => f (count event s)) = trials f (nseq N (\sum_(t | event t) law t)).
Proof.
have -> : \sum_(t | event t) law t = \sum_t law t * (event t)%:R.
  by rewrite big_mkcond; apply: eq_bigr => t _; case: (event t); rewrite ?mulr1 ?mulr0.
rewrite -mean_trials; apply: eq_mean => s _; elim: s f => [|t s IH] f //=.
rewrite (IH (fun i => f (event t + i)%N)); apply: eq_trials => i; rewrite /mix; case: (event t) => /=.
  by rewrite mul1r subrr mul0r addr0 add1n.
by rewrite mul0r subr0 mul1r !add0r add0n.
Qed.

Theorem clopper_pearson (event : pred T) N (delta : R) low high (p := \sum_(t | event t) law t) :
  0 <= delta -> proportion_ends N (delta / 2) low high ->
  1 - delta <= mean N (fun s => (low (count event s) <= p <= high (count event s))%R%:R).
Proof.
move=> delta0 ends; have p01 := event01 event; have tail0 : 0 <= delta / 2 by lra.
have p'E : \sum_(t | predC event t) law t = 1 - p by rewrite -law1 [X in _ = X - _](bigID event) /= addrC addKr.
have p'01 := event01 (predC event); rewrite p'E in p'01.
have -> : delta = #|{: bool}|%:R * (delta / 2) by rewrite card_bool; lra.
pose bad b (s : seq T) := if b then p < low (count event s) else high (count event s) < p.
apply: (mean_union law0 law1 (bad := bad)) => [s _|[]].
- by rewrite negb_and -!ltNge => /orP [] out; [exists true|exists false].
- apply: (low_end (weight := fun f => mean N (fun s => f (count event s))) p01 _ tail0).
  + by move=> c cN; have [] := ends c cN.
  + by rewrite mean_const.
  + move=> f f' le; apply: (le_mean law0) => s sN; apply: le; rewrite -sN count_size //.
  by move=> f _; rewrite mean_count lexx.
rewrite (eq_mean _ (X' := fun s => (1 - p < 1 - high (N - count (predC event) s)%N)%R%:R)) => [|s sN].
  apply: (low_end (weight := fun f => mean N (fun s => f (count (predC event) s))) p'01 (mirrored ends) tail0).
  + by rewrite mean_const.
  + move=> f f' le; apply: (le_mean law0) => s sN; apply: le; rewrite -sN count_size //.
  by move=> f _; rewrite mean_count p'E lexx.
by rewrite -sN -(count_predC event s) addnK ltrD2l ltrN2.
Qed.
End ClopperPearson.
