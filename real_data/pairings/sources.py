"""Sources of images, captions and the encoders that have not seen them: the emoji, or any data set and CLIP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import DualEncoder, ImageEncoder
from pairbounds.real_data.encoders.gradients import Gradients
from pairbounds.real_data.encoders.offline import OfflineEncoder, frozen_features, train_offline_encoder
from pairbounds.real_data.pairings.pairing import ENCODER

FROZEN = "frozen features"


@dataclass(frozen=True, eq=False)
class Source:
    """A data set to compare pairings on.

    Attributes
    ----------
    dataset : images of one size, which all pairings see
    encoder_without : an encoder of images and texts that has not learned from these images
    evaluator : sees images, and chooses no pairs
    cache : folder of features, or `None` to keep none
    prepare : puts into the cache what `encoder_without` needs, whatever the images
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
        """(n,), what each image shows."""
        return np.array(self.dataset.subjects)


def source(
    dataset: ImageTextDataset,
    cache: Path | None,
    *,
    load: Callable[[], DualEncoder] | None = None,
    device: str = "auto",
) -> Source:
    """A data set with all its label sets, and the encoders that it takes.

    Parameters
    ----------
    load : gives an encoder that has learned from other images; by default one is trained for every draw, on the images
        that are not in it
    device : as `pairbounds.infrastructure.devices.torch_device` has it
    """
    size = dataset.side
    if load is not None:
        return Source(dataset, lambda _: load(), EfficientNet(device=device), cache, load)

    def trained(images: IntArray) -> DualEncoder:
        return train_offline_encoder(dataset, cache=cache, device=device, pixels=size, hidden=images)

    # EfficientNet-Lite0 would be no judge: the trained encoder sees through it, and it would agree with itself.
    prepare = partial(frozen_features, dataset, cache, device, pixels=size)
    return Source(dataset, trained, Gradients(), cache, prepare)


def image_encoders(encoder: DualEncoder) -> dict[str, ImageEncoder]:
    """The encoder, and below its heads what has never met a text, if it has such a part."""
    return {ENCODER: encoder} | ({FROZEN: encoder.images} if isinstance(encoder, OfflineEncoder) else {})
