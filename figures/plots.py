"""Plots of a user's graphs and tables, on given or new axes, which they return.

New axes have the style and the colours of our figures. Given axes keep their style: lines take the colours of
`axes.prop_cycle`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from itertools import cycle
from typing import Any, TypeVar

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.style import COLUMN, THEOREMS, label_line, style
from pairbounds.infrastructure.commandline import shortened
from pairbounds.infrastructure.pictures import INK, MEASURED, NEUTRAL, VERMILION
from pairbounds.theory.bounds.registry import BOUNDS, Bound, names_of
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import joined_classes, label_energy
from pairbounds.theory.quantities.multihop_consistency import consistency_curve
from pairbounds.theory.questions.choosing import Choice
from pairbounds.theory.questions.comparisons import BEST, WORSE
from pairbounds.theory.spectrum.triplets import spectrum

__all__ = [
    "plot_bounds",
    "plot_choice",
    "plot_classes",
    "plot_comparison",
    "plot_consistency",
    "plot_spectrum",
]

CYCLE = cycler(color=[MEASURED, *(THEOREMS[number].color for number in (4, 15, 16, 17)), NEUTRAL])  # on new axes
DASHES = ("--", ":", "-.", (0, (5, 1)), (0, (1, 2)))  # of successive bounds
SHOWN = ("probe-mse", "multihop-mse")
PLAIN = ("probe-mse", "probe-error")  # theorem 4
LONGEST_NAME = 20  # characters of a class name at an axis


Plot = TypeVar("Plot", bound=Callable[..., Axes])


def _on_axes(draw: Plot) -> Plot:
    """Make a function draw on new axes, in the style of our figures, if `ax` is not given."""

    @wraps(draw)
    def plot(*arguments: Any, ax: Axes | None = None, **options: Any) -> Axes:
        if ax is not None:
            return draw(*arguments, ax=ax, **options)
        with style(axes_prop_cycle=CYCLE):
            picture, axes = plt.subplots(figsize=(1.4 * COLUMN, COLUMN))
            try:
                return draw(*arguments, ax=axes, **options)
            except Exception:
                plt.close(picture)
                raise

    return plot  # type: ignore[return-value]  # same parameters


@_on_axes
def plot_bounds(
    table: pd.DataFrame, bounds: str | Bound | Iterable[str | Bound] | None = None, *, ax: Axes | None = None
) -> Axes:
    """Plot bounds on one quantity and its measured value, against the width or at one width.

    `ValueError`: several widths without a column k; a missing bound; bounds on several quantities.

    Parameters
    ----------
    table : table of `check_bounds`
    bounds : bounds on one quantity; by default theorems 4 and 15 on the squared error of the probe
    """
    names = names_of(SHOWN if bounds is None else bounds)
    if "k" not in table and "bound" in table and table["bound"].is_unique:  # one width, not in the table
        table = table.assign(k="one width")
    _require(table, ("k", "bound", "measured", "value"), "check_bounds at several widths")
    missing = [name for name in names if name not in set(table["bound"])]
    if missing:
        raise ValueError(f"the table has no rows of {', '.join(missing)}")
    quantities = table.loc[table["bound"].isin(names), "quantity"].unique()
    if len(quantities) > 1:
        raise ValueError(f"the bounds are on several quantities, {', '.join(quantities)}: choose bounds on one")
    assert ax is not None
    by_name = {name: table[table["bound"] == name].sort_values("k") for name in names}
    rows = by_name[names[0]]
    ax.plot(rows["k"], rows["measured"], "-o", markersize=3, label="measured", zorder=3)
    marks: dict[str, Any] = {"marker": "_", "markersize": 24} if rows["k"].nunique() == 1 else {}
    for name, dash in zip(names, cycle(DASHES)):
        looks = _look(name) | marks
        ax.plot(by_name[name]["k"], by_name[name]["value"], linestyle=dash, label=_label(name), **looks)
    guess = float(rows["guess"].max()) if np.isfinite(rows["guess"]).any() else 1.0
    top = max(guess, float(rows["measured"].max()))
    ax.axhline(guess, color=NEUTRAL, linewidth=0.8, linestyle=":", label="a guess")
    ax.set(xlabel="width k", ylabel=_axis(quantities[0]), ylim=(0, 1.15 * top))
    ax.legend()
    return ax


def _label(name: str) -> str:
    """Label of a bound, different from that of the measured quantity."""
    number = BOUNDS[name].theorem if name in BOUNDS else None
    return f"bound {name}" if number is None else f"theorem {number} ({name})"


def _look(name: str) -> dict[str, Any]:
    """Colour of a bound's theorem, on new axes."""
    number = BOUNDS[name].theorem if name in BOUNDS else None
    ours = mpl.rcParams["axes.prop_cycle"] == CYCLE
    return {"color": THEOREMS[number].color if number in THEOREMS else INK} if ours else {}


