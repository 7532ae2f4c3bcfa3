"""Theorem 8: connectivity inside the classes and leaks between them bound the spectrum, and with it the probe.

In words: If the pairs inside every class connect it well, and from no image much leaks into other classes, then
`σ_{r+1}` is well below 1 for r classes.

`λ₂(c)` is the second eigenvalue of the induced pairs inside class c, normalised by themselves, `β(x)` the leak of a
left node, and r the number of classes present.

Proof: `docs/theorems/theorem08.md`. Source: new here. Cost: O(iterations nnz), for the second eigenvalue of each class.
"""

import math

import numpy as np

from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues, stays_in_class
from pairbounds.theory.quantities.consistency import class_columns, class_masses, induced_labelling_error


def class_tail_eigenvalue(encoder: Encoder) -> float:
    """`σ²_{r+1}`, r the number of classes present: what is left of the induced pairs once the classes are taken out."""
    return float(encoder.spectrum.singular_values[_classes_within(encoder.graph, encoder.k)] ** 2)


QUANTITIES["class_tail_eigenvalue"] = Quantity(class_tail_eigenvalue, lambda _: 1.0, of_graph=True)


@exact("tail-by-connectivity", quantity="class_tail_eigenvalue", kept="sharper")
def tail_by_connectivity(graph: PairGraph, k: int) -> float:
    """`σ²_{r+1} <= 1 - min_x (1 - λ_2(y(x))) (1 - β(x))`, hence `<= max_c λ_2(c) + max_x β(x)`; needs `k >= r`."""
    _classes_within(graph, k)
    return 1 - least_gap(graph)


@exact("probe-error-by-connectivity", quantity="probe_error", kept="less information: no spectrum of the whole graph")
def probe_error_by_connectivity(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E(f*) <= 2 α_T / (min_x (1 - λ_2(y(x))) (1 - β(x)))`; needs `k >= r`.

    Infinite if a class is disconnected.
    """
    _classes_within(graph, k)
    gap = least_gap(graph) - spectrum.rounding
    # Rounded up as `over_gap` does it: the measured error depends on computed vectors.
    return (2 * induced_labelling_error(graph) + spectrum.rounding) / gap if gap > 0 else math.inf


def least_gap(graph: PairGraph) -> float:
    """`min_x (1 - λ₂(y(x))) (1 - β(x))`, at least 0."""
    eigenvalues = class_second_eigenvalues(graph)[class_columns(graph)]
    return float(np.min((1 - eigenvalues) * stays_in_class(graph)))


def _classes_within(graph: PairGraph, k: int) -> int:
    """The number of classes present, which must be at most k."""
    classes = len(class_masses(graph))
    require(k >= classes, f"k >= r fails: k is {k} and {classes} classes are present")
    return classes
