"""Features, and the positive pairs among their rows, from files that other programs wrote."""

import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pairbounds.infrastructure.arrays import without_torch
from pairbounds.infrastructure.cells import is_numeric, present, texts
from pairbounds.infrastructure.checkpoints import weights_in
from pairbounds.infrastructure.inputs import read_with, require_file
from pairbounds.infrastructure.table_files import Layout, is_table, is_unnamed, layout_of
from pairbounds.theory.graph.files import WEIGHTS, WORDS, first_of, known_ends, read_graph, read_labels, read_rows
from pairbounds.theory.graph.pair_graph import PairGraph

SHARED = (("image", "caption"), ("image", "text"), ("url", "text"))  # columns: rows that share the second are pairs


@dataclass(frozen=True, eq=False)
class FeatureFile:
    """Features (n, k), and the ids of their rows where the file names them."""

    rows: npt.NDArray[Any]
    ids: list[str] | None = None

    @property
    def names(self) -> list[str]:
        """The names of the rows in tables: their ids, or else their numbers, from 0."""
        return [str(number) for number in range(len(self.rows))] if self.ids is None else self.ids

    def numbered(self, names: Any, what: str) -> npt.NDArray[np.int64]:
        """The numbers of the rows of these names; `ValueError` for a name that no row has, and for two rows of one."""
        import pandas as pd

        known = pd.Index(self.names)
        if not known.is_unique:
            raise ValueError(f"the features have two rows called {known[known.duplicated()][0]!r}: {what} names them")
        found = known.get_indexer(pd.Index(names))
        if (found < 0).any():
            lost = names[found < 0]
            has = "ids" if self.ids else f"rows 0..{len(self.rows) - 1}"
            raise ValueError(f"{what} names {len(lost)} rows that the features, with {has}, lack: {lost[0]!r} first")
        return np.asarray(found, dtype=np.int64)


def read_features(path: str | os.PathLike[str], header: bool | None = None) -> FeatureFile:
    """Features from a file; nothing is unpickled.

    Parameters
    ----------
    path :
        `.npy`; `.npz` with one array, or one called features; `.pt` of a tensor; a table whose columns are numbers, or
        one of whose columns holds vectors. A column in it may name the rows, as that of a
        matrix in `pairbounds.theory.graph.files.read_graph`.
    header : as there

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Another kind of file, a damaged one, or what is no matrix of real numbers.
    """
    source = require_file(path, "features file")
    if is_table(source):
        found = _of_table(layout_of(source, header))
    elif source.suffix in ARRAYS:
        found = FeatureFile(read_with(source, ARRAYS[source.suffix]))
    else:
        raise ValueError(f"{source} is none of {', '.join(ARRAYS)}, {WORDS}: features are read from one of these")
    rows = found.rows
    if rows.ndim != 2 or 0 in rows.shape or rows.dtype.kind not in "iuf":
        raise ValueError(f"{source} holds {rows.dtype} of shape {rows.shape}: features are a matrix of numbers (n, k)")
    return found


def _npy(path: Path) -> Any:
    return np.load(path, allow_pickle=False)


def _npz(path: Path) -> Any:
    if not zipfile.is_zipfile(path):
        raise ValueError("it is no archive of arrays")
    with np.load(path, allow_pickle=False) as arrays:
        name = arrays.files[0] if len(arrays.files) == 1 else "features"
        if name not in arrays.files:
            raise ValueError(f"it holds the arrays {', '.join(arrays.files)}: call one features, or save one alone")
        return arrays[name]


def _torch(path: Path) -> Any:
    import torch

    stored = weights_in(path)
    if not torch.is_tensor(stored):
        raise ValueError("it holds no tensor alone: save one of shape (n, k)")
    return without_torch(stored)


ARRAYS: Mapping[str, Callable[[Path], Any]] = {".npy": _npy, ".npz": _npz, ".pt": _torch}


