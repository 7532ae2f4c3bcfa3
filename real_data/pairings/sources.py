"""Sources of images and captions with held-out encoders: the emoji, or any data set with CLIP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import DualEncoder, ImageEncoder, LiveEncoder
from pairbounds.real_data.encoders.gradients import Gradients
from pairbounds.real_data.encoders.offline import OfflineEncoder, frozen_features, train_offline_encoder
from pairbounds.real_data.pairings.pairing import ENCODER

FROZEN = "frozen features"


@dataclass(frozen=True, eq=False)
class Source:
    """A data set to compare pairings on.

    Attributes
    ----------
    dataset : images of one size, the inputs of all pairings
    encoder_without : encoder of images and texts, trained without the given images
    evaluator : encoder of images that is used by no pairing
    cache : folder of features, or `None` to store none
    prepare : fills the cache with the inputs of `encoder_without` for all images
    """

    dataset: ImageTextDataset
    encoder_without: Callable[[IntArray], DualEncoder]
    evaluator: ImageEncoder
    cache: Path | None
    prepare: Callable[[], object] = lambda: None

    @property
    def labels(self) -> Mapping[str, IntArray]:
        """Labels, (n,), by label set."""
        return self.dataset.label_sets

    @property
    def subjects(self) -> npt.NDArray[np.str_]:
        """Subject of each image, (n,)."""
        return np.array(self.dataset.subjects)


def source(
    dataset: ImageTextDataset,
    cache: Path | None,
    *,
    load: Callable[[], DualEncoder] | None = None,
    device: str = "auto",
) -> Source:
    """A data set with all its label sets and its encoders.

    `load` returns an encoder trained on other images. By default an encoder is trained for every draw, on the images
    outside the draw.
    """
    size = dataset.side
    if load is not None:
        return Source(dataset, lambda _: load(), EfficientNet(device=device), cache, load)

    def trained(images: IntArray) -> DualEncoder:
        return train_offline_encoder(dataset, cache=cache, device=device, pixels=size, hidden=images)

    # EfficientNet-Lite0 cannot be the evaluator, because the trained encoder uses its features.
    prepare = partial(frozen_features, dataset, cache, device, pixels=size)
    return Source(dataset, trained, Gradients(), cache, prepare)


def image_encoders(encoder: DualEncoder) -> dict[str, LiveEncoder]:
    """The encoder, and its frozen image features below the heads, which use no texts, if it has them."""
    return {ENCODER: encoder} | ({FROZEN: encoder.images} if isinstance(encoder, OfflineEncoder) else {})
