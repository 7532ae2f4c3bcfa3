"""The leading singular triplets, against `scipy.sparse.linalg.svds` on the same matrix, by ARPACK and by PROPACK.

Each alone, and at equal work: what is left is searched from other starts, until nothing larger is there.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import scipy.sparse.linalg

from pairbounds import PairGraph, spectrum
from pairbounds.real_data.emoji_concepts import emoji_graph
from pairbounds.theory.spectrum import block_spectrum  # noqa: F401 - loads torch before anything is timed
from tests.benchmarks.duel import SIZES as ALL_SIZES
from tests.benchmarks.duel import Duel, NotReachedError, Size
from tests.benchmarks.graphs import GRAPHS, equal_blocks, fresh
from tests.families import many_copies

SIZES = ("XS", "S", "M", "L")
RESIDUAL = 1e-6  # that both are to reach
TOLERANCE = 1e-3  # of svds: it reaches that on these graphs, up to twice as fast as at 0
SOLVERS = ("arpack", "propack")
MOST_CHECKED = ALL_SIZES["M"].n_left  # left nodes of graphs that are searched at equal work
SAME = 1e-6  # relative; a value that is above the k-th by less is none that was skipped
NOTE = (
    "svds does not look for values that it skipped, spectrum does: on copies of a value svds skips some. At equal work "
    "ARPACK is run again on what is left, from another start, until it finds nothing above the k-th value"
)

PROFILE = (
    "Of sbm at S ARPACK takes 65% and the search for what was skipped 23%. At L products in float32 take 30% (sbm) and "
    "28% (pow), that search, with its products in float64, 28% and 13%, left vectors and residuals 12% and 21%, "
    "orthogonalisation 11% and 11%, the Rayleigh-Ritz step 7% and 11%, and no other part above 6%"
)


def duels(size: Size, seed: int) -> list[Duel]:
    return [_duel(name, graph, k, size, seed) for name, graph, k in _cases(size, seed)]


def _cases(size: Size, seed: int) -> Iterator[tuple[str, PairGraph, int]]:
    """Each graph of the benchmarks, one of many equal blocks, and those that have one size; and the width."""
    made: dict[str, Callable[[np.random.Generator, Size], PairGraph]] = GRAPHS | {"200 equal blocks": equal_blocks}
    for name, make in made.items():
        if name in GRAPHS or size.n_right >= ALL_SIZES["S"].n_right:
            yield name, make(np.random.default_rng(seed), size), size.k
    if size == ALL_SIZES["S"]:
        yield "captions of emoji", emoji_graph(), ALL_SIZES["M"].k
        for copies, joined, k in ((3, 0.0, 7), (5, 0.0, 8), (30, 0.0, 45), (30, 1e-6, 40)):
            yield f"{copies} copies{', weakly joined' if joined else ''}", many_copies(copies, joined), k


def _duel(name: str, graph: PairGraph, k: int, size: Size, seed: int) -> Duel:
    peers = {
        f"scipy svds, {solver}, tol={TOLERANCE:g}{', equal work' if checked else ''}": partial(
            _svds, k=k, seed=seed, solver=solver, checked=checked
        )
        for checked in ((False, True) if size.n_left <= MOST_CHECKED else (False,))
        for solver in SOLVERS
    }
    return Duel(
        case=f"{name}, k = {k}",
        make=lambda: fresh(graph),
        ours=lambda graph: spectrum(graph, k, tol=RESIDUAL, seed=seed),
        peers=peers,
        note=NOTE,
    )


def _svds(graph: PairGraph, *, k: int, seed: int, solver: str, checked: bool) -> None:
    matrix, rng = graph.normalized, np.random.default_rng(seed)
    start = rng.standard_normal(graph.n_left if solver == "propack" else min(graph.joint.shape))
    try:
        left, values, right = scipy.sparse.linalg.svds(matrix, k, tol=TOLERANCE, v0=start, solver=solver)
        while checked:
            rest = scipy.sparse.linalg.LinearOperator(
                matrix.shape,
                lambda x, u=left, s=values, w=right: matrix @ x - u @ (s * (w @ x).T).T,
                lambda y, u=left, s=values, w=right: matrix.T @ y - w.T @ (s * (u.T @ y).T).T,
                dtype=np.float64,
            )
            other = rng.standard_normal(min(matrix.shape))
            more = scipy.sparse.linalg.svds(rest, 1, tol=TOLERANCE, v0=other)  # PROPACK finds no single value
            if more[1][0] <= np.sort(values)[-k] * (1 + SAME):
                return
            left, values, right = np.hstack([left, more[0]]), np.append(values, more[1]), np.vstack([right, more[2]])
    except (np.linalg.LinAlgError, scipy.sparse.linalg.ArpackNoConvergence) as error:
        raise NotReachedError from error
