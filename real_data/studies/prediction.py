"""Prediction: errors of a small network trained on one pairing of images, with forecasts from its graph."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch

from pairbounds.infrastructure.inputs import require_file
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.experiments.forecasts import feature_maps, forecasts
from pairbounds.real_data.experiments.judges import cross_error, errors, judged_views, pixels
from pairbounds.real_data.experiments.pairings import Material, pairing
from pairbounds.real_data.experiments.parts import TUNING, parts_of
from pairbounds.real_data.experiments.training import RECIPE, features_by, qualities, trained_on
from pairbounds.real_data.image_settings import require_at_least
from pairbounds.real_data.training.evaluation import Features
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import Trained, untrained
from pairbounds.sweeps import Study, place
from pairbounds.sweeps.studies import digest
from pairbounds.theory.graph.pair_graph import PairGraph

PIXELS, UNTRAINED = "pixels", "untrained"  # baselines, in place of a pairing


@dataclass(frozen=True)
class Settings:
    """One encoder.

    Attributes
    ----------
    data : glyphs, or another kind of data set
    pairing : a name of `PAIRINGS`, two joined by "+", or a baseline, "pixels" or "untrained"
    split : number of the split; -1 for tuning
    strength : strength of the views
    steps : training steps
    batch : images in a step
    learning_rate : maximum of the learning rate
    temperature : temperature of InfoNCE
    draws : draws of each untrained feature map for theorem 42; 0 for none
    root : root of the data set, if it needs one
    cache : folder of decoded pictures and features
    registered : files of a registered plan and its analysis, with digests in the table's sidecar
    """

    data: str = "glyphs"
    pairing: str = "subject"
    split: int = TUNING
    strength: float = 1.0
    steps: int = RECIPE.iterations
    batch: int = RECIPE.batch
    learning_rate: float = RECIPE.learning_rate
    temperature: float = RECIPE.temperature
    draws: int = 0
    root: str = place("build/data")
    cache: str = place(str(FEATURES))
    registered: tuple[str, ...] = place(())

    def __post_init__(self) -> None:
        require_at_least(self, split=TUNING, steps=2, batch=2, draws=0)

    def input_keys(self) -> Mapping[str, object]:
        """Digests of the registered files. `FileNotFoundError`: one is missing."""
        return {path: digest(require_file(path, "registered file").read_bytes()) for path in self.registered}

    @property
    def recipe(self) -> Recipe:
        """Recipe of the encoder."""
        return replace(
            RECIPE,
            iterations=self.steps,
            batch=self.batch,
            warmup=self.steps // 10,
            temperature=self.temperature,
            learning_rate=self.learning_rate,
        )


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each label set.

    Columns: those of `errors`; twins, the share of judged views left out. For a pairing also those of `forecasts` and
    of `qualities`; loss, that of the last epoch minus that of a constant encoder, the logarithm of the number of other
    views in a batch; and half, the cross-validated error on the training images after half of the epochs.
    """
    known = (settings.data, settings.split, settings.root, settings.cache)
    shown, parts = judged_views(*known), parts_of(*known)
    subjects = np.unique(parts.dataset.subjects, return_inverse=True)[1]
    label_sets, about = parts.dataset.label_sets, dict[object, dict[str, float]]()
    if settings.pairing in (PIXELS, UNTRAINED):
        features = pixels if settings.pairing == PIXELS else features_by(untrained(settings.recipe, seed, "cpu"))
    else:
        material = Material(parts, settings.split, settings.cache)
        graph = pairing(settings.pairing, material)
        trained, half = _trained(settings, graph, shown.train, parts.pictures[parts.train], seed)
        features, maps = features_by(trained), feature_maps(parts, settings.draws, settings.cache)
        same = qualities(features(shown.train), graph) | {
            "loss": float(trained.log["loss"].iloc[-1]) - math.log(2 * settings.batch - 1)
        }
        for name, labels in label_sets.items():
            of_train = labels[parts.train]
            labelled = PairGraph(graph.joint, of_train)
            known_before = forecasts(labelled, settings.split, settings.batch, maps, material.alike)
            about[name] = known_before | same | {"half": cross_error(half, of_train, subjects[parts.train])}
    rows = errors(features, shown, label_sets, subjects)
    return pd.DataFrame([row | {"twins": shown.twins} | about.get(row["labels"], {}) for row in rows])


def _trained(
    settings: Settings, graph: PairGraph, views: torch.Tensor, pictures: torch.Tensor, seed: int
) -> tuple[Trained, Features]:
    """The trained encoder, and its features of `views` after half of its epochs."""
    halfway, at_half = math.ceil(math.ceil(settings.recipe.passes(graph.n_left)[0]) / 2), []

    def watch(epoch: int, encoder: Trained) -> None:
        if epoch == halfway:
            at_half.append(features_by(encoder)(views))

    trained = trained_on(graph, pictures, settings.recipe, seed, settings.strength, watch)
    return trained, at_half[0]


STUDY = Study(
    question="Which quantity of a pairing predicts the error of an encoder trained on it?",
    settings=Settings,
    measure=measure,
    seeds=2,
    small={"steps": 40},
)
