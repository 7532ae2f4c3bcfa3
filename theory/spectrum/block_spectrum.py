"""The leading singular triplets of a pair graph by block Lanczos: `spectrum(graph, k, method="blocks")`.

It is the fastest route for many triplets of large graphs (`pairbounds.theory.spectrum.triplets.fastest_method`), and
shows with a probability that no value was skipped; but where the k-th value has more near copies than there are guards
it is no faster than ARPACK, or slower, and `unseen` less sharp. It takes the threads of
`pairbounds.infrastructure.threads`.
"""

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.threads import limited_threads
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.block_lanczos import Gram, Leading, leading_eigenpairs
from pairbounds.theory.spectrum.sparse_products import SparseProducts
from pairbounds.theory.spectrum.triplets import BLOCKS_GUARD as GUARD
from pairbounds.theory.spectrum.triplets import (
    Spectrum,
    component_roots,
    measured,
    triplets_of_images,
    with_known_values,
)

if TYPE_CHECKING:
    import torch


def block_spectrum(
    graph: PairGraph, k: int, *, tol: float = 1e-6, device: "torch.device | None" = None, seed: int = 0
) -> Spectrum:
    """The k leading singular triplets of `Ā`, as `pairbounds.spectrum` has them.

    Parameters
    ----------
    k : k + GUARD is at most a quarter of the smaller side
    tol : the largest residual norm allowed
    device : where the products run; `None` is the CPU
    seed : of the starting vectors and of the probes

    Raises
    ------
    ValueError
        k out of range.
    RuntimeError
        The residuals did not reach `tol`.
    """
    import torch  # noqa: F401 - loaded before its threads are limited

    smaller = min(graph.joint.shape)
    if not 1 <= k <= smaller // 4 - GUARD:
        raise ValueError(f"k={k!r} is not in 1..{smaller // 4 - GUARD}: take the dense route of `spectrum`")
    turned = graph.n_left < graph.n_right
    matrix = sp.csr_array(graph.normalized.T) if turned else graph.normalized
    with limited_threads():
        found, images = _leading(matrix, component_roots(graph, k), k, tol, device, seed)
        long, values, short = triplets_of_images(images, np.ascontiguousarray(found.vectors.cpu().numpy().T))
    left, right = (short, long) if turned else (long, short)
    triplets = with_known_values(graph, (left, values, right))
    return measured(graph.normalized, triplets, "blocks", float(np.sqrt(found.unseen)), tol)


def _leading(
    matrix: sp.csr_array, known: FloatArray, k: int, tol: float, device: "torch.device | None", seed: int
) -> tuple[Leading, FloatArray]:
    """The leading eigenpairs of `AᵀA`, some of value 1 known, and the images of their vectors, as columns."""
    import torch

    products = SparseProducts(matrix, device)
    rows = torch.from_numpy(known).to(device or "cpu")
    if len(rows) >= k:
        return Leading(np.ones(k), np.zeros(k), rows[:k], 1.0), products.images(rows[:k])
    gram = Gram(products.gram, matrix.shape[1], products.trace, products.rounding)
    found = leading_eigenpairs(gram, rows, k, tol=tol, seed=seed)
    return found, products.images(found.vectors)
