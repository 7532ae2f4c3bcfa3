"""The output of `check`: a table of bounds at one width, or of each bound at its best of several widths."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.bounds.table import COLUMNS, HEADLINES, evaluated, headlines, notes, of_bounds, readable, tally
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import guess_error, induced_labelling_error
from pairbounds.theory.spectrum.triplets import Spectrum

ERRORS = ("probe_error", "probe_mse", "zero_shot_error")
RIGHT = ("theorem", "measured", "value", "tightness")  # columns that are aligned to the right
WIDTH_COLUMNS = ("theorem", "bound", "on", "least value", "at k", "measured there", "not vacuous at")
ON_ERROR = ("probe-error", "multihop-error", "local-multihop-error")  # of the closing sentence
PAIRS, ENCODER = "From the pairs alone", "About an encoder: the optimum, unless features are given"


@dataclass(frozen=True)
class Checked:
    """A table of `check_bounds` with its column k, and the graph and triplets that it is of.

    Attributes
    ----------
    chosen : the bounds to print, or `None` for the short table
    """

    graph: PairGraph
    triplets: Spectrum
    table: pd.DataFrame
    title: str
    chosen: Sequence[str] | None = None

    @property
    def shown(self) -> pd.DataFrame:
        """The rows that are printed, by theorem."""
        return of_bounds(self.table, headlines(self.table) if self.chosen is None else list(self.chosen))

    @property
    def widths(self) -> list[int]:
        """Every width of the table."""
        return sorted({int(k) for k in self.table["k"]})

    @property
    def noted(self) -> pd.DataFrame:
        """The rows whose notes are printed: those shown, and headlines that do not apply."""
        return of_bounds(self.table, [*headlines(self.table), *HEADLINES] if self.chosen is None else list(self.chosen))

    @property
    def labelled(self) -> bool:
        """True if left nodes have classes."""
        return self.graph.left_labels is not None

    def squared_value(self, k: int) -> float:
        """`σ²_{k+1}`, 0 where k is the number of all triplets."""
        values = self.triplets.singular_values
        return float(values[k] ** 2) if k < len(values) else 0.0


def print_checked(found: Checked) -> None:
    """Print the table, its notes and a closing sentence."""
    (_print_one if len(found.widths) == 1 else _print_several)(found)
    echo(*closing(found))


def as_json(found: Checked) -> str:
    """One line of JSON: `α_T`, the widths with their `σ²_{k+1}`, and every row; infinite and NaN are null."""
    return json.dumps(
        {
            "induced_labelling_error": induced_labelling_error(found.graph) if found.labelled else None,
            "widths": [{"k": k, "squared_singular_value": found.squared_value(k)} for k in found.widths],
            "bounds": json.loads(found.table.to_json(orient="records", double_precision=15)),
        }
    )


def _print_one(found: Checked) -> None:
    columns = [(name, "right" if name in RIGHT else "left") for name in COLUMNS]
    echo(found.title)
    for title, part in _parts(evaluated(found.shown)):
        print_table(title, columns, readable(part))
    echo(*notes(found.noted))
    if len(found.shown) < len(found.table):
        echo(f"holds: {tally(found.table)}; --all shows every row")


def _parts(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows of bounds that need pairs only, and of those that look at an encoder; no empty part."""
    about_encoder = table["bound"].map(_looks_at_encoder).astype(bool)
    parts = [(PAIRS, table[~about_encoder]), (ENCODER, table[about_encoder])]
    return [(title, part) for title, part in parts if len(part)]


def _looks_at_encoder(name: str) -> bool:
    return name in BOUNDS and BOUNDS[name].of_encoder


