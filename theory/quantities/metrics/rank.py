"""The number of dimensions that an embedding uses."""

from typing import Any

import numpy as np
import scipy.linalg

from pairbounds.theory.quantities.probes import as_features


def rankme(f: Any) -> float:
    """The effective rank of an embedding, `exp H(s / Σ s)` with its singular values s, in [1, k].

    Parameters
    ----------
    f : (n, k), numpy or torch

    Raises
    ------
    ValueError
        Features of the wrong shape, or not finite; an embedding that is 0.

    Notes
    -----
    O(n k²). Source: Garrido et al. 2023 (RankMe; without the ε that they add to each share against `log 0`), after Roy
    and Vetterli 2007 (effective rank).
    """
    features = as_features(f, len(f), "f")
    values = scipy.linalg.svdvals(features)
    if not values[0] > 0:
        raise ValueError("f is 0: an embedding that is 0 has no rank")
    shares = values[values > 0] / values.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))))
