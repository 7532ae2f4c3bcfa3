"""Critics `f(x)·g(l)`, with free vectors or linear in features, trained by InfoNCE with in-batch negatives."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import BoolArray, FloatArray, IntArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import infonce_loss

if TYPE_CHECKING:
    import torch

FIRST = 0.1  # standard deviation of the initial entries of free vectors
Dropped = Literal["nothing", "repeats", "pairs", "others"]
Features = tuple[FloatArray, FloatArray]
Critic = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class Critics:
    """Critics of a graph, trained on the same drawn pairs in the same order for any batch size and learning rate.

    Attributes
    ----------
    graph : source of the pairs
    k : width
    n_pairs : number of pairs that each critic trains on
    rates : learning rates of Adam, one for each critic
    features : (n_left, d) and (n_right, d'), for linear critics; by default every node has a free vector
    seed : of the pairs and of the initial weights
    """

    graph: PairGraph
    k: int
    n_pairs: int
    rates: tuple[float, ...]
    features: Features | None = None
    seed: int = 0

    def in_batches(self, batch: int, dropped: Dropped = "nothing") -> list[Critic]:
        """Train a critic for each rate, in `n_pairs // batch` steps; return embeddings (n_left, k) and (n_right, k).

        `ValueError`: a batch of fewer than 2 or more than `n_pairs` pairs.

        Parameters
        ----------
        batch : pairs in a step
        dropped : negatives to leave out: "nothing"; "repeats" of a pair's caption or image; "pairs" of the graph; or
            "others", as many random negatives that are not pairs
        """
        if not 2 <= batch <= self.n_pairs:
            raise ValueError(f"batch={batch} is out of range: give at least 2 and at most {self.n_pairs} pairs")
        import torch

        rng = np.random.default_rng([self.seed, batch])
        rows, columns = self.graph.joint.tocoo().coords
        f, g = self._towers()
        optimizer = torch.optim.Adam([f.moved, g.moved], lr=1.0, fused=True)
        for indices in self._drawn_pairs[: self.n_pairs // batch * batch].reshape(-1, batch):
            left, right = (ends[indices].astype(np.int64) for ends in (rows, columns))
            pairs = f(torch.from_numpy(left)), g(torch.from_numpy(right))
            _step(optimizer, batch_loss(*pairs, self._masks(dropped, left, right, rng)).sum())
        return _critics(f, g)

    def exactly(self, steps: int) -> list[Critic]:
        """Train the critics on the population loss, with negatives from the marginals, for a number of steps."""
        import torch

        f, g = self._towers()
        optimizer = torch.optim.Adam([f.moved, g.moved], lr=1.0, fused=True)
        for _ in range(steps):
            losses = [infonce_loss(self.graph, left, right) for left, right in zip(f(), g(), strict=True)]
            _step(optimizer, torch.stack(losses).sum())
        return _critics(f, g)

    @cached_property
    def _drawn_pairs(self) -> IntArray:
        """Indices of the drawn pairs in `graph.joint.data`."""
        data = self.graph.joint.data
        return np.random.default_rng([self.seed, 0]).choice(len(data), self.n_pairs, p=data / data.sum())

    @cached_property
    def _is_pair(self) -> sp.csr_array:
        return sp.csr_array(self.graph.joint > 0)

    def _towers(self) -> "tuple[_Tower, _Tower]":
        rng = np.random.default_rng([self.seed, 1])
        (n_left, n_right), (left, right) = self.graph.shape, self.features or (None, None)
        return _Tower(n_left, left, self.k, self.rates, rng), _Tower(n_right, right, self.k, self.rates, rng)

    def _masks(
        self, dropped: Dropped, left: IntArray, right: IntArray, rng: np.random.Generator
    ) -> "tuple[torch.Tensor, torch.Tensor] | None":
        """Masks of dropped negatives, (B, B) each: captions of each image (rows), and images of each caption."""
        import torch

        if dropped == "nothing":
            return None
        if dropped == "repeats":
            masks = [right[:, None] == right, left[:, None] == left]
        else:
            pairs = self._is_pair[left][:, right].toarray()
            masks = [pairs, pairs] if dropped == "pairs" else [_as_many(pairs, rng), _as_many(pairs.T, rng).T]
        same_pair = np.eye(len(left), dtype=bool)
        rows, columns = (torch.from_numpy(mask & ~same_pair) for mask in masks)
        return rows, columns


def batch_loss(
    f: "torch.Tensor", g: "torch.Tensor", masks: "tuple[torch.Tensor, torch.Tensor] | None" = None
) -> "torch.Tensor":
    """Symmetric InfoNCE minus log B of R critics on a batch, (R,), from the embeddings (R, B, k) of both ends.

    `masks`, (B, B) each, are scores to drop in the softmax over captions, and in that over images.
    """
    scores = f @ g.transpose(1, 2)
    rows, columns = (scores, scores) if masks is None else (scores.masked_fill(mask, -np.inf) for mask in masks)
    partitions = (rows.logsumexp(2) + columns.logsumexp(1)) / 2
    loss: torch.Tensor = (partitions - scores.diagonal(dim1=1, dim2=2)).mean(1) - float(np.log(scores.shape[1]))
    return loss


class _Tower:
    """Embeddings of one side for all rates. Adam ignores the scale of a gradient, so one optimiser serves all."""

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
        """Embeddings, (R, n, k), of nodes, (n,); by default of all nodes."""
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
    """Random non-pairs: in each row as many as it has pairs off the diagonal, or all of them if these are fewer."""
    chance = np.where(pairs, np.inf, rng.random(pairs.shape))
    ranks = chance.argsort(axis=1).argsort(axis=1)
    return np.asarray((ranks < pairs.sum(axis=1, keepdims=True) - 1) & ~pairs)
