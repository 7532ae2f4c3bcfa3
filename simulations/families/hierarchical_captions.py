"""Captions that name the image, its style or its class; with some probability they describe another image.

Without noise the induced pairs are a mixture of nested projections, onto functions constant on images, styles and
classes. So `ĀĀᵀ` has eigenvalue 1 on functions constant on classes, `1 - class_share` on functions constant on styles
only, and `1 - class_share - style_share`, the instance share, on the rest. Noise redraws the described image
independently and multiplies every σ except the first by `1 - noise`.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.families.family import ClosedForm, class_labels, leading, require_small
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class HierarchicalCaptions(ClosedForm):
    """A tree of classes, styles and images, with a caption for each node.

    Attributes
    ----------
    n_classes, n_styles, n_instances : number of classes, styles of a class, images of a style
    n_captions : captions drawn for each image
    class_share, style_share : shares of captions that name the class, and the style; the rest name the image
    noise : probability that a caption describes an image drawn uniformly
    """

    models = "captions of differing detail: instance, style or class; some of them wrong"
    probabilities = ("class_share", "style_share", "noise")

    n_classes: int = 3
    n_styles: int = 2
    n_instances: int = 4
    n_captions: int = 5
    class_share: float = 0.4
    style_share: float = 0.4
    noise: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.class_share + self.style_share > 1:
            raise ValueError(f"class_share={self.class_share} and style_share={self.style_share} sum to more than 1")

    @property
    def _shares(self) -> FloatArray:
        return np.array([max(0.0, 1 - self.class_share - self.style_share), self.style_share, self.class_share])

    @property
    def _captions(self) -> IntArray:
        """Index of the captions that name each image, its style and its class, (n_images, 3)."""
        images = np.arange(self.n_classes * self.n_styles * self.n_instances)
        styles = images.size + images // self.n_instances
        classes = images.size + self.n_classes * self.n_styles + images // (self.n_instances * self.n_styles)
        return np.column_stack([images, styles, classes])

    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """Draw `n_captions` captions for each image; linear in their number."""
        images = np.repeat(np.arange(len(self._captions)), self.n_captions)
        wrong = rng.random(images.size) < self.noise
        described = np.where(wrong, rng.integers(len(self._captions), size=images.size), images)
        captions = self._captions[described, rng.choice(3, images.size, p=self._shares)]
        return self._labelled(np.ones(images.size), images, captions)

    def expected(self) -> PairGraph:
        """Joint distribution of images and captions; with noise, every pair has positive weight."""
        images = np.repeat(np.arange(len(self._captions)), 3)
        graph = self._labelled(np.tile(self._shares, len(self._captions)), images, self._captions.ravel())
        if self.noise == 0:
            return graph
        require_small(graph.n_left, graph.n_right)
        independent = np.outer(graph.left_marginal, graph.right_marginal)
        joint = (1 - self.noise) * graph.joint.toarray() + self.noise * independent
        return PairGraph(joint, graph.left_labels, graph.right_labels)

    def _labelled(self, weights: FloatArray, images: IntArray, captions: IntArray) -> PairGraph:
        n_captions = int(self._captions.max()) + 1
        joint = sp.coo_array((weights, (images, captions)), shape=(len(self._captions), n_captions))
        parts = class_labels(self.n_classes, self.n_styles * self.n_instances, self.n_styles, 1)
        return PairGraph(joint, parts[0], np.concatenate(parts), drop_isolated=True)

    def singular_values(self, k: int) -> FloatArray:
        """1, and `1 - noise` times the square roots of the cumulated shares of the levels."""
        n_styles, n_images = self.n_classes * self.n_styles, len(self._captions)
        left = np.sqrt(np.cumsum(self._shares))  # instances; with styles; with styles and classes
        values = np.append(1, (1 - self.noise) * left)
        return leading(values, [1, n_images - n_styles, n_styles - self.n_classes, self.n_classes - 1], k)

    def induced_labelling_error(self) -> float:
        """Error of images of a caption: their classes are independent unless the caption is right for both."""
        return (1 - (1 - self.noise) ** 2) * (1 - 1 / self.n_classes)
