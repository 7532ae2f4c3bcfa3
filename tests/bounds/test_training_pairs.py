"""Theorem 28: encoders trained on n pairs."""

import math

import numpy as np
import pytest
from hypothesis import given

from pairbounds import PairGraph, optimal_embeddings, spectral_loss, spectrum
from pairbounds.theory.bounds import theorem28_training_pairs as training_pairs
from pairbounds.theory.bounds.theorem17_trained_encoders import mse_by_excess
from pairbounds.theory.bounds.theorem28_training_pairs import Forecast, excess_of_counts
from tests.families import ANY_RNG, small_graph, targets

GRAPH = PairGraph(np.random.default_rng(0).random((6, 5)) ** 3, [0, 0, 0, 1, 1, 1])


def sampled(graph, n, rng):
    """Counts of each pair among n."""
    return rng.multinomial(n, graph.joint.toarray().ravel()).reshape(graph.shape)


def empirical_optimum(counts, k):
    """The optimum with the marginals of the counts; on nodes that were not seen 0."""
    f, g = np.zeros((len(counts), k)), np.zeros((counts.shape[1], k))
    rows, columns = counts.any(axis=1), counts.any(axis=0)
    width = min(k, rows.sum(), columns.sum())
    embeddings = optimal_embeddings(PairGraph(counts[rows][:, columns]), width)
    f[np.ix_(rows, range(width))], g[np.ix_(columns, range(width))] = embeddings
    return f, g


def excess(graph, k, embedding):
    return spectral_loss(graph, *embedding) + np.sum(spectrum(graph, k).singular_values ** 2)


def noise_by_hand(graph, n, level):
    """The bounds of `‖E‖_F`, by Bernstein and by McDiarmid, and of `‖E‖_op`, as the docstring states them."""
    joint = graph.joint.toarray()
    product = np.outer(graph.left_marginal, graph.right_marginal)
    ratio, smallest = joint / product, np.sqrt(product[joint > 0].min())
    square = np.sum(joint**2 / product)
    variance, log = ratio.sum() - square, math.log(2 / (1 - level))
    bernstein = math.sqrt(2 * variance * log / n) + (1 / smallest + math.sqrt(square)) * log / (3 * n)
    mcdiarmid = math.sqrt(variance / n) + math.sqrt(math.log(1 / (1 - level)) / n) / smallest
    log = math.log(sum(joint.shape) / (1 - level))
    largest = max(ratio.sum(0).max(), ratio.sum(1).max())
    return bernstein, mcdiarmid, math.sqrt(2 * largest * log / n) + (1 / smallest + 1) * log / (3 * n)


def forecast_by_hand(graph, k, n, level, known_marginals):
    """Bounds of the excess loss, and of the squared error by angles, from dense matrices."""
    u, sigma, wt = np.linalg.svd(graph.normalized.toarray(), full_matrices=False)
    sigma = np.append(sigma, 0.0)
    best, gap = (u[:, :k] * sigma[:k]) @ wt[:k], 1 - sigma[k] / sigma[k - 1]
    sides = graph.left_marginal, graph.right_marginal
    if known_marginals:
        *norms, noise = noise_by_hand(graph, n, level)
        excess, stretch, off = 4 * min(norms) ** 2 / gap, 1.0, 0.0
    else:
        *norms, noise = noise_by_hand(graph, n, half := (1 + level) / 2)
        log = math.log(2 * sum(map(len, sides)) / (1 - half))
        a, b = (np.sqrt(2 * log / (n * side)) + log / (3 * n * side) for side in sides)
        parts = a[:, None] * best, best * b, a[:, None] * best * b
        size, lost = min(norms) + sum(map(np.linalg.norm, parts)), a.max() + b.max()
        excess = 4 * gap * size**2 / (gap - lost) ** 2 if lost < gap else math.inf
        if max(a.max(), b.max()) >= 1:
            return excess, 1.0
        stretch, off = 1 / math.sqrt(1 - a.max()), a.max()
        noise = stretch / math.sqrt(1 - b.max()) * (1 + noise) - 1
    energy, errors = np.sum((u.T @ targets(graph)) ** 2, axis=1), [1.0]
    for j in range(1, k + 1):
        room, within = sigma[j - 1] - sigma[k] - noise, energy[:j].sum()
        angle = min(1.0, stretch * (noise / room + off)) if room > noise else 1.0
        errors.append((math.sqrt(max(0.0, 1 - within)) + angle * math.sqrt(within)) ** 2)
    return excess, min(errors)


