"""The ends of a polynomial on an interval, proved by its values on a grid."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray

POINTS = 1024  # of the grid, for each degree
EVERY = 64  # points of the grid of which a first look takes one


def proved_range(
    polynomial: Callable[[FloatArray], npt.NDArray[np.floating[Any]]], degree: int, low: float, high: float
) -> tuple[float, float]:
    """The polynomial is nowhere on [low, high] below the first or above the second, but for round-off in its values.

    Parameters
    ----------
    polynomial : callable
        Its values at places, (n,) to (n,).
    degree : int
        No less than that of the polynomial, at least 0.

    Notes
    -----
    The grid is even in θ, `t = low + (high - low) (1 - cos θ) / 2`, with N = `POINTS` for each degree d. At an extremum
    the slope in θ is 0, the nearest point of the grid is at most `π / 2dN` away, and the second derivative is at most
    d² times half the range h (Bernstein's inequality, twice): it is missed by at most `e h`, `e = (π / N)² / 8`, and h
    is at most half the range on the grid over `1 - e`. Cost: N d values.
    """
    values = polynomial(low + (high - low) * _grid(POINTS * max(degree, 1) + 1))
    between = (math.pi / POINTS) ** 2 / 8
    least, most = float(values.min()), float(values.max())
    missed = between / (1 - between) * (most - least) / 2
    return least - missed, most + missed


def least_seen(
    polynomial: Callable[[FloatArray], npt.NDArray[np.floating[Any]]], degree: int, low: float, high: float
) -> float:
    """The least value on one in `EVERY` points of the grid of `proved_range`, whose lower end is no greater."""
    return float(polynomial(low + (high - low) * _grid(POINTS * max(degree, 1) + 1)[::EVERY]).min())


@cache
def _grid(count: int) -> FloatArray:
    """Places in [0, 1]."""
    return np.asarray((1 - np.cos(np.linspace(0, np.pi, count))) / 2)
