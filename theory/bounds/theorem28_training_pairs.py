"""Theorem 28: training on n pairs: the excess loss of the trained encoder falls as 1/n.

In words: An encoder with the least spectral loss on n independent pairs has nearly the least loss on the distribution
that they come from, up to the noise of n pairs over the gap at the width.

For the distribution P̂ of n independent pairs of P, with the true marginals, `E = D_L^{-1/2} (P̂ - P) D_R^{-1/2}` and
`γ = 1 - σ_{k+1} / σ_k`. Π_F projects on the columns of F. (a) and (b) bound ε, (c) and (d) the angle, which gives
`√ε₂ <= √(Σ_{i>j} c_i) + ‖(I - Π_F) U_j‖_op √(Σ_{i≤j} c_i)`. The encoder has the true marginals in (b) and (c), those of
the pairs in (d), either in (a). With those of the pairs, the features of unseen nodes are 0.

Proof: `docs/theorems/theorem28.md`. Source: new here; (c) Wedin 1972. Cost: given the spectrum, linear in the pairs;
with counts O(n_left n_right).
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.bounds.theorem17_trained_encoders import mse_by_excess
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.confidence import bernstein_deviation, pairs_until, require_level
from pairbounds.theory.quantities.consistency import label_energy
from pairbounds.theory.quantities.population_infonce import pair_ratios
from pairbounds.theory.spectrum.triplets import spectrum_beyond

MOST_PAIRS = 10**18


def excess_of_counts(graph: PairGraph, k: int, counts: ArrayLike) -> float:
    """Bound (a) on the excess loss of the encoder of width k that is optimal on counted pairs; infinite if `η >= γ`.

    `counts`: (n_left, n_right), how often each pair of the population was seen. `ValueError`: counts of another shape,
    none at all, or of pairs that the graph does not have.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.shape != graph.shape or not table.sum() > 0:
        raise ValueError(f"counts of shape {table.shape} with sum {table.sum():g}: the graph is {graph.shape}")
    joint = graph.joint.toarray()
    if np.any(table[joint == 0]):
        raise ValueError("counts of pairs that have no probability in the graph")
    triplets = spectrum_beyond(graph, k)
    best = (triplets.left[:, :k] * triplets.singular_values[:k]) @ triplets.right[:, :k].T
    empirical = table / table.sum()
    roots = np.sqrt(np.outer(graph.left_marginal, graph.right_marginal))
    left, right = empirical.sum(1) / graph.left_marginal, empirical.sum(0) / graph.right_marginal
    change = 1 - np.outer(left, right)
    both_seen = np.outer(left > 0, right > 0)
    noise = float(np.linalg.norm((empirical - joint) / roots))
    moved = float(np.linalg.norm(best[both_seen] * change[both_seen])) + triplets.rounding
    return _excess_bound(_gap(triplets, k), noise + moved, max(0.0, float(change[both_seen].max())))


