"""Similarity of images to what could stand between two of them: a text, a view, an anchor image.

Nothing here holds an (n_left, n_right) array: blocks of rows are compared, and of each row the largest are kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, row_blocks
from pairbounds.real_data.encoders.encoder import unit_rows

BLOCK = 8_000_000  # similarities held at once

Single = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Similarities:
    """The largest similarities `s(x, z)` of each left node x; the others count as minus infinity.

    Attributes
    ----------
    columns : (n_left, m), right nodes, distinct in each row
    values : (n_left, m), their similarities, finite
    n_right : how many right nodes there are; m = n_right where none was left out
    """

    columns: IntArray
    values: FloatArray
    n_right: int

    @property
    def scale(self) -> float:
        """The standard deviation within a row, mean over rows: the unit of temperatures. 1 where all are alike."""
        return float(self.values.std(axis=1).mean()) or 1.0

    def truncated(self, temperature: float) -> float:
        """The most that `P(z | x)` could have on the right nodes that were left out, averaged over x; in [0, 1).

        None of them is more similar than the least similar one kept.
        """
        if self.values.shape[1] == self.n_right:
            return 0.0
        top = self.values.max(axis=1, keepdims=True)
        kept = np.exp((self.values - top) / temperature)
        left_out = (self.n_right - self.values.shape[1]) * kept.min(axis=1)
        return float(np.mean(left_out / (left_out + kept.sum(axis=1))))


def cosine_similarities(left: npt.ArrayLike, right: npt.ArrayLike, keep: int | None = None) -> Similarities:
    """Cosines of features, the `keep` largest in each row (all of them by default).

    O(n_left n_right d) time in single precision, O(n_left keep) memory beside a block.

    Parameters
    ----------
    left : (n_left, d), right : (n_right, d)
    """
    first, second = (unit_rows(np.asarray(features, dtype=np.float32)) for features in (left, right))
    return _largest(lambda rows: first[rows] @ second.T, len(first), len(second), 1, keep)


def best_match_similarities(left: npt.ArrayLike, right: npt.ArrayLike, keep: int | None = None) -> Similarities:
    """`-min_c ‖left(x, c) - right(z)‖² / d`: the mean squared difference at the best of the c parts of each x, negated.

    With the crops of an image as its parts and views on the right: could this view come from that image?

    O(n_left c n_right d) time in single precision.

    Parameters
    ----------
    left : (n_left, c, d), right : (n_right, d), keep : as in `cosine_similarities`
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
    """1 where a left node has a right node, a caption or a class, and 0 elsewhere.

    As the temperature goes to 0, `P(z | x)` is even over what x has: the pairs that the data set itself states.

    Parameters
    ----------
    members : (n_left, n_right), an entry for everything that a left node has
    keep : as in `cosine_similarities`; at least as many as any left node has, or some are lost
    """
    most = int(np.diff(members.indptr).max())
    if keep is not None and keep < most:
        raise ValueError(f"keep={keep} and a left node has {most} right nodes: keep them all")
    has = sp.csr_array(members.astype(bool).astype(np.float32))
    return _largest(lambda rows: has[rows].toarray(), *members.shape, 1, keep)


def _largest(compare: Callable[[slice], Any], n_left: int, n_right: int, parts: int, keep: int | None) -> Similarities:
    """The `keep` largest of each row of `compare(rows)`, (rows, n_right), which holds `parts` times as much."""
    m = n_right if keep is None else min(keep, n_right)
    if m < 1:
        raise ValueError(f"keep={keep} right nodes of each row: keep at least 1")
    columns, values = np.empty((n_left, m), dtype=np.int64), np.empty((n_left, m))
    for rows in row_blocks(n_left, n_right * parts, BLOCK):
        block = compare(rows)
        # In the order of the columns where all are kept.
        chosen = np.argpartition(block, n_right - m, axis=1)[:, n_right - m :] if m < n_right else None
        columns[rows] = np.arange(n_right) if chosen is None else chosen
        values[rows] = block if chosen is None else np.take_along_axis(block, chosen, axis=1)
    return Similarities(columns, values, n_right)
