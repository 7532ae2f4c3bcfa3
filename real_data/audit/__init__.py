"""Audit of a user's pairs: consistency, spectrum, bounds, and the most harmful captions and classes."""
