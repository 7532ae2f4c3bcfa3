"""Text or teacher: guides that know text against guides that do not, as registered beforehand."""

import numpy as np
import numpy.typing as npt

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables, above_zero
from pairbounds.figures.summaries import excludes_zero
from pairbounds.real_data.text_or_teacher import analysis as plan

ANSWER = "text itself helps, a head that learned it here does not"
ALIKE = (0.85, 0.9, 0.95)  # correlations of its pixels with a labelled icon's from which on an icon has a look-alike
AS_THEY_ARE = "as they are"  # the finest of the merges
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
Points = tuple[float, float]  # a contrast in points, and half its interval
Less = dict[str, dict[str, Points]]


def facts(tables: Tables) -> Facts:
    """The answer, the registered contrasts by both judges, what guides know, and how well the forecasts agree."""
    runs, graphs, icons = (
        tables["text_or_teacher"],
        tables["text_or_teacher_graphs"],
        tables["text_or_teacher_icons"].drop_duplicates("id"),
    )
    words = icons["word"].tolist()
    found, near = (plan.Found.of(runs, words, judge) for judge in (plan.JUDGE, plan.SECOND))
    told, merges, baselines = (graphs[graphs["kind"] == kind] for kind in ("arm", "merge", "baseline"))
    registered = plan.contrasts(found)
    least = registered.set_index(["arm", "against"])["least_shown"]
    sets = icons["id"].str.partition("/")[0]
    pixels = tables["text_or_teacher_pixels"].set_index("id").loc[icons["id"]]
    alike = {bound: (pixels["correlation"] >= bound).to_numpy() for bound in ALIKE}
    return {
        "answer": plan.verdict(found, told),
        "primary": {arm: _points(found, arm, less, 1 - (1 - plan.LEVEL) / 2) for arm, less in plan.PRIMARY},
        "labels_near": _points(near, plan.LABELS, plan.VIEWS),
        "parts": {
            bound: {"lookalike": _of_some(found, icons_alike), "other": _of_some(found, ~icons_alike)}
            for bound, icons_alike in alike.items()
        },
        "never_tuned": _of_some(found, ~pixels["tuned_first"].to_numpy()),
        "margin": 100 * plan.MARGIN,
        "units": len(found.shares[plan.SIMCLR]),
        "icons": len(icons),
        "repeats": runs["repeat"].nunique(),
        "found": {arm: float(share.mean()) for arm, share in found.shares.items()},
        "less": _less(found),
        "less_near": _less(near),
        "least": {name: 100 * float(least[pair]) for name, pair in zip(("head", "tags"), plan.PRIMARY, strict=True)},
        "others": len(plan.OTHERS),
        "shown": int((registered.query("family == 'others'")["holm"] < SIGNIFICANT).sum()),
        "by_set": {name: _of_some(found, (sets == name).to_numpy())["tags"] for name in sorted(set(sets))},
        "told": told.groupby("arm")[["same_class", "same_tag"]].mean().to_dict("index"),
        "pixels": {bound: pixels.groupby(own)["right"].mean().to_dict() for bound, own in alike.items()},
        "baselines": baselines.set_index("arm")["found"].to_dict(),
        "tau": plan.agreement(found, told),
        "bound": float(merges[merges["arm"] == AS_THEY_ARE]["theorem_15"].mean()),
        "best_bound": float(merges.groupby("seed")["theorem_15"].min().mean()),
        "names": NAMES,
    }


def _less(found: plan.Found) -> Less:
    """Points by which an arm finds more icons than another, and half their interval."""
    less: Less = {}
    for arm, against in (*plan.PRIMARY, *plan.OTHERS, *plan.GRANULARITY):
        less.setdefault(arm, {})[against] = _points(found, arm, against)
    return less


def _points(found: plan.Found, arm: str, against: str, level: float = plan.LEVEL) -> Points:
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
    head, tags = facts["less_near"][plan.TEXT][plan.VIEWS], facts["less_near"][plan.TAGS][plan.VIEWS]
    return {
        f"the answer is: {ANSWER}": facts["answer"] == ANSWER,
        "by the nearest icon neither is shown": not excludes_zero(*head) and not excludes_zero(*tags),
        "nor by it labels over the head without text": not excludes_zero(*facts["labels_near"]),
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


def of(tables: Tables) -> Of:
    """The training sets; the registered contrasts, by two judges; and those that were looked at afterwards."""
    afterwards = 3 * 2 * len(ALIKE) + 3 + 3 + 1  # three contrasts of each part and of the untuned; by set; of labels
    looks = 2 * len(plan.PRIMARY + plan.OTHERS + plan.GRANULARITY) + afterwards
    return Of(1, tables["text_or_teacher"]["seed"].nunique(), looks)


FINDING = Finding(
    "text_or_teacher",
    "Does a guide of new positives need text?",
    ("text_or_teacher", "text_or_teacher_graphs", "text_or_teacher_icons", "text_or_teacher_pixels"),
    ("text_or_teacher",),
    facts,
    claims,
    of,
)
