"""Embeddings on the unit sphere, where the literature measures alignment, uniformity and confusion."""

from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.quantities.probes import as_features


def on_sphere(f: Any, size: int, name: str) -> FloatArray:
    """Every row divided by its norm, (size, k).

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
    require(largest.all(), f"{name} has {np.sum(largest == 0)} rows of norm 0, which have no direction on the sphere")
    scaled = features / largest
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True))
