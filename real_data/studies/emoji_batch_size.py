"""Critics trained on the emoji's captions by InfoNCE at several batch sizes, compared with theorem 29."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.datasets.emoji import USUAL_SIZE, emoji
from pairbounds.real_data.emoji_concepts import emoji_graph
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.minilm import MiniLM
from pairbounds.sweeps import Study, place
from pairbounds.theory.questions.trained_batches import Batches, trained_in_batches


@dataclass(frozen=True)
class Settings(Batches):
    """Training of critics; linear critics use features of EfficientNet-Lite0 and MiniLM.

    Attributes
    ----------
    cache : folder of features
    """

    k: int = 16
    rates: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1)
    linear_rates: tuple[float, ...] = (0.0003, 0.001, 0.003, 0.01)
    exact_steps: tuple[int, ...] = ()
    tuning: int = 2
    cache: str = place(str(FEATURES))


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Rows of `trained_in_batches` for the emoji's captions."""
    graph, cache = emoji_graph(), Path(settings.cache)
    images = EfficientNet(device="cpu").encode_images(emoji(USUAL_SIZE), cache)
    texts = MiniLM(device="cpu").encode_texts(graph.right_ids.tolist(), cache)
    return trained_in_batches(graph, (_scaled(images), _scaled(texts)), settings, seed)


def _scaled(features: FloatArray) -> FloatArray:
    """Features with columns of mean 0 and average standard deviation 1."""
    centred = features - features.mean(axis=0)
    return np.asarray(centred / centred.std(axis=0).mean())


STUDY = Study(
    question="Do errors of critics of emoji follow the information in a batch, or its false negatives?",
    settings=Settings,
    measure=measure,
    seeds=7,
    small={"seen": 1_024, "batches": (64, 512), "contrasts": (64,), "tuning": 1},
)
