"""Figure 6, *Tightness map*: where on the map of inconsistency, gap, width and classes a bound is near the truth."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.style import COLUMN
from pairbounds.infrastructure.palette import NEUTRAL

PANELS = {"probe-mse": r"theorem 4: $\alpha_T/(1-\sigma_{k+1}^2)$", "multihop-mse": "theorem 15: multi-hop consistency"}
TRUE = "true"  # column: the squared error, and so the tightness of a bound that is always 1
ALPHA_BINS = np.geomspace(2e-3, 1, 10)
GAP_BINS = np.geomspace(1e-2, 1, 10)
FEW = 3  # cells with fewer graphs are left blank
EQUAL = 1.001  # times its equal share: up to this the largest class is no larger than the others

BOUNDS = {
    "multihop-mse": "15, squared error",
    "sharp-probe-mse": "4 sharper, squared error",
    "probe-mse": "4, squared error",
    "trained-error": "17 at the optimum, 0-1 error",
    "local-multihop-error": "16, 0-1 error",
    "multihop-error": "15, 0-1 error",
}
# Of each coordinate the upper ends of its bins, and what they are called.
COORDINATES: dict[str, tuple[str, dict[float, str]]] = {
    "alpha": (r"$\alpha_T$", {0.05: "≤.05", 0.2: ".05–.2", np.inf: ">.2"}),
    "gap": (r"gap $1-\sigma_{k+1}^2$", {0.1: "≤.1", 0.3: ".1–.3", np.inf: ">.3"}),
    "width": ("k / classes", {1: "1", 2: "2", np.inf: "4"}),
    "n_classes": ("classes", {2: "2", 4: "3–4", np.inf: "5–8"}),
    "imbalance": ("largest class\n/ equal share", {EQUAL: "1", 1.5: "1–1.5", np.inf: ">1.5"}),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Two heat maps of measured over bound, for the squared probe error; below, all coordinates and the main bounds."""
    points = points_of(tables["bound_holds"])
    picture = plt.figure(figsize=(2.3 * COLUMN, 1.7 * COLUMN))
    halves: Any = picture.subfigures(2, 1, height_ratios=[1.4, 1])
    above, below = halves
    panels = above.subplots(1, 2, sharex=True, sharey=True)
    for axes, (name, label) in zip(panels, PANELS.items(), strict=True):
        image = _panel(axes, points[points["gap"] > 0], name)
        axes.set(title=label, xlabel=r"induced labelling error $\alpha_T$")
    panels[0].set_ylabel(r"gap $1-\sigma_{k+1}^2$")
    bar = above.colorbar(image, ax=panels, label="measured / bound, median")
    bar.ax.axhline(0.5, color="black", linewidth=1)
    _shares_panel(below.subplots(), _shares(points))
    return picture, _caption(points)


def points_of(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each graph and width, with its coordinates and the tightness of the main bounds."""
    key = ["seed", "pairs", "k", "n_classes", "largest_class"]
    wide = table.pivot_table(index=key, columns="bound", values=["measured", "value", "tightness"])
    points = pd.DataFrame({"alpha": wide["measured", "induced-labelling-error"]})
    points["gap"] = points["alpha"] / wide["value", "probe-mse"]
    for name in BOUNDS:
        points[name] = wide["tightness", name]
    points[TRUE] = wide["measured", "multihop-mse"]
    points = points[points["alpha"] > 0].reset_index()
    points["width"] = points["k"] / points["n_classes"]
    points["imbalance"] = points["largest_class"] * points["n_classes"]
    return points


def _panel(axes: Axes, points: pd.DataFrame, name: str) -> QuadMesh:
    bins = {"gap": GAP_BINS, "alpha": ALPHA_BINS}
    cells = [pd.cut(points[coordinate], edges.tolist(), right=False) for coordinate, edges in bins.items()]
    by_cell = points.groupby(cells, observed=False)[name]
    medians = by_cell.median().where(by_cell.count() >= FEW).unstack()
    image = axes.pcolormesh(ALPHA_BINS, GAP_BINS, medians, cmap="cividis", vmin=0, vmax=1)
    across, up = (np.sqrt(edges[1:] * edges[:-1]) for edges in (ALPHA_BINS, GAP_BINS))
    axes.contour(across, up, medians.fillna(0), levels=[0.5], colors="black", linewidths=1)
    axes.plot(ALPHA_BINS, ALPHA_BINS, ":", color=NEUTRAL)
    axes.text(0.11, 0.075, "bound = 1", bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1})
    axes.set(xscale="log", yscale="log", xlim=ALPHA_BINS[[0, -1]], ylim=GAP_BINS[[0, -1]])
    return image


def near(points: pd.DataFrame, name: str) -> float:
    """The share of all points on which a bound is within a factor 2 of the truth."""
    return float((points[name] >= 0.5).mean())


def capped(points: pd.DataFrame, name: str) -> pd.Series:
    """The tightness of a bound on the squared error where it is taken as 1 when it is larger."""
    return points[[name, TRUE]].max(axis=1)


def _shares(points: pd.DataFrame) -> pd.DataFrame:
    """The share of points within a factor 2, in percent: a row for each main bound, columns (coordinate, bin)."""
    columns = {}
    for coordinate, (_, bins) in COORDINATES.items():
        which = np.searchsorted(list(bins), points[coordinate])
        for number, label in enumerate(bins.values()):
            chosen = points.loc[which == number, list(BOUNDS)]
            columns[coordinate, label] = 100 * (chosen >= 0.5).sum() / chosen.notna().sum()
    return pd.DataFrame(columns)


def _shares_panel(axes: Axes, shares: pd.DataFrame) -> None:
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    for (row, column), share in np.ndenumerate(shares.to_numpy()):
        text, color = ("–", NEUTRAL) if np.isnan(share) else (f"{share:.0f}", "white" if share > 60 else "black")
        axes.text(column, row, text, ha="center", va="center", fontsize="small", color=color)
    labels = [label for _, bins in COORDINATES.values() for label in bins.values()]
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(BOUNDS)), list(BOUNDS.values()))
    first = 0
    for name, bins in COORDINATES.values():
        middle = first + (len(bins) - 1) / 2
        axes.text(middle, len(BOUNDS) + 0.4, name, ha="center", va="top")
        first += len(bins)
        axes.axvline(first - 0.5, color="white", linewidth=3)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title("points within a factor 2 of the truth, %, by theorem")


def _caption(points: pd.DataFrame) -> str:
    shares = " and ".join(f"{name} {near(points, name):.0%}" for name in PANELS)
    return (
        f"Above: squared probe error over its bound, medians over {int((points['gap'] > 0).sum())} (graph, width) "
        f"points of random worlds; blank: fewer than {FEW} points; the line encloses a factor 2; on the dotted line "
        f"theorem 4 is 1. Within a factor 2: {shares} of all {len(points)} points. Below: that share, "
        "along each coordinate, where the bound applies; an infinite bound is far from the truth, and so is "
        "any bound where the truth is 0."
    )


FIGURE = Figure("Tightness map", ("bound_holds",), draw)
