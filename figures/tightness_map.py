"""*Tightness map*: tightness of bounds, measured error over bound, against labelling error and gap."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.style import subplots
from pairbounds.infrastructure.pictures import NEUTRAL

PANELS = {"probe-mse": r"theorem 4: $\alpha_T/(1-\sigma_{k+1}^2)$", "multihop-mse": "theorem 15: multi-hop consistency"}
TRUE = "true"  # column: squared error, which is the tightness of a bound that is always 1
ALPHA_BINS = np.geomspace(2e-3, 1, 10)
GAP_BINS = np.geomspace(1e-2, 1, 10)
FEW = 3  # cells with fewer points are blank
MAIN = ("multihop-mse", "sharp-probe-mse", "probe-mse")  # bounds whose tightness is a column of the points


def draw(tables: Tables) -> Drawing:
    """Two heat maps of measured squared probe error over bound."""
    points = points_of(tables["bound_holds"])
    picture, panels = subplots(1, 2, size=(2.3, 1), sharex=True, sharey=True)
    for axes, (name, label) in zip(panels, PANELS.items(), strict=True):
        image = _panel(axes, points[points["gap"] > 0], name)
        axes.set(title=label, xlabel=r"induced labelling error $\alpha_T$")
    panels[0].set_ylabel(r"gap $1-\sigma_{k+1}^2$")
    bar = picture.colorbar(image, ax=panels, label="measured / bound, median")
    bar.ax.axhline(0.5, color="black", linewidth=1)
    shares = " and ".join(f"{name} {near(points[name]):.0%}" for name in PANELS)
    return picture, (
        f"Squared probe error over its bound, medians over {int((points['gap'] > 0).sum())} (graph, width) "
        f"points of random worlds. Blank: fewer than {FEW} points. Black mark: a factor 2. Dotted: theorem 4 is 1. "
        f"Within a factor 2: {shares} of all {len(points)} points. Infinite bounds, and points with error 0, count "
        "as not within it."
    )


def points_of(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each graph and width: `alpha` (`α_T`), `gap`, the tightness of each bound in `MAIN`, and `TRUE`."""
    wide = table.pivot_table(index=["seed", "pairs", "k"], columns="bound", values=["measured", "value", "tightness"])
    points = pd.DataFrame({"alpha": wide["measured", "induced-labelling-error"]})
    points["gap"] = points["alpha"] / wide["value", "probe-mse"]  # theorem 4: the bound is alpha / gap
    for name in MAIN:
        points[name] = wide["tightness", name]
    points[TRUE] = wide["measured", "multihop-mse"]
    return points[points["alpha"] > 0].reset_index()


def _panel(axes: Axes, points: pd.DataFrame, name: str) -> QuadMesh:
    """Draw the heat map of a bound: the median tightness in each cell of gap and labelling error."""
    bins = {"gap": GAP_BINS, "alpha": ALPHA_BINS}
    cells = [pd.cut(points[coordinate], edges.tolist(), right=False) for coordinate, edges in bins.items()]
    by_cell = points.groupby(cells, observed=False)[name]
    medians = by_cell.median().where(by_cell.count() >= FEW).unstack()
    image = axes.pcolormesh(ALPHA_BINS, GAP_BINS, medians, cmap="cividis", vmin=0, vmax=1)
    axes.plot(ALPHA_BINS, ALPHA_BINS, ":", color=NEUTRAL)
    axes.text(0.11, 0.075, "bound = 1", bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1})
    axes.set(xscale="log", yscale="log", xlim=ALPHA_BINS[[0, -1]], ylim=GAP_BINS[[0, -1]])
    return image


def near(tightness: pd.Series, factor: float = 2) -> float:
    """Share of points on which a bound is within a factor of the error."""
    return float((tightness >= 1 / factor).mean())


def capped(points: pd.DataFrame, name: str) -> pd.Series:
    """Tightness of min(bound, 1) for a bound on the squared error."""
    return points[[name, TRUE]].max(axis=1)


FIGURE = Figure("Tightness map", ("bound_holds",), draw)
