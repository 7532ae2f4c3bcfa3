"""Bound on the 0-1 error of an optimum near multi-hop scores: the computations of theorem 16.

`docs/theorems/theorem16.md` defines filters q and majorants P. If a Radau node leaves [0, 1], theorem 15's rule has
nodes at both ends (here `BESIDE` them). Its P is smaller, but not always a majorant, so both rules are tried. Each P
that is used is **certified** on a fine grid, and raised by its shortfall.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import scipy.fft
from numpy.polynomial import chebyshev

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray
from pairbounds.theory.graph.pair_graph import LabelledGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.hop_scores import filtered_margins
from pairbounds.theory.quantities.margins import error_within
from pairbounds.theory.quantities.multihop_consistency import (
    FAR,
    ROUND_OFF,
    JacobiMatrix,
    extremal_rule,
    label_measure,
    radau_rule,
    rule_of_all_moments,
    valid_order,
)

WEIGHTS = np.array([0.0, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0])
NEAR = 1e-7  # distance at which an atom of ν replaces the node of the step
BESIDE = 1e-9  # distance of an end node from its end, where an atom would make the other nodes ill-conditioned
AT_ONCE = 2**21  # scores of all filters together, 16 MiB; large graphs get fewer filters
FEWEST = 4  # filters
POINTS = 1024  # of the grid that certifies a majorant, for each degree
TINY = 1e-18  # replaces a distance of 0


@dataclass(frozen=True, eq=False)
class Cut:
    """Cut after the top k, as intervals for the eigenvalues of A = ĀĀᵀ."""

    below: float  # upper bound on the eigenvalues that the projector drops
    above: float  # lower bound on the eigenvalues that it keeps; less than `below` in a tie
    eigenvalues: FloatArray | None = None  # (j,), those that it keeps, or `None` if they may be anywhere in [above, 1]
    rounding: float = ROUND_OFF  # bound on the Frobenius distance between A and the matrix of the projector
    noise: float = ROUND_OFF  # bound on the error of the projector's measured scores, in the same norm

    @classmethod
    def of(cls, spectrum: Spectrum, k: int) -> "Cut":
        """Cut between σ_k and σ_{k+1}, from at least k + 1 triplets; at the rank if k is above it.

        The computed vectors span an exact invariant subspace of a matrix that differs from Ā by at most √2 times the
        residuals. So ties and small gaps cost nothing.
        """
        width, rounding = min(k, spectrum.rank), spectrum.rounding + ROUND_OFF
        return cls(
            below=min(1.0, float(spectrum.upper_values[width]) ** 2 + rounding),
            above=max(0.0, float(spectrum.lower_values[width - 1]) ** 2 - rounding),
            eigenvalues=spectrum.singular_values[:width] ** 2,
            rounding=rounding,
            noise=rounding + 8 * math.sqrt(k) * spectrum.round_off,
        )

    @classmethod
    def at_penalty(cls, spectrum: Spectrum, k: int, width: int, penalty: float) -> "Cut":
        """Cut at `μ²` of the penalised optimum of width k, which keeps `width` directions (theorem 18).

        If the width ends the span first, the cut is after σ_k.
        """
        by_width, beyond, least = cls.of(spectrum, width), 0.0, 0.0
        if width == k:
            beyond, least = float(spectrum.upper_values[k]) ** 2, float(spectrum.lower_values[k - 1]) ** 2
        return replace(
            by_width,
            below=min(1.0, max(penalty**2, beyond) + by_width.rounding),
            above=max(0.0, max(penalty**2, least) - by_width.rounding),
            eigenvalues=None,
        )

    def places(self) -> list[float]:
        """Positions to try for a step, between `below` and `above`."""
        if self.above <= self.below:
            return [self.below]
        return [(self.below + self.above) / 2, self.below, self.above]


@dataclass(frozen=True, eq=False)
class LocalBound:
    """Bound on the 0-1 error, and the polynomials that prove it: in the basis `T_j(2t - 1)`, j = 0, 1, ...

    `P >= q²` on [0, below], and `P >= (1 - q)²` on [above, 1], or at the kept eigenvalues if these are known.
    """

    error: float  # the bound, at most 1
    filter: FloatArray  # (d + 1,), q
    majorant: FloatArray  # (n + 1,), P, n <= 2 order
    budget: float  # `∫ P dν` plus a bound on round-off; at least `‖(Π_k - q(A))Ỹ‖²`


def local_multihop(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> LocalBound:
    """Theorem 16: bound on the 0-1 error of a linear probe on the top k, from multi-hop scores and `σ_k`, `σ_{k+1}`.

    `ValueError`: the graph lacks labels on the left; order is below 1 or not an integer.

    Cost: `label_measure`, O(order nnz r) for r classes, and O(order n_left r + n_left log n_left) for each filter.

    The value is the least of all certified ones. The filters are powers, and steps on the rules of those Lanczos steps
    that round-off does not decide (`multihop_consistency.JacobiMatrix.determined`). On 1,000 graphs in nine orders and
    places the value changed by at most 8.5e-7 of itself.

    Takes at least k + 1 triplets. The order, by default `default_order`, gives the moments a_0..a_{2 order} and filters
    of degree at most order + 1.
    """
    return within(graph, Cut.of(spectrum, k), order)


def within(graph: LabelledGraph, cut: Cut, order: int | None = None) -> LocalBound:
    """`local_multihop` for any cut. Only candidates that may be the least are certified."""
    order = valid_order(graph, order)
    jacobi, unreached = label_measure(graph, order), graph.unreached
    nodes, weights = rule_of_all_moments(jacobi)
    weights = (1 - unreached) * weights
    pairs = graph.pair_graph
    room = max(FEWEST, AT_ONCE // (pairs.n_left * len(class_masses(pairs))))
    filters = [*_steps(jacobi.determined(), cut), *_powers(cut, order)][:room]
    candidates = []
    all_margins = filtered_margins(graph, [step.polynomial.coefficients[0] for step in filters])
    for step, margins in zip(filters, all_margins, strict=True):
        ranking = np.argsort(margins)
        ahead, masses = np.minimum(margins[ranking], FAR), pairs.left_marginal[ranking]
        with np.errstate(all="ignore"):  # a majorant of high degree may overflow
            integrals = step.majorants.at(nodes)[0] @ weights
        for number in np.flatnonzero(np.isfinite(integrals)).tolist():
            weight, majorant = float(step.weights[number]), step.majorants.one(number)
            mixed = weight + (1 - weight) * ahead
            # The labels, which the scores contain with the share `weight`, include energy that no encoder reaches.
            integral = float(integrals[number]) + weight**2 * unreached
            program = _MarginProgram(step.polynomial, weight, majorant, integral, mixed, masses)
            candidates.append((program.error(program.integral), program))
    best = LocalBound(1.0, np.ones(1), np.ones(1), 1.0)  # q = P = 1: always valid, and vacuous
    for uncertified, program in sorted(candidates, key=lambda candidate: candidate[0]):
        if uncertified >= best.error:
            break
        best = min(best, program.bound(cut), key=lambda local: local.error)
    return best


@dataclass(frozen=True, eq=False)
class _ChebyshevSeries:
    """Polynomials given by coefficients in the basis `T_j(2t - 1)`, (s, n + 1)."""

    coefficients: FloatArray

    def one(self, number: int) -> "_ChebyshevSeries":
        return _ChebyshevSeries(self.coefficients[number, None])

    def at(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values at points, (s, p), and a bound on the round-off of each."""
        values = chebyshev.chebval(2 * points - 1, self.coefficients.T)
        sizes = np.abs(self.coefficients).sum(axis=1, keepdims=True)
        return np.asarray(values), 4 * EPS * self.coefficients.shape[1] * sizes


