"""Moves from one candidate to another: continuous ones, of some step, on weights and features, and discrete ones."""

from collections.abc import Callable

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.attack.candidate import LARGEST_SIDE, MOST_CLASSES, Candidate
from pairbounds.theory.attack.starts import optimal_features, tied_penalty

ContinuousMove = Callable[[Candidate, np.random.Generator, float], Candidate]
DiscreteMove = Callable[[Candidate, np.random.Generator], Candidate]


def perturbed(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """A neighbour one to four moves away."""
    for _ in range(int(rng.integers(1, 5))):
        candidate = random_move(candidate, rng, 1.0, continuous=rng.random() < 0.5)
    return candidate


def random_move(candidate: Candidate, rng: np.random.Generator, step: float, *, continuous: bool) -> Candidate:
    """A random move."""
    if continuous:
        return CONTINUOUS_MOVES[rng.integers(len(CONTINUOUS_MOVES))](candidate, rng, step)
    return DISCRETE_MOVES[rng.integers(len(DISCRETE_MOVES))](candidate, rng)


def scale_weights(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Log-normal noise on a random part of the weights."""
    chosen = rng.random(candidate.weights.shape) < rng.choice([0.2, 1.0])
    noise = step * chosen * rng.standard_normal(candidate.weights.shape)
    return _with(candidate, candidate.weights * np.exp(noise), rng, step)


def scale_nodes(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Log-normal noise on the masses of nodes."""
    rows = np.exp(step * rng.standard_normal((candidate.n_left, 1)))
    columns = np.exp(step * rng.standard_normal(candidate.n_right))
    side = rng.integers(3)
    factor = rows if side == 0 else columns if side == 1 else rows * columns
    return _with(candidate, candidate.weights * factor, rng, step)


def scale_one(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Log-normal noise on one weight."""
    weights = candidate.weights.copy()
    weights[_an_edge(candidate, rng)] *= np.exp(3 * step * rng.standard_normal())
    return _with(candidate, weights, rng, step)


def scale_equals(candidate: Candidate, rng: np.random.Generator, step: float) -> Candidate:
    """Log-normal noise on all the weights that equal one: ties survive it, as they do no other noise."""
    equals = candidate.weights == candidate.weights[_an_edge(candidate, rng)]
    factor = np.exp(3 * step * rng.standard_normal())
    weights = np.where(equals, factor * candidate.weights, candidate.weights)
    return _with(candidate, weights, rng, step)


def _with(candidate: Candidate, weights: FloatArray, rng: np.random.Generator, step: float) -> Candidate:
    """The candidate with other weights; where there are features, half the time they move, alone or along.

    So does a penalty, by noise on its log-odds.
    """
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
    """One pair less, and the nodes it leaves isolated; the last pair stays."""
    if np.count_nonzero(candidate.weights) == 1:
        return candidate
    weights = candidate.weights.copy()
    weights[_an_edge(candidate, rng)] = 0
    return candidate.changed(weights=weights)


def set_weight(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """A pair more, or another weight for one."""
    weights = candidate.weights.copy()
    place = rng.integers(candidate.n_left), rng.integers(candidate.n_right)
    weights[place] = 10 ** rng.uniform(-4, 0)
    return candidate.changed(weights=weights)


def equate(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Two weights made equal: chance would never find a tie."""
    weights = candidate.weights.copy()
    weights[_an_edge(candidate, rng)] = weights[_an_edge(candidate, rng)]
    return candidate.changed(weights=weights)


def round_weights(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Weights of one or two digits, which tie."""
    unit = 10.0 ** rng.integers(1, 3)
    rounded = np.round(candidate.weights * unit) / unit
    return candidate.changed(weights=rounded)


def relabel_left(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """Another class for a left node."""
    labels = candidate.left_labels.copy()
    labels[rng.integers(candidate.n_left)] = rng.integers(MOST_CLASSES)
    return candidate.changed(left_labels=labels)


def relabel_right(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """The class of its likeliest left node for a right node, or any other."""
    labels = candidate.right_labels.copy()
    node = rng.integers(candidate.n_right)
    likeliest = candidate.left_labels[np.argmax(candidate.weights[:, node])]
    labels[node] = likeliest if rng.random() < 0.5 else rng.integers(MOST_CLASSES)
    return candidate.changed(right_labels=labels)


def change_width(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """One dimension more or less."""
    if rng.random() < 0.5:
        return candidate.changed(k=max(1, candidate.k - 1))
    if candidate.k == min(candidate.weights.shape):
        return candidate
    if candidate.features is None:
        return candidate.changed(k=candidate.k + 1)
    f, g = (np.hstack([side, 0.1 * rng.standard_normal((len(side), 1))]) for side in candidate.features)
    return candidate.changed(k=candidate.k + 1, features=(f, g))


def split_node(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """A node twice, each half with half the weight, on either side."""
    rows, columns = np.arange(candidate.n_left), np.arange(candidate.n_right)
    if rng.random() < 0.5:
        rows = np.append(rows, rng.integers(candidate.n_left)) if len(rows) < LARGEST_SIDE else rows
    else:
        columns = np.append(columns, rng.integers(candidate.n_right)) if len(columns) < LARGEST_SIDE else columns
    twice = candidate.subgraph(rows, columns)
    halves = np.where(np.bincount(rows) > 1, 0.5, 1.0)[rows][:, None], np.where(np.bincount(columns) > 1, 0.5, 1.0)
    return twice.changed(weights=twice.weights * halves[0] * halves[1][columns])


def drop_node(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """One node less on a side that has another."""
    rows, columns = np.arange(candidate.n_left), np.arange(candidate.n_right)
    if rng.random() < 0.5 and len(rows) > 1:
        rows = np.delete(rows, rng.integers(len(rows)))
    elif len(columns) > 1:
        columns = np.delete(columns, rng.integers(len(columns)))
    if not candidate.weights[np.ix_(rows, columns)].any():
        return candidate
    return candidate.subgraph(rows, columns)


def to_optimum(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """A penalty that ties with a singular value, and the features of the optimum: noise would find neither."""
    if candidate.penalty is not None:
        candidate = candidate.changed(penalty=tied_penalty(candidate, rng))
    if candidate.features is None:
        return candidate
    return candidate.changed(features=optimal_features(candidate))


def _an_edge(candidate: Candidate, rng: np.random.Generator) -> tuple[int, int]:
    rows, columns = np.nonzero(candidate.weights)
    chosen = rng.integers(len(rows))
    return int(rows[chosen]), int(columns[chosen])


CONTINUOUS_MOVES: tuple[ContinuousMove, ...] = (scale_weights, scale_nodes, scale_one, scale_equals)
DISCRETE_MOVES: tuple[DiscreteMove, ...] = (
    drop_edge,
    set_weight,
    equate,
    round_weights,
    relabel_left,
    relabel_right,
    change_width,
    split_node,
    drop_node,
    to_optimum,
)
