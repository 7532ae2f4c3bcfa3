from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import chebyshev

from pairbounds import HypothesisError, PairGraph, spectrum
from pairbounds.theory.bounds import Encoder
from pairbounds.theory.bounds import theorem22_counting as theorem
from pairbounds.theory.bounds.theorem22_counting import count_above, step_above, tail_beyond
from pairbounds.theory.graph.components import component_count
from tests.families import GRAPHS

SEEDS = 400
UNIT = st.floats(0.01, 0.99)


def family_graph(family: str, seed: int = 0, size: int = 18) -> PairGraph:
    return GRAPHS[family](np.random.default_rng([seed, 22]), size)


def squares(graph: PairGraph) -> np.ndarray:
    return np.linalg.svd(graph.normalized.toarray(), compute_uv=False) ** 2


def proved(b: float, moments: np.ndarray) -> tuple[np.ndarray, float]:
    """Values of the polynomial on [0, 1], the last half of them on [b, 1], and its upper end."""
    coefficients, highest = step_above(b, moments)
    places = np.concatenate([np.linspace(0, 1, 5_000), np.linspace(b, 1, 5_000)])
    return chebyshev.chebval(2 * places - 1, coefficients), highest


# Sums of powers.


@pytest.mark.parametrize("family", GRAPHS)
def test_no_value_exceeds_what_its_sums_allow(family):
    graph = family_graph(family)
    true, components = np.append(squares(graph), 0.0), component_count(graph)
    rest = true[components:-1]
    for k in range(components, min(graph.joint.shape)):
        n, j = len(rest), k + 1 - components
        claimed = min(rest.sum() / j, rest.mean() + rest.std() * np.sqrt((n - j) / j))
        found = theorem.square_at_most(graph, k)
        assert found >= true[k] - 1e-15
        assert found == pytest.approx(claimed, rel=1e-7, abs=1e-6)
    assert theorem.square_at_most(graph, min(graph.joint.shape)) == 0


def test_fewer_columns_than_components_are_refused():
    with pytest.raises(HypothesisError, match="4 components, more than k = 3"):
        theorem.square_at_most(PairGraph(np.eye(4)), 3)


@pytest.mark.parametrize("at_once", [1, 7, 10**6])
@pytest.mark.parametrize("family", ["tall", "wide", "sparse_random"])
def test_fourth_powers_in_any_blocks_of_the_side_of_fewer_products(family, at_once, monkeypatch):
    graph = family_graph(family)
    fewest = min(np.sum(graph.joint.count_nonzero(axis=axis) ** 2) for axis in (0, 1))
    monkeypatch.setattr(theorem, "PRODUCTS_LIMIT", fewest)
    monkeypatch.setattr(theorem, "PRODUCTS_BLOCK", at_once)
    assert theorem._fourth_powers(graph.normalized) == pytest.approx(np.sum(squares(graph) ** 2), rel=1e-12)


def test_without_fourth_powers_the_sum_of_squares_is_left(monkeypatch):
    monkeypatch.setattr(theorem, "PRODUCTS_LIMIT", 1)
    graph = family_graph("dense_random")
    assert theorem.square_at_most(graph, 3) == pytest.approx((squares(graph).sum() - 1) / 3, rel=1e-12)


def test_a_width_above_the_information_suffices():
    """`χ²(P ‖ p_L x p_R)` of independent nodes but for one bit is 0.64."""
    graph = PairGraph(np.kron([[0.9, 0.1], [0.1, 0.9]], np.ones((3, 4))))
    independent = np.outer(graph.left_marginal, graph.right_marginal)
    information = np.sum((graph.joint.toarray() - independent) ** 2 / independent)
    for k in (1, 2, 4):
        assert theorem.square_at_most(graph, k) == pytest.approx(information / k, rel=1e-12)


