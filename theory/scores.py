"""Who has the largest score in each row, by more than round-off; of linear scores some rows are held at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from theory.arrays import FloatArray, IntArray

AT_ONCE = 2**22  # linear scores: 32 MiB


@dataclass(frozen=True, eq=False)
class Standing:
    """Who leads in each row of some scores (n, r).

    Attributes
    ----------
    leaders : (n,), the column of the largest score
    leads : (n,), by how much it exceeds the next; infinite where there is no other column
    largest : the largest score in absolute value
    """

    leaders: IntArray
    leads: FloatArray
    largest: float

    @classmethod
    def of(cls, scores: FloatArray) -> Self:
        """Of scores (n, r)."""
        leaders = np.argmax(scores, axis=1)
        best = np.take_along_axis(scores, leaders[:, None], axis=1)
        others = scores.copy()
        np.put_along_axis(others, leaders[:, None], -np.inf, axis=1)
        return cls(leaders, best[:, 0] - others.max(axis=1), float(np.abs(scores).max()))

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """Of all rows, from those of blocks of rows, in their order."""
        known = list(parts)
        leaders, leads = (np.concatenate([getattr(part, name) for part in known]) for name in ("leaders", "leads"))
        return cls(leaders, leads, max(part.largest for part in known))

    @cached_property
    def winners(self) -> IntArray:
        """The leader in each row, (n,), or -1 where it does not win by more than round-off."""
        return np.where(self.leads <= round_off(len(self.leads)) * self.largest, -1, self.leaders)


def strict_winners(scores: FloatArray) -> IntArray:
    """The column with the largest score in each row, (n,), or -1 where none wins by more than round-off."""
    return Standing.of(scores).winners


def linear_scores(
    features: FloatArray, coefficients: FloatArray, offsets: FloatArray | float = 0.0
) -> Iterator[tuple[slice, FloatArray]]:
    """`features @ coefficients + offsets`, (n, r), in blocks of rows of at most `AT_ONCE` scores, or of one row."""
    step = max(1, AT_ONCE // coefficients.shape[1])
    for start in range(0, len(features), step):
        rows = slice(start, start + step)
        yield rows, features[rows] @ coefficients + offsets


def linear_standing(features: FloatArray, coefficients: FloatArray, offsets: FloatArray | float = 0.0) -> Standing:
    """The standing in `features @ coefficients + offsets`."""
    return Standing.joined(Standing.of(scores) for _, scores in linear_scores(features, coefficients, offsets))


def round_off(n: int) -> float:
    """What n sums may be off by, relative to their largest."""
    return float(64 * np.finfo(np.float64).eps * np.sqrt(n))
