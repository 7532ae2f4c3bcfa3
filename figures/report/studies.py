"""Tables of `pairbounds study` and `pairbounds sweep`: what they hold over seeds, and the figures that read them."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from pairbounds.figures.figure import found
from pairbounds.figures.prerequisites import figures_of, question_of, study_named, written
from pairbounds.figures.report.contents import Picture, Section, Table, data_uri
from pairbounds.figures.report.origin import Origin
from pairbounds.figures.summaries import mean_and_half

SEED = "seed"
MOST_COLUMNS, MOST_ROWS = 6, 200  # of means that are shown
FEW_ROWS = 40  # that are shown unasked
FIRST_ROWS = 50  # of a table of which there are no means


def study_in(origin: Origin | None) -> str | None:
    """The study that a sidecar names, if it is of one."""
    name = None if origin is None else origin.configuration.get("study")
    return name if isinstance(name, str) else None


def table_named(study: str, path: Path) -> str | None:
    """The table of a study of this package that a file is; `None` for another study. Nothing is imported."""
    module = study_named(study)
    tables = () if module is None else written(module)
    if len(tables) == 1:
        return tables[0]
    return path.stem if path.stem in tables else None


def section(anchor: str, study: str, path: Path, frame: pd.DataFrame, origin: Origin) -> Section:
    """The section of the table of a study, or of a sweep of it."""
    settings, sweep = origin.configuration, "grid" in origin.configuration
    module = study_named(study)
    axes = _axes(settings) if sweep else []
    failed = settings.get("failed")
    counts = f"{settings.get('cells')} cells, {failed} of them failed" if sweep else ""
    table = _means(frame, axes)
    return Section(
        anchor,
        "sweep" if sweep else "study",
        f"{'Sweep' if sweep else 'Study'}: {study.replace('_', ' ')}"
        + (f" ({path.stem})" if _is_one_of(study) else ""),
        f"{len(frame):,} rows; seeds: {origin.seeds or 'not recorded'}." + (f" {counts}." if counts else ""),
        question="" if module is None else question_of(module),
        facts={"study": study, "varied": ", ".join(axes)} if axes else {"study": study},
        tables=[table],
        notes=[f"{failed} cells failed: failures.json beside the table says why."] if failed else (),
        origins=[origin],
    )


def drawn(tables: Mapping[str, Path]) -> Iterator[tuple[str, Picture | str]]:
    """The figures that read these tables and no others, each by its name with its picture, or why there is none."""
    for name, read in figures_of(tables).items():
        if set(read) <= set(tables):
            figure = found()[name]
            with tempfile.TemporaryDirectory() as folder:
                try:
                    path = figure.render(
                        Path(folder), Path(folder), files={one: tables[one] for one in read}, ends=(".png",)
                    )
                except (ValueError, LookupError, TypeError) as error:
                    yield name, str(error)
                else:
                    caption = path.with_suffix(".txt").read_text(encoding="utf-8")
                    yield name, Picture(data_uri(path), f"Figure: {figure.title}.", caption)


def _is_one_of(study: str) -> bool:
    module = study_named(study)
    return module is not None and len(written(module)) > 1


def _axes(settings: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(name for grid in settings["grid"] for name in grid))


def _means(frame: pd.DataFrame, axes: Sequence[str]) -> Table:
    """Means over seeds, with half the width of their intervals; the first rows, where seeds are not what tells them."""
    keys = _keys(frame, axes)
    if keys is None:
        rows = [tuple(row) for row in frame.head(FIRST_ROWS).astype(object).itertuples(index=False)]
        left_out = max(0, len(frame) - FIRST_ROWS)
        return Table("The first rows", list(map(str, frame.columns)), rows, folded=True, left_out=left_out)
    measured = [name for name in frame if name not in (*keys, SEED) and _is_measured(frame[name])]
    shown = measured[:MOST_COLUMNS]
    groups = list(frame.groupby(keys, sort=False, dropna=False)) if keys else [((), frame)]
    rows = [
        (*labels, *(value for name in shown for value in mean_and_half(group[name].astype("float64"))))
        for labels, group in groups[:MOST_ROWS]
    ]
    headings = [*keys, *(heading for name in shown for heading in (str(name), f"± of {name}"))]
    others = f"; not shown: {', '.join(map(str, measured[MOST_COLUMNS:]))}" if len(measured) > len(shown) else ""
    about = "Means over seeds, ± half the width of the 95% t interval"
    left_out = max(0, len(groups) - MOST_ROWS)
    return Table(about + others, headings, rows, folded=len(rows) > FEW_ROWS, left_out=left_out)


def _keys(frame: pd.DataFrame, axes: Sequence[str]) -> list[str] | None:
    """The columns that, with the seed, tell the rows apart: settings that vary, names, and counts if need be."""
    if SEED not in frame:
        return None
    texts = [str(name) for name in frame if not is_numeric_dtype(frame[name]) and name not in axes]
    keys = [*(axis for axis in axes if axis in frame), *texts]
    counts = [str(name) for name in frame if is_integer_dtype(frame[name]) and name not in (*keys, SEED)]
    for more in range(len(counts) + 1):
        tried = [*keys, *counts[:more]]
        if not frame.duplicated([SEED, *tried]).any():
            return tried
    return None


def _is_measured(column: "pd.Series[Any]") -> bool:
    return is_numeric_dtype(column) and not is_bool_dtype(column)
