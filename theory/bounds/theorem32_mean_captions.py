"""Theorem 32: classification by the mean caption of each class, of a critic that is trained by InfoNCE.

In words: If the two ends of a pair seldom differ in class, and the InfoNCE loss of a critic is near the least there is,
then classification by mean embeddings of captions is seldom wrong where the captions of a class score alike.

`μ_c = E[g(l) | y(l) = c]`, `q_c = p_R(c)`, `v_c(x) = log E[e^{f(x)ᵀ (g(l) - μ_c)} | y(l) = c]`, w(x) is the true
distribution of the classes of captions, ε_→ the excess of InfoNCE from left to right, N that of theorem 20, and
`κ(x) = min_{c≠y} (w_y + w_c) KL(u_c ‖ t_c) 1[u_c < t_c]`, `u_c = w_c / (w_y + w_c)`, `t_c = 1 / (1 + e^{v_y - v_c})`.
Ties are errors. A class that has no caption is never predicted, and its images cost nothing.

Proof: `docs/theorems/theorem32.md`. Source: new here. Cost: O(n_left n_right k), in blocks of rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import log_expit, xlogy

from pairbounds.infrastructure.arrays import BoolArray, FloatArray, IntArray, once, row_blocks
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem20_votes import Critic, critic_of
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities import population_infonce
from pairbounds.theory.quantities.consistency import guess_error
from pairbounds.theory.quantities.margins import error_within
from pairbounds.theory.quantities.metrics.class_moments import class_moments
from pairbounds.theory.quantities.scores import UNITS, Standing, log_mean_exp, round_off


@dataclass(frozen=True, eq=False)
class MeanCaptions:
    """Classification by mean captions: the nodes that are misclassified, and all costs κ, (n_left,) each."""

    wrong: BoolArray
    costs: FloatArray


@once
def mean_captions(encoder: Encoder) -> MeanCaptions:
    """Classification by mean captions of an embedding pair; needs labels on both sides."""
    graph = encoder.graph
    labels_left, captions = required_labels(graph, "left"), required_labels(graph, "right")
    classes = np.unique(captions)
    truth = (graph.joint @ class_indicators(captions, classes)).toarray() / graph.left_marginal[:, None]
    columns_of_labels = np.where(np.isin(labels_left, classes), np.searchsorted(classes, labels_left), -1)
    parts = [
        _classified(scores, votes, noise, truth[rows], columns_of_labels[rows])
        for rows, scores, votes, noise in _scored(critic_of(encoder), captions)
    ]
    return MeanCaptions(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _scored(critic: Critic, captions: IntArray) -> Iterator[tuple[slice, FloatArray, FloatArray, FloatArray]]:
    """Blocks of rows: scores, and logarithms of votes up to a constant, (n, r) each, and the noise of both, (n,)."""
    graph, marginal = critic.graph, critic.graph.right_marginal
    classes = class_moments(critic.right, marginal, captions)
    noise = round_off(max(*graph.shape, critic.right.shape[1])) * (critic.sizes[0] - np.log(classes.masses.min()))
    groups = [classes.class_of == c for c in range(len(classes.masses))]
    for rows in row_blocks(*graph.shape, population_infonce.BLOCK):
        scores = critic.left[rows] @ critic.right.T
        votes = np.column_stack([log_mean_exp(scores[:, group], marginal[group]) for group in groups])
        yield rows, critic.left[rows] @ classes.means.T + np.log(classes.masses), votes, noise[rows]


def _classified(
    scores: FloatArray, votes: FloatArray, noise: FloatArray, truth: FloatArray, columns_of_labels: IntArray
) -> tuple[BoolArray, FloatArray]:
    """Misclassified nodes of a block, and all costs κ, rounded down; own is -1 where no caption has the class."""
    nodes, has_captions = np.arange(len(scores)), columns_of_labels >= 0
    wrong = ~has_captions | (Standing.of(scores, noise).winners != columns_of_labels)
    spread = votes - scores
    ahead = spread - spread[nodes, columns_of_labels][:, None] - 4 * noise[:, None]  # of v_c over v_y, the logit of t_c
    unit = round_off(len(votes) + scores.shape[1])
    class_shares, rival_shares = np.maximum(0.0, truth[nodes, columns_of_labels] - unit)[:, None], truth + unit
    total = class_shares + rival_shares
    share = rival_shares / total
    entropy = xlogy(share, share) + xlogy(1 - share, 1 - share)
    divergence = entropy - share * log_expit(ahead) - (1 - share) * log_expit(-ahead) - UNITS * (1 + np.abs(ahead))
    below = np.log(rival_shares) - np.log(np.where(class_shares > 0, class_shares, 1.0)) < ahead
    costs = np.where((class_shares > 0) & below, total * np.maximum(0.0, divergence), 0.0)
    costs[nodes, columns_of_labels] = np.inf
    least = costs.min(axis=1)
    return wrong, np.where(has_captions, least, 0.0)


QUANTITIES["mean_caption_error"] = Quantity(
    lambda encoder: float(encoder.graph.left_marginal @ mean_captions(encoder).wrong), guess_error
)


@exact("mean-caption", quantity="mean_caption_error", subject="critic", kept="sharper")
def by_mean_caption(graph: PairGraph, encoder: Encoder) -> float:
    """`E_μ <= N(κ, ε_→)`: of `argmax_c f(x)ᵀ μ_c + log q_c`, κ of the captions' classes and of their scores' spread."""
    costs = mean_captions(encoder).costs
    return error_within(np.sqrt(2 * costs), graph.left_marginal, critic_of(encoder).excess[0])
