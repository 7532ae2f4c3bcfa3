"""Contrastive losses, each a module: on a whole graph (the population) and on a batch of positive pairs."""

from collections.abc import Mapping

from simulations.losses.infonce import Clip, InfoNCE
from simulations.losses.loss import PairLoss
from simulations.losses.nt_xent import NTXent
from simulations.losses.spectral import InducedSpectral, Spectral

LOSSES: Mapping[str, type[PairLoss]] = {loss.name: loss for loss in (Spectral, InducedSpectral, InfoNCE, Clip, NTXent)}
