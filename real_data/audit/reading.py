"""Pairs and labels from files, a batch at a time: ids become numbers before the next batch is read.

An id may be of any flat type. Ids that two files give different types are compared as text; in a CSV or TSV file, which
has no types, ids and labels are text, and an empty field is a missing one. `real_data.audit.columns` says which columns
are read, and of which formats.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from real_data.audit.columns import BY_NAME, TEXT, Columns, Table, is_text, label_table, pair_table, readable
from theory.infrastructure.arrays import FloatArray

Numbers = npt.NDArray[np.int32]  # of nodes and classes: half the memory of int64, for each row of a file

BATCH = 2**19  # rows


@dataclass(frozen=True)
class Piece:
    """A part of a table that is read by itself: a row group of a Parquet file, or a whole file of another format.

    Attributes
    ----------
    columns : those to read: what they hold, and their names
    schema : of the whole table
    first_row : its number in the file, from 0
    n_rows : `None` where nobody knows before reading
    """

    fragment: ds.Fragment
    columns: Mapping[str, str]
    schema: pa.Schema
    first_row: int = 0
    n_rows: int | None = None

    def batches(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Its rows, `BATCH` at a time, each with the number of the first row in the file.

        Columns are called by what they hold.
        """
        row = self.first_row
        with readable(self.fragment.path):
            for batch in self._read():
                if batch.num_rows:
                    yield row, pa.RecordBatch.from_arrays(batch.columns, names=list(self.columns))
                row += batch.num_rows

    def _read(self) -> Iterator[pa.RecordBatch]:
        columns = list(self.columns.values())
        if not isinstance(self.fragment, ds.ParquetFileFragment):
            yield from self.fragment.to_batches(schema=self.schema, columns=columns, batch_size=BATCH)
            return
        # In this thread: where memory is short, those of a data set may wait for one another for ever.
        groups = [group.id for group in self.fragment.row_groups]
        with pq.ParquetFile(self.fragment.path, pre_buffer=False) as file:
            for batch in file.iter_batches(BATCH, row_groups=groups, columns=columns, use_threads=False):
                yield self._as_elsewhere(batch)

    def _as_elsewhere(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """With the types of the whole table, and nulls for a column that this file lacks."""
        fields = [self.schema.field(name) for name in self.columns.values()]
        present = set(batch.schema.names)
        arrays = [
            batch.column(field.name).cast(field.type) if field.name in present else pa.nulls(batch.num_rows, field.type)
            for field in fields
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


@dataclass(frozen=True, eq=False)
class Coded:
    """A column without missing values: `values[codes[e]]` is its e-th entry, and the values are distinct."""

    values: pa.Array
    codes: Numbers

    @classmethod
    def of(cls, column: pa.Array) -> "Coded":
        """A column, coded; its values in the order of first appearance."""
        coded = column.dictionary_encode()
        return cls(coded.dictionary, coded.indices.to_numpy())

    @classmethod
    def joined(cls, parts: Sequence["Coded"]) -> "Coded":
        """Several columns, at least one, as a single one."""
        values, numbers = numbered([part.values for part in parts])
        return cls(values, np.concatenate([n[part.codes] for n, part in zip(numbers, parts, strict=True)]))


@dataclass(frozen=True, eq=False)
class PairBatch:
    """Some rows of a table of pairs."""

    images: Coded
    captions: Coded
    weights: FloatArray
    similarities: FloatArray | None = None

    @classmethod
    def joined(cls, parts: Sequence["PairBatch"]) -> "PairBatch":
        """Several batches, at least one, as a single one."""
        images, captions = (
            Coded.joined([part.images for part in parts]),
            Coded.joined([part.captions for part in parts]),
        )
        given = [part.similarities for part in parts if part.similarities is not None]
        weights = np.concatenate([part.weights for part in parts])
        return cls(images, captions, weights, np.concatenate(given) if given else None)


@dataclass(frozen=True, eq=False)
class LabelBatch:
    """Some rows of a table of labels, without those that have no label."""

    images: Coded
    labels: Coded


def pair_pieces(path: Path, columns: Columns = BY_NAME) -> list[Piece]:
    """The parts of a table of pairs, a file or a folder of files of one format; errors as of `pair_table`."""
    return _pieces(pair_table(path, columns))


def label_pieces(path: Path, columns: Columns = BY_NAME) -> list[Piece]:
    """The parts of a table of labels; errors as of `label_table`."""
    return _pieces(label_table(path, columns))


def read_pairs(piece: Piece) -> Iterator[PairBatch]:
    """The pairs of one part.

    Raises
    ------
    ValueError
        A row without an image or a caption, or whose weight is missing, not finite, or not positive; ids that are
        lists or structs, weights that are not numbers. The message names the row, from 0.
    """
    for row, batch in piece.batches():
        images, captions = (Coded.of(_present(batch, name, piece, row)) for name in ("image", "caption"))
        similarities = _numbers(batch, "similarity", piece, row) if "similarity" in piece.columns else None
        yield PairBatch(images, captions, _weights(batch, piece, row), similarities)


def read_labels(piece: Piece) -> Iterator[LabelBatch]:
    """The labels of one part; a row without an image is a `ValueError`."""
    for row, batch in piece.batches():
        images, labels = _present(batch, "image", piece, row), _flat(batch, "label", piece)
        known = labels.is_valid()
        if known.true_count:
            yield LabelBatch(Coded.of(images.filter(known)), Coded.of(labels.filter(known)))


def numbered(values: Sequence[pa.Array]) -> tuple[pa.Array, list[Numbers]]:
    """The distinct values of several arrays, at least one, in the order of first appearance, and each array as numbers.

    Linear in the sizes of the arrays.
    """
    if len({array.type for array in values}) > 1:
        values = [array.cast(TEXT) for array in values]
    merged = pa.chunked_array(values).dictionary_encode()
    return merged.chunk(0).dictionary, [chunk.indices.to_numpy() for chunk in merged.chunks]


def _pieces(table: Table) -> list[Piece]:
    return [piece for fragment in table.data.get_fragments() for piece in _parts(fragment, table)]


def _parts(fragment: ds.Fragment, table: Table) -> Iterator[Piece]:
    columns, schema = table.columns, table.data.schema
    if not isinstance(fragment, ds.ParquetFileFragment):
        yield Piece(fragment, columns, schema)
        return
    row = 0
    for part in fragment.split_by_row_group():
        size = part.row_groups[0].num_rows
        yield Piece(part, columns, schema, row, size)
        row += size


def _present(batch: pa.RecordBatch, name: str, piece: Piece, row: int) -> pa.Array:
    column = _flat(batch, name, piece)
    _reject(column.is_null(), piece, row, f"has no {name}")
    return column


def _flat(batch: pa.RecordBatch, name: str, piece: Piece) -> pa.Array:
    """A column of which equal values are equal in two files: integers of one width, text of one kind."""
    column = batch.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        raise ValueError(
            f"column {piece.columns[name]} of {piece.fragment.path} holds {column.type}: give numbers or text"
        )
    if pa.types.is_integer(column.type) and column.type != pa.uint64():
        return column.cast(pa.int64())
    is_text = pa.types.is_string(column.type) or pa.types.is_string_view(column.type)
    return column.cast(TEXT) if is_text else column


def _weights(batch: pa.RecordBatch, piece: Piece, row: int) -> FloatArray:
    if "weight" not in piece.columns:
        return np.ones(batch.num_rows)
    weights = _numbers(batch, "weight", piece, row)
    _reject(pa.array(weights <= 0), piece, row, "has a weight that is zero or negative: weights are positive")
    return weights


def _numbers(batch: pa.RecordBatch, name: str, piece: Piece, row: int) -> FloatArray:
    """A column of finite numbers; where a format has no types, they are read from its text."""
    column = batch.column(name)
    if pa.types.is_large_string(column.type) and is_text(piece.fragment.path):
        column = _parsed(column, name, piece, row)
    known = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    if not any(is_known(column.type) for is_known in known):
        plural = "weights" if name == "weight" else "similarities"
        raise ValueError(
            f"column {piece.columns[name]} of {piece.fragment.path} holds {column.type}: {plural} are numbers"
        )
    column = column.cast(pa.float64(), safe=False)
    _reject(column.is_null(), piece, row, f"has no {name}")
    _reject(pc.invert(pc.is_finite(column)), piece, row, f"has a {name} that is NaN or infinite")
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _parsed(column: pa.Array, name: str, piece: Piece, row: int) -> pa.Array:
    texts = pc.utf8_trim_whitespace(column)
    try:
        return texts.cast(pa.float64())
    except pa.ArrowInvalid:
        numbers = pd.to_numeric(texts.to_pandas(), errors="coerce").isna().to_numpy()
        wrong = pa.array(numbers & texts.is_valid().to_numpy(zero_copy_only=False))
        _reject(wrong, piece, row, f"has a {name} that is no number")
        raise


def _reject(bad: pa.BooleanArray, piece: Piece, row: int, fault: str) -> None:
    first = pc.index(bad, True).as_py()
    if first >= 0:
        raise ValueError(f"row {row + first} of {piece.fragment.path} {fault} (the first row is 0)")
