"""CLIP with the captions of other images, a control of what captions tell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pairbounds.real_data.training.objectives.clip import ImageText

if TYPE_CHECKING:
    from pairbounds.real_data.training.runs import Run, Studio


class ShuffledImageText(ImageText):
    """CLIP on captions permuted among the images that train it, also between images of one subject."""

    @classmethod
    def captions_of(cls, run: "Run", studio: "Studio") -> Sequence[tuple[str, ...]]:
        """See `ImageText`."""
        captions, images = list(studio.source.dataset.captions), studio.split(run.seed).train
        moved = np.random.default_rng([run.seed, 3]).permutation(images)
        for image, other in zip(images, moved, strict=True):
            captions[image] = studio.source.dataset.captions[other]
        return captions
