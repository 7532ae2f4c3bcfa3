"""Solvers and certificates for the singular triplets of a pair graph."""
