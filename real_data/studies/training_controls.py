"""Controls of training from pixels.

CLIP on captions without class names, on captions of other images, and on as many pictures as SimCLR sees; and the
frozen network below the guides of resampling, which learned from ImageNet's labels.
"""

from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

import pandas as pd

from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.encoder_runs import chosen, run_all, summary
from pairbounds.real_data.training.evaluation import linear_probe
from pairbounds.real_data.training.forecast import EncoderStudy
from pairbounds.real_data.training.run import Run
from pairbounds.real_data.training.training_settings import TrainingSettings
from pairbounds.sweeps import Preset

FROZEN = "frozen"  # the kind of the network that is not trained here
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
    validation accuracy by the first label set; and the rows of `frozen`.
    """
    data, arm = settings.training_data(), ["kind", "epochs"]
    table = run_all(encoders(settings, seed), data, Path(settings.runs), settings.jobs)
    table = table.assign(chosen=chosen(table, arm, [*arm, "learning_rate", "strength"]))
    # A column that is named as a setting would have its value throughout, and the frozen network has none of them.
    table = table.rename(columns={"epochs": "trained_epochs"}).drop(columns=vars(settings), errors="ignore")
    return pd.concat([table, pd.DataFrame(frozen(data, seed))], ignore_index=True)


def frozen(data: TrainingData, seed: int) -> list[dict[str, object]]:
    """A linear probe on the frozen features of the guides' network, on one split; a row for each label set."""
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


STUDY = EncoderStudy(
    question="What do CLIP's captions teach, and what did the guides' network know before?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"epochs": 1, "warmup": 0, "views": 2, "learning_rates": (1e-2,)},
    presets={"results": Preset({"precision": "bfloat16"})},
    encoders=encoders,
    summary=lambda tables, _: summary(tables["training_controls"], ("kind", "trained_epochs")),
)
