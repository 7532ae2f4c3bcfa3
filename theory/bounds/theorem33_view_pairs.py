"""Theorem 33: the values that features can reach, from pairs of views of natural images, each seen once.

In words: The correlations of features along pairs of views, which bound what an encoder linear in these features can
reach, are estimated within a stated error from n natural images with two views each.

φ has d entries, is whitened under the distribution (not the sample), and `‖φ‖² <= B`. The images are independent, with
two views v and v' each, drawn alike. τ̂_i² are the eigenvalues of the mean of `(φ(v) φ(v')ᵀ + φ(v') φ(v)ᵀ) / 2`.

Proof: `docs/theorems/theorem33.md`. Source: new here; the inequality is Tropp's (2012). Cost: O(n d² + d³).
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.confidence import bernstein_deviation, require_level


def values_from_views(
    first: ArrayLike, second: ArrayLike, largest: float, *, level: float = 0.95
) -> tuple[FloatArray, float]:
    """The estimates τ̂_i², (d,), in falling order, and by how much each may be off, with probability `level`.

    `ValueError`: shapes that differ; a level not in (0, 1); features beyond B, or a B below d, which whitened ones
    exceed.

    Parameters
    ----------
    first, second : (n, d), whitened features of both views of each natural image
    largest : B, the largest squared norm that the features of any view can have
    """
    x, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if x.shape != other.shape or x.ndim != 2 or not x.size:
        raise ValueError(f"views of shapes {x.shape} and {other.shape}: give two of one shape (n, d)")
    require_level(level)
    n, d = x.shape
    reached = max(float(np.max(np.sum(views**2, axis=1))) for views in (x, other))
    if largest < max(d, reached):
        raise ValueError(
            f"largest={largest:g} is below {max(d, reached):g}: the squared norms of whitened features reach it"
        )
    mean = x.T @ other / n
    values = np.linalg.eigvalsh((mean + mean.T) / 2)[::-1]
    log = math.log(2 * d / (1 - level))
    return np.asarray(values), float(bernstein_deviation(largest, largest + 1, log, n))


STATEMENTS = (
    Statement(
        "values-from-views",
        values_from_views,
        "tests/bounds/test_view_pairs.py",
        "`|τ̂_i² - τ_i²| <= √(2 B L / n) + (B + 1) L / (3 n)`, `L = ln(2 d / δ)`, for the eigenvalues τ_i² of "
        "`E φ(v) φ(v')ᵀ` from n natural images with two views each.",
        kept="less information: a sample of views",
    ),
)