def _of_table(layout: Layout) -> FeatureFile:
    """Numbers in columns, or vectors in one; another column may name the rows."""
    cells = layout.columns({name: name for name in layout.names})
    vectors = next((name for name, column in cells.items() if pa.types.is_nested(column.type)), None)
    if vectors is None:
        rows = read_rows(layout, "value", cells)
        return FeatureFile(rows.values, rows.ids)
    lists = cells.pop(vectors).to_pylist()
    widths = {len(vector or ()) for vector in lists}
    if len(widths) > 1:
        raise ValueError(
            f"column {vectors!r} of {layout.path} holds vectors of the lengths {min(widths)} to {max(widths)}: give one"
        )
    name = next((name for name, column in cells.items() if is_unnamed(name) or not is_numeric(column)), None)
    ids = None if name is None else texts(present(cells[name], name, str(layout.path))).tolist()
    return FeatureFile(np.array(lists), ids)


@dataclass(frozen=True, eq=False)
class PairsFile:
    """Positive pairs as `metrics` takes them, and how their file was understood.

    Attributes
    ----------
    pairs, weights : as in `metrics`
    understood : in words, where it is a table of pairs
    """

    pairs: "npt.NDArray[Any] | PairGraph"
    weights: npt.NDArray[Any] | None = None
    understood: str = ""


def read_pairs(path: str | os.PathLike[str], features: FeatureFile, header: bool | None = None) -> PairsFile:
    """Positive pairs from a file; errors as `read_features` has, and for names of rows that are not there.

    Parameters
    ----------
    path :
        A table of two columns that both name rows, one pair each; a table with the columns image and caption, in which
        rows that share a caption are pairs; a table of one column, the sample that each row is a view of; a `.npy` of
        either, (m, 2) or (n,); or a graph file, whose left nodes are the rows in their order, and pairs share a right
        node. Rows are named by number, from 0, or by id where the features have ids. A column of `WEIGHTS` says how
        often each pair is drawn.
    header : as in `read_features`
    """
    source = require_file(path, "pairs file")
    if is_table(source):
        return _pairs_of_table(layout_of(source, header), features)
    if source.suffix == ".npy":
        array = np.asarray(read_with(source, _npy))
        if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind in "iu"):
            return PairsFile(array)
    graph, n = read_graph(source).graph, len(features.rows)
    if graph.n_left != n:
        raise ValueError(
            f"{source} has {graph.n_left} left nodes for {n} rows of features: the rows are its left nodes"
        )
    return PairsFile(PairGraph(graph.joint))


def _pairs_of_table(layout: Layout, features: FeatureFile) -> PairsFile:
    file, weighing = str(layout.path), first_of(layout.names, WEIGHTS)
    if len(layout.names) == 1:
        sample = layout.names[0]
        return PairsFile(texts(present(layout.columns({sample: sample})[sample], sample, file, what="sample")))
    named = [name for name in layout.names if name != weighing and not is_unnamed(name)]
    ends = known_ends(named) or (tuple(named) if len(named) == 2 else None)
    if ends is None:
        raise ValueError(
            f"{file} has the columns {', '.join(layout.names)}: give two that name the rows of each pair, or call them "
            "image and caption, or give one with the sample of each row"
        )
    found = read_graph(layout.path, columns=ends, header=layout.headed)
    joint, rows = found.graph.joint.tocoo(), features.numbered(found.graph.left_ids, file)
    if tuple(end.lower() for end in ends) in SHARED:
        return PairsFile(PairGraph(joint, left_ids=rows), understood=found.understood)
    others = features.numbered(found.graph.right_ids, file)
    pairs = np.stack([rows[joint.coords[0]], others[joint.coords[1]]], axis=1)
    return PairsFile(pairs, joint.data, found.understood)


def read_classes(path: str | os.PathLike[str], features: FeatureFile, header: bool | None = None) -> npt.NDArray[Any]:
    """A class for each row, None where it has none, from a labels file of `pairbounds.read_labels`."""
    found = read_labels(path, header)
    if not isinstance(found, dict):
        return found
    names = features.names
    classes = np.array([found.get(name) for name in names], dtype=object)
    if all(label is None for label in classes):
        raise ValueError(f"{path} has a class for none of the {len(classes)} rows, {names[0]!r} the first")
    return classes
