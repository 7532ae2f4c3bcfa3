"""Every bound on a graph, against the spectrum that it starts from."""

import numpy as np

from pairbounds import PairGraph, check_bounds, spectrum
from tests.benchmarks.duel import Duel, Size
from tests.benchmarks.graphs import GRAPHS, fresh

SIZES = ("XS", "M", "L")
PROFILE = (
    "Of the bounds of pow at M second eigenvalues of the classes take 21%, theorem 16 17%, multi-hop bounds 9%; at L "
    "variances in classes 20%, theorem 16 16%, sparsest partitions 12%, second eigenvalues 11%; no other part above 8%"
)


def duels(size: Size, seed: int) -> list[Duel]:
    return [_duel(name, make(np.random.default_rng(seed), size), size.k) for name, make in GRAPHS.items()]


def _duel(name: str, graph: PairGraph, k: int) -> Duel:
    return Duel(
        case=f"{name}, k = {k}",
        make=lambda: fresh(graph),
        ours=lambda graph: check_bounds(graph, k),
        peers={"its own spectrum": lambda graph: spectrum(graph, k + 1)},
        note="at a ratio of 0.67 it takes 1.5 times its spectrum, at 1 the bounds cost nothing",
    )