@dataclass(frozen=True, eq=False)
class Forecast:
    """Guarantees for training on n independent pairs of a graph at a width, for any n, from one spectrum.

    `ValueError`: level not in (0, 1), k out of range; of a method, n below 1, or a graph without labels.

    Attributes
    ----------
    graph : the population, with labels for the squared error
    k : width of the embedding
    level : probability of the guarantee
    known_marginals : whether the encoder is trained with the true marginals, or with those of the pairs
    """

    graph: PairGraph
    k: int
    level: float = 0.95
    known_marginals: bool = False

    def __post_init__(self) -> None:
        require_level(self.level)

    @cached_property
    def triplets(self) -> Spectrum:
        """The k + 1 leading triplets."""
        return spectrum_beyond(self.graph, self.k)

    def excess(self, n_pairs: int) -> float:
        """Upper bound on the excess loss of the encoder trained on n pairs; infinite if n is too small."""
        if n_pairs < 1:
            raise ValueError(f"n_pairs={n_pairs}: at least 1")
        gap = _gap(self.triplets, self.k)
        if self.known_marginals:
            return _excess_bound(gap, self._noise.norm(n_pairs, self.level), 0.0)
        off = self._marginal_changes(n_pairs)
        best = self.triplets.left[:, : self.k] * self.triplets.singular_values[: self.k]
        moved = _norm_of_product(best, self.triplets.right[:, : self.k], *off) + self.triplets.rounding
        lost = float(off[0].max() + off[1].max())
        return _excess_bound(gap, self._noise.norm(n_pairs, self._level_of_two) + moved, lost)

    def mse(self, n_pairs: int) -> float:
        """Upper bound on the squared error of a probe on that encoder, by theorem 17, or by (c) or (d); at most 1."""
        excess = self.excess(n_pairs)
        by_excess = mse_by_excess(self.graph, self.triplets, self.k, excess) if excess < self.k else 1.0
        return min(by_excess, _mse_by_angle(self._energy, self.triplets, self.k, *self._operator_noise(n_pairs)))

    def pairs(self, target: float) -> float:
        """Number of pairs from which `mse` is at most a target, to a thousandth; infinite beyond `MOST_PAIRS`."""
        return pairs_until(self.mse, target, MOST_PAIRS, 1.001)

    @property
    def _level_of_two(self) -> float:
        """Level of each of two events that hold together with probability `level`."""
        return 1 - (1 - self.level) / 2

    @cached_property
    def _noise(self) -> "Noise":
        return Noise(self.graph)

    @cached_property
    def _energy(self) -> FloatArray:
        return label_energy(self.graph, self.triplets)[: self.k]

    def _marginal_changes(self, n_pairs: int) -> list[FloatArray]:
        """Upper bounds on `|p̂ / p - 1|` for all nodes at once: (n_left,) and (n_right,)."""
        sides = (self.graph.left_marginal, self.graph.right_marginal)
        log = math.log(2 * sum(self.graph.shape) / (1 - self._level_of_two))
        return [bernstein_deviation(1.0, 1.0, log, n_pairs * mass) for mass in sides]

    def _operator_noise(self, n_pairs: int) -> tuple[float, float, float]:
        """Noise `‖E‖_op` or e, s and a of (c) or (d); the noise is infinite if a node may be unseen."""
        if self.known_marginals:
            return self._noise.operator_norm(n_pairs, self.level), 1.0, 0.0
        off = [float(change.max()) for change in self._marginal_changes(n_pairs)]
        if max(off) >= 1:
            return math.inf, 1.0, 0.0
        left, right = (1 / math.sqrt(1 - a) for a in off)
        return left * right * (1 + self._noise.operator_norm(n_pairs, self._level_of_two)) - 1, left, off[0]


class Noise:
    """Numbers of a graph that bound the noise E of n pairs; computed in time linear in its pairs.

    Attributes
    ----------
    nodes : number of nodes on both sides
    smallest : `min_{P>0} p_L p_R`
    norm_squared : `‖Ā‖_F²`
    variance : `n E ‖E‖_F² = Σ_{P>0} P / (p_L p_R) - ‖Ā‖_F²`
    largest : the largest sum of `P / (p_L p_R)` over the pairs of a node
    """

    def __init__(self, graph: PairGraph) -> None:
        rows, columns = graph.joint.tocoo().coords
        ratio = pair_ratios(graph)
        self.nodes = graph.n_left + graph.n_right
        self.smallest = float(np.min(graph.left_marginal[rows] * graph.right_marginal[columns]))
        self.norm_squared = float(np.sum(graph.normalized.data**2))
        self.variance = float(np.sum(ratio)) - self.norm_squared
        self.largest = max(float(np.bincount(nodes, ratio).max()) for nodes in (rows, columns))

    def norm(self, n_pairs: int, level: float) -> float:
        """Upper bound on `‖E‖_F` with probability `level`: the smaller of Bernstein's and McDiarmid's."""
        log, largest = math.log(2 / (1 - level)), 1 / math.sqrt(self.smallest) + math.sqrt(self.norm_squared)
        bernstein = float(bernstein_deviation(self.variance, largest, log, n_pairs))
        mcdiarmid = math.sqrt(self.variance / n_pairs) + math.sqrt(-math.log(1 - level) / (n_pairs * self.smallest))
        return min(bernstein, mcdiarmid)

    def operator_norm(self, n_pairs: int, level: float) -> float:
        """Upper bound on `‖E‖_op` with probability `level`, by the matrix Bernstein inequality."""
        log, largest = math.log(self.nodes / (1 - level)), 1 / math.sqrt(self.smallest) + 1
        return float(bernstein_deviation(self.largest, largest, log, n_pairs))


