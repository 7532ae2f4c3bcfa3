"""Pair graph from the rows of a table: ids become indices, labels are matched, equal pairs are summed.

With labels, unlabelled images are dropped with their pairs, and so are captions without any remaining image. Labels of
images without pairs are ignored. Ids and labels are text, as in `pairbounds.infrastructure.reading`;
`pairbounds.real_data.audit.pair_tables` selects the columns.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.reading import TEXT
from pairbounds.real_data.audit.pair_tables import AuditTables, RoleTable, class_of_image, read_pairs
from pairbounds.theory.graph.pair_graph import PairGraph

NONE = -1  # index of dropped nodes and missing labels
Numbers = npt.NDArray[np.int32]  # indices of nodes and classes; int32 halves the memory for each row of a file


@dataclass(frozen=True, eq=False)
class Counted:
    """Pairs and names counted from a table.

    Attributes
    ----------
    graph : the pairs, with the labels, if any
    images, captions, classes : names of the nodes, in the order of first appearance, and of the classes, if any
    tally : counts of rows read and images dropped, with keys of `pairbounds.real_data.audit.summary.KEYS`
    """

    graph: PairGraph
    images: pa.Array
    captions: pa.Array
    classes: pa.Array | None
    tally: dict[str, int]


class Images(NamedTuple):
    """The images of an audit: all images of the pairs, or with labels the labelled images.

    Attributes
    ----------
    names : (n_left,), in the order of first appearance
    numbers : for each image of the pairs its index in `names`, or `NONE` without a label
    labels : (n_left,), classes 0..r-1, or `None` without labels
    class_names : (r,), sorted
    """

    names: pa.Array
    numbers: Numbers
    labels: IntArray | None = None
    class_names: pa.Array | None = None


def count_pairs(tables: AuditTables) -> Counted:
    """Count a table of pairs.

    Notes
    -----
    Memory: 16 bytes for each row, and the distinct ids.
    """
    rows = read_pairs(tables.pairs)
    images = matched_images(rows.images.dictionary, tables.labels)
    left, right = images.numbers[rows.images.indices.to_numpy()], rows.captions.indices.to_numpy()
    captions = rows.captions.dictionary
    inside = left != NONE
    used = np.bincount(right[inside], minlength=len(captions)) > 0
    ends, shape = (left[inside], _renumbered(used)[right[inside]]), (len(images.names), int(used.sum()))
    joint = sp.coo_array((rows.weights[inside], ends), shape=shape)
    tally = {"n_rows": len(left), "n_images_without_label": int(np.sum(images.numbers == NONE))}
    del rows, left, right, inside, ends
    graph = PairGraph(joint, images.labels)
    return Counted(graph, images.names, captions.filter(pa.array(used)), images.class_names, tally)


def matched_images(paired: pa.Array, labels: RoleTable | None) -> Images:
    """Images with these distinct ids, matched with a table of labels."""
    if labels is None:
        return Images(paired, np.arange(len(paired), dtype=np.int32))
    class_by_image = class_of_image(labels)
    classes, names = pd.factorize(class_by_image.reindex(paired.to_pandas()), sort=True)
    labelled = classes != NONE
    if not labelled.any():
        first = f"the first is {paired[0]}, and the first in {labels.path} {class_by_image.index[0]}"
        raise ValueError(f"no image of the pairs has a label: {first}")
    if len(names) == 1:
        message = f"{labels.path} gives every image the same label, {names[0]}: leave it out, or give at least two"
        raise ValueError(message)
    return Images(
        names=paired.filter(pa.array(labelled)),
        numbers=_renumbered(labelled),
        labels=classes[labelled].astype(np.int64),
        class_names=pa.array(names, TEXT),
    )


def _renumbered(mask: npt.NDArray[np.bool_]) -> Numbers:
    """Index of each entry among the entries of a mask, or `NONE`."""
    return np.where(mask, np.cumsum(mask, dtype=np.int32) - 1, NONE).astype(np.int32)