def _axis(quantity: str) -> str:
    return f"{quantity.replace('_', ' ')}, or a bound on it"


def errors_along_widths(table: pd.DataFrame) -> Picture:
    """Figure with theorem 4 on the squared and on the 0-1 error of the probe, and the closest other bounds.

    Parameters
    ----------
    table : table of `check_bounds` at several widths
    """
    with style(axes_prop_cycle=CYCLE):
        picture = Picture(figsize=(2.6 * COLUMN, COLUMN))
        for axes, plain in zip(picture.subplots(1, 2), PLAIN, strict=True):
            plot_bounds(table, [plain, *_closest(table, plain)], ax=axes)
    return picture


def _closest(table: pd.DataFrame, plain: str, count: int = 3) -> list[str]:
    """Upper bounds on the same quantity with the lowest values at any width, without `plain` and corollaries."""
    upper = table[(table["quantity"] == BOUNDS[plain].quantity) & (table["relation"] == "<=") & table["applicable"]]
    corollaries = [name for name, claim in BOUNDS.items() if claim.corollary_of is not None]
    least = upper[~upper["bound"].isin([plain, *corollaries])].groupby("bound")["value"].min()
    return [str(name) for name in least[np.isfinite(least)].nsmallest(count).index]


@_on_axes
def plot_spectrum(graph: PairGraph, triplets: Spectrum | None = None, *, k: int = 32, ax: Axes | None = None) -> Axes:
    """Plot the squared singular values in order, with label energies if the graph has labels.

    Parameters
    ----------
    triplets : a spectrum that is already computed; by default the k leading triplets
    """
    leading = spectrum(graph, min(k, *graph.shape)) if triplets is None else triplets
    squared = leading.singular_values**2
    rank = np.arange(1, len(squared) + 1)
    assert ax is not None
    if graph.left_labels is not None:
        ax.bar(rank, label_energy(graph, leading), color=MEASURED, alpha=0.6, width=0.8)
        label_line(ax, 0.98, 0.97, "bars: label energy $c_i$", MEASURED, transform=ax.transAxes, ha="right", va="top")
    ax.plot(rank, squared, "D", color=VERMILION, markersize=3)
    label_line(ax, 0.98, 0.9, r"$\sigma_i^2$", VERMILION, transform=ax.transAxes, ha="right", va="top")
    ax.set(xlabel="number of the singular value, i", ylabel=r"$\sigma_i^2$ and $c_i$", ylim=(0, 1.05))
    return ax


@_on_axes
def plot_consistency(graphs: PairGraph | Mapping[str, PairGraph], hops: int = 8, *, ax: Axes | None = None) -> Axes:
    """Plot consistency against the number of hops of a walk along induced pairs, for one graph or several by name."""
    named = {"": graphs} if isinstance(graphs, PairGraph) else graphs
    assert ax is not None
    for (name, graph), dash in zip(named.items(), cycle(("-", *DASHES))):
        curve = consistency_curve(graph, hops)
        ax.plot(np.arange(hops + 1), curve, linestyle=dash, marker="o", markersize=3, label=name)
    ax.set(xlabel="hops m", ylabel=r"consistency $a_m$", ylim=(0, 1.05))
    if len(named) > 1:
        ax.legend()
    return ax


