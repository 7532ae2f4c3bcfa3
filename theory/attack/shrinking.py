"""Reduction of a counterexample to a small graph."""

from collections.abc import Callable, Iterator
from itertools import combinations, product

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.attack.candidate import LARGEST_INTEGER, Candidate
from pairbounds.theory.attack.climbing import Evaluator

DIGITS = range(1, 5)
INTEGERS = (*range(1, 21), 50, 100, 200, 500, LARGEST_INTEGER)  # largest weights to try, in this order
SIMPLIFIED = 0.9  # part of the budget after which no more nodes or pairs are removed
MOST_AT_ONCE = 300  # most integer graphs to enumerate for a largest weight

Keeps = Callable[[Candidate, float], bool]
Found = tuple[Candidate, float]


def shrink(start: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """Remove nodes, pairs, dimensions and classes as long as `keeps` holds, and find the smallest integer weights.

    Without suitable integers, weights are decimals of few digits. Stops when the budget is spent.
    """
    best = _without_parts(start, evaluator, keeps)
    best = _first(_integers(best[0]), evaluator, keeps) or best
    best = _without_parts(best, evaluator, keeps)  # equal integers may allow more removals
    for rounded in (_rounded_weights, _rounded_features):
        best = _first(rounded(best[0]), evaluator, keeps) or best
    return best


def _first(candidates: Iterator[Candidate], evaluator: Evaluator, keeps: Keeps, *, until: float = 1.0) -> Found | None:
    """First of the candidates for which `keeps` holds; `None` if there is none within this part of the budget."""
    for candidate in candidates:
        if evaluator.spent >= until:
            break
        ratio = evaluator(candidate)
        if keeps(candidate, ratio):
            return candidate, ratio
    return None


def _without_parts(best: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """Remove one part after the other as long as `keeps` holds."""
    before = None
    while best is not before:
        before = best
        for remove in (_fewer_nodes, _joined_nodes, _fewer_pairs, _narrower, _fewer_classes):
            while (reduced := _first(remove(best[0]), evaluator, keeps, until=SIMPLIFIED)) is not None:
                best = reduced
    return best


def _fewer_nodes(candidate: Candidate) -> Iterator[Candidate]:
    for node in reversed(range(candidate.size)):
        fewer = candidate.without(node)
        if fewer is not None:
            yield fewer


def _joined_nodes(candidate: Candidate) -> Iterator[Candidate]:
    """Merge two nodes of a side and class, of which neither can be removed."""
    for side, labels in enumerate((candidate.left_labels, candidate.right_labels)):
        for first, second in reversed(list(combinations(range(len(labels)), 2))):
            if labels[first] == labels[second]:
                weights = candidate.weights.copy()
                lines = np.moveaxis(weights, side, 0)
                lines[first] += lines[second]
                lines[second] = 0
                yield candidate.changed(weights=weights)


def _fewer_pairs(candidate: Candidate) -> Iterator[Candidate]:
    for index in reversed(np.flatnonzero(candidate.weights)):
        weights = candidate.weights.copy()
        weights.flat[index] = 0
        if weights.any():
            yield candidate.changed(weights=weights)


def _narrower(candidate: Candidate) -> Iterator[Candidate]:
    if candidate.k > 1:
        yield candidate.changed(k=candidate.k - 1)


def _fewer_classes(candidate: Candidate) -> Iterator[Candidate]:
    for lower, higher in reversed(list(combinations(range(candidate.n_classes), 2))):
        left, right = (np.where(y == higher, lower, y) for y in (candidate.left_labels, candidate.right_labels))
        yield candidate.changed(left_labels=left, right_labels=right)


def _integers(candidate: Candidate) -> Iterator[Candidate]:
    """Integers for the positive weights: all combinations while these are few, then the nearest to the weights."""
    weights, is_pair = candidate.weights, candidate.weights > 0
    n_pairs = int(is_pair.sum())
    for largest in INTEGERS:
        if largest**n_pairs > MOST_AT_ONCE:
            nearest = np.maximum(1, np.rint(weights / weights.max() * largest))
            yield candidate.changed(weights=np.where(is_pair, nearest, 0))
            continue
        for values in sorted(product(range(1, largest + 1), repeat=n_pairs), key=sum):
            if max(values) == largest:
                chosen = np.zeros(weights.shape)
                chosen[is_pair] = values
                yield candidate.changed(weights=chosen)


def _rounded_weights(candidate: Candidate) -> Iterator[Candidate]:
    for digits in DIGITS:
        yield candidate.changed(weights=_significant(candidate.weights, digits))


def _rounded_features(candidate: Candidate) -> Iterator[Candidate]:
    if candidate.features is not None:
        f, g = candidate.features
        for digits in DIGITS:
            yield candidate.changed(features=(_significant(f, digits), _significant(g, digits)))


def _significant(values: FloatArray, digits: int) -> FloatArray:
    """The values, rounded to significant digits."""
    return np.reshape([float(f"{value:.{digits}g}") for value in values.flat], values.shape)
