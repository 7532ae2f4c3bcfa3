"""Consistency and diversity of pairs, what they make an encoder learn, and conclusions from the numbers."""
