"""The table of `check_bounds` as it is read: the rows that matter, measured value against bound, in words."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.outward import rounded
from pairbounds.theory.bounds.registry import BOUNDS

THROUGH_COLUMNS = ("theorem", "bound", "graph: measured", "", "value", "through: measured", "", "value")
COLUMNS: tuple[str, ...] = ("theorem", "bound", "measured quantity", "measured", "", "value", "tightness", "verdict")
VIOLATED = "VIOLATED"  # a verdict
MOST = 10  # rows of the short table
HEADLINES = (  # the most important first
    *("probe-mse", "probe-error", "known-values-mse", "known-values-error", "local-multihop-error"),
    *("known-values-penalised-mse", "local-penalised-error", "zero-shot-vote-by-node", "vote-by-node", "zero-shot"),
)


class CheckTable(pd.DataFrame):
    """The DataFrame of `check_bounds`, which a notebook shows as `pairbounds check` prints it; its parts are plain.

    Columns
    -------
    k : the width, if there are several
    bound, quantity, relation : the bound, and how the quantity is to its value: "<=", ">=" or "="
    measured, value : both sides; NaN where a hypothesis fails
    measured_least, measured_most : over all optima where `σ_k = σ_{k+1} > 0`, of the squared error of the probe
        (`pairbounds.theory.quantities.consistency.optimum_range`); NaN for other quantities then, or where the end of
        the tie is not computed
    measured_of : "optimum", or "encoder" for the features given
    applicable : False where a hypothesis fails; for a rate, which has both sides to be fitted; and for a violation in
        double precision that fifty digits do not confirm, on weights beyond
        `pairbounds.theory.bounds.rows.JUDGED_DECADES`
    holds : up to round-off; `<NA>` where not applicable, so that `table["holds"].all()` is about what was checked
    slack, tightness : by how much it holds; and a ratio that is 1 at equality
    guess, vacuous : what guessing the largest class reaches, infinite where unknown; an upper bound no better than that
    through_measured, through_value, through_holds : both sides, and the verdict, for the best encoder that is linear in
        the features `through`; only in a check through features, NaN and `<NA>` where a bound does not take them
    status, note : as registered; why a row is infinite or not applicable, is of one of many optima, or hangs on ties
    """

    def _repr_html_(self) -> str:
        from pairbounds.infrastructure.html import card

        shown = headlines(self)
        short = of_bounds(self, shown)
        columns, rows = COLUMNS, readable(short)
        if "k" in self:  # of several widths
            columns = ("k", *COLUMNS)
            rows = [(str(k), *row) for k, row in zip(evaluated(short)["k"], rows, strict=True)]
        left_out = [f"{len(self) - len(short)} more rows are in the table"] if len(short) < len(self) else []
        said = [*notes(of_bounds(self, [*shown, *HEADLINES])), *left_out]
        return card("Bounds", {"holds": tally(self)}, columns=columns, rows=rows, notes=said)


def headlines(table: pd.DataFrame) -> list[str]:
    """The bounds of the short table: violated ones, a user's own, theorems 4, 15 and 16, and the best lower bound.

    At most `MOST`, unless more are violated; where no headline applies, the first that apply and are no corollaries.
    """
    applied = evaluated(table)
    names = list(dict.fromkeys(applied["bound"]))
    violated = list(dict.fromkeys(applied.loc[~applied["holds"].astype("boolean"), "bound"]))
    own = [name for name in names if name in BOUNDS and BOUNDS[name].foreign]
    wanted = [*violated, *own, *_best_lower(applied), *(name for name in HEADLINES if name in names)]
    if not wanted:
        wanted = [name for name in names if name in BOUNDS and BOUNDS[name].corollary_of is None]
    chosen = list(dict.fromkeys(wanted))[: max(MOST, len(violated))]
    return [name for name in dict.fromkeys(table["bound"]) if name in chosen]


def _best_lower(applied: pd.DataFrame) -> list[str]:
    """The name of the lower bound on the squared error of the optimum's probe that is largest on average."""
    of_optimum = [name for name in set(applied["bound"]) if name in BOUNDS and BOUNDS[name].subject == "optimum"]
    lower = applied["relation"].eq(">=") & applied["quantity"].eq("probe_mse") & applied["bound"].isin(of_optimum)
    means = applied[lower].groupby("bound")["value"].mean()
    return [str(means.idxmax())] if len(means) else []


