"""Image sets with captions, in one form; `DATASETS` builds each from its options."""

from collections.abc import Callable, Mapping

from real_data.datasets import emoji, imagefolder, table, webdataset
from real_data.datasets.dataset import ImageTextDataset

DATASETS: Mapping[str, Callable[..., ImageTextDataset]] = {
    "emoji": emoji.emoji,
    "imagefolder": imagefolder.imagefolder,
    "table": table.table,
    "webdataset": webdataset.webdataset,
}

__all__ = ["DATASETS", "ImageTextDataset"]
