"""Pair graph from the rows of a table: ids become numbers, labels are matched, equal pairs are summed.

With labels, an image that has none is left out with its pairs, and so is a caption that has no image left; labels of
images that have no pairs are ignored. All of them are counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.table_files import Piece
from pairbounds.real_data.audit.columns import BY_NAME, Columns, pair_table
from pairbounds.real_data.audit.labelling import NONE, Images, matched_images, renumbered
from pairbounds.real_data.audit.measuring import Pairs
from pairbounds.real_data.audit.reading import Numbers, coded, read_pairs
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True, eq=False)
class Names:
    """Names of the nodes and classes of a graph."""

    images: pa.Array
    captions: pa.Array
    classes: pa.Array | None


@dataclass(frozen=True)
class Tally:
    """Counts of what was read, and left out; `weight_without_label` is a share of the weight of all pairs."""

    n_rows: int
    n_rows_without_label: int
    weight_without_label: float
    n_images_without_label: int
    n_captions_without_label: int
    n_labels_without_pair: int


@dataclass(frozen=True, eq=False)
class Counted:
    """A table of pairs, counted; similarities, where a column has them, in a matrix built as that of the pairs."""

    pairs: Pairs
    names: Names
    tally: Tally
    similarities: sp.csr_array | None = None


def count_here(pairs: Path, labels: Path | None, columns: Columns = BY_NAME) -> Counted:
    """A table of pairs, counted in the memory of this process; nodes are in the order of first appearance.

    Notes
    -----
    Memory: 16 bytes for each row, and the distinct ids.
    """
    batches = list(_read(pair_table(pairs, columns).pieces()))
    require_pairs(len(batches), pairs)
    (images_read, left), (captions, right) = coded(batches, "image"), coded(batches, "caption")
    weight, similarity = (
        np.concatenate([batch.column(role) for batch in batches]) if role in batches[0].schema.names else None
        for role in ("weight", "similarity")
    )
    del batches
    assert weight is not None
    images = matched_images(images_read, labels, columns)
    left, n_rows, total = images.numbers[left], len(left), weight.sum()
    inside = left != NONE
    if not inside.all():
        left, right, weight = left[inside], right[inside], weight[inside]
        similarity = None if similarity is None else similarity[inside]
    kept = np.bincount(right, minlength=len(captions)) > 0
    ends, shape = (left, renumbered(kept)[right]), (len(images.names), int(kept.sum()))
    joint = sp.coo_array((weight, ends), shape=shape)
    tally = tally_of(images, n_rows, n_rows - len(left), 1 - weight.sum() / total, int(np.sum(~kept)))
    names = Names(images.names, captions.filter(pa.array(kept)), images.class_names)
    similarities = None if similarity is None else _mean(similarity, ends, shape)
    del left, right, weight, inside, ends
    return Counted(Pairs(PairGraph(joint, images.labels)), names, tally, similarities)


def tally_of(images: Images, n_rows: int, n_rows_lost: int, weight_lost: float, n_captions_lost: int) -> Tally:
    """Tally of what was left out, from the images and the pairs."""
    return Tally(
        n_rows=n_rows,
        n_rows_without_label=n_rows_lost,
        weight_without_label=max(0.0, float(weight_lost)),
        n_images_without_label=int(np.sum(images.numbers == NONE)),
        n_captions_without_label=n_captions_lost,
        n_labels_without_pair=images.n_unpaired,
    )


def require_pairs(count: int, pairs: Path) -> None:
    """Raise `ValueError` if there are none."""
    if count == 0:
        raise ValueError(f"{pairs} has no rows: an audit needs at least one pair")


def _mean(values: FloatArray, ends: tuple[Numbers, Numbers], shape: tuple[int, int]) -> sp.csr_array:
    """The mean of each pair's rows, in canonical order; zeros are stored."""
    total, count = (sp.csr_array(sp.coo_array((of, ends), shape=shape)) for of in (values, np.ones_like(values)))
    for matrix in (total, count):
        matrix.sum_duplicates()
    total.data /= count.data
    return total


def _read(pieces: Sequence[Piece]) -> Iterator[pa.RecordBatch]:
    total = sum(piece.n_rows or 0 for piece in pieces) or None  # nobody knows the rows of a file of text
    with Bar(total=total, desc="reading", unit=" pairs") as bar:
        for piece in pieces:
            for batch in read_pairs(piece):
                bar.update(batch.num_rows)
                yield batch
