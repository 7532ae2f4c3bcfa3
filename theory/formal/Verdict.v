(* pairbounds theorem 1: bounds of the probe on every minimiser of width 2 of the spectral loss without a penalty, on one graph.
   SHA-256 of its sizes, weights and labels: 84422cdc53879e3991de77235434f2c261499c73e12bc1edec2e9fe3204bb2ca.
   The definitions are those of Statements.v; `pairs` has the weights below over their sum, and `label_of` the labels.
   To check it, with the packages of Coq that docs/proofs.md lists:
     cp -r "$(python -c 'import pairbounds.theory.ledger.formal as it; print(it.FOLDER)')" formal
     cd formal && coq_makefile -Q . Pairbounds *.v -o Makefile && make Checker.vo && cd ..
     coqc -Q formal Pairbounds THIS_FILE.v *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From Pairbounds Require Import Statements Integers Place Checker.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.

Open Scope hex_int_scope.
Definition weights_0 : seq Z := integers [:: 0x78787878787878; 0xf0f0f0f0f0f0f; 0x0].
Definition weights_1 : seq Z := integers [:: 0x5a5a5a5a5a5a58; 0x1e1e1e1e1e1e1e; 0x0].
Definition weights_2 : seq Z := integers [:: 0x0; 0xf0f0f0f0f0f0f; 0x87878787878788].
Definition weights_3 : seq Z := integers [:: 0x0; 0x0; 0x6969696969696c].
Definition basis_0 : seq Z := integers [:: (-0x83b5fe6b7df5f8); 0x823b300feea1e0].
Definition basis_1 : seq Z := integers [:: (-0x7c2da1234abc0c); 0x71d640276fa910].
Definition basis_2 : seq Z := integers [:: (-0x8ad5e2de97f5e8); (-0x7b9051385e5c34)].
Definition basis_3 : seq Z := integers [:: (-0x742879b7a95088); (-0x79ad9c81a34be8)].
Definition factor_0 : seq Z := integers [:: 0x270b722d56b1d3].
Definition factor_1 : seq Z := integers [:: 0x15796dfe4c7b5f; 0x1f663bb74d976d].
Definition factor_2 : seq Z := integers [:: 0xbf7b238257b35; (-0x17c4e9b663a75e); 0x24a9e67fc03c8d].
Definition factor_3 : seq Z := integers [:: (-0xe027a5029769c); 0x1bd33a436f5109; 0x1f51c49ffaa0f9; 0x71380b580].
Definition roots_0 : seq Z := integers [:: 0x2bfad3bc7fcd67f; 0x2ea5ca1b674743d; 0x29b90fac28a3b3f; 0x31de4f58d18d303].
Open Scope Z_scope.
Definition counts : problem := Problem 4%nat 3%nat [:: weights_0; weights_1; weights_2; weights_3]
  [:: 0%nat; 0%nat; 1%nat; 1%nat] 1%nat.
Definition certificate : Checker.certificate := Certificate
  (Place 2%nat 2556507658211489 72057594037927936 5192296858534827628530496329220096
    roots_0
    [:: basis_0; basis_1; basis_2; basis_3] 107839786668602559178668060348078522694548577690162289924414440996864
    [:: factor_0; factor_1; factor_2; factor_3] 107839786668602559178668060348078522694548577690162289924414440996864
    1375156540117653472992937870571900232773585241668749042712422048639801045254867517440)
  18446744073709551616 [:: 49039857307708443467467104868809893875799651909875269632; 46876334191191894520986117911739321804518014981360320512; 44985254726384836922157442281842257328508150090089872352; 43254176882268906870541667746839625597179200640325771328; 41669525196151845454752599454638925405478794625463432544; 40218912616567065584261779621908114296747899861111740048; 38891001284267706251064347189884210587053087649527196568; 37675412412556615781325079668239354203217128106829414432; 36562645114645970999153034309099308026216886251554106137; 35544002144051019411545017627976843976234424370013226700; 34611521917959837501017824413416313038162106178199713736; 33757916290520804131648178701803182147392874217228267480].

Lemma checked : check counts certificate. Proof. vm_cast_no_check (erefl true). Qed.

(* Theorem 4. *)
Lemma theorem_4_checked : mass_ok counts certificate [:: 82942696629798400720444525890581974046113496024559517398125769049839; (-82942696629798400720444525890581974046113496024559517398125769049839)] 80000000000000000000000000000000000000000000000000000000000000000000 91480915400513 2000000000000000.
Proof. vm_cast_no_check (erefl true). Qed.
Theorem theorem_4 (R : rcfType) (f : 'M[R]_(4, 2)) (g : 'M[R]_(3, 2)) (B : 'M[R]_(2, 2)) :
  minimiser (pairs R checked) f g -> least_squares (pairs R checked) (@label_of counts) f B ->
  let value : R := (iR 91480915400513 / iR 2000000000000000)%R in
  (mse (pairs R checked) (@label_of counts) f B <= value)%R /\
  (error (pairs R checked) (@label_of counts) f B <= 2 * value)%R.
Proof. move=> best probe value; exact: (mass_verdict (ok := checked) (optimum_cuts (ok := checked) best) probe theorem_4_checked). Qed.

(* Theorem 15. *)
Lemma theorem_15_checked : mass_ok counts certificate [:: 1000000000000000000000000000011; 0; 5424952977361894952560681553974; (-182906612177083894453989201267388); 921191859865505199933117510500264; (-2242079974975811559386325817634135); 3204510646253324776785821701379964; (-2843145973099617323396154961847822); 1549436065907069629202104339204903; (-477281420421867696468667616777200); 63850455671118972831533364887435] 1000000000000000000000000000000 19944811874651 10000000000000000.
Proof. vm_cast_no_check (erefl true). Qed.
Theorem theorem_15 (R : rcfType) (f : 'M[R]_(4, 2)) (g : 'M[R]_(3, 2)) (B : 'M[R]_(2, 2)) :
  minimiser (pairs R checked) f g -> least_squares (pairs R checked) (@label_of counts) f B ->
  let value : R := (iR 19944811874651 / iR 10000000000000000)%R in
  (mse (pairs R checked) (@label_of counts) f B <= value)%R /\
  (error (pairs R checked) (@label_of counts) f B <= 2 * value)%R.
Proof. move=> best probe value; exact: (mass_verdict (ok := checked) (optimum_cuts (ok := checked) best) probe theorem_15_checked). Qed.
