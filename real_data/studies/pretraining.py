"""Captions against augmentations: one network trained from pixels with either, on the same images."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pandas as pd

from pairbounds.infrastructure.checks import require_named
from pairbounds.real_data.training.encoder_runs import chosen, run_all, summary
from pairbounds.real_data.training.networks import WORDS
from pairbounds.real_data.training.objectives import OBJECTIVES
from pairbounds.real_data.training.run import UNTRAINED, Run
from pairbounds.real_data.training.training_settings import TrainingSettings
from pairbounds.sweeps import Preset, Study


@dataclass(frozen=True)
class Settings(TrainingSettings):
    """Networks, their data and their training.

    Attributes
    ----------
    objectives : names in `OBJECTIVES`
    text_tower : network for captions: words, or open_clip/NAME
    learning_rates, strengths : grid of maximum learning rates and augmentation strengths
    """

    objectives: tuple[str, ...] = ("clip", "simclr")
    text_tower: str = WORDS
    learning_rates: tuple[float, ...] = (1e-3, 3e-3, 1e-2)
    strengths: tuple[float, ...] = (0.1, 0.25, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.objectives:
            require_named("objective", name, OBJECTIVES)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Encoders of one seed, trained with captions or with pairs of augmented views, for the same number of steps.

    Each objective is tried at every learning rate and strength of the grid. The run with the best validation
    accuracy by the first label set of the data (category, of emoji) is chosen, and its test accuracy is the result.

    Returns
    -------
    DataFrame of `run_all`, with `chosen` for the chosen runs. It includes the untrained network.
    """
    table = run_all(encoders(settings, seed), settings.training_data(), Path(settings.runs), settings.jobs)
    return table.assign(chosen=chosen(table, ["kind"], ["kind", "learning_rate", "strength"]))


def encoders(settings: Settings, seed: int) -> list[Run]:
    """Runs of one seed."""
    untrained = Run(UNTRAINED, settings.recipe(), seed)
    tried = product(settings.objectives, settings.learning_rates, settings.strengths)
    return [untrained] + [
        Run(kind, settings.recipe(rate), seed, strength, text=settings.text_tower) for kind, rate, strength in tried
    ]


def _summary(tables: Mapping[str, pd.DataFrame], settings: Settings) -> list[str]:
    named_by_captions = settings.images().named_by_captions
    sets = " and the ".join(named_by_captions)
    named = f"Captions name the {sets} here: training on them is training on labels, not on text."
    return [*summary(tables["pretraining"]), *([named] if named_by_captions else [])]


STUDY = Study(
    question="Do captions or augmentations train the better encoder, on the same images for equally many steps?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"epochs": 1, "warmup": 0, "views": 2, "learning_rates": (1e-3,), "strengths": (1.0,)},
    presets={"results": Preset({"precision": "bfloat16"})},
    summary=_summary,
)
