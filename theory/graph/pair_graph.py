"""Positive-pair graph: a joint distribution over left nodes (images or views) and right nodes (captions or images)."""

import reprlib
from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import EPS, Array, BoolArray, FloatArray, IntArray, is_tensor, without_torch
from pairbounds.infrastructure.inputs import AnyPath
from pairbounds.theory.graph.classes import class_cuts, class_indicators, required_labels
from pairbounds.theory.graph.labels import UNLABELLED, coded, count_of_classes, require_labelled

if TYPE_CHECKING:
    import networkx as nx

    from pairbounds.theory.graph.through_features import GraphThroughFeatures

SomeArray = TypeVar("SomeArray", bound=Array)
Nodes = tuple[IntArray | None, Array]  # labels and ids of a side

NAMES = reprlib.Repr()  # of classes where a graph is printed
NAMES.maxlist, NAMES.maxstring = 3, 24
INDUCED_LIMIT = 5_000  # left nodes; P_T is dense in the worst case
ROUNDING_OF_SUM = 4 * EPS  # of quotients by their sum
_ADVICE = "; for similarities, such as cosines, use PairGraph.from_features(images, texts, ...)"
_MATRIX = (
    "give a matrix (n_left, n_right), or use PairGraph.from_networkx(g), PairGraph.from_pairs(left, right) or "
    "read_graph(path).graph"
)
SMALLEST = float(np.finfo(np.float64).smallest_normal)  # probabilities below it have lost digits
LabelledGraph: TypeAlias = "PairGraph | GraphThroughFeatures"  # argument of bounds on the optimum


