"""Theorem 9: conductance of the induced pairs, between two functions of the spectral gap.

In words: A small spectral gap means a cut of the images that few induced pairs cross, and such a cut means a small gap;
and the classes together leak at least as much as the first gaps sum to.

φ is the least conductance of a cut of the left nodes, `φ(c)` the probability that an induced pair leaves its class c.

Proof: `docs/theorems/theorem09.md`. Source: below, Alon and Milman 1985, and for more sets Lee, Oveis Gharan and
Trevisan 2012, proved here; above, new here, after Cheeger 1970; for all classes together, after Fan 1949. Cost: two
singular triplets, and O(nnz log n_left) for the sweep over cuts; on tiny graphs all cuts.
"""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import bound, exact
from pairbounds.theory.graph.classes import class_cuts
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.connectivity import sparsest_partition
from pairbounds.theory.quantities.consistency import class_masses, labelling_error


def least_conductance(encoder: Encoder) -> float:
    """Conductance of a tiny graph, or of the sweep cut of a larger one, which satisfies both bounds, too."""
    _two_nodes(encoder.graph)
    return sparsest_partition(encoder.graph, 2, encoder.spectrum).upper


def class_conductance(encoder: Encoder) -> float:
    """The largest conductance of a class, `max_c Pr[y(x') ≠ c | y(x) = c]`."""
    return float(_class_conductances(encoder.graph).max())


def total_class_conductance(encoder: Encoder) -> float:
    """The conductances of all classes, `Σ_c Pr[y(x') ≠ c | y(x) = c]`."""
    return float(_class_conductances(encoder.graph).sum())


QUANTITIES["conductance"] = Quantity(least_conductance, lambda _: 1.0, of_graph=True)
QUANTITIES["class_conductance"] = Quantity(class_conductance, of_graph=True)
QUANTITIES["total_class_conductance"] = Quantity(total_class_conductance, of_graph=True)


@exact("cheeger-below", quantity="conductance", relation=">=", kept="sharper")
def cheeger_below(graph: PairGraph, spectrum: Spectrum) -> float:
    """`φ >= (1 - σ_2²) / 2`: no cut is sparser than half the spectral gap."""
    _two_nodes(graph)
    return _half_gap(spectrum, 2)


@exact("cheeger-above", quantity="conductance", kept="sharper")
def cheeger_above(graph: PairGraph, spectrum: Spectrum) -> float:
    """`φ <= √(4 (1 - σ_2²) / 3)`, hence `<= √(2 (1 - σ_2²))`, which is Cheeger's: a small gap means a sparse cut."""
    _two_nodes(graph)
    # The sweep is along a computed vector: its own Rayleigh quotient may fall short of σ_2² by the rounding.
    gap = 1 - float(spectrum.lower_values[1]) ** 2 + spectrum.rounding
    return float(np.sqrt(4 * gap / 3))


@exact("class-partition", quantity="class_conductance", relation=">=", kept="sharper")
def class_partition(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`max_c φ(c) >= (1 - σ_r²) / 2`, r the number of classes present; needs `k + 1 >= r`."""
    classes = len(class_masses(graph))
    require(k + 1 >= classes, f"k + 1 >= r fails: k is {k} and {classes} classes are present")
    return _half_gap(spectrum, classes)


@exact("class-leaks", quantity="total_class_conductance", relation=">=", kept="sharper")
def class_leaks(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`Σ_c φ(c) >= Σ_{i <= r} (1 - σ_i²)`, r the number of classes present, with `σ_{k+1}` for those beyond it."""
    classes = len(class_masses(graph))
    gaps = 1 - spectrum.upper_values[: min(classes, k + 1)] ** 2
    return float(gaps.sum() + (classes - len(gaps)) * gaps[-1])


@bound("image-error-rate", quantity="image_error", status="rate", kept="published")
def image_error_rate(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E_{image}(f*) <= Õ(α / ρ_h²)` with `h = ⌊k/2⌋`, for `k >= 2 r`, r the number of classes present.

    E_image is the error of natural images by the vote of their views (theorem 5), and ρ_h the conductance of the
    sparsest partition into h parts. The value is `α / ρ_h²`, with the sparsest partition found.
    The page says how to fit the rate.
    """
    error = labelling_error(graph)
    classes = len(class_masses(graph))
    require(k >= 2 * classes, f"k >= 2 r fails: k is {k} and {classes} classes are present")
    conductance = sparsest_partition(graph, k // 2, spectrum).upper
    with np.errstate(divide="ignore", over="ignore"):
        return float(np.float64(error) / conductance / conductance) if error > 0 else 0.0


def _class_conductances(graph: PairGraph) -> FloatArray:
    return class_cuts(graph) / class_masses(graph)


def _half_gap(spectrum: Spectrum, m: int) -> float:
    """`(1 - σ_m²) / 2`, rounded down."""
    return (1 - float(spectrum.upper_values[m - 1]) ** 2) / 2


def _two_nodes(graph: PairGraph) -> None:
    require(graph.n_left >= 2, "a cut needs two left nodes, and there is one")
