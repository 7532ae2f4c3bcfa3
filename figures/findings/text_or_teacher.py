"""Text or teacher: guides that know text against guides that do not, as registered beforehand."""

import numpy as np
import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.summaries import excludes_zero
from pairbounds.real_data.text_or_teacher.analysis import (
    GRANULARITY,
    JUDGE,
    LABELS,
    MARGIN,
    OTHERS,
    PRIMARY,
    RANDOM,
    SECOND,
    SHUFFLED,
    SHUFFLED_TAGS,
    SIMCLR,
    TAGS,
    TEXT,
    VIEWS,
    Found,
    agreement,
    contrasts,
    verdict,
)

ANSWER = "text itself helps, a head that learned it here does not"
AS_THEY_ARE = "as they are"  # the finest of the merges
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
Less = dict[str, dict[str, tuple[float, float]]]


def facts(tables: Tables) -> Facts:
    """The answer, the registered contrasts by both judges, what guides know, and how well the forecasts agree."""
    runs, graphs, icons = (
        tables["text_or_teacher"],
        tables["text_or_teacher_graphs"],
        tables["text_or_teacher_icons"].drop_duplicates("id"),
    )
    words = icons["word"].tolist()
    found, near = (Found.of(runs, words, judge) for judge in (JUDGE, SECOND))
    told, merges, baselines = (graphs[graphs["kind"] == kind] for kind in ("arm", "merge", "baseline"))
    registered = contrasts(found)
    least = registered.set_index(["arm", "against"])["least_shown"]
    sets = icons["id"].str.partition("/")[0]
    return {
        "answer": verdict(found, told),
        "answer_near": verdict(near, told),
        "margin": 100 * MARGIN,
        "units": len(found.shares[SIMCLR]),
        "icons": len(icons),
        "words": len(set(words)),
        "repeats": runs["repeat"].nunique(),
        "trained": len(runs),
        "found": {arm: float(share.mean()) for arm, share in found.shares.items()},
        "less": _less(found),
        "less_near": _less(near),
        "least": {name: 100 * float(least[pair]) for name, pair in {"head": PRIMARY[0], "tags": PRIMARY[1]}.items()},
        "others": len(OTHERS),
        "shown": int((registered.query("family == 'others'")["holm"] < SIGNIFICANT).sum()),
        "by_set": {str(name): _part(found, own) for name, own in sets.groupby(sets).groups.items()},
        "told": told.groupby("arm")[["same_class", "same_tag"]].mean().to_dict("index"),
        "baselines": baselines.set_index("arm")["found"].to_dict(),
        "tau": agreement(found, told),
        "tau_near": agreement(near, told),
        "bound": float(merges[merges["arm"] == AS_THEY_ARE]["theorem_15"].mean()),
        "best_bound": float(merges.groupby("seed")["theorem_15"].min().mean()),
        "names": NAMES,
    }


def _less(found: Found) -> Less:
    """Points by which an arm finds more icons than another, and half their interval."""
    less: Less = {}
    for arm, against in (*PRIMARY, *OTHERS, *GRANULARITY):
        contrast = found.contrast(arm, against)
        low, high = contrast.interval()
        less.setdefault(arm, {})[against] = (100 * contrast.estimate, 50 * (high - low))
    return less


def _part(found: Found, own: pd.Index) -> dict[str, float]:
    """Points of the primary contrasts and of the control on some icons."""
    pairs = {"text": (TEXT, VIEWS), "tags": (TAGS, VIEWS), "labels": (LABELS, SIMCLR)}
    return {
        name: 100 * float(np.mean((found.shares[arm] - found.shares[against])[:, own]))
        for name, (arm, against) in pairs.items()
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    head, tags = facts["less_near"][TEXT][VIEWS], facts["less_near"][TAGS][VIEWS]
    return {
        f"the answer is: {ANSWER}": facts["answer"] == ANSWER,
        "by the nearest icon neither is shown": not excludes_zero(*head) and not excludes_zero(*tags),
    }


def of(tables: Tables) -> Of:
    """The training sets and the registered contrasts, by two judges."""
    looks = 2 * len(PRIMARY + OTHERS + GRANULARITY)
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
