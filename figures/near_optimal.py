"""*Near-optimal*: bounds on trained encoders, during two trainings."""

from collections.abc import Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.typing import LineStyleType

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import COLUMN, LOOSER, SHARPER, THEOREMS, shade_vacuous
from pairbounds.infrastructure.palette import MEASURED

LEAST, MOST = 2e-3, 60.0  # range of the figure; smaller values are drawn at the least
CLOSE = 1.1  # ratio of bound and measured error


class Curve(NamedTuple):
    """A bound during training, with its style and label."""

    bound: str
    color: str
    dash: LineStyleType
    label: str


OF_A_WIDTH = (
    Curve("sharp-near-optimal-error", *THEOREMS[7][:2], "theorem 7"),
    Curve("trained-error", *THEOREMS[17][:2], "theorem 17"),
    Curve("trained-error-by-margins", THEOREMS[17].color, SHARPER, "theorem 17, by margins"),
)
WITH_A_PENALTY = (
    Curve("penalised-encoder-mse-by-duality", THEOREMS[18].color, LOOSER, "theorem 18, by hops and duality gap"),
    Curve("multihop-penalised-encoder-mse", *THEOREMS[18][:2], "theorem 18, by hops"),
    Curve("penalised-encoder-mse", THEOREMS[18].color, SHARPER, "theorem 18, by label energy"),
)


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each training: error of a linear probe and its bounds, against the step."""
    table = tables["near_optimal"]
    picture, (left, right) = plt.subplots(1, 2, figsize=(2 * COLUMN, COLUMN), sharex=True, sharey=True)
    _panel(left, table[~table["penalised"]], OF_A_WIDTH, "0-1 error, without a penalty", label_at=450)
    _panel(right, table[table["penalised"]], WITH_A_PENALTY, "squared error, with a penalty")
    left.set_ylabel("error of a linear probe, or its bound")
    sizes = with_settings(table, ", k = {k} or, with a penalty μ = {penalty:g}, {wide}")
    return picture, (
        f"Free embeddings trained on one world's captions{sizes}; medians and ranges over {table['seed'].nunique()} "
        f"seeds. {violations(table)} of {len(table)} (step, bound) checks violated. Without a penalty the excess loss "
        f"is {last_excess(table):.1e} after {table['step'].max()} steps."
    )


def _panel(
    axes: Axes, rows: pd.DataFrame, curves: tuple[Curve, ...], title: str, label_at: float | None = None
) -> None:
    for curve in curves:
        _curve(axes, rows[rows["bound"] == curve.bound], "value", curve)
    measured = rows[rows["bound"] == curves[-1].bound]
    _curve(axes, measured, "measured", Curve("", MEASURED, "-", "measured"))
    shade_vacuous(axes, measured["guess"], label_at)
    axes.legend(loc="upper right", fontsize="small")
    axes.set(xscale="log", yscale="log", xlim=(8, 1500), ylim=(LEAST / 1.3, MOST), title=title, xlabel="gradient steps")


def _curve(axes: Axes, rows: pd.DataFrame, column: str, look: Curve) -> None:
    """Draw the median over seeds of a column at each step, with the range as a band."""
    by_step = rows.groupby("step")[column]
    low, middle, high = (by_step.quantile(q).clip(lower=LEAST) for q in (0, 0.5, 1))
    axes.fill_between(middle.index, low, high, color=look.color, alpha=0.2, linewidth=0)
    axes.plot(middle.index, middle, linestyle=look.dash, color=look.color, linewidth=1.8, label=look.label)


def violations(table: pd.DataFrame) -> int:
    """Number of violated checks."""
    return int((~table["holds"]).sum())


def last_excess(table: pd.DataFrame) -> float:
    """Largest excess loss at the last step of the training without a penalty."""
    last = table[(table["step"] == table["step"].max()) & ~table["penalised"]]
    return float(last["excess_loss"].max())


def facts(tables: Tables) -> Facts:
    """Excess loss, checks, and both sides of the bounds at the end of the training with a penalty."""
    table = tables["near_optimal"]
    last = table[(table["step"] == table["step"].max()) & table["penalised"]]
    last = last.groupby("bound")[["measured", "value"]].median()
    return {
        # Medians of each bound at the end.
        "of": Of(1, table["seed"].nunique(), len(table[["penalised", "bound"]].drop_duplicates())),
        "steps": int(table["step"].max()),
        "excess": last_excess(table),
        "checks": len(table),
        "violated": violations(table),
        "measured": float(last.loc["penalised-encoder-mse", "measured"]),
        "energy": float(last.loc["penalised-encoder-mse", "value"]),
        "duality": float(last.loc["penalised-encoder-mse-by-duality", "value"]),
        "error": float(last.loc["penalised-encoder-error", "value"]),
        "gap": float(last.loc["sharp-near-optimal-error", "value"]),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    return {
        "training finds the optimum": facts["excess"] < 1e-6,  # the loss is about 10
        "no check is violated": facts["violated"] == 0,
        "the bound on a trained encoder comes close": facts["energy"] < CLOSE * facts["measured"],
        "so does the one without a singular value": facts["duality"] < CLOSE * facts["measured"],
        "the bound by the gap of the spectrum says nothing": facts["gap"] >= 1,
    }


FIGURE = Figure("Near-optimal", ("near_optimal",), draw)
FINDING = Finding("How do the bounds follow training?", ("near_optimal",), facts, claims)
