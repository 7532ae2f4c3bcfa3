"""Ledger of bounds: their registry, a module for each theorem, and checks on a graph."""
