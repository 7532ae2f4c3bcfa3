"""A pairing: one way to say which images are a pair, at every temperature."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.pairings.similarities import Similarities
from pairbounds.theory.graph.pair_graph import PairGraph

Family = Literal["captions", "augmentation", "no text", "shuffled", "labels", "uniform"]

# Smaller weights are left out: a marginal made of them could not be divided by.
SMALLEST_WEIGHT = 1e-290


@dataclass(frozen=True, eq=False)
class Pairing:
    """Pairs of images through a caption, a view or an anchor: `P(x, x') = Σ_z P(x, z) P(x', z) / P(z)`.

    Images x have equal weight, and `P(z | x) ∝ exp(s(x, z) / temperature)`.

    Attributes
    ----------
    name : of the pairing, as tables and figures have it
    family : what part it has in a comparison
    similarities : s
    strength : of the augmentations; NaN where there are none
    """

    name: str
    family: Family
    similarities: Similarities
    strength: float = float("nan")

    @property
    def key(self) -> str:
        """The name, with the strength where there is one."""
        return self.name if np.isnan(self.strength) else f"{self.name}, strength {self.strength:g}"

    def graph(self, temperature: float, labels: npt.ArrayLike | None = None) -> PairGraph:
        """The pair graph at one temperature: images on the left, those right nodes that have weight on the right.

        As the temperature grows, all pairs become alike; as it falls to 0, an image keeps its most similar right nodes.
        """
        if not temperature > 0:
            raise ValueError(f"temperature={temperature!r} is not positive")
        s = self.similarities
        weights = np.exp((s.values - s.values.max(axis=1, keepdims=True)) / temperature)
        weights /= weights.sum(axis=1, keepdims=True)
        weights[weights < SMALLEST_WEIGHT] = 0
        n, m = weights.shape
        joint = sp.csr_array((weights.ravel(), s.columns.ravel(), np.arange(0, n * m + 1, m)), shape=(n, s.n_right))
        return PairGraph(joint, labels, drop_isolated=True)

    def exchanged(self, order: IntArray) -> "Pairing":
        """The control in which image i has the right nodes of image `order[i]`: as diverse, right only by chance."""
        s = self.similarities
        moved = Similarities(s.columns[order], s.values[order], s.n_right)
        return Pairing(f"shuffled {self.name}", "shuffled", moved, self.strength)
