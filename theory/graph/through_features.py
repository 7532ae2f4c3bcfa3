"""Pair graph in the coordinates of features, for encoders that are linear in these features (theorem 42).

With features X whitened to X̃, the walk `ĀĀᵀ` becomes `M = E_{P_T} X̃(x) X̃(x')ᵀ`, and the labels become
`B_c = E X̃ 1[y = c]`. Both are small, and all that theorems 4, 15 and 16 need.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, Array, FloatArray, without_torch
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum, measured

BLOCK = 2**23  # numbers in a block of features or of right nodes: 64 MB
LEAST_EIGENVALUE = 1e-12  # of the features' second moments, relative to the largest: smaller ones are round-off
SMALLEST = 1e-290  # least feature that does not count as 0
CONSTANT = 1e-6  # largest distance of the constant from the span of features that contains it


@dataclass(frozen=True, eq=False)
class GraphThroughFeatures:
    """Pair graph in the coordinates of m whitened features; `PairGraph.through` makes it.

    Attributes
    ----------
    graph : the pair graph
    features : (n_left, d), as given
    whitening : (d, m), the map W to whitened features, `E (X W)ᵀ (X W) = I`; m is their rank under the left marginal
    moments : (m, m), M, whose eigenvalues `τ_1² >= τ_2² >= …` replace the σ_i²
    rounding : bound on the round-off of M in the operator norm
    """

    graph: PairGraph
    features: Array
    whitening: FloatArray
    moments: FloatArray
    rounding: float

    @classmethod
    def of(cls, graph: PairGraph, features: Any) -> "GraphThroughFeatures":
        """See `PairGraph.through`."""
        matrix = validated_features(features, graph.n_left)
        whitening, condition = _whitening(matrix, graph.left_marginal)
        rounding = 4 * EPS * (condition + sum(graph.shape) ** 0.5)
        moments = np.zeros((whitening.shape[1], whitening.shape[1]))
        for means in conditional_means(graph, matrix):
            hop = means @ whitening
            moments += hop.T @ hop
        return cls(graph, matrix, whitening, moments, rounding)

    is_linear = True

    @property
    def pair_graph(self) -> PairGraph:
        """The pair graph without the features."""
        return self.graph

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of coordinates in place of nodes, (m, m)."""
        return self.moments.shape[0], self.moments.shape[1]

    @cached_property
    def spectrum(self) -> Spectrum:
        """All m values τ_i and vectors v_i; the residuals include the round-off of M."""
        roots, vectors = (part[..., ::-1] for part in self._eigenvalue_roots)
        computed = measured(self.normalized, (vectors, roots, vectors), "dense", 0.0, 1.0)
        # A shift of τ² by `rounding` shifts τ by `rounding / τ`, and at 0 by the root of `rounding`.
        moved = self.rounding / np.maximum(roots, np.sqrt(self.rounding))
        return Spectrum(computed.singular_values, vectors, vectors, computed.residuals + moved, "dense")

    @cached_property
    def normalized(self) -> FloatArray:
        """Symmetric root of M, (m, m), which replaces Ā."""
        roots, vectors = self._eigenvalue_roots
        return (vectors * roots) @ vectors.T

    @cached_property
    def _eigenvalue_roots(self) -> tuple[FloatArray, FloatArray]:
        """The values τ_i in increasing order, and their vectors."""
        values, vectors = scipy.linalg.eigh(self.moments)
        return np.sqrt(np.clip(values, 0, 1)), vectors

    @cached_property
    def weighted_targets(self) -> sp.csr_array:
        """Labels in the coordinates of the whitened features, `B`, (m, r), a column for each class present."""
        return sp.csr_array(self._averages(class_indicators(required_labels(self.graph, "left"))))

    @property
    def spans_constant(self) -> bool:
        """True if the constant is a linear function of the features, up to round-off."""
        return self.constant_distance <= CONSTANT

    @cached_property
    def constant_distance(self) -> float:
        """Distance of the constant from the span of the features, rounded up."""
        mean = self._averages(sp.csr_array(np.ones((self.graph.n_left, 1))))
        missed = 1 - self.at_nodes(mean)[:, 0]
        return float(np.sqrt(self.graph.left_marginal @ missed**2)) + self.rounding

    def _averages(self, values: sp.csr_array) -> FloatArray:
        """`E X̃ v` of functions v of the left nodes, (m, r), from (n_left, r)."""
        summed = np.zeros((self.features.shape[1], values.shape[1]))
        for rows, block in feature_blocks(self.features):
            summed += (sp.csr_array(values[rows]).T @ (self.graph.left_marginal[rows, None] * block)).T
        return self.whitening.T @ summed

    @cached_property
    def unreached(self) -> float:
        """`e_X = 1 - Σ_c ‖B_c‖²`, the squared error of the linear probe on all features, in [0, 1]."""
        return float(np.clip(1 - np.sum(self.weighted_targets.data**2), 0, 1))

    @cached_property
    def variation(self) -> float:
        """`φ = Σ_c B_cᵀ (I - M) B_c`, the mean variation of that probe's scores along induced pairs, at least 0."""
        targets = self.weighted_targets.toarray()
        return max(0.0, float(np.sum(targets * (targets - self.moments @ targets))))

    def probe_mse(self, k: int) -> float:
        """Exact `ε₂` of the optimum of width k among encoders linear in the features, `e_X + Σ_{i>k} c_i`."""
        energy = np.sum((self.weighted_targets.T @ self.spectrum.leading(k).left) ** 2)
        return max(0.0, 1 - float(energy))

    def optimum(self, k: int) -> FloatArray:
        """Embedding of the left nodes by that optimum, (n_left, k), whitened; columns of 0 beyond the rank."""
        return self.at_nodes(self.spectrum.leading(k).left)

    def combined_at_nodes(self, mixing: FloatArray, vectors: FloatArray) -> FloatArray:
        """See `PairGraph.combined_at_nodes`."""
        combined = np.tensordot(mixing, vectors, axes=1)
        scores = self.at_nodes(np.concatenate(list(combined), axis=1))
        scores *= np.sqrt(self.graph.left_marginal[:, None])
        return np.ascontiguousarray(scores.reshape(len(scores), len(mixing), -1).swapaxes(0, 1))

    def at_nodes(self, directions: FloatArray) -> FloatArray:
        """Values of linear functions of the whitened features at left nodes, (n_left, k), from (m, k)."""
        weights = self.whitening @ directions
        return np.concatenate([block @ weights for _, block in feature_blocks(self.features)])


