"""Proofs that a bound holds on a graph, for an independent check in exact numbers."""

from pairbounds.theory.proofs.proof import Claim, Proof, prove

__all__ = ["Claim", "Proof", "prove"]
