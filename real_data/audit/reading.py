"""Pairs and labels from files, a batch at a time: ids become numbers before the next batch is read.

Ids and labels are text, as `pairbounds.infrastructure.cells` says. `pairbounds.real_data.audit.columns` says which
columns are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.cells import as_written, finite, present, reject
from pairbounds.infrastructure.table_files import Piece

Numbers = npt.NDArray[np.int32]  # of nodes and classes: half the memory of int64, for each row of a file


@dataclass(frozen=True, eq=False)
class Coded:
    """A column without missing values: `values[codes[e]]` is its e-th entry, and the values are distinct."""

    values: pa.Array
    codes: Numbers

    @classmethod
    def of(cls, column: pa.DictionaryArray) -> "Coded":
        """A column as it is written, its values in the order of first appearance."""
        return cls(column.dictionary, column.indices.to_numpy())

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
    where = f"column {piece.columns['label']} of {piece.fragment.path}"
    for row, batch in piece.batches():
        images, labels = _present(batch, "image", piece, row), as_written(batch.column("label"), where)
        known = labels.is_valid()
        if known.true_count:
            yield LabelBatch(Coded.of(images.filter(known)), Coded.of(labels.filter(known)))


def numbered(values: Sequence[pa.Array]) -> tuple[pa.Array, list[Numbers]]:
    """The distinct values of several arrays, at least one, in the order of first appearance, and each array as numbers.

    Linear in the sizes of the arrays.
    """
    merged = pa.chunked_array(values).dictionary_encode()
    return merged.chunk(0).dictionary, [chunk.indices.to_numpy() for chunk in merged.chunks]


def _present(batch: pa.RecordBatch, role: str, piece: Piece, row: int) -> pa.DictionaryArray:
    return present(batch.column(role), piece.columns[role], piece.fragment.path, row, role)


def _weights(batch: pa.RecordBatch, piece: Piece, row: int) -> FloatArray:
    if "weight" not in piece.columns:
        return np.ones(batch.num_rows)
    weights = _numbers(batch, "weight", piece, row)
    bad = pa.array(weights <= 0)
    reject(bad, row, piece.fragment.path, "has a weight that is zero or negative: weights are positive")
    return weights


def _numbers(batch: pa.RecordBatch, role: str, piece: Piece, row: int) -> FloatArray:
    return finite(batch.column(role), role, piece.fragment.path, row)
