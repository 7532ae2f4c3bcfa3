"""Resampling in training, from pixels."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from pairbounds.figures.accuracies import accuracies
from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables, require_labels
from pairbounds.figures.resampled_training import (
    GUIDES,
    REFERENCES,
    RULES,
    SIMCLR,
    changes_over_simclr,
    foretold_changes,
    least_detectable,
    mean_changes,
    over_guide,
    published_changes,
    tuned_by_seed,
    tuned_changes,
    usual,
    without_resampling,
)
from pairbounds.figures.summaries import LEVEL, OVERLAP, excludes_zero, mean_and_half, rank_correlation
from pairbounds.theory.quantities.confidence import detectable, student_half

NO_TEXT = ("add_new_positive", "no_text")
FULL = 1.0  # strength of the augmentations
Pair = tuple[float, float]  # a mean, and half its interval
OTHERS = ("random", "no_text", "captions")  # guides that the encoder is compared with
UNRELATED = 0.3  # a rank correlation that is smaller tells nothing of so few points


def facts(tables: Tables) -> Facts:
    """Accuracies without resampling, the changes by rule and guide, and how well the graphs foretell them."""
    table = tables["resampled_training"]
    changes, names = changes_over_simclr(table), table["labels"].unique()
    require_labels(names)
    plain = without_resampling(table)
    by_labels = {labels: changes[changes["labels"] == labels] for labels in names}
    foretold = foretold_changes(changes, tables["resampled_views"])
    tuned, frozen = tables["resampled_tuned"], tables["training_controls"].query("kind == 'frozen'")
    whole = usual(table)["seed"].unique()
    text, seeds = _by_labels(tuned, partial(_tuned, over=NO_TEXT)), tuned["seed"].nunique()
    looks = [one for own in by_labels.values() for one in _contrasts(own, LEVEL)]
    corrected = [one for own in by_labels.values() for one in _contrasts(own, 1 - (1 - LEVEL) / len(looks))]
    return {
        "seeds": len(whole),
        "all_seeds": seeds,
        "steps": int(table["steps"].max()),
        "levels": {labels: accuracies(plain[plain["labels"] == labels], REFERENCES) for labels in names},
        "changes": {labels: {rule: mean_changes(own, rule) for rule in RULES} for labels, own in by_labels.items()},
        "detectable": {labels: least_detectable(own) for labels, own in by_labels.items()},
        "over": {
            guide: {labels: over_guide(own, guide) for labels, own in by_labels.items()}
            for guide in OTHERS
            if (changes["guide"] == guide).any()
        },
        "looks": len(looks),
        "shown": sum(excludes_zero(*change) for _, change in looks),
        "shown_of_random": sum(guide == "random" and excludes_zero(*change) for guide, change in looks),
        "shown_corrected": sum(excludes_zero(*change) for _, change in corrected),
        "baselines": int(changes["baselines"].min()),
        "tuned": _by_labels(tuned, _tuned),
        "first": _by_labels(tuned[tuned["seed"].isin(whole)], _tuned),
        "further": _by_labels(tuned[~tuned["seed"].isin(whole)], _tuned),
        "full": _by_labels(tuned.assign(chosen=tuned["tried_strength"] == FULL), _tuned),
        "no_text": _by_labels(tuned, partial(_tuned, guide="no_text")),
        "text": text,
        "earlier": _by_labels(table, _tuned),
        "earlier_first": _by_labels(table[table["seed"].isin(whole)], _tuned),
        "tuned_corrected": sum(_surviving(tuned[tuned["labels"] == name], len(looks)) for name in names),
        "text_detectable": {labels: detectable(half, seeds - 1) for labels, (_, half) in text.items()},
        "best": _by_labels(tuned, _best),
        "frozen": _by_labels(frozen, lambda own: accuracies(own, ["frozen"])["frozen"]),
        "frozen_splits": frozen["seed"].nunique(),
        "rules": RULES,
        "guides": {guide: GUIDES[guide][0].removeprefix("guide: ") for guide in GUIDES},
        "rho": rank_correlation(foretold["ratio"], foretold["change"]),
        "foretold": len(foretold),
        "published": published_changes(),
    }


def _by_labels(table: pd.DataFrame, work: Callable[[pd.DataFrame], Pair]) -> dict[str, Pair]:
    return {str(labels): work(own) for labels, own in table.groupby("labels", sort=False)}


def _tuned(table: pd.DataFrame, guide: str = "encoder", over: tuple[str, str] = SIMCLR) -> Pair:
    """The change by AddNewPositive and a guide, both tuned, and half its interval."""
    return tuned_changes(table, over)["add_new_positive", guide]


def _surviving(table: pd.DataFrame, looks: int) -> int:
    """Number of guides whose tuned difference excludes 0 after Bonferroni's correction, for one label set."""
    tuned, level = tuned_by_seed(table), 1 - (1 - LEVEL) / looks
    changes = [tuned["add_new_positive", guide] - tuned[SIMCLR] for guide in ("encoder", "no_text")]
    return sum(excludes_zero(float(change.mean()), student_half(change, level, overlap=OVERLAP)) for change in changes)


