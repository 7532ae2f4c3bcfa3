"""*Multi-hop*: the interval of theorem 15 against its order, and the tightness of bounds."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import SHARPER, THEOREMS, label_line, number_ticks, subplots
from pairbounds.figures.summaries import rows_of
from pairbounds.figures.tightness_map import TRUE, capped, near, points_of
from pairbounds.infrastructure.pictures import MEASURED, NEUTRAL

ROUND_OFF = 1e-9  # smaller squared errors count as 0


def draw(tables: Tables) -> Drawing:
    """Panels: intervals on a world and on emoji, and tightness of bounds on many graphs."""
    world, emoji = tables["multihop"], tables["emoji_multihop"]
    emoji = rows_of(emoji, labels="category", k=emoji["k"].min())
    points, families = points_of(tables["bound_holds"]), tables["other_families"]
    picture, panels = subplots(1, 3, size=(2.8, 1))
    width = with_settings(world, ", k = {k}")
    _interval(panels[0], rows_of(world, pairs="captions"), f"captions of one world{width}")
    _interval(panels[1], emoji, f"emoji captions, k = {emoji['k'].iloc[0]}")
    panels[0].set_ylabel(r"squared probe error $\varepsilon_2$")
    _shares(panels[2], points, families)
    return picture, (
        f"Left and middle: the interval for the squared error from walks of up to 2M hops; left, medians over "
        f"{world['seed'].nunique()} seeds of one world{width}, thin lines and bands from "
        f"the least to the most; middle, one graph. Right: share of {len(points):,} points of "
        f"{points['seed'].nunique()} random worlds where a bound is within a factor of the squared error; thin: mean "
        f"share of {len(near_by_family(families))} other graph families."
    )


def near_by_family(table: pd.DataFrame, factor: float = 2.0) -> pd.DataFrame:
    """Shares of points where a bound is within a factor of the error; a row for each family."""
    points = table[table["error"] > ROUND_OFF]
    near = points[["theorem_15", "theorem_4"]].le(factor * points["error"], axis=0)
    return near.groupby(points["family"]).mean()


def _interval(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    by_order = rows.groupby(["quantity", "m"])["value"]
    upper, lower = (by_order.median()[name] for name in ("upper", "lower"))
    plain, true = rows.groupby("quantity")["value"].median()[["theorem 4", "true"]]
    hue, dots, marker = THEOREMS[15]
    axes.fill_between(upper.index, lower, upper, color=hue, alpha=0.25, linewidth=0)
    for end in (upper, lower):
        axes.plot(end, linestyle=dots, color=hue, marker=marker, markersize=3)
    top, peak, share = 1.15 * plain, true, 1 / 6
    if "seed" in rows and rows["seed"].nunique() > 1:
        highest, lowest = by_order.max()["upper"], by_order.min()["lower"]
        for end in (highest, lowest):
            axes.plot(end, linestyle=dots, color=hue, linewidth=0.8)
        every = rows_of(rows, quantity="true")["value"]
        peak, share = max(every.max(), highest.iloc[-1]), 1 / 2
        axes.axhspan(every.min(), every.max(), color=MEASURED, alpha=0.15, linewidth=0)
    axes.axhline(true, color=MEASURED)
    red, dashes, _ = THEOREMS[4]
    axes.axhline(plain, color=red, linestyle=dashes)
    axes.set(title=title, xlabel="order M of the bound", ylim=(0, top))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    right = float(upper.index.max())
    label_line(axes, right, plain + 0.01 * top, "theorem 4", red, ha="right")
    label_line(axes, share * right, peak + 0.02 * top, "measured", MEASURED)
    label_line(axes, 1.6, float(upper.iloc[0]) - 0.02 * top, "theorem 15", hue)


def _shares(axes: Axes, points: pd.DataFrame, families: pd.DataFrame) -> None:
    """Draw the share of points where each bound is within a factor of the error, against the factor."""
    factors = np.geomspace(1, 20, 100)
    (plain, dashes, _), (hops, dots, _) = THEOREMS[4], THEOREMS[15]
    for tightness, label, color, dash in (
        (points["multihop-mse"], "theorem 15", hops, dots),
        (capped(points, "sharp-probe-mse"), "theorem 4, sharper, at most 1", plain, SHARPER),
        (capped(points, "probe-mse"), "theorem 4, at most 1", plain, dashes),
        (points[TRUE], "always 1", NEUTRAL, "-"),
    ):
        axes.plot(factors, [near(tightness, factor) for factor in factors], linestyle=dash, color=color, label=label)
    of_families = [near_by_family(families, factor)["theorem_15"].mean() for factor in factors]
    axes.plot(factors, of_families, color=hops, linewidth=0.8, label="theorem 15, other families")
    axes.axvline(2, color=NEUTRAL, linewidth=0.8)
    axes.set(xscale="log", ylim=(0, 1.02), title="random worlds", xlabel="bound / squared error, at most")
    axes.set_ylabel("share of points")
    number_ticks(axes, x=(1, 2, 5, 10, 20))
    axes.legend(loc="lower right", fontsize="small")


FIGURE = Figure("Multi-hop", ("multihop", "emoji_multihop", "bound_holds", "other_families"), draw)
