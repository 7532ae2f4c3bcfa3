"""Reduction of a counterexample to a small graph."""

from collections.abc import Callable, Iterator
from itertools import combinations, islice, product

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.attack.candidate import LARGEST_INTEGER, Candidate
from pairbounds.theory.attack.climbing import UNMET, Evaluator

DIGITS = range(1, 5)
INTEGERS = (*range(1, 21), 50, 100, 200, 500, LARGEST_INTEGER)  # largest weights to try, in this order
MOST_AT_ONCE = 300  # most integer graphs to enumerate for a largest weight
SIMPLIFIED = 0.9  # part of the budget after which no more nodes or pairs are removed

Keeps = Callable[[Candidate, float], bool]
Found = tuple[Candidate, float]


def shrink(start: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """Remove nodes, pairs, dimensions and classes as long as `keeps` holds, and find the smallest integer weights.

    Without suitable integers, weights are decimals of few digits. Stops when the budget is spent.
    """
    best = _simplified(start, evaluator, keeps, until=SIMPLIFIED)
    best = _in_integers(best, evaluator, keeps)
    best = _simplified(best, evaluator, keeps, until=1)  # equal integers may allow more removals
    best = _in_few_digits(best, evaluator, keeps)
    named = _named_in_order(best[0])
    renamed = named, evaluator(named)
    return renamed if keeps(*renamed) else best


def _named_in_order(candidate: Candidate) -> Candidate:
    """Number the classes in order of appearance, on the left and then on the right."""
    labels = np.concatenate([candidate.left_labels, candidate.right_labels])
    _, first, class_of = np.unique(labels, return_index=True, return_inverse=True)
    numbered = np.argsort(np.argsort(first))[class_of]
    return candidate.changed(left_labels=numbered[: candidate.n_left], right_labels=numbered[candidate.n_left :])


def _simplified(best: Found, evaluator: Evaluator, keeps: Keeps, *, until: float) -> Found:
    """Remove one part after the other as long as `keeps` holds."""
    before = None
    while best is not before:
        before = best
        for simpler in (_fewer_nodes, _joined_nodes, _fewer_pairs, _narrower, _fewer_classes):
            failed, untried = 0, simpler(best[0])
            while (tried := next(untried, None)) is not None:
                if evaluator.spent >= until:
                    return best
                less = tried, evaluator(tried)
                if keeps(*less):  # skip the parts that could not be removed, which come first again
                    best, untried = less, islice(simpler(tried), failed, None)
                else:
                    failed += 1
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
        if candidate.n_pairs > 1:
            weights = candidate.weights.copy()
            weights.flat[index] = 0
            yield candidate.changed(weights=weights)


def _narrower(candidate: Candidate) -> Iterator[Candidate]:
    if candidate.k > 1:
        yield candidate.changed(k=candidate.k - 1)


def _fewer_classes(candidate: Candidate) -> Iterator[Candidate]:
    for lower, higher in reversed(list(combinations(range(candidate.n_classes), 2))):
        left, right = (np.where(y == higher, lower, y) for y in (candidate.left_labels, candidate.right_labels))
        yield candidate.changed(left_labels=left, right_labels=right)


def _in_integers(best: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """Candidate with the smallest integer weights for which `keeps` holds, if any."""
    for weights in _integers(best[0].weights):
        tried = best[0].changed(weights=weights)
        less = tried, evaluator(tried)
        if tried.weights.shape == weights.shape and keeps(*less):
            return less
        if evaluator.spent >= 1:
            break
    return best


def _integers(weights: FloatArray) -> Iterator[FloatArray]:
    """Integers for the positive weights: all combinations while these are few, then the nearest to the weights."""
    pairs = np.nonzero(weights)
    for largest in INTEGERS:
        if largest ** len(pairs[0]) > MOST_AT_ONCE:
            yield np.where(weights > 0, np.maximum(1, np.rint(weights / weights.max() * largest)), 0)
            continue
        for values in sorted(product(range(1, largest + 1), repeat=len(pairs[0])), key=sum):
            if max(values) == largest:
                integers = np.zeros(weights.shape)
                integers[pairs] = values
                yield integers


def _in_few_digits(best: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """Round the weights, and then the features, to the fewest digits for which `keeps` holds."""
    for rounded in (_rounded_weights, _rounded_features):
        for tried in rounded(best[0]):
            if evaluator.spent >= 1:
                return best
            ratio = evaluator(tried) if tried.weights.shape == best[0].weights.shape else UNMET
            if keeps(tried, ratio):
                best = tried, ratio
                break
    return best


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
