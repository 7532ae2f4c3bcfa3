"""Metrics of embeddings on the unit sphere: alignment and uniformity (Wang and Isola 2020), confusion of views."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import FloatArray, IntArray, row_blocks, row_norms
from pairbounds.infrastructure.checks import listed_rows, require
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.probes import as_features
from pairbounds.theory.quantities.scores import log_mean_exp

BLOCK = 4_000_000  # distances of views in memory at once


def on_sphere(f: Any, size: int, name: str, rows: IntArray | None = None) -> FloatArray:
    """Rows divided by their norms, (size, k); `rows` has their numbers for messages, by default 0..

    `HypothesisError`: a row of norm 0. `ValueError`: features of the wrong shape, or not finite.
    """
    features = as_features(f, size, name)
    # Divide by the largest entry first, so that no square overflows or vanishes.
    largest = np.maximum(features.max(axis=1), -features.min(axis=1))[:, None]
    numbers = np.arange(size) if rows is None else rows
    zero = listed_rows(numbers[largest[:, 0] == 0].tolist())
    cure = "leave these rows and their pairs out, or give them features"
    require(largest.all(), f"{name} has no direction on the sphere in {zero}, of norm 0: {cure}")
    scaled = features / largest
    return np.asarray(scaled / row_norms(scaled)[:, None])


def alignment(graph: PairGraph, f: Any, g: Any = None) -> float:
    """Alignment of an embedding on the unit sphere, in [0, 4]: 0 if both ends of every pair are embedded alike.

    With f alone `E_{(x,x')~P_T} ‖f̂(x) - f̂(x')‖²` over the induced pairs; with g too `E_{(x,l)~P} ‖f̂(x) - ĝ(l)‖²`.

    Parameters
    ----------
    f : (n_left, k), g : (n_right, k), numpy or torch
        Every row is divided by its norm first.

    Raises
    ------
    HypothesisError : a row of norm 0
    ValueError : features of the wrong shape, or not finite

    Notes
    -----
    O(nnz k); P_T is never formed. Source: Wang and Isola 2020, with the exponent 2.
    """
    left = on_sphere(f, graph.n_left, "f")
    return squared_distance(graph, left, None if g is None else on_sphere(g, graph.n_right, "g"))


def squared_distance(graph: PairGraph, f: FloatArray, g: FloatArray | None = None) -> float:
    """`alignment` of unscaled features.

    Two independent draws from a right node l have the mean squared distance `2 E ‖f(x) - E[f | l]‖²`, a sum in which
    nothing cancels.
    """
    centres = graph.joint.T @ f / graph.right_marginal[:, None] if g is None else g
    if f.shape[1] != centres.shape[1]:
        raise ValueError(f"f has width {f.shape[1]} and g {centres.shape[1]}: give the same width")
    pairs = graph.joint.tocoo()
    rows, columns = pairs.coords
    total = 0.0
    for chosen in row_blocks(pairs.nnz, f.shape[1]):
        apart = f.take(rows[chosen], axis=0)  # takes half the time of `f[...]`
        apart -= centres.take(columns[chosen], axis=0)
        total += float(pairs.data[chosen] @ np.einsum("ij,ij->i", apart, apart))
    return 2 * total if g is None else total


def uniformity(graph: PairGraph, f: Any, g: Any = None, *, t: float = 2.0) -> float:
    """Uniformity `log E exp(-t ‖f̂(x) - f̂(x')‖²)` of two independent left nodes, in [-4t, 0]; 0 if all are equal.

    The nodes are drawn from `p_L × p_L`; with g a left and a right node from `p_L × p_R`.

    Parameters
    ----------
    f : (n_left, k), g : (n_right, k), numpy or torch
        Every row is divided by its norm first.
    t : positive

    Raises
    ------
    HypothesisError : a row of norm 0
    ValueError : features of the wrong shape, or not finite; t not positive

    Notes
    -----
    Exact, including pairs of a node with itself. Cost: O(n_left² k), or O(n_left n_right k), in blocks that stay in the
    cache. Source: Wang and Isola 2020.
    """
    from scipy.spatial.distance import cdist  # a tenth of a second to load

    if not 0 < t < np.inf:
        raise ValueError(f"t={t!r} is not positive and finite: give another sharpness of the kernel")
    left, first = on_sphere(f, graph.n_left, "f"), graph.left_marginal
    right, second = (left, first) if g is None else (on_sphere(g, graph.n_right, "g"), graph.right_marginal)
    if left.shape[1] != right.shape[1]:
        raise ValueError(f"f has width {left.shape[1]} and g {right.shape[1]}: give the same width")
    kernel = [
        log_mean_exp(-t * cdist(left[rows], right, "sqeuclidean"), second) for rows in row_blocks(len(left), len(right))
    ]
    return min(0.0, log_mean_exp(np.concatenate(kernel)[None, :], first).item())


def average_confusion_rate(features: Any, samples: ArrayLike) -> float:
    """Average confusion rate: share of views whose nearest other view, on the sphere, is of another sample; in [0, 1].

    Parameters
    ----------
    features : (n, k), numpy or torch, one row for each view; divided by its norm first
    samples : (n,), the sample of each view: ids of any kind, each at least twice. With classes in their place it is the
        share of views that a nearest neighbour misclassifies.

    Raises
    ------
    HypothesisError : a row of norm 0
    ValueError : wrong shapes, features that are not finite, a sample with a single view, one sample only

    Notes
    -----
    Ties count as confusion, so a constant embedding has an ACR of 1. Cost: O(n² k), in blocks of `BLOCK` distances, as
    sums of squares, in which nothing cancels. Source: Wang et al. 2022.
    """
    from scipy.spatial.distance import cdist  # a tenth of a second to load

    ids = np.asarray(samples)
    if ids.ndim != 1:
        raise ValueError(f"samples has shape {ids.shape}: give one id for each view")
    _, group_of, views = np.unique(ids, return_inverse=True, return_counts=True)
    if len(views) < 2 or views.min() < 2:
        raise ValueError(
            f"samples has {len(views)} samples, {np.sum(views == 1)} of them with one view: give two or more samples, "
            "each with two or more views"
        )
    sphere = on_sphere(features, len(ids), "features")
    confused = 0
    for rows in row_blocks(len(ids), len(ids), BLOCK):
        distances = cdist(sphere[rows], sphere, "sqeuclidean")
        same_sample = group_of[rows, None] == group_of
        to_others = np.where(same_sample, np.inf, distances).min(axis=1)
        np.fill_diagonal(distances[:, rows.start :], np.inf)  # a view is not its own neighbour
        confused += int(np.sum(to_others <= np.where(same_sample, distances, np.inf).min(axis=1)))
    return confused / len(ids)
