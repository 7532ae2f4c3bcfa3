"""Walks from sampled pairs: against single walks, their coverage, and bounds of the penalised optimum."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, consistency_curve, label_energy, probe, spectrum
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.quantities.walks import ConsistencyIntervals, consistency_from_pairs, penalised_error_at_most
from tests.families import ANY_SEED, GRAPHS, family_graph

GRAPH = PairGraph(np.random.default_rng(0).random((7, 6)) ** 4, [0, 0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1])


def sampled_pairs(graph, n, rng):
    """n independent pairs: their two ends, and the class of the left one."""
    pairs = graph.joint.tocoo()
    chosen = rng.choice(len(pairs.data), size=n, p=pairs.data / pairs.data.sum())
    rows, columns = (index[chosen] for index in pairs.coords)
    return rows, columns, graph.left_labels[rows]


def penalised_error(graph, penalty):
    """`Σ_{σ_i <= μ} c_i`."""
    triplets = spectrum(graph, min(graph.shape))
    return 1 - float(label_energy(graph, triplets)[triplets.singular_values > penalty].sum())


def naive_walks(starts, to_left, to_right, labels, hops):
    """Transcribed: hop by hop, walk after walk, from a list of pairs for each direction."""
    left_stock, right_stock = list(to_left), list(to_right)

    def popped(stock, node, side):
        for index, pair in enumerate(stock):
            if pair[side] == node:
                return stock.pop(index)[1 - side]
        return None

    agreed, died, ends = [], [], [pair[1] for pair in starts]
    for hop in range(hops):
        if hop:
            ends = [popped(right_stock, node, 0) for node in ends]
        ends = [popped(left_stock, node, 1) for node in ends]
        pairs = zip(ends, starts, strict=True)
        agreed.append(sum(node is not None and labels[node] == labels[start] for node, (start, _) in pairs))
        died.append(ends.count(None))
    return agreed, died


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 40, 400])
def test_walks_one_by_one(n, hops):
    left, right, _ = sampled_pairs(GRAPH, n, np.random.default_rng(n))
    named, classes = [f"image {i}" for i in left], {f"image {i}": int(c) for i, c in enumerate(GRAPH.left_labels)}
    result = consistency_from_pairs(named, right, classes, hops=hops, seed=3)
    order = np.random.default_rng(3).permutation(n)
    pairs = list(zip(left[order].tolist(), right[order].tolist(), strict=True))
    steps = (n - result.walks) * hops // (2 * hops - 1)
    starts, to_left, to_right = pairs[: result.walks], pairs[result.walks :][:steps], pairs[result.walks :][steps:]
    agreed, died = naive_walks(starts, to_left, to_right, GRAPH.left_labels, hops)
    assert result.agreed.tolist() == agreed
    assert result.died.tolist() == died


# The error.


def intervals(low, high):
    counts = np.zeros(len(low), dtype=np.int64)
    return ConsistencyIntervals(1, counts, counts, np.array(low), np.array(high), 0.95)


def test_one_hop_and_two_by_hand():
    assert penalised_error_at_most(intervals([0.9], [0.95]), 0.5) == pytest.approx(0.1 / 0.75)
    two = intervals([0.9, 0.8], [0.95, 0.83])
    assert penalised_error_at_most(two, 0.5) == pytest.approx(0.02 / (0.02 + 0.65**2))
    assert penalised_error_at_most(intervals([0.2, 0.1], [0.3, 0.2]), 0.9) == 1


@given(st.sampled_from(list(GRAPHS)), ANY_SEED, st.floats(0.05, 0.95), st.integers(1, 5))
def test_exact_moments_bound_the_penalised_error_and_more_hops_are_no_worse(family, seed, penalty, hops):
    graph = family_graph(family, seed, 14)
    curve = consistency_curve(graph, hops)[1:]
    result = [penalised_error_at_most(intervals(curve[:m], curve[:m]), penalty) for m in range(1, hops + 1)]
    assert penalised_error(graph, penalty) <= result[-1] + 1e-9
    assert np.all(np.diff(result[:2]) <= 1e-12)
    encoder = Encoder.penalised_optimum(graph, spectrum(graph, min(graph.shape)), min(graph.shape), penalty)
    assert probe(graph, encoder.left).mse == pytest.approx(penalised_error(graph, penalty), abs=1e-6)


# Degenerate input.


def test_the_counts_give_clopper_and_pearsons_ends():
    result = ConsistencyIntervals.of(100, np.array([90, 70]), np.array([2, 20]), 0.9)
    ends = {agreed: scipy.stats.binomtest(agreed, 100).proportion_ci(0.95, "exact") for agreed in (70, 90, 92)}
    assert result.low.tolist() == pytest.approx([ends[90].low, ends[70].low])
    assert result.high.tolist() == pytest.approx([ends[92].high, ends[90].high])
    falling = ConsistencyIntervals.of(100, np.array([60, 80]), np.array([0, 0]), 0.9)
    assert falling.low[0] == falling.low[1]  # consistency never grows
    assert falling.high[0] == falling.high[1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: consistency_from_pairs([], [], []), "left is empty"),
        (lambda: consistency_from_pairs([1, 2], [1], [0, 0]), "left has 2 entries and right 1"),
        (lambda: consistency_from_pairs([1], [1], [0], hops=0), "hops=0 is not an integer of at least 1"),
        (lambda: consistency_from_pairs([1], [1], [0], confidence=1.0), r"confidence=1.0 is not in \(0, 1\)"),
        (lambda: penalised_error_at_most(intervals([0.5], [0.6]), 1.0), r"penalty=1.0 is not in \(0, 1\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# What no sample can say.


@pytest.mark.parametrize("k", [1, 3])
def test_rare_unseen_pairs_make_every_width_uncertain(k):
    """Theorem 19a: a change of a millionth of the mass spoils a nearly perfect optimum of width k."""
    classes = np.kron(np.eye(2), np.ones((3, 3))) + 1e-3
    graph = PairGraph(classes, [0, 0, 0, 1, 1, 1])
    assert probe(graph, Encoder.optimum(graph, spectrum(graph, 3), 2).left).mse < 1e-2
    rare, link = 1e-6, 1e-13
    weights = np.zeros((6 + k, 6 + k))
    weights[:6, :6] = graph.joint.toarray() * (1 - rare)
    weights[range(6, 6 + k), range(6, 6 + k)] = rare / k
    weights[0, 6:] = link
    undone = PairGraph(weights, [0, 0, 0, 1, 1, 1, *[0] * k])
    different = np.abs(undone.joint.toarray() - np.pad(graph.joint.toarray(), (0, k))).sum() / 2
    assert different <= 1.001 * rare
    error = probe(undone, Encoder.optimum(undone, spectrum(undone, k + 2), k + 1).left).mse
    assert error == pytest.approx(0.5, abs=1e-5)  # 1 - Σ p_c², as of a constant guess
