"""Rows of a table without support from its other rows, ranked, and the table without them.

Two counts support a pair of an image and a caption, relative to chance:

- *label*: other images of the caption with the image's label;
- *captions*: other images of the caption with a further caption of the image, counted once for each such caption. This
  count needs no labels.

Each gives the ratio `(count + 1/2) / (count by chance + 1/2)`, at most 1. The support of a row is the product of its
ratios. A caption of a single image has a chance count of 0, and its rows are not judged.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.reading import format_of
from pairbounds.infrastructure.tables import write_table
from pairbounds.real_data.audit.pair_tables import AuditTables, Columns, open_tables, read_rows
from pairbounds.theory.graph.labels import UNLABELLED

LISTED, DROPPED = 0.5, 0.1  # thresholds of support for listing a row, and for dropping it from a cleaned table
PRIOR = 0.5  # pseudo-count: few images give ratios near 1


def suspicious_rows(
    pairs: str | Path, labels: str | Path | None = None, columns: Columns | None = None
) -> pd.DataFrame:
    """Rows of a table of pairs whose support is below `LISTED`, the least supported first.

    Parameters and errors are those of `pairbounds.audit`.

    Returns
    -------
    DataFrame with columns
        rank (from 1), row (its index in the table from 0, through the files of a folder by name), image, caption,
        label (with labels), support (in (0, 1]), drop (support below `DROPPED`), reason (in words); and the attribute
        not_judged, the number of rows with a caption of a single image.

    Notes
    -----
    Time and memory: the sum over images of the square of their number of captions, about 40 bytes each.
    """
    return rows_of(open_tables(Path(pairs), None if labels is None else Path(labels), columns))


def rows_of(tables: AuditTables) -> pd.DataFrame:
    """Suspicious rows of opened tables; see `suspicious_rows`."""
    rows = read_rows(tables)
    ends = np.column_stack([side.indices.to_numpy() for side in (rows.images, rows.captions)]).astype(np.int64)
    distinct, pair_of_row = np.unique(ends, axis=0, return_inverse=True)
    by_pair = judged_pairs(distinct[:, 0], distinct[:, 1], rows.class_numbers)
    judged = by_pair.iloc[pair_of_row.ravel()].reset_index(drop=True)
    listed = np.flatnonzero(judged["support"] < LISTED)
    chosen = listed[np.argsort(judged["support"].to_numpy()[listed], kind="stable")]
    table = pd.DataFrame({"rank": np.arange(1, len(chosen) + 1), "row": chosen})
    for name, side in {"image": rows.images, "caption": rows.captions}.items():
        table[name] = side.take(pa.array(chosen)).cast(pa.large_string()).to_pandas()
    names = np.array([*(rows.class_names or ()), None], dtype=object)  # the last for UNLABELLED, -1
    labels = names[rows.class_numbers[ends[chosen, 0]]]
    if rows.class_names is not None:
        table["label"] = labels
    shown = judged.iloc[chosen].reset_index(drop=True)
    reasons = [_reason(row, label) for row, label in zip(shown.itertuples(), labels, strict=True)]
    table = table.assign(support=shown["support"], drop=shown["support"] < DROPPED, reason=reasons)
    table.attrs["not_judged"] = int((judged["same_by_chance"] + judged["paths_by_chance"] == 0).sum())
    return table


def judged_pairs(images: IntArray, captions: IntArray, labels: IntArray) -> pd.DataFrame:
    """Counts of each distinct pair, their values by chance, and its support; all of length n_pairs.

    `labels`: labels of the images, `UNLABELLED` for an image without a label.
    """
    degrees = np.bincount(captions)[captions]
    same, others, share = _label_counts(images, captions, labels)
    paths, tries = _caption_counts(images, captions)
    by_chance = tries * (degrees - 1) / max(1, len(np.unique(images)) - 1)
    table = pd.DataFrame(
        {"same": same, "others": others, "same_by_chance": others * share, "paths": paths, "paths_by_chance": by_chance}
    )
    ratios = (table[["same", "paths"]] + PRIOR) / (table[["same_by_chance", "paths_by_chance"]] + PRIOR).to_numpy()
    label, caption = (ratios[name].clip(upper=1) for name in ratios)
    return table.assign(label_ratio=label, caption_ratio=caption, support=label * caption)


def _label_counts(images: IntArray, captions: IntArray, labels: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
    """For each pair: other images of its caption with its label, all its other labelled images, the label's share."""
    classes, has_label = labels[images] + 1, labels[images] != UNLABELLED
    keys = captions * (int(classes.max()) + 1) + classes
    same, others = (np.where(has_label, np.bincount(key, has_label)[key] - 1, 0) for key in (keys, captions))
    shares = np.bincount(classes, has_label)[classes] / max(1, has_label.sum())
    return same.astype(np.int64), others.astype(np.int64), shares


