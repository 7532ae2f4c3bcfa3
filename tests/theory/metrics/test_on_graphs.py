"""Alignment, uniformity and collision rate, against double loops over the induced pairs."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ortho_group

from pairbounds import HypothesisError, PairGraph
from pairbounds.theory.quantities.metrics import alignment, collision_rate, hypersphere, uniformity
from tests.families import GRAPHS


def features(graph, k, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((graph.n_left, k)), rng.standard_normal((graph.n_right, k))


def unit(f):
    return [row / np.sqrt(row @ row) for row in f]


@pytest.mark.parametrize("many", [0.0, 1.0], ids=["all distances", "those of pairs"])
@pytest.mark.parametrize("family", GRAPHS)
def test_alignment_from_its_formula(family, many, monkeypatch):
    monkeypatch.setattr(hypersphere, "MANY", many)
    graph = GRAPHS[family](np.random.default_rng(0), 12)
    f, g = features(graph, 3, 1)
    induced, joint, left, right = graph.induced().joint.toarray(), graph.joint.toarray(), unit(f), unit(g)
    alone = sum(
        induced[x, other] * np.sum((left[x] - left[other]) ** 2)
        for x in range(graph.n_left)
        for other in range(graph.n_left)
    )
    both = sum(
        joint[x, caption] * np.sum((left[x] - right[caption]) ** 2)
        for x in range(graph.n_left)
        for caption in range(graph.n_right)
    )
    assert alignment(graph, f) == pytest.approx(alone, rel=1e-10, abs=1e-14)
    assert alignment(graph, f, g) == pytest.approx(both, rel=1e-10)
    assert alignment(graph, torch.tensor(f), torch.tensor(g)) == alignment(graph, f, g)


@pytest.mark.parametrize("family", GRAPHS)
def test_uniformity_from_its_formula(family):
    graph = GRAPHS[family](np.random.default_rng(2), 12)
    f, g = features(graph, 3, 3)
    for t in (0.5, 2.0):
        for other, weights in ((f, graph.left_marginal), (g, graph.right_marginal)):
            left, right = unit(f), unit(other)
            mean = sum(
                graph.left_marginal[x] * weights[y] * np.exp(-t * np.sum((left[x] - right[y]) ** 2))
                for x in range(graph.n_left)
                for y in range(len(right))
            )
            found = uniformity(graph, f, t=t) if other is f else uniformity(graph, f, g, t=t)
            assert found == pytest.approx(np.log(mean), rel=1e-10)


@pytest.mark.parametrize("family", ["sparse_random", "dense_random"])
def test_blocks_change_nothing(family, monkeypatch):
    graph = GRAPHS[family](np.random.default_rng(4), 20)
    f, g = features(graph, 3, 5)
    whole = alignment(graph, f), alignment(graph, f, g), uniformity(graph, f), uniformity(graph, f, g)
    monkeypatch.setattr(hypersphere, "BLOCK", 30)
    monkeypatch.setattr(hypersphere, "CACHED", 9)
    assert (alignment(graph, f), alignment(graph, f, g)) == pytest.approx(whole[:2], rel=1e-13)
    assert (uniformity(graph, f), uniformity(graph, f, g)) == pytest.approx(whole[2:], rel=1e-13)


@given(st.integers(0, 2**31), st.floats(1e-3, 1e3))
def test_rotations_and_the_length_of_features_do_not_matter(seed, size):
    rng = np.random.default_rng(seed)
    graph = PairGraph(rng.random((6, 5)))
    f, g = features(graph, 3, seed)
    turn = size * ortho_group.rvs(3, random_state=rng)
    assert alignment(graph, f @ turn) == pytest.approx(alignment(graph, f), rel=1e-9)
    assert alignment(graph, f @ turn, g @ turn) == pytest.approx(alignment(graph, f, g), rel=1e-9)
    assert uniformity(graph, f @ turn) == pytest.approx(uniformity(graph, f), rel=1e-9)


@given(st.integers(0, 2**31), st.integers(1, 4))
def test_alignment_is_between_0_and_4_and_uniformity_between_the_farthest_and_0(seed, k):
    rng = np.random.default_rng(seed)
    graph = PairGraph(rng.random((6, 5)) ** 4)
    f, g = features(graph, k, seed)
    assert 0 <= alignment(graph, f) <= 4
    assert 0 <= alignment(graph, f, g) <= 4
    assert -8 <= uniformity(graph, f, g) <= uniformity(graph, f, g, t=1.0) <= 0


def test_an_embedding_in_one_point_is_aligned_and_not_uniform():
    graph = GRAPHS["latent_captions"](np.random.default_rng(6), 18)
    point = np.tile([0.3, -0.7], (graph.n_left, 1))
    assert alignment(graph, point) == pytest.approx(0, abs=1e-30)
    assert uniformity(graph, point) == pytest.approx(0, abs=1e-14)


def test_classes_on_orthogonal_axes_by_hand():
    """Two images, each its own class, sharing a caption with probability 0.1: induced pairs differ with 0.18."""
    graph = PairGraph([[0.9, 0.1], [0.1, 0.9]], [0, 1])
    assert alignment(graph, np.eye(2)) == pytest.approx(2 * 0.18)
    assert alignment(graph, np.eye(2), np.eye(2)) == pytest.approx(2 * 0.1)
    assert uniformity(graph, np.eye(2)) == pytest.approx(np.log((1 + np.exp(-4)) / 2))


@pytest.mark.parametrize("family", ["latent_captions", "imbalanced", "one_class"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_collision_rate_from_its_definition(family, side):
    graph = GRAPHS[family](np.random.default_rng(7), 12)
    labels, marginal = getattr(graph, f"{side}_labels"), getattr(graph, f"{side}_marginal")
    one, two = 0.0, 0.0
    for x, p in zip(labels, marginal, strict=True):
        for y, q in zip(labels, marginal, strict=True):
            one += p * q * (x == y)
            two += sum(p * q * r * (x in (y, z)) for z, r in zip(labels, marginal, strict=True))
    assert collision_rate(graph, side=side) == pytest.approx(one)
    assert collision_rate(graph, negatives=2, side=side) == pytest.approx(two)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda graph, f, g: alignment(graph, f[1:]), "f has shape"),
        (lambda graph, f, g: alignment(graph, f, g[:, :2]), "f has width 3 and g 2"),
        (lambda graph, f, g: uniformity(graph, f, g[:, :2]), "f has width 3 and g 2"),
        (lambda graph, f, g: uniformity(graph, f, g * np.nan), "g holds 15 values that are not finite"),
        (lambda graph, f, g: uniformity(graph, f, t=0), "t=0 is not positive"),
        (lambda graph, f, g: collision_rate(graph, negatives=0), "negatives=0 is not a positive number"),
        (lambda graph, f, g: collision_rate(graph, side="right"), "no right labels"),
    ],
)
def test_bad_input(call, message):
    graph = PairGraph(np.ones((4, 5)), [0, 0, 1, 1])
    with pytest.raises(ValueError, match=message):
        call(graph, *features(graph, 3, 8))


def test_a_row_of_norm_0_has_no_direction():
    graph = PairGraph(np.ones((3, 2)))
    for call in (alignment, uniformity):
        with pytest.raises(HypothesisError, match=r"f has no direction on the sphere in 2 rows \(.*\), of norm 0"):
            call(graph, np.array([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]]))
    assert alignment(graph, 1e-200 * np.ones((3, 1))) == 0
