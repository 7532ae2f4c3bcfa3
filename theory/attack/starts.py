"""Starts of a search: small random graphs of a few families, with labels, widths and features."""

from collections.abc import Callable

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.attack.candidate import LARGEST_SIDE, MOST_CLASSES, SMALLEST_PENALTY, Candidate
from pairbounds.theory.bounds.measured import Features
from pairbounds.theory.bounds.scoring import subject
from pairbounds.theory.spectrum.triplets import spectrum

Labelled = tuple[FloatArray, IntArray, IntArray]  # weights, and labels of both sides
Family = Callable[[np.random.Generator, int, int], Labelled | FloatArray]  # weights, with or without labels

STOP = 0.25  # probability that a side stops growing: most extremal graphs are small


def random_candidate(
    rng: np.random.Generator, *, with_features: bool, with_penalty: bool = False, family: str | None = None
) -> Candidate:
    """Candidate of a family, by default a random one.

    `with_features` adds an embedding pair: random, the optimum, or the optimum with noise.
    `with_penalty` adds a penalty: random, or a singular value.
    """
    start = candidate(family or list(STARTS)[rng.integers(len(STARTS))], rng)
    if with_penalty:
        start = start.changed(penalty=float(rng.random()) if rng.random() < 0.5 else tied_penalty(start, rng))
    return start.changed(features=_random_features(rng, start)) if with_features else start


def candidate(family: str, rng: np.random.Generator) -> Candidate:
    """Graph of a family with 2..16 left and 1..16 right nodes, labels on both sides and a width."""
    drawn = STARTS[family](rng, 1 + _side(rng), _side(rng))
    weights, left, right = drawn if isinstance(drawn, tuple) else (drawn, *_labels(rng, *drawn.shape))
    return Candidate(weights, left, right, int(rng.integers(1, min(weights.shape) + 1)), origin=family).tidied()


def _side(rng: np.random.Generator) -> int:
    return min(int(rng.geometric(STOP)), LARGEST_SIDE - 1)


def _random_features(rng: np.random.Generator, start: Candidate) -> Features:
    f, g = optimal_features(start)
    noise = rng.standard_normal(f.shape), rng.standard_normal(g.shape)
    kind = rng.integers(4)
    if kind == 0:
        return noise
    size = 0.0 if kind == 1 else 10 ** rng.uniform(-4, 0)
    return f + size * noise[0], g + size * noise[1]


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


def _labels(rng: np.random.Generator, n_left: int, n_right: int) -> tuple[IntArray, IntArray]:
    """Random labels, labels in turn, or one class with a single node of each side."""
    classes = min(1 + int(rng.geometric(0.5)), MOST_CLASSES)
    kind = rng.integers(3)
    if kind == 0:
        return rng.integers(classes, size=n_left), rng.integers(classes, size=n_right)
    if kind == 1:
        return np.arange(n_left) % classes, np.arange(n_right) % classes
    return (np.arange(n_left) == 0).astype(np.int64), (np.arange(n_right) == 0).astype(np.int64)


def heavy_tailed(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Every pair, weights over up to many orders of magnitude."""
    return np.exp(rng.uniform(0, 3) * rng.standard_normal((n_left, n_right)))


def integers(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Weights 0..3, and 1..4 for the first right node: repeated singular values and ties, exactly."""
    weights = rng.integers(4, size=(n_left, n_right)).astype(np.float64)
    weights[:, 0] += 1
    return weights


def twins(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Left nodes with one to three distinct rows, whatever their labels: singular values that are 0."""
    rows = rng.random((int(rng.integers(1, 4)), n_right))
    return rows[rng.integers(len(rows), size=n_left)]


def cycle(rng: np.random.Generator, n_left: int, n_right: int) -> FloatArray:
    """Circulant, with a lazy step: singular values come in pairs."""
    size = max(n_left, n_right)
    return rng.random() * np.eye(size) + np.roll(np.eye(size), 1, axis=1)


def planted(rng: np.random.Generator, n_left: int, n_right: int) -> Labelled:
    """Lighter weights across parts, equal or random. Each part is a class, or labels are independent of the parts."""
    left, right = _labels(rng, n_left, n_right)
    weights = np.where(left[:, None] == right, 1.0, 10 ** rng.uniform(-5, 0))
    if rng.random() < 0.5:
        weights *= rng.uniform(0.1, 1, size=weights.shape)
    return (weights, left, right) if rng.random() < 0.5 else (weights, *_labels(rng, n_left, n_right))


def components(rng: np.random.Generator, n_left: int, n_right: int) -> Labelled:
    """Components of one class each, up to one caption for each image: labels are consistent."""
    sides = max(2, n_left), max(2, n_right)
    parts = min(sides) if rng.random() < 0.5 else int(rng.integers(2, min(sides) + 1))
    of_part = np.arange(parts) % int(rng.integers(2, MOST_CLASSES + 1))
    left, right = (np.arange(side) % parts for side in sides)
    return (left[:, None] == right) * rng.random(sides), of_part[left], of_part[right]


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


STARTS: dict[str, Family] = {
    family.__name__: family for family in (heavy_tailed, integers, twins, cycle, planted, components, lazy_path)
}
