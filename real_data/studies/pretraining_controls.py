"""Controls of CLIP: captions without class names, captions of other images, and as many pictures as SimCLR sees."""

from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import pandas as pd

from pairbounds.real_data.settings import image_inputs
from pairbounds.real_data.training.forecast import encoders_forecast
from pairbounds.real_data.training.runs import Run, along, chosen, run_all
from pairbounds.real_data.training.settings import TrainingSettings
from pairbounds.sweeps import Study
from pairbounds.sweeps.presets import Preset

ARMS = (("clip", 1), ("clip", 2), ("clip_unnamed", 1), ("clip_shuffled", 1))  # objective, and times the epochs


@dataclass(frozen=True)
class Settings(TrainingSettings):
    """Images and training.

    Attributes
    ----------
    learning_rates, strengths : that are tried by each arm, of the optimiser at its largest and of the augmentations
    """

    learning_rates: tuple[float, ...] = (1e-2, 3e-2)
    strengths: tuple[float, ...] = (0.1,)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The encoders of one seed.

    Returns
    -------
    DataFrame, as `run_all` has it, with `chosen` for the setting of each arm, a kind and its epochs, that has the best
    validation accuracy by the first label set.
    """
    table = run_all(encoders(settings, seed), settings.studio(), Path(settings.runs), settings.jobs)
    arm = ["kind", "epochs"]
    table = table.assign(chosen=chosen(table, arm, [*arm, "learning_rate", "strength"]))
    return table.rename(columns={"epochs": "trained_epochs"})  # a column named as a setting has its value throughout


def encoders(settings: Settings, seed: int) -> list[Run]:
    """Runs of one seed."""
    tried = product(ARMS, settings.learning_rates, settings.strengths)
    return [
        Run(kind, replace(settings.recipe(rate), epochs=times * settings.epochs), seed, strength)
        for (kind, times), rate, strength in tried
    ]


STUDY = Study(
    question="What does CLIP need of its captions: class names, their own images, or more pictures?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"epochs": 1, "warmup": 0, "views": 2, "learning_rates": (1e-2,)},
    presets={"results": Preset({"precision": "bfloat16"})},
    inputs=image_inputs,
    forecast=partial(encoders_forecast, encoders),
    columns={"pretraining_controls": "chosen kind labels learning_rate seed steps strength test trained_epochs"},
    summary=lambda tables, _: (
        tables["pretraining_controls"]
        .query("chosen")
        .groupby(["kind", "trained_epochs", "labels"], sort=False)["test"]
        .agg(["mean", "std", "count"])
        .round(4)
        .to_string()
        .splitlines()
    ),
    along=partial(along, encoders),
)
