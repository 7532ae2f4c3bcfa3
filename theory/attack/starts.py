"""Starts of a search: small random graphs of many families, with labels, widths and features."""

from collections.abc import Callable

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.attack.candidate import LARGEST_SIDE, MOST_CLASSES, SMALLEST_PENALTY, Candidate
from pairbounds.theory.bounds.quantities import Features
from pairbounds.theory.bounds.scoring import subject
from pairbounds.theory.spectrum.triplets import spectrum

Drawn = tuple[FloatArray, IntArray, IntArray]  # weights, and labels of both sides
Family = Callable[[np.random.Generator, int, int], Drawn | FloatArray]  # weights, with or without labels

STOP = 0.25  # probability that a side stops growing: most extremal graphs are small


def random_candidate(
    rng: np.random.Generator, *, with_features: bool, with_penalty: bool = False, family: str | None = None
) -> Candidate:
    """Candidate of a family, by default a random one.

    `with_features` adds an embedding pair: random, by class with noise, the optimum, or the optimum with noise.
    `with_penalty` adds a penalty: random, or a singular value.
    """
    start = candidate(family or list(STARTS)[rng.integers(len(STARTS))], rng)
    if with_penalty:
        start = start.changed(penalty=float(rng.random()) if rng.random() < 0.5 else tied_penalty(start, rng))
    return start.changed(features=_random_features(rng, start)) if with_features else start


def candidate(family: str, rng: np.random.Generator) -> Candidate:
    """Graph of a family with 2..16 left and 1..16 right nodes, labels on both sides and a width."""
    n_left, n_right = 1 + _side(rng), _side(rng)
    weights, left, right = _labelled(STARTS[family], rng, n_left, n_right)
    weights = _without_isolated(rng, weights.copy())
    return Candidate(weights, left, right, int(rng.integers(1, min(weights.shape) + 1)), origin=family).tidied()


def _side(rng: np.random.Generator) -> int:
    return min(int(rng.geometric(STOP)), LARGEST_SIDE - 1)


def _without_isolated(rng: np.random.Generator, weights: FloatArray) -> FloatArray:
    for row in np.flatnonzero(~weights.any(axis=1)):
        weights[row, rng.integers(weights.shape[1])] = 1
    for column in np.flatnonzero(~weights.any(axis=0)):
        weights[rng.integers(weights.shape[0]), column] = 1
    return weights


def _random_features(rng: np.random.Generator, start: Candidate) -> Features:
    graph, k = start.graph, start.k
    noise = rng.standard_normal((graph.n_left, k)), rng.standard_normal((graph.n_right, k))
    kind = rng.integers(5)
    if kind == 0:
        return noise
    f, g = _by_class(rng, start) if kind == 1 else optimal_features(start)
    size = 0.0 if kind == 2 else 10 ** rng.uniform(-4, 0)
    return f + size * noise[0], g + size * noise[1]


def _by_class(rng: np.random.Generator, start: Candidate) -> Features:
    """A vector for each class, on both sides."""
    vectors = rng.standard_normal((MOST_CLASSES, start.k))
    return vectors[start.left_labels], vectors[start.right_labels]


def optimal_features(start: Candidate) -> Features:
    """The optimum, of the loss with its penalty if there is one, (n_left, k) and (n_right, k)."""
    graph, k = start.graph, start.k
    optimum = subject(graph, spectrum(graph, k, device="cpu"), k, None, start.penalty)
    return optimum.left, optimum.both_sides


def tied_penalty(start: Candidate, rng: np.random.Generator) -> float:
    """Random singular value as a penalty, where bounds with its square are sharp; any number if all are 0 or 1."""
    values = spectrum(start.graph, min(start.weights.shape), device="cpu").singular_values
    between = values[(values > SMALLEST_PENALTY) & (values < 1 - SMALLEST_PENALTY)]
    return float(rng.choice(between)) if len(between) else float(rng.random())


def _labelled(family: Family, rng: np.random.Generator, n_left: int, n_right: int) -> Drawn:
    """Graph of a family, with random labels if the family has none."""
    drawn = family(rng, n_left, n_right)
    return drawn if isinstance(drawn, tuple) else (drawn, *_labels(rng, *drawn.shape))


def _labels(rng: np.random.Generator, n_left: int, n_right: int) -> tuple[IntArray, IntArray]:
    """Random labels, labels in turn, or one class with a single other node."""
    classes = _n_classes(rng)
    kind = rng.integers(3)
    if kind == 0:
        return rng.integers(classes, size=n_left), rng.integers(classes, size=n_right)
    if kind == 1:
        return np.arange(n_left) % classes, np.arange(n_right) % classes
    return (np.arange(n_left) == 0).astype(np.int64), (np.arange(n_right) == 0).astype(np.int64)


def _n_classes(rng: np.random.Generator) -> int:
    return min(1 + int(rng.geometric(0.5)), MOST_CLASSES)


