"""Reader of pair graphs from our files, matrices and tables of pairs, and of labels."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.io
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import Array, FloatArray, IntArray
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

# Names of the two ends of a pair in tables, in any case
ENDS = (("left", "right"), ("image", "caption"), ("image", "text"), ("url", "text"), ("source", "target"))
WEIGHTS = ("weight", "count")
LEFT_LABELS, RIGHT_LABELS = ("left_label", "label", "class"), ("right_label",)
MATRICES = (".npz", ".npy", ".mtx")
LEFTS, RIGHTS = (tuple(dict.fromkeys(names)) for names in zip(*ENDS, strict=True))
NAMES = ("id", *LEFTS)  # of a column of row names
WORDS = f"{', '.join(FORMATS)}, or a compressed .csv.gz"


@dataclass(frozen=True, eq=False)
class GraphFile:
    """Graph, with an account of how its file was read.

    Attributes
    ----------
    kind : "pair graph", "matrix" or "pairs"
    ignored : the unread columns of a table
    used : role -> column of a table, except for the weights of a matrix
    """

    graph: PairGraph
    kind: str
    ignored: tuple[str, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"a GraphFile has no {name!r}: take the graph, read_graph(...).graph")

    @property
    def understood(self) -> str:
        """Kind of the file, the roles of its columns, and the ignored columns, in words."""
        what = "a list of pairs" if self.kind == "pairs" else f"a {self.kind}"
        roles = ", ".join(f"{role}: {column}" for role, column in self.used.items())
        left_out = f"; ignored: {', '.join(self.ignored)}" if self.ignored else ""
        return f"read as {what}" + (f" ({roles})" if roles else "") + left_out

    def labelled(self, path: AnyPath) -> "GraphFile":
        """Copy with the left labels of a file, read by `read_labels`."""
        labels = read_labels(path)
        return replace(self, graph=_labelled(self.graph, labels, path, by_row=self.kind != "pairs"))


def read_graph(
    path: AnyPath, labels: AnyPath | None = None, *, columns: Sequence[str] | None = None, weight: str | None = None
) -> GraphFile:
    """Read a pair graph.

    In a table ids and labels are text as written, and only an empty cell is missing.

    Parameters
    ----------
    path :
        `.npz` of `PairGraph.save` or of `scipy.sparse.save_npz`; `.npy` of a matrix; `.mtx` of Matrix Market; `.csv`,
        `.tsv`, `.jsonl` or `.parquet` of a matrix or of pairs. A table lists pairs if it has two columns of `ENDS`, or
        `columns` names them; otherwise it is a matrix. A column of a matrix may name its rows: a column without a name,
        as the index of a data frame; one named in `NAMES`; or the first, if a cell in it is not a number.
    labels :
        A file with the classes of the left nodes: `.npy`, or a table or text of one column, in the order of the rows;
        or a table of two columns, id and class.
    columns : (left, right), the columns of the two ends of a pair in a table
    weight : the column of the weights of pairs; by default one of `WEIGHTS`, or 1 for each row

    Raises
    ------
    FileNotFoundError : no such file
    ValueError
        Unknown or damaged file; a file that may be a matrix or pairs, or whose first line may be a header or a row; an
        empty cell that is not a label; two classes for an id; not a pair graph; labels that do not fit.
    """
    source = require_file(path, "graph file")
    if source.suffix not in MATRICES and not is_table(source):
        raise ValueError(f"cannot read a graph from {source}: supported formats are {', '.join(MATRICES)}, {WORDS}")
    if source.suffix in MATRICES and (columns is not None or weight is not None):
        raise ValueError(f"{source} is a matrix, without columns of ends or weights: leave out columns and weight")
    file = _matrix_file(source) if source.suffix in MATRICES else _table_file(source, columns, weight)
    return file if labels is None else file.labelled(labels)


def _matrix_file(source: Path) -> GraphFile:
    if source.suffix == ".npz" and is_graph(source):
        return GraphFile(PairGraph.load(source), "pair graph")
    readers: dict[str, Callable[[Path], Any]] = {".npz": sp.load_npz, ".npy": _array, ".mtx": _matrix_market}
    with readable(source):
        joint = readers[source.suffix](source)
    return GraphFile(_graph_of(source, PairGraph, joint), "matrix")


def _array(path: Path) -> Array:
    return np.asarray(np.load(path, allow_pickle=False))


def _matrix_market(path: Path) -> Any:
    if b"\0" in path.read_bytes():  # ends the process in scipy's reader
        raise ValueError("it has a NUL byte, which is not text: save it again by scipy.io.mmwrite")
    return scipy.io.mmread(path, spmatrix=False)


def _graph_of(path: AnyPath, make: Callable[..., PairGraph], *arrays: Any, **optional: Any) -> PairGraph:
    """Make a graph from a file, and name the file in errors."""
    try:
        return make(*arrays, **optional)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error


def _table_file(source: Path, columns: Sequence[str] | None, weight: str | None) -> GraphFile:
    table = table_file(source, header=columns is not None)
    if columns is not None and len(columns) != 2:
        raise ValueError(f"columns={list(columns)!r} are not two: name the left and the right end of a pair")
    left, right = columns or (None, None)
    roles = pair_columns(table, left, right, weight)
    if "left" in roles and "right" in roles:
        return _pairs(table, roles)
    if weight is not None:
        raise ValueError(
            f"{source} does not list pairs with weights {weight!r}: name the ends by `columns=IMAGE,CAPTION`. "
            f"Its columns are {', '.join(table.names)}"
        )
    try:
        matrix = read_numbers(table)
    except ValueError as error:
        listed = ", ".join(table.names[:8]) + (", ..." if table.names[8:] else "")
        raise ValueError(
            f"{error} If {source} lists pairs, name the two columns of their ends by `columns=IMAGE,CAPTION`. "
            f"It has the columns {listed}."
        ) from error
    right_ids = list(matrix.columns) if table.headed else None
    graph = _graph_of(source, PairGraph, matrix.values, left_ids=matrix.ids, right_ids=right_ids)
    return GraphFile(graph, "matrix", used={} if matrix.named is None else {"names of rows": matrix.named or "no name"})


@dataclass(frozen=True, eq=False)
class Numbers:
    """Table of numbers: values (n, k), their column names (k,), and ids of the rows from the column `named`."""

    values: FloatArray
    columns: Sequence[str]
    ids: list[str] | None = None
    named: str | None = None


def read_numbers(table: TableFile) -> Numbers:
    """Read the numbers of a table, none missing, and row names if it has a header and a column of names."""
    rows = table.read()
    named = _naming(rows) if table.headed and len(table.names) > 1 else None
    columns = [name for name in table.names if name != named]
    ids = None if named is None else rows.filled(named).to_pylist()
    return Numbers(np.column_stack([rows.numbers(name) for name in columns]), columns, ids, named)


def _naming(rows: Rows) -> str | None:
    """Column of row names: a column without a name or with a name of `NAMES`, or the first if it is not numeric."""
    names = rows.cells.column_names
    named = next((name for name in names if is_unnamed(name) or name.lower() in NAMES), None)
    return names[0] if named is None and not is_numeric(rows.cells[0]) else named


def read_features(path: Path) -> tuple[Array, list[str] | None]:
    """Read features of nodes, a row each, and their ids from a `.npz` file or a table; a `.npy` file has no ids."""
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
    index, nodes = pd.Index([str(name) for name in names]), pd.Index([str(name) for name in ids])
    if not index.is_unique:
        raise ValueError(f"{source}: {len(index)} rows have {index.nunique()} different ids. Give each row its own id.")
    rows = index.get_indexer(nodes)
    if len(missing := nodes[rows < 0]):
        lacking = f"{len(missing)} of {len(nodes)} nodes have no row, {missing[0]!r} the first"
        raise ValueError(f"{source}: {lacking}. Add their rows, or leave them out of the graph.")
    return np.asarray(rows, dtype=np.int64)


def pair_columns(
    table: TableFile, left: str | None = None, right: str | None = None, weight: str | None = None
) -> dict[str, str]:
    """Column of each role in a table of pairs: left, right, weight, left labels, right labels. All readers use it.

    A given name must be a column. The other names are known ones, and a role without a column is left out.
    """
    ends = known_ends(table.names) or (None, None)
    known = [first_of(table.names, names) for names in (WEIGHTS, LEFT_LABELS, RIGHT_LABELS)]
    given = [name and table.require(name) for name in (left, right, weight)]
    roles = {
        "left": given[0] or ends[0] or first_of(table.names, LEFTS),
        "right": given[1] or ends[1] or first_of(table.names, RIGHTS),
        "weight": given[2] or known[0],
        "left labels": known[1],
        "right labels": known[2],
    }
    return {role: column for role, column in roles.items() if column is not None}


def known_ends(columns: Sequence[str]) -> tuple[str, str] | None:
    """Columns of the two ends of pairs, by `ENDS`, or else by any left and any right name; `None` without them."""
    for lefts, rights in [*(([left], [right]) for left, right in ENDS), (LEFTS, RIGHTS)]:
        left, right = first_of(columns, lefts), first_of(columns, rights)
        if left is not None and right is not None:
            return left, right
    return None


def first_of(columns: Sequence[str], names: Iterable[str]) -> str | None:
    """Column with the first of these names, ignoring case; `None` if there is none."""
    return next((column for name in names for column in columns if column.lower() == name), None)


def _pairs(table: TableFile, used: Mapping[str, str]) -> GraphFile:
    rows = table.read(list(used.values()))
    left, right = (rows.filled(used[side]).to_numpy() for side in ("left", "right"))
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
    """Class of each labelled name, in the order of the rows; `ValueError` if a name has two."""
    cells = pd.DataFrame({"name": rows.filled(names).to_numpy(), "label": rows.text(labels).to_numpy()}, dtype=object)
    return one_label_each(cells.dropna(), rows.file)


def one_label_each(cells: pd.DataFrame, file: Path) -> "pd.Series[Any]":
    """Label of each name; `ValueError` if a name has two."""
    classes = cells.drop_duplicates()
    twice = classes.loc[classes["name"].duplicated(), "name"]
    if len(twice):
        first, second = classes.loc[classes["name"] == twice.iloc[0], "label"].iloc[:2]
        raise ValueError(f"{file} gives {twice.iloc[0]!r} two classes, {first!r} and {second!r}: give one")
    return classes.set_index("name")["label"]


def read_labels(path: AnyPath) -> Array | dict[str, str]:
    """Read classes from a file: an array in the order of the nodes, or a mapping from id to class.

    In a table or text a class is text as written, and an empty cell or line is a node without a class; empty lines at
    the end are ignored. Arrays are as for `PairGraph`.

    `ValueError`: unknown format; more than two columns and no column label; two classes for an id.
    """
    source = require_file(path, "labels file")
    if source.suffix == ".npy":
        with readable(source):
            return _array(source)
    if source.suffix == ".txt":
        return np.array(text_lines(source), dtype=object)
    if not is_table(source):
        raise ValueError(f"cannot read labels from {source}: supported formats are .npy, .txt, {WORDS}")
    table = table_file(source)
    if len(table.names) == 1:
        return np.asarray(table.read().text(table.names[0]).to_numpy())
    name, label = label_columns(table)
    rows = table.read([name, label])
    return {str(name): str(label) for name, label in classes_by_name(rows, name, label).items()}


def label_columns(table: TableFile, label: str | None = None) -> tuple[str, str]:
    """Columns of ids and classes in a table of labels, by name, or else the first and the second of two.

    `ValueError`: a single column, or more than two without a column label.
    """
    named = [name for name in table.names if not is_unnamed(name)]
    label = label or first_of(named, LEFT_LABELS) or (table.names[1] if len(table.names) == 2 else None)
    remaining = [name for name in (*named, *table.names) if name != label]
    if label is None or not remaining:
        raise ValueError(
            f"{table.path} has {len(named)} columns, and none is called label: give two, id and label, or name the "
            f"column of labels label. Its columns are {', '.join(named)}"
        )
    return first_of(remaining, (*NAMES[1:], NAMES[0])) or remaining[0], label


def _labelled(graph: PairGraph, classes: Any, path: AnyPath, *, by_row: bool) -> PairGraph:
    """Graph with the left labels of a file."""
    if isinstance(classes, Mapping):
        ids = graph.left_ids.tolist()
        labels: Any = [classes.get(str(name)) for name in ids]
        if all(label is None for label in labels):
            raise ValueError(f"{path} has no class for any of the {len(ids)} left nodes, the first {ids[0]!r}")
    elif by_row:
        labels = classes
    else:
        raise ValueError(f"{path} has classes without ids, which a list of pairs needs: give two columns, id and label")
    right, names = graph.right_labels, graph.class_names
    if right is not None and names is None and np.asarray(labels).dtype.kind not in "biuf":  # text on the left
        names = tuple(map(str, range(int(right.max()) + 1)))
    right = named_labels(right, names)
    return _graph_of(path, PairGraph, graph.joint, labels, right, left_ids=graph.left_ids, right_ids=graph.right_ids)
