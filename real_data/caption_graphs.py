"""Caption graphs: images and their verbatim captions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.theory.graph.pair_graph import PairGraph

if TYPE_CHECKING:
    from pairbounds.real_data.datasets.dataset import ImageTextDataset


def joined_by_captions(
    ids: Sequence[str], captions: Sequence[Sequence[str]], classes: Sequence[str | None]
) -> PairGraph:
    """The joint distribution of a uniformly drawn image and one of its captions, with the classes on the left.

    A caption that an image has twice gets two shares of the image's weight.
    """
    pairs = [(image, text, 1 / len(texts)) for image, texts in zip(ids, captions, strict=True) for text in texts]
    left, right, weights = zip(*pairs, strict=True)
    return PairGraph.from_pairs(left, right, weights, left_labels=dict(zip(ids, classes, strict=True)))


def caption_graph(images: "ImageTextDataset") -> PairGraph:
    """The graph of a data set, by `joined_by_captions`."""
    classes = [images.label_names[label] if label >= 0 else None for label in images.labels]
    return joined_by_captions(images.ids, images.captions, classes)


def image_order(graph: PairGraph, images: "ImageTextDataset") -> IntArray:
    """Index in the data set of each left node of its caption graph, (n_left,)."""
    indices = {image: index for index, image in enumerate(images.ids)}
    return np.array([indices[image] for image in graph.left_ids])
