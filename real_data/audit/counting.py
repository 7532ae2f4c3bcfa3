"""Pair graph from the rows of a table: ids become indices, labels are matched, equal pairs are summed.

With labels, unlabelled images are dropped with their pairs, and so are captions without any remaining image. Labels of
images without pairs are ignored. Ids and labels are text, as in `pairbounds.infrastructure.reading`;
`pairbounds.real_data.audit.pair_tables` selects the columns.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.reading import TEXT
from pairbounds.real_data.audit.pair_tables import AuditTables, RoleTable, class_of_image, read_pairs
from pairbounds.theory.graph.pair_graph import PairGraph

NONE = -1  # class of an image without a label


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


class Classes(NamedTuple):
    """Classes of images: for each image a number from 0, or `NONE` without a label; and the sorted names, (r,)."""

    numbers: IntArray
    names: pa.Array


def count_pairs(tables: AuditTables) -> Counted:
    """Count a table of pairs.

    Notes
    -----
    Memory: 16 bytes for each row, and the distinct ids.
    """
    rows = read_pairs(tables.pairs)
    images, captions = rows.images.dictionary, rows.captions.dictionary
    left, right, weights = rows.images.indices.to_numpy(), rows.captions.indices.to_numpy(), rows.weights
    tally = {"n_rows": len(weights), "n_images_without_label": 0}
    classes = matched_classes(images, tables.labels)
    if classes is not None:
        inside = classes.numbers[left] != NONE
        left, right, weights = left[inside], right[inside], weights[inside]
        tally["n_images_without_label"] = int(np.sum(classes.numbers == NONE))
    joint = sp.coo_array((weights, (left, right)), shape=(len(images), len(captions)))
    graph = PairGraph(joint, classes and classes.numbers, drop_isolated=True)
    images, captions = images.take(pa.array(graph.left_ids)), captions.take(pa.array(graph.right_ids))
    return Counted(graph, images, captions, classes and classes.names, tally)


def matched_classes(images: pa.Array, labels: RoleTable | None) -> Classes | None:
    """Classes of images with these distinct ids by a table of labels; `None` without a table."""
    if labels is None:
        return None
    class_by_image = class_of_image(labels)
    numbers, names = pd.factorize(class_by_image.reindex(images.to_pandas()), sort=True)
    if not len(names):
        first = f"the first is {images[0]}, and the first in {labels.path} {class_by_image.index[0]}"
        raise ValueError(f"no image of the pairs has a label: {first}")
    if len(names) == 1:
        message = f"{labels.path} gives every image the same label, {names[0]}: leave it out, or give at least two"
        raise ValueError(message)
    return Classes(numbers.astype(np.int64), pa.array(names, TEXT))
