"""Walks along induced pairs: how long labels survive them, and what that says of the label energy beyond the k-th.

Let `a_m = Σ_c ỹ_cᵀ (ĀĀᵀ)^m ỹ_c`, the probability that both ends of an m-step walk along induced pairs have the same
label. The a_m are the moments of the label-energy measure `ν = Σ_i c_i δ(σ_i²)` on [0, 1], and the squared error of a
linear probe on the top k is the mass of ν beyond the k-th value: the Chebyshev-Markov-Stieltjes inequalities bound it
(theorem 15). Neither eigenvectors nor raw moments are formed: m steps of Lanczos give the Jacobi matrix of ν, and an
entry or two at its end turn it into the extremal measure.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import scipy.sparse as sp
from scipy.linalg import eigh_tridiagonal

from pairbounds.infrastructure.arrays import EPS, FloatArray
from pairbounds.infrastructure.hypotheses import is_integer
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.quantities.consistency import class_masses, unreached_energy, weighted_targets
from pairbounds.theory.quantities.label_blocks import Factor, column_blocks, first_half_hop, for_hops, target_blocks
from pairbounds.theory.spectrum.triplets import Spectrum

HOPS = 8  # steps of Lanczos; each gives two moments
FEWEST_HOPS = 2  # of large graphs: the second sharpens the bounds the most
HOPS_PRODUCTS = 2**35  # multiplications that the hops of a measure may take; from there on they are fewer
BETWEEN = 0.5  # a diagonal entry as good as any
Rule = tuple[FloatArray, FloatArray]  # nodes, in rising order, and their weights

ROUND_OFF = 64 * EPS
FAR = 1e10  # stands for infinity as the place of a node; the eigenvalue problem stays accurate to the last digit
TIE = 4 / FAR  # nodes closer than this count as one
GROWTH = 1e5  # of a perturbation by round-off: what is left of the digits of an entry of a Jacobi matrix says enough
NOTHING = 1e-7  # a remainder that so long an error may have made


@dataclass(frozen=True, eq=False)
class JacobiMatrix:
    """The leading Jacobi matrix of a measure of mass 1: its moments a_0..a_{2m}, in a well-conditioned form.

    Attributes
    ----------
    diagonal : (m,), the recurrence coefficients α_1..α_m
    off_diagonal : (m,), the coefficients β_1..β_m, positive; (m - 1,) where the measure has just m atoms, and is known
    """

    diagonal: FloatArray
    off_diagonal: FloatArray

    @property
    def complete(self) -> bool:
        """Return whether the measure is known: its atoms are the eigenvalues."""
        return len(self.off_diagonal) < len(self.diagonal)

    @cached_property
    def pulls(self) -> Rule:
        """The Gauss nodes, and how strongly each pulls at the corner of a matrix with one more row, (m,) both."""
        ritz, vectors = _eigh(self.diagonal, self.off_diagonal[:-1])
        return ritz, (self.off_diagonal[-1] * vectors[-1]) ** 2

    def determined(self) -> "JacobiMatrix":
        """The leading part that does not hang on the last digits, for whoever reads more than moments off it.

        A perturbation of the graph grows, on its way to the entries of a step, as the lengths of the remainders fall
        behind those of a measure that fills [0, 1], which are 1/4: by `Π 1 / 4 β_j`. Where it may have grown by
        `GROWTH` the rest is left out, and a last remainder that is next to nothing (`NOTHING`) with it: then the atoms
        are these.
        """
        grown = np.concatenate([[1.0], np.cumprod(1 / (4 * self.off_diagonal))])[: len(self.diagonal)]
        beyond = np.flatnonzero(grown > GROWTH)
        found = self.leading(int(beyond[0]) if len(beyond) else len(self.diagonal))
        if found.complete or found.off_diagonal[-1] > NOTHING:
            return found
        return JacobiMatrix(found.diagonal, found.off_diagonal[:-1])

    def leading(self, steps: int) -> "JacobiMatrix":
        """Jacobi matrix of the first moments, a_0..a_{2 steps}; itself where it has no more."""
        return JacobiMatrix(self.diagonal[:steps], self.off_diagonal[:steps])


def consistency_curve(graph: PairGraph, hops: int) -> FloatArray:
    """Multi-hop consistency `a_m = Pr[y(x_0) = y(x_m)]` of m-step walks along induced pairs, for m = 0..hops.

    `a_0 = 1` and `a_1 = 1 - α_T`. The curve is convex and never grows; on a connected graph it falls to chance,
    `Σ_c p_c²` with the class masses p_c. Where it starts shows the consistency of the pairs, how fast it falls their
    diversity.

    Parameters
    ----------
    hops : at least 0

    Returns
    -------
    (hops + 1,)

    Raises
    ------
    ValueError : the graph lacks labels on the left; hops is negative or not an integer

    Notes
    -----
    `a_m = ‖H_m‖²`, where `H_0 = Ỹ` and half a hop leads to the next, by Āᵀ and by Ā in turn: sums of squares, in which
    nothing cancels, over blocks of columns. Cost: O(hops nnz r) for r classes; memory O((n_left + n_right) r), but
    little more than `pairbounds.theory.quantities.label_blocks.BLOCK_BYTES` for the left side. Source: new here.
    """
    curve, matrix = np.zeros(_validated(hops, 0) + 1), for_hops(graph)
    for _, walk in target_blocks(graph, 3):  # itself, its squares, and what a hop leads to
        curve[0] += np.sum(walk**2)
        for step in range(hops):
            walk = matrix @ walk if step % 2 else matrix.T @ walk
            curve[step + 1] += np.sum(walk**2)
    return curve


def default_hops(graph: LabelledGraph) -> int:
    """`HOPS`, or of a large graph as many as take `HOPS_PRODUCTS` multiplications, but at least `FEWEST_HOPS`.

    A hop leads over every pair twice for every class, so that ten million pairs with a hundred classes still have all
    of them. Bounds are true with any number of hops, and sharper with more.

    `ValueError`: the graph lacks labels on the left.
    """
    if not isinstance(graph, PairGraph):
        return HOPS  # its matrix is small
    affordable = HOPS_PRODUCTS // (2 * graph.joint.nnz * len(class_masses(graph)))
    return min(HOPS, max(FEWEST_HOPS, affordable))


def number_of_hops(graph: LabelledGraph, hops: int | None) -> int:
    """Number of hops that are asked for, or where nobody asks, `default_hops`; errors as `label_measure` has."""
    return default_hops(graph) if hops is None else _validated(hops, 1)


# Several bounds ask for the measure of one graph. Kept here it lives as long as the graph, and no longer.
_measures: WeakKeyDictionary[LabelledGraph, dict[int, JacobiMatrix]] = WeakKeyDictionary()


def label_measure(graph: LabelledGraph, hops: int | None = None) -> JacobiMatrix:
    """The Jacobi matrix of the label-energy measure `ν = Σ_i c_i δ(σ_i²)`, from `hops` steps of Lanczos.

    `ValueError`: the graph lacks labels on the left; hops is below 1 or not an integer.

    Lanczos on `X -> Ā (Āᵀ X)` with the Frobenius inner product, started at Ỹ, by Golub and Kahan's half hops, of which
    the blocks of the shorter side are kept orthogonal: the matrix is that of a perturbation of `ĀĀᵀ` by round-off.
    Where the vectors of all columns would take more than `pairbounds.theory.quantities.label_blocks.BLOCK_BYTES`, each
    block of columns has a measure of its own, and ν is their sum. Cost: O(hops nnz r + hops² n r) for r classes and n
    nodes on the shorter side; memory O((hops n + n_left + n_right) r) or little more than those bytes, but at least
    one column. Computed once for each graph, and read off where more hops are known. Sources: Golub and Meurant,
    *Matrices, Moments and Quadrature with Applications*, 2010; Simon and Zha, *Low-rank matrix approximation using the
    Lanczos bidiagonalization process*, 2000, for the one side.

    Parameters
    ----------
    hops : at least 1: the moments a_0..a_{2 hops}. A measure of at most so many atoms is found completely. By default
        `default_hops`.
    """
    known, hops = _measures.setdefault(graph, {}), number_of_hops(graph, hops)
    if hops not in known:
        most = max(known, default=0)
        known[hops] = known[most].leading(hops) if most > hops else _label_measure(graph, hops)
    return known[hops]


def moments(jacobi: JacobiMatrix, count: int) -> FloatArray:
    """`a_0..a_count`, (count + 1,): the consistency curve, to round-off, of a graph whose measure is known already.

    `ValueError`: the matrix has fewer moments; count is negative or not an integer.
    """
    if _validated(count, 0, "count") > 2 * len(jacobi.off_diagonal) and not jacobi.complete:
        raise ValueError(f"count={count} is above {2 * len(jacobi.off_diagonal)}, the moments known: take more hops")
    nodes, weights = rule_of_all_moments(jacobi)
    return np.array([weights @ nodes**power for power in range(count + 1)])


def mass_up_to(jacobi: JacobiMatrix, place: float, *, slack: float = ROUND_OFF) -> float:
    """The largest mass in `[0, place]` of a measure on [0, 1] with these moments; at most 1.

    Of the quadrature rules exact to degree 2m, one has a node at `place` and an index of at most m + 1, where an end of
    [0, 1] counts one half. The mass is the sum of its weights up to there; and since the rule is itself a measure with
    these moments, nothing less is a bound (Chebyshev, Markov, Stieltjes). Cost: O(m²).

    Source: Krein and Nudelman, *The Markov Moment Problem and Extremal Problems*, 1977.

    Parameters
    ----------
    slack : how far round-off may have moved an atom: the interval and the place are widened by it. Without it an atom
        at `place` itself could be missed.
    """
    moved = place + slack
    nodes, weights = extremal_rule(jacobi, moved, slack)
    inside = nodes <= moved + TIE
    # The weights sum to 1 but for round-off, which must not make the bound smaller.
    return min(1.0, max(float(weights[inside].sum()), 1 - float(weights[~inside].sum())))


def mass_below(jacobi: JacobiMatrix, place: float, *, slack: float = ROUND_OFF) -> float:
    """The least mass in `[0, place)` of a measure on [0, 1] with these moments: the weights below in the same rule."""
    moved = place - slack
    nodes, weights = extremal_rule(jacobi, moved, slack)
    inside = nodes < moved - TIE
    return max(0.0, min(float(weights[inside].sum()), 1 - float(weights[~inside].sum())))


def gauss_rule(jacobi: JacobiMatrix) -> Rule:
    """The quadrature rule of m nodes that is exact to degree 2m - 1: the measure itself where that is known.

    Of a function whose derivative of order 2m is positive it gives no more than the integral.
    """
    return _rule(JacobiMatrix(jacobi.diagonal, jacobi.off_diagonal[: len(jacobi.diagonal) - 1]), [], [])


def radau_rule(jacobi: JacobiMatrix, place: float) -> Rule:
    """The rule of m + 1 nodes, one at `place`, that is exact to degree 2m; the measure itself where that is known.

    For a place below the measure, of a function whose derivative of order 2m + 1 is negative from the first node on, it
    gives no less than the integral. A place too near to a Gauss node for double precision is moved away from it.
    """
    if jacobi.complete:
        return _rule(jacobi, [], [])
    return _radau_rule(jacobi, _corners(jacobi, np.array([place]))[0])


def tail_at_most(
    graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None, *, cut: float = 0.0
) -> float:
    """`B_m(k)`, m = hops: an upper bound of `Σ_{i>k} c_i`, the squared error of a probe on the top k; at most 1.

    Through features it is `e_X` more: the squared error of the optimum among encoders linear in them.

    Rounded outward: with a perturbation of size δ the label energy on one side of a spectral gap changes, in its square
    root, by at most `δ / gap`. Where the k-th value is tied with the next, part of the energy above counts as tail.

    `ValueError`: the graph lacks labels on the left; hops is below 1 or not an integer.

    Parameters
    ----------
    spectrum : at least k + 1 triplets
    k : at least 1
    cut : takes the place of `σ_{k+1}` where it is larger: all energy up to its square counts as tail
    """
    jacobi, slack, unreached = label_measure(graph, hops), spectrum.rounding, unreached_energy(graph)
    squared = max(cut, float(spectrum.upper_values[k])) ** 2
    roots = (
        math.sqrt((1 - unreached) * mass_up_to(jacobi, squared + aside, slack=slack)) + slack / gap
        for gap, aside in separations(spectrum, k)
    )
    return min(1.0, unreached + min(roots) ** 2)


def tail_at_least(
    graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None, *, cut: float = 0.0
) -> float:
    """The lower bound that goes with `tail_at_most`: of `Σ_{i>k} c_i`, at least 0; rounded outward likewise."""
    jacobi, slack, unreached = label_measure(graph, hops), spectrum.rounding, unreached_energy(graph)
    squared = max(cut, float(spectrum.lower_values[k])) ** 2
    roots = (
        math.sqrt((1 - unreached) * mass_below(jacobi, squared - aside, slack=slack)) - slack / gap
        for gap, aside in separations(spectrum, k)
    )
    return unreached + max(0.0, *roots) ** 2


def _label_measure(graph: LabelledGraph, hops: int) -> JacobiMatrix:
    # A shorter remainder is round-off, and to drop it moves no atom by more than its length.
    nothing = float(EPS * np.sqrt(sum(graph.shape)))
    matrix, targets = for_hops(graph), sp.csc_array(weighted_targets(graph))
    shorter, longer = sorted(graph.shape)
    masses, parts = [], []
    for columns in column_blocks(targets.shape[1], (hops + 2) * shorter + 3 * longer):
        block = targets[:, columns]
        masses.append(float(np.sum(block.data**2)))
        parts.append(_bidiagonalised(matrix, block, hops, nothing))
    return parts[0] if len(parts) == 1 else _sum_of(masses, parts, hops, nothing)


def _bidiagonalised(matrix: Factor, block: sp.csc_array, hops: int, nothing: float) -> JacobiMatrix:
    """The Jacobi matrix of `X -> A (Aᵀ X)` from a block X, (n, b), sparse: so is what the first half hop reads.

    `B Bᵀ` for the lower bidiagonal B of Golub and Kahan: half a hop by Aᵀ gives a diagonal entry of B and a block of
    the right side, half a hop by A one below the diagonal and a block of the left. Only the shorter side is kept
    orthogonal, which is enough, and cheap where captions are few.
    """
    block = block / np.linalg.norm(block.data)
    left, right = block.toarray(order="C"), first_half_hop(matrix, block)
    shorter_left = left.size <= right.size
    kept = np.empty((hops, min(left.size, right.size)))
    diagonal, off_diagonal, below = [], [], 0.0
    for step in range(hops):
        if step:
            left /= below
            right *= -below
            right += matrix.T @ left
        if shorter_left:
            kept[step] = left.ravel()
        else:
            _orthogonalise(right, kept[:step])
        on = float(np.linalg.norm(right))
        diagonal.append(on**2 + below**2)
        if on == 0:
            break
        right /= on
        left *= -on
        left += matrix @ right
        if shorter_left:
            _orthogonalise(left, kept[: step + 1])
        else:
            kept[step] = right.ravel()
        below = float(np.linalg.norm(left))
        if on * below <= nothing:
            break
        off_diagonal.append(on * below)
    return JacobiMatrix(np.array(diagonal), np.array(off_diagonal))


def _orthogonalise(block: FloatArray, basis: FloatArray) -> None:
    """Take from a block what lies along the rows of a basis, in place."""
    flat = block.reshape(-1)
    flat -= (basis @ flat) @ basis


def _sum_of(masses: list[float], parts: list[JacobiMatrix], hops: int, nothing: float) -> JacobiMatrix:
    """The Jacobi matrix of a sum of measures, from their masses and their own matrices.

    Rules with the moments of the parts are together a measure with the moments of the sum: that of a diagonal matrix of
    the roots of its nodes, and of the roots of its weights.
    """
    rules = [radau_rule(part, -ROUND_OFF) for part in parts]  # of which no node is further below 0
    roots = np.sqrt(np.maximum(0.0, np.concatenate([nodes for nodes, _ in rules])))
    weights = np.concatenate([mass * weights for mass, (_, weights) in zip(masses, rules, strict=True)])
    block = sp.csc_array(np.sqrt(weights)[:, None])
    return _bidiagonalised(sp.csr_array(sp.diags_array(roots)), block, hops, nothing)


def rule_of_all_moments(jacobi: JacobiMatrix) -> Rule:
    """A rule with the moments a_0..a_{2m}, as it is whatever diagonal entry comes next."""
    return _rule(jacobi, [] if jacobi.complete else [BETWEEN], [])


def extremal_rule(jacobi: JacobiMatrix, place: float, slack: float) -> Rule:
    """The rule exact to degree 2m, of least index on `[-slack, 1 + slack]`, with a node at `place` or the next end."""
    if jacobi.complete:
        return _rule(jacobi, [], [])
    ends = -slack, 1 + slack
    place = min(ends[1], max(ends[0], place))
    corner, lowest, highest = _corners(jacobi, np.array([place, *ends]))
    # The Radau rule has all nodes inside just when its corner is between those of the rules that start or end there.
    if not lowest <= corner <= highest and 0 < highest - lowest < FAR:
        return _pinned_rule(jacobi, place, ends, corner, lowest, highest)
    # An infinite corner, at a Gauss node, comes this far only with moments that a single measure on [0, 1] has. The
    # Radau rule, with its further node of no weight put far away, is weaker then, but no less right.
    return _radau_rule(jacobi, corner)


def _radau_rule(jacobi: JacobiMatrix, corner: float) -> Rule:
    return _rule(jacobi, [min(FAR, max(-FAR, corner))], [])


def _corners(jacobi: JacobiMatrix, places: FloatArray) -> list[float]:
    """The further diagonal entry that puts a node of the Gauss-Radau rule at each place; infinite at a Gauss node."""
    nodes, pulls = jacobi.pulls
    with np.errstate(divide="ignore", invalid="ignore"):
        corners = places - (pulls / (places[:, None] - nodes)).sum(axis=1)
    return [float(corner) for corner in corners]


def _pinned_rule(
    jacobi: JacobiMatrix, place: float, ends: tuple[float, float], corner: float, lowest: float, highest: float
) -> Rule:
    """The rule with nodes at `place` and at both ends of the interval.

    Let q_0, q, q_1 be the corners of the Radau rules at e_0, x, e_1: the lower end, the place and the upper end. With
    two diagonal entries s, t appended and a coupling b between them there is a node at x if `(s - q) (t - x) = b²`.
    This holds at all three for `s = q_0 + ρ (q_1 - q_0)`, `t = e_0 + (1 - ρ) (e_1 - e_0)`, `b² = (s - q_0) (t - e_0)`
    with `ρ = Y (1 - X) / (Y - X)`, where `X = (x - e_0) / (e_1 - e_0)` and `Y = (q - q_0) / (q_1 - q_0)`. Outside
    [0, 1], Y gives a ρ inside.
    """
    width, spread = ends[1] - ends[0], highest - lowest
    x, y = (place - ends[0]) / width, (corner - lowest) / spread
    share, rest = (y * (1 - x) / (y - x), x * (y - 1) / (y - x)) if math.isfinite(y) else (1 - x, x)
    return _rule(jacobi, [lowest + share * spread, ends[0] + rest * width], [math.sqrt(share * rest * width * spread)])


def _rule(jacobi: JacobiMatrix, diagonal: list[float], off_diagonal: list[float]) -> Rule:
    """The quadrature rule whose Jacobi matrix has these entries appended."""
    whole = [np.concatenate(parts) for parts in ((jacobi.diagonal, diagonal), (jacobi.off_diagonal, off_diagonal))]
    nodes, vectors = _eigh(*whole)
    return nodes, vectors[0] ** 2


def _eigh(diagonal: FloatArray, off_diagonal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, in rising order, and eigenvectors, by QR: they keep small values precise next to one as `FAR`."""
    values, vectors = eigh_tridiagonal(diagonal, off_diagonal, lapack_driver="stev")
    return np.asarray(values), np.asarray(vectors)


def separations(spectrum: Spectrum, k: int) -> Iterator[tuple[float, float]]:
    """A gap in the spectrum to lean on, and how far aside of `σ²_{k+1}` it asks one to step.

    The gap below σ_k² is there without a step. Where it is small or missing, a step makes one.
    """
    gap = float(spectrum.lower_values[k - 1] ** 2 - spectrum.upper_values[k] ** 2)
    if gap > 0:
        yield gap, 0.0
    aside = math.sqrt(spectrum.rounding)
    yield aside, aside


def _validated(number: int, least: int, name: str = "hops") -> int:
    if not is_integer(number, least):
        raise ValueError(f"{name}={number!r} is not an integer of at least {least}")
    return int(number)
