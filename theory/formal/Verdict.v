(* A verdict for one graph of 4 x 3 nodes: its certificate is of floating-point factors, checked by vm_compute. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From Pairbounds Require Import Statements Frobenius Pairs Minimisers Checker.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Open Scope Z_scope.

Definition tiny : problem := Problem 4%nat 3%nat
  [:: [:: 8; 1; 0]; [:: 6; 2; 0]; [:: 0; 1; 9]; [:: 0; 0; 7]]
  [:: 0%nat; 0%nat; 1%nat; 1%nat] 1%nat.
Definition tiny_proof : certificate := Certificate 2%nat 112 [:: 8; 28; 7]
  [:: [:: (-517); 534]; [:: (-459); 440]; [:: (-574); (-534)]; [:: (-402); (-440)]]
  [:: [:: 575294269; 0; 0; 0]; [:: 482129089; 101158537; 0; 0]; [:: (-4583096); 27343187; 608829501; 0]; [:: (-51843646); 148376653; 435777753; 55780387]]
  1099511627776 19 500.

Definition num : Z := 750.
Definition den : Z := 8177.

Close Scope Z_scope.
Local Open Scope ring_scope.

Lemma tiny_ok : graph_ok tiny. Proof. by vm_compute. Qed.
Definition tiny_graph R := graph_of R tiny_ok.

(* Whatever pair of embeddings of width 2 minimises the loss, and whatever least squares probe is put on it, at most
   750/8177 of the images are misclassified, ties being errors. *)
Theorem verdict (R : rcfType) (f : 'M[R]_(4, 2)) (g : 'M[R]_(3, 2)) (B : 'M[R]_(2, 2)) :
  minimiser (tiny_graph R) f g -> least_squares (tiny_graph R) (@label_of tiny) f B ->
  error (tiny_graph R) (@label_of tiny) f B <= iR R num / iR R den.
Proof.
move=> best probe.
apply: (@check_sound R tiny tiny_ok tiny_proof _ _ _ _ f g B _ best probe); by vm_compute.
Qed.
