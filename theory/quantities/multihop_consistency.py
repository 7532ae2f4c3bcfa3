"""Multi-hop consistency of walks along induced pairs, and its bounds on the label energy beyond the k-th value.

The consistencies `a_m = Σ_c ỹ_cᵀ (ĀĀᵀ)^m ỹ_c` are the moments of the label-energy measure `ν = Σ_i c_i δ(σ_i²)` on
[0, 1], whose mass beyond the k-th value theorem 15 bounds. m steps of Lanczos give the Jacobi matrix of ν, and one or
two more entries the extremal measure, without eigenvectors or raw moments.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import scipy.sparse as sp
from scipy.linalg import eigh_tridiagonal

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray
from pairbounds.infrastructure.checks import is_integer
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_masses

ORDER = 8  # order of the bounds: number of Lanczos steps, each of which gives two moments
SMALLEST_ORDER = 2  # for large graphs: the second sharpens the bounds the most
LANCZOS_PRODUCTS = 2**35  # limit on the multiplications for all Lanczos steps of a measure
BETWEEN = 0.5  # arbitrary diagonal entry
BLOCK_BYTES = 3 * 2**27  # limit on the vectors of a block of columns of Ỹ
Factor = sp.csr_array | FloatArray
Rule = tuple[FloatArray, FloatArray]  # nodes, in increasing order, and their weights

ROUND_OFF = 64 * EPS
FAR = 1e10  # replaces infinity as a node; the eigenvalue problem stays accurate to the last digit
TIE = 4 / FAR  # nodes closer than this count as one
GROWTH = 1e5  # largest accepted growth of round-off in entries of a Jacobi matrix
NOTHING = 1e-7  # largest remainder that such round-off causes


@dataclass(frozen=True, eq=False)
class JacobiMatrix:
    """Leading Jacobi matrix of a measure of mass 1, a well-conditioned form of its moments a_0..a_{2m}."""

    diagonal: FloatArray  # (m,), the recurrence coefficients α_1..α_m
    off_diagonal: FloatArray  # (m,), β_1..β_m, positive; (m - 1,) if the measure has only m atoms, and is known

    @property
    def complete(self) -> bool:
        """True if the measure is known; its atoms are then the eigenvalues."""
        return len(self.off_diagonal) < len(self.diagonal)

    @cached_property
    def pulls(self) -> Rule:
        """Gauss nodes, and their weights in the last diagonal entry of a matrix with one more row, (m,) both."""
        ritz, vectors = _eigh(self.diagonal, self.off_diagonal[:-1])
        return ritz, (self.off_diagonal[-1] * vectors[-1]) ** 2

    def determined(self) -> "JacobiMatrix":
        """Leading part that round-off does not decide, for uses beyond moments.

        A perturbation of the graph grows by `Π 1 / 4 β_j`, since β = 1/4 for a measure that fills [0, 1]. Entries with
        a growth above `GROWTH` are left out, and then a last remainder below `NOTHING`, so that the measure is known.
        """
        grown = np.concatenate([[1.0], np.cumprod(1 / (4 * self.off_diagonal))])[: len(self.diagonal)]
        beyond = np.flatnonzero(grown > GROWTH)
        part = self.leading(int(beyond[0]) if len(beyond) else len(self.diagonal))
        if part.complete or part.off_diagonal[-1] > NOTHING:
            return part
        return JacobiMatrix(part.diagonal, part.off_diagonal[:-1])

    def leading(self, steps: int) -> "JacobiMatrix":
        """Jacobi matrix of the first moments, a_0..a_{2 steps}, or of all if there are fewer."""
        return JacobiMatrix(self.diagonal[:steps], self.off_diagonal[:steps])


def consistency_curve(graph: PairGraph, hops: int) -> FloatArray:
    """Multi-hop consistency `a_m = Pr[y(x_0) = y(x_m)]` of walks along m induced pairs, for m = 0..hops.

    `a_0 = 1` and `a_1 = 1 - α_T`. The curve is convex and does not increase; on a connected graph it falls to chance,
    `Σ_c p_c²` with the class masses p_c. Its start shows the consistency of the pairs, its slope their diversity.

    Parameters
    ----------
    hops : length of the longest walk, at least 0

    Returns
    -------
    (hops + 1,)

    Raises
    ------
    ValueError : the graph lacks labels on the left; hops is negative or not an integer

    Notes
    -----
    `a_m = ‖H_m‖²` for `H_0 = Ỹ`, multiplied by Āᵀ and Ā in turn: sums of squares, in which nothing cancels. Cost:
    O(hops nnz r) for r classes; memory O((n_left + n_right) r), but at most about
    `BLOCK_BYTES` for the left side. Source: new here.
    """
    if not is_integer(hops, 0):
        raise ValueError(f"hops={hops!r} is not an integer of at least 0")
    curve, matrix, targets = np.zeros(hops + 1), graph.normalized, sp.csc_array(graph.weighted_targets)
    for columns in column_blocks(targets.shape[1], 3 * graph.n_left):  # the walk, its squares, and its next half hop
        walk = targets[:, columns].toarray(order="C")
        curve[0] += np.sum(walk**2)
        for step in range(hops):
            walk = matrix @ walk if step % 2 else matrix.T @ walk
            curve[step + 1] += np.sum(walk**2)
    return curve


def column_blocks(count: int, floats: int) -> list[IntArray]:
    """Blocks of columns of Ỹ, of at most `BLOCK_BYTES` at `floats` numbers a column, but at least one column."""
    width = max(1, BLOCK_BYTES // (floats * np.dtype(np.float64).itemsize))
    return np.array_split(np.arange(count), -(-count // width))


def default_order(graph: LabelledGraph) -> int:
    """Default order of multi-hop bounds: `ORDER`, or less for a large graph, but at least `SMALLEST_ORDER`.

    A large graph gets the order that takes `LANCZOS_PRODUCTS` multiplications. Ten million pairs with a hundred classes
    still get `ORDER`. Bounds hold at any order; a larger one is sharper.

    `ValueError`: the graph lacks labels on the left.
    """
    affordable = LANCZOS_PRODUCTS // (2 * graph.normalized.size * len(class_masses(graph.pair_graph)))
    return min(ORDER, max(SMALLEST_ORDER, affordable))


def valid_order(graph: LabelledGraph, order: int | None) -> int:
    """Given order of a bound, or `default_order`; errors as in `label_measure`."""
    if order is None:
        return default_order(graph)
    if not is_integer(order, 1):
        raise ValueError(f"order={order!r} is not an integer of at least 1")
    return int(order)


_measures: WeakKeyDictionary[LabelledGraph, dict[int, JacobiMatrix]] = WeakKeyDictionary()


def label_measure(graph: LabelledGraph, order: int | None = None) -> JacobiMatrix:
    """Jacobi matrix of the label-energy measure `ν = Σ_i c_i δ(σ_i²)`, from `order` steps of Lanczos.

    `ValueError`: the graph lacks labels on the left; order is below 1 or not an integer.

    Golub and Kahan's bidiagonalisation of Ā, started at Ỹ with the Frobenius inner product. Only the blocks of the
    left side are orthogonalised, so the matrix is that of `ĀĀᵀ` with a perturbation by round-off. If the vectors
    need more than `BLOCK_BYTES`, each block of columns has a measure, and ν
    is their sum. Cost: O(order nnz r + order² n_left r) for r classes; memory O((order n_left +
    n_right) r), but at most about those bytes or one column. Computed once for each graph and its
    largest order. Sources: Golub and Meurant, *Matrices, Moments and Quadrature with Applications*, 2010; Simon and
    Zha, *Low-rank matrix approximation using the Lanczos bidiagonalization process*, 2000, for the one side.

    The steps, by default `default_order`, give the moments a_0..a_{2 order}, and determine a measure of as many atoms.
    """
    measures, order = _measures.setdefault(graph, {}), valid_order(graph, order)
    if order not in measures:
        largest = max(measures, default=0)
        measures[order] = measures[largest].leading(order) if largest > order else _label_measure(graph, order)
    return measures[order]


def mass_up_to(jacobi: JacobiMatrix, x: float, *, slack: float = ROUND_OFF) -> float:
    """Largest mass in `[0, x]` of a measure on [0, 1] with these moments; at most 1.

    The weights up to `x` of the extremal rule, a measure with these moments (Chebyshev, Markov, Stieltjes).
    Cost: O(m²). Source: Krein and Nudelman, *The Markov Moment Problem and Extremal Problems*, 1977.

    `slack` bounds the shift of an atom by round-off: the interval and `x` are widened by it, so an atom at `x` counts.
    """
    moved = x + slack
    nodes, weights = extremal_rule(jacobi, moved, slack)
    inside = nodes <= moved + TIE
    # The weights sum to 1 up to round-off, which must not make the bound smaller.
    return min(1.0, max(float(weights[inside].sum()), 1 - float(weights[~inside].sum())))


def mass_below(jacobi: JacobiMatrix, x: float, *, slack: float = ROUND_OFF) -> float:
    """Least mass in `[0, x)` of a measure on [0, 1] with these moments: the weights below it in the same rule."""
    moved = x - slack
    nodes, weights = extremal_rule(jacobi, moved, slack)
    inside = nodes < moved - TIE
    return max(0.0, min(float(weights[inside].sum()), 1 - float(weights[~inside].sum())))


def gauss_rule(jacobi: JacobiMatrix) -> Rule:
    """Quadrature rule of m nodes, exact to degree 2m - 1; the measure itself if it is known.

    A lower bound on the integral of a function with a positive derivative of order 2m.
    """
    return _rule(JacobiMatrix(jacobi.diagonal, jacobi.off_diagonal[: len(jacobi.diagonal) - 1]))


def radau_rule(jacobi: JacobiMatrix, x: float) -> Rule:
    """Quadrature rule of m + 1 nodes, one at `x`, exact to degree 2m; the measure itself if it is known.

    If `x` is below the measure, an upper bound on the integral of a function whose derivative of order 2m + 1 is
    negative from the first node on. A place too close to a Gauss node for double precision is moved away from it.
    """
    if jacobi.complete:
        return _rule(jacobi)
    return _radau_rule(jacobi, _corners(jacobi, np.array([x]))[0])


def tail_at_most(
    graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None, *, cut: float = 0.0
) -> float:
    """Upper bound `B_m(k)`, m = order, on `Σ_{i>k} c_i`, the squared error of a probe on the top k; at most 1.

    Through features `e_X` is added, for the squared error of the optimum among encoders linear in them.

    Rounded outward: a perturbation of size δ changes the square root of the label energy on one side of a spectral gap
    by at most `δ / gap`. If the k-th value ties with the next, part of the energy above counts as tail. A `cut`
    replaces `σ_{k+1}` if it is larger. Takes at least k + 1 triplets.

    `ValueError`: the graph lacks labels on the left; order is below 1 or not an integer.
    """
    roots = _tail_roots(graph, spectrum, k, order, cut, 1)
    return min(1.0, graph.unreached + min(roots) ** 2)


def tail_at_least(
    graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None, *, cut: float = 0.0
) -> float:
    """Lower bound on `Σ_{i>k} c_i`, at least 0, rounded outward as in `tail_at_most`."""
    roots = _tail_roots(graph, spectrum, k, order, cut, -1)
    return graph.unreached + max(0.0, *roots) ** 2


def _tail_roots(
    graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None, cut: float, sign: int
) -> list[float]:
    """Bounds on the root of the label energy below the cut, upper ones for sign 1 and lower ones for -1."""
    jacobi, slack, unreached = label_measure(graph, order), spectrum.rounding, graph.unreached
    ends, mass = (spectrum.upper_values, mass_up_to) if sign > 0 else (spectrum.lower_values, mass_below)
    squared = max(cut, float(ends[k])) ** 2
    return [
        math.sqrt((1 - unreached) * mass(jacobi, squared + sign * aside, slack=slack)) + sign * slack / gap
        for gap, aside in separations(spectrum, k)
    ]


def _label_measure(graph: LabelledGraph, order: int) -> JacobiMatrix:
    # Shorter remainders are round-off; dropping one moves atoms by at most its length.
    nothing = float(EPS * np.sqrt(sum(graph.shape)))
    matrix, targets = graph.normalized, sp.csc_array(graph.weighted_targets)
    rows = targets.shape[0]
    masses, parts = [], []
    for columns in column_blocks(targets.shape[1], (order + 2) * rows + 3 * sum(graph.shape)):
        block = targets[:, columns]
        masses.append(float(np.sum(block.data**2)))
        parts.append(_bidiagonalised(matrix, block, order, nothing))
    return parts[0] if len(parts) == 1 else _summed_measure(masses, parts, order, nothing)


def _bidiagonalised(matrix: Factor, block: sp.csc_array, order: int, nothing: float) -> JacobiMatrix:
    """Jacobi matrix of `X -> A (Aᵀ X)`, started at a sparse block X, (n, b).

    It is `B Bᵀ` for the lower bidiagonal B of Golub and Kahan: a product with Aᵀ gives a diagonal entry of B, and a
    product with A an entry below the diagonal. Orthogonalising the left side is enough.
    """
    left = block.toarray(order="C") / np.linalg.norm(block.data)
    right = matrix.T @ left
    basis = np.empty((order, left.size))
    diagonal, off_diagonal, below = [], [], 0.0
    for step in range(order):
        if step:
            left /= below
            right *= -below
            right += matrix.T @ left
        basis[step] = left.ravel()
        on = float(np.linalg.norm(right))
        diagonal.append(on**2 + below**2)
        if on == 0:
            break
        right /= on
        left *= -on
        left += matrix @ right
        flat = left.reshape(-1)
        flat -= (basis[: step + 1] @ flat) @ basis[: step + 1]
        below = float(np.linalg.norm(left))
        if on * below <= nothing:
            break
        off_diagonal.append(on * below)
    return JacobiMatrix(np.array(diagonal), np.array(off_diagonal))


def _summed_measure(masses: list[float], parts: list[JacobiMatrix], order: int, nothing: float) -> JacobiMatrix:
    """Jacobi matrix of a sum of measures, from their masses and Jacobi matrices.

    The rules of the parts form a measure with the moments of the sum. It belongs to the diagonal matrix of the roots of
    its nodes, started at the roots of its weights.
    """
    rules = [radau_rule(part, -ROUND_OFF) for part in parts]  # no node is further below 0
    roots = np.sqrt(np.maximum(0.0, np.concatenate([nodes for nodes, _ in rules])))
    weights = np.concatenate([mass * weights for mass, (_, weights) in zip(masses, rules, strict=True)])
    block = sp.csc_array(np.sqrt(weights)[:, None])
    return _bidiagonalised(sp.csr_array(sp.diags_array(roots)), block, order, nothing)


def rule_of_all_moments(jacobi: JacobiMatrix) -> Rule:
    """Quadrature rule with the moments a_0..a_{2m}, for an arbitrary next diagonal entry."""
    return _rule(jacobi, [] if jacobi.complete else [BETWEEN])


def extremal_rule(jacobi: JacobiMatrix, x: float, slack: float) -> Rule:
    """Rule exact to degree 2m, of least index on `[-slack, 1 + slack]`, with a node at `x` or the nearest end."""
    if jacobi.complete:
        return _rule(jacobi)
    ends = -slack, 1 + slack
    x = min(ends[1], max(ends[0], x))
    corner, lowest, highest = _corners(jacobi, np.array([x, *ends]))
    # The Radau rule has all nodes inside if and only if its corner is between those of the rules at the ends.
    if not lowest <= corner <= highest and 0 < highest - lowest < FAR:
        return _pinned_rule(jacobi, x, ends, corner, lowest, highest)
    # A corner is infinite here, at a Gauss node, only if a single measure on [0, 1] has the moments. The Radau rule,
    # with its extra node far away and without weight, is then weaker but valid.
    return _radau_rule(jacobi, corner)


def _radau_rule(jacobi: JacobiMatrix, corner: float) -> Rule:
    return _rule(jacobi, [min(FAR, max(-FAR, corner))])


def _corners(jacobi: JacobiMatrix, places: FloatArray) -> list[float]:
    """Last diagonal entry that puts a node of the Gauss-Radau rule at each place; infinite at a Gauss node."""
    nodes, pulls = jacobi.pulls
    with np.errstate(divide="ignore", invalid="ignore"):
        corners = places - (pulls / (places[:, None] - nodes)).sum(axis=1)
    return [float(corner) for corner in corners]


def _pinned_rule(
    jacobi: JacobiMatrix, node: float, ends: tuple[float, float], corner: float, lowest: float, highest: float
) -> Rule:
    """Quadrature rule with nodes at `x` and at both ends of the interval.

    Let q_0, q, q_1 be the corners of the Radau rules at the lower end e_0, at x = `x`, and at the upper end e_1.
    With two appended diagonal entries s, t and a coupling b, there is a node at x if `(s - q) (t - x) = b²`. This holds
    at all three for `s = q_0 + ρ (q_1 - q_0)`, `t = e_0 + (1 - ρ) (e_1 - e_0)` and `b² = (s - q_0) (t - e_0)`, with
    `ρ = Y (1 - X) / (Y - X)`, `X = (x - e_0) / (e_1 - e_0)` and `Y = (q - q_0) / (q_1 - q_0)`. If Y is outside [0, 1],
    ρ is inside.
    """
    width, spread = ends[1] - ends[0], highest - lowest
    x, y = (node - ends[0]) / width, (corner - lowest) / spread
    share, complement = (y * (1 - x) / (y - x), x * (y - 1) / (y - x)) if math.isfinite(y) else (1 - x, x)
    diagonal = [lowest + share * spread, ends[0] + complement * width]
    return _rule(jacobi, diagonal, [math.sqrt(share * complement * width * spread)])


def _rule(jacobi: JacobiMatrix, diagonal: Sequence[float] = (), off_diagonal: Sequence[float] = ()) -> Rule:
    """Quadrature rule of the Jacobi matrix with these entries appended."""
    nodes, vectors = _eigh(np.append(jacobi.diagonal, diagonal), np.append(jacobi.off_diagonal, off_diagonal))
    return nodes, vectors[0] ** 2


def _eigh(diagonal: FloatArray, off_diagonal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, in increasing order, and eigenvectors, by QR, which keeps small values precise beside `FAR`."""
    values, vectors = eigh_tridiagonal(diagonal, off_diagonal, lapack_driver="stev")
    return np.asarray(values), np.asarray(vectors)


def separations(spectrum: Spectrum, k: int) -> Iterator[tuple[float, float]]:
    """Spectral gaps for perturbation bounds, each with the shift from `σ²_{k+1}` that it needs.

    The gap below σ_k² needs no shift. If it is small or missing, a shift makes a gap.
    """
    gap = float(spectrum.lower_values[k - 1] ** 2 - spectrum.upper_values[k] ** 2)
    if gap > 0:
        yield gap, 0.0
    aside = math.sqrt(spectrum.rounding)
    yield aside, aside
