"""Random patches of pictures as filters (Coates and Ng 2011)."""

from collections.abc import Callable

import numpy as np
import torch
from torch.nn.functional import adaptive_avg_pool2d, normalize, relu, unfold

SIDE = 6  # pixels of a patch
FILTERS = 256
SAMPLE = 20_000  # patches for fitting the whitening
CONTRAST = 10 / 127.5**2  # added to the variance of a patch: 10 for pixels in 0..255
RIDGE = 0.1  # added to the eigenvalues of the patches' covariance
THRESHOLD = 0.25
PLACES = 2  # rows and columns of pooling regions


def patches(fitted: torch.Tensor, rng: np.random.Generator) -> Callable[[torch.Tensor], torch.Tensor]:
    """Products of whitened patches with 256 random patches, with a two-sided soft threshold, pooled in four quadrants.

    2,048 features. Source: Coates and Ng 2011, *The importance of encoding versus training*, with random patches as the
    dictionary and a soft threshold as the code.
    """
    places = fitted.shape[-1] - SIDE + 1
    chosen = rng.integers([len(fitted), places, places], size=(SAMPLE, 3)).tolist()
    sources = torch.stack([fitted[i, :, row : row + SIDE, column : column + SIDE] for i, row, column in chosen])
    sample = normalised(sources.flatten(1).double())
    centred = sample - sample.mean(0)
    values, vectors = torch.linalg.eigh(centred.T @ centred / SAMPLE)
    whitening = vectors / (values + RIDGE).sqrt() @ vectors.T
    filters = normalize(centred[:FILTERS] @ whitening)
    weights = (whitening @ filters.T).float()
    mean = sample.mean(0).float()

    def activations(pictures: torch.Tensor) -> torch.Tensor:
        products = (normalised(unfold(pictures, SIDE).transpose(1, 2)) - mean) @ weights
        above = torch.cat([relu(products - THRESHOLD), relu(-products - THRESHOLD)], dim=2)
        return adaptive_avg_pool2d(above.transpose(1, 2).reshape(len(pictures), -1, places, places), PLACES).flatten(1)

    return activations


def normalised(patches: torch.Tensor) -> torch.Tensor:
    """Patches, (..., values), normalised to mean 0 and variance 1; the variance is smaller at low contrast."""
    variance, mean = torch.var_mean(patches, dim=-1, keepdim=True, correction=0)
    return (patches - mean) / (variance + CONTRAST).sqrt()
