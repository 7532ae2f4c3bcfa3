"""Theorem 22: the gap without a singular value, by counting: sums of powers leave room for few large values.

In words: Sums of powers of the singular values, for which no singular value is computed, leave room for few large ones,
and so bound the gap from below.

For κ components let `n = min(n_left, n_right) - κ`, `t_1 = ‖Ā‖_F² - κ`, `t_2 = ‖Ā Āᵀ‖_F² - κ` and `j = k + 1 - κ >= 1`.
b_k is the lesser of `t_1 / j` and `t_1 / n + √((t_2 / n - t_1² / n²) (n - j) / j)`, and 0 for `j > n`.

Proof: `docs/theorems/theorem22.md`. Source: new here; the second term is Wolkowicz and Styan 1980. Cost: linear in the
pairs, and for t_2 the products of pairs that share a node of one side, up to `PRODUCTS_LIMIT` of them.
"""

import math
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, once
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import induced_labelling_error

PRODUCTS_LIMIT = 50_000_000  # of pairs with pairs: some seconds, and 600 MB


@exact("counted-mse", quantity="probe_mse", kept="less information: no singular value")
def counted_mse(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) <= α_T / (1 - b_k)`, where b_k bounds `σ²_{k+1}` by sums of powers: no singular value is computed.

    `b_k <= t_1 / (k + 1 - κ)` for κ components, with t_1 the χ² information of a connected graph.
    """
    gap = 1 - square_at_most(graph, k) - spectrum.rounding
    # Rounded up as `over_gap` does it: what is measured rests on computed vectors.
    return (induced_labelling_error(graph) + spectrum.rounding) / gap if gap > 0 else math.inf


def square_at_most(graph: PairGraph, k: int) -> float:
    """An upper end of `σ²_{k+1}` from sums of powers, rounded up; may exceed 1.

    `HypothesisError`: the graph has more than k components.
    """
    sums, smaller = _sums(graph), min(graph.shape)
    require(k >= sums.components, f"the graph has {sums.components} components, more than k = {k}")
    if k == smaller:
        return 0.0
    n, j = smaller - sums.components, k + 1 - sums.components
    by_sum = sums.square / j
    if math.isinf(sums.fourth):
        return by_sum
    variance = max(0.0, sums.fourth / n - (sums.least_square / n) ** 2)
    return min(by_sum, sums.square / n + math.sqrt(variance * (n - j) / j))


class _Sums(NamedTuple):
    """Sums of σ_i² (rounded up and down) and of σ_i⁴ (rounded up; infinite where costly) beyond the components'."""

    components: int
    square: float
    least_square: float
    fourth: float


@once
def _sums(graph: PairGraph) -> _Sums:
    components, square = graph.n_components, float(np.sum(graph.normalized.data**2))
    rounding = 16 * EPS * math.sqrt(sum(graph.shape)) * square
    return _Sums(
        components,
        max(0.0, square - components) + rounding,
        max(0.0, square - components - rounding),
        max(0.0, _fourth_powers(graph.normalized) - components) + rounding,
    )


def _fourth_powers(matrix: sp.csr_array) -> float:
    """`‖A Aᵀ‖_F²`, on the side where it takes fewer products; infinite above `PRODUCTS_LIMIT`."""
    transposed = sp.csr_array(matrix.T)
    by_right, by_left = (int(np.sum(np.bincount(part.indices) ** 2)) for part in (matrix, transposed))
    if min(by_right, by_left) > PRODUCTS_LIMIT:
        return math.inf
    gram = transposed @ matrix if by_left < by_right else matrix @ transposed
    return float(np.sum(gram.data**2))
