"""Proofs with fields, types, sizes and bytes changed: the verifier may refuse what is true, never say what is false."""
