"""A pair graph from the file that it lies in: our own, a matrix, or a table of pairs; and labels from a file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.io
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.inputs import AnyPath, readable, require_file, stored_array
from pairbounds.infrastructure.reading import (
    FORMATS,
    Rows,
    TableFile,
    is_numeric,
    is_table,
    is_unnamed,
    table_file,
    text_lines,
)
from pairbounds.theory.graph.formats import is_graph
from pairbounds.theory.graph.labels import named_labels
from pairbounds.theory.graph.pair_graph import PairGraph

__all__ = ["GraphFile", "read_graph", "read_labels"]

# What the two ends of a pair are called in tables; the case of letters does not matter.
ENDS = (("left", "right"), ("image", "caption"), ("image", "text"), ("url", "text"), ("source", "target"))
WEIGHTS = ("weight", "count")
LEFT_LABELS, RIGHT_LABELS = ("left_label", "label"), ("right_label",)
CLASSES = ("label", "class")  # in a table of labels
MATRICES = (".npz", ".npy", ".mtx")
NAMES = ("id", *dict.fromkeys(left for left, _ in ENDS))  # of a column that names the rows
WORDS = f"{', '.join(FORMATS)}, or a compressed .csv.gz"


@dataclass(frozen=True, eq=False)
class GraphFile:
    """A graph, and how its file was understood: to be said, so that nobody is surprised.

    Attributes
    ----------
    kind : "pair graph", "matrix" or "pairs"
    ignored : the columns of a table that were not read
    used : what the columns of a table are that hold no weights of a matrix
    """

    graph: PairGraph
    kind: str
    ignored: tuple[str, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"a GraphFile has no {name!r}: the graph is read_graph(...).graph")

    @property
    def understood(self) -> str:
        """Account of how the file was read: as what, which columns by what they are, and which were not."""
        what = "a list of pairs" if self.kind == "pairs" else f"a {self.kind}"
        roles = ", ".join(f"{role}: {column}" for role, column in self.used.items())
        left_out = f"; ignored: {', '.join(self.ignored)}" if self.ignored else ""
        return f"read as {what}" + (f" ({roles})" if roles else "") + left_out

    def labelled(self, path: AnyPath) -> "GraphFile":
        """The same with the left labels of a file, as `read_labels` reads it."""
        labels = read_labels(path)
        return replace(self, graph=_labelled(self.graph, labels, path, by_row=self.kind != "pairs"))


def read_graph(
    path: AnyPath, labels: AnyPath | None = None, *, columns: Sequence[str] | None = None, weight: str | None = None
) -> GraphFile:
    """Read a pair graph.

    In a table ids and labels are text as it is written, and an empty cell alone is missing.

    Parameters
    ----------
    path :
        `.npz` of `PairGraph.save` or of `scipy.sparse.save_npz`; `.npy` of a matrix; `.mtx` of Matrix Market; `.csv`,
        `.tsv`, `.jsonl` or `.parquet` of a matrix or of pairs. A table is one of pairs if it has two columns of `ENDS`,
        or `columns` names them; otherwise a matrix. One column of a matrix may name its rows: one that has no name, as
        the index of a data frame, or is called by one of `NAMES`; or the first, if a cell in it is no number; or one
        without any number.
    labels :
        A file with the classes of the left nodes: `.npy`, or a table or text of one column, in the order of the rows;
        or a table of two columns, id and class.
    columns : (left, right), the columns of a table that hold the two ends of a pair
    weight : the column of the weights of pairs; by default one of `WEIGHTS`, or 1 for each row

    Raises
    ------
    FileNotFoundError : no such file
    ValueError
        Another kind of file, a damaged one, one that could be a matrix or pairs, or whose first line could be a header
        or a row; an empty cell that is no label; two classes for one id; what is no pair graph; labels that do not fit.
    """
    source = require_file(path, "graph file")
    if source.suffix not in MATRICES and not is_table(source):
        raise ValueError(f"{source} is none of {', '.join(MATRICES)}, {WORDS}: a graph is read from one of these")
    if source.suffix in MATRICES and (columns is not None or weight is not None):
        raise ValueError(f"{source} is a matrix: it has no columns that hold the ends of pairs or their weights")
    file = _matrix_file(source) if source.suffix in MATRICES else _table_file(source, columns, weight)
    return file if labels is None else file.labelled(labels)


def _matrix_file(source: Path) -> GraphFile:
    if source.suffix == ".npz" and is_graph(source):
        return GraphFile(PairGraph.load(source), "pair graph")
    readers: dict[str, Callable[[Path], Any]] = {".npz": sp.load_npz, ".npy": _array, ".mtx": _matrix_market}
    with readable(source):
        joint = readers[source.suffix](source)
    return GraphFile(_graph_of(source, PairGraph, joint), "matrix")


def _array(path: Path) -> npt.NDArray[Any]:
    return np.asarray(np.load(path, allow_pickle=False))


def _matrix_market(path: Path) -> Any:
    if b"\0" in path.read_bytes():  # ends the process in scipy's reader
        raise ValueError("it holds a NUL byte, which is no text: save it again by scipy.io.mmwrite")
    return scipy.io.mmread(path, spmatrix=False)


def _graph_of(path: AnyPath, make: Callable[..., PairGraph], *arrays: Any, **optional: Any) -> PairGraph:
    """A graph that is made from a file, which an error names."""
    try:
        return make(*arrays, **optional)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error


def _table_file(source: Path, columns: Sequence[str] | None, weight: str | None) -> GraphFile:
    table = table_file(source, header=columns is not None)
    if columns is not None and len(columns) != 2:
        raise ValueError(f"columns={list(columns)!r} are not two: name the left end and the right end of a pair")
    ends = known_ends(table.names) if columns is None else (table.require(columns[0]), table.require(columns[1]))
    if ends is not None:
        return _pairs(table, ends, weight)
    if weight is not None:
        raise ValueError(f"{source} is no list of pairs, whose weights {weight!r} could be: name its ends, too")
    try:
        matrix = read_numbers(table)
    except ValueError as error:
        listed = ", ".join(table.names[:8]) + (", ..." if table.names[8:] else "")
        raise ValueError(
            f"{error} If {source} lists pairs, name the two of its columns {listed} that hold their ends, as in "
            "--columns IMAGE,CAPTION."
        ) from error
    right_ids = list(matrix.columns) if table.headed else None
    graph = _graph_of(source, PairGraph, matrix.values, left_ids=matrix.ids, right_ids=right_ids)
    return GraphFile(graph, "matrix", used={} if matrix.named is None else {"names of rows": matrix.named or "no name"})


@dataclass(frozen=True, eq=False)
class Numbers:
    """A table of numbers.

    Attributes
    ----------
    values : (n, k)
    columns : (k,), their names
    ids : of the rows, where the column `named` has them
    """

    values: FloatArray
    columns: Sequence[str]
    ids: list[str] | None = None
    named: str | None = None


def read_numbers(table: TableFile) -> Numbers:
    """The numbers of a table, none missing, and the names of its rows, if it has a header and a column of names."""
    rows = table.read()
    named = _naming(rows) if table.headed and len(table.names) > 1 else None
    columns = [name for name in table.names if name != named]
    ids = None if named is None else rows.filled(named).to_pylist()
    return Numbers(np.column_stack([rows.numbers(name) for name in columns]), columns, ids, named)


def _naming(rows: Rows) -> str | None:
    """The column that names the rows: one without a name or of a known one, or the first if it has other text."""
    names = rows.cells.column_names
    known = next((name for name in names if is_unnamed(name) or name.lower() in NAMES), None)
    return names[0] if known is None and not is_numeric(rows.cells[0]) else known


def read_features(path: Path) -> tuple[npt.NDArray[Any], list[str] | None]:
    """Features of nodes, a row each, and their ids: of a `.npz` file or a table; a `.npy` file has none."""
    if path.suffix == ".npy":
        return stored_array(path, "features"), None
    if path.suffix == ".npz":
        with readable(require_file(path, "features")), np.load(path, allow_pickle=False) as stored:
            return stored["features"], [str(name) for name in stored["ids"]]
    table = read_numbers(table_file(path))
    return table.values, table.ids


def rows_by_id(names: Iterable[Any], ids: Iterable[Any], source: object) -> IntArray:
    """Rows of features with these names that belong to nodes with these ids, all compared as text, in their order.

    `ValueError`, which names the source: two rows of one name; ids without a row.
    """
    index, wanted = pd.Index([str(name) for name in names]), pd.Index([str(name) for name in ids])
    if not index.is_unique:
        raise ValueError(f"{source}: {len(index)} rows have {index.nunique()} different ids. Give each row its own id.")
    rows = index.get_indexer(wanted)
    if len(missing := wanted[rows < 0]):
        lacking = f"{len(missing)} of {len(wanted)} nodes have no row, {missing[0]!r} the first"
        raise ValueError(f"{source}: {lacking}. Add their rows, or leave them out of the graph.")
    return np.asarray(rows, dtype=np.int64)


def known_ends(columns: Sequence[str]) -> tuple[str, str] | None:
    """The two columns that hold the ends of pairs, by `ENDS`; `None` if there are none."""
    pairs = ((first_of(columns, [left]), first_of(columns, [right])) for left, right in ENDS)
    return next(((left, right) for left, right in pairs if left is not None and right is not None), None)


def first_of(columns: Sequence[str], names: Iterable[str]) -> str | None:
    """The column that has the first of these names, whatever the case of its letters; `None` if none has one."""
    return next((column for name in names for column in columns if column.lower() == name), None)


def _pairs(table: TableFile, ends: tuple[str, str], weight: str | None) -> GraphFile:
    roles = {"left": ends[0], "right": ends[1], "weight": weight and table.require(weight)}
    roles["weight"] = roles["weight"] or first_of(table.names, WEIGHTS)
    roles |= {"left labels": first_of(table.names, LEFT_LABELS), "right labels": first_of(table.names, RIGHT_LABELS)}
    used = {role: column for role, column in roles.items() if column is not None}
    rows = table.read(list(used.values()))
    left, right = (rows.filled(column).to_numpy() for column in ends)
    weights = rows.weights(used["weight"]) if "weight" in used else None
    labels: dict[str, Any] = {
        f"{side}_labels": dict.fromkeys(ids) | classes_by_name(rows, used[side], used[f"{side} labels"]).to_dict()
        for side, ids in (("left", left), ("right", right))
        if f"{side} labels" in used
    }
    graph = _graph_of(table.path, PairGraph.from_pairs, left, right, weights, **labels)
    ignored = tuple(name for name in table.names if name not in used.values() and not is_unnamed(name))
    return GraphFile(graph, "pairs", ignored, used)


def classes_by_name(rows: Rows, names: str, labels: str) -> "pd.Series[Any]":
    """The class of each name that has one, in the order of the rows; `ValueError` where a name has two."""
    cells = pd.DataFrame({"name": rows.filled(names).to_numpy(), "label": rows.text(labels).to_numpy()}, dtype=object)
    return one_label_each(cells.dropna(), rows.file)


def one_label_each(cells: pd.DataFrame, file: Path) -> "pd.Series[Any]":
    """The label of each name; `ValueError` where a name has two."""
    classes = cells.drop_duplicates()
    twice = classes.loc[classes["name"].duplicated(), "name"]
    if len(twice):
        first, second = classes.loc[classes["name"] == twice.iloc[0], "label"].iloc[:2]
        raise ValueError(f"{file} gives {twice.iloc[0]!r} two classes, {first!r} and {second!r}: give one")
    return classes.set_index("name")["label"]


def read_labels(path: AnyPath) -> npt.NDArray[Any] | dict[str, str]:
    """Classes from a file: an array in the order of the nodes, or a mapping from id to class.

    In a table, and in a text, a class is what is written, and an empty cell or line says that a node has none; empty
    lines at the end are no nodes. In an array it is what `PairGraph` takes.

    Raises
    ------
    FileNotFoundError : no such file
    ValueError : another kind of file; more than two columns, none of which is called label; two classes for one id
    """
    source = require_file(path, "labels file")
    if source.suffix == ".npy":
        with readable(source):
            return _array(source)
    if source.suffix == ".txt":
        return np.array(text_lines(source), dtype=object)
    if not is_table(source):
        raise ValueError(f"{source} is none of .npy, .txt, {WORDS}: labels are read from one of these")
    table = table_file(source)
    if len(table.names) == 1:
        return np.asarray(table.read().text(table.names[0]).to_numpy())
    name, label = label_columns(table)
    rows = table.read([name, label])
    return {str(name): str(label) for name, label in classes_by_name(rows, name, label).items()}


def label_columns(table: TableFile, label: str | None = None) -> tuple[str, str]:
    """The columns of ids and of classes in a table of labels: by their names, or else the first and the second of two.

    `ValueError` where there is only one, or more than two and none is called label.
    """
    named = [name for name in table.names if not is_unnamed(name)]
    label = label or first_of(named, CLASSES) or (table.names[1] if len(table.names) == 2 else None)
    others = [name for name in (*named, *table.names) if name != label]
    if label is None or not others:
        raise ValueError(
            f"{table.path} has {len(named)} columns, and none is called label: give two, id and label, or for an "
            "audit name it with --label-col"
        )
    return first_of(others, (*NAMES[1:], NAMES[0])) or others[0], label


def _labelled(graph: PairGraph, classes: Any, path: AnyPath, *, by_row: bool) -> PairGraph:
    """The same graph with the left labels of a file."""
    if isinstance(classes, Mapping):
        ids = graph.left_ids.tolist()
        each: Any = [classes.get(str(name)) for name in ids]
        if all(label is None for label in each):
            raise ValueError(f"{path} has a class for none of the {len(ids)} left nodes, {ids[0]!r} the first")
    elif by_row:
        each = classes
    else:
        raise ValueError(f"{path} has classes without ids, and a list of pairs has no order: give two columns")
    right, names = graph.right_labels, graph.class_names
    if right is not None and names is None and np.asarray(each).dtype.kind not in "biuf":  # but written
        names = tuple(map(str, range(int(right.max()) + 1)))
    labels = {"left_labels": each, "right_labels": named_labels(right, names)}
    return _graph_of(path, PairGraph, graph.joint, **labels, left_ids=graph.left_ids, right_ids=graph.right_ids)
