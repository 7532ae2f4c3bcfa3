"""Projection on the space of the largest eigenvalues of an operator, however many vectors span it."""

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.spectrum.triplets import Product

LANCZOS_ERROR = 1e-10  # of a projection of a unit vector
LANCZOS_STEPS = 300
BROKEN_DOWN = 1e-14  # of a new direction: the Krylov space is invariant


def leading_part(
    product: Product, start: FloatArray, above: FloatArray, low: float, steps: int = LANCZOS_STEPS
) -> FloatArray:
    """Part of a vector in the space of the eigenvalues from `low` on, but for those of `above`; (side,).

    By Lanczos with full orthogonalisation from that vector, whose Krylov space has one vector of each eigenvalue,
    however often it is repeated. A Ritz vector y of value θ below `low` with residual ρ has a part of at most
    `ρ / (low - θ)` in that space. One of a value from `low` on has a part of at most ρ over the gap outside: the gap
    is taken to the next Ritz value. It stops when these sum to `LANCZOS_ERROR` or less.

    `HypothesisError`: not within so many steps, or `LANCZOS_STEPS`; the next eigenvalue is too near.

    Parameters
    ----------
    product : `v -> A v` of a positive semi-definite A of norm 1 or less
    start : (side,), of length 1 or less
    above : (side, a), orthonormal eigenvectors whose values are above all others
    """
    vector = start - above @ (above.T @ start)
    length = float(np.linalg.norm(vector))
    if length <= LANCZOS_ERROR:
        return np.zeros_like(start)
    basis, diagonal, off = [vector / length], [], []
    while True:
        vector = product(basis[-1])
        diagonal.append(float(basis[-1] @ vector))
        spanned = np.column_stack([above, *basis])
        for _ in range(2):
            vector = vector - spanned @ (spanned.T @ vector)
        off.append(float(np.linalg.norm(vector)))
        values, turned = scipy.linalg.eigh_tridiagonal(diagonal, off[:-1])
        inside = values >= low
        gaps = np.where(inside, low - max(values[~inside], default=0.0), low - values)
        if length * float(np.abs(turned[0] * turned[-1]) @ (off[-1] / gaps)) <= LANCZOS_ERROR:
            return np.asarray(spanned[:, above.shape[1] :] @ (turned[:, inside] @ (length * turned[0, inside])))
        require(
            off[-1] > BROKEN_DOWN and len(basis) < min(steps, LANCZOS_STEPS),
            f"{len(basis)} steps of Lanczos do not tell a tied value from the next",
        )
        basis.append(vector / off[-1])
