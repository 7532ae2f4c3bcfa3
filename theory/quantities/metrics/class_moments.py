"""Means and variances of the classes in an embedding."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class ClassMoments:
    """Means and variances of an embedding by class, for the r classes that occur, in the order of their numbers."""

    class_of: IntArray  # (n,), the row of each node's class in the other arrays, 0..r-1
    masses: FloatArray  # (r,), sums to 1
    means: FloatArray  # (r, k), `μ_c = E[f | c]`
    variances: FloatArray  # (r,), `V_c = E[‖f - μ_c‖² | c]`

    @property
    def variance(self) -> float:
        """`V = E ‖f - μ_y‖²`, over all classes."""
        return float(self.masses @ self.variances)


def class_moments(features: FloatArray, marginal: FloatArray, labels: IntArray) -> ClassMoments:
    """Class moments of features (n, k) under probabilities (n,), with labels (n,); O(n k)."""
    classes, class_of = np.unique(labels, return_inverse=True)
    masses = np.bincount(class_of, weights=marginal).astype(np.float64)
    weights = marginal / masses[class_of]
    averaging = sp.csc_array((weights, class_of, np.arange(len(class_of) + 1)), shape=(len(classes), len(class_of)))
    means = np.asarray(averaging @ features)
    away = features - means[class_of]
    spreads = weights * np.einsum("ij,ij->i", away, away)
    return ClassMoments(class_of, masses, means, np.bincount(class_of, weights=spreads).astype(np.float64))
