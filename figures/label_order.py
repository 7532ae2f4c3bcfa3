"""*Which images to label next*: `Choice.next` against labels drawn at random, among what emoji are paired with."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.choosing import COLOURS, NOMINAL
from pairbounds.figures.figure import Figure
from pairbounds.figures.style import COLUMN
from pairbounds.infrastructure.palette import NEUTRAL

TABLE = "label_order"
DASHES = {"next": ("o-", "images by Choice.next"), "random": ("x:", "random images")}
PANELS = {
    "regret": "regret",
    "undecided": "share of candidates not decided",
    "covered": "share whose intervals hold",
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Regret, candidates that are not decided, and coverage of the intervals, by number of labels and order."""
    table = tables[TABLE]
    picture, panels = plt.subplots(1, 3, figsize=(2.6 * COLUMN, 0.9 * COLUMN))
    for axes, (column, label) in zip(panels, PANELS.items(), strict=True):
        for (kind, order), rows in table.groupby(["kind", "order"]):
            means, (dash, name) = rows.groupby("labels")[column].mean(), DASHES[str(order)]
            axes.plot(means.index, means, dash, color=COLOURS[str(kind)], markersize=4, label=f"{kind}, {name}")
        axes.set(xlabel="labelled images", ylabel=label)
    panels[0].legend(fontsize="small")
    panels[2].axhline(NOMINAL, color=NEUTRAL, linewidth=0.8)
    return picture, (
        f"Means over {table['seed'].nunique()} seeds; {table['labels'].min()} labels are random, more are added in "
        "either order. Regret of features: error of ridge with as many random labels, above the least; of pairs: α_T. "
        f"The line is the nominal confidence. The best was called worse in {int(table['wrong'].sum())} of "
        f"{len(table)} choices."
    )


FIGURE = Figure("Which images to label next", (TABLE,), draw)
