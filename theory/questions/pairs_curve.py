"""Question: how fast does the error of the optimum fall with the number of pairs? Measurements and guarantees."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.confidence import student_half
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.quantities.power_laws import fit_rate
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.questions.answer import Answer
from pairbounds.theory.questions.pairs import pairs_report

TIMES = tuple(2.0**power for power in range(-4, 4))  # sample sizes, relative to the number of distinct pairs
DRAWS, LEAST_DRAWS = 10, 5
LEAST_EXCESS = 1e-9  # excess squared error below which it is round-off


def pairs_curve_report(graph: PairGraph, k: int, *, draws: int = DRAWS, seed: int = 0, **settings: Any) -> Answer:
    """Measured squared error of the optimum of n pairs, and the guarantees of `pairs_report` for the same n.

    Parameters and errors are those of `pairs_report`, and draws: number of samples of each size, at least
    `LEAST_DRAWS`. `ValueError`: k is too large for all samples.

    Returns
    -------
    Answer, whose table has a row for each size, `TIMES` the number of distinct pairs, and the columns
        n_pairs, mse (mean over draws of the error on all images; images that are not in the sample have the feature 0),
        low and high (95% interval of that mean), excess (mse minus that of the graph's optimum), and the guarantees.

    Notes
    -----
    Sizes with a sample of fewer than k images or captions are left out; a sentence has their number. If a sample has
    several optima, one of them is measured. Cost: `draws len(TIMES)` spectra of at most the size of the graph.
    """
    if draws < LEAST_DRAWS:
        raise ValueError(f"draws={draws!r} is too few: an interval of the rate needs {LEAST_DRAWS} or more")
    measured = _measured(graph, k, draws, seed)
    complete = measured.groupby("n_pairs").filter(lambda rows: bool(rows["mse"].notna().all()))
    if complete.empty:
        raise ValueError(f"k={k} is too large: each sample has fewer images or captions. Give a smaller k.")
    sizes = tuple(int(n) for n in complete["n_pairs"].unique())
    answer = pairs_report(graph, k, sizes=sizes, seed=seed, **settings)
    optimum = probe(graph, optimal_embeddings(graph, k)[0]).mse
    by_size = complete.groupby("n_pairs")["mse"]
    mean, half = by_size.mean().to_numpy(), by_size.agg(student_half).to_numpy()
    table = answer.table.assign(mse=mean, low=mean - half, high=mean + half, excess=mean - optimum)
    table = table[["n_pairs", *table.columns[-4:], *table.columns[1:-4]]]
    words = _words(complete, optimum, draws, measured["n_pairs"].nunique() - len(sizes))
    return Answer(table, (answer.words[0], *words, *answer.words[1:]))


def _measured(graph: PairGraph, k: int, draws: int, seed: int) -> pd.DataFrame:
    """Table of n_pairs, draw and mse; mse is NaN if the sample is too small for width k."""
    rows, sizes = [], sorted({max(k, round(times * graph.joint.nnz)) for times in TIMES})
    with Bar(total=draws * len(sizes), desc="curve", unit="samples") as bar:
        for n, draw in product(sizes, range(draws)):
            rng = np.random.default_rng([seed, n, draw])
            rows.append({"n_pairs": n, "draw": draw, "mse": _error(graph, k, n, rng)})
            bar.update()
    return pd.DataFrame(rows)


def _error(graph: PairGraph, k: int, n: int, rng: np.random.Generator) -> float:
    """Squared error on all images of the optimum of n sampled pairs."""
    joint = graph.joint.tocoo()
    counts = rng.multinomial(n, joint.data / joint.data.sum())
    sampled = counts > 0
    (left, rows), (right, columns) = (np.unique(ends[sampled], return_inverse=True) for ends in joint.coords)
    if k > min(len(left), len(right)):
        return float("nan")
    sample = PairGraph(sp.coo_array((counts[sampled].astype(float), (rows, columns)), shape=(len(left), len(right))))
    features: FloatArray = np.zeros((graph.n_left, k))
    features[left] = optimal_embeddings(sample, k)[0]
    return probe(graph, features).mse


def _words(measured: pd.DataFrame, optimum: float, draws: int, left_out: int) -> list[str]:
    """Sentences on the rate of the excess, and on samples that are left out."""
    excess = measured["mse"] - optimum
    positive = measured[excess > LEAST_EXCESS].groupby("draw").filter(lambda rows: len(rows) > 1)
    words = [
        f"Measured: the optimum of n pairs, mean of {draws} draws, on all images; one that was not drawn has the "
        "feature 0. Theorem 28 is about it; theorem 19 is about the penalised optimum of the distribution."
    ]
    if positive["draw"].nunique() >= LEAST_DRAWS:
        rate = fit_rate(positive["n_pairs"], excess[positive.index], positive["draw"])
        words.append(
            f"The excess over {optimum:.3g}, the error of the file's own optimum, goes as n^{rate.exponent:.2f} (95% "
            f"interval {rate.low:.2f} to {rate.high:.2f}): where pairs double it changes by "
            f"{2**rate.exponent - 1:+.0%}. {len(excess) - len(positive)} samples are left out, without an excess."
        )
    if left_out:
        words.append(f"{left_out} smaller sizes have samples of fewer than k images or captions, and are left out.")
    return words
