"""Theorem 24: encoders of a class, through what the class can see of the graph and of the labels.

In words: The best encoder of a class has the bound of theorem 4 for the part of the labels that the class can express,
with the gap as the class sees it, plus the part that it cannot express.

Let the encoders be those linear in attributes X of the left nodes, `f = X W`, with Π_X the projector on the columns of
`D_L^{1/2} X`; any class of functions that is a linear space is of this form. Let `τ_i` be the singular values of
`Π_X Ā`, `A = ĀĀᵀ`, and `φ(ŷ) = Σ_c ⟨ŷ_c, (I - A) ŷ_c⟩ = ½ E_{P_T} ‖ŷ(x) - ŷ(x')‖²`. The optimum f of width k within the
class satisfies, with `ŷ = Π_X ỹ` the part of the labels that the class can express,

    ε₂(f) <= ‖ỹ - ŷ‖² + φ(ŷ) / (1 - τ²_{k+1}),   and   E(f) <= 2 ε₂(f).

If X spans everything this is theorem 4. As `τ_i <= σ_i`, the gap may be wide where that of the graph is closed: what
the class cannot tell apart counts as one.

Proof. `‖Ā - F Gᵀ‖² = ‖(I - Π_X) Ā‖² + ‖Π_X Ā - F Gᵀ‖²` for F in the class, so F spans the top k left singular vectors
v_i of `Π_X Ā`. As `Π_F <= Π_X`, `(I - Π_F) ỹ` is the sum of two orthogonal parts, `(I - Π_X) ỹ = ỹ - ŷ` and
`(I - Π_F) ŷ`. The second is `Σ_{i>k} ⟨v_i, ŷ⟩²`, and `φ(ŷ) = Σ_i (1 - τ_i²) ⟨v_i, ŷ⟩²` since ŷ is in the class.

For another ŷ of the class than the projection the inequality is false: it would say half the error where ŷ is half of
a label that lies on v_{k+1} alone (a test keeps the counterexample). What holds for every ŷ of the class is
`√ε₂ <= ‖ỹ - ŷ‖ + √(φ(ŷ) / (1 - τ²_{k+1}))`, by the triangle inequality, and so twice the sum of the squares.

Source: HaoChen and Ma 2022, of whom the abstract was seen; the statement with its constants and the proof are derived
here.

Cost: O(nnz d + (n_left + n_right) d²) for d attributes.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.restricted import restricted_probe

STATEMENTS = (
    Statement(
        "restricted-encoder",
        "exact",
        "The optimum among the encoders linear in given attributes has "
        "`ε₂ <= ‖ỹ - ŷ‖² + φ(ŷ) / (1 - τ²_{k+1})`, `ŷ = Π_X ỹ`, τ the singular values of `Π_X Ā`; `E <= 2 ε₂`.",
        restricted_probe,
        "tests/theory/test_restricted.py",
    ),
)
