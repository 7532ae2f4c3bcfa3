"""Theorem 36: independent pairs scale the spectrum, keep the optimum, and can be corrected for."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pairbounds import BOUNDS, PairGraph, induced_labelling_error, probe, spectrum
from pairbounds.theory.bounds import theorem36_caption_noise as theorem
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.theorem36_caption_noise import corrected_for_noise, noisy, noisy_consistency
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.multihop_consistency import consistency_curve
from tests.families import ANY_RNG, GRAPHS, dense_values, family_graph, skewed_weights

SHARE = 0.3


def optimum(graph, k):
    return Encoder.optimum(graph, spectrum(graph, min(k + 1, *graph.shape)), k).probe


@pytest.mark.parametrize("family", GRAPHS)
def test_the_spectrum_shrinks_and_consistency_falls_by_the_identity(family):
    graph = family_graph(family)
    other = noisy(graph, SHARE)
    p, q = (side[:, None] for side in (graph.left_marginal, graph.right_marginal))
    expected = (1 - SHARE) * graph.joint.toarray() + SHARE * p * q.T
    np.testing.assert_allclose(other.joint.toarray(), expected, rtol=1e-12)
    values, noised = map(dense_values, (graph, other))
    np.testing.assert_allclose(noised, np.r_[1, (1 - SHARE) * values[1:]], atol=1e-10)
    masses = class_masses(graph)
    curve = noisy_consistency(consistency_curve(graph, 4), masses, SHARE)
    np.testing.assert_allclose(consistency_curve(other, 4), curve, atol=1e-10)
    factor = (1 - SHARE) ** 2
    alpha = factor * induced_labelling_error(graph) + (1 - factor) * (1 - np.sum(masses**2))
    assert induced_labelling_error(other) == pytest.approx(alpha, abs=1e-10)


@settings(max_examples=8)
@given(ANY_RNG, st.integers(1, 4), st.floats(0.01, 0.75))
def test_the_optimum_stays_and_a_lower_bound_on_the_share_corrects_the_bounds(rng, k, share):
    shape = rng.integers(k + 2, 10, size=2)
    graph = PairGraph(skewed_weights(rng, shape), rng.integers(3, size=shape[0]))
    clean = spectrum(graph, k + 1)
    values = clean.singular_values
    assume(values[k - 1] - values[k] > 1e-3)
    other = noisy(graph, share)
    error = optimum(graph, k)
    assert optimum(other, k).mse == pytest.approx(error.mse, abs=1e-9)
    assume(error.doubt == 0)
    assert optimum(other, k).error == pytest.approx(error.error, abs=1e-9)
    masses, curve = class_masses(graph), consistency_curve(other, 4)
    noised = spectrum(other, k + 1).singular_values
    curves = {0.0: curve[:3], share / 2: curve[:3], share: curve}  # long ones take most of the time
    corrected = [corrected_for_noise(noised, moments, masses, lower) for lower, moments in curves.items()]
    for of_theorem_4, of_theorem_15 in corrected:
        assert error.mse <= of_theorem_15 <= of_theorem_4
    assert of_theorem_4 == pytest.approx(BOUNDS["probe-mse"](graph, clean, k), rel=1e-3)
    assert of_theorem_15 <= BOUNDS["multihop-mse"](graph, clean, k, order=2) + 1e-3
    sharper = corrected[0][0] < 1 - np.sum(masses**2)  # than a constant
    assert (np.diff([first for first, _ in corrected]) <= 1e-9).all() or not sharper


@pytest.mark.parametrize(("crossing", "share"), [(0.45, 0.5), (0.35, 0.9), (0.25, 0.99), (0.25, 0.999)])
def test_the_bounds_allow_for_the_round_off_of_a_large_share(crossing, share):
    """Half of the squared error is at σ_2 of two nodes; the correction divides round-off by powers of `1 - η`."""
    graph = noisy(PairGraph([[1 - crossing, crossing], [crossing, 1 - crossing]], [0, 1]), share)
    curve, values = consistency_curve(graph, 3) + 5e-14 * np.eye(4)[3], spectrum(graph, 2).singular_values
    first, second = corrected_for_noise(values, curve, [0.5, 0.5], share)
    assert 0.5 <= second <= first <= 0.5 + 1e-12 / (1 - share) ** 2


def test_at_width_1_the_clean_pairs_may_have_a_worse_optimum():
    """Two components: the constant is an optimum, and so is the indicator of the lighter one."""
    clean = PairGraph(np.diag([0.8, 0.2]), [0, 1])
    noised = noisy(clean, 0.5)
    values = spectrum(noised, 2).singular_values
    bound = corrected_for_noise(values, consistency_curve(noised, 2), [0.8, 0.2], 0.3)
    assert bound == pytest.approx((0.32, 0.32), abs=1e-3)
    bound = corrected_for_noise(values, consistency_curve(noised, 2), [0.8, 0.2], 0.5)
    assert bound == (np.inf, pytest.approx(0.32, abs=1e-3))  # σ_2 = 1
    assert probe(clean, np.array([[0.0], [1.0]])).mse == pytest.approx(0.8)


def test_through_features_the_optimum_stays_only_with_the_constant():
    graph = family_graph("latent_captions", 1)
    rng = np.random.default_rng(0)
    features = rng.standard_normal((graph.n_left, 4)) + 1
    for columns, stays in ((np.column_stack([features, np.ones(graph.n_left)]), True), (features, False)):
        errors = [each_graph.through(columns).probe_mse(2) for each_graph in (graph, noisy(graph, 0.9))]
        assert (abs(errors[0] - errors[1]) < 1e-9) == stays


@pytest.mark.parametrize(
    ("values", "curve", "share", "message"),
    [
        ([1, 0.5], [1, 0.7], 1.0, "give the share"),
        ([1, 0.9, 0.5], [1, 0.7], 0.2, "is too large: the corrected singular values exceed 1"),
        ([1, 0.5], [1, 0.9], 0.4, "is too large: the corrected consistency rises"),
        ([1, 0.4, 0.1], [1, 0.58, 0.51], 0.5, "no measure on"),
        ([1, 0.5], [0.7, 0.6], 0.2, "values are missing"),
        ([1], [1, 0.7], 0.2, "values are missing"),
        ([1, 0.5, 0.5], [1, 0.7], 0.2, "noise does not keep the optimum"),
    ],
)
def test_values_of_no_clean_pairs_raise(values, curve, share, message):
    with pytest.raises(ValueError, match=message):
        corrected_for_noise(values, curve, [0.5, 0.5], share)


def test_noise_on_a_large_graph_or_of_a_bad_share_raises(monkeypatch):
    monkeypatch.setattr(theorem, "MOST_PAIRS", 8)
    for share, message in ((0.1, "9 pairs of more than 8: take a part"), (1.1, "give the share")):
        with pytest.raises(ValueError, match=message):
            noisy(PairGraph(np.eye(3)), share)
    monkeypatch.setattr(theorem, "MOST_PAIRS", 9)
    for share, joint in ((0, np.eye(3) / 3), (1, np.full((3, 3), 1 / 9))):
        np.testing.assert_allclose(noisy(PairGraph(np.eye(3)), share).joint.toarray(), joint)
