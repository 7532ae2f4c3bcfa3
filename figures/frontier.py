"""*Consistency and diversity*: pairs by captions and their controls, by the classes of the images."""

from collections.abc import Mapping
from itertools import product
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Of, Tables
from pairbounds.figures.pairing_looks import color, corrected, dash, short, strongest
from pairbounds.figures.style import COLUMN, sized
from pairbounds.infrastructure.palette import NEUTRAL
from pairbounds.theory.quantities.confidence import student_half

EXCLUSION = "subject"  # two drawings of one emoji, with the same captions and label, are no positives
CONVENTIONS = {"others": "among other subjects", "all": "the own subject among them"}
APART = 1.02  # the factor between diversities at which bars of one diversity are drawn
GRID = 80  # levels of diversity that a curve is drawn through
WITH_INTERVALS = ("captions", "augmentation", "no text")
NAMED = {  # the pairings that are drawn, and what they are called
    "captions, exact": "exact captions",
    "captions, exact, but for class names": "exact, without class names",
    "captions, by encoder": "estimated captions",
    "augmentation, by encoder": "augmentation (thin: weaker)",
    "nearest neighbours": "no text, nearest neighbours",
    "held-out images, by encoder": "no text, held-out images",
    "shuffled captions, exact": "shuffled captions",
}
Curve = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


