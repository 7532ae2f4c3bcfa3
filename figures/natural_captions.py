"""*Natural captions*: lead of captions over all rivals, for each data set."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.style import subplots
from pairbounds.infrastructure.palette import CAPTION, NEUTRAL

TITLES = {"emoji": "emoji", "openclipart": "OpenClipart", "tuxpaint": "Tux Paint"}
# Two drawings of one thing are not a pair: many clip-arts have duplicates.
EXCLUSION, DIVERSITY_OF = "subject", "others"
EXACT, BY_ENCODER = "captions, exact", "captions, by encoder"
CAPTIONS = {EXACT: (CAPTION, "o"), BY_ENCODER: (NEUTRAL, "s")}
RIVALS = ("augmentation", "no text", "shuffled")
BOUNDS = ("probe-error", "multihop-error", "local-multihop-error", "trained-error")  # theorems 4, 15, 16 and 17
WORDED = {EXACT: "known exactly", BY_ENCODER: "estimated by a small encoder"}
SHOWN = ["images", "n_texts", "induced_labelling_error", "corrected", "positives_others", "alone"]  # columns of a graph


def draw(tables: Tables) -> Drawing:
    """Lead of captions over their strongest rival; a panel for each data set."""
    ahead = leads(tables["natural_difference"])
    strongest = ahead.sort_values("low").groupby(["dataset", "first", "matched_to"]).first().reset_index()
    sets = list(ahead["dataset"].unique())
    picture, panels = subplots(1, len(sets), size=(0.8 * len(sets), 1), sharey=True, squeeze=False)
    for axes, name in zip(panels[0], sets, strict=True):
        _leads(axes, strongest[strongest["dataset"] == name], TITLES.get(name, name))
    panels[0, 0].set_ylabel("captions' lead in consistency\nover their strongest rival")
    panels[0, 0].legend(loc="upper left", fontsize="small")
    return picture, _caption(tables, ahead)


def leads(differences: pd.DataFrame) -> pd.DataFrame:
    """Lead in consistency of captions over the closest pairing of each family.

    By the first label set of each data set, at every diversity of the settings. Exact captions are also compared at
    their own diversity, which is the only one if few images share a text. An advantage of text is shown where `low` is
    above 0 for all three families.
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
    rows: pd.DataFrame = chosen.loc[closest]
    return rows