def _best(table: pd.DataFrame) -> tuple[float, float]:
    """The accuracy of tuned AddNewPositive by the encoder, in percent, and half its interval."""
    own = table[table["chosen"] & (table["guide"] == "encoder") & (table["rule"] == "add_new_positive")]
    return mean_and_half(100 * own["test"], overlap=OVERLAP)


def _contrasts(changes: pd.DataFrame, level: float) -> list[tuple[str, tuple[float, float]]]:
    """Every mean change at full strength, and every lead of the encoder over another guide, with that guide."""
    means = [one for rule in RULES for one in mean_changes(changes, rule, level).items()]
    others = [guide for guide in OTHERS if (changes["guide"] == guide).any()]
    return means + [(guide, lead) for guide in others for lead in over_guide(changes, guide, level).values()]


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    over, tuned = facts["over"], [*facts["tuned"].values(), *facts["further"].values()]
    usual_changes = [
        change for by_rule in facts["changes"].values() for by_guide in by_rule.values() for change in by_guide.values()
    ]
    return {
        "no gain over SimCLR is shown at the usual strength": not any(mean > half for mean, half in usual_changes),
        "no interval at the usual strength excludes 0 once their number is allowed for": facts["shown_corrected"] == 0,
        "nor does a tuned difference": facts["tuned_corrected"] == 0,
        "the labels as a guide, the positive control, are not ahead": not any(
            by_rule["add_new_positive"]["labels"][0] > 0 for by_rule in facts["changes"].values()
        ),
        "what text adds to the guide is not shown": not any(
            excludes_zero(*change) for by_rule in over["no_text"].values() for change in by_rule.values()
        ),
        "tuned alike, AddNewPositive is ahead, by all seeds and by the further ones": all(
            mean > half for mean, half in tuned
        ),
        "the guides' frozen network is better than what it guides": all(
            facts["frozen"][labels][0] > facts["best"][labels][0] for labels in facts["best"]
        ),
        "at full strength no gain is shown by all seeds": not any(
            excludes_zero(*one) for one in facts["full"].values()
        ),
        "tuned alike, what text adds is not shown": not any(excludes_zero(*one) for one in facts["text"].values()),
        "most of the published changes are too small to be shown": sum(
            change < min(facts["detectable"].values()) for change in facts["published"].values()
        )
        > len(facts["published"]) / 2,
        "a smaller bound on graphs does not go with a larger gain": facts["rho"] > -UNRELATED,
    }


def of(tables: Tables) -> Of:
    """The intervals of all rules, guides and label sets, and of what was tuned."""
    found = facts(tables)
    tuned = sum(
        len(found[name])
        for name in ("tuned", "first", "further", "full", "no_text", "text", "earlier", "earlier_first")
    )
    return Of(1, found["all_seeds"], found["looks"] + tuned)


FINDING = Finding(
    "resampled_training",
    "Does CLIP-guided resampling help in training, from pixels?",
    ("resampled_training", "resampled_tuned", "training_controls", "resampled_views"),
    ("resampled_training",),
    facts,
    claims,
    of,
)
