"""Few labels on layers of a frozen network, and on checkpoints of small ones trained on pairs of emoji."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from torch.nn.functional import avg_pool2d

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.emoji import USUAL_SIZE, emoji
from pairbounds.real_data.emoji_concepts import emoji_graph
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import picture_batches, unit_rows
from pairbounds.real_data.image_settings import ImageSettings
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.objectives import OBJECTIVES
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.run import UNTRAINED, Run
from pairbounds.real_data.training.trainer import Trained, train_encoder, untrained
from pairbounds.sweeps import Study, place
from pairbounds.theory.questions.label_choice import label_trials

LAYERS, CHECKPOINTS, PIXELS = "layers", "checkpoints", "pixels"
TRAINED_ON = {"clip": "captions", "simclr": "augmentations"}  # the pairs of an objective
SIDE = 64  # pixels, in training


@dataclass(frozen=True)
class Settings:
    """Widths, training and labels.

    Attributes
    ----------
    widths : of the embeddings: a constant, and principal components of features
    epochs : after which a checkpoint is taken; training ends with the last
    views : of each image
    sizes : numbers of labelled images
    draws : of labelled images
    resamples : of a bootstrap
    cache : where views are kept
    """

    widths: tuple[int, ...] = (16, 32)
    epochs: tuple[int, ...] = (1, 3, 10, 25)
    views: int = 8
    sizes: tuple[int, ...] = (50, 100, 200, 400)
    draws: int = 40
    resamples: int = 400
    cache: str = place(str(FEATURES))


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The rows of `label_trials` for layers and for checkpoints, told apart by the column kind."""
    graph, tables = emoji_graph(), []
    for kind, features in ((LAYERS, layers(emoji(USUAL_SIZE))), (CHECKPOINTS, checkpoints(settings, seed))):
        candidates = [
            (name, graph, _embedding(rows, k))
            for (name, rows), k in product(features.items(), settings.widths)
            if rows.shape[1] >= k
        ]
        trials = label_trials(candidates, settings.sizes, settings.draws, settings.resamples, seed)
        tables.append(trials.assign(kind=kind))
    return pd.concat(tables, ignore_index=True)


def layers(images: ImageTextDataset) -> dict[str, FloatArray]:
    """Features of the images after each stage of EfficientNet-Lite0, (n, channels), by the number of channels."""
    network = EfficientNet(pixels=images.side, device="cpu")
    batches = picture_batches(images, network.prepare, network.batch_size, 0, network.device)
    stages = map(np.concatenate, zip(*map(network.stages, batches), strict=True))
    return {f"{rows.shape[1]} channels": rows.astype(np.float64) for rows in stages}


def checkpoints(settings: Settings, seed: int) -> Mapping[str, FloatArray]:
    """Features of the emoji by pixels, by the small network untrained, and after some epochs on each kind of pairs."""
    cache, recipe = settings.cache, Recipe(epochs=max(settings.epochs), warmup=min(4, max(settings.epochs) - 1))
    source = ImageSettings("emoji", size=SIDE, device="cpu", cache=cache).source()
    data = TrainingData(source, Path(cache), settings.views, device="cpu")
    pictures = list(data.pictures())
    small = np.vstack([avg_pool2d(block.float(), SIDE // 16).flatten(1).numpy() for block in pictures])
    found: dict[str, FloatArray] = {PIXELS: small.astype(np.float64)}

    def keep(name: str, epoch: int, encoder: Trained) -> None:
        if epoch in (0, *settings.epochs):
            found[name.format(epoch)] = encoder.features(pictures, len(small)).astype(np.float64)

    keep(UNTRAINED, 0, untrained(recipe, seed, "cpu"))
    for kind, name in TRAINED_ON.items():
        run = Run(kind, recipe, seed)
        train_encoder(
            data.view_source(run),
            data.split(seed).train,
            partial(OBJECTIVES[kind].of, run, data),
            recipe,
            run.weights,
            device="cpu",
            watch=partial(keep, f"{name}, epoch {{}}"),
        )
    return found


def _embedding(features: FloatArray, k: int) -> FloatArray:
    """A constant and k - 1 principal components."""
    components = PCA(k - 1, svd_solver="full").fit_transform(unit_rows(features))
    return np.column_stack([np.ones(len(features)), components])


STUDY = Study(
    question="How well do few labels choose among layers and checkpoints of encoders of emoji?",
    settings=Settings,
    measure=measure,
    small={"widths": (16,), "epochs": (1,), "views": 2, "sizes": (50,), "draws": 4, "resamples": 100},
)
