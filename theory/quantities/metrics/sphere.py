"""Embeddings on the unit sphere, where the literature measures alignment, uniformity and confusion."""

from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.hypotheses import require
from pairbounds.infrastructure.names import listed_rows
from pairbounds.theory.quantities.probes import as_features


def on_sphere(f: Any, size: int, name: str, rows: IntArray | None = None) -> FloatArray:
    """Every row divided by its norm, (size, k).

    Parameters
    ----------
    rows : (size,), optional
        The numbers of the rows for messages; by default 0.. .

    Raises
    ------
    HypothesisError
        A row of norm 0, which has no direction.
    ValueError
        Features of the wrong shape, or not finite.
    """
    features = as_features(f, size, name)
    # By the largest entry first, so that no square overflows or vanishes.
    largest = np.abs(features).max(axis=1, keepdims=True)
    numbers = np.arange(size) if rows is None else rows
    zero = listed_rows(numbers[largest[:, 0] == 0].tolist())
    cure = "leave these rows and their pairs out, or give them features"
    require(largest.all(), f"{name} has no direction on the sphere in {zero}, of norm 0: {cure}")
    scaled = features / largest
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True))
