"""Theorem 22: the gap without a singular value, by counting: sums of powers leave room for few large values.

In words: Sums of powers of the singular values, for which no singular value is computed, leave room for few large ones,
and so bound the gap from below.

Let κ be the components of the graph, each a value 1, `n = min(n_left, n_right) - κ` the values that are left,
`t_1 = ‖Ā‖_F² - κ` and `t_2 = ‖Ā Āᵀ‖_F² - κ` the sums of their squares and fourth powers, and `j = k + 1 - κ >= 1`. Then
`σ²_{k+1}` is at most

(a) `t_1 / j`;
(b) `t_1 / n + √((t_2 / n - t_1² / n²) (n - j) / j)`, itself at most `√(t_2 / j)`;

for `j <= n`, and 0 beyond; and the squared error of the probe is at most `α_T / (1 - b)`, b the lesser of them
(theorem 4). On a connected graph t_1 is the χ² information `χ²(P ‖ p_L x p_R)`: a width above it suffices.

Proof. (a) The j values after the ones are σ_{k+1} or more, and their squares sum to at most t_1. (b) holds for the j-th
largest of n numbers of this mean and variance; by Cauchy and Schwarz it is at most `√(t_2 / n) √(1 + (n - j) / j)`.

Remark. Random products with `A = ĀĀᵀ` bound the number of values above b with a stated probability. Let q be a
polynomial with `0 <= q <= q_max` on [0, 1] and `q >= 1` on [b, 1]: then `#{σ_i² > b} <= T = tr q(A)`, and by Laurent
and Massart 2000 the mean T̂ of `zᵀ q(A) z` over s standard Gaussian z is at least `T - 2 √(tr q(A)² ln(1/δ) / s)` with
probability `1 - δ`. As `tr q(A)² <= q_max T`, `#{σ_i² > b} <= (√c + √(c + T̂))²` with `c = q_max ln(1/δ) / s`. For
every width of at least that number theorem 15 bounds the squared error, with b in the place of `σ²_{k+1}`.

Cost: linear in the pairs; t_2 adds the products of pairs that share a node of one side, and is done without where there
are more than `PRODUCTS_LIMIT` of them. Source: new here; (b) is Wolkowicz and Styan 1980.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS
from pairbounds.infrastructure.hypotheses import require
from pairbounds.infrastructure.remembered import once
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import Spectrum

PRODUCTS_LIMIT = 50_000_000  # of pairs with pairs: some seconds
PRODUCTS_BLOCK = 4_000_000  # at a time: 64 MB


@bound("counted-mse", quantity="probe_mse", status="exact", kept="less information: no singular value")
def counted_mse(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) <= α_T / (1 - b)`, where b bounds `σ²_{k+1}` by sums of powers: no singular value is computed.

    `b <= t_1 / (k + 1 - κ)` for κ components, with t_1 the χ² information of a connected graph.
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


@dataclass(frozen=True)
class _Sums:
    """Sums over the values beyond those of the components.

    Attributes
    ----------
    components : how many values are 1, one for each
    square, least_square : the sum of the σ_i², rounded up and down
    fourth : the sum of the σ_i⁴, rounded up; infinite where it would be costly
    """

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
    """`‖A Aᵀ‖_F²` by blocks of rows, of the side where it takes fewer products; infinite above `PRODUCTS_LIMIT`."""
    rows, columns = np.diff(matrix.indptr), np.bincount(matrix.indices)
    if min(np.sum(rows**2), np.sum(columns**2)) > PRODUCTS_LIMIT:
        return math.inf
    transposed = sp.csr_array(matrix.T)
    if np.sum(rows**2) < np.sum(columns**2):
        matrix, transposed, columns = transposed, matrix, rows
    products = np.add.reduceat(columns[matrix.indices], matrix.indptr[:-1])
    places = np.searchsorted(np.cumsum(products), np.arange(PRODUCTS_BLOCK, products.sum(), PRODUCTS_BLOCK))
    ends = [0, *np.unique(places), matrix.shape[0]]
    # Each product is gone when the next is formed.
    return float(sum(np.sum((matrix[first:last] @ transposed).data ** 2) for first, last in pairwise(ends)))
