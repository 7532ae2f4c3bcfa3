"""Theorem 28 from samples."""

import math
import statistics

import numpy as np
import pytest

from pairbounds import PairGraph, optimal_embeddings, spectral_loss, spectrum
from pairbounds.theory.bounds.theorem28_held_out import excess_from_samples

GRAPH = PairGraph(np.random.default_rng(0).random((5, 4)) ** 2 + 0.05)


def sample(rng, n, graph=GRAPH):
    """Ends of n pairs in random order, and their counts."""
    pair_numbers = rng.choice(graph.joint.toarray().size, n, p=graph.joint.toarray().ravel())
    rows, columns = np.unravel_index(pair_numbers, graph.shape)
    return rows, columns, np.bincount(pair_numbers, minlength=graph.joint.toarray().size).reshape(graph.shape)


def largest_score(graph, k):
    f, g = optimal_embeddings(graph, k)
    return float(np.abs(f @ g.T).max())


def test_coverage():
    """Empirical optima with the least width of their own; the best of all has scores up to R here."""
    k, rng, level = 2, np.random.default_rng(1), 0.9
    best, largest, within, values = -np.sum(spectrum(GRAPH, k).singular_values ** 2), largest_score(GRAPH, k), [], []
    for _ in range(100):
        counts, (left, right, _) = sample(rng, 40_000)[2], sample(rng, 40_000)
        f, g = optimal_embeddings(PairGraph(counts), k)
        values.append(excess_from_samples(counts, f, g, left, right, largest, level=level))
        within.append(spectral_loss(GRAPH, f, g) - best <= values[-1])
    assert np.mean(within) >= level
    assert np.mean(values) < -best  # not vacuous: the encoder of zeros has an excess of so much


def test_unlike_scores_by_hand():
    """27 training pairs with values 1, 1, 1/3; scores of the fresh pairs that differ, by their matrix."""
    counts = [[6, 3, 0], [3, 6, 0], [0, 0, 9]]
    f, g = np.diag([2.0, 1, 1]), np.array([[1.0, 0, 0], [1, 1, 0], [0, 0, 3]])
    u, left, right = f @ g.T, [0, 1, 2, 0, 2, 0], [1, 1, 2, 0, 2, 1]
    result = excess_from_samples(counts, f, g, left, right, 2.0, level=0.9)
    blocks = [
        (u[x, t] ** 2 + u[y, s] ** 2) / 2 - u[x, s] - u[y, t]
        for x, y, s, t in zip(left[:3], left[3:], right[:3], right[3:], strict=True)
    ]
    log, score = math.log(4 / 0.1), 2 * 3  # of T, whose share of the level is half of a half
    end = statistics.mean(blocks) + math.sqrt(2 * statistics.variance(blocks) * log / 3)
    end += 7 * (4 * score + score**2) * log / (3 * 2)
    log, fitted = math.log(2 / 0.1), 1 + 1 + 1 / 9
    deviation = math.sqrt(2 * (2 * (2 + math.sqrt(3))) ** 2 * log / 13) + (2 * 2 + 4 + 3) * log / (3 * 13)
    assert statistics.variance(blocks) > 1
    assert result == pytest.approx(end + fitted + (fitted + 9 - 1) / 26 + deviation)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"left": [0], "right": [0]}, "4 with both ends"),
        ({"counts": [[1, 0], [0, 0]]}, "give 2"),
        ({"largest": 0.0}, "scores above 0"),
        ({"level": 1.0}, "confidence"),
        ({"level": 0.0}, "confidence"),
        ({"f": np.ones((3, 1))}, "f has shape"),
    ],
)
def test_bad_arguments(change, why):
    arguments = {"counts": np.eye(2), "f": np.ones((2, 1)), "g": np.ones((2, 1)), "left": [0, 1, 0, 1]}
    arguments |= {"right": [0, 1, 0, 1], "largest": 1.0} | change
    with pytest.raises(ValueError, match=why):
        excess_from_samples(**arguments)
