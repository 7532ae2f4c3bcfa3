"""*The paper's comparison*: consistency at matched diversity, and what an encoder has learned from each pairing."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.frontier import CONVENTIONS, EXCLUSION
from pairbounds.figures.pairing_looks import color
from pairbounds.figures.style import COLUMN, sized
from pairbounds.infrastructure.palette import NEUTRAL
from pairbounds.theory.quantities.confidence import student_half


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Bars of consistency and of held-out error, a row for each way to count positives."""
    learned, matched = tables["pairings_learned"], tables["pairings_matched"]
    labels, diversity, width = learned["labels"].iloc[0], learned["diversity"].max(), learned["width"].min()
    matched, learned = shown_matched(tables), shown_learned(learned)
    known = set(matched["pairing"]) | set(learned["pairing"])
    pairings = [pairing for pairing in tables["pairings_frontier"]["pairing"].unique() if pairing in known]
    picture, panels = plt.subplots(2, 2, figsize=(2.4 * COLUMN, 2.3 * COLUMN), sharex="col", sharey=True)
    for row, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        consistency = matched[matched["diversity_of"] == convention].set_index("pairing")
        errors = _over_draws(learned[learned["diversity_of"] == convention], "held_out_error")
        for axes, rows in zip(row, (consistency, errors), strict=True):
            _bars(axes, pairings, rows)
        row[0].set_title(f"{diversity:g} effective positives, {label}", fontsize=sized(9))
    panels[1, 0].set_xlabel(f"consistency by {labels}\n(0: chance, 1: always)")
    panels[1, 1].set_xlabel(f"held-out error of a linear probe\non {labels}, k = {width}")
    return picture, _caption(tables)


def shown_learned(learned: pd.DataFrame) -> pd.DataFrame:
    """The errors that are shown: on the first label set, at the larger diversity and the smaller width."""
    chosen = (
        (learned["labels"] == learned["labels"].iloc[0])
        & (learned["diversity"] == learned["diversity"].max())
        & (learned["width"] == learned["width"].min())
    )
    shown: pd.DataFrame = learned[chosen]
    return shown


def shown_matched(tables: Mapping[str, pd.DataFrame], exclusion: str = EXCLUSION) -> pd.DataFrame:
    """The consistencies that are shown: by the same labels, at the same diversity."""
    matched, learned = tables["pairings_matched"], tables["pairings_learned"]
    chosen = (
        (matched["evaluator"] == learned["labels"].iloc[0])
        & (matched["exclusion"] == exclusion)
        & (matched["matched_to"] == f"{learned['diversity'].max():g}")
    )
    shown: pd.DataFrame = matched[chosen]
    return shown


def _over_draws(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Mean over draws with Student's interval, for each pairing: columns family, value, low, high."""
    by_pairing = rows.groupby("pairing", sort=False)[column]
    found = pd.DataFrame({"family": rows.groupby("pairing")["family"].first(), "value": by_pairing.mean()})
    half = by_pairing.apply(student_half) if len(rows) else pd.Series(dtype=float)
    return found.assign(low=found["value"] - half, high=found["value"] + half)


def _bars(axes: Axes, pairings: list[str], rows: pd.DataFrame) -> None:
    for place, pairing in enumerate(pairings):
        if pairing not in rows.index:
            axes.text(0.01, place, "never so few", color=NEUTRAL, fontsize=sized(6), va="center")
            continue
        own = rows.loc[pairing]
        ends = np.array([[own["value"] - own["low"]], [own["high"] - own["value"]]])
        axes.barh(place, own["value"], color=color(str(own["family"])), height=0.7)
        if np.isfinite(ends).all():
            axes.errorbar(own["value"], place, xerr=ends, fmt="none", color="black", linewidth=1, capsize=2)
    axes.set_yticks(range(len(pairings)), pairings, fontsize=sized(6.5))
    axes.set_ylim(len(pairings) - 0.5, -0.5)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.grid(visible=False, axis="y")


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    images = tables["pairings_frontier"].groupby("draw")["images"].first()
    return (
        f"Left: consistency at one diversity, {len(images)} draws, {images.sum()} images. Right: the optimal embedding "
        "of a graph that is as diverse among other images, those of the own subject counted, read by a logistic probe "
        "that sees the labels of half of the subjects, on the other half. 95% intervals. Errors are of one processor: "
        "another classifies an image or two of a draw differently, and more where the optimum is not unique (labels)."
    )


FIGURE = Figure("The paper's comparison", ("pairings_frontier", "pairings_matched", "pairings_learned"), draw)