def test_sums_of_powers_are_rounded_outward():
    """Of weights whose roots and sums are exact: `‖Ā‖² = 5/4`, its part beyond the component 1/4, in powers 17/128."""
    sums, unit = theorem._sums(PairGraph([[3, 1], [1, 3]])), 16 * 2.0**-52 * 2 * 5 / 4
    assert (sums.square - 1 / 4, 1 / 4 - sums.least_square, sums.fourth - 1 / 16) == pytest.approx(
        (unit,) * 3, rel=0.1, abs=0
    )


# Random products.


def test_where_round_off_is_all_of_the_gap_nothing_is_claimed():
    graph = PairGraph([[0.9, 0.1, 0], [0.1, 0.9, 0], [0, 0, 1]], [0, 1, 1])
    triplets = replace(spectrum(graph, 3).leading(3))
    vars(triplets)["rounding"] = 1 - theorem.square_at_most(graph, 2)
    assert theorem.counted_mse(graph, triplets, 2) == np.inf


@pytest.mark.parametrize("family", ["latent_captions", "cycle", "many_components", "low_rank", "tall"])
@pytest.mark.parametrize("probability", [0.5, 0.9])
def test_of_many_seeds_the_stated_share_is_right(family, probability, monkeypatch):
    graph, b = family_graph(family, size=30), 0.4
    polynomial = step_above(b, np.ones(9))  # of every seed the same: it is chosen before the products that count
    monkeypatch.setattr(theorem, "step_above", lambda *_: polynomial)
    above = int(np.sum(squares(graph) > b))
    found = [count_above(graph, b, probability=probability, probes=3, degree=8, seed=seed) for seed in range(SEEDS)]
    right = np.mean([count.at_most >= above for count in found])
    assert right >= probability - 3 * np.sqrt(probability * (1 - probability) / SEEDS)
    assert all(count.at_most <= min(graph.joint.shape) for count in found)


def test_the_estimate_alone_would_be_wrong_more_often():
    """What the deviation adds is needed: of some seeds the estimate of a single product is below the number."""
    graph = family_graph("many_components", size=30)
    above = int(np.sum(squares(graph) > 0.4))
    assert np.mean([count_above(graph, 0.4, probes=1, seed=seed).estimate < above for seed in range(40)]) > 0.1


@pytest.mark.parametrize("probability", [0.5, 0.99])
def test_the_number_is_the_root_of_what_the_products_prove(probability, monkeypatch):
    """`T̂ >= T - 2 √(c T)`, `c = q_max ln(1/δ) / s`, of the constant polynomial 1/10 on 20,000 values: T = 2,000.

    As if it were up to 50, so that c is large beside 1.
    """
    monkeypatch.setattr(theorem, "step_above", lambda *_: (np.eye(1, 9)[0] / 10, 50.0))
    for probes in (1, 4):
        count = count_above(PairGraph(sp.eye_array(20_000)), 0.5, probability=probability, probes=probes, degree=8)
        assert count.estimate == pytest.approx(2_000, rel=0.1)
        c = -50 * np.log(1 - probability) / probes
        most = max(np.roots([1, -2 * np.sqrt(c), -count.estimate])) ** 2  # √T of T - 2 √(c T) = T̂
        assert count.at_most == int(most)


def test_more_probes_and_products_come_nearer():
    graph = GRAPHS["circle"](np.random.default_rng(0), 200)
    above = int(np.sum(squares(graph) > 0.3))
    few, many = (count_above(graph, 0.3, probes=s, degree=d).at_most for s, d in ((5, 8), (100, 48)))
    assert above <= many < few


def test_a_few_of_many_are_found_to_be_few():
    graph = PairGraph(np.eye(300) + 0.01)
    assert np.sum(squares(graph) > 0.5) == 1
    assert 1 <= count_above(graph, 0.5, probes=200).at_most <= 5


@given(b=UNIT, degree=st.integers(1, 40), places=st.lists(UNIT, min_size=1, max_size=20))
def test_the_polynomial_is_proved(b, degree, places):
    values, highest = proved(b, chebyshev.chebvander(2 * np.array(places) - 1, degree).sum(axis=0))
    assert values.min() >= -1e-12
    assert values[5_000:].min() >= 1 - 1e-12
    assert values.max() <= highest


