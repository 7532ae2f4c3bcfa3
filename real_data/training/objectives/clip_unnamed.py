"""CLIP without class names, a control: what captions teach beyond the names of classes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairbounds.real_data.training.objectives.clip import ImageText

if TYPE_CHECKING:
    from pairbounds.real_data.training.data import TrainingData
    from pairbounds.real_data.training.run import Run


class UnnamedImageText(ImageText):
    """CLIP on the captions that name no class of their image; an image without any has a word of its own."""

    @classmethod
    def captions_of(cls, run: "Run", data: "TrainingData") -> Sequence[tuple[str, ...]]:  # noqa: ARG003 - shared signature
        """See `ImageText`."""
        return data.source.dataset.unnamed_captions
