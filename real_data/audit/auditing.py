"""An audit from end to end: read, measure, write."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pairbounds.infrastructure.checks import require_width
from pairbounds.infrastructure.files import (
    Output,
    locked_folder,
    record_output,
    remove_table,
    replacing,
    table_outputs,
)
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.tables import provenance, write_table
from pairbounds.real_data.audit.audit_tables import NEED_LABELS, TABLES, audit_tables
from pairbounds.real_data.audit.noise_trials import caption_noise
from pairbounds.real_data.audit.pair_tables import AuditTables, Columns, open_tables, read_rows
from pairbounds.real_data.audit.summary import summarise
from pairbounds.sweeps.settings import as_settings
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.spectrum.triplets import spectrum_beyond

NOISE = "noise"  # table of `caption_noise`
STAGES = ("read", "spectrum", "bounds", "tables", NOISE)
WIDTH = 32


@dataclass(frozen=True)
class AuditSettings:
    """Settings of an audit.

    Attributes
    ----------
    k : width of the embedding in the bounds, 1..min(n_images, n_captions); by default `WIDTH`, or the largest
    device, seed : of `pairbounds.spectrum`
    """

    k: int | None = None
    device: str = "auto"
    seed: int = 0


class Audit(NamedTuple):
    """The summary, with the keys of `KEYS`, and the tables by name."""

    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]


def audit(
    pairs: str | Path,
    labels: str | Path | None = None,
    out: str | Path = "audit",
    settings: AuditSettings | Mapping[str, Any] | None = None,
    columns: Columns | Mapping[str, Any] | None = None,
    noise: float | None = None,
) -> Audit:
    """Audit a table of pairs: consistency, spectrum, connectivity, bounds, and the most harmful captions and classes.

    Writes the tables of `audit_tables` as Parquet with sidecars into the folder `out`, and last summary.json, which
    marks a complete audit. An earlier audit stays complete until this audit is on disk. The summary lists the content
    keys of the tables.

    Parameters
    ----------
    pairs : Parquet, CSV, TSV or JSONL file, or a folder of them
        Columns image, caption and optionally weight, or other names known to `pairbounds.theory.graph.graph_files`.
    labels : likewise, optional
        Columns image and label; by default those of `pairs`. Without labels: the spectrum and the hub captions.
    settings, columns : optional
        `AuditSettings`, and `Columns` for other column names; or dicts of some settings.
    noise : share of wrong captions for `caption_noise`, with labels. Its results are one more table.

    Raises
    ------
    FileNotFoundError : a file is missing
    ValueError : an empty or damaged table, or a missing column; a row without an image, a caption or a positive weight;
        an image with two labels, no labelled image, or a single class; k out of range
    OSError : `out` cannot be written

    Notes
    -----
    Time and memory are those of `spectrum` and `check_bounds`, plus about 20 bytes a row and the distinct ids. No array
    (n_images, n_classes) is formed; the largest arrays are (n_images, k), or of
    `pairbounds.theory.quantities.label_blocks.BLOCK_BYTES`.
    """
    tables = open_tables(Path(pairs), None if labels is None else Path(labels), as_settings(Columns, columns))
    return audit_opened(tables, Path(out), as_settings(AuditSettings, settings), noise)


def audit_opened(inputs: AuditTables, out: Path, settings: AuditSettings, noise: float | None = None) -> Audit:
    """Audit opened tables; see `audit`."""
    if noise is not None and not 0 < noise < 1:
        raise ValueError(f"noise={noise!r} must be in (0, 1): give the share of wrong captions")
    if noise is not None and inputs.labels is None:
        raise ValueError("noise: labels are missing: give labels, or the name of their column")
    paths = {name: None if table is None else str(table.path) for name, table in inputs._asdict().items()}
    configuration = paths | asdict(settings) | ({} if noise is None else {"noise": noise})
    with locked_folder(out), Bar(total=len(STAGES)) as bar:
        _show(bar, "read")
        rows = read_rows(inputs)
        graph = rows.graph()
        k = min(WIDTH, *graph.shape) if settings.k is None else settings.k
        require_width(graph.shape, k)
        _show(bar, "spectrum")
        triplets = spectrum_beyond(graph, k, device=settings.device, seed=settings.seed)
        _show(bar, "bounds")
        bounds = check_bounds(graph, k, triplets=triplets)
        _show(bar, "tables")
        tables = audit_tables(graph, triplets, bounds)
        words: tuple[str, ...] = ()
        if noise is not None:
            _show(bar, NOISE)
            tables[NOISE], words = caption_noise(graph, noise, k, device=settings.device, seed=settings.seed)
        keys = {name: write_table(table, out / f"{name}.parquet", configuration) for name, table in tables.items()}
        metadata = {
            "n_rows": len(rows.weights),
            "n_images_without_label": rows.n_unlabelled,
            "columns": {name: table.column_roles for name, table in inputs._asdict().items() if table is not None},
            "provenance": provenance(configuration) | {"content_keys": keys},
            "noise": list(words) or None,
        }
        summary = summarise(graph, triplets, tables, metadata)
        with replacing(out / "summary.json") as temporary:
            text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")
        for name in {*NEED_LABELS, NOISE} - tables.keys():
            remove_table(out / f"{name}.parquet")  # of an earlier audit
    return Audit(summary, tables)


def outputs(out: Path) -> list[Output]:
    """Output files that an audit overwrites or removes."""
    tables = [out / f"{name}.parquet" for name in (*TABLES, NOISE)]
    return [*table_outputs(*tables), record_output(out / "summary.json", ("n_pairs", "provenance", "keys"))]


def _show(bar: Bar, stage: str) -> None:
    """Show that a stage begins."""
    bar.desc = stage
    bar.reach(STAGES.index(stage))
