"""Theorem 20: what InfoNCE says of the votes of a critic's own softmax.

In words: If the two ends of a pair seldom differ in class, and the InfoNCE loss of a critic is near the least there is,
then a vote of captions, weighed by the critic's own softmax, is seldom wrong, whatever its width.

A critic `s(x, l) = f(x)ᵀ g(l)`, divided by its temperature, models `p_s(l | x) ∝ p_R(l) e^{s(x,l)}` and
`p_s(x | l) ∝ p_L(x) e^{s(x,l)}`, with the excess `ε_R = E KL(P(· | x) ‖ p_s(· | x))`, and ε_L likewise. Let
`φ(u) = ln 2 - h(u)` for `u < 1/2`, h the binary entropy in nats, and else 0; `Φ(α, ε) = sup {E <= 1 : E φ(α/E) <= ε}`;
`κ(x) = min_{c≠y} (w_y + w_c) φ(w_c / (w_y + w_c))`, w the true distribution of the votes' classes; and N(κ, ε) the
largest mass of nodes whose costs a budget of ε pays for. Ties are errors.

Proof: `docs/theorems/theorem20.md`. Source: new here. Related (abstracts seen): Oko et al. 2025; Mehta and Harchaoui
2025. Cost: O(n_left n_right (d + r)) for width d and r classes, in blocks; memory O((n_left + n_right) r).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import rel_entr

from pairbounds.infrastructure.arrays import FloatArray, IntArray, once, row_blocks
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities import population_infonce
from pairbounds.theory.quantities.consistency import class_columns, guess_error
from pairbounds.theory.quantities.margins import error_within
from pairbounds.theory.quantities.population_infonce import log_partitions, mutual_information
from pairbounds.theory.quantities.scores import UNITS, Standing, round_off


@dataclass(frozen=True, eq=False)
class Critic:
    """A critic on a graph, the distributions that it models, and what round-off may do to them.

    f and g are (n_left, d) and (n_right, d). A pass over the scores of all pairs of nodes takes O(n_left n_right d), in
    blocks. `HypothesisError` where scores overflow.
    """

    graph: PairGraph
    left: FloatArray
    right: FloatArray

    def __post_init__(self) -> None:
        finite = all(np.isfinite(size).all() for size in self.sizes)
        require(finite, "the scores of this critic overflow: make them smaller")

    @cached_property
    def excess(self) -> tuple[float, float]:
        """`ε_R = E KL(P(· | x) ‖ p_s(· | x))` and `ε_L = E KL(P(· | l) ‖ p_s(· | l))`, in nats, rounded up.

        Each is a direction of the InfoNCE loss, plus the mutual information `I(x; l)` (theorem 10).
        """
        graph, information = self.graph, mutual_information(self.graph)
        attraction = float(np.sum(self.left * (graph.joint @ self.right)))
        parts = zip((graph.left_marginal, graph.right_marginal), self._partitions, self.sizes, strict=True)
        forward, backward = (
            max(0.0, information + float(mass @ partition) - attraction)
            + self._unit * (information + 2 * float(mass @ sizes))
            for mass, partition, sizes in parts
        )
        return forward, backward

    def ahead(self, votes: FloatArray) -> tuple[FloatArray, FloatArray]:
        """`E_{l ~ p_s(· | x)} v(l)` of votes v on the right, (n_right, r), at each x, (n_left, r), and its noise.

        The noise, (n_left,), is by how much round-off may have moved what one column of probabilities leads another by.
        """
        gathered = np.empty((self.graph.n_left, votes.shape[1]))
        for rows, forward, _ in self._blocks():
            gathered[rows] = forward @ votes
        return gathered, self._doubts[0]

    def hop(self, votes: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The mean of votes on the left, (n_left, r), after a step to the right and one back: at each x, (n_left, r).

        With its noise, as `ahead` has it, and the probability that the walk returns to x, (n_left,) each.
        """
        middle, gathered = np.zeros((self.graph.n_right, votes.shape[1])), np.empty_like(votes)
        noise, returning = np.empty(self.graph.n_left), np.empty(self.graph.n_left)
        for rows, _, backward in self._blocks():
            middle += backward.T @ votes[rows]
        for rows, forward, backward in self._blocks():
            gathered[rows] = forward @ middle
            noise[rows] = forward @ self._doubts[1] + self._doubts[0][rows]
            returning[rows] = np.sum(forward * backward, axis=1)
        return gathered, noise, returning

    @cached_property
    def _partitions(self) -> tuple[FloatArray, FloatArray]:
        return log_partitions(self.left, self.right, self.graph.left_marginal, self.graph.right_marginal)

    @cached_property
    def sizes(self) -> tuple[FloatArray, FloatArray]:
        """`1 + Σ_i |f_i(x)| max_l |g_i(l)|`, and the like for l: what the round-off of its scores is relative to."""
        left, right = np.abs(self.left), np.abs(self.right)
        with np.errstate(over="ignore", invalid="ignore"):
            return 1 + left @ right.max(axis=0), 1 + right @ left.max(axis=0)

    @cached_property
    def _doubts(self) -> tuple[FloatArray, FloatArray]:
        """The error of a probability, or a sum of them, in each node's distribution; at most 1.

        Score and partition are each off by a unit of the sizes.
        """
        with np.errstate(over="ignore"):
            left, right = (np.minimum(1.0, np.expm1(2 * self._unit * size)) for size in self.sizes)
        return left, right

    @cached_property
    def _unit(self) -> float:
        return round_off(max(*self.graph.shape, self.left.shape[1]))

    def _blocks(self) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
        """Rows, with their `p_s(l | x)` and `p_s(x | l)`; at most 1, though the round-off of huge scores is not."""
        graph, (forward, backward) = self.graph, self._partitions
        for rows in row_blocks(*graph.shape, population_infonce.BLOCK):
            scores = self.left[rows] @ self.right.T
            with np.errstate(over="ignore", under="ignore"):
                ahead = graph.right_marginal * np.exp(scores - forward[rows, None])
                back = graph.left_marginal[rows, None] * np.exp(scores - backward)
            yield rows, np.minimum(1.0, ahead), np.minimum(1.0, back)


