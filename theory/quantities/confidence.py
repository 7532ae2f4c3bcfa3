"""Confidence intervals for means over seeds, and for quantities estimated from sampled pairs (theorem 13)."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.special import betaincinv, stdtrit

from pairbounds.infrastructure.arrays import Array, FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import spectrum

Interval = tuple[float, float]


def student_half(values: ArrayLike, level: float = 0.95, *, overlap: float = 0.0) -> float:
    """Half-width of Student's interval for the mean of independent values; NaN for fewer than two values.

    `overlap` is the number of test items for each training item, if the values are from random splits of one set and so
    are dependent: `1/n` becomes `1/n + overlap` (Nadeau and Bengio, *Inference for the Generalization Error*, 2003).
    """
    array = np.asarray(values, dtype=np.float64)
    if len(array) < 2:
        return math.nan
    quantile = float(stdtrit(len(array) - 1, (1 + level) / 2))
    return quantile * float(array.std(ddof=1)) * math.sqrt(1 / len(array) + overlap)


class SharedHalves(NamedTuple):
    """Half-width of an interval for the mean of a column, and its degrees of freedom."""

    mean: float
    degrees: float


def shared_halves(values: ArrayLike, level: float = 0.95, *, overlap: float = 0.0) -> SharedHalves:
    """Half-width of an interval for the mean of a column, with the spread pooled over all columns.

    The model is `x_ij = μ_j + b_i + e_ij`: g differences to one baseline, say, share its noise b. All e have one
    variance. A column's mean has the variance of b and e, and Satterthwaite's degrees of freedom. `overlap` is that of
    `student_half`.

    `ValueError`: values (n, g), a row for each split, with fewer than two rows or columns, or not finite.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2 or min(array.shape) < 2 or not np.isfinite(array).all():
        raise ValueError(f"values has shape {array.shape}: give at least two rows and two columns of finite numbers")
    n, g = array.shape
    centred = array - array.mean(axis=0)
    common = g * float(centred.mean(axis=1).var(ddof=1))  # its expectation is g Var(b) + Var(e)
    own_degrees = (n - 1) * (g - 1)
    own_variance = float(((centred - centred.mean(axis=1, keepdims=True)) ** 2).sum()) / own_degrees
    parts = np.array([common / g, own_variance * (1 - 1 / g)])
    total = float(parts.sum())
    if total == 0:
        return SharedHalves(0.0, n - 1)
    degrees = total**2 / float((parts**2 / np.array([n - 1, own_degrees])).sum())
    return SharedHalves(float(stdtrit(degrees, (1 + level) / 2) * math.sqrt(total * (1 / n + overlap))), degrees)


def detectable(half: float, degrees: float) -> float:
    """Mean whose 95% interval excludes 0 with probability 0.8, from half-width and degrees of Student's interval."""
    return float(half * (1 + stdtrit(degrees, 0.8) / stdtrit(degrees, 0.975)))


