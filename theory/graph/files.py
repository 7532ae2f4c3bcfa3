"""A pair graph from the file that it lies in: our own, a matrix, or a table of pairs; and labels from a file."""

import os
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.io
import scipy.sparse as sp

from pairbounds.infrastructure.cells import (
    NoNumberError,
    as_written,
    count_numbers,
    is_numeric,
    numbers,
    positive,
    present,
    texts,
)
from pairbounds.infrastructure.inputs import read_with, require_file
from pairbounds.infrastructure.table_files import (
    FORMATS,
    Layout,
    is_table,
    is_unnamed,
    layout_of,
    opened_text,
    readable,
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
        """Description of the file in words."""
        return in_words("a list of pairs" if self.kind == "pairs" else f"a {self.kind}", self.used, self.ignored)

    def labelled(self, path: str | os.PathLike[str], header: bool | None = None) -> "GraphFile":
        """The same with the left labels of a file, as `read_labels` reads it."""
        found = read_labels(path, header)
        return replace(self, graph=_labelled(self.graph, found, path, by_row=self.kind != "pairs"))


def in_words(what: str, used: Mapping[str, str], ignored: Sequence[str]) -> str:
    """Account of how a file was read: as what, which columns of it by what they are, and which were not."""
    roles = f" ({', '.join(f'{role}: {column}' for role, column in used.items())})" if used else ""
    left_out = f"; ignored: {', '.join(ignored)}" if ignored else ""
    return f"read as {what}{roles}{left_out}"


def read_graph(
    path: str | os.PathLike[str],
    labels: str | os.PathLike[str] | None = None,
    *,
    columns: Sequence[str] | None = None,
    weight: str | None = None,
    header: bool | None = None,
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
    columns : (left, right), optional
        The columns of a table that hold the two ends of a pair.
    weight : str, optional
        The column of the weights of pairs; by default one of `WEIGHTS`, or 1 for each row.
    header : bool, optional
        Whether the first line of a text is a header though all its cells are numbers.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Another kind of file, a damaged one, one that could be a matrix or pairs, or whose first line could be a header
        or a row; an empty cell that is no label; two classes for one id; what is no pair graph; labels that do not fit.
    """
    source = require_file(path, "graph file")
    if source.suffix not in MATRICES and not is_table(source):
        raise ValueError(f"{source} is none of {', '.join(MATRICES)}, {WORDS}: a graph is read from one of these")
    if source.suffix in MATRICES and (columns is not None or weight is not None):
        raise ValueError(f"{source} is a matrix: it has no columns that hold the ends of pairs or their weights")
    found = _matrix_file(source) if source.suffix in MATRICES else _table_file(source, columns, weight, header)
    return found if labels is None else found.labelled(labels, header)


def _matrix_file(source: Path) -> GraphFile:
    if source.suffix == ".npz" and is_graph(source):
        return GraphFile(PairGraph.load(source), "pair graph")
    readers: dict[str, Callable[[Path], Any]] = {
        ".npz": _sparse_npz,
        ".npy": lambda path: np.load(path, allow_pickle=False),
        ".mtx": _matrix_market,
    }
    return GraphFile(_graph_of(source, read_with(source, readers[source.suffix])), "matrix")


def _matrix_market(path: Path) -> Any:
    if b"\0" in path.read_bytes():  # ends the process in scipy's reader
        raise ValueError("it holds a NUL byte, which is no text: save it again by scipy.io.mmwrite")
    return scipy.io.mmread(path, spmatrix=False)


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


def _table_file(source: Path, columns: Sequence[str] | None, weight: str | None, header: bool | None) -> GraphFile:
    layout = layout_of(source, header if columns is None else header is not False)
    ends = _ends(layout, columns)
    if ends is not None:
        return _pairs(layout, ends, weight)
    if weight is not None:
        raise ValueError(
            f"{source} is no list of pairs, whose weights {weight!r} could be: name its ends (--columns LEFT,RIGHT)"
        )
    try:
        rows = read_rows(layout, "weight")
    except NoNumberError as error:
        known = " or ".join(f"{left} and {right}" for left, right in ENDS)
        listed = ", ".join(layout.names[:8]) + (", ..." if layout.names[8:] else "")
        raise ValueError(
            f"{error}; {source} has the columns {listed}: for pairs, name the two that hold their ends (--columns "
            f"LEFT,RIGHT) or call them {known}"
        ) from error
    right_ids = list(rows.columns) if layout.headed else None
    joint = _graph_of(source, rows.values, left_ids=rows.ids, right_ids=right_ids)
    return GraphFile(joint, "matrix", used={} if rows.named is None else {"names of rows": rows.named or "no name"})


@dataclass(frozen=True, eq=False)
class Rows:
    """A table of numbers.

    Attributes
    ----------
    values : (n, k)
    columns : (k,), their names
    ids : of the rows, where the column `named` has them
    """

    values: npt.NDArray[Any]
    columns: Sequence[str]
    ids: list[str] | None = None
    named: str | None = None


def read_rows(layout: Layout, what: str) -> Rows:
    """The numbers of a table, and of a text with a header or a table with types the names of the rows, if it has any.

    Parameters
    ----------
    what : a cell holds, for the message

    Raises
    ------
    NoNumberError
        A cell that holds none, in another column than that of the names.
    ValueError
        An empty cell.
    """
    file = str(layout.path)
    found = layout.columns({name: name for name in layout.names})
    named = _naming(found) if layout.headed and len(found) > 1 else None
    columns = [name for name in found if name != named]
    values = [numbers(found[name], f"{what} in column {name!r}", file) for name in columns]
    ids = None if named is None else texts(present(found[named], named, file, what="name")).tolist()
    return Rows(np.column_stack(values), columns, ids, named)


def _naming(found: Mapping[str, pa.Array]) -> str | None:
    """The column that names the rows."""
    known = [name for name in found if is_unnamed(name) or name.lower() in NAMES]
    first = [name for name, column in [*found.items()][:1] if not is_numeric(column)]
    return next(iter(known + first + [name for name, column in found.items() if not count_numbers(column)]), None)


def _ends(layout: Layout, columns: Sequence[str] | None) -> tuple[str, str] | None:
    """The columns that hold the two ends of pairs; `None` for a matrix."""
    if columns is not None:
        if len(columns) != 2:
            raise ValueError(f"columns={list(columns)!r} are not two: name the left end and the right end of a pair")
        for column in columns:
            _require_column(layout, column)
        return columns[0], columns[1]
    return known_ends(layout.names)


def _require_column(layout: Layout, column: str) -> None:
    if column not in layout.names:
        raise ValueError(f"{layout.path} has no column {column!r}: its columns are {', '.join(layout.names)}")


def known_ends(columns: Sequence[str]) -> tuple[str, str] | None:
    """The two columns that hold the ends of pairs, by `ENDS`; `None` if there are none."""
    lower = _by_name(columns)
    return next(((lower[left], lower[right]) for left, right in ENDS if left in lower and right in lower), None)


def first_of(columns: Sequence[str], names: Iterable[str]) -> str | None:
    """The column that has the first of these names, whatever the case of its letters; `None` if none has one."""
    lower = _by_name(columns)
    return next((lower[name] for name in names if name in lower), None)


def _by_name(columns: Sequence[str]) -> dict[str, str]:
    """Columns by their names in small letters; of `weight` and `Weight` the first is the one that is written so."""
    return {column.lower(): column for column in reversed(columns)} | {column: column for column in columns}


def _pairs(layout: Layout, ends: tuple[str, str], weight: str | None) -> GraphFile:
    if weight is not None:
        _require_column(layout, weight)
    roles = {"left": ends[0], "right": ends[1], "weight": weight or first_of(layout.names, WEIGHTS)}
    roles |= {"left labels": first_of(layout.names, LEFT_LABELS), "right labels": first_of(layout.names, RIGHT_LABELS)}
    used = {role: column for role, column in roles.items() if column is not None}
    cells, file = layout.columns(used, ["weight"]), str(layout.path)
    left, right = (texts(present(cells[role], used[role], file)) for role in ("left", "right"))
    weights = positive(cells["weight"], "weight", file) if "weight" in cells else None
    labels: dict[str, Any] = {
        f"{side}_labels": dict.fromkeys(ids) | _classes(ids, cells[f"{side} labels"], file)
        for side, ids in (("left", left), ("right", right))
        if f"{side} labels" in cells
    }
    try:
        graph = PairGraph.from_pairs(left, right, weights, **labels)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{file}: {error}") from error
    ignored = tuple(name for name in layout.names if name not in used.values() and not is_unnamed(name))
    return GraphFile(graph, "pairs", ignored, used)


def _classes(ids: npt.NDArray[Any], labels: pa.Array, file: str) -> dict[str, str]:
    """The class of each id that has one."""
    classes: dict[str, str] = {}
    for name, label in zip(ids, texts(as_written(labels, f"the column of labels of {file}")), strict=True):
        if label is not None and classes.setdefault(name, label) != label:
            raise ValueError(f"{file} gives {name!r} two classes, {classes[name]!r} and {label!r}: give one")
    return classes


def read_labels(path: str | os.PathLike[str], header: bool | None = None) -> npt.NDArray[Any] | dict[str, str]:
    """Classes from a file: an array in the order of the nodes, or a mapping from id to class.

    In a table, and in a text, a class is what is written, and an empty cell or line says that a node has none; empty
    lines at the end are no nodes. In an array it is what `PairGraph` takes.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Another kind of file; more than two columns, none of which is called label; two classes for one id.
    """
    source = require_file(path, "labels file")
    if source.suffix == ".npy":
        return np.asarray(read_with(source, lambda path: np.load(path, allow_pickle=False)))
    if source.suffix == ".txt":
        return np.array(_lines(source), dtype=object)
    if not is_table(source):
        raise ValueError(f"{source} is none of .npy, .txt, {WORDS}: labels are read from one of these")
    layout = layout_of(source, header)
    if len(layout.names) == 1:
        (only,) = layout.names
        return texts(as_written(layout.columns({only: only})[only], f"column {only} of {source}"))
    name, label = label_columns(layout)
    cells = layout.columns({"id": name, "label": label})
    return _classes(texts(present(cells["id"], name, str(source))), cells["label"], str(source))


def label_columns(layout: Layout, label: str | None = None) -> tuple[str, str]:
    """The columns of ids and of classes in a table of labels: by their names, or else the first and the second of two.

    `ValueError` where there is only one, or more than two and none is called label.
    """
    named = [name for name in layout.names if not is_unnamed(name)]
    label = label or first_of(named, CLASSES) or (layout.names[1] if len(layout.names) == 2 else None)
    others = [name for name in (*named, *layout.names) if name != label]
    if label is None or not others:
        raise ValueError(
            f"{layout.path} has {len(named)} columns, and none is called label: give two, id and label, or for an "
            "audit name it with --label-col"
        )
    return first_of(others, (*NAMES[1:], NAMES[0])) or others[0], label


def _lines(path: Path) -> list[str | None]:
    """The lines of a text, `None` for an empty one."""
    with readable(path), opened_text(str(path)) as opened:
        lines = [line.rstrip("\r\n") or None for line in opened]
    while lines and lines[-1] is None:
        lines.pop()
    return lines


def _labelled(graph: PairGraph, found: Any, path: str | os.PathLike[str], *, by_row: bool) -> PairGraph:
    """The same graph with the left labels of a file."""
    if isinstance(found, Mapping):
        ids = graph.left_ids.tolist()
        each: Any = [found.get(str(name)) for name in ids]
        if all(label is None for label in each):
            raise ValueError(f"{path} has a class for none of the {len(ids)} left nodes, {ids[0]!r} the first")
    elif by_row:
        each = found
    else:
        raise ValueError(f"{path} has classes without ids, and a list of pairs has no order: give two columns")
    right, names = graph.right_labels, graph.class_names
    if right is not None and names is None and np.asarray(each).dtype.kind not in "biuf":  # but written
        names = tuple(map(str, range(int(right.max()) + 1)))
    try:
        return PairGraph(
            graph.joint, each, named_labels(right, names), left_ids=graph.left_ids, right_ids=graph.right_ids
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
