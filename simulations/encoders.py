"""Encoders: what turns the nodes of a graph into embeddings that can be trained."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from theory import PairGraph
from theory.infrastructure.arrays import FloatArray

INITIAL_NORM = 0.1  # of a column of the weighted embedding, whose optimum has norms of up to 1
HIDDEN = 128  # units of the MLP
CHANNELS = 16  # of the first convolution; the second has twice as many

Inputs = tuple[npt.ArrayLike, npt.ArrayLike]


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


NETWORKS: Mapping[str, Callable[[torch.Size, int], nn.Module]] = {"linear": linear, "mlp": mlp, "conv": conv}
ENCODERS = ("free", *NETWORKS)


class DualEncoder(nn.Module):
    """A tower for each side of a graph."""

    def __init__(self, left: Tower, right: Tower) -> None:
        super().__init__()
        self.left, self.right = left, right

    @classmethod
    def of(cls, graph: PairGraph, k: int, name: str, inputs: Inputs | None, rng: np.random.Generator) -> "DualEncoder":
        """An encoder by its name, a key of `ENCODERS`, with random weights.

        Raises
        ------
        ValueError
            An unknown name; inputs that are missing, or do not fit the graph or the network.
        """
        if name not in ENCODERS:
            raise ValueError(f"encoder={name!r} is none of {', '.join(ENCODERS)}")
        if (name == "free") != (inputs is None):
            raise ValueError(
                f"encoder={name!r} "
                + ("has a vector for each node and takes no inputs" if name == "free" else "needs inputs=(left, right)")
            )
        if inputs is None:
            return cls(FreeTower(graph.left_marginal, k, rng), FreeTower(graph.right_marginal, k, rng))
        observed = [_observed(*side) for side in zip(("left", "right"), inputs, graph.joint.shape, strict=True)]
        # Layers draw their weights from torch's global stream: it is set aside, and left as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**63)))
            left, right = (NetworkTower(NETWORKS[name](x.shape[1:], k).double(), x) for x in observed)
        return cls(left, right)


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
