"""Cliques in a ring with weak bridges to their two neighbours: a nearly disconnected graph.

The classes form a circulant chain that moves to either neighbour with probability `bridge / (1 + 2 bridge)`. Hence
`σ_f = |1 + 2 bridge cos(2π f / r)| / (1 + 2 bridge)` for f = 0..r-1, and 0. As `bridge` tends to 0, all r values tend
to 1, and the inverse of the gap `1 - σ²_{k+1}` at k < r grows without limit.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.families.family import ClosedForm, class_labels, leading
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class RingOfCliques(ClosedForm):
    """Classes that are complete bipartite graphs.

    Attributes
    ----------
    n_classes : number of classes, at least 3
    n_left, n_right : nodes of a class on each side
    bridge : weight of a pair of neighbouring classes, in [0, 1]; a pair within a class has weight 1
    """

    models = "well connected classes with weak or no bridges between them: near-disconnected"
    probabilities = ("bridge",)

    n_classes: int = 4
    n_left: int = 6
    n_right: int = 4
    bridge: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_classes < 3:
            raise ValueError(f"n_classes={self.n_classes} is too small for a ring: give at least 3")

    def expected(self) -> PairGraph:
        """All pairs within a class and between neighbouring classes."""
        step = sp.eye_array(self.n_classes, format="csr")[np.roll(np.arange(self.n_classes), 1)]
        chain = sp.eye_array(self.n_classes) + self.bridge * (step + step.T)
        left, right = class_labels(self.n_classes, self.n_left, self.n_right)
        return PairGraph(sp.kron(chain, np.ones((self.n_left, self.n_right))), left, right)

    def singular_values(self, k: int) -> FloatArray:
        """Singular values of the chain of classes."""
        cosines = np.cos(2 * np.pi * np.arange(self.n_classes) / self.n_classes)
        return leading(np.abs(1 + 2 * self.bridge * cosines) / (1 + 2 * self.bridge), 1, k)

    def induced_labelling_error(self) -> float:
        """Probability that two steps of the chain of classes change the class."""
        return 1 - (1 + 2 * self.bridge**2) / (1 + 2 * self.bridge) ** 2
