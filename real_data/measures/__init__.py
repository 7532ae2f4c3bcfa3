"""Consistency and diversity of pairs, what they make an encoder learn, and what the numbers allow one to say."""
