"""A pair graph from the file that it lies in: our own, a matrix, or a table of pairs; and labels from a file."""

import os
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.io
import scipy.sparse as sp

from theory.graph import PairGraph
from theory.graph_formats import is_graph
from theory.infrastructure.inputs import read_by, require_file
from theory.labels import spelled

if TYPE_CHECKING:
    import pandas as pd

# What the two ends of a pair are called in tables; the case of letters does not matter.
ENDS = (("left", "right"), ("image", "caption"), ("image", "text"), ("url", "text"), ("source", "target"))
WEIGHTS = ("weight", "count")
LEFT_LABELS, RIGHT_LABELS = ("left_label", "label"), ("right_label",)
CLASSES = ("label", "class")  # in a table of labels
MATRICES = (".npz", ".npy", ".mtx")
TABLES = (".csv", ".tsv", ".parquet", ".jsonl")


@dataclass(frozen=True, eq=False)
class GraphFile:
    """A graph, and how its file was understood: to be said, so that nobody is surprised.

    Attributes
    ----------
    kind : "pair graph", "matrix" or "pairs"
    ignored : the columns of a table that were not read
    used : of a list of pairs, what each column that was read is
    """

    graph: PairGraph
    kind: str
    ignored: tuple[str, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)

    @property
    def understood(self) -> str:
        """In words."""
        return in_words("a list of pairs" if self.kind == "pairs" else f"a {self.kind}", self.used, self.ignored)


def in_words(what: str, used: Mapping[str, str], ignored: Sequence[str]) -> str:
    """How a file was read: as what, which columns of it by what they are, and which were not."""
    roles = f" ({', '.join(f'{role}: {column}' for role, column in used.items())})" if used else ""
    left_out = f"; ignored: {', '.join(ignored)}" if ignored else ""
    return f"read as {what}{roles}{left_out}"


def read_graph(
    path: str | os.PathLike[str],
    labels: str | os.PathLike[str] | None = None,
    *,
    columns: Sequence[str] | None = None,
    weight: str | None = None,
) -> GraphFile:
    """Read a pair graph.

    Parameters
    ----------
    path :
        `.npz` of `PairGraph.save` or of `scipy.sparse.save_npz`; `.npy` of a matrix; `.mtx` of Matrix Market; `.csv`,
        `.tsv`, `.jsonl` or `.parquet` of a matrix or of pairs. A table is one of pairs if it has two columns of `ENDS`,
        or `columns` names them; a matrix if all its columns are numbers, but for a first one that names the rows.
    labels :
        A file with the classes of the left nodes: `.npy`, or a table or text of one column, in the order of the rows;
        or a table of two columns, id and class.
    columns : (left, right), optional
        The columns of a table that hold the two ends of a pair.
    weight : str, optional
        The column of the weights of pairs; by default one of `WEIGHTS`, or 1 for each row.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Another kind of file, a damaged one, one that could be a matrix or pairs; what is no pair graph; labels that do
        not fit.
    """
    source = require_file(path, "graph file")
    if source.suffix not in (*MATRICES, *TABLES):
        raise ValueError(f"{source} is none of {', '.join((*MATRICES, *TABLES))}: a graph is read from one of these")
    if source.suffix in MATRICES and (columns is not None or weight is not None):
        raise ValueError(f"{source} is a matrix: it has no columns that hold the ends of pairs or their weights")
    found = _matrix_file(source) if source.suffix in MATRICES else _table_file(source, columns, weight)
    if labels is None:
        return found
    return replace(found, graph=_labelled(found.graph, labels, by_row=found.kind != "pairs"))


def _matrix_file(source: Path) -> GraphFile:
    if source.suffix == ".npz" and is_graph(source):
        return GraphFile(PairGraph.load(source), "pair graph")
    readers: dict[str, Callable[[Path], Any]] = {
        ".npz": _sparse_npz,
        ".npy": lambda path: np.load(path, allow_pickle=False),
        ".mtx": lambda path: scipy.io.mmread(path, spmatrix=False),
    }
    return GraphFile(_graph_of(source, read_by(source, readers[source.suffix])), "matrix")


