"""Theorem 22: the gap without a singular value, by counting: sums of powers leave room for few large values.

In words: Sums of powers of the singular values, for which no singular value is computed, leave room for few large ones,
and so bound the gap from below.

Let κ be the components of the graph, each a value 1, `n = min(n_left, n_right) - κ` the values that are left,
`t_1 = ‖Ā‖_F² - κ` and `t_2 = ‖Ā Āᵀ‖_F² - κ` the sums of their squares and fourth powers, and `j = k + 1 - κ >= 1`. Then
`σ²_{k+1}` is at most

(a) `t_1 / j`;
(b) `t_1 / n + √((t_2 / n - t_1² / n²) (n - j) / j)`, itself at most `√(t_2 / j)`;

and the squared error of the probe at most `α_T / (1 - b)`, b the lesser of them (theorem 4). On a connected graph t_1
is the χ² information `χ²(P ‖ p_L x p_R)`: a width above it suffices.

Proof. (a) The j values after the ones are σ_{k+1} or more, and their squares sum to at most t_1. (b) holds for the j-th
largest of n numbers of this mean and variance; by Cauchy and Schwarz it is at most `√(t_2 / n) √(1 + (n - j) / j)`.

(c) From random products with `A = ĀĀᵀ` the number of values above b is bounded with a stated probability. Let q be a
polynomial with `q >= 0` on [0, 1] and `q >= 1` on [b, 1], at most q_max. Then `#{σ_i² > b} <= T = tr q(A)`, and the
mean T̂ of `zᵀ q(A) z` over s standard Gaussian z is near T: by Laurent and Massart 2000 `T̂ >= T - 2 √(tr q(A)² ln(1/δ)
/ s)` with probability `1 - δ`, and `tr q(A)² <= q_max T`. Solved for T, `#{σ_i² > b} <= (√c + √(c + T̂))²` with `c =
q_max ln(1/δ) / s`. For every width of at least that number the squared error is at most the largest label energy in
`[0, b]` that multi-hop consistency allows (theorem 15).

Cost: linear in the pairs; t_2 adds the products of pairs that share a node of one side, and is done without where there
are more than `PRODUCTS_LIMIT` of them. Source: new here; (b) is Wolkowicz and Styan 1980.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.polynomial import chebyshev

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import require
from pairbounds.infrastructure.polynomials import proved_range
from pairbounds.infrastructure.remembered import once_per_graph
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.components import component_count
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.multihop import ROUND_OFF, label_measure, mass_up_to
from pairbounds.theory.spectrum.triplets import Spectrum

SURVEY = 6  # further probes, which choose the polynomial
FITTED = 256  # points on which a polynomial is chosen
HIGHEST = 2.0  # it is fitted to stay below


@dataclass(frozen=True)
class Count:
    """An upper end of the number of σ_i² above a threshold.

    Attributes
    ----------
    at_most : no more than so many, with probability `probability` over the random products
    threshold : b
    estimate : T̂, what the products say of `tr q(A)`; T, not the number itself, is what it estimates
    probability, probes, degree, seed : as they were asked for
    """

    at_most: int
    threshold: float
    estimate: float
    probability: float
    probes: int
    degree: int
    seed: int


def count_above(
    graph: PairGraph, b: float, *, probability: float = 0.99, probes: int = 30, degree: int = 32, seed: int = 0
) -> Count:
    """Upper bound on the number of `σ_i²` that exceed b, with a stated probability over random products.

    Parameters
    ----------
    b : float
        In (0, 1).
    probability : float
        `1 - δ`, in (0, 1): of the seeds, for a given graph, at least this share is right.
    probes : int
        s, at least 1; `SURVEY` more choose the polynomial, before and independently of them.
    degree : int
        Of the polynomial in `ĀĀᵀ`, at least 1; half as many products of each probe with Ā and with Āᵀ.

    Raises
    ------
    ValueError
        An argument out of range.

    Notes
    -----
    q makes T least as the survey sees the spectrum: by a linear programme, whose answer is not trusted (`step_above`).
    `zᵀ q(A) z` is never negative, and counts as 0 where round-off makes it so. Where hardly a value exceeds b the
    answer is still about 4 c, which more probes lower. Cost: O(degree (s + SURVEY) nnz).

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds import PairGraph
    >>> from pairbounds.theory.bounds.theorem22_counting import count_above
    >>> count_above(PairGraph(np.eye(300) + 1 / 100), 0.5).at_most < 20
    True
    """
    _check(b=(b, 1), probability=(probability, 1), probes=(probes, math.inf), degree=(degree, math.inf))
    rng = np.random.default_rng(seed)
    coefficients, highest = step_above(b, _chebyshev_moments(graph, degree, SURVEY, rng).mean(axis=0))
    products = _chebyshev_moments(graph, degree, probes, rng) @ coefficients
    estimate = float(np.maximum(0.0, products).mean()) * (1 + ROUND_OFF)
    share = highest * -math.log1p(-probability) / probes
    at_most = (math.sqrt(share) + math.sqrt(share + estimate)) ** 2
    return Count(min(int(at_most), *graph.joint.shape), b, estimate, probability, probes, degree, seed)


def tail_beyond(graph: PairGraph, b: float, hops: int | None = None) -> float:
    """`B_m(b)`, m = hops: at most this much label energy is in `[0, b]`, where the tail of a wide enough optimum is.

    For every width of at least `count_above(graph, b).at_most`, with its probability, the squared error of the probe on
    the optimum is at most this, and its 0-1 error at most twice (theorem 15).

    Raises
    ------
    ValueError
        b is not in (0, 1); the graph lacks labels on the left; hops is below 1 or not an integer.
    """
    _check(b=(b, 1))
    return mass_up_to(label_measure(graph, hops), b)


def step_above(b: float, moments: FloatArray) -> tuple[FloatArray, float]:
    """A polynomial q with `q >= 0` on [0, 1] and `q >= 1` on [b, 1], and an upper end of it, proved.

    Parameters
    ----------
    b : float
        In (0, 1).
    moments : (d + 1,)
        Of the Chebyshev polynomials in `2 t - 1`: of a measure on [0, 1] under which q is to be small.

    Returns
    -------
    coefficients : (d + 1,), of the same polynomials
    highest : at least q on [0, 1]

    Notes
    -----
    A linear programme on a grid proposes q. A finer grid (`proved_range`) says by how much it may be negative: it is
    raised by as much, and then scaled; where that leaves nothing, q = 1.
    """
    whole, above = (np.cos(np.linspace(0, angle, FITTED + 1)) for angle in (math.pi, math.acos(2 * b - 1)))
    inside, step = (chebyshev.chebvander(points, len(moments) - 1) for points in (whole, above))
    from scipy.optimize import linprog  # takes a second to import

    found = linprog(
        moments,
        A_ub=np.vstack([-inside, inside, -step]),
        b_ub=np.concatenate([np.zeros(FITTED + 1), np.full(FITTED + 1, HIGHEST), np.full(FITTED + 1, -1.0)]),
        bounds=(None, None),
    )
    constant = np.eye(1, len(moments))[0]
    proposed = constant if found.x is None else np.asarray(found.x)
    lowest, highest = _range(proposed, 0.0)
    raised = max(0.0, -lowest)
    least = _range(proposed, b)[0] + raised
    if not least > 0:
        return constant, 1.0
    return (proposed + raised * constant) / least, (highest + raised) / least * (1 + ROUND_OFF)


def _range(coefficients: FloatArray, low: float) -> tuple[float, float]:
    """A lower and an upper end of the polynomial on [low, 1], proved."""
    degree = len(coefficients) - 1
    least, most = proved_range(lambda places: chebyshev.chebval(2 * places - 1, coefficients), degree, low, 1.0)
    rounding = ROUND_OFF * degree * float(np.abs(coefficients).sum())
    return least - rounding, most + rounding


def _chebyshev_moments(graph: PairGraph, degree: int, probes: int, rng: np.random.Generator) -> FloatArray:
    """`zᵀ T_i(2A - 1) z` for i = 0..degree of some Gaussian z, (probes, degree + 1), A on the shorter side.

    By `T_{i+j} = 2 T_i T_j - T_{|i-j|}` from half as many products.
    """
    matrix = graph.normalized if graph.n_left <= graph.n_right else sp.csr_array(graph.normalized.T)
    transposed = sp.csr_array(matrix.T)
    before = rng.standard_normal((matrix.shape[0], probes))
    here = 2 * (matrix @ (transposed @ before)) - before
    moments = [np.sum(before**2, axis=0), np.sum(before * here, axis=0)]
    while len(moments) <= degree:
        ahead = 4 * (matrix @ (transposed @ here)) - 2 * here - before
        moments.append(2 * np.sum(here**2, axis=0) - moments[0])
        moments.append(2 * np.sum(here * ahead, axis=0) - moments[1])
        before, here = here, ahead
    return np.column_stack(moments[: degree + 1])


def _check(**arguments: tuple[float, float]) -> None:
    for name, (value, limit) in arguments.items():
        if not 0 < value < limit:
            raise ValueError(f"{name}={value!r} is not above 0 and below {limit}")


PRODUCTS_LIMIT = 50_000_000  # of pairs with pairs: some seconds
PRODUCTS_BLOCK = 4_000_000  # at a time: 64 MB
TESTS = "tests/theory/test_counting.py"

STATEMENTS = (
    Statement(
        "values-above",
        "exact",
        "At most so many σ_i² exceed b, with a stated probability over random products.",
        count_above,
        TESTS,
    ),
    Statement(
        "tail-beyond",
        "exact",
        "`ε₂(f*) <= B_m(b)` for every width of at least the number of σ_i² above b.",
        tail_beyond,
        TESTS,
    ),
)


@bound("counted-mse", quantity="probe_mse", status="exact")
def counted_mse(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) <= α_T / (1 - b)`, where b bounds `σ²_{k+1}` by sums of powers: no singular value is computed.

    `b <= t_1 / (k + 1 - κ)` for κ components, with t_1 the χ² information of a connected graph.
    """
    return _over_counted_gap(induced_labelling_error(graph), graph, spectrum, k)


