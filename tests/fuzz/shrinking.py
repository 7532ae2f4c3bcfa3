"""From a specimen that shows something to the simplest that still shows it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from tests.fuzz.specimen import Specimen

Shows = Callable[[Specimen], bool]

TRIES = 4_000  # at 10 ms each, less than a minute


def shrink(specimen: Specimen, shows: Shows, tries: int = TRIES) -> Specimen:
    """The simplest that is reached by one simplification after the other, each of which keeps what is shown."""
    left = tries
    simplest = specimen
    progress = True
    while progress:
        progress = False
        for simplifications in (_fewer_nodes, _narrower, _simpler_encoder, _fewer_pairs, _simpler_labels, _rounder):
            for tried in simplifications(simplest):
                if left == 0:
                    return simplest
                left -= 1
                if tried.complexity < simplest.complexity and shows(tried):
                    simplest, progress = tried, True
                    break  # what follows was made from what is no longer the simplest
            if progress:
                break
    return simplest


def taking(specimen: Specimen, rows: np.ndarray, columns: np.ndarray) -> Specimen | None:
    """Some of the nodes, or `None` where that leaves a node without a pair."""
    weights = specimen.weights[np.ix_(rows, columns)]
    if weights.size == 0 or not (weights.any(axis=1).all() and weights.any(axis=0).all()):
        return None
    k = min(specimen.k, *weights.shape)
    features = specimen.features and (specimen.features[0][rows, :k], specimen.features[1][columns, :k])
    critic = specimen.critic and (specimen.critic[0][rows], specimen.critic[1][columns])
    labels = {"left_labels": specimen.left_labels[rows], "right_labels": specimen.right_labels[columns]}
    return replace(specimen, weights=weights, **labels, k=k, features=features, critic=critic)


def _fewer_nodes(specimen: Specimen) -> Iterator[Specimen]:
    rows, columns = (np.arange(n) for n in specimen.weights.shape)
    halves = [(rows[: len(rows) // 2], columns), (rows, columns[: len(columns) // 2])]
    ones = [(np.delete(rows, i), columns) for i in rows] + [(rows, np.delete(columns, j)) for j in columns]
    both = [(np.delete(rows, i), np.delete(columns, j)) for i in rows for j in columns]
    yield from (found for chosen in halves + ones + both if (found := taking(specimen, *chosen)) is not None)


def _narrower(specimen: Specimen) -> Iterator[Specimen]:
    if specimen.k == 1:
        return
    if specimen.features is None:
        yield replace(specimen, k=specimen.k - 1)
        return
    for column in range(specimen.k):
        f, g = (np.delete(side, column, axis=1) for side in specimen.features)
        yield replace(specimen, k=specimen.k - 1, features=(f, g))


def _simpler_encoder(specimen: Specimen) -> Iterator[Specimen]:
    for name, pair in (("features", specimen.features), ("critic", specimen.critic)):
        if pair is None:
            continue
        yield replace(specimen, **{name: None})
        for side in (0, 1):
            for changed in _simpler_numbers(pair[side], zeros=True):
                yield replace(specimen, **{name: (changed, pair[1]) if side == 0 else (pair[0], changed)})
    if specimen.critic is not None:
        for column in range(specimen.critic[0].shape[1]):
            f, g = (np.delete(side, column, axis=1) for side in specimen.critic)
            if f.size:
                yield replace(specimen, critic=(f, g))
    if specimen.penalty is not None:
        simpler = (0.5, *(float(_digits(np.array([specimen.penalty]), count)[0]) for count in (1, 2)))
        yield from (replace(specimen, penalty=penalty) for penalty in (None, *simpler) if penalty != 1)


def _fewer_pairs(specimen: Specimen) -> Iterator[Specimen]:
    for place in np.flatnonzero(specimen.weights):
        weights = specimen.weights.copy()
        weights.flat[place] = 0
        if weights.any(axis=1).all() and weights.any(axis=0).all():
            yield replace(specimen, weights=weights)


def _simpler_labels(specimen: Specimen) -> Iterator[Specimen]:
    labels = np.concatenate([specimen.left_labels, specimen.right_labels])
    classes, numbered = np.unique(labels, return_inverse=True)
    merged = [np.where(numbered == b, a, numbered) for a, b in combinations(range(len(classes)), 2)]
    n_left = len(specimen.left_labels)
    for changed in merged:
        yield replace(specimen, left_labels=changed[:n_left], right_labels=changed[n_left:])


def _rounder(specimen: Specimen) -> Iterator[Specimen]:
    yield from (replace(specimen, weights=weights) for weights in _simpler_numbers(specimen.weights, zeros=False))
    for power in (0.5, 0.8, 0.95):  # fewer decades
        yield replace(specimen, weights=_power_of_ten(specimen.weights**power))


def _simpler_numbers(array: np.ndarray, *, zeros: bool) -> Iterator[np.ndarray]:
    """All at once, then one at a time: 1, a power of ten, one digit, two."""
    rules = [_ones, _power_of_ten, lambda x: _digits(x, 1), lambda x: _digits(x, 2)]
    yield from (rule(array) for rule in rules)
    if zeros:
        rules.insert(0, np.zeros_like)
    for place in np.flatnonzero(array):
        for rule in rules:
            changed = array.copy()
            changed.flat[place] = rule(array.flat[[place]])[0]
            yield changed


def _ones(array: np.ndarray) -> np.ndarray:
    return np.sign(array)


def _power_of_ten(array: np.ndarray) -> np.ndarray:
    return np.array([0.0 if x == 0 else float(f"{np.sign(x):.0f}e{_exponent(x)}") for x in array.ravel()]).reshape(
        array.shape
    )


def _digits(array: np.ndarray, count: int) -> np.ndarray:
    return np.array([float(f"{x:.{count - 1}e}") for x in array.ravel()]).reshape(array.shape)


def _exponent(x: float) -> int:
    return round(float(np.log10(abs(x))))