def _sparse_npz(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    if "format.npy" not in names:
        stored = ", ".join(sorted(name.removesuffix(".npy") for name in names))
        raise ValueError(f"it holds the arrays {stored}; save the matrix alone, as .npy or by scipy.sparse.save_npz")
    return sp.load_npz(path)


def _graph_of(source: Path, joint: Any, **parts: Any) -> PairGraph:
    try:
        return PairGraph(joint, **parts)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{source}: {error}") from error


def read_frame(source: Path) -> "pd.DataFrame":
    """A table; a CSV or TSV file whose first line is of numbers has no header, and its columns are numbered."""
    import pandas as pd

    separator = {".csv": ",", ".tsv": "\t"}.get(source.suffix)
    reader: Callable[[Path], Any] = pd.read_parquet
    if source.suffix == ".jsonl":
        reader = partial(pd.read_json, lines=True, dtype=False)
    elif separator is not None:
        first = read_by(source, partial(pd.read_csv, sep=separator, nrows=1, header=None, dtype=str))
        header = None if pd.to_numeric(first.iloc[0], errors="coerce").notna().all() else 0
        reader = partial(pd.read_csv, sep=separator, header=header)
    frame: pd.DataFrame = read_by(source, reader)
    return frame


def _table_file(source: Path, columns: Sequence[str] | None, weight: str | None) -> GraphFile:
    frame = read_frame(source)
    ends = _ends(source, frame, columns)
    if ends is not None:
        return _pairs(source, frame, ends, weight)
    if weight is not None:
        raise ValueError(
            f"{source} is no list of pairs, whose weights {weight!r} could be: name its ends (--columns LEFT,RIGHT)"
        )
    named = len(frame.columns) > 1 and not _numeric(frame.iloc[:, 0])
    matrix = frame.iloc[:, 1:] if named else frame
    if not all(_numeric(matrix[column]) for column in matrix):
        known = " or ".join(f"{left} and {right}" for left, right in ENDS)
        raise ValueError(
            f"{source} has the columns {', '.join(map(str, frame.columns))}: for pairs, name the two that hold their "
            f"ends (--columns LEFT,RIGHT) or call them {known}; a matrix has numbers alone"
        )
    ids = frame.iloc[:, 0].tolist() if named else None
    joint = _graph_of(source, matrix.to_numpy(), left_ids=ids, right_ids=matrix.columns.tolist())
    return GraphFile(joint, "matrix")


def _numeric(column: "pd.Series[Any]") -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column.dtype)


def _ends(source: Path, frame: "pd.DataFrame", columns: Sequence[str] | None) -> tuple[str, str] | None:
    """The columns that hold the two ends of pairs; `None` for a matrix."""
    if columns is not None:
        if len(columns) != 2:
            raise ValueError(f"columns={list(columns)!r} are not two: name the left end and the right end of a pair")
        for column in columns:
            _require_column(source, frame, column)
        return columns[0], columns[1]
    return known_ends(frame.columns)


def _require_column(source: Path, frame: "pd.DataFrame", column: str) -> None:
    if column not in frame.columns:
        raise ValueError(f"{source} has no column {column!r}: its columns are {', '.join(map(str, frame.columns))}")


def known_ends(columns: Iterable[str]) -> tuple[str, str] | None:
    """The two columns that hold the ends of pairs, by `ENDS`; `None` if there are none."""
    lower = {str(column).lower(): column for column in columns}
    return next(((lower[left], lower[right]) for left, right in ENDS if left in lower and right in lower), None)


def first_of(columns: Iterable[str], names: Iterable[str]) -> str | None:
    """The column that has the first of these names, whatever the case of its letters; `None` if none has one."""
    lower = {str(column).lower(): column for column in columns}
    return next((lower[name] for name in names if name in lower), None)


