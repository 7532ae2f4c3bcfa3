"""Theorem 13: from samples of pairs to statements about the distribution they were drawn from, with a confidence.

In words: Labelled pairs that were sampled give intervals of the labelling errors and of a singular value, and so of
theorem 4's bound, for the distribution that they come from.

They speak of n independent pairs of an unknown distribution, where a bound speaks of a graph that is known. An interval
of level `1 - δ` holds what it estimates with probability at least `1 - δ` over the sample. Proofs are told by the
functions that compute them.

Source: Clopper and Pearson 1934; Tropp 2012 for the matrix Bernstein inequality; their use on pair graphs is new here.

Cost: a pass over the sample for a labelling error; one factorisation for a singular value.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.confidence import labelling_error_interval, singular_value_bernstein

TESTS = "tests/theory/test_confidence.py"

STATEMENTS = (
    Statement(
        "labelling-error-interval",
        labelling_error_interval,
        TESTS,
        "An interval of `α`, or of `α_T`, from whether the labels of both ends of each pair differ.",
    ),
    Statement(
        "singular-value-bernstein",
        singular_value_bernstein,
        TESTS,
        "An interval of `σ_{k+1}` from counts of pairs: long, and in need of every node being seen. With one of `α_T` "
        "it gives one of `α_T / (1 - σ²_{k+1})`: of levels `1 - δ` and `1 - δ'`, of level `1 - δ - δ'`.",
    ),
)
