"""Walks along induced pairs: how long labels survive them, and what that says of the label energy beyond the k-th.

Let `a_m = Σ_c ỹ_cᵀ (ĀĀᵀ)^m ỹ_c`, the probability that both ends of an m-step walk along induced pairs have the same
label. The a_m are the moments of the label-energy measure `ν = Σ_i c_i δ(σ_i²)` on [0, 1]; the squared error of a linear
probe on the top k is the mass of ν beyond the k-th value, so that the Chebyshev-Markov-Stieltjes inequalities bound it
(theorem 15). Neither eigenvectors nor raw moments are formed: m steps of Lanczos give the Jacobi matrix of ν, and small
changes of its end give the extremal measures.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import scipy.linalg

from theory.arrays import FloatArray
from theory.consistency import weighted_targets
from theory.graph import PairGraph

HOPS = 8  # steps of Lanczos, each a hop and back: 16 moments
FAR = 1e10  # where a node at infinity is put: its eigenvalue problem is solved to the last digit all the same
TIE = 4 / FAR  # nodes closer than this are one node


@dataclass(frozen=True, eq=False)
class JacobiMatrix:
    """The leading Jacobi matrix of a measure of mass 1: its moments `a_0..a_{2m}` in a well-conditioned form.

    Attributes
    ----------
    diagonal : (m,), the first m recurrence coefficients α
    off_diagonal : (m,), the first m coefficients β, positive; (m - 1,) where the measure has just m atoms and is
        known completely
    """

    diagonal: FloatArray
    off_diagonal: FloatArray

    @property
    def complete(self) -> bool:
        """Whether the measure is finite and known: its atoms are the eigenvalues."""
        return len(self.off_diagonal) < len(self.diagonal)


def consistency_curve(graph: PairGraph, hops: int) -> FloatArray:
    """`a_m = Pr[y(x_0) = y(x_m)]` over m-step walks along induced pairs, (hops + 1,): multi-hop consistency.

    `a_0 = 1`, `a_1 = 1 - α_T`; never increasing, convex, and in the limit, on a connected graph, chance: `Σ_c p_c²` with
    the class masses p_c. How high it starts shows consistency, how fast it falls the diversity of the pairs.

    Parameters
    ----------
    hops : int
        At least 0.

    Raises
    ------
    ValueError
        The graph lacks labels on the left; hops is negative or no integer.

    Notes
    -----
    `a_m = ‖H_m‖²` with `H_0 = Ỹ` and half a hop from each to the next, by Āᵀ and Ā in turn: sums of squares, nothing
    cancels. Cost: O(hops nnz r) time for r classes, O((n_left + n_right) r) memory.
    """
    walk = weighted_targets(graph).toarray()
    curve = [np.sum(walk**2)]
    for step in range(_validated(hops, 0)):
        walk = graph.normalized @ walk if step % 2 else graph.normalized.T @ walk
        curve.append(np.sum(walk**2))
    return np.array(curve)


_MEASURES: WeakKeyDictionary[PairGraph, dict[int, JacobiMatrix]] = WeakKeyDictionary()


def label_measure(graph: PairGraph, hops: int = HOPS) -> JacobiMatrix:
    """The Jacobi matrix of the label-energy measure `ν = Σ_i c_i δ(σ_i²)`, from `hops` steps of Lanczos.

    Parameters
    ----------
    hops : int
        At least 1. The matrix holds the moments `a_0..a_{2 hops}`, or the whole measure if it has at most `hops` atoms.

    Raises
    ------
    ValueError
        The graph lacks labels on the left; hops is below 1 or no integer.

    Notes
    -----
    Lanczos on `X -> Ā (Āᵀ X)` with the Frobenius inner product, started at Ỹ, each step made orthogonal to all before
    it, twice. Cost: O(hops nnz r + hops² n_left r) time for r classes, O(hops n_left r) memory. The result is kept as
    long as the graph is. Source: Golub and Meurant, *Matrices, Moments and Quadrature with Applications*, 2010.
    """
    known = _MEASURES.setdefault(graph, {})
    if hops not in known:
        known[hops] = _lanczos(graph, _validated(hops, 1))
    return known[hops]


def _lanczos(graph: PairGraph, hops: int) -> JacobiMatrix:
    start = weighted_targets(graph).toarray()
    basis = np.empty((hops, start.size))
    basis[0] = start.ravel() / np.linalg.norm(start)
    # Below this a direction is round-off, and what is dropped with it moves no atom by more than that.
    nothing = np.finfo(np.float64).eps * np.sqrt(sum(graph.joint.shape))
    diagonal, off_diagonal = [], []
    for step in range(hops):
        half = graph.normalized.T @ basis[step].reshape(start.shape)
        diagonal.append(np.sum(half**2))
        ahead = (graph.normalized @ half).ravel()
        for _ in range(2):
            ahead -= (basis[: step + 1] @ ahead) @ basis[: step + 1]
        length = np.linalg.norm(ahead)
        if length <= nothing:
            break
        off_diagonal.append(length)
        if step + 1 < hops:
            basis[step + 1] = ahead / length
    return JacobiMatrix(np.array(diagonal), np.array(off_diagonal))


def radau_interval(jacobi: JacobiMatrix, node: float) -> tuple[float, float]:
    """The Gauss-Radau bounds of a measure on the line: `(lower, upper)` of its mass below, and up to, `node`.

    With m steps the rule has m + 1 nodes, one of them at `node`, and is exact to degree 2m. The lower bound is the sum
    of its weights at nodes below `node`, the upper one that of the nodes up to it: the best that a_0..a_{2m} allow for
    a measure on the line (Chebyshev, Markov, Stieltjes). Cost: O(m²).
    """
    if jacobi.complete:
        return _atoms_interval(jacobi, node)
    ritz, vectors = _eigh(jacobi.diagonal, jacobi.off_diagonal[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        corner = node - np.sum((jacobi.off_diagonal[-1] * vectors[-1]) ** 2 / (node - ritz))
    if abs(corner) <= FAR:
        return _interval(*_rule(jacobi, [corner], []), node)
    # `node` is one of the Gauss nodes, and the rule's further node, of no weight, is at infinity. The rule with that
    # node at minus or plus FAR has its node a little above, or below, `node`: outward either way.
    lower, _ = _interval(*_rule(jacobi, [FAR], []), node)
    _, upper = _interval(*_rule(jacobi, [-FAR], []), node)
    return lower, upper


def _eigh(diagonal: FloatArray, off_diagonal: FloatArray) -> tuple[FloatArray, FloatArray]:
    values, vectors = scipy.linalg.eigh_tridiagonal(diagonal, off_diagonal, lapack_driver="stev")
    return values, vectors


def _rule(jacobi: JacobiMatrix, diagonal: list[float], off_diagonal: list[float]) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of the rule of the Jacobi matrix with these entries appended."""
    nodes, vectors = _eigh(np.r_[jacobi.diagonal, diagonal], np.r_[jacobi.off_diagonal, off_diagonal])
    return nodes, np.asarray(vectors[0] ** 2)


