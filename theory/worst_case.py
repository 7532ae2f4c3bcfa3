"""The target that a linear probe on an embedding does worst on, among all whose values hardly change along a pair.

The one-hop variation of a target t, a real function of the left nodes, is `v(t) = E_{P_T} (t(x) - t(x'))²`, which is
`2 ⟨t, (I - A) t⟩` for the weighted target `D_L^{1/2} t`, with `A = ĀĀᵀ`. On an embedding whose weighted columns span a
space with the projector Π_F a linear probe misses `‖(I - Π_F) t‖²` of it. Both are quadratic: the largest error of a
target of variation ε is `ε / m(f)`, with `m(f)` the least variation of a target of error 1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from theory.graph import PairGraph
from theory.infrastructure.arrays import FloatArray
from theory.infrastructure.columns import column_space
from theory.infrastructure.hypotheses import require
from theory.infrastructure.remembered import once_per_graph
from theory.probes import as_features

NODES_LIMIT = 300  # left nodes; all eigenvectors of A are taken, in a tenth of a second
FLOOR = 1e-12  # a smaller `1 - λ` is not told from 0; well above the round-off of any graph of so few nodes


@dataclass(frozen=True, eq=False)
class WorstCase:
    """What a linear probe on an embedding does worst on.

    Attributes
    ----------
    target : (n_left,), of squared error 1; zeros where the embedding spans every target
    variation : `m(f)`, in [0, 2], the one-hop variation of that target, the least of all; 2, the most that there is,
        where the embedding spans every target
    """

    target: FloatArray
    variation: float

    def error(self, variation: float) -> float:
        """The largest squared error of a probe, over the targets of at most this one-hop variation."""
        return variation / self.variation


def worst_case_target(graph: PairGraph, f: Any) -> WorstCase:
    """The target of the largest squared error for its one-hop variation.

    Where the embedding does not span the constants, or on a disconnected graph those of each component, a target that
    does not vary at all is missed: the variation is all but 0.

    Parameters
    ----------
    f : (n_left, k), numpy or torch, `k <= n_left`
        Unweighted features of the left nodes; they may be dependent.

    Raises
    ------
    HypothesisError
        More than `NODES_LIMIT` left nodes.
    ValueError
        Features of the wrong shape, or not finite.

    Notes
    -----
    With the eigenvalues λ_j of A and its eigenvectors E, `2 / m(f)` is the largest eigenvalue of
    `(I - Π_F) (I - A)^{-1} (I - Π_F)`, hence the square of the norm of `M = (I - Π_F) E diag(1 - λ)^{-1/2}`; its right
    singular vector gives the target. Where `1 - λ_j` is below `FLOOR` it counts as that: m(f) is then no rougher than
    the features, and what is proved of it holds with `2 FLOOR` in the place of what is smaller. Cost: O(n_left³), of
    which the eigenvectors are computed once for each graph. Source: new here.
    """
    features = as_features(f, graph.n_left, "f")
    if features.shape[1] > graph.n_left:
        raise ValueError(f"f has width {features.shape[1]}: the targets on {graph.n_left} left nodes have fewer")
    root = np.sqrt(graph.left_marginal)
    eigenvectors, slowness = _slow_directions(graph)
    scaled = eigenvectors / np.sqrt(slowness)
    spanned = column_space(root[:, None] * features)
    missed = scaled - spanned @ (spanned.T @ scaled)
    squares, directions = scipy.linalg.eigh(missed.T @ missed, driver="evd")  # its largest is accurate; half of an SVD
    if squares[-1] < 1:  # it is at least 1 where anything is missed
        return WorstCase(np.zeros(graph.n_left), 2.0)
    return WorstCase(scaled @ directions[:, -1] / np.sqrt(squares[-1]) / root, float(2 / squares[-1]))


@once_per_graph
def _slow_directions(graph: PairGraph) -> tuple[FloatArray, FloatArray]:
    """The eigenvectors of A, (n_left, n_left), and `1 - λ_j`, (n_left,), at least `FLOOR`."""
    require(
        graph.n_left <= NODES_LIMIT,
        f"the worst target takes all eigenvectors of the induced pairs: {graph.n_left} left nodes are more than "
        f"{NODES_LIMIT}",
    )
    values, vectors = scipy.linalg.eigh((graph.normalized @ graph.normalized.T).toarray())
    return vectors, np.maximum(1 - values, FLOOR)
