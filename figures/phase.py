"""*Phase diagram*: captions against augmentations, over caption noise and augmentation strength."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import label_line, number_ticks, subplots
from pairbounds.figures.summaries import Estimate, mean_and_half
from pairbounds.infrastructure.palette import AUGMENTATION, NEUTRAL

BOUNDS = {
    "bound": "theorem 4",
    "sharp_bound": "theorem 4, sharper form",
    "multihop_bound": "theorem 15",
    "local_bound": "theorem 16",
}
ALPHA = "alpha"  # column of some tables
NAMED = BOUNDS | {ALPHA: r"$\alpha_T$ alone"}
SHARP, BEST, TRAINED = "sharp_bound", "multihop_bound", "trained_error"  # columns
DARK = "#005740"  # darker than `CAPTION`, whose grey equals that of augmentation
WINNER = LinearSegmentedColormap.from_list("winner", [AUGMENTATION, "white", DARK])
RIGHT = LinearSegmentedColormap.from_list("right", [NEUTRAL, "white"])
STRENGTHS = (0.25, 0.5, 1, 2, 4, 8)  # ticks of the axis, if two of them are on it
FEWEST = 2  # least number of values along an axis of a map


class Outcome(NamedTuple):
    """Winner at each point of the plane, and how often a bound names the better trained encoder.

    Attributes
    ----------
    points : a row for each pair of cells
    wins : by bound and for the trained error, 1 where captions win, -1 where augmentation wins, 0 for a tie
    right : by bound, whether it is right, on points with different trained errors
    rates : share of these points on which each bound is right, with half its interval over seeds
    over : difference of this share to that of the better constant answer, with half its interval
    """

    points: pd.DataFrame
    wins: pd.DataFrame
    right: pd.DataFrame
    rates: dict[str, Estimate]
    over: dict[str, Estimate]

    @property
    def captions(self) -> float:
        """Share of the points with different errors on which captions have the smaller error."""
        return float((self.wins.loc[self.right.index, self.wins.columns[-1]] > 0).mean())

    @property
    def most(self) -> float:
        """Share of points where the more frequent winner wins."""
        return max(self.captions, 1 - self.captions)


def draw(tables: Tables) -> Drawing:
    """Maps of the winner by two bounds and by measured error, and of the points where the better bound is right."""
    result = outcome(tables["phase"])
    points, wins, right = result.points, result.wins, result.right
    picture, panels = subplots(2, 2, size=(2.1, 1.75), sharex=True, sharey=True)
    maps = {
        f"by {BOUNDS[SHARP]}": (wins[SHARP], WINNER, -1),
        f"by {BOUNDS[BEST]}": (wins[BEST], WINNER, -1),
        "in truth: trained encoders": (wins[TRAINED], WINNER, -1),
        f"where {BOUNDS[BEST]} is right": (right[BEST].astype(float), RIGHT, 0),
    }
    frontier = _plane(points, wins[TRAINED])
    shades = [
        _panel(axes, _plane(points, values), frontier, title, colors, lowest)
        for axes, (title, (values, colors, lowest)) in zip(panels.flat, maps.items(), strict=True)
    ]
    _finish(picture, panels, shades, frontier)
    rate = f"{_percent(result.rates[BEST])}\n({points['seed'].nunique()} seeds)\nconstant answer:\n{result.most:.1%}"
    label_line(panels[1, 1], 0.97, 0.5, rate, "black", ha="right", va="center", transform=panels[1, 1].transAxes)
    return picture, _caption(result, tables["phase"])


def outcome(table: pd.DataFrame) -> Outcome:
    """Winner at each point, by the bounds and by measured error."""
    return judged(_joined(table), [column for column in NAMED if column in table], TRAINED, "seed")


def judged(points: pd.DataFrame, columns: list[str], truth: str, unit: str) -> Outcome:
    """Outcome for pairs of caption and augmentation cells, with independent units such as seeds."""
    wins = pd.DataFrame({column: _caption_wins(points, column) for column in (*columns, truth)})
    decided = wins[wins[truth] != 0]
    right = decided[columns].eq(decided[truth], axis=0)
    by_unit = right.groupby(points[unit]).mean()  # points of one unit are not independent
    constant = decided[truth].eq(1 if (decided[truth] > 0).mean() >= 0.5 else -1).groupby(points[unit]).mean()
    rates = {column: mean_and_half(by_unit[column]) for column in columns}
    over = {column: mean_and_half(by_unit[column] - constant) for column in columns}
    return Outcome(points, wins, right, rates, over)


def _joined(table: pd.DataFrame) -> pd.DataFrame:
    """All pairs of a caption cell and an augmentation cell with the same seed."""
    captions, augmentations = (table[table[axis].notna()] for axis in ("noise", "strength"))
    _require_plane(captions, augmentations)
    return captions.drop(columns="strength").merge(
        augmentations.drop(columns="noise"), on="seed", suffixes=("_caption", "_augmentation")
    )


def _require_plane(captions: pd.DataFrame, augmentations: pd.DataFrame) -> None:
    """Raise `ValueError` for a table without a plane: points on a line, or several cells at a point."""
    seeds = set(captions["seed"]) & set(augmentations["seed"])
    noises, strengths = captions["noise"].nunique(), augmentations["strength"].nunique()
    if min(noises, strengths) < FEWEST or not seeds:
        raise ValueError(
            "figure phase needs a sweep with two grids, of noises and of strengths, with the same seeds. The table has "
            f"{noises} noises, {strengths} strengths and {len(seeds)} seeds of both: give at least two of each."
        )
    for rows, axis in ((captions, "noise"), (augmentations, "strength")):
        if rows.duplicated(["seed", axis]).any():
            raise ValueError(
                f"figure phase needs one cell for each {axis} and seed: the table has several; fix the others, or "
                "draw it with pairbounds.figures.plots.plot_phase"
            )


def _caption_wins(points: pd.DataFrame, column: str) -> pd.Series:
    """1 where captions have the smaller value, -1 where augmentations do, 0 for a tie."""
    ours, theirs = points[f"{column}_caption"], points[f"{column}_augmentation"]
    return (ours < theirs).astype(int) - (theirs < ours).astype(int)


def _percent(rate: Estimate) -> str:
    return "{:.1%} ± {:.1%}".format(*rate)


def _plane(points: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """Means over seeds, strength by noise."""
    return values.groupby([points["strength"], points["noise"]]).mean().unstack()


def _panel(
    axes: Axes, plane: pd.DataFrame, frontier: pd.DataFrame, title: str, colors: Colormap, lowest: int
) -> QuadMesh:
    axes.patch.set(hatch="////", edgecolor=NEUTRAL)  # visible where there is no value
    mesh = axes.pcolormesh(plane.columns, plane.index, plane, cmap=colors, vmin=lowest, vmax=1, rasterized=True)
    if np.nanmin(frontier) < 0 < np.nanmax(frontier):
        axes.contour(frontier.columns, frontier.index, frontier, levels=[0], colors="black", linewidths=1.2)
    axes.set_title(title)
    axes.grid(visible=False)
    return mesh


def _finish(picture: Picture, panels: Any, shades: list[QuadMesh], frontier: pd.DataFrame) -> None:
    picture.supxlabel("caption noise (probability of a wrong class)")
    picture.supylabel("augmentation strength (dimensionless)")
    even, where = "black: where trained\nencoders are even", panels[1, 1].transAxes
    panels[1, 1].text(0.04, 0.95, even, va="top", fontsize="small", transform=where)
    panels[0, 0].set_yscale("log")
    ticks = [strength for strength in STRENGTHS if frontier.index.min() <= strength <= frontier.index.max()]
    number_ticks(panels[0, 0], y=ticks if len(ticks) >= FEWEST else frontier.index[[0, -1]])
    winner = picture.colorbar(shades[0], ax=panels[0], ticks=[-1, 0, 1])
    winner.ax.set_yticklabels(["augmentation\nwins in\nall seeds", "even", "captions\nwin in\nall seeds"])
    right = picture.colorbar(shades[3], ax=panels[1], ticks=[0, 0.5, 1])
    right.ax.set_yticklabels(["in no\nseed", "half", "in all\nseeds"])


def _caption(result: Outcome, table: pd.DataFrame) -> str:
    points = result.points
    named = "; ".join(f"{NAMED[column]} {_percent(rate)}" for column, rate in result.rates.items())
    grid = f"{points['noise'].nunique()} noises x {points['strength'].nunique()} strengths"
    return (
        f"One world{with_settings(table, ', k = {k}')}, {grid}, {points['seed'].nunique()} seeds: of "
        f"{len(points)} points the two trained free embeddings have different errors on {len(result.right)}, "
        f"captions the smaller on {result.captions:.1%}. How often the smaller bound names the better encoder, with "
        f"95% t intervals over seeds: {named}; a constant answer {result.most:.1%}. Pale: the seeds disagree."
    )


FIGURE = Figure("Phase diagram", ("phase",), draw)
