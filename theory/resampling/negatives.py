"""The negative rules: each makes another measure Q of the second term of the self-supervised spectral loss."""

from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.resampling.guides import similarity_function
from pairbounds.theory.resampling.quota import check_fraction, taken_mass


def drop_false_negative(graph: PairGraph, guide: Any, *, fraction: float = 0.05, keep: float = 0.0) -> FloatArray:
    """DropFalseNegative: the measure Q, (n_left, n_left), without each node's negatives most similar to the guide.

    The true negatives of x are the nodes that are no induced pair of it. Of their mass under p_L the fraction goes,
    from the last node in part; what goes leaves the share `keep` of itself; and what is left is drawn from:
    `Q(x, x') = p_L(x) q(x' | x)`.

    That pairs stay is what bounds the loss from below (`weighted_optimum`). With `keep > 0` it has a minimum; with
    `keep = 0`, the rule proper, it need not: scores where Q is 0 are free, and may grow without bound.

    Raises
    ------
    ValueError
        A fraction not in [0, 1), `keep` not in [0, 1], a guide that does not fit, more than
        `pairbounds.theory.graph.pair_graph.INDUCED_LIMIT` left nodes.
    """
    return _negative_measure(graph, guide, fraction, keep, 1)


def drop_easy_negative(graph: PairGraph, guide: Any, *, fraction: float = 0.1, keep: float = 0.0) -> FloatArray:
    """DropEasyNegative: as `drop_false_negative`, without each node's negatives least similar to the guide."""
    return _negative_measure(graph, guide, fraction, keep, -1)


def drop_negatives(
    graph: PairGraph, guide: Any, *, hard: float = 0.05, easy: float = 0.1, keep: float = 0.0
) -> FloatArray:
    """Both: the fraction `hard` of the most similar negatives and `easy` of the least similar ones go.

    A negative that both would drop keeps `keep²` of its weight.
    """
    first = drop_false_negative(graph, guide, fraction=hard, keep=keep)
    kept = first * drop_easy_negative(graph, guide, fraction=easy, keep=keep) / graph.left_marginal
    return _drawn_from(graph, kept)


def _negative_measure(graph: PairGraph, guide: Any, fraction: float, keep: float, sign: int) -> FloatArray:
    check_fraction(fraction)
    if not 0 <= keep <= 1:
        raise ValueError(f"keep={keep!r} is not in [0, 1]: it is the share that dropped negatives keep")
    everyone, mass = np.arange(graph.n_left), graph.left_marginal
    negative = np.where(graph.induced().joint.toarray() > 0, 0.0, mass)
    score = sign * similarity_function(guide, graph.n_left)(everyone, everyone)
    kept = mass - (1 - keep) * taken_mass(negative, score, fraction * negative.sum(axis=1))
    return _drawn_from(graph, kept)


def _drawn_from(graph: PairGraph, weights: FloatArray) -> FloatArray:
    """`p_L(x) q(x' | x)`, where q is proportional to the weights."""
    return np.asarray(graph.left_marginal[:, None] * weights / weights.sum(axis=1, keepdims=True))
