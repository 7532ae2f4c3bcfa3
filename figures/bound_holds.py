"""*The bound holds*: measured probe error against the bound, with a dot for each graph and width."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.style import THEOREMS, label_line, subplots
from pairbounds.figures.summaries import rows_of
from pairbounds.infrastructure.pictures import MEASURED, NEUTRAL
from pairbounds.theory.bounds.registry import BOUNDS

ZERO = (2.5e-4, 5e-4)  # strip for errors and bounds near 0
ABOVE = (1.3, 4.0)  # strip for bounds above 1, which cannot be violated
PANELS = (
    ("probe-error", r"bound of theorem 4: $2\alpha_T/(1-\sigma_{k+1}^2)$"),
    ("sharp-probe-error", r"its sharper form: $2\rho_k/(1-\sigma_{k+1}^2)$"),
    ("local-multihop-error", "bound of theorem 16"),
)


class Count(NamedTuple):
    """Counts for one bound over graphs and widths: all and violated points, bounds above 1, and informative ones."""

    points: int
    violated: int
    above: int  # 1
    informative: int


def draw(tables: Tables) -> Drawing:
    """One panel for each of theorem 4, its sharper form, and theorem 16."""
    table = tables["bound_holds"]
    picture, panels = subplots(1, len(PANELS), size=(2.8, 1.1), sharex=True, sharey=True)
    for axes, (name, label) in zip(panels, PANELS, strict=True):
        _dots(axes, rows_of(table, bound=name))
        _words(axes, counted(table, name), THEOREMS[BOUNDS[name].theorem or 0].color)
        axes.set_xlabel(label)
    panels[0].set_ylabel("measured probe error (0-1, tie = error)")
    return picture, _caption(table)


def _dots(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw the points; those of a strip are spread evenly over it."""
    low, least = ZERO
    places = np.modf(np.arange(len(rows))[:, None] * (0.618, 0.755))[0]
    near_zero, above_one = (start * (end / start) ** (0.1 + 0.8 * places) for start, end in (ZERO, ABOVE))
    value = rows["value"].mask(rows["value"] > 1, above_one[:, 0]).mask(rows["value"] < least, near_zero[:, 0])
    error = rows["measured"].mask(rows["measured"] < least, near_zero[:, 1])
    axes.plot(value, error, ".", color=MEASURED, markersize=3, markeredgewidth=0, alpha=0.4, rasterized=True)
    for edge in (least, ABOVE[0]):
        axes.axvline(edge, color=NEUTRAL, linewidth=0.8)
    axes.axhline(least, color=NEUTRAL, linewidth=0.8)
    axes.set(xscale="log", yscale="log", xlim=(low, ABOVE[1]), ylim=(low, ABOVE[0]))
    ticks = {float(np.sqrt(low * least)): "0", 1e-3: "0.001", 1e-2: "0.01", 1e-1: "0.1", 1: "1"}
    axes.set_yticks(list(ticks), list(ticks.values()))
    ticks = dict(list(ticks.items())[:-1]) | {float(np.sqrt(np.prod(ABOVE))): ">1"}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.minorticks_off()


def _words(axes: Axes, count: Count, color: str) -> None:
    """Label the line measured = bound, and write the counts."""
    axes.plot((ZERO[1], 1), (ZERO[1], 1), color=color, linewidth=1.5)
    label_line(
        axes,
        0.012,
        0.0135,
        "measured = bound",
        color,
        ha="center",
        rotation=45,
        rotation_mode="anchor",
        transform_rotates_text=True,
    )
    lines = [
        f"{count.violated:,} of {count.points:,} dots above the line",
        f"{count.informative:,} better than a guess",
        f"{count.above:,} bounds above 1",
    ]
    axes.text(0.08, 0.97, "\n".join(lines), transform=axes.transAxes, fontsize="small", va="top", color=NEUTRAL)


def counted(table: pd.DataFrame, name: str) -> Count:
    """Counts for one bound; informative means better than guessing the largest class."""
    rows = rows_of(table, bound=name)
    flags = (~rows["holds"], rows["value"] > 1, ~rows["vacuous"])
    return Count(len(rows), *(int(flag.sum()) for flag in flags))


def _caption(table: pd.DataFrame) -> str:
    counts = {name: counted(table, name) for name, _ in PANELS}
    violated = "; ".join(f"{name}: {count.violated} of {count.points:,}" for name, count in counts.items())
    graphs = table.groupby(["seed", "pairs"]).ngroups
    factors = ", ".join(map(str, sorted((table["k"] // table["n_classes"]).unique())))
    return (
        "Each dot is the optimal embedding of one random world's caption or augmentation graph, of width "
        f"{factors} times the number of classes: {graphs:,} graphs of {table['seed'].nunique()} worlds, one seed each. "
        "Dots above the line are violations. Errors and bounds near 0, and bounds above 1, are spread over "
        f"strips. Violated: {violated}."
    )


FIGURE = Figure("The bound holds", ("bound_holds",), draw)
