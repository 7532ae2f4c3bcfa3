"""Features, and the positive pairs among their rows, from files that other programs wrote."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from theory.graph import PairGraph
from theory.graph_files import (
    ENDS,
    MATRICES,
    TABLES,
    in_words,
    known_ends,
    read_frame,
    read_graph,
    read_labels,
    weighing_column,
)
from theory.infrastructure.inputs import read_by, require_file

if TYPE_CHECKING:
    import pandas as pd

SHARED = (("image", "caption"), ("image", "text"), ("url", "text"))  # of `ENDS`: what shares the second is a pair
assert set(SHARED) <= set(ENDS)


@dataclass(frozen=True, eq=False)
class FeatureFile:
    """Features (n, k), and the ids of their rows where the file names them."""

    rows: npt.NDArray[Any]
    ids: list[Any] | None = None

    def numbered(self, names: Any, what: str) -> npt.NDArray[np.int64]:
        """The numbers of the rows of these names: ids if the rows have ids, else numbers already.

        Raises
        ------
        ValueError
            A name that no row has.
        """
        import pandas as pd

        n = len(self.rows)
        known = pd.Index(range(n) if self.ids is None else self.ids)
        numbers = known.get_indexer(pd.Index(names))
        if (numbers < 0).any():
            lost = np.asarray(names, dtype=object)[numbers < 0]
            has = (
                f"the rows of the features are numbered 0..{n - 1}"
                if self.ids is None
                else "the ids of the rows differ"
            )
            raise ValueError(f"{what} names {len(lost)} rows that are not there, the first {lost[0]!r}: {has}")
        return np.asarray(numbers, dtype=np.int64)


def read_features(path: str | os.PathLike[str]) -> FeatureFile:
    """Features from a file; nothing is unpickled.

    Parameters
    ----------
    path :
        `.npy`; `.npz` with one array, or one called features; `.pt` of a tensor, or of a mapping with one; a table
        whose columns are numbers, or one of whose columns holds vectors. A column of text in it names the rows.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Another kind of file, a damaged one, or what is no matrix of real numbers.
    """
    source = require_file(path, "features file")
    readers: dict[str, Callable[[Path], Any]] = {".npy": _npy, ".npz": _npz, ".pt": _torch, ".pth": _torch}
    if source.suffix in TABLES:
        found = _of_table(read_frame(source))
    elif source.suffix in readers:
        found = FeatureFile(read_by(source, readers[source.suffix]))
    else:
        raise ValueError(f"{source} is none of {', '.join((*readers, *TABLES))}: features are read from one of these")
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

    stored = torch.load(path, map_location="cpu", weights_only=True)
    tensors = [each for each in (stored.values() if isinstance(stored, dict) else [stored]) if torch.is_tensor(each)]
    if len(tensors) != 1:
        raise ValueError(f"it holds {len(tensors)} tensors: save one of shape (n, k)")
    tensor = tensors[0].detach()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def _of_table(frame: "pd.DataFrame") -> FeatureFile:
    """Numbers in columns, or vectors in one; the first column of neither names the rows."""
    import pandas as pd

    names = [column for column in frame if not pd.api.types.is_numeric_dtype(frame[column].dtype)]
    vectors = [column for column in names if isinstance(frame[column].iloc[0], list | np.ndarray)]
    others = [column for column in names if column not in vectors]
    if not vectors:
        ids = frame[others[0]].tolist() if others else None
        return FeatureFile(frame.drop(columns=others[:1]).to_numpy(), ids)
    widths = {len(vector) for vector in frame[vectors[0]]}
    if len(widths) > 1:
        raise ValueError(f"column {vectors[0]!r} holds vectors of the lengths {min(widths)} to {max(widths)}: give one")
    return FeatureFile(np.stack(frame[vectors[0]].tolist()), frame[others[0]].tolist() if others else None)


@dataclass(frozen=True, eq=False)
class PairsFile:
    """Positive pairs as `metrics` takes them, and how their file was understood.

    Attributes
    ----------
    pairs, weights : as in `metrics`
    understood : in words, where it is a table
    """

    pairs: "npt.NDArray[Any] | PairGraph"
    weights: npt.NDArray[Any] | None = None
    understood: str = ""


def read_pairs(path: str | os.PathLike[str], features: FeatureFile) -> PairsFile:
    """Positive pairs from a file.

    Parameters
    ----------
    path :
        A table of two columns that both name rows, one pair each; a table with the columns image and caption, in which
        rows that share a caption are pairs; a table of one column, the sample that each row is a view of; a `.npy` of
        either, (m, 2) or (n,); or a graph file, whose left nodes are the rows in their order, and pairs share a right
        node. Rows are named by number, from 0, or by id where the features have ids. A column of `WEIGHTS` says how
        often each pair is drawn.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Another kind of file, or a damaged one; names of rows that are not there; a graph of another size.
    """
    source = require_file(path, "pairs file")
    if source.suffix in TABLES:
        return _pairs_of_table(source, read_frame(source), features)
    if source.suffix not in MATRICES:
        raise ValueError(f"{source} is none of {', '.join((*MATRICES, *TABLES))}: pairs are read from one of these")
    if source.suffix == ".npy":
        array = np.asarray(read_by(source, _npy))
        if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind in "iu"):
            return PairsFile(array)
    graph, n = read_graph(source).graph, len(features.rows)
    if graph.n_left != n:
        raise ValueError(
            f"{source} has {graph.n_left} left nodes for {n} rows of features: the rows are its left nodes"
        )
    return PairsFile(PairGraph(graph.joint))


def _pairs_of_table(source: Path, frame: "pd.DataFrame", features: FeatureFile) -> PairsFile:
    weighing = weighing_column(source, frame)
    named = {str(column): column for column in frame.columns if column != weighing}
    if len(frame.columns) == 1:
        return PairsFile(frame.iloc[:, 0].to_numpy())
    ends = known_ends(named) or (tuple(named) if len(named) == 2 else None)
    if ends is None:
        raise ValueError(
            f"{source} has the columns {', '.join(map(str, frame.columns))}: give two that name the rows of each pair, "
            "or call them image and caption, or give one with the sample of each row"
        )
    first, second = (frame[named[end]] for end in ends)
    weights = None if weighing is None else frame[weighing].to_numpy()
    shares = tuple(end.lower() for end in ends) in SHARED
    used = dict(zip(("row", "shared" if shares else "other row"), ends, strict=True))
    used |= {} if weighing is None else {"weight": weighing}
    words = in_words("a list of pairs", used, [name for name in map(str, frame.columns) if name not in used.values()])
    rows = features.numbered(first, str(source))
    if shares:
        return PairsFile(PairGraph.from_pairs(rows, second, weights, drop_isolated=True), understood=words)
    return PairsFile(np.stack([rows, features.numbered(second, str(source))], axis=1), weights, words)


def read_classes(path: str | os.PathLike[str], features: FeatureFile) -> npt.NDArray[Any]:
    """A class for each row, None where it has none, from a labels file of `theory.graph_files.read_labels`."""
    found = read_labels(path)
    if not isinstance(found, dict):
        return found
    names = range(len(features.rows)) if features.ids is None else features.ids
    classes = np.array([found.get(name) for name in names], dtype=object)
    if all(label is None for label in classes):
        raise ValueError(f"{path} has a class for none of the {len(classes)} rows, {names[0]!r} the first")
    return classes
