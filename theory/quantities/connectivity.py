"""Connectivity of the induced left graph: inside its classes, between them, and across its sparsest cut.

Everything here speaks of `P_T`, the induced pairs, and none of it forms `P_T`: two left nodes are a pair through a
right node l, so that with `a_l = P(S, l)` the cut of a set S of left nodes is
`cut(S) = Pr_{(x,x')~P_T}[x ∈ S, x' ∉ S] = Σ_l a_l (p_R(l) - a_l) / p_R(l)`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse as sp
from scipy.special import stirling2

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.hypotheses import is_integer
from pairbounds.infrastructure.remembered import once
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import required_labels, weighted_targets
from pairbounds.theory.spectrum.triplets import Spectrum, second_eigenvalue, spectrum

EXACT_NODES = 14  # up to this many left nodes ...
EXACT_PARTITIONS = 10_000  # ... and this many partitions, every one is tried
TIE = 1e-6  # relative: what differs by less is equal, and of equals the first is taken


@dataclass(frozen=True, eq=False)
class Partition:
    """A partition of the left nodes that is the sparsest found, and how sparse one can be.

    Attributes
    ----------
    lower, upper : an interval that holds the least possible `max_i φ(S_i)`; its ends agree if every partition was tried
    parts : (n_left,), the part of each left node, 0..m-1; its largest conductance is `upper`
    """

    lower: float
    upper: float
    parts: IntArray


# Several bounds, at many widths k, ask for the eigenvalues of one graph. Kept here they live as long as the graph.
@once
def class_second_eigenvalues(graph: PairGraph) -> FloatArray:
    """Upper ends of `λ₂(c)`, shape (r,), in [0, 1], for each class present on the left, in the order of their numbers.

    `λ₂(c)` is the second eigenvalue of `D_c^{-1/2} P_T[c, c] D_c^{-1/2}`, where `D_c` holds the row sums of
    `P_T[c, c]`: the induced pairs inside the class, normalised by themselves. It is 0 for a class whose nodes are all
    paired alike and for a class of one node, 1 for a class that falls apart: the smaller, the more diverse its pairs.

    Raises
    ------
    ValueError : the graph lacks labels on the left
    RuntimeError : a large class whose solver did not converge

    Notes
    -----
    `P_T[c, c]` has the factor `P[c, :] D_R^{-1/2}`, so λ₂(c) is the squared second singular value of the sparse matrix
    `D_c^{-1/2} P[c, :] D_R^{-1/2}`, whose first left vector is `√D_c`. Rounded up by `second_eigenvalue`. Cost:
    O(iterations nnz); memory O(nnz). Computed once for each graph.
    """
    values = np.array([second_eigenvalue(block, first) for block, first in _class_blocks(graph)])
    values.flags.writeable = False
    return values


def cross_class_leaks(graph: PairGraph) -> FloatArray:
    """The leak `β(x) = Pr_{x'|x}[y(x') ≠ y(x)]` of each left node under `P_T`, shape (n_left,), in [0, 1].

    Its mean under `p_L` is the induced labelling error `α_T`; its maximum is the β of theorem 8.

    `ValueError`: the graph lacks labels on the left.

    `β(x) = Σ_l P(l | x) (1 - P(y(x), l) / p_R(l))`. Linear in the number of pairs, up to a sort. Computed once for each
    graph.
    """
    return _stays_and_leaks(graph)[1]


def stays_in_class(graph: PairGraph) -> FloatArray:
    """`1 - β(x) = Pr_{x'|x}[y(x') = y(x)]` of each left node, shape (n_left,), in (0, 1]: the rest of its leak.

    Exact to round-off of itself where almost all of the walk leaves. Errors as `cross_class_leaks` has.
    """
    return _stays_and_leaks(graph)[0]


def part_conductances(graph: PairGraph, parts: npt.ArrayLike) -> FloatArray:
    """The conductance `φ(S) = cut(S) / vol(S)` of each part of the left nodes, shape (m,), in [0, 1).

    Here `vol(S) = p_L(S)`: φ(S) is the probability that an induced pair which starts in S leaves it.

    `ValueError`: `parts` of the wrong shape, or not integers.

    Linear in the number of pairs.

    Parameters
    ----------
    parts : (n_left,), integers, the part of each left node; the result follows the order of the numbers that occur.
        With `graph.left_labels` it is the conductance of each class.
    """
    numbers = np.asarray(parts)
    if numbers.shape != (graph.n_left,) or not (np.issubdtype(numbers.dtype, np.integer) or numbers.dtype == np.bool_):
        raise ValueError(f"parts is {numbers.dtype} of shape {numbers.shape}: give {graph.n_left} integers, one a node")
    _, compact = np.unique(numbers, return_inverse=True)
    left, masses, shares = _shares(graph, compact)
    cuts = np.bincount(compact[left], weights=masses * (1 - shares))
    return cuts / np.bincount(compact, weights=graph.left_marginal)


def conductance(graph: PairGraph, left_mask: npt.ArrayLike) -> float:
    """The conductance `cut(S) / min(vol(S), vol(Sᶜ))` of a cut of the left nodes, in [0, 1].

    Parameters
    ----------
    left_mask : (n_left,), bool, the set S; neither empty nor everything

    Raises
    ------
    ValueError : not a mask of the left nodes, or one that does not cut

    Notes
    -----
    It is the larger of the two values of `part_conductances`. Linear in the number of pairs.
    """
    mask = np.asarray(left_mask)
    if mask.shape != (graph.n_left,) or mask.dtype != np.bool_:
        raise ValueError(f"left_mask is {mask.dtype} of shape {mask.shape}: give a boolean for each of {graph.n_left}")
    if mask.all() or not mask.any():
        raise ValueError("left_mask holds all left nodes or none: that is no cut")
    return float(part_conductances(graph, mask).max())


def sparsest_partition(graph: PairGraph, m: int, triplets: Spectrum | None = None) -> Partition:
    """The sparsest m-partition, `ρ_m = min max_i φ(S_i)` over partitions of the left nodes into m non-empty sets.

    Here `φ(S) = cut(S) / vol(S)`, for any size of S. At m = 2 the larger of the two values has the smaller volume, so
    that `ρ_2` is the conductance of the graph; ρ_m never falls as m grows.

    Parameters
    ----------
    m : 1..n_left
    triplets : at least min(m, n_right) leading triplets; by default they are computed

    Raises
    ------
    ValueError : m out of range, too few triplets

    Notes
    -----
    The lower end is `(1 - σ_m²) / 2`, as theorem 9 proves. Both ends are 0 where there are m components.

    The upper end is that of the best partition found: of all, where there are no more than `EXACT_PARTITIONS` of at
    most `EXACT_NODES` nodes; else of the sweep cut (m = 2), the best of the n_left - 1 sets of lowest values of
    `u_2 / √p_L`, which meets Cheeger's upper bound; of the classes (where m are present); and of the nodes sorted by
    the pivots of a QR factorisation of `U_mᵀ`. Cost: O(nnz log n_left + n_left m²), beside the triplets.
    Source: HaoChen et al. 2021 for ρ_m; Damle, Minden and Ying 2018 for the pivots.
    """
    if not is_integer(m, 1, graph.n_left):
        raise ValueError(f"m={m!r} is not in 1..{graph.n_left}: a partition has non-empty parts of the left nodes")
    if graph.n_left <= EXACT_NODES and stirling2(graph.n_left, m, exact=True) <= EXACT_PARTITIONS:
        return _sparsest_of_all(graph, m)
    pieces = graph.components[0]
    if pieces.max() >= m - 1:
        return Partition(0.0, 0.0, np.minimum(pieces, m - 1))
    known = _at_least(graph, m, triplets)
    candidates = [_parts_by_pivots(known.left[:, :m])]
    if m == 2:
        candidates.append(_sweep(graph, _sweep_scores(graph, known)))
    if graph.left_labels is not None and len(np.unique(graph.left_labels)) == m:
        candidates.append(np.unique(graph.left_labels, return_inverse=True)[1])
    largest = [float(part_conductances(graph, parts).max()) for parts in candidates]
    best = int(np.argmin(largest))
    lower = (1 - float(known.upper_values[m - 1]) ** 2) / 2
    return Partition(min(lower, largest[best]), largest[best], candidates[best])


def _class_blocks(graph: PairGraph) -> Iterator[tuple[sp.csr_array, FloatArray]]:
    """Blocks `D_c^{-1/2} P[c, :] D_R^{-1/2}` of the classes present, without untouched columns; and `√D_c`."""
    # Row sums of P_T[c, c] are p_L(x) times the part of the walk that stays.
    stays, _ = _stays_and_leaks(graph)
    scaled = sp.csr_array(graph.normalized * (1 / np.sqrt(stays))[:, None])
    roots = np.sqrt(graph.left_marginal) * np.sqrt(stays)
    labels = required_labels(graph, "left")
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        block = scaled[rows]
        columns, places = np.unique(block.indices, return_inverse=True)
        shape = len(rows), len(columns)
        yield sp.csr_array((block.data, places, block.indptr), shape=shape), roots[rows]


@once
def _stays_and_leaks(graph: PairGraph) -> tuple[FloatArray, FloatArray]:
    """The chance that a step of the walk from each left node stays in its class, and that it leaves, (n_left,) each."""
    left, masses, shares = _shares(graph, weighted_targets(graph).indices.astype(np.int64))
    # Both as sums of what is not negative, so that the smaller is as precise as the larger.
    # The chance of a pair given its left node comes first: a product of two small masses may be too small for a float.
    steps = masses / graph.left_marginal[left]
    stays, leaks = (np.bincount(left, weights=steps * chance) for chance in (shares, 1 - shares))
    return np.minimum(1.0, stays), np.minimum(1.0, leaks)


def _shares(graph: PairGraph, parts: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Left node x and mass of each pair (x, l), and the share of l's mass that is in the part of x, (n_pairs,) each.

    `parts` is (n_left,). In the order of the right nodes, and for each of them of the parts it meets: sums over runs.
    """
    order = np.argsort(parts, kind="stable")
    pairs = sp.csc_array(graph.joint[order])
    left = order[pairs.indices]
    opens = np.diff(parts[left], prepend=-1) != 0
    opens[pairs.indptr[:-1]] = True
    starts = np.flatnonzero(opens)
    # Summed from the same numbers, so that the share is exactly 1 where a right node meets one part only.
    masses = np.add.reduceat(pairs.data, starts)
    first = np.searchsorted(starts, pairs.indptr[:-1])
    totals = np.repeat(np.add.reduceat(masses, first), np.diff(first, append=len(starts)))
    return left, pairs.data, np.repeat(masses / totals, np.diff(starts, append=pairs.nnz))


