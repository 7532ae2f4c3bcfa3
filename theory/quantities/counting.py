"""Counts of singular values above a threshold, without computing any: random products, with a stated probability.

Let q be a polynomial with `q >= 0` on [0, 1] and `q >= 1` on [b, 1], at most q_max. Then `#{σ_i² > b} <= T = tr q(A)`
with `A = ĀĀᵀ`, and the mean T̂ of `zᵀ q(A) z` over s standard Gaussian z is near T: by Laurent and Massart 2000
`T̂ >= T - 2 √(tr q(A)² ln(1/δ) / s)` with probability `1 - δ`, and `tr q(A)² <= q_max T`. Solved for T,
`#{σ_i² > b} <= (√c + √(c + T̂))²` with `c = q_max ln(1/δ) / s`. Source: new here.
"""

import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.polynomial import chebyshev

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.polynomials import proved_range
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.multihop import ROUND_OFF, label_measure, mass_up_to

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
    """At most how many `σ_i²` exceed b, with a stated probability over the random products that say so.

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
    >>> from pairbounds.theory.quantities.counting import count_above
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
