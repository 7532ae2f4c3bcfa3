"""Theorem 13: from samples of pairs to statements about the distribution they were drawn from, with a confidence.

In words: Labelled pairs that were sampled give intervals of the labelling errors and of a singular value, and so of
theorem 4's bound, for the distribution that they come from.

The n pairs are independent. Proof: `docs/theorems/theorem13.md`. Source: Clopper and Pearson 1934; Tropp 2012 for the
matrix Bernstein inequality; their use on pair graphs is new here. Cost: a pass over the sample for a labelling error;
one factorisation for a singular value.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.confidence import labelling_error_interval, singular_value_bernstein

TESTS = "tests/theory/test_confidence.py"

STATEMENTS = (
    Statement(
        "labelling-error-interval",
        labelling_error_interval,
        TESTS,
        "`Pr[l(N) <= α <= u(N)] >= 1 - δ`, and so for `α_T`, if N pairs have two labels: Clopper and Pearson's ends.",
        kept="less information: a sample of pairs",
    ),
    Statement(
        "singular-value-bernstein",
        singular_value_bernstein,
        TESTS,
        "`s_- σ̂_{k+1} - t <= σ_{k+1} <= s_+ σ̂_{k+1} + t` with probability `1 - δ`, if every node was seen.",
        kept="less information: a sample of pairs",
    ),
)
