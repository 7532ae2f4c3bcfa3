"""*Natural captions*: one question of every data set, whether captions are ahead of all rivals; and the bounds."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.typing import LineStyleType

from pairbounds.figures.figure import Figure
from pairbounds.figures.pairing_looks import color
from pairbounds.figures.style import COLUMN, shade_vacuous, sized
from pairbounds.infrastructure.palette import BOUND, GREEN, MEASURED, NEUTRAL, ORANGE, SHARP_BOUND

TITLES = {"emoji": "emoji", "openclipart": "OpenClipart", "tuxpaint": "Tux Paint"}
# Two drawings of one thing are no pair here, for many clip-arts are there several times.
EXCLUSION, DIVERSITY_OF = "subject", "others"
EXACT, BY_ENCODER = "captions, exact", "captions, by encoder"
CAPTIONS = {EXACT: "o", BY_ENCODER: "s"}
RIVALS = ("augmentation", "no text", "shuffled")
TEXTS = "words"  # by which the graphs below are joined
CURVES: tuple[tuple[str, str, LineStyleType, str, str], ...] = (
    ("probe-error", BOUND, "--", "s", "theorem 4"),
    ("multihop-error", SHARP_BOUND, ":", "D", "theorem 15"),
    ("local-multihop-error", ORANGE, "-.", "^", "theorem 16"),
    ("trained-error", GREEN, (0, (5, 1, 1, 1)), "v", "theorem 17"),
)
LIMITS = (2e-2, 30)


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A column for each data set: how far captions are ahead above, bounds and error below."""
    ahead, bounds = leads(tables["natural_difference"]), by_words(tables["natural_bounds"])
    sets = list(ahead["dataset"].unique())
    size = (1.05 * COLUMN * len(sets), 2.1 * COLUMN)
    picture, panels = plt.subplots(2, len(sets), figsize=size, sharey="row", squeeze=False)
    for column, name in enumerate(sets):
        _leads(panels[0, column], ahead[ahead["dataset"] == name], TITLES.get(name, name))
        _bounds(panels[1, column], bounds[bounds["dataset"] == name])
    panels[0, 0].set_ylabel("captions' lead in consistency\nover the best of a kind")
    panels[1, 0].set_ylabel("probability of error, or its bound")
    (leading, names), (bounding, others) = (row[0].get_legend_handles_labels() for row in panels)
    # One legend of both rows: what fits a figure to a paper puts all legends into one place.
    picture.legend(leading + bounding, names + others, loc="outside lower center", ncols=4, fontsize=sized(8))
    return picture, _caption(tables, ahead)


def leads(differences: pd.DataFrame) -> pd.DataFrame:
    """The lead in consistency of captions over the pairing of each family that is hardest to tell from them.

    By the first label set of each data set, at every diversity that was asked for, and exact captions at their own too:
    hot and cold they have no other where few images share a text. An advantage of text is shown where
    `low` is above 0 for all three families.
    """
    evaluator = differences.groupby("dataset")["evaluator"].transform("first")
    chosen = differences[
        (differences["evaluator"] == evaluator)
        & (differences["exclusion"] == EXCLUSION)
        & (differences["diversity_of"] == DIVERSITY_OF)
        & ((differences["matched_to"] != EXACT) | (differences["first"] == EXACT))
        & differences["first"].isin(list(CAPTIONS))
        & differences["family"].isin(RIVALS)
    ].reset_index(drop=True)
    closest = chosen.groupby(["dataset", "first", "family", "matched_to"], sort=False)["low"].idxmin()
    found: pd.DataFrame = chosen.loc[closest]
    return found


