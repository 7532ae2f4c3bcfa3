"""Sections of a report on studies and sweeps: means over seeds, and figures of the tables."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_integer_dtype, is_numeric_dtype

from pairbounds.figures.figure import found
from pairbounds.figures.report.contents import Picture, Section, Table, data_uri
from pairbounds.figures.report.origin import Origin
from pairbounds.figures.summaries import mean_and_half
from pairbounds.sweeps.studies import loadable_study

MOST_COLUMNS, MOST_ROWS = 6, 200  # of a table of means
FEW_ROWS = 40  # longer tables are folded
FIRST_ROWS = 50  # of a table without means


def table_named(study: str, path: Path) -> str | None:
    """Name of the study's table in a file; `None` for a study that is not of this package."""
    loaded = loadable_study(study)
    tables = () if loaded is None else loaded.tables
    return tables[0] if len(tables) == 1 else path.stem if path.stem in tables else None


def section(study: str, path: Path, frame: pd.DataFrame, origin: Origin) -> Section:
    """Section on a table of a study or of a sweep."""
    settings, loaded = origin.configuration, loadable_study(study)
    kind = "sweep" if "grid" in settings else "study"
    axes = list(dict.fromkeys(name for grid in settings.get("grid", ()) for name in grid))
    failed, counts = settings.get("failed"), ""
    if kind == "sweep":
        counts = f" {settings.get('cells')} cells, {failed} of them failed."
    of_several = loaded is not None and len(loaded.tables) > 1
    return Section(
        kind,
        f"{kind.capitalize()}: {study.replace('_', ' ')}" + (f" ({path.stem})" if of_several else ""),
        f"{len(frame):,} rows; seeds: {origin.seeds or 'not recorded'}.{counts}",
        question="" if loaded is None else loaded.question,
        facts={"study": study} | ({"varied": ", ".join(axes)} if axes else {}),
        tables=[means(frame, axes)],
        notes=[f"{failed} cells failed: failures.json beside the table has the reasons."] if failed else (),
        origins=[origin],
    )


def drawn(tables: Mapping[str, Path]) -> Iterator[tuple[str, Picture | str]]:
    """Yield the figures of these tables by name, each with its picture or the reason why it cannot be drawn."""
    for name, figure in found().items():
        if set(figure.tables) <= set(tables):
            files = {table: tables[table] for table in figure.tables}
            with tempfile.TemporaryDirectory() as folder:
                try:
                    path = figure.render(Path(folder), Path(folder), files=files, ends=(".png",))
                except (ValueError, LookupError, TypeError) as error:
                    yield name, str(error)
                else:
                    caption = path.with_suffix(".txt").read_text(encoding="utf-8")
                    yield name, Picture(data_uri(path), f"Figure: {figure.title}.", caption)


def first_rows(frame: pd.DataFrame, *, folded: bool = False) -> Table:
    """First rows of a table."""
    return Table("The first rows", frame.rename(columns=str), folded=folded, most=FIRST_ROWS)


def means(frame: pd.DataFrame, axes: Sequence[str]) -> Table:
    """Means over seeds with half-widths of intervals; the first rows if the means are undefined."""
    keys = _keys(frame, axes)
    if keys is None:
        return first_rows(frame, folded=True)
    measured = [name for name in frame.select_dtypes("number") if name not in (*keys, "seed")]
    rows = []
    groups: Any = frame.groupby(keys, sort=False, dropna=False) if keys else [((), frame)]
    for labels, group in groups:
        row = dict(zip(keys, labels, strict=True))
        for name in measured[:MOST_COLUMNS]:
            row[str(name)], row[f"± of {name}"] = mean_and_half(group[name].astype("float64"))
        rows.append(row)
    omitted = "; not shown: " + ", ".join(map(str, measured[MOST_COLUMNS:])) if measured[MOST_COLUMNS:] else ""
    caption = f"Means over seeds, ± half the width of the 95% t interval{omitted}"
    return Table(caption, pd.DataFrame(rows), folded=len(rows) > FEW_ROWS, most=MOST_ROWS)


def _keys(frame: pd.DataFrame, axes: Sequence[str]) -> list[str] | None:
    """Columns that identify a row together with the seed: varying settings, names, and counts if necessary."""
    if "seed" not in frame:
        return None
    texts = [str(name) for name in frame if not is_numeric_dtype(frame[name]) and name not in axes]
    keys = [*(axis for axis in axes if axis in frame), *texts]
    counts = [str(name) for name in frame if is_integer_dtype(frame[name]) and name not in (*keys, "seed")]
    tried = (keys + counts[:more] for more in range(len(counts) + 1))
    return next((key for key in tried if not frame.duplicated(["seed", *key]).any()), None)
