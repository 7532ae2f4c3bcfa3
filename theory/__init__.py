"""Pair graphs, their spectrum, what is measured on both, the bounds, attacks on them, and proofs."""