def of_bounds(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The rows of these bounds, by theorem: then those of a user's own bounds, and identities last."""
    chosen = table[table["bound"].isin(names)]
    numbers = chosen["bound"].map(theorem_number).replace("", "inf").astype(float)
    return chosen.iloc[np.lexsort((numbers, chosen["relation"].eq("=")))]


def theorem_number(name: str) -> str:
    """The number of a bound's theorem as text; empty for a user's own."""
    number = BOUNDS[name].theorem if name in BOUNDS else None
    return "" if number is None else str(number)


def readable(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """A row of `COLUMNS` for each bound that was evaluated."""
    return [
        (
            theorem_number(row["bound"]),
            row["bound"],
            row["quantity"],
            *_sides(row),
            "" if math.isnan(row["tightness"]) else f"{row['tightness']:.4f}",
            verdict(row),
        )
        for row in evaluated(table).to_dict("records")
    ]


def _sides(row: Mapping[Hashable, Any]) -> tuple[str, str, str]:
    """The measured value, the sign and the bound, in enough digits to see a violation."""
    relation, said = row["relation"], verdict(row)
    form = ".12g" if said == VIOLATED else ".4f"
    value = rounded(row["value"], relation, form)
    equal = relation == "=" and said.startswith("holds")  # up to round-off, by which the last digit may differ
    sign = "~" if row["status"] == "rate" else {"<=": "≤", ">=": "≥"}.get(relation, "=")
    return value if equal else f"{row['measured']:{form}}", sign, value


def readable_through(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """A row of `THROUGH_COLUMNS` for each bound that was evaluated through features: both sides, there and here."""
    if "through_value" not in table:
        return []
    rows: list[tuple[str, ...]] = []
    for row in table[table["through_value"].notna()].to_dict("records"):
        sides, name = _sides(row), row["bound"]
        value = rounded(row["through_value"], row["relation"], ".4f")
        through = f"{row['through_measured']:.4f}", sides[1], value if row["through_holds"] else f"{value} {VIOLATED}"
        rows.append((theorem_number(name), name, *sides, *through))
    return rows


def evaluated(table: pd.DataFrame) -> pd.DataFrame:
    """The bounds that were evaluated: those that apply, and rates with a value."""
    return table[table["applicable"] | (table["status"].eq("rate") & table["value"].notna())]


def tally(table: pd.DataFrame) -> str:
    """The number of bounds that hold, of those that apply and of all."""
    checked = table["holds"].dropna()
    return f"{int(checked.sum())} of the {len(checked)} that apply here, of {len(table)} in all"


def notes(table: pd.DataFrame) -> list[str]:
    """The reasons why bounds have no value or an infinite one, and the ranges of quantities over tied optima."""
    noted = table[table["note"] != ""].groupby("note", sort=False)
    tied = table[table["measured_least"] < table["measured_most"]].drop_duplicates("quantity")
    return [f"{', '.join(rows['bound'])}: {note}" for note, rows in noted] + [
        f"{row['quantity']} over all optima: {row['measured_least']:.4f} to {row['measured_most']:.4f}"
        for row in tied.to_dict("records")
    ]


def verdict(row: Mapping[Hashable, Any]) -> str:
    """The verdict on a bound in words."""
    if row["status"] == "rate":
        return "a rate"
    if math.isnan(row["value"]):
        return "not a number"
    if not row["holds"]:
        return VIOLATED
    return "holds, vacuous" if row["vacuous"] else "holds"