def shown(ahead: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    """The number of diversities where all three families are beaten, and of all, by data set and kind of captions."""
    whole = ahead.groupby(["dataset", "first", "matched_to"], sort=False)["low"].agg(["min", "count"])
    beaten = (whole["min"] > 0) & (whole["count"] == len(RIVALS))
    groups: Any = beaten.groupby(["dataset", "first"], sort=False)
    return {key: (int(own.sum()), len(own)) for key, own in groups}


def by_words(bounds: pd.DataFrame) -> pd.DataFrame:
    """The graphs that are joined by words of captions: sentences alone join hardly any two stamps."""
    found: pd.DataFrame = bounds[bounds["texts"] == TEXTS]
    return found


def _leads(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    own_diversity = rows.loc[rows["matched_to"] == EXACT, "diversity"]
    places = [*sorted(set(rows["matched_to"]) - {EXACT}, key=float), *([EXACT] if len(own_diversity) else [])]
    keys = [(captions, family) for captions in CAPTIONS for family in RIVALS]
    for number, (captions, family) in enumerate(keys):
        own = rows[(rows["first"] == captions) & (rows["family"] == family)]
        x = [places.index(place) + 0.13 * (number - 2.5) for place in own["matched_to"]]
        looks: dict[str, Any] = {"color": color(family), "marker": CAPTIONS[captions], "markersize": 4}
        if captions != EXACT:
            looks |= {"markerfacecolor": "white"}
        ends = np.array([own["value"] - own["low"], own["high"] - own["value"]])
        axes.errorbar(x, own["value"], ends, fmt="none", ecolor=color(family), linewidth=1)
        axes.plot(x, own["value"], linestyle="", label=f"{captions}, over {family}", **looks)
    axes.axhline(0, color="black", linewidth=0.8)
    names = [f"{own_diversity.mean():.3g}, of exact\ncaptions" if place == EXACT else place for place in places]
    axes.set_xticks(range(len(places)), names)
    axes.set(xlabel="effective positives", title=title)


def _bounds(axes: Axes, rows: pd.DataFrame) -> None:
    exact = rows[rows["pairing"] == EXACT]
    shade_vacuous(axes, exact["guess"])
    for name, hue, dash, marker, label in CURVES:
        curve = exact[exact["bound"] == name].replace(np.inf, np.nan)
        axes.plot(curve["k"], curve["value"], linestyle=dash, color=hue, marker=marker, markersize=3.5, label=label)
    any_of_them = rows[rows["bound"] == CURVES[0][0]]
    measured = any_of_them[any_of_them["pairing"] == EXACT]
    control = any_of_them[any_of_them["pairing"] != EXACT].groupby("k")["measured"].mean()
    axes.plot(measured["k"], measured["measured"], color=MEASURED, marker="o", markersize=3.5, label="measured error")
    axes.plot(control.index, control, color=NEUTRAL, marker="x", markersize=4, label="measured, captions shuffled")
    axes.set(xscale="log", yscale="log", ylim=LIMITS, xlabel="width of the embedding k")
    axes.set_xticks(sorted(rows["k"].unique()), [str(k) for k in sorted(rows["k"].unique())])
    axes.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    axes.minorticks_off()


def _caption(tables: Mapping[str, pd.DataFrame], ahead: pd.DataFrame) -> str:
    words = [
        f"{TITLES.get(name, name)}, {kind}: {beaten} of {of}" for (name, kind), (beaten, of) in shown(ahead).items()
    ]
    graphs = tables["natural_graphs"]
    exact = graphs[(graphs["texts"] == TEXTS) & (graphs["pairing"] == EXACT)].drop_duplicates("dataset")
    sizes = "; ".join(
        f"{TITLES.get(name, name)} {images:,} images, α_T = {alpha:.2f}"
        for name, images, alpha in exact[["dataset", "images", "induced_labelling_error"]].itertuples(index=False)
    )
    drawn = tables["natural_learned"].groupby("dataset", sort=False)["draw"].nunique()
    return (
        "Above: by how much pairs by captions are more consistent (by the class of the images; 0 is chance, 1 always) "
        "than the pairing of each kind that is hardest to tell from them, at matched diversity among images of other "
        "subjects, at their own too where they are exact, with 95% intervals over "
        f"{', '.join(map(str, sorted(set(drawn))))} draws of images. Where all three "
        "kinds are beaten, an advantage of text is shown. At how many of the diversities: "
        f"{'; '.join(words)}. Below: the graph of all images and the words of their captions ({sizes}): bounds on "
        "the error of a probe on the optimal embedding, that error, and the same with images shuffled over captions; "
        "grey where a bound is vacuous. Where theorem 4 is not drawn it is infinite, and the error is of one optimum "
        "among many."
    )


FIGURE = Figure("Natural captions", ("natural_difference", "natural_bounds", "natural_graphs", "natural_learned"), draw)
