"""Means and variances of the classes in an embedding."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, row_blocks


@dataclass(frozen=True, eq=False)
class ClassMoments:
    """Means and variances of an embedding by class, for the r classes present in the order of their numbers.

    Attributes
    ----------
    own : (n,), the row of each node's class in the other arrays, 0..r-1
    masses : (r,), sums to 1
    means : (r, k), `μ_c = E[f | c]`
    variances : (r,), `V_c = E[‖f - μ_c‖² | c]`
    """

    own: IntArray
    masses: FloatArray
    means: FloatArray
    variances: FloatArray

    @property
    def variance(self) -> float:
        """`V = E ‖f - μ_y‖²`, over all classes."""
        return float(self.masses @ self.variances)


def class_moments(features: FloatArray, marginal: FloatArray, labels: IntArray) -> ClassMoments:
    """Class moments of features (n, k) under probabilities (n,), with labels (n,); O(n k)."""
    classes, own = np.unique(labels, return_inverse=True)
    masses = np.bincount(own, weights=marginal).astype(np.float64)
    weights = marginal / masses[own]
    averaging = sp.csc_array((weights, own, np.arange(len(own) + 1)), shape=(len(classes), len(own)))
    means = np.asarray(averaging @ features)
    spreads = np.empty(len(own))
    for rows in row_blocks(*features.shape):
        away = features[rows] - means[own[rows]]
        spreads[rows] = weights[rows] * np.einsum("ij,ij->i", away, away)
    return ClassMoments(own, masses, means, np.bincount(own, weights=spreads).astype(np.float64))
