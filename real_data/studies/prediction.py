"""Prediction: one small network trained on one pairing of images, and judged, beside what was known before."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import torch

from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.experiments.forecasts import forecasts
from pairbounds.real_data.experiments.judges import errors, judged_views, pixels
from pairbounds.real_data.experiments.pairings import Material, pairing
from pairbounds.real_data.experiments.parts import TUNING, parts_of
from pairbounds.real_data.experiments.views import Partners, PartnerViews
from pairbounds.real_data.image_settings import require_at_least
from pairbounds.real_data.training.evaluation import Features
from pairbounds.real_data.training.objectives.simclr import TwoViews, projection_head
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import Trained, train_encoder, untrained
from pairbounds.real_data.training.view_guides import blind_guide
from pairbounds.sweeps import Study, place

PIXELS, UNTRAINED = "pixels", "untrained"  # baselines, in place of a pairing
KNOWN = 512  # views in a block


@dataclass(frozen=True)
class Settings:
    """One encoder.

    Attributes
    ----------
    data : glyphs, or another kind of data set
    pairing : what joins images: a name of `PAIRINGS`, two with "+" between them; or "pixels" or "untrained"
    split : number of the split; -1 tunes
    strength : of the views
    steps : of training
    batch : images in a step
    learning_rate : at its largest
    temperature : of InfoNCE
    root : of the data set's pictures, if it has one
    cache : where decoded pictures are kept
    """

    data: str = "glyphs"
    pairing: str = "subject"
    split: int = TUNING
    strength: float = 1.0
    steps: int = 400
    batch: int = 256
    learning_rate: float = 3e-3
    temperature: float = 0.2
    root: str = place("build/data")
    cache: str = place(str(FEATURES))

    def __post_init__(self) -> None:
        require_at_least(self, split=TUNING, steps=2, batch=2)

    @property
    def recipe(self) -> Recipe:
        """Recipe of the encoder."""
        return Recipe(
            backbone="strided",
            iterations=self.steps,
            batch=self.batch,
            warmup=self.steps // 10,
            temperature=self.temperature,
            learning_rate=self.learning_rate,
            head_norm=True,
        )


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each label set.

    Columns: those of `errors`; twins, the share of judged views left out; those of `forecasts`; and loss, that of the
    last epoch less that of an encoder that knows nothing, the logarithm of the number of views beside an anchor.
    """
    known = (settings.data, settings.split, settings.root, settings.cache)
    shown, parts = judged_views(*known), parts_of(*known)
    about: dict[str, object] = {"twins": shown.twins}
    if settings.pairing in (PIXELS, UNTRAINED):
        features = pixels if settings.pairing == PIXELS else partial(_features, untrained(settings.recipe, seed, "cpu"))
    else:
        graph = pairing(settings.pairing, Material(parts, settings.split))
        about |= forecasts(graph, settings.split, settings.batch)
        trained = train(settings, parts.pictures[parts.train], Partners(graph), seed)
        about |= {"loss": float(trained.log["loss"].iloc[-1]) - math.log(2 * settings.batch - 1)}
        features = partial(_features, trained)
    subjects = np.unique(parts.dataset.subjects, return_inverse=True)[1]
    return pd.DataFrame([row | about for row in errors(features, shown, parts.dataset.label_sets, subjects)])


def train(settings: Settings, pictures: torch.Tensor, partners: Partners, seed: int) -> Trained:
    """The encoder of pairs that are drawn anew at every step."""
    recipe = settings.recipe

    def objective(width: int) -> TwoViews:
        head = projection_head(width, recipe.head_width, norm=True)
        return TwoViews(width, recipe.temperature, "none", blind_guide, head=head)

    source = PartnerViews(pictures, partners, settings.strength)
    return train_encoder(source, np.arange(len(pictures)), objective, recipe, seed, device="cpu")


def _features(trained: Trained, pictures: torch.Tensor) -> Features:
    return trained.features(torch.split(pictures, KNOWN), len(pictures))


STUDY = Study(
    question="Which quantity of a pairing predicts what an encoder that it trains is worth?",
    settings=Settings,
    measure=measure,
    seeds=2,
    small={"steps": 40},
)
