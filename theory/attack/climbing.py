"""Local search without gradients: a (1+1) evolution strategy on log weights and features, with moves of the graph."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.attack.candidate import LARGEST_SIDE, MOST_CLASSES, Candidate
from pairbounds.theory.attack.starts import optimal_features, tied_penalty
from pairbounds.theory.bounds.registry import NEEDED, Bound
from pairbounds.theory.bounds.scoring import score

UNMET = -math.inf  # ratio of a graph that violates a hypothesis
WIDER, NARROWER = 1.5, 0.92  # factors of the step, which is stable at one success in six
FIRST_STEP, LAST_STEP = 1.0, 1e-3
CONTINUOUS = 0.7  # share of continuous moves
ROUND_OFF = 1e-9  # least relative improvement that counts

ContinuousMove = Callable[[Candidate, np.random.Generator, float], Candidate]
DiscreteMove = Callable[[Candidate, np.random.Generator], Candidate]


class Evaluator:
    """Ratios of candidates, within a budget of seconds of wall clock and of evaluations.

    Attributes
    ----------
    evaluations : number of candidates so far
    unmet : the hypothesis that failed last
    """

    def __init__(self, claim: Bound, budget: float = math.inf, evaluations: int | None = None) -> None:
        self.claim, self.budget, self._allowed = claim, budget, evaluations
        self.evaluations, self.unmet = 0, ""
        self.with_features = claim.subject in ("encoder", "penalised encoder", "critic")
        self.with_penalty = NEEDED.get(claim.subject) == "penalty"
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Wall clock since the search began."""
        return time.monotonic() - self._start

    @property
    def spent(self) -> float:
        """Spent part of the budget, of time or evaluations; above 1 if exceeded."""
        counted = 0.0 if self._allowed is None else self.evaluations / self._allowed
        return max(self.seconds / self.budget, counted)

    def __call__(self, candidate: Candidate) -> float:
        """The ratio, or `UNMET`."""
        self.evaluations += 1
        try:
            return score(self.claim, *candidate.sides).ratio
        except HypothesisError as error:
            self.unmet = str(error)
            return UNMET


def climb(
    start: Candidate, evaluator: Evaluator, rng: np.random.Generator, *, until: float, ratio: float
) -> tuple[Candidate, float]:
    """Improve a candidate of known ratio until steps are small or the part `until` of the budget is spent.

    A move is accepted if the ratio increases, or stays equal without more nodes.
    """
    best, step = start, FIRST_STEP
    while step > LAST_STEP and evaluator.spent < until:
        continuous = rng.random() < CONTINUOUS
        tried = random_move(best, rng, step, continuous=continuous)
        found = evaluator(tried)
        better = found > ratio + ROUND_OFF * abs(ratio)
        if continuous:
            step *= WIDER if better else NARROWER
        if better or (found >= ratio and tried.size <= best.size):
            best, ratio = tried, found
    return best, ratio


