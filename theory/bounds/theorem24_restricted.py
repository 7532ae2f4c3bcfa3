"""Theorem 24: encoders of a class, through what the class can see of the graph and of the labels.

In words: The best encoder of a class has the bound of theorem 4 for the part of the labels that the class can express,
with the gap as the class sees it, plus the part that it cannot express.

Let the encoders be those linear in attributes X of the left nodes, `f = X W`, with Π_X the projector on the columns of
`D_L^{1/2} X`; any class of functions that is a linear space is of this form. Let `τ_i` be the singular values of
`Π_X Ā`, `A = ĀĀᵀ`, and `φ(ŷ) = Σ_c ⟨ŷ_c, (I - A) ŷ_c⟩ = ½ E_{P_T} ‖ŷ(x) - ŷ(x')‖²`. The optimum f of width k within the
class satisfies, with `ŷ = Π_X ỹ` the part of the labels that the class can express,

    ε₂(f) <= ‖ỹ - ŷ‖² + φ(ŷ) / (1 - τ²_{k+1}),   and   E(f) <= 2 ε₂(f).

If X spans everything this is theorem 4. As `τ_i <= σ_i`, the gap may be wide where that of the graph is closed: what
the class cannot tell apart counts as one.

Proof. `‖Ā - F Gᵀ‖² = ‖(I - Π_X) Ā‖² + ‖Π_X Ā - F Gᵀ‖²` for F in the class, so F spans the top k left singular vectors
v_i of `Π_X Ā`. As `Π_F <= Π_X`, `(I - Π_F) ỹ` is the sum of two orthogonal parts, `(I - Π_X) ỹ = ỹ - ŷ` and
`(I - Π_F) ŷ`. The second is `Σ_{i>k} ⟨v_i, ŷ⟩²`, and `φ(ŷ) = Σ_i (1 - τ_i²) ⟨v_i, ŷ⟩²` since ŷ is in the class.

For another ŷ of the class than the projection the inequality is false: it would say half the error where ŷ is half of
a label that lies on v_{k+1} alone (a test keeps the counterexample). What holds for every ŷ of the class is
`√ε₂ <= ‖ỹ - ŷ‖ + √(φ(ŷ) / (1 - τ²_{k+1}))`, by the triangle inequality, and so twice the sum of the squares.

Source: HaoChen and Ma 2022, of whom the abstract was seen; the statement with its constants and the proof are derived
here.

Cost: O(nnz d + (n_left + n_right) d²) for d attributes.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.columns import column_space
from pairbounds.infrastructure.svd import svd
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import weighted_targets
from pairbounds.theory.quantities.probes import as_features, probe

UNITS = 16 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class RestrictedProbe:
    """The best encoder of width k that is linear in some attributes, and a linear probe on it.

    Attributes
    ----------
    features : (n_left, k), f, unweighted and whitened
    values : (k + 1,), the singular values τ of `Π_X Ā`; each at most the `σ_i` of the graph
    error, mse : 0-1 error and squared error `ε₂` of the probe
    out_of_reach : `‖ỹ - ŷ‖²`, the labels' part outside the attributes, with `ŷ = Π_X ỹ`, summed over the classes
    variation : `φ(ŷ) = ½ E_{P_T} ‖ŷ(x) - ŷ(x')‖²`, of the part inside
    bound : `‖ỹ - ŷ‖² + φ(ŷ) / (1 - τ²_{k+1})`, rounded up: at least `mse`, and twice it at least `error`
    """

    features: FloatArray
    values: FloatArray
    error: float
    mse: float
    out_of_reach: float
    variation: float
    bound: float


def restricted_probe(graph: PairGraph, attributes: npt.ArrayLike, k: int) -> RestrictedProbe:
    """The optimum among the encoders `f = X W` of width k, its probe, and the bound of theorem 24.

    Parameters
    ----------
    attributes : (n_left, d), numpy or torch, `d <= n_left`
        X: what the encoder sees of each left node; a column of ones gives it an intercept. Columns may be dependent.
    k : int
        1..the rank of the attributes.

    Raises
    ------
    ValueError
        The graph lacks labels on the left; attributes of the wrong shape, or not finite; k out of range.

    Notes
    -----
    Cost: O(nnz d + (n_left + n_right) d²). Source: after HaoChen and Ma 2022; see theorem 24.
    """
    seen = as_features(attributes, graph.n_left, "attributes")
    if seen.shape[1] > graph.n_left:
        raise ValueError(f"attributes has {seen.shape[1]} columns: {graph.n_left} left nodes take no more than that")
    root = np.sqrt(graph.left_marginal)[:, None]
    basis = column_space(root * seen)
    rank = basis.shape[1]
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= rank:
        raise ValueError(f"k={k!r} is not in 1..{rank}, the rank of the attributes")
    image = graph.normalized.T @ basis  # (n_right, rank), the transpose of the coordinates of Π_X Ā
    _, found, directions = svd(image, full_matrices=rank > graph.n_right)
    values = np.pad(np.minimum(1.0, found), (0, max(0, k + 1 - len(found))))[: k + 1]
    features = basis @ directions[:k].T / root
    inside = (weighted_targets(graph).T @ basis).T  # (rank, r), the coordinates of ŷ
    fitted = probe(graph, features)
    round_off = UNITS * math.sqrt(sum(graph.joint.shape))
    out_of_reach = max(0.0, 1 - float(np.sum(inside**2)))
    variation = max(0.0, float(np.sum(inside**2) - np.sum((image @ inside) ** 2)))
    gap = 1 - min(1.0, float(values[k]) + round_off) ** 2
    tail = (variation + round_off) / gap if gap > 0 else math.inf
    return RestrictedProbe(
        features=features,
        values=values,
        error=fitted.error,
        mse=fitted.mse,
        out_of_reach=out_of_reach,
        variation=variation,
        bound=out_of_reach + round_off + tail,
    )


STATEMENTS = (
    Statement(
        "restricted-encoder",
        "exact",
        "The optimum among the encoders linear in given attributes has "
        "`ε₂ <= ‖ỹ - ŷ‖² + φ(ŷ) / (1 - τ²_{k+1})`, `ŷ = Π_X ỹ`, τ the singular values of `Π_X Ā`; `E <= 2 ε₂`.",
        restricted_probe,
        "tests/theory/test_restricted.py",
    ),
)
