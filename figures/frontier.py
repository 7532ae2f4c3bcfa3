"""*Consistency and diversity*: pairs by captions and their controls, by the classes of the images."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Of, Tables
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import LEVEL, rows_of
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
    picture, panels = subplots(1, 2, size=(2.1, 1.2), sharey=True)
    for axes, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        _curves(axes, frontier, f"positives_{convention}")
        _intervals(axes, rows_of(matched, diversity_of=convention, weak=False))
        axes.axhline(0, color=NEUTRAL, linewidth=0.6)
        axes.set(xscale="log", xlabel=f"effective positives,\n{label}")
        axes.set_xticks([1, 10, 100], ["1", "10", "100"])
        axes.set_ylim(bottom=-0.05)
    panels[0].set_ylabel("consistency (0: chance, 1: always)\nbars: 95% intervals")
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize="small")
    return picture, _caption(tables)


def _main(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the drawn pairings, by the first evaluator, with `kind`; `weak` if an augmentation is stronger."""
    chosen = rows_of(table, exclusion=EXCLUSION, evaluator=table["evaluator"].iloc[0])
    kind_and_strength = chosen["pairing"].str.partition(", strength ")
    main = chosen.assign(kind=kind_and_strength[0], strength=pd.to_numeric(kind_and_strength[2]))
    main = main[main["kind"].isin(list(NAMED))]
    return main.assign(weak=main["strength"] < main["strength"].max())


def _curves(axes: Axes, rows: pd.DataFrame, positives: str) -> None:
    """Draw the curves of all pairings; weaker augmentations are thin."""
    for (kind, weak, _), group in rows.groupby(["kind", "weak", "pairing"], sort=False):
        label, color, dash = NAMED[str(kind)]
        width: dict[str, Any] = {"linewidth": 0.7} if weak else {"linewidth": 1.7, "label": label}
        axes.plot(*_mean_curve(group, positives), color=color, linestyle=dash, **width)


def _mean_curve(rows: pd.DataFrame, positives: str) -> Curve:
    """Effective positives and consistency of a pairing, mean over draws, from the mean of the coldest points on."""
    corrected = (rows["consistency"] - rows["chance"]) / (1 - rows["chance"])  # 0 at chance, 1 where pairs always agree
    rows = rows.assign(value=corrected, level=np.log(rows[positives]))
    grid, by_draw = np.linspace(0, rows["level"].max(), GRID), rows.sort_values("level").groupby("draw")
    ends = {"left": np.nan, "right": np.nan}
    mean = np.mean([np.interp(grid, curve["level"], curve["value"], **ends) for _, curve in by_draw], axis=0)
    coldest, defined = by_draw[["level", "value"]].first().mean(), ~np.isnan(mean)
    return np.exp([coldest["level"], *grid[defined]]), np.array([coldest["value"], *mean[defined]])


