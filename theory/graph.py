"""The positive-pair graph: one joint distribution, read as captions or as augmentations.

Rows are *left* nodes (images, or augmented views), columns *right* nodes (captions, or natural images).
"""

import os
from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import networkx as nx
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from theory import graph_formats as formats
from theory.arrays import FloatArray, IntArray

INDUCED_LIMIT = 5_000  # left nodes; P_T is dense in the worst case
ROUNDING_OF_SUM = 64 * np.finfo(np.float64).eps


class PairGraph:
    """A joint distribution `P` over (left, right) pairs, with optional class labels on both sides.

    Parameters
    ----------
    joint : array_like or sparse, shape (n_left, n_right)
        Non-negative weights of the pairs; normalised to sum to 1. Copied.
    left_labels, right_labels : sequence of int, optional
        A class, 0..r-1, for each row and each column.
    left_ids, right_ids : sequence, optional
        A name of any hashable type for each row and each column; by default 0, 1, 2, ...
    drop_isolated : bool
        Leave out rows and columns of zero weight, which the theory cannot speak of (they have no
        marginal to divide by), together with their labels and ids.

    Raises
    ------
    ValueError
        NaN, infinite or negative weights; no weight at all; isolated nodes, unless dropped; labels or ids
        of the wrong length; labels that are not integers 0..r-1.

    Notes
    -----
    Immutable. Memory is linear in the number of pairs. Setting and vocabulary: Zhang, Wang and Wang,
    *On the Generalization of Multi-modal Contrastive Learning*, ICML 2023; HaoChen et al. 2021.
    """

    def __init__(
        self,
        joint: Any,
        left_labels: npt.ArrayLike | None = None,
        right_labels: npt.ArrayLike | None = None,
        *,
        left_ids: Sequence[Hashable] | npt.ArrayLike | None = None,
        right_ids: Sequence[Hashable] | npt.ArrayLike | None = None,
        drop_isolated: bool = False,
    ) -> None:
        weights = _validated_weights(joint)
        left = _Side("left", weights.shape[0], left_labels, left_ids)
        right = _Side("right", weights.shape[1], right_labels, right_ids)
        keep_left, keep_right = np.diff(weights.indptr) > 0, np.bincount(weights.indices, minlength=right.size) > 0
        if not (keep_left.all() and keep_right.all()):
            if not drop_isolated:
                raise ValueError(
                    f"{np.sum(~keep_left)} left and {np.sum(~keep_right)} right nodes have no pairs: "
                    "pass drop_isolated=True to leave them out"
                )
            weights = sp.csr_array(weights[keep_left][:, keep_right])
            left, right = left.kept(keep_left), right.kept(keep_right)
        for array in (weights.data, weights.indices, weights.indptr):
            array.flags.writeable = False
        self._joint = weights
        self._left, self._right = left, right

    @classmethod
    def from_pairs(
        cls,
        left: Sequence[Hashable] | npt.ArrayLike,
        right: Sequence[Hashable] | npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
        left_labels: Mapping[Any, int] | npt.ArrayLike | None = None,
        right_labels: Mapping[Any, int] | npt.ArrayLike | None = None,
        *,
        drop_isolated: bool = False,
    ) -> Self:
        """A graph from an edge list: `left[e]` and `right[e]` are the ids of the e-th pair's two ends.

        Ids may be of any hashable type. Nodes are numbered in the order of their sorted ids, or of first
        appearance when the ids cannot be sorted. Pairs listed more than once are summed. `weight` is 1 for each
        pair unless given. Labels are a mapping from id to class, or a sequence in the order of the nodes.
        Linear in the number of pairs, up to the sort of the ids.
        """
        joint, left_ids, right_ids = formats.joint_from_pairs(left, right, weight)
        return cls(
            joint,
            formats.labels_in_order("left", left_labels, left_ids),
            formats.labels_in_order("right", right_labels, right_ids),
            left_ids=left_ids,
            right_ids=right_ids,
            drop_isolated=drop_isolated,
        )

    @classmethod
    def from_networkx(cls, g: "nx.Graph[Any]") -> Self:
        """A graph from a weighted bipartite `networkx` graph.

        Node attribute `bipartite` is 0 (left) or 1 (right), as `networkx` has it; edge attribute `weight` is 1
        unless given; node attribute `label`, on all nodes of a side or on none, holds the classes.
        """
        return cls(**formats.from_networkx(g))

    def to_networkx(self) -> "nx.Graph[Any]":
        """The same graph for `networkx`: nodes `("left", id)` and `("right", id)`, weights summing to 1."""
        return formats.to_networkx(self.joint, self._left, self._right)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a graph that `save` wrote. Never unpickles."""
        return cls(**formats.load_npz(path))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the graph as a compressed `.npz`; an interrupted write leaves an old file whole.

        Ids must be all integers or all strings.
        """
        formats.save_npz(path, self.joint, self._left, self._right)

    @property
    def joint(self) -> sp.csr_array:
        """`P`, csr_array, shape (n_left, n_right), float64, sums to 1, no explicit zeros. Read-only."""
        return self._joint

    @cached_property
    def normalized(self) -> sp.csr_array:
        """`D_L^{-1/2} P D_R^{-1/2}`, csr_array, shape (n_left, n_right); its largest singular value is 1."""
        left, right = 1 / np.sqrt(self.left_marginal), 1 / np.sqrt(self.right_marginal)
        rows = np.repeat(left, np.diff(self.joint.indptr))
        data = self.joint.data * rows * right[self.joint.indices]
        data.flags.writeable = False
        return sp.csr_array((data, self.joint.indices, self.joint.indptr), shape=self.joint.shape)

    @cached_property
    def left_marginal(self) -> FloatArray:
        """`p_L`, shape (n_left,), positive, sums to 1."""
        return np.asarray(self.joint.sum(axis=1), dtype=np.float64)

    @cached_property
    def right_marginal(self) -> FloatArray:
        """`p_R`, shape (n_right,), positive, sums to 1."""
        return np.asarray(self.joint.sum(axis=0), dtype=np.float64)

    @property
    def n_left(self) -> int:
        """Number of left nodes."""
        return self._left.size

    @property
    def n_right(self) -> int:
        """Number of right nodes."""
        return self._right.size

    @property
    def left_labels(self) -> IntArray | None:
        """Class of each left node, shape (n_left,), or `None`."""
        return self._left.labels

    @property
    def right_labels(self) -> IntArray | None:
        """Class of each right node, shape (n_right,), or `None`."""
        return self._right.labels

    @property
    def left_ids(self) -> npt.NDArray[Any]:
        """Id of each left node, shape (n_left,)."""
        return self._left.ids

    @property
    def right_ids(self) -> npt.NDArray[Any]:
        """Id of each right node, shape (n_right,)."""
        return self._right.ids

    def induced(self) -> "PairGraph":
        """The induced left graph `P_T = P D_R^{-1} Pᵀ`: two left nodes that share a right node.

        Symmetric, with the left marginal of this graph on both sides. For small graphs: O(n_left²) memory.

        Raises
        ------
        ValueError
            More than `INDUCED_LIMIT` left nodes.
        """
        if self.n_left > INDUCED_LIMIT:
            raise ValueError(
                f"induced() forms P_T and takes at most {INDUCED_LIMIT} left nodes, this graph has {self.n_left}: "
                "use induced_labelling_error and spectrum, which never form it"
            )
        scaled = sp.csr_array(self.joint * (1 / self.right_marginal)[None, :])
        pairs = scaled @ self.joint.T
        labels, ids = self.left_labels, self.left_ids
        return PairGraph(pairs, labels, labels, left_ids=ids, right_ids=ids)

    def __repr__(self) -> str:
        classes = "unlabelled" if self.left_labels is None else f"{np.unique(self.left_labels).size} classes"
        return f"PairGraph(n_left={self.n_left}, n_right={self.n_right}, n_pairs={self.joint.nnz}, {classes})"


