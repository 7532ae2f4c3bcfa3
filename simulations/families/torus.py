"""Images on a torus: a product of circles; only the first circle determines the class.

The joint distribution is a Kronecker product, so the singular values are products `σ_f σ_g ...` of those of the
circle. Modes of the nuisance circles come between those of the labels, and use up width without helping any label.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.families.circle import Circle
from pairbounds.simulations.families.family import ClosedForm, kronecker, leading
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class Torus(ClosedForm):
    """A product of circles; classes are arcs of the first circle.

    Attributes
    ----------
    n_circles : number of circles; there are `n_positions ** n_circles` images
    n_classes, n_positions, reach : see `Circle`
    """

    models = "several nuisances that augmentation moves at once; only the first has classes"

    n_circles: int = 2
    n_classes: int = 2
    n_positions: int = 6
    reach: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        Circle(self.n_classes, self.n_positions, self.reach)

    @property
    def circle(self) -> Circle:
        """One of the circles."""
        return Circle(self.n_classes, self.n_positions, self.reach)

    def expected(self) -> PairGraph:
        """Independent moves on all circles; linear in the pairs, `(n_positions (2 reach + 1))^n_circles`."""
        joint = kronecker([self.circle.expected().joint] * self.n_circles)
        labels = np.repeat(self.circle.labels, self.n_positions ** (self.n_circles - 1))
        return PairGraph(joint, labels, labels)

    def singular_values(self, k: int) -> FloatArray:
        """Products of singular values of the circle."""
        products = reduce(np.multiply.outer, [self.circle.frequency_values] * self.n_circles)
        return leading(products.ravel(), 1, k)

    def induced_labelling_error(self) -> float:
        """Induced labelling error of the first circle."""
        return self.circle.induced_labelling_error()
