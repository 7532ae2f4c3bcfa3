"""A small convolutional network with random weights."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch.nn.functional import adaptive_avg_pool2d, conv2d, relu

CHANNELS = (3, 32, 64, 96)
PLACES = 4  # rows and columns of the pooled last layer


def conv(fitted: torch.Tensor, rng: np.random.Generator) -> Callable[[torch.Tensor], torch.Tensor]:
    """Three convolutions (3 x 3, stride 2) with ReLU and normal weights (He et al. 2015): 96 channels, 4 x 4 cells."""
    weights = convolutions(rng, fitted.device)
    return lambda pictures: adaptive_avg_pool2d(convolved(pictures, weights), PLACES).flatten(1)


def convolutions(rng: np.random.Generator, device: torch.device) -> list[torch.Tensor]:
    """Weights of the convolutions, (out, in, 3, 3) each, which preserve the mean square of the input."""
    shapes = [(after, before, 3, 3) for before, after in pairwise(CHANNELS)]
    return [normal(rng, shape, (2 / (9 * shape[1])) ** 0.5, device) for shape in shapes]


def convolved(pictures: torch.Tensor, weights: Sequence[torch.Tensor]) -> torch.Tensor:
    """The last layer, (b, 96, s/8, s/8)."""
    for weight in weights:
        pictures = relu(conv2d(pictures, weight, stride=2, padding=1))
    return pictures


def normal(rng: np.random.Generator, shape: tuple[int, ...], deviation: float, device: torch.device) -> torch.Tensor:
    """Normal weights, the same on every device."""
    return torch.from_numpy((deviation * rng.standard_normal(shape)).astype(np.float32)).to(device)
