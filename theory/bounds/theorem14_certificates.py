"""Theorem 14: numerical certificates of the singular values that the bounds use.

In words: A computed singular value is near to a true one, and whether it is the one that a bound asks for can be
proved, or shown with a stated probability.

η is the residual `max(‖Ā w - s u‖, ‖Āᵀ u - s w‖)` of a triplet (s, u, w) of unit vectors, `s >= 0`. That no larger
value was skipped is shown by a Cholesky factorisation of a shifted and deflated Gram matrix (its Coq lemma is
`factorised_end`), or on large graphs by random probes.

Proof: `docs/theorems/theorem14.md`. Source: Weyl 1912; Rump 2006; the probes are new here, after Kuczyński and
Woźniakowski 1992. Cost: residuals are two products with Ā a triplet; the factorisation is cubic in the smaller side; a
step of the probes is linear in the pairs.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.singular_triplets import residual_norms
from pairbounds.theory.spectrum.certificates import certify

STATEMENTS = (
    Statement(
        "residual",
        residual_norms,
        "tests/theory/test_spectra.py",
        "`s - η <= σ_i <= s + η` for some i, if s is a computed value with the residual η.",
        kept="published: Weyl 1912",
    ),
    Statement(
        "certificate",
        certify,
        "tests/theory/test_certificates.py",
        "`σ_{k+1} <= √θ`, the certified end: proved by a factorisation, or true with a stated probability.",
        kept="published: Rump 2006",
    ),
)
