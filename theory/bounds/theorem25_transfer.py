"""Theorem 25: labels of some domains teach the classes of others, where pairs know class and domain apart.

In words: In a model of classes and domains, labels of some domains are enough to classify the others where pairs join
one class across domains, and one domain across classes, more often than what shares neither.

An image for each of r classes in each of m domains; an induced pair has the weight ρ if class and domain agree, α if
the class alone does, β if the domain alone does, γ if neither does. The head has the least norm among those of least
squares on the labels of some domains (`pairbounds.probe` with `labelled`). The page has other widths, and any graph.

Proof: `docs/theorems/theorem25.md`. Source: Shen et al. 2022 (abstract and a summary seen) for α, β and γ; the
conditions and proofs are derived here. Cost: as `pairbounds.probe`.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.probes import probe

STATEMENTS = (
    Statement(
        "classes-by-domains",
        probe,
        "tests/theory/test_transfer.py",
        "Where induced pairs have weights ρ, α, β, γ with `α > γ` and `β > γ`, a head of least norm on the whitened "
        "optimum of width r + m - 1, trained on some domains, has error 0 on all others, where "
        "`‖Bᵀ f(x) - onehot(y(x))‖² = 1 / r`.",
        kept="sharper: the only row on labels of some domains",
    ),
)
