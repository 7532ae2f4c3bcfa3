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
        dataset = data.source.dataset
        kept = (
            tuple(text for text, names in zip(texts, naming, strict=True) if not names)
            for texts, naming in zip(dataset.captions, dataset.naming, strict=True)
        )
        return [texts or (f"image{number}",) for number, texts in enumerate(kept)]
