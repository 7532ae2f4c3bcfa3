"""Inputs of the pairings of one comparison, and the pairings themselves, controls included."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.pairings.pairing import Pairing
from pairbounds.real_data.pairings.similarities import (
    Single,
    best_match_similarities,
    cosine_similarities,
    membership_similarities,
)
from pairbounds.theory.quantities.consistency import class_indicators

ENCODER, PIXELS = "encoder", "pixels"
EXACT, TEXTS = "captions, exact", "captions, by encoder"
UNNAMED = "captions, exact, but for class names"
NEIGHBOURS, IMAGES, LABELS, UNIFORM = "nearest neighbours", f"held-out images, by {ENCODER}", "labels, ", "uniform"


@dataclass(frozen=True, eq=False)
class PairingInputs:
    """The images of one comparison, and everything that may stand between two of them.

    The image encoders: the one that shares its space with texts, and others that know no text.

    Attributes
    ----------
    labels : for each label set (n,)
    captions : (n, number of texts), an entry where an image has a caption
    unnamed : the same without captions that name a class of their image; `None` if none of the data set does, or all do
    images : for each image encoder (n, d), features of the images
    crops : (n, c, p), of the images, as `pairbounds.real_data.pairings.sampling.crops` has them
    texts : (m, d), the encoder's features of texts that are captions of other images
    others : for each image encoder (m, d), features of those images
    views : for each strength and image encoder (n v, d), features of v views of each image; and of `PIXELS`, (n v, p)
    """

    labels: Mapping[str, IntArray]
    captions: sp.csr_array
    unnamed: sp.csr_array | None
    images: Mapping[str, FloatArray]
    crops: Single
    texts: FloatArray
    others: Mapping[str, FloatArray]
    views: Mapping[float, Mapping[str, FloatArray | Single]]


def pairings(inputs: PairingInputs, rng: np.random.Generator, keep: int | None = None) -> list[Pairing]:
    """Every pairing and control of one comparison.

    Parameters
    ----------
    keep : how many right nodes of each image are kept, the most similar ones; by default all
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
            Pairing(f"held-out images, by {name}", "no text", cosine_similarities(m.images[name], others, keep))
            for name, others in m.others.items()
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
    """Pairings of views with images that they could come from: at every strength, by each encoder and by pixels."""
    for strength, views in inputs.views.items():
        for name, features in views.items():
            if name == PIXELS:
                similar = best_match_similarities(inputs.crops, features, keep)
            else:
                similar = cosine_similarities(inputs.images[name], features, keep)
            yield Pairing(f"augmentation, by {name}", "augmentation", similar, strength)
