"""Image sets with captions, in one form; `DATASETS` builds each from its options. `kinds` lists them.

A set of icons is built by `icon_set`; any other by the function of its name in the module of its name.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.icons import ICON_SETS, icon_set
from pairbounds.real_data.kinds import KINDS

DATASETS: Mapping[str, Callable[..., ImageTextDataset]] = {
    name: partial(icon_set, of=name) if name in ICON_SETS else getattr(import_module(f"{__name__}.{name}"), name)
    for name in KINDS
}

__all__ = ["DATASETS", "ImageTextDataset"]
