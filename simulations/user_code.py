"""Losses and networks that a user wrote: called through one wrapper, which names them in errors."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeVar

import torch
from torch import nn
from torch.nn import Buffer

from pairbounds.infrastructure.foreign import foreign_code
from pairbounds.simulations.losses import LOSSES, PairLoss
from pairbounds.theory.graph.pair_graph import PairGraph

Written = TypeVar("Written", bound=Callable[..., Any])


class UserModule(nn.Module):
    """Calls a function or a module, and requires a tensor through which a gradient reaches what is trained.

    Parameters
    ----------
    call : a function, or a module: its parameters are this one's
    about : what errors call it
    written : function whose file and line errors name, if the call itself is not the user's
    """

    def __init__(self, call: Callable[..., Any], about: str, written: Callable[..., Any] | None = None) -> None:
        super().__init__()
        self.call = call
        self.naming_errors = partial(foreign_code, about, written or call)

    def forward(self, *arguments: torch.Tensor) -> torch.Tensor:
        """Tensor that the call returns."""
        with self.naming_errors():
            value: Any = self.call(*arguments)
            if not isinstance(value, torch.Tensor):
                raise TypeError(f"returned {type(value).__name__}, and not a tensor of torch")
            trained = any(tensor.requires_grad for tensor in (*arguments, *self.parameters()))
            if trained and torch.is_grad_enabled() and not value.requires_grad:
                raise ValueError("returned a tensor without a gradient: numpy, .item(), detach() and no_grad() cut it")
        return value


def name_of(function: object) -> str:
    """Name of a user's function, class or module."""
    return str(getattr(function, "__name__", type(function).__name__))


class UserLoss(PairLoss):
    """`written(first, second, weight)`, as `loss` has it: a function, a module or a class of such."""

    name: ClassVar[str]
    written: ClassVar[Callable[..., Any]]

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        pairs, about, written = graph.joint.tocoo(), f"loss {self.name!r}", self.written
        if isinstance(written, type):
            with foreign_code(about, written):
                written = written()
        self.user = UserModule(written, about)
        self.left_ends, self.right_ends = (Buffer(torch.tensor(ends, dtype=torch.long)) for ends in pairs.coords)
        self.weight = Buffer(torch.tensor(pairs.data))

    def population(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Loss of all pairs of the graph, with their probabilities."""
        return self._scalar(left[self.left_ends], right[self.right_ends], self.weight)

    def sampled(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """Loss of the pairs of a batch, all alike."""
        return self._scalar(first, second, first.new_full((len(first),), 1 / len(first)))

    def _scalar(self, *arguments: torch.Tensor) -> torch.Tensor:
        value: torch.Tensor = self.user(*arguments)
        if value.numel() != 1:
            with self.user.naming_errors():
                raise ValueError(f"returned a tensor of shape {tuple(value.shape)}, and not a number")
        return value.squeeze()


def user_loss(written: Callable[..., Any], name: str = "") -> type[UserLoss]:
    """The loss that a function, a module or a class of modules is."""
    name = name or name_of(written)
    return type("UserLoss", (UserLoss,), {"name": name, "written": staticmethod(written), "__doc__": written.__doc__})


def loss(name: str) -> Callable[[Written], Written]:
    """Register a function as a loss: `train(..., loss=name)` minimises it, and so does a study of a loss by name.

    The function is `(first, second, weight) -> scalar tensor`: the embeddings (n, k) of the two ends of n positive
    pairs, and how likely each pair is, (n,), float64. On the whole graph, or a training set, these are all its pairs
    with their probabilities; in a batch they are B drawn pairs with 1/B each. So `weight @ (first * second).sum(1)` is
    the mean over positive pairs, and `weight @ (first @ second.T).square() @ weight` that over independent ends, both
    exact on the graph. In a batch the latter has the pairs themselves on its diagonal, a share 1/B of it.

    In place of a function it may be a class of `torch.nn.Module`, whose `forward` is that function: each training makes
    one, without arguments, and trains its parameters too, such as a temperature.

    Raises
    ------
    ValueError : the name is no text, or another loss has it; it decorates no function

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
    """The loss that has a name, or that a user's function or module is; the errors of `train`."""
    if isinstance(named, str):
        if named not in LOSSES:
            raise ValueError(f"loss={named!r} is none of {', '.join(LOSSES)}")
        return LOSSES[named]
    if not callable(named):
        raise ValueError(f"loss={named!r} is neither the name of a loss nor a function")
    return user_loss(named)
