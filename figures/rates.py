"""*Rates*: the squared error against the labelling error and the gap, with fitted exponents."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import THEOREMS, label_line, number_ticks, subplots
from pairbounds.infrastructure.palette import MEASURED
from pairbounds.theory.quantities.power_laws import FEWEST, RateFit, fit_rate

PANELS = {  # by sweep: axis label, and exponent of theorem 4
    "labelling error": ("induced labelling error $\\alpha_T$", 1),
    "gap": ("gap $1 - \\sigma_{k+1}^2$", -1),
}


def draw(tables: Tables) -> Drawing:
    """Two log-log panels: points by seed, fits of each half of the points, and the slope of theorem 4."""
    table = tables["rates"]
    sweeps = by_sweep(table)
    picture, panels = subplots(1, 2, size=(2, 1))
    for axes, (sweep, (label, slope)) in zip(panels, PANELS.items(), strict=True):
        rows = sweeps[sweep]
        axes.plot(rows["x"], rows["mse"], "o", color=MEASURED, markersize=2.5, alpha=0.4)
        low, high = rows["mse"].min(), rows["mse"].max()
        for half in halves(rows):
            fit, ends = fitted(half), np.array([half["x"].min(), half["x"].max()])
            axes.plot(ends, fit.constant * ends**fit.exponent, color=MEASURED, linewidth=2)
            middle, slope_text, below = np.sqrt(ends.prod()), f"slope {fit.exponent:.2f}", axes.get_xaxis_transform()
            label_line(axes, middle, 0.04, slope_text, MEASURED, ha="center", transform=below)
        axes.set(xscale="log", yscale="log", xlabel=label, ylim=(low * (low / high) ** 0.3, high * (high / low) ** 0.6))
        _reference(axes, slope, high * (high / low) ** 0.25)
    panels[0].set_ylabel("squared error of a linear probe")
    number_ticks(panels[1], x=(0.3, 0.4, 0.5, 0.7), y=(0.05, 0.1))
    return picture, (
        f"Caption graphs of one world, {table['seed'].nunique()} seeds, a point a seed. Labelling error: by their noise"
        f"{with_settings(table, ', k = {k}')}. Gap: by the width{with_settings(table, ', in {widths}')}, of one graph. "
        "Dashed: slopes of theorem 4. Lines: power laws fitted to the lower and to the upper half of the points, with "
        "their exponents."
    )


def _reference(axes: Axes, slope: int, height: float) -> None:
    """Draw a dashed line with the proved slope, with `height` at its middle."""
    left, right = axes.get_xlim()
    x = np.geomspace(left * (right / left) ** 0.3, left * (right / left) ** 0.7)
    axes.plot(x, height * (x / np.sqrt(left * right)) ** slope, "--", color=THEOREMS[4].color, linewidth=1.5)
    text, color = f"theorem 4: slope {slope}", THEOREMS[4].color
    label_line(axes, 0.97, 0.97, text, color, ha="right", va="top", transform=axes.transAxes)


def by_sweep(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows of each sweep."""
    return {sweep: table[table["sweep"] == sweep] for sweep in PANELS}


def halves(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lower and upper half of the points of a sweep, split at the median of x."""
    low = rows["x"] <= rows["x"].median()
    return rows[low], rows[~low]


def fitted(rows: pd.DataFrame) -> RateFit:
    """Power law fitted to points; its interval is over seeds, or over points if there are too few seeds."""
    seeds = rows["seed"].to_numpy() if rows["seed"].nunique() >= FEWEST else None
    return fit_rate(rows["x"].to_numpy(), rows["mse"].to_numpy(), seeds)


def interval(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Fitted exponent, and the ends of its interval."""
    fit = fitted(rows)
    return fit.exponent, fit.low, fit.high


def facts(tables: Tables) -> Facts:
    """Exponents of the sweeps, and of the halves of their points."""
    table = tables["rates"]
    sweeps = by_sweep(table)
    return {
        "of": Of(1, table["seed"].nunique(), 3 * len(PANELS)),  # exponents of each sweep and of its halves
        "seeds": table["seed"].nunique(),
        "fits": {sweep: interval(rows) for sweep, rows in sweeps.items()},
        "halves": {sweep: [interval(half) for half in halves(rows)] for sweep, rows in sweeps.items()},
    }


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    (_, alpha_low, alpha_high), (_, gap_low, gap_high) = (facts["fits"][sweep] for sweep in PANELS)
    return {
        "the error grows a little faster than the labelling error": alpha_low > 1 and alpha_high < 1.5,
        "the error falls more slowly than the gap grows": gap_low > -1 and gap_high < 0,
        "the upper half is steeper in both: neither is a power law": all(
            abs(upper[0]) > abs(lower[0]) and not (lower[1] <= upper[2] and upper[1] <= lower[2])
            for lower, upper in facts["halves"].values()
        ),
    }


FIGURE = Figure("Rates", ("rates",), draw)
FINDING = Finding("How fast do errors fall?", ("rates",), facts, claims)
