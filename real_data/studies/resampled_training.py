"""What resampling does to SimCLR that is trained from pixels."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pandas as pd

from real_data.settings import image_inputs
from real_data.training.recipe import Recipe
from real_data.training.runs import ENCODER, GUIDES, LABELS, Kind, Run, run_all
from real_data.training.settings import TrainingSettings
from theory.resampling import ALL_FOUR, FOUR
from theory.sweeps import Study

SIMCLR, ALL = "none", "all"  # no rule; every one of the four, and all of them together


@dataclass(frozen=True)
class Settings(TrainingSettings):
    """Which encoders are trained, on what, and how.

    Attributes
    ----------
    rules : "all", "none", one of the four, or several joined by +
    published_too : the published code's rules beside ours
    learning_rate : at its largest
    """

    rules: str = ALL
    published_too: bool = False
    learning_rate: float = Recipe.learning_rate


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Every encoder of one seed, as `run_all` has it."""
    return run_all(encoders(settings, seed), settings.studio(), Path(settings.runs), settings.jobs)


def encoders(settings: Settings, seed: int) -> list[Run]:
    """What is trained with one seed."""
    recipe = settings.recipe(settings.learning_rate)
    return resampling_runs(settings.rules, recipe, seed, published=settings.published_too)


def resampling_runs(rule: str, recipe: Recipe, seed: int, *, published: bool = False) -> list[Run]:
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
    runs = [Run(kind, recipe, seed) for kind in references]
    runs += [
        Run("simclr", recipe, seed, rule=name, guide=guide)
        for name, guide in product(rules, GUIDES)
        if (name, guide) != ("drop_false_positive", LABELS)
    ]
    if published:
        runs += [Run("simclr", recipe, seed, rule=name, guide=ENCODER, published=True) for name in rules]
    return runs


STUDY = Study(
    question="Does resampling by a guide change what SimCLR learns from pixels?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"epochs": 1, "warmup": 0, "views": 2, "rules": "add_new_positive"},
    inputs=image_inputs,
)
