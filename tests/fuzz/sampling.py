"""A graph as a stranger would bring it, from a seed and a number: a shape, weights, labels, a width, an encoder."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from pairbounds import PairGraph
from tests.families import GRAPHS
from tests.fuzz.encoders import ENCODERS, factorised
from tests.fuzz.specimen import Specimen

Shape = Callable[[np.random.Generator, PairGraph], tuple[np.ndarray, np.ndarray, np.ndarray]]
Rule = Callable[[np.random.Generator, np.ndarray, float], np.ndarray]

LARGEST = 14  # the size that a family is drawn at
MOST_NODES = 24  # on a side; some families do not come smaller than they are
TRUSTED_DECADES = (0, 6, 12, 24)  # what float64 must judge
DECADES = (0, *TRUSTED_DECADES, 32, 64, 150, 290)  # half of them


def draw(seed: int, number: int) -> Specimen:
    """The number-th specimen of a seed."""
    rng = np.random.default_rng([seed, number])

    def one_of(names: Iterable[Any]) -> Any:
        known = list(names)
        return known[rng.integers(len(known))]

    recipe = Recipe(
        family=one_of(GRAPHS),
        size=int(rng.integers(2, LARGEST + 1)),
        shape=one_of(SHAPES),
        rule=one_of(WEIGHTS),
        decades=one_of(DECADES),
        labels=one_of(LABELS),
        width=one_of(WIDTHS),
        encoder=one_of(ENCODERS) if rng.random() < 0.5 else None,
    )
    return recipe.made(rng)


@dataclass(frozen=True)
class Recipe:
    """What to draw: names of a family and of what is done to it, keys of the tables below."""

    family: str
    size: int
    shape: str
    rule: str
    decades: int
    labels: str
    width: str
    encoder: str | None

    def made(self, rng: np.random.Generator) -> Specimen:
        """A specimen."""
        drawn = SHAPES[self.shape](rng, self._graph(rng))
        weights, left, right = drawn[0][:MOST_NODES, :MOST_NODES], drawn[1][:MOST_NODES], drawn[2][:MOST_NODES]
        weights = WEIGHTS[self.rule](rng, _without_empty(rng, weights), self.decades)
        left, right = LABELS[self.labels](rng, left, right)
        k = self._width(rng, weights)
        features = None if self.encoder is None else ENCODERS[self.encoder](rng, weights, k)
        # Last, so that the rest of a seed's graphs does not depend on what is tried on them.
        penalty = PENALTIES[rng.integers(len(PENALTIES))](rng, weights)
        return Specimen(weights, left, right, k, features, str(self), penalty, _critic(rng, weights))

    def _graph(self, rng: np.random.Generator) -> PairGraph:
        """Of the size, or of the next at which the family exists."""
        for size in range(self.size, 2 * LARGEST):
            try:
                return GRAPHS[self.family](rng, size)
            except ValueError:  # it does not come so small
                continue
        raise ValueError(f"{self.family} does not exist at any size from {self.size} to {2 * LARGEST}")

    def _width(self, rng: np.random.Generator, weights: np.ndarray) -> int:
        rank = int(np.linalg.matrix_rank(weights / weights.max(axis=1, keepdims=True)))
        return int(np.clip(WIDTHS[self.width](rng, rank, min(weights.shape)), 1, min(weights.shape)))


# Shapes.


def as_drawn(_rng, graph):
    return graph.joint.toarray(), graph.left_labels, graph.right_labels


def sparser(rng, graph):
    weights, left, right = as_drawn(rng, graph)
    return weights * (rng.random(weights.shape) < rng.uniform(0.2, 0.9)), left, right


def repeated_rows(rng, graph):
    weights, left, right = as_drawn(rng, graph)
    rows = rng.integers(len(left), size=rng.integers(1, len(left) + 3))
    return weights[rows], left[rows], right


def repeated_columns(rng, graph):
    weights, left, right = as_drawn(rng, graph)
    columns = rng.integers(len(right), size=rng.integers(1, len(right) + 3))
    return weights[:, columns], left, right[columns]


def components(rng, graph):
    """Beside a small dense graph, or two."""
    weights, left, right = as_drawn(rng, graph)
    for _ in range(rng.integers(1, 3)):
        other = rng.random(rng.integers(1, 4, size=2))
        weights = scipy.linalg.block_diag(weights, other)
        left = np.append(left, rng.integers(3, size=other.shape[0]))
        right = np.append(right, rng.integers(3, size=other.shape[1]))
    return weights, left, right


def rank_deficient(rng, graph):
    """Every row a mixture of a few."""
    weights, left, right = as_drawn(rng, graph)
    rank = int(rng.integers(1, min(weights.shape) + 1))
    return rng.random((len(left), rank)) @ weights[:rank], left, right


def small_integers(rng, graph):
    """Weights 0..3: values that are equal, and ties, exactly."""
    weights, left, right = as_drawn(rng, graph)
    return rng.integers(4, size=weights.shape).astype(float), left, right


def single_row(rng, graph):
    weights, left, right = as_drawn(rng, graph)
    return weights[:1], left[:1], right


def single_column(rng, graph):
    weights, left, right = as_drawn(rng, graph)
    return weights[:, :1], left, right[:1]


def tiny(rng, graph):
    """At most three nodes on a side: where most findings end."""
    weights, left, right = as_drawn(rng, graph)
    rows, columns = rng.integers(1, 4, size=2)
    return weights[:rows, :columns], left[:rows], right[:columns]


SHAPES: dict[str, Shape] = {
    shape.__name__: shape
    for shape in (
        as_drawn,
        sparser,
        repeated_rows,
        repeated_columns,
        components,
        rank_deficient,
        small_integers,
        single_row,
        single_column,
        tiny,
    )
}


def _without_empty(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    filled = weights.copy()
    for row in np.flatnonzero(~filled.any(axis=1)):
        filled[row, rng.integers(filled.shape[1])] = 1
    for column in np.flatnonzero(~filled.any(axis=0)):
        filled[rng.integers(filled.shape[0]), column] = 1
    return filled


# Weights: of the pairs that there are.


def log_uniform(rng, weights, decades):
    return np.where(weights > 0, 10.0 ** rng.uniform(-decades, 0, weights.shape), 0.0)


def spread(rng, weights, decades):
    """Their own, times powers of ten."""
    return weights * 10.0 ** -np.round(rng.uniform(0, decades, weights.shape))


def one_giant(rng, weights, decades):
    return _one(rng, weights, 10.0**decades)


def one_tiny(rng, weights, decades):
    return _one(rng, weights, 10.0**-decades)


def _one(rng, weights, factor):
    changed = weights / weights.max()
    present = np.flatnonzero(weights)
    changed.flat[rng.choice(present)] *= factor
    return changed


def scaled_rows(rng, weights, decades):
    """Whole nodes that are light; the rank stays."""
    return weights * 10.0 ** -rng.uniform(0, decades, (len(weights), 1))


def scaled_columns(rng, weights, decades):
    return weights * 10.0 ** -rng.uniform(0, decades, (1, weights.shape[1]))


def near_ties(rng, weights, decades):
    """Ones, but for parts in a million to a few units in the last place."""
    noise = 10.0 ** -rng.uniform(6, 16) * rng.standard_normal(weights.shape)
    return np.where(weights > 0, 1.0 + noise, 0.0) * 10.0 ** -np.round(rng.uniform(0, decades, (len(weights), 1)))


def two_levels(rng, weights, decades):
    """Ones, and pairs that are so much lighter: nearly components."""
    light = rng.random(weights.shape) < rng.uniform(0.2, 0.8)
    return np.where(weights > 0, np.where(light, 10.0**-decades, 1.0), 0.0)


WEIGHTS: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (log_uniform, spread, one_giant, one_tiny, scaled_rows, scaled_columns, near_ties, two_levels)
}


# Labels.


def own_labels(_rng, left, right):
    return left, right


def one_class_only(_rng, left, right):
    return np.zeros_like(left), np.zeros_like(right)


def all_different(_rng, left, right):
    return np.arange(len(left)), np.arange(len(right))


def few_classes(rng, left, right):
    classes = rng.integers(2, 6)
    return rng.integers(classes, size=len(left)), rng.integers(classes, size=len(right))


def one_of_its_own(rng, left, right):
    return (np.arange(len(left)) == 0).astype(int), rng.integers(2, size=len(right))


def disjoint(_rng, left, right):
    """No class on both sides."""
    return left, right + 1 + left.max()


def large_numbers(rng, left, right):
    names = np.sort(rng.integers(2**62, size=1 + max(left.max(), right.max())))
    return names[left], names[right]


LABELS = {
    rule.__name__: rule
    for rule in (own_labels, one_class_only, all_different, few_classes, one_of_its_own, disjoint, large_numbers)
}


# Penalties, in (0, 1).


def any_penalty(rng, _weights):
    return float(rng.uniform(1e-3, 1 - 1e-3))


def a_singular_value(rng, weights):
    """To the last bit, as one solver has it, or a few units aside."""
    sigma = factorised(weights)[0][1]
    penalty = rng.choice(sigma) + rng.integers(-2, 3) * np.finfo(float).eps
    return float(np.clip(penalty, 1e-300, np.nextafter(1, 0)))


def an_end(rng, _weights):
    """Next to nothing, or to all."""
    return float(rng.choice([1e-300, 1e-16, 1e-8, 1 - 1e-8, np.nextafter(1, 0)]))


PENALTIES = (any_penalty, a_singular_value, an_end)


def _critic(rng, weights):
    """Of any width, and at any temperature."""
    names = list(ENCODERS)
    k = int(rng.integers(1, min(weights.shape) + 1))
    f, g = ENCODERS[names[rng.integers(len(names))]](rng, weights, k)
    if rng.random() < 0.3:  # wider than any embedding
        f, g = (np.hstack([side, rng.standard_normal((len(side), max(weights.shape)))]) for side in (f, g))
    return f * 10.0 ** rng.uniform(-1, 1), g


WIDTHS: dict[str, Callable[[np.random.Generator, int, int], int]] = {
    "one": lambda _rng, _rank, _widest: 1,
    "below the rank": lambda _rng, rank, _widest: rank - 1,
    "the rank": lambda _rng, rank, _widest: rank,
    "above the rank": lambda _rng, rank, _widest: rank + 1,
    "all there is": lambda _rng, _rank, widest: widest,
    "any": lambda rng, _rank, widest: int(rng.integers(1, widest + 1)),
}
