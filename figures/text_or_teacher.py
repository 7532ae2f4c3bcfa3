"""*Text or teacher*: shares of correctly classified icons by guide of the new positives, and preregistered contrasts.

The contrasts and the answer are preregistered in docs/preregistration/text_or_teacher.md. The unit is the training set.
The outcome of an icon is the share of initial weights with which its category is found. Icons whose names begin with
the same word are a group. "Above": the 95% interval is above 0, or for the two primary contrasts the 97.5% interval.

The study was removed; the sidecars of its tables name the commit that measured them.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.contrasts import Contrast, Outcomes, holm, means_by_unit
from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables, above_zero
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import LEVEL, excludes_zero, mean_and_half, order_correlation
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, GREEN, INK, NEUTRAL, ORANGE

TEXT, VIEWS, SHUFFLED = "text_head", "views_head", "shuffled_head"
TAGS, SHUFFLED_TAGS, LABELS, RANDOM, SIMCLR = "captions", "shuffled_captions", "labels", "random", "none"
CONTROLS = (SIMCLR, RANDOM)  # a guide must beat these
PRIMARY = ((TEXT, VIEWS), (TAGS, VIEWS))  # a head that learned text, and text itself
PRIMARY_LEVEL = 1 - (1 - LEVEL) / len(PRIMARY)
# Secondary contrasts, with Holm's correction.
OTHERS = (
    (LABELS, SIMCLR),
    (TEXT, SHUFFLED),
    (TEXT, SIMCLR),
    (VIEWS, SIMCLR),
    (TAGS, SIMCLR),
    (TAGS, SHUFFLED_TAGS),
    (TAGS, TEXT),
    (LABELS, RANDOM),
    (VIEWS, RANDOM),
    (RANDOM, SIMCLR),
    ("no_text", VIEWS),
)
GRANULARITY = (("merged_captions", TAGS), ("merged_captions", "most_merged_captions"))  # a separate family
CLASSIFIER, NEAREST = "right", "knn_right"  # columns of the two judges
LITTLE = 0.02  # smaller gains of text are called little
MARGIN = 0.013  # equivalence margin of text and views: half the gain of labels when settings were tuned

ARMS = {
    LABELS: ("labels (control)", INK, "D"),
    TAGS: ("tags, exact", GREEN, "s"),
    SHUFFLED_TAGS: ("others' tags, exact", NEUTRAL, "s"),
    TEXT: ("head that learned tags", CAPTION, "o"),
    VIEWS: ("head without text", AUGMENTATION, "o"),
    SHUFFLED: ("head on others' tags", NEUTRAL, "o"),
    "no_text": ("ImageNet network", ORANGE, "^"),
    RANDOM: ("random", NEUTRAL, "x"),
}
SHOWN = {
    "text head less views head": ((TEXT, VIEWS), CAPTION, "o"),
    "tags less views head": ((TAGS, VIEWS), GREEN, "s"),
    "text head less others' tags": ((TEXT, SHUFFLED), NEUTRAL, "o"),
    "tags less others' tags": ((TAGS, SHUFFLED_TAGS), NEUTRAL, "s"),
    "ImageNet less views head": (("no_text", VIEWS), ORANGE, "^"),
    "labels less random": ((LABELS, RANDOM), INK, "D"),
}
REFERENCES = {"pixels": "16 x 16 pixels, no network", "untrained": "untrained network"}  # one run each
ANSWER = "text itself helps, a head that learned it here does not"
ALIKE = (0.85, 0.9, 0.95)  # least pixel correlations of an icon with a labelled look-alike
NAMES = {
    LABELS: "labels, the positive control",
    TAGS: "tags, exact",
    SHUFFLED_TAGS: "tags of other icons",
    TEXT: "a head that learned tags",
    VIEWS: "the same head, without text",
    SHUFFLED: "the same head, tags of other icons",
    "no_text": "EfficientNet, by ImageNet's labels",
    RANDOM: "random",
    SIMCLR: "none: SimCLR",
}
SIGNIFICANT = 0.05
LESS = {  # arms, and the arms to which the text compares them
    TAGS: (SHUFFLED_TAGS,),
    "merged_captions": (TAGS,),
    LABELS: (SIMCLR, RANDOM),
    RANDOM: (SIMCLR,),
}


def draw(tables: Tables) -> Drawing:
    """Left panel: arms and references minus SimCLR. Right panel: contrasts of arms."""
    runs, icons = tables["text_or_teacher"], tables["text_or_teacher_icons"].drop_duplicates("id")
    result = outcomes(runs, icons["word"])
    graphs = tables["text_or_teacher_graphs"].groupby("arm")[["same_class", "found"]].mean()
    picture, (arms, pairs) = subplots(1, 2, size=(2.8, 1.2))
    order = sorted(ARMS, key=lambda arm: result.values[arm].mean())
    for y, arm in enumerate(order):
        _, color, marker = ARMS[arm]
        _interval(arms, y, result.contrast(arm, SIMCLR), color, marker)
        units = 100 * (result.values[arm] - result.values[SIMCLR]).mean(axis=1)
        arms.plot(units, np.full(len(units), y - 0.28), "|", color=color, alpha=0.5, markersize=4)
    less = 100 * (graphs["found"][list(REFERENCES)] - result.values[SIMCLR].mean())
    arms.plot(less, -1 - np.arange(len(less)), "*", color=INK, markersize=8)
    names = [*reversed(REFERENCES.values()), *(f"{ARMS[arm][0]}, {graphs['same_class'][arm]:.0%}" for arm in order)]
    arms.set_yticks(np.arange(len(names)) - len(less), names)
    arms.set(xlabel="icons found, less SimCLR (points)", title="by guide (% of its positives that are of the class)")
    for y, (pair, color, marker) in enumerate(reversed(SHOWN.values())):
        _interval(pairs, y, result.contrast(*pair), color, marker, _level(*pair))
    pairs.axvspan(-100 * MARGIN, 100 * MARGIN, color=NEUTRAL, alpha=0.15, linewidth=0)
    pairs.text(-95 * MARGIN, len(SHOWN) - 0.45, "margin", fontsize="small", color=NEUTRAL)
    pairs.set_yticks(range(len(SHOWN)), list(reversed(SHOWN)))
    pairs.set(xlabel="difference (points)", title="registered contrasts", ylim=(-0.6, len(SHOWN) - 0.1))
    for axes in (arms, pairs):
        axes.axvline(0, color=INK, linewidth=0.8)
    units = len(result.values[SIMCLR])
    return picture, (
        "Share of test icons that a linear classifier gets right. Left: by the guide of the new positive, minus "
        f"SimCLR ({100 * result.values[SIMCLR].mean():.1f}%); small bars are {units} disjoint training sets; "
        f"stars, one run each. Right: contrasts of guides; grey, the margin of equivalence. {len(icons):,} test icons, "
        f"{runs['repeat'].nunique()} seeds of weights. Intervals of 95%, and 97.5% for the two primary contrasts "
        "(above), over training sets and icons whose names begin alike."
    )


def _interval(axes: Axes, y: float, contrast: Contrast, color: str, marker: str, level: float = LEVEL) -> None:
    estimate, half = contrast.points(level)
    axes.errorbar(estimate, y, xerr=half, fmt=marker, color=color, markersize=6, linewidth=1.6)


def facts(tables: Tables) -> Facts:
    """Answer, preregistered contrasts by both judges, quality of guides, and agreement of forecasts."""
    runs, graphs, icons = (
        tables["text_or_teacher"],
        tables["text_or_teacher_graphs"],
        tables["text_or_teacher_icons"].drop_duplicates("id"),
    )
    result, near = (outcomes(runs, icons["word"], judge) for judge in (CLASSIFIER, NEAREST))
    graph_rows, baselines = (graphs[graphs["kind"] == kind] for kind in ("arm", "baseline"))
    adjusted, units = holm(np.array([result.contrast(*pair).p_value for pair in OTHERS])), len(result.values[SIMCLR])
    pixels = tables["text_or_teacher_pixels"].set_index("id").loc[icons["id"]]
    alike = {bound: (pixels["correlation"] >= bound).to_numpy() for bound in ALIKE}
    registered_looks = 2 * len(PRIMARY + OTHERS + GRANULARITY)  # by two judges
    afterwards = 3 * 2 * len(ALIKE) + 3 + 3 + 1  # three contrasts for each part and untuned; by set; for labels
    return {
        "of": Of(1, units, registered_looks + afterwards),
        "answer": verdict(result, graph_rows),
        "primary": {arm: result.contrast(arm, less).points(PRIMARY_LEVEL) for arm, less in PRIMARY},
        "parts": {
            bound: {"lookalike": _of_some(result, icons_alike), "other": _of_some(result, ~icons_alike)}
            for bound, icons_alike in alike.items()
        },
        "never_tuned": _of_some(result, ~pixels["tuned_first"].to_numpy()),
        "margin": 100 * MARGIN,
        "units": units,
        "icons": len(icons),
        "repeats": runs["repeat"].nunique(),
        "found": {arm: float(share.mean()) for arm, share in result.values.items()},
        "less": {
            arm: {rival: result.contrast(arm, rival).points() for rival in rivals} for arm, rivals in LESS.items()
        },
        "near": {arm: near.contrast(arm, VIEWS).points() for arm in (TAGS, LABELS)},
        "least": 100 * result.contrast(TEXT, VIEWS).least_shown(),
        "others": len(OTHERS),
        "shown": (adjusted < SIGNIFICANT).sum(),
        "told": graph_rows.groupby("arm")[["same_class", "same_tag"]].mean().to_dict("index"),
        "pixels": {bound: pixels.groupby(column)["right"].mean().to_dict() for bound, column in alike.items()},
        "baselines": baselines.set_index("arm")["found"].to_dict(),
        "tau": agreement(result, graph_rows),
        "names": NAMES,
    }


def _of_some(result: Outcomes, chosen: npt.NDArray[np.bool_]) -> Facts:
    """Number of icons in a subset, and contrasts of tags, others' tags and the head without text on it."""
    groups = np.unique(result.groups[chosen], return_inverse=True)[1]
    part = Outcomes({arm: shares[:, chosen] for arm, shares in result.values.items()}, groups)
    return {
        "icons": int(chosen.sum()),
        "tags": part.contrast(TAGS, VIEWS).points(),
        "fair": part.contrast(TAGS, SHUFFLED_TAGS).points(),
        "others_tags": part.contrast(SHUFFLED_TAGS, VIEWS).points(),
    }