def weighing_column(source: Path, frame: "pd.DataFrame", named: str | None = None) -> str | None:
    """The column that holds the weights of pairs: the one named, or one of `WEIGHTS`, or `None`; it holds numbers."""
    found = named or first_of(frame.columns, WEIGHTS)
    if found is not None and not _numeric(frame[found]):
        raise ValueError(f"{source}: column {found!r} holds text: weights are numbers")
    return found


def _pairs(source: Path, frame: "pd.DataFrame", ends: tuple[str, str], weight: str | None) -> GraphFile:
    if weight is not None:
        _require_column(source, frame, weight)
    if frame.empty:
        raise ValueError(f"{source} has no rows: a graph takes at least one pair")
    weighing = weighing_column(source, frame, weight)
    left_labels, right_labels = first_of(frame.columns, LEFT_LABELS), first_of(frame.columns, RIGHT_LABELS)
    roles = {"left": ends[0], "right": ends[1], "weight": weighing}
    roles |= {"left labels": left_labels, "right labels": right_labels}
    used = {role: str(column) for role, column in roles.items() if column is not None}
    try:
        graph = PairGraph.from_pairs(
            frame[ends[0]],
            frame[ends[1]],
            None if weighing is None else frame[weighing],
            None if left_labels is None else frame[left_labels].to_numpy(),
            None if right_labels is None else frame[right_labels].to_numpy(),
            drop_isolated=True,
        )
    except (ValueError, TypeError) as error:
        raise ValueError(f"{source}: {error}") from error
    ignored = tuple(str(column) for column in frame.columns if str(column) not in used.values())
    return GraphFile(graph, "pairs", ignored, used)


def read_labels(path: str | os.PathLike[str]) -> npt.NDArray[Any] | dict[Any, Any]:
    """Classes from a file: an array in the order of the nodes, or a mapping from id to class.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Another kind of file; more than two columns, none of which is called label.
    """
    source = require_file(path, "labels file")
    if source.suffix == ".npy":
        return np.asarray(read_by(source, lambda path: np.load(path, allow_pickle=False)))
    if source.suffix == ".txt":
        return np.asarray(read_by(source, lambda path: path.read_text(encoding="utf-8").splitlines()), dtype=object)
    if source.suffix not in TABLES:
        raise ValueError(f"{source} is none of .npy, .txt, {', '.join(TABLES)}: labels are read from one of these")
    frame = read_frame(source)
    if len(frame.columns) == 1:
        return frame.iloc[:, 0].to_numpy()
    label = first_of(frame.columns, CLASSES) or (frame.columns[1] if len(frame.columns) == 2 else None)
    if label is None:
        raise ValueError(f"{source} has {len(frame.columns)} columns, and none is called label: give two, id and label")
    ids = next(column for column in frame.columns if column != label)
    return dict(zip(frame[ids].tolist(), frame[label].tolist(), strict=True))


def _labelled(graph: PairGraph, labels: str | os.PathLike[str], *, by_row: bool) -> PairGraph:
    """The same graph with the left labels of a file."""
    found = read_labels(labels)
    if isinstance(found, Mapping):
        ids = graph.left_ids.tolist()
        lost = [name for name in ids if name not in found]
        if len(lost) == len(ids):
            raise ValueError(f"{labels} has a class for none of the {len(ids)} left nodes, {ids[0]!r} the first")
        each: Any = [found.get(name) for name in ids]
    elif by_row:
        each = found
    else:
        raise ValueError(f"{labels} has classes without ids, and a list of pairs has no order: give two columns")
    try:
        return PairGraph(
            graph.joint,
            each,
            spelled(graph.right_labels, graph.class_names),
            left_ids=graph.left_ids,
            right_ids=graph.right_ids,
        )
    except ValueError as error:
        raise ValueError(f"{labels}: {error}") from error