EVEN = 0.5  # the probability of each of two classes that tie
HALVINGS = 60  # of [0, 1]


@dataclass(frozen=True, eq=False)
class Vote:
    """A vote for the class of each left node, by the critic and in truth.

    Attributes
    ----------
    mass : (n_left,), of the nodes
    standing : who leads in the critic's vote
    classes : (n_left,), the column of each node's own class
    own_vote, rival : (n_left,), true probabilities that a voter is of the node's class, rounded down, and of the
        likeliest other class, rounded up, or minus infinity without another
    divergence : of the critic's voters from the true ones, on average, with what doubtful ties may add; rounded up
    """

    mass: FloatArray
    standing: Standing
    classes: IntArray
    own_vote: FloatArray
    rival: FloatArray
    divergence: float

    @property
    def error(self) -> float:
        """The mass of the nodes whose vote is wrong or tied."""
        return self.standing.error(self.mass, self.classes)

    @property
    def most(self) -> float:
        """`Φ(α, ε)`, α being the probability that a voter is of another class, where all voters are counted."""
        return most_error(float(self.mass @ (1 - self.own_vote)), self.divergence)

    @property
    def most_by_node(self) -> float:
        """`N(κ, ε)`, the largest mass of nodes whose costs the divergence pays for."""
        total = self.own_vote + self.rival
        with np.errstate(invalid="ignore"):
            cost = np.where(self.own_vote > self.rival, total * least_divergence(self.rival / total), 0.0)
        cost[self.rival < 0] = math.inf  # of one class nobody errs
        return error_within(np.sqrt(2 * cost), self.mass, self.divergence)


def least_divergence(share: ArrayLike) -> FloatArray:
    """`φ(u) = ln 2 - h(u)` for u below 1/2, else 0: the least divergence of even odds from u; rounded down."""
    below = np.clip(share, 0.0, EVEN)
    return np.maximum(0.0, np.asarray(rel_entr(below, EVEN) + rel_entr(1 - below, EVEN)) - UNITS)


def most_error(disagreement: float, divergence: float) -> float:
    """`Φ(α, ε) = sup {E <= 1 : E φ(α/E) <= ε}`, in [0, 1], rounded up: by halving, to `2^-HALVINGS`.

    `disagreement`, `divergence`: α and ε, at least 0.
    """

    def forbidden(error: float) -> bool:
        return error * float(least_divergence(disagreement / error)) > divergence

    low, high = 0.0, 1.0
    if not forbidden(high):
        return high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if forbidden(middle) else (middle, high)
    return high


@once
def zero_shot_vote(encoder: Encoder) -> Vote:
    """The vote of the right nodes."""
    graph, critic = encoder.graph, critic_of(encoder)
    left, right = required_labels(graph, "left"), required_labels(graph, "right")
    classes, class_of = np.unique(np.concatenate([left, right]), return_inverse=True)
    labels = class_indicators(right, classes)
    votes, noise = critic.ahead(labels.toarray())
    truth = (graph.joint @ labels).toarray() / graph.left_marginal[:, None]
    return _vote(graph, class_of[: graph.n_left], votes, noise, truth, critic.excess[0])


