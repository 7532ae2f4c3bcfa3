"""Theorem 10: the optimum of InfoNCE is pointwise mutual information.

Proof. Each direction is a cross-entropy of `P(l | x)` against the model `p_R(l) e^{s(x,l)} / Z(x)`, hence at least the
conditional entropy; written with the marginals as base measure the bound is `-I(x; l)`. Both directions attain it at
once by `s = log P(x, l) / (p_L(x) p_R(l)) + const`.

Source: van den Oord et al. 2018; the population form here.
"""

import numpy as np

from theory.bounds.quantities import QUANTITIES, Encoder, Quantity
from theory.bounds.registry import bound
from theory.graph import PairGraph
from theory.hypotheses import require
from theory.infonce import infonce_loss, mutual_information
from theory.spectra import Spectrum

PAIRS_LIMIT = 4_000_000  # the loss scores every pair of nodes


def _largest_score(encoder: Encoder) -> float:
    """At most this is any score in absolute value."""
    lengths = (np.linalg.norm(side, axis=1).max() for side in (encoder.left, encoder.both_sides))
    return max(1.0, float(np.prod(list(lengths))))


QUANTITIES["infonce_loss"] = Quantity(
    lambda encoder: float(infonce_loss(encoder.graph, encoder.left, encoder.both_sides)), scale=_largest_score
)


@bound("infonce-entropy", quantity="infonce_loss", status="exact", relation=">=", subject="encoder")
def infonce_entropy(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`L_InfoNCE(f, g) >= -I(x; l)` for every embedding pair, with equality at pointwise mutual information.

    Needs a graph of at most `PAIRS_LIMIT` pairs of nodes, since the loss scores each of them.
    """
    require_few_pairs(graph)
    return -mutual_information(graph)


def require_few_pairs(graph: PairGraph) -> None:
    """`HypothesisError` for a graph too large for a loss that scores each pair of nodes."""
    pairs = graph.n_left * graph.n_right
    require(pairs <= PAIRS_LIMIT, f"InfoNCE scores every pair of nodes: {pairs} are more than {PAIRS_LIMIT}")
