"""Figure 5, *Leaderboard*: which bound on the probe error is the tightest, on which family of graphs."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.style import COLUMN, sized

QUANTITY = "probe_error"
LARGEST = 100.0  # ratios beyond it, infinite ones among them, are drawn as this


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A heat map of the median of bound over measured error: a row for each bound, a column for each family."""
    ratios = _ratios(tables["leaderboard"])
    table = leaderboard(tables["leaderboard"])
    picture, axes = plt.subplots(figsize=(2.6 * COLUMN, 1.25 * COLUMN))
    words = table.map(lambda ratio: "≥100" if ratio >= LARGEST else f"{ratio:.2g}")
    sns.heatmap(
        np.log10(table),
        annot=words,
        fmt="",
        annot_kws={"fontsize": sized(7)},
        cmap="cividis_r",
        vmin=0,
        vmax=2,
        ax=axes,
        linewidths=0.5,
        cbar_kws={
            "label": "bound / measured error, median",
            "ticks": [0, 1, 2],
            "format": lambda power, _: f"{10**power:.0f}",
        },
    )
    axes.set(xlabel="family of graphs", ylabel="")
    axes.tick_params(axis="x", rotation=35)
    plt.setp(axes.get_xticklabels(), ha="right", rotation_mode="anchor")
    return picture, _caption(ratios)


def leaderboard(table: pd.DataFrame) -> pd.DataFrame:
    """The median of bound over measured error, of each bound (row) on each family (column), the tightest first.

    Both are in the order of their medians over all graphs; a family has no value where a bound applies to none of its
    graphs, or none has an error.

    For a paper: `pairbounds.to_latex(leaderboard(read_table("build/tables/leaderboard.parquet")), digits=2)`.
    Ratios beyond `LARGEST` count as that.

    Parameters
    ----------
    table : DataFrame
        Of the study `leaderboard`.
    """
    ratios = _ratios(table)
    bounds, families = (ratios.groupby(name)["ratio"].median().sort_values().index for name in ("bound", "family"))
    medians = ratios.pivot_table(index="bound", columns="family", values="ratio", aggfunc="median")
    return medians.loc[bounds, families]


def _ratios(table: pd.DataFrame) -> pd.DataFrame:
    """The rows on the probe error where something is measured and the bound applies, with their ratio."""
    rows = table[(table["quantity"] == QUANTITY) & (table["measured"] > 0) & table["value"].notna()]
    return rows.assign(ratio=(rows["value"] / rows["measured"]).clip(upper=LARGEST))


def _caption(ratios: pd.DataFrame) -> str:
    medians = ratios.groupby("bound")["ratio"].median().sort_values()
    order = ", ".join(f"{name} {ratio:.2g}" for name, ratio in medians.items())
    return (
        "Every bound on the 0-1 error of the linear probe at the optimum over the measured error, where that is "
        f"positive; medians over the graphs of {ratios['seed'].nunique()} seeds. Bounds and families are in the order "
        "of their medians over all graphs. A cell is blank where the bound applies to no graph of the family, or where "
        f"none has an error. Over all graphs: {order}. The smallest ratio seen is "
        f"{ratios['ratio'].min():.3f}; below 1 would be a violation."
    )


FIGURE = Figure("Leaderboard", ("leaderboard",), draw)
