import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import LatentWorld, PairGraph, optimal_embeddings, probe, spectral_loss, spectrum
from pairbounds.theory.bounds.theorem26_pairs_to_error import (
    excess_from_pairs,
    largest_squared_norm,
    mse_from_pairs,
)
from pairbounds.theory.quantities.consistency import class_masses

GRAPH = PairGraph(np.random.default_rng(0).random((6, 5)) ** 3, [0, 0, 0, 1, 1, 1])


def sampled(n, rng):
    """Counts of each pair among n."""
    return rng.multinomial(n, GRAPH.joint.toarray().ravel()).reshape(GRAPH.joint.shape)


def empirical_optimum(counts, k):
    """The optimum on the nodes seen; on those never seen 0, which the empirical loss does not see."""
    f, g = np.zeros((len(counts), k)), np.zeros((counts.shape[1], k))
    f[counts.any(axis=1)], g[counts.any(axis=0)] = optimal_embeddings(PairGraph(counts, drop_isolated=True), k)
    return f, g


@pytest.mark.parametrize(("n", "k"), [(50, 2), (1000, 3)])
def test_coverage_from_pairs_to_excess_and_error(n, k):
    rng = np.random.default_rng([n, k])
    least = -np.sum(spectrum(GRAPH, k).singular_values ** 2)
    held = []
    for _ in range(100):
        f, g = empirical_optimum(sampled(n, rng), k)
        bound = max(largest_squared_norm(GRAPH, k), *(np.sum(side**2, axis=1).max() for side in (f, g)))
        excess = spectral_loss(GRAPH, f, g) - least
        within = excess <= excess_from_pairs(n, GRAPH.joint.nnz, bound)
        held.append(within and probe(GRAPH, f).mse <= mse_from_pairs(GRAPH, k, n, bound))
    assert np.mean(held) >= 0.95


def from_definition(graph, k, n, bound, level):
    """The bound from dense singular values, a pair of positive probability and a class at a time."""
    joint, mass = graph.joint.toarray(), graph.left_marginal
    root = np.sqrt(mass)[:, None]
    u, sigma, _ = np.linalg.svd(joint / root / np.sqrt(graph.right_marginal))
    squares = np.append(sigma, 0.0)[: k + 1] ** 2
    labels = root * (graph.left_labels[:, None] == np.unique(graph.left_labels))
    energy = np.sum((u.T @ labels) ** 2, axis=1)
    support = sum(weight > 0 for weight in joint.ravel())
    deviation = (np.sqrt(support - 1) + np.sqrt(2 * np.log(1 / (1 - level)))) / np.sqrt(n)
    loss = 2 * (2 * bound + bound**2) * deviation * max(mass[graph.left_labels == c].sum() for c in graph.left_labels)
    return min(
        (np.sqrt(energy[j:].sum()) + np.sqrt(loss / (squares[j - 1] - squares[k]))) ** 2 for j in range(1, k + 1)
    )


@given(st.integers(0, 2**32))
def test_the_error_from_pairs_from_its_definition(seed):
    """Classes of unlike mass, pairs that are never seen, and so many that all parts of the bound matter."""
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(3, 8, size=2)
    joint = rng.random((n_left, n_right)) ** 4 * (rng.random((n_left, n_right)) < 0.8) + np.eye(n_left, n_right)
    graph = PairGraph(joint + 0.01 * np.eye(1, n_right), np.minimum(np.arange(n_left), 1))
    for k in range(1, min(n_left, n_right) + 1):
        bound = 1.5 * largest_squared_norm(graph, k)
        for n in (10**10, 10**12):
            roots = np.sqrt([mse_from_pairs(graph, k, n, bound, level=0.9), from_definition(graph, k, n, bound, 0.9)])
            assert roots[0] == pytest.approx(min(1.0, roots[1]), rel=1e-5, abs=1e-6)


def test_bad_arguments():
    for level in (0.0, 1.0):
        with pytest.raises(ValueError, match="not a confidence"):
            excess_from_pairs(10, 10, 1.0, level=level)
    with pytest.raises(ValueError, match="at least 1"):
        excess_from_pairs(0, 10, 1.0)
    with pytest.raises(ValueError, match="negative"):
        excess_from_pairs(10, 10, -1.0)
    with pytest.raises(ValueError, match="excludes the optimum"):
        mse_from_pairs(GRAPH, 2, 10, 0.95 * largest_squared_norm(GRAPH, 2))
    assert mse_from_pairs(GRAPH, 2, 10, largest_squared_norm(GRAPH, 2) * (1 - 1e-12)) == 1


@pytest.mark.parametrize(("graph", "k", "pairs"), [(GRAPH, 2, 7e6), (LatentWorld().caption_graph(), 8, 6e8)])
def test_it_is_vacuous_up_to_very_many_pairs(graph, k, pairs):
    """The numbers that theorem 26 states of itself."""
    largest, guess = largest_squared_norm(graph, k), 1 - float(np.sum(class_masses(graph) ** 2))
    assert mse_from_pairs(graph, k, int(pairs / 2), largest) > guess > mse_from_pairs(graph, k, int(pairs), largest)
    assert mse_from_pairs(graph, k, 10_000, largest) == 1