class PairGraph:
    """Joint distribution `P` over (left, right) pairs, with optional class labels on both sides.

    Parameters
    ----------
    joint : array_like or sparse, shape (n_left, n_right)
        Non-negative weights of the pairs; normalised to sum to 1. Copied.
    left_labels, right_labels : a class for each row and each column: integers 0..r-1, or names (text, categoricals),
        which are numbered in sorted order, both sides together. None, NaN or -1 is a node without a label.
    left_ids, right_ids : a name of any hashable type for each row and each column; by default 0, 1, 2, ...
    class_names : the names of the classes 0..r-1, if labels are integers
    drop_isolated : leave out rows and columns of zero weight, with their labels and ids

    Raises
    ------
    ValueError : NaN, infinite or negative weights; no positive weight; normalised weights below the range of float64;
        isolated nodes, unless dropped; labels or ids of the wrong length; labels that are numbers but not integers
        0..r-1, of two kinds, or missing for every node of a side that has a pair

    Notes
    -----
    Immutable. Memory is linear in the number of pairs. Setting and vocabulary: Zhang, Wang and Wang,
    *On the Generalization of Multi-modal Contrastive Learning*, ICML 2023; HaoChen et al. 2021.
    """

    def __init__(
        self,
        joint: Any,
        left_labels: ArrayLike | None = None,
        right_labels: ArrayLike | None = None,
        *,
        left_ids: Sequence[Hashable] | ArrayLike | None = None,
        right_ids: Sequence[Hashable] | ArrayLike | None = None,
        class_names: Sequence[str] | None = None,
        drop_isolated: bool = False,
    ) -> None:
        weights = _validated_weights(joint)
        labels, self._class_names = coded({"left": left_labels, "right": right_labels}, class_names)
        left = _side("left", weights.shape[0], labels["left"], left_ids)
        right = _side("right", weights.shape[1], labels["right"], right_ids)
        keep_left = np.diff(weights.indptr) > 0
        keep_right = np.bincount(weights.indices, minlength=weights.shape[1]) > 0
        if not (keep_left.all() and keep_right.all()):
            if not drop_isolated:
                raise ValueError(
                    f"{np.sum(~keep_left)} left and {np.sum(~keep_right)} right nodes have no pairs: "
                    "leave them out, as drop_isolated=True does in Python"
                )
            weights = sp.csr_array(weights[keep_left][:, keep_right])
            left, right = _part_of("left", left, keep_left), _part_of("right", right, keep_right)
        for array in (weights.data, weights.indices, weights.indptr):
            _read_only(array)
        self._joint = weights
        (self._left_labels, self._left_ids), (self._right_labels, self._right_ids) = left, right

    @classmethod
    def from_pairs(
        cls,
        left: Sequence[Hashable] | ArrayLike,
        right: Sequence[Hashable] | ArrayLike,
        weight: ArrayLike | None = None,
        left_labels: Mapping[Any, Any] | ArrayLike | None = None,
        right_labels: Mapping[Any, Any] | ArrayLike | None = None,
        *,
        drop_isolated: bool = False,
    ) -> Self:
        """Graph from an edge list: `left[e]` and `right[e]` are the ids of the two ends of the e-th pair.

        Ids may be of any hashable type. Nodes are numbered in the order of their sorted ids, or of first appearance if
        ids cannot be sorted. Weights of repeated pairs are summed; the default weight is 1. Labels are a mapping (or a
        pandas Series) from id to class, or the class of each pair's end. Linear in the number of pairs, up to the sort.
        """
        from pairbounds.theory.graph.formats import joint_from_pairs

        joint, rows, columns = joint_from_pairs(left, right, weight)
        return cls(
            joint,
            rows.labels(left_labels),
            columns.labels(right_labels),
            left_ids=rows.ids,
            right_ids=columns.ids,
            drop_isolated=drop_isolated,
        )

    @classmethod
    def from_features(
        cls,
        images: Any,
        texts: Any,
        *,
        temperature: float,
        top_k: int,
        left_labels: ArrayLike | None = None,
        right_labels: ArrayLike | None = None,
        left_ids: Sequence[Hashable] | ArrayLike | None = None,
        right_ids: Sequence[Hashable] | ArrayLike | None = None,
        device: str = "auto",
    ) -> Self:
        """Graph of each image and its nearest texts, from features such as CLIP's.

        Exact in float32, by blocks: O(n_images n_texts d) operations, memory O((n_images + n_texts) d + n_images k).

        Parameters
        ----------
        images, texts : (n_images, d) and (n_texts, d)
            numpy or torch; similarities are cosines.
        temperature : τ: the pair (x, l) has weight `e^{s(x,l)/τ}`, divided by the sum over the image's pairs; 0.01 in
            CLIP. Every image has equal mass.
        top_k : number of texts for each image. Other texts are left out, with their labels and ids.
        left_labels, right_labels, left_ids, right_ids : as in `PairGraph`, for all given images and texts
        device : device for the similarities: "auto", "cpu" or "cuda"

        Raises
        ------
        ValueError : features that are not two finite matrices of the same width, or have a row of zeros; temperature or
            top_k out of range

        Examples
        --------
        >>> import numpy as np
        >>> from pairbounds import PairGraph
        >>> images, texts = np.random.default_rng(0).standard_normal((2, 50, 8))
        >>> PairGraph.from_features(images, texts, temperature=0.1, top_k=3, left_labels=np.arange(50) % 2)
        PairGraph(n_left=50, n_right=49, n_pairs=150, 2 classes)
        """
        from pairbounds.theory.graph.neighbours import nearest, softmax_joint

        indices, similarities = nearest(images, texts, top_k, device=device)
        joint = softmax_joint(indices, similarities, temperature, len(texts))
        return cls(joint, left_labels, right_labels, left_ids=left_ids, right_ids=right_ids, drop_isolated=True)

    @classmethod
    def from_networkx(cls, g: "nx.Graph[Any]", *, drop_isolated: bool = False) -> Self:
        """Graph from a weighted bipartite `networkx` graph.

        Node attribute `bipartite` is 0 (left) or 1 (right). Edge attribute `weight` is 1 by default. Node attribute
        `label`, on all nodes of a side or on none, is the class.
        """
        from pairbounds.theory.graph.formats import from_networkx

        return cls(**from_networkx(g), drop_isolated=drop_isolated)

    def to_networkx(self) -> "nx.Graph[Any]":
        """Graph of `networkx`, with nodes `("left", id)` and `("right", id)`, and weights that sum to 1."""
        from pairbounds.theory.graph.formats import to_networkx

        return to_networkx(self)

    @classmethod
    def load(cls, path: AnyPath) -> Self:
        """Read a graph that `save` wrote. Never unpickles."""
        from pairbounds.theory.graph.formats import load_npz

        return load_npz(path, cls)

    def save(self, path: AnyPath, **beside: Array) -> None:
        """Write the graph as a compressed `.npz`, atomically.

        Ids must be all integers or all strings. Arrays `beside` are stored in the file; `load` ignores them.
        """
        from pairbounds.theory.graph.formats import save_npz

        save_npz(path, self, beside)

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
        return sp.csr_array((_read_only(data), self.joint.indices, self.joint.indptr), shape=self.joint.shape)

    @cached_property
    def left_marginal(self) -> FloatArray:
        """`p_L`, shape (n_left,), positive, sums to 1."""
        return _read_only(np.asarray(self.joint.sum(axis=1), dtype=np.float64))

    @cached_property
    def right_marginal(self) -> FloatArray:
        """`p_R`, shape (n_right,), positive, sums to 1."""
        return _read_only(np.asarray(self.joint.sum(axis=0), dtype=np.float64))

    @cached_property
    def components(self) -> tuple[IntArray, IntArray]:
        """Component numbers of the left nodes, (n_left,), and of the right nodes, (n_right,); O(pairs)."""
        joint, both = self.joint, self.n_left + self.n_right
        starts = np.pad(joint.indptr, (0, self.n_right), mode="edge")
        square = sp.csr_array((joint.data, joint.indices + self.n_left, starts), shape=(both, both))
        numbers = _read_only(sp.csgraph.connected_components(square, directed=False)[1].astype(np.int64))
        return numbers[: self.n_left], numbers[self.n_left :]

    @property
    def n_components(self) -> int:
        """Number of components, each with nodes on both sides: the multiplicity of the singular value 1."""
        return int(self.components[0].max()) + 1

    is_linear = False  # encoders need not be linear in features
    unreached = 0.0  # label energy that no encoder reaches
    spans_constant = True  # encoders can be constant
    constant_distance = 0.0  # of the constant from the encoders

    @property
    def pair_graph(self) -> "PairGraph":
        """The graph itself."""
        return self

    @cached_property
    def weighted_targets(self) -> sp.csr_array:
        """Weighted labels `Ỹ = [ỹ_1 … ỹ_r]`, csr_array, (n_left, r), of unit Frobenius norm, one entry in each row.

        Read-only. `ValueError`: the graph lacks labels on the left.
        """
        indicators = class_indicators(required_labels(self, "left"))
        return sp.csr_array(indicators * np.sqrt(self.left_marginal)[:, None])

    @property
    def variation(self) -> float:
        """`Σ_c ⟨ỹ_c, (I - ĀĀᵀ) ỹ_c⟩`, the induced labelling error `α_T`."""
        return float(class_cuts(self).sum())

    def combined_at_nodes(self, mixing: FloatArray, vectors: FloatArray) -> FloatArray:
        """Combinations of vectors at left nodes times `√p_L`, (q, n, b), from weights (q, d) and vectors (d, m, b)."""
        return np.tensordot(mixing, vectors, axes=1)

    def through(self, features: Any) -> "GraphThroughFeatures":
        """Graph for encoders that are linear in features of the left nodes (theorem 42).

        Bounds take it in place of a graph: `check_bounds(graph, k, through=X)` evaluates both side by side.

        Time O(nnz d + (n_left + n_right) d²) and memory O(d²), beside the features and a block of 64 MB.

        Parameters
        ----------
        features : (n_left, d), numpy or torch, or a memory map
            One row for each left node, used unchanged: add a column of ones for encoders with a bias.

        Raises
        ------
        ValueError : features of another shape, not finite, or all 0
        """
        from pairbounds.theory.graph.through_features import GraphThroughFeatures

        return GraphThroughFeatures.of(self, features)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of left and of right nodes."""
        return self.n_left, self.n_right

    @property
    def n_left(self) -> int:
        """Number of left nodes."""
        return int(self.joint.shape[0])

    @property
    def n_right(self) -> int:
        """Number of right nodes."""
        return int(self.joint.shape[1])

    @property
    def left_labels(self) -> IntArray | None:
        """Class of each left node, shape (n_left,), -1 for no class; `None` without labels."""
        return self._left_labels

    @property
    def right_labels(self) -> IntArray | None:
        """Class of each right node, shape (n_right,), -1 for no class; `None` without labels."""
        return self._right_labels

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """Names of the classes 0..r-1, or `None` for integers without names."""
        return self._class_names

    @property
    def left_ids(self) -> Array:
        """Id of each left node, shape (n_left,)."""
        return self._left_ids

    @property
    def right_ids(self) -> Array:
        """Id of each right node, shape (n_right,)."""
        return self._right_ids

    def induced(self) -> "PairGraph":
        """Induced graph `P_T = P D_R^{-1} Pᵀ` of left nodes that share a right node; symmetric, O(n_left²) memory.

        `ValueError`: more than `INDUCED_LIMIT` left nodes.
        """
        if self.n_left > INDUCED_LIMIT:
            raise ValueError(
                f"induced() forms P_T and takes at most {INDUCED_LIMIT} left nodes, this graph has {self.n_left}: "
                "use induced_labelling_error and spectrum, which never form it"
            )
        scaled = sp.csr_array(self.joint * (1 / self.right_marginal)[None, :])
        pairs = scaled @ self.joint.T
        pairs.data[pairs.data < SMALLEST] = 0  # negligible in a sum of 1
        labels, ids = self.left_labels, self.left_ids
        return PairGraph(pairs, labels, labels, left_ids=ids, right_ids=ids, class_names=self.class_names)

    def labelled(self) -> "PairGraph":
        """Part of the graph whose nodes have labels.

        Unlabelled nodes are left out on each side that has labels, with their pairs and nodes that have no other pair.
        The remaining weights are divided by their sum.
        """
        rows, columns = (
            None if labels is None else np.flatnonzero(labels != UNLABELLED)
            for labels in (self.left_labels, self.right_labels)
        )
        return self.part(rows, columns)

    def part(self, left: ArrayLike | None = None, right: ArrayLike | None = None) -> "PairGraph":
        """Part of the graph on some of its nodes.

        The remaining weights are divided by their sum; nodes without a remaining pair are left out.

        Parameters
        ----------
        left, right : distinct numbers of nodes, whose order is kept, or a boolean mask; by default all

        Raises
        ------
        IndexError : a node that does not exist, a mask of the wrong length
        ValueError : a node twice; no nodes, or no pair among them
        """
        rows = np.arange(self.n_left)[... if left is None else np.asarray(left)]
        columns = np.arange(self.n_right)[... if right is None else np.asarray(right)]
        return PairGraph(
            self.joint[rows][:, columns],
            None if self.left_labels is None else self.left_labels[rows],
            None if self.right_labels is None else self.right_labels[columns],
            left_ids=self.left_ids[rows],
            right_ids=self.right_ids[columns],
            class_names=self.class_names,
            drop_isolated=True,
        )

    def reweighted(self, joint: Any) -> "PairGraph":
        """Graph of the same nodes with other weights, (n_left, n_right); nodes without pairs are left out."""
        return PairGraph(
            joint,
            self.left_labels,
            self.right_labels,
            left_ids=self.left_ids,
            right_ids=self.right_ids,
            class_names=self.class_names,
            drop_isolated=True,
        )

    def __repr__(self) -> str:
        classes = count_of_classes(self.left_labels)
        if self.left_labels is not None and self.class_names:
            classes += f": {NAMES.repr(list(self.class_names))[1:-1]}"
        return f"PairGraph(n_left={self.n_left}, n_right={self.n_right}, n_pairs={self.joint.nnz}, {classes})"


def _side(name: str, size: int, labels: IntArray | None, ids: Any) -> Nodes:
    """Labels and ids of the nodes of one side, one for each, read-only."""
    if labels is not None and labels.shape != (size,):
        raise ValueError(f"{name}_labels has shape {labels.shape} for {size} {name} nodes: give one class for each")
    if ids is None:
        ids = np.arange(size)
    else:
        from pairbounds.theory.graph.formats import id_array  # takes pandas to import

        ids = id_array(ids)
    if ids.shape != (size,):
        raise ValueError(f"{name}_ids has {ids.size} entries for {size} {name} nodes")
    if len(set(ids.tolist())) != size:
        raise ValueError(f"{name}_ids contains duplicates: give distinct ids")
    return None if labels is None else _read_only(labels.copy()), _read_only(ids)


def _part_of(name: str, side: Nodes, keep: BoolArray) -> Nodes:
    labels, ids = side
    if labels is not None:
        require_labelled(name, labels[keep], "every node that has a pair")
    return None if labels is None else _read_only(labels[keep]), _read_only(ids[keep])


def _validated_weights(joint: Any) -> sp.csr_array:
    """Weights as a canonical csr_array that sums to 1, without explicit zeros."""
    entries = _entries(joint)
    # Check each entry before duplicates are summed, which may hide a negative weight.
    for fault, bad in (("NaN", np.isnan), ("infinite", np.isinf), ("negative", lambda x: x < 0)):
        _reject(entries, bad(entries.data), fault)
    if entries.nnz == 0 or entries.data.max() == 0:
        raise ValueError("joint is empty or all zero: a pair graph needs at least one pair of positive weight")
    entries.data = _normalised(entries.data)
    weights = sp.csr_array(entries)
    weights.sum_duplicates()
    if np.count_nonzero(weights.data) < weights.nnz:
        weights.eliminate_zeros()
    return weights


def _normalised(weights: FloatArray) -> FloatArray:
    """Weights divided by their sum; `ValueError` if the smallest are then below the range of float64."""
    unscaled = weights
    with np.errstate(over="ignore", under="ignore"):
        # Summed in the longest float, so that a loaded graph equals the saved one to the last bit.
        if abs(unscaled.sum(dtype=np.longdouble) - 1) > ROUNDING_OF_SUM:
            weights = unscaled / unscaled.max()  # so that the sum of huge weights stays finite
            weights /= float(weights.sum(dtype=np.longdouble))
    if np.count_nonzero(weights >= SMALLEST) < np.count_nonzero(unscaled):
        raise ValueError(
            f"joint has weights from {unscaled[unscaled > 0].min():.3g} to {unscaled.max():.3g}: divided by their sum, "
            f"the smallest are below {SMALLEST:.3g}, the limit of float64; leave them out"
        )
    return weights


def _entries(joint: Any) -> sp.coo_array | sp.csr_array:
    """Copy in float64 with all duplicates; a csr_array stays one, so that sorted entries need no sort."""
    if is_tensor(joint):
        joint = without_torch(joint.to_dense())
    if not sp.issparse(joint):
        joint = np.asarray(joint)
        if joint.ndim != 2:
            raise ValueError(f"joint has {joint.ndim} dimensions: {_MATRIX}")
        joint = sp.coo_array(real_weights("joint", joint))
    entries = (sp.csr_array if joint.format == "csr" else sp.coo_array)(joint).copy()
    entries.data = real_weights("joint", entries.data)
    return entries


def real_weights(name: str, weights: Array) -> FloatArray:
    """Copy in float64; `TypeError` for anything but real numbers."""
    if weights.dtype.kind not in "biuf":
        raise TypeError(f"{name} has type {weights.dtype}: give real numbers, or use PairGraph.from_pairs for ids")
    return weights.astype(np.float64)


def _reject(entries: sp.coo_array | sp.csr_array, bad: BoolArray, fault: str) -> None:
    if bad.any():
        row, column = (index[int(np.argmax(bad))] for index in entries.tocoo().coords)
        raise ValueError(
            f"joint has {bad.sum()} {fault} weights, the first at row {row}, column {column}: "
            f"give finite, non-negative weights{_ADVICE if fault == 'negative' else ''}"
        )


def _read_only(array: SomeArray) -> SomeArray:
    array.flags.writeable = False
    return array
