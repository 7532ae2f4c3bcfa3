"""The caption graph of a data set: images and their verbatim captions."""

import numpy as np

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.theory.graph.pair_graph import PairGraph


def caption_graph(images: ImageTextDataset) -> PairGraph:
    """The joint distribution of a uniformly drawn image and one of its captions, with the images' labels on the left.

    A caption that an image has twice gets two shares of the image's weight. For the emoji this is
    `pairbounds.real_data.emoji_concepts.emoji_graph`, by category.
    """
    left, right, weights, labels = [], [], [], {}
    for image, captions, label in zip(images.ids, images.captions, images.labels, strict=True):
        for text in captions:
            left.append(image)
            right.append(text)
            weights.append(1 / len(captions))
            labels[image] = images.label_names[label] if label >= 0 else None
    return PairGraph.from_pairs(left, right, weights, left_labels=labels)


def image_order(graph: PairGraph, images: ImageTextDataset) -> IntArray:
    """Index in the data set of each left node of its caption graph, (n_left,)."""
    indices = {image: index for index, image in enumerate(images.ids)}
    return np.array([indices[image] for image in graph.left_ids])
