"""*From image pairs*: errors of encoders learned from n image pairs, and theorems 42 and 43."""

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import LOOSER, SHARPER, THEOREMS, plot_spread, shade_vacuous, subplots
from pairbounds.infrastructure.palette import MEASURED

TABLES = {"emoji": "from_pairs", "icons": "icons_from_pairs"}
COLOR, DASH, _ = THEOREMS[43]
CURVES = {
    "mse": ("measured", MEASURED, "-"),
    "mse_43": ("theorem 43, these pairs", COLOR, DASH),
    "mse_43_by_hops": ("theorem 43″, these pairs, by hops", COLOR, SHARPER),
    "mse_43_certified": ("theorem 43′, certified", COLOR, LOOSER),
}
BOUNDS = ("mse_43", "mse_43_by_norms", "mse_43_by_hops", "mse_43_certified")
KINDS = ["features", "dimensions"]
SHOWN = ["guess", "unreached", "mse", "mse_42", "mse_43", "mse_43_by_hops", "mse_43_certified"]
GROUPS = ("emoji", "icons", "emoji, EfficientNet-Lite0", "emoji, pixels")  # of rows
MANY = 10_000  # image pairs
NEAR = 0.1  # excess over the measured error, as its share


def draw(tables: Tables) -> Drawing:
    """Squared errors against the number of pairs: rows by data set, panels by kind and number of features."""
    frames = {name: tables[table] for name, table in TABLES.items()}
    columns = max(table.groupby(KINDS).ngroups for table in frames.values())
    picture, panels = subplots(len(frames), columns, size=(0.9 * columns, len(frames)), sharey="row", squeeze=False)
    for row, (name, table) in zip(panels, frames.items(), strict=True):
        for axes, ((features, count), rows) in zip(row, table.groupby(KINDS, sort=False), strict=False):
            _draw_panel(axes, rows)
            axes.set(ylim=(0.95 * table["mse"].min(), 1.05), title=f"{name}: {features}, {count} components")
        row[0].set_ylabel("squared error of the probe, or its bound")
    for axes in panels[-1]:
        axes.set_xlabel("image pairs n")
    picture.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize="small")
    numbers = facts(tables)
    return picture, (
        "Encoders linear in principal components, learned from n image pairs drawn for captions of emoji or tags of "
        f"Tabler icons{with_settings(frames['emoji'], ': {images:,} images of each, k = {k}, level {level:g}')}. "
        f"Medians and ranges over {numbers['of'].seeds} draws; shaded, guessing. Bounds below the measured error: "
        f"{numbers['violated']} of {numbers['checks']}."
    )


def _draw_panel(axes: Axes, rows: pd.DataFrame) -> None:
    for column, (label, color, dash) in CURVES.items():
        by_pairs = rows.groupby("n_pairs")[column]
        plot_spread(axes, by_pairs, color, linestyle=dash, linewidth=1.6, label=label)
    axes.axhline(rows["mse_42"].iloc[0], color=THEOREMS[42].color, linewidth=0.8, label="theorem 42, population")
    axes.set_xscale("log")
    shade_vacuous(axes, rows["guess"])


def facts(tables: Tables) -> Facts:
    """Checks, and by data set and features the ratios of bounds and errors at the most pairs."""
    every = pd.concat([tables[table].assign(set=name) for name, table in TABLES.items()])
    by_kind = every.groupby(["set", *KINDS], sort=False)
    rows = pd.DataFrame({", ".join(map(str, kind)): _medians(group) for kind, group in by_kind}).T
    error, gain, share = rows["mse"], rows["guess"] - rows["mse"], rows["unreached"] / rows["mse_43"]
    largest = every[every["n_pairs"] >= MANY]
    spread = largest.groupby(["set", *KINDS, "n_pairs"])["mse"].agg(lambda errors: errors.max() - errors.min())
    return {
        "of": Of(len(TABLES), every["seed"].nunique(), len(BOUNDS) * len(every)),
        "checks": len(BOUNDS) * len(every),
        "violated": sum(int((every[bound] < every["mse"]).sum()) for bound in BOUNDS),
        "rows": rows.to_dict("index"),
        "over": _ranges(rows["mse_43"] / error - 1),
        "over_by_hops": _ranges(rows["mse_43_by_hops"] / error - 1),
        "gain": _ranges((rows["guess"] - rows["mse_43"]) / gain),
        "gain_by_hops": _ranges((rows["guess"] - rows["mse_43_by_hops"]) / gain),
        "unreached": (float(share.min()), float(share.max())),
        "spread": spread.max(),
    }


def _medians(rows: pd.DataFrame) -> pd.Series:
    """Medians over draws at the most pairs, and the least number of pairs with a nonvacuous certificate, or 0."""
    medians: pd.Series = rows.loc[rows["n_pairs"] == rows["n_pairs"].max(), SHOWN].median()
    worst = rows.groupby("n_pairs")["mse_43_certified"].max()
    medians["certified_from"] = min(worst.index[worst < medians["guess"]], default=0)
    return medians


def _ranges(values: pd.Series) -> dict[str, tuple[float, float]]:
    """Least and largest value in each group of rows."""
    by_group = {group: values[values.index.str.startswith(group)] for group in GROUPS}
    return {group: (float(span.min()), float(span.max())) for group, span in by_group.items()}


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    return {
        "no bound is violated": facts["violated"] == 0,
        "many hops come near the measured error": max(most for _, most in facts["over_by_hops"].values()) < NEAR,
    }


FIGURE = Figure("From image pairs", tuple(TABLES.values()), draw)
FINDING = Finding(
    "How many image pairs certify an encoder that is linear in features?", tuple(TABLES.values()), facts, claims
)
