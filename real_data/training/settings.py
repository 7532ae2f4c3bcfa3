"""Settings shared by all studies that train encoders from pixels."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pairbounds.real_data.kinds import DRAWN_FROM, KINDS, PLACES
from pairbounds.real_data.settings import ImageSettings, images_of
from pairbounds.real_data.training.crop_classifier import CropRecipe
from pairbounds.real_data.training.evaluation import Evaluation
from pairbounds.real_data.training.joined import Joined, joined
from pairbounds.real_data.training.recipe import Precision, Recipe
from pairbounds.real_data.training.runs import Studio
from pairbounds.real_data.training.views import require_two
from pairbounds.sweeps import place

if TYPE_CHECKING:
    from pairbounds.real_data.datasets import ImageTextDataset


@dataclass(frozen=True)
class TrainingSettings(ImageSettings):
    """Images, the training of an encoder on them, and its evaluation.

    Attributes
    ----------
    size : pixels of the images
    backbone : "small", a network of timm, or open_clip/NAME
    epochs : passes over the training images
    iterations : steps in all, in place of the epochs; 0: the epochs decide
    batch : images in a step
    optimizer : as timm names them: "adamw", "sgd", "lars"
    momentum : of "sgd" and "lars"
    weight_decay : of weights, not of biases and normalisations
    warmup : epochs in which the learning rate rises, or steps where `iterations` are given
    precision : "float32", or "bfloat16" by autocast
    temperature : of NT-Xent
    head_width : of the embedding that NT-Xent compares
    head_norm : batch norm in the head
    views : of each image, drawn once; 0 for new ones in every epoch
    neighbours : of an image, whose most frequent class it gets
    crop_iterations : steps of a linear classifier on crops; 0: there is none
    crop_batch : crops in each step
    crop_learning_rate : of its SGD, at the first step
    crop_momentum, crop_weight_decay : of its SGD
    eval_dataset : the kind of the images that judge; by default those of `dataset` do
    train_root : place of the labelled images that train the probe, where they are others than those of `root`
        With `eval_dataset` and no `train_root`, a part of those in `val_root` trains the probe.
    val_root : place of the labelled images that judge
    workers : processes that draw new views
    runs : folder where finished encoders and epochs are kept; `study` takes that of the table
    throughput : pictures a second that one device trains on, both views counted, for a forecast in GPU-hours
    pictures : in the training set, for a forecast without the data set

    Raises
    ------
    ValueError
        A number that is out of range; a data set without its root, or a root without its data set; epochs and
        iterations.
    """

    size: int | None = 64
    backbone: str = Recipe.backbone
    epochs: int = Recipe.epochs
    iterations: int = Recipe.iterations
    batch: int = Recipe.batch
    optimizer: str = Recipe.optimizer
    momentum: float = Recipe.momentum
    weight_decay: float = Recipe.weight_decay
    warmup: int = Recipe.warmup
    precision: Precision = Recipe.precision
    temperature: float = Recipe.temperature
    head_width: int = Recipe.head_width
    head_norm: bool = Recipe.head_norm
    views: int = 8
    neighbours: int = Evaluation.neighbours
    crop_iterations: int = 0
    crop_batch: int = CropRecipe.batch
    crop_learning_rate: float = CropRecipe.learning_rate
    crop_momentum: float = CropRecipe.momentum
    crop_weight_decay: float = CropRecipe.weight_decay
    eval_dataset: str | None = None
    train_root: str | None = None
    val_root: str | None = None
    workers: int = place(0)
    runs: str = place("build/runs")
    throughput: float | None = place(None)
    pictures: int = place(0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.iterations and self.epochs != Recipe.epochs:
            raise ValueError(
                f"epochs={self.epochs} and iterations={self.iterations}: one of them ends the training, set iterations "
                "to 0 and warmup in epochs, or leave epochs out"
            )
        if self.views:
            require_two(self.views)
        self.recipe()
        self.evaluation()
        if self.eval_dataset is not None and self.eval_dataset not in KINDS:
            raise ValueError(f"eval_dataset={self.eval_dataset!r} is none of {', '.join(KINDS)}")
        if self.eval_dataset in PLACES and self.val_root is None:
            raise ValueError(f"data set {self.eval_dataset} judges: where is it? give val_root")
        if self.train_root is not None and (self.eval_dataset is None or self.val_root is None):
            raise ValueError(
                "train_root has the images that train the probe, beside root: it goes with eval_dataset and val_root"
            )
        if self.val_root is not None and (self.eval_dataset or self.dataset) not in PLACES:
            raise ValueError(f"val_root: data set {self.eval_dataset or self.dataset} lies nowhere")

    @property
    def is_here(self) -> bool:
        """Test whether the data set is to be read, and is not known by the number of its pictures alone."""
        return self.dataset not in PLACES or self.root is not None or not self.pictures

    def require_root(self) -> None:
        """See `ImageSettings`: to forecast, the number of pictures is enough."""
        if self.is_here:
            super().require_root()

    @property
    def kinds(self) -> tuple[str, ...]:
        """See `ImageSettings`."""
        return (self.dataset, *([] if self.eval_dataset is None else [self.eval_dataset]))

    def recipe(self, learning_rate: float = Recipe.learning_rate) -> Recipe:
        """Recipe of one encoder."""
        names = (
            "backbone", "epochs", "iterations", "batch", "optimizer", "momentum", "weight_decay", "warmup", "precision",
            "temperature", "head_width", "head_norm",
        )  # fmt: skip
        return Recipe(**{name: getattr(self, name) for name in names}, learning_rate=learning_rate)

    def evaluation(self) -> Evaluation:
        """Evaluation of the encoder."""
        if self.crop_iterations == 0:
            return Evaluation(self.neighbours)
        names = ("iterations", "batch", "learning_rate", "momentum", "weight_decay")
        return Evaluation(self.neighbours, CropRecipe(**{name: getattr(self, f"crop_{name}") for name in names}))

    def images(self) -> "ImageTextDataset":
        """Images of all data sets, one after another."""
        super().require_root()
        together = self._joined()
        return super().images() if together is None else together.dataset

    def studio(self) -> Studio:
        """The data that the encoders of one study share."""
        together = self._joined()
        return Studio(
            self.source(),
            Path(self.cache),
            self.views,
            self.workers,
            self.device,
            None if together is None else together.roles,
            self.evaluation(),
        )

    def _joined(self) -> Joined | None:
        """The data sets, where there are several."""
        if self.eval_dataset is None and self.val_root is None:
            return None
        return _joined(self.dataset, self.root, self.eval_dataset, self.train_root, self.val_root,
                       self.classes, self.samples, self.size, self.cache)  # fmt: skip


@cache
def _joined(
    dataset: str,
    root: str | None,
    eval_dataset: str | None,
    train_root: str | None,
    val_root: str | None,
    classes: int | None,
    samples: int | None,
    size: int | None,
    cache: str,
) -> Joined:
    def of(kind: str, place: str | None, samples: int | None = None) -> "ImageTextDataset":
        return images_of(kind, place, classes if kind in DRAWN_FROM else None, samples, size, cache)

    encoder = of(dataset, root, samples)
    if eval_dataset is None:
        return joined(encoder, None, of(dataset, val_root))
    if train_root is None:
        return joined(encoder, of(eval_dataset, val_root), None)
    return joined(encoder, of(eval_dataset, train_root), of(eval_dataset, val_root))
