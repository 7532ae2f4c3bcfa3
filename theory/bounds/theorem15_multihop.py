"""Theorem 15: multi-hop consistency bounds the linear probe from both sides.

In words: The probabilities that walks of one, two and more induced pairs end in their first class, together with
`σ_{k+1}`, bound the squared error of the linear probe on the optimum from both sides.

The probability a_m that an m-step walk ends in its first class is the m-th moment of the label-energy measure
`ν = Σ_i c_i δ(σ_i²)`. L_M is the least mass on `[0, σ²_{k+1})`, and B_M the largest on `[0, σ²_{k+1}]`, of all measures
on [0, 1] with the moments a_0..a_{2M}; the order M is `order` (`quantities.multihop_consistency.default_order`).

Proof: `docs/theorems/theorem15.md`. Source: new here; the extremal measures are those of Chebyshev, Markov and
Stieltjes. Cost: O(order nnz r) for r classes, beside `σ_{k+1}`; no eigenvector.
"""

import math
from typing import TYPE_CHECKING

from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.multihop_consistency import consistency_curve, tail_at_least, tail_at_most
from pairbounds.theory.spectrum.triplets import enough_triplets

if TYPE_CHECKING:
    import pandas as pd

LESS = "less information: one singular value"


@exact("multihop-mse", quantity="probe_mse", kept=LESS, through=True)
def multihop_mse(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> float:
    """`ε₂(f*) <= B_M(k)`, the most label energy in `[0, σ²_{k+1}]` that the consistency of up to 2M hops allows."""
    return tail_at_most(graph, spectrum, k, order)


@exact("multihop-error", quantity="probe_error", kept="less information: no scores", through=True)
def multihop_error(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> float:
    """`E(f*) <= 2 B_M(k)`: by the consistency of up to 2M hops."""
    return 2 * tail_at_most(graph, spectrum, k, order)


@exact("multihop-mse-below", quantity="probe_mse", relation=">=", kept=LESS, through=True)
def multihop_mse_below(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> float:
    """`ε₂(f*) >= L_M(k)`, the least label energy in `[0, σ²_{k+1})` that the consistency of up to 2M hops allows."""
    return tail_at_least(graph, spectrum, k, order)


def interval_table(graph: PairGraph, k: int, order: int, triplets: Spectrum) -> "pd.DataFrame":
    """Consistencies a_0..a_order, the interval of theorem 15 at each order 1..order, and the exact value.

    Columns quantity, m and value. "consistency": a_m, of walks of m hops; "upper", "lower": the interval of order m for
    the squared probe error, from a_0, ..., a_{2m}; without m: "theorem 4", "true". `triplets`: at least k + 1.
    """
    import pandas as pd

    triplets = enough_triplets(graph, triplets, k)
    rows = [
        ("theorem 4", math.nan, over_gap(induced_labelling_error(graph), triplets, k)),
        ("true", math.nan, Encoder.optimum(graph, triplets, k).probe.mse),
        *(("consistency", m, value) for m, value in enumerate(consistency_curve(graph, order).tolist())),
        *(("upper", m, tail_at_most(graph, triplets, k, m)) for m in range(1, order + 1)),
        *(("lower", m, tail_at_least(graph, triplets, k, m)) for m in range(1, order + 1)),
    ]
    return pd.DataFrame(rows, columns=["quantity", "m", "value"])
