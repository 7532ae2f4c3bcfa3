"""*Text or teacher*: shares of icons found, by the guide of the new positives, and the registered contrasts."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.style import COLUMN, sized
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, GREEN, INK, NEUTRAL, ORANGE
from pairbounds.real_data.text_or_teacher.analysis import (
    LABELS,
    MARGIN,
    RANDOM,
    SHUFFLED,
    SHUFFLED_TAGS,
    SIMCLR,
    TAGS,
    TEXT,
    VIEWS,
    Contrast,
    Found,
)

ARMS = {
    LABELS: ("labels (control)", INK, "D"),
    TAGS: ("tags, exact", GREEN, "s"),
    SHUFFLED_TAGS: ("others' tags, exact", NEUTRAL, "s"),
    TEXT: ("head that learned tags", CAPTION, "o"),
    VIEWS: ("head without text", AUGMENTATION, "o"),
    SHUFFLED: ("head on others' tags", NEUTRAL, "o"),
    "no_text": ("ImageNet network", ORANGE, "^"),
    RANDOM: ("random", NEUTRAL, "x"),
}
SHOWN = {
    "text head less views head": ((TEXT, VIEWS), CAPTION, "o"),
    "tags less views head": ((TAGS, VIEWS), GREEN, "s"),
    "text head less others' tags": ((TEXT, SHUFFLED), NEUTRAL, "o"),
    "tags less others' tags": ((TAGS, SHUFFLED_TAGS), NEUTRAL, "s"),
    "labels less random": ((LABELS, RANDOM), INK, "D"),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Each arm less SimCLR on the left, contrasts of arms on the right."""
    found = Found.of(tables["text_or_teacher"], tables["text_or_teacher_icons"].drop_duplicates("id")["word"].tolist())
    picture, (arms, pairs) = plt.subplots(1, 2, figsize=(2.4 * COLUMN, 1.15 * COLUMN), sharex=True)
    order = sorted(ARMS, key=lambda arm: found.shares[arm].mean())
    for place, arm in enumerate(order):
        _, color, marker = ARMS[arm]
        _interval(arms, place, found.contrast(arm, SIMCLR), color, marker)
        units = 100 * (found.shares[arm] - found.shares[SIMCLR]).mean(axis=1)
        arms.plot(units, np.full(len(units), place - 0.28), "|", color=color, alpha=0.5, markersize=4)
    known = tables["text_or_teacher_graphs"].groupby("arm")["same_class"].mean()
    arms.set_yticks(range(len(order)), [f"{ARMS[arm][0]}, {100 * known[arm]:.0f}%" for arm in order])
    arms.set(xlabel="icons found, less SimCLR (points)", title="by guide, % that are of the class")
    for place, (pair, color, marker) in enumerate(reversed(SHOWN.values())):
        _interval(pairs, place, found.contrast(*pair), color, marker)
    pairs.axvspan(-100 * MARGIN, 100 * MARGIN, color=NEUTRAL, alpha=0.15, linewidth=0)
    pairs.text(0, len(SHOWN) - 0.45, "margin", fontsize=sized(7), ha="center", color=NEUTRAL)
    pairs.set_yticks(range(len(SHOWN)), list(reversed(SHOWN)))
    pairs.set(xlabel="difference (points)", title="registered contrasts", ylim=(-0.6, len(SHOWN) - 0.1))
    for axes in (arms, pairs):
        axes.axvline(0, color=INK, linewidth=0.8)
    return picture, _caption(found, tables["text_or_teacher"]["repeat"].nunique())


def _interval(axes: Axes, place: float, contrast: Contrast, color: str, marker: str) -> None:
    low, high = contrast.interval()
    axes.plot([100 * low, 100 * high], [place, place], color=color, linewidth=1.6)
    axes.plot(100 * contrast.estimate, place, marker, color=color, markersize=6)


def _caption(found: Found, repeats: int) -> str:
    units, icons = found.shares[SIMCLR].shape
    primary = found.contrast(TEXT, VIEWS)
    low, high = (100 * end for end in primary.interval())
    return (
        "Share of test icons whose category a linear classifier finds, by the guide that chooses its new positive, "
        "and how many of the icons it finds nearest are of the anchor's category (left; less SimCLR, which has "
        f"{100 * found.shares[SIMCLR].mean():.1f}%). Contrasts of guides (right). "
        f"{units} disjoint training sets (small bars), {icons:,} test icons, {repeats} seeds of weights. Intervals of "
        "95% are over training sets, and test icons whose names begin alike, together. Grey: the margin of the plan. "
        f"Text head less views head: {100 * primary.estimate:+.1f} points [{low:+.1f}, {high:+.1f}]."
    )


FIGURE = Figure("Text or teacher", ("text_or_teacher", "text_or_teacher_icons", "text_or_teacher_graphs"), draw)
