"""Local search without gradients: a (1+1) evolution strategy on log weights and features, with moves of the graph."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pairbounds.infrastructure.checks import HypothesisError
from pairbounds.theory.attack.candidate import LARGEST_SIDE, MOST_CLASSES, Candidate
from pairbounds.theory.attack.starts import optimal_features, tied_penalty
from pairbounds.theory.bounds.registry import NEEDED, Bound
from pairbounds.theory.bounds.scoring import score

UNMET = -math.inf  # ratio of a graph that violates a hypothesis
WIDER, NARROWER = 1.5, 0.92  # factors of the step, which is stable at one success in six
FIRST_STEP, LAST_STEP = 1.0, 1e-3
CONTINUOUS = 0.7  # share of continuous moves
ROUND_OFF = 1e-9  # least relative improvement that counts

Move = Callable[[Candidate, np.random.Generator], Candidate]


class Evaluator:
    """Ratios of candidates, within a budget of seconds of wall clock and of evaluations."""

    def __init__(self, claim: Bound, budget: float = math.inf, evaluations: int | None = None) -> None:
        self.claim, self.budget, self._allowed = claim, budget, evaluations
        self.evaluations, self.unmet = 0, ""  # number of candidates so far; the hypothesis that failed last
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
        score_now = evaluator(tried)
        better = score_now > ratio + ROUND_OFF * abs(ratio)
        if continuous:
            step *= WIDER if better else NARROWER
        if better or (score_now >= ratio and tried.size <= best.size):
            best, ratio = tried, score_now
    return best, ratio


def perturbed(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Neighbour at a distance of one to four random moves."""
    for _ in range(int(rng.integers(1, 5))):
        candidate = random_move(candidate, rng, 1.0, continuous=rng.random() < 0.5)
    return candidate


def random_move(candidate: Candidate, rng: np.random.Generator, step: float, *, continuous: bool) -> Candidate:
    """A random move."""
    return nudge(candidate, rng, step) if continuous else MOVES[rng.integers(len(MOVES))](candidate, rng)


def nudge(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Add noise to the weights, to the features, or to the penalty."""
    parts = [_nudged_weights]
    if candidate.features is not None:
        parts.append(_nudged_features)
    if candidate.penalty is not None:
        parts.append(_nudged_penalty)
    return parts[rng.integers(len(parts))](candidate, rng, step)


def _nudged_weights(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Multiply a random part of the weights, nodes, or all weights equal to one by log-normal noise."""
    shape = candidate.weights.shape
    kind = rng.integers(4)
    if kind == 0:
        noise = rng.standard_normal(shape) * (rng.random(shape) < rng.choice([0.2, 1.0]))
    elif kind == 1:
        noise = rng.standard_normal((candidate.n_left, 1))
    elif kind == 2:
        noise = rng.standard_normal(candidate.n_right)
    else:  # keeps ties
        noise = 3 * rng.standard_normal() * (candidate.weights == candidate.weights[_an_edge(candidate, rng)])
    return candidate.changed(weights=candidate.weights * np.exp(step * noise))


def _nudged_features(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Add noise to both sides; with probability 1/5, also scale them."""
    assert candidate.features is not None
    scale = np.exp(step * rng.standard_normal()) if rng.random() < 0.2 else 1.0
    f, g = (
        side * scale + step * rng.random() * np.abs(side).mean() * rng.standard_normal(side.shape)
        for side in candidate.features
    )
    return candidate.changed(features=(f, g))


def _nudged_penalty(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Multiply the odds of the penalty by log-normal noise."""
    assert candidate.penalty is not None
    odds = candidate.penalty / (1 - candidate.penalty) * np.exp(step * rng.standard_normal())
    return candidate.changed(penalty=float(odds / (1 + odds)))


def set_weight(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Drop a pair, make its weight equal to another, since noise makes no ties, or draw its weight."""
    weights = candidate.weights.copy()
    entry = int(rng.integers(candidate.n_left)), int(rng.integers(candidate.n_right))
    weights[entry] = (0.0, weights[_an_edge(candidate, rng)], weights.max() * 10 ** rng.uniform(-4, 0))[rng.integers(3)]
    return candidate.changed(weights=weights) if weights.any() else candidate


def relabel(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Change the class of a node."""
    labels = np.concatenate([candidate.left_labels, candidate.right_labels])
    labels[rng.integers(candidate.size)] = rng.integers(MOST_CLASSES)
    return candidate.changed(left_labels=labels[: candidate.n_left], right_labels=labels[candidate.n_left :])


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
    side, index = (0, node) if node < candidate.n_left else (1, node - candidate.n_left)
    if candidate.weights.shape[side] >= LARGEST_SIDE:
        return candidate
    weights = 2 * candidate.weights
    np.moveaxis(weights, side, 0)[index] /= 2
    ends = [np.arange(n) for n in weights.shape]
    ends[side] = np.append(ends[side], index)
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


MOVES: tuple[Move, ...] = (set_weight, relabel, change_width, split_node, drop_node, to_optimum)
