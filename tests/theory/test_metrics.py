"""Metrics of features, on graphs and on a user's pairs, against their definitions."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from pairbounds import HypothesisError, PairGraph
from pairbounds.infrastructure import arrays
from pairbounds.theory.quantities.metrics import (
    alignment,
    average_confusion_rate,
    hypersphere,
    metrics,
    rankme,
    uniformity,
)
from tests.families import ANY_RNG, ANY_SEED, GRAPHS, embeddings, family_graph

SAMPLES = np.repeat(np.arange(12), 3)


def unit(f):
    return f / np.linalg.norm(f, axis=1, keepdims=True)


# On graphs.


@pytest.mark.parametrize("block", [arrays.CACHED, 30])
@pytest.mark.parametrize("family", GRAPHS)
def test_alignment_and_uniformity_from_their_formulas(family, block, monkeypatch):
    monkeypatch.setattr(arrays, "CACHED", block)
    graph = family_graph(family, 0, 12)
    f, g = embeddings(graph, 3, 1)
    induced, left = graph.induced().joint.toarray(), unit(f)
    for other, pairs, mass in ((f, induced, graph.left_marginal), (g, graph.joint.toarray(), graph.right_marginal)):
        apart = cdist(left, unit(other), "sqeuclidean")
        arguments = (graph, f) if other is f else (graph, f, g)
        assert alignment(*arguments) == pytest.approx(np.sum(pairs * apart), rel=1e-10, abs=1e-14)
        for t in (0.5, 2.0):
            expected = np.log(graph.left_marginal @ np.exp(-t * apart) @ mass)
            assert uniformity(*arguments, t=t) == pytest.approx(expected, rel=1e-10)
        assert alignment(graph, *map(torch.tensor, arguments[1:])) == alignment(*arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda graph, f, g: alignment(graph, f, g[:, :2]), "f has width 3 and g 2"),
        (lambda graph, f, g: uniformity(graph, f, t=0), "t=0 is not positive"),
        (lambda graph, f, g: alignment(graph, f * [[0], [1], [1], [0]]), r"no direction on the sphere in 2 rows"),
        (lambda graph, f, g: rankme(np.zeros((3, 2))), "f is 0: give an embedding"),
        (lambda graph, f, g: average_confusion_rate(f[:3], [0, 0, 1]), "has 2 samples, 1 of them with one view"),
        (lambda graph, f, g: average_confusion_rate(f[:3], [[0, 0, 0]]), r"samples has shape \(1, 3\)"),
    ],
)
def test_bad_embeddings(call, message):
    with pytest.raises(ValueError, match=message):
        call(PairGraph(np.ones((4, 5)), [0, 0, 1, 1]), *embeddings(PairGraph(np.ones((4, 5))), 3, 8))


# Confusion and rank.


def naive_confusion(features, samples):
    apart = cdist(unit(features), unit(features), "sqeuclidean")
    np.fill_diagonal(apart, np.inf)
    same_sample = samples[:, None] == samples
    nearest_same, other = (np.where(chosen, apart, np.inf).min(axis=1) for chosen in (same_sample, ~same_sample))
    return np.mean(nearest_same >= other)


@pytest.mark.parametrize("block", [hypersphere.BLOCK, 20])
@given(ANY_RNG, st.integers(2, 5), st.integers(2, 4), st.integers(1, 3))
def test_confusion_from_its_definition(block, rng, n_samples, views, k):
    samples = rng.permutation(np.repeat([f"image {i}" for i in range(n_samples)], views))
    features = rng.standard_normal((len(samples), k))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hypersphere, "BLOCK", block)
        assert average_confusion_rate(features, samples) == naive_confusion(features, samples)


def test_a_view_of_another_sample_at_an_equal_distance_is_a_confusion():
    """Products of these rows would differ in their last digits, sums of squares of differences do not."""
    rng = np.random.default_rng(2)
    base, step = rng.standard_normal((30, 64)), rng.choice([-1.0, 1.0], (30, 64)) * 2.0**-20
    base = np.sign(base) / 8  # of length 1, and so are all others up to round-off, in binary fractions
    features = np.stack([base, base + step, base - step], axis=1).reshape(-1, 64)
    samples = np.repeat(np.arange(30), 3)
    other = samples.copy()
    other[2::3] = np.roll(other[2::3], 3)  # the third view of each is another sample's
    for sample_ids in (samples, other):
        assert average_confusion_rate(features, sample_ids) == naive_confusion(features, sample_ids)


@given(ANY_SEED, st.integers(2, 8), st.integers(1, 5))
def test_rankme_from_its_formula(seed, n, k):
    f = np.random.default_rng(seed).standard_normal((n, k))
    values = np.sqrt(np.clip(np.linalg.eigvalsh(f.T @ f), 0, None))
    entropy = -sum(s / values.sum() * np.log(s / values.sum()) for s in values if s > 1e-7 * values.max())
    assert rankme(f) == pytest.approx(np.exp(entropy), rel=1e-4)


# A user's features and pairs.


def features(seed=0, size=36, width=5):
    rng = np.random.default_rng(seed)
    return np.repeat(rng.standard_normal((size // 3, width)), 3, axis=0) + 0.4 * rng.standard_normal((size, width))


@pytest.mark.parametrize("scale", [1, 1e-3, 1e6])
def test_metrics_are_of_unit_rows_whatever_the_scale(scale):
    f = features()
    table = metrics(torch.tensor(scale * f), pairs=SAMPLES)
    close = [np.sum((a - b) ** 2) for s in range(12) for a, b in itertools.combinations(unit(f)[s == SAMPLES], 2)]
    expected = [np.mean(close), uniformity(PairGraph(np.eye(36)), f), rankme(f), average_confusion_rate(f, SAMPLES)]
    np.testing.assert_allclose(table["value"], expected)
    assert table.index.tolist() == ["alignment", "uniformity", "rankme", "acr"]
    assert table["source"].str.contains("20").all()


def test_samples_are_the_pairs_of_their_views_and_rows_without_a_pair_are_left_out():
    f, pairs = features(), [pair for s in range(12) for pair in itertools.combinations(np.flatnonzero(s == SAMPLES), 2)]
    both = [
        metrics(f, pairs=same_pairs)
        for same_pairs in (SAMPLES, torch.tensor(np.array(pairs)), [f"s{s}" for s in SAMPLES])
    ]
    for other in both[1:]:
        np.testing.assert_allclose(other["value"][:3], both[0]["value"][:3])
    assert "give pairs as the sample of each row" in both[1].loc["acr", "note"]
    chosen_pairs = np.array([[0, 1], [4, 2], [7, 8], [0, 9], [20, 21]])
    table, rows = metrics(f, pairs=chosen_pairs), np.unique(chosen_pairs)
    assert table.loc["alignment", "value"] == pytest.approx(
        np.mean(np.sum(np.diff(unit(f)[chosen_pairs], axis=1) ** 2, axis=2))
    )
    assert table.loc["rankme", "value"] == pytest.approx(rankme(f[rows]))


def test_class_collapse():
    f = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0]])
    pairs = [[0, 1], [2, 3]]
    assert metrics(f, pairs=pairs, labels=["x", "x", "y", "y"]).loc["class_collapse", "value"] == 0
    assert metrics(f, pairs=pairs, labels=[0, 1, 0, 1]).loc["class_collapse", "value"] == pytest.approx(1)
    assert metrics(f, pairs=pairs, labels=["x", None, "y", None]).loc["class_collapse", "rows"] == 2
    row = metrics(np.ones((4, 2)), pairs=pairs, labels=[0, 0, 1, 1]).loc["class_collapse"]
    assert np.isnan(row["value"])
    assert row["note"] == "all rows are one point"


def test_shared_captions_are_the_pairs_that_the_graph_induces_without_a_row_and_itself():
    rng, f = np.random.default_rng(0), features()
    joint = rng.random((36, 9)) * (rng.random((36, 9)) < 0.3) + 0.01 * np.eye(36, 9)
    keep = np.flatnonzero(joint.sum(axis=1))
    graph = PairGraph(joint[keep], left_ids=keep, drop_isolated=True)
    induced = graph.induced().joint.toarray()
    np.fill_diagonal(induced, 0)
    pairs, paired = PairGraph(induced, drop_isolated=True), f[keep[induced.any(axis=1)]]
    value = metrics(f, pairs=graph)["value"]
    assert value["alignment"] == pytest.approx(alignment(pairs, paired, paired))
    assert value["uniformity"] == pytest.approx(uniformity(pairs, paired))
    assert np.isnan(value["acr"])
    with pytest.raises(ValueError, match="up to 64000000 pairs of rows share a right node"):
        metrics(np.ones((8_000, 2)), pairs=PairGraph(np.ones((8_000, 1))))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"features": np.eye(4)[:, :2], "pairs": [[0, 1], [1, 3]]}, HypothesisError, r"in 1 row \(3\), of norm 0"),
        ({"features": np.full((4, 2), np.nan)}, ValueError, r"not finite in 4 rows \(0, 1, 2, 3\): leave out"),
        ({"pairs": [[0, 4]]}, ValueError, r"rows that do not exist: give rows in 0\.\.3"),
        ({"pairs": [0, 1, 2, 3]}, ValueError, "no positive pair of two rows"),
        ({"pairs": [0, 1]}, ValueError, r"pairs has shape \(2,\)"),
        ({"labels": [0, 1]}, ValueError, r"labels has shape \(2,\) for 4 rows"),
    ],
)
def test_bad_input(change, error, message):
    arguments = {"features": np.eye(4)[:, :2] + 1, "pairs": [[0, 1], [2, 3]]} | change
    with pytest.raises(error, match=message):
        metrics(arguments.pop("features"), **arguments)
