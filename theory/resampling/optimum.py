"""Optimum of the self-supervised spectral loss under another measure: a weighted low-rank approximation."""

import math
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
    left, right, converged = _descended(joint, weights, *_product_optimum(joint, weights, k), tol, iterations)
    return WeightedOptimum(left, right, _weighted_loss(joint, weights, left, right), converged)


def _weighted_loss(joint: Any, weights: FloatArray, left: FloatArray, right: FloatArray) -> float:
    return float(-2 * np.sum(left * (joint @ right)) + np.sum(weights * (left @ right.T) ** 2))


def _product_optimum(joint: FloatArray, weights: FloatArray, k: int) -> tuple[FloatArray, FloatArray]:
    """Optimum of theorem 2 for the product of the measure's marginals."""
    total = math.sqrt(weights.sum())
    roots = [np.sqrt(weights.sum(axis=axis) / total) for axis in (1, 0)]
    left, values, right = svd(joint / np.outer(*roots))
    scale = np.sqrt(values[:k])
    return left[:, :k] * scale / roots[0][:, None], right[:k].T * scale / roots[1][:, None]


def _descended(
    joint: FloatArray, weights: FloatArray, left: FloatArray, right: FloatArray, tol: float, iterations: int
) -> tuple[FloatArray, FloatArray, bool]:
    """Both embeddings after a descent, and whether it converged.

    It uses the coordinates `√a(x) f(x)`, `√b(l) g(l)` with the marginals a, b of the measure, in which all nodes have
    the same curvature.
    """
    roots = [np.sqrt(weights.sum(axis=axis))[:, None] for axis in (1, 0)]
    normalized, density = joint / (roots[0] * roots[1].T), weights / (roots[0] * roots[1].T) ** 2
    size, width = left.size, left.shape[1]
    unit = abs(_weighted_loss(joint, weights, left, right)) or 1.0  # so that `tol` is relative

    def loss_and_gradient(flat: FloatArray) -> tuple[float, FloatArray]:
        f, g = flat[:size].reshape(-1, width), flat[size:].reshape(-1, width)
        scores = f @ g.T
        weighted = density * scores
        slope = 2 * (weighted - normalized)
        gradient = np.concatenate([(slope @ g).ravel(), (slope.T @ f).ravel()])
        return float(np.sum((weighted - 2 * normalized) * scores)) / unit, gradient / unit

    start = np.concatenate([(roots[0] * left).ravel(), (roots[1] * right).ravel()])
    limits: Any = {"maxiter": iterations, "maxfun": 2 * iterations + 1, "ftol": tol, "gtol": 0.0, "maxcor": HISTORY}
    solution: Any = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", options=limits)
    f, g = solution.x[:size].reshape(-1, width), solution.x[size:].reshape(-1, width)
    return f / roots[0], g / roots[1], solution.status != LIMIT_REACHED
