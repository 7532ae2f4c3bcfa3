"""*Text or teacher*: shares of icons found by the guide of the new positives, and registered contrasts."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables, above_zero
from pairbounds.figures.style import COLUMN
from pairbounds.figures.summaries import excludes_zero
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, GREEN, INK, NEUTRAL, ORANGE
from pairbounds.real_data.text_or_teacher import analysis as plan

ARMS = {
    plan.LABELS: ("labels (control)", INK, "D"),
    plan.TAGS: ("tags, exact", GREEN, "s"),
    plan.SHUFFLED_TAGS: ("others' tags, exact", NEUTRAL, "s"),
    plan.TEXT: ("head that learned tags", CAPTION, "o"),
    plan.VIEWS: ("head without text", AUGMENTATION, "o"),
    plan.SHUFFLED: ("head on others' tags", NEUTRAL, "o"),
    "no_text": ("ImageNet network", ORANGE, "^"),
    plan.RANDOM: ("random", NEUTRAL, "x"),
}
SHOWN = {
    "text head less views head": ((plan.TEXT, plan.VIEWS), CAPTION, "o"),
    "tags less views head": ((plan.TAGS, plan.VIEWS), GREEN, "s"),
    "text head less others' tags": ((plan.TEXT, plan.SHUFFLED), NEUTRAL, "o"),
    "tags less others' tags": ((plan.TAGS, plan.SHUFFLED_TAGS), NEUTRAL, "s"),
    "ImageNet less views head": (("no_text", plan.VIEWS), ORANGE, "^"),
    "labels less random": ((plan.LABELS, plan.RANDOM), INK, "D"),
}
REFERENCES = {"pixels": "16 x 16 pixels, no network", "untrained": "untrained network"}  # one run each
ANSWER = "text itself helps, a head that learned it here does not"
ALIKE = (0.85, 0.9, 0.95)  # correlations of its pixels with a labelled icon's from which on an icon has a look-alike
NAMES = {
    plan.LABELS: "labels, the positive control",
    plan.TAGS: "tags, exact",
    plan.SHUFFLED_TAGS: "tags of other icons",
    plan.TEXT: "a head that learned tags",
    plan.VIEWS: "the same head, without text",
    plan.SHUFFLED: "the same head, tags of other icons",
    "no_text": "EfficientNet, by ImageNet's labels",
    plan.RANDOM: "random",
    plan.SIMCLR: "none: SimCLR",
}
SIGNIFICANT = 0.05
LESS = {  # arms, and those that they are compared with in the text
    plan.TAGS: (plan.SHUFFLED_TAGS,),
    "merged_captions": (plan.TAGS,),
    plan.LABELS: (plan.SIMCLR, plan.RANDOM),
    plan.RANDOM: (plan.SIMCLR,),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Each arm and each reference less SimCLR on the left, contrasts of arms on the right."""
    icons = tables["text_or_teacher_icons"].drop_duplicates("id")
    found = plan.Found.of(tables["text_or_teacher"], icons["word"].tolist())
    graphs = tables["text_or_teacher_graphs"]
    picture, (arms, pairs) = plt.subplots(1, 2, figsize=(2.8 * COLUMN, 1.2 * COLUMN))
    order = sorted(ARMS, key=lambda arm: found.shares[arm].mean())
    for place, arm in enumerate(order):
        _, color, marker = ARMS[arm]
        _interval(arms, place, found.contrast(arm, plan.SIMCLR), color, marker)
        units = 100 * (found.shares[arm] - found.shares[plan.SIMCLR]).mean(axis=1)
        arms.plot(units, np.full(len(units), place - 0.28), "|", color=color, alpha=0.5, markersize=4)
    known, reference = graphs.groupby("arm")["same_class"].mean(), graphs.groupby("arm")["found"].mean()
    less = 100 * (reference[list(REFERENCES)] - found.shares[plan.SIMCLR].mean())
    arms.plot(less, -1 - np.arange(len(less)), "*", color=INK, markersize=8)
    names = [*reversed(REFERENCES.values()), *(f"{ARMS[arm][0]}, {100 * known[arm]:.0f}%" for arm in order)]
    arms.set_yticks(np.arange(len(names)) - len(less), names)
    arms.set(xlabel="icons found, less SimCLR (points)", title="by guide (% of its positives that are of the class)")
    for place, (pair, color, marker) in enumerate(reversed(SHOWN.values())):
        primary = pair in plan.PRIMARY
        level = 1 - (1 - plan.LEVEL) / len(plan.PRIMARY) if primary else plan.LEVEL
        _interval(pairs, place, found.contrast(*pair), color, marker, level)
    pairs.axvspan(-100 * plan.MARGIN, 100 * plan.MARGIN, color=NEUTRAL, alpha=0.15, linewidth=0)
    pairs.text(-95 * plan.MARGIN, len(SHOWN) - 0.45, "margin", fontsize="small", color=NEUTRAL)
    pairs.set_yticks(range(len(SHOWN)), list(reversed(SHOWN)))
    pairs.set(xlabel="difference (points)", title="registered contrasts", ylim=(-0.6, len(SHOWN) - 0.1))
    for axes in (arms, pairs):
        axes.axvline(0, color=INK, linewidth=0.8)
    return picture, _caption(found, tables["text_or_teacher"]["repeat"].nunique())


