"""*Text or teacher*: shares of icons found by the guide of the new positives, registered contrasts, and categories."""

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
    "labels less random": ((plan.LABELS, plan.RANDOM), INK, "D"),
}
# Of the panel by category, whose numbers the finding has too.
BY_CATEGORY = {
    "labels less SimCLR": (plan.LABELS, plan.SIMCLR),
    "tags less views head": (plan.TAGS, plan.VIEWS),
    "text head less views head": (plan.TEXT, plan.VIEWS),
}
FEW = 30  # test icons: a category of fewer is left out


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Each arm less SimCLR on the left, contrasts of arms in the middle, and by category on the right."""
    icons = tables["text_or_teacher_icons"].drop_duplicates("id")
    found = plan.Found.of(tables["text_or_teacher"], icons["word"].tolist())
    picture, (arms, pairs, categories) = plt.subplots(1, 3, figsize=(3.4 * COLUMN, 1.15 * COLUMN))
    pairs.sharex(arms)
    order = sorted(ARMS, key=lambda arm: found.shares[arm].mean())
    for place, arm in enumerate(order):
        _, color, marker = ARMS[arm]
        _interval(arms, place, found.contrast(arm, plan.SIMCLR), color, marker)
        units = 100 * (found.shares[arm] - found.shares[plan.SIMCLR]).mean(axis=1)
        arms.plot(units, np.full(len(units), place - 0.28), "|", color=color, alpha=0.5, markersize=4)
    known = tables["text_or_teacher_graphs"].groupby("arm")["same_class"].mean()
    arms.set_yticks(range(len(order)), [f"{ARMS[arm][0]}, {100 * known[arm]:.0f}%" for arm in order])
    arms.set(xlabel="icons found, less SimCLR (points)", title="by guide, % that are of the class")
    for place, (pair, color, marker) in enumerate(reversed(SHOWN.values())):
        _interval(pairs, place, found.contrast(*pair), color, marker)
    pairs.axvspan(-100 * plan.MARGIN, 100 * plan.MARGIN, color=NEUTRAL, alpha=0.15, linewidth=0)
    pairs.text(0, len(SHOWN) - 0.45, "margin", fontsize=sized(7), ha="center", color=NEUTRAL)
    pairs.set_yticks(range(len(SHOWN)), list(reversed(SHOWN)))
    pairs.set(xlabel="difference (points)", title="registered contrasts", ylim=(-0.6, len(SHOWN) - 0.1))
    of_each = by_category(found, icons["category"])
    _categories(categories, of_each)
    for axes in (arms, pairs, categories):
        axes.axvline(0, color=INK, linewidth=0.8)
    return picture, _caption(found, tables["text_or_teacher"]["repeat"].nunique(), len(of_each))


def by_category(found: plan.Found, categories: pd.Series) -> pd.DataFrame:
    """Points of the contrasts of `BY_CATEGORY` in each category, untested, and `icons`, how many of the test it has."""
    points = {
        name: 100 * (found.shares[arm] - found.shares[less]).mean(axis=0) for name, (arm, less) in BY_CATEGORY.items()
    }
    groups = pd.DataFrame(points).groupby(categories.to_numpy())
    table = groups.mean().assign(icons=groups.size())
    return table[table["icons"] >= FEW]


def _categories(axes: Axes, of_each: pd.DataFrame) -> None:
    for name, color, marker, face in zip(BY_CATEGORY, (INK, GREEN, CAPTION), "Dso", (INK, GREEN, "none"), strict=True):
        axes.scatter(of_each[name], of_each["icons"], 14, marker=marker, facecolors=face, edgecolors=color, label=name)
    axes.set(xlabel="difference (points)", ylabel="test icons of the category", title="by category")
    axes.set(yscale="log", ylim=(0.9 * FEW, 2.7 * of_each["icons"].max()))  # above them is room for the legend
    axes.set_yticks(ticks := [FEW, 50, 100, 200], map(str, ticks))
    axes.minorticks_off()
    axes.legend(fontsize=sized(6.5), loc="upper left", frameon=True)


def _interval(axes: Axes, place: float, contrast: plan.Contrast, color: str, marker: str) -> None:
    low, high = contrast.interval()
    axes.plot([100 * low, 100 * high], [place, place], color=color, linewidth=1.6)
    axes.plot(100 * contrast.estimate, place, marker, color=color, markersize=6)


def _caption(found: plan.Found, repeats: int, categories: int) -> str:
    units, icons = found.shares[plan.SIMCLR].shape
    primary = found.contrast(plan.TEXT, plan.VIEWS)
    low, high = (100 * end for end in primary.interval())
    return (
        "Share of test icons whose category a linear classifier finds, by the guide that chooses its new positive, "
        "and how many of the icons it finds nearest are of the anchor's category (left; less SimCLR, which has "
        f"{100 * found.shares[plan.SIMCLR].mean():.1f}%). Contrasts of guides (middle), and some in each of the "
        f"{categories} categories of at least {FEW} test icons (right, without intervals). "
        f"{units} disjoint training sets (small bars), {icons:,} test icons, {repeats} seeds of weights. Intervals of "
        "95% are over training sets, and test icons whose names begin alike, together. Grey: the margin of the plan. "
        f"Text head less views head: {100 * primary.estimate:+.1f} points [{low:+.1f}, {high:+.1f}]."
    )


FIGURE = Figure("Text or teacher", ("text_or_teacher", "text_or_teacher_icons", "text_or_teacher_graphs"), draw)
