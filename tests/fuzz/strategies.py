"""Strategies of Hypothesis: random graphs with a width, an encoder, a penalty and a critic, which it also shrinks.

Each table of rules begins with the simplest, towards which Hypothesis shrinks.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import scipy.linalg
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pairbounds import PairGraph
from tests.families import GRAPHS
from tests.fuzz.encoders import ENCODERS, factorised
from tests.fuzz.specimen import Features, Specimen

Draw = Any  # Hypothesis' function that draws
Labelled = tuple[np.ndarray, np.ndarray, np.ndarray]  # weights, left labels, right labels

RANDOM = st.builds(np.random.default_rng, st.integers(0, 2**24 - 1))
LARGEST = 14  # the size that a family is drawn at
TINY = 4  # nodes on a side where each weight is drawn
MOST_NODES = (1, 3, *6 * [24])  # on a side; some families do not come smaller than they are
TRUSTED_DECADES = (0, 6, 12, 24)  # what float64 must judge
DECADES = (0, *TRUSTED_DECADES, 32, 64, 150, 290)  # half of them
DIGITS = (1, 2, 17, 17, 17, 17)  # of the weights
IS_GIVEN = st.sampled_from([False, *7 * [True]])  # a penalty, or a critic


@st.composite
def specimens(draw: Draw, *, families: Iterable[str] | None = None, decades: Sequence[int] = DECADES) -> Specimen:
    """Specimens of any kind, or of these families and decades."""
    graphs = from_families(families) if families else tiny() | st.one_of([from_families(GRAPHS) for _ in range(4)])
    weights, left, right = draw(graphs)
    rule = draw(st.sampled_from(WEIGHTS))
    weights = rule(draw(RANDOM), _without_empty(weights), draw(st.sampled_from(decades)))
    weights = _rounded(weights, draw(st.sampled_from(DIGITS)))
    left, right = draw(st.sampled_from(LABELS))(draw(RANDOM), left, right)
    k = draw(_widths(weights))
    encoder = ENCODERS[draw(st.sampled_from([*ENCODERS]))] if draw(st.booleans()) else None
    features = None if encoder is None else encoder(draw(RANDOM), weights, k)
    penalty, critic = (draw(each(weights)) if draw(IS_GIVEN) else None for each in (_penalties, _critics))
    return Specimen(weights, left, right, k, features, penalty, critic)


# Graphs.


@st.composite
def tiny(draw: Draw) -> Labelled:
    """A few nodes, each weight and each label drawn: where most findings end."""
    shape = draw(st.tuples(*[st.integers(1, TINY)] * 2))
    numbers = (
        draw(arrays(int, size, elements=st.integers(0, 3), fill=st.nothing())) for size in (shape, shape[0], shape[1])
    )
    weights, left, right = numbers
    return weights.astype(float), left, right


@st.composite
def from_families(draw: Draw, families: Iterable[str]) -> Labelled:
    """Some nodes of a family's graph that one of `SHAPES` has changed."""
    graph = _of_size(draw(st.sampled_from([*families])), draw(RANDOM), draw(st.integers(2, LARGEST)))
    drawn = graph.joint.toarray(), graph.left_labels, graph.right_labels
    weights, left, right = draw(st.sampled_from(SHAPES))(draw(RANDOM), *drawn)
    rows, columns = (draw(_nodes(n)) for n in weights.shape)
    return weights[np.ix_(rows, columns)], left[rows], right[columns]


def _of_size(family: str, rng: np.random.Generator, smallest: int) -> PairGraph:
    """A graph of the size, or of the next at which the family exists."""
    for size in range(smallest, 2 * LARGEST):
        try:
            return GRAPHS[family](rng, size)
        except ValueError:  # it does not come so small
            continue
    raise ValueError(f"{family} does not exist at any size from {smallest} to {2 * LARGEST}")


