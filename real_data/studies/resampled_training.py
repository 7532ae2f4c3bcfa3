"""Effect of resampling on SimCLR, trained from pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pandas as pd

from pairbounds.infrastructure.checks import require_named
from pairbounds.real_data.image_settings import require_at_least
from pairbounds.real_data.training.encoder_runs import run_all
from pairbounds.real_data.training.recipe import UNTRAINED, Recipe, Run
from pairbounds.real_data.training.recipes import RECIPES, RESULTS
from pairbounds.real_data.training.training_settings import TrainingSettings
from pairbounds.real_data.training.view_guides import CAPTIONS, EVERY_GUIDE, GUIDES, LABELS
from pairbounds.sweeps import Study
from pairbounds.theory.resampling.effects import ALL_FOUR, FOUR

ENCODERS = ["kind", "rule", "guide", "repeat"]  # columns that identify an encoder of a seed
TRIALS = [*ENCODERS, "learning_rate", "strength"]
SIMCLR, ALL = "none", "all"  # no rule; each of the four rules, and all four combined


@dataclass(frozen=True)
class ResampledTrainingSettings(TrainingSettings):
    """Encoders, their data and their training.

    `ValueError`: an unknown rule, guide or run; no baseline; `whole_seeds` without tuned runs.

    Attributes
    ----------
    rules : "all", "none", one of the four, or several joined by +
    only : run only these kinds of encoders, rules, or rules with a guide as RULE:GUIDE; by default all
    guides : guides of each rule: encoder, labels, random, no_text, captions
    baselines : number of SimCLR runs with each split, with different weights
    strength : strength of the augmentations
    tune : runs, named as in `only`, to tune over `tuned_rates` and `tuned_strengths` on validation images
    tuned_rates : learning rates to try
    tuned_strengths : strengths of the augmentations to try
    whole_seeds : number of seeds with all runs; further seeds have only tuned runs
    """

    rules: str = ALL
    only: tuple[str, ...] = ()
    guides: tuple[str, ...] = GUIDES
    baselines: int = 1
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
            raise ValueError(f"whole_seeds={self.whole_seeds}: further seeds have only tuned runs: set tune")
        encoders(self, 0)


def measure(settings: ResampledTrainingSettings, seed: int) -> pd.DataFrame:
    """Every encoder of one seed.

    Returns
    -------
    DataFrame of `run_all`, with `tuned` for runs with another learning rate or strength than the settings, and `chosen`
    for the run of each encoder with the best validation accuracy by the first label set. If runs are tuned, their
    learning rates and strengths are in `tried_rate` and `tried_strength`.
    """
    table = run_all(encoders(settings, seed), settings.training_data(), Path(settings.runs), settings.jobs)
    usual = (table["learning_rate"] == settings.learning_rate) & (table["strength"] == settings.strength)
    rows = table.assign(tuned=~usual, chosen=chosen(table))
    # The name of a setting is reserved for a column with its value.
    return rows.rename(columns={"learning_rate": "tried_rate", "strength": "tried_strength"}) if settings.tune else rows


def chosen(table: pd.DataFrame) -> pd.Series:
    """Mask of the rows of each encoder's trial with the best validation accuracy by the first label set."""
    first = table[table["labels"] == table["labels"].iloc[0]]
    best = first.loc[first.groupby(ENCODERS)["validation"].idxmax()]
    return pd.Series(
        pd.MultiIndex.from_frame(table[TRIALS]).isin(pd.MultiIndex.from_frame(best[TRIALS])), index=table.index
    )


def encoders(settings: ResampledTrainingSettings, seed: int) -> list[Run]:
    """Runs of one seed; from seed `whole_seeds` on, only tuned runs."""
    recipe, s = settings.recipe(), settings
    runs = resampling_runs(s.rules, recipe, seed, s.strength, guides=s.guides, baselines=s.baselines)
    runs_of_seed = selected(runs, s.only)
    tuned = [run for run in selected(runs, s.tune) if run.repeat == 0] if s.tune else []
    if s.whole_seeds is not None and seed >= s.whole_seeds:
        runs_of_seed = [run for run in runs_of_seed if run in tuned]
    trials = [
        replace(run, recipe=replace(recipe, learning_rate=rate), strength=strength)
        for run in tuned
        if run in runs_of_seed and run.kind != UNTRAINED
        for rate, strength in product(s.tuned_rates, s.tuned_strengths)
    ]
    return list(dict.fromkeys([*runs_of_seed, *trials]))


def selected(runs: Sequence[Run], names: Sequence[str]) -> list[Run]:
    """Runs with one of these names, or all runs without names. `ValueError`: a name of no run."""
    names_of_runs = list(dict.fromkeys(name for run in runs for name in names_of(run)))
    for name in names:
        require_named("run", name, names_of_runs)
    return [run for run in runs if not names or {*names_of(run)} & {*names}]


def names_of(run: Run) -> tuple[str, ...]:
    """Names of a run: its kind, or its rule without and with its guide."""
    return (run.kind,) if run.rule == SIMCLR else (run.rule, f"{run.rule}:{run.guide}")


def resampling_runs(
    rule: str, recipe: Recipe, seed: int, strength: float = 1.0, *, guides: Sequence[str] = GUIDES, baselines: int = 1
) -> list[Run]:
    """Every encoder of one seed.

    These are the untrained and supervised encoders, `baselines` of SimCLR with different weights, and one for each rule
    and guide. The rule "all" is each of the four, and all four combined. Labels and captions cannot distinguish two
    views of one image, so DropFalsePositive has no such controls. `ValueError`: an unknown rule.
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


def _summary(table: pd.DataFrame) -> list[str]:
    """Lines with test accuracies of the chosen encoders over the seeds, grouped by the columns that vary."""
    differing = [name for name in ("kind", "rule", "guide") if table[name].nunique() > 1]
    grouped = table[table["chosen"]].groupby([*differing, "labels"], sort=False)["test"]
    return grouped.agg(["mean", "std", "count"]).round(4).to_string().splitlines()


STUDY = Study(
    question="Does resampling by a guide change the accuracy of SimCLR trained from pixels?",
    settings=ResampledTrainingSettings,
    measure=measure,
    seeds=5,
    slow=True,
    small={"epochs": 1, "warmup": 0, "views": 2, "rules": "add_new_positive"},
    presets={**RECIPES, "results": RESULTS},
    summary=lambda tables, _: _summary(next(iter(tables.values()))),
)