def _at_least(graph: PairGraph, m: int, triplets: Spectrum | None) -> Spectrum:
    """The m leading triplets, zeros where the matrix has no more."""
    needed = min(m, *graph.shape)
    known = spectrum(graph, needed) if triplets is None else triplets
    if len(known.singular_values) < needed:
        raise ValueError(f"m={m} needs {needed} triplets, {len(known.singular_values)} are given")
    return known.leading(m)


def _sweep_scores(graph: PairGraph, triplets: Spectrum) -> FloatArray:
    """`u_2 / √p_L`, (n_left,), with `u_2` orthogonal to the first vector, `√p_L`."""
    root = np.sqrt(graph.left_marginal)
    # In a disconnected graph σ_1 = σ_2 and the solver may turn the two vectors: turn them back.
    along_first, along_second = root @ triplets.left[:, :2]
    angle = np.arctan2(along_second, along_first)
    return np.asarray((np.cos(angle) * triplets.left[:, 1] - np.sin(angle) * triplets.left[:, 0]) / root)


def _sweep(graph: PairGraph, scores: FloatArray) -> IntArray:
    """The best set of lowest scores, as parts 0 and 1: all n_left - 1 of them in one pass over the pairs."""
    order = np.argsort(scores, kind="stable")
    shares = sp.csc_array(graph.joint[order])
    shares.sort_indices()
    mass = shares.data.copy()
    shares.data /= np.repeat(graph.right_marginal, np.diff(shares.indptr))
    # Adding node x to S changes the cut by Σ_l w (1 - 2a - w) p_R(l), with w and a the shares of x and of S in l.
    running = np.cumsum(shares.data) - shares.data
    before = running - np.repeat(running[shares.indptr[:-1]], np.diff(shares.indptr))
    steps = np.bincount(shares.indices, weights=mass * (1 - 2 * before - shares.data), minlength=graph.n_left)
    volumes = graph.left_marginal[order]
    # The cut is 0 at both ends. Summed from the nearer one its round-off is relative to the smaller volume.
    from_start = np.cumsum(steps)[:-1] / np.cumsum(volumes)[:-1]
    from_end = -np.cumsum(steps[::-1])[::-1][1:] / np.cumsum(volumes[::-1])[::-1][1:]
    starts_smaller = np.cumsum(volumes)[:-1] <= 0.5
    size = int(np.argmin(np.where(starts_smaller, from_start, from_end))) + 1
    parts = np.zeros(graph.n_left, dtype=np.int64)
    parts[order[size:]] = 1
    return parts


