"""Removal of exactly a fraction of a mass, by rank."""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray

ROUNDING = 64 * float(np.finfo(np.float64).eps)


def taken_mass(mass: FloatArray, score: FloatArray, quota: FloatArray) -> FloatArray:
    """Amount taken of each mass, highest score first along the last axis, until the quota is reached.

    Of equal scores the first is taken first.
    """
    order = np.argsort(-score, axis=-1, kind="stable")
    ranked = np.take_along_axis(mass, order, axis=-1)
    before = np.cumsum(ranked, axis=-1) - ranked
    taken = np.clip(quota[..., None] - before, 0, ranked)
    # A rest of round-off would be a pair.
    taken = np.where((taken > 0) & (ranked - taken <= ROUNDING * mass.sum(axis=-1, keepdims=True)), ranked, taken)
    result = np.empty_like(mass)
    np.put_along_axis(result, order, taken, axis=-1)
    return result


def check_fraction(fraction: float) -> None:
    """`ValueError` unless it is in [0, 1)."""
    if not 0 <= fraction < 1:
        raise ValueError(f"fraction={fraction!r} is not in [0, 1)")
