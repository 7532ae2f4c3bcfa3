"""The number of dimensions that an embedding uses."""

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.linalg

from pairbounds.theory.quantities.probes import as_features


def rankme(f: Any, weights: npt.ArrayLike | None = None) -> float:
    """The effective rank of an embedding, `exp H(s / Σ s)` with its singular values s, in [1, k].

    Parameters
    ----------
    f : (n, k), numpy or torch
    weights : (n,), optional
        Probabilities of the rows, the left marginal of a graph say; then s are the singular values of
        `D^{1/2} f`. By default all rows count alike.

    Raises
    ------
    ValueError
        Features or weights of the wrong shape, not finite or negative; an embedding that is 0.

    Notes
    -----
    O(n k²). Source: Garrido et al. 2023 (RankMe; without the ε that they add to each share against `log 0`), after Roy
    and Vetterli 2007 (effective rank).
    """
    features = as_features(f, len(f), "f")
    if weights is not None:
        masses = np.asarray(weights, dtype=np.float64)
        if masses.shape != (len(features),) or not np.all((masses >= 0) & np.isfinite(masses)):
            raise ValueError(f"weights has shape {masses.shape}: give {len(features)} finite, non-negative numbers")
        features = np.sqrt(masses)[:, None] * features
    values = scipy.linalg.svdvals(features)
    if not values[0] > 0:
        raise ValueError("f is 0 wherever it has weight: an embedding that is 0 has no rank")
    shares = values[values > 0] / values.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))))
