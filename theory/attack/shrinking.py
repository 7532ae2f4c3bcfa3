"""The reduction of a graph to the smallest that still shows the same."""

from collections.abc import Callable, Iterator
from itertools import combinations, product
from math import comb

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.attack.candidate import LARGEST_INTEGER, Candidate
from pairbounds.theory.attack.climbing import climb
from pairbounds.theory.attack.enumeration import simplicity, small_graphs
from pairbounds.theory.attack.evaluation import UNMET, Evaluator
from pairbounds.theory.bounds.confirmation import confirm

KEPT_BY_ROUNDING = 0.999  # of the ratio, by rounder weights
DIGITS = range(1, 5)
INTEGERS = (*range(1, 21), 50, 100, 200, 500, LARGEST_INTEGER)  # the largest weight, one after the other
MOST_AT_ONCE = 300  # graphs with integer weights up to the same largest
RESCUED_BY, RESCUE_ENDS = 1.0, 0.1  # steps of the climb from a smaller graph back to a violation
# Parts of the budget at which the search for a smallest violation goes on to the next stage.
SIMPLIFIED, WHOLE = 0.7, 0.75

Keeps = Callable[[Candidate, float], bool]
Found = tuple[Candidate, float]


def shrink(start: Candidate, evaluator: Evaluator, rng: np.random.Generator, *, ratio: float, kept: float) -> Found:
    """Remove nodes, pairs, dimensions and classes, climb back on the weights that are left, round them.

    The ratio stays above `kept` times what it was. Stops where the meter is spent.
    """
    floor = kept * ratio
    found = _simplified((start, ratio), evaluator, lambda _, tried: tried >= floor, until=1)
    climbed = climb(found[0], evaluator, rng, until=1, ratio=found[1], step=0.1, discrete=False)
    least = max(floor, KEPT_BY_ROUNDING * climbed[1])
    return _in_few_digits(climbed, evaluator, lambda _, tried: tried >= least)


def smallest_violation(start: Candidate, evaluator: Evaluator, rng: np.random.Generator, *, ratio: float) -> Found:
    """The violation of fewest nodes, then fewest pairs, then smallest integer weights, width and classes.

    What is removed may take the violation with it: the weights that are left climb back to one if they can. Then the
    weights become integers, if the violation survives it, and at last all smaller graphs are gone through, the simplest
    first, as far as the budget reaches: for a claim about the optimum the result is the smallest violation there is,
    among graphs with weights up to 2, wherever that ends first. Every step is confirmed in higher precision.
    """

    def violated(candidate: Candidate, found: float) -> bool:
        if not found > 1:
            return False
        return confirm(evaluator.claim, *candidate.sides).holds_up

    def rescued(candidate: Candidate, found: float) -> Found:
        if not 0 < found <= 1:
            return candidate, found
        return climb(
            candidate,
            evaluator,
            rng,
            until=SIMPLIFIED,
            ratio=found,
            step=RESCUED_BY,
            last_step=RESCUE_ENDS,
            enough=1.0,
            discrete=False,
        )

    found = _simplified((start, ratio), evaluator, violated, until=SIMPLIFIED)
    found = _simplified(found, evaluator, violated, until=SIMPLIFIED, rescued=rescued)
    found = _in_integers(found, evaluator, violated)
    if evaluator.claim.subject == "optimum":
        found = _first_smaller(found, evaluator, violated)
    named = _named_in_order(found[0])
    renamed = named, evaluator(named)
    return renamed if violated(*renamed) else found


def _named_in_order(candidate: Candidate) -> Candidate:
    """The same with classes numbered in order of appearance, on the left and then on the right."""
    labels = np.concatenate([candidate.left_labels, candidate.right_labels])
    _, first, own = np.unique(labels, return_index=True, return_inverse=True)
    numbered = np.argsort(np.argsort(first))[own]
    return candidate.changed(left_labels=numbered[: candidate.n_left], right_labels=numbered[candidate.n_left :])


def _simplified(
    found: Found,
    evaluator: Evaluator,
    keeps: Keeps,
    *,
    until: float,
    rescued: Callable[[Candidate, float], Found] = lambda candidate, ratio: (candidate, ratio),
) -> Found:
    """One thing less at a time, for as long as what is left is kept, `rescued` or not."""
    before = None
    while found is not before:
        before = found
        for places, simpler in SIMPLIFICATIONS:
            # From the last place to the first, so that what is removed leaves the places still to come where they are.
            for place in reversed(range(places(found[0]))):
                tried = simpler(found[0], place)
                if tried is None:
                    continue
                if evaluator.meter.spent >= until:
                    return found
                less = tried, evaluator(tried)
                if not keeps(*less):
                    less = rescued(*less)
                    if less[0] is tried or not keeps(*less):
                        continue
                found = less
    return found


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
    return candidate.subgraph(rows, columns)


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


def _without_edge(candidate: Candidate, place: int) -> Candidate | None:
    weights = candidate.weights.copy()
    if place >= weights.size or weights.flat[place] == 0 or candidate.n_pairs == 1:
        return None
    weights.flat[place] = 0
    return candidate.changed(weights=weights)