@st.composite
def _nodes(draw: Draw, n: int) -> list[int]:
    """Nodes of a side: any of them, or the first few, of which a few are left out."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=MOST_NODES[-1]))
    kept = np.flatnonzero([draw(st.integers(0, 60)) for _ in range(n)]).tolist() or [0]
    return kept[: draw(st.sampled_from(MOST_NODES))]


def as_drawn(_rng, weights, left, right):
    return weights, left, right


def small_integers(rng, weights, left, right):
    """Weights 0..3: values that are equal, and ties, exactly."""
    return rng.integers(4, size=weights.shape).astype(float), left, right


def sparser(rng, weights, left, right):
    return weights * (rng.random(weights.shape) < rng.uniform(0.2, 0.9)), left, right


def components(rng, weights, left, right):
    """Beside a small dense graph, or two."""
    for _ in range(rng.integers(1, 3)):
        other = rng.random(rng.integers(1, 4, size=2))
        weights = scipy.linalg.block_diag(other, weights)
        left, right = (
            np.append(rng.integers(3, size=n), side) for n, side in zip(other.shape, (left, right), strict=True)
        )
    return weights, left, right


def rank_deficient(rng, weights, left, right):
    """Every row a mixture of a few."""
    rank = int(rng.integers(1, min(weights.shape) + 1))
    return rng.random((len(left), rank)) @ weights[:rank], left, right


SHAPES = (as_drawn, as_drawn, small_integers, sparser, components, rank_deficient)


def _without_empty(weights: np.ndarray) -> np.ndarray:
    filled = weights.copy()
    for row in np.flatnonzero(~filled.any(axis=1)):
        filled[row, row % filled.shape[1]] = 1
    for column in np.flatnonzero(~filled.any(axis=0)):
        filled[column % filled.shape[0], column] = 1
    return filled


# Weights of the pairs that there are.


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


WEIGHTS = (log_uniform, spread, one_giant, one_tiny, scaled_rows, scaled_columns, near_ties, two_levels)


def _rounded(weights: np.ndarray, digits: int) -> np.ndarray:
    return np.vectorize(lambda weight: float(f"{weight:.{digits - 1}e}"))(weights)


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


LABELS = (own_labels, one_class_only, all_different, few_classes, one_of_its_own, disjoint, large_numbers)


# A width, a penalty and a critic.


def _widths(weights: np.ndarray) -> st.SearchStrategy[int]:
    """One, near the rank, all there is, or any."""
    rank, widest = int(np.linalg.matrix_rank(weights / weights.max(axis=1, keepdims=True))), min(weights.shape)
    named = st.sampled_from([int(np.clip(k, 1, widest)) for k in (1, rank - 1, rank, rank + 1, widest)])
    return named | st.integers(1, widest)


def _penalties(weights: np.ndarray) -> st.SearchStrategy[float]:
    """Numbers in (0, 1): any, next to nothing or to all, or a singular value to the last bit or a few units aside."""
    ends = st.sampled_from([1e-300, 1e-16, 1e-8, 1 - 1e-8, np.nextafter(1, 0)])
    values = st.builds(
        lambda sigma, units: float(np.clip(sigma + units * np.finfo(float).eps, 1e-300, np.nextafter(1, 0))),
        st.sampled_from(factorised(weights)[0][1].tolist()),
        st.integers(-2, 2),
    )
    return st.floats(1e-3, 1 - 1e-3) | ends | values


@st.composite
def _critics(draw: Draw, weights: np.ndarray) -> Features:
    """Encoders of any width, at any temperature."""
    rng, k = draw(RANDOM), draw(st.integers(1, min(weights.shape)))
    f, g = ENCODERS[draw(st.sampled_from([*ENCODERS]))](rng, weights, k)
    if rng.random() < 0.3:  # wider than any embedding
        f, g = (np.hstack([side, rng.standard_normal((len(side), max(weights.shape)))]) for side in (f, g))
    return f * 10.0 ** rng.uniform(-1, 1), g
