"""Section of a report on a `pairbounds audit`: consistency, bounds, and the worst captions and classes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pairbounds.figures.report import checks
from pairbounds.figures.report.contents import Picture, Section, Table, data_uri
from pairbounds.figures.report.origin import origin_of
from pairbounds.infrastructure.tables import read_table
from pairbounds.real_data.audit.audit_report import RANKINGS

SUMMARY = frozenset({"n_images", "n_captions", "n_pairs", "k", "bounds_failed", "keys", "provenance"})  # its keys
MOST_ROWS = 25  # rows of a ranking
PICTURE = "audit.png"
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
    """Summary of an audit in a file; `None` for another file."""
    try:
        content = json.loads(path.read_bytes()) if path.suffix == ".json" else None
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and content.keys() >= SUMMARY else None


def section(path: Path, summary: Mapping[str, Any]) -> tuple[Section, list[Path]]:
    """Section of an audit with its summary at `path`, and the files of the audit.

    `FileNotFoundError`: a table that the summary names is missing. `ValueError`: a table cannot be read or was changed.
    """
    files = {name: path.parent / f"{name}.parquet" for name in summary["provenance"]["content_keys"]}
    frames = {name: read_table(file) for name, file in files.items()}
    bounds = checks.typed(frames["bounds"])
    pairs = Path(str(summary["provenance"]["configuration"]["pairs"])).name
    picture = path.with_name(PICTURE)
    alt = "Panels of the audit: bounds and measured values, singular values, captions and classes."
    rankings = [
        Table(title, frame.rename(columns=lambda column: column.replace("_", " ")), folded=True, most=MOST_ROWS)
        for name, (title, _) in RANKINGS.items()
        if (frame := frames.get(name)) is not None and len(frame)
    ]
    result = Section(
        "audit",
        f"Audit of {pairs}",
        f"{_consistency(summary)} {checks.in_words(bounds)}",
        alarm=bool(checks.violated(bounds)),
        facts={name: summary[key] for name, key in FACTS.items() if summary.get(key) is not None},
        pictures=[Picture(data_uri(picture), alt)] if picture.is_file() else [],
        tables=[checks.claims(bounds), *rankings],
        notes=[str(sentence) for key in ("what_if", "noise") for sentence in summary.get(key) or ()],
        origins=[origin for file in files.values() if (origin := origin_of(file)) is not None],
    )
    return result, [path, *files.values(), picture, picture.with_suffix(".pdf")]


def _consistency(summary: Mapping[str, Any]) -> str:
    if summary["consistency"] is None:
        return "The images have no labels: errors are not evaluated."
    low, high = summary["induced_labelling_error_interval"]
    return (
        f"Two images that share a caption have the same label with probability {summary['consistency']:.4f} (by "
        f"chance: {1 - summary['chance_labelling_error']:.4f}). α_T is "
        f"{summary['induced_labelling_error']:.4f}, with the approximate 95% interval [{low:.4f}, {high:.4f}]."
    )