def _narrower(candidate: Candidate, _place: int) -> Candidate | None:
    return candidate.changed(k=candidate.k - 1) if candidate.k > 1 else None


def _merged(candidate: Candidate, place: int) -> Candidate | None:
    """The place-th pair of classes made one."""
    pair = _pair(candidate.n_classes, place)
    if pair is None:
        return None
    lower, higher = pair
    left, right = (np.where(y == higher, lower, y) for y in (candidate.left_labels, candidate.right_labels))
    return candidate.changed(left_labels=left, right_labels=right)


def _pair(number: int, place: int) -> tuple[int, int] | None:
    pairs = list(combinations(range(number), 2))
    return pairs[place] if place < len(pairs) else None


Simplification = tuple[Callable[[Candidate], int], Callable[[Candidate, int], Candidate | None]]
SIMPLIFICATIONS: tuple[Simplification, ...] = (
    (lambda candidate: candidate.n_left, _without_left),
    (lambda candidate: candidate.n_right, _without_right),
    (lambda candidate: comb(candidate.n_left, 2), _joined_left),
    (lambda candidate: comb(candidate.n_right, 2), _joined_right),
    (lambda candidate: candidate.weights.size, _without_edge),
    (lambda candidate: candidate.k, _narrower),
    (lambda candidate: comb(candidate.n_classes, 2), _merged),
)


def _first_smaller(found: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """The simplest graph that is kept among those simpler than the one found, if there is one within the budget."""
    known = simplicity(found[0])
    for tried in small_graphs():
        if evaluator.meter.spent >= 1 or simplicity(tried) >= known:
            return found
        ratio = evaluator(tried)
        if keeps(tried, ratio):
            return tried, ratio
    raise AssertionError("there are small graphs without end")


def _in_integers(found: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """The smallest integer weights that are kept, found one after the other; in few digits where there are none."""
    for weights in _integers(found[0].weights):
        tried = _kept_with(found, weights, evaluator, keeps)
        if tried is not None:
            return _in_few_digits(_lowered(tried, evaluator, keeps), evaluator, keeps)
        if evaluator.meter.spent >= WHOLE:
            break
    return _in_few_digits(found, evaluator, keeps)


def _integers(weights: FloatArray) -> Iterator[FloatArray]:
    """Integers in the places of positive weights: all of them while they are few, then the nearest to the weights."""
    pairs = np.nonzero(weights)
    for largest in INTEGERS:
        if largest ** len(pairs[0]) > MOST_AT_ONCE:
            yield np.where(weights > 0, np.maximum(1, np.rint(weights / weights.max() * largest)), 0)
            continue
        for values in sorted(product(range(1, largest + 1), repeat=len(pairs[0])), key=sum):
            if max(values) == largest:
                whole = np.zeros(weights.shape)
                whole[pairs] = values
                yield whole


def _lowered(found: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """Each integer weight as low as it may be, the others as they are."""
    whole = found[0].in_integers()
    assert whole is not None
    weights = whole.weights
    for place in np.argsort(-weights, axis=None):
        for lower in range(1, int(weights.flat[place])):
            if evaluator.meter.spent >= WHOLE:
                return found
            less = weights.copy()
            less.flat[place] = lower
            tried = _kept_with(found, less, evaluator, keeps)
            if tried is not None:
                found, weights = tried, less
                break
    return found


def _kept_with(found: Found, weights: FloatArray, evaluator: Evaluator, keeps: Keeps) -> Found | None:
    tried = found[0].changed(weights=weights)
    if tried.weights.shape != found[0].weights.shape:
        return None
    ratio = evaluator(tried)
    return (tried, ratio) if keeps(tried, ratio) else None


def _in_few_digits(found: Found, evaluator: Evaluator, keeps: Keeps) -> Found:
    """The weights, and then the features, in as few digits as are kept."""
    for rounder in (_rounder_weights, _rounder_features):
        for tried in rounder(found[0]):
            if evaluator.meter.spent >= 1:
                return found
            ratio = evaluator(tried) if tried.weights.shape == found[0].weights.shape else UNMET
            if keeps(tried, ratio):
                found = tried, ratio
                break
    return found


def _rounder_weights(candidate: Candidate) -> Iterator[Candidate]:
    """Candidates of so many decimals, then so many significant digits, where small weights matter; not of integers."""
    if candidate.in_integers() is not None:
        return
    weights = candidate.weights
    exponents = np.floor(np.log10(np.where(weights > 0, weights, 1.0)))
    for digits in DIGITS:
        units = 10.0 ** (exponents - digits + 1)
        yield candidate.changed(weights=np.round(weights, digits))
        yield candidate.changed(weights=np.round(weights / units) * units)


def _rounder_features(candidate: Candidate) -> Iterator[Candidate]:
    if candidate.features is not None:
        f, g = candidate.features
        for digits in (0, *DIGITS):
            yield candidate.changed(features=(np.round(f, digits), np.round(g, digits)))
