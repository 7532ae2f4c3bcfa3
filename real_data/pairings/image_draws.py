"""Draws of images for a comparison, and their inputs: features, texts, views, and small crops."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TypeVar

import numpy as np
import scipy.sparse as sp
from PIL.Image import Image, Resampling, Transpose

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.processes import side_by_side
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.cache import Rows, content_key, stored_rows
from pairbounds.real_data.encoders.encoder import ImageEncoder
from pairbounds.real_data.pairings.augmentations import Views, views_of
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
    _, first, own, size = np.unique(source.subjects, return_index=True, return_inverse=True, return_counts=True)
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
    kept = dealt[: int(np.searchsorted(np.cumsum(size[[subject for *_, subject in dealt]]), images)) + 1]
    hands = [[subject for rank, number, subject in kept if (rank + number) % draws == hand] for hand in range(draws)]
    return [np.flatnonzero(np.isin(own, hand)) for hand in hands]


def on_draws(
    work: Callable[[tuple[int, IntArray]], Result], source: Source, images: int, draws: int, seed: int, jobs: int
) -> list[Result]:
    """Results of `work` on each draw of `draw_images`, with its number, in parallel."""
    chosen = draw_images(source, images, draws, np.random.default_rng(seed))
    source.prepare()  # fills the cache once, before all draws read it
    with side_by_side(work, enumerate(chosen), jobs) as results:
        return list(Bar(results, total=len(chosen), desc="draws of images", unit="draw"))


def seed_of_draw(seed: int, number: int) -> int:
    """Seed of one draw of images, derived from the common seed and its number."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def gather(
    source: Source, own: IntArray, *, views: int, strengths: Sequence[float], anchors: int, seed: int
) -> PairingInputs:
    """Inputs of the pairings of the images `own`: v views of each at each strength, texts, and anchor images.

    Each other subject gives one anchor image and one of its captions as a text, up to `anchors` subjects. Captions of
    the images `own` are not used as texts, unless the subject has no other caption.
    """
    rng = np.random.default_rng(seed)
    dataset, cache, mine = source.dataset, source.cache, source.dataset.take(own)
    encoder = source.encoder_without(own)
    seen = {
        image_encoder: look.encode_images(dataset, cache) for image_encoder, look in image_encoders(encoder).items()
    }
    others = _of_other_subjects(source, own, anchors, rng)
    words = {text: row for row, text in enumerate(sorted({t for captions in dataset.captions for t in captions}))}
    own_texts = {text for captions in mine.captions for text in captions}
    free = [[text for text in dataset.captions[i] if text not in own_texts] or dataset.captions[i] for i in others]
    chosen = [words[texts[rng.integers(len(texts))]] for texts in free]
    return PairingInputs(
        labels={name: labels[own] for name, labels in source.labels.items()},
        captions=_membership(mine.captions),
        unnamed=_membership(mine.unnamed_captions) if 0 < dataset.share_of_naming_captions < 1 else None,
        images={name: features[own] for name, features in seen.items()},
        crops=np.stack([crops(mine.image(i)) for i in range(len(mine))]),
        texts=encoder.encode_texts(list(words), cache)[chosen],
        others={name: features[others] for name, features in seen.items()},
        views={s: _seen_views(views_of(mine, views, s, seed), image_encoders(encoder), cache) for s in strengths},
    )


def _of_other_subjects(source: Source, own: IntArray, most: int, rng: np.random.Generator) -> IntArray:
    """A random image of each subject outside the images `own`; at most `most` of them, at random."""
    order = rng.permutation(np.flatnonzero(~np.isin(source.subjects, source.subjects[own])))
    _, first = np.unique(source.subjects[order], return_index=True)
    return np.sort(rng.permutation(order[first])[:most])


def _membership(captions: Sequence[tuple[str, ...]]) -> sp.csr_array:
    """Matrix (n, n_texts), with an entry for each caption of an image."""
    texts = {text: column for column, text in enumerate(dict.fromkeys(t for own in captions for t in own))}
    rows = np.repeat(np.arange(len(captions)), [len(own) for own in captions])
    columns = [texts[text] for own in captions for text in own]
    return sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(captions), len(texts)))


def _seen_views(views: Views, looks: Mapping[str, ImageEncoder], cache: Path | None) -> dict[str, FloatArray]:
    features = {name: look.encode_images(views, cache) for name, look in looks.items()}
    return features | {PIXELS: pixel_rows(views, cache)}


def pixel_rows(dataset: ImageTextDataset, cache: Path | None) -> FloatArray:
    """All images as `few_pixels`, (n, 3 SIDE²); stored in `cache` unless it is `None`."""
    place = cache and cache / f"pixels-{dataset.name}-{content_key(str(SIDE), dataset.key)}"

    def rows_from(start: int) -> Iterator[Rows]:
        for index in range(start, len(dataset)):
            yield few_pixels(dataset.image(index))[None]

    return stored_rows(place, len(dataset), rows_from)


def few_pixels(image: Image, box: tuple[float, float, float, float] | None = None) -> Single:
    """A part of an image (all of it by default) as `SIDE` x `SIDE` colours in [0, 1], flat, (3 SIDE²,)."""
    small = image.convert("RGB").resize((SIDE, SIDE), Resampling.BOX, box)
    return np.asarray(small, dtype=np.float32).ravel() / np.float32(255)


def crops(image: Image) -> Single:
    """A grid of crops of an image and of its mirror image, each as `few_pixels`, (c, 3 SIDE²).

    Crops are shifted by at most half of their side: 1 + 4 + 9 + 16 positions for the four sides.
    """
    mirrored = image.transpose(Transpose.FLIP_LEFT_RIGHT)
    return np.stack([few_pixels(one, box) for one in (image, mirrored) for box in _boxes(*image.size)])


def _boxes(width: int, height: int) -> Iterator[tuple[float, float, float, float]]:
    for places, side in enumerate(SIDES, start=1):
        starts = np.linspace(0, 1 - side, places)
        for x, y in product(starts, starts):
            yield x * width, y * height, (x + side) * width, (y + side) * height
