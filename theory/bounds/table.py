"""The table of `check_bounds` as one reads it: what was measured against what is claimed, in words."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

COLUMNS = ("bound", "measured quantity", "measured", "", "value", "tightness", "verdict")


class CheckTable(pd.DataFrame):
    """A DataFrame that a notebook shows as `pairbounds check` prints it; parts of it are plain DataFrames."""

    def _repr_html_(self) -> str:
        from pairbounds.infrastructure.html import card

        columns: tuple[str, ...] = COLUMNS
        rows = readable(self)
        if "k" in self:  # of several widths
            columns, rows = ("k", *columns), [(str(k), *row) for k, row in zip(held(self)["k"], rows, strict=True)]
        return card("Bounds", {"holds": tally(self)}, columns=columns, rows=rows, notes=notes(self))


def readable(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """A row of `COLUMNS` for each claim that was held against something."""
    return [
        (
            row["bound"],
            row["quantity"],
            f"{row['measured']:.4f}",
            readable_relation(row),
            f"{row['value']:.4f}",
            "" if math.isnan(row["tightness"]) else f"{row['tightness']:.4f}",
            verdict(row),
        )
        for row in held(table).to_dict("records")
    ]


def held(table: pd.DataFrame) -> pd.DataFrame:
    """The claims that were held against something."""
    return table[table["applicable"] | (table["status"].eq("rate") & table["value"].notna())]


def tally(table: pd.DataFrame) -> str:
    """How many claims hold, of those that could be checked."""
    checked = table["holds"].dropna()
    return f"{int(checked.sum())} of the {len(checked)} that apply here, of {len(table)} in all"


def notes(table: pd.DataFrame) -> list[str]:
    """Why claims have no value or an infinite one, and between what the quantities of ties lie."""
    noted = table[table["note"] != ""].groupby("note", sort=False)
    tied = table[table["measured_least"] < table["measured_most"]].drop_duplicates("quantity")
    return [f"{', '.join(rows['bound'])}: {note}" for note, rows in noted] + [
        f"{row['quantity']} over all optima: {row['measured_least']:.4f} to {row['measured_most']:.4f}"
        for row in tied.to_dict("records")
    ]


def readable_relation(row: Mapping[Hashable, Any]) -> str:
    """What stands between what was measured and the value."""
    return "~" if row["status"] == "rate" else {"<=": "≤", ">=": "≥"}.get(row["relation"], "=")


def verdict(row: Mapping[Hashable, Any]) -> str:
    """What became of a claim."""
    if row["status"] == "rate":
        return "a rate"
    if math.isnan(row["value"]):
        return "not a number"
    if not row["holds"]:
        return "VIOLATED"
    return "holds, vacuous" if row["vacuous"] else "holds"
