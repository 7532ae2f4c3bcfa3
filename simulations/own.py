"""A user's functions and modules of torch, behind the boundary of foreign code; losses of one's own."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Self, TypeVar

import torch
from torch import nn
from torch.nn import Buffer

from pairbounds.infrastructure.foreign import (
    ForeignCodeError,
    ForeignResultError,
    call_foreign,
    require_arguments,
    source_of,
)
from pairbounds.simulations.losses import LOSSES, PairLoss
from pairbounds.theory.graph.pair_graph import PairGraph

ARGUMENTS = ("first", "second", "weight")  # of a loss
Written = TypeVar("Written", bound=Callable[..., Any])


class Own(nn.Module):
    """Calls it, and sees that it returns a tensor through which a gradient reaches what is trained.

    Parameters
    ----------
    call : callable
        A function, or a module: its parameters are this one's.
    about : str
        What errors call it.
    place : file and line, optional
        Where errors say it is, if it is not where it is defined.
    """

    def __init__(self, call: Callable[..., Any], about: str, place: tuple[str, int] | None = None) -> None:
        super().__init__()
        self.call, self.about, self.place = call, about, place or source_of(call)

    def forward(self, *arguments: torch.Tensor) -> torch.Tensor:
        """Tensor that the call returns."""
        value: Any = call_foreign(self.call, *arguments, name=self.about, place=self.place)
        if not isinstance(value, torch.Tensor):
            raise self.error(f"returned {type(value).__name__}, and not a tensor of torch")
        trained = any(one.requires_grad for one in (*arguments, *self.parameters()))
        if trained and torch.is_grad_enabled() and not value.requires_grad:
            raise self.error("returned a tensor without a gradient: numpy, .item(), detach() and no_grad() cut it off")
        return value

    def error(self, what: str) -> ForeignResultError:
        """Error to be raised if the call returned what it may not."""
        return ForeignResultError(self.about, *self.place, what)

    def diverged(self, what: str) -> ForeignCodeError:
        """Error to be raised if the call may return better things at another learning rate."""
        return ForeignCodeError(self.about, *self.place, what)


def backward(value: torch.Tensor, *models: nn.Module) -> None:
    """Compute the gradients; if that fails and one of the models is a user's, it is that one's failure."""
    own = next((part for model in models for part in model.modules() if isinstance(part, Own)), None)
    if own is None:
        value.backward()  # type: ignore[no-untyped-call]
    else:
        call_foreign(value.backward, name=f"the gradient of {own.about}", place=own.place)


def name_of(function: object) -> str:
    """Name of a user's function, class or module."""
    return str(getattr(function, "__name__", type(function).__name__))


class OwnLoss(PairLoss):
    """`written(first, second, weight)`, as `loss` has it: a function, a module or a class of such."""

    written: ClassVar[Callable[..., Any]]

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        pairs, about = graph.joint.tocoo(), f"loss {self.name!r}"
        written, place = self.written, source_of(self.written)
        made: Any = call_foreign(written, name=about, place=place) if isinstance(written, type) else written
        require_arguments(getattr(made, "forward", made), ARGUMENTS, about)
        self.own = Own(made, about)
        self.left_ends, self.right_ends = (Buffer(torch.tensor(ends, dtype=torch.long)) for ends in pairs.coords)
        self.weight = Buffer(torch.tensor(pairs.data))

    def on(self, graph: PairGraph) -> Self:
        """See `PairLoss`."""
        other = type(self)(graph)
        other.own = self.own
        return other

    def population(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Loss of all pairs of the graph, with their probabilities."""
        return self._scalar(left[self.left_ends], right[self.right_ends], self.weight)

    def sampled(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """Loss of the pairs of a batch, all alike."""
        return self._scalar(first, second, first.new_full((len(first),), 1 / len(first)))

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
    name = name or name_of(written)
    if not isinstance(written, type | nn.Module):
        require_arguments(written, ARGUMENTS, f"loss {name!r}")
    said = {"name": name, "written": staticmethod(written), "__doc__": written.__doc__}
    return type(OwnLoss.__name__, (OwnLoss,), said)


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
    ValueError
        The name is no text, or another loss has it; it decorates no function.
    ForeignCodeError
        The function cannot be called so.

    Examples
    --------
    >>> from pairbounds import loss
    >>> @loss("aligned")
    ... def aligned(first, second, weight):
    ...     return weight @ (first - second).square().sum(1)
    >>> from pairbounds.simulations.losses import LOSSES
    >>> del LOSSES["aligned"]
    """
    add = LOSSES.registering(name, partial(own_loss, name=name))

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
    if isinstance(named, type) and issubclass(named, PairLoss):
        return named
    if not callable(named):
        raise ValueError(f"loss={named!r} is neither the name of a loss nor a function")
    return own_loss(named)
