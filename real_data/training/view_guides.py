"""Guides of resampling: embeddings of the views of a batch, whose cosines say which of them are alike."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from sklearn.feature_extraction.text import CountVectorizer
from torch.nn.functional import normalize, one_hot

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.training.view_batches import Batch

ENCODER, LABELS, RANDOM, NO_TEXT, CAPTIONS = "encoder", "labels", "random", "no_text", "captions"
GUIDES = (ENCODER, LABELS, RANDOM)
EVERY_GUIDE = (*GUIDES, NO_TEXT, CAPTIONS)
SEEING = (ENCODER, NO_TEXT)  # those that embed the views themselves
WIDTH = 64  # of random directions
TIE_BREAK = 0.1  # length of the random part of an oracle's rows, which decides within a class and never across

Guide = Callable[[Batch, np.random.Generator], torch.Tensor]


def seen_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG001 - shared signature
    """The guide that embeds each view, e.g. CLIP's image encoder.

    `ValueError`: the batches come from a source without one.
    """
    if batch.seen is None:
        raise ValueError("the views were drawn without a guide: give their source one")
    return batch.seen


def blind_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
    """The control that knows nothing: a direction of its own for each view, uniform on the sphere."""
    return _directions(2 * len(batch.images), rng)


def oracle_guide(labels: IntArray) -> Guide:
    """The control that knows the labels: rows of one class are more similar than any rows of two."""

    def guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        _, classes = np.unique(labels[batch.images], return_inverse=True)
        return _ties_broken(one_hot(torch.from_numpy(classes)).float(), rng)

    return guide


def exact_guide(captions: Sequence[tuple[str, ...]]) -> Guide:
    """The control that reads no picture: the cosine of the captions of two images, where it differs by 0.02 or more."""
    counts = CountVectorizer(analyzer=tuple).fit_transform(captions)

    def guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        own = counts[batch.images]
        return _ties_broken(normalize(torch.from_numpy(own[:, np.unique(own.indices)].toarray()).float()), rng)

    return guide


def _ties_broken(rows: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Both views of images, (2B, ...), whose rows are those of (B, ...) but for what decides ties."""
    return torch.hstack([rows.repeat(2, 1), TIE_BREAK * _directions(2 * len(rows), rng)])


def _directions(rows: int, rng: np.random.Generator) -> torch.Tensor:
    return normalize(torch.from_numpy(rng.standard_normal((rows, WIDTH)).astype(np.float32)))