def dense(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Every pair, weights uniform."""
    return rng.random((n_left, n_right))


def heavy_tailed(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Every pair, weights over many orders of magnitude."""
    return np.exp(3 * rng.standard_normal((n_left, n_right)))


def sparse(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """A few pairs."""
    present = rng.random((n_left, n_right)) < rng.uniform(0.1, 0.6)
    return present * rng.random((n_left, n_right))


def integers(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Weights 0..3: repeated singular values and ties, exactly."""
    return rng.integers(4, size=(n_left, n_right)).astype(np.float64)


def dirichlet(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Concentrated rows of unequal masses."""
    rows = rng.dirichlet(np.full(n_right, rng.uniform(0.1, 1)), size=n_left)
    return rows * rng.dirichlet(np.full(n_left, 0.5))[:, None]


def low_rank(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Rank 1 to 3: singular values that are 0."""
    rank = int(rng.integers(1, 4))
    return rng.random((n_left, rank)) @ rng.random((rank, n_right))


def twins(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Every left node twice, whatever its label."""
    half = rng.random(((n_left + 1) // 2, n_right))
    return np.repeat(half, 2, axis=0)[:n_left]


def cycle(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Circulant, with a lazy step: singular values come in pairs."""
    size = max(n_left, n_right)
    return rng.random() * np.eye(size) + np.roll(np.eye(size), 1, axis=1)


def block_by_class(rng: np.random.Generator, n_left: int, n_right: int) -> Drawn:
    """Pairs mostly within a class."""
    left, right = _labels(rng, n_left, n_right)
    across = 10 ** rng.uniform(-5, 0)
    return np.where(left[:, None] == right, 1.0, across) * rng.random((n_left, n_right)), left, right


def nearly_disconnected(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Parts joined by light edges, with labels independent of the parts."""
    parts = int(rng.integers(2, 4))
    left, right = rng.integers(parts, size=n_left), rng.integers(parts, size=n_right)
    across = 10 ** rng.uniform(-5, -1)
    return np.where(left[:, None] == right, 1.0, across) * rng.random((n_left, n_right))


def planted(rng: np.random.Generator, n_left: int, n_right: int) -> Drawn:
    """Equal classes with equal weights within and across them: symmetric in the labels, with ties for k < r."""
    classes = _n_classes(rng)
    left = np.repeat(np.arange(classes), max(1, n_left // classes))
    right = np.repeat(np.arange(classes), max(1, n_right // classes))
    across = 10 ** rng.uniform(-5, 0)
    return np.where(left[:, None] == right, 1.0, across), left, right


def imbalanced(rng: np.random.Generator, n_left: int, n_right: int) -> Drawn:
    """One light image in a separate class."""
    weights = rng.random((n_left, n_right))
    weights[0] *= 10 ** rng.uniform(-4, 0)
    left = (np.arange(n_left) == 0).astype(np.int64)
    return weights, left, rng.integers(2, size=n_right)


def caption_is_class(rng: np.random.Generator, n_left: int, n_right: int) -> Drawn:
    """One caption for each class, sometimes wrong."""
    classes = max(2, min(n_right, MOST_CLASSES))
    left = rng.integers(classes, size=n_left)
    weights = np.eye(classes)[left] + 10 ** rng.uniform(-4, 0) * rng.random((n_left, classes))
    return weights * rng.random((n_left, 1)), left, np.arange(classes)


def lazy_path(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Images with a private caption each, and light captions shared by neighbours on a path.

    Any reversible walk has the eigenvectors of a lazier one, and a lazy walk is the induced graph of a pair graph. So
    such graphs reach every ratio that depends on a walk's eigenvectors and ratios of gaps.
    """
    size = (n_left + n_right + 1) // 2
    sharing = np.eye(size, size - 1) + np.eye(size, size - 1, k=-1)
    loops = np.diag(rng.dirichlet(np.full(size, 0.5)))
    light = 10 ** rng.uniform(-4, -1) * np.exp(2 * rng.standard_normal(size - 1))
    return np.hstack([loops, sharing * light])


def consistent(rng: np.random.Generator, n_left: int, n_right: int) -> Drawn:
    """Two or more classes without a pair across them, so that labels are consistent."""
    classes = int(rng.integers(2, max(2, min(n_left, n_right, MOST_CLASSES)) + 1))
    blocks = [
        10 ** rng.uniform(-1, 0)
        * _labelled(WITHIN[rng.integers(len(WITHIN))], rng, n_left // classes or 1, n_right // classes or 1)[0]
        for _ in range(classes)
    ]
    left, right = (np.repeat(np.arange(classes), [block.shape[side] for block in blocks]) for side in (0, 1))
    return scipy.linalg.block_diag(*blocks), left, right


def components(rng: np.random.Generator, n_left: int, n_right: int) -> Drawn:
    """Many components of one class each, up to one caption for each image."""
    sides = max(2, n_left), max(2, n_right)
    parts = min(sides) if rng.random() < 0.5 else int(rng.integers(2, min(sides) + 1))
    of_part = np.arange(parts) % int(rng.integers(2, MOST_CLASSES + 1))
    left, right = (np.arange(side) % parts for side in sides)
    return (left[:, None] == right) * rng.random(sides), of_part[left], of_part[right]


WITHIN: tuple[Family, ...] = (dense, heavy_tailed, cycle, lazy_path)  # a class

STARTS: dict[str, Family] = {
    family.__name__: family
    for family in (
        dense,
        heavy_tailed,
        sparse,
        integers,
        dirichlet,
        low_rank,
        twins,
        cycle,
        block_by_class,
        nearly_disconnected,
        planted,
        imbalanced,
        caption_is_class,
        lazy_path,
        consistent,
        components,
    )
}
