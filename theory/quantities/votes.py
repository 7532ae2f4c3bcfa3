"""The votes of a critic's own softmax, and by how much it misses the pairs.

A critic `s(x, l) = f(x)ᵀ g(l)`, of any width and divided by its temperature, models two conditional distributions,
`p_s(l | x) ∝ p_R(l) e^{s(x,l)}` and `p_s(x | l) ∝ p_L(x) e^{s(x,l)}`. The class of a left node can be voted for by the
right nodes that the first pairs it with, or by the left nodes that a walk along both leads to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities import infonce
from pairbounds.theory.quantities.infonce import log_partitions, mutual_information
from pairbounds.theory.quantities.scores import round_off


@dataclass(frozen=True, eq=False)
class Critic:
    """A critic on a graph, the distributions that it models, and what round-off may do to them.

    Attributes
    ----------
    left, right : (n_left, d) and (n_right, d), f and g

    Notes
    -----
    Every pair of nodes has a score: a pass over them takes O(n_left n_right d), in blocks of
    `pairbounds.theory.quantities.infonce.BLOCK` scores, never the whole matrix. `HypothesisError` where scores
    overflow. Source: new here.
    """

    graph: PairGraph
    left: FloatArray
    right: FloatArray

    def __post_init__(self) -> None:
        finite = all(np.isfinite(size).all() for size in self.sizes)
        require(finite, "the scores of this critic overflow: make them smaller")

    @cached_property
    def excess(self) -> tuple[float, float]:
        """`ε_→ = E KL(P(· | x) ‖ p_s(· | x))` and `ε_← = E KL(P(· | l) ‖ p_s(· | l))`, in nats, rounded up.

        Each is a direction of the InfoNCE loss, plus the mutual information `I(x; l)` (theorem 10).
        """
        graph, known = self.graph, mutual_information(self.graph)
        attraction = float(np.sum(self.left * (graph.joint @ self.right)))
        parts = zip((graph.left_marginal, graph.right_marginal), self._partitions, self.sizes, strict=True)
        forward, backward = (
            max(0.0, known + float(mass @ partition) - attraction) + self._unit * (known + 2 * float(mass @ sizes))
            for mass, partition, sizes in parts
        )
        return forward, backward

    def ahead(self, votes: FloatArray) -> tuple[FloatArray, FloatArray]:
        """`E_{l ~ p_s(· | x)} v(l)` of votes v on the right, (n_right, r), at each x, (n_left, r), and its noise.

        The noise, (n_left,), is by how much round-off may have moved what one column of probabilities leads another by.
        """
        gathered = np.empty((self.graph.n_left, votes.shape[1]))
        for rows, scores in self._blocks():
            gathered[rows] = self._forward(rows, scores) @ votes
        return gathered, self._doubts[0]

    def hop(self, votes: FloatArray, noise: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The mean of votes v on the left, (n_left, r), after a step to the right and one back: at each x, (n_left, r).

        Parameters
        ----------
        noise : (n_left,), by how much round-off may have moved a lead in v

        Returns
        -------
        (votes, noise, returning) : as they were given, and the probability that the walk returns to x, (n_left,)
        """
        carried = np.column_stack([votes, noise])
        middle, ahead = np.zeros((self.graph.n_right, carried.shape[1])), np.empty_like(carried)
        returning = np.empty(self.graph.n_left)
        for rows, scores in self._blocks():
            middle += self._backward(rows, scores).T @ carried[rows]
        middle[:, -1] += self._doubts[1]
        for rows, scores in self._blocks():
            forward = self._forward(rows, scores)
            ahead[rows] = forward @ middle
            returning[rows] = np.sum(forward * self._backward(rows, scores), axis=1)
        return ahead[:, :-1], ahead[:, -1] + self._doubts[0], returning

    @cached_property
    def _partitions(self) -> tuple[FloatArray, FloatArray]:
        import torch

        graph = self.graph
        sides = (self.left, self.right, graph.left_marginal, graph.right_marginal)
        forward, backward = log_partitions(*(torch.tensor(side) for side in sides))
        return forward.numpy(), backward.numpy()

    @cached_property
    def sizes(self) -> tuple[FloatArray, FloatArray]:
        """`1 + Σ_i |f_i(x)| max_l |g_i(l)|`, and the like for l: what the round-off of its scores is relative to."""
        left, right = np.abs(self.left), np.abs(self.right)
        with np.errstate(over="ignore", invalid="ignore"):
            return 1 + left @ right.max(axis=0), 1 + right @ left.max(axis=0)

    @cached_property
    def _doubts(self) -> tuple[FloatArray, FloatArray]:
        """By how much a probability in each node's distribution may be off, of a sum of them, and at most 1.

        Score and partition are each off by a unit of the sizes.
        """
        with np.errstate(over="ignore"):
            left, right = (np.minimum(1.0, np.expm1(2 * self._unit * size)) for size in self.sizes)
        return left, right

    @cached_property
    def _unit(self) -> float:
        return round_off(max(*self.graph.joint.shape, self.left.shape[1]))

    def _blocks(self) -> Iterator[tuple[slice, FloatArray]]:
        step = max(1, infonce.BLOCK // self.graph.n_right)
        for start in range(0, self.graph.n_left, step):
            rows = slice(start, start + step)
            yield rows, self.left[rows] @ self.right.T

    def _forward(self, rows: slice, scores: FloatArray) -> FloatArray:
        """`p_s(l | x)` of a block of rows."""
        return _probabilities(self.graph.right_marginal, scores - self._partitions[0][rows, None])

    def _backward(self, rows: slice, scores: FloatArray) -> FloatArray:
        """`p_s(x | l)` of a block of rows."""
        return _probabilities(self.graph.left_marginal[rows, None], scores - self._partitions[1])


def _probabilities(mass: FloatArray, logarithms: FloatArray) -> FloatArray:
    """`p e^t`; at most 1, though the round-off of huge scores may say otherwise."""
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.minimum(1.0, mass * np.exp(logarithms)))