def labelling_error_interval(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> Interval:
    """Exact interval for a labelling error, from the labels of both ends of n independent pairs.

    For α draw pairs `(x, l)` from `P`; for α_T draw l from `p_R`, then x and x' independently from `P(· | l)`.

    `ValueError`: labels of the two ends, (n,) both, of different lengths; no pairs; level not in (0, 1).
    """
    x, other = np.asarray(first), np.asarray(second)
    if x.ndim != 1 or x.shape != other.shape:
        raise ValueError(f"first has shape {x.shape} and second {other.shape}: give a label for each end of a pair")
    require_level(level)
    if len(x) == 0:
        raise ValueError("there are no pairs: an interval needs at least one")
    different = np.sum(x != other)
    low, high = proportion_ends(np.array([different]), len(x), level)
    return float(low[0]), float(high[0])


def singular_value_bernstein(counts: Any, k: int, *, level: float = 0.95) -> Interval:
    """Interval for `σ_{k+1}` with guaranteed coverage, from the counts of n independent pairs; a wide one.

    Parameters
    ----------
    counts : (n_left, n_right), dense or sparse integers that sum to n; no row or column may be empty
    k : 1..min(n_left, n_right) - 1

    Raises
    ------
    ValueError : counts that are not integers, a node without pairs, k out of range, level not in (0, 1)

    Notes
    -----
    The width depends on the rarest node, which must occur hundreds of times. On a graph of 6 by 5 nodes, the rarest
    of mass 0.09, with `σ_2 = 0.64`, the interval was [0.20, 1] from 2,000 pairs and [0.56, 0.74] from 40,000.
    """
    require_level(level)
    values = np.asarray(sp.coo_array(counts).data)
    if not np.all((values >= 0) & (values == np.rint(values))):
        raise ValueError("counts has values that are not whole numbers: give the number of draws of each pair")
    graph, n = PairGraph(counts, drop_isolated=True), int(values.sum())
    if graph.shape != np.shape(counts):
        raise ValueError("counts has empty rows or columns: the interval needs every node in at least one pair")
    if not 1 <= k < min(graph.shape):
        raise ValueError(f"k={k!r} is not in 1..{min(graph.shape) - 1}: the interval is for singular value k + 1")
    estimate = float(spectrum(graph, k + 1, device="cpu").singular_values[k])
    nodes, doubt = sum(graph.shape), (1 - level) / 2
    least, largest, rarest = 1.0, 1.0, []
    for marginal in (graph.left_marginal, graph.right_marginal):
        low, high = proportion_ends(np.rint(n * marginal), n, 1 - doubt / nodes)
        least, largest = least * math.sqrt((marginal / high).min()), largest * math.sqrt((marginal / low).max())
        rarest.append(float(low.min()))
    t = float(bernstein_deviation(1 / min(rarest), 1 + 1 / math.sqrt(math.prod(rarest)), math.log(nodes / doubt), n))
    return max(0.0, estimate * least - t), min(1.0, estimate * largest + t)


def require_level(level: float) -> None:
    """Raise `ValueError` unless the level is a confidence, in (0, 1)."""
    if not 0 < level < 1:
        raise ValueError(f"level={level!r} is not a confidence in (0, 1)")


def proportion_ends(successes: Array, n: int, level: float) -> tuple[FloatArray, FloatArray]:
    """Clopper and Pearson's interval ends for proportions, each from a number of successes in n trials."""
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(successes > 0, betaincinv(successes, n - successes + 1, tail), 0.0)
        high = np.where(successes < n, betaincinv(successes + 1, n - successes, 1 - tail), 1.0)
    return low, high


def bernstein_deviation(variance: float, largest: float, log: float, n: Any) -> Any:
    """Deviation `√(2 v L / n) + b L / (3 n)` of a mean of n independent summands, exceeded with probability `e^{-L}`.

    Parameters
    ----------
    variance : v, upper bound on the variance of a summand
    largest : b, upper bound on the excess of a summand over its mean

    Notes
    -----
    Bernstein's inequality, with the scale b/3. For a U-statistic of pairs take ⌊n/2⌋ (Hoeffding 1963). For symmetric
    matrices of dimension d, v is the norm of the mean of squares and the probability `d e^{-L}`; d is the sum of both
    dimensions for rectangular ones (Tropp 2012). For centred X in a Hilbert space v is `E ‖X‖²`, b bounds `‖X‖`, and
    the probability is `2 e^{-L}` (Pinelis 1994). Proof: step 9 of `docs/theorems/theorem28.md`.
    """
    return np.sqrt(2 * variance * log / n) + largest * log / (3 * n)


def pairs_until(at_most: Callable[[int], float], target: float, limit: int, ratio: float) -> float:
    """Number of pairs at which a decreasing bound reaches a target, up to a ratio; inf beyond the limit."""
    if at_most(limit) > target:
        return math.inf
    low, high = 1.0, float(limit)
    while high / low > ratio:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if at_most(int(middle)) <= target else (middle, high)
    return int(high)
