"""Connectivity of the induced left graph: inside its classes, between them, and across its sparsest cut.

The cut of a set S of left nodes is `Pr_{(x,x')~P_T}[x ∈ S, x' ∉ S] = Σ_l a_l (p_R(l) - a_l) / p_R(l)`, where
`a_l = P(S, l)`. So the induced pairs `P_T` are never formed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.special import stirling2

from pairbounds.infrastructure.arrays import Array, FloatArray, IntArray, once
from pairbounds.infrastructure.checks import is_integer
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_columns
from pairbounds.theory.spectrum.triplets import second_eigenvalue, spectrum

EXACT_NODES = 14  # most left nodes of an exhaustive search
EXACT_PARTITIONS = 10_000  # most partitions of an exhaustive search
DIGITS = 8  # decimals to which entries that tie agree; the first of them wins


@dataclass(frozen=True, eq=False)
class Partition:
    """Sparsest partition of the left nodes in a search, and an interval for the optimum.

    Attributes
    ----------
    lower, upper : interval that contains the least `max_i φ(S_i)`; a point after an exhaustive search
    parts : (n_left,), the part of each left node, 0..m-1; its largest conductance is `upper`
    """

    lower: float
    upper: float
    parts: IntArray


@once
def class_second_eigenvalues(graph: PairGraph) -> FloatArray:
    """Upper bounds on `λ₂(c)`, (r,), in [0, 1], for each class present on the left, in the order of class numbers.

    `λ₂(c)` is the second eigenvalue of `D_c^{-1/2} P_T[c, c] D_c^{-1/2}`, where `D_c` holds the row sums of
    `P_T[c, c]`, the induced pairs inside the class. It is 0 for a class of one node, or of nodes with proportional
    pairs, and 1 for a disconnected class. Smaller values mean more diverse pairs.

    Raises
    ------
    ValueError : the graph lacks labels on the left
    RuntimeError : the solver did not converge on a large class

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
    """Leak `β(x) = Pr_{x'|x}[y(x') ≠ y(x)]` of each left node under `P_T`, shape (n_left,), in [0, 1].

    Its mean under `p_L` is the induced labelling error `α_T`; its maximum is the β of theorem 8.

    `ValueError`: the graph lacks labels on the left.

    `β(x) = Σ_l P(l | x) (1 - P(y(x), l) / p_R(l))`. Linear in the number of pairs, up to a sort; computed once a graph.
    """
    return _stays_and_leaks(graph)[1]


def stays_in_class(graph: PairGraph) -> FloatArray:
    """`1 - β(x) = Pr_{x'|x}[y(x') = y(x)]` of each left node, shape (n_left,), in (0, 1].

    The relative round-off is small even where almost every step leaves. Errors as in `cross_class_leaks`.
    """
    return _stays_and_leaks(graph)[0]


def part_conductances(graph: PairGraph, parts: ArrayLike) -> FloatArray:
    """Conductance `φ(S) = cut(S) / vol(S)` of each part of the left nodes, shape (m,), in [0, 1).

    Here `vol(S) = p_L(S)`: φ(S) is the probability that an induced pair which starts in S leaves it.

    `ValueError`: `parts` of the wrong shape, or not integers.

    Linear in the number of pairs.

    Parameters
    ----------
    parts : (n_left,), the part number of each left node; the result is sorted by part number. `graph.left_labels` gives
        the conductance of each class.
    """
    numbers = np.asarray(parts)
    if numbers.shape != (graph.n_left,) or not (np.issubdtype(numbers.dtype, np.integer) or numbers.dtype == np.bool_):
        raise ValueError(f"parts is {numbers.dtype} of shape {numbers.shape}: give {graph.n_left} integers")
    _, compact = np.unique(numbers, return_inverse=True)
    left, masses, shares = _shares(graph, compact)
    cuts = np.bincount(compact[left], weights=masses * (1 - shares))
    return cuts / np.bincount(compact, weights=graph.left_marginal)


def sparsest_partition(graph: PairGraph, m: int, triplets: Spectrum | None = None) -> Partition:
    """Sparsest m-partition, `ρ_m = min max_i φ(S_i)` over partitions of the left nodes into m non-empty sets.

    `φ(S) = cut(S) / vol(S)` for any size of S, so `ρ_2` is the conductance of the graph. ρ_m does not decrease in m.

    Parameters
    ----------
    m : 1..n_left
    triplets : at least min(m, n_right) leading triplets; computed by default

    Raises
    ------
    ValueError : m out of range, too few triplets

    Notes
    -----
    The lower end is `(1 - σ_m²) / 2` (theorem 9). Both ends are 0 for a graph of at least m components.

    The upper end is the value of the best partition. The search is exhaustive for up to `EXACT_NODES` nodes and
    `EXACT_PARTITIONS` partitions. Otherwise it tries the sweep cut by `u_2 / √p_L` (m = 2), which meets Cheeger's upper
    bound; the classes, if m are present; and nodes sorted by the pivots of a QR factorisation of `U_mᵀ`. Cost: O(nnz
    log n_left + n_left m²), beside the triplets. Source: HaoChen et al. 2021; Damle, Minden and Ying 2018 for pivots.
    """
    if not is_integer(m, 1, graph.n_left):
        raise ValueError(f"m={m!r} is not in 1..{graph.n_left}: each part needs a left node")
    if graph.n_left <= EXACT_NODES and stirling2(graph.n_left, m, exact=True) <= EXACT_PARTITIONS:
        return _sparsest_of_all(graph, m)
    pieces = graph.components[0]
    if pieces.max() >= m - 1:
        return Partition(0.0, 0.0, np.minimum(pieces, m - 1))
    count = min(m, *graph.shape)
    top = spectrum(graph, count) if triplets is None else triplets
    if len(top.singular_values) < count:
        raise ValueError(f"m={m} needs {count} triplets: triplets has {len(top.singular_values)}")
    top = top.leading(m)
    candidates = [_parts_by_pivots(top.left[:, :m])]
    if m == 2:
        candidates.append(_sweep(graph, _sweep_scores(graph, top)))
    if graph.left_labels is not None and len(np.unique(graph.left_labels)) == m:
        candidates.append(np.unique(graph.left_labels, return_inverse=True)[1])
    largest = [float(part_conductances(graph, parts).max()) for parts in candidates]
    best = int(np.argmin(largest))
    lower = (1 - float(top.upper_values[m - 1]) ** 2) / 2
    return Partition(min(lower, largest[best]), largest[best], candidates[best])


