"""Latent worlds, the pair graphs that captions and augmentations make of them, and encoders trained on those."""

from simulations.training import TrainResult, train
from simulations.world import LatentWorld
from theory import interruption as interruption  # isort: split - before what takes seconds to load

__all__ = ["LatentWorld", "TrainResult", "train"]
