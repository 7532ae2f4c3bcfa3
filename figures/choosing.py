"""*Choose by few labels*: regret on worlds and among pairings of glyphs, and how often verdicts and intervals hold."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.guides import JUDGE, LABELS
from pairbounds.figures.guides import TABLE as PAIRINGS
from pairbounds.figures.prediction import ALPHA, DRAWS, full_splits, of_pairings
from pairbounds.figures.ranking import Ranking
from pairbounds.figures.style import COLUMN
from pairbounds.figures.summaries import mean_and_half
from pairbounds.infrastructure.palette import CAPTION, MEASURED, NEUTRAL, ORANGE

TABLE, CHECKPOINTS = "choosing", "choosing_checkpoints"
AMONG = (2, 3, 5, 10, 20)  # random pairings of glyphs
NOMINAL, ALLOWED = 0.95, 0.05  # of intervals; share of choices in which a verdict may be wrong
COLOURS = {"features": MEASURED, "pairs": CAPTION, "checkpoints": ORANGE}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Regret beside chance, candidates that are not decided, choices whose intervals all hold, and glyphs."""
    table = pd.concat([tables[TABLE], tables[CHECKPOINTS]])
    picture, panels = plt.subplots(1, 4, figsize=(3.2 * COLUMN, 0.9 * COLUMN))
    columns = {
        "regret": "regret",
        "undecided": "share of candidates not decided",
        "covered": "share whose intervals hold",
    }
    for axes, (column, label) in zip(panels, columns.items(), strict=False):
        for kind, rows in table.groupby("kind"):
            means = rows.groupby("labels")[column].mean()
            axes.plot(means.index, means, "o-", color=COLOURS[str(kind)], markersize=4, label=f"{kind}, chosen")
            if column == "regret":
                chance = rows.groupby("labels")["chance"].mean()
                axes.plot(
                    chance.index, chance, "x:", color=COLOURS[str(kind)], markersize=4, label=f"{kind}, at random"
                )
        axes.set(xlabel="labelled images", ylabel=label, ylim=(-0.02, None if column == "regret" else 1.02))
    panels[0].legend(fontsize="small")
    panels[2].axhline(NOMINAL, color=NEUTRAL, linewidth=0.8)
    among = regret_among(tables[PAIRINGS])
    for row, style, label in ((0, "o-", "chosen"), (1, "x:", "at random")):
        shown = [100 * values[row] for values in among.values()]
        panels[3].plot([*among], shown, style, color=CAPTION, markersize=4, label=label)
    panels[3].set(xlabel="pairings of glyphs", ylabel="regret (% error after training)", ylim=(0, None))
    panels[3].legend(fontsize="small")
    worlds, few = (tables[name]["seed"].nunique() for name in (TABLE, CHECKPOINTS))
    return picture, (
        f"Left: pairings of each of {worlds} worlds, optima of these as features, and checkpoints, layers and widths "
        f"of an encoder on each of {few}; labels of {table['draw'].nunique()} draws. Regret of features: error of "
        "ridge with as many labels, mean over draws; of pairs: α_T. The line is the nominal confidence. Right: random "
        "pairings of glyphs, chosen by α_T from 25 labelled pairs of each."
    )


def regret_among(runs: pd.DataFrame) -> dict[int, tuple[float, float]]:
    """Regret in error after training by the number of random pairings: chosen by α_T of few labels, and by chance."""
    ranks = Ranking.of(full_splits(of_pairings(runs, LABELS)), {ALPHA: DRAWS}, JUDGE)
    sizes = [size for size in AMONG if size <= len(ranks.names)]
    return {size: ranks.regret_among(ALPHA, size, np.random.default_rng(0)) for size in sizes}


def facts(tables: Tables) -> Facts:
    """Regret, verdicts and coverage by kind and number of labels."""
    table, rows = pd.concat([tables[TABLE], tables[CHECKPOINTS]]), {}
    for (kind, labels), part in table.groupby(["kind", "labels"]):
        regret = mean_and_half(part.groupby("seed")["regret"].mean())
        shares = part[["chance", "worse", "undecided", "covered"]].mean().to_dict()
        rows[f"{kind}, {labels}"] = {"regret": regret, **shares}
    return {
        "of": Of(tables[TABLE]["seed"].nunique(), table["draw"].nunique(), 5 * len(rows) + len(AMONG)),
        "rows": rows,
        "among": regret_among(tables[PAIRINGS]),
        "choices": len(table),
        "wrong": int(table["wrong"].sum()),
        "allowed": ALLOWED,
        "largest": max(row["regret"][0] for row in rows.values()),
        "least_chance": min(row["chance"] for row in rows.values()),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    features = [row["covered"] for name, row in facts["rows"].items() if name.startswith("features")]
    return {
        "no best candidate is called worse": facts["wrong"] == 0,
        "the intervals of features hold less often than they should": max(features) < NOMINAL,
    }


FIGURE = Figure("Choose by few labels", (TABLE, CHECKPOINTS, PAIRINGS), draw)
FINDING = Finding("How good are choices by few labels?", (TABLE, CHECKPOINTS, PAIRINGS), facts, claims)
