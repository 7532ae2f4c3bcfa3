"""Theorem 11, after Wang and Isola 2020: alignment and uniformity bound InfoNCE.

In words: On the unit sphere InfoNCE is at most half the alignment plus the uniformity, so that an encoder for which
both are small has a small loss.

At temperature 1: `A = E_P ‖f̂(x) - ĝ(l)‖²`, `U = log E_{p_L × p_R} e^{-½ ‖f̂(x) - ĝ(l)‖²}`, and the symmetric InfoNCE.

Proof: `docs/theorems/theorem11.md`. Source: Wang and Isola 2020 for many negatives; the inequality with constants here.
Cost: O(n_left n_right k), for InfoNCE scores every pair of nodes.
"""

from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem10_infonce import require_few_pairs
from pairbounds.theory.bounds.theorem11_cross_entropy import infonce
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.metrics import alignment, uniformity

QUANTITIES["sphere_infonce_loss"] = Quantity(lambda encoder: sum(infonce(encoder)) / 2, lambda _: 0.0)


@exact("infonce-by-uniformity", quantity="sphere_infonce_loss", subject="encoder", kept="sharper")
def infonce_by_uniformity(graph: PairGraph, encoder: Encoder) -> float:
    """`L_{sym} <= A / 2 + U` for every embedding pair on the sphere.

    Needs a graph of at most `PAIRS_LIMIT` pairs of nodes, since the loss scores each of them.
    """
    require_few_pairs(graph)
    left, right = encoder.left, encoder.both_sides
    return alignment(graph, left, right) / 2 + uniformity(graph, left, right, t=0.5)
