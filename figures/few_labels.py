"""*Few labels*: guarantees from N labels, coverage of intervals, and regret of choosing from N labels."""

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.style import THEOREMS, number_ticks, subplots
from pairbounds.infrastructure.pictures import BROWN, GREEN, MEASURED, NEUTRAL, PURPLE, SKY_BLUE, VERMILION

CANDIDATE = ["seed", "pairs", "k", "labels"]
DRAWN = ["seed", "labels", "draw"]
CHOICES = {  # scores; the embedding with the smallest is chosen: name, colour, marker
    "loo": ("leave-one-out ridge", MEASURED, "o"),
    "unbiased": ("unbiased error (41)", VERMILION, "s"),
    "logme": ("LogME", PURPLE, "^"),
    "h_score": ("H-score", BROWN, "D"),
    "chance": ("chance", NEUTRAL, "x"),
}
ERRORS = {  # mean 0-1 errors: label, colour, dash
    "guaranteed": ("theorem 34", *THEOREMS[34][:2]),
    "class_means": ("class means", SKY_BLUE, "-"),
    "ridge": ("ridge", GREEN, "-"),
}


def regrets(table: pd.DataFrame) -> pd.DataFrame:
    """Error of ridge on the chosen embedding minus that on the best; a row for each seed, N and draw, as `CHOICES`."""
    rows = table.assign(judged=table.groupby(CANDIDATE)["ridge"].transform("mean"))
    by_draw = rows.groupby(DRAWN)
    best = by_draw["judged"].min()
    scores = [name for name in CHOICES if name != "chance"]
    chosen = {name: rows.loc[by_draw[name].idxmin()].set_index(DRAWN)["judged"] - best for name in scores}
    return pd.DataFrame(chosen | {"chance": by_draw["judged"].mean() - best})


def draw(tables: Tables) -> Drawing:
    """Panels of errors, coverage, and regret."""
    table = tables["few_labels"]
    picture, (errors, covered, chosen) = subplots(1, 3, size=(3, 1))
    for column, (label, color, dash) in ERRORS.items():
        means = table.groupby("labels")[column].mean()
        errors.plot(means, linestyle=dash, color=color, marker="o", markersize=3, label=label)
    shares = table.groupby(["labels", "pairs", "k"])["covered"].mean().groupby("labels").agg(["mean", "min"])
    covered.plot(shares["mean"], color=MEASURED, marker="o", markersize=3, label="mean")
    covered.plot(shares["min"], ":", color=MEASURED, marker="v", markersize=4, label="minimum")
    covered.axhline(0.95, color=NEUTRAL, linewidth=0.8)
    regret = regrets(table).groupby("labels").mean()
    for column, (label, color, marker) in CHOICES.items():
        chosen.plot(regret[column], color=color, marker=marker, markersize=4, label=label)
    _named(errors, "mean 0-1 error", "guaranteed and measured")
    _named(covered, "share of intervals that cover", "intervals of theorem 41")
    _named(chosen, "regret", "choice of an embedding")
    for axes in (errors, covered, chosen):
        axes.legend(fontsize="small")
    return picture, (
        f"Probes that see N labels, on optimal embeddings of {table['seed'].nunique()} random worlds, "
        f"{table['draw'].nunique()} draws of labels each. Left: means over embeddings. Middle: coverage of intervals "
        "of nominal 95%, mean and minimum over embeddings. Right: regret, the error of ridge with the N labels on the "
        "chosen embedding minus that on the best, means over worlds and draws."
    )


def _named(axes: Axes, what: str, title: str) -> None:
    axes.set(xscale="log", xlabel="labelled images N", ylabel=what, title=title)
    number_ticks(axes, x=(50, 100, 200, 400))


FIGURE = Figure("Few labels", ("few_labels",), draw)
