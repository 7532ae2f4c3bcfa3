"""Pairings of the registered experiments: graphs of images and captions, labels, neighbours, or images themselves.

The pairings of the study `pairings` are in `real_data/pairings/`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.checks import find_named
from pairbounds.real_data.datasets.naming import class_words
from pairbounds.real_data.encoders.cache import FEATURES, content_key, stored_rows
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.experiments.groups import grouped
from pairbounds.real_data.experiments.parts import SIZE, Parts
from pairbounds.real_data.experiments.training import RECIPE, features_by, trained_on
from pairbounds.real_data.experiments.views import TWINS, correlated, views
from pairbounds.theory.graph.pair_graph import PairGraph

FEW, MANY = 5, 20  # neighbours
LADDER = (0.02, 0.31, 0.57, 0.8, 0.96)  # shares of partners of an image's class
EXCHANGED = " within classes"  # suffix of a name
GUIDE_SEED = 100  # weight seed of guide networks; no evaluated encoder has it


@dataclass(frozen=True, eq=False)
class Material:
    """Training images of a split, with data for pairings.

    Attributes
    ----------
    parts : parts of the data set
    number : number of the split, which is also the seed of random draws
    cache : folder of features
    """

    parts: Parts
    number: int
    cache: str = str(FEATURES)

    @cached_property
    def captions(self) -> list[tuple[str, ...]]:
        """The captions of each training image."""
        return [self.parts.dataset.captions[image] for image in self.parts.train]

    @cached_property
    def named(self) -> list[set[str]]:
        """Words of the class of each training image."""
        names, labels = self.parts.dataset.label_names, self.parts.dataset.labels
        return [
            set(names[labels[image]].lower().split()) | class_words(names[labels[image]]) for image in self.parts.train
        ]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of training images with each word as a caption."""
        return Counter(word for words in self.captions for word in dict.fromkeys(words))

    @cached_property
    def alike(self) -> FloatArray:
        """Pixel correlations of the training images, without augmentation, (n, n)."""
        rows = correlated(views(self.parts.pictures[self.parts.train], np.random.default_rng(0), 0.0))
        return np.asarray((rows @ rows.T).numpy())

    @cached_property
    def texts_alike(self) -> FloatArray:
        """Cosines of TF-IDF vectors of the letter trigrams of the training images' captions, (n, n)."""
        letters = TfidfVectorizer(analyzer="char", ngram_range=(3, 3))
        rows = letters.fit_transform([" ".join(words) for words in self.captions])
        return np.asarray((rows @ rows.T).toarray())

    @cached_property
    def network_alike(self) -> FloatArray:
        """Cosines of features by a network trained on ImageNet labels, (n, n)."""
        network = EfficientNet(pixels=SIZE, device="cpu")
        rows = network.encode_images(self.parts.dataset, Path(self.cache))[self.parts.train]
        return rows @ rows.T

    def learned_alike(self, name: str) -> FloatArray:
        """Cosines of features by the small network, trained here on another pairing, (n, n)."""
        parts = self.parts
        key = content_key(parts.dataset.key, *map(str, parts.train), repr(RECIPE), str(self.number))
        path = Path(self.cache) / f"learned-{name.replace(' ', '-').replace(',', '')}-{key}"

        def rows(start: int) -> list[npt.NDArray[np.float32]]:
            pictures = parts.pictures[parts.train]
            recipe = replace(RECIPE, batch=min(RECIPE.batch, len(pictures)))
            trained = trained_on(pairing(name, self), pictures, recipe, GUIDE_SEED)
            still = views(pictures, self.rng(), 0.0)
            return [features_by(trained)(still)[start:].astype(np.float32)]

        features: FloatArray = unit_rows(stored_rows(path, len(parts.train), rows))
        return features @ features.T

    @cached_property
    def classes(self) -> IntArray:
        """Classes of the training images, (n,)."""
        return self.parts.dataset.labels[self.parts.train]

    @cached_property
    def subjects(self) -> IntArray:
        """Indices of the subjects of the training images, (n,)."""
        return np.unique(np.array(self.parts.dataset.subjects)[self.parts.train], return_inverse=True)[1]

    def rng(self) -> np.random.Generator:
        """A generator, the same for each pairing of a split."""
        return np.random.default_rng([3, self.number + 1])


Weights = sp.csr_array
Pairing = Callable[[Material], Weights]


def by_words(words: Callable[[Material], Sequence[Sequence[str]]], exchanged: float, material: Material) -> Weights:
    """Images and words; a share of the images gets the words of other images."""
    captions, rng = words(material), material.rng()
    texts = list(captions)
    moved = np.flatnonzero(rng.random(len(texts)) < exchanged)
    for image, source in zip(moved, rng.permutation(moved), strict=True):
        texts[image] = captions[source]
    return sp.csr_array(CountVectorizer(analyzer=tuple).fit_transform(texts), dtype=float)


def all_words(material: Material) -> list[tuple[str, ...]]:
    """All words of each image."""
    return material.captions


def rare_words(material: Material) -> list[list[str]]:
    """The two rarest words of each image."""
    return [sorted(words, key=lambda word: (material.counts[word], word))[:2] for words in material.captions]


def common_words(material: Material) -> list[list[str]]:
    """The two most frequent words of each image."""
    return [sorted(words, key=lambda word: (-material.counts[word], word))[:2] for words in material.captions]


