"""Image sets with captions, in one form; `DATASETS` builds each from its options."""

from collections.abc import Callable, Mapping

from real_data.datasets import emoji, imagefolder, openclipart, table, tuxpaint, webdataset
from real_data.datasets.dataset import ImageTextDataset

DATASETS: Mapping[str, Callable[..., ImageTextDataset]] = {
    "emoji": emoji.emoji,
    "imagefolder": imagefolder.imagefolder,
    "openclipart": openclipart.openclipart,
    "table": table.table,
    "tuxpaint": tuxpaint.tuxpaint,
    "webdataset": webdataset.webdataset,
}

__all__ = ["DATASETS", "ImageTextDataset"]
