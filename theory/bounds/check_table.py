"""Readable form of the table of `check_bounds`: the most important rows, with verdicts in words."""

import math
from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import rounded
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
    """DataFrame of `check_bounds`, which a notebook shows as `pairbounds check` prints it.

    Columns
    -------
    k : the width, if there are several
    bound, quantity, relation : the bound, the quantity, and its relation to the value: "<=", ">=" or "="
    measured, value : both sides; NaN if a hypothesis fails
    measured_least, measured_most : range over all optima if `σ_k = σ_{k+1} > 0`, for the squared error of the probe
        (`pairbounds.theory.quantities.consistency.optimum_range`); NaN for other quantities then, or if the end
        of the tie is not computed
    measured_of : "optimum", or "encoder" for the given features
    applicable : False if a hypothesis fails; for a rate; and for a violation in double precision that fifty digits do
        not confirm, on weights beyond `pairbounds.theory.bounds.rows.JUDGED_DECADES`
    holds : verdict up to round-off; `<NA>` if not applicable, so that `table["holds"].all()` is about checked bounds
    slack, tightness : margin of the inequality; ratio that is 1 at equality
    guess, vacuous : value for guessing the largest class, infinite if unknown; True for an upper bound no better
    through_measured, through_value, through_holds : both sides, and the verdict, for the best encoder that is linear in
        the features `through`; NaN and `<NA>` for bounds that do not hold through features
    status, note : as registered; reason why a row is infinite, not applicable, for one of many optima, or due to ties
    """

    def _repr_html_(self) -> str:
        names = headlines(self)
        short = of_bounds(self, names)
        shown = pd.DataFrame(readable(short), columns=COLUMNS)
        if "k" in self:  # of several widths
            shown.insert(0, "k", evaluated(short)["k"].array)
        sentences = [f"holds: {tally(self)}", *notes(of_bounds(self, [*names, *HEADLINES]))]
        paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
        return f"<div>{shown.to_html(index=False)}{paragraphs}</div>"


def headlines(table: pd.DataFrame) -> list[str]:
    """Bounds of the short table: violated bounds, a user's bounds, theorems 4, 15 and 16, and the best lower bound.

    At most `MOST`, unless more are violated. If no headline applies, the first applicable bounds without corollaries.
    """
    applied = evaluated(table)
    names = list(dict.fromkeys(applied["bound"]))
    violated = list(dict.fromkeys(applied.loc[~applied["holds"].astype("boolean"), "bound"]))
    foreign = [name for name in names if name in BOUNDS and BOUNDS[name].foreign]
    candidates = [*violated, *foreign, *_best_lower(applied), *(name for name in HEADLINES if name in names)]
    if not candidates:
        candidates = [name for name in names if name in BOUNDS and BOUNDS[name].corollary_of is None]
    chosen = list(dict.fromkeys(candidates))[: max(MOST, len(violated))]
    return [name for name in dict.fromkeys(table["bound"]) if name in chosen]


def _best_lower(applied: pd.DataFrame) -> list[str]:
    """Name of the lower bound on the squared error of the optimum's probe with the largest mean."""
    of_optimum = [name for name in set(applied["bound"]) if name in BOUNDS and BOUNDS[name].subject == "optimum"]
    lower = applied["relation"].eq(">=") & applied["quantity"].eq("probe_mse") & applied["bound"].isin(of_optimum)
    means = applied[lower].groupby("bound")["value"].mean()
    return [str(means.idxmax())] if len(means) else []


def of_bounds(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Rows of these bounds by theorem, then rows of a user's bounds, and identities last."""
    chosen = table[table["bound"].isin(names)]
    numbers = chosen["bound"].map(theorem_number).replace("", "inf").astype(float)
    return chosen.iloc[np.lexsort((numbers, chosen["relation"].eq("=")))]


def theorem_number(name: str) -> str:
    """Number of a bound's theorem as text; empty for a user's bound."""
    number = BOUNDS[name].theorem if name in BOUNDS else None
    return "" if number is None else str(number)


def readable(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Rows of `COLUMNS` for the evaluated bounds."""
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
    """Measured value, sign and bound, with enough digits to show a violation."""
    relation, in_words = row["relation"], verdict(row)
    form = ".12g" if in_words == VIOLATED else ".4f"
    value = rounded(row["value"], relation, form)
    equal = relation == "=" and in_words.startswith("holds")  # up to round-off, by which the last digit may differ
    sign = "~" if row["status"] == "rate" else {"<=": "≤", ">=": "≥"}.get(relation, "=")
    return value if equal else f"{row['measured']:{form}}", sign, value


def readable_through(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Rows of `THROUGH_COLUMNS` for bounds evaluated through features, with both sides on the graph and through it."""
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
    """Rows of applicable bounds, and of rates with a value."""
    return table[table["applicable"] | (table["status"].eq("rate") & table["value"].notna())]


def tally(table: pd.DataFrame) -> str:
    """Text with the numbers of bounds that hold, that apply, and of all."""
    checked = table["holds"].dropna()
    return f"{int(checked.sum())} of the {len(checked)} that apply here, of {len(table)} in all"


def notes(table: pd.DataFrame) -> list[str]:
    """Reasons for missing or infinite values, and ranges of quantities over tied optima."""
    noted = table[table["note"] != ""].groupby("note", sort=False)
    tied = table[table["measured_least"] < table["measured_most"]].drop_duplicates("quantity")
    return [f"{', '.join(rows['bound'])}: {note}" for note, rows in noted] + [
        f"{row['quantity']} over all optima: {row['measured_least']:.4f} to {row['measured_most']:.4f}"
        for row in tied.to_dict("records")
    ]


def verdict(row: Mapping[Hashable, Any]) -> str:
    """Verdict on a bound in words."""
    if row["status"] == "rate":
        return "a rate"
    if math.isnan(row["value"]):
        return "not a number"
    if not row["holds"]:
        return VIOLATED
    return "holds, vacuous" if row["vacuous"] else "holds"