def _caption_counts(images: IntArray, captions: IntArray) -> tuple[IntArray, IntArray]:
    """For each pair: other images with its caption and another caption of its image, and with that other caption."""
    n_pairs, n_captions = len(images), int(captions.max()) + 1
    joint = sp.csr_array((np.ones(n_pairs, dtype=np.int8), (images, captions)))
    around = joint[images]  # the captions of each pair's image
    pairs, beside = np.repeat(np.arange(n_pairs), np.diff(around.indptr)), around.indices.astype(np.int64)
    apart = beside != captions[pairs]
    pairs, beside = pairs[apart], beside[apart]
    _, places, both = np.unique(captions[pairs] * n_captions + beside, return_inverse=True, return_counts=True)
    counts = (both[places] - 1, np.bincount(captions)[beside] - 1)
    paths, tries = (np.bincount(pairs, count, n_pairs).astype(np.int64) for count in counts)
    return paths, tries


def _reason(row: Any, label: str | None) -> str:
    """Reason of a row in words, the stronger count first."""
    by_label = (
        f"{row.same} of the {row.others} other images of this caption have the label {label}, "
        f"{row.same_by_chance:.1f} expected by chance"
    )
    by_captions = (
        f"the other images of this caption share a further caption with this image {row.paths} times, "
        f"{row.paths_by_chance:.1f} expected by chance"
    )
    reasons = sorted([(row.label_ratio, by_label), (row.caption_ratio, by_captions)])
    return "; ".join(words for ratio, words in reasons if ratio < 1)


def require_cleanable(tables: AuditTables, out: Path) -> None:
    """Raise `ValueError` unless a cleaned table of this name can keep all columns and types."""
    formats = {format_of(file.path) for file in tables.pairs.files}
    if formats not in ({".parquet"}, {".csv"}, {".tsv"}):
        raise ValueError(f"{tables.pairs.path}: a cleaned table needs Parquet, CSV or TSV, to keep columns and types")
    if formats == {".parquet"} and out.suffix != ".parquet":
        raise ValueError(f"{out} would lose the types of {tables.pairs.path}: give a name that ends in .parquet")


def write_suspicious(tables: AuditTables, rows: Path | None, clean: Path | None) -> list[str]:
    """Write the listed rows, and the table without the rows to drop; return a sentence on each file."""
    listed = rows_of(tables)
    dropped = listed.loc[listed["drop"], "row"].to_numpy()
    unknown = f"{listed.attrs['not_judged']:,} rows share nothing with others, and are not judged"
    about = {"pairs": str(tables.pairs.path), "listed": LISTED, "dropped": DROPPED}
    sentences = []
    if rows is not None:
        write_table(listed, rows, about)
        sentences.append(
            f"{rows}: {len(listed):,} rows with a support below {LISTED}, {len(dropped):,} of them below {DROPPED}. "
            f"Support is how often other images agree with a row, relative to chance; {unknown}"
        )
    if clean is not None:
        whole = pa.concat_tables([file.read().cells for file in tables.pairs.files])
        kept = whole.filter(pa.array(~np.isin(np.arange(whole.num_rows), dropped)))
        write_table(kept.to_pandas() if clean.suffix == ".csv" else kept, clean, about)
        sentences.append(
            f"{clean}: {kept.num_rows:,} of {whole.num_rows:,} rows; left out are the {len(dropped):,} with a support "
            f"below {DROPPED}; {unknown}"
        )
    return sentences
