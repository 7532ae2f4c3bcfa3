"""Theorem 16: multi-hop scores say which nodes an optimum may get wrong, and consistency how many of them it does.

In words: Where walks from an image end in its own class by a clear margin the optimum errs on it only at a price, and
what all images together can pay is bounded by multi-hop consistency.

Let q be a polynomial and `h_q = D_L^{-1/2} q(ĀĀᵀ) Ỹ` the multi-hop scores, with margins γ: for `q = t^m` the class
distribution of the end of an m-step walk from a node. The probe's weighted scores are `Π_k Ỹ`, and
`‖(Π_k - q(ĀĀᵀ)) Ỹ‖² <= ∫ P dν =: Δ` for every polynomial P that is at least q² on `[0, σ²_{k+1}]` and at least
`(1 - q)²` at the values kept, the positive ones of `σ_1²..σ_k²`. Here ν is the label-energy measure, whose moments are
multi-hop consistencies (theorem 15). For every minimiser, above the rank too, P has to be so at a σ_i² = 0, too.
Where the probe is wrong or tied it is at least `γ₊ / √2` away from h_q, so that its error is at most the mass that a
budget of Δ pays for, the cheapest nodes first: `E(f*) <= N(γ, Δ) <= Pr[γ <= θ] + 2 Δ / θ²` for every θ > 0.

`q = 1` is theorem 15. The filters q that are tried, with the P that goes with each, are in
`pairbounds.theory.quantities.local_multihop`: the steps that interpolate theorem 15's quadrature rule, whose Δ has a
closed form, and votes over walks. For a step no linear programme finds a smaller Δ from the same moments, if P has to
be at least `(1 - q)²` on all of `[σ_k², 1]`. At the values kept alone a smaller one may exist.

If `σ_k > σ_{k+1}` and no score ties, more hops bring it to `E(f*)` itself, and theorem 15 only to `2 ε₂`. Needs the
moments and singular values, no eigenvector. Source: new here. A vote over walks is a step of label propagation (Zhu and
Ghahramani 2002, which was not seen; scikit-learn's documentation names it).

Cost: O(hops nnz r), and O(hops n_left r + n_left log n_left) for each filter, for r classes.
"""

import math
from typing import TYPE_CHECKING

from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.bounds.theorem15_multihop import multihop_error
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.quantities.local_multihop import local_multihop
from pairbounds.theory.spectrum.triplets import Spectrum, enough_triplets, spectrum

if TYPE_CHECKING:
    import pandas as pd


@bound("local-multihop-error", quantity="probe_error", status="exact", through=True)
def local_multihop_error(graph: LabelledGraph, spectrum: Spectrum, k: int, hops: int | None = None) -> float:
    """`E(f*) <= N(γ_q, ∫ P dν)`: by the consistency of up to 2m hops, and the margins of scores of up to m + 1 hops.

    The least over the filters tried and over theorem 15.
    """
    by_scores = local_multihop(graph, spectrum, k, hops)
    return min(by_scores.error, multihop_error(graph, spectrum, k, hops=hops))


def error_table(graph: PairGraph, k: int, hops: int, triplets: Spectrum | None = None) -> "pd.DataFrame":
    """The bound of theorem 16 at every number of hops up to `hops`, and the 0-1 error.

    `triplets`: at least k + 1, if they are computed already.

    Returns
    -------
    DataFrame with columns quantity, m and value
        "error bound"; without m: "error".
    """
    import pandas as pd

    known = enough_triplets(graph, spectrum(graph, k + 1) if triplets is None else triplets, k)
    rows = [
        ("error", math.nan, Encoder.optimum(graph, known, k).probe.error),
        *(("error bound", m, local_multihop_error(graph, known, k, hops=m)) for m in range(1, hops + 1)),
    ]
    return pd.DataFrame(rows, columns=["quantity", "m", "value"])
