"""Accuracies of trained encoders as bars, the same in every figure that has them."""

from collections.abc import Iterable, Mapping

import pandas as pd
from matplotlib.axes import Axes

from figures.intervals import mean_and_half
from figures.style import sized
from real_data.training.splits import OVERLAP


def accuracy_bars(axes: Axes, runs: pd.DataFrame, kinds: Mapping[str, tuple[str, str]]) -> None:
    """Test accuracy in percent with a 95% interval: for each label set a bar for each kind of encoder.

    Parameters
    ----------
    runs : DataFrame with the columns kind, labels and test
    kinds : how each kind is named, and its colour
    """
    names = runs["labels"].unique()
    for place, labels in enumerate(names):
        found = accuracies(runs[runs["labels"] == labels], kinds)
        for shift, (kind, (label, color)) in enumerate(kinds.items()):
            mean, half = found[kind]
            x = place + 0.27 * (shift - 1)
            axes.bar(x, mean, width=0.25, color=color)
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


def listed_accuracies(runs: pd.DataFrame, kinds: Mapping[str, tuple[str, str]]) -> str:
    """The same numbers in words, of one label set."""
    return ", ".join(
        "{} {:.1f} ± {:.1f}".format(kinds[kind][0], *found) for kind, found in accuracies(runs, kinds).items()
    )
