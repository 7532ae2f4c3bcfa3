"""*Choose by few labels*: regret among the pairings of worlds, and how often verdicts and intervals hold."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.style import COLUMN
from pairbounds.figures.summaries import mean_and_half
from pairbounds.infrastructure.palette import CAPTION, MEASURED, NEUTRAL

TABLE = "choosing"
NOMINAL, ALLOWED = 0.95, 0.05  # of intervals; share of choices in which a verdict may be wrong
COLOURS = {"features": MEASURED, "pairs": CAPTION}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Regret beside chance, candidates that are not decided, and choices whose intervals all hold."""
    table = tables[TABLE]
    picture, panels = plt.subplots(1, 3, figsize=(2.6 * COLUMN, 0.9 * COLUMN))
    columns = {
        "regret": "regret",
        "undecided": "share of candidates not decided",
        "covered": "share whose intervals hold",
    }
    for axes, (column, label) in zip(panels, columns.items(), strict=True):
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
    worlds, draws = table["seed"].nunique(), table["draw"].nunique()
    return picture, (
        f"Pairings of each of {worlds} worlds, or optima of these as features, chosen by labels of {draws} draws. "
        "Regret of features: error of ridge with as many labels, mean over draws; of pairs: α_T. The line is "
        "the nominal confidence."
    )


def facts(tables: Tables) -> Facts:
    """Regret, verdicts and coverage by kind and number of labels."""
    table = tables[TABLE]
    rows = {}
    for (kind, labels), part in table.groupby(["kind", "labels"]):
        regret = mean_and_half(part.groupby("seed")["regret"].mean())
        shares = part[["chance", "worse", "undecided", "covered"]].mean().to_dict()
        rows[f"{kind}, {labels}"] = {"regret": regret, **shares}
    return {
        "of": Of(table["seed"].nunique(), table["draw"].nunique(), 5 * len(rows)),
        "rows": rows,
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


FIGURE = Figure("Choose by few labels", (TABLE,), draw)
FINDING = Finding("How good are choices by few labels?", (TABLE,), facts, claims)
