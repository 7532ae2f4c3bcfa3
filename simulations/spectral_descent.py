"""Gradient descent on the spectral loss of a free embedding, with its gradient written out.

To find that gradient and to take that step, torch needs several times as long as the products of a small graph do; and
its optimisers first load what compiles networks, which takes a second.
"""

import numpy as np
import torch

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.dual_encoder import DualEncoder, Tower
from pairbounds.simulations.encoders.free import FreeTower
from pairbounds.simulations.losses.pair_loss import PairLoss
from pairbounds.simulations.losses.spectral import Spectral
from pairbounds.theory.graph.pair_graph import PairGraph


class SpectralDescent:
    """Steps of `torch.optim.SGD` with Nesterov momentum, on `-2 tr(Fᵀ Ā G) + tr(FᵀF GᵀG) + μ (‖F‖² + ‖G‖²)`.

    `F = D_L^{1/2} f` and `G = D_R^{1/2} g` are the parameters of the towers, which are changed in their place.

    A step costs O(nnz k + (n_left + n_right) k²).
    """

    def __init__(self, graph: PairGraph, encoder: DualEncoder, penalty: float, rate: float, momentum: float) -> None:
        self.forward, self.backward = graph.normalized, graph.normalized.T.tocsr()
        self.left, self.right = _parameters(encoder.left), _parameters(encoder.right)
        self.penalty, self.rate, self.momentum = penalty, rate, momentum
        self.velocities = np.zeros_like(self.left), np.zeros_like(self.right)

    @staticmethod
    def suits(encoder: DualEncoder, loss: PairLoss) -> bool:
        """Return whether an encoder is a vector of the CPU for each node, and a loss the spectral one."""
        towers = encoder.left, encoder.right
        free = all(isinstance(one, FreeTower) and one.root.device.type == "cpu" for one in towers)
        return free and type(loss) is Spectral

    def loss(self) -> torch.Tensor:
        """The value on the whole graph, from where `step` goes on."""
        left, right = self.left, self.right
        with np.errstate(over="ignore", invalid="ignore"):  # whoever asks sees that it is not finite
            pulled, squares = self.forward @ right, (left.T @ left, right.T @ right)
            self.slopes = (
                2 * (left @ squares[1] - pulled + self.penalty * left),
                2 * (right @ squares[0] - self.backward @ left + self.penalty * right),
            )
            value = np.sum(squares[0] * squares[1]) - 2 * np.sum(left * pulled)
            return torch.tensor(value + self.penalty * (np.trace(squares[0]) + np.trace(squares[1])))

    def step(self, _: torch.Tensor) -> None:
        """Change both sides."""
        for side, velocity, slope in zip((self.left, self.right), self.velocities, self.slopes, strict=True):
            velocity *= self.momentum
            velocity += slope
            side -= self.rate * (slope + self.momentum * velocity)


def _parameters(tower: Tower) -> FloatArray:
    """The weighted embedding of a free tower, which shares its memory."""
    assert isinstance(tower, FreeTower)
    values: FloatArray = tower.weighted.detach().numpy()
    return values
