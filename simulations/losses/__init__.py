"""Contrastive losses, each a module: on a whole graph (the population) and on a batch of positive pairs."""

from pairbounds.simulations.losses.loss import PairLoss
from pairbounds.simulations.losses.register import LOSSES

__all__ = ["LOSSES", "PairLoss"]
