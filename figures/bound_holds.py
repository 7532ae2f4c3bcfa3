"""Figure 1, *The bound holds*: measured probe error against the bound, over many worlds."""

from collections.abc import Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.style import COLUMN, label_line, sized
from pairbounds.infrastructure.palette import BOUND, NEUTRAL

FLOOR = 3e-4  # where an error or a bound of 0 is drawn
LIMITS = (2e-4, 1.3)  # of the errors, and of the bounds up to 1
ABOVE = (1.3, 3.0)  # the strip of bounds above 1, none of which could be violated: an error is at most 1
DENSITY = LinearSegmentedColormap.from_list("density", ["#c3d7ea", "#08306b"])  # the more points, the darker
CELLS = 28  # along each axis, of the density
PANELS = (
    ("probe-error", r"bound $2\alpha_T/(1-\sigma_{k+1}^2)$"),
    ("sharp-probe-error", r"sharper bound $2\rho_k/(1-\sigma_{k+1}^2)$"),
    ("local-multihop-error", "theorem 16"),
)


class Count(NamedTuple):
    """Counts of one bound over all graphs and widths: the points, and those on which it is informative or violated."""

    points: int
    violated: int
    above: int  # 1
    infinite: int
    informative: int


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel each for the bound of theorem 4, its sharper form, and theorem 16: how many points lie where."""
    table = tables["bound_holds"]
    picture, panels = plt.subplots(1, len(PANELS), figsize=(2.8 * COLUMN, 1.1 * COLUMN), sharex=True, sharey=True)
    most = LogNorm(1, max(10, counted(table, PANELS[0][0]).points / 20))
    for axes, (name, label) in zip(panels, PANELS, strict=True):
        _density(axes, table[table["bound"] == name], most)
        _words(axes, counted(table, name))
        axes.set_xlabel(label)
    panels[0].set_ylabel("measured probe error (0-1, tie = error)")
    shades = ScalarMappable(most, DENSITY)
    picture.colorbar(shades, ax=panels, label="points in a cell", extend="max", aspect=30)
    return picture, _caption(table)


def _density(axes: Axes, rows: pd.DataFrame, norm: LogNorm) -> None:
    value, error = (rows[name].clip(lower=FLOOR) for name in ("value", "measured"))
    value = value.where(value <= 1, float(np.mean(ABOVE)))
    edges = np.geomspace(*LIMITS, CELLS + 1)
    axes.hist2d(value, error, bins=([*edges, ABOVE[1]], edges), cmap=DENSITY, norm=norm, cmin=1, zorder=2)
    axes.axvline(ABOVE[0], color=NEUTRAL, linewidth=0.8, zorder=3)
    axes.plot(LIMITS, LIMITS, color=BOUND, linewidth=1.5, zorder=3)
    axes.set(xscale="log", yscale="log", xlim=(LIMITS[0], ABOVE[1]), ylim=LIMITS)
    ticks = {FLOOR: "0", 1e-3: "0.001", 1e-2: "0.01", 1e-1: "0.1", 1: "1"}
    axes.set_yticks(list(ticks), list(ticks.values()))
    ticks = dict(list(ticks.items())[:-1]) | {float(np.sqrt(np.prod(ABOVE))): ">1"}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.minorticks_off()


def _words(axes: Axes, count: Count) -> None:
    """Write what no cell shows: the line that a violation would cross, and the number of informative points."""
    label_line(axes, 0.012, 0.02, "measured = bound", BOUND, rotation=45, rotation_mode="anchor", ha="center")
    said = [
        f"{count.informative:,} of {count.points:,} informative",
        f"{count.above:,} with a bound above 1",
        f"{count.violated:,} violated",
    ]
    axes.text(
        0.03, 0.97, "\n".join(said), transform=axes.transAxes, fontsize=sized(8), va="top", color=NEUTRAL, zorder=4
    )


def graphs(table: pd.DataFrame) -> int:
    """The number of graphs."""
    return table.groupby(["seed", "pairs"]).ngroups


def counted(table: pd.DataFrame, name: str) -> Count:
    """Count the points of one bound; it is informative where it is better than guessing the largest class."""
    rows = table[table["bound"] == name]
    informative = rows[~rows["vacuous"]]
    above, infinite = (int(found.sum()) for found in (rows["value"] > 1, np.isinf(rows["value"])))
    return Count(len(rows), int((~rows["holds"]).sum()), above, infinite, len(informative))


def _caption(table: pd.DataFrame) -> str:
    counts = {name: counted(table, name) for name, _ in PANELS}
    factors = " or ".join(map(str, sorted((table["k"] // table["n_classes"]).unique())))
    parts = [f"{graphs(table)} graphs, {counts[PANELS[0][0]].points} (graph, width) points"]
    for name, count in counts.items():
        parts.append(
            f"{name}: {count.violated} of {count.points} violated, {count.above} above 1, where none could be, "
            f"{count.infinite} of them infinite (more than k components), and {count.informative} informative, that is "
            "better than guessing the largest class"
        )
    return (
        "How many points lie where: each is the optimal embedding of one random world's caption or augmentation graph, "
        f"of width {factors} times the number of classes. None may lie above the line; the "
        "last column has all bounds above 1. " + "; ".join(parts) + "."
    )


FIGURE = Figure("The bound holds", ("bound_holds",), draw)
