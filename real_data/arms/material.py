"""What the arms of one comparison are made of, and the arms themselves, controls included."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from real_data.arms.arm import Arm
from real_data.arms.similarities import (
    Single,
    best_match_similarities,
    cosine_similarities,
    membership_similarities,
)
from theory.consistency import class_indicators
from theory.infrastructure.arrays import FloatArray, IntArray

ENCODER, PIXELS = "encoder", "pixels"
EXACT, TEXTS = "captions, exact", "captions, by encoder"
NEIGHBOURS, IMAGES, LABELS, UNIFORM = "nearest neighbours", f"held-out images, by {ENCODER}", "labels, ", "uniform"


@dataclass(frozen=True, eq=False)
class Material:
    """The images of one comparison, and everything that may stand between two of them.

    An *eye* sees images: the encoder's, which texts share the space of, and others that know no text.

    Attributes
    ----------
    labels : for each label set (n,)
    captions : (n, number of texts), an entry where an image has a caption
    images : for each eye (n, d), features of the images
    crops : (n, c, p), of the images, as `crops.crops` has them
    texts : (m, d), the encoder's features of texts that are captions of other images
    others : for each eye (m, d), features of those images
    views : for each strength and eye (n v, d), features of v views of each image; and of `PIXELS`, (n v, p)
    """

    labels: Mapping[str, IntArray]
    captions: sp.csr_array
    images: Mapping[str, FloatArray]
    crops: Single
    texts: FloatArray
    others: Mapping[str, FloatArray]
    views: Mapping[float, Mapping[str, FloatArray | Single]]


def arms(material: Material, rng: np.random.Generator, keep: int | None = None) -> list[Arm]:
    """Every arm and control of one comparison.

    Parameters
    ----------
    keep : how many right nodes of each image are kept, the most similar ones; by default all

    Raises
    ------
    ValueError
        `keep` is below the number of captions of some image.
    """
    m = material
    exact = Arm(EXACT, "captions", membership_similarities(m.captions, keep))
    texts = Arm(TEXTS, "captions", cosine_similarities(m.images[ENCODER], m.texts, keep))
    order = rng.permutation(len(m.crops))
    return [
        exact,
        texts,
        *augmentations(m, keep),
        Arm(NEIGHBOURS, "no text", cosine_similarities(m.images[ENCODER], m.images[ENCODER], keep)),
        *(
            Arm(f"held-out images, by {eye}", "no text", cosine_similarities(m.images[eye], others, keep))
            for eye, others in m.others.items()
        ),
        exact.exchanged(order),
        texts.exchanged(order),
        *(Arm(LABELS + name, "labels", membership_similarities(class_indicators(y))) for name, y in m.labels.items()),
        Arm(UNIFORM, "uniform", membership_similarities(sp.csr_array(np.ones((len(order), 1))))),
    ]


def augmentations(material: Material, keep: int | None) -> Iterator[Arm]:
    """Which view could come from which image, by every eye and by pixels, at every strength.

    Parameters
    ----------
    keep : as in `arms`
    """
    for strength, views in material.views.items():
        for eye, features in views.items():
            name = f"augmentation, by {eye}"
            if eye == PIXELS:
                similar = best_match_similarities(material.crops, features, keep)
            else:
                similar = cosine_similarities(material.images[eye], features, keep)
            yield Arm(name, "augmentation", similar, strength)
