"""Optimal encoders among those linear in features, which also embed new images."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import Array, FloatArray, IntArray, without_torch
from pairbounds.infrastructure.checks import require, require_width
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.through_features import (
    LEAST_EIGENVALUE,
    conditional_means,
    feature_blocks,
    second_moments,
    unit_scales,
    validated_features,
)

RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)  # tried by "auto", relative to the mean eigenvalue
FOLDS = 4  # of left nodes, for the cross-validation of the ridge


@dataclass(frozen=True, eq=False)
class LinearEncoder:
    """A linear encoder of width k: `encoder(X)` embeds any rows of features, (n, d), as (n, k).

    Attributes
    ----------
    weights : (d, k); without a ridge the embedding of the training images has orthonormal columns
    ridge : ρ, relative to the mean eigenvalue of the second moments of the features in units of `scales`
    values : (k,), the eigenvalues λ_i of the columns, in decreasing order
    next_value : λ_{k+1}, 0 if there is none
    scales : (d,), one over the root mean square of each feature
    held_out : mean held-out spectral loss by ridge; empty for a given ridge
    """

    weights: FloatArray
    ridge: float
    values: FloatArray
    next_value: float
    scales: FloatArray
    held_out: dict[float, float] = field(default_factory=dict)

    def __call__(self, features: Any) -> FloatArray:
        """Embeddings of the rows of features, (n, k). `ValueError`: wrong number of features."""
        rows = np.asarray(without_torch(features))
        if rows.ndim != 2 or rows.shape[1] != len(self.weights):
            d = len(self.weights)
            raise ValueError(f"features have shape {rows.shape}: the encoder takes rows of {d} features")
        return rows @ self.weights


def linear_optimum(
    graph: PairGraph, features: Any, k: int, *, ridge: float | Literal["auto"] = "auto", seed: int = 0
) -> LinearEncoder:
    """Encoder of width k that minimises the spectral loss among those linear in features, with a ridge.

    Without a ridge it is f* of theorem 42. With nearly as many features as left nodes f* overfits: it can reach any
    embedding of the known images, and embeds new ones badly.

    Parameters
    ----------
    features : (n_left, d), numpy or torch, or a memory map
        As for `PairGraph.through`. New images need the same features, and a column of ones if these have one.
    k : 1..d
    ridge : float or "auto"
        ρ, at least 0, relative to the mean eigenvalue of the second moments of features scaled to root mean square 1.
        "auto" takes the ridge of `RIDGES` with the least spectral loss on held-out left nodes, without labels. It needs
        at least FOLDS left nodes.
    seed : of the folds of left nodes

    Raises
    ------
    ValueError : features that do not fit, k or the ridge out of range

    Notes
    -----
    `K w = λ (S + ρ I) w` with the second moments S of the features, and K along induced pairs. Cost: that of
    `PairGraph.through`; for "auto", `FOLDS` times that. Source: theorem 42.

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds import LatentWorld, linear_optimum
    >>> graph = LatentWorld(seed=0).caption_graph(noise=0.05, detail=0.3)
    >>> features = np.random.default_rng(0).standard_normal((graph.n_left, 40))
    >>> encoder = linear_optimum(graph, features, 8)
    >>> encoder(features[:3]).shape
    (3, 8)
    """
    matrix = validated_features(features, graph.n_left)
    require_width((matrix.shape[1], matrix.shape[1]), k)
    if ridge != "auto":
        return FeatureMoments.of(graph, matrix).encoder(k, ridge)
    if graph.n_left < FOLDS:
        raise ValueError(f"ridge='auto' needs at least {FOLDS} left nodes, not {graph.n_left}: give a number")
    held_out = _held_out_losses(graph, matrix, k, np.random.default_rng(seed))
    best = min(held_out, key=lambda tried: (held_out[tried], tried))
    return replace(FeatureMoments.of(graph, matrix).encoder(k, best), held_out=held_out)


def encoder_from_pairs(first: Any, second: Any, k: int, *, ridge: float = 0.0) -> LinearEncoder:
    """Encoder of width k, linear in features, that minimises the spectral loss on n image pairs, with a ridge.

    Parameters
    ----------
    first, second : (n, d), features of the two images of each pair, drawn independently from `P_T`: two images drawn
        for one caption, or two views of one image
    k, ridge : as in `linear_optimum`

    Raises
    ------
    ValueError : features that do not fit, k or the ridge out of range
    HypothesisError : fewer than k positive values, so the minimiser of the loss has a smaller width

    Notes
    -----
    `K̂ w = λ̂ (Σ̂ + ρ I) w`. Cost: O(n d² + d³). Source: theorem 43.

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds import encoder_from_pairs
    >>> views = np.random.default_rng(0).standard_normal((2, 500, 3)) + 1
    >>> encoder_from_pairs(*views, 1)(views[0]).shape
    (500, 1)
    """
    images = [validated_features(side, len(side)) for side in (first, second)]
    (n, d), other = (side.shape for side in images)
    if other != (n, d):
        raise ValueError(f"pairs have features of shapes {(n, d)} and {other}: give two of one shape (n, d)")
    require_width((d, d), k)
    moments = FeatureMoments.of_pairs(np.concatenate(images), np.arange(n), np.arange(n, 2 * n))
    encoder = moments.encoder(k, ridge)
    positive = int(np.count_nonzero(encoder.values > LEAST_EIGENVALUE))
    require(positive == k, f"the {n} pairs have {positive} positive values: take k <= {positive}, or draw more pairs")
    return encoder


@dataclass(frozen=True, eq=False)
class FeatureMoments:
    """Second moments of features scaled to root mean square 1, and moments along image pairs, (d, d) both."""

    scales: FloatArray
    second: FloatArray
    induced: FloatArray

    @classmethod
    def of(cls, graph: PairGraph, features: FloatArray) -> "FeatureMoments":
        """Moments of the left nodes, and along induced pairs of a graph."""
        scales = unit_scales(features, graph.left_marginal)
        second = second_moments(features, graph.left_marginal, scales)
        induced = np.zeros_like(second)
        for means in conditional_means(graph, features):
            induced += (means * scales).T @ (means * scales)
        return cls(scales, second, induced)

    @classmethod
    def of_pairs(cls, features: Array, first: IntArray, second: IntArray) -> "FeatureMoments":
        """Moments of n image pairs, given by the rows of their features, (n,) both; either image may come first."""
        shares, shape = np.full(len(first), 0.5 / len(first)), (len(features), len(features))
        ordered = sp.csr_array(sp.coo_array((shares, (first, second)), shape=shape))
        pairs = sp.csr_array(ordered + ordered.T)
        masses = np.asarray(pairs.sum(axis=1), dtype=np.float64)
        scales = unit_scales(features, masses)
        induced = np.zeros((features.shape[1], features.shape[1]))
        for rows, block in feature_blocks(features):
            induced += (block * scales).T @ ((pairs[rows] @ features) * scales)
        return cls(scales, second_moments(features, masses, scales), (induced + induced.T) / 2)

    def shift(self, ridge: float) -> float:
        """`ρ` from a ridge relative to the mean eigenvalue."""
        if not 0 <= ridge < np.inf:
            raise ValueError(f"ridge={ridge!r} is not a number of at least 0")
        return ridge * float(np.trace(self.second)) / len(self.second)

    @cached_property
    def _eigenvectors(self) -> tuple[FloatArray, FloatArray]:
        return scipy.linalg.eigh(self.second)

    def encoder(self, k: int, ridge: float) -> LinearEncoder:
        """Encoder of the top k generalised eigenvectors, with columns of 0 beyond the rank of the features."""
        values, vectors = self._eigenvectors
        shifted = values + self.shift(ridge)
        positive = shifted > LEAST_EIGENVALUE * shifted[-1]
        root = vectors[:, positive] / np.sqrt(shifted[positive])
        eigenvalues, turned = scipy.linalg.eigh(root.T @ self.induced @ root)
        eigenvalues = np.pad(np.clip(eigenvalues[::-1], 0, 1), (0, k + 1))
        weights = np.pad(root @ turned[:, ::-1], ((0, 0), (0, k)))[:, :k] * self.scales[:, None]
        return LinearEncoder(weights, ridge, eigenvalues[:k], float(eigenvalues[k]), self.scales)


def _held_out_losses(graph: PairGraph, features: FloatArray, k: int, rng: np.random.Generator) -> dict[float, float]:
    """Mean spectral loss on held-out folds of left nodes, by ridge."""
    losses: dict[float, list[float]] = {ridge: [] for ridge in RIDGES}
    for fold in np.array_split(rng.permutation(graph.n_left), FOLDS):
        training = np.setdiff1d(np.arange(graph.n_left), fold)
        moments = FeatureMoments.of(graph.part(training), features[training])
        for ridge, of_ridge in losses.items():
            embedded = moments.encoder(k, ridge)(features)
            of_ridge.append(_held_out_loss(graph, fold, training, embedded))
    return {ridge: float(np.mean(of_ridge)) for ridge, of_ridge in losses.items()}


def _held_out_loss(graph: PairGraph, fold: IntArray, training: IntArray, f: FloatArray) -> float:
    """Spectral loss on the pairs of a fold, with g from the conditional means of f on the other nodes."""
    pairs, held_out = graph.joint[training], graph.joint[fold]
    masses = pairs.sum(axis=0)
    g = (pairs.T @ f[training]) / np.where(masses > 0, masses, 1.0)[:, None]
    total = held_out.sum()
    images, captions = held_out.sum(axis=1) / total, held_out.sum(axis=0) / total
    attraction = float(np.sum(f[fold] * (held_out @ g))) / total
    repulsion = float(np.sum((f[fold].T * images @ f[fold]) * (g.T * captions @ g)))
    return repulsion - 2 * attraction
