"""Figure 6, *Tightness map*: where on the map of inconsistency, gap, width and classes a bound is near the truth."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.style import COLUMN, sized
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
    "sharp-probe-error": "4 sharper, 0-1 error",
    "probe-error": "4, 0-1 error",
    "image-error": "5, error of images",
    "zero-shot": "6, zero-shot error",
    "cheeger-above": "9, conductance",
    "infonce-by-uniformity": "11, InfoNCE",
    "class-variance": "11, class variance",
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
    table = tables["bound_holds"]
    points = points_of(table)
    picture = plt.figure(figsize=(2.3 * COLUMN, 2.3 * COLUMN))
    halves = picture.add_gridspec(2, 1, height_ratios=[1, 1.25])
    left = picture.add_subplot((above := halves[0].subgridspec(1, 2))[0])
    right = picture.add_subplot(above[1], sharex=left, sharey=left)
    right.tick_params(labelleft=False)
    panels = (left, right)
    for axes, (name, label) in zip(panels, PANELS.items(), strict=True):
        image = _panel(axes, points[points["gap"] > 0], name)
        axes.set(title=label, xlabel=r"induced labelling error $\alpha_T$")
    panels[0].set_ylabel(r"gap $1-\sigma_{k+1}^2$")
    bar = picture.colorbar(image, ax=panels, label="measured / bound, median")
    bar.ax.axhline(0.5, color="black", linewidth=1)
    _shares_panel(picture.add_subplot(halves[1].subgridspec(1, 1)[0]), _shares(points))
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
    medians = np.full((len(GAP_BINS) - 1, len(ALPHA_BINS) - 1), np.nan)
    across, up = np.digitize(points["alpha"], ALPHA_BINS) - 1, np.digitize(points["gap"], GAP_BINS) - 1
    for row in range(medians.shape[0]):
        for column in range(medians.shape[1]):
            cell = points[name][(across == column) & (up == row)]
            if len(cell) >= FEW:
                medians[row, column] = cell.median()
    image = axes.pcolormesh(ALPHA_BINS, GAP_BINS, medians, cmap="cividis", vmin=0, vmax=1)
    axes.contour(
        np.sqrt(ALPHA_BINS[1:] * ALPHA_BINS[:-1]),
        np.sqrt(GAP_BINS[1:] * GAP_BINS[:-1]),
        np.nan_to_num(medians),
        levels=[0.5],
        colors="black",
        linewidths=1,
    )
    axes.plot(ALPHA_BINS, ALPHA_BINS, ":", color=NEUTRAL)
    axes.text(0.11, 0.075, "bound = 1", color=NEUTRAL, fontsize=sized(8))
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
        axes.text(column, row, text, ha="center", va="center", fontsize=sized(7), color=color)
    labels = [label for _, bins in COORDINATES.values() for label in bins.values()]
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(BOUNDS)), list(BOUNDS.values()))
    first = 0
    for name, bins in COORDINATES.values():
        middle = first + (len(bins) - 1) / 2
        axes.text(middle, len(BOUNDS) + 0.6, name, ha="center", va="top", fontsize=sized(8))
        first += len(bins)
        axes.axvline(first - 0.5, color="white", linewidth=3)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title("points within a factor 2 of the truth, %, by theorem and what it bounds")


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