def _intervals(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw 95% intervals of captions and their rivals, side by side at matched diversities."""
    compared = rows[rows["family"] != "shuffled"]
    middle = (compared["kind"].nunique() - 1) / 2
    for position, (kind, group) in enumerate(compared.groupby("kind", sort=False)):
        ends = np.minimum(1, [group["value"] - group["low"], group["high"] - group["value"]])
        places = group["diversity"] * APART ** (position - middle)
        axes.errorbar(places, group["value"], ends, fmt="none", color=NAMED[str(kind)][1], linewidth=1)


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
    verdicts = verdicts.assign(advantage=verdicts["verdict"].map(_advantage))
    images = tables["pairings_frontier"].groupby("draw")["images"].first()
    diversity = float(learned["diversity"].max())
    at_diversity = {"evaluator": CATEGORY, "exclusion": EXCLUSION, "matched_to": f"{diversity:g}"}
    matched, differences = (rows_of(tables[f"pairings_{name}"], **at_diversity) for name in ("matched", "difference"))
    return {
        "of": Of(
            1, len(images), len(verdicts) + (len(CAPTIONS) + 1) * len(RIVALS)
        ),  # verdicts, and leads at one diversity
        "images": images.sum(),
        "diversity": diversity,
        "looks": len(verdicts),
        "leads": {name: _leads(differences, NAMES[name], "others") for name in CAPTIONS},
        "own_leads": _leads(differences, NAMES["estimated"], "all"),
        "consistency": {name: _consistencies(rows_of(matched, diversity_of=name)) for name in CONVENTIONS},
        "shown": {name: _shown(rows_of(verdicts, exclusion=EXCLUSION, diversity_of=name)) for name in CONVENTIONS},
        "by_gradients": (rows_of(verdicts, evaluator=GRADIENTS)["advantage"] != "none").sum(),
        "held_out": {name: _held_out(learned, NAMES[name]) for name in CAPTIONS},
        "guess": rows_of(learned, labels=CATEGORY)["guess_error"].mean(),
    }


def _leads(differences: pd.DataFrame, captions: str, convention: str) -> dict[str, Value]:
    """Lead of captions over the most consistent rival of each family, paired by draw."""
    rows = rows_of(differences, diversity_of=convention, first=captions).sort_values("value")
    least = rows.groupby("family")[[*Value._fields]].first().reindex([*RIVALS.values()])
    return {name: Value(*least.loc[family]) for name, family in RIVALS.items()}


def _consistencies(rows: pd.DataFrame) -> dict[str, Value]:
    """Consistency of captions and controls, and of the best pairing of each family of rivals."""
    by_value = rows.sort_values("value")
    by_pairing, by_family = (by_value.groupby(kind)[[*Value._fields]].last() for kind in ("pairing", "family"))
    return {
        name: Value(*intervals.loc[key])
        for names, intervals in ((NAMES, by_pairing), (RIVALS, by_family))
        for name, key in names.items()
        if key in intervals.index
    }


def _shown(verdicts: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Diversities with a significant advantage, by label set and captions."""
    advantages = verdicts.set_index(["evaluator", "captions"])["advantage"]
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
    strict = 1 - (1 - LEVEL) / learned.groupby(["labels", *CELL]).ngroups  # by Bonferroni
    cells = []
    for _, rows in rows_of(learned, labels=labels).groupby(CELL):
        errors = rows.pivot(index="draw", columns="pairing", values="held_out_error").dropna(axis="columns")
        theirs = errors[errors.columns.intersection(rivals)].mean()
        if captions in errors and len(theirs):
            difference = errors[captions] - errors[theirs.idxmin()]
            cells.append((difference.mean(), student_half(difference, LEVEL), student_half(difference, strict)))
    mean, half, wider = np.reshape(cells, (-1, 3)).T
    return Held(int((mean < -half).sum()), int((mean > half).sum()), int((mean < -wider).sum()), len(cells))


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    among_others, with_subject = (facts["shown"][name] for name in CONVENTIONS)
    values, leads = facts["consistency"]["others"], facts["leads"]
    return {
        "among other subjects exact captions are ahead at every diversity, by both label sets, those without class "
        "names by subcategory alone, and estimated ones at none": among_others
        == {
            CATEGORY: {"exact": "every", "unnamed": "none", "estimated": "none"},
            SUBCATEGORY: {"exact": "every", "unnamed": "every", "estimated": "none"},
        },
        "at one diversity their interval is above those of the best augmentation and pairs without text": (
            values["exact"].low > max(values[rival].high for rival in RIVALS)
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
            [verdicts["exact"] for verdicts in with_subject.values()] == ["some", "some"]
            and [verdicts["estimated"] for verdicts in with_subject.values()] == ["some", "none"]
        ),
        "judged by gradients no caption pairs have an advantage": facts["by_gradients"] == 0,
    }


FIGURE = Figure("Consistency and diversity", ("pairings_frontier", "pairings_matched"), draw)
FINDING = Finding(
    "Are caption pairs more consistent and more diverse, on real images?",
    ("pairings_frontier", "pairings_matched", "pairings_difference", "pairings_learned", "pairings_verdict"),
    facts,
    claims,
    ("held_out",),
)
