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


def least_loss(graph, batch):
    """`L_B` of the best critic: a sum over the anchor's pair and all captions of the others."""
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
    graph, guide = drawn_graph(seed), np.array([0, 1, 0])
    joint, captions = graph.joint.toarray(), graph.right_marginal
    by_guide = np.array([joint[guide == group].sum(0) for group in guide])
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
