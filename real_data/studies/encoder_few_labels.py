"""Few labels on layers of a frozen network, and on checkpoints of small networks trained on the same images."""

from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from torch.nn.functional import avg_pool2d

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.caption_graphs import caption_graph, image_order
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import picture_batches, unit_rows
from pairbounds.real_data.training.objectives import OBJECTIVES
from pairbounds.real_data.training.run import UNTRAINED, Run
from pairbounds.real_data.training.trainer import Trained, train_encoder, untrained
from pairbounds.real_data.training.training_settings import TrainingSettings
from pairbounds.sweeps import Study
from pairbounds.theory.questions.label_choice import label_trials

TRAINED_ON = {"clip": "captions", "simclr": "augmentations"}  # the pairs of an objective
SIDE = 16  # pixels along a side of pictures as features


@dataclass(frozen=True)
class Settings(TrainingSettings):
    """Training, embeddings and labels.

    Attributes
    ----------
    checkpoints : epochs of the checkpoints
    widths : widths of the embeddings, each a constant and principal components of features
    sizes, draws : numbers of labelled images, and random sets of each size
    resamples : bootstrap resamples
    """

    checkpoints: tuple[int, ...] = (1, 3, 10, 25)
    widths: tuple[int, ...] = (16, 32)
    sizes: tuple[int, ...] = (50, 100, 200, 400)
    draws: int = 40
    resamples: int = 400


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Rows of `label_trials` for layers and for checkpoints, with the column kind."""
    images, tables = replace(settings, size=None).images(), []
    graph = caption_graph(images)
    order = image_order(graph, images)
    for kind, features in (("layers", layers(images)), ("checkpoints", checkpoints(settings, seed))):
        candidates = [
            (name, graph, _embedding(rows[order], k))
            for (name, rows), k in product(features.items(), settings.widths)
            if rows.shape[1] >= k
        ]
        trials = label_trials(candidates, settings.sizes, settings.draws, settings.resamples, seed)
        tables.append(trials.assign(kind=kind))
    return pd.concat(tables, ignore_index=True)


def layers(images: ImageTextDataset) -> dict[str, FloatArray]:
    """Features of the images after each stage of EfficientNet-Lite0, (n, channels), by number of channels."""
    network = EfficientNet(pixels=images.side, device="cpu")
    batches = picture_batches(images, network.prepare, network.batch_size, 0, network.device)
    stages = map(np.concatenate, zip(*map(network.stages, batches), strict=True))
    return {f"{rows.shape[1]} channels": rows.astype(np.float64) for rows in stages}


def checkpoints(settings: Settings, seed: int) -> dict[str, FloatArray]:
    """Features from pixels, from the untrained small network, and from its checkpoints on each kind of pairs."""
    data, recipe = settings.training_data(), settings.recipe()
    pictures = list(data.pictures())
    small = [avg_pool2d(block.float(), block.shape[-1] // SIDE).flatten(1).numpy() for block in pictures]
    rows_by_name: dict[str, FloatArray] = {"pixels": np.vstack(small).astype(np.float64)}

    def features(encoder: Trained) -> FloatArray:
        return encoder.features(pictures, len(data.source.dataset)).astype(np.float64)

    def keep(name: str, epoch: int, encoder: Trained) -> None:
        if epoch in settings.checkpoints:
            rows_by_name[f"{name}, epoch {epoch}"] = features(encoder)

    rows_by_name[UNTRAINED] = features(untrained(recipe, seed, data.device))
    for kind, name in TRAINED_ON.items():
        run = Run(kind, recipe, seed)
        objective = partial(OBJECTIVES[kind].of, run, data)
        views, images = data.view_source(run), data.split(seed).train
        train_encoder(views, images, objective, recipe, run.weights, device=data.device, watch=partial(keep, name))
    return rows_by_name


def _embedding(features: FloatArray, k: int) -> FloatArray:
    """A constant and k - 1 principal components."""
    components = PCA(k - 1, svd_solver="full").fit_transform(unit_rows(features))
    return np.column_stack([np.ones(len(features)), components])


STUDY = Study(
    question="How well do few labels choose among layers and checkpoints of encoders?",
    settings=Settings,
    measure=measure,
    small={"epochs": 1, "warmup": 0, "views": 2, "checkpoints": (1,), "sizes": (50,), "draws": 4, "resamples": 100},
)
