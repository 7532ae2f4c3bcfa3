"""*Consistency and diversity, whole*: every pairing by every evaluator, thirteen lines in a panel."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.frontier import (
    CONVENTIONS,
    EXCLUSION,
    conventions_shown,
    curves,
    drawn,
    intervals,
    set_axes,
)
from pairbounds.figures.pairing_looks import strongest
from pairbounds.figures.style import COLUMN, sized


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A column for each evaluator, a row for each way to count positives."""
    frontier, matched = (
        table[table["exclusion"] == EXCLUSION] for table in (tables["pairings_frontier"], tables["pairings_matched"])
    )
    evaluators = frontier["evaluator"].unique()
    size = (0.95 * COLUMN * len(evaluators), 1.9 * COLUMN)
    picture, panels = plt.subplots(2, len(evaluators), figsize=size, sharex="row", squeeze=False)
    for row, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        for axes, evaluator in zip(row, evaluators, strict=True):
            curves(axes, frontier[frontier["evaluator"] == evaluator], f"positives_{convention}")
            own = matched[(matched["evaluator"] == evaluator) & (matched["diversity_of"] == convention)]
            intervals(axes, own[own["pairing"].isin(strongest(own["pairing"]))])
            set_axes(axes, label, f"evaluator: {evaluator}")
        row[0].set_ylabel("consistency (0: chance, 1: always)")
    picture.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=sized(8))
    return picture, _caption(tables)


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    verdicts = tables["pairings_verdict"]
    words = [
        f"{captions}, evaluator {name}: {shown.every}, {shown.some} and {shown.none}"
        for (name, captions), shown in conventions_shown(verdicts).items()
    ]
    return (
        f"{drawn(tables)} Thin lines are weaker augmentations. A column for each evaluator; above, positives are "
        "counted among other subjects, below with the own subject among them. In how many of the "
        f"{len(set(CONVENTIONS)) * 2} conventions (with and without other images of one subject, positives counted "
        "both ways) an advantage of text is shown at every matched diversity, at some, and at none: "
        f"{'; '.join(words)}."
    )


FIGURE = Figure("Consistency and diversity, whole", ("pairings_frontier", "pairings_matched", "pairings_verdict"), draw)
