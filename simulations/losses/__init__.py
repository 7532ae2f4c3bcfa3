"""Contrastive losses, each a module: on a whole graph (the population) and on a batch of positive pairs."""

from simulations.losses.loss import PairLoss
from simulations.losses.register import LOSSES

__all__ = ["LOSSES", "PairLoss"]
