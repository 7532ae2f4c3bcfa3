"""Theorem 19: from n pairs of an unknown distribution to the error of the penalised optimum, with a confidence.

In words: A sample of labelled pairs bounds, with a confidence, the squared error at the optimum with a penalty; at the
optimum of a fixed width, on a connected distribution, no such bound says more than a constant guess.

Walks that are put together of independent pairs are walks of the distribution itself. So the multi-hop consistency
`a_1..a_M` has exact intervals, marginals unknown, and with it `ε₂(f_μ) = Σ_{σ_i <= μ} c_i`, the squared error on the
minimiser of the penalised spectral loss (theorem 18): with the confidence of the intervals at most
`min {p_0 + Σ_j max(p_j a_j⁻, p_j a_j⁺)}` over the polynomials p of degree M with `p >= 0` on [0, 1] and `p >= 1` on
`[0, μ²]`. For degree 1 that is `α_T⁺ / (1 - μ²)`, for degree 2 Cantelli's inequality; no higher degree is evaluated.
The proof is told by the function that puts the walks together.

For f* of a fixed width there is no such statement. Let U, a function of n independent labelled pairs, be at least
`ε₂(f*)` with probability `1 - δ` whatever the distribution. Then for every connected distribution U is at least
`1 - Σ_c p_c²`, which a constant guess reaches, with probability `1 - δ`. Proof. Add k pairs of new nodes of mass ω in
all, joined to the rest by mass ζ. As ζ goes to 0 the top k + 1 singular values go to 1, with vectors that are constant
on the old nodes, so that `ε₂(f*) >= (1 - ω) (1 - Σ_c p_c²) - o(1)`; and n pairs show a difference with probability at
most `n (ω + ζ)`. Let ζ and then ω go to 0. So `σ_{k+1}` has to be assumed, or a least mass of a node (theorem 13). What
exceeds a penalty need not be counted, if the width is not limited.

Source: new here; Clopper and Pearson 1934 for the intervals. Hsu, Kontorovich and Szepesvári 2015, of whom the abstract
was seen, have an interval of the mixing time from one path of a chain.

Cost: O(hops n log n) for n pairs; no matrix.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.walks import consistency_from_pairs, penalised_error_at_most

TESTS = "tests/theory/test_walks.py"

STATEMENTS = (
    Statement(
        "consistency-from-pairs",
        consistency_from_pairs,
        TESTS,
        "Intervals of `a_1..a_M` from n independent pairs, all of which hold with the stated confidence.",
    ),
    Statement(
        "penalised-error-from-pairs",
        penalised_error_at_most,
        TESTS,
        "An upper end of `ε₂(f_μ)` from these intervals, with their confidence; of `ε₂(f*)` where `σ_{k+1} <= μ`.",
    ),
)
