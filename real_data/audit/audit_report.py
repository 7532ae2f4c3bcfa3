"""Printed report of an audit: overview, bounds, and rankings of captions and classes."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pairbounds.infrastructure.commandline import echo, print_table, shortened, with_options
from pairbounds.theory.bounds.check_table import COLUMNS, readable
from pairbounds.theory.bounds.printed import RIGHT, one_to_one

SHOWN = 5  # rows of a ranking
LETTERS = 50  # of a name
RANKINGS = {
    "crossing_captions": ("Captions that cross labels most", "caption alpha_share n_images crossing main_class"),
    "hub_captions": ("Captions that make most of the pairs", "caption induced_share n_images mass"),
    "classes": ("Classes, the least consistent first", "class consistency second_eigenvalue alpha_share mixes_with"),
    "class_pairs": ("Classes that mix most", "first second alpha_share lift"),
}  # titles and displayed columns
NO_LABELS = (
    "No labels: consistency, α_T, the probe error and the bounds on it are unknown, and nothing here replaces them. "
    "100 labelled images, drawn at random, are enough "
    "for the error of a probe with an interval (theorem 41, pb.probe_mse_from_labels). On a labelled table like this "
    "one, `pairbounds pairs FILE` with `labels_needed=` says how many a probe needs."
)


def print_report(summary: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
    """Print the report."""
    for name, columns in summary["columns"].items():
        used = ", ".join(f"{role} {column}" for role, column in columns.items() if role != "ignored")
        echo(f"{name}: read {used}; ignored {', '.join(columns['ignored']) or 'none'}")
    print_table("Pairs", ("quantity", "value", "note"), _overview(summary), right=["value"])
    echo(*one_to_one(summary["n_images"], summary["n_captions"], summary["n_pairs"]))
    if summary["n_classes"] is None:
        echo(with_options(NO_LABELS))
    _print_bounds(tables["bounds"], summary["bounds_failed"])
    for name, (title, headings) in RANKINGS.items():
        if name in tables:
            _print_rows(title, tables[name][headings.split()].head(SHOWN))
    echo(*(summary["noise"] or ()))


def _overview(s: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    unlabelled, components = s["n_images_without_label"], s["unit_singular_values"]
    second = [*s["singular_values"], s["next_singular_value"]][1]
    rows = [
        ("images", f"{s['n_images']:,}", f"{unlabelled:,} more images have no label" if unlabelled else ""),
        ("captions", f"{s['n_captions']:,}", ""),
        ("distinct pairs", f"{s['n_pairs']:,}", f"of {s['n_rows']:,} rows"),
        ("σ_2", _cell(second), f"at least {components} components" if components > 1 else ""),
        (f"σ_{s['k'] + 1}", _cell(s["next_singular_value"]), f"k = {s['k']}"),
    ]
    if s["n_classes"] is None:
        return rows
    chance = f"{s['n_classes']} classes; {_cell(1 - s['chance_labelling_error'])} by chance"
    apart = "1: a class in separate parts, perhaps one image that shares no caption"
    return [
        *rows,
        ("consistency, 1 - α_T", _cell(s["consistency"]), chance),
        _with_interval("α_T", s, "induced_labelling_error"),
        _with_interval("α_T, two different images", s, "distinct_labelling_error"),
        ("largest λ₂ of a class", _cell(s["largest_second_eigenvalue"]), apart),
        ("probe error, measured", _cell(s["probe_error"]), f"{_cell(s['guess_error'])} by guessing"),
    ]


def _with_interval(name: str, s: Mapping[str, Any], key: str) -> tuple[str, str, str]:
    ends = s[f"{key}_interval"]
    interval = "" if ends is None else f"{_cell(ends[0])} to {_cell(ends[1])}, approximate 95%"
    return name, _cell(s[key]), interval


def _print_bounds(bounds: pd.DataFrame, failed: list[str]) -> None:
    """Print the bounds on the probe error, the tightest first, and the number of all bounds that hold."""
    applying = bounds[bounds["applicable"]].astype({"holds": bool, "vacuous": bool})
    on_error = applying[applying["quantity"] == "probe_error"].sort_values("value")
    if len(on_error):
        print_table("Bounds on the probe error", COLUMNS, readable(on_error), right=RIGHT)
    fared = f"; FAILED: {', '.join(failed)}" if failed else ""
    echo(f"{applying['holds'].sum()} of {len(applying)} bounds hold{fared}")


def _print_rows(title: str, table: pd.DataFrame) -> None:
    table = table.rename(columns=lambda name: name.replace("_", " "))
    rows = [tuple(map(_cell, row)) for row in table.itertuples(index=False)]
    print_table(title, table.columns.tolist(), rows, right=table.select_dtypes("number").columns.tolist())


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}".replace("inf", "∞")
    return "-" if value is None or value is pd.NA else shortened(value, LETTERS)
