"""Theorem 9: conductance of the induced pairs, between two functions of the spectral gap.

In words: A small spectral gap means a cut of the images that few induced pairs cross, and such a cut means a small gap;
and the classes together leak at least as much as the first gaps sum to.

`(1 - λ₂) / 2 <= φ <= √(4 (1 - λ₂) / 3)`, with `λ₂ = σ_2²` and φ the least conductance of a cut of the left nodes.

Below: take m = 2 in `1 - λ_m <= 2 max_i φ(S_i)`, for disjoint sets `S_1..S_m`; the class partition is another choice.
Proof. A combination `g = Σ_i t_i 1[S_i]` changes across an induced pair only where this leaves a set, and `(t_i - t_j)²
<= 2 t_i² + 2 t_j²`. So `½ E (g - g')² <= 2 Σ_i t_i² cut(S_i)`, at most `2 max_i φ(S_i) E g²`. These g span m
dimensions; by Courant and Fischer `1 - λ_m <= 2 max_i φ(S_i)`.

Above: Cheeger's inequality has `√(2 (1 - λ₂))`, for any reversible walk. Induced pairs are more than that, two
independent draws from one right node, and 2 becomes 4/3. Proof. Let f be the second eigenfunction and μ a median of it
under `p_L`, with `μ <= 0`; else take -f. The positive part v of f - μ is not 0, and its support has volume at most 1/2.
Where v > 0 the mean of v' is at least that of f' - μ, `λ₂ f - μ >= λ₂ v`; so `E v v' >= λ₂ E v²`. Summing the cuts of
the level sets of v² gives `φ E v² <= ½ E |v² - v'²|`. Two draws from one right node l have, for every s > 0,
`s ½ E_l |v² - v'²| <= (1 + s²/3) E_l v² - (E_l v)²`. Averaged over l, with `E (E_l v)² = E v v'`, that is
`s φ <= 1 + s²/3 - λ₂`, and `s = 3φ/2` leaves `φ² <= 4 (1 - λ₂) / 3`. Only level sets of f were used, so the sweep cut
along f meets the bound.

It remains to prove the inequality of two draws. Sort the values, and give each a step of [-1, 1] as wide as twice its
probability, with the middle h: then `½ E |v² - v'²| = E h v²`. Let `a = 1 + s²/3` and `u = s/a < 1`; the claim is
`(E v)² <= a E (1 - u h) v²`. By Cauchy and Schwarz it follows from `E 1/(1 - u h) <= a`. As 1/(1 - x) is convex, its
value at a middle is at most its mean over the step. It is below the polynomial `(1 + x) (1 + x² + x⁴ / (1 - u²))` on
[-u, u], whose mean over these is `1 + u²/3 + u⁴ / (5 (1 - u²)) <= a`.

The constant 4/3 seems to be the least: pairs within a short window of a line, with masses that fall off exponentially
on both sides, come within 1.4% of the bound at 3,000 nodes (a test holds them to it), so that 1.29 would be too small.

The r classes together leak the first r gaps: `Σ_c φ(c) >= Σ_{i≤r} (1 - σ_i²)`. Proof. `φ(c) = 1 - ⟨ỹ_c, A ỹ_c⟩ /
‖ỹ_c‖²` with `A = ĀĀᵀ`, and the r vectors `ỹ_c / ‖ỹ_c‖` are orthonormal: by Ky Fan's theorem their quotients sum to at
most the r largest eigenvalues.

With m sets in the place of two, the sparsest m-partition `ρ_m` bounds the spectrum from both sides, and through it the
probe: HaoChen et al. bound the error by `α / ρ²_{⌊k/2⌋}` up to a factor that is logarithmic in k and otherwise unknown.

Source: below, Alon and Milman 1985, and for m sets Lee, Oveis Gharan and Trevisan 2012, proved here; above, new here,
after Cheeger 1970; for all classes together, after Fan 1949.

Cost: two singular triplets, and O(nnz log n_left) for the sweep over cuts; of tiny graphs all cuts are tried.
"""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.connectivity import sparsest_partition
from pairbounds.theory.quantities.consistency import class_cuts, class_masses, labelling_error
from pairbounds.theory.spectrum.triplets import Spectrum


def least_conductance(encoder: Encoder) -> float:
    """The conductance of the graph where it is tiny, else that of the sweep cut, which no lower bound can exceed.

    The sweep cut meets the upper bound too.
    """
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


@bound("cheeger-below", quantity="conductance", status="exact", relation=">=")
def cheeger_below(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`φ >= (1 - σ_2²) / 2`: no cut is sparser than half the spectral gap."""
    _two_nodes(graph)
    return _half_gap(spectrum, 2)


@bound("cheeger-above", quantity="conductance", status="exact")
def cheeger_above(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`φ <= √(4 (1 - σ_2²) / 3)`, hence `<= √(2 (1 - σ_2²))`, which is Cheeger's: a small gap means a sparse cut."""
    _two_nodes(graph)
    # The sweep is along a computed vector: its own Rayleigh quotient may fall short of λ₂ by the rounding.
    gap = 1 - float(spectrum.lower_values[1]) ** 2 + spectrum.rounding
    return float(np.sqrt(4 * gap / 3))


@bound("class-partition", quantity="class_conductance", status="exact", relation=">=")
def class_partition(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`max_c φ(class c) >= (1 - σ_r²) / 2`, r the number of classes present: some class leaks half the gap.

    Needs `k + 1 >= r`, so that `σ_r` is among the k + 1 values known.
    """
    classes = len(class_masses(graph))
    require(k + 1 >= classes, f"k + 1 >= r fails: k is {k} and {classes} classes are present")
    return _half_gap(spectrum, classes)


@bound("class-leaks", quantity="total_class_conductance", status="exact", relation=">=")
def class_leaks(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`Σ_c φ(class c) >= Σ_{i≤r} (1 - σ_i²)`, r the number of classes present, with `σ_{k+1}` for those beyond it."""
    classes = len(class_masses(graph))
    gaps = 1 - spectrum.upper_values[: min(classes, k + 1)] ** 2
    return float(gaps.sum() + (classes - len(gaps)) * gaps[-1])


@bound("image-error-rate", quantity="image_error", status="rate", kept="paper")
def image_error_rate(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E_image(f*) <= Õ(α / ρ²_{⌊k/2⌋})` for `k >= 2 r`, r the number of classes present: what the rate grows with.

    The value is `α / ρ²`, ρ the conductance of the sparsest partition found: exact where all could be tried, else too
    large. To fit the rate, measure error and value over graphs on which the value spans decades, several seeds of
    each, and give both to `pairbounds.theory.quantities.power_laws.fit_rate` with the seeds as groups: the claim is an
    exponent of at most 1, but for logarithms. Points of error 0 have no logarithm; leaving them out favours large
    errors, and must be said.

    Source: HaoChen et al. 2021.
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
