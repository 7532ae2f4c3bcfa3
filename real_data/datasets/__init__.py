"""Image sets with captions, in one form; `DATASETS` builds each from its options. `KINDS` lists them.

A data set is built by the function of its name in the module of its name.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.image_settings import KINDS

DATASETS: Mapping[str, Callable[..., ImageTextDataset]] = {
    name: getattr(import_module(f"{__name__}.{name}"), name) for name in KINDS
}

__all__ = ["DATASETS", "ImageTextDataset"]
