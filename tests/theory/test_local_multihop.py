import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import chebyshev

from pairbounds import PairGraph, Spectrum, check_bounds, label_energy, spectrum
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.quantities import local_multihop as module
from pairbounds.theory.quantities import multihop_consistency
from pairbounds.theory.quantities.hop_scores import filtered_margins
from pairbounds.theory.quantities.local_multihop import Cut, local_multihop, within
from pairbounds.theory.quantities.margins import error_within, margins
from pairbounds.theory.quantities.multihop_consistency import (
    label_measure,
    radau_rule,
    rule_of_all_moments,
    tail_at_least,
    tail_at_most,
)
from pairbounds.theory.spectrum import triplets as triplets_module
from tests.families import GRAPHS, block_diagonal, family_graph, targets

RICH = ["dense_random", "sparse_random", "heavy_tailed", "tall", "wide", "latent_captions", "latent_augmentations"]
DENSE = np.unique(np.r_[np.linspace(0, 1, 4_001), np.geomspace(1e-9, 1e-3, 200), 1 - np.geomspace(1e-9, 1e-3, 200)])


def vote_within(graph: PairGraph, cut: Cut, order: int):
    """The least bound by the filters t^j only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_steps", lambda *_: [])
        return within(graph, cut, order)


def values(coefficients: np.ndarray, places: np.ndarray) -> np.ndarray:
    return chebyshev.chebval(2 * places - 1, coefficients)


def programs(candidates):
    """Every filter with its majorants, before these are certified."""
    for candidate in candidates:
        for number, weight in enumerate(candidate.weights):
            majorant = candidate.majorants.one(number)
            yield module._MarginProgram(candidate.polynomial, float(weight), majorant, 0.0, np.ones(1), np.ones(1))


def all_programs(graph: PairGraph, cut: Cut, order: int):
    return [*programs(module._steps(label_measure(graph, order), cut)), *programs(module._powers(cut, order))]


def parts(program) -> tuple[np.ndarray, np.ndarray]:
    """The filter and the majorant, not yet certified, by their coefficients."""
    q = (1 - program.weight) * program.polynomial.coefficients[0]
    return q + program.weight * (np.arange(len(q)) == 0), program.majorant.coefficients[0]


def lacking(q: np.ndarray, majorant: np.ndarray, cut: Cut) -> float:
    """The most by which P is below q² on [0, below], or below (1 - q)² on [above, 1]; negative if it is above them."""
    below, above = DENSE[cut.below >= DENSE], DENSE[cut.above <= DENSE]
    under = values(q, below) ** 2 - values(majorant, below)
    over = (1 - values(q, above)) ** 2 - values(majorant, above)
    return float(max(under.max(), over.max()))


def dense_scores(graph: PairGraph, q: np.ndarray) -> np.ndarray:
    """`q(ĀĀᵀ) Ỹ`, by eigenvectors, (n_left, r)."""
    adjacency = (graph.normalized @ graph.normalized.T).toarray()
    places, vectors = np.linalg.eigh(adjacency)
    return vectors * values(q, places) @ vectors.T @ targets(graph)


# Scores.


@pytest.mark.parametrize("block", [2**30, 0], ids=["at once", "class by class"])
@pytest.mark.parametrize("family", ["dense_random", "wide", "split_by_class", "twins", "one_class", "latent_captions"])
def test_margins_are_those_of_the_filtered_labels(family, block, monkeypatch):
    monkeypatch.setattr(multihop_consistency, "BLOCK_BYTES", block)
    graph, rng = family_graph(family), np.random.default_rng(0)
    label_columns = np.searchsorted(np.unique(graph.left_labels), graph.left_labels)
    for degrees in ((0, 1), (3,), (0, 1, 2, 7), (2, 1)):
        filters = [rng.standard_normal(degree + 1) for degree in degrees]
        for q, result in zip(filters, filtered_margins(graph, filters), strict=True):
            scores = dense_scores(graph, q) / np.sqrt(graph.left_marginal)[:, None]
            np.testing.assert_allclose(result, margins(scores, label_columns), atol=1e-10)


# Majorants.

CUTS = [Cut(0.3, 0.3), Cut(0.05, 0.05), Cut(0.8, 0.8), Cut(0.3, 0.5), Cut(0.45, 0.4), Cut(0.0, 0.2), Cut(0.9, 1.0)]


@given(st.integers(0, 10**6), st.sampled_from(CUTS), st.floats(0, 1.0))
def test_a_disturbed_majorant_is_raised_to_a_true_one(seed, cut, size):
    """And by no more than the disturbance asks for, but for the grid.

    The coefficients are the fractions that their floats are; the places are where a float sees the least.
    """
    rng = np.random.default_rng(seed)
    every = all_programs(family_graph(["dense_random", "latent_captions"][seed % 2], seed % 5), cut, 4)
    program = every[rng.integers(len(every))]
    _, majorant = parts(program)
    noise = size * rng.standard_normal(len(majorant))
    before = program.bound(cut)
    result = replace(program, majorant=module._ChebyshevSeries((majorant + noise)[None])).bound(cut)
    complement = module._plus(-result.filter, 1.0)
    for part, places in ((result.filter, DENSE[cut.below >= DENSE]), (complement, DENSE[cut.above <= DENSE])):
        nearest = places[np.argsort(values(result.majorant, places) - values(part, places) ** 2)[:5]]
        for x in [Fraction(float(x)) for x in nearest]:
            assert exact(result.majorant, x) >= exact(part, x) ** 2
    raised = result.majorant[0] - majorant[0] - noise[0]
    limit = before.majorant[0] - majorant[0] + np.abs(noise).sum() * (1 + 1e-5) + 1e-5 * np.abs(majorant).sum()
    assert raised <= limit


def exact(coefficients: np.ndarray, x: Fraction) -> Fraction:
    return chebyshev.chebval(2 * x - 1, np.array([*map(Fraction, coefficients.tolist())]))


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=24),
    st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    st.sampled_from([3, 8, 1024]),
)
def test_the_least_value_of_a_polynomial_by_a_grid_is_a_lower_bound(coefficients, ends, points):
    low, high = ends
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "POINTS", points)
        least = module.least_on_interval(lambda t: values(coefficients, t), len(coefficients) - 1, low, high)
    true = values(coefficients, np.linspace(low, high, 20_000))
    assert least - 1e-12 <= true.min()
    assert points < 1024 or true.min() - least <= 1e-3 * np.ptp(true) + 1e-9


def by_values(nodes: np.ndarray, values: np.ndarray) -> module._HermiteBasis:
    return module._HermiteBasis(nodes, np.ones(len(nodes), dtype=int), values[None], np.zeros((1, len(nodes))))


def test_round_off_of_a_thousandth_counts_in_a_step(monkeypatch):
    """`q = t` and `P = 1 + t` by their values at 0 and 1: those at t are off by 48 units of t and of `1 - t + 2t`."""
    monkeypatch.setattr(module, "EPS", unit := 1e-3)
    monkeypatch.setattr(module, "ROUND_OFF", 1e-3)
    ends, mass = np.array([0.0, 1.0]), np.full(2, 0.5)
    program = module._MarginProgram(by_values(ends, ends), 0.2, by_values(ends, 1 + ends), 0.04, mass, mass)
    node, part = 0.25, 0.6  # 1 - (0.8 t + 0.2)
    off = 48 * unit * node + 4 * unit * (1 + part)
    expected = 1 + node - 48 * unit * (1 + node) - part**2 - off * (2 * part + off)
    assert program._excess(1.0, np.array([node])) == pytest.approx(expected, rel=1e-12)
    result = program.bound(Cut(0.25, 0.75, rounding=0.01, noise=0.02))
    added = 1e-3 * (0.6 + 4 * 0.4) + 2 * 48 * unit * (1 + np.sqrt(0.5)) / 2
    moved = 0.8 * 0.01 * 1.01 + added + 0.02
    assert result.budget == pytest.approx((np.sqrt(0.04 + 0.01 * 1.01) + moved) ** 2, rel=1e-12)
    assert result.majorant[0] - 1.5 == pytest.approx(4 * unit * 3 * (2 + (1 + 1) ** 2))


@pytest.mark.parametrize("order", [1, 3])
def test_a_step_on_a_radau_rule_has_the_smallest_budget(order):
    """Its P is a majorant on the whole line, as is proved, and the sum over the rule is its integral.

    The programme is over all majorants of a step, on a grid and hence no larger than the truth.
    """
    compared = 0
    for family, x in itertools.product(RICH, np.linspace(0.04, 0.96, 12)):
        jacobi = label_measure(family_graph(family), order)
        places, weights = rule_of_all_moments(jacobi)
        moments = weights @ chebyshev.chebvander(2 * places - 1, 2 * order)
        nodes, masses = radau_rule(jacobi, x)
        index = int(np.argmin(np.abs(nodes - x)))
        step = module._step(nodes, index, module._multiplicities(nodes, x, []))
        for q, majorant in map(parts, programs([step])):
            size = np.abs(majorant).sum() + np.abs(q).sum() ** 2
            assert size > 1e4 or lacking(q, majorant, Cut(x, x)) <= 1e-8 * size
        if jacobi.complete or nodes[0] < 0 or nodes[-1] > 1 or np.abs(step.polynomial.coefficients).sum() > 10:
            continue
        for program in [*programs([step])][::3]:
            (q, majorant), weight = parts(program), program.weight
            budget = moments @ majorant
            closed = weight**2 * masses[:index].sum() + ((1 + weight) / 2) ** 2 * masses[index]
            assert budget == pytest.approx(closed, abs=1e-9)
            grid = np.unique(np.r_[np.linspace(0, 1, 200), nodes])
            least = np.where(grid <= nodes[index], values(q, grid) ** 2, (1 - values(q, grid)) ** 2)
            solved = scipy.optimize.linprog(
                moments, A_ub=-chebyshev.chebvander(2 * grid - 1, 2 * order), b_ub=-least, bounds=(None, None)
            )
            assert budget <= solved.fun + 1e-6
            compared += 1
    assert compared > 0


# The bound.


@pytest.mark.parametrize("family", RICH)
def test_the_budget_is_no_smaller_than_the_distance(family):
    graph = family_graph(family)
    for k in (1, 2, 4):
        triplets = spectrum(graph, k + 1)
        for result in (local_multihop(graph, triplets, k, 4), vote_within(graph, Cut.of(triplets, k), 4)):
            top = triplets.left[:, :k]
            distance = np.sum((top @ (top.T @ targets(graph)) - dense_scores(graph, result.filter)) ** 2)
            assert distance <= result.budget + 1e-14
            label_columns = np.searchsorted(np.unique(graph.left_labels), graph.left_labels)
            ahead = margins(dense_scores(graph, result.filter) / np.sqrt(graph.left_marginal)[:, None], label_columns)
            assert result.error >= error_within(ahead, graph.left_marginal, float(distance)) - 1e-9


def require_true(graph: PairGraph, triplets: Spectrum, k: int, order: int):
    """Require theorems 15 and 16, the second also by votes only; return the probe of the optimum and its bound."""
    tail = 1 - label_energy(graph, triplets)[:k].sum()
    assert tail_at_most(graph, triplets, k, order) >= tail - triplets.rounding
    assert tail_at_least(graph, triplets, k, order) <= tail + triplets.rounding
    measured = Encoder.optimum(graph, triplets, k).probe
    bound = local_multihop(graph, triplets, k, order).error
    votes = vote_within(graph, Cut.of(triplets, k), order).error
    assert min(bound, votes) >= measured.error - measured.doubt - 1e-12
    return measured, bound


def test_theorem_16_holds_on_random_graphs():
    """At every number of hops; and says more than theorem 15, where ties leave no choice of the optimum."""
    rng = np.random.default_rng(16)
    names = list(GRAPHS)
    rows, count = [], 42
    for number in range(count):
        graph = GRAPHS[names[number % len(names)]](rng, int(rng.integers(8, 40)))
        k = int(rng.integers(1, max(2, min(graph.shape) // 2)))
        triplets = spectrum(graph, k + 1)
        (optimum, *_), bounds = zip(*(require_true(graph, triplets, k, order) for order in (1, 3, 8)), strict=True)
        tail = min(1.0, 2 * tail_at_most(graph, triplets, k))
        if -np.diff(triplets.leading(k + 1).singular_values[k - 1 :]) > 1e-9:
            rows.append([optimum.error, min(1, 2 * optimum.mse), tail, *bounds])
    assert len(rows) > count / 2
    error, twice, theorem_15, *bounds = np.mean(rows, axis=0)
    assert error < bounds[-1] < theorem_15 < twice * 1.1
    assert np.all(np.diff(bounds) < 0)
    # Of what theorem 15 is above the error, at least a third is gone.
    assert bounds[-1] - error < 2 / 3 * (theorem_15 - error)


@pytest.mark.parametrize("joined", [1e-4, 1e-8, 1e-12, 1e-15])
def test_theorems_15_and_16_hold_at_a_near_tie(joined):
    """Two components joined by a hair: two values differ by `joined`, and round-off mixes their vectors."""
    rng = np.random.default_rng(17)
    pair = [[1 - joined, joined], [joined, 1 - joined]]
    for _ in range(2):
        graph = PairGraph(np.kron(pair, rng.random((6, 5))), rng.integers(2, size=12))
        for k in (1, 3, 5):
            for order in (1, 2, 8):
                require_true(graph, spectrum(graph, k + 1), k, order)


@pytest.mark.parametrize("tol", [1e-3, 1e-6])
@pytest.mark.parametrize("family", ["dense_random", "heavy_tailed", "latent_captions"])
def test_theorem_16_holds_for_unconverged_triplets(family, tol, monkeypatch):
    """Theorems 15 and 16, by ARPACK on a small graph."""
    monkeypatch.setattr(triplets_module, "DENSE_SIDE", 0)
    graph = family_graph(family, size=60)
    require_true(graph, spectrum(graph, 4, method="sparse", tol=tol), 3, 8)


# Rounded outward: what is as small as round-off is made a thousandth, large enough to see.


@pytest.mark.parametrize(("k", "n_kept"), [(1, None), (3, None), (5, 3), (3, 3)])
def test_a_cut_widens_by_the_errors_of_its_values(k, n_kept):
    """At the width, or where a penalty between σ_3 and σ_4 keeps three directions."""
    off, triplets = 1e-3, spectrum(family_graph("dense_random", 3, 12), 6)
    sigma = triplets.singular_values
    vars(triplets).update(upper_values=sigma + off, lower_values=sigma - off, rounding=off)
    between, high, low = float(sigma[2] + sigma[3]) / 2, sigma[k] + off, sigma[k - 1] - off
    if n_kept is None:
        cut = Cut.of(triplets, k)
    else:
        cut = Cut.at_penalty(triplets, k, n_kept, between)
        high, low = (between, between) if n_kept < k else (max(between, high), max(between, low))
    assert (cut.below, cut.above) == pytest.approx((high**2 + off, low**2 - off), abs=1e-12)
    assert (cut.rounding, cut.noise) == pytest.approx((off, off), abs=1e-9)


def test_filters_of_many_hops_that_overflow_are_vacuous():
    """A warning of round-off would be an error here."""
    blocks = [[0.2, 1, 0.4], [0.5, 0.9, 0.5]], [[0.1, 0.9], [0.6, 0.4], [0.9, 0.4]]
    graph = PairGraph(block_diagonal(blocks), [1, 0, 0, 1, 0])
    table = check_bounds(graph, 2, order=30, bounds=["multihop-error", "local-multihop-error"])
    assert table["holds"].all()
