"""The caption graph of a data set: images and their verbatim captions, or the words of the captions."""

import re

import numpy as np

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.theory.graph.pair_graph import PairGraph

WORD = re.compile(r"[^\W_]+")


def caption_graph(images: ImageTextDataset, *, words: bool = False) -> PairGraph:
    """The joint distribution of a uniformly drawn image and one of its captions, with the images' labels on the left.

    A caption that an image has twice gets two shares of the image's weight. For the emoji this is
    `pairbounds.real_data.emoji_concepts.emoji_graph`, by category.

    Parameters
    ----------
    words : use the distinct words of an image's captions, in lower case, instead of captions; images without any letter
        or digit in their captions are left out
    """
    left, right, weights, labels = [], [], [], {}
    for image, captions, label in zip(images.ids, images.captions, images.labels, strict=True):
        texts = _words(captions) if words else captions
        for text in texts:
            left.append(image)
            right.append(text)
            weights.append(1 / len(texts))
            labels[image] = images.label_names[label] if label >= 0 else None
    return PairGraph.from_pairs(left, right, weights, left_labels=labels)


def image_order(graph: PairGraph, images: ImageTextDataset) -> IntArray:
    """Index in the data set of each left node of its caption graph, (n_left,)."""
    indices = {image: index for index, image in enumerate(images.ids)}
    return np.array([indices[image] for image in graph.left_ids])


def _words(captions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for caption in captions for word in WORD.findall(caption.lower())))
