"""A loss that a user wrote: a function of the embeddings of pairs and of their weights."""

import math
from collections.abc import Callable
from typing import Any, ClassVar, Self

import torch
from torch import nn
from torch.nn import Buffer

from pairbounds.infrastructure.foreign import contained, require_arguments, source_of
from pairbounds.simulations.losses.loss import Embeddings, PairLoss
from pairbounds.simulations.own import Own, called
from pairbounds.theory.graph.pair_graph import PairGraph

ARGUMENTS = ("first", "second", "weight")


class OwnLoss(PairLoss):
    """`written(first, second, weight)`, of the embeddings (n, k) of the two ends of n pairs and their weights (n,).

    On a graph these are its pairs, with `P(x, l)`; in a batch the pairs that were drawn, each with `1/B`. Weights sum
    to 1 either way, so that a mean over pairs is `weight @ (...)`, and one over independent ends, as of negatives, is
    `weight @ (...) @ weight`.

    Attributes
    ----------
    written : the function; or a module, which is trained in its place; or a class of modules, made anew for each graph
    """

    written: ClassVar[Callable[..., Any]]

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        pairs, about = graph.joint.tocoo(), f"loss {self.name!r}"
        written, place = self.written, source_of(self.written)
        made: Any = contained(written, name=about, place=place) if isinstance(written, type) else written
        require_arguments(getattr(made, "forward", made), ARGUMENTS, about)
        self.own = Own(made, about)
        self.left_ends, self.right_ends = (Buffer(torch.tensor(ends, dtype=torch.long)) for ends in pairs.coords)
        self.weight = Buffer(torch.tensor(pairs.data))

    def on(self, graph: PairGraph) -> Self:
        """See `PairLoss`."""
        other = type(self)(graph)
        other.own = self.own
        return other

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """Of all pairs of the graph, with their probabilities."""
        return self._scalar(left[self.left_ends], right[self.right_ends], self.weight)

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """Of the pairs of a batch, all alike."""
        return self._scalar(first, second, first.new_full((len(first),), 1 / len(first)))

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """Nothing is known of it."""
        return math.nan

    def diverged(self, value: float, step: int) -> Exception:
        """See `PairLoss`."""
        return self.own.diverged(f"returned {value} after {step} steps: lower the learning rate, or keep it finite")

    def _scalar(self, *arguments: torch.Tensor) -> torch.Tensor:
        value: torch.Tensor = self.own(*arguments)
        if value.numel() != 1:
            raise self.own.error(f"returned a tensor of shape {tuple(value.shape)}, and not a number")
        return value.squeeze()


def own_loss(written: Callable[..., Any], name: str = "") -> type[OwnLoss]:
    """The loss that a function, a module or a class of modules is; a `ForeignCodeError` if it cannot be called so."""
    name = name or called(written)
    if not isinstance(written, type | nn.Module):
        require_arguments(written, ARGUMENTS, f"loss {name!r}")
    said = {"name": name, "written": staticmethod(written), "__doc__": written.__doc__}
    return type(OwnLoss.__name__, (OwnLoss,), said)
