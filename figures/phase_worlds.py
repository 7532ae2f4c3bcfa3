"""*Phase diagrams of variants of one world*: how often the smaller bound names the better encoder."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.phase import ALPHA, BEST, NAMED, Outcome, judged, outcome
from pairbounds.figures.style import COLUMN, THEOREMS, Look
from pairbounds.figures.summaries import mean_and_half, order_correlation
from pairbounds.infrastructure.palette import NEUTRAL

LOOKS = {BEST: THEOREMS[15], "bound": THEOREMS[4], "local_bound": THEOREMS[16], ALPHA: Look(NEUTRAL, "", "x")}
LEARNED = {"local_multihop_bound": "local_bound", "induced_labelling_error": ALPHA}  # how `pairings_learned` calls them
SETTING = ["draw", "labels", "width", "diversity", "diversity_of"]  # in which pairings of emoji are compared
CAPTIONS, AUGMENTATION, HELD_OUT = "captions, by encoder", "augmentation, by encoder", "held_out_error"
EMOJI = (CAPTIONS, "captions, exact")


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A row for each world: the share of points where each bound is right."""
    rows = by_world(tables["phase_worlds"])
    picture, axes = plt.subplots(figsize=(2 * COLUMN, 1.6 * COLUMN))
    places = np.arange(len(rows))[::-1]
    for shift, (column, (color, _, marker)) in zip((0.24, 0.08, -0.08, -0.24), LOOKS.items(), strict=True):
        rates, halves = np.transpose([one.rates[column] for one in rows.values()])
        looks: dict[str, Any] = {"color": color, "markersize": 4, "elinewidth": 1, "label": NAMED[column]}
        axes.errorbar(rates, places + shift, xerr=np.nan_to_num(halves), fmt=marker, **looks)
    constant = [one.most for one in rows.values()]
    axes.plot(constant, places, "|", color="black", markersize=16, markeredgewidth=2, label="constant answer")
    axes.set_yticks(places, list(rows))
    axes.set(xlim=(0.2, 1.02), xlabel="share of the points where the answer is right", ylim=(-0.6, len(rows) - 0.4))
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.1), ncols=5)
    return picture, _caption(tables["phase_worlds"], len(rows))


def by_world(table: pd.DataFrame) -> dict[str, Outcome]:
    """Findings of `phase` in each world."""
    return {str(world): outcome(rows) for world, rows in table.groupby("world", sort=False)}


def on_emoji(table: pd.DataFrame, captions: str = CAPTIONS) -> Outcome:
    """Findings of `phase` for captions of emoji, and augmentations by an encoder, on the error of unseen images."""
    table, columns = table.rename(columns=LEARNED), list(LOOKS)
    ours, theirs = (
        table.loc[chosen, [*SETTING, *columns, HELD_OUT]]
        for chosen in (table["pairing"] == captions, table["pairing"].str.startswith(AUGMENTATION))
    )
    points = ours.merge(theirs, on=SETTING, suffixes=("_caption", "_augmentation"))
    return judged(points, columns, HELD_OUT, "draw")


def order_on_emoji(table: pd.DataFrame, column: str) -> tuple[float, float]:
    """Kendall's τ of a bound and that error over all pairings in a setting: mean over draws, and half its interval."""
    settings = table.rename(columns=LEARNED).groupby(SETTING)
    orders = pd.Series({each: order_correlation(rows[column], rows[HELD_OUT]) for each, rows in settings})
    return mean_and_half(orders.groupby(level=0).mean().dropna())


def _caption(table: pd.DataFrame, worlds: int) -> str:
    grid = f"{table['noise'].nunique()} noises x {table['strength'].nunique()} strengths"
    return (
        f"Share of the points where the smaller bound is that of the better encoder, captions or augmentations. Rows: "
        f"{worlds} variants of one world, each the first but for what its name says, {grid}, "
        f"{table['seed'].nunique()} seeds, by the error of trained encoders. Bars: 95% t intervals over seeds. Black: "
        "always to name the more frequent winner."
    )


FIGURE = Figure("Phase diagrams of variants of one world", ("phase_worlds",), draw)