def best_widths(table: pd.DataFrame) -> pd.DataFrame:
    """Each upper bound on an error, at the width where it is least: from pairs alone first, then by error and value.

    Returns
    -------
    DataFrame with the columns of the table and useful, the number of widths at which the bound is not vacuous
    """
    errors = table[table["applicable"] & table["quantity"].isin(ERRORS) & table["relation"].eq("<=")]
    errors = errors[errors["value"].notna()]
    useful = (~errors["vacuous"]).groupby(errors["bound"]).sum()
    best = errors.loc[errors.groupby(["quantity", "bound"])["value"].idxmin()]
    best = best.assign(encoder=best["bound"].map(_looks_at_encoder), useful=best["bound"].map(useful))
    return best.sort_values(["encoder", "quantity", "value"])


def _print_several(found: Checked) -> None:
    """Each upper bound on an error at the width where it is least, and the number of widths where it is not vacuous."""
    best = {row["bound"]: row for row in best_widths(found.table).to_dict("records")}
    numbers = {name: number for number, name, *_ in readable(found.shown)}
    echo(found.title)
    for title, part in _parts(found.shown.drop_duplicates("bound")):
        rows = [
            (
                *(numbers[name], name, row["quantity"], f"{row['value']:.4f}", str(row["k"])),
                *(f"{row['measured']:.4f}", f"{row['useful']} of {len(found.widths)}"),
            )
            for name, row in ((name, best[name]) for name in part["bound"] if name in best)
        ]
        if rows:
            columns = [(name, "left" if name in ("bound", "on") else "right") for name in WIDTH_COLUMNS]
            print_table(title, columns, rows)
    if not best:
        echo(f"no bound on an error applies: {found.table['note'].mode().iloc[0]}")
    _say_violated(found.table[found.table["applicable"]])


def _say_violated(checked: pd.DataFrame) -> None:
    failed = checked[~checked["holds"]]
    for name, rows in failed.groupby("bound", sort=False):
        echo(f"{name}: VIOLATED at k = {', '.join(map(str, rows['k']))}")
    if failed.empty:
        echo(f"all {checked['bound'].nunique()} bounds that apply hold at each of these widths")


def closing(found: Checked) -> list[str]:
    """The closing sentences: `α_T`, `σ²_{k+1}`, guess, measured error, the bounds on it, and which are vacuous."""
    if not found.labelled:
        return ["The graph has no labels on the left, so no bound on an error applies: give --labels FILE."]
    errors = found.table[found.table["bound"].isin(ON_ERROR) & found.table["applicable"]]
    k = found.widths[0] if errors.empty else int(errors.nsmallest(1, "value")["k"].iloc[0])
    consistency = f"An induced pair joins two classes with probability α_T = {induced_labelling_error(found.graph):.4f}"
    return [
        f"{consistency}; σ²_(k+1) = {found.squared_value(k):.4f} at k = {k}.",
        f"Always guessing the largest class is wrong on {guess_error(found.graph):.1%} of the left nodes."
        + _of_error(errors[errors["k"] == k].set_index("bound")),
        _of_vacuous(found),
    ]


def _of_error(errors: pd.DataFrame) -> str:
    """The measured 0-1 error of the probe at a width, and the bounds on it."""
    if errors.empty:
        return ""
    values = zip(errors.index, errors["value"].astype(float).tolist(), strict=True)
    bounds = [f"{_share(value)} (theorem {BOUNDS[str(name)].theorem})" for name, value in values]
    measured = errors["measured"].iloc[0]
    return f" A linear probe on the optimum is wrong on {measured:.1%}, and on at most {', '.join(bounds)}."


def _share(value: float) -> str:
    return f"{value:.1%}" if np.isfinite(value) else "infinity"


def _of_vacuous(found: Checked) -> str:
    judged = found.shown[found.shown["vacuous"].notna()]
    useless = judged.groupby("bound", sort=False)["vacuous"].all()
    names = [str(name) for name, vacuous in useless.items() if vacuous]
    everywhere = "" if len(found.widths) == 1 else " at every width"
    if not names:
        return f"No bound shown is vacuous{everywhere}."
    return f"Vacuous{everywhere}, no better than guessing: {', '.join(names)}."
