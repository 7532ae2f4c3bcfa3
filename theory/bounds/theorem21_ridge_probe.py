"""Theorem 21: the ridge probe on a density ratio, two-sided, by multi-hop consistency and without a width.

In words: The squared error of a ridge probe on the density ratio lies between two numbers given by multi-hop
consistency, which more hops never move apart.

The ratio that InfoNCE aims at, `w = e^s = P / (p_L p_R)`, gives a left node the features `φ(x) = (√p_R(l) w(x, l))_l`,
whose weighted matrix is Ā. The residual of the ridge probe, which minimises `E‖Bᵀφ - onehot‖² + λ‖B‖²`, is
`λ (A + λ)^{-1} Ỹ`, `A = Ā Āᵀ`. So its squared error is `mse = ∫ (λ / (t + λ))² dν(t)`, ν the label-energy measure of
theorem 15. The derivatives of that function alternate in sign: Gauss rules of ν are below it, Gauss-Radau rules with a
node at 0 above, and as each rule is a measure with the moments of the one before, both are monotone in the hops. One
hop has a closed form: `(λ / (1 - α_T + λ))² <= mse <= α_T + (1 - α_T) (λ / (1 + λ))²`. A wrong or tied argmax costs at
least 1/2 in squared error, hence `E <= 2 mse`.

Remark. On any other ratio ŵ, at a distance `δ² = E_{p_L × p_R} (ŵ - w)²`, `√mse(ŵ) <= √mse(w) + δ √(p_max / λ)`, p_max
the largest class mass. Let F and F̂ be the weighted features of w and ŵ, `T = λ (F Fᵀ + λ)^{-1}` and T̂ likewise. Then
`T̂ - T = T̂ ((F - F̂) Fᵀ + F̂ (F - F̂)ᵀ) T / λ`, in which `‖Fᵀ T / λ‖` and `‖T̂ F̂ / λ‖` are at most `1 / (2 √λ)`,
`‖F - F̂‖_F` is δ and `‖Ỹ‖` is `√p_max`.

All of it is at a ridge λ, which is no part of a graph and an embedding. Source: new here; Golub and Meurant 2010 for
the rules.

Cost: O(hops nnz r) for r classes; with one hop O(nnz).
"""

import math

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.multihop_consistency import ROUND_OFF, Rule, gauss_rule, label_measure, radau_rule


def ridge_mse_interval(graph: PairGraph, ridge: float, hops: int | None = None) -> tuple[float, float]:
    """A lower and an upper bound of the squared error of the ridge probe on the true ratio; rounded outward.

    `ValueError`: the graph lacks labels on the left; ridge or hops out of range.

    Parameters
    ----------
    ridge : λ, positive
    hops : steps of Lanczos, at least 1; by default `pairbounds.theory.quantities.multihop_consistency.default_hops`

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds import PairGraph
    >>> from pairbounds.theory.bounds.theorem21_ridge_probe import ridge_mse_interval
    >>> low, high = ridge_mse_interval(PairGraph([[3, 1], [1, 3]], [0, 1]), 0.5)
    >>> f"{low:.4f} {high:.4f}"
    '0.2778 0.2778'
    """
    if not 0 < ridge < math.inf:
        raise ValueError(f"ridge={ridge!r} is not positive")
    jacobi = label_measure(graph, hops)
    lower, upper = (_integral(rule, ridge) for rule in (gauss_rule(jacobi), radau_rule(jacobi, -ROUND_OFF)))
    moved = ROUND_OFF * (1 + 1 / ridge)  # the root of the error moves by 1 / λ times what A does, which is round-off
    return max(0.0, math.sqrt(lower) - moved) ** 2, min(1.0, (math.sqrt(upper) + moved) ** 2)


def _integral(rule: Rule, ridge: float) -> float:
    """The integral of `(λ / (t + λ))²`; 1 where a node is too far below 0 to be trusted."""
    nodes, weights = rule
    if nodes.min() <= -ridge / 2:
        return 1.0
    return float(weights @ (ridge / (nodes + ridge)) ** 2)


STATEMENTS = (
    Statement(
        "ridge-mse",
        ridge_mse_interval,
        "tests/theory/test_ridge.py",
        "`mse` of the ridge probe on the true ratio lies between Gauss and Gauss-Radau rules of ν; `E <= 2 mse`.",
    ),
)
