"""*Which loss*: encoders of the same world trained with five losses, against the bound on the spectral optimum."""

from collections.abc import Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import COLUMN, SHARPER, THEOREMS, label_line, shade_vacuous, sized
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, MEASURED, NEUTRAL

LOOKS = {
    "spectral": ("spectral", MEASURED, "o"),
    "induced_spectral": ("spectral on induced pairs", MEASURED, "x"),
    "nt_xent": ("NT-Xent on induced pairs", AUGMENTATION, "v"),
    "infonce": ("InfoNCE", NEUTRAL, "s"),
    "clip": ("CLIP", CAPTION, "D"),
}
SLOPE = 17  # degrees, of the bounds as drawn
FLOOR = 1e-3  # errors below it, 0 among them, are drawn here
ERRORS = {"probe_error": "linear probe", "zero_shot_error": "zero-shot"}
BOUNDS = {
    "probe_error": {
        "bound": ("theorem 4", *THEOREMS[4][:2]),
        "sharp_bound": ("theorem 4, sharper form", THEOREMS[4].color, SHARPER),
    },
    "zero_shot_error": {"zero_shot_bound": ("theorem 6", *THEOREMS[6][:2])},
}


class Checks(NamedTuple):
    """The points of one loss, how many lie above theorem 4, and the median error at one noise."""

    points: int
    above: int
    error: float


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Two panels over the caption noise: probe and zero-shot error of each loss, and the bounds."""
    table = tables["which_loss"]
    picture, panels = plt.subplots(1, 2, figsize=(2.3 * COLUMN, 1.15 * COLUMN), sharex=True, sharey=True)
    for axes, (error, title) in zip(panels, ERRORS.items(), strict=True):
        _losses(axes, table, error)
        for column, (label, color, dash) in BOUNDS[error].items():
            middle = table.groupby("noise")[column].median()
            axes.plot(middle.index, middle, linestyle=dash, color=color, linewidth=2)
            start = middle.iloc[0] * 1.2
            label_line(axes, middle.index[0], start, label, color, rotation=SLOPE, rotation_mode="anchor")
        shade_vacuous(axes, table["guess_error"])
        axes.set(xscale="log", yscale="log", ylim=(FLOOR / 1.4, 12), title=title, xlabel="caption noise (probability)")
        axes.set_xticks(middle.index, [f"{noise:g}" for noise in middle.index])
        axes.minorticks_off()
    panels[0].set_ylabel("0-1 error, or its bound")
    panels[0].legend(loc="lower right", fontsize=sized(7), handlelength=1.5)
    return picture, _caption(table)


def _losses(axes: Axes, table: pd.DataFrame, error: str) -> None:
    for loss, (label, color, marker) in LOOKS.items():
        rows = table[table["loss"] == loss]
        if rows[error].isna().all():
            continue
        by_noise = rows.groupby("noise")[error]
        middle, low, high = (by_noise.quantile(q).clip(lower=FLOOR) for q in (0.5, 0, 1))
        axes.plot(middle.index, middle, "-" + marker, color=color, markersize=4, linewidth=1, label=label)
        axes.fill_between(middle.index, low, high, color=color, alpha=0.12, linewidth=0)


def quoted_noise(table: pd.DataFrame) -> float:
    """The noise that errors are quoted at, in the middle of those there are."""
    noises = sorted(table["noise"].unique())
    return float(noises[len(noises) // 2])


def checks_by_loss(table: pd.DataFrame) -> dict[str, Checks]:
    """The numbers of each loss."""
    by_loss, middle = {}, quoted_noise(table)
    for loss in LOOKS:
        rows = table[table["loss"] == loss]
        above = int((rows["probe_error"] > rows["bound"]).sum())
        by_loss[loss] = Checks(len(rows), above, float(rows[rows["noise"] == middle]["probe_error"].median()))
    return by_loss


def _caption(table: pd.DataFrame) -> str:
    above = sum(one.above for one in checks_by_loss(table).values())
    return (
        f"Free embeddings of one world's captions{with_settings(table, ', k = {k}')}, each trained on the exact "
        f"population loss; medians and ranges over {table['seed'].nunique()} seeds; errors below {FLOOR:g} are drawn "
        f"there. The bounds drawn are about the optimum of the spectral loss; {above} of {len(table)} points are above "
        f"theorem 4. The claims about every encoder are violated at {int(table['violated'].sum())}. "
        "Where training is chaotic (InfoNCE) the third digit differs between processors."
    )


FIGURE = Figure("Which loss", ("which_loss",), draw)
