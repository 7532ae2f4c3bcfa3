"""Spectral contrastive loss on a graph, and its closed-form optimum."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, is_tensor, sparse_tensor
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.probes import as_features
from pairbounds.theory.quantities.scores import column_lengths
from pairbounds.theory.spectrum.triplets import spectrum

if TYPE_CHECKING:
    import torch


@overload
def spectral_loss(graph: PairGraph, f: "torch.Tensor", g: "torch.Tensor") -> "torch.Tensor": ...
@overload
def spectral_loss(graph: PairGraph, f: FloatArray, g: FloatArray) -> float: ...
def spectral_loss(graph: PairGraph, f: Any, g: Any) -> Any:
    """Population spectral contrastive loss of an embedding pair.

    `L(f, g) = -2 E_P[f(x)ᵀ g(l)] + E_{p_L × p_R}[(f(x)ᵀ g(l))²] = ‖Ā - F Gᵀ‖_F² - ‖Ā‖_F²`, with
    `F = D_L^{1/2} f` and `G = D_R^{1/2} g`. Computed as `-2 tr(fᵀ P g) + tr((fᵀ D_L f)(gᵀ D_R g))`.

    Parameters
    ----------
    f : (n_left, k), g : (n_right, k)
        Embeddings without the weights `D^{1/2}`, both numpy or both torch.

    Returns
    -------
    float, or with torch a scalar tensor, differentiable in f and g, in their dtype and on their device.

    Raises
    ------
    TypeError : one of f and g is numpy and the other torch
    ValueError : shapes that do not fit the graph

    Notes
    -----
    Cost: O(nnz k + (n_left + n_right) k²). Source: HaoChen et al. 2021 for one encoder; Zhang, Wang and Wang 2023
    for two sides.
    """
    return spectral_loss_of(graph)(f, g)


def spectral_loss_of(graph: PairGraph) -> Callable[[Any, Any], Any]:
    """`spectral_loss` of one graph, as a function that copies the graph to torch once per dtype and device."""
    on_device: dict[tuple[torch.dtype, torch.device], tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = {}

    def loss(f: Any, g: Any) -> Any:
        if is_tensor(f) != is_tensor(g):
            raise TypeError("f and g must both be numpy arrays or both be torch tensors")
        if is_tensor(f) and f.dtype != g.dtype:
            raise TypeError(f"f is {f.dtype} and g {g.dtype}: give both the same dtype")
        if not is_tensor(f):
            f, g = np.asarray(f, dtype=np.float64), np.asarray(g, dtype=np.float64)
            _check_shapes(graph, f, g)
            return float(_loss(graph.joint, graph.left_marginal, graph.right_marginal, f, g))
        _check_shapes(graph, f, g)
        key = (f.dtype, f.device)
        if key not in on_device:
            on_device[key] = _to_torch(graph, *key)
        return _loss(*on_device[key], f, g)

    return loss


def optimal_embeddings(graph: PairGraph, k: int) -> tuple[FloatArray, FloatArray]:
    """Closed-form optimum of the spectral loss, `F = U_k Σ_k^{1/2}` and `G = W_k Σ_k^{1/2}` (theorem 2).

    Columns beyond the rank of `Ā` are 0.

    Returns
    -------
    f : (n_left, k), g : (n_right, k)
        Without the weights `D^{1/2}`. Any `(F R, G R^{-ᵀ})` with invertible R is optimal: compare subspaces only.

    Raises
    ------
    ValueError : k out of 1..min(n_left, n_right)
    """
    top = spectrum(graph, k)
    roots = np.sqrt(top.singular_values)
    return unweighted(graph, top, k, roots, roots)


def unweighted(
    graph: PairGraph, spectrum: Spectrum, k: int, left_sizes: FloatArray | float, right_sizes: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Leading k singular vectors times sizes, over the roots of the marginals, as features; 0 beyond the rank."""
    top = spectrum.leading(len(spectrum.singular_values))
    left = top.left[:, :k] * left_sizes / np.sqrt(graph.left_marginal)[:, None]
    return left, top.right[:, :k] * right_sizes / np.sqrt(graph.right_marginal)[:, None]


def best_partner(graph: PairGraph, f: Any) -> FloatArray:
    """Right embedding that minimises the spectral loss with f, `g = D_R^{-1/2} Āᵀ F (FᵀF)⁺`, (n_right, k).

    The loss is then `-‖Π_F Ā‖²`, and depends on the column space of F only. So encoders trained without a right side,
    or on another loss, can be compared. For all matrices A and right sides g, (f A, g) has at least this loss.

    `ValueError`: features f, (n_left, k), of the wrong shape or not finite. Cost: O(nnz k + n_left k²).
    """
    left = as_features(f, graph.n_left, "f")
    # Unit columns, so that a small feature is not mistaken for round-off of a large one.
    length = column_lengths(left, graph.left_marginal)
    left = left / length
    gram = (left.T * graph.left_marginal) @ left
    right = (graph.joint.T @ left) / graph.right_marginal[:, None] @ np.linalg.pinv(gram, hermitian=True)
    return right / length


def _loss(joint: Any, left_marginal: Any, right_marginal: Any, f: Any, g: Any) -> Any:
    attraction = (f * (joint @ g)).sum()
    return -2 * attraction + (_gram(f, left_marginal) * _gram(g, right_marginal)).sum()


def _gram(features: Any, marginal: Any) -> Any:
    weighted = features * marginal[:, None] ** 0.5
    return weighted.T @ weighted  # of one matrix: numpy uses the symmetry and halves the work


def _check_shapes(graph: PairGraph, f: Any, g: Any) -> None:
    if f.ndim != 2 or g.ndim != 2 or f.shape[1] != g.shape[1] or (len(f), len(g)) != graph.shape:
        raise ValueError(
            f"f has shape {tuple(f.shape)} and g {tuple(g.shape)}: this graph takes "
            f"({graph.n_left}, k) and ({graph.n_right}, k)"
        )


def _to_torch(
    graph: PairGraph, dtype: "torch.dtype", device: "torch.device"
) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
    import torch

    left, right = (torch.tensor(p, dtype=dtype, device=device) for p in (graph.left_marginal, graph.right_marginal))
    return sparse_tensor(graph.joint, dtype, device), left, right
