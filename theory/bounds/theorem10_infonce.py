"""Theorem 10: the optimum of InfoNCE is pointwise mutual information.

In words: No critic has an InfoNCE loss below minus the mutual information of images and captions, and one whose score
is the pointwise mutual information attains it.

Proof, equality cases and an example: `docs/theorems/theorem10.md`. Source: van den Oord et al. 2018; the population
form here. Cost: O(n_left n_right k), for the loss scores every pair of nodes; the bound itself is linear in the pairs.
"""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, once
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import (
    as_torch_does,
    log_partitions,
    mean_score,
    mutual_information,
)

PAIRS_LIMIT = 4_000_000  # the loss scores every pair of nodes


@as_torch_does
def _loss(encoder: Encoder) -> float:
    graph, (forward, backward) = encoder.graph, _partitions(encoder)
    repulsion = graph.left_marginal @ forward + graph.right_marginal @ backward
    return float(repulsion / 2 - mean_score(graph, *encoder.balanced))


@once
def _partitions(encoder: Encoder) -> tuple[FloatArray, FloatArray]:
    return log_partitions(*encoder.balanced, encoder.graph.left_marginal, encoder.graph.right_marginal)


@once
def _loss_scale(encoder: Encoder) -> float:
    """The scale of the round-off of the loss: the size of the scores that decide it, averaged as they do.

    Of `a(x, l) = Σ_i |f_i(x) g_i(l)| + |log p_L(x) p_R(l)| + 1`, the mean over the pairs, and for each direction the
    mean over its negatives by their shares in the partition function (`docs/theorems/theorem10.md`).
    """
    graph, (left, right) = encoder.graph, encoder.balanced
    log_left, log_right = np.log(graph.left_marginal), np.log(graph.right_marginal)
    masses, pairs = log_left[:, None] + log_right, graph.joint.tocoo()
    sizes, scores = np.abs(left) @ np.abs(right).T - masses + 1, left @ right.T + masses
    forward, backward = _partitions(encoder)
    # At most 1, though the round-off of huge scores may say otherwise.
    shares = sum(np.exp(np.minimum(0.0, scores - total)) for total in (forward[:, None], backward))
    return float(pairs.data @ sizes[pairs.coords] + np.sum(shares * sizes) / 2)


QUANTITIES["infonce_loss"] = Quantity(_loss, scale=_loss_scale)


@exact("infonce-entropy", quantity="infonce_loss", relation=">=", subject="encoder", kept="sharper")
def infonce_entropy(graph: PairGraph) -> float:
    """`L_{InfoNCE}(f, g) >= -I(x; l)` for every embedding pair, with equality at pointwise mutual information."""
    require_few_pairs(graph)
    return -mutual_information(graph)


def require_few_pairs(graph: PairGraph) -> None:
    """`HypothesisError` for a graph too large for a loss that scores each pair of nodes."""
    pairs = graph.n_left * graph.n_right
    require(pairs <= PAIRS_LIMIT, f"InfoNCE scores every pair of nodes: {pairs} are more than {PAIRS_LIMIT}")