def outcomes(runs: pd.DataFrame, words: npt.ArrayLike, judge: str = CLASSIFIER) -> Outcomes:
    """Share of initial weights with which each icon is classified correctly, by arm and training set.

    Parameters
    ----------
    runs : table with arm, seed (of the training set) and, for each judge, a digit for each icon, 1 if correct
    words : first words of the names of the icons
    """
    right = runs[judge].map(lambda digits: np.frombuffer(digits.encode(), np.uint8) == ord("1"))
    return Outcomes(means_by_unit(runs, "seed", right), np.unique(words, return_inverse=True)[1])


def verdict(result: Outcomes, graph_rows: pd.DataFrame, margin: float = MARGIN) -> str:
    """First applicable answer of the plan, section *What counts as an answer*.

    Parameters
    ----------
    graph_rows : rows of `text_or_teacher_graphs` of kind "arm"
    """
    little = ", by less than two points" if result.contrast(TEXT, VIEWS).interval()[1] < LITTLE else ""
    answers = {
        "nothing can be concluded": not _above(result, LABELS, *CONTROLS),
        "a head that learned text is worse": _above(result, VIEWS, TEXT),
        f"text helps{little}": _above(result, TEXT, VIEWS, SHUFFLED, *CONTROLS),
        ANSWER: _above(result, TAGS, VIEWS, SHUFFLED_TAGS, *CONTROLS),
        "text is not needed": _above(result, VIEWS, *CONTROLS)
        and knows_text(graph_rows)
        and all(result.contrast(*pair).within(margin) for pair in PRIMARY),
        "undecided": True,
    }
    return next(answer for answer, applies in answers.items() if applies)


