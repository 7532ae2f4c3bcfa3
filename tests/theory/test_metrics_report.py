"""Metrics of features that somebody brings, against the definitions by loops."""

import itertools

import numpy as np
import pytest
import torch

from pairbounds import HypothesisError
from pairbounds.theory.quantities.metrics import (
    alignment,
    average_confusion_rate,
    metrics,
    pair_graph,
    rankme,
    report,
    uniformity,
)

SAMPLES = np.repeat(np.arange(12), 3)


def features(seed=0, size=36, width=5):
    rng = np.random.default_rng(seed)
    return np.repeat(rng.standard_normal((size // 3, width)), 3, axis=0) + 0.4 * rng.standard_normal((size, width))


def unit(f):
    return f / np.linalg.norm(f, axis=1, keepdims=True)


def by_loops(f, t=2.0):
    sphere = unit(f)
    close = [np.sum((a - b) ** 2) for s in range(12) for a, b in itertools.combinations(sphere[s == SAMPLES], 2)]
    apart = [np.exp(-t * np.sum((a - b) ** 2)) for a in sphere for b in sphere]
    return np.mean(close), np.log(np.mean(apart))


@pytest.mark.parametrize("scale", [1, 1e-3, 1e6])
def test_alignment_and_uniformity_are_of_unit_rows_whatever_the_scale(scale):
    f = features()
    table = metrics(scale * f, pairs=SAMPLES)
    np.testing.assert_allclose(table["value"][["alignment", "uniformity"]].astype(float), by_loops(f))
    assert table.loc["rankme", "value"] == pytest.approx(rankme(f))
    assert table.loc["acr", "value"] == average_confusion_rate(f, SAMPLES)
    assert (table["standard_error"] == 0).all()
    assert table["definition"].str.len().min() > 10
    assert table["source"].str.contains("20").all()


def test_they_are_those_of_the_graph_of_the_pairs():
    f = features()
    pairs = np.array([[0, 1], [4, 2], [7, 8], [0, 9], [20, 21]])
    graph, rows = pair_graph(pairs, 36), np.unique(pairs)
    table = metrics(torch.tensor(f), pairs=torch.tensor(pairs))
    assert table.loc["alignment", "value"] == pytest.approx(alignment(graph, f[rows], f[rows]))
    assert table.loc["uniformity", "value"] == pytest.approx(uniformity(graph, f[rows]))
    by_hand = np.mean([np.sum((unit(f)[a] - unit(f)[b]) ** 2) for a, b in pairs])
    assert table.loc["alignment", "value"] == pytest.approx(by_hand)
    assert "give pairs as the sample of each row" in table.loc["acr", "note"]


def test_samples_are_the_pairs_of_their_views():
    f, pairs = features(), [pair for s in range(12) for pair in itertools.combinations(np.flatnonzero(s == SAMPLES), 2)]
    both = [metrics(f, pairs=given)["value"] for given in (SAMPLES, np.array(pairs), [f"s{s}" for s in SAMPLES])]
    for name in ("alignment", "uniformity", "rankme"):
        np.testing.assert_allclose(both[1][name], both[0][name])
        np.testing.assert_allclose(both[2][name], both[0][name])


def test_a_batch_of_two_has_a_finite_uniformity():
    table = metrics(np.array([[3.0, 0.0], [-2.0, 0.0]]), pairs=[[0, 1]])
    assert table.loc["alignment", "value"] == pytest.approx(4)
    assert table.loc["uniformity", "value"] == pytest.approx(np.log((1 + np.exp(-8)) / 2))


def test_a_sample_of_many_rows_is_within_its_standard_error(monkeypatch):
    f = features(1, 300)
    samples = np.repeat(np.arange(100), 3)
    exact = metrics(f, pairs=samples)
    monkeypatch.setattr(report, "MOST_ROWS", 200)
    errors = []
    for seed in range(40):
        sampled = metrics(f, pairs=samples, seed=seed).loc["uniformity"]
        errors.append((sampled["value"] - exact.loc["uniformity", "value"]) / sampled["standard_error"])
    assert 0.6 < np.std(errors) < 1.6
    assert abs(np.mean(errors)) < 0.6
    acr = metrics(f, pairs=samples).loc["acr"]
    assert acr["rows"] < 300
    assert "among all it is larger" in acr["note"]


def test_class_collapse():
    f = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0]])
    pairs = [[0, 1], [2, 3]]
    assert metrics(f, pairs=pairs, labels=["x", "x", "y", "y"]).loc["class_collapse", "value"] == 0
    assert metrics(f, pairs=pairs, labels=[0, 1, 0, 1]).loc["class_collapse", "value"] == pytest.approx(1)
    assert metrics(f, pairs=pairs, labels=["x", None, "y", None]).loc["class_collapse", "rows"] == 2
    one = metrics(np.ones((4, 2)), pairs=pairs, labels=[0, 0, 1, 1]).loc["class_collapse"]
    assert np.isnan(one["value"])
    assert one["note"] == "all rows are one point"


def test_arc_is_the_ratio_of_the_unconfused():
    before, after = features(0) + np.random.default_rng(1).standard_normal((36, 5)), features(0)
    table = metrics(after, pairs=SAMPLES, before=before)
    ratio = (1 - average_confusion_rate(after, SAMPLES)) / (1 - average_confusion_rate(before, SAMPLES))
    assert table.loc["arc", "value"] == pytest.approx(ratio)
    assert np.isnan(metrics(after, pairs=SAMPLES, before=np.ones((36, 2))).loc["arc", "value"])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"features": np.ones(4)}, ValueError, r"features has shape \(4,\)"),
        ({"features": np.zeros((4, 2))}, HypothesisError, r"in 4 rows \(0, 1, 2, 3\), of norm 0: leave these rows"),
        ({"features": np.eye(4)[:, :2], "pairs": [[0, 1], [1, 3]]}, HypothesisError, r"in 1 row \(3\), of norm 0"),
        ({"features": np.full((4, 2), np.nan)}, ValueError, "not finite"),
        ({"pairs": [[0, 4]]}, ValueError, r"rows that are not there: there are rows 0\.\.3"),
        ({"pairs": [[0, -1]]}, ValueError, "rows that are not there"),
        ({"pairs": [0, 1, 2, 3]}, ValueError, "no two rows are a positive pair"),
        ({"pairs": [0, 1]}, ValueError, r"pairs has shape \(2,\)"),
        ({"pairs": [[0.5, 1.0]]}, ValueError, "holds float64"),
        ({"labels": [0, 1]}, ValueError, r"labels has shape \(2,\) for 4 rows"),
        ({"t": 0}, ValueError, "t=0 is not positive"),
    ],
)
def test_bad_input(change, error, message):
    arguments = {"features": np.eye(4)[:, :2] + 1, "pairs": [[0, 1], [2, 3]]} | change
    with pytest.raises(error, match=message):
        metrics(arguments.pop("features"), **arguments)


def test_numbers_that_are_python_objects_count():
    f = features()
    expected = metrics(f, pairs=SAMPLES)["value"]
    np.testing.assert_allclose(metrics(f.astype(object), pairs=SAMPLES)["value"], expected)
