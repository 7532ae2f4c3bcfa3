"""Pairs and labels from files, a batch at a time: ids become numbers before the next batch is read.

An id may be of any flat type. Ids that two files give different types are compared as text; in a CSV file, which has
no types, ids and labels are text, and an empty field is a missing one.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from theory.infrastructure.arrays import FloatArray
from theory.infrastructure.inputs import require_file

Numbers = npt.NDArray[np.int32]  # of nodes and classes: half the memory of int64, for each row of a file

BATCH = 2**19  # rows
TEXT = pa.large_string()  # `string` holds 2 GiB at most, all values together
CSV = ds.CsvFileFormat(
    convert_options=pyarrow.csv.ConvertOptions(
        column_types={"image": TEXT, "caption": TEXT, "label": TEXT, "weight": pa.float64()},
        null_values=[""],
        strings_can_be_null=True,
    )
)


@dataclass(frozen=True)
class Piece:
    """A part of a table that is read by itself: a row group of a Parquet file, or a whole CSV file.

    Attributes
    ----------
    columns : those to read
    schema : of the whole table
    first_row : its number in the file, from 0
    n_rows : `None` where nobody knows before reading
    """

    fragment: ds.Fragment
    columns: tuple[str, ...]
    schema: pa.Schema
    first_row: int = 0
    n_rows: int | None = None

    def batches(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Its rows, `BATCH` at a time, each with the number of the first row in the file."""
        row = self.first_row
        for batch in self._read():
            if batch.num_rows:
                yield row, batch
            row += batch.num_rows

    def _read(self) -> Iterator[pa.RecordBatch]:
        columns = list(self.columns)
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
        fields = [self.schema.field(name) for name in self.columns]
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

    @classmethod
    def joined(cls, parts: Sequence["PairBatch"]) -> "PairBatch":
        """Several batches, at least one, as a single one."""
        images, captions = (
            Coded.joined([part.images for part in parts]),
            Coded.joined([part.captions for part in parts]),
        )
        return cls(images, captions, np.concatenate([part.weights for part in parts]))


@dataclass(frozen=True, eq=False)
class LabelBatch:
    """Some rows of a table of labels, without those that have no label."""

    images: Coded
    labels: Coded


def pair_pieces(path: str | os.PathLike[str]) -> list[Piece]:
    """The parts of a table of pairs, a Parquet or CSV file or a folder of them; the column `weight` is optional.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is neither, or lacks a column.
    """
    return _pieces(path, ("image", "caption"), ("weight",))


def label_pieces(path: str | os.PathLike[str]) -> list[Piece]:
    """The parts of a table of labels; errors as in `pair_pieces`."""
    return _pieces(path, ("image", "label"))


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
        yield PairBatch(images, captions, _weights(batch, piece, row))


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


def _pieces(path: str | os.PathLike[str], required: Sequence[str], optional: Sequence[str] = ()) -> list[Piece]:
    source = Path(path)
    for file in source.rglob("*") if source.is_dir() else [source]:
        if not file.is_dir():
            require_file(file, "table", "give a Parquet or CSV file, or a folder of them")
    is_csv = ".csv" in source.suffixes or (source.is_dir() and any(source.glob("[!.]*.csv")))
    data = ds.dataset(source, format=CSV if is_csv else "parquet")
    for name in required:
        if name not in data.schema.names:
            raise ValueError(f"{source} has no column {name}, only {', '.join(data.schema.names) or 'none'}")
    columns = (*required, *(name for name in optional if name in data.schema.names))
    return [piece for fragment in data.get_fragments() for piece in _parts(fragment, columns, data.schema)]


def _parts(fragment: ds.Fragment, columns: tuple[str, ...], schema: pa.Schema) -> Iterator[Piece]:
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
        raise ValueError(f"column {name} of {piece.fragment.path} holds {column.type}: give numbers or text")
    if pa.types.is_integer(column.type) and column.type != pa.uint64():
        return column.cast(pa.int64())
    is_text = pa.types.is_string(column.type) or pa.types.is_string_view(column.type)
    return column.cast(TEXT) if is_text else column


def _weights(batch: pa.RecordBatch, piece: Piece, row: int) -> FloatArray:
    if "weight" not in piece.columns:
        return np.ones(batch.num_rows)
    column = batch.column("weight")
    known = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    if not any(is_known(column.type) for is_known in known):
        raise ValueError(f"column weight of {piece.fragment.path} holds {column.type}: weights are numbers")
    column = column.cast(pa.float64(), safe=False)
    _reject(column.is_null(), piece, row, "has no weight")
    _reject(pc.invert(pc.is_finite(column)), piece, row, "has a weight that is NaN or infinite")
    _reject(pc.less_equal(column, 0.0), piece, row, "has a weight that is zero or negative: weights are positive")
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _reject(bad: pa.BooleanArray, piece: Piece, row: int, fault: str) -> None:
    first = pc.index(bad, True).as_py()
    if first >= 0:
        raise ValueError(f"row {row + first} of {piece.fragment.path} {fault} (the first row is 0)")
