"""Text or teacher: guides that know text against guides that do not, as registered beforehand."""

import numpy as np
import numpy.typing as npt

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.summaries import excludes_zero
from pairbounds.real_data.text_or_teacher import analysis as plan

ANSWER = "text itself helps, a head that learned it here does not"
ALIKE = 0.85  # correlation of its pixels with those of a labelled icon, from which on an icon has a look-alike
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
    alike, tuned = (pixels["correlation"] >= ALIKE).to_numpy(), pixels["tuned_first"].to_numpy()
    return {
        "answer": plan.verdict(found, told),
        "primary": {arm: _points(found, arm, less, 1 - (1 - plan.LEVEL) / 2) for arm, less in plan.PRIMARY},
        "labels_near": _points(near, plan.LABELS, plan.VIEWS),
        "bound_of_likeness": ALIKE,
        "parts": {
            name: _of_some(found, own)
            for name, own in {"lookalike": alike, "other": ~alike, "never_tuned": ~tuned}.items()
        },
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
        "by_set": {name: _of_some(found, (sets == name).to_numpy())["tags"][0] for name in sorted(set(sets))},
        "told": told.groupby("arm")[["same_class", "same_tag"]].mean().to_dict("index"),
        "pixels": pixels.groupby(alike)["right"].mean().to_dict(),
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
    """Number of some icons, and on them the contrasts of tags with the head without text and with others' tags."""
    words = np.unique(found.words[own], return_inverse=True)[1]
    part = plan.Found({arm: shares[:, own] for arm, shares in found.shares.items()}, words)
    tags, fair = (_points(part, plan.TAGS, less) for less in (plan.VIEWS, plan.SHUFFLED_TAGS))
    return {"icons": int(own.sum()), "tags": tags, "fair": fair}


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    parts = facts["parts"]
    head, tags = facts["less_near"][plan.TEXT][plan.VIEWS], facts["less_near"][plan.TAGS][plan.VIEWS]
    return {
        f"the answer is: {ANSWER}": facts["answer"] == ANSWER,
        "by the nearest icon neither is shown": not excludes_zero(*head) and not excludes_zero(*tags),
        "nor by it labels over the head without text": not excludes_zero(*facts["labels_near"]),
        "tags are ahead on icons with a look-alike, and not shown to be on others": (
            parts["lookalike"]["tags"][0] > parts["lookalike"]["tags"][1] and not excludes_zero(*parts["other"]["tags"])
        ),
        "on others they are ahead of others' tags": parts["other"]["fair"][0] > parts["other"]["fair"][1],
        "pixels find more than each encoder": facts["baselines"]["pixels"] > max(facts["found"].values()),
    }


def of(tables: Tables) -> Of:
    """The training sets; the registered contrasts, by two judges; and seven that were looked at afterwards."""
    looks = 2 * len(plan.PRIMARY + plan.OTHERS + plan.GRANULARITY) + 7
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
