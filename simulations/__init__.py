"""Latent worlds, the pair graphs that captions and augmentations make of them, and encoders trained on those."""

from theory.infrastructure import interruption as interruption  # before what takes seconds to load

# isort: split
from simulations.encoders import encoder
from simulations.losses.register import loss
from simulations.training import TrainResult, train
from simulations.world import LatentWorld

__all__ = ["LatentWorld", "TrainResult", "encoder", "loss", "train"]
