"""The graph of features from the command line, and its own choices."""

import numpy as np
import pytest

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.infrastructure.files import read_sidecar


def spread(images, texts):
    """Mean over images of the standard deviation of their cosines with the texts."""
    images, texts = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (images, texts))
    return (images @ texts.T).std(axis=1).mean()


@pytest.fixture
def features(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images, texts = np.random.default_rng(0).standard_normal((2, 40, 6))
    np.save("images.npy", images)
    np.savez("texts.npz", features=texts, ids=[f"text {number:02}" for number in range(40)])
    return images, texts


@pytest.mark.parametrize("words", [[], ["--set", "top_k=3", "--set", "temperature=0.5"]])
def test_the_graph_is_that_of_python(call, features, words):
    files = ["--images", "images.npy", "--texts", "texts.npz"]
    code, out, _ = call(app, "graph", "features", *files, *words, "--out", "graph.npz")
    top_k, temperature = (3, 0.5) if words else (32, spread(*features))
    assert (code, f"top_k = {top_k}, temperature = {temperature:.4g}" in out) == (0, True)
    names = [f"text {number:02}" for number in range(40)]
    expected = PairGraph.from_features(*features, top_k=top_k, temperature=temperature, right_ids=names)
    graph = PairGraph.load("graph.npz")
    np.testing.assert_allclose(graph.joint.toarray(), expected.joint.toarray(), rtol=1e-4)
    assert graph.right_ids.tolist() == expected.right_ids.tolist()
    assert graph.left_ids.tolist() == list(range(40))


def test_a_table_records_what_was_chosen(call, features):
    files = ["--images", "images.npy", "--texts", "texts.npz"]
    assert call(app, "graph", "features", *files, "--out", "pairs.parquet")[0] == 0
    configuration = read_sidecar("pairs.parquet")["configuration"]
    assert (configuration["top_k"], configuration["temperature"]) == (32, pytest.approx(spread(*features)))
    assert {"images.npy", "texts.npz"} <= configuration.keys()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["features", "--images", "images.npy"], "--texts texts.npy"),
        (["features", "--images", "images.npy", "--texts", "no.npy"], "features no.npy does not exist"),
        (["features", "--images", "images.npy", "--texts", "texts.npz", "--set", "top_k=many"], "top_k='many'"),
        (["emoji", "--set", "top_k=4"], "setting 'top_k' is none of"),
        (["features", "--images", "images.npy", "--texts", "texts.npz", "--out", "texts.npz"], "is an input"),
    ],
)
@pytest.mark.usefixtures("features")
def test_bad_input_is_one_line(refused, words, fault):
    assert fault in refused(app, "graph", "--out", "graph.npz", *words)