def _parts_by_pivots(left: FloatArray) -> IntArray:
    """Parts, as many and non-empty as there are orthonormal columns: each node joins the nearest of so many pivots.

    Of nodes that tie up to `TIE` the first is the pivot, and of pivots the first is the nearest: else the last bits of
    the vectors would choose.
    """
    n, m = left.shape
    pivots, directions = np.zeros(m, dtype=np.int64), np.zeros((m, m))
    squares = np.einsum("ij,ij->i", left, left)  # of what the pivots leave of each node
    for step in range(m):
        # All together are 1 for each column that is not spanned yet: at less than a share of it they are round-off,
        # as all are beyond the rank, and prefer nobody.
        squares[squares < 1 / (2 * n)] = 0
        squares[pivots[:step]] = -1
        pivots[step] = np.argmax(squares >= (1 - TIE) * squares.max())
        if squares[pivots[step]] > 0:
            direction = left[pivots[step]]
            for _ in range(2):  # twice is enough, once is not
                direction = direction - (directions[:step] @ direction) @ directions[:step]
            directions[step] = direction / np.linalg.norm(direction)
            squares -= (left @ directions[step]) ** 2
    rotation, _ = scipy.linalg.polar(left[pivots])
    near = np.abs(left @ rotation.T)
    parts = np.argmax(near >= (1 - TIE) * near.max(axis=1, keepdims=True), axis=1)
    parts[pivots] = np.arange(m)
    return np.asarray(parts, dtype=np.int64)


