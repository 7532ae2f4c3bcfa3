"""Figure 10, *A penalty instead of a width*: the bounds on encoders of a penalised loss following a training run."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.steps import Curve, check_panels, violations
from pairbounds.figures.style import LOOSER, SHARPER, THEOREMS

PANELS = {
    "squared error of the linear probe": (
        Curve("penalised-encoder-mse-by-duality", THEOREMS[18].color, LOOSER, "theorem 18, by hops and duality gap"),
        Curve("multihop-penalised-encoder-mse", *THEOREMS[18][:2], "theorem 18, by hops"),
        Curve("penalised-encoder-mse", THEOREMS[18].color, SHARPER, "theorem 18, by label energy"),
    ),
    "0-1 error": (
        Curve("sharp-near-optimal-error", *THEOREMS[7][:2], "theorem 7"),
        Curve("penalised-encoder-error", *THEOREMS[18][:2], "theorem 18"),
    ),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Two panels over the steps of training: squared and 0-1 error of the probe, each with its bounds."""
    table = tables["penalised"]
    picture = check_panels(table, PANELS, size=(2, 1), xlim=(8, 1500), ylim=(2e-3, 400), ylabel="error, or its bound")
    return picture, (
        f"A free embedding trained on one world's captions with a penalty on its size"
        f"{with_settings(table, ', k = {k}, μ = {penalty:g}')}; medians and "
        f"ranges over {table['seed'].nunique()} seeds. {violations(table)} of {len(table)} (step, bound) checks "
        "violated."
    )


FIGURE = Figure("A penalty instead of a width", ("penalised",), draw)
