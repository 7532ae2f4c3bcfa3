"""The losses by name: those of this package, and those that a user registers."""

from collections.abc import Callable
from typing import Any, TypeVar

from pairbounds.infrastructure.registers import Register
from pairbounds.simulations.losses.infonce import Clip, InfoNCE
from pairbounds.simulations.losses.loss import PairLoss
from pairbounds.simulations.losses.nt_xent import NTXent
from pairbounds.simulations.losses.own import OwnLoss, own_loss
from pairbounds.simulations.losses.spectral import InducedSpectral, Spectral

Written = TypeVar("Written", bound=Callable[..., Any])

LOSSES: Register[type[PairLoss]] = Register(
    "a loss",
    source=lambda kind: kind.written if issubclass(kind, OwnLoss) else kind,
    is_entry=lambda name, kind: isinstance(kind, type) and issubclass(kind, PairLoss) and kind.name == name,
    entries={kind.name: kind for kind in (Spectral, InducedSpectral, InfoNCE, Clip, NTXent)},
)


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
    LOSSES.require_name(name)

    def register(written: Written) -> Written:
        if not callable(written):
            raise ValueError(f"loss {name!r} is not a function: {written!r}")
        LOSSES.add(name, own_loss(written, name))
        return written

    return register


def loss_of(named: object) -> type[PairLoss]:
    """The loss that has a name, or that a user's function or module is.

    Raises
    ------
    ValueError
        An unknown name, or something else.
    ForeignCodeError
        The function cannot be called as a loss is.
    """
    if isinstance(named, str):
        if named not in LOSSES:
            raise ValueError(f"loss={named!r} is none of {', '.join(LOSSES)}")
        return LOSSES[named]
    if isinstance(named, type) and issubclass(named, PairLoss):
        return named
    if not callable(named):
        raise ValueError(f"loss={named!r} is neither the name of a loss nor a function")
    return own_loss(named)