def _interval(nodes: FloatArray, weights: FloatArray, node: float) -> tuple[float, float]:
    """Weights below the node of the rule at or just below `node`, and up to the one at or just above it."""
    first_above = int(np.searchsorted(nodes, node - TIE, side="left"))
    last_below = int(np.searchsorted(nodes, node + TIE, side="right")) - 1
    lower = np.sum(weights[: max(0, min(first_above, last_below))])
    upper = np.sum(weights[: max(first_above, last_below) + 1])
    return float(lower), float(min(1.0, upper))


def _atoms_interval(jacobi: JacobiMatrix, node: float) -> tuple[float, float]:
    nodes, weights = _rule(jacobi, [], [])
    return float(np.sum(weights[nodes < node - TIE])), float(min(1.0, np.sum(weights[nodes <= node + TIE])))


def pinned_interval(jacobi, node, ends):
    if jacobi.complete:
        return _atoms_interval(jacobi, node)
    ritz, vectors = _eigh(jacobi.diagonal, jacobi.off_diagonal[:-1])
    X = np.array([*ends, node])
    with np.errstate(divide="ignore", invalid="ignore"):
        q = np.array([x - np.sum((jacobi.off_diagonal[-1] * vectors[-1]) ** 2 / (x - ritz)) for x in X])
    if not np.isfinite(q).all():
        return (0, 1, "inf")
    M = np.c_[np.ones(3), -q, -X]
    try:
        c, T, s = np.linalg.solve(M, -X * q)
    except np.linalg.LinAlgError:
        return (0, 1, "sing")
    b2 = T * s - c
    if not b2 > 0:
        return (0, 1, "neg")
    x, w = _rule(jacobi, [s, T], [np.sqrt(b2)])
    if x[0] > 0 or x[-1] < 1:
        return (0, 1, "end", x[0], x[-1] - 1)
    if abs(x - node).min() > TIE:
        return (*_interval(x, w, node), "far", abs(x - node).min())
    return _interval(x, w, node)


def _validated(hops: int, least: int) -> int:
    if isinstance(hops, bool) or not isinstance(hops, int | np.integer) or hops < least:
        raise ValueError(f"hops={hops!r} is not an integer of at least {least}")
    return int(hops)
