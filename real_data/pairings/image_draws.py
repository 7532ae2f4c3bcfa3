"""Draws of images for a comparison, and their inputs: features, texts, views, and small crops."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import TypeVar

import numpy as np
import scipy.sparse as sp
from PIL.Image import Image, Resampling, Transpose
from sklearn.feature_extraction.text import CountVectorizer
from threadpoolctl import threadpool_limits

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.workers import side_by_side
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.cache import content_key, stored_rows
from pairbounds.real_data.pairings.augmentations import views_of
from pairbounds.real_data.pairings.pairing import PIXELS, PairingInputs
from pairbounds.real_data.pairings.similarities import Single
from pairbounds.real_data.pairings.sources import Source, image_encoders

Result = TypeVar("Result")

SIDE = 12  # pixels
SIDES = (1.0, 0.8, 0.6, 0.4)  # side of a crop, as a fraction of the image's side
FEWEST = 10  # minimum number of subjects of a class


def draw_images(source: Source, images: int, draws: int, rng: np.random.Generator) -> list[IntArray]:
    """Disjoint draws of images, with all images of a subject in one draw and every class spread evenly over draws.

    Classes are those of the finest label set; classes with fewer than `FEWEST` subjects, or fewer than draws, are left
    out. `images` is the approximate number of images in all draws.
    """
    finest = max(source.labels.values(), key=lambda y: len(np.unique(y)))
    _, first, group, size = np.unique(source.subjects, return_index=True, return_inverse=True, return_counts=True)
    if images < 8 * draws:
        raise ValueError(f"images={images} are too few for {draws} draws: give at least {8 * draws}")
    dealt: list[tuple[int, int, int]] = []  # rank within the class, index of the class, subject
    for number, label in enumerate(np.unique(finest)):
        members = rng.permutation(np.flatnonzero(finest[first] == label))
        if len(members) >= max(FEWEST, draws):
            dealt += [(rank, number, subject) for rank, subject in enumerate(members)]
    if not dealt:
        largest = int(np.unique(finest[first], return_counts=True)[1].max())
        hint = f"take draws={largest}" if largest >= FEWEST else "give the classes more images, or merge classes"
        raise ValueError(f"no class has {max(FEWEST, draws)} subjects, and the largest has {largest}: {hint}")
    dealt.sort()
    hand_out = dealt[: int(np.searchsorted(np.cumsum(size[[subject for *_, subject in dealt]]), images)) + 1]
    hands = [
        [subject for rank, number, subject in hand_out if (rank + number) % draws == hand] for hand in range(draws)
    ]
    return [np.flatnonzero(np.isin(group, hand)) for hand in hands]


def on_draws(
    work: Callable[[int, IntArray, int], Result], source: Source, images: int, draws: int, seed: int, jobs: int
) -> list[Result]:
    """Results of `work(number, images, seed)` on each draw of `draw_images`, with its own seed, in parallel."""
    chosen = draw_images(source, images, draws, np.random.default_rng(seed))
    source.prepare()  # fills the cache once, before all draws read it
    numbered = [(number, drawn_images, seed_of_draw(seed, number)) for number, drawn_images in enumerate(chosen)]
    with side_by_side(partial(_on_draw, work), numbered, jobs) as results:
        return list(Bar(results, total=len(chosen), desc="draws of images", unit="draw"))


def _on_draw(work: Callable[[int, IntArray, int], Result], draw: tuple[int, IntArray, int]) -> Result:
    # One thread for each draw: draws run in parallel, and sums depend on the number of threads.
    with threadpool_limits(limits=1):
        return work(*draw)


def seed_of_draw(seed: int, number: int) -> int:
    """Seed of one draw of images, derived from the common seed and its number."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def gather(
    source: Source, images: IntArray, *, views: int, strengths: Sequence[float], anchors: int, seed: int
) -> PairingInputs:
    """Inputs of the pairings of some images: v views of each at each strength, texts, and anchor images.

    Each other subject gives one anchor image and one of its captions as a text, up to `anchors` subjects. Captions of
    the images are not used as texts, unless the subject has no other caption.
    """
    rng = np.random.default_rng(seed)
    dataset, cache, drawn_set = source.dataset, source.cache, source.dataset.take(images)
    encoder = source.encoder_without(images)
    looks = image_encoders(encoder)
    features = {name: look.encode_images(dataset, cache) for name, look in looks.items()}
    anchor_images = _of_other_subjects(source, images, anchors, rng)
    words = {text: row for row, text in enumerate(sorted({t for captions in dataset.captions for t in captions}))}
    own_texts = {text for captions in drawn_set.captions for text in captions}
    free = [
        [text for text in dataset.captions[i] if text not in own_texts] or dataset.captions[i] for i in anchor_images
    ]
    chosen = [words[texts[rng.integers(len(texts))]] for texts in free]
    features_of_views = {}
    for strength in strengths:
        shown = views_of(drawn_set, views, strength, seed)
        seen = {name: look.encode_images(shown, cache) for name, look in looks.items()}
        features_of_views[strength] = seen | {PIXELS: pixel_rows(shown, cache)}
    return PairingInputs(
        labels={name: labels[images] for name, labels in source.labels.items()},
        captions=_membership(drawn_set.captions),
        unnamed=_membership(drawn_set.unnamed_captions) if 0 < dataset.share_of_naming_captions < 1 else None,
        images={name: rows[images] for name, rows in features.items()},
        crops=np.stack([crops(drawn_set.image(i)) for i in range(len(drawn_set))]),
        texts=encoder.encode_texts(list(words), cache)[chosen],
        anchor_images={name: rows[anchor_images] for name, rows in features.items()},
        views=features_of_views,
    )


