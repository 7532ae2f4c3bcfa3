"""Settings shared by all studies that train encoders from pixels."""

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pairbounds.real_data.kinds import DRAWN_FROM, KINDS, PLACES
from pairbounds.real_data.settings import ImageSettings, images_of
from pairbounds.real_data.training.joined import joined
from pairbounds.real_data.training.recipe import Evaluation, Optimisation, Recipe
from pairbounds.real_data.training.runs import Studio
from pairbounds.real_data.training.splits import Roles
from pairbounds.real_data.training.views import require_two
from pairbounds.sweeps import place

if TYPE_CHECKING:
    from pairbounds.real_data.datasets import ImageTextDataset


@dataclass(frozen=True)
class TrainingSettings(Evaluation, Optimisation, ImageSettings):
    """Images, the training of an encoder on them, and its evaluation.

    Attributes
    ----------
    size : pixels of the images
    views : of each image, drawn once; 0 for new ones in every epoch
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
    views: int = 8
    eval_dataset: str | None = None
    train_root: str | None = None
    val_root: str | None = None
    workers: int = place(0)
    runs: str = place("build/runs")
    throughput: float | None = place(None)
    pictures: int = place(0)

    def __post_init__(self) -> None:
        ImageSettings.__post_init__(self)
        if self.iterations and self.epochs != Recipe.epochs:
            raise ValueError(
                f"epochs={self.epochs} and iterations={self.iterations}: one of them ends the training, set iterations "
                "to 0 and warmup in epochs, or leave epochs out"
            )
        Optimisation.__post_init__(self)
        if self.views:
            require_two(self.views)
        Evaluation.__post_init__(self)
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
        own = {one.name: getattr(self, one.name) for one in fields(Optimisation)}
        return Recipe(**own, learning_rate=learning_rate)

    def images(self) -> "ImageTextDataset":
        """Images of all data sets, one after another."""
        super().require_root()
        return super().images() if self._alone else _joined(self)[0]

    def studio(self) -> Studio:
        """The data that the encoders of one study share."""
        roles = None if self._alone else _joined(self)[1]
        judged = Evaluation(**{one.name: getattr(self, one.name) for one in fields(Evaluation)})
        return Studio(self.source(), Path(self.cache), self.views, self.workers, self.device, roles, judged)

    @property
    def _alone(self) -> bool:
        return self.eval_dataset is None and self.val_root is None


@lru_cache(maxsize=1)
def _joined(settings: TrainingSettings) -> tuple["ImageTextDataset", Roles]:
    def of(kind: str, place: str | None, samples: int | None = None) -> "ImageTextDataset":
        classes = settings.classes if kind in DRAWN_FROM else None
        return images_of(kind, place, classes, samples, settings.size, settings.cache)

    encoder = of(settings.dataset, settings.root, settings.samples)
    if settings.eval_dataset is None:
        return joined(encoder, None, of(settings.dataset, settings.val_root))
    judging = of(settings.eval_dataset, settings.val_root)
    if settings.train_root is None:
        return joined(encoder, judging, None)
    return joined(encoder, of(settings.eval_dataset, settings.train_root), judging)
