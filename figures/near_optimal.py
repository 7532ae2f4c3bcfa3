"""Figure 8, *Near-optimal*: the bounds on imperfect encoders following a training run."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.steps import Curve, check_panels, violations
from pairbounds.infrastructure.palette import BOUND, GREEN, ORANGE, SHARP_BOUND

PANELS = {
    "linear probe": (
        Curve("trained-error", ORANGE, "-.", "theorem 17", 0.73),
        Curve("trained-error-by-margins", GREEN, (0, (5, 1, 1, 1)), "17, margins", 0.65),
        Curve("sharp-near-optimal-error", SHARP_BOUND, ":", "7, exact tail", 0.81),
        Curve("near-optimal-error", BOUND, "--", "theorem 7", 0.89),
    ),
    "zero-shot": (
        Curve("zero-shot-near-optimal", SHARP_BOUND, ":", "with the gap", 0.81),
        Curve("zero-shot-any", BOUND, "--", "plain", 0.89),
    ),
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