def _interval(
    axes: Axes, place: float, contrast: plan.Contrast, color: str, marker: str, level: float = plan.LEVEL
) -> None:
    low, high = contrast.interval(level)
    axes.plot([100 * low, 100 * high], [place, place], color=color, linewidth=1.6)
    axes.plot(100 * contrast.estimate, place, marker, color=color, markersize=6)


def _caption(found: plan.Found, repeats: int) -> str:
    units, icons = found.shares[plan.SIMCLR].shape
    return (
        "Share of test icons whose category a linear classifier finds. Left: by the guide of the new positive, less "
        f"SimCLR ({100 * found.shares[plan.SIMCLR].mean():.1f}%); small bars are {units} disjoint training sets; "
        f"stars, one run each. Right: contrasts of guides; grey, the margin of the plan. {icons:,} test icons, "
        f"{repeats} seeds of weights. Intervals of 95%, and 97.5% for the two primary contrasts (above), over training "
        "sets and icons whose names begin alike."
    )


def facts(tables: Tables) -> Facts:
    """The answer, the registered contrasts by both judges, what guides know, and how well the forecasts agree."""
    runs, graphs, icons = (
        tables["text_or_teacher"],
        tables["text_or_teacher_graphs"],
        tables["text_or_teacher_icons"].drop_duplicates("id"),
    )
    words = icons["word"].tolist()
    found, near = (plan.Found.of(runs, words, judge) for judge in (plan.JUDGE, plan.SECOND))
    told, baselines = (graphs[graphs["kind"] == kind] for kind in ("arm", "baseline"))
    registered, units = plan.contrasts(found), len(found.shares[plan.SIMCLR])
    pixels = tables["text_or_teacher_pixels"].set_index("id").loc[icons["id"]]
    alike = {bound: (pixels["correlation"] >= bound).to_numpy() for bound in ALIKE}
    registered_looks = 2 * len(plan.PRIMARY + plan.OTHERS + plan.GRANULARITY)  # by two judges
    afterwards = 3 * 2 * len(ALIKE) + 3 + 3 + 1  # three contrasts of each part and of the untuned; by set; of labels
    return {
        "of": Of(1, units, registered_looks + afterwards),
        "answer": plan.verdict(found, told),
        "primary": {arm: _points(found, arm, less, 1 - (1 - plan.LEVEL) / 2) for arm, less in plan.PRIMARY},
        "parts": {
            bound: {"lookalike": _of_some(found, icons_alike), "other": _of_some(found, ~icons_alike)}
            for bound, icons_alike in alike.items()
        },
        "never_tuned": _of_some(found, ~pixels["tuned_first"].to_numpy()),
        "margin": 100 * plan.MARGIN,
        "units": units,
        "icons": len(icons),
        "repeats": runs["repeat"].nunique(),
        "found": {arm: float(share.mean()) for arm, share in found.shares.items()},
        "less": {arm: {against: _points(found, arm, against) for against in others} for arm, others in LESS.items()},
        "near": {arm: _points(near, arm, plan.VIEWS) for arm in (plan.TEXT, plan.TAGS, plan.LABELS)},
        "least": 100 * float(registered.set_index(["arm", "against"])["least_shown"][plan.TEXT, plan.VIEWS]),
        "others": len(plan.OTHERS),
        "shown": int((registered.query("family == 'others'")["holm"] < SIGNIFICANT).sum()),
        "told": told.groupby("arm")[["same_class", "same_tag"]].mean().to_dict("index"),
        "pixels": {bound: pixels.groupby(own)["right"].mean().to_dict() for bound, own in alike.items()},
        "baselines": baselines.set_index("arm")["found"].to_dict(),
        "tau": plan.agreement(found, told),
        "names": NAMES,
    }


def _points(found: plan.Found, arm: str, against: str, level: float = plan.LEVEL) -> tuple[float, float]:
    """Points by which an arm finds more icons than another, and half their interval."""
    contrast = found.contrast(arm, against)
    low, high = contrast.interval(level)
    return 100 * contrast.estimate, 50 * (high - low)


def _of_some(found: plan.Found, own: npt.NDArray[np.bool_]) -> Facts:
    """Number of some icons, and on them the contrasts of tags, others' tags and the head without text."""
    words = np.unique(found.words[own], return_inverse=True)[1]
    part = plan.Found({arm: shares[:, own] for arm, shares in found.shares.items()}, words)
    contrasts = {
        "tags": (plan.TAGS, plan.VIEWS),
        "fair": (plan.TAGS, plan.SHUFFLED_TAGS),
        "others_tags": (plan.SHUFFLED_TAGS, plan.VIEWS),
    }
    return {"icons": int(own.sum())} | {name: _points(part, *arms) for name, arms in contrasts.items()}


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    lookalike, other = ([part[name] for part in facts["parts"].values()] for name in ("lookalike", "other"))
    return {
        f"the answer is: {ANSWER}": facts["answer"] == ANSWER,
        "by the nearest icon neither heads, tags nor labels are shown to differ from the head without text": not any(
            excludes_zero(*one) for one in facts["near"].values()
        ),
        "tags are ahead on icons with a look-alike by each bound": all(above_zero(part["tags"]) for part in lookalike),
        "on others they are not shown to be by the loosest bound, and are by the strictest": (
            not excludes_zero(*other[0]["tags"]) and above_zero(other[-1]["tags"])
        ),
        "others' tags are above the head without text where there is a look-alike, and below where there is none": (
            above_zero(lookalike[0]["others_tags"]) and -other[0]["others_tags"][0] > other[0]["others_tags"][1]
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
