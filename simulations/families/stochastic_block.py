"""The bipartite stochastic block model: every pair is present or absent, independently of the others.

Counts of pairs have the mean and the variance of independent trials. In the expected graph the classes form a chain
that keeps its class with probability `within / (within + (r - 1) across)`. Hence `σ = 1` once,
`(within - across) / (within + (r - 1) across)` r - 1 times, and 0. Source: Holland, Laskey and Leinhardt 1983.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.families.family import ClosedForm, class_labels, leading, require_small
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class StochasticBlock(ClosedForm):
    """Classes of equal size on both sides, and independent pairs.

    Attributes
    ----------
    n_classes : number of classes, the same on both sides
    n_left, n_right : nodes of a class on each side
    within, across : probability of a pair within a class, and between two classes
    """

    models = "independent pairs, more frequent within a class"
    probabilities = ("within", "across")

    n_classes: int = 3
    n_left: int = 8
    n_right: int = 6
    within: float = 0.6
    across: float = 0.05

    def __post_init__(self) -> None:
        super().__post_init__()
        if self._degree == 0:
            raise ValueError(f"within={self.within} and across={self.across} give no pairs: one must be positive")

    @property
    def _degree(self) -> float:
        return self.within + (self.n_classes - 1) * self.across

    @property
    def _chances(self) -> FloatArray:
        """Probability of a pair of two classes, (n_classes, n_classes)."""
        return np.where(np.eye(self.n_classes), self.within, self.across)

    @property
    def _class_value(self) -> float:
        return (self.within - self.across) / self._degree

    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """Draw pairs of weight 1; drop nodes without pairs. O(pairs), or O(n_left n_right) if over 1 in 50 is drawn."""
        shape = self.n_left, self.n_right

        def block(probability: float) -> sp.coo_array:
            count = rng.binomial(self.n_left * self.n_right, probability)
            places = rng.choice(self.n_left * self.n_right, count, replace=False)  # uniform, given the count
            return sp.coo_array((np.ones(count), np.unravel_index(places, shape)), shape=shape)

        return self._labelled(sp.block_array([[block(chance) for chance in row] for row in self._chances]))

    def expected(self) -> PairGraph:
        """Every pair, with its probability as weight."""
        require_small(self.n_classes * self.n_left, self.n_classes * self.n_right)
        return self._labelled(np.kron(self._chances, np.ones((self.n_left, self.n_right))))

    def _labelled(self, joint: object) -> PairGraph:
        left, right = class_labels(self.n_classes, self.n_left, self.n_right)
        return PairGraph(joint, left, right, drop_isolated=True)

    def singular_values(self, k: int) -> FloatArray:
        """Singular values of the chain of classes."""
        return leading([1, abs(self._class_value)], [1, self.n_classes - 1], k)

    def induced_labelling_error(self) -> float:
        """Labelling error of two steps of the chain of classes."""
        return (1 - self._class_value**2) * (1 - 1 / self.n_classes)