@dataclass(frozen=True, eq=False)
class _HermiteBasis:
    """Polynomials given by values at nodes, and by slopes at double nodes.

    Each node i has a term, `Π_{j≠i} (t - t_j)^{m_j}` times a constant or a line. Near a node the terms of the others
    are small, so nothing cancels. Coefficients in another basis would lose digits.
    """

    nodes: FloatArray  # (n,)
    multiplicities: IntArray  # (n,), 1 or 2
    values: FloatArray  # (s, n), of s polynomials
    slopes: FloatArray  # (s, n), used where the multiplicity is 2

    def one(self, number: int) -> "_HermiteBasis":
        return replace(self, values=self.values[number, None], slopes=self.slopes[number, None])

    def at(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values at points, (s, p), and a bound on the round-off of each."""
        away = points - self.nodes[:, None]
        away[away == 0] = TINY
        powers = np.where(self.multiplicities[:, None] == 2, away**2, away)
        constant = np.prod(powers, axis=0) / powers
        line = away * constant
        constants, slopes = self._lines
        sizes = np.abs(constants) @ np.abs(constant) + np.abs(slopes) @ np.abs(line)
        return constants @ constant + slopes @ line, 16 * (len(self.nodes) + 1) * EPS * sizes

    @cached_property
    def _lines(self) -> tuple[FloatArray, FloatArray]:
        """Constant and slope of each node's term, (s, n), divided by the product of its distances to the others."""
        apart = _distances(self.nodes)
        powers = self.multiplicities * (1 - np.eye(len(self.nodes), dtype=np.int64))
        sloped = np.where(self.multiplicities == 2, self.slopes - (powers / apart).sum(axis=1) * self.values, 0.0)
        lengths = np.prod(apart**powers, axis=1)
        return self.values / lengths, sloped / lengths

    @property
    def coefficients(self) -> FloatArray:
        """Coefficients in the basis `T_j(2t - 1)`, (s, sum of the multiplicities)."""
        count = int(self.multiplicities.sum())
        coefficients = scipy.fft.dct(self.at(_chebyshev_points(count))[0]) / count
        coefficients[:, 0] /= 2
        return np.asarray(coefficients)


Polynomials = _ChebyshevSeries | _HermiteBasis


@dataclass(frozen=True, eq=False)
class _Filter:
    """A filter q_0, and majorants of the mixtures `(1 - w) q_0 + w` for s weights w, (s,)."""

    polynomial: Polynomials
    weights: FloatArray
    majorants: Polynomials


@dataclass(frozen=True, eq=False)
class _MarginProgram:
    """Linear programme over the margins for the largest 0-1 error of scores near those of a filter."""

    polynomial: Polynomials  # q_0 of the filter `q = (1 - w) q_0 + w`
    weight: float  # w
    majorant: Polynomials  # P, not yet certified
    integral: float  # `∫ P dν`
    margins: FloatArray  # (n_left,), of the scores of q, in increasing order
    masses: FloatArray  # (n_left,), in the same order

    def error(self, budget: float) -> float:
        return error_within(self.margins, self.masses, max(0.0, budget))

    def bound(self, cut: Cut) -> LocalBound:
        """Bound of the certified majorant, with the cut's rounding in `∫ P dν` and q(A), and the scores' round-off."""
        q = _plus((1 - self.weight) * self.polynomial.coefficients[0], self.weight)
        majorant = self.majorant.coefficients[0]
        lacking = self._lacking(cut, max(len(majorant) - 1, 2 * len(q) - 2))
        integral = self.integral + lacking + cut.rounding * _steepest(majorant)
        in_scores = ROUND_OFF * float(np.arange(1, len(q) + 1) ** 2 @ np.abs(q))
        in_filter = len(q) * float(self.polynomial.at(_chebyshev_points(len(q)))[1].max())
        moved = cut.rounding * _steepest(q) + in_scores + in_filter + cut.noise
        budget = float((math.sqrt(max(0.0, integral)) + moved) ** 2)
        # Add the round-off of the coefficients of P and q.
        size = float(np.abs(majorant).sum() + (1 + np.abs(q).sum()) ** 2)
        raised = _plus(majorant, lacking + 4 * EPS * max(len(majorant), 2 * len(q) - 1) * size)
        return LocalBound(self.error(budget), q, raised, budget)

    def _lacking(self, cut: Cut, degree: int) -> float:
        """Bound on the shortfall of `P - q²` below 0 on [0, below], and of `P - (1 - q)²` at the kept eigenvalues."""
        under = least_on_interval(partial(self._excess, 0.0), degree, 0.0, cut.below)
        if cut.eigenvalues is None:
            over = least_on_interval(partial(self._excess, 1.0), degree, cut.above, 1.0)
        else:
            over = float(self._excess(1.0, cut.eigenvalues).min())
        return max(0.0, -under, -over)

    def _excess(self, target: float, points: FloatArray) -> FloatArray:
        """`P - (target - q)²` at points, (p,), minus a bound on round-off."""
        (values, doubt), (steps, off) = self.majorant.at(points), self.polynomial.at(points)
        distance = np.abs((1 - self.weight) * steps + self.weight - target)
        off = off + 4 * EPS * (1 + distance)
        return np.asarray((values - doubt - distance**2 - off * (2 * distance + off))[0])


def least_on_interval(polynomial: Callable[[FloatArray], FloatArray], degree: int, low: float, high: float) -> float:
    """Lower bound on a polynomial of degree d on [low, high] by its values on a grid.

    The grid is uniform in θ, `t = low + (high - low) (1 - cos θ) / 2`, with d N points, N = `POINTS`. By Bernstein's
    inequality, twice, it misses an extremum by at most `e h`, where `e = (π / N)² / 8` and h is half the range of the
    polynomial, which is at most half the range on the grid over `1 - e`.
    """
    grid = (1 - np.cos(np.linspace(0, np.pi, POINTS * max(degree, 1) + 1))) / 2
    values = polynomial(low + (high - low) * grid)
    between = (math.pi / POINTS) ** 2 / 8
    return float(values.min() - between / (1 - between) * (values.max() - values.min()) / 2)


def _powers(cut: Cut, order: int) -> Iterator[_Filter]:
    """Filters t^j, j = 1..order, the votes of j-hop walks, with `P = C t^j (1 - t^j)` and the least C (theorem 16)."""
    for degree in range(1, order + 1):
        power = np.asarray(chebyshev.chebpow([0.5, 0.5], degree, maxpower=None), dtype=np.float64)
        below, above = cut.below**degree, cut.above**degree
        if above > 0 and below < 1:
            scale = max(below / (1 - below), (1 - above) / above)
            majorant = scale * np.asarray(chebyshev.chebsub(power, chebyshev.chebmul(power, power)), dtype=np.float64)
            yield _Filter(_ChebyshevSeries(power[None]), np.zeros(1), _ChebyshevSeries(majorant[None]))


def _steps(jacobi: JacobiMatrix, cut: Cut) -> Iterator[_Filter]:
    """Steps at each position and of each degree, the highest first."""
    for x in cut.places():
        for steps in range(len(jacobi.diagonal), 0, -1):
            for nodes, multiplicities in _rules(jacobi.leading(steps), x):
                with np.errstate(all="ignore"):
                    step = _step(nodes, int(np.argmin(np.abs(nodes - x))), multiplicities)
                    is_finite = bool(np.isfinite(step.polynomial.coefficients).all())
                if is_finite:
                    yield step


def _rules(jacobi: JacobiMatrix, x: float) -> Iterator[tuple[FloatArray, IntArray]]:
    """Nodes and multiplicities of theorem 15's rule, and of the Radau rule if it differs."""
    nodes, _ = extremal_rule(jacobi, x, BESIDE)
    if len(nodes) == len(jacobi.diagonal) + 2:
        yield nodes, _multiplicities(nodes, x, [0, -1])
        nodes, _ = radau_rule(jacobi, x)
    if jacobi.complete and np.abs(nodes - x).min() > NEAR:
        nodes = np.sort(np.append(nodes, x))
    yield nodes, _multiplicities(nodes, x, [])


def _multiplicities(nodes: FloatArray, x: float, ends: list[int]) -> IntArray:
    """Multiplicities: 1 at `x` and the ends, else 2."""
    multiplicities = np.full(len(nodes), 2)
    multiplicities[[int(np.argmin(np.abs(nodes - x))), *ends]] = 1
    return multiplicities


def _step(nodes: FloatArray, index: int, multiplicities: IntArray) -> _Filter:
    """Step at a node, with the Hermite interpolants of its mixtures' squares as majorants."""
    target = np.heaviside(np.arange(len(nodes)) - index, 0.5)
    apart = _distances(nodes)
    lengths = np.prod(apart, axis=1)
    # Slopes of the step, as sums of differences of its values.
    tilts = (lengths[:, None] / lengths * (target - target[:, None]) / apart).sum(axis=1)
    weights = WEIGHTS[:, None]
    values = np.where(target < 1, weights + (1 - weights) * target, 0.0)
    majorants = _HermiteBasis(nodes, multiplicities, values**2, 2 * values * (1 - weights) * tilts)
    once = _HermiteBasis(nodes, np.ones_like(multiplicities), target[None], np.zeros((1, len(nodes))))
    return _Filter(once, WEIGHTS, majorants)


def _distances(nodes: FloatArray) -> FloatArray:
    """`t_i - t_j`, (n, n); 1 on the diagonal."""
    return nodes[:, None] - nodes + np.eye(len(nodes))


def _chebyshev_points(count: int) -> FloatArray:
    """Chebyshev's points on [0, 1], (count,)."""
    return (1 + np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2


def _plus(coefficients: FloatArray, constant: float) -> FloatArray:
    return np.append(coefficients[0] + constant, coefficients[1:])


def _steepest(coefficients: FloatArray) -> float:
    """Upper bound on `max |p'|` on [0, 1], the Lipschitz constant of p(A) in the Frobenius norm for symmetric A.

    16 points for each degree miss a maximum by at most 0.5% (see `least_on_interval`).
    """
    grid = np.cos(np.linspace(0, np.pi, 16 * len(coefficients) + 1))
    return 1.01 * float(np.abs(chebyshev.chebval(grid, 2 * chebyshev.chebder(coefficients))).max())