@pytest.mark.parametrize("answer", [None, np.linspace(1, -1, 13), np.full(13, -1.0), np.eye(13)[2], np.full(13, 1e9)])
def test_a_wrong_answer_of_the_solver_is_mended(answer, monkeypatch):
    monkeypatch.setattr("scipy.optimize.linprog", lambda *_, **__: SimpleNamespace(x=answer))
    values, highest = proved(0.6, np.ones(13))
    assert values.min() >= 0
    assert values[5_000:].min() >= 1
    assert values.max() <= highest


def test_a_polynomial_that_may_be_0_above_is_given_up(monkeypatch):
    monkeypatch.setattr(theorem, "_range", lambda coefficients, low: (0.0, 1.0))
    coefficients, highest = step_above(0.5, np.array([1.0, 0.5, 0.25]))
    assert (coefficients.tolist(), highest) == ([1, 0, 0], 1)


def test_round_off_of_a_thousandth_counts_against_the_polynomial_and_the_products(monkeypatch):
    """Of a constant, as the solver proposes it, degree 4: each end is off by 4 thousandths, the upper by one more."""
    constant, graph = np.eye(1, 5)[0], PairGraph(np.eye(50))
    monkeypatch.setattr("scipy.optimize.linprog", lambda *_, **__: SimpleNamespace(x=constant))
    plain = count_above(graph, 0.5, probes=2, degree=4).estimate
    monkeypatch.setattr(theorem, "ROUND_OFF", 1e-3)
    assert theorem._range(2 * constant, 0.0) == pytest.approx((2 - 8e-3, 2 + 8e-3))
    coefficients, highest = step_above(0.5, np.ones(5))
    np.testing.assert_allclose(coefficients, constant / 0.996)
    assert highest == pytest.approx(1.004 / 0.996 * 1.001)
    assert count_above(graph, 0.5, probes=2, degree=4).estimate == pytest.approx(plain / 0.996 * 1.001)


@pytest.mark.parametrize("family", ["tall", "wide"])
@pytest.mark.parametrize("degree", [1, 2, 7, 12])
def test_moments_are_those_of_the_shorter_side(family, degree):
    graph = family_graph(family)
    u, s, w_t = np.linalg.svd(graph.normalized.toarray(), full_matrices=False)
    basis = u if graph.n_left <= graph.n_right else w_t.T
    shares = (basis.T @ np.random.default_rng(3).standard_normal((len(basis), 4))) ** 2
    expected = shares.T @ chebyshev.chebvander(2 * s**2 - 1, degree)
    np.testing.assert_allclose(
        theorem._chebyshev_moments(graph, degree, 4, np.random.default_rng(3)), expected, rtol=1e-10, atol=1e-10
    )


@pytest.mark.parametrize("family", ["latent_captions", "stochastic_block", "dense_random"])
@pytest.mark.parametrize("b", [0.1, 0.4, 0.7])
def test_the_tail_of_every_wide_enough_optimum(family, b):
    graph = family_graph(family)
    widest = min(graph.joint.shape)
    triplets = spectrum(graph, widest)
    for k in range(max(1, int(np.sum(squares(graph) > b))), widest + 1):
        assert Encoder.optimum(graph, triplets.leading(k + 1), k).probe.mse <= tail_beyond(graph, b) + 1e-12


@pytest.mark.parametrize("argument", [{"b": 0.0}, {"b": 1.0}, {"probability": 1.0}, {"probes": 0}, {"degree": 0}])
def test_arguments_out_of_range_are_refused(argument):
    graph = PairGraph(np.eye(3), [0, 1, 1])
    with pytest.raises(ValueError, match=f"{next(iter(argument))}="):
        count_above(graph, **({"b": 0.5} | argument))
    with pytest.raises(ValueError, match=r"b=1\.5"):
        tail_beyond(graph, 1.5)
