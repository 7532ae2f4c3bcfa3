"""The measured curve of the optimum of n pairs, against dense algebra and theorem 28."""

import numpy as np
import pytest

from pairbounds import LatentWorld, pairs_curve_report, pairs_report
from pairbounds.__main__ import app
from pairbounds.theory.questions import pairs_curve
from pairbounds.theory.questions.pairs_curve import DRAWS, TIMES, _error

GRAPH = LatentWorld(n_classes=3, n_styles=2, n_positions=4).caption_graph(noise=0.1)


@pytest.fixture(scope="module")
def answer():
    return pairs_curve_report(GRAPH, 3, penalty=0.3, target=0.3)


@pytest.mark.parametrize("n", [100, 200, 3_000])
def test_the_error_of_a_sample_equals_dense_algebra(n):
    joint = GRAPH.joint.tocoo()
    counts = np.random.default_rng([0, n, 1]).multinomial(n, joint.data / joint.data.sum())
    dense = np.zeros(GRAPH.shape)
    dense[joint.coords] = counts / n
    left, right = dense.sum(axis=1), dense.sum(axis=0)
    scale = np.sqrt(np.outer(left, right))
    vectors = np.linalg.svd(np.divide(dense, scale, out=np.zeros_like(dense), where=scale > 0))[0][:, :3]
    features = np.divide(vectors, np.sqrt(left)[:, None], out=np.zeros_like(vectors), where=left[:, None] > 0)
    root, onehot = np.sqrt(GRAPH.left_marginal)[:, None], np.eye(3)[GRAPH.left_labels]
    probed = features @ np.linalg.lstsq(root * features, root * onehot)[0]
    expected = np.sum(root**2 * (probed - onehot) ** 2)
    assert _error(GRAPH, 3, n, np.random.default_rng([0, n, 1])) == pytest.approx(expected, abs=1e-6)


def test_the_curve_falls_to_the_optimum_below_theorem_28(answer):
    table, guaranteed = answer.table, pairs_report(GRAPH, 3, penalty=0.3, target=0.3, sizes=answer.table["n_pairs"])
    np.testing.assert_array_equal(table["mse_28"], guaranteed.table["mse_28"])
    assert table["n_pairs"].is_monotonic_increasing
    assert (table["mse"] <= table["mse_28"]).all()
    assert table["excess"].iloc[-1] < table["excess"].iloc[0] / 4
    assert (table["low"] < table["high"]).all()
    assert any("goes as n^-" in words for words in answer.words)


def test_sizes_that_hold_no_embedding_are_counted(monkeypatch):
    answer = pairs_curve_report(GRAPH, 20, penalty=0.3)
    assert len(answer.table) < len(TIMES)
    assert "smaller sizes have samples of fewer than k" in " ".join(answer.words)
    monkeypatch.setattr(pairs_curve, "TIMES", (0.1,))
    with pytest.raises(ValueError, match="smaller k"):
        pairs_curve_report(GRAPH, 20)
    with pytest.raises(ValueError, match="5 or more"):
        pairs_curve_report(GRAPH, 3, draws=4)


def test_the_command(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    GRAPH.save("graph.npz")
    code, out, _ = call(app, "pairs", "graph.npz", "--k", 3, "--curve", "--out", "curve.csv")
    assert (code, f"mean of {DRAWS} draws" in out, (tmp_path / "curve.csv").exists()) == (0, True, True)
    code, _, err = call(app, "pairs", "graph.npz", "--k", 3, "--curve", "--sample", 40)
    assert (code, "leave out --sample" in err) == (2, True)
