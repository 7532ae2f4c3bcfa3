"""Question: how well do few labels choose among embeddings of the same images? Trials on random labels."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.bounds.theorem34_few_labels import FewLabels
from pairbounds.theory.bounds.theorem41_from_labels import probe_mse_from_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators, required_labels
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.questions.labels_needed import held_out_error
from pairbounds.theory.questions.leave_one_out import leave_one_out

STEPS = 11  # of LogME's fixed-point iteration, as in its paper
Candidate = tuple[str, PairGraph, FloatArray]  # name, graph with masses and labels of the images, embedding


def optima(graphs: Mapping[str, PairGraph], widths: tuple[int, ...]) -> Iterator[Candidate]:
    """Candidates of `label_trials`: the optimum of each graph at each width."""
    for (name, graph), k in product(graphs.items(), widths):
        yield name, graph, optimal_embeddings(graph, k)[0]


def label_trials(
    candidates: Iterable[Candidate], sizes: tuple[int, ...], draws: int, resamples: int, seed: int
) -> pd.DataFrame:
    """Trials with N labels drawn by mass, for several embeddings of the same images.

    Returns
    -------
    DataFrame, a row for each embedding, N and draw, with columns
        pairs (name of the embedding), k (its width), labels (N), draw; error and mse (0-1 and squared error of the
        full-label probe); guaranteed (34′); class_means and ridge (0-1 errors on held-out images); covered and width
        (of the interval of theorem 41); and scores for the choice, smaller is better: loo (leave-one-out 0-1 error of
        ridge on whitened features), unbiased (theorem 41), logme and h_score (negated).
    """
    rows: list[dict[str, Any]] = []
    for name, graph, f in candidates:
        bound, labels, full = FewLabels.of(graph, f), required_labels(graph, "left"), probe(graph, f)
        embedding = {"pairs": name, "k": f.shape[1], "error": full.error, "mse": full.mse}
        for size, draw in product(sizes, range(draws)):
            nodes = np.random.default_rng([seed, size, draw]).choice(graph.n_left, size, p=graph.left_marginal)
            features, classes = bound.features[nodes], labels[nodes]
            value, low, high, _ = probe_mse_from_labels(features, classes, resamples=resamples, seed=draw, least=0)
            ridge = leave_one_out(features, classes)
            means = features.T @ class_indicators(classes, ridge.classes).toarray()
            by_means = ridge.classes[np.argmax(bound.features @ means, axis=1)]
            rows.append(
                {
                    **embedding,
                    "labels": size,
                    "draw": draw,
                    "guaranteed": bound.error_at_most(size),
                    "class_means": held_out_error(graph, nodes, by_means),
                    "ridge": held_out_error(graph, nodes, ridge.predicted(bound.features)),
                    "covered": low <= full.mse <= high,
                    "width": high - low,
                    "loo": ridge.score,
                    "unbiased": value,
                    "logme": -log_evidence(f[nodes], classes),
                    "h_score": -h_score(features, classes),
                }
            )
    return pd.DataFrame(rows)


def h_score(features: FloatArray, labels: IntArray) -> float:
    """H-score of Bao et al. 2019: `tr(cov(f)⁺ cov(E[f | y]))` of the labelled images."""
    centred = features - features.mean(axis=0)
    indicators = class_indicators(labels)
    means = (indicators @ (indicators.T @ centred)) / (indicators @ indicators.sum(axis=0))[:, None]
    return float(np.trace(np.linalg.pinv(centred.T @ centred, hermitian=True) @ (means.T @ means)))


def log_evidence(features: FloatArray, labels: IntArray) -> float:
    """LogME of You et al. 2021: largest log evidence of a Bayesian linear model, per image, mean over classes."""
    n, k = features.shape
    left, sizes, _ = scipy.linalg.svd(features, full_matrices=False)
    squares, targets = sizes**2, class_indicators(labels).toarray()
    energies = (left.T @ targets) ** 2
    evidence = []
    for part, beyond in zip(energies.T, (targets**2).sum(axis=0) - energies.sum(axis=0), strict=True):
        alpha = beta = 1.0
        for _ in range(STEPS):
            ratio = alpha / beta
            used = float(np.sum(squares / (squares + ratio)))
            weight = float(np.sum(squares * part / (squares + ratio) ** 2))
            residual = max(1e-12, float(np.sum(part / (1 + squares / ratio) ** 2) + beyond))
            alpha, beta = used / max(1e-12, weight), (n - used) / residual
        logs = k * np.log(alpha) + n * np.log(beta / (2 * np.pi)) - np.sum(np.log(alpha + beta * squares))
        evidence.append((logs - (k - len(squares)) * np.log(alpha) - beta * residual - alpha * weight) / (2 * n))
    return float(np.mean(evidence))
