"""Theorem 21: the ridge probe on a density ratio, two-sided, by multi-hop consistency and without a width.

In words: The squared error of a ridge probe on the density ratio lies between two numbers given by multi-hop
consistency, which longer walks never move apart.

The ratio `w = P / (p_L p_R)` gives a left node the features `φ(x) = (√p_R(l) w(x, l))_l`; the ridge probe minimises
`E‖Bᵀφ - onehot‖² + λ‖B‖²`. ν is the label-energy measure of theorem 15.

Proof: `docs/theorems/theorem21.md`. Source: new here; Golub and Meurant 2010 for the rules. Cost: O(M nnz r) for r
classes; at the order 1 O(nnz).
"""

import math

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.multihop_consistency import ROUND_OFF, Rule, gauss_rule, label_measure, radau_rule


def ridge_mse_interval(graph: PairGraph, ridge: float, order: int | None = None) -> tuple[float, float]:
    """A lower and an upper bound of the squared error of the ridge probe on the true ratio; rounded outward.

    `ValueError`: the graph lacks labels on the left; ridge or order out of range.

    Parameters
    ----------
    ridge : λ, positive
    order : M of the rules, at least 1: they use the consistency of walks of up to 2M hops. By default
        `pairbounds.theory.quantities.multihop_consistency.default_order`.

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
    jacobi = label_measure(graph, order)
    lower, upper = (_integral(rule, ridge) for rule in (gauss_rule(jacobi), radau_rule(jacobi, -ROUND_OFF)))
    moved = ROUND_OFF * (1 + 1 / ridge)  # round-off of `ĀĀᵀ` moves the root of the error by at most 1 / λ of it
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
        "`G_M(λ) <= mse_λ <= R_M(λ)` for the ridge probe on the true ratio and the Gauss and Gauss-Radau rules of ν; "
        "`E <= 2 mse`.",
        kept="sharper: the only bound on a ridge probe",
    ),
)
