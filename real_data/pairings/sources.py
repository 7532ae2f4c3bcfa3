"""Where images, captions and the encoders that have not seen them come from: the emoji, or any data set and CLIP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt

from real_data.pairings.inputs import ENCODER
from real_data.datasets import ImageTextDataset
from real_data.datasets.emoji import emoji
from real_data.emoji_concepts import Labels
from real_data.encoders.encoder import DualEncoder, ImageEncoder
from real_data.encoders.gradients import Gradients
from real_data.encoders.evaluator import evaluator
from real_data.encoders.offline import OfflineEncoder, train_offline_encoder
from theory.infrastructure.arrays import IntArray

FROZEN = "frozen features"


@dataclass(frozen=True, eq=False)
class Source:
    """A data set to compare pairings on.

    Attributes
    ----------
    dataset : images of one size, which all pairings see
    labels : for each label set (n,)
    subjects : (n,), what each image shows: two drawings of one thing have one subject
    encoder_without : an encoder of images and texts that has not learned from these images
    evaluator : sees images, and chooses no pairs
    cache : folder of features, or `None` to keep none

    Raises
    ------
    ValueError
        Labels or subjects that are not one for each image.
    """

    dataset: ImageTextDataset
    labels: Mapping[str, IntArray]
    subjects: npt.NDArray[np.str_]
    encoder_without: Callable[[IntArray], DualEncoder]
    evaluator: ImageEncoder
    cache: Path | None

    def __post_init__(self) -> None:
        for name, given in {"subjects": self.subjects, **self.labels}.items():
            if len(given) != len(self.dataset):
                raise ValueError(f"{name} has {len(given)} entries for {len(self.dataset)} images: give one for each")


def source(
    dataset: ImageTextDataset, cache: Path | None, *, encoder: DualEncoder | None = None, device: str = "auto"
) -> Source:
    """A data set with all its label sets, and the encoders that it takes.

    Parameters
    ----------
    encoder : one that has learned from other images; by default one is trained for every draw, on what is not in it
    device : as `theory.infrastructure.devices.torch_device` has it

    Raises
    ------
    ValueError
        Images without a common size.
    """
    size = dataset.size
    if size is None:
        raise ValueError(f"{dataset.name}: all pairings see images of one size: give the data set one")
    if dataset.name == "emoji":
        labels = {name: emoji(size, name).labels for name in get_args(Labels)}
        subjects = np.array([name.partition("/")[2] for name in dataset.ids])
    else:
        labels, subjects = {"label": dataset.labels}, np.array(dataset.ids)

    def trained(images: IntArray) -> DualEncoder:
        return train_offline_encoder(dataset, cache=cache, device=device, pixels=size, hidden=images)

    if encoder is None:
        return Source(dataset, labels, subjects, trained, Gradients(), cache)
    return Source(dataset, labels, subjects, lambda _: encoder, evaluator(encoder, device), cache)


def image_encoders(encoder: DualEncoder) -> dict[str, ImageEncoder]:
    """The encoder, and below its heads what has never met a text, if it has such a part."""
    return {ENCODER: encoder} | ({FROZEN: encoder.images} if isinstance(encoder, OfflineEncoder) else {})
