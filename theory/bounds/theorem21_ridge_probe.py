"""Theorem 21: the ridge probe on a density ratio, two-sided, by multi-hop consistency and without a width.

In words: The squared error of a ridge probe on the density ratio lies between two numbers given by multi-hop
consistency, which more hops never move apart.

The ratio that InfoNCE aims at, `w = e^s = P / (p_L p_R)`, gives a left node the features `φ(x) = (√p_R(l) w(x, l))_l`,
whose weighted matrix is Ā. The residual of the ridge probe, which minimises `E‖Bᵀφ - onehot‖² + λ‖B‖²`, is
`λ (A + λ)^{-1} Ỹ`, `A = Ā Āᵀ`. So its squared error is `mse = ∫ (λ / (t + λ))² dν(t)`, ν the label-energy measure of
theorem 15. The derivatives of that function alternate in sign: Gauss rules of ν are below it, Gauss-Radau rules with a
node at 0 above, and as each rule is a measure with the moments of the one before, both are monotone in the hops. One
hop has a closed form: `(λ / (1 - α_T + λ))² <= mse <= α_T + (1 - α_T) (λ / (1 + λ))²`. A wrong or tied argmax costs at
least 1/2 in squared error, hence `E <= 2 mse`. On any other ratio ŵ, at a distance `δ² = E_{p_L × p_R} (ŵ - w)²`,
`√mse(ŵ) <= √mse(w) + δ √(p_max / λ)`.

All of it is at a ridge λ, which is no part of a graph and an embedding. Source: new here; Golub and Meurant 2010 for
the rules.

Cost: O(hops nnz r) for r classes; with one hop O(nnz).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse.linalg

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.svd import svd
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import (
    class_masses,
    induced_labelling_error,
    required_labels,
    weighted_targets,
)
from pairbounds.theory.quantities.multihop import ROUND_OFF, Rule, gauss_rule, label_measure, radau_rule
from pairbounds.theory.quantities.probes import as_features
from pairbounds.theory.quantities.scores import Standing, round_off

CONVERGED = 1e-13  # of conjugate gradients, relative
Ratio = tuple[Any, Any]  # (n_left, d) and (n_right, d), numpy or torch


@dataclass(frozen=True)
class RidgeProbe:
    """The errors of the ridge probe.

    Attributes
    ----------
    error : 0-1 error of the argmax, ties being errors
    mse : squared error
    """

    error: float
    mse: float


def ridge_probe(graph: PairGraph, ridge: float, ratio: Ratio | None = None) -> RidgeProbe:
    """The linear probe of least `E‖Bᵀφ(x) - onehot(y(x))‖² + λ‖B‖²` on the features `φ(x) = (√p_R(l) ŵ(x, l))_l`.

    Parameters
    ----------
    ridge : float
        λ, positive.
    ratio : (f, g), optional
        Of the density ratio `ŵ(x, l) = f(x)ᵀ g(l)`, of any width; by default the true one, `P / (p_L p_R)`.

    Raises
    ------
    ValueError
        The graph lacks labels on the left; a ridge that is not positive, features that do not fit.
    RuntimeError
        Conjugate gradients did not converge: the ridge is too small for double precision.

    Notes
    -----
    With F the weighted features the residual is `λ (F Fᵀ + λ)^{-1} Ỹ`. Cost: of the true ratio O(r nnz √(1 + 1/λ)), by
    conjugate gradients, a class at a time; of width d O(n d² + n d r).
    """
    _check(ridge)
    targets = weighted_targets(graph)
    residual = _exact_residual(graph, targets, ridge) if ratio is None else _residual(graph, targets, ridge, *ratio)
    root = np.sqrt(graph.left_marginal)
    scores = (targets - residual) / root[:, None]
    noise = round_off(graph.n_left) * (1 + 1 / ridge) * (1 + 1 / root)
    own = np.unique(required_labels(graph, "left"), return_inverse=True)[1]
    wrong = Standing.of(np.asarray(scores), noise).winners != own
    return RidgeProbe(float(graph.left_marginal @ wrong), float(np.sum(residual**2)))


def ridge_mse_interval(graph: PairGraph, ridge: float, hops: int | None = None) -> tuple[float, float]:
    """A lower and an upper bound of the squared error of the ridge probe on the true ratio; rounded outward.

    It is `∫ (λ / (t + λ))² dν(t)`, ν the label-energy measure. That function is completely monotone: the Gauss rule of
    ν is below, the Gauss-Radau rule with a node at 0 above. Both come nearer with each hop. Twice the upper bound is
    one of the 0-1 error.

    Parameters
    ----------
    ridge : float
        λ, positive.
    hops : int, optional
        Steps of Lanczos, at least 1; by default `pairbounds.theory.quantities.multihop.default_hops`.

    Raises
    ------
    ValueError
        The graph lacks labels on the left; ridge or hops out of range.

    Notes
    -----
    Cost: as `pairbounds.theory.quantities.multihop.label_measure`. Source: Golub and Meurant, *Matrices, Moments and
    Quadrature with Applications*, 2010; that it is the squared error of a probe is new here.

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds import PairGraph
    >>> from pairbounds.theory.bounds.theorem21_ridge_probe import ridge_mse_interval
    >>> low, high = ridge_mse_interval(PairGraph([[3, 1], [1, 3]], [0, 1]), 0.5)
    >>> f"{low:.4f} {high:.4f}"
    '0.2778 0.2778'
    """
    _check(ridge)
    jacobi = label_measure(graph, hops)
    return _outward(_integral(gauss_rule(jacobi), ridge), _integral(radau_rule(jacobi, -ROUND_OFF), ridge), ridge)


def one_hop_interval(graph: PairGraph, ridge: float) -> tuple[float, float]:
    """`(λ / (1 - α_T + λ))²` and `α_T + (1 - α_T) (λ / (1 + λ))²`: the least and the most that α_T alone allows.

    By Jensen's inequality, and by the chord from 0 to 1. Cost: O(nnz).
    """
    _check(ridge)
    error = induced_labelling_error(graph)
    return _outward((ridge / (1 - error + ridge)) ** 2, error + (1 - error) * (ridge / (1 + ridge)) ** 2, ridge)


def ridge_mse_at_most(graph: PairGraph, ridge: float, ratio: Ratio, hops: int | None = None) -> float:
    """An upper bound of the squared error of the ridge probe on any ratio ŵ: `√mse(ŵ) <= √mse(w) + δ √(p_max / λ)`.

    `δ² = E_{p_L × p_R} (ŵ - w)²`, the spectral loss of ŵ less its least, `-‖Ā‖²`; p_max is the largest class mass on
    the left, and `mse(w)` is bounded by `ridge_mse_interval`. Rounded up; at most 1.

    Proof. Let F and F̂ be the weighted features of w and ŵ, `T = λ (F Fᵀ + λ)^{-1}` and T̂ likewise. Then
    `T̂ - T = T̂ ((F - F̂) Fᵀ + F̂ (F - F̂)ᵀ) T / λ`, in which `‖Fᵀ T / λ‖` and `‖T̂ F̂ / λ‖` are at most `1 / (2 √λ)`,
    `‖F - F̂‖_F` is δ and `‖Ỹ‖` is `√p_max`.

    Parameters
    ----------
    ratio : (f, g)
        As in `ridge_probe`.

    Notes
    -----
    Cost: as `ridge_mse_interval`, and O(nnz d + n d²) for width d. Source: new here.
    """
    _check(ridge)
    left, right = _weighted(graph, *ratio)
    product = np.linalg.qr(left)[1] @ np.linalg.qr(right)[1].T
    own, other = float(np.sum(graph.normalized.data**2)), float(np.sum(product**2))
    size = math.sqrt(own) + float(np.linalg.norm(left, axis=0) @ np.linalg.norm(right, axis=0))
    apart = own - 2 * float(np.sum(left * (graph.normalized @ right))) + other
    distance = math.sqrt(max(0.0, apart) + round_off(sum(graph.joint.shape)) * size**2)
    most = math.sqrt(ridge_mse_interval(graph, ridge, hops)[1])
    return min(1.0, (most + distance * math.sqrt(float(class_masses(graph).max()) / ridge)) ** 2)


def _exact_residual(graph: PairGraph, targets: Any, ridge: float) -> FloatArray:
    """`λ (A + λ)^{-1} Ỹ`, (n_left, r)."""
    matrix = graph.normalized
    operator = scipy.sparse.linalg.LinearOperator(
        (graph.n_left, graph.n_left), matvec=lambda x: matrix @ (matrix.T @ x) / ridge + x, dtype=np.float64
    )
    residual = np.empty(targets.shape)
    for column in range(targets.shape[1]):
        residual[:, column], failed = scipy.sparse.linalg.cg(
            operator, targets[:, [column]].toarray()[:, 0], rtol=CONVERGED
        )
        if failed:
            raise RuntimeError(f"conjugate gradients did not converge at ridge={ridge!r}: take a larger one")
    return residual


def _residual(graph: PairGraph, targets: Any, ridge: float, f: Any, g: Any) -> FloatArray:
    """The same on `F Gᵀ`, by its singular vectors."""
    left, right = _weighted(graph, f, g)
    basis, factor = np.linalg.qr(left)
    rotation, values, _ = svd(factor @ np.linalg.qr(right)[1].T)
    vectors = basis @ rotation[:, : len(values)]
    kept = values**2 / (values**2 + ridge)
    return np.asarray(targets.toarray() - vectors @ (kept[:, None] * (targets.T @ vectors).T))


def _weighted(graph: PairGraph, f: Any, g: Any) -> tuple[FloatArray, FloatArray]:
    """`F = D_L^{1/2} f` and `G = D_R^{1/2} g`."""
    left, right = as_features(f, graph.n_left, "f"), as_features(g, graph.n_right, "g")
    if left.shape[1] != right.shape[1]:
        raise ValueError(f"f has width {left.shape[1]} and g {right.shape[1]}: a ratio is f(x)ᵀ g(l)")
    return np.sqrt(graph.left_marginal)[:, None] * left, np.sqrt(graph.right_marginal)[:, None] * right


def _outward(lower: float, upper: float, ridge: float) -> tuple[float, float]:
    """The root of the squared error moves by `1 / λ` times what A does, which is round-off."""
    moved = ROUND_OFF * (1 + 1 / ridge)
    return max(0.0, math.sqrt(lower) - moved) ** 2, min(1.0, (math.sqrt(upper) + moved) ** 2)


def _integral(rule: Rule, ridge: float) -> float:
    """The integral of `(λ / (t + λ))²`; 1 where a node is too far below 0 to be trusted."""
    nodes, weights = rule
    if nodes.min() <= -ridge / 2:
        return 1.0
    return float(weights @ (ridge / (nodes + ridge)) ** 2)


def _check(ridge: float) -> None:
    if not 0 < ridge < math.inf:
        raise ValueError(f"ridge={ridge!r} is not positive")


TESTS = "tests/theory/test_ridge.py"

STATEMENTS = (
    Statement(
        "ridge-mse",
        "exact",
        "`mse` of the ridge probe on the true ratio lies between Gauss and Gauss-Radau rules of ν; `E <= 2 mse`.",
        ridge_mse_interval,
        TESTS,
    ),
    Statement(
        "ridge-mse-one-hop",
        "exact",
        "`(λ / (1 - α_T + λ))² <= mse <= α_T + (1 - α_T) (λ / (1 + λ))²`.",
        one_hop_interval,
        TESTS,
    ),
    Statement(
        "ridge-mse-of-a-ratio",
        "exact",
        "`√mse(ŵ) <= √mse(w) + δ √(p_max / λ)` on any ratio ŵ, `δ² = E_{p_L × p_R} (ŵ - w)²`.",
        ridge_mse_at_most,
        TESTS,
    ),
)
