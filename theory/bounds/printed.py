"""What `check` prints: every claim at one width, or the best of each bound on an error over several."""

import pandas as pd

from theory.bounds.table import COLUMNS, notes, readable
from theory.infrastructure.commandline import print_table, say

ERRORS = ("probe_error", "probe_mse", "zero_shot_error")


def print_checks(table: pd.DataFrame, title: str) -> None:
    """Every claim that was checked at one width, and why the others were not."""
    columns = [(name, "right" if name in ("measured", "value", "tightness") else "left") for name in COLUMNS]
    print_table(title, columns, readable(table))
    say(*notes(table))


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
