"""Critics that are trained by InfoNCE with the captions of a batch as negatives, at several learning rates at once.

A critic scores an image and a caption by `f(x)·g(l)`. f and g are a vector for each node, or linear in its features.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import infonce_loss

if TYPE_CHECKING:
    import torch

FIRST = 0.1  # standard deviation of the first entries of a vector of its own
Dropped = Literal["nothing", "repeats", "pairs", "others"]
BoolArray = npt.NDArray[np.bool_]
Features = tuple[FloatArray, FloatArray]
Critic = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class Critics:
    """Critics of a graph that see the same drawn pairs in the same order, whatever the batch size and the rate.

    Attributes
    ----------
    graph : from which the pairs are drawn
    k : width
    n_pairs : that a critic sees
    rates : learning rates of Adam; a critic is trained with each
    features : of both sides, (n_left, d) and (n_right, d'), for linear critics; by default every node has a vector
    seed : of the pairs and of the first weights
    """

    graph: PairGraph
    k: int
    n_pairs: int
    rates: tuple[float, ...]
    features: Features | None = None
    seed: int = 0

    def in_batches(self, batch: int, dropped: Dropped = "nothing") -> list[Critic]:
        """A critic for each rate, after `n_pairs // batch` steps: embeddings (n_left, k) and (n_right, k) of all nodes.

        `ValueError`: fewer than 2 pairs in a batch, or more than a critic sees.

        Parameters
        ----------
        batch : pairs of a step
        dropped : those of the negatives of a pair that do not count: nothing; repeats of its caption for its image, and
            of its image for its caption; pairs that the graph has; or as many others as these, by chance
        """
        if not 2 <= batch <= self.n_pairs:
            raise ValueError(
                f"batch={batch}: a batch has at least 2 pairs, and at most the {self.n_pairs} that are seen"
            )
        import torch

        rng = np.random.default_rng([self.seed, batch])
        rows, columns = self.graph.joint.tocoo().coords
        f, g = self._towers()
        optimizer = torch.optim.Adam([f.moved, g.moved], lr=1.0, fused=True)
        for drawn in self._drawn[: len(self._drawn) // batch * batch].reshape(-1, batch):
            left, right = (ends[drawn].astype(np.int64) for ends in (rows, columns))
            pairs = f(torch.from_numpy(left)), g(torch.from_numpy(right))
            _step(optimizer, batch_loss(*pairs, self._masks(dropped, left, right, rng)).sum())
        return _critics(f, g)

    def exactly(self, steps: int) -> list[Critic]:
        """The same by the loss of the whole graph, whose negatives come from the marginals, in so many steps."""
        import torch

        f, g = self._towers()
        optimizer = torch.optim.Adam([f.moved, g.moved], lr=1.0, fused=True)
        for _ in range(steps):
            losses = [infonce_loss(self.graph, left, right) for left, right in zip(f(), g(), strict=True)]
            _step(optimizer, torch.stack(losses).sum())
        return _critics(f, g)

    @cached_property
    def _drawn(self) -> IntArray:
        """Places of the drawn pairs among those of the graph."""
        data = self.graph.joint.data
        return np.random.default_rng([self.seed, 0]).choice(len(data), self.n_pairs, p=data / data.sum())

    @cached_property
    def _there(self) -> sp.csr_array:
        return sp.csr_array(self.graph.joint > 0)

    def _towers(self) -> "tuple[_Tower, _Tower]":
        rng = np.random.default_rng([self.seed, 1])
        seen = self.features or (None, None)
        left, right = self.graph.shape
        return _Tower(left, seen[0], self.k, self.rates, rng), _Tower(right, seen[1], self.k, self.rates, rng)

    def _masks(
        self, dropped: Dropped, left: IntArray, right: IntArray, rng: np.random.Generator
    ) -> "tuple[torch.Tensor, torch.Tensor] | None":
        """Negatives that do not count, (B, B) each: of captions for an image (rows), and of images for a caption."""
        import torch

        if dropped == "nothing":
            return None
        if dropped == "repeats":
            masks = [right[:, None] == right, left[:, None] == left]
        else:
            pairs = self._there[left][:, right].toarray()
            masks = [pairs, pairs] if dropped == "pairs" else [_as_many(pairs, rng), _as_many(pairs.T, rng).T]
        own = np.eye(len(left), dtype=bool)
        rows, columns = (torch.from_numpy(mask & ~own) for mask in masks)
        return rows, columns


def batch_loss(
    f: "torch.Tensor", g: "torch.Tensor", masks: "tuple[torch.Tensor, torch.Tensor] | None" = None
) -> "torch.Tensor":
    """Symmetric InfoNCE of R critics on a batch, (R,), less log B, of the embeddings (R, B, k) of its two ends.

    Parameters
    ----------
    masks : (B, B) each, scores that do not count: in the rows, for each image; and in the columns, for each caption
    """
    scores = f @ g.transpose(1, 2)
    rows, columns = (scores, scores) if masks is None else (scores.masked_fill(mask, -np.inf) for mask in masks)
    partitions = (rows.logsumexp(2) + columns.logsumexp(1)) / 2
    loss: torch.Tensor = (partitions - scores.diagonal(dim1=1, dim2=2)).mean(1) - float(np.log(scores.shape[1]))
    return loss


class _Tower:
    """The embedding of one side for each rate: Adam's step does not depend on a factor, so one serves all rates."""

    def __init__(
        self, n: int, features: FloatArray | None, k: int, rates: tuple[float, ...], rng: np.random.Generator
    ) -> None:
        import torch

        width, spread = (n, FIRST) if features is None else (features.shape[1], features.shape[1] ** -0.5)
        self.features = None if features is None else torch.tensor(features, dtype=torch.float32)
        self.first = torch.tensor(spread * rng.standard_normal((width, k)), dtype=torch.float32)
        self.rates = torch.tensor(rates, dtype=torch.float32)[:, None, None]
        self.moved = torch.zeros(len(rates), width, k, requires_grad=True)

    def __call__(self, nodes: "torch.Tensor | None" = None) -> "torch.Tensor":
        """Embeddings, (R, n, k), of nodes, (n,); by default of all."""
        if self.features is not None:
            return (self.features if nodes is None else self.features[nodes]) @ (self.first + self.rates * self.moved)
        if nodes is None:
            return self.first + self.rates * self.moved
        return self.first[nodes] + self.rates * self.moved.index_select(1, nodes)


def _step(optimizer: "torch.optim.Optimizer", loss: "torch.Tensor") -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]  # of torch
    optimizer.step()


def _critics(f: _Tower, g: _Tower) -> list[Critic]:
    return list(zip(f().detach().numpy(), g().detach().numpy(), strict=True))


def _as_many(pairs: BoolArray, rng: np.random.Generator) -> BoolArray:
    """As many in each row as there are pairs beside the own, among those that are none, as far as there are."""
    chance = np.where(pairs, np.inf, rng.random(pairs.shape))
    ranks = chance.argsort(axis=1).argsort(axis=1)
    return np.asarray((ranks < pairs.sum(axis=1, keepdims=True) - 1) & ~pairs)
