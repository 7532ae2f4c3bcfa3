"""Comparison of pairings at equal diversity, over several draws of images, with intervals over draws and images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.measures.consistency_frontier import Frontier
from pairbounds.real_data.measures.off_diagonal import chance_corrected
from pairbounds.theory.quantities.confidence import student_half

DRAWS = 1_000
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """The mean of the draws' means, with an interval at level `LEVEL`, and the numbers of draws and images.

    Each end is the wider one of Student's interval over draws and the bootstrap over images.
    """

    value: float
    low: float
    high: float
    draws: int
    images: int


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Cluster bootstrap of images; every interval uses the same resamples.

    Attributes
    ----------
    cluster_of : (n,), the index of each image's cluster
    counts : (draws, clusters), how often each cluster is drawn
    """

    cluster_of: IntArray
    counts: FloatArray

    @classmethod
    def of(cls, clusters: npt.ArrayLike, rng: np.random.Generator) -> Self:
        """Draw resamples for images with these cluster ids, (n,). Images of one cluster are not independent."""
        names, cluster_of = np.unique(clusters, return_inverse=True)
        even = np.full(len(names), 1 / len(names))
        return cls(cluster_of, rng.multinomial(len(names), even, size=DRAWS).astype(np.float64))

    def interval(self, values: FloatArray) -> tuple[float, float]:
        """Percentile interval for the mean of values, (n,), NaN for images without a value, at `LEVEL`.

        O(draws clusters). Source: Efron 1979.
        """
        has_value, count = ~np.isnan(values), self.counts.shape[1]
        sums = np.bincount(self.cluster_of[has_value], weights=values[has_value], minlength=count)
        sizes = self.counts @ np.bincount(self.cluster_of[has_value], minlength=count)
        means = (self.counts @ sums)[sizes > 0] / sizes[sizes > 0]
        low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return float(low), float(high)


def estimate(values: FloatArray, draws: IntArray, bootstrap: Bootstrap) -> Estimate | None:
    """Mean of the images' values over independent draws of images; `None` if some draw has no value.

    Two draws give a wide interval, and one draw an infinite interval. `values` is NaN for images without a value.
    """
    has_value, names = ~np.isnan(values), np.unique(draws)
    if len(np.unique(draws[has_value])) < len(names):
        return None
    means = np.array([values[has_value & (draws == name)].mean() for name in names])
    mean, half = float(means.mean()), student_half(means, LEVEL) if len(means) > 1 else np.inf
    low, high = bootstrap.interval(values)
    return Estimate(mean, min(low, mean - half), max(high, mean + half), len(means), int(has_value.sum()))


@dataclass(frozen=True, eq=False)
class Draw:
    """The frontiers of all pairings on one draw of images.

    Attributes
    ----------
    frontiers : frontier for each pairing key
    chance : off-diagonal consistency of the uniform graph, for each evaluator
    subjects : (n,), ids; images of one subject are not independent
    """

    frontiers: Mapping[str, Frontier]
    chance: Mapping[str, float]
    subjects: npt.NDArray[np.str_]


class Comparison:
    """Comparison of pairings at matched diversities, corrected for chance, over disjoint draws."""

    def __init__(self, draws: Sequence[Draw], rng: np.random.Generator) -> None:
        self.draws = draws
        self._names: IntArray = np.repeat(np.arange(len(draws)), [len(draw.subjects) for draw in draws])
        self._bootstrap = Bootstrap.of(np.concatenate([draw.subjects for draw in draws]), rng)

    def consistency(self, pairing: str, evaluator: str, diversities: Sequence[float]) -> Estimate | None:
        """Consistency of a pairing at one diversity for each draw; `None` if some draw does not reach it."""
        return estimate(self._corrected(pairing, evaluator, diversities), self._names, self._bootstrap)

    def difference(self, first: str, second: str, evaluator: str, diversities: Sequence[float]) -> Estimate | None:
        """Consistency of the first pairing minus that of the second, on the same anchors; `None` as above."""
        first_values, second_values = (self._corrected(pairing, evaluator, diversities) for pairing in (first, second))
        return estimate(first_values - second_values, self._names, self._bootstrap)

    def _corrected(self, pairing: str, evaluator: str, diversities: Sequence[float]) -> FloatArray:
        return np.concatenate(
            [
                chance_corrected(draw.frontiers[pairing].agreement_at(diversity, evaluator), draw.chance[evaluator])
                for draw, diversity in zip(self.draws, diversities, strict=True)
            ]
        )
