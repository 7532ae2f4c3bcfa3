"""*Batch size*: what a batch shows and its false negatives, in closed form, and errors of critics that are trained."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import COLUMN, label_line, sized
from pairbounds.figures.summaries import excludes_zero, mean_and_half, order_correlation
from pairbounds.infrastructure.palette import MEASURED, NEUTRAL, ORANGE

TABLES = ("batch_size", "emoji_batch_size")
GRAPHS = {"batch_size": ("world", MEASURED), "emoji_batch_size": ("emoji", ORANGE)}
CRITICS = {"free": ("o", "-"), "linear": ("s", "--")}
KINDS = {"also_a_pair": ("pairs of the graph", "-"), "same_caption": ("repeats of the caption", "--")}
CONTRASTS = ("repeats dropped", "pairs dropped", "others dropped", "reworded")


class Following(NamedTuple):
    """Changes of the errors of tuned critics with the batch: means over seeds, and halves of 95% intervals.

    Attributes
    ----------
    order : Kendall's τ of the error and the batch size, and so of the error and both closed forms
    change : of the squared error, from the smallest to the largest batch
    """

    order: tuple[float, float]
    change: tuple[float, float]


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Closed forms on the left, measurements on the right."""
    picture, ((share, error), (negatives, contrast)) = plt.subplots(2, 2, figsize=(2.5 * COLUMN, 1.75 * COLUMN))
    for place, (name, table) in enumerate((name, tables[name]) for name in TABLES):
        _share(share, table, *GRAPHS[name])
        _negatives(negatives, table, *GRAPHS[name])
        _errors(error, table, *GRAPHS[name])
        _contrasts(contrast, table, GRAPHS[name][1], 0.4 * place - 0.2)
    sizes = sorted(tables[TABLES[0]].query("arm == 'all'")["batch"].unique())
    for axes in (share, negatives, error):
        axes.set(xscale="log", xlabel="batch size B (pairs)")
        axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
        axes.minorticks_off()
    share.set(
        ylim=(0, 1.05), ylabel="share of the information I", title="closed form: what a batch shows, at least and most"
    )
    negatives.set(yscale="log", ylabel="expected number for an anchor", title="closed form: false negatives")
    negatives.legend(fontsize=sized(7), loc="upper left")
    error.set(ylim=(0, 1), ylabel="squared error of the probe", title="measured: tuned (thick), one rate (thin)")
    error.legend(fontsize=sized(7), ncols=2, loc="lower right")
    contrast.axhline(0, color=NEUTRAL, linewidth=0.8)
    contrast.set_xticks(range(len(CONTRASTS)), [one.replace(" ", "\n") for one in CONTRASTS])
    (size,) = tables[TABLES[0]].query("arm == 'reworded'")["batch"].unique()[-1:]
    contrast.set(ylabel="further squared error", title=f"measured, B = {size:g}: against all negatives")
    return picture, _caption(tables)


def _share(axes: Axes, table: pd.DataFrame, graph: str, color: str) -> None:
    """The median world's ends."""
    rows = _closed(table)
    low, high = (rows[column] / rows["information"] for column in ("shown_low", "shown_high"))
    axes.fill_between(rows.index, low, high, color=color, alpha=0.2, linewidth=0)
    for end, dash in ((low, "--"), (high, "-")):
        axes.plot(rows.index, end, dash, color=color, linewidth=1.5)
    label_line(axes, rows.index[0], float(low.iloc[0]) - 0.05, graph, color, va="top")


def _negatives(axes: Axes, table: pd.DataFrame, graph: str, color: str) -> None:
    rows = _closed(table)
    for kind, (label, dash) in KINDS.items():
        axes.plot(rows.index, rows[kind], dash, color=color, linewidth=1.5, label=f"{graph}: {label}")


def _closed(table: pd.DataFrame) -> pd.DataFrame:
    """Medians over seeds of the closed forms, by batch size."""
    return table.query("arm == 'all'").groupby("batch").median(numeric_only=True)


def _errors(axes: Axes, table: pd.DataFrame, graph: str, color: str) -> None:
    for critic, (marker, dash) in CRITICS.items():
        rows = _of(tuned(table), critic, "all")
        middle, half = (
            pd.Series(one) for one in zip(*(mean_and_half(own["mse"]) for _, own in rows.groupby("batch")), strict=True)
        )
        looks: dict[str, Any] = {"color": color, "marker": marker, "linestyle": dash, "markersize": 4, "capsize": 2}
        axes.errorbar(sorted(rows["batch"].unique()), middle, half.fillna(0), label=f"{graph}, {critic}", **looks)
        one = one_rate(table, critic).groupby("batch")["mse"].mean()
        axes.plot(one.index, one, linestyle=dash, color=color, linewidth=0.7)