def _class_blocks(graph: PairGraph) -> Iterator[tuple[sp.csr_array, FloatArray]]:
    """Blocks `D_c^{-1/2} P[c, :] D_R^{-1/2}` of the classes present, without empty columns; and `√D_c`."""
    # Row sums of P_T[c, c] are p_L(x) times the probability that a step stays in the class.
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
    """Probabilities that a step from each left node stays in its class, and that it leaves it, (n_left,) each."""
    left, masses, shares = _shares(graph, class_columns(graph))
    # Both are sums of non-negative terms, so the smaller is as precise as the larger. Dividing first avoids underflow.
    steps = masses / graph.left_marginal[left]
    stays, leaks = (np.bincount(left, weights=steps * chance) for chance in (shares, 1 - shares))
    return np.minimum(1.0, stays), np.minimum(1.0, leaks)


def _shares(graph: PairGraph, parts: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Left node x and mass of each pair (x, l), and the share of l's mass that is in the part of x, (n_pairs,) each.

    `parts` is (n_left,). Pairs are sorted by right node, then by part.
    """
    order = np.argsort(parts, kind="stable")
    pairs = sp.csc_array(graph.joint[order])
    left = order[pairs.indices]
    opens = np.diff(parts[left], prepend=-1) != 0
    opens[pairs.indptr[:-1]] = True
    starts = np.flatnonzero(opens)
    # Masses and totals sum the same numbers, so the share is exactly 1 for a right node that meets one part only.
    masses = np.add.reduceat(pairs.data, starts)
    first = np.searchsorted(starts, pairs.indptr[:-1])
    totals = np.repeat(np.add.reduceat(masses, first), np.diff(first, append=len(starts)))
    return left, pairs.data, np.repeat(masses / totals, np.diff(starts, append=pairs.nnz))


def _sweep_scores(graph: PairGraph, triplets: Spectrum) -> FloatArray:
    """`u_2 / √p_L`, (n_left,), with `u_2` orthogonal to the first vector, `√p_L`."""
    root = np.sqrt(graph.left_marginal)
    # In a disconnected graph σ_1 = σ_2 and the solver may rotate the two vectors: rotate them back.
    along_first, along_second = root @ triplets.left[:, :2]
    angle = np.arctan2(along_second, along_first)
    return np.asarray((np.cos(angle) * triplets.left[:, 1] - np.sin(angle) * triplets.left[:, 0]) / root)


def _sweep(graph: PairGraph, scores: FloatArray) -> IntArray:
    """Best of the n_left - 1 sets of lowest scores, as parts 0 and 1, in one pass over the pairs."""
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
    # The cut is 0 at both ends. A sum from the nearer end has round-off relative to the smaller volume.
    from_start = np.cumsum(steps)[:-1] / np.cumsum(volumes)[:-1]
    from_end = -np.cumsum(steps[::-1])[::-1][1:] / np.cumsum(volumes[::-1])[::-1][1:]
    starts_smaller = np.cumsum(volumes)[:-1] <= 0.5
    size = int(np.argmin(np.where(starts_smaller, from_start, from_end))) + 1
    parts = np.zeros(graph.n_left, dtype=np.int64)
    parts[order[size:]] = 1
    return parts


def _parts_by_pivots(left: FloatArray) -> IntArray:
    """Assign each node to the nearest of m pivots, from m orthonormal columns; no part is empty.

    The first of nodes or pivots that tie up to `DIGITS` wins, so that round-off does not decide.
    """
    m = left.shape[1]
    pivots = scipy.linalg.qr(np.round(left.T, DIGITS), mode="r", pivoting=True)[1][:m]
    rotation, _ = scipy.linalg.polar(left[pivots])
    parts = np.argmax(np.round(np.abs(left @ rotation.T), DIGITS), axis=1)
    parts[pivots] = np.arange(m)
    return np.asarray(parts, dtype=np.int64)


def _sparsest_of_all(graph: PairGraph, m: int) -> Partition:
    induced, partitions = graph.induced().joint.toarray(), _partitions(graph.n_left, m)
    sets = np.stack([partitions == part for part in range(m)]).astype(np.float64)
    conductances = np.sum((sets @ induced) * (1 - sets), axis=2) / (sets @ induced.sum(axis=1))
    best = partitions[np.argmin(conductances.max(axis=0))]
    value = float(part_conductances(graph, best).max())
    return Partition(value, value, best)


def _partitions(size: int, m: int) -> IntArray:
    """All partitions of `size` nodes into m non-empty parts, (count, size), as restricted growth strings."""
    strings = np.zeros((1, 1), dtype=np.int64)
    for placed in range(1, size):
        grown: list[Array] = []
        for part in range(m):
            used = strings.max(axis=1) + 1
            can_be_completed = np.maximum(used, part + 1) + (size - placed - 1) >= m
            chosen = strings[(part <= used) & can_be_completed]
            grown.append(np.column_stack([chosen, np.full(len(chosen), part)]))
        strings = np.vstack(grown)
    return strings
