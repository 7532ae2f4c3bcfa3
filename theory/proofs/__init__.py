"""Proofs that a bound holds on a graph, to be checked by a stranger's program in exact numbers."""

from pairbounds.theory.proofs.proof import Claim, Proof, prove

__all__ = ["Claim", "Proof", "prove"]
