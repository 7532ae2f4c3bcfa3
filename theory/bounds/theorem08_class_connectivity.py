"""Theorem 8: connectivity inside the classes and leaks between them bound the spectrum, and with it the probe.

In words: If the pairs inside every class connect it well, and from no image much leaks into other classes, then
`σ_{r+1}` is well below 1 for r classes.

Let `λ₂(c)` be the second eigenvalue of the induced pairs inside class c, normalised by themselves,
`β(x) = Pr_{x'|x}[y(x') ≠ y(x)]` the leak of a left node, and r the number of classes present. Then
`1 - σ²_{r+1} >= min_x (1 - λ₂(y(x))) (1 - β(x))`.
For `k >= r` theorem 4 holds with the right side in the place of its gap `1 - σ²_{k+1}`, which is never smaller.
Diversity of the pairs inside a class and consistency enter as two factors: the paper's two advantages of text-induced
pairs. Since `(1 - λ) (1 - β) >= 1 - λ - β`, it implies `σ²_{r+1} <= max_c λ₂(c) + max_x β(x)`.

Proof. Split `ĀĀᵀ = W + C` into pairs within a class and pairs across. With `B = diag(β)` and `S² = I - B`, W has the
blocks `S N_c S`, where `N_c` is the part inside class c normalised by itself. `N_c <= λ₂(c) I + (1 - λ₂(c)) Π_c`, with
Π_c of rank one; so up to a term of rank r, `W <= Λ (I - B)`, where Λ holds `λ₂(y(x))`. The row sums of the
cross-class pairs are `p_L β`, so `B - C` is a normalised Laplacian and `C <= B`. Together, up to rank r,
`ĀĀᵀ <= Λ (I - B) + B = I - (I - Λ) (I - B)`, and Weyl removes the term of rank r.

Source: new here.

Cost: O(iterations nnz), for the second eigenvalue of each class.
"""

import numpy as np

from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues, stays_in_class
from pairbounds.theory.quantities.consistency import class_masses, weighted_targets
from pairbounds.theory.spectrum.triplets import Spectrum


def class_tail_eigenvalue(encoder: Encoder) -> float:
    """`σ²_{r+1}`, r the number of classes present: what is left of the induced pairs once the classes are taken out."""
    return float(encoder.spectrum.singular_values[_classes_within(encoder.graph, encoder.k)] ** 2)


QUANTITIES["class_tail_eigenvalue"] = Quantity(class_tail_eigenvalue, lambda _: 1.0, of_graph=True)


@bound("tail-by-connectivity", quantity="class_tail_eigenvalue", status="exact")
def tail_by_connectivity(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`σ²_{r+1} <= 1 - min_x (1 - λ₂(y(x))) (1 - β(x))`, hence `<= max_c λ₂(c) + max_x β(x)`.

    Needs `k >= r`, the classes present, so that `σ_{r+1}` is among the k + 1 values known.
    """
    _classes_within(graph, k)
    return 1 - least_gap(graph)


def least_gap(graph: PairGraph) -> float:
    """`min_x (1 - λ₂(y(x))) (1 - β(x))`, at least 0."""
    eigenvalues = class_second_eigenvalues(graph)[weighted_targets(graph).indices]
    return float(np.min((1 - eigenvalues) * stays_in_class(graph)))


def _classes_within(graph: PairGraph, k: int) -> int:
    """The number of classes present, which must be at most k."""
    classes = len(class_masses(graph))
    require(k >= classes, f"k >= r fails: k is {k} and {classes} classes are present")
    return classes