def _gap(triplets: Spectrum, k: int) -> float:
    """`γ = 1 - σ_{k+1} / σ_k`, rounded down; 1 if `σ_{k+1} = 0`."""
    above, below = float(triplets.lower_values[k - 1]), float(triplets.upper_values[k])
    if triplets.singular_values[k] == 0:
        return 1.0
    return max(0.0, 1 - below / above) if above > 0 else 0.0


def _excess_bound(gap: float, noise: float, lost: float) -> float:
    """`4 γ B² / (γ - η)²` for the gap γ, the noise B and η; infinite if `η >= γ`."""
    return 4 * gap * noise**2 / (gap - lost) ** 2 if lost < gap else math.inf


def _norm_of_product(left: FloatArray, right: FloatArray, a: FloatArray, b: FloatArray) -> float:
    """Upper bound on `‖(left rightᵀ) ∘ (a_x + b_l + a_x b_l)‖_F`, by the triangle inequality; O(n k²)."""
    rows, columns = a[:, None] * left, b[:, None] * right
    parts = ((rows, right), (left, columns), (rows, columns))
    return sum(math.sqrt(max(0.0, float(np.sum((f.T @ f) * (g.T @ g))))) for f, g in parts)


def _mse_by_angle(energy: FloatArray, triplets: Spectrum, k: int, noise: float, stretch: float, off: float) -> float:
    """Minimum over j of `(√(Σ_{i>j} c_i) + ‖(I - Π_F) U_j‖_op √(Σ_{i≤j} c_i))²`, by (c) or (d)."""
    within = np.minimum(1.0, np.cumsum(energy))
    room = triplets.lower_values[:k] - triplets.upper_values[k] - noise
    sine = np.divide(noise, room, out=np.ones(k), where=room > noise)
    angle = np.minimum(1.0, stretch * (sine + off))
    roots = np.sqrt(1 - within + triplets.rounding) + angle * np.sqrt(within + triplets.rounding)
    return float(min(1.0, roots.min()) ** 2)


STATEMENTS = (
    Statement(
        "error-from-pairs",
        Forecast,
        "tests/bounds/test_training_pairs.py",
        "The minimiser of the spectral loss of counted pairs, with their own marginals, has an excess loss "
        "`ε <= 4 γ B² / (γ - η)²` where `η < γ`; with the true ones, of at most `4 ‖E‖_F² / γ`.",
        kept="sharper: with the marginals of the pairs",
    ),
    Statement(
        "error-from-pairs-by-rank",
        Forecast,
        "tests/bounds/test_training_pairs.py",
        "The minimiser of the spectral loss of counted pairs, with the true marginals, has an excess loss "
        "`ε <= 4 Σ_{i <= 2k} σ_i(E)² / γ`.",
        kept="sharper: with the true marginals",
    ),
    Statement(
        "angle-from-pairs",
        Forecast,
        "tests/bounds/test_training_pairs.py",
        "There `‖(I - Π_F) U_j‖_{op} <= ‖E‖_{op} / (σ_j - σ_{k+1} - ‖E‖_{op})` where that is positive; with the "
        "marginals of the pairs, off by a share of at most `a < 1` and `a' < 1`, at most "
        "`s (e / (σ_j - σ_{k+1} - e) + a)`, `e = s s' (1 + ‖E‖_op) - 1`.",
        kept="published: Wedin 1972",
    ),
)
