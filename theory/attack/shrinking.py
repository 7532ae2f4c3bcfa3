"""From a graph that shows something to the smallest that still shows it."""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import comb

import numpy as np

from theory.attack.candidate import Candidate
from theory.attack.climbing import climb
from theory.attack.evaluation import Evaluator
from theory.infrastructure.arrays import FloatArray, IntArray

KEPT = 0.99  # of the ratio, by a smaller graph
KEPT_BY_ROUNDING = 0.999  # of the ratio, by rounder weights
DIGITS = range(1, 5)


def shrink(start: Candidate, evaluator: Evaluator, rng: np.random.Generator, *, ratio: float) -> tuple[Candidate, float]:
    """Remove nodes, dimensions, classes and edges, climb back on the weights that are left, round them.

    The ratio stays within 1 % of what it was, and above 1 if it was above 1. Stops where the meter is spent.
    """
    floor = _floor(ratio, KEPT)
    before, candidate = None, start
    while candidate is not before:
        before = candidate
        for count, simpler in SIMPLIFICATIONS:
            # From the last place to the first, so that what is removed leaves the places still to come where they are.
            for place in reversed(range(count(candidate))):
                tried = simpler(candidate, place)
                if tried is None:
                    continue
                if evaluator.meter.spent >= 1:
                    return candidate, ratio
                found = evaluator(tried)
                if found >= floor:
                    candidate, ratio = tried, found
    candidate, ratio = climb(candidate, evaluator, rng, until=1, ratio=ratio, step=0.1, discrete=False)
    return _rounded(candidate, evaluator, ratio)


def _floor(ratio: float, part: float) -> float:
    return max(part * ratio, float(np.nextafter(1.0, 2.0))) if ratio > 1 else part * ratio


def _without_left(candidate: Candidate, place: int) -> Candidate | None:
    rows = np.arange(candidate.n_left)
    return _taking(candidate, rows[rows != place], np.arange(candidate.n_right))


def _without_right(candidate: Candidate, place: int) -> Candidate | None:
    columns = np.arange(candidate.n_right)
    return _taking(candidate, np.arange(candidate.n_left), columns[columns != place])


def _taking(candidate: Candidate, rows: IntArray, columns: IntArray) -> Candidate | None:
    whole = (len(rows), len(columns)) == candidate.weights.shape
    if whole or not candidate.weights[np.ix_(rows, columns)].any():
        return None
    return candidate.taking(rows, columns)


def _joined_left(candidate: Candidate, place: int) -> Candidate | None:
    """The place-th pair of left nodes made one, if they have one class: twins go where neither alone could."""
    pair = _pair(candidate.n_left, place)
    if pair is None or candidate.left_labels[pair[0]] != candidate.left_labels[pair[1]]:
        return None
    weights = candidate.weights.copy()
    weights[pair[0]] += weights[pair[1]]
    return _without_left(candidate.changed(weights=weights), pair[1])


def _joined_right(candidate: Candidate, place: int) -> Candidate | None:
    """The place-th pair of right nodes made one, if they have one class."""
    pair = _pair(candidate.n_right, place)
    if pair is None or candidate.right_labels[pair[0]] != candidate.right_labels[pair[1]]:
        return None
    weights = candidate.weights.copy()
    weights[:, pair[0]] += weights[:, pair[1]]
    return _without_right(candidate.changed(weights=weights), pair[1])


def _narrower(candidate: Candidate, _place: int) -> Candidate | None:
    return candidate.changed(k=candidate.k - 1) if candidate.k > 1 else None


def _merged(candidate: Candidate, place: int) -> Candidate | None:
    """The place-th pair of classes made one."""
    pair = _pair(_n_classes(candidate), place)
    if pair is None:
        return None
    lower, higher = pair
    left, right = (np.where(y == higher, lower, y) for y in (candidate.left_labels, candidate.right_labels))
    return candidate.changed(left_labels=left, right_labels=right)


def _without_edge(candidate: Candidate, place: int) -> Candidate | None:
    weights = candidate.weights.copy()
    if place >= weights.size or weights.flat[place] == 0 or np.count_nonzero(weights) == 1:
        return None
    weights.flat[place] = 0
    return candidate.changed(weights=weights)


def _pair(count: int, place: int) -> tuple[int, int] | None:
    pairs = list(combinations(range(count), 2))
    return pairs[place] if place < len(pairs) else None


def _n_classes(candidate: Candidate) -> int:
    return 1 + int(max(candidate.left_labels.max(), candidate.right_labels.max()))


Simplification = tuple[Callable[[Candidate], int], Callable[[Candidate, int], Candidate | None]]
SIMPLIFICATIONS: tuple[Simplification, ...] = (
    (lambda candidate: candidate.n_left, _without_left),
    (lambda candidate: candidate.n_right, _without_right),
    (lambda candidate: comb(candidate.n_left, 2), _joined_left),
    (lambda candidate: comb(candidate.n_right, 2), _joined_right),
    (lambda candidate: candidate.k, _narrower),
    (lambda candidate: comb(_n_classes(candidate), 2), _merged),
    (lambda candidate: candidate.weights.size, _without_edge),
)


def _rounded(candidate: Candidate, evaluator: Evaluator, ratio: float) -> tuple[Candidate, float]:
    """The weights in as few digits as the ratio bears."""
    floor = _floor(ratio, KEPT_BY_ROUNDING)
    for digits in DIGITS:
        for weights in _fewer_digits(candidate.weights, digits):
            if evaluator.meter.spent >= 1:
                return candidate, ratio
            tried = candidate.changed(weights=weights)
            found = evaluator(tried) if tried.weights.shape == candidate.weights.shape else -np.inf
            if found >= floor:
                return tried, found
    return candidate, ratio


def _fewer_digits(weights: FloatArray, digits: int) -> Iterator[FloatArray]:
    """So many decimals, and then so many significant digits, for where small weights matter."""
    yield np.round(weights, digits)
    exponents = np.floor(np.log10(np.where(weights > 0, weights, 1.0)))
    units = 10.0 ** (exponents - digits + 1)
    yield np.round(weights / units) * units
