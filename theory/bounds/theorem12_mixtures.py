"""Theorem 12: mixtures and resampling of pair graphs over one left side.

In words: To draw pairs now from one graph and now from another mixes the labelling errors, and makes no sum of leading
squared singular values larger than the mixture of the sums.

Let two graphs have the same left side and left marginal, and draw pairs from the first with probability t, else from
the second, each with right nodes of its own. The induced graph is `P_T = t P_T^(1) + (1 - t) P_T^(2)`.

Proof. A right node belongs to one of the graphs, and `P(x, l) P(x', l) / p_R(l)` is of degree 1 in P: hence `P_T`. The
labelling errors are probabilities under P and `P_T`, so they mix. The normalised adjacencies have one `D_L` and mix,
too; their eigenvalues are `σ_i²`, and by Ky Fan the sum of the m largest is the maximum of a linear function of the
matrix over projectors, hence convex in it.

Of the resampling rules (`pairbounds.theory.resampling`) AddNewPositive is such a mixture, DropFalsePositive removes
pairs and renormalises, and the two negative ones leave P and change the product measure of the second term of the loss.

Source: Fan 1949; Zhang, Wang and Wang 2023 for the rules.

Cost: linear in the pairs of both.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.mixtures import mixture

TESTS = "tests/theory/test_mixtures.py"

STATEMENTS = (
    Statement(
        "mixture-labelling-error", mixture, TESTS, "`α` and `α_T` of a mixture are the mixtures of those of its parts."
    ),
    Statement(
        "mixture-spectrum",
        mixture,
        TESTS,
        "`Σ_{i≤m} σ_i²` of a mixture is at most the mixture of the sums of its parts, for every m.",
    ),
)
