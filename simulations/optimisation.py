"""Updates of the parameters in a training step: by a gradient of torch's, or by exact block solves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.dual_encoder import DualEncoder
from pairbounds.simulations.encoders.free import FreeTower
from pairbounds.simulations.losses.loss import PairLoss
from pairbounds.simulations.own import backward
from pairbounds.simulations.sampling import PairSample

Update = Callable[[torch.Tensor], None]
Parameters = list[torch.nn.Parameter]

GRADIENT: Mapping[str, tuple[float, Callable[[Parameters, float, float], torch.optim.Optimizer]]] = {
    "sgd": (0.1, lambda p, rate, momentum: torch.optim.SGD(p, lr=rate, momentum=momentum, nesterov=momentum > 0)),
    "adam": (3e-3, lambda p, rate, momentum: torch.optim.Adam(p, lr=rate, betas=(momentum, 0.999))),
}
OPTIMIZERS = (*GRADIENT, "alternating")


@dataclass(frozen=True)
class Optimisation:
    """Training of an encoder, among the settings of a study.

    Attributes
    ----------
    optimizer : "sgd" (with Nesterov momentum), "adam" or "alternating"
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


def alternating_update(encoder: DualEncoder, sample: PairSample, penalty: float = 0.0) -> Update:
    """The exact minimum of the spectral loss, and its penalty, over the right embedding, then over the left one.

    `g = D_R^{-1} Pᵀ f (fᵀ D_L f + μ I)⁺` and the like for f: block coordinate descent. Without a penalty it is subspace
    iteration, and the angle to the optimum shrinks by `(σ_{k+1} / σ_k)²` in each step. Cost: O(nnz k + (n_left +
    n_right) k²).
    """
    graph, left, right = sample.graph, encoder.left, encoder.right
    if not isinstance(left, FreeTower) or not isinstance(right, FreeTower):
        raise ValueError("optimizer='alternating' solves for a free embedding: use encoder='free', or 'sgd' or 'adam'")

    def update(_value: torch.Tensor) -> None:
        with torch.no_grad():
            f = left().cpu().numpy()[sample.left]
            g = _solved(graph.joint.T, f, graph.left_marginal, graph.right_marginal, penalty)
            f = _solved(graph.joint, g, graph.right_marginal, graph.left_marginal, penalty)
            _assign(left, sample.left, f)
            _assign(right, sample.right, g)

    return update


def _solved(
    joint: object, known: FloatArray, marginal: FloatArray, other_marginal: FloatArray, penalty: float
) -> FloatArray:
    gram = (known.T * marginal) @ known + penalty * np.eye(known.shape[1])
    return np.asarray((joint @ known) / other_marginal[:, None] @ np.linalg.pinv(gram, hermitian=True))  # type: ignore[operator]


def _assign(tower: FreeTower, nodes: IntArray, values: FloatArray) -> None:
    rows = torch.from_numpy(nodes).to(tower.root.device)
    tower.weighted[rows] = torch.from_numpy(values).to(tower.root) * tower.root[rows]
