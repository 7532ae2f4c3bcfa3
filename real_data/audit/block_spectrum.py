"""The leading singular triplets of a graph whose pairs are on a cluster."""

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.audit.blocks import BlockGraph
from pairbounds.theory.spectrum.triplets import (
    DENSE_SIDE,
    GUARD,
    Spectrum,
    leading_triplets,
    measured,
    searched_triplets,
    triplets_within,
)


def block_spectrum(graph: BlockGraph, k: int, *, tol: float, seed: int) -> Spectrum:
    """The k leading singular triplets: ARPACK here, every product with `Āᵀ Ā` on the workers.

    The search is that of `pairbounds.spectrum`. Where there are few captions their Gram matrix is formed.

    Raises
    ------
    RuntimeError
        The solver did not converge, or left a residual above `tol`.
    """

    def forward(vectors: FloatArray) -> FloatArray:
        return graph.normalized @ vectors

    side, count, unseen = graph.n_right, min(k + GUARD, graph.n_right), 0.0
    if side <= max(DENSE_SIDE, count + 1):
        # All of them: LAPACK's bisection, which a subset takes, fails on some tight clusters.
        _, basis = scipy.linalg.eigh(graph.gram(np.eye(side)), driver="evd")
        triplets = leading_triplets(triplets_within(forward, basis[:, side - count :]), k)
    else:
        triplets, unseen = searched_triplets(graph.gram, forward, side, k, tol / 10, np.random.default_rng(seed))
    return measured(graph.normalized, triplets, "blocks", unseen, tol)
