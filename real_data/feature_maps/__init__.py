"""Untrained maps from pictures to features: each module has a function of its name and is discovered by it.

The function takes pictures for fitting, (n, 3, s, s) in [-1, 1], and a `numpy.random.Generator`. It returns a map from
a batch of pictures, (b, 3, s, s), to features, (b, width).
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import torch

FEATURE_MAPS: dict[str, Callable[[torch.Tensor, np.random.Generator], Callable[[torch.Tensor], torch.Tensor]]] = {
    name: getattr(import_module(f"{__name__}.{name}"), name) for _, name, _ in iter_modules(__path__)
}
