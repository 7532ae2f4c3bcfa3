"""Theorem 35: theorem 15, where the singular values above the cut are known.

In words: Where the singular values above the cut are known one by one, multi-hop consistency says nearly exactly how
much of the labels' energy lies below it.

Let `ν = Σ_i c_i δ(σ_i²)` be the label-energy measure of theorem 15. Its support is `[0, σ²_{k+1}]` and the k known
points `σ_1², …, σ_k²`. So

    ε₂(f*) <= inf { Σ_j p_j a_j : deg p <= 2m, p >= 1 on [0, σ²_{k+1}], p >= 0 at σ_1², …, σ_k² },
    ε₂(f*) >= sup { Σ_j p_j a_j : deg p <= 2m, p <= 1 on [0, σ²_{k+1}], p <= 0 at σ_1², …, σ_k² }.

The first is never above theorem 15 with the same moments, the second never below it. No eigenvector is needed, and tied
values are one point. Where `σ_2 < 1`, `c_1 = Σ_c p_c²` is known too: it is taken out of every moment, and nothing is
asked of p at 1.

Proof. `∫ p dν` is at least `ν([0, σ²_{k+1}])` for the first, and at most that for the second. Theorem 15's polynomials
satisfy more constraints. The vector of σ_1 = 1 is `√p_L`, alone if `σ_2 < 1`, with energy `Σ_c p_c²`. ∎

Any feasible p gives a bound: the code takes one from a linear programme on a grid, and moves it by what a certified
range shows it to lack (`pairbounds.theory.quantities.known_values`). With `2m >= k` p can vanish at all points; then
what is left of the bound is the spread of p on `[0, σ²_{k+1}]`. Through features (theorem 42) the points are τ_i², and
e_X is added. Theorem 16 asks its majorants for no more than the same points already. With a penalty the cut is theorem
18's.

Source: new here; a moment problem with known atoms (Krein and Nudelman 1977).

Cost: beside theorem 15's a linear programme of 2m + 1 unknowns.
"""

from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.bounds.theorem18_penalty import penalised_width, penalty_of
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.quantities.known_values import known_tail_at_least, known_tail_at_most
from pairbounds.theory.spectrum.triplets import Spectrum

LESS = "less information: no eigenvector"


@bound("known-values-mse", quantity="probe_mse", status="exact", kept=LESS, through=True)
def known_values_mse(graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None) -> float:
    """`ε₂(f*) <= ∫ p dν` for the best p with `p >= 1` on `[0, σ²_{k+1}]` and `p >= 0` at `σ_1², …, σ_k²`."""
    return known_tail_at_most(graph, spectrum, k, hops)


@bound("known-values-error", quantity="probe_error", status="exact", kept=LESS, through=True)
def known_values_error(graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None) -> float:
    """`E(f*) <= 2 ∫ p dν`: by the consistency of up to 2m hops, and the values above the cut."""
    return 2 * known_tail_at_most(graph, spectrum, k, hops)


@bound("known-values-mse-below", quantity="probe_mse", status="exact", relation=">=", kept=LESS, through=True)
def known_values_mse_below(graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None) -> float:
    """`ε₂(f*) >= ∫ p dν` for the best p with `p <= 1` on `[0, σ²_{k+1}]` and `p <= 0` at `σ_1², …, σ_k²`."""
    return known_tail_at_least(graph, spectrum, k, hops)


@bound("known-values-penalised-mse", quantity="probe_mse", status="exact", subject="penalised optimum", kept=LESS)
def known_values_penalised_mse(
    graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder, hops: int | None = None
) -> float:
    """`ε₂(f_μ) <= ∫ p dν`, with the cut of theorem 18, `b = max(μ², σ²_{k+1})`, in place of `σ²_{k+1}`."""
    return known_tail_at_most(graph, spectrum, penalised_width(encoder), hops, cut=penalty_of(encoder))
