"""*Few labels*: what N labels guarantee, how often an interval covers, and what choosing by N labels costs."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.style import COLUMN, THEOREMS
from pairbounds.figures.summaries import mean_and_half
from pairbounds.infrastructure.palette import BROWN, GREEN, MEASURED, NEUTRAL, PURPLE, SKY_BLUE, VERMILION

TABLES = ("few_labels", "emoji_few_labels")
CANDIDATE = ["seed", "pairs", "k", "labels"]
DRAWN = ["seed", "labels", "draw"]
CHOICES = {  # scores by which an embedding is chosen: name, colour and marker
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


def regrets(table: pd.DataFrame, judge: str = "ridge") -> pd.DataFrame:
    """Error of a probe on the chosen embedding less that on the best; a row for each seed, N and draw.

    The judge is ridge with N labels, in the mean over draws, or the probe that sees all labels, "error". The columns
    are those of `CHOICES`.
    """
    rows = table.assign(judged=table.groupby(CANDIDATE)[judge].transform("mean"))
    drawn = rows.groupby(DRAWN)
    best = drawn["judged"].min()
    scores = [name for name in CHOICES if name in rows]
    chosen = {name: rows.loc[drawn[name].idxmin()].set_index(DRAWN)["judged"] - best for name in scores}
    return pd.DataFrame(chosen | {"chance": drawn["judged"].mean() - best})


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and least coverage over embeddings, by N."""
    return table.groupby(["labels", "pairs", "k"])["covered"].mean().groupby("labels").agg(["mean", "min"])


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Errors on emoji, coverage on both, and regret on emoji."""
    worlds, emoji = (tables[name] for name in TABLES)
    picture, panels = plt.subplots(1, 3, figsize=(3 * COLUMN, COLUMN))
    for column, (label, color, dash) in ERRORS.items():
        means = emoji.groupby("labels")[column].mean()
        panels[0].plot(means.index, means, linestyle=dash, color=color, marker="o", markersize=3, label=label)
    for rows, color, name in ((worlds, MEASURED, "worlds"), (emoji, GREEN, "emoji")):
        found = coverage(rows)
        panels[1].plot(found.index, found["mean"], color=color, marker="o", markersize=3, label=f"{name}, mean")
        panels[1].plot(found.index, found["min"], ":", color=color, marker="v", markersize=4, label=f"{name}, least")
    panels[1].axhline(0.95, color=NEUTRAL, linewidth=0.8)
    regret = regrets(emoji).groupby("labels").mean()
    for column, (label, color, marker) in CHOICES.items():
        panels[2].plot(regret.index, regret[column], color=color, marker=marker, markersize=4, label=label)
    _named(panels[0], "mean 0-1 error on emoji", "emoji: guaranteed and measured")
    _named(panels[1], "share of intervals that cover", "intervals of theorem 41")
    _named(panels[2], "regret", "emoji: choice of an embedding")
    size = emoji.groupby(["pairs", "k"]).ngroups
    return picture, (
        f"Probes that see N labels of emoji, or of {worlds['seed'].nunique()} worlds; {emoji['draw'].nunique()} draws. "
        f"Left: means over {size} embeddings. Middle: nominal 95%; mean and least over embeddings. Right: error of a "
        f"ridge probe with the N labels on the chosen of {size} embeddings, above that on the best."
    )


def _named(axes: Axes, what: str, title: str) -> None:
    axes.set(xscale="log", xlabel="labelled images N", ylabel=what, title=title)
    axes.set_xticks([50, 100, 200, 400, 800], ["50", "100", "200", "400", "800"])
    axes.minorticks_off()
    axes.legend(fontsize="small")


def facts(tables: Tables) -> Facts:
    """Tightness, coverage from 100 labels on, and regret at the fewest labels, on worlds and emoji."""
    worlds, emoji = (tables[name] for name in TABLES)
    both = pd.concat([worlds.assign(set="worlds"), emoji.assign(set="emoji")])
    means = both.groupby(["set", *CANDIDATE])[["guaranteed", "class_means"]].mean()
    times = means["guaranteed"] / means["class_means"].clip(lower=1e-3)
    fewest = int(worlds["labels"].min())
    of_worlds, of_emoji, all_labels = (
        found[found["labels"] == fewest]
        for found in (
            regrets(worlds).reset_index(),
            regrets(emoji).reset_index(),
            regrets(emoji, "error").reset_index(),
        )
    )
    covered = {name: coverage(table[table["labels"] >= 100]) for name, table in (("worlds", worlds), ("emoji", emoji))}
    return {
        "of": Of(
            f"{worlds['seed'].nunique()} and 1", f"{worlds['draw'].nunique()} and {emoji['draw'].nunique()}", len(both)
        ),
        "above": int((means["class_means"] > means["guaranteed"]).sum()),
        "points": len(means),
        "vacuous": float((means["guaranteed"] >= 1).mean()),
        "times": times.groupby("set").median().to_dict(),
        "covered": {name: float(found["mean"].mean()) for name, found in covered.items()},
        "least": {name: float(found["min"].min()) for name, found in covered.items()},
        "fewest": fewest,
        "embeddings": int(emoji.groupby(["pairs", "k"]).ngroups),
        "worlds": {name: float(of_worlds[name].mean()) for name in CHOICES},
        "emoji": {name: mean_and_half(of_emoji[name]) for name in CHOICES},
        "all_labels": {name: float(all_labels[name].mean()) for name in CHOICES},
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    few, worlds = {name: mean for name, (mean, _) in facts["emoji"].items()}, facts["worlds"]
    return {
        "no mean error is above the bound": facts["above"] == 0,
        "the interval covers on worlds": facts["least"]["worlds"] >= 0.9,
        "and on some emoji embeddings it does not": facts["least"]["emoji"] < 0.9,
        "leave-one-out ridge has the least regret": min(few, key=few.__getitem__)
        == "loo"
        == min(worlds, key=worlds.__getitem__),
        "every score is better than chance": max(few, key=few.__getitem__) == "chance",
    }


FIGURE = Figure("Few labels", TABLES, draw)
FINDING = Finding("How many labels does a probe need, and how to choose by few?", TABLES, facts, claims)
