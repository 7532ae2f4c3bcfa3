"""*Consistency and diversity*: pairs by captions and their controls, by the classes of the images."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Of, Tables
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import LEVEL
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, NEUTRAL, VERMILION
from pairbounds.theory.quantities.confidence import student_half

EXCLUSION = "subject"  # two drawings of one emoji are not positives
CONVENTIONS = {"others": "among other subjects", "all": "including the image's subject"}
APART = 1.02  # factor between bars of the same diversity
GRID = 80  # levels of diversity of a curve
NAMED = {  # drawn pairings: label, colour by kind of pairs, dash by what decides the pairs
    "captions, exact": ("exact captions", CAPTION, "-"),
    "captions, exact, but for class names": ("exact, without class names", CAPTION, ":"),
    "captions, by encoder": ("estimated captions", CAPTION, "--"),
    "augmentation, by encoder": ("augmentation (thin: weaker)", AUGMENTATION, "--"),
    "nearest neighbours": ("no text, nearest neighbours", NEUTRAL, "-"),
    "held-out images, by encoder": ("no text, held-out images", NEUTRAL, "--"),
    "shuffled captions, exact": ("shuffled captions", VERMILION, "-"),
}
Curve = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
NAMES = {
    "exact": "captions, exact",
    "unnamed": "captions, exact, but for class names",
    "estimated": "captions, by encoder",
    "shuffled": "shuffled captions, exact",
    "labels": "labels, subcategory",
}
CAPTIONS = ("exact", "unnamed", "estimated")
RIVALS = {"augmentation": "augmentation", "no_text": "no text"}  # families: the best pairing of each is the rival
GRADIENTS = "gradients"
CELL = ["diversity_of", "diversity", "width"]  # columns of a comparison of held-out errors, for a label set


def draw(tables: Tables) -> Drawing:
    """One panel for each way to count positives."""
    frontier, matched = (_main(tables[name]) for name in ("pairings_frontier", "pairings_matched"))
    thick = strongest(frontier["pairing"])
    picture, panels = subplots(1, 2, size=(2.1, 1.2), sharey=True)
    for axes, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        _curves(axes, frontier, f"positives_{convention}")
        _intervals(axes, matched[(matched["diversity_of"] == convention) & matched["pairing"].isin(thick)])
        axes.axhline(0, color=NEUTRAL, linewidth=0.6)
        axes.set(xscale="log", xlabel=f"effective positives,\n{label}")
        axes.set_xticks([1, 10, 100], ["1", "10", "100"])
        axes.set_ylim(bottom=-0.05)
    panels[0].set_ylabel("consistency (0: chance, 1: always)\nbars: 95% intervals")
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize="small")
    return picture, _caption(tables)


def _main(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the drawn pairings, by the first evaluator."""
    chosen = (table["exclusion"] == EXCLUSION) & (table["evaluator"] == table["evaluator"].iloc[0])
    main: pd.DataFrame = table[chosen & table["pairing"].map(_short).isin(list(NAMED))]
    return main


def strongest(pairings: Iterable[str]) -> list[str]:
    """Pairings in the same order, without augmentations that have a stronger variant."""
    names = list(dict.fromkeys(pairings))
    strength = {pairing: float(pairing.rpartition(" strength ")[2]) for pairing in names if " strength " in pairing}
    full = max(strength.values(), default=0.0)
    return [pairing for pairing in names if strength.get(pairing, full) == full]


def _short(pairing: str) -> str:
    return pairing.partition(", strength ")[0]


def _curves(axes: Axes, rows: pd.DataFrame, positives: str) -> None:
    """Draw the curves of all pairings; weaker augmentations are thin."""
    thick = strongest(rows["pairing"])
    for pairing, group in rows.groupby("pairing", sort=False):
        label, color, dash = NAMED[_short(str(pairing))]
        width: dict[str, Any] = {"linewidth": 1.7, "label": label} if pairing in thick else {"linewidth": 0.7}
        axes.plot(*_mean_curve(group, positives), color=color, linestyle=dash, **width)


