"""Optimum of the self-supervised spectral loss under another measure: a weighted low-rank approximation."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from pairbounds.infrastructure.arrays import FloatArray, svd
from pairbounds.infrastructure.checks import require, require_width
from pairbounds.theory.graph.pair_graph import PairGraph

HISTORY = 20  # steps in the memory of L-BFGS
LIMIT_REACHED = 1  # scipy's status for the limit of iterations


@dataclass(frozen=True, eq=False)
class WeightedOptimum:
    """Best embedding pair of a search for a modified product measure."""

    left: FloatArray  # (n_left, k), unweighted
    right: FloatArray  # (n_right, k), unweighted
    loss: float  # of the embedding pair
    converged: bool  # the last iteration gained almost nothing: a stationary point, not always a minimum


def weighted_optimum(
    pairs: PairGraph, measure: FloatArray, k: int, *, tol: float = 1e-10, iterations: int = 2_000
) -> WeightedOptimum:
    """Optimum of `L_Q(f, g) = -2 E_P[f(x)ᵀ g(l)] + Σ_{x,l} Q(x, l) (f(x)ᵀ g(l))²` over embeddings of width k.

    L-BFGS descends from the optimum for the product `a bᵀ` of Q's marginals to a stationary point. That optimum is
    theorem 2 with a and b for the marginals, by the singular value decomposition of `D_a^{-1/2} P D_b^{-1/2}`.

    From P, for the negative rules on a graph `graph.induced()`, and the measure Q, (n_left, n_right). The descent ends
    when an iteration gains less than the fraction `tol` of the loss, or after `iterations`.

    `HypothesisError`: Q is 0 on a pair, so the loss is unbounded below (`f = t 1[x]`, `g = t 1[l]`). `ValueError`: k
    out of range, a measure that does not fit.

    Cost of an iteration: O(n_left n_right k). Source: Srebro and Jaakkola 2003 for the problem; Gillis and Glineur 2011
    for the hardness.
    """
    weights = np.asarray(measure, dtype=np.float64)
    if weights.shape != pairs.shape or not np.all(np.isfinite(weights) & (weights >= 0)):
        raise ValueError(
            f"measure has shape {weights.shape}: give finite non-negative weights of shape {pairs.joint.shape}"
        )
    require_width(weights.shape, k)
    joint = pairs.joint.toarray()
    require(np.all(weights[joint > 0] > 0), "the measure is 0 on some pairs, so the loss is unbounded below")
    # In the coordinates `√a(x) f(x)`, `√b(l) g(l)` with the marginals a, b of Q all nodes have the same curvature.
    a, b = (np.sqrt(weights.sum(axis=axis))[:, None] for axis in (1, 0))
    normalized, density = joint / (a * b.T), weights / (a * b.T) ** 2

    def loss_and_gradient(flat: FloatArray) -> tuple[float, FloatArray]:
        f, g = np.split(flat.reshape(-1, k), [len(a)])
        scores = f @ g.T
        weighted = density * scores
        slope = 2 * (weighted - normalized)
        return float(np.sum((weighted - 2 * normalized) * scores)), np.concatenate([slope @ g, slope.T @ f]).ravel()

    left, values, right = svd(normalized)
    sizes = np.sqrt(weights.sum() * values[:k])
    start = np.concatenate([left[:, :k] * sizes, right[:k].T * sizes]).ravel()
    unit = abs(loss_and_gradient(start)[0]) or 1.0  # so that `tol` is relative

    def relative(flat: FloatArray) -> tuple[float, FloatArray]:
        loss, gradient = loss_and_gradient(flat)
        return loss / unit, gradient / unit

    limits: Any = {"maxiter": iterations, "maxfun": 2 * iterations + 1, "ftol": tol, "gtol": 0.0, "maxcor": HISTORY}
    solution: Any = minimize(relative, start, jac=True, method="L-BFGS-B", options=limits)
    f, g = np.split(solution.x.reshape(-1, k), [len(a)])
    return WeightedOptimum(f / a, g / b, loss_and_gradient(solution.x)[0], solution.status != LIMIT_REACHED)
