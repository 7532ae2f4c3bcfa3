"""Points of a Gaussian mixture, where the views of a point are the points within the radius of its augmentation.

Two points of classes a and b differ by a normal vector of mean `μ_a - μ_b` and covariance `2 I`, so that
`F_ab = Pr[|x - x'| <= radius]` is a non-central chi-squared probability. The expected number of ordered pairs is
`n² F_ab` between two classes and `n + n (n - 1) F_aa` within one. As n grows the labelling error tends to
`Σ_{a≠b} F_ab / Σ F_ab`, and with the radius then to `∫ Σ_{a≠b} p_a p_b / ∫ (Σ p_a)²`.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import scipy.stats
from scipy.spatial import KDTree

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.families.family import Family
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class GaussianMixture(Family):
    """Classes of unit covariance, their means on a circle in the first two dimensions.

    Attributes
    ----------
    n_classes, n_points : how many classes, and points in each
    n_dimensions : of the space, at least 2
    separation : distance of neighbouring means, in standard deviations
    radius : of the augmentation, in standard deviations
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
            raise ValueError(f"n_dimensions={self.n_dimensions} has no room for a circle of means: at least 2")
        if not (0 <= self.separation < np.inf and 0 <= self.radius < np.inf):
            raise ValueError(f"separation={self.separation} and radius={self.radius} are finite and at least 0")

    @property
    def means(self) -> FloatArray:
        """Means of the classes, (n_classes, n_dimensions)."""
        angles = 2 * np.pi * np.arange(self.n_classes) / self.n_classes
        apart = 2 * np.sin(np.pi / self.n_classes) if self.n_classes > 1 else 1
        plane = self.separation / apart * np.column_stack([np.cos(angles), np.sin(angles)])
        return np.pad(plane, ((0, 0), (0, self.n_dimensions - 2)))

    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """Points on both sides, each a view of itself and of those within the radius; O(n log n + pairs)."""
        labels = np.repeat(np.arange(self.n_classes), self.n_points)
        points = self.means[labels] + rng.standard_normal((labels.size, self.n_dimensions))
        pairs = KDTree(points).query_pairs(self.radius, output_type="ndarray")
        near = sp.coo_array((np.ones(len(pairs)), pairs.T), shape=(labels.size, labels.size))
        return PairGraph(sp.eye_array(labels.size) + near + near.T, labels, labels)

    @property
    def neighbour_probabilities(self) -> FloatArray:
        """`F`: that two points of these classes lie within the radius, (n_classes, n_classes)."""
        distances = np.linalg.norm(self.means[:, None] - self.means, axis=2)
        return np.asarray(scipy.stats.ncx2.cdf(self.radius**2 / 2, self.n_dimensions, distances**2 / 2))

    @property
    def expected_pairs(self) -> FloatArray:
        """Expected number of ordered pairs between classes, a point and itself included, (n_classes, n_classes)."""
        itself = np.eye(self.n_classes) * self.n_points
        return itself + (self.n_points**2 - itself) * self.neighbour_probabilities

    def limit_labelling_error(self) -> float:
        """Limit of the labelling error as the number of points grows; with the radius 0, its limit too."""
        squares = np.sum((self.means[:, None] - self.means) ** 2, axis=2)
        chances = self.neighbour_probabilities if self.radius > 0 else np.exp(-squares / 4)
        return float(1 - np.trace(chances) / chances.sum())
