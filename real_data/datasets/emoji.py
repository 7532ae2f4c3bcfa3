"""Emoji: two drawings of each of 1,623 concepts, with their names and keywords."""

from pathlib import Path

import numpy as np

from real_data.datasets.dataset import ImageTextDataset
from real_data.datasets.pictures import digest
from real_data.emoji_concepts import SOURCES, STYLES, Labels, concepts, label_names


def emoji(size: int = 72, labels: Labels = "category") -> ImageTextDataset:
    """The images and captions of `real_data.emoji_concepts.emoji_graph`: 3,246 images in the order of its left nodes.

    Parameters
    ----------
    size : pixels
        Both styles are drawn at it: OpenMoji rendered, Twemoji resized from its 72 x 72. Transparent is white.
    labels : {"category", "subcategory"}

    Raises
    ------
    ValueError
        Another value of `labels`, a size below 1; and the errors of `real_data.emoji_concepts.concepts`.
    """
    names = label_names(labels)
    images = [(style, concept) for style in STYLES for concept in concepts()]
    files: list[Path] = [getattr(concept, style) for style, concept in images]
    return ImageTextDataset(
        name="emoji",
        ids=tuple(f"{style}/{concept.code}" for style, concept in images),
        files=tuple(files),
        digests=tuple(map(digest, files)),
        captions=tuple(concept.captions for _, concept in images),
        labels=np.array([names.index(getattr(concept, labels)) for _, concept in images]),
        label_names=names,
        size=size,
        licence="; ".join(f"{source.what}: {source.licence}" for source in SOURCES),
        attribution="; ".join(f"{source.what}: {source.attribution}" for source in SOURCES),
    )
