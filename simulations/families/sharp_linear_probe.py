"""The pairs `P ∝ [[1, m], [0, m], [2, 0]]`, labels 1, 0, 0: the factor 2 of theorem 4 cannot be improved.

Images 1 and 2 share caption 2. Image 1, of class 1, also shares caption 1 with image 3, of class 0, so it looks more
like class 0 than image 2 does. At width 2 both are misclassified. With `σ_3 = 0` the error is
`3 (2m + 1) / (3m + 4)` times `α_T / (1 - σ_3²)`, without ties, and tends to 2.
"""

from dataclasses import dataclass

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.families.family import ClosedForm, leading
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class SharpLinearProbe(ClosedForm):
    """Three images, two captions.

    Attributes
    ----------
    m : weight of the two pairs that are misclassified, at least 1
    """

    models = "the worst case of the linear-probe bound (theorem 4) at width 2"

    m: float = 8.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.m < np.inf:
            raise ValueError(f"m={self.m!r} must be finite and at least 1")

    def expected(self) -> PairGraph:
        """The three images and two captions. Caption 2 is tied between the classes and gets label 1."""
        return PairGraph([[1, self.m], [0, self.m], [2, 0]], [1, 0, 0], [0, 1])

    def singular_values(self, k: int) -> FloatArray:
        """1, and the second value from the sum of squares."""
        return leading([1, np.sqrt((4 * self.m + 3) / (6 * (self.m + 1)))], 1, k)

    def induced_labelling_error(self) -> float:
        """Disagreement between images 1 and 3 in caption 1, and between images 1 and 2 in caption 2."""
        return (self.m + 4 / 3) / (2 * self.m + 3)
