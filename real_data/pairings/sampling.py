"""Images that are compared, and their inputs: features, texts, views."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.processes import side_by_side
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import ImageEncoder
from pairbounds.real_data.pairings.crops import crops, pixel_rows
from pairbounds.real_data.pairings.inputs import PIXELS, PairingInputs
from pairbounds.real_data.pairings.sources import Source, image_encoders
from pairbounds.real_data.pairings.views import Views, views_of

Result = TypeVar("Result")

FEWEST = 10  # subjects that a class has, to be drawn from


def draw_images(source: Source, images: int, draws: int, rng: np.random.Generator) -> list[IntArray]:
    """Disjoint draws of images, with all images of a subject in one draw and every class spread evenly over draws.

    Classes are those of the finest label set; those of fewer than `FEWEST` subjects, or fewer than draws, are left out.

    Parameters
    ----------
    images : about how many, over all draws
    """
    finest = max(source.labels.values(), key=lambda y: len(np.unique(y)))
    _, first, own, size = np.unique(source.subjects, return_index=True, return_inverse=True, return_counts=True)
    if images < 8 * draws:
        raise ValueError(f"images={images} for {draws} draws: at least 8 each")
    dealt: list[tuple[int, int, int]] = []  # rank within the class, number of the class, subject
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
    """Results of `work` on each draw of images and its number, side by side; the draws are those of `draw_images`."""
    chosen = draw_images(source, images, draws, np.random.default_rng(seed))
    source.prepare()  # what all draws need is in the cache before they ask for it at once
    with side_by_side(work, enumerate(chosen), jobs) as results:
        return list(Bar(results, total=len(chosen), desc="draws of images", unit="draw"))


def seed_of_draw(seed: int, number: int) -> int:
    """The seed of a draw of images among several that have one seed."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def gather(
    source: Source, own: IntArray, *, views: int, strengths: Sequence[float], anchors: int, seed: int
) -> PairingInputs:
    """Everything that may stand between two of the images `own`: v views of each at each strength, texts, other images.

    Of each other subject one image is an anchor, and one of its captions a text: as many texts as images, of the same
    subjects, `anchors` of them at most. A text is no caption of the images `own`, unless its subject has no other.
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
        unnamed=_unnamed(mine) if 0 < dataset.share_of_naming_captions < 1 else None,
        images={name: features[own] for name, features in seen.items()},
        crops=np.stack([crops(mine.image(i)) for i in range(len(mine))]),
        texts=encoder.encode_texts(list(words), cache)[chosen],
        others={name: features[others] for name, features in seen.items()},
        views={s: _seen_views(views_of(mine, views, s, seed), image_encoders(encoder), cache) for s in strengths},
    )


def _of_other_subjects(source: Source, own: IntArray, most: int, rng: np.random.Generator) -> IntArray:
    """A random image of each subject that is not among the images `own`; a random `most` of them."""
    order = rng.permutation(np.flatnonzero(~np.isin(source.subjects, source.subjects[own])))
    _, first = np.unique(source.subjects[order], return_index=True)
    return np.sort(rng.permutation(order[first])[:most])


def _membership(captions: Sequence[tuple[Hashable, ...]]) -> sp.csr_array:
    """(n, number of texts), an entry where an image has a caption."""
    texts = {text: column for column, text in enumerate(dict.fromkeys(t for own in captions for t in own))}
    rows = np.repeat(np.arange(len(captions)), [len(own) for own in captions])
    columns = [texts[text] for own in captions for text in own]
    return sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(captions), len(texts)))


def _unnamed(dataset: ImageTextDataset) -> sp.csr_array:
    """(n, number of texts) of the captions that name no class of their image; where all do, a text of its own."""
    kept = [
        tuple(text for text, names in zip(texts, naming, strict=True) if not names)
        for texts, naming in zip(dataset.captions, dataset.naming, strict=True)
    ]
    return _membership([texts or (place,) for place, texts in enumerate(kept)])


def _seen_views(views: Views, looks: Mapping[str, ImageEncoder], cache: Path | None) -> dict[str, FloatArray]:
    features = {name: look.encode_images(views, cache) for name, look in looks.items()}
    return features | {PIXELS: pixel_rows(views, cache)}
