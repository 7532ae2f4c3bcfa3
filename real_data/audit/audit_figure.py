"""The figure of an audit: bounds against measured errors, spectrum and label energy, worst captions and classes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pairbounds.infrastructure.commandline import one_line, visible
from pairbounds.infrastructure.palette import BOUND, GREEN, MEASURED, NEUTRAL, PURPLE, VACUOUS
from pairbounds.infrastructure.pictures import save_picture
from pairbounds.theory.bounds.check_table import theorem_number

PICTURES = ("audit.pdf", "audit.png")
COLUMN = 4.2  # inches: the width of a panel
SHOWN = 10  # captions and classes
LETTERS = 26  # of a name
FLOOR, CEILING = 1e-4, 20.0  # smaller and larger values are clipped
BOUNDED = ("probe_error", "probe_mse")
BELOW: dict[str, Any] = {"loc": "upper right", "bbox_to_anchor": (1, -0.15), "ncols": 3}  # of a legend
STYLE: dict[Any, object] = {
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "right",  # above the names, which take half of the width
    "figure.constrained_layout.use": True,
    "font.size": 8,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "savefig.dpi": 200,
}


def draw(tables: Mapping[str, pd.DataFrame], out: Path) -> None:
    """Draw the tables of an audit into `out`/audit.pdf and `out`/audit.png."""
    with rc_context(STYLE):
        labelled = "classes" in tables
        picture = Figure(figsize=(COLUMN, (3.4 if labelled else 1.7) * COLUMN))
        panels = picture.subplots(4 if labelled else 2)  # below one another: a narrow page leaves them legible
        if labelled:
            share = "alpha_share", r"share of $\alpha_T$"
            _bounds(panels[0], tables["bounds"])
            _spectrum(panels[1], tables["spectrum"])
            _captions(panels[2], tables["crossing_captions"], *share, "captions that cross labels")
            _classes(panels[3], tables["classes"])
        else:
            share = "induced_share", "share of the induced pairs"
            _spectrum(panels[0], tables["spectrum"])
            _captions(panels[1], tables["hub_captions"], *share, "hub captions")
        for name in PICTURES:
            save_picture(picture, out / name)


def _bounds(axes: Axes, bounds: pd.DataFrame) -> None:
    """Draw a line from each measured quantity to each bound on it, on a logarithmic axis up to `CEILING`."""
    rows = bounds[bounds["quantity"].isin(BOUNDED) & (bounds["relation"] == "<=") & bounds["applicable"]]
    rows = rows.sort_values(["quantity", "value"], ascending=False)
    places = np.arange(len(rows))
    measured, value = (rows[column].clip(FLOOR, CEILING).to_numpy() for column in ("measured", "value"))
    guess = rows["guess"].clip(FLOOR, CEILING).to_numpy()
    axes.barh(places, CEILING * 1.3 - guess, left=guess, height=1, color=VACUOUS, zorder=0)
    axes.text(CEILING, -0.95, "vacuous where shaded", color=NEUTRAL, fontsize=8, va="center", ha="right")
    axes.hlines(places, measured, value, color=NEUTRAL, linewidth=0.8)
    axes.plot(measured, places, "o", color=MEASURED, markersize=5, label="measured")
    finite = value < CEILING
    axes.plot(value[finite], places[finite], "s", color=BOUND, markerfacecolor="none", markersize=7, label="bound")
    axes.plot(value[~finite], places[~finite], ">", color=BOUND, markersize=6, label=f"bound, {CEILING:g} or more")
    names = [f"{visible(name)}  {theorem_number(name)}" for name in rows["bound"]]
    axes.set_yticks(places, names, parse_math=False)
    axes.set(xscale="log", xlim=(measured.min(initial=1) / 2, CEILING * 1.3), ylim=(-1.5, len(rows) - 0.4))
    axes.set(xlabel="0-1 or squared error of the probe", title="bounds by theorem, against measured")
    axes.legend(**BELOW)


def _spectrum(axes: Axes, spectrum: pd.DataFrame) -> None:
    axes.plot(
        spectrum["i"], spectrum["singular_value"], "o-", color=MEASURED, markersize=3, linewidth=1, label=r"$\sigma_i$"
    )
    if spectrum["label_energy"].notna().all():
        axes.bar(spectrum["i"], spectrum["label_energy"], color=GREEN, alpha=0.6, label="label energy $c_i$")
        total = spectrum["label_energy"].cumsum()
        axes.step(spectrum["i"], total, color=GREEN, where="post", linewidth=1.2, label=r"$c_1 + \dots + c_i$")
        axes.set(ylabel=r"$\sigma_i$, or share of the labels", title="singular values and labels")
        axes.legend(**BELOW)
    else:
        axes.set(ylabel=r"$\sigma_i$", title="singular values")
    axes.set(ylim=(0, 1.03), xlabel="i, number of the singular value")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _captions(axes: Axes, captions: pd.DataFrame, column: str, label: str, title: str) -> None:
    rows = captions.head(SHOWN)[::-1]
    axes.barh(np.arange(len(rows)), rows[column], color=BOUND, height=0.7)
    _name_rows(axes, rows["caption"])
    axes.set(xlabel=label, title=f"{title}: {rows[column].sum():.2g} in all")
    axes.set_xlim(left=0)


def _classes(axes: Axes, classes: pd.DataFrame) -> None:
    rows = classes.head(SHOWN)[::-1]
    places = np.arange(len(rows))
    axes.barh(places, rows["consistency"], color=MEASURED, height=0.7, alpha=0.8, label="consistency within the class")
    label = r"$\lambda_2(c)$ (1: an image, or more, apart)"
    axes.plot(rows["second_eigenvalue"], places, "D", clip_on=False, color=PURPLE, markersize=5, label=label)
    _name_rows(axes, rows["class"])
    axes.set(xlim=(0, 1.02), xlabel="probability, or eigenvalue", title="classes, the least consistent above")
    axes.legend(**BELOW | {"ncols": 1})


def _name_rows(axes: Axes, names: pd.Series) -> None:
    texts = [one_line(name) for name in names]
    short = [text if len(text) <= LETTERS else text[: LETTERS - 1] + "…" for text in texts]
    axes.set_yticks(np.arange(len(short)), short, parse_math=False)  # a name may have a $ in it
