"""Retrieval by a dual encoder of an image's text, and its class, among many."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.encoders.encoder import DualEncoder, unit_rows
from pairbounds.theory.quantities.scores import strict_winners


@dataclass(frozen=True)
class Retrieval:
    """Retrieval by a dual encoder.

    Attributes
    ----------
    n_images, n_texts : images that ask, texts to find theirs among; chance at rank 1 is `1 / n_texts`
    recall_at_1, recall_at_10 : share of images whose own text is among the 1, or 10, nearest; ties count against it
    prototype_accuracy : share of images nearest to the mean text of their own class; ties count against it
    majority : share of the largest class
    """

    n_images: int
    n_texts: int
    recall_at_1: float
    recall_at_10: float
    prototype_accuracy: float
    majority: float


def retrieval(
    encoder: DualEncoder, dataset: ImageTextDataset, held_out: Sequence[int] | IntArray, cache: Path | None = FEATURES
) -> Retrieval:
    """Each held-out image looks for its first caption among theirs, and for its class among the prototypes.

    The prototype of a class is the mean of the first captions of its other images, those that are not held out.

    Raises
    ------
    ValueError
        No image is held out, or all are.
    """
    asked = np.zeros(len(dataset), dtype=bool)
    asked[np.asarray(held_out, dtype=np.int64)] = True
    if not asked.any() or asked.all():
        raise ValueError(f"{asked.sum()} of {len(dataset)} images are held out: some, and not all, have to be")
    first = [captions[0] for captions in dataset.captions]
    texts, row = np.unique(first, return_inverse=True)
    images, embedded = encoder.encode_images(dataset, cache), encoder.encode_texts(texts.tolist(), cache)
    candidates, own = np.unique(row[asked], return_inverse=True)
    rank = ranks(images[asked] @ embedded[candidates].T, own)
    classes, label = np.unique(dataset.labels[~asked], return_inverse=True)
    prototypes = unit_rows(np.stack([embedded[row[~asked][label == c]].mean(0) for c in range(len(classes))]))
    found = strict_winners(images[asked] @ prototypes.T)
    right = (found >= 0) & (classes[found] == dataset.labels[asked])
    return Retrieval(
        n_images=int(asked.sum()),
        n_texts=len(candidates),
        recall_at_1=float(np.mean(rank < 1)),
        recall_at_10=float(np.mean(rank < 10)),
        prototype_accuracy=float(np.mean(right)),
        majority=float(np.bincount(dataset.labels[asked]).max() / asked.sum()),
    )


def ranks(scores: FloatArray, own: IntArray) -> IntArray:
    """Number of the others in its row that score at least as high as each row's own column, (n,); 0 is best."""
    own_score = np.take_along_axis(scores, own[:, None], axis=1)
    return np.asarray(np.sum(scores >= own_score, axis=1) - 1)
