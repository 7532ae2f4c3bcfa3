"""Accuracies of trained encoders as bars, the same in every figure that has them."""

from collections.abc import Iterable, Mapping
from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.style import sized
from pairbounds.figures.summaries import OVERLAP, mean_and_half
from pairbounds.infrastructure.palette import ORANGE, PALE_BLUE, PURPLE, VERMILION

Looks = Mapping[str, tuple[str, str]]  # how each kind of encoder is named, and its colour
OTHERS = (ORANGE, PURPLE, VERMILION, PALE_BLUE)


def accuracy_bars(axes: Axes, runs: pd.DataFrame, known: Looks) -> None:
    """Test accuracy in percent with a 95% interval: for each label set a bar for each kind of encoder.

    Parameters
    ----------
    runs : DataFrame with the columns kind, labels and test
    known : the looks of kinds; one that is not among them has its name and a colour in turn
    """
    names, kinds = runs["labels"].unique(), _looks(runs, known)
    pitch = 0.81 / len(kinds)
    for place, labels in enumerate(names):
        found = accuracies(runs[runs["labels"] == labels], kinds)
        for shift, (kind, (label, color)) in enumerate(kinds.items()):
            mean, half = found[kind]
            x = place + pitch * (shift - (len(kinds) - 1) / 2)
            axes.bar(x, mean, width=pitch - 0.02, color=color)
            axes.errorbar(x, mean, yerr=half, fmt="none", color="black", linewidth=1, capsize=2)
            axes.text(
                x, 1, label, rotation=90, ha="center", va="bottom", fontsize=sized(7), color="white", fontweight="bold"
            )
    axes.set_xticks(range(len(names)), names)
    axes.set_ylabel("accuracy of a linear probe (%)")
    axes.grid(visible=False, axis="x")


def accuracies(runs: pd.DataFrame, kinds: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Mean test accuracy in percent and half its interval, for each kind of encoder; of one label set.

    The seeds split one set of images, so that the interval is corrected for what they have in common.
    """
    return {kind: mean_and_half(100 * runs[runs["kind"] == kind]["test"], overlap=OVERLAP) for kind in kinds}


def _looks(runs: pd.DataFrame, known: Looks) -> dict[str, tuple[str, str]]:
    """The looks of the kinds that are there: first those that are known, in their order."""
    present = runs["kind"].unique()
    others = zip((kind for kind in present if kind not in known), cycle(OTHERS), strict=False)
    return {kind: look for kind, look in known.items() if kind in present} | {
        kind: (kind, color) for kind, color in others
    }
