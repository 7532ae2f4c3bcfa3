"""Text or teacher: guides that know text against guides that do not, as registered beforehand."""

import numpy as np
import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.summaries import excludes_zero
from pairbounds.figures.text_or_teacher import BY_CATEGORY, FEW, by_category
from pairbounds.real_data.text_or_teacher import analysis as plan

ANSWER = "text itself helps, a head that learned it here does not"
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
Less = dict[str, dict[str, tuple[float, float]]]


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
    categories, categories_near = (by_category(judged, icons["category"]) for judged in (found, near))
    return {
        "answer": plan.verdict(found, told),
        "answer_near": plan.verdict(near, told),
        "margin": 100 * plan.MARGIN,
        "units": len(found.shares[plan.SIMCLR]),
        "icons": len(icons),
        "words": len(set(words)),
        "repeats": runs["repeat"].nunique(),
        "trained": len(runs),
        "found": {arm: float(share.mean()) for arm, share in found.shares.items()},
        "less": _less(found),
        "less_near": _less(near),
        "least": {name: 100 * float(least[pair]) for name, pair in zip(("head", "tags"), plan.PRIMARY, strict=True)},
        "others": len(plan.OTHERS),
        "shown": int((registered.query("family == 'others'")["holm"] < SIGNIFICANT).sum()),
        "by_set": {str(name): _part(found, own) for name, own in sets.groupby(sets).groups.items()},
        "few": FEW,
        "categories": len(categories),
        "rises": _rises(categories),
        "rises_near": _rises(categories_near),
        "most": float(categories["tags less views head"].max()),
        "least_by_category": float(categories["tags less views head"].min()),
        "told": told.groupby("arm")[["same_class", "same_tag"]].mean().to_dict("index"),
        "baselines": baselines.set_index("arm")["found"].to_dict(),
        "tau": plan.agreement(found, told),
        "tau_near": plan.agreement(near, told),
        "bound": float(merges[merges["arm"] == AS_THEY_ARE]["theorem_15"].mean()),
        "best_bound": float(merges.groupby("seed")["theorem_15"].min().mean()),
        "names": NAMES,
    }


def _less(found: plan.Found) -> Less:
    """Points by which an arm finds more icons than another, and half their interval."""
    less: Less = {}
    for arm, against in (*plan.PRIMARY, *plan.OTHERS, *plan.GRANULARITY):
        contrast = found.contrast(arm, against)
        low, high = contrast.interval()
        less.setdefault(arm, {})[against] = (100 * contrast.estimate, 50 * (high - low))
    return less


def _part(found: plan.Found, own: pd.Index) -> dict[str, float]:
    """Points of the primary contrasts and of the control on some icons."""
    pairs = {"text": (plan.TEXT, plan.VIEWS), "tags": (plan.TAGS, plan.VIEWS), "labels": (plan.LABELS, plan.SIMCLR)}
    return {
        name: 100 * float(np.mean((found.shares[arm] - found.shares[against])[:, own]))
        for name, (arm, against) in pairs.items()
    }


def _rises(by_category: pd.DataFrame) -> dict[str, int]:
    """Categories in which each contrast is above 0, by its first word."""
    return {str(name).partition(" ")[0]: int((by_category[name] > 0).sum()) for name in BY_CATEGORY}


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    head, tags = facts["less_near"][plan.TEXT][plan.VIEWS], facts["less_near"][plan.TAGS][plan.VIEWS]
    return {
        f"the answer is: {ANSWER}": facts["answer"] == ANSWER,
        "by the nearest icon neither is shown": not excludes_zero(*head) and not excludes_zero(*tags),
    }


def of(tables: Tables) -> Of:
    """The training sets and the registered contrasts, by two judges."""
    looks = 2 * len(plan.PRIMARY + plan.OTHERS + plan.GRANULARITY)
    return Of(1, tables["text_or_teacher"]["seed"].nunique(), looks)


FINDING = Finding(
    "text_or_teacher",
    "Does a guide of new positives need text?",
    ("text_or_teacher", "text_or_teacher_graphs", "text_or_teacher_icons"),
    ("text_or_teacher",),
    facts,
    claims,
    of,
)
