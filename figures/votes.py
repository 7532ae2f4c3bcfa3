"""Figure *Votes of InfoNCE*: what the excess loss of a critic says of its votes, along training."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.steps import Curve, at_the_end, check_panels, violations
from pairbounds.figures.style import SHARPER, THEOREMS

PANELS = {
    "vote of the captions": (
        Curve("zero-shot-vote", *THEOREMS[20][:2], "theorem 20"),
        Curve("zero-shot-vote-by-node", THEOREMS[20].color, SHARPER, "theorem 20, by node"),
    ),
    "vote of the images": (
        Curve("vote", *THEOREMS[20][:2], "theorem 20"),
        Curve("vote-by-node", THEOREMS[20].color, SHARPER, "theorem 20, by node"),
    ),
    "vote of the other images": (Curve("vote-of-others", THEOREMS[20].color, SHARPER, "theorem 20, by node"),),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each vote over the steps of training: its error, and the bounds of theorem 20."""
    table = tables["votes"]
    looks: Any = {"size": (2.6, 0.9), "xlim": (5, 600), "ylim": (1e-3, 12)}
    picture = check_panels(table, PANELS, ylabel="0-1 error of the vote, or its bound", **looks)
    return picture, (
        f"A free embedding trained by InfoNCE on the captions of a world; medians and ranges over "
        f"{table['seed'].nunique()} seeds. {violations(table)} of {len(table)} (step, bound) checks violated. After "
        f"{table['step'].max()} steps the excess loss is {at_the_end(table)['vote']['excess_loss']:.1e}. "
        "Grey: no better than a guess."
    )


FIGURE = Figure("Votes of InfoNCE", ("votes",), draw)
