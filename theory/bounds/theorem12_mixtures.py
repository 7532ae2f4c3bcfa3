"""Theorem 12: mixtures and resampling of pair graphs over one left side.

In words: To draw pairs now from one graph and now from another mixes the labelling errors, and makes no sum of leading
squared singular values larger than the mixture of the sums.

P draws pairs from P_1 with probability t, else from P_2, with one left side and left marginal, and right nodes of their
own. AddNewPositive (`pairbounds.theory.resampling`) is such a mixture; the other resampling rules are not.

Proof: `docs/theorems/theorem12.md`. Source: Fan 1949; the rules: Zhang, Wang and Wang 2023. Cost: linear in the pairs.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.mixtures import mixture

TESTS = "tests/theory/test_mixtures.py"

STATEMENTS = (
    Statement(
        "mixture-labelling-error",
        mixture,
        TESTS,
        "`α_T(P) = t α_T(P_1) + (1 - t) α_T(P_2)` for a mixture P, and so for `α`.",
        kept="sharper: an equality",
    ),
    Statement(
        "mixture-spectrum",
        mixture,
        TESTS,
        "`Σ_{i <= m} σ_i²(P) <= t Σ_{i <= m} σ_i²(P_1) + (1 - t) Σ_{i <= m} σ_i²(P_2)` for a mixture P and every m.",
        kept="published: Fan 1949",
    ),
)
