"""The study of graphs from features, on topics without data sets."""

import pytest

from pairbounds.real_data.studies import feature_graphs
from pairbounds.real_data.studies.feature_graphs import Settings, measure
from pairbounds.theory.graph.neighbours import cosine_spread


def test_a_row_for_each_cell_and_the_automatic_choice(monkeypatch):
    monkeypatch.setattr(Settings, "each", lambda _: {})
    rows = measure(Settings(spreads=(4.0,), temperatures=(0.005, 0.05), top_ks=(4, 32), k=10), 0)
    automatic, grid = rows[rows["automatic"]], rows[~rows["automatic"]]
    assert list(zip(grid["temperature"], grid["top_k"], strict=True)) == [
        (0.005, 4),
        (0.005, 32),
        (0.05, 4),
        (0.05, 32),
    ]
    (_, images, texts, labels), *_ = feature_graphs._features(Settings(spreads=(4.0,)), 0)
    assert automatic["temperature"].tolist() == pytest.approx([cosine_spread(images, texts)])
    assert (len(labels), images.shape) == (600, (600, 512))
    assert automatic["error"].iloc[0] < grid["error"].max() / 5  # the coldest graph is the worst
