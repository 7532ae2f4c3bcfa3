(* pairbounds theorem 1: bounds of the probe on every minimiser of width 2 of the spectral loss without a penalty, on one graph.
   SHA-256 of its sizes, weights and labels: 84422cdc53879e3991de77235434f2c261499c73e12bc1edec2e9fe3204bb2ca.
   The definitions are those of Statements.v; `pairs` has the weights below over their sum, and `label_of` the labels.
   To check it, with the packages of Coq that docs/proofs.md lists:
     cp -r "$(python -c 'import pairbounds.theory.ledger.formal as it; print(it.FOLDER)')" formal
     cd formal && coq_makefile -Q . Pairbounds *.v -o Makefile && make Ballots.vo Lower.vo && cd ..
     coqc -Q formal Pairbounds THIS_FILE.v *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From Pairbounds Require Import Statements Integers Place Lower Checker Ballots.
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
  147573952589676412928 [:: 3138550867693340381917894711603833208051177722232017256448; 3000085388236281249343111546351316595489152958807060512768; 2879056302488629563166949841565815041472378223057121766644; 2768267320465210040104896799407345337978641108218750520140; 2666849612553718109616692850974151354890954991575991008372; 2574010407460292198028598857405974134884529958333381776800; 2489024082193133200711290503294962249831653084221262130136; 2411226394403623410760556229993823714525468589556315230312; 2340009287337342144799656166672195158405451525151898350280; 2274816137219265243234181164701965750926465308577571175872; 2215137402749429601091611114533781077608854426077993591268; 2160506642593331465655923176256035555891866847231633641440].

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
Lemma theorem_15_checked : mass_ok counts certificate [:: 1000000000000000000000000000011; 0; 5424952977361894952560681553974; (-182906612177083894453989201267388); 921191859865505199933117510500264; (-2242079974975811559386325817634135); 3204510646253324776785821701379964; (-2843145973099617323396154961847822); 1549436065907069629202104339204903; (-477281420421867696468667616777200); 63850455671118972831533364887435] 1000000000000000000000000000000 9972405937291 5000000000000000.
Proof. vm_cast_no_check (erefl true). Qed.
Theorem theorem_15 (R : rcfType) (f : 'M[R]_(4, 2)) (g : 'M[R]_(3, 2)) (B : 'M[R]_(2, 2)) :
  minimiser (pairs R checked) f g -> least_squares (pairs R checked) (@label_of counts) f B ->
  let value : R := (iR 9972405937291 / iR 5000000000000000)%R in
  (mse (pairs R checked) (@label_of counts) f B <= value)%R /\
  (error (pairs R checked) (@label_of counts) f B <= 2 * value)%R.
Proof. move=> best probe value; exact: (mass_verdict (ok := checked) (optimum_cuts (ok := checked) best) probe theorem_15_checked). Qed.

(* Theorem 16, votes. *)
Lemma lower_checked : lower_ok counts (cut certificate) 4122658988459607 4503599627370496.
Proof. vm_cast_no_check (erefl true). Qed.
Lemma theorem_16_votes_checked : vote_ok counts certificate [:: 140270655994639502920; 12313500913352370; 113147167711539577139578938158; (-6851819207616552651063379641983); 117324104819119870712906816834220; (-418547755995043729071447557998909); 619233614179972268409812841127859; (-418540166619479398590897289977875); 107268875655335989449667977169156] [:: 180844922370587; (-134484185281018395197172310418); 3901212553770771293559782577631; (-3131671904556441288214330143092); 364943536066688667407476032167]
  1000000000000000000000000000000 1000000000000000000000000000000 4122658988459607 4503599627370496 1160305673192058240061896867701 500000000000000000000000000000 406893 1250000000000000.
Proof. vm_cast_no_check (erefl true). Qed.
Theorem theorem_16_votes (R : rcfType) (f : 'M[R]_(4, 2)) (g : 'M[R]_(3, 2)) (B : 'M[R]_(2, 2)) :
  minimiser (pairs R checked) f g -> least_squares (pairs R checked) (@label_of counts) f B ->
  (error (pairs R checked) (@label_of counts) f B <= iR 406893 / iR 1250000000000000)%R.
Proof. move=> best probe; exact: (vote_sound (ok := checked) (lower_cuts (ok := checked) lower_checked best) probe theorem_16_votes_checked). Qed.
