"""Whole commands on a table on disk, each a process of its own, against a script by pandas and scipy."""

import atexit
import shutil
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pairbounds import PairGraph
from tests.benchmarks import by_hand
from tests.benchmarks.duel import Duel, Size, Spent, process
from tests.benchmarks.graphs import block_model

SIZES = ("XS", "S", "M", "L")
PROFILE = (
    "Of an audit of 9.3 million pairs in 1,000 classes (k = 32), which takes 217 CPU seconds and 2.6 GiB, the spectrum "
    "takes 51%, for the k-th value is in a cluster of 999, theorem 16 19% and theorem 7 13%"
)


def duels(size: Size, seed: int) -> list[Duel]:
    graph = block_model(np.random.default_rng(seed), size)
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_tables(graph, folder)
    return [
        Duel(
            case=f"{command}, {graph.joint.nnz:,} pairs, k = {size.k}",
            make=lambda: Path(tempfile.mkdtemp(dir=folder)),
            ours=partial(_ours, command, size.k),
            peers={"pandas, scipy svds": lambda out: process(by_hand.__file__, out.parent, size.k)},
            note="whole processes; the peer has α_T and the singular values, ours the bounds, and the audit besides "
            "which captions and classes hurt most",
        )
        for command in ("check", "audit")
    ]


def _ours(command: str, k: int, out: Path) -> Spent:
    tables = out.parent / "pairs.parquet", "--labels", out.parent / "labels.parquet"
    place = out if command == "audit" else out / "bounds.csv"
    return process("-m", "pairbounds", command, *tables, "--k", k, "--out", place)


def write_tables(graph: PairGraph, place: Path) -> None:
    """`pairs.parquet` and `labels.parquet` in a folder; ids are text, as they are in most tables."""
    entries = graph.joint.tocoo()
    images, captions = (
        _text(name, ends) for name, ends in zip(("images/", "a photo of "), entries.coords, strict=True)
    )
    pq.write_table(pa.table({"image": images, "caption": captions, "weight": entries.data}), place / "pairs.parquet")
    labels = {"image": _text("images/", np.arange(graph.n_left)), "label": _text("class ", graph.left_labels)}
    pq.write_table(pa.table(labels), place / "labels.parquet")


def _text(prefix: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pa.array(numbers).cast(pa.string()), "")
