"""Updates of the parameters in a training step, by optimisers of torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import torch

from pairbounds.simulations.dual_encoder import DualEncoder
from pairbounds.simulations.losses.loss import PairLoss
from pairbounds.simulations.own import backward

Update = Callable[[torch.Tensor], None]
Parameters = list[torch.nn.Parameter]

GRADIENT: Mapping[str, tuple[float, Callable[[Parameters, float, float], torch.optim.Optimizer]]] = {
    "sgd": (0.1, lambda p, rate, momentum: torch.optim.SGD(p, lr=rate, momentum=momentum, nesterov=momentum > 0)),
    "adam": (3e-3, lambda p, rate, momentum: torch.optim.Adam(p, lr=rate, betas=(momentum, 0.999))),
}


@dataclass(frozen=True)
class Optimisation:
    """Training of an encoder, among the settings of a study.

    Attributes
    ----------
    optimizer : "sgd" (with Nesterov momentum) or "adam"
    steps : of training, at each of which all pairs count
    learning_rate : by default the optimiser's own
    momentum : of "sgd"
    log_every : steps between two rows of the log
    """

    optimizer: str = "sgd"
    steps: int = 1_000
    learning_rate: float | None = None
    momentum: float = 0.9
    log_every: int = 10

    def optimisation(self) -> dict[str, Any]:
        """The arguments of `pairbounds.train` that they are."""
        return {field.name: getattr(self, field.name) for field in fields(Optimisation)}


def rate_of(name: str, learning_rate: float | None) -> float:
    """The learning rate, by default the optimiser's own."""
    return GRADIENT[name][0] if learning_rate is None else learning_rate


def gradient_update(
    name: str, encoder: DualEncoder, loss: PairLoss, learning_rate: float | None, momentum: float
) -> Update:
    """A step of `torch.optim` on the encoder and the loss's own parameters; by default at the optimiser's own rate."""
    parameters = [*encoder.parameters(), *loss.parameters()]
    optimizer = GRADIENT[name][1](parameters, rate_of(name, learning_rate), momentum)

    def update(value: torch.Tensor) -> None:
        optimizer.zero_grad()
        backward(value, loss, encoder)
        optimizer.step()

    return update
