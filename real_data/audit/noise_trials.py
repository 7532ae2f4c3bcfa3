"""Effects of wrong captions on the population, whose optimum stays (theorem 36), and on a table of pairs.

In a table, the captions of a random share of the pairs are exchanged. The optimum is measured with and without the
exchange, on the same images, at several numbers of pairs.
"""

from itertools import product

import numpy as np
import pandas as pd
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.bounds.theorem36_caption_noise import noisy_consistency
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses, induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum_beyond

PARTS = (0.25, 0.5, 1.0)  # shares of the pairs
DRAWS = 3  # of each part
MOST_PAIRS = 100_000  # a larger table is sampled, because there are many measurements
UNIT = 1e-9  # smaller gaps count as 0: more than k singular values are 1
THEOREMS = {
    "bound_theorem_4": "probe-error",
    "bound_theorem_15": "multihop-error",
    "bound_theorem_16": "local-multihop-error",
}


def caption_noise(
    graph: PairGraph, share: float, k: int, *, device: str = "auto", seed: int = 0
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Effects of a share of wrong captions on the population, and on tables of a quarter, half and all of the pairs.

    Parts with too few images or captions for the width k are left out. Beyond `MOST_PAIRS` pairs, a random sample of
    the images is measured.

    Returns
    -------
    A table with the columns part, draw, share (exchanged: 0, or the share), n_pairs, alpha_t, gap (`1 - σ²_{k+1}`),
    the bounds of `THEOREMS` on probe_error, and probe_error, of the optimum of the table; and a summary in sentences.

    Raises
    ------
    ValueError : the graph lacks labels on the left
    """
    sample, sentences = _sample(graph, seed)
    alpha = induced_labelling_error(graph)
    noisy = 1 - noisy_consistency([1, 1 - alpha], class_masses(graph), share)[1]
    pairs = sample.joint.tocoo()
    all_images, all_captions = (side.astype(np.int64) for side in pairs.coords)
    rows = []
    with Bar(total=DRAWS * len(PARTS), desc="noise", unit="tables") as bar:
        for part, draw in product(PARTS, range(DRAWS)):
            rng = np.random.default_rng([seed, 2, round(100 * part), draw])
            chosen = np.sort(rng.permutation(pairs.nnz)[: round(part * pairs.nnz)])
            images, captions, weights = all_images[chosen], all_captions[chosen], pairs.data[chosen]
            fits = part == 1 or k < min(len(np.unique(images)), len(np.unique(captions)))
            for wrong in (0.0, share) if fits else ():
                table = sp.coo_array((weights, (images, exchanged(captions, wrong, rng))), shape=sample.shape)
                measured = _measured(sample.reweighted(table), k, device=device, seed=seed)
                rows.append({"part": part, "draw": draw, "share": wrong, "n_pairs": len(chosen), **measured})
            bar.update()
    results = pd.DataFrame(rows)
    return results, (
        *sentences,
        f"noise: {share:.0%} of wrong captions leave the best embedding of the population and its errors as they are "
        f"(theorem 36); α_T goes from {alpha:.4f} to {noisy:.4f}",
        _of_tables(results, share),
    )


def exchanged(captions: IntArray, share: float, rng: np.random.Generator) -> IntArray:
    """The caption of each pair, with those of a random share of the pairs permuted."""
    chosen = rng.permutation(len(captions))[: round(share * len(captions))]
    result = captions.copy()
    result[np.sort(chosen)] = captions[chosen]
    return result


def _sample(graph: PairGraph, seed: int) -> tuple[PairGraph, tuple[str, ...]]:
    """The graph, or beyond `MOST_PAIRS` pairs a random sample of its images, and a sentence on the sample."""
    if graph.joint.nnz <= MOST_PAIRS:
        return graph, ()
    order = np.random.default_rng([seed, 0]).permutation(graph.n_left)
    counts = np.diff(graph.joint.indptr)[order]
    sample = graph.part(np.sort(order[np.cumsum(counts) <= MOST_PAIRS]))
    sentence = (
        f"noise: on a random sample of {sample.n_left:,} of {graph.n_left:,} images, with {sample.joint.nnz:,} of "
        f"{graph.joint.nnz:,} pairs; captions have fewer images there"
    )
    return sample, (sentence,)


def _measured(graph: PairGraph, k: int, *, device: str, seed: int) -> dict[str, float]:
    """Bounds and error of the optimum of a table."""
    triplets = spectrum_beyond(graph, k, device=device, seed=seed)
    return {
        "alpha_t": induced_labelling_error(graph),
        "gap": 1 - float(triplets.singular_values[k]) ** 2,
        **{column: BOUNDS[name](graph, triplets, k) for column, name in THEOREMS.items()},
        "probe_error": Encoder.optimum(graph, triplets, k).probe.error,
    }


def _of_tables(results: pd.DataFrame, share: float) -> str:
    """Sentence on the probe error at each number of pairs."""
    means = results.groupby(["n_pairs", "share"])["probe_error"].mean().unstack()
    changes = [f"from {row[0.0]:.3f} to {row[share]:.3f} at {n:,} pairs" for n, row in means.iterrows()]
    apart = sorted(set(results.loc[results["gap"] < UNIT, "n_pairs"]))
    numbers = ", ".join(f"{n:,}" for n in apart)
    ties = f"; at {numbers} pairs the table falls apart, and has many optima" if apart else ""
    return f"noise: the probe error of the table's own optimum goes {', '.join(changes)} (mean of {DRAWS} draws){ties}"
