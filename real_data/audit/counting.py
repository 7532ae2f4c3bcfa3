"""Pair graph from the rows of a table: ids become numbers, labels are matched, equal pairs are summed.

With labels, an image that has none is left out with its pairs, and so is a caption that has no image left; labels of
images that have no pairs are ignored. All of them are counted. Ids and labels are text, as
`pairbounds.infrastructure.cells` says; `pairbounds.real_data.audit.columns` says which columns are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.cells import as_written, finite, positive, present
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.table_files import Piece
from pairbounds.real_data.audit.columns import BY_NAME, Columns, label_table, pair_table
from pairbounds.real_data.audit.measuring import Pairs
from pairbounds.theory.graph.pair_graph import PairGraph

NONE = -1  # the number of what is left out
Numbers = npt.NDArray[np.int32]  # of nodes and classes: half the memory of int64, for each row of a file


@dataclass(frozen=True, eq=False)
class Counted:
    """A table of pairs, counted.

    Attributes
    ----------
    images, captions, classes : names of the nodes, in the order of first appearance, and of the classes, if any
    tally : counts of what was read and left out, with keys of `pairbounds.real_data.audit.summary.KEYS`
    similarities : where a column has them, in a matrix built as that of the pairs
    """

    pairs: Pairs
    images: pa.Array
    captions: pa.Array
    classes: pa.Array | None
    tally: dict[str, float]
    similarities: sp.csr_array | None = None


class Coded(NamedTuple):
    """Texts without missing values: `values[codes[e]]` is the e-th, and the values are distinct."""

    values: pa.Array
    codes: Numbers


class Images(NamedTuple):
    """The images of an audit: those of the pairs, or where there are labels those of them that have one.

    Attributes
    ----------
    names : (n_left,), in the order of first appearance
    numbers : for each image of the pairs its place among the names, or `NONE`
    labels : (n_left,), classes 0..r-1, or `None` without labels
    class_names : (r,), sorted
    n_unpaired : images that have a label and no pair
    """

    names: pa.Array
    numbers: Numbers
    labels: IntArray | None = None
    class_names: pa.Array | None = None
    n_unpaired: int = 0

    def tally(self, n_rows: int, n_rows_lost: int, weight_lost: float, n_captions_lost: int) -> dict[str, float]:
        """Counts of what was left out, from the images and the pairs."""
        return {
            "n_rows": n_rows,
            "n_rows_without_label": n_rows_lost,
            "weight_without_label": max(0.0, float(weight_lost)),
            "n_images_without_label": int(np.sum(self.numbers == NONE)),
            "n_captions_without_label": n_captions_lost,
            "n_labels_without_pair": self.n_unpaired,
        }


def count_here(pairs: Path, labels: Path | None, columns: Columns = BY_NAME) -> Counted:
    """A table of pairs, counted in the memory of this process.

    Notes
    -----
    Memory: 16 bytes for each row, and the distinct ids.
    """
    batches = list(_with_bar(pair_table(pairs, columns).pieces()))
    require_pairs(len(batches), pairs)
    (images_read, left), (captions, right) = coded(batches, "image"), coded(batches, "caption")
    numbers = {name: np.concatenate([one.column(name) for one in batches]) for name in batches[0].schema.names[2:]}
    del batches
    images = matched_images(images_read, labels, columns)
    left, n_rows, shares = images.numbers[left], len(left), numbers["weight"] / numbers["weight"].max()
    inside = left != NONE
    lost = shares[~inside].sum() / shares.sum()  # of huge weights the sum itself is infinite
    if not inside.all():
        left, right = left[inside], right[inside]
        numbers = {name: values[inside] for name, values in numbers.items()}
    kept = np.bincount(right, minlength=len(captions)) > 0
    ends, shape = (left, renumbered(kept)[right]), (len(images.names), int(kept.sum()))
    joint = sp.coo_array((numbers["weight"], ends), shape=shape)
    tally = images.tally(n_rows, n_rows - len(left), lost, int(np.sum(~kept)))
    similarities = _mean(numbers["similarity"], ends, shape) if "similarity" in numbers else None
    del left, right, numbers, shares, inside, ends
    found = Pairs(PairGraph(joint, images.labels))
    return Counted(found, images.names, captions.filter(pa.array(kept)), images.class_names, tally, similarities)


def read_pairs(piece: Piece) -> Iterator[pa.RecordBatch]:
    """The pairs of one part: image and caption, coded; then weight, and similarity where the table has it."""
    file = piece.fragment.path
    for row, batch in piece.batches():
        columns: dict[str, Any] = {role: _present(batch, role, piece, row) for role in ("image", "caption")}
        columns["weight"] = np.ones(batch.num_rows)
        for role in piece.columns.keys() & {"weight", "similarity"}:
            columns[role] = (positive if role == "weight" else finite)(batch.column(role), role, file, row)
        yield pa.RecordBatch.from_pydict(columns)


def matched_images(paired: pa.Array, labels: Path | None, columns: Columns = BY_NAME) -> Images:
    """The images with these distinct ids, matched with a table of labels."""
    if labels is None:
        return Images(paired, np.arange(len(paired), dtype=np.int32))
    ids, classes, names = _labelled(labels, columns)
    places = pc.index_in(paired, value_set=ids)
    known = np.asarray(places.is_valid())
    if not known.any():
        raise ValueError(
            f"no image of the pairs has a label: the first is {paired[0]}, and the first in {labels} {ids[0]}"
        )
    order = np.asarray(pc.sort_indices(names))
    present_ones, compact = np.unique(np.argsort(order)[classes[places.drop_null().to_numpy()]], return_inverse=True)
    if len(present_ones) == 1:
        only = names[int(order[present_ones[0]])]
        raise ValueError(f"{labels} gives every image the same label, {only}, which tells nothing apart: leave it out")
    return Images(
        names=paired.filter(pa.array(known)),
        numbers=renumbered(known),
        labels=compact.astype(np.int64),
        class_names=names.take(pa.array(order[present_ones])),
        n_unpaired=len(ids) - int(known.sum()),
    )


def _labelled(labels: Path, columns: Columns) -> tuple[pa.Array, Numbers, pa.Array]:
    """The distinct images of a table of labels, the number of the class of each, and the names of the classes."""
    batches = [batch for piece in label_table(labels, columns).pieces() for batch in _read_labels(piece)]
    if not batches:
        raise ValueError(f"{labels} has no label in any row: leave it out, or fill its column of labels")
    (ids, rows), (names, given) = coded(batches, "image"), coded(batches, "label")
    classes = np.empty(len(ids), dtype=np.int32)
    classes[rows] = given
    torn = np.flatnonzero(classes[rows] != given)
    if torn.size:
        image = int(rows[torn[0]])
        pair = " and ".join(str(names[int(code)]) for code in (given[torn[0]], classes[image]))
        raise ValueError(f"{labels} gives image {ids[image]} two labels, {pair}: give one")
    return ids, classes, names


def _read_labels(piece: Piece) -> Iterator[pa.RecordBatch]:
    """The labels of one part, image and label, without rows that have no label; a row without an image is an error."""
    where = f"column {piece.columns['label']} of {piece.fragment.path}"
    for row, batch in piece.batches():
        columns = {"image": _present(batch, "image", piece, row), "label": as_written(batch.column("label"), where)}
        known = columns["label"].is_valid()
        if known.true_count:  # coded anew: values of rows without a label are none of the table's
            labelled = {role: column.filter(known).dictionary_decode() for role, column in columns.items()}
            yield pa.RecordBatch.from_pydict({role: column.dictionary_encode() for role, column in labelled.items()})


def coded(batches: Sequence[pa.RecordBatch], name: str) -> Coded:
    """A column of texts of several batches, at least one, its values in the order of first appearance."""
    column = pa.chunked_array([batch.column(name) for batch in batches]).unify_dictionaries().combine_chunks()
    return Coded(column.dictionary, column.indices.to_numpy())


def renumbered(kept: npt.NDArray[np.bool_]) -> Numbers:
    """The place of each entry among those that are kept, or `NONE`."""
    return np.where(kept, np.cumsum(kept, dtype=np.int32) - 1, NONE).astype(np.int32)


def require_pairs(count: int, pairs: Path) -> None:
    """Raise `ValueError` if there are none."""
    if count == 0:
        raise ValueError(f"{pairs} has no rows: an audit needs at least one pair")


def _present(batch: pa.RecordBatch, role: str, piece: Piece, row: int) -> pa.DictionaryArray:
    return present(batch.column(role), piece.columns[role], piece.fragment.path, row, role)


def _mean(values: FloatArray, ends: tuple[Numbers, Numbers], shape: tuple[int, int]) -> sp.csr_array:
    """The mean of each pair's rows, in canonical order; zeros are stored."""
    total, count = (sp.csr_array(sp.coo_array((of, ends), shape=shape)) for of in (values, np.ones_like(values)))
    for matrix in (total, count):
        matrix.sum_duplicates()
    total.data /= count.data
    return total


def _with_bar(pieces: Sequence[Piece]) -> Iterator[pa.RecordBatch]:
    total = sum(piece.n_rows or 0 for piece in pieces) or None  # nobody knows the rows of a file of text
    with Bar(total=total, desc="reading", unit=" pairs") as bar:
        for piece in pieces:
            for batch in read_pairs(piece):
                bar.update(batch.num_rows)
                yield batch
