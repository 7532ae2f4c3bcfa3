"""Pairs of each image with its nearest texts, from features."""

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray, row_blocks, without_torch
from pairbounds.infrastructure.checks import is_integer, listed_rows
from pairbounds.infrastructure.devices import torch_device

BLOCK = 2**26  # similarities in float32 in memory at once


def nearest(images: Any, texts: Any, top_k: int, *, device: str = "auto") -> tuple[IntArray, FloatArray]:
    """Texts with the largest cosine similarity to each image, and the similarities, (n_images, top_k) each.

    Parameters, errors and cost are those of `PairGraph.from_features`. Equal similarities are in arbitrary order.
    """
    import torch

    rows, columns = _both_directions(images, texts)
    if not is_integer(top_k, 1, len(columns)):
        raise ValueError(f"top_k={top_k!r} is not in 1..{len(columns)}, the number of texts")
    torch_place = torch_device(device)
    against = torch.from_numpy(columns).to(torch_place).T
    indices = np.empty((len(rows), top_k), dtype=np.int64)
    similarities = np.empty((len(rows), top_k))
    for block in row_blocks(len(rows), len(columns), BLOCK):
        top = torch.topk(torch.from_numpy(rows[block]).to(torch_place) @ against, top_k, dim=1)
        indices[block], similarities[block] = top.indices.cpu().numpy(), top.values.cpu().numpy()
    return indices, similarities


def cosine_spread(images: Any, texts: Any) -> float:
    """Mean over images of the standard deviation of an image's cosines to all texts; O((n_images + n_texts) d²)."""
    rows, columns = _both_directions(images, texts)
    centred = columns - columns.mean(axis=0)
    second = centred.T @ centred / len(centred)
    return float(np.sqrt(np.maximum(0, np.einsum("ij,ij->i", rows @ second, rows))).mean())


def softmax_joint(indices: IntArray, similarities: FloatArray, temperature: float, n_texts: int) -> sp.coo_array:
    """Weights `e^{s/τ}` of pairs, normalised for each image, as a coo_array (n_images, n_texts)."""
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature={temperature!r} is not a positive number")
    weights = np.exp((similarities - similarities.max(axis=1, keepdims=True)) / temperature)
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(len(indices)), indices.shape[1])
    is_significant = weights.ravel() >= EPS  # smaller weights vanish in the sum
    pairs = rows[is_significant], indices.ravel()[is_significant]
    return sp.coo_array((weights.ravel()[is_significant], pairs), shape=(len(indices), n_texts))


def _both_directions(images: Any, texts: Any) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    rows, columns = directions("images", images), directions("texts", texts)
    if rows.shape[1] != columns.shape[1]:
        raise ValueError(f"images have width {rows.shape[1]} and texts {columns.shape[1]}: take both from one model")
    return rows, columns


def directions(name: str, features: Any) -> npt.NDArray[np.float32]:
    """Unit rows, (n, d), in float32; `ValueError` names rows that have no direction."""
    array = np.asarray(without_torch(features))
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}: give a matrix (n, d), a row for each of {name}")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} has type {array.dtype}: give real numbers")
    lengths = np.linalg.norm(array.astype(np.float32, copy=False), axis=1)
    bad = ~(np.isfinite(lengths) & (lengths > 0))
    if bad.any():
        rows = listed_rows(np.flatnonzero(bad).tolist())
        raise ValueError(
            f"{name} has {rows} without a direction (zero, too large or not a number): leave these rows out, or give "
            "them features"
        )
    return np.asarray(array / lengths[:, None], dtype=np.float32)
