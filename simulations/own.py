"""A user's function or module of torch, behind the boundary of foreign code."""

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import nn

from pairbounds.infrastructure.foreign import ForeignCodeError, ForeignResultError, contained, source_of

Made = TypeVar("Made")


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
        """What it returns."""
        value: Any = contained(self.call, *arguments, name=self.about, place=self.place)
        if not isinstance(value, torch.Tensor):
            raise self.error(f"returned {type(value).__name__}, and not a tensor of torch")
        trained = any(one.requires_grad for one in (*arguments, *self.parameters()))
        if trained and torch.is_grad_enabled() and not value.requires_grad:
            raise self.error("returned a tensor without a gradient: numpy, .item(), detach() and no_grad() cut it off")
        return value

    def error(self, what: str) -> ForeignResultError:
        """What is to be raised if it returned what it may not."""
        return ForeignResultError(self.about, *self.place, what)

    def diverged(self, what: str) -> ForeignCodeError:
        """What is to be raised if it may return better things at another learning rate."""
        return ForeignCodeError(self.about, *self.place, what)


def backward(value: torch.Tensor, *models: nn.Module) -> None:
    """Compute the gradients; if that fails and one of the models is a user's, it is that one's failure."""
    own = next((part for model in models for part in model.modules() if isinstance(part, Own)), None)
    if own is None:
        value.backward()  # type: ignore[no-untyped-call]
    else:
        contained(value.backward, name=f"the gradient of {own.about}", place=own.place)


def called(function: object) -> str:
    """What a user's function, class or module is called."""
    return str(getattr(function, "__name__", type(function).__name__))