@once
def pair_votes(encoder: Encoder) -> tuple[Vote, Vote]:
    """The vote of the left nodes after a step to the right and back, and that of those among them that are not x."""
    graph, critic = encoder.graph, critic_of(encoder)
    class_of = class_columns(graph)
    labels, divergence, nodes = class_indicators(class_of).toarray(), sum(critic.excess), np.arange(graph.n_left)
    votes, noise, returning = critic.hop(labels)
    truth = graph.joint @ (graph.joint.T @ labels / graph.right_marginal[:, None]) / graph.left_marginal[:, None]
    everybody = _vote(graph, class_of, votes, noise, truth, divergence)
    votes[nodes, class_of] -= returning
    truth[nodes, class_of] -= graph.joint.power(2) @ (1 / graph.right_marginal) / graph.left_marginal
    return everybody, _vote(graph, class_of, votes, noise, truth, divergence)


@once
def critic_of(encoder: Encoder) -> Critic:
    """The critic that an embedding pair is."""
    return Critic(encoder.graph, encoder.left, encoder.both_sides)


def _vote(
    graph: PairGraph, class_of: IntArray, votes: FloatArray, noise: FloatArray, truth: FloatArray, divergence: float
) -> Vote:
    """A vote of shares (n_left, r), and of the true ones.

    Where a lead is at most the noise it counts as none; then truly it may be up to twice the noise, and the node cost
    less by as much, but by no more than the least divergence itself, which is at most ln 2.
    """
    nodes, rival_votes, unit = np.arange(graph.n_left), truth.copy(), round_off(max(graph.shape))
    rival_votes[nodes, class_of] = -math.inf
    return Vote(
        graph.left_marginal,
        Standing.of(votes, noise),
        classes=class_of,
        own_vote=np.maximum(0.0, truth[nodes, class_of] - unit),
        rival=rival_votes.max(axis=1) + unit,
        divergence=divergence + float(graph.left_marginal @ np.minimum(2 * noise, 1.0)),
    )


QUANTITIES |= {
    "zero_shot_vote_error": Quantity(lambda encoder: zero_shot_vote(encoder).error, guess_error),
    "vote_error": Quantity(lambda encoder: pair_votes(encoder)[0].error, guess_error),
    "vote_of_others_error": Quantity(lambda encoder: pair_votes(encoder)[1].error, guess_error),
}


@exact(
    "zero-shot-vote",
    quantity="zero_shot_vote_error",
    subject="critic",
    corollary_of="zero-shot-vote-by-node",
    kept="less information: the labelling error and the excess loss alone",
)
def by_zero_shot_vote(encoder: Encoder) -> float:
    """`E <= Φ(α, ε_R)` for the vote `argmax_c Σ_{y(l)=c} p_s(l | x)` of every critic."""
    return zero_shot_vote(encoder).most


@exact("zero-shot-vote-by-node", quantity="zero_shot_vote_error", subject="critic", kept="sharper")
def by_node_zero_shot(encoder: Encoder) -> float:
    """`E <= N(κ, ε_R)` for the same vote, κ of the classes of the right nodes that x is paired with."""
    return zero_shot_vote(encoder).most_by_node


@exact(
    "vote",
    quantity="vote_error",
    subject="critic",
    corollary_of="vote-by-node",
    kept="less information: the labelling error and the excess loss alone",
)
def by_vote(encoder: Encoder) -> float:
    """`E <= Φ(α_T, ε_R + ε_L)` for the vote `argmax_c Σ_l p_s(l | x) Σ_{y(x')=c} p_s(x' | l)` of every critic."""
    return pair_votes(encoder)[0].most


@exact("vote-by-node", quantity="vote_error", subject="critic", kept="sharper")
def by_node(encoder: Encoder) -> float:
    """`E <= N(κ, ε_R + ε_L)` for the same vote, κ of the left nodes that x shares a right node with, x among them."""
    return pair_votes(encoder)[0].most_by_node


@exact("vote-of-others", quantity="vote_of_others_error", subject="critic", kept="sharper")
def by_node_others(encoder: Encoder) -> float:
    """`E <= N(κ, ε_R + ε_L)` for the vote of `x' ≠ x` alone, κ of the classes of these, by their probabilities."""
    return pair_votes(encoder)[1].most_by_node
