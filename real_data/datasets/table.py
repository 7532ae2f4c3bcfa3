"""Pictures listed in a table, with a caption and a label in every row."""

from pathlib import Path

import numpy as np
import pandas as pd

from pairbounds.infrastructure.reading import FORMATS, is_table, table_file
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.inspection import inspected

COLUMNS, LABEL = ("image", "caption", "label"), "label"
NONE = ""  # missing label; cells are never empty


def table(path: Path, size: int | None = None, cache: Path | None = None) -> ImageTextDataset:
    """The pictures of a table with the columns image, caption and label; others are ignored.

    Without the column label, images are unlabelled, which is enough for training. Several rows with one image give it
    several captions. Relative paths start from the table's folder. Unreadable and missing pictures are skipped.

    `ValueError`: no table, a missing column or an empty cell, an image with two labels, or no readable picture.
    `FileNotFoundError`: no such file.

    Parameters
    ----------
    size : pixels along a side, from the centre of each picture; by default the original size
    cache : folder with an index of the files, so that later starts read no unchanged files; by default all are read
    """
    path = Path(path)
    rows = _rows(path)
    captions = rows.groupby("image", sort=False)["caption"].agg(tuple)
    labels = rows.groupby("image", sort=False)["label"].agg("first")
    torn = rows["label"].ne(rows["image"].map(labels))
    if torn.any():
        raise ValueError(f"table {path}: image {rows.loc[torn, 'image'].iloc[0]} has two labels")
    checked = dict(inspected(path.parent, list(captions.index), cache))
    readable = [name for name, (_, reason) in checked.items() if not reason]
    skipped = tuple(reason for _, reason in checked.values() if reason)
    if not readable:
        raise ValueError(f"table {path}: none of its {len(captions)} pictures can be read: {skipped[0]}")
    label_names = tuple(sorted(set(labels[readable]) - {NONE}))
    numbers = {NONE: -1} | {name: number for number, name in enumerate(label_names)}
    return ImageTextDataset(
        name="table",
        ids=tuple(readable),
        files=tuple(path.parent / name for name in readable),
        digests=tuple(checked[name][0] for name in readable),
        captions=tuple(captions[readable]),
        labels=np.array([numbers[label] for label in labels[readable]]),
        label_names=label_names,
        size=size,
        licence="the table's own",
        attribution="the table's own",
        skipped=skipped,
    )


def _rows(path: Path) -> pd.DataFrame:
    if not is_table(path):
        raise ValueError(f"cannot read {path}: supported formats are {', '.join(FORMATS)}")
    file = table_file(path, header=True)
    present = [name for name in COLUMNS if name in file.names]
    missing = set(COLUMNS) - {LABEL} - set(present)
    if missing:
        raise ValueError(f"table {path} lacks {sorted(missing)}: its columns are {', '.join(COLUMNS)}")
    cells = file.read(present)
    rows = pd.DataFrame({name: cells.filled(name).to_pylist() for name in present}, dtype=object)
    return rows if LABEL in rows else rows.assign(label=NONE)
