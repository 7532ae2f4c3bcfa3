"""Pairings side by side at one diversity, over several draws of images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.measures.frontier import Frontier
from pairbounds.real_data.measures.intervals import Bootstrap, Estimate, estimate
from pairbounds.real_data.measures.off_diagonal import chance_corrected


@dataclass(frozen=True, eq=False)
class Draw:
    """The frontiers of all pairings on one draw of images.

    Attributes
    ----------
    frontiers : by the key of the pairing
    chance : off-diagonal consistency of the uniform graph, for each evaluator
    clusters : (n,), ids of what the images show: those of one id are not independent
    """

    frontiers: Mapping[str, Frontier]
    chance: Mapping[str, float]
    clusters: npt.NDArray[np.str_]


class Comparison:
    """Pairings at matched diversities, corrected for chance, over draws that share no image."""

    def __init__(self, draws: Sequence[Draw], rng: np.random.Generator) -> None:
        self.draws = draws
        self._names: IntArray = np.repeat(np.arange(len(draws)), [len(draw.clusters) for draw in draws])
        self._bootstrap = Bootstrap.of(np.concatenate([draw.clusters for draw in draws]), rng)

    def consistency(self, pairing: str, evaluator: str, diversities: Sequence[float]) -> Estimate | None:
        """A pairing's consistency at a diversity, one for each draw; `None` if some draw does not have it."""
        return estimate(self._corrected(pairing, evaluator, diversities), self._names, self._bootstrap)

    def difference(self, first: str, second: str, evaluator: str, diversities: Sequence[float]) -> Estimate | None:
        """Consistency of the first pairing less that of the second, on the same anchors; `None` likewise."""
        first_values, second_values = (self._corrected(pairing, evaluator, diversities) for pairing in (first, second))
        return estimate(first_values - second_values, self._names, self._bootstrap)

    def _corrected(self, pairing: str, evaluator: str, diversities: Sequence[float]) -> FloatArray:
        return np.concatenate(
            [
                chance_corrected(draw.frontiers[pairing].agreement_at(diversity, evaluator), draw.chance[evaluator])
                for draw, diversity in zip(self.draws, diversities, strict=True)
            ]
        )
