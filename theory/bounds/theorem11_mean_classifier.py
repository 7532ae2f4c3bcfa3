"""Theorem 11, after Arora et al. 2019: a contrastive loss bounds the loss of the mean classifier.

In words: A small contrastive loss with one negative means a small loss of the classifier by class means, up to a term
that vanishes where the two ends of a pair are independent given its class.

A pair (x, l) has the class of its right node, with mean `μ_c` of g and mass `q_c`; `τ = Σ_c q_c²`. L_un is
`E_{(x,l)~P, l'~p_R} [1 - f(x)ᵀ(g(l) - g(l'))]_+`, and L_sup the same with the means of the class and of another for g.

Proof: `docs/theorems/theorem11.md`. Source: Arora et al. 2019 for independent pairs, one encoder on both sides; δ and
two encoders are new here. Cost: O(nnz n_right) triples of a pair and a negative.
"""

import numpy as np

from pairbounds.infrastructure.arrays import row_blocks, row_norms
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.metrics.class_moments import ClassMoments, class_moments
from pairbounds.theory.quantities.scores import sums_of_others

TRIPLES_LIMIT = 100_000_000  # the loss compares every pair with every right node
BLOCK = 1 << 15  # of them at once: they stay in the cache


def mean_classifier_loss(encoder: Encoder) -> float:
    """`L_sup`, the hinge loss of the mean classifier on two classes, averaged over all two that differ."""
    classes = _right_moments(encoder)
    scores = encoder.balanced[0] @ classes.means.T
    pairs = (encoder.graph.joint @ class_indicators(required_labels(encoder.graph, "right"))).toarray()  # by class
    total = 0.0
    for c in range(len(classes.masses)):
        rival_masses = np.where(np.arange(len(classes.masses)) == c, 0.0, classes.masses)
        total += float(pairs[:, c] @ (np.maximum(0.0, 1 - (scores[:, [c]] - scores)) @ rival_masses))
    return total / _probability_of_two_classes(encoder.graph)


def _hinge_scale(encoder: Encoder) -> float:
    """The scale of the round-off of `L_sup` and of its bound: the hinges that make them, averaged by mass.

    A hinge `[1 - f(x)ᵀ(g(l) - g(l'))]_+` is off by e of `1 + ‖f(x)‖ (‖g(l)‖ + ‖g(l')‖)`, less 1 where the two classes
    collide, for there it is compared with 1; and it is exact at `l' = l`. Means of classes, in `L_sup` and in δ, are
    off by e of `m_c = E[‖g‖ | c]`, and exact where a class has one caption. All is divided by `1 - τ`.
    """
    graph, classes = encoder.graph, _right_moments(encoder)
    mass, lengths = graph.right_marginal, row_norms(encoder.balanced[1])
    mean_lengths = np.bincount(classes.class_of, weights=mass * lengths) / classes.masses
    mixed = np.bincount(classes.class_of) > 1
    beside = sums_of_others(mass) * lengths + sums_of_others(mass * lengths)
    within = np.where(mixed, mean_lengths, 0.0)[classes.class_of] + np.where(mixed[classes.class_of], lengths, 0.0)
    sizes = row_norms(encoder.balanced[0]) @ (graph.joint @ (beside + within))
    return 1 + float(sizes) / _probability_of_two_classes(graph)


QUANTITIES["mean_classifier_loss"] = Quantity(mean_classifier_loss, lambda _: 1.0, _hinge_scale)


@exact("mean-classifier-any", quantity="mean_classifier_loss", subject="encoder", kept="sharper")
def mean_classifier_any(graph: PairGraph, spectrum: Spectrum, encoder: Encoder) -> float:
    """`L_{sup} <= (L_{un} + δ - τ) / (1 - τ)` for every embedding pair, `δ = E |f(x)ᵀ(E[g(l) | x, c] - μ_c)|`.

    Needs two classes on the right, and a graph of at most `TRIPLES_LIMIT` (pair, right node) triples.
    """
    distinct = _probability_of_two_classes(graph)
    triples = graph.joint.nnz * graph.n_right
    require(triples <= TRIPLES_LIMIT, f"the loss compares {triples} triples of nodes, more than {TRIPLES_LIMIT}")
    rounding = 4 * spectrum.round_off * _hinge_scale(encoder)
    return (_contrastive_excess(encoder) + _dependence(encoder)) / distinct + rounding


def _contrastive_excess(encoder: Encoder) -> float:
    """`L_un - τ`, each hinge less 1 where the classes collide; O(nnz n_right), pair by pair, so that no 1s cancel."""
    graph, total = encoder.graph, 0.0
    # In two bytes, which are faster to compare: `TRIPLES_LIMIT` allows few classes.
    right_classes = _right_moments(encoder).class_of.astype(np.int16)
    (left, right), pairs = encoder.balanced, graph.joint.tocoo()
    for block in row_blocks(pairs.nnz, graph.n_right, BLOCK):
        rows, columns = (ends[block] for ends in pairs.coords)
        hinges = left[rows] @ right.T
        hinges -= np.take_along_axis(hinges, columns[:, None], axis=1)
        np.maximum(hinges, -1.0, out=hinges)
        hinges += right_classes[columns][:, None] != right_classes
        total += float(pairs.data[block] @ (hinges @ graph.right_marginal))
    return total


def _dependence(encoder: Encoder) -> float:
    """`δ`: how far, along f, the captions of an image are from the mean of their class."""
    graph, classes = encoder.graph, _right_moments(encoder)
    pairs = graph.joint.tocoo()
    rows, columns = pairs.coords
    left, right = encoder.balanced
    away = right - classes.means[classes.class_of]
    deviations = pairs.data * np.sum(left[rows] * away[columns], axis=1)
    by_class = np.bincount(rows * len(classes.masses) + classes.class_of[columns], weights=deviations)
    return float(np.abs(by_class).sum())


def _probability_of_two_classes(graph: PairGraph) -> float:
    """`1 - τ`, the probability that two classes drawn by their masses differ."""
    masses = class_masses(graph, "right")
    require(len(masses) >= 2, "two classes on the right are needed, and there is one")
    # Each two classes once, and never `1 - q_c`: where one class has nearly all the mass, that is round-off.
    later = np.cumsum(masses[::-1])[::-1]
    return float(2 * np.sum(masses[:-1] * later[1:]))


def _right_moments(encoder: Encoder) -> ClassMoments:
    graph = encoder.graph
    return class_moments(encoder.balanced[1], graph.right_marginal, required_labels(graph, "right"))
