"""Symmetric InfoNCE (CLIP) loss on a graph, and the mutual information that bounds it from below."""

import sys
from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, is_tensor, row_blocks, without_torch
from pairbounds.theory.graph.pair_graph import PairGraph

BLOCK = 1 << 17  # scores in a block of arrays, which stay in the cache
MANY = 1 << 22  # scores in a block of tensors, large enough for a GPU
as_torch_does = np.errstate(all="ignore")  # scores overflow to infinity without a warning


def infonce_loss(graph: PairGraph, f: Any, g: Any, temperature: float = 1.0) -> Any:
    """Population InfoNCE loss of scores `s(x, l) = f(x)ᵀ g(l) / temperature`, averaged over both directions.

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
    Cost: O(n_left n_right k), in blocks of `BLOCK` scores. Source: van den Oord et al. 2018; Radford et al. 2021.
    """
    forward, backward = infonce_directions(graph, f, g, temperature)
    return (forward + backward) / 2


@as_torch_does
def infonce_directions(graph: PairGraph, f: Any, g: Any, temperature: float = 1.0) -> tuple[Any, Any]:
    """Both directions of `infonce_loss`: right nodes as negatives of left nodes, and left of right nodes.

    `-E_P[s] + E_{p_L}[log E_{l~p_R} e^{s(x,l)}]` and `-E_P[s] + E_{p_R}[log E_{x~p_L} e^{s(x,l)}]`.
    """
    left, right = _converted(f, f), _converted(g, f) / temperature
    mass_left, mass_right = (_converted(p, f) for p in (graph.left_marginal, graph.right_marginal))
    forward, backward = log_partitions(left, right, mass_left, mass_right)
    attraction = mean_score(graph, left, right)
    from_left, from_right = mass_left @ forward - attraction, mass_right @ backward - attraction
    if is_tensor(f):
        return from_left, from_right
    return float(from_left), float(from_right)


def mean_score(graph: PairGraph, left: Any, right: Any) -> Any:
    """`E_P[f(x)ᵀ g(l)]`, for arrays or tensors."""
    rows, columns = (index.astype(np.int64) for index in graph.joint.tocoo().coords)
    return ((left[rows] * right[columns]).sum(1) * _converted(graph.joint.data, left)).sum()


def _converted(values: Any, reference: Any) -> Any:
    """Values as a tensor with the dtype and device of `reference`, or as an array if `reference` is not a tensor."""
    if not is_tensor(reference):
        return np.asarray(without_torch(values), dtype=np.float64)
    import torch

    return (values if is_tensor(values) else torch.tensor(values)).to(reference)


@as_torch_does
def log_partitions(left: Any, right: Any, mass_left: Any, mass_right: Any) -> tuple[Any, Any]:
    """`log E_l e^{s(x,l)}` for each x, (n_left,), and `log E_x e^{s(x,l)}` for each l, (n_right,), of `s = f(x)ᵀ g(l)`.

    From arrays or tensors, and the marginals: logarithms of small masses would be large, and so would their round-off.
    """
    return _log_means(left, right, mass_right), _log_means(right, left, mass_left)


def _log_means(rows: Any, columns: Any, mass: Any) -> Any:
    """`log E e^s` of each row's scores with the columns under their masses, (n,)."""
    xp: Any = sys.modules["torch"] if is_tensor(rows) else np
    parts = []
    for block in row_blocks(len(rows), len(columns), MANY if is_tensor(rows) else BLOCK):
        scores = rows[block] @ columns.T
        top = xp.amax(scores.detach() if is_tensor(scores) else scores, 1, keepdims=True)
        parts.append(top[:, 0] + xp.log(xp.exp(scores - top) @ mass))
    return xp.concatenate(parts)


def pair_ratios(graph: PairGraph) -> FloatArray:
    """`P(x, l) / (p_L(x) p_R(l))` of each pair, in the order of `graph.joint.data`."""
    rows, columns = graph.joint.tocoo().coords
    # Divided by each marginal in turn: their product may underflow.
    return graph.joint.data / graph.left_marginal[rows] / graph.right_marginal[columns]


def mutual_information(graph: PairGraph) -> float:
    """`I(x; l) = E_P[log P(x, l) / (p_L(x) p_R(l))]`, in nats; linear in the number of pairs."""
    return float(np.sum(graph.joint.data * np.log(pair_ratios(graph))))
