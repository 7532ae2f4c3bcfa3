"""Encoders: what turns the nodes of a graph into embeddings that can be trained."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.foreign import ForeignResultError, call_foreign, require_arguments, source_of
from pairbounds.infrastructure.registers import Register
from pairbounds.simulations.own import Own, called
from pairbounds.theory.graph.pair_graph import PairGraph

INITIAL_NORM = 0.1  # of a column of the weighted embedding, whose optimum has norms of up to 1
HIDDEN = 128  # units of the MLP
CHANNELS = 16  # of the first convolution; the second has twice as many

Inputs = tuple[npt.ArrayLike | None, npt.ArrayLike | None]  # None for a side that takes none


class Tower(nn.Module):
    """One side of a dual encoder: the embeddings of all its nodes, or of some."""

    def forward(self, nodes: torch.Tensor | None = None) -> torch.Tensor:
        """Unweighted embeddings, (n, k), of the nodes with these indices, (n,); by default of all."""
        raise NotImplementedError


class FreeTower(Tower):
    """A vector for each node, with nothing in common between them.

    The parameters are the weighted embedding, `F = D_L^{1/2} f`, in which the loss is equally curved for frequent and
    for rare nodes.
    """

    def __init__(self, marginal: FloatArray, k: int, rng: np.random.Generator) -> None:
        super().__init__()
        initial = INITIAL_NORM * rng.standard_normal((len(marginal), k)) / np.sqrt(len(marginal))
        self.weighted = nn.Parameter(torch.from_numpy(initial))
        self.root = nn.Buffer(torch.tensor(np.sqrt(marginal))[:, None])

    def forward(self, nodes: torch.Tensor | None = None) -> torch.Tensor:
        """See `Tower`."""
        if nodes is None:
            return self.weighted / self.root
        return self.weighted[nodes] / self.root[nodes]


class NetworkTower(Tower):
    """A network of what is observed of each node."""

    def __init__(self, network: nn.Module, inputs: torch.Tensor) -> None:
        super().__init__()
        self.network = network
        self.inputs = nn.Buffer(inputs)

    def forward(self, nodes: torch.Tensor | None = None) -> torch.Tensor:
        """See `Tower`."""
        embedding: torch.Tensor = self.network(self.inputs if nodes is None else self.inputs[nodes])
        return embedding


def linear(shape: torch.Size, k: int) -> nn.Module:
    """A linear map of feature vectors."""
    return nn.Linear(_features("linear", shape), k)


def mlp(shape: torch.Size, k: int) -> nn.Module:
    """Two hidden layers of `HIDDEN` units."""
    width = _features("mlp", shape)
    return nn.Sequential(
        nn.Linear(width, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, k)
    )


def conv(shape: torch.Size, k: int) -> nn.Module:
    """Two strided convolutions of pictures; what is observed as a feature vector has an MLP."""
    if len(shape) == 1:
        return mlp(shape, k)
    if len(shape) != 3 or min(shape[1:]) < 4:
        raise ValueError(f"encoder 'conv' takes pictures (n, channels, height, width) of 4 pixels or more, not {shape}")
    sizes = [-(-size // 4) for size in shape[1:]]
    return nn.Sequential(
        nn.Conv2d(shape[0], CHANNELS, 3, stride=2, padding=1),
        nn.GELU(),
        nn.Conv2d(CHANNELS, 2 * CHANNELS, 3, stride=2, padding=1),
        nn.GELU(),
        nn.Flatten(),
        nn.Linear(2 * CHANNELS * sizes[0] * sizes[1], k),
    )


Builder = Callable[..., nn.Module]  # of a user: from the number of inputs and the width
Side = str | nn.Module | Builder
NETWORKS: Mapping[str, Callable[[torch.Size, int], nn.Module]] = {"linear": linear, "mlp": mlp, "conv": conv}
ENCODERS: Register[Callable[..., Any]] = Register(
    "an encoder",
    source=lambda build: build,
    entries={"free": FreeTower, **NETWORKS},
)
ARGUMENTS = ("n_inputs", "k")
Written = TypeVar("Written", bound=Builder)


def encoder(name: str) -> Callable[[Written], Written]:
    """Register a function, or a class of modules, as an encoder: `train(..., encoder=name, inputs=...)` trains it.

    It is `(n_inputs, k) -> torch.nn.Module`, called for each side of a graph: `n_inputs` is the width of the feature
    vectors of that side's nodes, or (channels, height, width) of their pictures. The module turns n of them into
    embeddings (n, k). It sees them in the precision of its own parameters, and its random weights depend on the seed
    of the training. Where embeddings are logged, it is in its mode of evaluation.

    Raises
    ------
    ValueError
        The name is no text, or another encoder has it; it decorates no function.
    ForeignCodeError
        The function cannot be called so.

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

    def entry(build: Builder) -> Builder:
        if isinstance(build, nn.Module):
            raise ValueError(f"encoder {name!r} is not a function or a class, which would build one: {build!r}")
        require_arguments(build, ARGUMENTS, f"encoder {name!r}")
        return build

    return ENCODERS.registering(name, entry)  # type: ignore[return-value]  # it returns what it is given


