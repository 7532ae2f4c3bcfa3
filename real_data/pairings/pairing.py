"""Pairings of images at every temperature, their inputs, and all pairings and controls of a comparison."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.pairings.similarities import (
    Similarities,
    Single,
    best_match_similarities,
    cosine_similarities,
    membership_similarities,
)
from pairbounds.theory.graph.classes import class_indicators
from pairbounds.theory.graph.pair_graph import PairGraph

ENCODER, PIXELS = "encoder", "pixels"
EXACT, TEXTS = "captions, exact", "captions, by encoder"
UNNAMED = "captions, exact, but for class names"
NEIGHBOURS, IMAGES, LABELS, UNIFORM = "nearest neighbours", f"held-out images, by {ENCODER}", "labels, ", "uniform"

Family = Literal["captions", "augmentation", "no text", "shuffled", "labels", "uniform"]

# Smaller weights are dropped, because division by a marginal of such weights would overflow.
SMALLEST_WEIGHT = 1e-290


@dataclass(frozen=True, eq=False)
class Pairing:
    """Pairs of images through a caption, a view or an anchor: `P(x, x') = Σ_z P(x, z) P(x', z) / P(z)`.

    Images x have equal weight, and `P(z | x) ∝ exp(s(x, z) / temperature)`.

    Attributes
    ----------
    name : name of the pairing in tables and figures
    family : role in a comparison
    similarities : s
    strength : strength of the augmentations; NaN without augmentations
    """

    name: str
    family: Family
    similarities: Similarities
    strength: float = float("nan")

    @property
    def key(self) -> str:
        """The name, with the strength if there is one."""
        return self.name if np.isnan(self.strength) else f"{self.name}, strength {self.strength:g}"

    def graph(self, temperature: float, labels: npt.ArrayLike | None = None) -> PairGraph:
        """The pair graph at one temperature: images on the left, right nodes with positive weight on the right.

        In the limit of high temperature all pairs have equal weight; in the limit 0 an image keeps only its most
        similar right nodes.
        """
        if not temperature > 0:
            raise ValueError(f"temperature={temperature!r} must be positive")
        s = self.similarities
        weights = np.exp((s.values - s.values.max(axis=1, keepdims=True)) / temperature)
        weights /= weights.sum(axis=1, keepdims=True)
        weights[weights < SMALLEST_WEIGHT] = 0
        n, m = weights.shape
        joint = sp.csr_array((weights.ravel(), s.columns.ravel(), np.arange(0, n * m + 1, m)), shape=(n, s.n_right))
        return PairGraph(joint, labels, drop_isolated=True)

    def exchanged(self, order: IntArray) -> "Pairing":
        """Shuffled control: image i gets the right nodes of image `order[i]`, with the same diversity."""
        s = self.similarities
        moved = Similarities(s.columns[order], s.values[order], s.n_right)
        return Pairing(f"shuffled {self.name}", "shuffled", moved, self.strength)


@dataclass(frozen=True, eq=False)
class PairingInputs:
    """Inputs of all pairings of one comparison.

    The image encoders are the encoder that shares its space with texts, and others without texts.

    Attributes
    ----------
    labels : for each label set (n,)
    captions : (n, n_texts), with an entry for each caption of an image
    unnamed : the same without captions that name a class of their image; `None` if no caption does, or all do
    images : for each image encoder (n, d), features of the images
    crops : (n, c, p), crops of the images by `pairbounds.real_data.pairings.image_draws.crops`
    texts : (m, d), the encoder's features of captions of other images
    anchor_images : for each image encoder (m, d), features of those images
    views : for each strength and image encoder (n v, d), features of v views of each image; and of `PIXELS`, (n v, p)
    """

    labels: Mapping[str, IntArray]
    captions: sp.csr_array
    unnamed: sp.csr_array | None
    images: Mapping[str, FloatArray]
    crops: Single
    texts: FloatArray
    anchor_images: Mapping[str, FloatArray]
    views: Mapping[float, Mapping[str, FloatArray | Single]]


def pairings(inputs: PairingInputs, rng: np.random.Generator, keep: int | None = None) -> list[Pairing]:
    """Every pairing and control of one comparison.

    `keep`: number of most similar right nodes kept for each image; by default all.
    """
    m = inputs
    exact = Pairing(EXACT, "captions", membership_similarities(m.captions, keep))
    texts = Pairing(TEXTS, "captions", cosine_similarities(m.images[ENCODER], m.texts, keep))
    unnamed = [] if m.unnamed is None else [Pairing(UNNAMED, "captions", membership_similarities(m.unnamed, keep))]
    order = rng.permutation(len(m.crops))
    return [
        exact,
        *unnamed,
        texts,
        *augmentations(m, keep),
        Pairing(NEIGHBOURS, "no text", cosine_similarities(m.images[ENCODER], m.images[ENCODER], keep)),
        *(
            Pairing(f"held-out images, by {name}", "no text", cosine_similarities(m.images[name], anchors, keep))
            for name, anchors in m.anchor_images.items()
        ),
        exact.exchanged(order),
        texts.exchanged(order),
        *(
            Pairing(LABELS + name, "labels", membership_similarities(class_indicators(y)))
            for name, y in m.labels.items()
        ),
        Pairing(UNIFORM, "uniform", membership_similarities(sp.csr_array(np.ones((len(order), 1))))),
    ]


def augmentations(inputs: PairingInputs, keep: int | None) -> Iterator[Pairing]:
    """Pairings of images with views that could be theirs: at every strength, by each encoder and by pixels."""
    for strength, views in inputs.views.items():
        for name, features in views.items():
            if name == PIXELS:
                similar = best_match_similarities(inputs.crops, features, keep)
            else:
                similar = cosine_similarities(inputs.images[name], features, keep)
            yield Pairing(f"augmentation, by {name}", "augmentation", similar, strength)