def _above(result: Outcomes, arm: str, *rivals: str) -> bool:
    """True if an arm is above all rivals."""
    return all(result.contrast(arm, other).interval(_level(arm, other))[0] > 0 for other in rivals)


def _level(arm: str, against: str) -> float:
    """Preregistered level of a contrast's interval."""
    return PRIMARY_LEVEL if (arm, against) in PRIMARY else LEVEL


def knows_text(graph_rows: pd.DataFrame) -> bool:
    """True if the nearest icon by the text head shares a tag significantly more often than by the views head."""
    by_unit = graph_rows.pivot_table(index="seed", columns="arm", values="same_tag")
    return above_zero(mean_and_half(by_unit[TEXT] - by_unit[VIEWS]))


def agreement(result: Outcomes, forecasts: pd.DataFrame) -> dict[str, float]:
    """Kendall's τ over the arms between each forecast (small is good) and the share of correct icons."""
    means = forecasts.groupby("arm")[["alpha_T", "theorem_4", "theorem_15"]].mean()
    missed = [-result.values[str(arm)].mean() for arm in means.index]
    return {str(name): order_correlation(means[name], missed) for name in means}


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    lookalike, other = ([part[name] for part in facts["parts"].values()] for name in ("lookalike", "other"))
    return {
        f"the answer is: {ANSWER}": facts["answer"] == ANSWER,
        "on others they are not shown to be by the loosest bound, and are by the strictest": (
            not excludes_zero(other[0]["tags"]) and above_zero(other[-1]["tags"])
        ),
        "over others' tags, tags gain on icons without a look-alike alone, by each bound": (
            all(above_zero(part["fair"]) for part in other) and not any(above_zero(part["fair"]) for part in lookalike)
        ),
        "pixels find more than each encoder": facts["baselines"]["pixels"] > max(facts["found"].values()),
    }


FIGURE = Figure("Text or teacher", ("text_or_teacher", "text_or_teacher_icons", "text_or_teacher_graphs"), draw)
FINDING = Finding(
    "Does a guide of new positives need text?",
    ("text_or_teacher", "text_or_teacher_graphs", "text_or_teacher_icons", "text_or_teacher_pixels"),
    facts,
    claims,
)
