"""The answers to questions about a table of a million pairs in 100 classes, against what a user would write."""

from functools import partial

import numpy as np
import pandas as pd
import scipy.sparse.linalg
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from pairbounds import PairGraph, batch_report, granularity_report, pairs_report
from pairbounds.theory.questions.batch import BATCHES
from tests.benchmarks.duel import Duel, Size
from tests.benchmarks.graphs import block_model, fresh

SIZES = ("XS", "Q")
CLASSES = {"XS": 10, "Q": 100}
TOLERANCE = 1e-3  # of svds, as in the benchmark of the spectrum


def duels(size: Size, seed: int) -> list[Duel]:
    graph = block_model(np.random.default_rng(seed), size, CLASSES["XS" if size.n_left < 1_000 else "Q"])
    case = f"{graph.joint.nnz:,} pairs, {len(np.unique(graph.left_labels))} classes"
    return [
        Duel(
            case=f"batch: {case}",
            make=lambda: fresh(graph),
            ours=batch_report,
            peers={"false negatives alone, by numpy and pandas": false_negatives},
            note="the peer has the expected false negatives; ours the information and the temperature besides",
        ),
        Duel(
            case=f"pairs: {case}, k = {size.k}",
            make=lambda: fresh(graph),
            ours=lambda one: pairs_report(one, size.k),
            peers={
                "the spectrum alone, by scipy svds": lambda one: scipy.sparse.linalg.svds(
                    one.normalized, size.k + 1, tol=TOLERANCE
                )
            },
            note="the peer has the singular values; ours two theorems at 19 sample sizes, and their inverses, besides",
        ),
        Duel(
            case=f"granularity: {case}, k = {size.k}",
            make=lambda: named(graph),
            ours=lambda one: granularity_report(one, size.k),
            peers={"one merge by scikit-learn: TF-IDF of letters, SVD, k-means": partial(merged, size.n_right // 8)},
            note="the peer merges once; ours has nested levels, bounds, and errors on other images, besides",
        ),
    ]


def named(graph: PairGraph) -> PairGraph:
    """The graph with texts of two words for captions, the first of which many have."""
    words = [f"{caption % 60} {caption}" for caption in range(graph.n_right)]
    return PairGraph(graph.joint, graph.left_labels, right_ids=words)


def letters(graph: PairGraph) -> np.ndarray:
    """Vectors of captions by their letters, (n_right, 64)."""
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3)).fit_transform(graph.right_ids)
    return TruncatedSVD(min(64, counts.shape[1] - 1), random_state=0).fit_transform(counts)


def merged(groups: int, graph: PairGraph) -> MiniBatchKMeans:
    """One merge of the captions."""
    return MiniBatchKMeans(groups, random_state=0, n_init=1).fit(letters(graph))


def false_negatives(graph: PairGraph) -> pd.DataFrame:
    """The expected numbers of each kind, for each batch size."""
    left, right = graph.left_marginal, graph.right_marginal
    sides = ((left, graph.left_labels), (right, graph.right_labels))
    classes = [pd.Series(mass).groupby(labels).sum() for mass, labels in sides]
    chances = (float((classes[0] * classes[1]).sum()), float(right @ right), float(left @ ((graph.joint > 0) @ right)))
    return pd.DataFrame([[(batch - 1) * chance for chance in chances] for batch in BATCHES], BATCHES)
