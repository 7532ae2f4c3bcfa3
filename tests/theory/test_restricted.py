import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, check_bounds, induced_labelling_error, spectral_loss, spectrum
from pairbounds.theory.bounds import Encoder
from pairbounds.theory.bounds import theorem24_restricted as restricted
from pairbounds.theory.bounds.theorem24_restricted import restricted_probe
from tests.families import GRAPHS


def case(seed):
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(2, 9, size=2)
    joint = np.exp(rng.choice([0.3, 1, 3]) * rng.standard_normal((n_left, n_right)))
    graph = PairGraph(joint, rng.integers(0, 3, size=n_left))
    attributes = rng.standard_normal((n_left, int(rng.integers(1, n_left + 1))))
    return graph, attributes, int(rng.integers(1, attributes.shape[1] + 1)), rng


def parts(graph, attributes):
    """Weighted labels, a basis of the class, and `I - A`."""
    root = np.sqrt(graph.left_marginal)[:, None]
    labels = root * (graph.left_labels[:, None] == np.unique(graph.left_labels))
    normalized = graph.normalized.toarray()
    return labels, np.linalg.qr(root * attributes)[0], np.eye(graph.n_left) - normalized @ normalized.T


@given(st.integers(0, 2**32))
def test_the_bound_holds_and_its_parts_are_as_defined(seed):
    graph, attributes, k, _ = case(seed)
    found = restricted_probe(graph, attributes, k)
    labels, basis, laplacian = parts(graph, attributes)
    expressed = basis @ (basis.T @ labels)
    assert found.mse <= found.bound
    assert found.error <= 2 * found.bound
    assert found.out_of_reach == pytest.approx(np.sum((labels - expressed) ** 2), abs=1e-9)
    assert found.variation == pytest.approx(np.trace(expressed.T @ laplacian @ expressed), abs=1e-9)
    assert found.mse >= found.out_of_reach - 1e-9
    unrestricted = spectrum(graph, min(graph.joint.shape)).leading(k + 1).singular_values
    assert np.all(found.values <= unrestricted + 1e-12)


@given(st.integers(0, 2**32))
def test_no_encoder_of_the_class_has_a_lower_spectral_loss(seed):
    graph, attributes, k, rng = case(seed)
    found = restricted_probe(graph, attributes, k)
    best_right = graph.normalized.T @ (np.sqrt(graph.left_marginal)[:, None] * found.features)
    least = spectral_loss(graph, found.features, best_right / np.sqrt(graph.right_marginal)[:, None])
    assert least == pytest.approx(-np.sum(found.values[:k] ** 2), abs=1e-9)
    for _ in range(5):
        f = attributes @ rng.standard_normal((attributes.shape[1], k))
        weighted = np.sqrt(graph.left_marginal)[:, None] * f
        g = np.linalg.lstsq(weighted, graph.normalized.toarray())[0].T / np.sqrt(graph.right_marginal)[:, None]
        assert spectral_loss(graph, f, g) >= least - 1e-9


@given(st.integers(0, 2**32))
def test_for_any_function_of_the_class_the_roots_add(seed):
    graph, attributes, k, rng = case(seed)
    found = restricted_probe(graph, attributes, k)
    labels, basis, laplacian = parts(graph, attributes)
    gap = 1 - found.values[k] ** 2
    for size in (0.0, 0.1, 1.0):
        other = basis @ (basis.T @ labels + size * rng.standard_normal((basis.shape[1], labels.shape[1])))
        roots = np.linalg.norm(labels - other) + np.sqrt(max(0.0, np.trace(other.T @ laplacian @ other)) / gap)
        assert found.mse <= roots**2 + 1e-9


