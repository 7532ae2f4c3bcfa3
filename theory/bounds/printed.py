"""What `check` prints: every claim at one width, or the best of each bound on an error over several."""

from typing import NamedTuple

import pandas as pd

from pairbounds.infrastructure.commandline import print_table, say
from pairbounds.theory.bounds.table import COLUMNS, notes, readable

ERRORS = ("probe_error", "probe_mse", "zero_shot_error")


def print_checks(table: pd.DataFrame, title: str) -> None:
    """Every claim that was checked at one width, and why the others were not."""
    columns = [(name, "right" if name in ("measured", "value", "tightness") else "left") for name in COLUMNS]
    print_table(title, columns, readable(table))
    say(*notes(table))


class BestWidth(NamedTuple):
    """An upper bound on an error at the width where it is least.

    Attributes
    ----------
    bound, quantity : its name, and what it bounds
    value, measured : there
    k : that width
    useful, widths : at how many widths it is not vacuous, of how many
    """

    bound: str
    quantity: str
    value: float
    k: int
    measured: float
    useful: int
    widths: int


def best_widths(table: pd.DataFrame) -> list[BestWidth]:
    """Each upper bound on an error at its best width, the least first, from a table of several widths."""
    errors = table[table["applicable"] & table["quantity"].isin(ERRORS) & table["relation"].eq("<=")]
    errors = errors[errors["value"].notna()]
    useful = (~errors["vacuous"]).groupby(errors["bound"]).sum()
    best = errors.loc[errors.groupby(["quantity", "bound"])["value"].idxmin()].sort_values(["quantity", "value"])
    widths = table["k"].nunique()
    return [
        BestWidth(
            row["bound"], row["quantity"], row["value"], row["k"], row["measured"], int(useful[row["bound"]]), widths
        )
        for row in best.to_dict("records")
    ]


def print_widths(table: pd.DataFrame, title: str) -> None:
    """Each upper bound on an error at the width where it is least, and at how many widths it says something."""
    checked = table[table["applicable"]]
    columns = [("bound", "left"), ("on", "left"), ("least value", "right"), ("at k", "right")]
    columns += [("measured there", "right"), ("not vacuous at", "right")]
    rows = [
        (
            one.bound,
            one.quantity,
            f"{one.value:.4f}",
            str(one.k),
            f"{one.measured:.4f}",
            f"{one.useful} of {one.widths}",
        )
        for one in best_widths(table)
    ]
    print_table(title, columns, rows)
    if not rows:
        say(f"no bound on an error could be checked: {table['note'].mode().iloc[0]}")
    failed = checked[~checked["holds"]]
    for name, rows_of in failed.groupby("bound", sort=False):
        say(f"{name}: VIOLATED at k = {', '.join(map(str, rows_of['k']))}")
    if failed.empty:
        say(f"all {checked['bound'].nunique()} claims that could be checked hold at each of these widths")
