"""Effect of resampling on SimCLR that is trained from pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pandas as pd

from pairbounds.infrastructure.names import require_named
from pairbounds.real_data.image_settings import require_at_least
from pairbounds.real_data.training.encoder_runs import chosen, run_all, summary
from pairbounds.real_data.training.forecast import EncoderStudy
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.recipes import RECIPES, RESULTS
from pairbounds.real_data.training.run import UNTRAINED, Run
from pairbounds.real_data.training.training_settings import TrainingSettings
from pairbounds.real_data.training.view_guides import CAPTIONS, EVERY_GUIDE, GUIDES, LABELS
from pairbounds.theory.resampling.effects import ALL_FOUR, FOUR

ENCODERS = ["kind", "rule", "guide", "repeat"]  # what makes two runs of a seed trials of one encoder
TRIALS = [*ENCODERS, "learning_rate", "strength"]
SIMCLR, ALL = "none", "all"  # no rule; every one of the four, and all of them together


@dataclass(frozen=True)
class Settings(TrainingSettings):
    """Encoders, their data and their training.

    `ValueError`: a rule, guide or run that there is not; no baseline; further seeds where nothing is tuned.

    Attributes
    ----------
    rules : "all", "none", one of the four, or several joined by +
    only : of these runs those alone: kinds of encoders, rules, or a rule and its guide as RULE:GUIDE; by default all
    guides : of each rule: encoder, labels, random, no_text, captions
    baselines : of SimCLR with each split, with as many other weights
    learning_rate : at its largest; it rises linearly, then falls along a cosine
    strength : of the augmentations
    tune : runs as in `only` that are tried with all of `tuned_rates` and `tuned_strengths`, too; validation chooses
    tuned_rates : learning rates that are tried
    tuned_strengths : strengths of the augmentations that are tried
    whole_seeds : so many seeds have all runs, and the further ones what is tuned alone
    """

    rules: str = ALL
    only: tuple[str, ...] = ()
    guides: tuple[str, ...] = GUIDES
    baselines: int = 1
    learning_rate: float = Recipe.learning_rate
    strength: float = 1.0
    tune: tuple[str, ...] = ()
    tuned_rates: tuple[float, ...] = (1e-3, 3e-3, 1e-2)
    tuned_strengths: tuple[float, ...] = (0.1, 0.25, 1.0)
    whole_seeds: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        require_at_least(self, baselines=1)
        for guide in self.guides:
            require_named("guide", guide, EVERY_GUIDE)
        if self.whole_seeds is not None and not self.tune:
            raise ValueError(f"whole_seeds={self.whole_seeds}: further seeds have what is tuned, and nothing is")
        encoders(self, 0)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Every encoder of one seed.

    Returns
    -------
    DataFrame, as `run_all` has it, with `tuned` for the runs of other learning rates and strengths than the settings',
    and with `chosen` for the one of each encoder that has the best validation accuracy by the first label set. Where
    runs are tuned, their learning rates and strengths are in `tried_rate` and `tried_strength`.
    """
    table = run_all(encoders(settings, seed), settings.training_data(), Path(settings.runs), settings.jobs)
    usual = (table["learning_rate"] == settings.learning_rate) & (table["strength"] == settings.strength)
    found = table.assign(tuned=~usual, chosen=chosen(table, ENCODERS, TRIALS))
    # A column that is named as a setting has its value throughout.
    return (
        found.rename(columns={"learning_rate": "tried_rate", "strength": "tried_strength"}) if settings.tune else found
    )


def encoders(settings: Settings, seed: int) -> list[Run]:
    """Runs of one seed: from `whole_seeds` on, what is tuned and no more."""
    recipe, s = settings.recipe(settings.learning_rate), settings
    runs = resampling_runs(s.rules, recipe, seed, s.strength, guides=s.guides, baselines=s.baselines)
    kept = selected(runs, s.only)
    tuned = [run for run in selected(runs, s.tune) if run.repeat == 0] if s.tune else []
    if s.whole_seeds is not None and seed >= s.whole_seeds:
        kept = [run for run in kept if run in tuned]
    trials = [
        replace(run, recipe=replace(recipe, learning_rate=rate), strength=strength)
        for run in tuned
        if run in kept and run.kind != UNTRAINED
        for rate, strength in product(s.tuned_rates, s.tuned_strengths)
    ]
    return list(dict.fromkeys([*kept, *trials]))


def selected(runs: Sequence[Run], names: Sequence[str]) -> list[Run]:
    """Runs of some names, all if there are none; a `ValueError` for a name of no run."""
    known = list(dict.fromkeys(name for run in runs for name in names_of(run)))
    for name in names:
        require_named("run", name, known)
    return [run for run in runs if not names or {*names_of(run)} & {*names}]


def names_of(run: Run) -> tuple[str, ...]:
    """Names of a run: its kind, or its rule, alone and with its guide."""
    return (run.kind,) if run.rule == SIMCLR else (run.rule, f"{run.rule}:{run.guide}")


def resampling_runs(
    rule: str, recipe: Recipe, seed: int, strength: float = 1.0, *, guides: Sequence[str] = GUIDES, baselines: int = 1
) -> list[Run]:
    """Every encoder of one seed.

    The untrained, the supervised and SimCLR's; and for each rule one with each guide, the encoder and the controls.
    Of two views of one image labels and captions say nothing: DropFalsePositive has no such controls.

    `ValueError`: an unknown rule.

    Parameters
    ----------
    rule : as `pairbounds.real_data.resampling.resampled_nt_xent` has it; or "all": the four, and all of them together
    baselines : of SimCLR, with other weights
    """
    rules = (*FOUR, ALL_FOUR) if rule == ALL else () if rule == SIMCLR else (rule,)
    for part in "+".join(rules).split("+") if rules else ():
        require_named("rule", part, (SIMCLR, *FOUR, ALL))
    runs = [Run(kind, recipe, seed, strength) for kind in (UNTRAINED, "supervised", "simclr")]
    runs += [Run("simclr", recipe, seed, strength, repeat=repeat) for repeat in range(1, baselines)]
    return runs + [
        Run("simclr", recipe, seed, strength, rule=name, guide=guide)
        for name, guide in product(rules, guides)
        if name != "drop_false_positive" or guide not in (LABELS, CAPTIONS)
    ]


STUDY = EncoderStudy(
    question="Does resampling by a guide change what SimCLR learns from pixels?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"epochs": 1, "warmup": 0, "views": 2, "rules": "add_new_positive"},
    presets={**RECIPES, "results": RESULTS},
    encoders=encoders,
    summary=lambda tables, _: summary(tables["resampled_training"]),
)
