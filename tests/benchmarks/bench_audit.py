"""The whole audit of a table on disk, against its two headline numbers by pandas group-bys and scipy."""

import atexit
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import scipy.sparse as sp
import scipy.sparse.linalg

from pairbounds import PairGraph
from pairbounds.real_data.audit import Settings, audit
from tests.benchmarks.duel import Duel, Size
from tests.benchmarks.graphs import block_model

SIZES = ("XS", "M", "L")
TOLERANCE = 1e-3  # of svds, as in the benchmark of the spectrum


def duels(size: Size, seed: int) -> list[Duel]:
    graph = block_model(np.random.default_rng(seed), size)
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_tables(graph, folder)
    return [
        Duel(
            case=f"{graph.joint.nnz:,} pairs, k = {size.k}",
            make=lambda: folder,
            ours=lambda place: audit(
                place / "pairs.parquet", place / "labels.parquet", place / "out", Settings(size.k)
            ),
            peer=lambda place: by_hand(place, size.k),
            peer_name="pandas group-bys, scipy svds",
            note="the peer has α_T and the singular values; the audit all bounds, tables and the figure besides",
        )
    ]


def by_hand(place: Path, k: int) -> tuple[float, np.ndarray]:
    """α_T and the k + 1 leading singular values."""
    pairs = pd.read_parquet(place / "pairs.parquet").merge(pd.read_parquet(place / "labels.parquet"), on="image")
    pairs["weight"] /= pairs["weight"].sum()
    by_class = pairs.groupby(["caption", "label"])["weight"].sum()
    mass = by_class.groupby("caption").transform("sum")
    (rows, images), (columns, captions) = (pd.factorize(pairs[side]) for side in ("image", "caption"))
    joint = sp.csr_array(sp.coo_array((pairs["weight"], (rows, columns)), shape=(len(images), len(captions))))
    left, right = (sp.diags_array(1 / np.sqrt(joint.sum(axis=axis))) for axis in (1, 0))
    values = scipy.sparse.linalg.svds(left @ joint @ right, k + 1, tol=TOLERANCE, return_singular_vectors=False)
    return 1 - float((by_class**2 / mass).sum()), values


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
