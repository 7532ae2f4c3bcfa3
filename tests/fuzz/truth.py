"""The true errors of a minimiser, from a graph's file alone: nothing here is of the prover or of the verifier."""

import io
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np

BEYOND = Fraction(1, 10**24)  # by which a bound must be exceeded to be false: far above what rounding does here
DIGITS = 60  # beside three for each decade of the weights


@dataclass(frozen=True)
class Stored:
    """Weights, (n_left, n_right), as fractions of their sum, and the classes of the left nodes."""

    weights: list[list[Fraction]]
    labels: list[int]


def stored(archive: bytes) -> Stored:
    """The graph in a file as numpy reads it; an exception if it holds none."""
    with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
        (n_left, n_right), labels = arrays["shape"].tolist(), arrays["left_labels"].tolist()
        starts, ends, data = (arrays[name].tolist() for name in ("indptr", "indices", "data"))
    weights = [[Fraction(0)] * n_right for _ in range(n_left)]
    for row, (start, stop) in zip(weights, pairwise(starts), strict=True):
        for end, weight in zip(ends[start:stop], data[start:stop], strict=True):
            row[end] += Fraction(weight)
    total = sum(map(sum, weights))
    return Stored([[weight / total for weight in row] for row in weights], labels)


@lru_cache(maxsize=4096)
def errors(archive: bytes, k: int, penalty: Fraction) -> dict[str, Fraction]:
    """The largest "probe_mse" and "probe_error" over some minimisers of width k: where values tie there are many.

    The probe's scores are `D^{-1/2} U Uᵀ D^{1/2} Y`, U the left singular vectors that a minimiser keeps.
    """
    graph = stored(archive)
    present = [weight for row in graph.weights for weight in row if weight]
    decades = len(str(int(max(present) / min(present))))
    with mp.workdps(DIGITS + 3 * decades):
        small = mp.mpf(10) ** (-mp.mp.dps // 2)
        values, vectors, roots = _spectrum(graph.weights)
        onehot = mp.matrix(
            [
                [root * (label == c) for c in sorted(set(graph.labels))]
                for root, label in zip(roots, graph.labels, strict=True)
            ]
        )
        found = [_of(kept, onehot, roots, small) for kept in _kept(values, vectors, onehot, k, _real(penalty), small)]
        return {name: max(each[name] for each in found) for name in found[0]}


def _spectrum(weights: list[list[Fraction]]) -> tuple[list[Any], Any, list[Any]]:
    """Squared singular values in descending order, left vectors as columns, and roots of the left marginal."""
    left = [mp.sqrt(_real(sum(row))) for row in weights]
    right = [mp.sqrt(_real(sum(column))) for column in zip(*weights, strict=True)]
    normalised = mp.matrix(
        [[_real(w) / p / q for w, q in zip(row, right, strict=True)] for row, p in zip(weights, left, strict=True)]
    )
    values, vectors = mp.eigsy(normalised * normalised.T)
    order = range(len(values))[::-1]
    return (
        [values[i] for i in order],
        mp.matrix([[vectors[row, i] for i in order] for row in range(vectors.rows)]),
        left,
    )


def _kept(values: list[Any], vectors: Any, onehot: Any, k: int, penalty: Any, small: Any) -> list[Any]:
    """Orthonormal columns that a minimiser keeps: two choices where a value that is kept ties with one that is not."""
    keeps = sum(value > penalty**2 + small for value in values[:k])
    columns = [vectors[:, i] for i in range(len(values))]
    if keeps == len(values) or not keeps or values[keeps - 1] - values[keeps] > small:
        return [columns[:keeps]]
    tied = [i for i, value in enumerate(values) if abs(value - values[keeps]) <= small]
    first, last = tied[0], tied[-1] + 1
    basis = mp.matrix([[column[row] for column in columns[first:last]] for row in range(vectors.rows)])
    _, turned = mp.eigsy((basis.T * onehot) * (basis.T * onehot).T)  # the least label energy first: the worst to keep
    worst = [basis * turned[:, i] for i in range(keeps - first)]
    return [columns[:keeps], columns[:first] + worst]


def _of(kept: list[Any], onehot: Any, roots: list[Any], small: Any) -> dict[str, Fraction]:
    n, classes = onehot.rows, range(onehot.cols)
    scores = mp.zeros(n, onehot.cols)
    for column in kept:
        scores += column * (column.T * onehot)
    squared = mp.fsum((onehot[x, c] - scores[x, c]) ** 2 for x in range(n) for c in classes)
    wrong = mp.mpf(0)
    for x in range(n):
        own = next(c for c in classes if onehot[x, c])
        rivals = [scores[x, c] for c in classes if c != own]
        if rivals and scores[x, own] - max(rivals) <= small * roots[x]:  # a tie is an error
            wrong += roots[x] ** 2
    return {"probe_mse": _fraction(squared), "probe_error": _fraction(wrong)}


def _real(number: Fraction) -> Any:
    return mp.mpf(number.numerator) / number.denominator


def _fraction(real: Any) -> Fraction:
    return Fraction(int(mp.floor(real * 10**40)), 10**40)
