"""What all studies that train encoders from pixels share, among their settings."""

from dataclasses import dataclass
from pathlib import Path

from real_data.settings import ImageSettings
from real_data.training.recipe import Precision, Recipe
from real_data.training.runs import Studio
from real_data.training.views import require_two
from theory.sweeps import where


@dataclass(frozen=True)
class TrainingSettings(ImageSettings):
    """Which images, and how an encoder is trained on them.

    Attributes
    ----------
    size : pixels of the images
    backbone, epochs, batch, optimizer, weight_decay, warmup, precision : as `Recipe` has them
    views : of each image, drawn once; 0 for new ones in every epoch
    workers : processes that draw new views
    runs : folder where finished encoders and epochs are kept
    """

    size: int | None = 64
    backbone: str = Recipe.backbone
    epochs: int = Recipe.epochs
    batch: int = Recipe.batch
    optimizer: str = Recipe.optimizer
    weight_decay: float = Recipe.weight_decay
    warmup: int = Recipe.warmup
    precision: Precision = Recipe.precision
    views: int = 8
    workers: int = where(0)
    runs: str = where("build/runs")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.views:
            require_two(self.views)
        self.recipe()

    def recipe(self, learning_rate: float = Recipe.learning_rate) -> Recipe:
        """How one encoder is trained."""
        names = ("backbone", "epochs", "batch", "optimizer", "weight_decay", "warmup", "precision")
        return Recipe(**{name: getattr(self, name) for name in names}, learning_rate=learning_rate)

    def studio(self) -> Studio:
        """The data that the encoders of one study share."""
        return Studio(self.source(), Path(self.cache), self.views, self.workers, self.device)
