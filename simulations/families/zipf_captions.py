"""Images described by words whose frequencies follow Zipf's law, as in captions from the web.

The word of rank j has frequency `q_j ∝ j^{-exponent}`, and the words are dealt to the classes in turn. With probability
`1 - noise` an image's word comes from its class, otherwise from all words. A class has the mass `Q_c` of its words, so
the marginal of the words is exactly `q`, and classes with frequent words are large. Images of a class have the same
distribution of words. So the singular values of `expected()` are 1 (once), `1 - noise` (`n_classes - 1` times) and 0.
Source: Zipf 1949.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.families.family import ClosedForm, leading, require_small
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class ZipfCaptions(ClosedForm):
    """A long-tailed vocabulary, dealt to the classes in order of rank.

    Attributes
    ----------
    n_classes, n_images : number of classes, and of images in each
    n_vocabulary : number of words, at least one for each class
    n_words : words drawn for each image
    exponent : exponent of Zipf's law, at least 0
    noise : probability that a word is independent of the image's class
    """

    models = "captions from the web: a few frequent words, many rare ones, long-tailed classes"
    probabilities = ("noise",)

    n_classes: int = 3
    n_images: int = 8
    n_vocabulary: int = 30
    n_words: int = 6
    exponent: float = 1.0
    noise: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.exponent < np.inf:
            raise ValueError(f"exponent={self.exponent!r} must be finite and at least 0")
        if self.n_vocabulary < self.n_classes:
            raise ValueError(f"n_vocabulary={self.n_vocabulary} must be at least n_classes={self.n_classes}")

    @property
    def word_labels(self) -> IntArray:
        """Class of each word, (n_vocabulary,)."""
        return np.arange(self.n_vocabulary) % self.n_classes

    @property
    def frequencies(self) -> FloatArray:
        """Frequencies `q` of the words, (n_vocabulary,), which sum to 1."""
        weights = np.arange(1.0, self.n_vocabulary + 1) ** -self.exponent
        return np.asarray(weights / weights.sum())

    @property
    def class_masses(self) -> FloatArray:
        """Masses `Q` of the classes, (n_classes,), which sum to 1."""
        return np.bincount(self.word_labels, self.frequencies).astype(np.float64)

    @property
    def _words_of_classes(self) -> FloatArray:
        """Probability of each word for an image of each class, (n_classes, n_vocabulary)."""
        of_class = (np.arange(self.n_classes)[:, None] == self.word_labels) / self.class_masses[:, None]
        return np.asarray(((1 - self.noise) * of_class + self.noise) * self.frequencies)

    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """Draw `n_words` words for each image, weighted by its class mass; linear in their number."""
        size = (self.n_images, self.n_words)
        words = [rng.choice(self.n_vocabulary, size, p=chances) for chances in self._words_of_classes]
        images = np.repeat(np.arange(self.n_classes * self.n_images), self.n_words)
        weights = np.repeat(self.class_masses, self.n_images * self.n_words)
        shape = (self.n_classes * self.n_images, self.n_vocabulary)
        return self._labelled(sp.coo_array((weights, (images, np.ravel(words))), shape=shape))

    def expected(self) -> PairGraph:
        """Joint distribution of all images and words."""
        require_small(self.n_classes * self.n_images, self.n_vocabulary)
        return self._labelled(np.repeat(self._words_of_classes * self.class_masses[:, None], self.n_images, axis=0))

    def _labelled(self, joint: object) -> PairGraph:
        left = np.repeat(np.arange(self.n_classes), self.n_images)
        return PairGraph(joint, left, self.word_labels, drop_isolated=True)

    def singular_values(self, k: int) -> FloatArray:
        """Singular values of `expected()`."""
        return leading([1, 1 - self.noise], [1, self.n_classes - 1], k)

    def induced_labelling_error(self) -> float:
        """α_T of `expected()`: the classes of two images of a word are independent if noise drew it for one of them."""
        return float((1 - (1 - self.noise) ** 2) * (1 - np.sum(self.class_masses**2)))
