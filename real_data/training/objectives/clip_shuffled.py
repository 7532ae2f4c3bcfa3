"""CLIP with the captions of other images, a control for the information in captions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pairbounds.real_data.training.objectives.clip import ImageText

if TYPE_CHECKING:
    from pairbounds.real_data.training.data import TrainingData
    from pairbounds.real_data.training.run import Run


class ShuffledImageText(ImageText):
    """CLIP on captions permuted among the training images, also between images of one subject."""

    @classmethod
    def captions_of(cls, run: "Run", data: "TrainingData") -> Sequence[tuple[str, ...]]:
        """See `ImageText`."""
        captions, images = list(data.source.dataset.captions), data.split(run.seed).train
        moved = np.random.default_rng([run.seed, 3]).permutation(images)
        for image, other in zip(images, moved, strict=True):
            captions[image] = data.source.dataset.captions[other]
        return captions
