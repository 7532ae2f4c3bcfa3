"""Difficult examples: images near the boundary, each similar to its counterparts in the other classes.

The induced pairs are the similarity matrix of the source: 1 on the diagonal, `within` (there α) inside a class,
`across` (β) between classes and `boundary` (γ) between difficult counterparts. A right node stands for one image, a
class, a group of counterparts, or all images. With s = n_classes - 1 and row sums d of difficult and e of easy images,
vectors of sum 0 over the difficult or the easy images of each class give the eigenvalues
`σ² = (1 - α + s (γ - β)) / d`, `(1 - α - (γ - β)) / d` and `(1 - α) / e`. Two 2 x 2 matrices over the difficult and the
easy images of a class give the other eigenvalues: for vectors equal in all classes, or of sum 0 over the classes.

Source: Zhang, Cui, Li and Wang, *Difficult Examples Hurt Unsupervised Contrastive Learning*, ICLR 2026. Similarities as
restated in the literature; the captions that induce them and the whole spectrum are derived here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.families.family import ClosedForm, leading
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class DifficultExamples(ClosedForm):
    """Classes of equal size; the first few images of each class are difficult.

    Attributes
    ----------
    n_classes, n_images : number of classes, and of images in each
    n_difficult : difficult images in each class; the others are easy
    within, across, boundary : similarity of two images of one class, of two classes, and of difficult counterparts;
        `0 <= across <= boundary`, `across <= within` and `within + boundary - across <= 1`
    """

    models = "images near a class boundary, similar to counterparts in other classes"

    n_classes: int = 3
    n_images: int = 8
    n_difficult: int = 3
    within: float = 0.4
    across: float = 0.1
    boundary: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_difficult >= self.n_images:
            raise ValueError(f"n_difficult={self.n_difficult} must be less than n_images={self.n_images}")
        across, excess = self.across, self.boundary - self.across
        if not (0 <= across <= min(self.within, self.boundary) and self.within + excess <= 1):
            values = f"within={self.within}, across={across}, boundary={self.boundary}"
            raise ValueError(f"{values}: need 0 <= across <= within, boundary and within + boundary - across <= 1")

    @property
    def _parts(self) -> tuple[float, FloatArray, IntArray, FloatArray]:
        """Excess `γ - β`; unshared similarity, number and row sum of the difficult and the easy images, (2,) each."""
        excess = self.boundary - self.across
        unshared = np.array([max(0.0, 1 - self.within - excess), 1 - self.within])
        easy = 1 - self.within + self.n_images * (self.within + (self.n_classes - 1) * self.across)
        sizes = np.array([self.n_difficult, self.n_images - self.n_difficult])
        return excess, unshared, sizes, np.array([easy + (self.n_classes - 1) * excess, easy])

    def expected(self) -> PairGraph:
        """Images and the right nodes they share; a node of m images of weight w adds `w / m` to their similarity."""
        excess, unshared, sizes, _ = self._parts
        classes = np.arange(self.n_classes)
        labels = np.repeat(classes, self.n_images)
        nodes: list[Any] = [
            sp.diags_array(np.tile(np.repeat(unshared, sizes), self.n_classes)),
            (self.within - self.across) * self.n_images * np.kron(np.eye(self.n_classes), np.ones((self.n_images, 1))),
            excess * self.n_classes * np.tile(np.eye(self.n_images, self.n_difficult), (self.n_classes, 1)),
            np.full((labels.size, 1), self.across * labels.size),
        ]
        right = np.concatenate([labels, classes, np.zeros(self.n_difficult + 1)])  # what all classes share: the first
        return PairGraph(sp.hstack(nodes), labels, right, drop_isolated=True)

    def singular_values(self, k: int) -> FloatArray:
        """Square roots of the eigenvalues of the similarity matrix, normalised by its row sums."""
        excess, unshared, sizes, sums = self._parts
        s, common = self.n_classes - 1, unshared[0] + self.n_classes * excess
        alike = self._block(common, self.within + s * self.across)
        contrast = self._block(unshared[0], self.within - self.across)
        values = np.concatenate([[common / sums[0]], unshared / sums, alike, contrast])
        counts = [sizes[0] - 1, s * (sizes[0] - 1), self.n_classes * (sizes[1] - 1), 1, 1, s, s]
        return leading(np.sqrt(np.maximum(0, values)), counts, k)

    def _block(self, difficult: float, shared: float) -> FloatArray:
        """Eigenvalues of the 2 x 2 matrix over difficult and easy images, (2,); `shared` is added to every entry."""
        _, unshared, sizes, sums = self._parts
        diagonal = (np.array([difficult, unshared[1]]) + sizes * shared) / sums
        radius = np.hypot((diagonal[0] - diagonal[1]) / 2, shared * np.sqrt(sizes.prod() / sums.prod()))
        return np.asarray(diagonal.mean() + radius * np.array([1, -1]))

    def induced_labelling_error(self) -> float:
        """Share of the similarity that is between classes."""
        excess, _, sizes, sums = self._parts
        between = self.n_images**2 * self.across + self.n_difficult * excess
        return float((self.n_classes - 1) * between / np.dot(sizes, sums))
