"""*Text or teacher*: shares of icons found by the guide of the new positives, and registered contrasts."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.style import COLUMN, sized
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, GREEN, INK, NEUTRAL, ORANGE
from pairbounds.real_data.text_or_teacher import analysis as plan

ARMS = {
    plan.LABELS: ("labels (control)", INK, "D"),
    plan.TAGS: ("tags, exact", GREEN, "s"),
    plan.SHUFFLED_TAGS: ("others' tags, exact", NEUTRAL, "s"),
    plan.TEXT: ("head that learned tags", CAPTION, "o"),
    plan.VIEWS: ("head without text", AUGMENTATION, "o"),
    plan.SHUFFLED: ("head on others' tags", NEUTRAL, "o"),
    "no_text": ("ImageNet network", ORANGE, "^"),
    plan.RANDOM: ("random", NEUTRAL, "x"),
}
SHOWN = {
    "text head less views head": ((plan.TEXT, plan.VIEWS), CAPTION, "o"),
    "tags less views head": ((plan.TAGS, plan.VIEWS), GREEN, "s"),
    "text head less others' tags": ((plan.TEXT, plan.SHUFFLED), NEUTRAL, "o"),
    "tags less others' tags": ((plan.TAGS, plan.SHUFFLED_TAGS), NEUTRAL, "s"),
    "ImageNet less views head": (("no_text", plan.VIEWS), ORANGE, "^"),
    "labels less random": ((plan.LABELS, plan.RANDOM), INK, "D"),
}
REFERENCES = {"pixels": "16 x 16 pixels, no network", "untrained": "untrained network"}  # one run each
# Contrasts by category, for the finding.
BY_CATEGORY = {
    "labels less SimCLR": (plan.LABELS, plan.SIMCLR),
    "tags less views head": (plan.TAGS, plan.VIEWS),
    "text head less views head": (plan.TEXT, plan.VIEWS),
}
FEW = 30  # test icons: a category of fewer is left out


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Each arm and each reference less SimCLR on the left, contrasts of arms on the right."""
    icons = tables["text_or_teacher_icons"].drop_duplicates("id")
    found = plan.Found.of(tables["text_or_teacher"], icons["word"].tolist())
    graphs = tables["text_or_teacher_graphs"]
    picture, (arms, pairs) = plt.subplots(1, 2, figsize=(2.8 * COLUMN, 1.2 * COLUMN))
    order = sorted(ARMS, key=lambda arm: found.shares[arm].mean())
    for place, arm in enumerate(order):
        _, color, marker = ARMS[arm]
        _interval(arms, place, found.contrast(arm, plan.SIMCLR), color, marker)
        units = 100 * (found.shares[arm] - found.shares[plan.SIMCLR]).mean(axis=1)
        arms.plot(units, np.full(len(units), place - 0.28), "|", color=color, alpha=0.5, markersize=4)
    known, reference = graphs.groupby("arm")["same_class"].mean(), graphs.groupby("arm")["found"].mean()
    less = 100 * (reference[list(REFERENCES)] - found.shares[plan.SIMCLR].mean())
    arms.plot(less, -1 - np.arange(len(less)), "*", color=INK, markersize=8)
    names = [*reversed(REFERENCES.values()), *(f"{ARMS[arm][0]}, {100 * known[arm]:.0f}%" for arm in order)]
    arms.set_yticks(np.arange(len(names)) - len(less), names)
    arms.set(xlabel="icons found, less SimCLR (points)", title="by guide (% of its positives that are of the class)")
    for place, (pair, color, marker) in enumerate(reversed(SHOWN.values())):
        primary = pair in plan.PRIMARY
        level = 1 - (1 - plan.LEVEL) / len(plan.PRIMARY) if primary else plan.LEVEL
        _interval(pairs, place, found.contrast(*pair), color, marker, level)
    pairs.axvspan(-100 * plan.MARGIN, 100 * plan.MARGIN, color=NEUTRAL, alpha=0.15, linewidth=0)
    pairs.text(-95 * plan.MARGIN, len(SHOWN) - 0.45, "margin", fontsize=sized(7), color=NEUTRAL)
    pairs.set_yticks(range(len(SHOWN)), list(reversed(SHOWN)))
    pairs.set(xlabel="difference (points)", title="registered contrasts", ylim=(-0.6, len(SHOWN) - 0.1))
    for axes in (arms, pairs):
        axes.axvline(0, color=INK, linewidth=0.8)
    return picture, _caption(found, tables["text_or_teacher"]["repeat"].nunique())


def by_category(found: plan.Found, categories: pd.Series) -> pd.DataFrame:
    """Points of the contrasts of `BY_CATEGORY` in each category, untested, and `icons`, how many of the test it has."""
    points = {
        name: 100 * (found.shares[arm] - found.shares[less]).mean(axis=0) for name, (arm, less) in BY_CATEGORY.items()
    }
    groups = pd.DataFrame(points).groupby(categories.to_numpy())
    table = groups.mean().assign(icons=groups.size())
    return table[table["icons"] >= FEW]


def _interval(
    axes: Axes, place: float, contrast: plan.Contrast, color: str, marker: str, level: float = plan.LEVEL
) -> None:
    low, high = contrast.interval(level)
    axes.plot([100 * low, 100 * high], [place, place], color=color, linewidth=1.6)
    axes.plot(100 * contrast.estimate, place, marker, color=color, markersize=6)


def _caption(found: plan.Found, repeats: int) -> str:
    units, icons = found.shares[plan.SIMCLR].shape
    return (
        "Share of test icons whose category a linear classifier finds. Left: by the guide of the new positive, less "
        f"SimCLR ({100 * found.shares[plan.SIMCLR].mean():.1f}%); small bars are {units} disjoint training sets; "
        f"stars, one run each. Right: contrasts of guides; grey, the margin of the plan. {icons:,} test icons, "
        f"{repeats} seeds of weights. Intervals of 95%, and 97.5% for the two primary contrasts (above), over training "
        "sets and icons whose names begin alike."
    )


FIGURE = Figure("Text or teacher", ("text_or_teacher", "text_or_teacher_icons", "text_or_teacher_graphs"), draw)
