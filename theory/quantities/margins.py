"""Bound on the 0-1 error of scores that are near scores with known margins.

If `E‖s - h‖² <= Δ` for scores h with margins γ, the 0-1 error of s is at most `N(γ, Δ)` (the lemma of
`docs/theorems/theorem16.md`). Source: new here.
"""

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import EPS, FloatArray


def margins(scores: FloatArray, labels: ArrayLike) -> FloatArray:
    """Lead `γ(x) = h_y(x) - max_{c≠y} h_c(x)` of the score of a node's class, (n,); negative for errors, inf if r = 1.

    From scores (n, r) and the column of each node's class, (n,). O(n r).
    """
    label_columns = np.asarray(labels)
    nodes = np.arange(len(label_columns))
    rival_scores = scores.copy()
    rival_scores[nodes, label_columns] = -np.inf
    return np.asarray(scores[nodes, label_columns] - rival_scores.max(axis=1))


def error_within(margins: FloatArray, masses: FloatArray, budget: float) -> float:
    """`N(γ, Δ) = max {Σ_x p(x) z(x) : 0 <= z <= 1, Σ_x p(x) z(x) γ(x)₊²/2 <= Δ}`, in [0, 1], rounded up.

    From γ and p, (n,) both, and Δ, which may be infinite. Nodes with the smallest margins come first, and the last
    counts in part. O(n log n).
    """
    order = np.argsort(margins)
    # The margin of a light node may be so large that its square overflows: multiply by the mass first.
    mass, cost = masses[order], (np.sqrt(masses[order]) * np.maximum(0.0, margins[order])) ** 2 / 2
    spent = np.cumsum(cost)
    rounded = budget * (1 + 4 * EPS * len(mass))
    paid = int(np.searchsorted(spent, rounded, side="right"))
    error = float(mass[:paid].sum())
    if paid < len(mass) and np.isfinite(cost[paid]):
        left = rounded - (spent[paid - 1] if paid else 0.0)
        error += float(mass[paid]) * min(1.0, left / float(cost[paid]))
    return float(min(1.0, error * (1 + 4 * EPS * len(mass))))
