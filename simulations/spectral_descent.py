"""Gradient descent on the spectral loss of a free embedding, with an explicit gradient.

On a small graph, torch's autograd and optimiser take several times as long as the matrix products. Importing the
optimisers takes another second.
"""

import numpy as np
import torch

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.encoders.free import FreeTower
from pairbounds.simulations.losses.pair_loss import PairLoss
from pairbounds.simulations.losses.spectral import Spectral
from pairbounds.simulations.two_towers import Tower, TwoTowers
from pairbounds.theory.graph.pair_graph import PairGraph


class SpectralDescent:
    """Steps of `torch.optim.SGD` with Nesterov momentum, on `-2 tr(Fᵀ Ā G) + tr(FᵀF GᵀG) + μ (‖F‖² + ‖G‖²)`.

    It updates the parameters `F = D_L^{1/2} f` and `G = D_R^{1/2} g` of the towers in place.

    A step costs O(nnz k + (n_left + n_right) k²).
    """

    def __init__(self, graph: PairGraph, encoder: TwoTowers, penalty: float, rate: float, momentum: float) -> None:
        self.forward, self.backward = graph.normalized, graph.normalized.T.tocsr()
        self.left, self.right = _parameters(encoder.left), _parameters(encoder.right)
        self.penalty, self.rate, self.momentum = penalty, rate, momentum
        self.velocities = np.zeros_like(self.left), np.zeros_like(self.right)

    @staticmethod
    def suits(encoder: TwoTowers, loss: PairLoss) -> bool:
        """True for the spectral loss of a free embedding on the CPU."""
        towers = encoder.left, encoder.right
        free = all(isinstance(tower, FreeTower) and tower.root.device.type == "cpu" for tower in towers)
        return free and type(loss) is Spectral

    def loss(self) -> torch.Tensor:
        """Loss on the whole graph; it also computes the gradient that the next `step` uses."""
        left, right = self.left, self.right
        with np.errstate(over="ignore", invalid="ignore"):  # the caller checks that the loss is finite
            pulled, squares = self.forward @ right, (left.T @ left, right.T @ right)
            self.slopes = (
                2 * (left @ squares[1] - pulled + self.penalty * left),
                2 * (right @ squares[0] - self.backward @ left + self.penalty * right),
            )
            value = np.sum(squares[0] * squares[1]) - 2 * np.sum(left * pulled)
            return torch.tensor(value + self.penalty * (np.trace(squares[0]) + np.trace(squares[1])))

    def step(self, _: torch.Tensor) -> None:
        """Update both sides by the last gradient."""
        for side, velocity, slope in zip((self.left, self.right), self.velocities, self.slopes, strict=True):
            velocity *= self.momentum
            velocity += slope
            side -= self.rate * (slope + self.momentum * velocity)


def _parameters(tower: Tower) -> FloatArray:
    """The weighted embedding of a free tower, as a view of its memory."""
    assert isinstance(tower, FreeTower)
    values: FloatArray = tower.weighted.detach().numpy()
    return values
