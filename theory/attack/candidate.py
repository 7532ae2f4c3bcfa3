"""Candidates of a search: a small dense graph with labels, a width, and features or a penalty."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.bounds.measured import Features
from pairbounds.theory.graph.pair_graph import PairGraph

SMALLEST_WEIGHT = 1e-6  # relative to the largest; smaller weights count as 0, since round-off hides a gap
LARGEST_SIDE = 16
MOST_CLASSES = 5
SMALLEST_PENALTY = 1e-6  # least distance of a penalty from 0 and 1
LARGEST_INTEGER = 1000  # larger weights are decimals
LARGEST_FEATURE = 1e3  # larger features cancel in the loss

Sides = tuple[PairGraph, int, Features | None, float | None]  # the arguments of `score`


@dataclass(frozen=True, eq=False)
class Candidate:
    """Small graph with labels, a width and features or a penalty; normalised by `tidied`."""

    # (n_left, n_right), non-negative, the smallest integers, or with the maximum 1; no empty row or column
    weights: FloatArray
    left_labels: IntArray  # (n_left,), 0..r-1 in the order in which classes first appear
    right_labels: IntArray  # (n_right,), the same
    k: int  # 1..min(n_left, n_right)
    features: Features | None = None  # (n_left, k) and (n_right, k), for claims about encoders and critics
    origin: str = ""  # the family of the start
    penalty: float | None = None  # μ, well inside (0, 1), for claims with a penalty

    def tidied(self) -> "Candidate":
        """Candidate without negligible edges and isolated nodes; k shrinks with the graph.

        `ValueError`: no weight is positive.
        """
        largest = self.weights.max(initial=0.0)
        if not largest > 0:
            raise ValueError("weights are empty or all zero")
        scaled = self.weights * (self.weights >= SMALLEST_WEIGHT * largest)
        is_whole = largest <= LARGEST_INTEGER and bool((scaled == np.rint(scaled)).all())
        scaled /= np.gcd.reduce(scaled.astype(np.int64), axis=None) if is_whole else largest
        rows, columns = scaled.any(axis=1), scaled.any(axis=0)
        scaled = scaled[rows][:, columns]
        labels = np.concatenate([self.left_labels[rows], self.right_labels[columns]])
        _, first, class_of = np.unique(labels, return_index=True, return_inverse=True)
        left, right = np.split(np.argsort(np.argsort(first))[class_of], [len(scaled)])
        k, features, penalty = max(1, min(self.k, *scaled.shape)), self.features, self.penalty
        if features is not None:
            features = _kept(features[0], rows, k), _kept(features[1], columns, k)
        if penalty is not None:
            penalty = float(np.clip(penalty, SMALLEST_PENALTY, 1 - SMALLEST_PENALTY))
        return Candidate(scaled, left, right, k, features, self.origin, penalty)

    def changed(self, **changes: Any) -> "Candidate":
        """Tidied copy with other attributes."""
        return replace(self, **changes).tidied()

    def subgraph(self, rows: IntArray, columns: IntArray) -> "Candidate":
        """Subgraph of some nodes, in this order, repeats allowed."""
        features = None if self.features is None else (self.features[0][rows], self.features[1][columns])
        return self.changed(
            weights=self.weights[np.ix_(rows, columns)],
            left_labels=self.left_labels[rows],
            right_labels=self.right_labels[columns],
            features=features,
        )

    def without(self, node: int) -> "Candidate | None":
        """Subgraph without a node (left nodes are numbered first); `None` if no pair remains."""
        stays = np.arange(self.size) != node
        rows, columns = np.flatnonzero(stays[: self.n_left]), np.flatnonzero(stays[self.n_left :])
        return self.subgraph(rows, columns) if self.weights[np.ix_(rows, columns)].any() else None

    @cached_property
    def graph(self) -> PairGraph:
        """The pair graph."""
        return PairGraph(self.weights, self.left_labels, self.right_labels)

    @property
    def sides(self) -> Sides:
        """The graph, the width, the features and the penalty."""
        return self.graph, self.k, self.features, self.penalty

    @property
    def size(self) -> int:
        """Number of nodes."""
        return sum(self.weights.shape)

    @property
    def n_classes(self) -> int:
        """Number of classes on both sides together."""
        return 1 + int(max(self.left_labels.max(), self.right_labels.max()))

    @property
    def n_left(self) -> int:
        """Number of left nodes."""
        return len(self.left_labels)

    @property
    def n_right(self) -> int:
        """Number of right nodes."""
        return len(self.right_labels)


def _kept(side: FloatArray, nodes: npt.NDArray[np.bool_], width: int) -> FloatArray:
    return np.clip(side[nodes, :width], -LARGEST_FEATURE, LARGEST_FEATURE)
