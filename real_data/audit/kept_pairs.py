"""The pairs that a rule keeps, in a file like that they came from: all its columns, all its rows but those that go."""

import csv
from collections.abc import Iterator, Sequence
from itertools import compress, islice
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pairbounds.infrastructure.table_files import SEPARATORS, Piece, format_of, opened_text, readable
from pairbounds.infrastructure.tables import write_recorded
from pairbounds.real_data.audit import rules
from pairbounds.real_data.audit.columns import BY_NAME, Columns, pair_table
from pairbounds.real_data.audit.counting import NONE, coded, matched_images, read_pairs
from pairbounds.real_data.audit.rules import RULES, Mask, PairList, Views
from pairbounds.real_data.audit.verdict import Choice

ROWS = 2**16  # of all columns at once


def keep_pairs(
    pairs: Path, labels: Path | None, out: Path, choice: Choice, columns: Columns = BY_NAME, seed: int = 0
) -> tuple[int, int]:
    """Write the rows of a table of pairs that are left when a rule has dropped its share of the distinct pairs.

    The rule sees all labels there are. Images without a label keep their rows, but for those of captions that go. A
    sidecar `out`.json says what was done.

    Parameters
    ----------
    pairs, labels, columns : as of `pairbounds.real_data.audit.audit`
    out : of the format of `pairs`: Parquet, CSV, TSV or JSONL

    Returns
    -------
    The rows that are kept, and all rows.

    Raises
    ------
    ValueError
        Another format; no such rule, or one that needs labels or similarities that are not there; the errors of
        `audit`.

    Notes
    -----
    The table is read twice, a batch at a time. Memory: some 50 bytes a row, and the distinct ids.
    """
    require_keepable(out, pairs, labels, choice)
    pieces = pair_table(pairs, columns).pieces()
    kept = _rows_kept(pieces, labels, choice, columns, np.random.default_rng(seed))
    files = list(dict.fromkeys(piece.fragment.path for piece in pieces))
    about = {"pairs": str(pairs), "labels": labels and str(labels), "seed": seed, **choice._asdict()}
    write_recorded(out, about, lambda temporary: _write(files, temporary, kept))
    return int(kept.sum()), len(kept)


def require_keepable(out: Path, pairs: Path, labels: Path | None, choice: Choice | None) -> None:
    """Raise `ValueError` where pairs cannot be kept: to be asked before the work, with the choice or without."""
    if out.suffix != format_of(pairs):
        raise ValueError(f"{out} is to be of the format of {pairs}: end its name in {format_of(pairs)}")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"folder {out.parent} does not exist: create it, or write somewhere else")
    if choice is None:
        return
    if choice.rule not in RULES:
        raise ValueError(f"rule {choice.rule!r} is none of {', '.join(RULES)}")
    if not 0 < choice.share < 1:
        raise ValueError(f"the share {choice.share:g} to be dropped is not in (0, 1)")
    if choice.rule == "leak" and labels is None:
        raise ValueError("the rule leak needs labels: name them with --labels")


def _rows_kept(
    pieces: Sequence[Piece], labels: Path | None, choice: Choice, columns: Columns, rng: np.random.Generator
) -> Mask:
    """Mask of the rows that are kept, in the order of the pieces of the table, which has some."""
    batches = [batch for piece in pieces for batch in read_pairs(piece)]
    (images, left), (captions, right) = coded(batches, "image"), coded(batches, "caption")
    keys, row_pair, counts = np.unique(
        left.astype(np.int64) * len(captions) + right, return_inverse=True, return_counts=True
    )
    sums = {
        role: np.bincount(row_pair, np.concatenate([batch.column(role) for batch in batches])).astype(np.float64)
        for role in batches[0].schema.names[2:]
    }
    similarities = sums["similarity"] / counts if "similarity" in sums else None
    classes = np.full(len(images), NONE, dtype=np.int64)
    if labels is not None:
        matched = matched_images(images, labels, columns)
        assert matched.labels is not None
        classes[matched.numbers != NONE] = matched.labels
    everything = PairList(keys // len(captions), keys % len(captions), sums["weight"], classes, similarities)
    known = everything.kept(classes[everything.images] != NONE)
    order = rules.ranked(RULES[choice.rule], Views(everything, known, everything), rng)
    stays = np.ones(len(everything), dtype=bool)
    stays[order[: rules.count_of(choice.share, len(everything))]] = False
    return stays[row_pair]


def _write(files: Sequence[str], out: Path, kept: Mask) -> None:
    """Write the rows that are kept, of all files in their order."""
    selectors = iter(kept.tolist())
    kind = format_of(out)
    if kind == ".parquet":
        _write_parquet(files, out, selectors)
    else:
        with out.open("w", encoding="utf-8", newline="") as opened:
            _write_text(files, opened, selectors, kind)
    if next(selectors, None) is not None:
        raise ValueError(f"{files[-1]} has fewer rows than when it was first read: give the same command again")


def _write_parquet(files: Sequence[str], out: Path, selectors: Iterator[bool]) -> None:
    schema = pq.read_schema(files[0])
    with pq.ParquetWriter(out, schema) as writer:
        for file in files:
            with pq.ParquetFile(file, pre_buffer=False) as source:
                for batch in source.iter_batches(ROWS, use_threads=False):
                    mask = pa.array(list(islice(selectors, batch.num_rows)))
                    rows = pa.Table.from_batches([batch]).filter(mask)
                    writer.write_table(rows.select(schema.names).cast(schema))


def _write_text(files: Sequence[str], out: IO[str], selectors: Iterator[bool], kind: str) -> None:
    """Copy the rows, as lines of JSON or as the cells of a text with a header."""
    writer, header = csv.writer(out, delimiter=SEPARATORS.get(kind, ","), lineterminator="\n"), None
    for file in files:
        with readable(Path(file)), opened_text(file) as opened:
            if kind == ".jsonl":
                lines = compress((line for line in opened if line.strip()), selectors)
                out.writelines(line if line.endswith("\n") else f"{line}\n" for line in lines)
                continue
            rows = (row for row in csv.reader(opened, delimiter=SEPARATORS[kind]) if row)
            first = next(rows)
            if header is None:
                writer.writerow(first)
            elif first != header:
                raise ValueError(f"{file} has other columns than {files[0]}: they cannot be kept in one file")
            header = first
            writer.writerows(compress(rows, selectors))