def _contrasts(axes: Axes, table: pd.DataFrame, color: str, place: float) -> None:
    for critic, (marker, _) in CRITICS.items():
        found = [contrast_of(table, critic, arm) for arm in CONTRASTS]
        at = np.arange(len(CONTRASTS)) + place + (0.1 if critic == "linear" else -0.1)
        middle, half = np.array(found).T
        axes.errorbar(at, middle, np.nan_to_num(half), fmt=marker, color=color, markersize=4, capsize=2)


def rates(table: pd.DataFrame) -> pd.DataFrame:
    """The best rate of each critic, arm and batch, by the seeds that tune; and if it is an edge of those tried."""
    where = ["critic", "arm", "batch", "steps"]
    means = table[table["tunes"]].groupby([*where, "rate"])["mse"].mean().reset_index()
    best = means.loc[means.groupby(where)["mse"].idxmin()].drop(columns="mse")
    ends = means.groupby(where)["rate"].agg(["min", "max"]).reset_index()
    both = best.merge(ends, on=where)
    return both.assign(edge=(both["rate"] == both["min"]) | (both["rate"] == both["max"])).drop(columns=["min", "max"])


def tuned(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the seeds that measure, each critic, arm and batch at its own rate."""
    return table[~table["tunes"]].merge(rates(table), on=["critic", "arm", "batch", "steps", "rate"])


def one_rate(table: pd.DataFrame, critic: str) -> pd.DataFrame:
    """The rows of the seeds that measure, at the rate that is best in the middle of the batch sizes."""
    chosen = _of(rates(table), critic, "all").sort_values("batch")["rate"]
    rows = _of(table[~table["tunes"]], critic, "all")
    found: pd.DataFrame = rows[rows["rate"] == chosen.iloc[len(chosen) // 2]]
    return found


def _of(table: pd.DataFrame, critic: str, *arms: str) -> pd.DataFrame:
    found: pd.DataFrame = table[(table["critic"] == critic) & table["arm"].isin(arms)]
    return found


def following(table: pd.DataFrame, critic: str, column: str = "mse") -> Following:
    """The change of a critic's error, or of another column, with the batch size."""
    rows = _of(tuned(table), critic, "all")
    by_seed = rows.pivot(index="seed", columns="batch", values=column)
    order = pd.Series([order_correlation(row, by_seed.columns) for row in by_seed.to_numpy()])
    change = by_seed.iloc[:, -1] - by_seed.iloc[:, 0]
    return Following(mean_and_half(order), mean_and_half(change))


def contrast_of(table: pd.DataFrame, critic: str, arm: str, column: str = "mse") -> tuple[float, float]:
    """The difference of an arm from all negatives, at the largest batch of the arm, seed by seed: mean and half."""
    rows = _of(tuned(table), critic, "all", arm)
    own = rows[rows["batch"] == rows.loc[rows["arm"] == arm, "batch"].max()]
    wide = own.pivot(index="seed", columns="arm", values=column)
    return mean_and_half(wide[arm] - wide["all"])


def _order(tables: Mapping[str, pd.DataFrame]) -> str:
    """The critics whose errors rise or fall with the batch, in words."""
    every = [(name, critic) for name in TABLES for critic in CRITICS]
    sides: dict[float, list[str]] = {1: [], -1: [], 0: []}
    for name, critic in every:
        order = following(tables[name], critic).order
        sides[np.sign(order[0]) if excludes_zero(*order) else 0].append(f"{GRAPHS[name][0]}, {critic}")
    rise, fall, none = ("; ".join(found) or "none" for found in sides.values())
    return f"Errors rise with B for: {rise}; fall for: {fall}; no order is shown for: {none}."


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    table = tables[TABLES[0]]
    seeds = table.loc[~table["tunes"], "seed"].nunique()
    return (
        "Left: theorem 29, on random worlds and emoji. Right: critics trained by InfoNCE on the same drawn pairs"
        f"{with_settings(table, ' ({seen} of a world)')}, at the best rate of the batch; means and 95% intervals over "
        f"{seeds} seeds, rates tuned on others. Dropped negatives: repeats of the image or caption, pairs of "
        f"the graph, or others by chance. {_order(tables)}"
    )


FIGURE = Figure("Batch size", TABLES, draw)
