"""Effects of wrong captions on the population, whose optimum stays (theorem 36), and on a table of pairs.

In a table, the captions of a random share of the pairs are exchanged. The optimum is measured with and without the
exchange, on the same images, at several numbers of pairs.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.audit.dropping_rules import PairList
from pairbounds.real_data.audit.trials import WhatIf, image_masses, measured_on, pair_list, sample_of
from pairbounds.theory.bounds.theorem36_caption_noise import noisy_consistency
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses, induced_labelling_error, required_labels

PARTS = (0.25, 0.5, 1.0)  # shares of the pairs
UNIT = 1e-9  # smaller gaps count as 0: more than k singular values are 1


def caption_noise(graph: PairGraph, share: float, settings: WhatIf) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Effects of a share of wrong captions on the population, and on tables of a quarter, half and all of the pairs.

    Only the settings k, draws, device and seed are used. Parts with too few images or captions are left out.

    Returns
    -------
    A table with the columns part, draw, share (exchanged: 0, or the share), n_pairs, and the measured columns of
    `pairbounds.what_if`; and a summary in sentences.

    Raises
    ------
    ValueError : the graph lacks labels on the left
    """
    everything = pair_list(graph, required_labels(graph, "left"), None)
    pairs, sample = sample_of(everything, "noise", settings.seed)
    rows = []
    with Bar(total=settings.draws * len(PARTS), desc="noise", unit="tables") as bar:
        for part, draw in product(PARTS, range(settings.draws)):
            rng = np.random.default_rng([settings.seed, 2, round(100 * part), draw])
            table = pairs.kept(np.sort(rng.permutation(len(pairs))[: round(part * len(pairs))]))
            fits = part == 1 or settings.k < min(len(np.unique(side)) for side in (table.images, table.captions))
            for wrong in (0.0, share) if fits else ():
                values = measured_on(exchanged(table, wrong, rng), image_masses(table), settings)
                rows.append({"part": part, "draw": draw, "share": wrong, **values})
            bar.update()
    measured = pd.DataFrame(rows)
    alpha = induced_labelling_error(graph)
    noisy = 1 - noisy_consistency([1, 1 - alpha], class_masses(graph), share)[1]
    means = measured.groupby(["n_pairs", "share"])["probe_error"].mean().unstack()
    changes = [f"from {row[0.0]:.3f} to {row[share]:.3f} at {n:,} pairs" for n, row in means.iterrows()]
    apart = sorted(set(measured.loc[measured["gap"] < UNIT, "n_pairs"]))
    ties = (
        f"; at {', '.join(map('{:,}'.format, apart))} pairs the table falls apart, and has many optima" if apart else ""
    )
    return measured, (
        *sample,
        f"noise: {share:.0%} of wrong captions leave the best embedding of the population and its errors as they are "
        f"(theorem 36); α_T goes from {alpha:.4f} to {noisy:.4f}",
        f"noise: the probe error of the table's own optimum goes {', '.join(changes)} (mean of {settings.draws} draws)"
        f"{ties}",
    )


def exchanged(pairs: PairList, share: float, rng: np.random.Generator) -> PairList:
    """The pairs, with the captions of a random share of the pairs permuted."""
    chosen = rng.permutation(len(pairs))[: round(share * len(pairs))]
    captions = pairs.captions.copy()
    captions[np.sort(chosen)] = captions[chosen]
    return replace(pairs, captions=captions)
