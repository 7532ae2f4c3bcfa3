"""Theorem 29 beside sums over all batches."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from pairbounds import PairGraph, spectrum
from pairbounds.theory.bounds.theorem29_batches import batch_information, collisions, dropping, smallest_batch
from pairbounds.theory.quantities.population_infonce import mutual_information
from tests.families import ANY_SEED, skewed_weights


def drawn_graph(seed):
    return PairGraph(skewed_weights(np.random.default_rng(seed), (3, 4)), [0, 1, 0], [0, 1, 0, 1])


def all_batches(graph, batch):
    """Image, captions and probability of each batch of an anchor; the first caption is that of its pair."""
    joint = graph.joint.toarray()
    for x, caption in zip(*np.nonzero(joint), strict=True):
        for negatives in product(range(graph.n_right), repeat=batch - 1):
            chance = joint[x, caption] * np.prod(graph.right_marginal[list(negatives)])
            yield x, np.array([caption, *negatives]), chance


def least_loss(graph, batch, scores=None):
    """`L_B` of scores, by default of the best critic: a sum over the anchor's pair and all captions of the others."""
    if scores is None:
        with np.errstate(divide="ignore"):
            scores = np.log(graph.joint.toarray() / np.outer(graph.left_marginal, graph.right_marginal))
    return sum(
        chance * (np.logaddexp.reduce(scores[x, captions]) - scores[x, captions[0]])
        for x, captions, chance in all_batches(graph, batch)
    )


@given(ANY_SEED)
def test_the_information_in_a_batch_is_within_its_bounds_and_grows(seed):
    graph, before = drawn_graph(seed), 0.0
    for batch in (2, 3, 4):
        information = math.log(batch) - least_loss(graph, batch)
        below, above = batch_information(graph, batch)
        assert below - 1e-12 <= information <= above + 1e-12
        assert information >= before - 1e-12
        before = information
        energy = np.sum(spectrum(graph, 3).singular_values[1:] ** 2)
        assert mutual_information(graph) - information <= math.log(1 + energy / batch) + 1e-12


@given(ANY_SEED)
def test_no_critic_is_better_than_the_pointwise_mutual_information(seed):
    graph = drawn_graph(seed)
    scores = np.random.default_rng(seed).standard_normal((3, 4))
    assert least_loss(graph, 3, scores) >= least_loss(graph, 3) - 1e-12
    ratio = np.log(graph.joint.toarray() + 1e-300) - np.log(np.outer(graph.left_marginal, graph.right_marginal))
    moved = ratio + np.array([[1.0], [-2.0], [0.5]])  # a constant for each image changes nothing
    assert least_loss(graph, 3, moved) == pytest.approx(least_loss(graph, 3))


@given(ANY_SEED)
def test_collisions_equal_a_count_over_all_batches(seed):
    graph, batch = drawn_graph(seed), 3
    joint = graph.joint.toarray()
    counts = {kind: np.zeros(2) for kind in ("same class", "same caption", "also a pair")}
    for x, (caption, *negatives), chance in all_batches(graph, batch):
        hits = {
            "same class": graph.right_labels[negatives] == graph.left_labels[x],
            "same caption": np.array(negatives) == caption,
            "also a pair": joint[x, negatives] > 0,
        }
        for kind, hit in hits.items():
            counts[kind] += chance * np.array([hit.sum(), not hit.any()])
    table = collisions(graph, batch).set_index("kind")
    assert table.loc[list(counts)].to_numpy() == pytest.approx(np.array(list(counts.values())))


@given(ANY_SEED)
def test_dropped_negatives_move_the_optimum_as_stated(seed):
    """The posterior of the positive among one caption of P(l | x) and one of q(l | x) is that of the moved scores."""
    graph, guide = drawn_graph(seed), np.array([0, 1, 0])
    joint, captions = graph.joint.toarray(), graph.right_marginal
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.log(joint / np.outer(graph.left_marginal, captions))
        by_guide = np.array([joint[guide == group].sum(0) for group in guide])
        scores -= np.log(np.maximum(0, 1 - by_guide / captions))
    for x in range(3):
        negatives = np.where(guide[:, None] != guide[x], joint, 0).sum(0)
        negatives /= negatives.sum()
        for first, second in product(range(4), repeat=2):
            first_flow, other = joint[x, first] * negatives[second], joint[x, second] * negatives[first]
            if first_flow > 1e-9 and other > 1e-9:
                assert math.exp(scores[x, first] - scores[x, second]) == pytest.approx(first_flow / other)
    dropped = dropping(graph, guide)
    rises = -np.log(np.maximum(1e-300, 1 - by_guide / captions))
    assert dropped.dropped == pytest.approx(
        np.sum([graph.left_marginal[guide == group].sum() ** 2 for group in (0, 1)])
    )
    assert dropped.right == pytest.approx(1.0) == dropped.of_wrong  # the guide knows the labels
    finite = by_guide < captions * (1 - 1e-9)
    assert dropped.unordered == pytest.approx(joint[~finite].sum())
    if finite.any() and joint[finite].sum() > 0:
        assert dropped.raised == pytest.approx((joint[finite] * rises[finite]).sum() / joint[finite].sum(), rel=1e-5)


def gradient_moments(graph, batch, slopes):
    """Mean and covariance of the gradient of an anchor's loss at the optimum; `slopes` (n_left, n_right, d)."""
    ratio = graph.joint.toarray() / np.outer(graph.left_marginal, graph.right_marginal)
    mean, square = 0.0, 0.0
    for x, captions, chance in all_batches(graph, batch):
        gradient = ratio[x, captions] / ratio[x, captions].sum() @ slopes[x, captions] - slopes[x, captions[0]]
        mean, square = mean + chance * gradient, square + chance * np.outer(gradient, gradient)
    return mean, square


@given(ANY_SEED)
def test_the_variance_of_the_gradient_grows_up_to_that_of_the_positives(seed):
    graph = drawn_graph(seed)
    slopes = np.random.default_rng(seed).standard_normal((3, 4, 2))
    given_image = graph.joint.toarray() / graph.left_marginal[:, None]
    limit = sum(
        mass * np.cov(slope.T, aweights=chances, ddof=0)
        for mass, slope, chances in zip(graph.left_marginal, slopes, given_image, strict=True)
    )
    before = np.zeros((2, 2))
    for batch in (2, 3, 4):
        mean, covariance = gradient_moments(graph, batch, slopes)
        assert mean == pytest.approx(np.zeros(2), abs=1e-12)
        assert np.linalg.eigvalsh(covariance - before).min() >= -1e-12
        before = covariance
    assert np.linalg.eigvalsh(limit - before).min() >= -1e-12


def test_bad_arguments_and_graphs_without_labels_or_information():
    graph = PairGraph(np.ones((2, 2)))
    with pytest.raises(ValueError, match="one for each of 2"):
        dropping(graph, [0])
    with pytest.raises(ValueError, match="one class alone"):
        dropping(graph, [1, 1])
    assert list(collisions(graph, 2)["kind"]) == ["same caption", "also a pair"]
    with pytest.raises(ValueError, match="independent"):
        smallest_batch(graph)
    for share in (0.0, 1.0):
        with pytest.raises(ValueError, match="not in"):
            smallest_batch(graph, share)
    result = dropping(PairGraph(np.eye(2)), [0, 1])  # whose captions are never negatives of their images
    assert [result.dropped, result.right, result.of_wrong, result.unordered, result.raised] == pytest.approx(
        [0.5, math.nan, math.nan, 1.0, math.nan], nan_ok=True
    )
    with pytest.raises(ValueError, match="at least 2"):
        batch_information(graph, 1)
