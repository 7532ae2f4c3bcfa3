"""Pictures listed in a table, with a caption and a label in every row."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pairbounds.infrastructure.reading import FORMATS, Rows, is_table, table_file
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.inspection import inspected
from pairbounds.theory.graph.graph_files import classes_by_name, pair_columns, read_labels

NONE = ""  # missing label
ROLES = {"left": "image", "right": "caption"}  # roles of `pair_columns`


def table(
    path: Path,
    size: int | None = None,
    cache: Path | None = None,
    columns: Sequence[str] | None = None,
    labels: Path | None = None,
) -> ImageTextDataset:
    """The pictures of a table with columns of images, captions and labels, as `read_graph` finds them.

    Without labels, images are unlabelled, which is enough for training. Several rows with one image give it
    several captions. Relative paths start from the table's folder. Unreadable and missing pictures are skipped.

    `ValueError`: no table, a missing column or an empty cell, an image with two labels, or no readable picture.
    `FileNotFoundError`: no such file.

    Parameters
    ----------
    size : pixels along a side, from the centre of each picture; by default the original size
    cache : folder with an index of the files, so that later starts read no unchanged files; by default all are read
    columns : names of the columns of images and captions; by default known names
    labels : table of images and labels; by default the column of labels in the table
    """
    path = Path(path)
    if not is_table(path):
        raise ValueError(f"cannot read {path}: supported formats are {', '.join(FORMATS)}")
    file = table_file(path, header=True)
    roles = pair_columns(file, *(columns or (None, None)))
    if missing := [name for side, name in ROLES.items() if side not in roles]:
        raise ValueError(
            f"table {path} has no column {' and '.join(missing)}: its columns are {', '.join(file.names)}. "
            "Rename them, or name both by `columns=IMAGE,CAPTION`"
        )
    rows = file.read(list(roles.values()))
    cells = {side: rows.filled(roles[side]).to_pylist() for side in ROLES}
    captions = pd.DataFrame(cells, dtype=object).groupby("left", sort=False)["right"].agg(tuple)
    class_of_image = _class_of_image(rows, roles, labels)
    image_labels = {name: class_of_image.get(name, NONE) for name in captions.index}
    checked = dict(inspected(path.parent, list(captions.index), cache))
    readable = [name for name, (_, reason) in checked.items() if not reason]
    skipped = tuple(reason for _, reason in checked.values() if reason)
    if not readable:
        raise ValueError(f"table {path}: none of its {len(captions)} pictures can be read: {skipped[0]}")
    label_names = tuple(sorted({image_labels[name] for name in readable} - {NONE}))
    numbers = {NONE: -1} | {name: number for number, name in enumerate(label_names)}
    return ImageTextDataset(
        name="table",
        ids=tuple(readable),
        files=tuple(path.parent / name for name in readable),
        digests=tuple(checked[name][0] for name in readable),
        captions=tuple(captions[readable]),
        labels=np.array([numbers[image_labels[name]] for name in readable]),
        label_names=label_names,
        size=size,
        skipped=skipped,
    )


def _class_of_image(rows: Rows, roles: Mapping[str, str], labels: Path | None) -> Mapping[str, str]:
    """Class of each labelled image, from a table of labels or from the column of labels."""
    if labels is not None:
        classes = read_labels(labels)
        if not isinstance(classes, Mapping):
            raise ValueError(f"{labels} has classes without ids: give two columns, image and label")
        return classes
    if "left labels" not in roles:
        return {}
    return {str(name): str(label) for name, label in classes_by_name(rows, roles["left"], roles["left labels"]).items()}
