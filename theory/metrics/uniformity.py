"""How evenly an embedding is spread over the sphere."""

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from theory.graph import PairGraph
from theory.metrics.sphere import on_sphere
from theory.scores import log_mean_exp

BLOCK = 4_000_000  # distances held at once


def uniformity(graph: PairGraph, f: Any, g: Any = None, *, t: float = 2.0) -> float:
    """Uniformity `log E exp(-t ‖f̂(x) - f̂(x')‖²)` of two independent left nodes, in [-4t, 0]: 0 if all are alike.

    The nodes are drawn from `p_L × p_L`; with g a left and a right node from `p_L × p_R`.

    Parameters
    ----------
    f : (n_left, k), g : (n_right, k), numpy or torch
        Every row is divided by its norm first.
    t : float
        Positive.

    Raises
    ------
    HypothesisError
        A row of norm 0.
    ValueError
        Features of the wrong shape, or not finite; t not positive.

    Notes
    -----
    Exact, with each node met by itself as often as it is drawn twice. Every pair of nodes counts: O(n_left² k) time, or
    O(n_left n_right k), in blocks of `BLOCK` distances. Source: Wang and Isola 2020.
    """
    if not 0 < t < np.inf:
        raise ValueError(f"t={t!r} is not positive and finite: it is the sharpness of the kernel")
    left, first = on_sphere(f, graph.n_left, "f"), graph.left_marginal
    right, second = (left, first) if g is None else (on_sphere(g, graph.n_right, "g"), graph.right_marginal)
    if left.shape[1] != right.shape[1]:
        raise ValueError(f"f has width {left.shape[1]} and g {right.shape[1]}: distances need one width")
    step = max(1, BLOCK // len(right))
    kernel = [
        log_mean_exp(-t * cdist(left[start : start + step], right, "sqeuclidean"), second)
        for start in range(0, len(left), step)
    ]
    return min(0.0, log_mean_exp(np.concatenate(kernel)[None, :], first).item())
