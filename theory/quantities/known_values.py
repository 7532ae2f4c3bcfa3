"""Bounds on the label energy beyond the k-th value from the values above it: the computations of theorem 35.

A linear programme on a grid finds the polynomial p of `docs/theorems/theorem35.md`. The bound is certified: p is moved
by its shortfall on [0, b] and at the points `σ_1², …, σ_k²`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from scipy.optimize import linprog

from pairbounds.infrastructure.arrays import EPS, FloatArray
from pairbounds.theory.graph.pair_graph import LabelledGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.local_multihop import least_on_interval
from pairbounds.theory.quantities.multihop_consistency import (
    ROUND_OFF,
    label_measure,
    rule_of_all_moments,
    separations,
    tail_at_least,
    tail_at_most,
    valid_order,
)

GRID = 128  # points of [0, b] in the linear programme
ITERATIONS, OUT_OF_ITERATIONS = 10_000, 1  # limit of a linear programme, and its status; graphs of 18 nodes take 200
LARGEST = 1e6  # largest coefficient, which round-off is relative to
CLEAR = 1e-6  # rounding, relative to a gap, below which no other gap is tried


@dataclass(frozen=True, eq=False)
class _Support:
    """Support of a measure with known moments: [0, cut] and intervals of half-width `slack` at points."""

    nodes: FloatArray  # (n,), of a rule with its moments
    weights: FloatArray  # (n,), of the same rule
    cut: float
    points: FloatArray
    slack: float
    at_one: tuple[float, float]  # (least, most) known mass at 1, which is subtracted; 1 is then not among the points

    def mass(self, sign: int) -> float:
        """Upper bound, for sign 1, or lower bound, for -1, on the mass of [0, cut]."""
        degree = 2 * (len(self.nodes) - 1)
        ones, points = 2 * self.nodes - 1, 2 * self.points - 1
        integrals = self.weights @ chebyshev.chebvander(ones, degree) - np.mean(self.at_one)
        grid = self.cut * (1 - np.cos(np.linspace(0, np.pi, GRID))) / 2
        constraints = np.vstack([chebyshev.chebvander(2 * grid - 1, degree), chebyshev.chebvander(points, degree)])
        levels = np.r_[np.ones(GRID), np.zeros(len(points))]
        # Unknowns are the positive and negative parts of the coefficients; each costs its round-off, too.
        doubts = 4 * self.slack * np.arange(degree + 1) ** 2 + 16 * EPS * (degree + 1) + np.ptp(self.at_one) / 2
        costs = np.r_[doubts + sign * integrals, doubts - sign * integrals]
        for scale in (1.0, float(costs.max())):  # with costs below its tolerances HiGHS can cycle
            solution = linprog(
                costs / scale,
                A_ub=np.hstack([-sign * constraints, sign * constraints]),
                b_ub=-sign * levels,
                bounds=(0, LARGEST),
                options={"maxiter": ITERATIONS},
            )
            if solution.status != OUT_OF_ITERATIONS:
                break
        if solution.x is None:
            return 1.0 if sign > 0 else 0.0
        positive, negative = np.split(np.asarray(solution.x), 2)
        return self._certified(sign, positive - negative)

    def _certified(self, sign: int, p: FloatArray) -> float:
        """Integral of p, moved by its violation of the constraints and by a bound on round-off."""
        size, steepest = float(np.abs(p).sum()), float(np.arange(len(p)) ** 2 @ np.abs(p)) * 2
        off = 8 * EPS * len(p) * size

        def lacking(points: FloatArray) -> FloatArray:
            return np.asarray(sign * chebyshev.chebval(2 * points - 1, p) - off)

        below = least_on_interval(lambda t: lacking(t) - sign, len(p) - 1, 0.0, self.cut)
        at_points = float(lacking(self.points).min(initial=0.0)) - self.slack * steepest
        moved = max(0.0, -below, -at_points if len(self.points) else 0.0)
        integral = float(self.weights @ chebyshev.chebval(2 * self.nodes - 1, p))
        known = np.mean(self.at_one) * p.sum()
        doubt = (self.at_one[1] - self.at_one[0]) / 2 * abs(float(p.sum())) + off + self.slack * steepest
        return float(integral - known + sign * (moved + doubt))


def known_tail_at_most(
    graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None, *, cut: float = 0.0
) -> float:
    """Upper bound on `Σ_{i>k} c_i` by multi-hop consistency and the values `σ_1, …, σ_{k+1}`; never above theorem 15.

    Parameters, errors and rounding are those of `tail_at_most`. Cost: a linear programme of 2 order + 1 unknowns and
    `GRID` + k constraints, beside the moments.
    """
    known = _tail(graph, spectrum, k, valid_order(graph, order), cut, 1)
    return min(tail_at_most(graph, spectrum, k, order, cut=cut), graph.unreached + known)


def known_tail_at_least(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> float:
    """Lower bound on the tail of `known_tail_at_most`; never below that of theorem 15."""
    known = _tail(graph, spectrum, k, valid_order(graph, order), 0.0, -1)
    return max(tail_at_least(graph, spectrum, k, order), graph.unreached + known)


def _tail(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int, cut: float, sign: int) -> float:
    """Bound on the label energy up to the cut: upper for sign 1, lower for -1."""
    tails = _tails(graph, spectrum, k, order, cut, sign)
    return min(tails) if sign > 0 else max(tails)


def _tails(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int, cut: float, sign: int) -> Iterator[float]:
    """Trivial bound, then a bound for each usable gap."""
    yield 1.0 if sign > 0 else 0.0
    nodes, weights = rule_of_all_moments(label_measure(graph, order))
    weights, slack = (1 - graph.unreached) * weights, spectrum.rounding + ROUND_OFF
    squared, values = max(cut, float(spectrum.upper_values[k])) ** 2, spectrum.singular_values[:k] ** 2
    at_one = _energy_at_one(graph, spectrum)
    for gap, aside in separations(spectrum, k):
        if aside and sign < 0:
            return  # energy near the cut may be on either side of it
        cut_point = min(1.0, squared + aside + slack)
        # From above, the points are the values that may exceed the interval; from below, all known values.
        points = values[values > cut_point - slack] if sign > 0 else values
        taken_out = at_one if values[0] > cut_point + slack else (0.0, 0.0)
        support = _Support(nodes, weights, cut_point, points[int(taken_out[0] > 0) :], slack, taken_out)
        mass = min(1.0, max(0.0, support.mass(sign)))
        yield max(0.0, math.sqrt(mass) + sign * slack / gap) ** 2
        if slack < CLEAR * gap:
            return


def _energy_at_one(graph: LabelledGraph, spectrum: Spectrum) -> tuple[float, float]:
    """Interval for the label energy at 1, which is `Σ_c p_c²` on a connected graph; zeros if unknown."""
    gap = 1 - float(spectrum.upper_values[1]) ** 2
    if gap <= math.sqrt(spectrum.rounding) or not graph.spans_constant:
        return 0.0, 0.0
    root, moved = math.sqrt(float(np.sum(class_masses(graph.pair_graph) ** 2))), spectrum.rounding / gap
    moved += 3 * graph.constant_distance / gap  # a distance d rotates the first vector by at most `d / √gap`
    return max(0.0, root - moved) ** 2, (root + moved) ** 2
