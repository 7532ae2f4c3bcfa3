"""Consistency against diversity, over all temperatures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.measures.off_diagonal import OffDiagonal, off_diagonal
from pairbounds.real_data.pairings.pairing import Pairing

MULTIPLES = tuple(np.geomspace(0.02, 8, 7))  # initial temperatures, as multiples of the scale of similarities
STEP, MOST = np.log(1.3), 60  # maximum log diversity between temperatures, and maximum number of temperatures
TIE = 1e-9  # tolerance for equal logarithms of diversity


@dataclass(frozen=True, eq=False)
class Frontier:
    """Consistency and diversity of a pairing's pairs at every temperature.

    Attributes
    ----------
    temperatures : (t,), increasing
    points : consistency and diversity at each temperature
    with_own : True if diversity counts the pairs that consistency excludes
    """

    temperatures: FloatArray
    points: Sequence[OffDiagonal]
    with_own: bool = False

    @cached_property
    def effective_positives(self) -> FloatArray:
        """Diversity at each temperature, (t,)."""
        return np.array([point.effective_positives(with_own=self.with_own) for point in self.points])

    def agreement_at(self, diversity: float, evaluator: str) -> FloatArray:
        """Agreement of each anchor at this number of effective positives, (n,); NaN if no temperature reaches it.

        Interpolated between temperatures, linearly in the logarithm of the diversity.
        """
        before, share = self._bracket(diversity)
        if before is None:
            return np.full(len(self.points[0].entropy), np.nan)
        low, high = (point.agreement[evaluator] for point in self.points[before : before + 2])
        return (1 - share) * low + share * high

    def temperature_at(self, diversity: float) -> float:
        """Temperature with this number of effective positives, interpolated as `agreement_at`; NaN if none has it."""
        before, share = self._bracket(diversity)
        if before is None:
            return float("nan")
        low, high = self.temperatures[before : before + 2]
        return float(low ** (1 - share) * high**share)

    def _bracket(self, diversity: float) -> tuple[int | None, float]:
        """Index of the last point below a diversity, and the interpolation weight of the next point.

        At the lowest temperatures few anchors have positives, and diversity may not be monotone. Of several crossings
        the hottest is used.
        """
        levels, sought = np.log(self.effective_positives), np.log(diversity)
        crossed = np.flatnonzero((levels[:-1] <= sought + TIE) & (sought <= levels[1:] + TIE))
        if not crossed.size:
            return None, 0.0
        before = int(crossed[-1])
        step = levels[before + 1] - levels[before]
        return before, float(np.clip((sought - levels[before]) / step, 0, 1)) if step > TIE else 0.0


def frontiers(
    pairing: Pairing, evaluators: Mapping[str, npt.ArrayLike], exclusions: Mapping[str, npt.ArrayLike]
) -> dict[str, Frontier]:
    """`off_diagonal` of a pairing's graph at `MULTIPLES` of its scale, refined where diversity changes fast."""
    points: dict[float, dict[str, OffDiagonal]] = {}
    next_temperatures: Sequence[float] = [*(np.array(MULTIPLES) * pairing.similarities.scale)]
    while next_temperatures and len(points) < MOST:
        points |= {t: off_diagonal(pairing.graph(t), evaluators, exclusions) for t in next_temperatures}
        next_temperatures = _wide_gaps(points)
    temperatures = np.array(sorted(points))
    return {name: Frontier(temperatures, [points[t][name] for t in temperatures]) for name in exclusions}


def _wide_gaps(points: Mapping[float, Mapping[str, OffDiagonal]]) -> list[float]:
    """Geometric means of neighbouring temperatures between which a log diversity grows by more than `STEP`."""
    temperatures = sorted(points)
    counts = [
        [point.effective_positives(with_own=with_own) for point in points[t].values() for with_own in (False, True)]
        for t in temperatures
    ]
    grown = np.diff(np.log(counts), axis=0).max(axis=1)
    return [float(np.sqrt(temperatures[i] * temperatures[i + 1])) for i in np.flatnonzero(grown > STEP)]
