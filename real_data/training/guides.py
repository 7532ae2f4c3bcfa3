"""Guides of resampling: what says which views of a batch are alike."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
import torch

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.resampling import caption_guide, label_guide, random_guide
from pairbounds.real_data.training.views import Batch

if TYPE_CHECKING:
    from pairbounds.real_data.training.runs import Run, Studio

ENCODER, LABELS, RANDOM, NO_TEXT, CAPTIONS = "encoder", "labels", "random", "no_text", "captions"
GUIDES = (ENCODER, LABELS, RANDOM)
EVERY_GUIDE = (*GUIDES, NO_TEXT, CAPTIONS)
SEEING = (ENCODER, NO_TEXT)  # those that embed the views themselves

Guide = Callable[[Batch, np.random.Generator], torch.Tensor]


def guide_of(run: "Run", studio: "Studio") -> Guide:
    """The guide of a run's rule."""
    if run.guide == LABELS:
        return oracle_guide(studio.classes)
    if run.guide == CAPTIONS:
        return exact_guide(studio.source.dataset.captions)
    if run.seen_by:
        return half_guide if run.published else seen_guide
    return blind_guide


def seen_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG001 - shared signature
    """The guide that embeds each view, e.g. CLIP's image encoder.

    Raises
    ------
    ValueError
        The batches come from a source without one.
    """
    if batch.seen is None:
        raise ValueError("the views were drawn without a guide: give their source one")
    return batch.seen


def half_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
    """The same in half precision, as the published code has it; errors as in `seen_guide`."""
    return seen_guide(batch, rng).half()


def blind_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
    """The control that knows nothing."""
    return random_guide(2 * len(batch.images), rng)


def oracle_guide(labels: IntArray) -> Guide:
    """The control that knows the labels."""
    return lambda batch, rng: label_guide(np.tile(labels[batch.images], 2), rng)


def exact_guide(captions: Sequence[tuple[str, ...]]) -> Guide:
    """The control that reads no picture: images are as similar as their captions are the same."""
    column = {text: number for number, text in enumerate(dict.fromkeys(text for own in captions for text in own))}
    rows = np.repeat(np.arange(len(captions)), [len(own) for own in captions])
    columns = np.array([column[text] for own in captions for text in own])
    has = sp.coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(captions), len(column))).tocsr()
    return lambda batch, rng: caption_guide(has[np.tile(batch.images, 2)], rng)
