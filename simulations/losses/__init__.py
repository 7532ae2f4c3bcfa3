"""Contrastive losses, one in each module: on a whole graph (the population) and on a batch of positive pairs."""

from pkgutil import iter_modules

from pairbounds.infrastructure.users_code import Register, one_in_each
from pairbounds.simulations.losses.pair_loss import PairLoss

LOSSES: Register[type[PairLoss]] = Register(
    "loss",
    source=lambda kind: getattr(kind, "written", kind),
    entries=one_in_each(__name__, iter_modules(__path__), PairLoss),  # type: ignore[type-abstract]  # of its subclasses
)

__all__ = ["LOSSES", "PairLoss"]
