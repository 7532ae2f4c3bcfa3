"""The symmetric InfoNCE (CLIP) loss on a whole graph, and the entropy that bounds it from below."""

from typing import TYPE_CHECKING, Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, is_tensor
from pairbounds.theory.graph.pair_graph import PairGraph

if TYPE_CHECKING:
    import torch

BLOCK = 4_000_000  # scores held at once


def infonce_loss(graph: PairGraph, f: Any, g: Any, temperature: float = 1.0) -> Any:
    """The population InfoNCE loss of scores `s(x, l) = f(x)ᵀ g(l) / temperature`, averaged over both directions.

    `L = -E_P[s] + ½ E_{p_L}[log E_{l~p_R} e^{s(x,l)}] + ½ E_{p_R}[log E_{x~p_L} e^{s(x,l)}]`. The negatives are drawn
    from the marginals: a batch of size B adds log B to each direction.

    Parameters
    ----------
    f : (n_left, k), g : (n_right, k)
        Unweighted embeddings, numpy or torch.

    Returns
    -------
    float, or a scalar tensor, differentiable in f and g, if these are tensors.

    Notes
    -----
    Every pair of nodes has a score: O(n_left n_right k) time, in blocks of `BLOCK` scores, never the whole matrix.
    Source: van den Oord et al. 2018; Radford et al. 2021.
    """
    forward, backward = infonce_directions(graph, f, g, temperature)
    return (forward + backward) / 2


def infonce_directions(graph: PairGraph, f: Any, g: Any, temperature: float = 1.0) -> tuple[Any, Any]:
    """The two halves of `infonce_loss`: with right nodes as the negatives of a left one, and left ones of a right.

    `-E_P[s] + E_{p_L}[log E_{l~p_R} e^{s(x,l)}]` and `-E_P[s] + E_{p_R}[log E_{x~p_L} e^{s(x,l)}]`.
    """
    import torch

    left, right = torch.as_tensor(f), torch.as_tensor(g) / temperature
    mass_left, mass_right = (torch.tensor(p).to(left) for p in (graph.left_marginal, graph.right_marginal))
    joint = graph.joint.tocoo()
    rows, columns = (torch.as_tensor(index.astype(np.int64), device=left.device) for index in joint.coords)
    attraction = ((left[rows] * right[columns]).sum(1) * torch.tensor(joint.data).to(left)).sum()
    forward, backward = log_partitions(left, right, mass_left, mass_right)
    from_left, from_right = mass_left @ forward - attraction, mass_right @ backward - attraction
    if is_tensor(f):
        return from_left, from_right
    return float(from_left), float(from_right)


def log_partitions(
    left: "torch.Tensor", right: "torch.Tensor", mass_left: "torch.Tensor", mass_right: "torch.Tensor"
) -> "tuple[torch.Tensor, torch.Tensor]":
    """`log E_l e^{s(x,l)}` for each x, (n_left,), and `log E_x e^{s(x,l)}` for each l, (n_right,), of `s = f(x)ᵀ g(l)`.

    Parameters
    ----------
    left : (n_left, k), right : (n_right, k)
    mass_left : (n_left,), mass_right : (n_right,)
        The marginals that the averages are over, and not their logarithms: that of a small mass is large, and so is its
        round-off.
    """
    import torch

    step = max(1, BLOCK // len(right))
    forward, tops, sums = [], [], []
    for block, mass in zip(torch.split(left, step), torch.split(mass_left, step), strict=True):
        scores = block @ right.T
        top = scores.detach().amax(dim=1, keepdim=True)
        forward.append(top[:, 0] + ((scores - top).exp() @ mass_right).log())
        top = scores.detach().amax(dim=0, keepdim=True)
        tops.append(top[0])
        sums.append(mass @ (scores - top).exp())
    highest = torch.stack(tops).amax(dim=0)
    total = (torch.stack(sums) * (torch.stack(tops) - highest).exp()).sum(dim=0)
    return torch.cat(forward), highest + total.log()


def pair_ratios(graph: PairGraph) -> FloatArray:
    """`P(x, l) / (p_L(x) p_R(l))` of each pair, in the order of `graph.joint.data`."""
    rows, columns = graph.joint.tocoo().coords
    # A quotient by each marginal in turn: their product may be too small for a float.
    return np.asarray(graph.joint.data / graph.left_marginal[rows] / graph.right_marginal[columns])


def mutual_information(graph: PairGraph) -> float:
    """`I(x; l) = E_P[log P(x, l) / (p_L(x) p_R(l))]`, in nats; linear in the number of pairs."""
    return float(np.sum(graph.joint.data * np.log(pair_ratios(graph))))
