"""The graph of the emoji by its command."""

import pytest

from pairbounds import PairGraph, induced_labelling_error
from pairbounds.__main__ import app


def test_the_emoji_graph_is_saved_with_the_chosen_labels(call, tmp_path):
    path = tmp_path / "emoji.npz"
    code, out, _ = call(app, "graph", "emoji", "--set", "labels=subcategory", "--out", path)
    assert code == 0
    assert "n_left=3246, n_right=6632" in out
    assert induced_labelling_error(PairGraph.load(path)) == pytest.approx(0.305, abs=5e-4)
