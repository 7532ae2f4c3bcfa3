"""Latent worlds, the pair graphs that captions and augmentations make of them, and encoders trained on those."""

from simulations.training import TrainResult, train
from simulations.world import LatentWorld

__all__ = ["LatentWorld", "TrainResult", "train"]
