"""Benchmarks: what `pairbounds` and a peer do with the same input. A new benchmark is a function in `BENCHMARKS`."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import scipy.sparse as sp
import scipy.sparse.linalg

from pairbounds import PairGraph, check_bounds, spectrum
from tests.benchmarks import by_hand
from tests.families import slow_decay

SEED = 0  # of the graphs and of the starts
RESIDUAL = 1e-6  # that both solvers are to reach
TOLERANCE = 1e-3  # of svds: it reaches that residual on these graphs, up to twice as fast as at 0
CLASSES, SUBCLASSES, DEGREE = 10, 6, 10
CANDIDATES, LABELLED = 20, 200  # tables of pairs among which `choose` chooses, and labelled images
IN_SUBCLASS, IN_CLASS = 0.95 * 0.7, 0.95  # the chance that a pair stays there; else its other end is anywhere


@dataclass(frozen=True)
class Size:
    """Nodes on each side of a graph, and the width of the embedding."""

    n_left: int
    n_right: int
    k: int


SIZES = {
    "XS": Size(300, 150, 8),  # for the test of the runner
    "S": Size(2_000, 1_000, 16),
    "M": Size(20_000, 10_000, 64),
    "W": Size(100_000, 50_000, 64),  # a million pairs
    "L": Size(200_000, 50_000, 64),
}


@dataclass(frozen=True)
class Duel:
    """Ours and its peers on the same input.

    Attributes
    ----------
    case : what the input is
    make : an input for each run, untimed; fresh, since a graph remembers what was computed on it
    ours : called with an input; a list of arguments that it returns is a command of Python to time
    peers : the same, by name
    note : what a reader of the ratio must know
    """

    case: str
    make: Callable[[], Any]
    ours: Callable[[Any], object]
    peers: Mapping[str, Callable[[Any], object]]
    note: str = ""


def block_model(size: Size, seed: int = SEED) -> PairGraph:
    """Classes of six subclasses: with ten of them 60 large singular values, then a bulk."""
    rng, groups = np.random.default_rng(seed), CLASSES * SUBCLASSES
    left, right = (rng.permutation(np.arange(n) % groups) for n in (size.n_left, size.n_right))
    by_group = np.argsort(right, kind="stable")
    starts = np.searchsorted(right[by_group], np.arange(groups + 1))
    group, chance = np.repeat(left, DEGREE), rng.random(size.n_left * DEGREE)
    reach = np.select([chance < IN_SUBCLASS, chance < IN_CLASS], [1, SUBCLASSES], groups)
    low, high = starts[group // reach * reach], starts[(group // reach + 1) * reach]
    ends = by_group[(low + rng.random(group.size) * (high - low)).astype(int)]
    rows = np.repeat(np.arange(size.n_left), DEGREE)
    joint = sp.coo_array((np.ones(rows.size), (rows, ends)), shape=(size.n_left, size.n_right))
    return PairGraph(joint, left // SUBCLASSES, right // SUBCLASSES, drop_isolated=True)


def circle(size: Size) -> PairGraph:
    """A slowly decaying spectrum with values in near pairs; the classes are random."""
    graph, rng = slow_decay(np.random.default_rng(SEED), size.n_left, size.n_right), np.random.default_rng(SEED)
    return PairGraph(graph.joint, *(rng.integers(CLASSES, size=n) for n in graph.shape))


GRAPHS: dict[str, Callable[[Size], PairGraph]] = {"sbm": block_model, "pow": circle}


def fresh(graph: PairGraph) -> PairGraph:
    """The same graph without cached values, except its normalised matrix."""
    copy = PairGraph(graph.joint, graph.left_labels, graph.right_labels)
    assert copy.normalized.nnz == graph.joint.nnz
    return copy


def commands(size: Size) -> Iterator[Duel]:
    """Whole commands on a table on disk, each in its own process, against a script with pandas and scipy."""
    graph = block_model(size)
    folder = Path(tempfile.mkdtemp())
    _write_tables(graph, folder)
    tables = (folder / "pairs.parquet", "--labels", folder / "labels.parquet", "--k", size.k, "--out")
    for command, name in (("check", "bounds.csv"), ("audit", "audit")):
        yield Duel(
            case=f"{command}, {graph.joint.nnz:,} pairs, k = {size.k}",
            make=lambda name=name: Path(tempfile.mkdtemp(dir=folder)) / name,
            ours=lambda out, command=command: ["-m", "pairbounds", command, *tables, out],
            peers={"pandas, scipy svds": lambda _: [by_hand.__file__, folder, size.k]},
            note="whole processes; the peer has α_T and the singular values, ours the bounds, and the audit besides "
            "which captions and classes hurt most",
        )


def choices(size: Size) -> Iterator[Duel]:
    """The command `choose` on tables of pairs on disk, against a script by pandas and scipy."""
    folder, chosen = Path(tempfile.mkdtemp()), np.random.default_rng(SEED)
    rows = chosen.choice(size.n_left, min(LABELLED, size.n_left), replace=False)
    for candidate in range(CANDIDATES):
        graph = block_model(size, SEED + candidate)
        by_class = np.argsort(graph.left_labels, kind="stable")  # so that an image has one class in all
        _write_tables(graph.part(by_class), folder, f"pairs{candidate}.parquet", rows)
    files = sorted(folder.glob("pairs*.parquet"))
    words = ("--labels", folder / "labels.parquet", "--random", "--k", size.k)
    yield Duel(
        case=f"{CANDIDATES} candidates of {graph.joint.nnz:,} pairs, k = {size.k}",
        make=lambda: None,
        ours=lambda _: ["-m", "pairbounds", "choose", *files, *words],
        peers={"pandas, scipy svds": lambda _: [by_hand.__file__, folder, size.k]},
        note="whole processes; the peer has α_T of the labelled images and singular values, ours vectors, errors of "
        "the optima and intervals besides",
    )


def _write_tables(
    graph: PairGraph, folder: Path, name: str = "pairs.parquet", labelled: npt.NDArray[np.int64] | None = None
) -> None:
    """Write pairs and `labels.parquet`, by default of all images, with text ids."""
    entries, rows = graph.joint.tocoo(), np.arange(graph.n_left) if labelled is None else labelled
    images, captions = map(_text, ("images/", "a photo of "), entries.coords)
    pq.write_table(pa.table({"image": images, "caption": captions, "weight": entries.data}), folder / name)
    labels = {"image": _text("images/", rows), "label": _text("class ", graph.left_labels[rows])}
    pq.write_table(pa.table(labels), folder / "labels.parquet")


def _text(prefix: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pa.array(numbers).cast(pa.string()), "")


def spectra(size: Size) -> Iterator[Duel]:
    """The leading singular triplets, against `scipy.sparse.linalg.svds` on the same matrix."""
    for name, make in GRAPHS.items():
        graph = make(size)
        yield Duel(
            case=f"{name}, k = {size.k}",
            make=partial(fresh, graph),
            ours=lambda graph: spectrum(graph, size.k, tol=RESIDUAL, seed=SEED),
            peers={
                f"scipy svds, {solver}, tol={TOLERANCE:g}": partial(_svds, size.k, solver)
                for solver in ("arpack", "propack")
            },
            note="svds does not look for values that it skipped, spectrum does: on copies of a value svds skips some",
        )


def _svds(k: int, solver: str, graph: PairGraph) -> None:
    side = graph.n_left if solver == "propack" else min(graph.shape)
    start = np.random.default_rng(SEED).standard_normal(side)
    scipy.sparse.linalg.svds(graph.normalized, k, tol=TOLERANCE, v0=start, solver=solver)


def bounds(size: Size) -> Iterator[Duel]:
    """Every bound on a graph, against the spectrum that it starts from."""
    for name, make in GRAPHS.items():
        yield Duel(
            case=f"{name}, k = {size.k}",
            make=partial(fresh, make(size)),
            ours=lambda graph: check_bounds(graph, size.k),
            peers={"its own spectrum": lambda graph: spectrum(graph, size.k + 1)},
            note="at a ratio of 0.67 it takes 1.5 times its spectrum, at 1 the bounds cost nothing",
        )


def through(size: Size) -> Iterator[Duel]:
    """A graph through features, against the two matrix products of scipy and numpy."""
    graph, width = block_model(size), 8 * size.k
    features = np.random.default_rng(SEED).standard_normal((graph.n_left, width), dtype=np.float32)
    yield Duel(
        case=f"sbm, {graph.joint.nnz:,} pairs, {width} features",
        make=partial(fresh, graph),
        ours=lambda graph: graph.through(features).spectrum,
        peers={"scipy and numpy products": lambda graph: _induced_moments(graph, features)},
        note="the peer neither whitens the features nor reads them in blocks",
    )


def _induced_moments(graph: PairGraph, features: np.ndarray) -> np.ndarray:
    hop = graph.normalized.T @ (np.sqrt(graph.left_marginal)[:, None] * features)
    return hop.T @ hop


BENCHMARKS: dict[str, tuple[tuple[str, ...], Callable[[Size], Iterator[Duel]]]] = {
    "commands": (("S", "M", "L"), commands),
    "spectrum": (("S", "M", "L"), spectra),
    "check_bounds": (("M", "L"), bounds),
    "through": (("M", "L"), through),
    "choose": (("M",), choices),
}
