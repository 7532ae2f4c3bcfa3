"""Settings of a study that trains encoders from pixels."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pairbounds.real_data.image_settings import WITH_ROOT, ImageSettings, require_at_least
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.splits import followed_by
from pairbounds.sweeps import place

if TYPE_CHECKING:
    from pairbounds.real_data.datasets import ImageTextDataset


@dataclass(frozen=True)
class TrainingSettings(Recipe, ImageSettings):
    """Images, the training of an encoder on them, and its evaluation.

    `ValueError`: a number out of range; a missing root, or a val_root of a data set without a root; both epochs and
    iterations.

    Attributes
    ----------
    size : pixels along a side of the images
    views : number of views of each image, drawn once; 0 for new views in every epoch
    val_root : root of the test images, with the kind and classes of `root`; by default a part of the images
    neighbours : number of neighbours in the k-nearest-neighbour classifier
    workers : processes that draw new views
    runs : folder of finished encoders and checkpoints; `study` uses that of the table
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
                f"epochs={self.epochs} and iterations={self.iterations}: give only one: set iterations to 0 and warmup "
                "in epochs, or leave epochs out"
            )
        Recipe.__post_init__(self)
        if self.views == 1:
            raise ValueError("views=1: a positive pair needs two views: give at least 2, or 0 for new views")
        require_at_least(self, neighbours=1, views=0)
        if self.val_root is not None and self.dataset not in WITH_ROOT:
            raise ValueError(f"val_root: data set {self.dataset} has no root: leave val_root out")

    def recipe(self) -> Recipe:
        """Recipe of the encoders."""
        return Recipe(**{field.name: getattr(self, field.name) for field in fields(Recipe)})

    def images(self) -> "ImageTextDataset":
        """The images, followed by the test images of `val_root` if it is given."""
        judged = self._judged()
        return super().images() if judged is None else followed_by(super().images(), judged)

    def training_data(self) -> TrainingData:
        """Data shared by the encoders of a study."""
        judged = self._judged()
        return TrainingData(
            self.source(), Path(self.cache), self.views, self.workers, self.device, len(judged or ()), self.neighbours
        )

    def _judged(self) -> "ImageTextDataset | None":
        return (
            None if self.val_root is None else replace(self, root=self.val_root, val_root=None, samples=None).images()
        )
