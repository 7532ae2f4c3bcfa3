"""The bounds and the label-energy spectrum of the emoji captions, for both label sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from pairbounds.real_data.emoji_concepts import Labels, emoji_graph
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.bounds.theorem15_multihop import interval_table
from pairbounds.theory.bounds.theorem16_local_multihop import error_table
from pairbounds.theory.quantities.consistency import label_energy
from pairbounds.theory.spectrum.triplets import spectrum

TABLES = ("emoji_bounds", "emoji_energy", "emoji_multihop")


@dataclass(frozen=True)
class EmojiCaptionsSettings:
    """Widths and orders at which the bounds are evaluated.

    Attributes
    ----------
    widths : widths of the embedding
    hop_widths, order : widths for the multi-hop bounds, and their largest order
    """

    widths: tuple[int, ...] = (
        *(1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 250, 300, 400, 500, 650, 800, 1000, 1300, 1600),
    )
    hop_widths: tuple[int, ...] = (100, 200, 400, 800)
    order: int = 16


def measure(settings: EmojiCaptionsSettings, seed: int) -> Mapping[str, pd.DataFrame]:  # noqa: ARG001 - nothing here is drawn
    """Every bound at every width, every singular value with its label energy, and the multi-hop bounds.

    Returns
    -------
    emoji_bounds : the columns of `check_bounds`, with labels and k
    emoji_energy : labels, i (one-based), singular_value, label_energy
    emoji_multihop : the columns of `interval_table` and `error_table`, with labels and k
    """
    graphs = {labels: emoji_graph(labels) for labels in get_args(Labels)}
    first = next(iter(graphs.values()))
    triplets = spectrum(first, min(first.shape), method="dense")  # the labels do not change the pairs
    bounds, energies = [], []
    for labels, graph in graphs.items():
        bounds.append(check_bounds(graph, settings.widths, triplets=triplets).assign(labels=labels))
        rank = np.arange(1, len(triplets.singular_values) + 1)
        columns = {"i": rank, "singular_value": triplets.singular_values, "label_energy": label_energy(graph, triplets)}
        energies.append(pd.DataFrame(columns).assign(labels=labels))
    multihop = [
        table(graph, k, settings.order, triplets).assign(labels=labels, k=k)
        for table in (interval_table, error_table)
        for labels, graph in graphs.items()
        for k in settings.hop_widths
    ]
    tables = zip(TABLES, (bounds, energies, multihop), strict=True)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables}


STUDY = Study(
    question="How tight are the bounds for the captions of emoji, and where does their label energy lie?",
    settings=EmojiCaptionsSettings,
    measure=measure,
    tables=TABLES,
    small={"widths": (5, 20, 100, 400), "hop_widths": (100,), "order": 8},
)
