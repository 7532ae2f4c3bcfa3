"""Positives to look at: drawn from a pair graph, as pictures."""

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.theory.graph.pair_graph import PairGraph

THUMBNAIL = 64  # pixels


def positives(graph: PairGraph, anchor: int) -> FloatArray:
    """`Q(x' | x)` of one anchor x: the induced pairs without the self-pair, (n_left,); 0 if x is alone."""
    own = graph.joint[[anchor]]
    row = np.asarray(graph.joint @ (own * (1 / graph.right_marginal)).toarray()[0])
    row[anchor] = 0
    return row / (row.sum() or 1.0)


def pictured_positives(
    dataset: ImageTextDataset, graphs: Mapping[str, PairGraph], anchors: IntArray, count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """`count` different positives of each anchor, drawn with the probabilities of each pairing; fewer if it has fewer.

    Returns
    -------
    DataFrame with columns pairing, anchor, place (0 for the anchor itself, then 1, 2, ...), id, label, probability,
        picture (the bytes of a PNG file), credit (whose images they are, and their licences)
    """
    rows = []
    for pairing, graph in graphs.items():
        for anchor in anchors:
            shares = positives(graph, anchor)
            drawn = rng.choice(len(shares), min(count, int(np.sum(shares > 0))), replace=False, p=shares)
            for place, image in enumerate((anchor, *drawn)):
                about = dataset.ids[image], dataset.label_names[dataset.labels[image]], shares[image]
                rows.append((pairing, dataset.ids[anchor], place, *about, _png(dataset, image)))
    table = pd.DataFrame(rows, columns=["pairing", "anchor", "place", "id", "label", "probability", "picture"])
    return table.assign(credit=f"Credit: {dataset.attribution}. Licences: {dataset.licence}.")


def _png(dataset: ImageTextDataset, index: int) -> bytes:
    buffer = io.BytesIO()
    dataset.image(index).resize((THUMBNAIL, THUMBNAIL)).save(buffer, "PNG")
    return buffer.getvalue()
