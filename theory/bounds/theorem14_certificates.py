"""Theorem 14: numerical certificates of the singular values that the bounds use.

In words: A computed singular value is near to a true one, and whether it is the one that a bound asks for can be
proved, or shown with a stated probability.

A triplet (s, u, w), `s >= 0`, with unit vectors and residual `η = max(‖Ā w - s u‖, ‖Āᵀ u - s w‖)` has a true singular
value within η of s. That does not show that it is the (k+1)-th: a solver may have skipped a larger one. What does is a
Cholesky factorisation of a shifted and deflated Gram matrix, or on large graphs random probes, which fail with a stated
probability. What divides by the gap uses an upper end of `σ_{k+1}`: by its residual, or if asked by its proof.

Proof of the first. `(u, w) / √2` has a residual of at most η in the symmetric matrix with the blocks Ā and Āᵀ, whose
eigenvalues are `±σ_i`, and 0 where the sides differ: one of them is within η of s. If it is `-σ_i`, then σ_i is nearer
still. If it is 0 and no σ_i, then all σ_i exceed `s + η`; but on the smaller side, say that of w, `‖Ā w‖ >= min σ_i`,
while `‖Ā w‖ <= s + η`.

That a factor `θ I - G + V Vᵀ = L Lᵀ` bounds `σ²_{k+1}` by θ is the Coq lemma `factorised_end`; the row `certificate`
has no Coq theorem, since its other half is a probability.

Source: Weyl 1912; Rump 2006; the probes are new here, after Kuczyński and Woźniakowski 1992, who start Lanczos at
random. The proofs are told by the functions that compute them.

Cost: residuals are two products with Ā a triplet; the factorisation is cubic in the smaller side; a step of the
probes is linear in the pairs.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.spectrum.certificates import certify
from pairbounds.theory.spectrum.triplets import residual_norms

STATEMENTS = (
    Statement(
        "residual",
        residual_norms,
        "tests/theory/test_spectra.py",
        "A true singular value lies within `η` of each computed one.",
    ),
    Statement(
        "certificate",
        certify,
        "tests/theory/test_certificates.py",
        "`σ_{k+1}` is at most the certified end: proved by a factorisation, or true with a stated probability.",
    ),
)
