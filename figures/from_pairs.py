"""*From image pairs*: errors of encoders learned from n image pairs, beside theorems 42 and 43."""

from collections.abc import Iterable, Mapping
from functools import partial

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import COLUMN, LOOSER, SHARPER, THEOREMS, shade_vacuous
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
KINDS, FEATURES = ["features", "dimensions"], ("EfficientNet-Lite0", "pixels")
SHOWN = {  # medians, by name in the sentences
    "guess": "guess",
    "error": "mse",
    "unreached": "unreached",
    "theorem_42": "mse_42",
    "bound": "mse_43",
    "by_hops": "mse_43_by_hops",
    "certified": "mse_43_certified",
}
MANY = 10_000  # image pairs
NEAR, STABLE = 1.1, 0.05  # a factor, and a squared error


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A row for each data set, a panel for each kind and number of features: squared errors over the pairs."""
    frames = {name: tables[table] for name, table in TABLES.items()}
    columns = max(table.groupby(KINDS).ngroups for table in frames.values())
    picture, panels = plt.subplots(
        len(frames), columns, figsize=(0.9 * COLUMN * columns, COLUMN * len(frames)), sharey="row", squeeze=False
    )
    for row, (name, table) in zip(panels, frames.items(), strict=True):
        for axes, ((features, count), rows) in zip(row, table.groupby(KINDS, sort=False), strict=False):
            _draw_panel(axes, rows)
            axes.set(ylim=(0.95 * table["mse"].min(), 1.05), title=f"{name}: {features}, {count} components")
        row[0].set_ylabel("squared error of the probe, or its bound")
    for axes in panels[-1]:
        axes.set_xlabel("image pairs n")
    picture.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize="small")
    found = facts(tables)
    return picture, (
        "Encoders linear in principal components, learned from n image pairs drawn for captions of emoji or tags of "
        f"Tabler icons{with_settings(frames['emoji'], ': {images:,} images of each, k = {k}, level {level:g}')}. "
        f"Medians and ranges over {found['of'].seeds} draws; shaded, guessing. Bounds below the measured error: "
        f"{found['violated']} of {found['checks']}."
    )


def _draw_panel(axes: Axes, rows: pd.DataFrame) -> None:
    for column, (label, color, dash) in CURVES.items():
        by_pairs = rows.groupby("n_pairs")[column]
        axes.plot(by_pairs.median(), color=color, linestyle=dash, linewidth=1.6, label=label)
        axes.fill_between(by_pairs.min().index, by_pairs.min(), by_pairs.max(), color=color, alpha=0.2, linewidth=0)
    axes.axhline(rows["mse_42"].iloc[0], color=THEOREMS[42].color, linewidth=0.8, label="theorem 42, population")
    axes.set_xscale("log")
    shade_vacuous(axes, rows["guess"])


def facts(tables: Tables) -> Facts:
    """Checks; and, by data set and features, the bounds beside the error from the most pairs."""
    frames = {name: tables[table] for name, table in TABLES.items()}
    every = pd.concat([table.assign(set=name) for name, table in frames.items()])
    rows = {kind: _medians(own) for kind, own in every.groupby(["set", *KINDS], sort=False)}
    many = every[every["n_pairs"] >= MANY]
    spread = many.groupby(["set", *KINDS, "n_pairs"])["mse"].agg(lambda errors: errors.max() - errors.min())
    groups = {name: [own for (of_set, _, _), own in rows.items() if of_set == name] for name in frames}
    for kind in FEATURES:
        groups[f"emoji, {kind}"] = [own for (name, by, _), own in rows.items() if (name, by) == ("emoji", kind)]
    return {
        "of": Of(len(frames), every["seed"].nunique(), len(BOUNDS) * len(every)),
        "checks": len(BOUNDS) * len(every),
        "violated": sum(int((every[bound] < every["mse"]).sum()) for bound in BOUNDS),
        "rows": {f"{name}, {features}, {count}": own for (name, features, count), own in rows.items()},
        "over": {name: _range(own["bound"] / own["error"] - 1 for own in group) for name, group in groups.items()},
        "over_by_hops": {name: _range(own["by_hops"] / own["error"] - 1 for own in groups[name]) for name in frames},
        "unreached": _range(own["unreached"] / own["bound"] for own in rows.values()),
        "gain": {name: _range(map(partial(_gain, "bound"), groups[name])) for name in frames},
        "gain_by_hops": {name: _range(map(partial(_gain, "by_hops"), groups[name])) for name in frames},
        "by_hops": (many["mse_43_by_hops"] / many["mse"]).groupby(many["set"]).max().to_dict(),
        "over_42": max(own["bound"] / own["theorem_42"] for own in rows.values()),
        "spread": float(spread.max()),
        "guess": {name: group[0]["guess"] for name, group in groups.items()},
        "pixels": min(own["error"] for own in groups["emoji, pixels"]),
    }


def _medians(rows: pd.DataFrame) -> dict[str, float]:
    """Medians over draws from the most pairs, and the least number of pairs that certifies less than guessing, or 0."""
    most = rows[rows["n_pairs"] == rows["n_pairs"].max()]
    worst = rows.groupby("n_pairs")["mse_43_certified"].max()
    certifying = worst.index[worst < rows["guess"].iloc[0]]
    return {name: float(most[column].median()) for name, column in SHOWN.items()} | {
        "certified_from": int(certifying.min()) if len(certifying) else 0
    }


def _gain(bound: str, row: Mapping[str, float]) -> float:
    """Share of the encoder's gain over guessing that a bound shows."""
    return (row["guess"] - row[bound]) / (row["guess"] - row["error"])


def _range(values: Iterable[float]) -> tuple[float, float]:
    found = list(values)
    return min(found), max(found)


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    gain, by_hops = facts["gain"], facts["by_hops"]
    return {
        "no bound is violated": facts["violated"] == 0,
        "many hops come near the measured error": max(by_hops.values()) < NEAR,
        "one hop ends near theorem 42": facts["over_42"] < NEAR,
        "one hop does not come near the measured error of emoji": facts["over"]["emoji"][0] > NEAR - 1,
        "one hop shows less of icons": gain["icons"][1] < gain["emoji"][0],
        "most of the bound is the error of all features": facts["unreached"][0] > 1 / 2,
        "draws hardly differ": facts["spread"] < STABLE,
    }


FIGURE = Figure("From image pairs", tuple(TABLES.values()), draw)
FINDING = Finding(
    "How many image pairs certify an encoder that is linear in features?", tuple(TABLES.values()), facts, claims
)
