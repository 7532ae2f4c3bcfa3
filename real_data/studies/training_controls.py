"""Controls of training from pixels.

They are CLIP on captions without class names, on captions of other images, and on as many pictures as SimCLR; and the
frozen network of the guides of resampling, trained on ImageNet labels.
"""

from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

import pandas as pd

from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.encoder_runs import chosen, run_all, summary
from pairbounds.real_data.training.evaluation import linear_probe
from pairbounds.real_data.training.run import Run
from pairbounds.real_data.training.training_settings import TrainingSettings
from pairbounds.sweeps import Preset, Study

FROZEN = "frozen"  # kind of the frozen network
ARMS = (("clip", 1), ("clip", 2), ("clip_unnamed", 1), ("clip_shuffled", 1))  # objective, and factor of the epochs


@dataclass(frozen=True)
class Settings(TrainingSettings):
    """Images and training.

    Attributes
    ----------
    learning_rates, strengths : grid of maximum learning rates and augmentation strengths, for each arm
    """

    learning_rates: tuple[float, ...] = (1e-2, 3e-2)
    strengths: tuple[float, ...] = (0.1,)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The encoders of one seed.

    Returns
    -------
    DataFrame of `run_all`, with `chosen` for the run of each arm (kind and epochs) with the best validation accuracy by
    the first label set; and the rows of `frozen`.
    """
    data, arm = settings.training_data(), ["kind", "epochs"]
    table = run_all(encoders(settings, seed), data, Path(settings.runs), settings.jobs)
    table = table.assign(chosen=chosen(table, arm, [*arm, "learning_rate", "strength"]))
    # Names of settings are reserved for their values, which the frozen network does not have.
    table = table.rename(columns={"epochs": "trained_epochs"}).drop(columns=vars(settings), errors="ignore")
    return pd.concat([table, pd.DataFrame(frozen(data, seed))], ignore_index=True)


def frozen(data: TrainingData, seed: int) -> list[dict[str, object]]:
    """Linear probe on the frozen features of the guides' network, on one split; a row for each label set."""
    dataset, parts = data.source.dataset, data.split(seed)
    features = EfficientNet(device=data.device).encode_images(dataset, data.cache)
    return [
        {"kind": FROZEN, "seed": seed, "trained_epochs": 0, "chosen": True, "labels": name}
        | asdict(linear_probe(features, labels, parts, seed)[0])
        for name, labels in dataset.label_sets.items()
    ]


def encoders(settings: Settings, seed: int) -> list[Run]:
    """Runs of one seed."""
    tried = product(ARMS, settings.learning_rates, settings.strengths)
    return [
        Run(kind, replace(settings.recipe(rate), epochs=times * settings.epochs), seed, strength)
        for (kind, times), rate, strength in tried
    ]


STUDY = Study(
    question="How much of CLIP's accuracy comes from captions, and how accurate is the guides' frozen network?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"epochs": 1, "warmup": 0, "views": 2, "learning_rates": (1e-2,)},
    presets={"results": Preset({"precision": "bfloat16"})},
    summary=lambda tables, _: summary(tables["training_controls"], ("kind", "trained_epochs")),
)
