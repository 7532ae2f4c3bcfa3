"""The audit as it is printed: what to know first, which bounds say something, what hurts most."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pairbounds.infrastructure.commandline import echo, print_table

SHOWN = 5  # rows of a ranking
LETTERS = 50  # of a name
RANKINGS = {
    "crossing_captions": ("Captions that cross labels most", "caption alpha_share n_images crossing main_class"),
    "hub_captions": ("Captions that make most of the pairs", "caption induced_share n_images mass"),
    "classes": ("Classes, the least consistent first", "class consistency second_eigenvalue alpha_share mixes_with"),
    "class_pairs": ("Classes that mix most", "first second alpha_share lift"),
}  # titles, and columns that are shown


def print_report(summary: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
    """Print the report."""
    for name, columns in summary["columns"].items():
        echo(f"{name}: {_columns(columns)}")
    print_table("Pairs", [("", "left"), ("", "right"), ("", "left")], _overview(summary))
    _print_bounds(summary)
    for name, (title, columns) in RANKINGS.items():
        if name in tables:
            _print_ranking(title, tables[name][columns.split()].head(SHOWN))
    for sentence in summary["what_if"] or ():
        echo(sentence)


def _columns(columns: Mapping[str, Any]) -> str:
    read = ", ".join(f"{role} {name}" for role, name in columns.items() if role != "ignored")
    return f"read {read}; ignored {', '.join(columns['ignored']) or 'none'}"


def _overview(s: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    unlabelled, components = s["n_images_without_label"], s["unit_singular_values"]
    second = [*s["singular_values"], s["next_singular_value"]][1]
    rows = [
        ("images", f"{s['n_images']:,}", f"{unlabelled:,} more images have no label" if unlabelled else ""),
        ("captions", f"{s['n_captions']:,}", ""),
        ("distinct pairs", f"{s['n_pairs']:,}", f"of {s['n_rows']:,} rows"),
        ("σ_2", _number(second), f"at least {components} components" if components > 1 else ""),
        (f"σ_{s['k'] + 1}", _number(s["next_singular_value"]), f"k = {s['k']}"),
    ]
    if s["n_classes"] is None:
        return rows
    chance = f"{s['n_classes']} classes; {_number(1 - s['chance_labelling_error'])} by chance"
    apart = "1: it falls apart, if only by one image that shares no caption"
    return [
        *rows,
        ("consistency, 1 - α_T", _number(s["consistency"]), chance),
        _with_interval("α_T", s, "induced_labelling_error"),
        _with_interval("α_T, two different images", s, "distinct_labelling_error"),
        ("largest λ₂ of a class", _number(s["largest_second_eigenvalue"]), apart),
        ("probe error, measured", _number(s["probe_error"]), f"{_number(s['guess_error'])} by guessing"),
    ]


def _with_interval(name: str, s: Mapping[str, Any], key: str) -> tuple[str, str, str]:
    ends = s[f"{key}_interval"]
    interval = "" if ends is None else f"{_number(ends[0])} to {_number(ends[1])}, approximate 95%"
    return name, _number(s[key]), interval


def _print_bounds(summary: Mapping[str, Any]) -> None:
    """The bounds on the probe error, the tightest first, and how all of them fared."""
    bounds, failed = summary["bounds"], summary["bounds_failed"]
    about = [(name, row) for name, row in bounds.items() if row["quantity"] == "probe_error"]
    about.sort(key=lambda one: math.inf if one[1]["value"] is None else one[1]["value"])
    columns = [("bound", "left"), ("measured", "right"), ("", "left"), ("value", "right"), ("verdict", "left")]
    rows = [(name, _number(row["measured"]), "≤", _number(row["value"]), _verdict(row)) for name, row in about]
    if rows:
        print_table("Bounds on the probe error", columns, rows)
    fared = f"; FAILED: {', '.join(failed)}" if failed else ""
    echo(f"{sum(row['holds'] for row in bounds.values())} of {len(bounds)} bounds hold{fared}")


def _verdict(row: Mapping[str, Any]) -> str:
    if not row["holds"]:
        return "VIOLATED"
    return "holds, vacuous" if row["vacuous"] else "holds"


def _print_ranking(title: str, table: pd.DataFrame) -> None:
    headings = [
        (name.replace("_", " "), "right" if table[name].dtype.kind in "if" else "left") for name in table.columns
    ]
    print_table(title, headings, [tuple(map(_cell, row)) for row in table.itertuples(index=False)])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return _number(value)
    if value is None or value is pd.NA:
        return "-"
    text = " ".join(str(value).split())
    return text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"


def _number(value: float | None) -> str:
    return "∞ or none" if value is None else f"{value:.4g}"
