"""Encoders, from inputs of the nodes to embeddings: each module has a function of its name and is discovered by it."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from torch import nn

from pairbounds.infrastructure.users_code import Register
from pairbounds.simulations.encoders.free import FreeTower

NETWORKS = [name for _, name, _ in iter_modules(__path__) if name != "free"]

ENCODERS: Register[Callable[..., Any]] = Register(
    "encoder",
    source=lambda build: build,
    entries={"free": FreeTower} | {name: getattr(import_module(f"{__name__}.{name}"), name) for name in NETWORKS},
)
Builder = Callable[..., nn.Module]  # a user's function of the number of inputs and the width k
Written = TypeVar("Written", bound=Builder)


def encoder(name: str) -> Callable[[Written], Written]:
    """Register a function, or a class of modules, as an encoder, for `train(..., encoder=name, inputs=...)`.

    The function is `(n_inputs, k) -> torch.nn.Module`, called for each side of a graph. `n_inputs` is the width of the
    feature vectors of that side's nodes, or (channels, height, width) of their images. The module maps n inputs to
    embeddings (n, k). Inputs have the precision of its parameters, and its random weights depend on the training seed.
    It is in evaluation mode when embeddings are logged.

    Raises
    ------
    ValueError : the name is not a string, or is taken by another encoder; the decorated object is not a function

    Examples
    --------
    >>> from torch import nn
    >>> from pairbounds import encoder
    >>> @encoder("bottleneck")
    ... def bottleneck(n_inputs, k):
    ...     return nn.Sequential(nn.Linear(n_inputs, 2), nn.Tanh(), nn.Linear(2, k))
    >>> from pairbounds.simulations.encoders import ENCODERS
    >>> del ENCODERS["bottleneck"]
    """
    return ENCODERS.registering(name, lambda build: build)  # type: ignore[return-value]  # it returns its argument


def require_encoder(name: str) -> None:
    """Raise `ValueError` if no encoder has this name."""
    if name not in ENCODERS:
        raise ValueError(f"encoder={name!r} is unknown: choose one of {', '.join(ENCODERS)}")


__all__ = ["ENCODERS", "encoder"]
