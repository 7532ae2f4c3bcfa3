"""*Foretelling*: how well each bound puts pairings, and resampling rules, into the order of their measured errors."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.natural_captions import TITLES
from pairbounds.figures.resampled_graphs import EMOJI, order_agreement, with_changes
from pairbounds.figures.style import COLUMN, sized
from pairbounds.figures.summaries import order_correlation
from pairbounds.infrastructure.palette import BOUND, GREEN, ORANGE, SHARP_BOUND
from pairbounds.theory.quantities.confidence import student_half

BOUNDS = {
    "bound": ("theorem 4", BOUND, "s"),
    "multihop_bound": ("theorem 15", SHARP_BOUND, "D"),
    "local_multihop_bound": ("theorem 16", ORANGE, "^"),
    "trained_bound": ("theorem 17", GREEN, "v"),
}
GRAPH = ["dataset", "draw", "labels", "diversity_of", "diversity", "width"]
Agreement = tuple[float, float, float]  # Kendall's τ, and the ends of its interval


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Draw τ of every bound on each data set: over pairings on the left, over resampling rules on the right."""
    found = (over_pairings(tables["natural_learned"]), over_rules(tables["natural_resampled"]))
    picture, panels = plt.subplots(1, 2, figsize=(2.3 * COLUMN, 1.1 * COLUMN), sharey=True)
    titles = ("order of pairings", "order of resampling rules")
    for axes, agreement, title in zip(panels, found, titles, strict=True):
        _panel(axes, agreement, title)
    panels[0].set_ylabel("Kendall's τ of bound and error")
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=sized(8))
    return picture, _caption(tables)


def over_pairings(learned: pd.DataFrame) -> dict[tuple[str, str], Agreement]:
    """Kendall's τ over the pairings of one draw, diversity and width, with Student's interval, by data set and bound.

    Means over what one draw has, then over draws. An infinite bound is larger than any other, and as large as another.
    """
    rows = [
        dict(zip(GRAPH, key, strict=True))
        | {bound: order_correlation(own[bound], own["probe_error"]) for bound in BOUNDS}
        for key, own in learned.groupby(GRAPH, sort=False)
    ]
    by_draw = pd.DataFrame(rows).groupby(["dataset", "draw"], sort=False)[list(BOUNDS)].mean()
    found = {}
    for name, own in by_draw.groupby("dataset", sort=False):
        for bound in BOUNDS:
            values = own[bound].dropna()
            mean, half = float(values.mean()), student_half(values)
            found[str(name), bound] = (mean, mean - half, mean + half)
    return found


def over_rules(resampled: pd.DataFrame) -> dict[tuple[str, str], Agreement]:
    """The same over the four rules, by the change of the bound and of the error: `resampled_graphs.order_agreement`."""
    changed = with_changes(resampled)
    guided = changed[changed["guide"] == next(iter(EMOJI.guides))]
    return {
        (str(name), bound): order_agreement(own, EMOJI, bound)
        for name, own in guided.groupby("dataset", sort=False)
        for bound in BOUNDS
    }


def _panel(axes: Axes, agreement: Mapping[tuple[str, str], Agreement], title: str) -> None:
    names = list(dict.fromkeys(name for name, _ in agreement))
    for number, (bound, (label, hue, marker)) in enumerate(BOUNDS.items()):
        values, lows, highs = np.array([agreement[name, bound] for name in names]).T
        x = np.arange(len(names)) + 0.16 * (number - 1.5)
        axes.errorbar(x, values, [values - lows, highs - values], fmt="none", ecolor=hue, linewidth=1.2)
        axes.plot(x, values, marker, color=hue, markersize=5, label=label)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xticks(range(len(names)), [TITLES.get(name, name) for name in names])
    axes.set(title=title, ylim=(-1.05, 1.05), xlim=(-0.5, len(names) - 0.5))


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    draws = tables["natural_learned"].groupby("dataset")["draw"].nunique().max()
    return (
        "Kendall's τ between a bound and the measured error: 1 where the bound foretells the order, 0 where it says "
        "nothing. Left: all pairings and controls at one diversity and width, mean over draws of images, Student's 95% "
        f"interval over {draws} draws. Right: the changes by the four resampling rules on graphs of views, guided by "
        "an encoder of images and captions, 95% bootstrap interval over draws; theorem 16 speaks of the two positive "
        "rules alone, so that its τ is 1 or -1 in every graph."
    )


FIGURE = Figure("Foretelling", ("natural_learned", "natural_resampled"), draw)