def test_for_any_function_of_the_class_the_squares_do_not_add():
    """`ε₂ <= ‖ỹ - ŷ‖² + φ(ŷ) / (1 - τ²_{k+1})` is false of `ŷ = ỹ / 2`: it says half the error where all is beyond k.

    Two images of two classes, k = 1, and a class of functions that has all of them: the error is 1/2, and 1/4 is
    claimed.
    """
    graph = PairGraph([[0.9, 0.1], [0.1, 0.9]], [0, 1])
    found = restricted_probe(graph, np.eye(2), 1)
    labels, _, laplacian = parts(graph, np.eye(2))
    mean = np.full((2, 2), np.sqrt(0.5) / 2)  # of both classes; only what is beyond it is halved
    half = mean + (labels - mean) / 2
    claimed = np.sum((labels - half) ** 2) + np.trace(half.T @ laplacian @ half) / (1 - found.values[1] ** 2)
    assert found.mse == pytest.approx(0.5)
    assert claimed == pytest.approx(0.25)
    assert found.bound == pytest.approx(0.5)


def test_attributes_that_tell_all_nodes_apart_give_theorem_4():
    for family in ("heavy_tailed", "dense_random", "tall", "wide"):
        graph = GRAPHS[family](np.random.default_rng(2), 12)
        found = restricted_probe(graph, np.eye(graph.n_left), 3)
        optimum = Encoder.optimum(graph, spectrum(graph, 4), 3)
        assert found.mse == pytest.approx(optimum.probe.mse)
        assert found.variation == pytest.approx(induced_labelling_error(graph))
        value = check_bounds(graph, 3, bounds=["probe-mse"])["value"].item()
        assert found.bound == pytest.approx(value)


def test_a_class_that_cannot_tell_apart_what_the_pairs_leave_apart_has_a_gap():
    """Forty images that no caption joins: σ is 1 throughout, and theorem 4 infinite; of the class the label is all."""
    labels = np.arange(40) % 2
    graph = PairGraph(np.eye(40), labels)
    assert np.isinf(check_bounds(graph, 2, bounds=["probe-mse"])["value"].item())
    found = restricted_probe(graph, np.eye(2)[labels], 2)
    assert found.error == 0
    assert found.bound == pytest.approx(0, abs=1e-12)


def test_round_off_of_a_thousandth_counts_in_every_part(monkeypatch):
    """`r + (α_T + r) / (1 - (σ_2 + r)²)` of two images: what is as small as round-off is made large enough to see."""
    monkeypatch.setattr(restricted, "UNITS", 1e-3 / 2)  # of a norm over four nodes
    found = restricted_probe(PairGraph([[0.9, 0.1], [0.1, 0.9]], [0, 1]), np.eye(2), 1)
    assert found.bound == pytest.approx(1e-3 + 0.181 / (1 - 0.801**2), rel=1e-9)


def test_directions_beyond_the_captions_are_features_too():
    """Five images of two captions have a rank of 2: of four columns two more are orthonormal to these."""
    graph = PairGraph(np.random.default_rng(0).random((5, 2)), [0, 0, 1, 1, 0])
    found = restricted_probe(graph, np.eye(5), 4)
    np.testing.assert_allclose(
        found.features.T @ (graph.left_marginal[:, None] * found.features), np.eye(4), atol=1e-12
    )
    np.testing.assert_allclose(found.values[2:], 0, atol=1e-12)


def test_bad_arguments():
    graph = PairGraph(np.ones((4, 3)), [0, 0, 1, 1])
    with pytest.raises(ValueError, match=r"k=2 is not in 1\.\.1, the rank"):
        restricted_probe(graph, np.ones((4, 2)), 2)
    with pytest.raises(ValueError, match="5 columns"):
        restricted_probe(graph, np.ones((4, 5)), 1)
    with pytest.raises(ValueError, match="no left labels"):
        restricted_probe(PairGraph(np.ones((4, 3))), np.ones((4, 1)), 1)


def test_nothing_is_claimed_without_a_gap():
    assert restricted_probe(PairGraph(np.eye(2), [0, 1]), np.eye(2), 1).bound == np.inf