class _Side:
    """The nodes of one side: how many, their labels and their ids."""

    def __init__(self, name: str, size: int, labels: npt.ArrayLike | None, ids: Any) -> None:
        self.name, self.size = name, size
        self.labels = None if labels is None else _validated_labels(name, labels, size)
        self.ids = np.arange(size) if ids is None else formats.id_array(ids)
        if self.ids.shape != (size,):
            raise ValueError(f"{name}_ids has {self.ids.size} entries for {size} {name} nodes")
        self.ids.flags.writeable = False

    def kept(self, keep: npt.NDArray[np.bool_]) -> "_Side":
        labels = None if self.labels is None else self.labels[keep]
        return _Side(self.name, int(keep.sum()), labels, self.ids[keep])


def _validated_weights(joint: Any) -> sp.csr_array:
    """The weights as a canonical csr_array that sums to 1, without explicit zeros."""
    if not sp.issparse(joint):
        joint = np.asarray(joint)
        if joint.ndim != 2:
            raise ValueError(f"joint has {joint.ndim} dimensions: a pair graph is a matrix (n_left, n_right)")
    if not np.issubdtype(joint.dtype, np.number) and joint.dtype != np.bool_:
        raise TypeError(f"joint holds {joint.dtype}: weights are real numbers")
    if np.issubdtype(joint.dtype, np.complexfloating):
        raise TypeError("joint is complex: weights are real numbers")
    weights = sp.csr_array(joint, dtype=np.float64, copy=True)
    weights.sum_duplicates()
    for fault, bad in (("NaN", np.isnan), ("infinite", np.isinf), ("negative", lambda x: x < 0)):
        _reject(weights, bad(weights.data), fault)
    if weights.nnz == 0 or weights.data.max() == 0:
        raise ValueError("joint is empty or all zero: a pair graph needs at least one pair of positive weight")
    if abs(weights.data.sum() - 1) > ROUNDING_OF_SUM:  # a saved graph loads as it was, to the last bit
        weights.data /= weights.data.max()  # so that the sum of huge weights stays finite
        weights.data /= weights.data.sum()
    weights.eliminate_zeros()
    return weights


def _reject(weights: sp.csr_array, bad: npt.NDArray[np.bool_], fault: str) -> None:
    if bad.any():
        first = int(np.argmax(bad))
        row = int(np.searchsorted(weights.indptr, first, side="right")) - 1
        raise ValueError(
            f"joint has {bad.sum()} {fault} weights, the first at row {row}, column {weights.indices[first]}: "
            "weights are finite and non-negative"
        )


def _validated_labels(side: str, labels: npt.ArrayLike, size: int) -> IntArray:
    array = np.asarray(labels)
    if array.shape != (size,):
        raise ValueError(f"{side}_labels has shape {array.shape} for {size} {side} nodes: give one class for each")
    if not (np.issubdtype(array.dtype, np.number) or array.dtype == np.bool_) or np.iscomplexobj(array):
        raise ValueError(f"{side}_labels holds {array.dtype}: labels are integers 0..r-1")
    if not np.all(np.isfinite(array) & (array == np.floor(array)) & (array >= 0)):
        raise ValueError(f"{side}_labels holds values that are not integers 0..r-1")
    integers = array.astype(np.int64)
    integers.flags.writeable = False
    return integers
