"""Theorem 34: few labels: the error of a classifier that sees N labelled images.

In words: From N labelled images, class means of a whitened embedding classify with the squared error of the probe that
sees all labels, plus a term that falls with 1/N, and err on at most twice that share of images.

f is any embedding of rank k, whitened, ε₂ the squared error of its probe, p_c the masses of the r classes,
`D(s) = E ‖s - onehot‖²`, and E_S the mean over samples. The scores are `s_c(x) = f(x)·B̂_c`.

(a) N images independently from p, `B̂_c = (1/N) Σ_i f(x_i) 1[y_i = c]`. (d) As (a), with `‖f(x)‖ <= R`.
(b) N_c images from each class c, `B̂_c = (p_c / N_c) Σ_i f(x_i)`, `v_c = E_c ‖f‖² - ‖E_c f‖²`,
    `T = Σ_c p_c² v_c / N_c`.
(34′) `o = 1 - ‖E f‖²`, `A = 1 - ε₂ - (1 - o) / r >= 0`, and `W = ((1 - 1/r)(k - 1) + ε₂ - o / r) / N` for (a),
    `W = (1 - 1/r) T` for (b). Where `1 - ε₂ - 1/r > 0`, o may be taken for 0, which only raises the bound.

Proof: `docs/theorems/theorem34.md`. Source: put together here. Cost: O(n k²) to whiten n images, then O(r).
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import EPS, FloatArray, row_norms
from pairbounds.infrastructure.checks import is_integer
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.through_features import whitened
from pairbounds.theory.quantities.metrics.class_moments import class_moments

ROUND_OFF = 1e-9  # by which the largest norm may seem below its least
MOST = 10**12  # labels, beyond which nobody counts
TESTS = "tests/bounds/test_few_labels.py"


def few_labels_mse(mse: float, k: int, n_labels: int, population: int | None = None) -> float:
    """Mean squared error (a) from N independent labels, `E_S D(s) = ε₂ + (k - 1 + ε₂) / N`, rounded up.

    Without replacement from a population n the second term has the factor `(n - N) / (n - 1)`. `ValueError` for an ε₂
    not in [0, 1], a rank k or N that is no positive integer, and N above the population.
    """
    _require(mse, k, n_labels)
    if population is not None and n_labels > population:
        raise ValueError(f"{n_labels} images cannot be drawn from {population} without replacement: draw fewer")
    share = 1.0 if population is None else (population - n_labels) / max(1, population - 1)
    return _rounded_up(mse + share * (k - 1 + mse) / n_labels)


def few_labels_balanced_mse(mse: float, masses: ArrayLike, variances: ArrayLike, counts: ArrayLike) -> float:
    """Mean squared error (b) from N_c labels of each class, `E_S D(s) = ε₂ + Σ_c p_c² v_c / N_c`, rounded up.

    Masses, variances and counts are the p_c, v_c and N_c, (r,) each. `ValueError` for an ε₂ not in [0, 1], arrays of
    different lengths, and a class without a label.
    """
    _require(mse, 1, 1)
    shares, spread, sizes = (np.asarray(values, dtype=np.float64) for values in (masses, variances, counts))
    if not shares.shape == spread.shape == sizes.shape or not np.all(sizes > 0):
        raise ValueError("give a mass, a variance and a count for each class, and each class a label")
    return _rounded_up(mse + float(np.sum(shares**2 * spread / sizes)))


def few_labels_error(mse: float, k: int, n_labels: int, classes: int, lacking: float = 0.0) -> float:
    """Bound 34′ on the 0-1 error from N labels, `E_S E(s) <= 2 (ε₂ - o / r + A W / (A + W))`, rounded up.

    `lacking` is o, or 0 if that is unknown. `ValueError` as `few_labels_mse` has it.
    """
    _require(mse, k, n_labels)
    return _shrunk(mse, ((1 - 1 / classes) * (k - 1) + mse - lacking / classes) / n_labels, classes, lacking)


def few_labels_with_probability(mse: float, k: int, n_labels: int, largest: float, level: float = 0.95) -> float:
    """Bound (d), `D(s) <= ε₂ + (√((k - 1 + ε₂) / N) + R √(2 ln(1/δ) / N))²` with probability `1 - δ`, rounded up.

    `largest` is R, the largest norm, and `level` is `1 - δ`. `ValueError` as `few_labels_mse` has it, for
    an R below √k, and for a level not in (0, 1).
    """
    _require(mse, k, n_labels)
    if not largest >= math.sqrt(k) * (1 - ROUND_OFF) or not 0 < level < 1:
        raise ValueError(f"largest={largest!r} and level={level!r}: give a norm of at least √{k}, and 0 < level < 1")
    deviation = math.sqrt((k - 1 + mse) / n_labels) + largest * math.sqrt(-2 * math.log1p(-level) / n_labels)
    return _rounded_up(mse + deviation**2)


@dataclass(frozen=True, eq=False)
class FewLabels:
    """An embedding, whitened, with the quantities of theorem 34.

    Attributes
    ----------
    features : (n_left, k), whitened; k is the rank of the embedding
    mse : ε₂, rounded up
    masses, variances : (r,), p_c and v_c of each class present
    largest : R
    lacking : o, rounded down
    """

    features: FloatArray
    mse: float
    masses: FloatArray
    variances: FloatArray
    largest: float
    lacking: float

    @classmethod
    def of(cls, graph: PairGraph, f: Any) -> "FewLabels":
        """From an embedding of the left nodes, (n_left, k), of an encoder or an optimum; the graph has left labels."""
        features = whitened(f, graph.left_marginal)
        moments = class_moments(features, graph.left_marginal, required_labels(graph, "left"))
        reached = float(np.sum((moments.masses[:, None] * moments.means) ** 2))
        mse = min(1.0, max(0.0, 1 - reached) + 64 * EPS * features.shape[1] * math.sqrt(len(features)))
        lacking = max(0.0, 1 - float(np.sum((graph.left_marginal @ features) ** 2)) - (mse - max(0.0, 1 - reached)))
        return cls(features, mse, moments.masses, moments.variances, float(row_norms(features).max()), lacking)

    def error_at_most(self, n_labels: int, *, balanced: bool = False) -> float:
        """34′ for N independent draws, or for N // r draws of each class; rounded up."""
        classes = len(self.masses)
        if not balanced:
            return few_labels_error(self.mse, self.features.shape[1], n_labels, classes, self.lacking)
        counts = np.full(classes, n_labels // classes)
        total = few_labels_balanced_mse(0.0, self.masses, self.variances, counts)
        return _shrunk(self.mse, (1 - 1 / classes) * total, classes, self.lacking)

    def labels_needed(self, target: float, *, balanced: bool = False) -> float:
        """The least N for which 34′ is at most a target, infinite beyond `MOST`; balanced, a multiple of r."""
        sizes = range(len(self.masses) if balanced else 1, MOST)
        index = bisect_left(sizes, -target, key=lambda size: -self.error_at_most(size, balanced=balanced))
        return sizes[index] if index < len(sizes) else math.inf


def _shrunk(mse: float, variance: float, classes: int, lacking: float) -> float:
    """34′ from W, rounded up; `2 (1 - 1/r)` where A is 0, or o unknown and so A is not known to be positive."""
    reach = 1 - mse - (1 - lacking) / classes
    if reach <= 0:
        return _rounded_up(2 * (1 - 1 / classes))
    return _rounded_up(2 * (max(0.0, mse - lacking / classes) + reach * (variance / (reach + variance)) + EPS))


def _require(mse: float, k: int, n_labels: int) -> None:
    if not 0 <= mse <= 1 or not is_integer(k, 1) or not is_integer(n_labels, 1):
        raise ValueError(f"mse={mse!r}, k={k!r}, n_labels={n_labels!r}: give a number in [0, 1], and positive integers")


def _rounded_up(value: float) -> float:
    return value * (1 + 8 * EPS)


STATEMENTS = (
    Statement("few-labels-mse", few_labels_mse, TESTS, kept="sharper: an equality"),
    Statement("few-labels-balanced-mse", few_labels_balanced_mse, TESTS, kept="sharper: an equality"),
    Statement("few-labels-error", few_labels_error, TESTS, kept="sharper: below twice few-labels-mse"),
    Statement(
        "few-labels-with-probability",
        few_labels_with_probability,
        TESTS,
        kept="sharper: for one sample instead of the mean",
    ),
)
