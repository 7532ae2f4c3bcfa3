"""Theorem 19: from n pairs of an unknown distribution to the error of the penalised optimum, with a confidence.

In words: A sample of labelled pairs bounds, with a confidence, the squared error at the optimum with a penalty; at the
optimum of a fixed width, on a connected distribution, no such bound says more than a constant guess.

Walks made of independent pairs give the consistency `a_1..a_M` exact intervals, marginals unknown. p is any polynomial
of degree M with `p >= 0` on [0, 1] and `p >= 1` on `[0, μ²]`; evaluated are degrees 1 and 2. The width is not limited;
for f* of a fixed width `σ_{k+1} <= μ` has to be assumed.

Proof: `docs/theorems/theorem19.md`. Source: new here; Clopper and Pearson 1934 for the intervals; related: Hsu,
Kontorovich and Szepesvári 2015 (abstract seen). Cost: O(hops n log n) for n pairs; no matrix.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.walks import consistency_from_pairs, penalised_error_at_most

TESTS = "tests/theory/test_walks.py"

STATEMENTS = (
    Statement(
        "consistency-from-pairs",
        consistency_from_pairs,
        TESTS,
        "`Pr[a_j^- <= a_j <= a_j^+ for all j] >= 1 - δ`: intervals of `a_1..a_M` from n independent pairs.",
        kept="less information: a sample of pairs",
    ),
    Statement(
        "penalised-error-from-pairs",
        penalised_error_at_most,
        TESTS,
        "`ε₂(f_μ) <= p_0 + Σ_{j <= M} max(p_j a_j^-, p_j a_j^+)`, and so `ε₂(f*)`, where `σ_{k+1} <= μ`.",
        kept="less information: a sample of pairs",
    ),
)
