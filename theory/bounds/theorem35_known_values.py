"""Theorem 35: theorem 15, where the singular values above the cut are known.

In words: Where the singular values above the cut are known one by one, multi-hop consistency says nearly exactly how
much of the labels' energy lies below it.

ν is the measure of theorem 15, and p any polynomial of degree at most 2M. Where `σ_2 < 1`, the energy
`c_1 = Σ_c p_c²` at 1 is taken out of every moment, and nothing is asked of p at 1. Values may tie.

Proof: `docs/theorems/theorem35.md`. Source: new here; a moment problem with known atoms (Krein and Nudelman 1977).
Cost: beside theorem 15's a linear programme of 2M + 1 unknowns.
"""

from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem18_penalty import penalised_width, penalty_of
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.known_values import known_tail_at_least, known_tail_at_most

LESS = "less information: no eigenvector"


@exact("known-values-mse", quantity="probe_mse", kept=LESS, through=True)
def known_values_mse(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> float:
    """`ε₂(f*) <= B°_M(k)`: the best `∫ p dν` with `p >= 1` on `[0, σ²_{k+1}]` and `p >= 0` at `σ_1², …, σ_k²`."""
    return known_tail_at_most(graph, spectrum, k, order)


@exact("known-values-error", quantity="probe_error", kept=LESS, through=True)
def known_values_error(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> float:
    """`E(f*) <= 2 B°_M(k)`: by the consistency of up to 2M hops, and the values above the cut."""
    return 2 * known_tail_at_most(graph, spectrum, k, order)


@exact("known-values-mse-below", quantity="probe_mse", relation=">=", kept=LESS, through=True)
def known_values_mse_below(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> float:
    """`ε₂(f*) >= L°_M(k)`: the best `∫ p dν` with `p <= 1` on `[0, σ²_{k+1}]` and `p <= 0` at `σ_1², …, σ_k²`."""
    return known_tail_at_least(graph, spectrum, k, order)


@exact("known-values-penalised-mse", quantity="probe_mse", subject="penalised optimum", kept=LESS)
def known_values_penalised_mse(
    graph: PairGraph, spectrum: Spectrum, encoder: Encoder, order: int | None = None
) -> float:
    """`ε₂(f_μ) <= B°_M[b]`, with the cut of theorem 18, `b = max(μ², σ²_{k+1})`, in place of `σ²_{k+1}`."""
    return known_tail_at_most(graph, spectrum, penalised_width(encoder), order, cut=penalty_of(encoder))
