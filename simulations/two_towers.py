"""Two towers: one for each side of a graph, from this package's encoders or a user's networks."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pairbounds.infrastructure.users_code import foreign_code, is_foreign
from pairbounds.simulations.encoders import ENCODERS, Builder, require_encoder
from pairbounds.simulations.encoders.free import FreeTower
from pairbounds.simulations.user_code import UserModule, name_of
from pairbounds.theory.graph.pair_graph import PairGraph

Inputs = tuple[npt.ArrayLike | None, npt.ArrayLike | None]  # None for a side without inputs
Side = str | nn.Module | Builder
Encoder = Side | tuple[Side, Side]


class NetworkTower(nn.Module):
    """A network applied to the inputs of each node of a side."""

    def __init__(self, network: nn.Module, inputs: torch.Tensor) -> None:
        super().__init__()
        self.network = network
        self.inputs = nn.Buffer(inputs)

    def forward(self, nodes: torch.Tensor | None = None) -> torch.Tensor:
        """See `FreeTower`."""
        embedding: torch.Tensor = self.network(self.inputs if nodes is None else self.inputs[nodes])
        return embedding


Tower = FreeTower | NetworkTower


class UserEncoder(UserModule):
    """A user's network: inputs are cast to its precision, its embeddings (n, k) to float64."""

    def __init__(self, network: nn.Module, title: str, k: int, build: Builder | None = None) -> None:
        super().__init__(network, title, build)
        self.k = k

    def forward(self, *arguments: torch.Tensor) -> torch.Tensor:
        """Embeddings (n, k) of n inputs."""
        (inputs,) = arguments
        precision = next(
            (parameter.dtype for parameter in self.parameters() if parameter.is_floating_point()), inputs.dtype
        )
        value, shape = super().forward(inputs.to(precision)), (len(inputs), self.k)
        if tuple(value.shape) != shape:
            with self.naming_errors():
                raise ValueError(f"returned embeddings of shape {tuple(value.shape)}, expected {shape}")
        return value.double()


class TwoTowers(nn.Module):
    """A tower for each side of a graph."""

    def __init__(self, left: Tower, right: Tower) -> None:
        super().__init__()
        self.left, self.right = left, right

    @classmethod
    def of(
        cls, graph: PairGraph, k: int, encoder: Encoder, inputs: Inputs | None, rng: np.random.Generator
    ) -> "TwoTowers":
        """Build the towers from names in `ENCODERS` or a user's networks; a pair has one for each side.

        `ValueError`: an unknown name; inputs that are missing, or do not fit the graph or the network; no trainable
        parameter. `ForeignCodeError`: a user's function does not build a network.
        """
        chosen = encoder if isinstance(encoder, tuple) else (encoder, encoder)
        inputs = (None, None) if inputs is None else inputs
        if len(inputs) != 2:
            raise ValueError(f"inputs have {len(inputs)} parts: give a pair, (left, right)")
        sides = zip(("left", "right"), chosen, inputs, graph.shape, strict=True)
        observed = [_required(*side) for side in sides]
        # Layers draw their weights from torch's global generator: restore its state afterwards.
        with torch.random.fork_rng(devices=[]):
            if any(values is not None for values in observed):
                torch.manual_seed(int(rng.integers(2**63)))
            marginals = graph.left_marginal, graph.right_marginal
            towers = [
                FreeTower(marginal, k, rng) if x is None else NetworkTower(_network(part, x.shape[1:], k), x)
                for part, x, marginal in zip(chosen, observed, marginals, strict=True)
            ]
        model = cls(*towers)
        if not any(part.requires_grad for part in model.parameters()):
            raise ValueError("the encoder has no trainable parameter: at least one needs requires_grad=True")
        return model


def _required(side: str, encoder: Side, values: npt.ArrayLike | None, size: int) -> torch.Tensor | None:
    """Inputs of one side as a tensor; None for a free embedding."""
    if isinstance(encoder, str):
        require_encoder(encoder)
    elif not callable(encoder):
        raise ValueError(f"encoder={encoder!r} is not valid: give the name of an encoder, a module or a function")
    if (encoder == "free") != (values is None):
        needs = "takes no inputs: give None for its side" if encoder == "free" else "needs inputs=(left, right)"
        raise ValueError(f"encoder={encoder if isinstance(encoder, str) else name_of(encoder)!r} {needs}")
    if values is None:
        return None
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < 2 or len(array) != size:
        raise ValueError(f"{side} inputs have shape {array.shape}: give one row for each of the {size} {side} nodes")
    if not np.isfinite(array).all():
        raise ValueError(f"{side} inputs have {np.sum(~np.isfinite(array))} values that are NaN or infinite")
    return torch.from_numpy(array)


def _network(encoder: Side, shape: torch.Size, k: int) -> nn.Module:
    """The network of one side. A wrapper names a user's network in error messages."""
    name, build = (encoder, ENCODERS[encoder]) if isinstance(encoder, str) else (name_of(encoder), encoder)
    title = f"encoder {name!r}"
    if isinstance(build, nn.Module):
        return UserEncoder(build, title, k)
    n_inputs = shape[0] if len(shape) == 1 else tuple(shape)
    if not is_foreign(build):
        return build(n_inputs, k)
    with foreign_code(title, build):
        network: Any = build(n_inputs, k)
        if not isinstance(network, nn.Module):
            raise TypeError(f"returned {type(network).__name__}, expected a torch.nn.Module")
    return UserEncoder(network, title, k, build)
