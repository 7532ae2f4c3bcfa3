"""A folder of `pairbounds audit`: how consistent the pairs are, what the bounds say, and what hurts most by name."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pairbounds.figures.report import checks
from pairbounds.figures.report.contents import Picture, Section, Table, data_uri
from pairbounds.figures.report.origin import Origin, origin_of
from pairbounds.infrastructure.tables import read_table

SUMMARY = frozenset({"n_images", "n_captions", "n_pairs", "k", "bounds_failed", "keys", "provenance"})  # keys of one
MOST_ROWS = 25  # of a ranking
RANKINGS = {
    "crossing_captions": "Captions that cross labels most",
    "hub_captions": "Captions that make most of the pairs",
    "classes": "Classes, the least consistent first",
    "class_pairs": "Classes that mix most",
}
PICTURES = {
    "audit.png": "Four panels of the audit: bounds against what was measured, singular values, captions and classes.",
}
FACTS = {
    "images": "n_images",
    "captions": "n_captions",
    "distinct pairs": "n_pairs",
    "classes": "n_classes",
    "width k": "k",
    "consistency, 1 - α_T": "consistency",
    "α_T": "induced_labelling_error",
    "α_T of two different images": "distinct_labelling_error",
    "α_T by chance": "chance_labelling_error",
    "largest λ₂ of a class": "largest_second_eigenvalue",
    "probe error, measured": "probe_error",
    "by guessing": "guess_error",
}


def summary_of(path: Path) -> dict[str, Any] | None:
    """The summary of an audit, if that is what the file is."""
    if path.suffix != ".json":
        return None
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and content.keys() >= SUMMARY else None


def section(anchor: str, path: Path, summary: Mapping[str, Any]) -> tuple[Section, list[Path]]:
    """The section of an audit, and the files that it is made of.

    Parameters
    ----------
    path : of the summary

    Raises
    ------
    FileNotFoundError
        A table that the summary names is not beside it.
    ValueError
        One cannot be read, or is not as it was written.
    """
    files = {name: path.parent / f"{name}.parquet" for name in summary["provenance"]["content_keys"]}
    frames = {name: read_table(file) for name, file in files.items()}
    bounds = checks.typed(frames["bounds"])
    pairs = Path(str(summary["provenance"]["configuration"]["pairs"])).name
    pictures = {path.with_name(name): alt for name, alt in PICTURES.items() if path.with_name(name).is_file()}
    found = Section(
        anchor,
        "audit",
        f"Audit of {pairs}",
        " ".join([_consistency(summary), checks.in_words(bounds)]),
        alarm=bool(checks.violated(bounds)),
        facts={name: summary[key] for name, key in FACTS.items() if summary.get(key) is not None},
        pictures=[Picture(data_uri(file), alt) for file, alt in pictures.items()],
        tables=[checks.claims(bounds), *_rankings(frames)],
        notes=list(map(str, summary["what_if"] or ())),
        origins=_origins(files.values()),
    )
    with_pdf = [file for picture in pictures for file in (picture, picture.with_suffix(".pdf"))]
    return found, [path, *files.values(), *with_pdf]


def _consistency(summary: Mapping[str, Any]) -> str:
    if summary["consistency"] is None:
        return "The images have no labels, so that nothing is said of errors."
    low, high = summary["induced_labelling_error_interval"]
    return (
        f"Two images that share a caption agree in their label with probability {summary['consistency']:.4f}; by "
        f"chance they would with {1 - summary['chance_labelling_error']:.4f}. α_T is "
        f"{summary['induced_labelling_error']:.4f}, with an approximate 95% interval from {low:.4f} to {high:.4f}."
    )


def _rankings(frames: Mapping[str, pd.DataFrame]) -> list[Table]:
    return [
        Table(
            title,
            [name.replace("_", " ") for name in frame.columns],
            [tuple(row) for row in frame.head(MOST_ROWS).astype(object).itertuples(index=False)],
            folded=True,
            left_out=max(0, len(frame) - MOST_ROWS),
        )
        for name, title in RANKINGS.items()
        if (frame := frames.get(name)) is not None and len(frame)
    ]


def _origins(files: Sequence[Path] | Any) -> list[Origin]:
    return [origin for file in files if (origin := origin_of(file)) is not None]
