"""Checks of the hypotheses of a statement. The error names the hypothesis that fails."""

import numpy as np


class HypothesisError(ValueError):
    """A hypothesis of a statement does not hold. The message names it."""


def require(condition: object, hypothesis: str) -> None:
    """Raise `HypothesisError` with this text unless the condition holds."""
    if not condition:
        raise HypothesisError(hypothesis)


def require_width(shape: tuple[int, int], k: object) -> None:
    """Raise `ValueError` unless k is an integer in 1..min(shape), the number of singular values."""
    smaller = min(shape)
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise ValueError(f"k={k!r} is a {type(k).__name__}, not an integer: give a width in 1..{smaller}")
    if not 1 <= k <= smaller:
        raise ValueError(f"k={k!r} is not in 1..{smaller}: at most {smaller} singular triplets (the smaller side)")


def is_integer(value: object, least: float, most: float = np.inf) -> bool:
    """Test whether a value is an integer in least..most, and not a boolean."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(least <= value <= most)


def require_positive_counts(settings: object) -> None:
    """Raise `ValueError` unless every attribute whose name begins with `n_` is a positive integer."""
    for name, value in vars(settings).items():
        if name.startswith("n_") and (not isinstance(value, int | np.integer) or value < 1):
            raise ValueError(f"{name}={value!r} is not a positive integer")


def require_probabilities(**values: float) -> None:
    """Raise `ValueError` unless all are in [0, 1]."""
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name}={value!r} is not a probability: 0 <= {name} <= 1")
