"""*Is it consistency?*: gains over views alone of guides of given consistency, and of guides by text.

The contrasts are preregistered in docs/preregistration/what_predicts_training.md. The unit is the split; test
characters of one letter are a group.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from sklearn.linear_model import LinearRegression

from pairbounds.figures.contrasts import Contrast, Outcomes, holm, means_by_unit
from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables, above_zero
from pairbounds.figures.ranking import GUIDED
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import LEVEL
from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, GREEN, INK, NEUTRAL, ORANGE

TABLE, TUNING = "prediction", "prediction_tuning"
LABELS, JUDGE, OTHER_JUDGE = "letter", "ridge", "nearest"
ALONE, ZERO = "views", "nothing"  # views without a guide; a gain of 0
TEXT, EXCHANGED = "words, rare", "words, rare within classes"
LADDER = ("groups, 2%", "groups, 31%", "groups, 57%", "groups, 80%", "groups, 96%")
ALIKE = ("groups alike, 31%", "groups alike, 57%", "groups alike, 80%")
SLOPE, SLOPE_ALIKE, AT_SHARE = "slope", "slope of look-alikes", "ladder at the share of text"
PRIMARY = (TEXT, EXCHANGED)
OTHERS = (  # secondary contrasts, with Holm's correction
    ("labels", ZERO),
    (SLOPE, ZERO),
    (SLOPE_ALIKE, ZERO),
    ("groups alike, 57%", "groups, 57%"),
    (TEXT, AT_SHARE),
    ("labels", "groups, 96%"),
    ("learned words, 5 neighbours", "learned views, 5 neighbours"),
    ("network, 5 neighbours", "look, 5 neighbours"),
)
GUIDES = {  # labelled points of the figure
    TEXT: ("rare words", CAPTION, "s"),
    EXCHANGED: ("rare words, exchanged", NEUTRAL, "s"),
    "labels": ("labels", INK, "D"),
    "text, 5 neighbours": ("text neighbours", CAPTION, "o"),
    "look, 5 neighbours": ("look-alikes", AUGMENTATION, "o"),
    "learned words, 5 neighbours": ("learned from words", GREEN, "^"),
    "learned views, 5 neighbours": ("learned from views", GREEN, "v"),
    "network, 5 neighbours": ("ImageNet network", ORANGE, "^"),
}
LEARNED = 0.1  # nats below the loss of an uninformative encoder: such a run learned something
ARMS = (*LADDER, *ALIKE, *GUIDES)
ROUND_OFF = 1e-9  # in the share of other partners, which is 0 for views alone


def guided(runs: pd.DataFrame) -> pd.DataFrame:
    """Rows of the arms for `LABELS`, by name of the guide; the arm without a guide is views alone."""
    rows = runs[runs["labels"] == LABELS]
    arms = rows["pairing"].str.removeprefix(GUIDED)
    kept = (rows["pairing"] == ALONE) | (rows["pairing"].str.startswith(GUIDED) & arms.isin(ARMS))
    return rows[kept].assign(arm=arms[kept])


def outcomes(rows: pd.DataFrame, judge: str = JUDGE) -> Outcomes:
    """Gain over views alone of each arm and of combinations of arms, (splits, test characters), mean over seeds.

    Parameters
    ----------
    rows : table of `guided`
    """
    alike = [rows["classes"].nunique(), *rows.groupby("split")["shown"].nunique()]
    if max(alike) > 1:
        raise ValueError("the runs of a split are tested on different views: their characters cannot be compared")
    shares = means_by_unit(rows, "split", rows[f"{judge}_right"].map(_counts) / rows["shown"].map(_counts))
    alone = shares.pop(ALONE)
    gains = {arm: values - alone for arm, values in shares.items()} | {ZERO: np.zeros_like(alone)}

    def combined(arms: Sequence[str], weights: FloatArray) -> FloatArray:
        return np.tensordot(weights, np.array([gains[arm] for arm in arms]), 1)

    share = consistency(rows)
    for name, arms in ((SLOPE, LADDER), (SLOPE_ALIKE, ALIKE)):
        centred = share[[*arms]] - share[[*arms]].mean()
        gains[name] = combined(arms, (centred / np.sum(centred**2)).to_numpy())  # by least squares
    ladder = share[[*LADDER]]
    weights = np.array([np.interp(share[TEXT], ladder, step) for step in np.eye(len(ladder))])
    gains[AT_SHARE] = combined(LADDER, weights)
    groups = np.unique(rows["classes"].iloc[0].split("|"), return_inverse=True)[1]
    return Outcomes(gains, groups)


def _counts(digits: str) -> FloatArray:
    """Numbers of views by subject, from digits in base 36."""
    return np.array([int(digit, 36) for digit in digits], dtype=np.float64)


def consistency(rows: pd.DataFrame) -> pd.Series:
    """Share of partners, without the image itself, in the class of the image; mean over splits."""
    others = 1 - rows["itself"]
    return (1 - rows["alpha"] / others.where(others > ROUND_OFF)).groupby(rows["arm"]).mean()


def margin(tuning: pd.DataFrame) -> float:
    """Margin of equivalence, from the tuning split.

    The smaller of 1/4 of (labels - lowest step of the ladder) and 1/2 of (text - lowest step), at least 0.
    """
    errors = guided(tuning).groupby("arm")[JUDGE].mean()
    labels, text = (float(errors[LADDER[0]] - errors[arm]) for arm in ("labels", TEXT))
    return max(0.0, min(labels / 4, text / 2))


def answer(gained: Outcomes, bound: float) -> str:
    """First applicable answer of the plan.

    Parameters
    ----------
    bound : margin of equivalence
    """
    primary = gained.contrast(*PRIMARY)
    low, high = primary.interval()
    little = ", by less than the margin" if -bound < low and high < bound else ""
    answers = {
        "nothing can be concluded": gained.contrast("labels", ZERO).interval()[0] <= 0,
        f"text adds{little}": low > 0,
        f"text takes{little}": high < 0,
        "text adds nothing beyond its graph and the letters, within the margin": primary.within(bound),
        "undecided": True,
    }
    return next(each for each, applies in answers.items() if applies)


def draw(tables: Tables) -> Drawing:
    """Gain over views alone against consistency of the guide: the ladder as lines, guides as labelled points."""
    rows = guided(tables[TABLE])
    gained, share = outcomes(rows), consistency(rows)
    picture, axes = subplots(size=(2.1, 1.15))
    named = []
    for arms, color, label in ((LADDER, INK, "groups of any look"), (ALIKE, AUGMENTATION, "groups of look-alikes")):
        points = [_point(axes, share[arm], gained.contrast(arm, ZERO), color, ".") for arm in arms]
        axes.plot(*zip(*points, strict=True), color=color, linewidth=1.4)
        named.append((*points[-1], label, color))
    for arm, (label, color, marker) in GUIDES.items():
        named.append((*_point(axes, share[arm], gained.contrast(arm, ZERO), color, marker), label, color))
    _name(axes, named)
    axes.axhline(0, color=NEUTRAL, linewidth=0.8)
    axes.set(xlabel="partners of the same letter (%)", ylabel="gain over views alone (points)")
    primary, half = gained.contrast(*PRIMARY).points()
    units, items = gained.values[TEXT].shape
    return picture, (
        f"Test views classified correctly by a linear probe, less views alone: {units} splits, "
        f"{rows['seed'].nunique()} seeds, {items} characters. Half of the pairs are two views, half are chosen by the "
        "guide. Groups of four have the same number of partners and the same spectrum at every consistency. "
        f"Exact rare words less the same exchanged within letters: {primary:+.1f} "
        f"[{primary - half:.1f}, {primary + half:.1f}] points. Bars are 95% intervals over splits and characters."
    )


def _point(axes: Axes, share: float, contrast: Contrast, color: str, marker: str) -> tuple[float, float]:
    """Draw a point with its interval, and return the point."""
    x, (y, half) = 100 * share, contrast.points()
    axes.errorbar([x], [y], [half], color=color, marker=marker, markersize=5, capsize=2, linewidth=0.8)
    return x, y


def _name(axes: Axes, points: Sequence[tuple[float, float, str, str]]) -> None:
    """Label points at the right of the axes, with lines to the points."""
    ordered = sorted(points, key=lambda point: -point[1])
    for (x, y, label, color), height in zip(ordered, np.linspace(0.97, 0.03, len(ordered)), strict=True):
        line = {"arrowstyle": "-", "color": color, "linewidth": 0.5, "alpha": 0.6}
        beside = axes.annotate(label, (x, y), (1.03, height), "data", "axes fraction", line, annotation_clip=False)
        beside.set(color=color, fontsize="small", va="center")


def facts(tables: Tables) -> Facts:
    """Gains, preregistered contrasts by both judges, and explained variance of the gains."""
    rows = guided(tables[TABLE])
    gained, near, share = outcomes(rows), outcomes(rows, OTHER_JUDGE), consistency(rows)
    adjusted = holm(np.array([gained.contrast(*pair).p_value for pair in OTHERS]))
    bound = margin(tables[TUNING])
    primary = gained.contrast(*PRIMARY)
    units, items = gained.values[TEXT].shape
    return {
        "of": Of(1, units, 2 * (len(OTHERS) + 1) + len(ARMS) - 1),  # the gain of labels is also a contrast
        "units": units,
        "items": items,
        "letters": gained.groups.max() + 1,
        "seeds": rows["seed"].nunique(),
        "arms": len(ARMS),
        "alone": 1 - float(rows.loc[rows["arm"] == ALONE, JUDGE].mean()),
        "stayed": (rows["loss"] > -LEARNED).sum(),
        "margin": 100 * bound,
        "answer": answer(gained, bound),
        "primary": primary.points(),
        "near": near.contrast(*PRIMARY).points(),
        "least": 100 * primary.least_shown(),
        "gain": {arm: gained.contrast(arm, ZERO).points() for arm in ARMS},
        "share": share.to_dict(),
        "contrasts": {f"{arm} less {less}": gained.contrast(arm, less).points() for arm, less in OTHERS},
        "contrasts_near": {f"{arm} less {less}": near.contrast(arm, less).points() for arm, less in OTHERS},
        "shown": [f"{arm} less {less}" for (arm, less), p in zip(OTHERS, adjusted, strict=True) if p < 1 - LEVEL],
        "explained": {"all": explained(rows, gained), "without_consistency": explained(rows, gained, "consistency")},
    }


def explained(rows: pd.DataFrame, gained: Outcomes, *without: str) -> float:
    """Share of the variance of mean gains that a linear model explains, without some of its quantities."""
    columns = rows.assign(consistency=rows["arm"].map(consistency(rows)), partners=np.log(rows["partners"]))
    means = columns.groupby("arm")[["consistency", "likeness", "partners"]].mean()
    quantities, gains = means.loc[[*ARMS]].drop(columns=[*without]), [gained.values[arm].mean() for arm in ARMS]
    return float(LinearRegression().fit(quantities, gains).score(quantities, gains))


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    slopes = [facts[name]["slope less nothing"] for name in ("contrasts", "contrasts_near")]
    return {
        "the answer is: undecided": facts["answer"] == "undecided",
        "the gain grows with consistency, by both judges": all(map(above_zero, slopes)),
        "the probe excludes a gain of the margin": sum(facts["primary"]) < facts["margin"],
        "by the nearest view text takes": sum(facts["near"]) < 0,
        "only labels and the first slope differ from 0": facts["shown"]
        == ["labels less nothing", f"{SLOPE} less nothing"],
    }


FIGURE = Figure("Is it consistency?", (TABLE,), draw)
FINDING = Finding("Is it text, or consistency?", (TABLE, TUNING), facts, claims)
