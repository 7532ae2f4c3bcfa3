"""Pairs and labels from files, a batch at a time: ids become numbers before the next batch is read.

Ids and labels are text, as `pairbounds.infrastructure.cells` says. `pairbounds.real_data.audit.columns` says which
columns are read.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pairbounds.infrastructure.cells import as_written, finite, present, reject
from pairbounds.infrastructure.table_files import Piece

Numbers = npt.NDArray[np.int32]  # of nodes and classes: half the memory of int64, for each row of a file


class Coded(NamedTuple):
    """Texts without missing values: `values[codes[e]]` is the e-th, and the values are distinct."""

    values: pa.Array
    codes: Numbers


def coded(batches: Sequence[pa.RecordBatch], name: str) -> Coded:
    """A column of texts of several batches, at least one, its values in the order of first appearance."""
    column = pa.chunked_array([batch.column(name) for batch in batches]).unify_dictionaries().combine_chunks()
    return Coded(column.dictionary, column.indices.to_numpy())


def read_pairs(piece: Piece) -> Iterator[pa.RecordBatch]:
    """The pairs of one part: image and caption, coded; weight; and similarity, where the table has it."""
    file = piece.fragment.path
    for row, batch in piece.batches():
        columns = {role: _present(batch, role, piece, row) for role in ("image", "caption")}
        numbers = {role: finite(batch.column(role), role, file, row) for role in piece.columns if role not in columns}
        weights = numbers.setdefault("weight", np.ones(batch.num_rows))
        reject(pa.array(weights <= 0), row, file, "has a weight that is zero or negative: weights are positive")
        yield pa.RecordBatch.from_pydict(columns | numbers)


def read_labels(piece: Piece) -> Iterator[pa.RecordBatch]:
    """The labels of one part, image and label, without rows that have no label; a row without an image is an error."""
    where = f"column {piece.columns['label']} of {piece.fragment.path}"
    for row, batch in piece.batches():
        columns = {"image": _present(batch, "image", piece, row), "label": as_written(batch.column("label"), where)}
        known = columns["label"].is_valid()
        if known.true_count:
            # Coded anew: the values of a filtered column are still those of all its rows.
            kept = {name: column.filter(known).dictionary_decode() for name, column in columns.items()}
            yield pa.RecordBatch.from_pydict({name: column.dictionary_encode() for name, column in kept.items()})


def _present(batch: pa.RecordBatch, role: str, piece: Piece, row: int) -> pa.DictionaryArray:
    return present(batch.column(role), piece.columns[role], piece.fragment.path, row, role)
