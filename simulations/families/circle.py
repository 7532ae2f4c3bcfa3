"""Images on a circle, and views of them a few steps away: circulant, with the Fourier modes as singular vectors.

A view lies at most `reach` of n positions from its image, uniformly, so that the values are those of the Dirichlet
kernel, `σ_f = |sin(π f (2 reach + 1) / n) / ((2 reach + 1) sin(π f / n))|` for f = 0..n-1, in pairs f and n - f.
An arc of length L has `sin²(π f L / n) / (n² sin²(π f / n))` of its energy at frequency f.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.families.family import ClosedForm, leading
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class Circle(ClosedForm):
    """Classes are arcs; views near an arc's end may be of an image of the next class.

    Attributes
    ----------
    n_classes : arcs of equal length
    n_positions : images on the circle, and as many views; a multiple of `n_classes`
    reach : how many positions a view may lie from its image, either way
    """

    models = "one nuisance that augmentation moves (a hue, an angle); classes are arcs"

    n_classes: int = 3
    n_positions: int = 24
    reach: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_positions % self.n_classes:
            raise ValueError(f"n_positions={self.n_positions} is no multiple of n_classes={self.n_classes}")
        if not isinstance(self.reach, int | np.integer) or not 0 <= 2 * self.reach < self.n_positions:
            raise ValueError(f"reach={self.reach!r} is not an integer from 0 to less than half of {self.n_positions}")

    @property
    def labels(self) -> IntArray:
        """The arc of each position, (n_positions,)."""
        return np.arange(self.n_positions) * self.n_classes // self.n_positions

    def expected(self) -> PairGraph:
        """`2 reach + 1` images for each view."""
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
        """`Σ_f (1 - σ_f²)` times the energy that the arcs have at f."""
        energy = _waves(self.n_positions // self.n_classes, self.n_positions) ** 2 / self.n_classes
        return float(np.sum((1 - self.frequency_values**2) * energy))


def _waves(width: int, n: int) -> FloatArray:
    """Mean of `exp(2πi f j / n)` over `width` successive j, up to its phase, for f = 0..n-1."""
    f = np.arange(1, n)
    return np.append(1, np.sin(np.pi * f * width / n) / (width * np.sin(np.pi * f / n)))
