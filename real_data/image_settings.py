"""Settings of studies for images, captions and encoders."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pairbounds.infrastructure.checks import require_named
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.sweeps import place

if TYPE_CHECKING:
    from pairbounds.real_data.datasets import ImageTextDataset
    from pairbounds.real_data.encoders.open_clip import OpenClip
    from pairbounds.real_data.pairings.sources import Source

# Kinds of data sets, with the default pixels along a side. The function of this name in `datasets/NAME.py` builds each.
KINDS = {
    "emoji": 96,
    "glyphs": 32,
    "imagefolder": 224,
    "openclipart": 96,
    "table": 224,
    "tabler": 64,
    "tuxpaint": 96,
}
WITH_ROOT = ["imagefolder", "openclipart", "table", "tabler", "tuxpaint"]  # they need a folder or a file
INDEXED = ("imagefolder", "table")  # they take `cache`, a folder with an index of the files
DRAWN_FROM = "imagefolder"  # it takes `classes` and `samples`


def require_at_least(settings: object, **least: int) -> None:
    """Raise a `ValueError` if a setting is below its least value."""
    for name, value in least.items():
        if getattr(settings, name) < value:
            raise ValueError(f"{name}={getattr(settings, name)} must be at least {value}")


@dataclass(frozen=True)
class ImageSettings:
    """The data set and its encoder.

    `ValueError`: a missing root; classes or samples of a data set other than an imagefolder.

    Attributes
    ----------
    dataset : emoji, glyphs, imagefolder, openclipart, table, tabler or tuxpaint
    root : folder of an imagefolder, file of a table, or folder of unpacked packages
    classes, samples : number of random classes and pictures of an imagefolder; by default all
    size : pixels along a side of the images; by default that of the kind, such as 96 for emoji or 224
    model : an open_clip model; by default an encoder is trained here
    pretrained : weights of the model: a tag, a checkpoint, or random
    guide_precision : precision of an open_clip model, "float32" or "bfloat16"; ignored by other encoders
    device : device of the encoders: auto, cpu or cuda
    cache : folder of features and views
    jobs : number of worker processes; set by --jobs
    columns, label_table : of a table: names of its columns of images and captions, and a table of labels
    """

    dataset: str = "emoji"
    root: str | None = None
    classes: int | None = None
    samples: int | None = None
    size: int | None = None
    model: str | None = None
    pretrained: str = "openai"
    guide_precision: Literal["float32", "bfloat16"] = "float32"
    device: str = place("auto")
    cache: str = place(str(FEATURES))
    jobs: int = place(1)
    columns: tuple[str, ...] = ()
    label_table: str | None = None

    def __post_init__(self) -> None:
        require_named("data set", self.dataset, KINDS)
        if self.dataset in WITH_ROOT and self.root is None:
            raise ValueError(f"data set {self.dataset} needs a root: give its folder or file")
        options = [name for name in ("classes", "samples") if getattr(self, name) is not None]
        if options and self.dataset != DRAWN_FROM:
            raise ValueError(f"{' and '.join(options)}: only for an {DRAWN_FROM}: leave out")
        if (self.columns or self.label_table is not None) and self.dataset != "table":
            raise ValueError("columns and label_table are only for a table: leave them out")
        if len(self.columns) not in (0, 2):
            raise ValueError(f"columns={self.columns!r} must be two names, of images and of captions")

    def images(self) -> "ImageTextDataset":
        """The data set. `ValueError`: an image without a label."""
        options: dict[str, Any] = {"size": self.size or KINDS[self.dataset]}
        if self.dataset in INDEXED:
            options["cache"] = Path(self.cache)
        if self.dataset == DRAWN_FROM:
            options |= {"classes": self.classes, "samples": self.samples}
        if self.dataset == "table":
            options |= {"columns": self.columns or None, "labels": self.label_table and Path(self.label_table)}
        location = [Path(self.root)] if self.root is not None and self.dataset in WITH_ROOT else []
        images = _images_of(self.dataset, *location, **options)
        if not images.labelled:
            raise ValueError(f"{self.root}: some images have no label: give the table a column label")
        return images

    def source(self) -> "Source":
        """The data set with its encoders; weights of a model are loaded on first use."""
        from pairbounds.real_data.pairings.sources import source

        load = None if self.model is None else partial(_open_clip, self)
        return source(self.images(), Path(self.cache), load=load, device=self.device)

    def input_keys(self) -> Mapping[str, object]:
        """Content keys of the images, captions and labels, and of the encoder."""
        if self.model is not None:
            _open_clip(self)  # fail early on bad weights, before reading a large data set
        images = self.images()
        encoder = f"{self.model}, {self.pretrained}" if self.model else "offline"
        if self.model and self.guide_precision != "float32":
            encoder += f", {self.guide_precision}"
        return {"images": repr(images), "key": images.key, "pixels": images.size, "encoder": encoder}


@lru_cache(maxsize=1)
def _open_clip(settings: ImageSettings) -> "OpenClip":
    from pairbounds.real_data.encoders.open_clip import OpenClip  # takes two seconds to import

    assert settings.model is not None
    return OpenClip(settings.model, settings.pretrained, precision=settings.guide_precision, device=settings.device)


@cache
def _images_of(dataset: str, *location: Path, **options: Any) -> "ImageTextDataset":
    """The data set of a kind, read once for equal options."""
    from pairbounds.real_data.datasets import DATASETS  # pictures take seconds to import

    return DATASETS[dataset](*location, **options)
