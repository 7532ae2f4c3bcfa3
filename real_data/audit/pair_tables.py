"""Tables of pairs and of labels: choice of their columns, and their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.reading import Rows, TableFile, table_file
from pairbounds.theory.graph.graph_files import (
    classes_by_name,
    label_columns,
    one_label_each,
    pair_columns,
)

ROLES = {"image": "left", "caption": "right", "weight": "weight"}  # roles of `pair_columns`


@dataclass(frozen=True)
class Columns:
    """Names of the columns of images, captions, and so on; `None` for a default name.

    The default names are those of `pairbounds.theory.graph.graph_files`.
    """

    image: str | None = None
    caption: str | None = None
    weight: str | None = None
    label: str | None = None


@dataclass(frozen=True, eq=False)
class RoleTable:
    """A table in a file or a folder of files, and the name of the column for each role."""

    path: Path
    files: Sequence[TableFile]
    columns: Mapping[str, str]

    def __post_init__(self) -> None:
        roles = {name: role for role, name in self.columns.items()}
        for role, name in self.columns.items():
            if roles[name] != role:
                message = f"column {name} of {self.path} cannot hold both {role} and {roles[name]}: name two columns"
                raise ValueError(message)
            for file in self.files:
                file.require(name)

    @property
    def ignored(self) -> list[str]:
        """Columns that are not read."""
        return [name for name in self.files[0].names if name not in self.columns.values()]


class AuditTables(NamedTuple):
    """The tables of an audit, before their rows are read."""

    pairs: RoleTable
    labels: RoleTable | None

    def columns(self) -> dict[str, dict[str, object]]:
        """Columns of each table by role, and ignored columns."""
        tables = {name: table for name, table in self._asdict().items() if table is not None}
        return {name: {**table.columns, "ignored": table.ignored} for name, table in tables.items()}


class PairRows(NamedTuple):
    """The pairs of rows: dictionary-encoded ends, in the order of first appearance, and weights."""

    images: pa.DictionaryArray
    captions: pa.DictionaryArray
    weights: FloatArray


def open_tables(pairs: Path, labels: Path | None = None, columns: Columns | None = None) -> AuditTables:
    """Find the columns of a table of pairs and of one of labels.

    Without a table of labels, labels come from the table of pairs if it has the named column, or one of a known name.
    """
    columns = columns or Columns()
    files = _files(pairs)
    roles = pair_columns(files[0], columns.image, columns.caption, columns.weight)
    for role, side in list(ROLES.items())[:2]:
        if side not in roles:
            names = ", ".join(files[0].names)
            raise ValueError(
                f"{files[0].path} has no column {role}, only {names}: name both by `columns=IMAGE,CAPTION`"
            )
    paired = RoleTable(pairs, files, {role: roles[side] for role, side in ROLES.items() if side in roles})
    if labels is None and (columns.label or roles.get("left labels")) is not None:
        labels = pairs
    return AuditTables(paired, None if labels is None else _label_table(labels, columns))


def _label_table(path: Path, columns: Columns) -> RoleTable:
    """A table of labels, with columns by `label_columns`; its image column may have another name than in the pairs."""
    files = _files(path)
    image, label = label_columns(files[0], columns.label and files[0].require(columns.label))
    image = columns.image if columns.image is not None and columns.image in files[0].names else image
    return RoleTable(path, files, {"image": image, "label": label})


def read_pairs(pairs: RoleTable) -> PairRows:
    """All rows of a table of pairs. A table without rows raises `ValueError`."""
    batches = []
    with Bar(desc="reading", unit=" pairs") as bar:
        for rows in (rows for file in pairs.files for rows in file.batches(list(pairs.columns.values()))):
            batches.append(_pair_rows(rows, pairs.columns))
            bar.update(len(batches[-1].weights))
    if not batches:
        raise ValueError(f"{pairs.path} has no rows: an audit needs at least one pair")
    *sides, weights = zip(*batches, strict=True)
    images, captions = (pa.chunked_array(names).unify_dictionaries().combine_chunks() for names in sides)
    return PairRows(images, captions, np.concatenate(weights))


def _pair_rows(rows: Rows, columns: Mapping[str, str]) -> PairRows:
    ends = (rows.filled(columns[role]).combine_chunks() for role in ("image", "caption"))
    images, captions = (names.dictionary_encode() for names in ends)
    weights = rows.weights(columns["weight"]) if "weight" in columns else np.ones(len(images))
    return PairRows(images, captions, weights)


def class_of_image(table: RoleTable) -> "pd.Series[Any]":
    """Class of each labelled image in a table of labels, indexed by the name of the image."""
    columns = [table.columns["image"], table.columns["label"]]
    classes = [classes_by_name(rows, *columns) for file in table.files for rows in file.batches(columns)]
    cells = pd.concat(classes).reset_index() if classes else pd.DataFrame()
    if cells.empty:
        raise ValueError(f"{table.path} has no label in any row: leave it out, or fill its column of labels")
    return one_label_each(cells, table.path)


def _files(path: Path) -> list[TableFile]:
    """The tables of a folder, without hidden files, or the one table."""
    paths = sorted(file for file in path.rglob("[!._]*") if not file.is_dir()) if path.is_dir() else [path]
    if not paths:
        raise ValueError(f"{path} is an empty folder: give a table, or a folder of them")
    return [table_file(file, header=True) for file in paths]
