"""*Pairs needed*: errors of encoders trained on n pairs of a world, and theorems 17, 19 and 28."""

import math

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import SHARPER, THEOREMS, label_line, plot_spread, subplots
from pairbounds.infrastructure.palette import MEASURED, NEUTRAL, SKY_BLUE

TABLES = ("pairs_needed", "emoji_pairs")
TARGETS = {"pairs_needed": 0.1, "emoji_pairs": 0.5}  # squared errors for which n is reported
CURVES = {  # by panel: column, encoder, label, colour, dash, marker
    "squared error": (
        ("mse", "free", "measured, free", MEASURED, "-", "o"),
        ("mse", "linear", "measured, linear", SKY_BLUE, "-", "s"),
        ("mse_17", "free", "theorem 17 at its excess, free", *THEOREMS[17][:2], ""),
        ("mse_28", "free", "theorem 28 at n", *THEOREMS[28][:2], ""),
    ),
    "excess loss": (
        ("excess_loss", "free", "measured, free", MEASURED, "-", "o"),
        ("excess_loss", "linear", "measured, linear", SKY_BLUE, "-", "s"),
        ("counted_28", "free", "theorem 28 of the drawn pairs", THEOREMS[28].color, SHARPER, ""),
        ("excess_28", "free", "theorem 28 at n", *THEOREMS[28][:2], ""),
    ),
}
CERTIFIED = {
    "mse_19": ("theorem 19", *THEOREMS[19][:2]),
    "mse_28": ("theorem 28", *THEOREMS[28][:2]),
    "mse_28_known_marginals": ("theorem 28, known marginals", THEOREMS[28].color, SHARPER),
}


def draw(tables: Tables) -> Drawing:
    """Squared error and excess loss on a world, and certified errors on emoji, against the number of pairs."""
    table, emoji = (tables[name] for name in TABLES)
    picture, panels = subplots(1, 3, size=(3.2, 1.15))
    for axes, (what, curves) in zip(panels, CURVES.items(), strict=False):
        for column, encoder, label, color, dash, marker in curves:
            by_pairs = table[table["encoder"] == encoder].groupby("n_pairs")[column]
            plot_spread(
                axes,
                by_pairs,
                color,
                alpha=0.15,
                linestyle=dash,
                linewidth=1.5,
                marker=marker,
                markersize=3.5,
                label=label,
            )
        axes.set(xscale="log", yscale="log", xlabel="training pairs n", ylabel=what, title=f"a world: {what}")
        axes.minorticks_off()
        axes.legend(fontsize="small")
    panels[0].axhline(table["optimum_mse"].median(), color=NEUTRAL, linewidth=0.8)
    panels[0].set_ylim(top=6)
    _certified(panels[2], emoji)
    return picture, _caption(table, emoji)


def _certified(axes: Axes, emoji: pd.DataFrame) -> None:
    for column, (label, color, dash) in CERTIFIED.items():
        axes.plot(emoji["n_pairs"], emoji[column], linestyle=dash, color=color, linewidth=1.5, label=label)
    axes.axhline(TARGETS["emoji_pairs"], color=NEUTRAL, linewidth=0.8)
    label_line(axes, 1e6, TARGETS["emoji_pairs"] + 0.01, "target", NEUTRAL)
    axes.set(xscale="log", ylim=(0, 1.25), xlabel="pairs n", ylabel="squared error, at most", title="emoji: certified")
    axes.legend(fontsize="small", loc="upper right")


def first_below(table: pd.DataFrame, column: str, target: float) -> float:
    """Least number of pairs from which on the median of a column is at most a target; inf if there is none."""
    medians = table.groupby("n_pairs")[column].median()
    above = medians.index[medians > target]
    later = medians.index[medians.index > above.max()] if len(above) else medians.index
    return float(later.min()) if len(later) else math.inf


def broken(table: pd.DataFrame) -> dict[str, int]:
    """Number of points above a bound that applies: 17 to all, 28 to free embeddings, which are optimal."""
    free = table[table["encoder"] == "free"]
    return {
        "theorem 17": int(table["violated"].sum()),
        "theorem 28 of the drawn pairs": int((free["excess_loss"] > free["counted_28"]).sum()),
        "theorem 28 at n": int(((free["excess_loss"] > free["excess_28"]) | (free["mse"] > free["mse_28"])).sum()),
    }


def _caption(table: pd.DataFrame, emoji: pd.DataFrame) -> str:
    free = table[table["encoder"] == "free"]
    above = ", ".join(f"{name}: {count}" for name, count in broken(table).items())
    target = TARGETS["pairs_needed"]
    names = {"mse": "measured", "mse_17": "theorem 17", "mse_28": "theorem 28"}
    pairs = ", ".join(f"{name} {_pairs(first_below(free, column, target))}" for column, name in names.items())
    return (
        f"Encoders trained on n drawn pairs of the captions of {table['seed'].nunique()} worlds"
        f"{with_settings(table, ' (noise {noise:g}), k = {k}')}: medians and ranges; grey, the optimum. Points above "
        f"{above}, of {len(table)} and of {len(free)} free ones. Squared error of {target:g} or less, from n on: "
        f"{pairs}. Right: emoji"
        f"{with_settings(emoji, ' (k = {k}, level {level:g}, penalty {penalty:g} of theorem 19)')}."
    )


def _pairs(n: float) -> str:
    return f"{n:.0e}" if math.isfinite(n) else "never"


FIGURE = Figure("Pairs needed", TABLES, draw)
