"""A graph from features of images and texts, as CLIP gives them."""

import numpy as np
import pytest
import torch

from pairbounds import PairGraph
from pairbounds.theory.graph import neighbours


def features(n_images=40, n_texts=30, width=6, seed=0):
    rng = np.random.default_rng(seed)
    return 3 * rng.standard_normal((n_images, width)), rng.standard_normal((n_texts, width))


def by_hand(images, texts, temperature, top_k):
    """Image by image, in float64."""
    unit = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in (images, texts)]
    similarities = unit[0] @ unit[1].T
    joint = np.zeros_like(similarities)
    for x, row in enumerate(similarities):
        nearest = np.argsort(row)[-top_k:]
        joint[x, nearest] = np.exp(row[nearest] / temperature) / np.exp(row[nearest] / temperature).sum() / len(images)
    return joint


@pytest.mark.parametrize("block", [175, neighbours.BLOCK])
def test_weights_are_the_softmax_over_the_nearest_texts(block, monkeypatch):
    monkeypatch.setattr(neighbours, "BLOCK", block)
    images, texts = features()
    labels = np.arange(30) % 3
    graph = PairGraph.from_features(images, texts, temperature=0.2, top_k=4, right_labels=labels)
    expected = by_hand(images, texts, 0.2, 4)
    is_used = expected.any(axis=0)
    np.testing.assert_allclose(graph.joint.toarray(), expected[:, is_used], rtol=1e-4, atol=1e-12)
    np.testing.assert_allclose(graph.left_marginal, 1 / 40)
    np.testing.assert_array_equal(graph.right_ids, np.flatnonzero(is_used))
    np.testing.assert_array_equal(graph.right_labels, labels[is_used])


def test_scale_and_precision_do_not_matter_and_a_low_temperature_keeps_the_nearest():
    images, texts = features()
    exact = PairGraph.from_features(images, texts, temperature=0.2, top_k=30).joint.toarray()
    half = [torch.tensor(1e3 * side, dtype=torch.float16) for side in (images, texts)]
    result = PairGraph.from_features(*half, temperature=0.2, top_k=30)
    np.testing.assert_allclose(result.joint.toarray(), exact, rtol=0.05)
    assert PairGraph.from_features(images, texts, temperature=1e-6, top_k=5).joint.nnz == 40


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"texts": np.ones((5, 7))}, "images have width 6 and texts 7"),
        ({"texts": np.zeros((5, 6))}, r"texts has 5 rows \(0, 1, 2, 3, 4\) without a direction .*: leave these rows"),
        ({"images": np.ones(6)}, r"images has shape \(6,\)"),
        ({"images": np.array([["a", "b"]])}, "images has type <U1"),
        ({"top_k": 31}, "top_k=31 is not in 1..30"),
        ({"temperature": 0}, "temperature=0 is not a positive number"),
    ],
)
def test_bad_input_is_one_error_line(change, message):
    images, texts = features()
    arguments = {"images": images, "texts": texts, "temperature": 0.1, "top_k": 3} | change
    with pytest.raises(ValueError, match=message):
        PairGraph.from_features(arguments.pop("images"), arguments.pop("texts"), **arguments)