def shown(ahead: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    """Numbers of diversities where all three families are beaten, and of all, by data set and captions."""
    rivals = ahead.groupby(["dataset", "first", "matched_to"], sort=False)["low"].agg(["min", "count"])
    beaten = (rivals["min"] > 0) & (rivals["count"] == len(RIVALS))
    groups: Any = beaten.groupby(["dataset", "first"], sort=False)
    return {key: (int(flags.sum()), len(flags)) for key, flags in groups}


def _leads(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    own_diversity = rows.loc[rows["matched_to"] == EXACT, "diversity"]
    places = [*sorted(set(rows["matched_to"]) - {EXACT}, key=float), *([EXACT] if len(own_diversity) else [])]
    for shift, (captions, (color, marker)) in zip((-0.1, 0.1), CAPTIONS.items(), strict=True):
        selected = rows[rows["first"] == captions]
        x = [places.index(place_name) + shift for place_name in selected["matched_to"]]
        ends = np.array([selected["value"] - selected["low"], selected["high"] - selected["value"]])
        axes.errorbar(x, selected["value"], ends, fmt=marker, color=color, markersize=4, linewidth=1.2, label=captions)
    axes.axhline(0, color="black", linewidth=0.8)
    names = [f"{own_diversity.mean():.3g},\nexact" if place_name == EXACT else place_name for place_name in places]
    axes.set_xticks(range(len(places)), names)
    axes.set(xlabel="effective positives", title=title)


def _caption(tables: Tables, ahead: pd.DataFrame) -> str:
    verdicts = "; ".join(
        f"{TITLES.get(name, name)}, {kind.removeprefix('captions, ')} {beaten} of {diversities}"
        for (name, kind), (beaten, diversities) in shown(ahead).items()
    )
    draws = ", ".join(map(str, sorted(set(tables["natural_learned"].groupby("dataset")["draw"].nunique()))))
    return (
        "Lead in class consistency of caption pairs over the closest of augmentations, pairs without text and "
        f"shuffled captions, at equal diversity among other subjects; 95% intervals over {draws} draws of images. "
        f"Diversities at which captions beat all three: {verdicts}."
    )


def facts(tables: Tables) -> Facts:
    """Graphs, verdict on each set, and bounds at the largest width."""
    differences, learned = tables["natural_difference"], tables["natural_learned"]
    ahead = leads(differences)
    bounds = tables["natural_bounds"]
    bounds = bounds[bounds["texts"] == "words"]  # whole sentences connect almost no stamps
    widest = bounds[bounds["k"] == bounds["k"].max()]
    return {
        "of": Of(
            learned["dataset"].nunique(), learned["draw"].nunique(), len(ahead)
        ),  # leads of each data set over each rival
        "sets": {name: _graph(tables["natural_graphs"], name) for name in TITLES},
        "titles": TITLES,
        "images": differences["images"].max(),
        "shown": shown(ahead),
        "worded": WORDED,
        "least": _least_leads(ahead),
        "k": int(bounds["k"].max()),
        "bounds": {name: _bounds(widest[widest["dataset"] == name]) for name in TITLES},
    }


def _least_leads(ahead: pd.DataFrame) -> dict[Any, tuple[float, ...]]:
    """Lead with the lowest end of its interval, and this interval, by data set and captions."""
    lowest = ahead.sort_values("low").groupby(["dataset", "first"])[["value", "low", "high"]].first()
    return dict(zip(lowest.index, lowest.itertuples(index=False, name=None), strict=True))


def _graph(graphs: pd.DataFrame, name: str) -> dict[str, Any]:
    """Graphs of captions and of their words, among other subjects, and their controls."""
    rows = graphs[(graphs["dataset"] == name) & (graphs["exclusion"] == "subject")]
    by_texts: dict[str, Any] = {}
    for texts, group in rows.groupby("texts", sort=False):
        exact, controls = group[group["pairing"] == EXACT].iloc[0], group[group["pairing"] != EXACT]
        by_texts[str(texts)] = exact[SHOWN].to_dict() | {"control": float(controls["corrected"].abs().max())}
    return by_texts


def _bounds(rows: pd.DataFrame) -> dict[str, float]:
    exact, shuffled = rows[rows["pairing"] == EXACT], rows[rows["pairing"] != EXACT]
    values = exact.set_index("bound")["value"]
    return {name: float(values[name]) for name in BOUNDS} | {
        "measured": float(exact["measured"].iloc[0]),
        "guess": float(exact["guess"].iloc[0]),
        "control": float(shuffled.loc[shuffled["bound"] == exact["bound"].iloc[0], "measured"].mean()),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    bounds = facts["bounds"].values()
    ahead = {key: beaten == diversities for key, (beaten, diversities) in facts["shown"].items()}
    low = {key: lead[1] for key, lead in facts["least"].items()}
    return {
        "exact captions are ahead of all on emoji and clip-arts": ahead["emoji", EXACT] and ahead["openclipart", EXACT],
        "they are barely ahead on emoji, and clearly on clip-arts": low["emoji", EXACT]
        < 0.01
        < low["openclipart", EXACT],
        "they are not on stamps": not facts["shown"]["tuxpaint", EXACT][0],
        "estimated captions are ahead of all nowhere": not any(
            beaten for (_, captions), (beaten, _) in facts["shown"].items() if captions == BY_ENCODER
        ),
        "no bound is below the error": all(entry[name] >= entry["measured"] for entry in bounds for name in BOUNDS),
        "theorem 4 is worse than guessing on each set": all(entry["probe-error"] > entry["guess"] for entry in bounds),
        "the error is larger where captions are shuffled": all(
            entry["control"] > entry["measured"] for entry in bounds
        ),
    }


FIGURE = Figure("Natural captions", ("natural_difference", "natural_learned"), draw)
FINDING = Finding(
    "Is it the same where people wrote the captions?",
    ("natural_graphs", "natural_bounds", "natural_difference", "natural_learned"),
    facts,
    claims,
)
