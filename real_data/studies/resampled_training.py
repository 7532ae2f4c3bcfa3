"""What resampling does to SimCLR that is trained from pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pandas as pd

from real_data.settings import image_inputs
from real_data.training.recipe import Recipe
from real_data.training.runs import ENCODER, GUIDES, LABELS, Kind, Run, run_all
from real_data.training.settings import TrainingSettings
from theory.infrastructure.names import none_of
from theory.resampling import ALL_FOUR, FOUR
from theory.sweeps import Study

SIMCLR, ALL = "none", "all"  # no rule; every one of the four, and all of them together


@dataclass(frozen=True)
class Settings(TrainingSettings):
    """Which encoders are trained, on what, and how.

    Attributes
    ----------
    rules : "all", "none", one of the four, or several joined by +
    only : of these runs those alone: kinds of encoders, rules, or a rule and its guide as RULE:GUIDE; by default all
    published_too : the published code's rules beside ours
    learning_rate : at its largest
    strength : of the augmentations

    Raises
    ------
    ValueError
        A rule or run that there is not.
    """

    rules: str = ALL
    only: tuple[str, ...] = ()
    published_too: bool = False
    learning_rate: float = Recipe.learning_rate
    strength: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        encoders(self, 0)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Every encoder of one seed, as `run_all` has it."""
    return run_all(encoders(settings, seed), settings.studio(), Path(settings.runs), settings.jobs)


def encoders(settings: Settings, seed: int) -> list[Run]:
    """What is trained with one seed."""
    recipe = settings.recipe(settings.learning_rate)
    runs = resampling_runs(settings.rules, recipe, seed, settings.strength, published=settings.published_too)
    return selected(runs, settings.only)


def selected(runs: Sequence[Run], names: Sequence[str]) -> list[Run]:
    """Those of some names, all if there are none.

    Raises
    ------
    ValueError
        A name of no run.
    """
    named = {run: names_of(run) for run in runs}
    known = list(dict.fromkeys(one for own in named.values() for one in own))
    for name in names:
        if name not in known:
            raise ValueError(none_of("run", name, known))
    return [run for run in runs if not names or {*named[run]} & {*names}]


def names_of(run: Run) -> tuple[str, ...]:
    """What a run is called: its kind, or its rule, alone and with its guide."""
    return (run.kind,) if run.rule == SIMCLR else (run.rule, f"{run.rule}:{run.guide}")


def resampling_runs(
    rule: str, recipe: Recipe, seed: int, strength: float = 1.0, *, published: bool = False
) -> list[Run]:
    """Every encoder of one seed.

    The untrained, the supervised and SimCLR's; and for each rule one with each guide, the encoder and the two controls.
    Of two views of one image labels say nothing: DropFalsePositive has no such control. With `published`, the published
    code's rules beside them, with the encoder as their guide.

    Parameters
    ----------
    rule : as `real_data.resampled_nt_xent` has it; or "all": the four, and all of them together

    Raises
    ------
    ValueError
        An unknown rule.
    """
    rules = (*FOUR, ALL_FOUR) if rule == ALL else () if rule == SIMCLR else (rule,)
    for part in "+".join(rules).split("+") if rules else ():
        if part not in FOUR:
            raise ValueError(f"rule {part!r} is none of {SIMCLR}, {', '.join(FOUR)} and {ALL}")
    references: tuple[Kind, ...] = ("untrained", "supervised", "simclr")
    runs = [Run(kind, recipe, seed, strength) for kind in references]
    runs += [
        Run("simclr", recipe, seed, strength, rule=name, guide=guide)
        for name, guide in product(rules, GUIDES)
        if (name, guide) != ("drop_false_positive", LABELS)
    ]
    if published:
        runs += [Run("simclr", recipe, seed, strength, rule=name, guide=ENCODER, published=True) for name in rules]
    return runs


STUDY = Study(
    question="Does resampling by a guide change what SimCLR learns from pixels?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"epochs": 1, "warmup": 0, "views": 2, "rules": "add_new_positive"},
    inputs=image_inputs,
)