class Shown(NamedTuple):
    """The numbers of conventions that show an advantage of text at every matched diversity, at some, and at none."""

    every: int
    some: int
    none: int


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each way to count positives."""
    frontier, matched = (_main(tables[name]) for name in ("pairings_frontier", "pairings_matched"))
    thick = strongest(frontier["pairing"])
    picture, panels = plt.subplots(1, 2, figsize=(2.1 * COLUMN, 1.2 * COLUMN), sharey=True)
    for axes, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        _curves(axes, frontier, f"positives_{convention}")
        _intervals(axes, matched[(matched["diversity_of"] == convention) & matched["pairing"].isin(thick)])
        _set_axes(axes, label)
        axes.set_ylim(bottom=-0.05)
    panels[0].set_ylabel("consistency (0: chance, 1: always)")
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=sized(8))
    return picture, _caption(tables)


def _main(table: pd.DataFrame) -> pd.DataFrame:
    """The pairings that have a name here, by the first evaluator."""
    chosen = (table["exclusion"] == EXCLUSION) & (table["evaluator"] == table["evaluator"].iloc[0])
    found: pd.DataFrame = table[chosen & table["pairing"].map(short).isin(list(NAMED))]
    return found


def _curves(axes: Axes, rows: pd.DataFrame, positives: str) -> None:
    """Draw the curves of all pairings; augmentations but the strongest are thin."""
    thick = strongest(rows["pairing"])
    for pairing, own in rows.groupby("pairing", sort=False):
        name, family = str(pairing), str(own["family"].iloc[0])
        looks: dict[str, Any] = {"color": color(family), "linestyle": dash(name), "label": NAMED[short(name)]}
        width = {"linewidth": 1.7} if name in thick else {"linewidth": 0.7, "label": None}
        axes.plot(*_mean_curve(own, positives), **looks | width)


def _mean_curve(rows: pd.DataFrame, positives: str) -> Curve:
    """Effective positives and consistency of a pairing, the mean of the draws, from that of their coldest points on."""
    rows = rows.assign(value=corrected(rows), level=np.log(rows[positives]))
    grid = np.linspace(0, rows["level"].max(), GRID)
    curves, by_draw = [], rows.sort_values("level").groupby("draw")
    for _, one in by_draw:
        inside = (grid >= one["level"].min()) & (grid <= one["level"].max())
        curves.append(np.where(inside, np.interp(grid, one["level"], one["value"]), np.nan))
    coldest, mean = by_draw[["level", "value"]].first().mean(), np.mean(curves, axis=0)
    known = ~np.isnan(mean)
    return np.exp([coldest["level"], *grid[known]]), np.array([coldest["value"], *mean[known]])


def _intervals(axes: Axes, rows: pd.DataFrame) -> None:
    """The 95% intervals of captions and what they are compared with, side by side at matched diversities."""
    compared = rows[rows["family"].isin(WITH_INTERVALS)]
    middle = (compared["pairing"].nunique() - 1) / 2
    for place, (_, own) in enumerate(compared.groupby("pairing", sort=False)):
        ends = np.minimum(1, [own["value"] - own["low"], own["high"] - own["value"]])
        hue = color(str(own["family"].iloc[0]))
        places = own["diversity"] * APART ** (place - middle)
        axes.errorbar(places, own["value"], ends, fmt="none", color=hue, linewidth=1)


def _set_axes(axes: Axes, counted: str) -> None:
    axes.axhline(0, color=NEUTRAL, linewidth=0.6)
    axes.set(xscale="log", xlabel=f"effective positives,\n{counted}")
    axes.set_xticks(ticks := [1, 10, 100], [str(tick) for tick in ticks])


def conventions_shown(verdicts: pd.DataFrame) -> dict[tuple[str, str], Shown]:
    """The verdicts of the conventions, counted for each evaluator and kind of captions."""
    found = {}
    for (evaluator, captions), rows in verdicts.groupby(["evaluator", "captions"], sort=False):
        every, some = (int(rows["verdict"].str.contains(text).sum()) for text in ("shown at every", r"\) only\.$"))
        found[str(evaluator), str(captions)] = Shown(every, some, len(rows) - every - some)
    return found


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    frontier = tables["pairings_frontier"]
    images = frontier.groupby("draw")["images"].first()
    return (
        f"Consistency of pairs by {frontier['evaluator'].iloc[0]}, corrected for chance and without pairs of one "
        "subject, against their diversity. Left: diversity among images of other subjects. Right: images of the own "
        f"subject count too. Lines: pairings from cold to hot, means over {len(images)} draws of {images.min()} to "
        f"{images.max()} images. Bars, side by side: 95% intervals at one diversity, the wider of Student's over draws "
        "and a bootstrap over subjects."
    )


NAMES = {
    "exact": "captions, exact",
    "unnamed": "captions, exact, but for class names",
    "estimated": "captions, by encoder",
    "shuffled": "shuffled captions, exact",
    "labels": "labels, subcategory",
}
CAPTIONS = ("exact", "unnamed", "estimated")
RIVALS = {"augmentation": "augmentation", "no_text": "no text"}  # families, of which the best is the rival
EXCLUSIONS = (EXCLUSION, "image")  # without the other drawings of an emoji among the positives, and with them
GRADIENTS = "gradients"
CELL = ["diversity_of", "diversity", "width"]  # of each label set, a comparison of held-out errors
LEVEL = 0.95


class Value(NamedTuple):
    """A value and its interval."""

    value: float
    low: float
    high: float


class Held(NamedTuple):
    """The numbers of cells in which held-out errors are shown to be lower, or higher, and lower by Bonferroni."""

    lower: int
    higher: int
    corrected: int
    cells: int


def shown_matched(tables: Mapping[str, pd.DataFrame], exclusion: str = EXCLUSION) -> pd.DataFrame:
    """The consistencies that are shown: by the same labels, at the same diversity."""
    matched, learned = tables["pairings_matched"], tables["pairings_learned"]
    chosen = (
        (matched["evaluator"] == learned["labels"].iloc[0])
        & (matched["exclusion"] == exclusion)
        & (matched["matched_to"] == f"{learned['diversity'].max():g}")
    )
    shown: pd.DataFrame = matched[chosen]
    return shown


def facts(tables: Tables) -> Facts:
    """Consistency at one diversity, the verdicts, and what a held-out probe sees."""
    learned, verdicts = tables["pairings_learned"], tables["pairings_verdict"]
    images = tables["pairings_frontier"].groupby("draw")["images"].first()
    diversity = float(learned["diversity"].max())
    return {
        "images": int(images.sum()),
        "draws": len(images),
        "diversity": diversity,
        "looks": len(verdicts),
        "leads": {name: _leads(tables["pairings_difference"], NAMES[name], diversity) for name in CAPTIONS},
        "own_leads": _leads(tables["pairings_difference"], NAMES["estimated"], diversity, "all"),
        "consistency": {
            exclusion: {
                convention: _consistencies(matched[matched["diversity_of"] == convention]) for convention in CONVENTIONS
            }
            for exclusion, matched in ((exclusion, shown_matched(tables, exclusion)) for exclusion in EXCLUSIONS)
        },
        "shown": {
            exclusion: {convention: _shown(verdicts, exclusion, convention) for convention in CONVENTIONS}
            for exclusion in EXCLUSIONS
        },
        "by_gradients": sum(
            shown.every + shown.some
            for (evaluator, _), shown in conventions_shown(verdicts).items()
            if evaluator == GRADIENTS
        ),
        "held_out": {name: _held_out(learned, NAMES[name]) for name in CAPTIONS},
        "guess": float(learned.loc[learned["labels"] == CATEGORY, "guess_error"].mean()),
    }


def _leads(differences: pd.DataFrame, captions: str, diversity: float, of: str = "others") -> dict[str, Value]:
    """Lead of captions over the most consistent rival of each family, paired over draws, at one diversity."""
    about = {"evaluator": CATEGORY, "exclusion": EXCLUSION, "diversity_of": of, "first": captions}
    shown = differences[(differences[[*about]] == pd.Series(about)).all(axis=1)]
    shown = shown[shown["matched_to"] == f"{diversity:g}"]
    least = shown.sort_values("value").groupby("family")[["value", "low", "high"]].first().reindex([*RIVALS.values()])
    return {name: Value(*least.loc[family]) for name, family in RIVALS.items()}


def _consistencies(rows: pd.DataFrame) -> dict[str, Value]:
    """Values of captions and controls, and of the most consistent pairing of each family of rivals."""
    by_pairing = rows.set_index("pairing")
    names = {name: pairing for name, pairing in NAMES.items() if pairing in by_pairing.index}
    for name, family in RIVALS.items():
        of_family = by_pairing.loc[by_pairing["family"] == family, "value"]
        names |= {name: str(of_family.idxmax())} if len(of_family) else {}
    return {name: Value(*by_pairing.loc[pairing, ["value", "low", "high"]]) for name, pairing in names.items()}


def _shown(verdicts: pd.DataFrame, exclusion: str, convention: str) -> dict[str, dict[str, str]]:
    """The diversities at which an advantage is shown, by label set and captions: every, some, or none."""
    rows = verdicts[(verdicts["exclusion"] == exclusion) & (verdicts["diversity_of"] == convention)]
    by_captions = conventions_shown(rows)
    found: dict[str, dict[str, str]] = {CATEGORY: {}, SUBCATEGORY: {}}
    for labels, name in product(found, CAPTIONS):
        shown = by_captions.get((labels, NAMES[name]))
        found[labels][name] = "every" if shown and shown.every else "some" if shown and shown.some else "none"
    return found


def _held_out(learned: pd.DataFrame, captions: str) -> dict[str, dict[str, Held]]:
    """Held-out errors of captions against those of augmentation at full strength, and of the best rivals of a cell."""
    families = learned.groupby("pairing")["family"].first()
    full = [name for name in strongest(families.index) if name.startswith("augmentation, by encoder")]
    rivals = {"full": full} | {name: list(families.index[families == family]) for name, family in RIVALS.items()}
    return {
        rival: {labels: _compared(learned, labels, captions, pairings) for labels in (CATEGORY, SUBCATEGORY)}
        for rival, pairings in rivals.items()
    }


def _compared(learned: pd.DataFrame, labels: str, captions: str, rivals: list[str]) -> Held:
    """Paired over draws, by Student; the rival is that of the lowest mean error in its cell."""
    looks = learned.groupby(["labels", *CELL]).ngroups
    lower = higher = corrected = cells = 0
    for _, rows in learned[learned["labels"] == labels].groupby(CELL):
        errors = rows.pivot_table(index="draw", columns="pairing", values="held_out_error").dropna(axis="columns")
        theirs = errors[errors.columns.intersection(rivals)].mean()
        if captions in errors and len(theirs):
            difference = errors[captions] - errors[theirs.idxmin()]
            mean = float(difference.mean())
            half, wider = (student_half(difference, level) for level in (LEVEL, 1 - (1 - LEVEL) / looks))
            lower += mean < -half
            higher += mean > half
            corrected += mean < -wider
            cells += 1
    return Held(int(lower), int(higher), int(corrected), cells)


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    subject, image = (facts["shown"][exclusion] for exclusion in EXCLUSIONS)
    others, own = subject["others"], subject["all"]
    values = facts["consistency"][EXCLUSION]["others"]
    leads = facts["leads"]
    exact, unnamed, estimated = (facts["held_out"][name] for name in CAPTIONS)
    return {
        "among other subjects exact captions are ahead at every diversity, by both label sets": all(
            others[labels]["exact"] == "every" for labels in (CATEGORY, SUBCATEGORY)
        ),
        "at one diversity their interval is above those of the best augmentation and pairs without text": (
            values["exact"].low > max(values[rival].high for rival in RIVALS)
        ),
        "without captions that name a class no advantage by category is shown, but one by subcategory": (
            others[CATEGORY]["unnamed"] == "none" and others[SUBCATEGORY]["unnamed"] == "every"
        ),
        "among other subjects or images no advantage of estimated captions is shown": all(
            shown["others"][labels]["estimated"] == "none" for shown in (subject, image) for labels in shown["others"]
        ),
        "paired, captions without class names are ahead of the best augmentation alone": (
            leads["unnamed"]["augmentation"].low > 0 >= leads["unnamed"]["no_text"].low
        ),
        "paired, estimated captions are behind the best pairs without text, and not ahead of augmentation": (
            leads["estimated"]["no_text"].high < 0 and leads["estimated"]["augmentation"].low <= 0
        ),
        "with the own subject estimated captions lead the best of both families, paired": all(
            lead.low > 0 for lead in facts["own_leads"].values()
        ),
        "with the own subject exact captions are ahead at some diversities only, estimated ones by category alone": (
            all(own[labels]["exact"] == "some" for labels in own)
            and (own[CATEGORY]["estimated"], own[SUBCATEGORY]["estimated"]) == ("some", "none")
        ),
        "with the other drawings exact captions are ahead everywhere, without class names too": all(
            shown[labels][name] == "every"
            for shown, name in product(image.values(), ("exact", "unnamed"))
            for labels in shown
        ),
        "judged by gradients no caption pairs have an advantage": facts["by_gradients"] == 0,
        "a held-out probe has lower errors with exact captions in each cell by subcategory, and in few by category": (
            exact["full"][SUBCATEGORY].lower == exact["full"][SUBCATEGORY].cells
            and 0 < exact["full"][CATEGORY].lower < exact["full"][CATEGORY].cells / 2
        ),
        "without class names it has no lower ones than the best pairs without text": not any(
            held.lower for held in unnamed["no_text"].values()
        ),
        "with estimated captions it has no lower ones than the best augmentation, and higher ones in some cells": (
            not any(held.lower for held in estimated["augmentation"].values())
            and estimated["augmentation"][CATEGORY].higher > 0
        ),
    }


def of(tables: Tables) -> Of:
    """The verdicts of all draws, and the leads at one diversity."""
    looks = len(tables["pairings_verdict"]) + (len(CAPTIONS) + 1) * len(RIVALS)
    return Of(1, tables["pairings_frontier"]["draw"].nunique(), looks)


FIGURE = Figure("Consistency and diversity", ("pairings_frontier", "pairings_matched", "pairings_verdict"), draw)
FINDING = Finding(
    "Are caption pairs more consistent and more diverse, on real images?",
    ("pairings_frontier", "pairings_matched", "pairings_difference", "pairings_learned", "pairings_verdict"),
    facts,
    claims,
    of,
    ("held_out",),
)
