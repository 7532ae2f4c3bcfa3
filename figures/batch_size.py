"""*Batch size*: information that a batch shows, in closed form, and errors of tuned critics."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import label_line, number_ticks, subplots
from pairbounds.figures.summaries import Estimate, excludes_zero, mean_and_half, order_correlation
from pairbounds.infrastructure.palette import MEASURED, ORANGE

GRAPHS = {"batch_size": ("world", MEASURED), "emoji_batch_size": ("emoji", ORANGE)}
CRITICS = {"free": ("o", "-"), "linear": ("s", "--")}


def draw(tables: Tables) -> Drawing:
    """Left panel: information that a batch shows. Right panel: errors of trained critics."""
    picture, (share, error) = subplots(1, 2, size=(2.5, 1))
    rows = {name: tables[name][tables[name]["arm"] == "all"] for name in GRAPHS}
    for name, (graph, color) in GRAPHS.items():
        _share(share, rows[name], graph, color)
        _errors(error, tuned(rows[name]), graph, color)
    sizes = sorted(rows["batch_size"]["batch"].unique())
    for axes in (share, error):
        axes.set(xscale="log", xlabel="batch size B (pairs)")
        number_ticks(axes, x=sizes)
    share.set(ylim=(0, 1.05), ylabel="share of the information I", title="what a batch shows, at least and most")
    error.set(ylim=(0, 1), ylabel="squared error of the probe", title="measured")
    error.legend(fontsize="small", ncols=2, loc="lower right")
    return picture, _caption(rows, tables["batch_size"])


def _share(axes: Axes, rows: pd.DataFrame, graph: str, color: str) -> None:
    """Draw both ends of theorem 29, medians over seeds."""
    medians = rows.groupby("batch").median(numeric_only=True)
    low, high = (medians[column] / medians["information"] for column in ("shown_low", "shown_high"))
    axes.fill_between(medians.index, low, high, color=color, alpha=0.2, linewidth=0)
    for end, dash in ((low, "--"), (high, "-")):
        axes.plot(end, dash, color=color, linewidth=1.5)
    label_line(axes, medians.index[0], float(low.iloc[0]) - 0.05, graph, color, va="top")


def _errors(axes: Axes, rows: pd.DataFrame, graph: str, color: str) -> None:
    for critic, (marker, dash) in CRITICS.items():
        means = rows[rows["critic"] == critic].groupby("batch")["mse"].agg(mean_and_half)
        middle, half = np.transpose(means.tolist())
        axes.errorbar(
            means.index,
            middle,
            np.nan_to_num(half),
            color=color,
            marker=marker,
            linestyle=dash,
            markersize=4,
            capsize=2,
            label=f"{graph}, {critic}",
        )


def tuned(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the test seeds, each critic and batch size at the rate that was best on the tuning seeds."""
    setting = ["critic", "batch", "steps"]
    means = rows[rows["tunes"]].groupby([*setting, "rate"])["mse"].mean().reset_index()
    best = means.loc[means.groupby(setting)["mse"].idxmin()].drop(columns="mse")
    measured: pd.DataFrame = rows[~rows["tunes"]].merge(best, on=[*setting, "rate"])
    return measured


def order(rows: pd.DataFrame) -> Estimate:
    """Kendall's τ between tuned error and batch size of a critic: mean over seeds, and half its 95% interval."""
    by_seed = rows.pivot(index="seed", columns="batch", values="mse")
    return mean_and_half(pd.Series([order_correlation(errors, by_seed.columns) for errors in by_seed.to_numpy()]))


def _order(rows: Tables) -> str:
    """Critics whose errors rise or fall with the batch size, in words."""
    sides: dict[float, list[str]] = {1: [], -1: [], 0: []}
    for name, (graph, _) in GRAPHS.items():
        for critic, group in tuned(rows[name]).groupby("critic"):
            tau = order(group)
            sides[np.sign(tau[0]) if excludes_zero(tau) else 0].append(f"{graph}, {critic}")
    rise, fall, none = ("; ".join(critics) or "none" for critics in sides.values())
    return f"Errors rise with B for: {rise}; fall for: {fall}; no significant order for: {none}."


def _caption(rows: Tables, table: pd.DataFrame) -> str:
    seeds = table.loc[~table["tunes"], "seed"].nunique()
    return (
        "Left: theorem 29, medians over seeds. Right: critics trained by InfoNCE on the same drawn pairs"
        f"{with_settings(table, ' ({seen} of a world)')}, at the best rate of the batch; means and 95% intervals over "
        f"{seeds} seeds, rates tuned on others. {_order(rows)}"
    )


FIGURE = Figure("Batch size", ("batch_size", "emoji_batch_size"), draw)
