"""Images that are audited, and the class of each: the ids in the pairs matched with those in the labels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.audit.columns import BY_NAME, Columns, label_table
from pairbounds.real_data.audit.reading import Numbers, coded, read_labels

NONE = -1  # the number of what is left out


@dataclass(frozen=True, eq=False)
class Images:
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


def matched_images(paired: pa.Array, labels: Path | None, columns: Columns = BY_NAME) -> Images:
    """The images with these distinct ids, matched with a table of labels."""
    if labels is None:
        return Images(paired, np.arange(len(paired), dtype=np.int32))
    batches = [batch for piece in label_table(labels, columns).pieces() for batch in read_labels(piece)]
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
    places = pc.index_in(paired, value_set=ids)
    known = np.asarray(places.is_valid())
    if not known.any():
        raise ValueError(
            f"no image of the pairs has a label: the first is {paired[0]}, and the first in {labels} {ids[0]}"
        )
    order = np.asarray(pc.sort_indices(names))
    present, compact = np.unique(np.argsort(order)[classes[places.drop_null().to_numpy()]], return_inverse=True)
    if len(present) == 1:
        only = names[int(order[present[0]])]
        raise ValueError(f"{labels} gives every image the same label, {only}, which tells nothing apart: leave it out")
    return Images(
        names=paired.filter(pa.array(known)),
        numbers=renumbered(known),
        labels=compact.astype(np.int64),
        class_names=names.take(pa.array(order[present])),
        n_unpaired=len(ids) - int(known.sum()),
    )


def renumbered(kept: npt.NDArray[np.bool_]) -> Numbers:
    """The place of each entry among those that are kept, or `NONE`."""
    return np.where(kept, np.cumsum(kept, dtype=np.int32) - 1, NONE).astype(np.int32)
