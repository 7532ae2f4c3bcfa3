"""Comparison of pairings of the same images from few labels, by consistency or by the optimum of their graphs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.files import replace_bytes
from pairbounds.infrastructure.progress import Bar
from pairbounds.theory.bounds.theorem41_from_labels import resampled_probe_mse
from pairbounds.theory.graph.classes import class_indicators
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.through_features import whitened
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.questions.comparisons import compared_with_best
from pairbounds.theory.questions.labelled_sample import LabelledSample

RESAMPLES = 1_000
FINISHED = ".candidate.npz"  # suffix of a file with the values of a finished candidate
MEASURES = {  # columns for the ranking of pairs, with their meanings
    "alpha_T": "α_T, the probability that an induced pair joins two classes, estimated from the labelled images",
    "through": "squared error of the optimum that is linear in the features (theorems 41 and 42)",
    "optimum": "squared error of the graph's optimum (theorem 41), which no network learns",
}
RULE = "alpha_T"  # the default
# Results of the registered experiment: `results/what_predicts_training`.
VALIDATED = "It ranked pairings of glyphs by the error after training, and is validated on no other data."
NOT_VALIDATED = "On glyphs it ranked pairings by the error after training worse than alpha_T, but not significantly."


def pairs_compared(
    candidates: Mapping[str, PairGraph],
    sample: LabelledSample,
    k: int,
    through: npt.NDArray[Any] | None = None,
    by: str = RULE,
    seed: int = 0,
    finished: Path | None = None,
) -> pd.DataFrame:
    """Table of the candidates, best first: graphs with the same left nodes in the same order.

    Images that were chosen, not drawn at random, count for `alpha_T` only. `by` is a key of `MEASURES`. Values of
    candidates in the folder `finished` are reused.

    Returns
    -------
    DataFrame with the columns candidate; the estimates of `alpha_T`, `optimum` and, with features, `through`,
        and their intervals (_low, _high);
        pairs : number of induced pairs of labelled images; difference, from, to, verdict, needed : from
        `compared_with_best` for the measure `by`.
    """
    if by == "through" and through is None:
        raise ValueError("by='through' ranks by the optimum through features: give through=X")
    rows, ranked = [], []
    for name, graph in Bar(candidates.items(), desc="choose", unit="candidate"):
        values = _values(graph, sample, k, through, seed, finished)
        row: dict[str, Any] = {"candidate": name}
        for measure, (estimate, *replicates) in values.items():
            low, high = (np.nan, np.nan) if sample.too_few else np.quantile(replicates, [0.025, 0.975])
            row |= {measure: estimate, f"{measure}_low": low, f"{measure}_high": high}
        rows.append(row | {"pairs": _labelled_pairs(graph, sample).nnz // 2})
        ranked.append(values[by])
    estimates, resampled = np.array(ranked)[:, 0], np.array(ranked)[:, 1:].T
    has_intervals = not sample.too_few and np.isfinite(resampled).all()
    table = pd.DataFrame(rows).join(compared_with_best(estimates, resampled if has_intervals else None))
    return table.sort_values(by, kind="stable", ignore_index=True)


def _values(
    graph: PairGraph,
    sample: LabelledSample,
    k: int,
    through: npt.NDArray[Any] | None,
    seed: int,
    finished: Path | None,
) -> dict[str, FloatArray]:
    """Estimate and resamples, (1 + R,), of each measure, `through` only with features; stored in `finished`."""
    file = None
    if finished is not None:
        pairs, code = graph.joint, Path(__file__).read_bytes()
        inputs = (code, pairs.data, pairs.indices, pairs.indptr, sample, k, through, seed)
        file = finished / f"{joblib.hash(inputs, 'sha1')}{FINISHED}"
        if file.is_file():
            with np.load(file) as stored:
                return dict(stored)
    values: dict[str, Any] = {"alpha_T": _alpha(graph, sample, seed)}
    if through is not None:
        values["through"] = _optimum(graph, graph.through(through).optimum(k), sample.drawn, seed)
    values["optimum"] = _optimum(graph, optimal_embeddings(graph, k)[0], sample.drawn, seed)
    if file is not None:
        file.parent.mkdir(exist_ok=True)
        replace_bytes(file, lambda memory: np.savez(memory, **values))
    return values


def _labelled_pairs(graph: PairGraph, sample: LabelledSample) -> sp.csr_array:
    """Probabilities of induced pairs of different labelled images, (N, N)."""
    rows = graph.joint[sample.rows]
    pairs = sp.csr_array((rows * (1 / graph.right_marginal)[None, :]) @ rows.T)
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    return pairs


def _unlike_pairs(graph: PairGraph, sample: LabelledSample) -> tuple[sp.csr_array, sp.csr_array]:
    """Labelled pairs of different classes, and all labelled pairs, (N, N) each."""
    pairs = _labelled_pairs(graph, sample)
    left, right = pairs.nonzero()
    differ = sp.csr_array((sample.labels[left] != sample.labels[right], (left, right)), pairs.shape)
    return pairs * differ, pairs


def influences(graph: PairGraph, sample: LabelledSample) -> FloatArray:
    """Change of `alpha_T` by a label of each image, for each possible class, (n, r), up to a factor."""
    unlike, pairs = (float(sample.weights @ part @ sample.weights) for part in _unlike_pairs(graph, sample))
    weighted = class_indicators(sample.labels).multiply(sample.weights[:, None])
    joined = graph.joint[sample.rows].T @ weighted
    alike = (graph.joint @ joined.multiply(1 / graph.right_marginal[:, None])).toarray()
    if not pairs:
        return np.zeros_like(alike)
    return np.asarray(((1 - unlike / pairs) * alike.sum(axis=1, keepdims=True) - alike) / pairs)


def _alpha(graph: PairGraph, sample: LabelledSample, seed: int) -> FloatArray:
    """Estimate of α_T and its resamples, (1 + R,); NaN without a pair of labelled images.

    Share of induced pairs of different labelled images that join two classes, times the probability of different
    images in an induced pair.
    """
    unlike, pairs = _unlike_pairs(graph, sample)
    joined = 1 - float((graph.joint.power(2) @ (1 / graph.right_marginal)).sum())

    def share(weights: FloatArray) -> FloatArray:
        masses = [np.sum((weights @ part) * weights, axis=1, keepdims=True) for part in (unlike, pairs)]
        with np.errstate(invalid="ignore"):
            return np.asarray(joined * masses[0] / masses[1])

    return np.append(share(sample.weights[None]), sample.resampled(share, RESAMPLES, seed))


def _optimum(graph: PairGraph, embedding: FloatArray, sample: LabelledSample, seed: int) -> FloatArray:
    """Theorem 41's estimate for an embedding of the left nodes, and its resamples, (1 + R,).

    Images are drawn with equal probability 1/n, not by their masses p. The weight n p of f makes the means
    `E f 1[y = c]` over draws equal to those under p.
    """
    f = whitened(embedding, graph.left_marginal) * (graph.n_left * graph.left_marginal)[:, None]
    energy = float(np.mean(np.sum(f**2, axis=1)))
    options: dict[str, Any] = {**sample.design, "energy": energy, "resamples": RESAMPLES, "seed": seed}
    return resampled_probe_mse(f[sample.rows], sample.labels, **options)
