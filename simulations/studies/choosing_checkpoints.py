"""Choices by few labels among checkpoints, layers and widths of encoders: regret, and how often a verdict is wrong."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import pandas as pd
import torch

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.encoder_training import train
from pairbounds.simulations.encoders.mlp import mlp
from pairbounds.simulations.observations import caption_features, image_features
from pairbounds.simulations.studies.choosing import label_draws
from pairbounds.simulations.world import LatentWorld, WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.questions.choosing import choose
from pairbounds.theory.questions.feature_choice import whitened_components
from pairbounds.theory.questions.label_choice import judged

EVERY = 10  # steps between two looks at the encoder


@dataclass(frozen=True)
class Settings(WorldShape):
    """A world, the encoder, and the labels.

    Attributes
    ----------
    noise, feature_noise : of the captions that the encoder is trained on, and of the vectors that it sees
    checkpoints : steps of training, multiples of 10, after which its output is a candidate
    widths : of the features of each candidate; the largest is that of the encoder
    sizes, draws : numbers of labelled images, and draws of them
    """

    n_positions: int = 50
    noise: float = 0.3
    feature_noise: float = 1.0
    checkpoints: tuple[int, ...] = (0, 10, 30, 100, 300)
    widths: tuple[int, ...] = (4, 16)
    sizes: tuple[int, ...] = (100, 200)
    draws: int = 3


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each N and draw, with the columns of the study `choosing` and the kind "checkpoints"."""
    world = settings.world(seed)
    features, rows = trained_features(settings, world), []
    embeddings: dict[str, FloatArray] = {}
    for name, values in features.items():
        embedding, _ = whitened_components(values, slice(None), max(settings.widths))
        embeddings |= {f"{name}, k = {width}": embedding[:, :width] for width in settings.widths}
    for draw, nodes, errors in label_draws(embeddings, world.labels, settings.sizes, settings.draws, seed):
        by_index = dict(zip(nodes.tolist(), world.labels[nodes].tolist(), strict=True))
        table = choose(features, by_index, settings.widths).table
        table["candidate"] += ", k = " + table["width"].astype(str)
        rows.append({"kind": "checkpoints", **draw, **judged(table, errors)})
    return pd.DataFrame(rows)


def trained_features(settings: Settings, world: LatentWorld) -> dict[str, FloatArray]:
    """The input, the output after each number of steps, and the hidden layers at the end, each (n_images, d)."""
    captions = world.caption_graph(settings.noise, 0.3)
    noise, k = settings.feature_noise, max(settings.widths)
    inputs = image_features(world, noise=noise), caption_features(world, captions, noise=noise)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(world.seed)
        images, texts = (mlp(values.shape[1], k) for values in inputs)
    features, steps = {"input": inputs[0]}, count(0, EVERY)

    def observe(left: FloatArray, _: FloatArray) -> dict[str, float]:
        if (step := next(steps)) in settings.checkpoints:
            features[f"output, {step} steps"] = left
        return {}

    options: dict[str, Any] = {"encoder": (images, texts), "inputs": inputs, "optimizer": "adam", "observe": observe}
    train(captions, k, **options, steps=max(settings.checkpoints), log_every=EVERY, device="cpu")
    hidden, parts = torch.from_numpy(inputs[0]), [*images.children()]
    with torch.no_grad():
        for layer in (1, 2):
            hidden = parts[2 * layer - 1](parts[2 * layer - 2](hidden))
            features[f"layer {layer}"] = hidden.numpy()
    return features


STUDY = Study(
    question="How good are choices by few labels among checkpoints, layers and widths of an encoder?",
    settings=Settings,
    measure=measure,
    seeds=12,
    small={"checkpoints": (0, 30), "sizes": (100,), "draws": 2},
)
