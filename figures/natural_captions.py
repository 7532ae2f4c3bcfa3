"""*Natural captions*: one question of every data set, whether captions are ahead of all rivals."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.pairing_looks import color
from pairbounds.figures.style import COLUMN, sized

TITLES = {"emoji": "emoji", "openclipart": "OpenClipart", "tuxpaint": "Tux Paint"}
# Two drawings of one thing are no pair here, for many clip-arts are there several times.
EXCLUSION, DIVERSITY_OF = "subject", "others"
EXACT, BY_ENCODER = "captions, exact", "captions, by encoder"
CAPTIONS = {EXACT: "o", BY_ENCODER: "s"}
RIVALS = ("augmentation", "no text", "shuffled")
TEXTS = "words"  # by which the graphs below are joined
CURVES = (("probe-error", 4), ("multihop-error", 15), ("local-multihop-error", 16), ("trained-error", 17))  # theorems


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each data set: how far captions are ahead."""
    ahead = leads(tables["natural_difference"])
    sets = list(ahead["dataset"].unique())
    size = (1.05 * COLUMN * len(sets), 1.3 * COLUMN)
    picture, panels = plt.subplots(1, len(sets), figsize=size, sharey=True, squeeze=False)
    for axes, name in zip(panels[0], sets, strict=True):
        _leads(axes, ahead[ahead["dataset"] == name], TITLES.get(name, name))
    panels[0, 0].set_ylabel("captions' lead in consistency\nover the best of a kind")
    picture.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=sized(8))
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


def _caption(tables: Mapping[str, pd.DataFrame], ahead: pd.DataFrame) -> str:
    verdicts = "; ".join(
        f"{TITLES.get(name, name)}, {kind.removeprefix('captions, ')} {beaten} of {of}"
        for (name, kind), (beaten, of) in shown(ahead).items()
    )
    draws = ", ".join(map(str, sorted(set(tables["natural_learned"].groupby("dataset")["draw"].nunique()))))
    return (
        "Lead in consistency by class (0: chance, 1: always) of pairs by captions over the closest pairing of each "
        f"kind, at equal diversity among other subjects; 95% intervals over {draws} draws of images. All three kinds "
        f"are beaten at so many diversities: {verdicts}."
    )


FIGURE = Figure("Natural captions", ("natural_difference", "natural_learned"), draw)