def validated_features(features: Any, size: int, name: str = "features") -> Array:
    """Features from numpy or torch as an array (size, d) of finite numbers; a memory map stays one."""
    array = features if isinstance(features, np.memmap) else np.asarray(without_torch(features))
    if array.ndim != 2 or len(array) != size or array.shape[1] == 0:
        hint = ""
        if array.ndim == 2 and len(array) < size:
            hint = "; for features of a part of its nodes, give graph.part(nodes)"
        elif array.ndim == 2 and len(array) > size:  # `from_features` drops texts that no image keeps
            side = "right" if name == "g" else "left"
            hint = f"; if the graph dropped nodes without pairs, give only the rows in graph.{side}_ids"
        raise ValueError(f"{name} has shape {array.shape}: give shape ({size}, k){hint}")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} holds {array.dtype}: give real numbers")
    for rows, block in feature_blocks(array):
        if not np.isfinite(block).all():
            row = rows.start + int(np.argmin(np.isfinite(block).all(axis=1)))
            raise ValueError(f"{name} is not finite in row {row}: replace NaN and infinity")
    return array


def feature_blocks(features: Array) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows of features, in float64."""
    step = max(1, BLOCK // features.shape[1])
    for start in range(0, len(features), step):
        yield slice(start, start + step), np.asarray(features[start : start + step], dtype=np.float64)


def unit_scales(features: Array, masses: FloatArray) -> FloatArray:
    """One over the root mean square of each feature under the masses of its rows, (d,); 0 for a feature that is 0."""
    sizes = np.max([np.abs(block).max(axis=0) for _, block in feature_blocks(features)], axis=0)
    scales = np.divide(1, sizes, out=np.zeros_like(sizes), where=sizes > SMALLEST)
    # In two steps, since squares of the features may overflow.
    squares = np.sum([masses[rows] @ (block * scales) ** 2 for rows, block in feature_blocks(features)], axis=0)
    return np.asarray(np.divide(scales, np.sqrt(squares), out=np.zeros_like(sizes), where=squares > 0))


def second_moments(features: Array, masses: FloatArray, weights: FloatArray) -> FloatArray:
    """`E (X W)ᵀ (X W)` of features X under the masses of their rows, (m, m), for weights (d, m), or scales (d,)."""
    total: Any = 0.0
    for rows, block in feature_blocks(features):
        mapped = np.sqrt(masses[rows, None]) * (block * weights if weights.ndim == 1 else block @ weights)
        total = total + mapped.T @ mapped
    return np.asarray(total)


def conditional_means(graph: PairGraph, features: Array) -> Iterator[FloatArray]:
    """`√p_R(l) E[X(x) | l]` of each right node l, in blocks (b, d), which read the rows of their left nodes only."""
    columns = sp.csc_array(graph.joint)
    step = max(1, BLOCK // features.shape[1])
    for start in range(0, graph.n_right, step):
        pairs = columns[:, start : start + step]
        rows, positions = np.unique(pairs.indices, return_inverse=True)
        weights = pairs.data / np.sqrt(np.repeat(graph.right_marginal[start : start + step], np.diff(pairs.indptr)))
        by_right = sp.csr_array((weights, positions, pairs.indptr))
        total = np.zeros((pairs.shape[1], features.shape[1]))
        for part in range(0, len(rows), step):
            chosen = slice(part, part + step)
            total += sp.csc_array(by_right)[:, chosen] @ features[rows[chosen]]
        yield total


def whitened(features: Any, masses: FloatArray | None = None) -> FloatArray:
    """Whitened features, `E f fᵀ = I` under the masses of the rows (by default equal), (n, m); m is their rank.

    `ValueError`: features (n, d) that are not finite, or are all 0.
    """
    matrix = validated_features(features, len(features) if masses is None else len(masses))
    weights, _ = _whitening(matrix, np.full(len(matrix), 1 / len(matrix)) if masses is None else masses)
    return np.concatenate([block @ weights for _, block in feature_blocks(matrix)])


def _whitening(features: Array, masses: FloatArray) -> tuple[FloatArray, float]:
    """W, (d, m), and the condition of its first step; a second step makes `E (XW)ᵀ(XW) = I` up to round-off."""
    scales = unit_scales(features, masses)
    if not scales.any():
        raise ValueError("all features are 0: give features that are not")
    values, vectors = scipy.linalg.eigh(second_moments(features, masses, scales))
    positive = values > LEAST_EIGENVALUE * values[-1]
    first = scales[:, None] * vectors[:, positive] / np.sqrt(values[positive])
    again, turned = scipy.linalg.eigh(second_moments(features, masses, first))
    return first @ (turned / np.sqrt(again)) @ turned.T, float(np.sqrt(values[-1] / values[positive][0]))
