"""From a graph that shows something to the smallest that still shows it."""

from collections.abc import Iterator

import numpy as np

from theory.attack.candidate import Candidate
from theory.attack.climbing import climb
from theory.attack.scoring import Judge

KEPT = 0.99  # of the ratio, by a smaller graph
KEPT_BY_ROUNDING = 0.999  # of the ratio, by rounder weights
DIGITS = range(1, 5)


def shrink(start: Candidate, judge: Judge, rng: np.random.Generator, *, ratio: float) -> tuple[Candidate, float]:
    """Remove nodes, dimensions, classes and edges, climb back on the weights that are left, round them.

    The ratio stays within 1 % of what it was, and above 1 if it was above 1. Stops where the meter is spent.
    """
    floor = _floor(ratio, KEPT)
    candidate = start
    shrinking = True
    while shrinking and judge.meter.spent < 1:
        shrinking = False
        for tried in _smaller(candidate):
            found = judge(tried)
            if found >= floor:
                candidate, ratio, shrinking = tried, found, True
                break
            if judge.meter.spent >= 1:
                break
    candidate, ratio = climb(candidate, judge, rng, until=1, ratio=ratio, step=0.1, discrete=False)
    return _rounded(candidate, judge, ratio)


def _floor(ratio: float, part: float) -> float:
    return max(part * ratio, np.nextafter(1.0, 2.0)) if ratio > 1 else part * ratio


def _smaller(candidate: Candidate) -> Iterator[Candidate]:
    """Everything that is one step simpler, the largest steps first."""
    rows, columns = np.arange(candidate.n_left), np.arange(candidate.n_right)
    nodes = [(np.delete(rows, i), columns) for i in rows] + [(rows, np.delete(columns, j)) for j in columns]
    for kept in nodes:
        if candidate.weights[np.ix_(*kept)].any():
            yield candidate.taking(*kept)
    if candidate.k > 1:
        yield candidate.changed(k=candidate.k - 1)
    for lower, higher in _pairs_of_classes(candidate):
        left, right = (np.where(y == higher, lower, y) for y in (candidate.left_labels, candidate.right_labels))
        yield candidate.changed(left_labels=left, right_labels=right)
    for i, j in zip(*np.nonzero(candidate.weights), strict=True):
        weights = candidate.weights.copy()
        weights[i, j] = 0
        if weights.any():
            yield candidate.changed(weights=weights)


def _pairs_of_classes(candidate: Candidate) -> Iterator[tuple[int, int]]:
    classes = 1 + int(max(candidate.left_labels.max(), candidate.right_labels.max()))
    for higher in range(classes):
        for lower in range(higher):
            yield lower, higher


def _rounded(candidate: Candidate, judge: Judge, ratio: float) -> tuple[Candidate, float]:
    """The weights in as few digits as the ratio bears, as multiples of the smallest or parts of the largest."""
    floor = _floor(ratio, KEPT_BY_ROUNDING)
    for digits in DIGITS:
        for tried in _fewer_digits(candidate, digits):
            if tried.weights.shape != candidate.weights.shape:
                continue
            found = judge(tried)
            if found >= floor:
                return tried, found
            if judge.meter.spent >= 1:
                return candidate, ratio
    return candidate, ratio


def _fewer_digits(candidate: Candidate, digits: int) -> Iterator[Candidate]:
    unit = 10.0**digits
    yield candidate.changed(weights=np.round(candidate.weights * unit) / unit)
    # Each weight to so many significant digits: small weights may be what matters.
    exponents = np.floor(np.log10(np.where(candidate.weights > 0, candidate.weights, 1.0)))
    units = 10.0 ** (exponents - digits + 1)
    yield candidate.changed(weights=np.round(candidate.weights / units) * units)
