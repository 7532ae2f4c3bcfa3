"""Violations of any bound, and how often the paper's bound is informative."""

import numpy as np
import pandas as pd

from pairbounds.figures.bound_holds import PANELS, counted, graphs
from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables

PLAIN, SHARP, LOCAL = (name for name, _ in PANELS)
ERRORS = ("probe_error", "zero_shot_error", "image_error", "nearest_mean_error")  # 0-1 errors of a classifier


def facts(tables: Tables) -> Facts:
    """The checks of all bounds, and how often theorem 4 and its sharper form inform."""
    table = tables["bound_holds"]
    held = checked(table)
    errors = held[(held["relation"] == "<=") & held["quantity"].isin(ERRORS)]
    return {
        "graphs": graphs(table),
        "widths": int(table.groupby(["seed", "pairs"])["k"].nunique().max()),
        "checks": len(held),
        "bounds": held["bound"].nunique(),
        "of_errors": len(errors),
        "vacuous": int(errors["vacuous"].sum()),
        "equalities": int((held["relation"] == "=").sum()),
        "infinite": int(np.isinf(held["value"]).sum()),
        "violated": int((~held["holds"].astype(bool)).sum()),
        "plain": counted(table, PLAIN),
        "sharp": counted(table, SHARP),
        "local": counted(table, LOCAL),
    }


def checked(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of which it was judged whether the bound holds: it applies, and is no rate."""
    rows: pd.DataFrame = table[table["value"].notna() & (table["status"] != "rate")]
    return rows


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    plain, sharp = facts["plain"], facts["sharp"]
    return {
        "no bound is violated": facts["violated"] == 0,
        "theorem 4 is better than guessing on fewer than half of the points": plain.informative < plain.points / 2,
        "the sharper form is better than guessing on more points": sharp.informative > plain.informative,
    }


def of(tables: Tables) -> Of:
    """The checks of random worlds, each of its own seed."""
    held = checked(tables["bound_holds"])
    return Of(held["seed"].nunique(), 1, len(held))


FINDING = Finding("bound_holds", "Is any bound violated?", ("bound_holds",), ("bound_holds",), facts, claims, of)