@bound("counted-error", quantity="probe_error", status="exact", corollary_of="counted-mse")
def counted_error(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E(f*) <= 2 α_T / (1 - b)`, where b bounds `σ²_{k+1}` by sums of powers: no singular value is computed."""
    return _over_counted_gap(2 * induced_labelling_error(graph), graph, spectrum, k)


def _over_counted_gap(numerator: float, graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """The quotient, rounded up as `over_gap` does it: what is measured rests on computed vectors."""
    gap = 1 - square_at_most(graph, k) - spectrum.rounding
    return (numerator + spectrum.rounding) / gap if gap > 0 else math.inf


def square_at_most(graph: PairGraph, k: int) -> float:
    """An upper end of `σ²_{k+1}` from sums of powers, rounded up; may exceed 1.

    Raises
    ------
    HypothesisError
        The graph has more than k components.
    """
    sums, smaller = _sums(graph), min(graph.joint.shape)
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


@once_per_graph
def _sums(graph: PairGraph) -> _Sums:
    components, square = component_count(graph), float(np.sum(graph.normalized.data**2))
    rounding = 16 * float(np.finfo(np.float64).eps) * math.sqrt(sum(graph.joint.shape)) * square
    return _Sums(
        components,
        max(0.0, square - components) + rounding,
        max(0.0, square - components - rounding),
        max(0.0, _fourth_powers(graph.normalized) - components) + rounding,
    )


def _fourth_powers(matrix: sp.csr_array) -> float:
    """`‖A Aᵀ‖_F²` by blocks of rows, of the side where it takes fewer products; infinite above `PRODUCTS_LIMIT`."""
    rows, columns = np.diff(matrix.indptr), np.bincount(matrix.indices)
    if np.sum(rows**2) < np.sum(columns**2):
        matrix, columns = sp.csr_array(matrix.T), rows
    if np.sum(columns**2) > PRODUCTS_LIMIT:
        return math.inf
    transposed = sp.csr_array(matrix.T)
    products = np.add.reduceat(columns[matrix.indices], matrix.indptr[:-1])
    places = np.searchsorted(np.cumsum(products), np.arange(PRODUCTS_BLOCK, products.sum(), PRODUCTS_BLOCK))
    ends = [0, *np.unique(places), matrix.shape[0]]
    blocks = (matrix[first:last] @ transposed for first, last in pairwise(ends))
    return float(sum(np.sum(block.data**2) for block in blocks))
