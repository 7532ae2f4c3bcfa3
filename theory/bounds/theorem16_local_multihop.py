"""Theorem 16: multi-hop scores say which nodes an optimum may get wrong, and consistency how many of them it does.

In words: Where walks from an image end in its own class by a clear margin the optimum errs on it only at a price, and
what all images together can pay is bounded by multi-hop consistency.

γ_q are the margins of the multi-hop scores `D_L^{-1/2} q(ĀĀᵀ) Ỹ` for a polynomial q, and N the mass of nodes that a
budget pays for. P is at least q² on `[0, σ²_{k+1}]`, at least `(1 - q)²` at the positive ones of `σ_1²..σ_k²`, and for
a minimiser that spans more than the range of Ā at 0. `q = 1` is theorem 15.

Proof: `docs/theorems/theorem16.md`. Source: new here. A vote over walks is a step of label propagation (Zhu and
Ghahramani 2002, not seen). Cost: O(order nnz r), and O(order n_left r + n_left log n_left) for each filter, r classes.
"""

import math
from typing import TYPE_CHECKING

from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem15_multihop import multihop_error
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.local_multihop import local_multihop
from pairbounds.theory.spectrum.triplets import enough_triplets

if TYPE_CHECKING:
    import pandas as pd


@exact("local-multihop-error", quantity="probe_error", kept="sharper", through=True)
def local_multihop_error(graph: LabelledGraph, spectrum: Spectrum, k: int, order: int | None = None) -> float:
    """`E(f*) <= N(γ_q, ∫ P dν)`: by the consistency of up to 2M hops, and the margins of scores of up to M + 1 hops.

    The order M is `order`. The least over the filters tried and over theorem 15.
    """
    by_scores = local_multihop(graph, spectrum, k, order)
    return min(by_scores.error, multihop_error(graph, spectrum, k, order=order))


def error_table(graph: PairGraph, k: int, order: int, triplets: Spectrum) -> "pd.DataFrame":
    """Bound of theorem 16 at each order m = 1..order, "error bound", and the 0-1 error, "error", without m.

    Columns quantity, m and value. `triplets`: at least k + 1.
    """
    import pandas as pd

    triplets = enough_triplets(graph, triplets, k)
    rows = [
        ("error", math.nan, Encoder.optimum(graph, triplets, k).probe.error),
        *(("error bound", m, local_multihop_error(graph, triplets, k, order=m)) for m in range(1, order + 1)),
    ]
    return pd.DataFrame(rows, columns=["quantity", "m", "value"])
