"""Hypotheses are code: what a statement needs is checked, and the one that fails is named."""

import numpy as np


class HypothesisError(ValueError):
    """A statement was asked about something that does not meet its hypotheses; the message names the one that fails."""


def require(condition: object, hypothesis: str) -> None:
    """Raise `HypothesisError` with this text unless the condition holds."""
    if not condition:
        raise HypothesisError(hypothesis)


def require_width(shape: tuple[int, int], k: object) -> None:
    """Raise `ValueError` unless k is an integer in 1..min(shape): beyond that every singular value is 0."""
    smaller = min(shape)
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise ValueError(f"k={k!r} is a {type(k).__name__}, not an integer: a width is a number in 1..{smaller}")
    if not 1 <= k <= smaller:
        raise ValueError(f"k={k!r} is not in 1..{smaller}, the smaller side: there is no such triplet")
