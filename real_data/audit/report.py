"""The audit as it is printed: what to know first, which bounds say something, what hurts most."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pairbounds.infrastructure.commandline import echo, print_table

SHOWN = 5  # rows of a ranking
LETTERS = 50  # of a name
RANKINGS = (
    (
        "crossing_captions",
        "Captions that cross labels most",
        {
            "caption": "caption",
            "alpha_share": "share of α_T",
            "n_images": "images",
            "crossing": "labels differ",
            "main_class": "mostly",
        },
    ),
    (
        "hub_captions",
        "Captions that make most of the pairs",
        {"caption": "caption", "induced_share": "share of pairs", "n_images": "images", "mass": "mass"},
    ),
    (
        "classes",
        "Classes, the least consistent first",
        {
            "class": "class",
            "consistency": "consistency",
            "second_eigenvalue": "λ₂",
            "alpha_share": "share of α_T",
            "mixes_with": "mixes with",
        },
    ),
    (
        "class_pairs",
        "Classes that mix most",
        {"first": "class", "second": "and", "alpha_share": "share of α_T", "lift": "over chance"},
    ),
)


def print_report(summary: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
    """Print the report."""
    for name, columns in summary["columns"].items():
        echo(f"{name}: {_columns(columns)}")
    print_table("Pairs", [("", "left"), ("", "right"), ("", "left")], _overview(summary))
    _print_bounds(summary)
    for name, title, columns in RANKINGS:
        if name in tables:
            _print_ranking(title, tables[name], columns)
    for sentence in summary["what_if"] or ():
        echo(sentence)


def _columns(columns: Mapping[str, Any]) -> str:
    read = ", ".join(f"{role} {name}" for role, name in columns.items() if role != "ignored")
    return f"read {read}; ignored {', '.join(columns['ignored']) or 'none'}"


def _overview(summary: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    s = summary
    left_out = f"{s['n_images_without_label']:,} more images have no label" if s["n_images_without_label"] else ""
    rows = [
        ("images", f"{s['n_images']:,}", left_out),
        ("captions", f"{s['n_captions']:,}", ""),
        ("distinct pairs", f"{s['n_pairs']:,}", f"of {s['n_rows']:,} rows"),
        (
            "σ_2",
            _number(([*s["singular_values"], s["next_singular_value"]])[1]),
            _components(s["unit_singular_values"]),
        ),
        (f"σ_{s['k'] + 1}", _number(s["next_singular_value"]), f"k = {s['k']}"),
    ]
    if s["n_classes"] is None:
        return rows
    chance = f"{s['n_classes']} classes; {_number(1 - s['chance_labelling_error'])} by chance"
    return [
        *rows,
        ("consistency, 1 - α_T", _number(s["consistency"]), chance),
        ("α_T", _number(s["induced_labelling_error"]), _interval(s["induced_labelling_error_interval"])),
        (
            "α_T, two different images",
            _number(s["distinct_labelling_error"]),
            _interval(s["distinct_labelling_error_interval"]),
        ),
        (
            "largest λ₂ of a class",
            _number(s["largest_second_eigenvalue"]),
            "1: it falls apart, if only by one image that shares no caption",
        ),
        ("probe error, measured", _number(s["probe_error"]), f"{_number(s['guess_error'])} by guessing"),
    ]


def _components(count: int) -> str:
    return f"at least {count} components" if count > 1 else ""


def _interval(ends: list[float] | None) -> str:
    return "" if ends is None else f"{_number(ends[0])} to {_number(ends[1])}, approximate 95%"


def _print_bounds(summary: Mapping[str, Any]) -> None:
    """The bounds on the probe error, the tightest first, and how all of them fared."""
    bounds, failed = summary["bounds"], summary["bounds_failed"]
    about = {name: row for name, row in bounds.items() if row["quantity"] == "probe_error"}
    columns = [("bound", "left"), ("measured", "right"), ("", "left"), ("value", "right"), ("verdict", "left")]
    rows = [
        (name, _number(row["measured"]), "≤", _number(row["value"]), _verdict(row))
        for name, row in sorted(about.items(), key=lambda item: _or_infinite(item[1]["value"]))
    ]
    if rows:
        print_table("Bounds on the probe error", columns, rows)
    echo(
        f"{sum(row['holds'] for row in bounds.values())} of {len(bounds)} bounds hold"
        + (f"; FAILED: {', '.join(failed)}" if failed else "")
    )


def _verdict(row: Mapping[str, Any]) -> str:
    if not row["holds"]:
        return "VIOLATED"
    return "holds, vacuous" if row["vacuous"] else "holds"


def _print_ranking(title: str, table: pd.DataFrame, columns: Mapping[str, str]) -> None:
    rows = [tuple(_cell(value) for value in row) for row in table[list(columns)].head(SHOWN).itertuples(index=False)]
    headings = [
        (heading, "left" if table[name].dtype.kind not in "if" else "right") for name, heading in columns.items()
    ]
    print_table(title, headings, rows)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return _number(value)
    if value is None or value is pd.NA:
        return "-"
    text = " ".join(str(value).split())
    return text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"


def _number(value: float | None) -> str:
    return "∞ or none" if value is None else f"{value:.4g}"


def _or_infinite(value: float | None) -> float:
    return float("inf") if value is None else value
