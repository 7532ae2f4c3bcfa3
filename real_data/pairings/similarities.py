"""Similarities of images to right nodes: texts, views or anchor images.

No (n_left, n_right) array is formed: rows are compared in blocks, and the largest values of each row are kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, row_blocks
from pairbounds.real_data.encoders.encoder import unit_rows

BLOCK = 8_000_000  # maximum number of similarities in memory

Single = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Similarities:
    """The largest similarities `s(x, z)` of each left node x; all others count as minus infinity.

    Attributes
    ----------
    columns : (n_left, m), right nodes, distinct in each row
    values : (n_left, m), their similarities, finite
    n_right : number of right nodes; m = n_right if all are kept
    """

    columns: IntArray
    values: FloatArray
    n_right: int

    @property
    def scale(self) -> float:
        """Standard deviation within a row, averaged over rows: the unit of temperatures. 1 if all values are equal."""
        return float(self.values.std(axis=1).mean()) or 1.0

    def truncated(self, temperature: float) -> float:
        """Upper bound on the mass of `P(z | x)` on the dropped right nodes, averaged over x; in [0, 1).

        Dropped nodes are at most as similar as the least similar kept node.
        """
        if self.values.shape[1] == self.n_right:
            return 0.0
        top = self.values.max(axis=1, keepdims=True)
        weights = np.exp((self.values - top) / temperature)
        left_out = (self.n_right - self.values.shape[1]) * weights.min(axis=1)
        return float(np.mean(left_out / (left_out + weights.sum(axis=1))))


def cosine_similarities(left: npt.ArrayLike, right: npt.ArrayLike, keep: int | None = None) -> Similarities:
    """Cosines of features, (n_left, d) and (n_right, d), the `keep` largest in each row (by default all).

    O(n_left n_right d) time in single precision, O(n_left keep) memory plus a block.
    """
    first, second = (unit_rows(np.asarray(features, dtype=np.float32)) for features in (left, right))
    return _largest(lambda rows: first[rows] @ second.T, len(first), len(second), 1, keep)


def best_match_similarities(left: npt.ArrayLike, right: npt.ArrayLike, keep: int | None = None) -> Similarities:
    """`-min_c ‖left(x, c) - right(z)‖² / d`: the negative mean squared difference at the best of the c parts of x.

    With the crops of an image as parts, (n_left, c, d), and views on the right, (n_right, d), it measures whether a
    view could come from an image. O(n_left c n_right d) time in single precision.
    """
    parts, wholes = np.asarray(left, dtype=np.float32), np.asarray(right, dtype=np.float32)
    _, count, width = parts.shape
    norms = np.sum(wholes**2, axis=1)

    def compare(rows: slice) -> Single:
        block = parts[rows].reshape(-1, width)
        squared = np.sum(block**2, axis=1)[:, None] + norms - 2 * (block @ wholes.T)
        return np.asarray(-np.maximum(squared, 0).reshape(-1, count, len(wholes)).min(axis=1) / width)

    return _largest(compare, len(parts), len(wholes), count, keep)


def membership_similarities(members: sp.csr_array, keep: int | None = None) -> Similarities:
    """1 for the right nodes of a left node, such as its captions or its class, and 0 elsewhere.

    `members`, (n_left, n_right), has an entry for each of them. As the temperature goes to 0, `P(z | x)` becomes
    uniform over the right nodes of x: the pairs of the data set. `ValueError`: `keep` is below their largest number.
    """
    degree = int(np.diff(members.indptr).max())
    if keep is not None and keep < degree:
        raise ValueError(f"keep={keep} is too small: a left node has {degree} right nodes, keep at least {degree}")
    has = sp.csr_array(members.astype(bool).astype(np.float32))
    return _largest(lambda rows: has[rows].toarray(), *members.shape, 1, keep)


def _largest(compare: Callable[[slice], Any], n_left: int, n_right: int, parts: int, keep: int | None) -> Similarities:
    """The `keep` largest of each row of `compare(rows)`, (rows, n_right), which needs `parts` times the memory."""
    m = n_right if keep is None else min(keep, n_right)
    if m < 1:
        raise ValueError(f"keep={keep} is too small: keep at least 1 right node of each row")
    columns, values = np.empty((n_left, m), dtype=np.int64), np.empty((n_left, m))
    for rows in row_blocks(n_left, n_right * parts, BLOCK):
        block = compare(rows)
        columns[rows] = np.argpartition(block, n_right - m, axis=1)[:, n_right - m :]
        values[rows] = np.take_along_axis(block, columns[rows], axis=1)
    return Similarities(columns, values, n_right)
