"""Settings shared by all studies that train encoders from pixels."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pairbounds.real_data.image_settings import ImageSettings, require_at_least
from pairbounds.real_data.kinds import PLACES
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.recipe import Optimisation, Recipe
from pairbounds.real_data.training.splits import followed_by
from pairbounds.sweeps import place

if TYPE_CHECKING:
    from pairbounds.real_data.datasets import ImageTextDataset


@dataclass(frozen=True)
class TrainingSettings(Optimisation, ImageSettings):
    """Images, the training of an encoder on them, and its evaluation.

    `ValueError`: a number that is out of range; a data set without its root, or a root without its data set; epochs and
    iterations.

    Attributes
    ----------
    size : pixels of the images
    views : of each image, drawn once; 0 for new ones in every epoch
    val_root : place of the images that judge, of the kind and the classes of those in `root`; by default a part of them
    neighbours : of an image, whose most frequent class it gets
    workers : processes that draw new views
    runs : folder where finished encoders and epochs are kept; `study` takes that of the table
    """

    size: int | None = 64
    views: int = 8
    val_root: str | None = None
    neighbours: int = 20
    workers: int = place(0)
    runs: str = place("build/runs")

    def __post_init__(self) -> None:
        ImageSettings.__post_init__(self)
        if self.iterations and self.epochs != Recipe.epochs:
            raise ValueError(
                f"epochs={self.epochs} and iterations={self.iterations}: one of them ends the training, set iterations "
                "to 0 and warmup in epochs, or leave epochs out"
            )
        Optimisation.__post_init__(self)
        if self.views == 1:
            raise ValueError("views=1: a positive pair takes two")
        require_at_least(self, neighbours=1, views=0)
        if self.val_root is not None and self.dataset not in PLACES:
            raise ValueError(f"val_root: data set {self.dataset} lies nowhere")

    def recipe(self, learning_rate: float = Recipe.learning_rate) -> Recipe:
        """Recipe of one encoder."""
        own = {one.name: getattr(self, one.name) for one in fields(Optimisation)}
        return Recipe(**own, learning_rate=learning_rate)

    def images(self) -> "ImageTextDataset":
        """The images that train encoders, and after them those that judge, where these have a place of their own."""
        judged = self._judged()
        return super().images() if judged is None else followed_by(super().images(), judged)

    def training_data(self) -> TrainingData:
        """The data that the encoders of one study share."""
        judged = self._judged()
        return TrainingData(
            self.source(), Path(self.cache), self.views, self.workers, self.device, len(judged or ()), self.neighbours
        )

    def _judged(self) -> "ImageTextDataset | None":
        return (
            None if self.val_root is None else replace(self, root=self.val_root, val_root=None, samples=None).images()
        )
