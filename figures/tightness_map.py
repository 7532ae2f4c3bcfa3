"""Figure 6, *Tightness map*: where on the map of inconsistency and gap a bound is near the truth."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure as Picture

from figures.figure import Figure
from figures.style import COLUMN, NEUTRAL

PANELS = {"probe-mse": r"theorem 4: $\alpha_T/(1-\sigma_{k+1}^2)$", "multihop-mse": "theorem 15: multi-hop consistency"}
ALPHA_BINS = np.geomspace(2e-3, 1, 10)
GAP_BINS = np.geomspace(1e-2, 1, 10)
FEW = 3  # cells with fewer graphs are left blank


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Two heat maps of measured over bound, for the squared probe error."""
    points = _points(tables["bound_holds"])
    picture, panels = plt.subplots(1, 2, figsize=(2.3 * COLUMN, COLUMN), sharex=True, sharey=True)
    for axes, (name, label) in zip(panels, PANELS.items(), strict=True):
        image = _panel(axes, points, name)
        axes.set(title=label, xlabel=r"induced labelling error $\alpha_T$")
    panels[0].set_ylabel(r"gap $1-\sigma_{k+1}^2$")
    bar = picture.colorbar(image, ax=panels, label="measured / bound, median")
    bar.ax.axhline(0.5, color="black", linewidth=1)
    return picture, _caption(points)


def _points(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each graph and width, with α_T, the gap and the tightness of both bounds."""
    key = ["seed", "pairs", "k", "n_classes"]
    wide = table.pivot_table(index=key, columns="bound", values=["measured", "value", "tightness"])
    points = pd.DataFrame({"alpha": wide["measured", "induced-labelling-error"]})
    points["gap"] = points["alpha"] / wide["value", "probe-mse"]
    for name in PANELS:
        points[name] = wide["tightness", name]
    return points[(points["alpha"] > 0) & (points["gap"] > 0)].reset_index()


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
    axes.text(0.11, 0.075, "bound = 1", color=NEUTRAL, fontsize=8)
    axes.set(xscale="log", yscale="log", xlim=ALPHA_BINS[[0, -1]], ylim=GAP_BINS[[0, -1]])
    return image


def _caption(points: pd.DataFrame) -> str:
    shares = [f"{name} {(points[name] >= 0.5).mean():.0%}" for name in PANELS]
    by_width = []
    for factor, rows in points.groupby(points["k"] / points["n_classes"]):
        by_width.append(f"{factor:.0f}: " + ", ".join(f"{(rows[name] >= 0.5).mean():.0%}" for name in PANELS))
    return (
        f"Squared probe error over its bound, medians over {len(points)} (graph, width) points of random worlds; cells "
        f"with fewer than {FEW} points are blank; the line encloses where the bound is within a factor 2 of the truth; "
        f"below the dotted line theorem 4 says nothing. Within a factor 2: {' and '.join(shares)} of the points. By k "
        f"over the number of classes, in the same order: {'; '.join(by_width)}."
    )


FIGURE = Figure("tightness_map", "Tightness map", ("bound_holds",), draw)