@_on_axes
def plot_classes(graph: PairGraph, most: int = 24, *, ax: Axes | None = None, **options: Any) -> Axes:
    """Plot which classes the induced pairs join: shares of end classes for pairs that start in each class (row).

    The diagonal is the consistency of each class. The heaviest class is first.

    Parameters
    ----------
    most : number of classes, the heaviest ones
    options : options of `matplotlib.axes.Axes.pcolormesh`
    """
    joined = joined_classes(graph)
    mass = joined.sum(axis=1)
    heaviest = np.argsort(-mass.to_numpy(), kind="stable")[:most]
    shares = joined.div(mass, axis=0).iloc[heaviest, heaviest]
    assert ax is not None
    look: dict[str, Any] = {"cmap": "cividis", "vmin": 0, "vmax": 1, "rasterized": True} | options
    mesh = ax.pcolormesh(shares, **look)
    ax.figure.colorbar(mesh, ax=ax, label="share of the pairs of a class")
    ticks, names = np.arange(len(shares)) + 0.5, [shortened(name, LONGEST_NAME) for name in shares.index]
    ax.set_xticks(ticks, names, rotation=90, parse_math=False)
    ax.set_yticks(ticks, names, parse_math=False)
    left_out = f": {most} of {len(joined)}, the heaviest" if len(joined) > most else ""
    ax.set(xlabel=f"class that a pair ends in{left_out}", ylabel="class that it starts in", aspect="equal")
    ax.invert_yaxis()
    ax.grid(visible=False)
    return ax


@_on_axes
def plot_comparison(tables: Mapping[str, pd.DataFrame], bound: str = "multihop-mse", *, ax: Axes | None = None) -> Axes:
    """Plot one bound and its measured quantity against the width, for several graphs by name.

    Parameters
    ----------
    tables : table of `check_bounds` at several widths, for each graph
    """
    quantity = BOUNDS[bound].quantity
    assert ax is not None
    for name, table in tables.items():
        _require(table, ("k", "bound", "measured", "value"), "check_bounds at several widths")
        rows = table[table["bound"] == bound].sort_values("k")
        (line,) = ax.plot(rows["k"], rows["value"], "--", label=f"{name}: {_label(bound)}")
        ax.plot(rows["k"], rows["measured"], "-o", color=line.get_color(), markersize=3, label=f"{name}: measured")
    ax.set(xlabel="width k", ylabel=_axis(quantity))
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax


@_on_axes
def plot_choice(choice: Choice, *, ax: Axes | None = None) -> Axes:
    """Plot the candidates of `pb.choose` by their ranking score, with 95% intervals; the best is on top."""
    assert ax is not None
    table, score = choice.table, choice.by
    names = [choice.name(row) for row in range(len(table))]
    for row, (value, low, high) in enumerate(table[[score, f"{score}_low", f"{score}_high"]].itertuples(index=False)):
        verdict = table["verdict"].iloc[row]
        color = NEUTRAL if verdict == WORSE else MEASURED
        ax.plot([low, high], [row, row], color=color)
        ax.plot(value, row, "o", color=color, markerfacecolor=color if verdict == BEST else "white")
        ax.annotate(
            verdict,
            (value if np.isnan(high) else high, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set(xlabel=choice.title, ylabel="candidate")
    ax.margins(x=0.35)  # space for the verdicts
    return ax


def _require(table: pd.DataFrame, columns: Sequence[str], source: str) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise ValueError(f"the table has no {', '.join(missing)}: give one of {source}")
