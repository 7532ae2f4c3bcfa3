"""Theorem 15: multi-hop consistency bounds the linear probe from both sides.

In words: How often walks of one, two and more induced pairs end in the class where they began, with `σ_{k+1}`, confines
the squared error of the linear probe on the optimum between two numbers.

Let a_m be the probability that both ends of an m-step walk along induced pairs have the same label: the m-th moment of
the label-energy measure `ν = Σ_i c_i δ(σ_i²)` on [0, 1]. The squared error of the probe on the top k is between
`ν([0, σ²_{k+1}))` and `ν([0, σ²_{k+1}])`, hence between the least and the largest such mass over all measures on [0, 1]
with the moments a_0..a_{2m}, m = 8 or on large graphs less (`quantities.multihop_consistency.default_hops`).
Both are read off one quadrature rule with a node at `σ²_{k+1}` (Chebyshev, Markov, Stieltjes): `L_m(k) <= ε₂(f*) <=
B_m(k)`. Dually, B_m is the least of `Σ_j p_j a_j` over the polynomials p of degree at most 2m that are non-negative on
[0, 1] and at least 1 on `[0, σ²_{k+1}]`. One of them is `(1 - t) / (1 - σ²_{k+1})`, which gives theorem 4; so B_m
never exceeds theorem 4, nor 1, and is finite without a gap.

Where a node of the Gauss-Radau rule, the extremal measure on the line, lies outside [0, 1], its bounds are weaker and
may fall behind theorem 4; the rule used here has both ends of the interval among its nodes then.

Needs the moments and `σ_{k+1}`, no eigenvector. A wrong or tied argmax costs at least 1/2 in squared error, hence
`E <= 2 ε₂`. Source: new here. Ubaru, Chen and Saad 2017, of whom the abstract was seen, estimate traces by the same
rules of Lanczos.

Cost: O(hops nnz r) for r classes, beside `σ_{k+1}`.
"""

import math
from typing import TYPE_CHECKING

from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.multihop_consistency import consistency_curve, tail_at_least, tail_at_most
from pairbounds.theory.spectrum.triplets import Spectrum, enough_triplets, spectrum

if TYPE_CHECKING:
    import pandas as pd

LESS = "less information: one singular value"


@bound("multihop-mse", quantity="probe_mse", status="exact", kept=LESS, through=True)
def multihop_mse(graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None) -> float:
    """`ε₂(f*) <= B_m(k)`, the most label energy in `[0, σ²_{k+1}]` that the consistency of up to 2m hops allows."""
    return tail_at_most(graph, spectrum, k, hops)


@bound("multihop-error", quantity="probe_error", status="exact", kept="less information: no scores", through=True)
def multihop_error(graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None) -> float:
    """`E(f*) <= 2 B_m(k)`: by the consistency of up to 2m hops."""
    return 2 * tail_at_most(graph, spectrum, k, hops)


@bound("multihop-mse-below", quantity="probe_mse", status="exact", relation=">=", kept=LESS, through=True)
def multihop_mse_below(graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None) -> float:
    """`ε₂(f*) >= L_m(k)`, the least label energy in `[0, σ²_{k+1})` that the consistency of up to 2m hops allows."""
    return tail_at_least(graph, spectrum, k, hops)


def interval_table(graph: PairGraph, k: int, hops: int, triplets: Spectrum | None = None) -> "pd.DataFrame":
    """The interval at every number of hops up to `hops`, and what it closes on.

    `triplets`: at least k + 1, if they are computed already.

    Returns
    -------
    DataFrame with columns quantity, m and value
        "consistency": a_m; "upper", "lower": the interval for the squared probe error; without m: "theorem 4", "true".
    """
    import pandas as pd

    known = enough_triplets(graph, spectrum(graph, k + 1) if triplets is None else triplets, k)
    rows = [
        ("theorem 4", math.nan, over_gap(induced_labelling_error(graph), known, k)),
        ("true", math.nan, Encoder.optimum(graph, known, k).probe.mse),
        *(("consistency", m, value) for m, value in enumerate(consistency_curve(graph, hops).tolist())),
        *(("upper", m, tail_at_most(graph, known, k, m)) for m in range(1, hops + 1)),
        *(("lower", m, tail_at_least(graph, known, k, m)) for m in range(1, hops + 1)),
    ]
    return pd.DataFrame(rows, columns=["quantity", "m", "value"])
