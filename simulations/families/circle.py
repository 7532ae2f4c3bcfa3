"""Images on a circle with nearby views: the graph is circulant, and its singular vectors are the Fourier modes.

A view is uniform on the positions at most `reach` steps from its image. The singular values come from the Dirichlet
kernel, `σ_f = |sin(π f (2 reach + 1) / n) / ((2 reach + 1) sin(π f / n))|` for f = 0..n-1, in pairs f and n - f.
An arc of length L has energy `sin²(π f L / n) / (n² sin²(π f / n))` at frequency f.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.families.family import ClosedForm, leading
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class Circle(ClosedForm):
    """A circle whose classes are arcs; a view near the end of an arc may belong to an image of the next class.

    Attributes
    ----------
    n_classes : number of arcs, all of equal length
    n_positions : number of images, and of views; a multiple of `n_classes`
    reach : largest distance of a view from its image, in positions
    """

    models = "one nuisance that augmentation moves (a hue, an angle); classes are arcs"

    n_classes: int = 3
    n_positions: int = 24
    reach: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_positions % self.n_classes:
            raise ValueError(f"n_positions={self.n_positions} must be a multiple of n_classes={self.n_classes}")
        if not isinstance(self.reach, int | np.integer) or not 0 <= 2 * self.reach < self.n_positions:
            raise ValueError(f"reach={self.reach!r} must be an integer, at least 0 and below {self.n_positions} / 2")

    @property
    def labels(self) -> IntArray:
        """The arc of each position, (n_positions,)."""
        return np.arange(self.n_positions) * self.n_classes // self.n_positions

    def expected(self) -> PairGraph:
        """Circulant graph, with `2 reach + 1` images for each view."""
        places, steps = np.arange(self.n_positions), np.arange(-self.reach, self.reach + 1)
        rows, columns = np.repeat(places, steps.size), (places[:, None] + steps).ravel() % self.n_positions
        joint = sp.coo_array((np.ones(rows.size), (rows, columns)), shape=(self.n_positions, self.n_positions))
        return PairGraph(joint, self.labels, self.labels)

    def singular_values(self, k: int) -> FloatArray:
        """Singular values of the Dirichlet kernel."""
        return leading(self.frequency_values, 1, k)

    @property
    def frequency_values(self) -> FloatArray:
        """`σ_f` at frequency f = 0..n-1, (n_positions,)."""
        return np.abs(_waves(2 * self.reach + 1, self.n_positions))

    def induced_labelling_error(self) -> float:
        """Sum over f of `1 - σ_f²` times the energy of the arcs at f."""
        energy = _waves(self.n_positions // self.n_classes, self.n_positions) ** 2 / self.n_classes
        return float(np.sum((1 - self.frequency_values**2) * energy))


def _waves(width: int, n: int) -> FloatArray:
    """Mean of `exp(2πi f j / n)` over `width` successive j, up to its phase, for f = 0..n-1."""
    f = np.arange(1, n)
    return np.append(1, np.sin(np.pi * f * width / n) / (width * np.sin(np.pi * f / n)))