class OwnEncoder(Own):
    """A user's network, which sees its inputs in its own precision; its embeddings are in float64.

    Parameters
    ----------
    k : int
        Width of the embedding that it has to have.
    """

    def __init__(self, network: nn.Module, about: str, k: int, place: tuple[str, int] | None = None) -> None:
        super().__init__(network, about, place)
        self.k = k

    def forward(self, *arguments: torch.Tensor) -> torch.Tensor:
        """Embeddings (n, k) of n inputs."""
        (inputs,) = arguments
        precision = next((one.dtype for one in self.parameters() if one.is_floating_point()), inputs.dtype)
        value, needed = super().forward(inputs.to(precision)), (len(inputs), self.k)
        if tuple(value.shape) != needed:
            raise self.error(f"returned embeddings of shape {tuple(value.shape)}, and not {needed}")
        if not torch.isfinite(value).all():
            raise self.diverged("returned embeddings that are not finite: lower the learning rate, or keep them finite")
        return value.double()


class DualEncoder(nn.Module):
    """A tower for each side of a graph."""

    def __init__(self, left: Tower, right: Tower) -> None:
        super().__init__()
        self.left, self.right = left, right

    @classmethod
    def of(
        cls,
        graph: PairGraph,
        k: int,
        encoder: Side | tuple[Side, Side],
        inputs: Inputs | None,
        rng: np.random.Generator,
    ) -> "DualEncoder":
        """Encoders by their names in `ENCODERS`, with random weights, or a user's; a pair of them is one for each side.

        Raises
        ------
        ValueError
            An unknown name; inputs that are missing, or do not fit the graph or the network; nothing to train.
        ForeignCodeError
            A user's function builds no network.
        """
        chosen = encoder if isinstance(encoder, tuple) else (encoder, encoder)
        if len(chosen) != 2:
            raise ValueError(f"encoder has {len(chosen)} parts: give one, or one for each of the two sides")
        given = (None, None) if inputs is None else inputs
        if len(given) != 2:
            raise ValueError(f"inputs have {len(given)} parts: give a pair, (left, right)")
        sides = zip(("left", "right"), chosen, given, graph.joint.shape, strict=True)
        observed = [_required(*side) for side in sides]
        # Layers draw their weights from torch's global stream: it is set aside, and left as it was.
        with torch.random.fork_rng(devices=[]):
            if any(values is not None for values in observed):
                torch.manual_seed(int(rng.integers(2**63)))
            marginals = graph.left_marginal, graph.right_marginal
            towers = [
                FreeTower(marginal, k, rng) if x is None else NetworkTower(_network(one, x.shape[1:], k), x)
                for one, x, marginal in zip(chosen, observed, marginals, strict=True)
            ]
        model = cls(*towers)
        if not any(one.requires_grad for one in model.parameters()):
            raise ValueError("the encoder has no parameter that can be trained")
        return model


def _required(side: str, encoder: Side, values: npt.ArrayLike | None, size: int) -> torch.Tensor | None:
    """The inputs of one side; none where it has a vector for each node."""
    if isinstance(encoder, str) and encoder not in ENCODERS:
        raise ValueError(f"encoder={encoder!r} is none of {', '.join(ENCODERS)}")
    if not isinstance(encoder, str) and not callable(encoder):
        raise ValueError(f"encoder={encoder!r} is neither the name of an encoder, nor a module, nor a function")
    if (encoder == "free") != (values is None):
        said = "has a vector for each node and takes no inputs" if encoder == "free" else "needs inputs=(left, right)"
        raise ValueError(f"encoder={encoder if isinstance(encoder, str) else called(encoder)!r} {said}")
    return None if values is None else _observed(side, values, size)


def _network(encoder: Side, shape: torch.Size, k: int) -> nn.Module:
    """The network of one side, by a name of this package's, or behind the boundary a user's."""
    if isinstance(encoder, str) and encoder in NETWORKS:
        return NETWORKS[encoder](shape, k).double()
    name, build = (encoder, ENCODERS[encoder]) if isinstance(encoder, str) else (called(encoder), encoder)
    about = f"encoder {name!r}"
    if isinstance(build, nn.Module):
        return OwnEncoder(build, about, k)
    require_arguments(build, ARGUMENTS, about)
    n_inputs = shape[0] if len(shape) == 1 else tuple(shape)
    place = source_of(build)
    network = call_foreign(build, n_inputs, k, name=about, place=place)
    if not isinstance(network, nn.Module):
        said = f"returned {type(network).__name__}, and not a torch.nn.Module"
        raise ForeignResultError(about, *place, said)
    return OwnEncoder(network, about, k, place)


def _observed(side: str, values: npt.ArrayLike, size: int) -> torch.Tensor:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < 2 or len(array) != size:
        raise ValueError(f"{side} inputs have shape {array.shape}: give one row for each of {size} {side} nodes")
    if not np.isfinite(array).all():
        raise ValueError(f"{side} inputs hold {np.sum(~np.isfinite(array))} values that are not finite")
    return torch.from_numpy(array)


def _features(name: str, shape: torch.Size) -> int:
    if len(shape) != 1:
        raise ValueError(f"encoder {name!r} takes feature vectors (n, width), not inputs of shape (n, *{tuple(shape)})")
    return shape[0]