def _mean_curve(rows: pd.DataFrame, positives: str) -> Curve:
    """Effective positives and consistency of a pairing, mean over draws, from the mean of the coldest points on."""
    corrected = (rows["consistency"] - rows["chance"]) / (1 - rows["chance"])  # 0 at chance, 1 where pairs always agree
    rows = rows.assign(value=corrected, level=np.log(rows[positives]))
    grid = np.linspace(0, rows["level"].max(), GRID)
    curves, by_draw = [], rows.sort_values("level").groupby("draw")
    for _, curve in by_draw:
        inside = (grid >= curve["level"].min()) & (grid <= curve["level"].max())
        curves.append(np.where(inside, np.interp(grid, curve["level"], curve["value"]), np.nan))
    coldest, mean = by_draw[["level", "value"]].first().mean(), np.mean(curves, axis=0)
    defined = ~np.isnan(mean)
    return np.exp([coldest["level"], *grid[defined]]), np.array([coldest["value"], *mean[defined]])


def _intervals(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw 95% intervals of captions and their rivals, side by side at matched diversities."""
    compared = rows[rows["family"] != "shuffled"]
    middle = (compared["pairing"].nunique() - 1) / 2
    for position, (pairing, group) in enumerate(compared.groupby("pairing", sort=False)):
        ends = np.minimum(1, [group["value"] - group["low"], group["high"] - group["value"]])
        places = group["diversity"] * APART ** (position - middle)
        axes.errorbar(places, group["value"], ends, fmt="none", color=NAMED[_short(str(pairing))][1], linewidth=1)


def _caption(tables: Tables) -> str:
    frontier = tables["pairings_frontier"]
    images = frontier.groupby("draw")["images"].first()
    return (
        f"Consistency of pairs by {frontier['evaluator'].iloc[0]}, corrected for chance and without pairs of one "
        "subject, against their diversity. Left: diversity among images of other subjects. Right: including images "
        f"of the same subject. Lines: pairings from cold to hot, means over {len(images)} draws of {images.min()} to "
        f"{images.max()} images. Bars, side by side: 95% intervals at one diversity, the wider of Student's over draws "
        "and a bootstrap over subjects."
    )


class Value(NamedTuple):
    """A value and its interval."""

    value: float
    low: float
    high: float


class Held(NamedTuple):
    """Numbers of cells with significantly lower or higher held-out errors, and lower by Bonferroni."""

    lower: int
    higher: int
    corrected: int
    cells: int


def facts(tables: Tables) -> Facts:
    """Consistency at one diversity, verdicts, and held-out errors."""
    learned, verdicts = tables["pairings_learned"], tables["pairings_verdict"]
    images = tables["pairings_frontier"].groupby("draw")["images"].first()
    diversity = float(learned["diversity"].max())
    matched = tables["pairings_matched"]
    at_diversity = matched[(matched["evaluator"] == CATEGORY) & (matched["matched_to"] == f"{diversity:g}")]
    by_convention = {name: {"exclusion": EXCLUSION, "diversity_of": name} for name in CONVENTIONS}
    by_gradients = _about(verdicts, {"evaluator": GRADIENTS})["verdict"]
    return {
        "of": Of(
            1, len(images), len(verdicts) + (len(CAPTIONS) + 1) * len(RIVALS)
        ),  # verdicts, and leads at one diversity
        "images": int(images.sum()),
        "diversity": diversity,
        "looks": len(verdicts),
        "leads": {name: _leads(tables["pairings_difference"], NAMES[name], diversity) for name in CAPTIONS},
        "own_leads": _leads(tables["pairings_difference"], NAMES["estimated"], diversity, "all"),
        "consistency": {
            name: _consistencies(_about(at_diversity, convention)) for name, convention in by_convention.items()
        },
        "shown": {name: _shown(_about(verdicts, convention)) for name, convention in by_convention.items()},
        "by_gradients": int((by_gradients.map(_advantage) != "none").sum()),
        "held_out": {name: _held_out(learned, NAMES[name]) for name in CAPTIONS},
        "guess": float(learned.loc[learned["labels"] == CATEGORY, "guess_error"].mean()),
    }


def _about(table: pd.DataFrame, values: Mapping[str, str]) -> pd.DataFrame:
    """Rows with these values."""
    rows: pd.DataFrame = table[(table[[*values]] == pd.Series(values)).all(axis=1)]
    return rows


def _leads(differences: pd.DataFrame, captions: str, diversity: float, convention: str = "others") -> dict[str, Value]:
    """Lead of captions over the most consistent rival of each family, paired by draw, at one diversity."""
    values = {"evaluator": CATEGORY, "exclusion": EXCLUSION, "diversity_of": convention, "first": captions}
    values["matched_to"] = f"{diversity:g}"
    by_family = _about(differences, values).sort_values("value").groupby("family")[["value", "low", "high"]]
    least = by_family.first().reindex([*RIVALS.values()])
    return {name: Value(*least.loc[family]) for name, family in RIVALS.items()}


def _consistencies(rows: pd.DataFrame) -> dict[str, Value]:
    """Consistency of captions and controls, and of the best pairing of each family of rivals."""
    by_pairing = rows.set_index("pairing")
    names = {name: pairing for name, pairing in NAMES.items() if pairing in by_pairing.index}
    for name, family in RIVALS.items():
        of_family = by_pairing.loc[by_pairing["family"] == family, "value"]
        names |= {name: str(of_family.idxmax())} if len(of_family) else {}
    return {name: Value(*by_pairing.loc[pairing, ["value", "low", "high"]]) for name, pairing in names.items()}


def _shown(verdicts: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Diversities with a significant advantage, by label set and captions."""
    advantages = verdicts.set_index(["evaluator", "captions"])["verdict"].map(_advantage)
    return {
        labels: {name: advantages.get((labels, NAMES[name]), "none") for name in CAPTIONS}
        for labels in (CATEGORY, SUBCATEGORY)
    }


def _advantage(verdict: str) -> str:
    """Diversities with an advantage of text in a verdict: every, some, or none."""
    if "shown at every" in verdict:
        return "every"
    return "some" if verdict.endswith(") only.") else "none"


def _held_out(learned: pd.DataFrame, captions: str) -> dict[str, dict[str, Held]]:
    """Compare held-out errors of captions with those of the best rival of each family in a cell."""
    families = learned.groupby("pairing")["family"].first()
    rivals = {name: list(families.index[families == family]) for name, family in RIVALS.items()}
    return {
        rival: {labels: _compared(learned, labels, captions, pairings) for labels in (CATEGORY, SUBCATEGORY)}
        for rival, pairings in rivals.items()
    }


def _compared(learned: pd.DataFrame, labels: str, captions: str, rivals: list[str]) -> Held:
    """Compare by paired t tests over draws; the rival has the lowest mean error in its cell."""
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
    """Claims of the sentences, with their truth values."""
    among_others, with_subject = (facts["shown"][name] for name in CONVENTIONS)
    values, leads = facts["consistency"]["others"], facts["leads"]
    unnamed, estimated = facts["held_out"]["unnamed"], facts["held_out"]["estimated"]
    return {
        "among other subjects exact captions are ahead at every diversity, by both label sets": all(
            among_others[labels]["exact"] == "every" for labels in (CATEGORY, SUBCATEGORY)
        ),
        "at one diversity their interval is above those of the best augmentation and pairs without text": (
            values["exact"].low > max(values[rival].high for rival in RIVALS)
        ),
        "without captions that name a class no advantage by category is shown, but one by subcategory": (
            among_others[CATEGORY]["unnamed"] == "none" and among_others[SUBCATEGORY]["unnamed"] == "every"
        ),
        "among other subjects no advantage of estimated captions is shown": all(
            by_captions["estimated"] == "none" for by_captions in among_others.values()
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
            all(verdicts["exact"] == "some" for verdicts in with_subject.values())
            and with_subject[CATEGORY]["estimated"] == "some"
            and with_subject[SUBCATEGORY]["estimated"] == "none"
        ),
        "judged by gradients no caption pairs have an advantage": facts["by_gradients"] == 0,
        "without class names it has no lower ones than the best pairs without text": not any(
            difference.lower for difference in unnamed["no_text"].values()
        ),
        "with estimated captions it has no lower ones than the best augmentation, and higher ones in some cells": (
            not any(difference.lower for difference in estimated["augmentation"].values())
            and estimated["augmentation"][CATEGORY].higher > 0
        ),
    }


FIGURE = Figure("Consistency and diversity", ("pairings_frontier", "pairings_matched"), draw)
FINDING = Finding(
    "Are caption pairs more consistent and more diverse, on real images?",
    ("pairings_frontier", "pairings_matched", "pairings_difference", "pairings_learned", "pairings_verdict"),
    facts,
    claims,
    ("held_out",),
)