def perturbed(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Neighbour at a distance of one to four random moves."""
    for _ in range(int(rng.integers(1, 5))):
        candidate = random_move(candidate, rng, 1.0, continuous=rng.random() < 0.5)
    return candidate


def random_move(candidate: Candidate, rng: np.random.Generator, step: float, *, continuous: bool) -> Candidate:
    """A random move."""
    if continuous:
        return CONTINUOUS_MOVES[rng.integers(len(CONTINUOUS_MOVES))](candidate, rng, step)
    return DISCRETE_MOVES[rng.integers(len(DISCRETE_MOVES))](candidate, rng)


def scale_weights(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Multiply a random part of the weights by log-normal noise."""
    chosen = rng.random(candidate.weights.shape) < rng.choice([0.2, 1.0])
    noise = step * chosen * rng.standard_normal(candidate.weights.shape)
    return _reweighted(candidate, candidate.weights * np.exp(noise), rng, step)


def scale_nodes(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Multiply the masses of nodes by log-normal noise."""
    rows = np.exp(step * rng.standard_normal((candidate.n_left, 1)))
    columns = np.exp(step * rng.standard_normal(candidate.n_right))
    factor = (rows, columns, rows * columns)[rng.integers(3)]
    return _reweighted(candidate, candidate.weights * factor, rng, step)


def scale_one(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Multiply one weight by log-normal noise."""
    weights = candidate.weights.copy()
    weights[_an_edge(candidate, rng)] *= np.exp(3 * step * rng.standard_normal())
    return _reweighted(candidate, weights, rng, step)


def scale_equals(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Multiply all weights equal to a random one by the same log-normal noise, which keeps ties."""
    equals = candidate.weights == candidate.weights[_an_edge(candidate, rng)]
    factor = np.exp(3 * step * rng.standard_normal())
    return _reweighted(candidate, np.where(equals, factor * candidate.weights, candidate.weights), rng, step)


def _reweighted(candidate: Candidate, weights: FloatArray, rng: np.random.Generator, step: float) -> Candidate:
    """Change the weights; with probability 1/2 each, add noise to the features, alone or too, and to a penalty."""
    if candidate.penalty is not None and rng.random() < 0.5:
        odds = candidate.penalty / (1 - candidate.penalty) * np.exp(step * rng.standard_normal())
        candidate = candidate.changed(penalty=float(odds / (1 + odds)))
    if candidate.features is None or rng.random() < 0.5:
        return candidate.changed(weights=weights)
    scale = np.exp(step * rng.standard_normal()) if rng.random() < 0.2 else 1.0
    f, g = (
        side * scale + step * rng.random() * np.abs(side).mean() * rng.standard_normal(side.shape)
        for side in candidate.features
    )
    if rng.random() < 0.5:
        weights = candidate.weights
    return candidate.changed(weights=weights, features=(f, g))


def drop_edge(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Drop a pair, and nodes without another pair; keep the last pair."""
    return candidate if candidate.n_pairs == 1 else _with_weight(candidate, _an_edge(candidate, rng), 0.0)


def set_weight(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Add a pair, or change its weight."""
    place = int(rng.integers(candidate.n_left)), int(rng.integers(candidate.n_right))
    return _with_weight(candidate, place, candidate.weights.max() * 10 ** rng.uniform(-4, 0))


def equate(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Make two weights equal, since noise makes no ties."""
    return _with_weight(candidate, _an_edge(candidate, rng), candidate.weights[_an_edge(candidate, rng)])


def _with_weight(candidate: Candidate, place: tuple[int, int], weight: float) -> Candidate:
    weights = candidate.weights.copy()
    weights[place] = weight
    return candidate.changed(weights=weights)


def relabel(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Change the class of a node; a right node gets that of its likeliest left node with probability 1/2."""
    node, label = int(rng.integers(candidate.size)), int(rng.integers(MOST_CLASSES))
    left, right = candidate.left_labels.copy(), candidate.right_labels.copy()
    if node < candidate.n_left:
        left[node] = label
    else:
        likeliest = left[np.argmax(candidate.weights[:, node - candidate.n_left])]
        right[node - candidate.n_left] = likeliest if rng.random() < 0.5 else label
    return candidate.changed(left_labels=left, right_labels=right)


def change_width(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Add or drop a dimension."""
    if rng.random() < 0.5:
        return candidate.changed(k=max(1, candidate.k - 1))
    if candidate.k == min(candidate.weights.shape):
        return candidate
    if candidate.features is None:
        return candidate.changed(k=candidate.k + 1)
    f, g = (np.hstack([side, 0.1 * rng.standard_normal((len(side), 1))]) for side in candidate.features)
    return candidate.changed(k=candidate.k + 1, features=(f, g))


def split_node(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Split a node of either side into two halves of its weight."""
    node = int(rng.integers(candidate.size))
    side, place = (0, node) if node < candidate.n_left else (1, node - candidate.n_left)
    if candidate.weights.shape[side] >= LARGEST_SIDE:
        return candidate
    weights = 2 * candidate.weights
    np.moveaxis(weights, side, 0)[place] /= 2
    ends = [np.arange(n) for n in weights.shape]
    ends[side] = np.append(ends[side], place)
    return replace(candidate, weights=weights).subgraph(*ends)


def drop_node(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Drop a node, unless no pair would remain."""
    return candidate.without(int(rng.integers(candidate.size))) or candidate


def to_optimum(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Set the penalty to a singular value, and the features to those of the optimum."""
    if candidate.penalty is not None:
        candidate = candidate.changed(penalty=tied_penalty(candidate, rng))
    return candidate if candidate.features is None else candidate.changed(features=optimal_features(candidate))


def _an_edge(candidate: Candidate, rng: np.random.Generator) -> tuple[int, int]:
    rows, columns = np.nonzero(candidate.weights)
    chosen = rng.integers(len(rows))
    return int(rows[chosen]), int(columns[chosen])


CONTINUOUS_MOVES: tuple[ContinuousMove, ...] = (scale_weights, scale_nodes, scale_one, scale_equals)
DISCRETE_MOVES: tuple[DiscreteMove, ...] = (
    drop_edge,
    set_weight,
    equate,
    relabel,
    relabel,
    change_width,
    split_node,
    drop_node,
    to_optimum,
)
