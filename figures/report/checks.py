"""A table of `pairbounds check`: every bound at one width, or the best of each over several."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from pairbounds.figures.findings.wording import listed
from pairbounds.figures.plots import errors_along_widths
from pairbounds.figures.report.contents import Picture, Section, Table, embedded
from pairbounds.figures.report.origin import Origin
from pairbounds.theory.bounds.check_table import COLUMNS, evaluated, notes, of_bounds, readable
from pairbounds.theory.bounds.printed import ERRORS, best_widths

TEXTS = ("bound", "quantity", "relation", "status", "note")
NUMBERS = ("measured", "measured_least", "measured_most", "value", "tightness", "guess")
TRUTHS = ("applicable", "holds", "vacuous")


def is_check(columns: Iterable[str]) -> bool:
    """Test that these are the columns of a table of `check_bounds`."""
    return {*TEXTS, *NUMBERS, *TRUTHS} <= set(columns)


def section(path: Path, frame: pd.DataFrame, origin: Origin | None) -> Section:
    """The section of such a table.

    `ValueError`: a value is not of its column's kind.
    """
    table, settings = typed(frame), {} if origin is None else origin.configuration
    graph, k = settings.get("graph"), settings.get("k")
    title = f"Bounds on {Path(str(graph)).name}" if graph else f"Bounds in {path.name}"
    about: dict[str, Any] = {
        "verdict": in_words(table),
        "alarm": bool(violated(table)),
        "origins": [origin] if origin else [],
    }
    if _widths(table) > 1:
        title += f", k from {table['k'].min()} to {table['k'].max()}"
        every = replace(claims(table), caption="Every claim at every width", folded=True)
        return Section("check", title, **about, pictures=[_picture(table)], tables=[_best(table), every])
    title += f", k = {k}" if isinstance(k, int) else ""
    return Section("check", title, **about, facts=_facts(table), tables=[claims(table)], notes=notes(table))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with its types, as they were before it was text."""
    truth = {True: True, False: False, "True": True, "False": False}
    table = frame.copy()
    for name in TEXTS:
        table[name] = table[name].astype(object).fillna("").astype(str)
    for name in NUMBERS:
        table[name] = pd.to_numeric(table[name]).astype("float64")
    for name in TRUTHS:
        table[name] = table[name].map(truth).astype("boolean")
        if name != "holds":
            table[name] = table[name].fillna(value=False).astype(bool)
    return table


def violated(table: pd.DataFrame) -> list[str]:
    """The bounds that do not hold, each once."""
    failed = table["applicable"] & table["holds"].eq(other=False).fillna(value=False)
    return list(dict.fromkeys(table.loc[failed, "bound"]))


def in_words(table: pd.DataFrame) -> str:
    """The verdicts on the bounds, in words."""
    checked = table[table["applicable"]]
    if checked.empty:
        return "No bound applies here."
    failed, widths = violated(table), _widths(table)
    where = "" if widths == 1 else f" at each of {widths} widths"
    errors = checked[checked["quantity"].isin(ERRORS) & checked["relation"].eq("<=")]
    useful = errors.loc[~errors["vacuous"], "bound"].nunique()
    return (
        (
            f"Violated: {listed(failed)}. "
            if failed
            else f"All {checked['bound'].nunique()} claims that apply hold{where}. "
        )
        + f"Of the {errors['bound'].nunique()} upper bounds on an error, {useful} say something: they are below what "
        "guessing reaches."
    )


def claims(table: pd.DataFrame) -> Table:
    """Each claim that was evaluated: violated ones first, then by theorem, and identities last."""
    rows = evaluated(of_bounds(table, list(table["bound"])))
    rows = rows.sort_values("holds", key=lambda holds: holds.ne(other=False).fillna(value=True), kind="stable")
    frame = pd.DataFrame(readable(rows), columns=COLUMNS).assign(status=rows["status"].array)
    if _widths(table) > 1:
        frame.insert(0, "k", rows["k"].array)
    return Table("What was measured against what is claimed", frame.rename(columns={"": "relation"}))


def _best(table: pd.DataFrame) -> Table:
    best, widths = best_widths(table), _widths(table)
    frame = pd.DataFrame(readable(best), columns=COLUMNS).assign(k=best["k"].array, useful=best["useful"].array)
    names = {"value": "least value", "k": "at k", "measured": "measured there", "useful": "not vacuous at"}
    frame = frame[["theorem", "bound", "measured quantity", *names]].rename(columns=names)
    return Table(f"Each upper bound on an error, at that of {widths} widths where it is least", frame)


def _widths(table: pd.DataFrame) -> int:
    return table["k"].nunique() if "k" in table else 1


def _facts(table: pd.DataFrame) -> dict[str, object]:
    errors = table[table["applicable"] & table["quantity"].eq("probe_error")]
    if errors.empty:
        return {}
    return {"probe error, measured": float(errors["measured"].iloc[0]), "by guessing": float(errors["guess"].iloc[0])}


def _picture(table: pd.DataFrame) -> Picture:
    return Picture(
        embedded(errors_along_widths(table)),
        "Bounds on the error of the linear probe against the width, with what was measured.",
        "Theorem 4 and the nearest bounds, against the width k; below the dotted line a bound says something.",
    )
