"""Features in the scale that a linear classifier is trained in, in single precision and in blocks.

ImageNet's by a ResNet-50 are 10.5 GB in float32; in float64, with what is in between, several times as much.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from pairbounds.infrastructure.arrays import FloatArray, IntArray

Features = FloatArray | npt.NDArray[np.float32]
BLOCK = 8192  # rows that are in double precision at a time


def standardised(features: Features, train: IntArray) -> torch.Tensor:
    """Features less their mean over the training rows, over their deviation there, (n, width), float32.

    A feature that is constant on the training rows says nothing, and is 0. Moments are taken in double precision.

    Parameters
    ----------
    features : (n, width), in single or double precision
    train : rows

    Raises
    ------
    ValueError
        Features that are not finite.
    """
    if not all(np.isfinite(block).all() for block in _blocks(features)):
        raise ValueError("features are not finite: the encoder has diverged")
    mean = sum(block.sum(axis=0) for block in _blocks(features, train)) / len(train)
    squares = sum(((block - mean) ** 2).sum(axis=0) for block in _blocks(features, train))
    deviation = np.sqrt(squares / len(train))
    scaled = torch.empty(features.shape, dtype=torch.float32)
    for start, block in zip(range(0, len(features), BLOCK), _blocks(features), strict=True):
        rows = (block - mean) / np.where(deviation > 0, deviation, np.inf)
        scaled[start : start + BLOCK] = torch.from_numpy(rows)
    return scaled


def _blocks(features: Features, rows: IntArray | None = None) -> Iterator[FloatArray]:
    for start in range(0, len(features) if rows is None else len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        yield features[part if rows is None else rows[part]].astype(np.float64)
