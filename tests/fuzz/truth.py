"""True errors of a minimiser from the file of a graph, without code of the prover or the verifier."""

import io
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath as mp
import numpy as np
import scipy.sparse as sp

BEYOND = Fraction(1, 10**24)  # by which a bound must be exceeded to be false: far above what rounding does here
DIGITS = 60  # beside three for each decade of the weights


@lru_cache(maxsize=4096)
def errors(archive: bytes, k: int, penalty: Fraction) -> dict[str, Fraction]:
    """The "probe_mse" and "probe_error" of a minimiser of width k, where values tie of the one with the largest mse.

    The probe's scores are `D^{-1/2} U Uᵀ D^{1/2} Y`, U the left singular vectors that the minimiser keeps.
    """
    with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
        stored = sp.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=arrays["shape"])
        labels = arrays["left_labels"]
    with mp.workdps(DIGITS + 3 * int(np.ptp(np.log10(stored.data)) + 1)):
        small = mp.mpf(10) ** (-mp.mp.dps // 2)
        weights = mp.matrix(stored.toarray().tolist())
        left, right = ([mp.sqrt(mp.fsum(row)) for row in side.tolist()] for side in (weights, weights.T))
        normalised = mp.diag([1 / root for root in left]) * weights * mp.diag([1 / root for root in right])
        squares, vectors = mp.eigsy(normalised * normalised.T)
        values = list(squares)  # in ascending order
        onehot = mp.diag(left) * mp.matrix((labels[:, None] == np.unique(labels)).astype(int).tolist())
        scores = mp.zeros(onehot.rows, onehot.cols)
        least = mp.mpf(penalty.numerator) / penalty.denominator
        for column in _kept(values, vectors, sum(value > least**2 + small for value in values[-k:]), onehot, small):
            scores += column * (column.T * onehot)
        total = mp.fsum(weights)
        wrong = mp.fsum(
            root**2
            for root, row, label in zip(left, scores.tolist(), np.unique(labels, return_inverse=True)[1], strict=True)
            if any(row[label] - rival <= small * root for c, rival in enumerate(row) if c != label)  # a tie is an error
        )
        squared = mp.fsum(part**2 for part in onehot - scores)
        return {"probe_mse": _fraction(squared / total), "probe_error": _fraction(wrong / total)}


def _kept(values: Any, vectors: Any, number: int, onehot: Any, small: Any) -> list[Any]:
    """Vectors of the largest values; of values that tie at the end, those with the least label energy."""
    if number == 0:
        return []
    first_kept = len(values) - number
    tied = [i for i, value in enumerate(values) if abs(value - values[first_kept]) <= small]
    above = tied[-1] + 1
    basis = vectors[:, tied[0] : above]
    _, turned = mp.eigsy((basis.T * onehot) * (basis.T * onehot).T)
    return [vectors[:, i] for i in range(above, len(values))] + [
        basis * turned[:, i] for i in range(above - first_kept)
    ]


def _fraction(real: Any) -> Fraction:
    return Fraction(int(mp.floor(real * 10**40)), 10**40)
