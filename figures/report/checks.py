"""A table of `pairbounds check`: every bound at one width, or the best of each over several."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from pairbounds.figures.findings.wording import listed
from pairbounds.figures.plots import errors_along_widths
from pairbounds.figures.report.contents import Picture, Section, Table, embedded
from pairbounds.figures.report.origin import Origin
from pairbounds.theory.bounds.printed import ERRORS, best_widths
from pairbounds.theory.bounds.table import evaluated, notes, readable_relation, verdict

TEXTS = ("bound", "quantity", "relation", "status", "note")
NUMBERS = ("measured", "measured_least", "measured_most", "value", "tightness", "guess")
TRUTHS = ("applicable", "holds", "vacuous")
COLUMNS = (*TEXTS, *NUMBERS, *TRUTHS)  # by which such a table is known
MOST_ROWS = 3_000  # of all widths that are shown
VIOLATED = "VIOLATED"  # a verdict: such rows come first
ALONG = 2  # widths from which on there is something to draw


def is_check(columns: Sequence[str]) -> bool:
    """Test that these are the columns of a table of `check_bounds`."""
    return set(COLUMNS) <= set(columns)


def section(anchor: str, path: Path, frame: pd.DataFrame, origin: Origin | None) -> Section:
    """The section of such a table.

    Raises
    ------
    ValueError
        A value is not of its column's kind.
    """
    table = typed(frame)
    several = "k" in table and table["k"].nunique() >= ALONG
    graph = origin and origin.configuration.get("graph")
    return Section(
        anchor,
        "check",
        (f"Bounds on {Path(str(graph)).name}" if graph else f"Bounds in {path.name}") + _at(table, origin),
        in_words(table),
        alarm=bool(violated(table)),
        facts={} if several else _facts(table),
        pictures=_pictures(table) if several else (),
        tables=[_best(table), _all(table)] if several else [claims(table)],
        notes=() if several else notes(table),
        origins=[] if origin is None else [origin],
    )


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with its types, as they were before it was text."""
    table = frame.copy()
    for name in TEXTS:
        table[name] = table[name].fillna("").astype(str)
    for name in NUMBERS:
        table[name] = pd.to_numeric(table[name]).astype("float64")
    for name in TRUTHS:
        table[name] = table[name].map({True: True, False: False, "True": True, "False": False}).astype("boolean")
    table["applicable"] = table["applicable"].fillna(value=False).astype(bool)
    table["vacuous"] = table["vacuous"].fillna(value=False).astype(bool)
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
    failed, widths = violated(table), table["k"].nunique() if "k" in table else 1
    where = "" if widths == 1 else f" at each of {widths} widths"
    count = checked["bound"].nunique()
    sentences = [f"Violated: {listed(failed)}." if failed else f"All {count} claims that apply hold{where}."]
    errors = checked[checked["quantity"].isin(ERRORS) & checked["relation"].eq("<=")]
    useful = errors[~errors["vacuous"]]
    sentences.append(
        f"Of the {errors['bound'].nunique()} upper bounds on an error, {useful['bound'].nunique()} say something: they "
        "are below what guessing reaches."
    )
    return " ".join(sentences)


def claims(table: pd.DataFrame) -> Table:
    """Each claim that was held against something, as rows that can be sorted."""
    several = "k" in table and table["k"].nunique() >= ALONG
    rows = [
        (
            *([row["k"]] if several else []),
            row["bound"],
            row["quantity"].replace("_", " "),
            row["measured"],
            readable_relation(row),
            row["value"],
            row["tightness"],
            row["status"],
            verdict(row),
        )
        for row in evaluated(table).to_dict("records")
    ]
    rows.sort(key=lambda row: row[-1] != VIOLATED)
    headings = ("bound", "measured quantity", "measured", "relation", "value", "tightness", "status", "verdict")
    return Table("What was measured against what is claimed", [*(["k"] if several else []), *headings], rows)


def _all(table: pd.DataFrame) -> Table:
    whole = claims(table)
    left_out = max(0, len(whole.rows) - MOST_ROWS)
    return Table("Every claim at every width", whole.columns, whole.rows[:MOST_ROWS], folded=True, left_out=left_out)


def _best(table: pd.DataFrame) -> Table:
    columns = ("bound", "measured quantity", "least value", "at k", "measured there", "not vacuous at", "of widths")
    rows = [
        (
            row["bound"],
            row["quantity"].replace("_", " "),
            row["value"],
            row["k"],
            row["measured"],
            row["useful"],
            table["k"].nunique(),
        )
        for row in best_widths(table).to_dict("records")
    ]
    return Table("Each upper bound on an error, at the width where it is least", columns, rows)


def _at(table: pd.DataFrame, origin: Origin | None) -> str:
    """Widths of a table, as the end of a title."""
    if "k" in table and table["k"].nunique() >= ALONG:
        return f", k from {table['k'].min()} to {table['k'].max()}"
    k = None if origin is None else origin.configuration.get("k")
    return f", k = {k}" if isinstance(k, int) else ""


def _facts(table: pd.DataFrame) -> dict[str, object]:
    errors = table[table["applicable"] & table["quantity"].eq("probe_error")]
    if errors.empty:
        return {}
    return {"probe error, measured": float(errors["measured"].iloc[0]), "by guessing": float(errors["guess"].iloc[0])}


def _pictures(table: pd.DataFrame) -> list[Picture]:
    picture = errors_along_widths(table)
    try:
        return [
            Picture(
                embedded(picture),
                "Bounds on the error of the linear probe against the width, with what was measured.",
                "Theorem 4 and the bounds that come nearest, against the width k; below the dotted line a bound says "
                "something.",
            )
        ]
    finally:
        plt.close(picture)
