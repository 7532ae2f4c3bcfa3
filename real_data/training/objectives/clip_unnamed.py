"""CLIP on captions without class names, a control for information beyond class names."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairbounds.real_data.training.objectives.clip import ImageText

if TYPE_CHECKING:
    from pairbounds.real_data.training.data import TrainingData
    from pairbounds.real_data.training.run import Run


class UnnamedImageText(ImageText):
    """CLIP on the captions that name no class of their image; an image without such captions gets a unique word."""

    @classmethod
    def captions_of(cls, run: "Run", data: "TrainingData") -> Sequence[tuple[str, ...]]:  # noqa: ARG003 - shared signature
        """See `ImageText`."""
        return data.source.dataset.unnamed_captions
