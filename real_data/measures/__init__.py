"""Consistency and diversity of pairs, measures of the learned encoder, and verdicts."""
