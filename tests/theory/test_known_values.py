"""Theorem 35, label energy below the cut where the values above it are known, against the energies themselves."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult, linprog

from pairbounds import PairGraph, label_energy, probe, spectrum
from pairbounds.theory.quantities import known_values, multihop_consistency
from pairbounds.theory.quantities.known_values import _energy_at_one, _Support, known_tail_at_least, known_tail_at_most
from pairbounds.theory.quantities.multihop_consistency import tail_at_least, tail_at_most
from pairbounds.theory.spectrum.triplets import enough_triplets
from tests.families import ANY_RNG, GRAPHS, family_graph


def naive(graph: PairGraph, k: int, order: int, sign: int) -> float:
    """Mass below the cut, the largest or the least, of measures on a fine grid and at the points, with raw moments."""
    values = np.linalg.svd(graph.normalized.toarray(), compute_uv=False) ** 2
    energy = label_energy(graph, spectrum(graph, min(graph.shape)))
    at_zero = 1 - energy.sum()  # beyond all values
    at_one = float(np.sum(np.bincount(graph.left_labels, graph.left_marginal) ** 2))
    powers = np.arange(2 * order + 1)[:, None]
    moments = (values**powers) @ energy + at_zero * (powers[:, 0] == 0) - at_one
    places = np.r_[np.linspace(0, values[k], 400), values[1:]]
    tail = (places <= values[k] + 1e-12).astype(float)
    return -sign * linprog(-sign * tail, A_eq=places**powers, b_eq=moments, method="highs").fun


@pytest.mark.parametrize("family", GRAPHS)
def test_between_theorem_15_and_the_energy_below_the_cut(family):
    graph = GRAPHS[family](np.random.default_rng([35, len(family)]), 16)
    for k in sorted({1, 2, min(graph.shape) // 2}):
        known = spectrum(graph, min(k + 1, *graph.shape)).leading(k + 1)
        true = 1 - float(np.sum(label_energy(graph, known)[:k]))
        for order in (1, 3, 8):
            upper, lower = known_tail_at_most(graph, known, k, order), known_tail_at_least(graph, known, k, order)
            assert true - 1e-9 <= upper <= tail_at_most(graph, known, k, order)
            assert lower >= tail_at_least(graph, known, k, order)
            if known.tied(k) is None:
                assert lower <= true + 1e-9


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("k", "order"), [(1, 1), (3, 1), (3, 2)])
def test_as_near_as_a_programme_over_measures(seed, k, order):
    graph = GRAPHS["dense_random"](np.random.default_rng(seed), 12)
    known = spectrum(graph, k + 1)
    for relabelled in (graph, PairGraph(graph.joint, np.roll(graph.left_labels, 1))):  # of one spectrum
        assert known_tail_at_most(relabelled, known, k, order) == pytest.approx(
            naive(relabelled, k, order, 1), rel=0.02
        )
        assert known_tail_at_least(relabelled, known, k, order) == pytest.approx(
            naive(relabelled, k, order, -1), rel=0.02, abs=0.002
        )
    assert known_tail_at_most(graph, known, k, order, cut=1.0) == pytest.approx(1)


@pytest.mark.parametrize("second", [0.2, 0.6])
def test_the_energy_at_1_is_that_of_the_classes_and_features_that_miss_the_constant_leave_it_in_doubt(second):
    graph = PairGraph([[1 + second, 1 - second], [1 - second, 1 + second]], [0, 1])  # of the values 1 and `second`
    wide = replace(spectrum(graph, 2), residuals=np.array([0, 0.1]))
    assert known_tail_at_most(graph, spectrum(graph, 2), 1, 1) < known_tail_at_most(graph, wide, 1, 1)
    for each in (graph, graph.through(np.array([[1.0], [1 + 1e-8]]))):
        low, high = _energy_at_one(each, spectrum(graph, 2))
        assert low < 0.5 < high < 0.51


@given(ANY_RNG, st.sampled_from([0.0, 1e-3, 0.02]), st.sampled_from([0.0, 0.2]))
def test_doubts_about_points_and_about_the_mass_at_1_are_allowed_for(rng, slack, doubt):
    """The bounds hold for a measure whose atoms, and mass at 1, are at the ends of their intervals."""
    cut, points = 0.3 * rng.random(), 0.4 + 0.5 * np.sort(rng.random(rng.integers(4)))
    below, moved = cut * rng.random(2), points + slack * rng.choice([-1, 1], len(points))
    weights = rng.dirichlet(np.full(3 + len(points), 0.5))
    at_one = sorted((weights[-1], weights[-1] * (1 + doubt * rng.choice([-1, 1]))))
    support = _Support(np.r_[below, moved, 1], weights, cut, points, slack, tuple(at_one))
    assert support.mass(-1) - 1e-12 <= weights[:2].sum() <= support.mass(1) + 1e-12
    p = rng.standard_normal(rng.integers(2, 9))  # any polynomial gives a bound
    assert support._certified(-1, p) <= weights[:2].sum() <= support._certified(1, p)


def test_a_programme_without_a_solution_and_a_few_hops_of_a_large_graph(monkeypatch):
    monkeypatch.setattr(multihop_consistency, "LANCZOS_PRODUCTS", 0)
    graph = family_graph("dense_random")
    for tail in (known_tail_at_most, known_tail_at_least):
        few = tail(graph, spectrum(graph, 3), 2, multihop_consistency.SMALLEST_ORDER)
        assert tail(graph, spectrum(graph, 3), 2) == few
    monkeypatch.setattr(known_values, "linprog", lambda *_, **__: OptimizeResult(x=None, status=2))
    support = _Support(np.array([0.1, 0.9]), np.array([0.5, 0.5]), 0.2, np.array([0.9]), 0.0, (0.0, 0.0))
    assert (support.mass(-1), support.mass(1)) == (0, 1)


def test_a_value_that_is_not_one_of_the_known_makes_the_bound_false():
    """The hypothesis is used: without the value that has the energy, and with more room below, the claim fails."""
    graph = GRAPHS["split_by_class"](np.random.default_rng(0), 18)
    joined = PairGraph(graph.joint.toarray() + 0.01, graph.left_labels)
    known = spectrum(joined, 4)
    true = 1 - float(np.sum(label_energy(joined, known)[:3]))
    wrong = replace(known, singular_values=known.singular_values * [1, 0.2, 0.2, 0.2])
    assert known_tail_at_most(joined, known, 3) >= true
    assert known_tail_at_least(joined, wrong, 3) > true or known_tail_at_most(joined, wrong, 3) < true
    assert known_tail_at_most(joined, wrong, 3) != known_tail_at_most(joined, known, 3)


def test_features_that_nearly_span_the_constant_leave_its_energy_in_doubt():
    """Their second direction is dropped, and the first is the constant but for a hundred-millionth."""
    graph = PairGraph([[1, 0, 0, 1, 0], [0, 1, 0, 1, 1], [0, 0, 1, 0, 1]], [0, 1, 2])
    seen = graph.through(np.array([[1, -0.37796451], [1, -0.3779645], [1, -0.37796452]]))
    known = enough_triplets(seen, seen.spectrum, 1)
    assert seen.shape == (1, 1)
    assert known_tail_at_least(seen, known, 1) <= probe(graph, seen.optimum(1)).mse + 1e-9


def test_a_known_value_within_the_rounding_of_the_cut_is_not_below_it():
    """The optimum of the width of the graph misses nothing: its third value, 3e-7, is known, and the fourth is 0."""
    weights = [[1.2e-9, 0, 4.8e-9, 1.4e-21], [0, 1.6e-24, 4.8e-9, 0], [7.7e-10, 0, 0, 0]]
    graph = PairGraph(weights, [0, 1, 2])
    assert known_tail_at_least(graph, enough_triplets(graph, spectrum(graph, 3), 3), 3) <= 1e-12


def test_the_energy_at_1_of_a_disconnected_graph_is_unknown():
    graph = PairGraph(np.eye(2), [0, 1])
    assert _energy_at_one(graph, spectrum(graph, 2)) == (0.0, 0.0)


@pytest.mark.parametrize("residual", [1e-4, 1e-2])
@pytest.mark.parametrize("seed", range(4))
def test_bounds_hold_for_values_that_are_off_by_their_residuals(seed, residual):
    rng = np.random.default_rng([seed, 1])
    graph = GRAPHS["dense_random"](rng, 10)
    exact = spectrum(graph, 6)
    energy = label_energy(graph, exact)
    off = np.r_[0, rng.choice([-residual, residual], 5)]
    inexact = replace(exact, singular_values=exact.singular_values + off, residuals=np.full(6, residual))
    for k in (1, 3, 5):
        true = 1 - float(np.sum(energy[:k]))
        assert known_tail_at_least(graph, inexact, k, 3) <= true <= known_tail_at_most(graph, inexact, k, 3)


@pytest.mark.parametrize("cut", [0.53, 0.6, 0.64, 0.9, 0.99])
@pytest.mark.parametrize("off", [0, 2**-52])
def test_a_programme_whose_costs_are_rounding_alone_ends(cut, off):
    """Labels of one class have no energy below 1: without a limit, HiGHS ran on such costs for ever."""
    support = _Support(np.linspace(0, 1 - off, 9), np.eye(9)[-1], cut, np.array([]), 5e-13, (1 - 1e-10, 1 + 1e-10))
    assert support.mass(-1) <= 0 <= support.mass(1) < 1e-8
