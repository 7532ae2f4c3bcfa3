"""Proofs that a bound holds on a graph, for an independent check in exact numbers."""

from pairbounds.theory.proofs.coq import CoqProof, prove_in_coq
from pairbounds.theory.proofs.proof import Claim, Proof, prove

__all__ = ["Claim", "CoqProof", "Proof", "prove", "prove_in_coq"]