def some_words(material: Material) -> list[list[str]]:
    """A third of the words of each image, at random, at least one."""
    rng = material.rng()
    return [list(rng.permutation(words)[: max(1, len(words) // 3)]) for words in material.captions]


def words_without_class(material: Material) -> list[list[str]]:
    """Words outside the name of the image's class; an image without such words gets a unique word."""
    return [
        [word for word in words if word not in named] or [f"image {number}"]
        for number, (words, named) in enumerate(zip(material.captions, material.named, strict=True))
    ]


def itself(material: Material) -> Weights:
    """Views of one image."""
    return sp.csr_array(sp.eye_array(len(material.parts.train)))


def subject(material: Material) -> Weights:
    """Images of one subject."""
    return _indicators(material.subjects)


def style(material: Material) -> Weights:
    """Images of one style, which is independent of the class."""
    return _indicators(
        np.array([material.parts.dataset.ids[image].rpartition("/")[0] for image in material.parts.train])
    )


def everything(material: Material) -> Weights:
    """Any two images."""
    return sp.csr_array(np.ones((len(material.parts.train), 1)))


def labels(noise: float, material: Material) -> Weights:
    """Images of one class; a share of the images gets the class of other images."""
    classes, rng = material.classes.copy(), material.rng()
    moved = np.flatnonzero(rng.random(len(classes)) < noise)
    classes[moved] = classes[rng.permutation(moved)]
    return _indicators(classes)


def neighbours(alike: Callable[[Material], FloatArray], count: int, material: Material) -> Weights:
    """An image and the most similar images of other subjects."""
    similar = alike(material).copy()
    similar[material.subjects[:, None] == material.subjects[None, :]] = -np.inf
    nearest = np.argpartition(-similar, count, axis=1)[:, :count]
    rows = np.repeat(np.arange(len(similar)), count)
    near = sp.csr_array((np.ones(rows.size), (nearest.ravel(), rows)), shape=similar.shape)
    return sp.csr_array(near + sp.eye_array(len(similar)))


def twins(material: Material) -> Weights:
    """Images that are near twins by their pixels."""
    return sp.csr_array((material.alike >= TWINS).astype(float))


def within_classes(of: Pairing, material: Material) -> Weights:
    """A pairing in which each subject takes the partners of another subject of its class.

    All subjects must have equal numbers of images. Up to the names of the images the graph and the classes are the
    same, so consistency, spectrum and all bounds are too. Captions then say nothing of a subject beyond its class.
    Pairings by subject, by style or with the image itself do not change.
    """
    numbers, first = np.unique(material.subjects, return_index=True)
    rng, source = material.rng(), np.arange(len(material.subjects))
    for label in np.unique(material.classes):
        mates = numbers[material.classes[first] == label]
        order = rng.permutation(mates)
        for subject_number, other in zip(order, np.roll(order, 1), strict=True):  # no fixed points if there are two
            source[material.subjects == subject_number] = np.flatnonzero(material.subjects == other)
    return of(material)[source]


def groups(share: float, material: Material, *, alike: bool) -> Weights:
    """Groups of four images with a share of pairs of one class; see `grouped`."""
    return grouped(material.classes, material.subjects, share, material.rng(), material.alike if alike else None)


def _indicators(classes: np.ndarray) -> Weights:
    codes = np.unique(classes, return_inverse=True)[1]
    return sp.csr_array((np.ones(codes.size), (np.arange(codes.size), codes)))


_look, _text = (lambda material: material.alike), (lambda material: material.texts_alike)
# Names begin with a family, one kind of pairs at several settings.
PAIRINGS: dict[str, Pairing] = {
    "views": itself,
    "subject": subject,
    "style": style,
    "any two": everything,
    "words": partial(by_words, all_words, 0.0),
    "words, rare": partial(by_words, rare_words, 0.0),
    "words, common": partial(by_words, common_words, 0.0),
    "words, a third": partial(by_words, some_words, 0.0),
    "words, not of the class": partial(by_words, words_without_class, 0.0),
    **{f"words, {share:.0%} exchanged": partial(by_words, all_words, share) for share in (0.2, 0.5, 1.0)},
    **{f"rare words, {share:.0%} exchanged": partial(by_words, rare_words, share) for share in (0.2, 0.5)},
    **{f"text, {count} neighbours": partial(neighbours, _text, count) for count in (FEW, MANY)},
    **{f"look, {count} neighbours": partial(neighbours, _look, count) for count in (FEW, MANY)},
    "look, twins": twins,
    f"network, {FEW} neighbours": partial(neighbours, lambda material: material.network_alike, FEW),
    f"learned views, {FEW} neighbours": partial(neighbours, lambda material: material.learned_alike("views"), FEW),
    f"learned words, {FEW} neighbours": partial(
        neighbours, lambda material: material.learned_alike("words, rare"), FEW
    ),
    "labels": partial(labels, 0.0),
    **{f"labels, {noise:.0%} noisy": partial(labels, noise) for noise in (0.2, 0.5, 0.8)},
    **{f"groups, {share:.0%}": partial(groups, share, alike=False) for share in LADDER},
    **{f"groups alike, {share:.0%}": partial(groups, share, alike=True) for share in LADDER},
}


def pairing(name: str, material: Material) -> PairGraph:
    """The graph of a pairing; all training images have the same mass, with their classes as labels.

    Parameters
    ----------
    name : a name in `PAIRINGS`, or two names joined by "+", with half of the pairs each; the suffix " within classes"
        permutes subjects: see `within_classes`
    """
    weights = sp.csr_array(sp.hstack([_one(part.strip(), material) for part in name.split("+")]))
    used = np.flatnonzero(np.asarray(weights.sum(axis=0)).ravel())
    return PairGraph(weights[:, used], material.classes)


def _one(name: str, material: Material) -> Weights:
    """Weights of a pairing, normalised to 1 for each image."""
    of = find_named("pairing", name.removesuffix(EXCHANGED), PAIRINGS)
    weights = within_classes(of, material) if name.endswith(EXCHANGED) else of(material)
    return sp.csr_array(normalize(weights, "l1"))
