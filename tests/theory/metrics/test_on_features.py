"""Confusion and rank, against double loops."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ortho_group

from pairbounds import HypothesisError
from pairbounds.infrastructure.names import listed_rows
from pairbounds.theory.quantities.metrics import average_confusion_rate, average_relative_confusion, rankme
from tests.families import GRAPHS


def naive_confusion(features, samples):
    confused = 0
    unit = [row / np.sqrt(row @ row) for row in features]
    for i in range(len(unit)):
        own = min(np.sum((unit[i] - unit[j]) ** 2) for j in range(len(unit)) if j != i and samples[j] == samples[i])
        other = min(np.sum((unit[i] - unit[j]) ** 2) for j in range(len(unit)) if samples[j] != samples[i])
        confused += other <= own
    return confused / len(unit)


@given(st.integers(0, 2**31), st.integers(2, 5), st.integers(2, 4), st.integers(1, 3))
def test_confusion_from_its_definition(seed, n_samples, views, k):
    rng = np.random.default_rng(seed)
    samples = rng.permutation(np.repeat([f"image {i}" for i in range(n_samples)], views))
    features = rng.standard_normal((len(samples), k))
    assert average_confusion_rate(features, samples) == naive_confusion(features, samples)
    turned = 7 * features @ np.atleast_2d(ortho_group.rvs(k, random_state=rng) if k > 1 else -1.0)
    assert average_confusion_rate(turned, samples) == pytest.approx(naive_confusion(features, samples))


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    samples, features = np.arange(40) % 9, rng.standard_normal((40, 2))
    whole = average_confusion_rate(features, samples)
    monkeypatch.setattr(sys.modules["pairbounds.theory.quantities.metrics.confusion"], "BLOCK", 100)
    assert average_confusion_rate(features, samples) == whole == naive_confusion(features, samples)


def test_the_same_sample_is_the_same_id_wherever_it_stands():
    """Views of three samples in clusters of their own, in any order: no confusion. Ids by position would see some."""
    rng = np.random.default_rng(1)
    samples = rng.permutation(np.repeat([5, 900, 17], 4))
    clusters = np.array([5, 17, 900])
    features = np.eye(3)[np.searchsorted(clusters, samples)] + 0.01 * rng.standard_normal((12, 3))
    assert average_confusion_rate(features, samples) == 0
    assert average_confusion_rate(features, np.arange(12) % 3) > 0


def test_an_embedding_in_one_point_is_all_confusion():
    assert average_confusion_rate(np.ones((6, 2)), [0, 0, 1, 1, 2, 2]) == 1


def test_a_view_of_another_sample_that_is_as_near_to_the_last_bit_counts_as_the_nearest():
    """Products of these rows differ in their last digits, sums of squares of differences do not."""
    rng = np.random.default_rng(2)
    base, step = rng.standard_normal((30, 64)), rng.choice([-1.0, 1.0], (30, 64)) * 2.0**-20
    base = np.sign(base) / 8  # of length 1, and so are all others up to round-off, in binary fractions
    features = np.stack([base, base + step, base - step], axis=1).reshape(-1, 64)
    samples = np.repeat(np.arange(30), 3)
    other = samples.copy()
    other[2::3] = np.roll(other[2::3], 3)  # the third view of each is another sample's
    for own in (samples, other):
        assert average_confusion_rate(features, own) == naive_confusion(features, own)


def test_relative_confusion():
    samples = np.repeat(np.arange(10), 2)
    rng = np.random.default_rng(2)
    before = np.eye(10)[samples] + 0.01 * rng.standard_normal((20, 10))
    after = np.eye(10)[samples] + 0.4 * rng.standard_normal((20, 10))
    rate = average_confusion_rate(after, samples)
    assert 0 < rate < 1
    assert average_relative_confusion(before, after, samples) == pytest.approx(1 - rate)
    with pytest.raises(ValueError, match="every view is confused before training"):
        average_relative_confusion(np.ones((20, 1)), after, samples)


@pytest.mark.parametrize(
    ("features", "samples", "message"),
    [
        (np.ones((4, 2)), [0, 0, 1], r"features has shape \(4, 2\): this graph takes \(3, k\)|samples"),
        (np.ones((3, 2)), [0, 0, 1], "names 2 samples, 1 of them with one view"),
        (np.ones((3, 2)), [0, 0, 0], "names 1 samples"),
        (np.ones((3, 2)), [[0, 0, 0]], r"samples has shape \(1, 3\)"),
        (np.full((4, 1), np.inf), [0, 0, 1, 1], "4 values that are not finite"),
    ],
)
def test_bad_views(features, samples, message):
    with pytest.raises(ValueError, match=message):
        average_confusion_rate(features, samples)


def test_a_view_of_norm_0_has_no_direction():
    with pytest.raises(HypothesisError, match=r"features has no direction on the sphere in 1 row \(\d+\), of norm 0"):
        average_confusion_rate([[0.0], [1.0], [1.0], [1.0]], [0, 0, 1, 1])


@given(st.integers(0, 2**31), st.integers(2, 8), st.integers(1, 5))
def test_rankme_from_its_formula(seed, n, k):
    rng = np.random.default_rng(seed)
    f, weights = rng.standard_normal((n, k)), rng.random(n)
    gram = f.T @ np.diag(weights) @ f
    values = np.sqrt(np.clip(np.linalg.eigvalsh(gram), 0, None))
    entropy = -sum(s / values.sum() * np.log(s / values.sum()) for s in values if s > 1e-7 * values.max())
    assert rankme(f, weights) == pytest.approx(np.exp(entropy), rel=1e-4)
    assert 1 - 1e-12 <= rankme(f) <= min(n, k) + 1e-9
    turned = 3 * f @ np.atleast_2d(ortho_group.rvs(k, random_state=rng) if k > 1 else 1.0)
    assert rankme(turned) == pytest.approx(rankme(f), rel=1e-9)


def test_rankme_of_simple_embeddings():
    assert rankme(np.ones((7, 3))) == pytest.approx(1)
    assert rankme(np.eye(5)) == pytest.approx(5)
    assert rankme(np.diag([3.0, 1.0])) == pytest.approx(np.exp(-0.75 * np.log(0.75) - 0.25 * np.log(0.25)))


def test_rankme_weighs_nodes_by_their_marginal():
    """At the optimum of a graph all directions are alike under p_L, which plain rows would not show."""
    graph = GRAPHS["heavy_tailed"](np.random.default_rng(3), 12)
    whitened = np.linalg.qr(np.random.default_rng(4).standard_normal((graph.n_left, 4)))[0]
    f = whitened / np.sqrt(graph.left_marginal)[:, None]
    assert rankme(f, graph.left_marginal) == pytest.approx(4)
    assert rankme(f) < 3.9


@pytest.mark.parametrize(
    ("f", "weights", "message"),
    [
        (np.zeros((3, 2)), None, "an embedding that is 0 has no rank"),
        (np.ones((3, 2)), [1, 1], r"weights has shape \(2,\): give 3"),
        (np.ones((3, 2)), [1, 1, -1], "non-negative"),
        (np.full((3, 2), np.nan), None, "6 values that are not finite"),
        (np.ones(3), None, "f has shape"),
    ],
)
def test_bad_embeddings(f, weights, message):
    with pytest.raises(ValueError, match=message):
        rankme(f, weights)


def test_of_many_rows_the_first_are_named():
    assert listed_rows(range(30, 45)) == "15 rows (30, 31, 32, 33, 34, 35, 36, 37, 38, 39, ...)"
