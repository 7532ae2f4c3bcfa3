"""An audit from end to end: read, measure, write."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pairbounds.infrastructure.checks import require_width
from pairbounds.infrastructure.files import Output, locked_folder, record_output, remove_table, table_outputs
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.tables import provenance, write_table
from pairbounds.real_data.audit.audit_tables import NEED_LABELS, TABLES, audit_tables
from pairbounds.real_data.audit.counting import count_pairs
from pairbounds.real_data.audit.measuring import Measures, agreement, pair_facts
from pairbounds.real_data.audit.noise_trials import caption_noise
from pairbounds.real_data.audit.pair_tables import Columns, open_tables
from pairbounds.real_data.audit.summary import summarise, write_summary
from pairbounds.sweeps.settings import as_settings
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import spectrum_beyond

NOISE = "noise"  # table of `caption_noise`
STAGES = ("read", "spectrum", "bounds", "pairs", "tables", NOISE)
WIDTH = 32


@dataclass(frozen=True)
class Settings:
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
    settings: Settings | Mapping[str, Any] | None = None,
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
        `Settings`, and `Columns` for other column names; or dicts of some settings.
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
    settings, columns = as_settings(Settings, settings), as_settings(Columns, columns)
    if noise is not None and not 0 < noise < 1:
        raise ValueError(f"noise={noise!r} must be in (0, 1): give the share of wrong captions")
    out = Path(out)
    files = open_tables(Path(pairs), None if labels is None else Path(labels), columns)
    labels = None if files.labels is None else str(files.labels.path)
    if noise is not None and labels is None:
        raise ValueError("noise: labels are missing: give labels, or the name of their column")
    configuration = {"pairs": str(pairs), "labels": labels, **asdict(settings)}
    configuration |= {} if noise is None else {"noise": noise}
    with locked_folder(out), Bar(total=len(STAGES)) as bar:
        _show(bar, "read")
        counted = count_pairs(files)
        measures = _measures(counted.graph, settings, bar)
        _show(bar, "tables")
        tables = audit_tables(measures, counted)
        words: tuple[str, ...] = ()
        if noise is not None:
            _show(bar, NOISE)
            tables[NOISE], words = caption_noise(
                counted.graph, noise, measures.k, device=settings.device, seed=settings.seed
            )
        keys = {name: write_table(table, out / f"{name}.parquet", configuration) for name, table in tables.items()}
        metadata = {
            **counted.tally,
            "columns": files.columns(),
            "provenance": provenance(configuration) | {"content_keys": keys},
            "noise": list(words) or None,
        }
        summary = summarise(measures, metadata)
        write_summary(summary, out / "summary.json")
        for name in {*NEED_LABELS, NOISE} - tables.keys():
            remove_table(out / f"{name}.parquet")  # of an earlier audit
    return Audit(summary, tables)


def outputs(out: Path) -> list[Output]:
    """Output files that an audit overwrites or removes."""
    tables = [part for name in (*TABLES, NOISE) for part in table_outputs(out / f"{name}.parquet")]
    return [*tables, record_output(out / "summary.json", ("n_pairs", "provenance", "keys"))]


def _measures(graph: PairGraph, settings: Settings, bar: Bar) -> Measures:
    k = min(WIDTH, *graph.shape) if settings.k is None else settings.k
    require_width(graph.shape, k)
    _show(bar, "spectrum")
    triplets = spectrum_beyond(graph, k, device=settings.device, seed=settings.seed)
    _show(bar, "bounds")
    bounds = check_bounds(graph, k, triplets=triplets)
    _show(bar, "pairs")
    agreed = None if graph.left_labels is None else agreement(graph, triplets)
    return Measures(graph, k, triplets, bounds, pair_facts(graph), agreed)


def _show(bar: Bar, stage: str) -> None:
    """Show that a stage begins."""
    bar.desc = stage
    bar.reach(STAGES.index(stage))
