"""*Choose by few labels*: regret among pairings, how often verdicts and intervals hold, and the order of labels."""

import numpy as np
import pandas as pd

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.guides import JUDGE, LABELS
from pairbounds.figures.guides import TABLE as PAIRINGS
from pairbounds.figures.prediction import ALPHA, DRAWS, full_splits, of_pairings
from pairbounds.figures.ranking import Ranking
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import mean_and_half
from pairbounds.infrastructure.palette import CAPTION, MEASURED, NEUTRAL, ORANGE

TABLE, CHECKPOINTS, ORDERS = "choosing", "choosing_checkpoints", "label_order"
AMONG = (2, 3, 5, 10, 20)  # random pairings of glyphs
DASHES = {"random": "x:", "next": "o-"}  # of the order of labels
NOMINAL, ALLOWED = 0.95, 0.05  # of intervals; share of choices in which a verdict may be wrong
COLOURS = {"features": MEASURED, "pairs": CAPTION, "checkpoints": ORANGE}


def draw(tables: Tables) -> Drawing:
    """Regret, candidates that are not decided, and choices whose intervals hold: on worlds, and by order of labels."""
    worlds, emoji = pd.concat([tables[TABLE], tables[CHECKPOINTS]]), tables[ORDERS]
    picture, panels = subplots(2, 3, size=(2.6, 1.8))
    columns = {
        "regret": "regret",
        "undecided": "share of candidates not decided",
        "covered": "share whose intervals hold",
    }
    for axes, (column, label) in zip(panels.T, columns.items(), strict=True):
        for kind, rows in worlds.groupby("kind"):
            means, color = rows.groupby("labels").mean(numeric_only=True), COLOURS[str(kind)]
            axes[0].plot(means[column], "o-", color=color, markersize=4, label=f"{kind}, chosen")
            if column == "regret":
                axes[0].plot(means["chance"], "x:", color=color, markersize=4, label=f"{kind}, at random")
        for (name, order), rows in emoji.groupby(["kind", "order"]):
            means, color = rows.groupby("labels").mean(numeric_only=True), COLOURS[str(name)]
            axes[1].plot(means[column], DASHES[str(order)], color=color, markersize=4, label=f"{name}, labels {order}")
        for panel in axes:
            panel.set(xlabel="labelled images", ylabel=label, ylim=(-0.002, None))
    for panel in panels[:, 0]:
        panel.legend(fontsize="small")
    for panel in panels[:, 2]:
        panel.axhline(NOMINAL, color=NEUTRAL, linewidth=0.8)
    return picture, (
        f"Top: pairings of each of {worlds['seed'].nunique()} worlds, their optima as features, and checkpoints, "
        f"layers and widths of an encoder on each of {tables[CHECKPOINTS]['seed'].nunique()}, chosen by labels of "
        f"{worlds['draw'].nunique()} draws. Bottom: of emoji, {emoji['seed'].nunique()} seeds; after "
        f"{emoji['labels'].min()} random labels more are random, or those of `--next`. Regret of features: error of "
        "ridge with as many random labels, mean over draws; of pairs: α_T. The line is the nominal confidence. "
        f"Bottom: the best was called worse in {int(emoji['wrong'].sum())} of {len(emoji)} choices."
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
        "of": Of(table["seed"].nunique(), table["draw"].nunique(), 5 * len(rows) + len(AMONG)),
        "rows": rows,
        "among": regret_among(tables[PAIRINGS]),
        "choices": len(table),
        "wrong": table["wrong"].sum(),
        "allowed": ALLOWED,
        "largest": max(row["regret"][0] for row in rows.values()),
        "least_chance": min(row["chance"] for row in rows.values()),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    features = [row["covered"] for name, row in facts["rows"].items() if not name.startswith("pairs")]
    return {
        "no best candidate is called worse": facts["wrong"] == 0,
        "the intervals of features hold as often as they should": min(features) >= NOMINAL,
    }


FIGURE = Figure("Choose by few labels", (TABLE, CHECKPOINTS, ORDERS), draw)
FINDING = Finding("How good are choices by few labels?", (TABLE, CHECKPOINTS, PAIRINGS), facts, claims)