def _of_other_subjects(source: Source, images: IntArray, limit: int, rng: np.random.Generator) -> IntArray:
    """A random image of each subject outside the images; at most `limit` of them, at random."""
    order = rng.permutation(np.flatnonzero(~np.isin(source.subjects, source.subjects[images])))
    _, first = np.unique(source.subjects[order], return_index=True)
    return np.sort(rng.permutation(order[first])[:limit])


def _membership(captions: Sequence[tuple[str, ...]]) -> sp.csr_array:
    """Matrix (n, n_texts), how often an image has each caption."""
    return sp.csr_array(CountVectorizer(analyzer=tuple, dtype=np.float64).fit_transform(captions))


def pixel_rows(dataset: ImageTextDataset, cache: Path | None) -> FloatArray:
    """All images as `few_pixels`, (n, 3 SIDE²); stored in `cache` unless it is `None`."""
    path, size = cache and cache / f"pixels-{dataset.name}-{content_key(str(SIDE), dataset.key)}", len(dataset)
    return stored_rows(path, size, lambda start: (few_pixels(dataset.image(i))[None] for i in range(start, size)))


def few_pixels(image: Image, box: tuple[float, float, float, float] | None = None) -> Single:
    """A part of an image (all of it by default) as `SIDE` x `SIDE` colours in [0, 1], flat, (3 SIDE²,)."""
    small = image.convert("RGB").resize((SIDE, SIDE), Resampling.BOX, box)
    return np.asarray(small, dtype=np.float32).ravel() / np.float32(255)


def crops(image: Image) -> Single:
    """A grid of crops of an image and of its mirror image, each as `few_pixels`, (c, 3 SIDE²).

    Crops are shifted by at most half of their side: 1 + 4 + 9 + 16 positions for the four sides.
    """
    mirrored = image.transpose(Transpose.FLIP_LEFT_RIGHT)
    return np.stack([few_pixels(picture, box) for picture in (image, mirrored) for box in _boxes(*image.size)])


def _boxes(width: int, height: int) -> Iterator[tuple[float, float, float, float]]:
    for places, side in enumerate(SIDES, start=1):
        starts = np.linspace(0, 1 - side, places)
        for x, y in product(starts, starts):
            yield x * width, y * height, (x + side) * width, (y + side) * height
