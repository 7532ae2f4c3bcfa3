"""What `check` prints: every claim at one width, or the best of each bound on an error over several."""

import math
from collections.abc import Hashable
from typing import Any

import pandas as pd

from theory.graph import PairGraph
from theory.infrastructure.commandline import print_table, say
from theory.labels import UNLABELLED

ERRORS = ("probe_error", "probe_mse", "zero_shot_error")
SIGNS = {"<=": "≤", ">=": "≥"}
SHOWN_CLASSES = 12


def say_graph(graph: PairGraph) -> None:
    """The graph in a line, and its classes by name in another, the largest first, where they have names."""
    say(graph)
    if graph.class_names is None or graph.left_labels is None:
        return
    present = sorted(set(graph.left_labels.tolist()) - {UNLABELLED})
    masses = [(float(graph.left_marginal[graph.left_labels == label].sum()), label) for label in present]
    shown = [f"{graph.class_names[label]} {mass:.1%}" for mass, label in sorted(masses, reverse=True)]
    more = f", and {len(shown) - SHOWN_CLASSES} more" if len(shown) > SHOWN_CLASSES else ""
    say(f"classes: {', '.join(shown[:SHOWN_CLASSES])}{more}")


def print_checks(table: pd.DataFrame, title: str) -> None:
    """Every claim that was checked at one width, and why the others were not."""
    columns = [("bound", "left"), ("measured quantity", "left"), ("measured", "right"), ("", "left")]
    columns += [("value", "right"), ("tightness", "right"), ("verdict", "left")]
    rows = [
        (
            row["bound"],
            row["quantity"],
            f"{row['measured']:.4f}",
            "~" if row["status"] == "rate" else SIGNS.get(row["relation"], "="),
            f"{row['value']:.4f}",
            "" if math.isnan(row["tightness"]) else f"{row['tightness']:.4f}",
            _verdict(row),
        )
        for row in table[table["applicable"] | (table["status"].eq("rate") & table["value"].notna())].to_dict("records")
    ]
    print_table(title, columns, rows)
    for note, noted in table[table["note"] != ""].groupby("note", sort=False):
        say(f"{', '.join(noted['bound'])}: {note}")
    for row in table[table["measured_least"] < table["measured_most"]].drop_duplicates("quantity").to_dict("records"):
        say(f"{row['quantity']} over all optima: {row['measured_least']:.4f} to {row['measured_most']:.4f}")


def print_widths(table: pd.DataFrame, title: str) -> None:
    """Each upper bound on an error at the width where it is least, and at how many widths it says something."""
    checked = table[table["applicable"]]
    errors = checked[checked["quantity"].isin(ERRORS) & checked["relation"].eq("<=") & checked["value"].notna()]
    best = errors.loc[errors.groupby(["quantity", "bound"])["value"].idxmin()].sort_values(["quantity", "value"])
    useful = (~errors["vacuous"]).groupby(errors["bound"]).sum()
    widths = table["k"].nunique()
    columns = [("bound", "left"), ("on", "left"), ("least value", "right"), ("at k", "right")]
    columns += [("measured there", "right"), ("not vacuous at", "right")]
    rows = [
        (
            row["bound"],
            row["quantity"],
            f"{row['value']:.4f}",
            str(row["k"]),
            f"{row['measured']:.4f}",
            f"{useful[row['bound']]} of {widths}",
        )
        for row in best.to_dict("records")
    ]
    print_table(title, columns, rows)
    if not rows:
        say(f"no bound on an error could be checked: {table['note'].mode().iloc[0]}")
    failed = checked[~checked["holds"]]
    for name, rows_of in failed.groupby("bound", sort=False):
        say(f"{name}: VIOLATED at k = {', '.join(map(str, rows_of['k']))}")
    if failed.empty:
        say(f"all {checked['bound'].nunique()} claims that could be checked hold at each of these widths")


def _verdict(row: dict[Hashable, Any]) -> str:
    if row["status"] == "rate":
        return "a rate"
    if math.isnan(row["value"]):
        return "not a number"
    if not row["holds"]:
        return "VIOLATED"
    return "holds, vacuous" if row["vacuous"] else "holds"
