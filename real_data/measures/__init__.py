"""Consistency and diversity of pairs, and verdicts on pairs by captions."""
