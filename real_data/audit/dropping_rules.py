"""Rankings of pairs for dropping: rules for a curator, random controls, and an oracle.

A rule may use the labels of the training half, and never those of the held-out half. The oracle uses the held-out
labels, and shows how much any rule could gain.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PairList:
    """Distinct pairs, (n_pairs,) each, of images with or without labels.

    Attributes
    ----------
    images, captions : indices from 0
    weights : positive
    labels : (n_images,), classes from 0, or -1
    similarities : similarity of image and caption; NaN if unknown
    """

    images: IntArray
    captions: IntArray
    weights: FloatArray
    labels: IntArray
    similarities: FloatArray

    def __len__(self) -> int:
        return len(self.images)

    def kept(self, pairs: npt.NDArray[np.generic]) -> "PairList":
        """Subset of the pairs, by mask or by index."""
        images, captions, weights = self.images[pairs], self.captions[pairs], self.weights[pairs]
        return PairList(images, captions, weights, self.labels, self.similarities[pairs])

    @cached_property
    def n_captions(self) -> int:
        """Largest caption index plus one."""
        return int(self.captions.max(initial=-1)) + 1


@dataclass(frozen=True, eq=False)
class RuleInputs:
    """Pairs from which a rule ranks those to drop.

    Attributes
    ----------
    everything : all pairs, for the degrees of captions
    training : pairs of the training half, with labels
    judged : pairs of the held-out half, to rank; only the oracle uses their labels
    """

    everything: PairList
    training: PairList
    judged: PairList


Rule = Callable[[RuleInputs, np.random.Generator], FloatArray]


def leak(inputs: RuleInputs, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - every rule is called alike
    """`Pr[labels differ]` of two images drawn by the caption, estimated on the training half; 0 without its images."""
    crossing = _crossing(inputs.training, inputs.everything.n_captions)
    return crossing[inputs.judged.captions]


def hubs(inputs: RuleInputs, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - every rule is called alike
    """Number of images of the caption."""
    return np.bincount(inputs.everything.captions)[inputs.judged.captions].astype(np.float64)


def low_similarity(inputs: RuleInputs, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - every rule is called alike
    """Negative similarity of image and caption."""
    return -inputs.judged.similarities


def random_pairs(inputs: RuleInputs, rng: np.random.Generator) -> FloatArray:
    """Random order of pairs."""
    return rng.random(len(inputs.judged))


def random_captions(inputs: RuleInputs, rng: np.random.Generator) -> FloatArray:
    """Random order of captions; pairs of a caption stay together."""
    return rng.random(inputs.everything.n_captions)[inputs.judged.captions]


def oracle(inputs: RuleInputs, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - every rule is called alike
    """Order by the true labels: pairs outside the largest class of their caption come first.

    Captions are ordered by the gain for each dropped pair, `p_R(l) Pr[labels differ | l]` over the number of such
    pairs. With weights of 1, no other choice of as many pairs, by whole captions, reduces α_T by more; the last caption
    of this order may be dropped in part.
    """
    judged, n_captions = inputs.judged, inputs.everything.n_captions
    by_class = _by_class(judged, n_captions)
    largest = np.asarray(by_class.argmax(axis=0)).ravel()
    minority = judged.labels[judged.images] != largest[judged.captions]
    counts = np.bincount(judged.captions[minority], minlength=n_captions)
    mass = np.bincount(judged.captions, judged.weights, n_captions)
    gain = mass * _crossing(judged, n_captions) / np.maximum(counts, 1)
    return np.where(minority, gain[judged.captions], -1.0)


LOW_SIMILARITY = "low similarity"
RULES: Mapping[str, Rule] = {"leak": leak, "hubs": hubs, LOW_SIMILARITY: low_similarity}
CONTROLS: Mapping[str, Rule] = {"random pairs": random_pairs, "random captions": random_captions}
ORACLE = "oracle"


def ranked(rule: Rule, inputs: RuleInputs, rng: np.random.Generator) -> IntArray:
    """Indices of the judged pairs, first to drop first; ties in random order, pairs of one caption together."""
    judged = inputs.judged
    by_caption = random_captions(inputs, rng)
    return np.lexsort([rng.random(len(judged)), by_caption, -rule(inputs, rng)])


def _by_class(pairs: PairList, n_captions: int) -> sp.csc_array:
    """Weight of each class in each caption, (r, n_captions), over pairs of labelled images."""
    labels = pairs.labels[pairs.images]
    labelled = pairs.kept(labels >= 0)
    entries = labelled.weights, (labelled.labels[labelled.images], labelled.captions)
    return sp.csc_array(sp.coo_array(entries, shape=(int(pairs.labels.max()) + 1, n_captions)))


def _crossing(pairs: PairList, n_captions: int) -> FloatArray:
    by_class = _by_class(pairs, n_captions)
    mass = np.asarray(by_class.sum(axis=0))
    squares = np.asarray(by_class.power(2).sum(axis=0))
    return np.asarray(1 - np.divide(squares, mass**2, out=np.ones(n_captions), where=mass > 0))
