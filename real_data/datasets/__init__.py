"""Image sets with captions, in one form; `DATASETS` builds each from its options."""

from collections.abc import Callable, Mapping

from real_data.datasets.dataset import ImageTextDataset
from real_data.datasets.emoji import emoji
from real_data.datasets.imagefolder import imagefolder
from real_data.datasets.table import table

DATASETS: Mapping[str, Callable[..., ImageTextDataset]] = {
    "emoji": emoji,
    "imagefolder": imagefolder,
    "table": table,
}

__all__ = ["DATASETS", "ImageTextDataset"]
