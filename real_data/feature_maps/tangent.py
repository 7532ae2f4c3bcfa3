"""Gradients of a random network at initialisation: the features of its neural tangent kernel, sketched."""

from collections.abc import Callable

import numpy as np
import torch
from torch.func import grad, vmap

from pairbounds.real_data.feature_maps.conv import CHANNELS, convolutions, convolved, normal

BUCKETS = 2_048


def tangent(fitted: torch.Tensor, rng: np.random.Generator) -> Callable[[torch.Tensor], torch.Tensor]:
    """Count sketch of the derivatives of an output with respect to the 74,688 weights: 2,048 features.

    The output is a random linear function of the mean of `conv`'s last layer. Each derivative is added to a random
    bucket with a random sign, which preserves inner products in expectation. Sources: Jacot et al. 2018 (the kernel),
    Charikar et al. 2002 (the sketch).
    """
    width, device = CHANNELS[-1], fitted.device
    weights = [*convolutions(rng, device), normal(rng, (width,), width**-0.5, device)]
    size = sum(weight.numel() for weight in weights)
    buckets = torch.from_numpy(rng.integers(BUCKETS, size=size)).to(device)
    signs = torch.from_numpy(rng.choice(np.array([-1, 1], dtype=np.float32), size)).to(device)
    gradients = vmap(grad(output), in_dims=(None, 0))

    def sketched(pictures: torch.Tensor) -> torch.Tensor:
        derivatives = torch.cat([part.flatten(1) for part in gradients(weights, pictures)], dim=1)
        return torch.zeros(len(pictures), BUCKETS, device=device).index_add_(1, buckets, derivatives * signs)

    return sketched


def output(weights: list[torch.Tensor], picture: torch.Tensor) -> torch.Tensor:
    """The network's output for one picture, a number."""
    return convolved(picture[None], weights[:-1]).mean((0, 2, 3)) @ weights[-1]