@pytest.mark.parametrize("known_marginals", [False, True])
@pytest.mark.parametrize("power", [1, 2, 3, 4, 5, 6, 7, 9, 11])
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_forecasts_by_hand(k, power, known_marginals):
    blocks = np.kron(np.diag([3.0, 2]), np.ones((3, 2))) + 0.02 * np.random.default_rng(0).random((6, 4))
    for graph in (GRAPH, PairGraph(blocks, [0, 0, 0, 1, 1, 1])):
        if k > min(graph.shape):
            continue
        forecast = Forecast(graph, k, 0.9, known_marginals)
        excess, by_angle = forecast_by_hand(graph, k, 10**power, 0.9, known_marginals)
        assert forecast.excess(10**power) == pytest.approx(excess, rel=1e-6)
        by_excess = mse_by_excess(graph, forecast.triplets, k, excess) if excess < k else 1.0
        assert forecast.mse(10**power) == pytest.approx(min(by_angle, by_excess), rel=1e-6, abs=1e-7)


@given(ANY_RNG)
def test_no_excess_is_above_the_bound_of_its_counts_by_hand(rng):
    """From dense matrices; the sums are over the nodes that were seen."""
    graph = small_graph(rng, n_classes=2)
    joint, k = graph.joint.toarray(), int(rng.integers(1, min(graph.shape) + 1))
    counts = sampled(graph, int(10 ** rng.uniform(1, 6)), rng)
    shares, bound = counts / counts.sum(), excess_of_counts(graph, k, counts)
    assert excess(graph, k, empirical_optimum(counts, k)) <= bound + 1e-9
    u, sigma, wt = np.linalg.svd(graph.normalized.toarray(), full_matrices=False)
    gap = 1 - sigma[k] / sigma[k - 1] if k < len(sigma) else 1.0
    product = np.outer(graph.left_marginal, graph.right_marginal)
    change = 1 - np.outer(shares.sum(1), shares.sum(0)) / product
    seen_nodes = np.ix_(shares.any(1), shares.any(0))
    moved = np.linalg.norm(((u[:, :k] * sigma[:k]) @ wt[:k] * change)[seen_nodes])
    size, lost = np.linalg.norm((shares - joint) / np.sqrt(product)) + moved, max(0.0, change[seen_nodes].max())
    if abs(gap - lost) > 1e-6 and gap > 1e-6:
        expected = 4 * gap * size**2 / (gap - lost) ** 2 if lost < gap else math.inf
        assert bound == pytest.approx(expected, rel=1e-4)


def test_the_number_of_pairs_inverts_the_bound():
    forecast = Forecast(PairGraph(np.kron(np.eye(2), np.ones((2, 2))), [0, 0, 1, 1]), 2)
    for target in (0.1, 0.2, 0.3, 0.4, 0.5):
        n = forecast.pairs(target)
        assert forecast.mse(int(n)) <= target < forecast.mse(int(n / 1.0011))
    assert math.isinf(Forecast(GRAPH, 1).pairs(1e-6))


@pytest.mark.parametrize(("part", "amount"), [("upper_values", 1e-3), ("lower_values", -1e-3), ("rounding", 1e-3)])
def test_an_uncertain_spectrum_raises_the_bound(part, amount, monkeypatch):
    counts = np.round(1e6 * GRAPH.joint.toarray())
    bounds = [
        lambda: Forecast(GRAPH, 2).mse(10**10),
        lambda: Forecast(GRAPH, 2).excess(10**10),
        lambda: excess_of_counts(GRAPH, 2, counts),
    ]
    plain = [bound() for bound in bounds]
    triplets = spectrum(GRAPH, 3).leading(3)
    vars(triplets).update({part: getattr(triplets, part) + amount})
    monkeypatch.setattr(training_pairs, "spectrum_beyond", lambda *_: triplets)
    for bound, before in zip(bounds, plain, strict=True):
        assert bound() > before * (1 + 1e-6)


def test_bad_arguments():
    for level in (0.0, 1.0):
        with pytest.raises(ValueError, match="not a confidence"):
            Forecast(GRAPH, 2, level).excess(10)
    with pytest.raises(ValueError, match="at least 1"):
        Forecast(GRAPH, 2).mse(0)
    for shape in ((2, 2), GRAPH.joint.shape):
        with pytest.raises(ValueError, match="counts of shape"):
            excess_of_counts(GRAPH, 2, np.zeros(shape))
    with pytest.raises(ValueError, match="no probability"):
        excess_of_counts(PairGraph(np.eye(2)), 1, np.ones((2, 2)))
