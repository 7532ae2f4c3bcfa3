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
`√mse(ŵ) <= √mse(w) + δ √(p_max / λ)`. The proof is told by the function that computes it.

All of it is at a ridge λ, which is no part of a graph and an embedding. Source: new here; Golub and Meurant 2010 for
the rules.

Cost: O(hops nnz r) for r classes; with one hop O(nnz).
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.ridge import one_hop_interval, ridge_mse_at_most, ridge_mse_interval

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
