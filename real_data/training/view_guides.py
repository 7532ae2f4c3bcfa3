"""Guides of resampling: embeddings of the views of a batch, with cosines as similarities."""

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
SEEING = (ENCODER, NO_TEXT)  # guides that embed the views
WIDTH = 64  # width of random directions
TIE_BREAK = 0.1  # length of the random part of an oracle's rows, which breaks ties only

Guide = Callable[[Batch, np.random.Generator], torch.Tensor]


def seen_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG001 - shared signature
    """The guide's embedding of each view, e.g. by CLIP's image encoder.

    `ValueError`: the source of the batches has no guide.
    """
    if batch.guide_features is None:
        raise ValueError("the views were drawn without a guide: give their source a guide")
    return batch.guide_features


def blind_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
    """Random control: an independent direction for each view, uniform on the sphere."""
    return _directions(2 * len(batch.images), rng)


def oracle_guide(labels: IntArray) -> Guide:
    """Control by labels: rows of one class are more similar than any rows of two classes."""

    def guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        _, classes = np.unique(labels[batch.images], return_inverse=True)
        return _ties_broken(one_hot(torch.from_numpy(classes)).float(), rng)

    return guide


def exact_guide(captions: Sequence[tuple[str, ...]]) -> Guide:
    """Control by captions: the cosine of the captions of two images, up to a random part below 0.02."""
    counts = CountVectorizer(analyzer=tuple).fit_transform(captions)

    def guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        rows = counts[batch.images]
        return _ties_broken(normalize(torch.from_numpy(rows[:, np.unique(rows.indices)].toarray()).float()), rng)

    return guide


def _ties_broken(rows: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Rows for both views, (2B, ...), from rows of images, (B, ...), with a random part that breaks ties."""
    return torch.hstack([rows.repeat(2, 1), TIE_BREAK * _directions(2 * len(rows), rng)])


def _directions(rows: int, rng: np.random.Generator) -> torch.Tensor:
    return normalize(torch.from_numpy(rng.standard_normal((rows, WIDTH)).astype(np.float32)))
