"""*What a pair looks like*: positives of a few anchors, drawn from caption pairs and from augmentation pairs."""

import io
from collections.abc import Mapping

import matplotlib.image
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.patches import Rectangle

from pairbounds.figures.figure import Figure
from pairbounds.figures.pairing_looks import color, short, strongest
from pairbounds.figures.style import sized
from pairbounds.infrastructure.palette import BOUND, CAPTION, NEUTRAL

INCH = 0.36  # of a picture


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A row for each anchor; its picture, then a block of positives for each pairing."""
    table = tables["pairings_pairs"]
    table = table[table["pairing"].isin(strongest(table["pairing"]))]
    pairings, anchors = table["pairing"].unique(), table["anchor"].unique()
    count = int(table["place"].max())
    ratios = [1.2, *[count] * len(pairings)]
    size = (INCH * (sum(ratios) + 0.4 * len(pairings)), INCH * (len(anchors) + 1.6))
    picture, panels = plt.subplots(len(anchors), len(ratios), figsize=size, width_ratios=ratios, squeeze=False)
    for row, anchor in zip(panels, anchors, strict=True):
        own = table[table["anchor"] == anchor]
        _strip(row[0], own[own["place"] == 0].head(1), 1)
        for axes, pairing in zip(row[1:], pairings, strict=True):
            _strip(axes, own[(own["pairing"] == pairing) & (own["place"] > 0)], count, own["label"].iloc[0])
    panels[0, 0].set_title("anchor", fontsize=sized(8))
    for axes, pairing in zip(panels[0, 1:], pairings, strict=True):
        axes.set_title(
            short(pairing), fontsize=sized(8), color=color("captions" if "captions" in pairing else "augmentation")
        )
    return picture, _caption(table)


def _strip(axes: Axes, rows: pd.DataFrame, count: int, label: str | None = None) -> None:
    """Pictures side by side, framed solid where the label is the anchor's, dashed where it is not."""
    for place, (picture, own) in enumerate(zip(rows["picture"], rows["label"], strict=True)):
        pixels = matplotlib.image.imread(io.BytesIO(picture))
        axes.imshow(pixels, extent=(place + 0.06, place + 0.94, 0.06, 0.94), interpolation="antialiased")
        if label is not None:
            style, tint = ("-", CAPTION) if own == label else (":", BOUND)
            axes.add_patch(Rectangle((place + 0.03, 0.03), 0.94, 0.94, fill=False, color=tint, ls=style, lw=1.2))
    if rows.empty:
        axes.text(0.1, 0.4, "none", color=NEUTRAL, fontsize=sized(7))
    axes.set(xlim=(0, count), ylim=(0, 1), aspect="equal")
    axes.axis("off")


def _caption(table: pd.DataFrame) -> str:
    drawn = table[table["place"] > 0].merge(
        table[table["place"] == 0][["pairing", "anchor", "label"]], on=["pairing", "anchor"], suffixes=("", "_anchor")
    )
    shares = (drawn["label"] == drawn["label_anchor"]).groupby(drawn["pairing"], sort=False).mean()
    words = ", ".join(f"{short(str(pairing))} {share:.0%}" for pairing, share in shares.items())
    return (
        f"For {table['anchor'].nunique()} anchors, one of each of the largest classes, different positives drawn with "
        "their probabilities from the pairs of different images; framed solid where the class is the anchor's, dotted "
        f"where it is not. The anchor's class have, of those drawn: {words}: pictures to look at, not a measurement. "
        f"{table['credit'].iloc[0]}"
    )


FIGURE = Figure("What a pair looks like", ("pairings_pairs",), draw)
