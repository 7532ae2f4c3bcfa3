"""The best bounds from known numbers: equal to theorems 4 and 15, attained by a measure, and by a graph."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pairbounds import PairGraph, induced_labelling_error, probe, sharpest, spectrum
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.moment_problem import graph_of_measure
from pairbounds.theory.quantities.multihop_consistency import consistency_curve, label_measure, mass_up_to
from tests.families import ANY_RNG

CLOSE = 1e-7


def known_moments(curve):
    return {"alpha_T": 1 - curve[1]} | {f"a_{power}": curve[power] for power in range(2, len(curve))}


@given(st.floats(0, 1.2), st.floats(0, 0.99))
@example(0.25, 1e-5)  # whose square is lost in rounding
@example(0.010000000000000002, 0.010000000000000002)  # the square of the square root of its square is larger
def test_with_alpha_and_sigma_the_largest_error_is_theorem_4_and_is_attained(error, sigma):
    numbers = {"alpha_T": min(1, error * (1 - sigma**2)), "sigma": sigma}
    for quantity, factor in (("probe_mse", 1), ("probe_error", 2)):
        result = sharpest(known=numbers, quantity=quantity)
        assert result.value == pytest.approx(min(1, factor * numbers["alpha_T"] / (1 - sigma**2)), abs=CLOSE)
        if 0.01 < error < 0.48:
            assert result.attained == pytest.approx(factor * error, abs=CLOSE)
            assert induced_labelling_error(result.graph) == pytest.approx(numbers["alpha_T"], abs=CLOSE)
            values = spectrum(result.graph, min(result.k + 1, *result.graph.shape)).singular_values
            assert values[result.k] ** 2 == pytest.approx(sigma**2, abs=CLOSE)  # the theory knows squares


@given(ANY_RNG, st.integers(1, 2))
def test_with_moments_the_largest_tail_is_theorem_15(rng, order):
    graph = PairGraph(rng.random((6, 6)) ** 2, rng.integers(0, 3, 6))
    sigma = spectrum(graph, 3).singular_values[2]
    result = sharpest(known={"sigma": sigma, **known_moments(consistency_curve(graph, 2 * order))})
    assert result.value == pytest.approx(mass_up_to(label_measure(graph, order), sigma**2), abs=1e-6)


@given(ANY_RNG)
def test_no_graph_with_these_numbers_has_more_and_more_numbers_allow_less(rng):
    graph = PairGraph(rng.random((7, 6)) ** 2, rng.integers(0, 3, 7))
    top = spectrum(graph, 3)
    measured = probe(graph, Encoder.optimum(graph, top, 2).left)
    curve = consistency_curve(graph, 3)
    known = {"sigma": float(top.singular_values[2])}
    values = [sharpest(known=known).value]
    for more in ({"alpha_T": 1 - curve[1], "class_masses": class_masses(graph)}, {"a_3": curve[3]}):
        known |= more
        values.append(sharpest(known=known).value)
    assert all(after <= before + CLOSE for before, after in pairwise(values))
    assert values[-1] >= measured.mse - CLOSE
    assert sharpest(known=known, quantity="probe_error").value >= measured.error - CLOSE


@given(ANY_RNG)
def test_the_measure_has_the_numbers_and_the_value_and_the_polynomial_proves_it(rng):
    weights, atoms = rng.dirichlet(np.ones(4)), rng.random(4)
    sigma = float(rng.random())
    numbers = {"sigma": sigma, "a_1": weights @ atoms, "a_4": weights @ atoms**4}
    result = sharpest(known=numbers)
    assert result.weights.sum() == pytest.approx(1)
    assert result.weights @ result.atoms == pytest.approx(numbers["a_1"], abs=1e-6)
    assert result.weights @ result.atoms**4 == pytest.approx(numbers["a_4"], abs=1e-6)
    assert result.weights[result.atoms <= sigma**2 + 1e-9].sum() == pytest.approx(result.value, abs=1e-6)
    places = np.linspace(0, 1, 100_001)
    polynomial = sum(coefficient * places**power for power, coefficient in result.polynomial.items())
    assert set(result.polynomial) == {0, 1, 4}
    assert (polynomial >= (places <= sigma**2) - 1e-6).all()
    integral = result.polynomial[0] + sum(result.polynomial[m] * numbers[f"a_{m}"] for m in (1, 4))
    assert integral == pytest.approx(result.value, abs=1e-6)


@pytest.mark.parametrize("known", [{}, {"alpha_T": 0.2}, {"alpha_T": 0.2, "a_2": 0.68}, {"alpha_T": 0.5, "sigma": 0.5}])
def test_with_class_masses_the_largest_error_is_attained_too(known):
    """The constant is in every top k: with masses of 0.5, 0.3 and 0.2 the bound is 0.62, and not 0.5 / 0.75."""
    masses = [0.5, 0.3, 0.2]
    result = sharpest(known=known | {"class_masses": masses})
    assert (result.value, result.attained) == pytest.approx((0.62, 0.62), abs=CLOSE)
    assert class_masses(result.graph)[: len(masses)] == pytest.approx(masses)
    for name in known.keys() - {"sigma"}:  # an upper end
        assert result.numbers[name] == pytest.approx(known[name], abs=CLOSE)


def test_a_failed_solver_is_one_error_line():
    """Ten powers of 0.144159...: of such the solver once returned nothing, which was then negated."""
    numbers = {f"a_{power}": 0.14415961271963373**power for power in (1, 2, 3, 5, 6, 8, 9, 11)}
    try:
        assert 0 <= sharpest(known=numbers | {"sigma": 0.303194829291645}).value <= 1
    except ValueError as error:
        assert "give fewer" in str(error) or "no measure has" in str(error)


@given(ANY_RNG)
def test_every_measure_with_enough_at_one_is_that_of_a_graph(rng):
    masses = rng.dirichlet(np.full(3, 3.0)) * 0.97 + 0.01
    atoms, cut = np.r_[rng.random(3), 1.0], 0.5
    weights = np.r_[rng.dirichlet(np.ones(3)) * rng.random() * (1 - masses @ masses), 0]
    weights[-1] = 1 - weights.sum()
    graph, k = graph_of_measure(atoms, weights, cut, masses)
    assert class_masses(graph) == pytest.approx(masses)
    assert consistency_curve(graph, 4) == pytest.approx([weights @ atoms**power for power in range(5)])
    top = spectrum(graph, min(k + 1, *graph.shape))
    assert probe(graph, Encoder.optimum(graph, top, k).left).mse == pytest.approx(weights[atoms <= cut].sum())


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"alpha": 0.1}, "known has 'alpha'"),
        ({"alpha_T": 0.1, "a_1": 0.9}, "known has both alpha_T and a_1"),
        ({"a_0": 1}, "known has 'a_0'"),
        ({"alpha_T": 1.1}, r"alpha_T=1.1 is not in \[0, 1\]"),
        ({"sigma": float("nan")}, r"sigma=nan is not in \[0, 1\]"),
        ({"class_masses": [0.5, 0.4]}, "give positive numbers that sum to 1"),
        ({"a_1": 0.5, "a_2": 0.6}, "no measure has them"),
        ({"a_1": 0.5, "a_2": 0.2}, "no measure has them"),
        ({"class_masses": [0.5, 0.5], "alpha_T": 0.6}, "no measure has them"),
    ],
)
def test_bad_numbers_raise(known, message):
    with pytest.raises(ValueError, match=message):
        sharpest(known=known)
    with pytest.raises(ValueError, match="quantity='zero_shot_error'"):
        sharpest(known=known, quantity="zero_shot_error")