def _sparsest_of_all(graph: PairGraph, m: int) -> Partition:
    induced = graph.induced().joint.toarray()
    partitions = _partitions(graph.n_left, m)
    largest = np.max([_conductances_of_sets(induced, partitions == part) for part in range(m)], axis=0)
    best = partitions[np.argmin(largest)]
    value = float(part_conductances(graph, best).max())
    return Partition(value, value, best)


def _conductances_of_sets(induced: FloatArray, sets: npt.NDArray[np.bool_]) -> FloatArray:
    """`cut(S) / vol(S)`, (count,), from `P_T` itself; `sets` is (count, n_left)."""
    inside = sets.astype(np.float64)
    return np.asarray(np.sum((inside @ induced) * (1 - inside), axis=1) / (inside @ induced.sum(axis=1)))


def _partitions(size: int, m: int) -> IntArray:
    """Every partition of `size` nodes into m non-empty parts, (count, size): strings that use a new number in turn."""
    strings = np.zeros((1, 1), dtype=np.int64)
    for placed in range(1, size):
        grown: list[npt.NDArray[Any]] = []
        for part in range(m):
            used = strings.max(axis=1) + 1
            can_be_completed = np.maximum(used, part + 1) + (size - placed - 1) >= m
            chosen = strings[(part <= used) & can_be_completed]
            grown.append(np.column_stack([chosen, np.full(len(chosen), part)]))
        strings = np.vstack(grown)
    return strings
