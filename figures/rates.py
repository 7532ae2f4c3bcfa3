"""*Rates*: errors against the labelling error, the gap and the number of pairs, with fitted exponents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import COLUMN, THEOREMS, label_line, sized
from pairbounds.infrastructure.palette import AUGMENTATION, MEASURED, NEUTRAL
from pairbounds.theory.quantities.rates import FEWEST, fit_rate


@dataclass(frozen=True)
class Curve:
    """One quantity of one sweep, and how it looks.

    Attributes
    ----------
    start : from which x on a power law is fitted; `None` where the quantity can be 0 or less, and so is no power law
    """

    sweep: str
    quantity: str
    label: str
    start: float | None = None

    @property
    def look(self) -> tuple[str, str]:
        """Colour and marker."""
        return (AUGMENTATION, "s") if self.start is None else (MEASURED, "o")


class Exponent(NamedTuple):
    """A fitted power law: the exponent, the ends of its interval (NaN of too few seeds), and the constant."""

    value: float
    low: float
    high: float
    constant: float

    @property
    def said(self) -> str:
        """Value and interval in words."""
        if np.isnan(self.low):
            return f"{self.value:.2f}, too few seeds for an interval"
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


CURVES = (
    Curve("labelling error", "probe mse", "squared error", start=0),
    Curve("labelling error", "probe error", "0-1 error"),
    Curve("gap", "probe mse", "squared error", start=0),
    Curve("gap", "probe error", "0-1 error"),
    Curve("pairs", "excess loss", "excess loss", start=10_000),
    Curve("pairs", "further probe mse", "further squared error"),
)
PANELS = {
    "labelling error": ("induced labelling error $\\alpha_T$", 1),
    "gap": ("gap $1 - \\sigma_{k+1}^2$", -1),
    "pairs": ("training pairs n", -1),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Three log-log panels: a point for each seed, the fit, and the slope that the bound has."""
    table = tables["rates"]
    picture, panels = plt.subplots(1, 3, figsize=(2.9 * COLUMN, 1.05 * COLUMN))
    for axes, (sweep, (label, slope)) in zip(panels, PANELS.items(), strict=True):
        for place, curve in enumerate(curve for curve in CURVES if curve.sweep == sweep):
            _curve(axes, table, curve, place)
        axes.set(xscale="log", yscale="log", xlabel=label)
        _reference(axes, slope, *(("1/n", NEUTRAL) if sweep == "pairs" else ("theorem 4", THEOREMS[4].color)))
    panels[0].set_ylabel("error, or excess loss")
    panels[1].set_xticks([0.3, 0.4, 0.5, 0.7], ["0.3", "0.4", "0.5", "0.7"])
    panels[1].minorticks_off()
    return picture, _caption(table)


def _curve(axes: Axes, table: pd.DataFrame, curve: Curve, place: int) -> None:
    """The points of a curve and its fit."""
    rows = points(table, curve)
    (color, marker), words = curve.look, curve.label
    positive = rows[rows["y"] > 0]
    axes.plot(positive["x"], positive["y"], marker, color=color, markersize=2.5, alpha=0.4)
    if curve.start is not None:
        fit, x = fitted(table, curve), rows["x"][rows["x"] >= curve.start]
        ends, words = np.array([x.min(), x.max()]), f"{curve.label}\n{fit.said}"
        axes.plot(ends, fit.constant * ends**fit.value, color=color, linewidth=2)
    label_line(axes, 0.03, 0.02 + 0.15 * place, words, color, transform=axes.transAxes, fontsize=sized(7))


def points(table: pd.DataFrame, curve: Curve) -> pd.DataFrame:
    """The rows of one curve."""
    return table[(table["sweep"] == curve.sweep) & (table["quantity"] == curve.quantity)]


def fitted(table: pd.DataFrame, curve: Curve) -> Exponent:
    """The power law of a curve, from its start on; of too few seeds there is no interval."""
    rows = points(table, curve)
    rows = rows[rows["x"] >= (curve.start or 0)]
    if rows["seed"].nunique() < FEWEST:
        slope, logarithm = np.polyfit(np.log(rows["x"]), np.log(rows["y"]), 1)
        return Exponent(float(slope), np.nan, np.nan, float(np.exp(logarithm)))
    fit = fit_rate(rows["x"].to_numpy(), rows["y"].to_numpy(), rows["seed"].to_numpy(), rng=np.random.default_rng(0))
    return Exponent(fit.exponent, fit.low, fit.high, fit.constant)


def halves(table: pd.DataFrame, curve: Curve) -> tuple[Exponent, Exponent]:
    """The power laws of the lower and the upper half of a curve's points, parted at the median of x."""
    rows = points(table, curve)
    low = rows["x"] <= rows["x"].median()
    return fitted(rows[low], curve), fitted(rows[~low], curve)


def _reference(axes: Axes, slope: int, name: str, color: str) -> None:
    """A dashed line of the slope that is proved, or usual, at the upper side of the panel."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    middle = np.sqrt(left * right)
    x = np.geomspace(left * (right / left) ** 0.3, left * (right / left) ** 0.7)
    axes.plot(x, high * 2 * (x / middle) ** slope, "--", color=color, linewidth=1.5)
    axes.set_ylim(low * (low / high) ** 0.45, high * 20)  # room for words above and below
    label_line(axes, 0.97, 0.97, f"{name}: slope {slope}", color, ha="right", va="top", transform=axes.transAxes)


def _caption(table: pd.DataFrame) -> str:
    return (
        f"Caption graphs of one world, {table['seed'].nunique()} seeds, a point a seed. Labelling error: by their noise"
        f"{with_settings(table, ', k = {k}')}. Gap: by the width{with_settings(table, ', in {widths}')}, of one graph. "
        "Pairs: the optimum of n pairs. Dashed: slopes of theorem 4, and 1/n. Dark: fitted "
        "power laws, exponents with 95% bootstrap intervals over seeds. Light: quantities that can be 0; only "
        "positive points are drawn, and none fitted."
    )


FIGURE = Figure("Rates", ("rates",), draw)
