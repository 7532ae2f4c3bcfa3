"""Wrappers of a user's losses and networks, which name them in error messages."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeVar

import torch
from torch import nn
from torch.nn import Buffer

from pairbounds.infrastructure.users_code import foreign_code
from pairbounds.simulations.losses import LOSSES, PairLoss
from pairbounds.theory.graph.pair_graph import PairGraph

Written = TypeVar("Written", bound=Callable[..., Any])


class UserModule(nn.Module):
    """Wrapper of a function or a module that must return a tensor with a gradient.

    Parameters
    ----------
    call : a function, or a module; the wrapper has the module's parameters
    title : name in error messages
    written : the user's function, for file and line in error messages, if `call` is not the user's
    """

    def __init__(self, call: Callable[..., Any], title: str, written: Callable[..., Any] | None = None) -> None:
        super().__init__()
        self.call = call
        self.naming_errors = partial(foreign_code, title, written or call)

    def forward(self, *arguments: torch.Tensor) -> torch.Tensor:
        """Call the user's code and check its result."""
        with self.naming_errors():
            value: Any = self.call(*arguments)
            if not isinstance(value, torch.Tensor):
                raise TypeError(f"returned {type(value).__name__}, expected a torch tensor")
            trained = any(tensor.requires_grad for tensor in (*arguments, *self.parameters()))
            if trained and torch.is_grad_enabled() and not value.requires_grad:
                raise ValueError("returned a tensor without a gradient: avoid numpy, .item(), detach() and no_grad()")
        return value


def name_of(function: object) -> str:
    """Name of a user's function, class or module."""
    return str(getattr(function, "__name__", type(function).__name__))


class UserLoss(PairLoss):
    """A user's loss `written(first, second, weight)`, as in `loss`: a function, a module or a class of modules."""

    name: ClassVar[str]
    written: ClassVar[Callable[..., Any]]

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        pairs, title, written = graph.joint.tocoo(), f"loss {self.name!r}", self.written
        if isinstance(written, type):
            with foreign_code(title, written):
                written = written()
        self.user = UserModule(written, title)
        self.left_ends, self.right_ends = (Buffer(torch.tensor(ends, dtype=torch.long)) for ends in pairs.coords)
        self.weight = Buffer(torch.tensor(pairs.data))

    def population(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Loss of all pairs of the graph, weighted by their probabilities."""
        return self._scalar(left[self.left_ends], right[self.right_ends], self.weight)

    def sampled(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """Loss of the pairs of a batch, with equal weights."""
        return self._scalar(first, second, first.new_full((len(first),), 1 / len(first)))

    def _scalar(self, *arguments: torch.Tensor) -> torch.Tensor:
        value: torch.Tensor = self.user(*arguments)
        if value.numel() != 1:
            with self.user.naming_errors():
                raise ValueError(f"returned a tensor of shape {tuple(value.shape)}, expected a scalar")
        return value.squeeze()


def user_loss(written: Callable[..., Any], name: str = "") -> type[UserLoss]:
    """Loss class for a user's function, module or class of modules."""
    name = name or name_of(written)
    return type("UserLoss", (UserLoss,), {"name": name, "written": staticmethod(written), "__doc__": written.__doc__})


def loss(name: str) -> Callable[[Written], Written]:
    """Register a function as a loss, for `train(..., loss=name)` and for studies with a setting `loss`.

    The function is `(first, second, weight) -> scalar tensor`: the embeddings (n, k) of the two ends of n positive
    pairs, and the weight of each pair, (n,), all float64. On the whole graph, or a training set, these are all pairs,
    weighted by their probabilities; in a batch they are B drawn pairs of weight 1/B. So
    `weight @ (first * second).sum(1)` is the mean over positive pairs, and
    `weight @ (first @ second.T).square() @ weight` the mean over independent ends, both exact on the graph. In a batch
    the latter includes the diagonal, a share 1/B of positive pairs.

    A class of `torch.nn.Module` whose `forward` is such a function can be registered too. Each training builds one
    instance, without arguments, and trains its parameters, such as a temperature.

    Raises
    ------
    ValueError : the name is not a string, or is taken by another loss; the decorated object is not a function

    Examples
    --------
    >>> from pairbounds import loss
    >>> @loss("aligned")
    ... def aligned(first, second, weight):
    ...     return weight @ (first - second).square().sum(1)
    >>> from pairbounds.simulations.losses import LOSSES
    >>> del LOSSES["aligned"]
    """
    add = LOSSES.registering(name, partial(user_loss, name=name))

    def register(written: Written) -> Written:
        add(written)
        return written

    return register


def loss_of(named: object) -> type[PairLoss]:
    """Loss class for a registered name, or for a user's function or module; errors as in `train`."""
    if isinstance(named, str):
        if named not in LOSSES:
            raise ValueError(f"loss={named!r} is unknown: choose one of {', '.join(LOSSES)}")
        return LOSSES[named]
    if not callable(named):
        raise ValueError(f"loss={named!r} is not valid: give the name of a loss, or a function")
    return user_loss(named)
