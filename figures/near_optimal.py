"""Figure 8, *Near-optimal*: the bounds on imperfect encoders following a training run."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.steps import Curve, check_panels, violations
from pairbounds.figures.style import SHARPER, THEOREMS

PANELS = {
    "linear probe": (
        Curve("near-optimal-error", *THEOREMS[7][:2], "theorem 7"),
        Curve("sharp-near-optimal-error", THEOREMS[7].color, SHARPER, "theorem 7, exact tail"),
        Curve("trained-error", *THEOREMS[17][:2], "theorem 17"),
        Curve("trained-error-by-margins", THEOREMS[17].color, SHARPER, "theorem 17, by margins"),
    ),
    "zero-shot": (Curve("zero-shot-near-optimal", *THEOREMS[7][:2], "theorem 7"),),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Two panels over the steps of training: probe and zero-shot error, each with its bounds."""
    table = tables["near_optimal"]
    picture = check_panels(
        table, PANELS, size=(2, 1), xlim=(8, 1500), ylim=(2e-3, 60), ylabel="0-1 error, or its bound"
    )
    return picture, (
        f"A free embedding trained on one world's captions{with_settings(table, ', k = {k}')}; medians and ranges over "
        f"{table['seed'].nunique()} seeds. {violations(table)} of {len(table)} (step, bound) checks violated."
    )


FIGURE = Figure("Near-optimal", ("near_optimal",), draw)
