"""Points of a Gaussian mixture; the views of a point are all points within a radius."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.spatial import KDTree

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.families.family import Family
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class GaussianMixture(Family):
    """Classes of unit covariance, with means on a circle in the first two dimensions.

    Attributes
    ----------
    n_classes, n_points : number of classes, and of points in each
    n_dimensions : dimension of the space, at least 2
    separation : distance of neighbouring means, in standard deviations
    radius : radius of the augmentation, in standard deviations
    """

    models = "a data manifold with classes that overlap; views move within a radius"

    n_classes: int = 3
    n_points: int = 16
    n_dimensions: int = 2
    separation: float = 4.0
    radius: float = 1.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_dimensions < 2:
            raise ValueError(f"n_dimensions={self.n_dimensions} is too small for a circle of means: give at least 2")
        if not (0 <= self.separation < np.inf and 0 <= self.radius < np.inf):
            raise ValueError(f"separation={self.separation}, radius={self.radius}: both must be finite and at least 0")

    @property
    def means(self) -> FloatArray:
        """Means of the classes, (n_classes, n_dimensions)."""
        angles = 2 * np.pi * np.arange(self.n_classes) / self.n_classes
        apart = 2 * np.sin(np.pi / self.n_classes) if self.n_classes > 1 else 1
        plane = self.separation / apart * np.column_stack([np.cos(angles), np.sin(angles)])
        return np.pad(plane, ((0, 0), (0, self.n_dimensions - 2)))

    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """Points on both sides, paired with themselves and all points within the radius; O(n log n + pairs)."""
        labels = np.repeat(np.arange(self.n_classes), self.n_points)
        points = self.means[labels] + rng.standard_normal((labels.size, self.n_dimensions))
        pairs = KDTree(points).query_pairs(self.radius, output_type="ndarray")
        near = sp.coo_array((np.ones(len(pairs)), pairs.T), shape=(labels.size, labels.size))
        return PairGraph(sp.eye_array(labels.size) + near + near.T, labels, labels)
