"""Tables of pairs and of labels, and the pair graph of their rows.

With labels, unlabelled images are dropped with their pairs, and so are captions without any remaining image. Labels of
images without pairs are ignored. Ids and labels are text, as in `pairbounds.infrastructure.reading`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.reading import TableFile, table_file
from pairbounds.theory.graph.graph_files import classes_by_name, label_columns, one_label_each, pair_columns
from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.graph.pair_graph import PairGraph

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


class RoleTable(NamedTuple):
    """A table in a file or a folder of files, and the name of the column for each role."""

    path: Path
    files: Sequence[TableFile]
    columns: Mapping[str, str]

    @property
    def column_roles(self) -> dict[str, object]:
        """Columns by role, and ignored columns."""
        ignored = [name for name in self.files[0].names if name not in self.columns.values()]
        return {**self.columns, "ignored": ignored}


class AuditTables(NamedTuple):
    """The tables of an audit, before their rows are read."""

    pairs: RoleTable
    labels: RoleTable | None = None


class PairRows(NamedTuple):
    """Rows of a table of pairs, with the classes of their images.

    Attributes
    ----------
    images, captions : names of the ends, dictionary-encoded in the order of first appearance
    weights : 1 without a column of weights
    class_numbers : class of each distinct image from 0, `UNLABELLED` for an image without a label
    class_names : sorted; `None` without a table of labels
    """

    images: pa.DictionaryArray
    captions: pa.DictionaryArray
    weights: FloatArray
    class_numbers: IntArray
    class_names: tuple[str, ...] | None

    @property
    def n_unlabelled(self) -> int:
        """Number of images without a label, if others have one."""
        return 0 if self.class_names is None else int(np.sum(self.class_numbers == UNLABELLED))

    def graph(self) -> PairGraph:
        """Graph of the labelled images, or of all images without a table of labels, with the names as ids.

        The weights of equal pairs are summed.
        """
        left, right, weights = self.images.indices.to_numpy(), self.captions.indices.to_numpy(), self.weights
        if self.class_names is not None:
            is_labelled = self.class_numbers[left] != UNLABELLED
            left, right, weights = left[is_labelled], right[is_labelled], weights[is_labelled]
        images, captions = (side.dictionary.to_numpy(zero_copy_only=False) for side in (self.images, self.captions))
        return PairGraph(
            sp.coo_array((weights, (left, right)), shape=(len(images), len(captions))),
            None if self.class_names is None else self.class_numbers,
            left_ids=images,
            right_ids=captions,
            class_names=self.class_names,
            drop_isolated=True,
        )


def open_tables(pairs: Path, labels: Path | None = None, columns: Columns | None = None) -> AuditTables:
    """Find the columns of a table of pairs and of one of labels.

    Without a table of labels, labels come from the table of pairs if it has the named column, or one of a known name.
    The image column may have another name in the table of labels than in the pairs.
    """
    columns = columns or Columns()
    files = _files(pairs)
    label_files = files if labels is None else _files(labels)
    roles = pair_columns(files[0], columns.image, columns.caption, columns.weight)
    for role in ("image", "caption"):
        if ROLES[role] not in roles:
            names = ", ".join(files[0].names)
            raise ValueError(
                f"{files[0].path} has no column {role}, only {names}: name both by `columns=IMAGE,CAPTION`"
            )
    tables = [RoleTable(pairs, files, {role: roles[side] for role, side in ROLES.items() if side in roles})]
    if labels is not None or columns.label is not None or "left labels" in roles:
        image, label = label_columns(label_files[0], columns.label and label_files[0].require(columns.label))
        image = columns.image if columns.image is not None and columns.image in label_files[0].names else image
        tables.append(RoleTable(labels or pairs, label_files, {"image": image, "label": label}))
    for table in tables:
        role_of = {name: role for role, name in table.columns.items()}
        for role, name in table.columns.items():
            if role_of[name] != role:
                message = f"column {name} of {table.path} cannot hold both {role} and {role_of[name]}: name two columns"
                raise ValueError(message)
            for file in table.files:
                file.require(name)
    return AuditTables(*tables)


def _files(path: Path) -> list[TableFile]:
    """The tables of a folder, without hidden files, or the one table."""
    paths = sorted(file for file in path.rglob("[!._]*") if not file.is_dir()) if path.is_dir() else [path]
    if not paths:
        raise ValueError(f"{path} is an empty folder: give a table, or a folder of them")
    return [table_file(file, header=True) for file in paths]


def read_rows(tables: AuditTables) -> PairRows:
    """All rows of a table of pairs, and the classes of its images. A table without rows raises `ValueError`."""
    columns, batches = tables.pairs.columns, []
    for rows in (rows for file in tables.pairs.files for rows in file.batches(list(columns.values()))):
        ends = [rows.filled(columns[role]).combine_chunks().dictionary_encode() for role in ("image", "caption")]
        weights = rows.weights(columns["weight"]) if "weight" in columns else np.ones(len(ends[0]))
        batches.append((*ends, weights))
    if not batches:
        raise ValueError(f"{tables.pairs.path} has no rows: an audit needs at least one pair")
    *sides, all_weights = zip(*batches, strict=True)
    images, captions = (pa.chunked_array(names).unify_dictionaries().combine_chunks() for names in sides)
    without = np.full(len(images.dictionary), UNLABELLED), None
    classes = without if tables.labels is None else _classes(images.dictionary, tables.labels)
    return PairRows(images, captions, np.concatenate(all_weights), *classes)


def _classes(images: pa.Array, labels: RoleTable) -> tuple[IntArray, tuple[str, ...]]:
    """Number of the class of each image, `UNLABELLED` without a label, and the sorted names of the classes."""
    image, label = labels.columns["image"], labels.columns["label"]
    batches = (rows for file in labels.files for rows in file.batches([image, label]))
    classes = [classes_by_name(rows, image, label) for rows in batches]
    cells = pd.concat(classes).reset_index() if classes else pd.DataFrame()
    if cells.empty:
        raise ValueError(f"{labels.path} has no label in any row: leave it out, or fill its column of labels")
    class_by_image = one_label_each(cells, labels.path)
    numbers, names = pd.factorize(class_by_image.reindex(images.to_pandas()), sort=True)  # -1 for a missing label
    if not len(names):
        first = f"the first is {images[0]}, and the first in {labels.path} {class_by_image.index[0]}"
        raise ValueError(f"no image of the pairs has a label: {first}")
    if len(names) == 1:
        message = f"{labels.path} gives every image the same label, {names[0]}: leave it out, or give at least two"
        raise ValueError(message)
    return numbers.astype(np.int64), tuple(names)
