"""The bounds and the label-energy spectrum of the emoji captions, for both label sets."""

from typing import get_args

import numpy as np
import pandas as pd
from tqdm import tqdm

from real_data.emoji_concepts import Labels, emoji_graph
from theory import check_bounds, label_energy, spectrum
from theory.bounds.theorem15_multihop import interval_table

WIDTHS = (1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 250, 300, 400, 500, 650, 800, 1000, 1300, 1600)
TABLES = ("emoji_bounds", "emoji_energy", "emoji_multihop")
HOP_WIDTHS, HOPS = (100, 200), 16
SETTINGS: dict[str, object] = {
    "dataset": "emoji",
    "labels": list(get_args(Labels)),
    "widths": WIDTHS,
    "hop widths": HOP_WIDTHS,
    "hops": HOPS,
}


def emoji_tables() -> dict[str, pd.DataFrame]:
    """Every bound at every width, every singular value with its label energy, and the multi-hop interval.

    Returns
    -------
    emoji_bounds : the columns of `check_bounds`, with labels and k
    emoji_energy : labels, i (one-based), singular_value, label_energy
    emoji_multihop : the columns of `interval_table`, with labels and k
    """
    graphs = {labels: emoji_graph(labels) for labels in get_args(Labels)}
    first = next(iter(graphs.values()))
    triplets = spectrum(first, min(first.joint.shape), method="dense")  # the labels do not change the pairs
    bounds: list[pd.DataFrame] = []
    energies: list[pd.DataFrame] = []
    for labels, graph in graphs.items():
        widths = tqdm(WIDTHS, desc=f"emoji, {labels}", unit="width")
        bounds.extend(check_bounds(graph, k, triplets=triplets).assign(labels=labels, k=k) for k in widths)
        rank = np.arange(1, len(triplets.singular_values) + 1)
        columns = {"i": rank, "singular_value": triplets.singular_values, "label_energy": label_energy(graph, triplets)}
        energies.append(pd.DataFrame(columns).assign(labels=labels))
    hops = [
        interval_table(graph, k, HOPS).assign(labels=labels, k=k)
        for labels, graph in graphs.items()
        for k in HOP_WIDTHS
    ]
    tables = zip(TABLES, (bounds, energies, hops), strict=True)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables}
