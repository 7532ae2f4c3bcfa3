"""*From image pairs*: errors of encoders learned from n image pairs of emoji, beside theorems 42 and 43."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import COLUMN, LOOSER, SHARPER, THEOREMS, shade_vacuous
from pairbounds.infrastructure.palette import MEASURED

COLOR, DASH, _ = THEOREMS[43]
CURVES = {
    "mse": ("measured", MEASURED, "-"),
    "mse_43": ("theorem 43, these pairs", COLOR, DASH),
    "mse_43_by_hops": ("theorem 43″, these pairs, by hops", COLOR, SHARPER),
    "mse_43_certified": ("theorem 43′, certified", COLOR, LOOSER),
}
BOUNDS = ("mse_43", "mse_43_by_norms", "mse_43_by_hops", "mse_43_certified")
KINDS = ["features", "dimensions"]
MANY = 10_000  # image pairs
NEAR, STABLE = 1.1, 0.05  # a factor, and a squared error


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each kind and number of features: squared errors over the number of pairs."""
    table = tables["from_pairs"]
    groups = list(table.groupby(KINDS, sort=False))
    picture, panels = plt.subplots(
        1, len(groups), figsize=(0.9 * COLUMN * len(groups), COLUMN), sharey=True, squeeze=False
    )
    for axes, ((features, count), rows) in zip(panels[0], groups, strict=True):
        for column, (label, color, dash) in CURVES.items():
            by_pairs = rows.groupby("n_pairs")[column]
            axes.plot(by_pairs.median(), color=color, linestyle=dash, linewidth=1.6, label=label)
            axes.fill_between(by_pairs.min().index, by_pairs.min(), by_pairs.max(), color=color, alpha=0.2, linewidth=0)
        axes.axhline(rows["mse_42"].iloc[0], color=THEOREMS[42].color, linewidth=0.8, label="theorem 42, population")
        axes.set(xscale="log", ylim=(0.3, 1.1), xlabel="image pairs n", title=f"{features}, {count} components")
        shade_vacuous(axes, rows["guess"])
    panels[0, 0].set_ylabel("squared error of the probe, or its bound")
    panels[0, -1].legend(fontsize="small", loc="lower left")
    found = facts(tables)
    return picture, (
        "Encoders of emoji, linear in principal components, learned from n image pairs drawn for the captions"
        f"{with_settings(table, ': {images:,} images, category, k = {k}, level {level:g}')}. Medians and ranges over "
        f"{found['of'].seeds} draws; shaded, guessing. Bounds below the measured error: {found['violated']} of "
        f"{found['checks']}."
    )


def certified_from(table: pd.DataFrame) -> int:
    """The least number of pairs from which on the certified bound is below guessing in every draw."""
    worst = table.assign(over=table["mse_43_certified"] / table["guess"]).groupby("n_pairs")["over"].max()
    return int(worst.index[worst < 1].min())


def facts(tables: Tables) -> Facts:
    """Ratios of the bounds and the measured error, and the numbers of pairs that certify something."""
    table = tables["from_pairs"]
    many, most = (table[table["n_pairs"] >= least] for least in (MANY, table["n_pairs"].max()))
    network, pixels = (rows for _, rows in most.groupby("features", sort=False))
    violated = sum(int((table[bound] < table["mse"]).sum()) for bound in BOUNDS)
    spread = many.groupby([*KINDS, "n_pairs"])["mse"].agg(lambda errors: errors.max() - errors.min())
    return {
        "of": Of(1, table["seed"].nunique(), len(BOUNDS) * len(table.groupby([*KINDS, "n_pairs"]))),
        "checks": len(BOUNDS) * len(table),
        "violated": violated,
        "by_hops": float((many["mse_43_by_hops"] / many["mse"]).max()),
        "one_hop": float((most["mse_43"] / most["mse"]).median()),
        "over_42": float((most["mse_43"] / most["mse_42"]).max()),
        "certified_from": certified_from(table),
        "certified": float((most["mse_43_certified"] / most["mse"]).median()),
        "guess": float(table["guess"].iloc[0]),
        "error": float(network["mse"].median()),
        "pixels": float(pixels["mse"].median()),
        "spread": float(spread.max()),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    return {
        "no bound is violated": facts["violated"] == 0,
        "many hops come near the measured error": facts["by_hops"] < NEAR,
        "one hop ends near theorem 42": facts["over_42"] < NEAR,
        "one hop does not come near the measured error": facts["one_hop"] > NEAR,
        "draws hardly differ": facts["spread"] < STABLE,
        "pixels reach less": facts["pixels"] > facts["error"],
    }


FIGURE = Figure("From image pairs", ("from_pairs",), draw)
FINDING = Finding("How many image pairs certify an encoder that is linear in features?", ("from_pairs",), facts, claims)
