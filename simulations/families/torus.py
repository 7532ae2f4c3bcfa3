"""Images on a torus: a product of circles, of which only the first has to do with the class.

The joint distribution is a Kronecker product, so that singular values are products `σ_f σ_g ...` of those of the
circle. Modes of the nuisance circles come between those of the labels: width is spent on what no label needs.
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
    """Classes are arcs of the first circle.

    Attributes
    ----------
    n_circles : how many; `n_positions` to this power images
    n_classes, n_positions, reach : of a `Circle`
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
        """A view moves on all circles independently; linear in the pairs, `(n_positions (2 reach + 1))^n_circles`."""
        joint = kronecker([self.circle.expected().joint] * self.n_circles)
        labels = np.repeat(self.circle.labels, self.n_positions ** (self.n_circles - 1))
        return PairGraph(joint, labels, labels)

    def singular_values(self, k: int) -> FloatArray:
        """Products of the circle's."""
        products = reduce(np.multiply.outer, [self.circle.frequency_values] * self.n_circles)
        return leading(products.ravel(), 1, k)

    def induced_labelling_error(self) -> float:
        """Induced labelling error of the first circle."""
        return self.circle.induced_labelling_error()
