"""Theorems 28 to 30 on a random graph: what is violated, by name; their rows are not of one embedding."""

import math
from collections.abc import Iterator

import numpy as np

from pairbounds import PairGraph, induced_labelling_error, spectrum
from pairbounds.theory.bounds.theorem28_training_pairs import excess_of_counts
from pairbounds.theory.bounds.theorem29_batches import batch_information, dropping
from pairbounds.theory.bounds.theorem30_coarser_captions import coarser
from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.quantities.population_infonce import mutual_information
from tests.bounds.test_batches import least_loss
from tests.bounds.test_training_pairs import empirical_optimum, excess, optimum_with_true_marginals, sampled

CLOSE = 1e-8  # of excess losses, values and nats, all of which are of the size of 1


def violated(graph: PairGraph, k: int, rng: np.random.Generator) -> list[str]:
    """Names of the parts of theorems 28 to 30 that the graph violates by more than `CLOSE`."""
    parts = (_training(graph, min(k, *graph.joint.shape), rng), _batches(graph, rng), _coarser(graph, rng))
    return [name for part in parts for name, excess in part if not excess <= CLOSE]


def _training(graph: PairGraph, k: int, rng: np.random.Generator) -> Iterator[tuple[str, float]]:
    """28 (d) and (a), on pairs that are drawn."""
    counts = sampled(graph, int(10 ** rng.uniform(1, 5)), rng)
    limit = excess_of_counts(graph, k, counts)
    yield "28d", excess(graph, k, empirical_optimum(counts, k)) - limit * (1 + CLOSE)
    embedding, noise = optimum_with_true_marginals(graph, counts, k)
    values = np.append(spectrum(graph, min(k + 1, *graph.joint.shape)).singular_values, 0.0)
    if values[k - 1] > 0:
        gap = 1 - values[k] / values[k - 1]
        yield "28a", gap * excess(graph, k, embedding) - 4 * float(np.sum(noise**2)) * (1 + CLOSE)


def _batches(graph: PairGraph, rng: np.random.Generator) -> Iterator[tuple[str, float]]:
    """29 (b) at a batch of two, by a sum over all of them, and at larger ones; the shares of (d)."""
    information = mutual_information(graph)
    rest = float(np.sum(spectrum(graph, min(graph.joint.shape)).singular_values[1:] ** 2))
    shown, last = math.log(2) - least_loss(graph, 2), 0.0
    low, high = batch_information(graph, 2)
    yield "29b", max(low - shown, shown - high)
    for batch in (2, 5, 50):
        low, _ = batch_information(graph, batch)
        yield "29b grows", max(last - low, information - low - math.log(1 + rest / batch))
        last = low
    guide = rng.integers(2, size=graph.n_left)
    if len(np.unique(guide)) == 2:
        found = dropping(graph, guide)
        yield "29d", max(found.dropped - 1, 0.5 - found.dropped, found.unordered - 1)


def _coarser(graph: PairGraph, rng: np.random.Generator) -> Iterator[tuple[str, float]]:
    """30, of a random merge."""
    merged = coarser(graph, rng.integers(max(1, graph.n_right - 1), size=graph.n_right))
    before, after = (spectrum(one, min(merged.joint.shape)).singular_values for one in (graph, merged))
    yield "30 values", float(np.max(after - before))
    labels = graph.left_labels
    if labels is not None and not (labels == UNLABELLED).any():
        yield "30 consistency", induced_labelling_error(graph) - induced_labelling_error(merged)
