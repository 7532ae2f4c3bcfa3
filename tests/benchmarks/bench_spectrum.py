"""The leading singular triplets, against `scipy.sparse.linalg.svds` on the same matrix."""

import numpy as np
import scipy.sparse.linalg

from tests.benchmarks.duel import Duel, Size
from tests.benchmarks.graphs import GRAPHS, fresh
from theory import PairGraph, spectrum

SIZES = ("XS", "S", "M", "L")
TOLERANCE = 1e-3  # of svds: residuals below the 1e-6 of `spectrum` on these graphs, and up to twice as fast as at 0


def duels(size: Size, seed: int) -> list[Duel]:
    return [_duel(name, make(np.random.default_rng(seed), size), size.k, seed) for name, make in GRAPHS.items()]


def _duel(name: str, graph: PairGraph, k: int, seed: int) -> Duel:
    start = np.random.default_rng(seed).standard_normal(min(graph.joint.shape))
    return Duel(
        case=f"{name}, k = {k}",
        make=lambda: fresh(graph),
        ours=lambda graph: spectrum(graph, k, seed=seed),
        peer=lambda graph: scipy.sparse.linalg.svds(graph.normalized, k, tol=TOLERANCE, v0=start),
        peer_name=f"scipy svds, tol={TOLERANCE:g}",
        memory=True,
        note="svds does not look for values that it skipped, spectrum does",
    )
