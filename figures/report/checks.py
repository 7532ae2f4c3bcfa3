"""Section of a report on a `pairbounds check`: all bounds at one width, or the best values over several."""

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
    """Test whether these are the columns of a table of `check_bounds`."""
    return {*TEXTS, *NUMBERS, *TRUTHS} <= set(columns)


def section(path: Path, frame: pd.DataFrame, origin: Origin | None) -> Section:
    """Section on a table of `check_bounds`.

    `ValueError`: a value has the wrong type for its column.
    """
    table, settings = typed(frame), {} if origin is None else origin.configuration
    graph, k = settings.get("graph"), settings.get("k")
    title = f"Bounds on {Path(str(graph)).name}" if graph else f"Bounds in {path.name}"
    common: dict[str, Any] = {
        "verdict": in_words(table),
        "alarm": bool(violated(table)),
        "origins": [origin] if origin else [],
    }
    if _widths(table) > 1:
        title += f", k from {table['k'].min()} to {table['k'].max()}"
        every = replace(claims(table), caption="Every claim at every width", folded=True)
        return Section("check", title, **common, pictures=[_picture(table)], tables=[_best(table), every])
    title += f", k = {k}" if isinstance(k, int) else ""
    return Section("check", title, **common, facts=_facts(table), tables=[claims(table)], notes=notes(table))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Restore the column types of a table that was saved as text."""
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
    """Names of the violated bounds, without duplicates."""
    failed = table["applicable"] & table["holds"].eq(other=False).fillna(value=False)
    return list(dict.fromkeys(table.loc[failed, "bound"]))


def in_words(table: pd.DataFrame) -> str:
    """Verdicts on the bounds, in words."""
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
            else f"All {checked['bound'].nunique()} applicable claims hold{where}. "
        )
        + f"{useful} of the {errors['bound'].nunique()} upper bounds on an error are not vacuous: they are below the "
        "error of guessing."
    )


def claims(table: pd.DataFrame) -> Table:
    """Table of the evaluated claims: violated claims first, then by theorem, identities last."""
    rows = evaluated(of_bounds(table, list(table["bound"])))
    rows = rows.sort_values("holds", key=lambda holds: holds.ne(other=False).fillna(value=True), kind="stable")
    frame = pd.DataFrame(readable(rows), columns=COLUMNS).assign(status=rows["status"].array)
    if _widths(table) > 1:
        frame.insert(0, "k", rows["k"].array)
    return Table("Measured values and bounds", frame.rename(columns={"": "relation"}))


def _best(table: pd.DataFrame) -> Table:
    best, widths = best_widths(table), _widths(table)
    frame = pd.DataFrame(readable(best), columns=COLUMNS).assign(k=best["k"].array, useful=best["useful"].array)
    names = {"value": "least value", "k": "at k", "measured": "measured there", "useful": "not vacuous at"}
    frame = frame[["theorem", "bound", "measured quantity", *names]].rename(columns=names)
    return Table(f"Upper bounds on an error, each at its best of {widths} widths", frame)


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
        "Bounds on the error of the linear probe, and the measured error, against the width.",
        "Theorem 4 and the closest bounds, against the width k. Bounds below the dotted line are not vacuous.",
    )
