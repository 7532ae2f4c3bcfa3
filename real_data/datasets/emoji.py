"""Emoji: two drawings of each of 1,623 concepts, with their names and keywords."""

from pathlib import Path
from typing import get_args

import numpy as np

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import digest
from pairbounds.real_data.emoji_concepts import STYLES, Labels, concepts


def emoji(size: int = 72) -> ImageTextDataset:
    """The images and captions of `emoji_concepts.emoji_graph`: 3,246 images in the order of its left nodes.

    `ValueError`: a size below 1; and the errors of `pairbounds.real_data.emoji_concepts.concepts`.

    `size`: pixels along a side. OpenMoji is rendered, Twemoji is resized from 72 x 72; transparent pixels become white.
    """
    images = [(style, concept) for style in STYLES for concept in concepts()]
    classes = {
        name: np.unique([getattr(concept, name) for _, concept in images], return_inverse=True)
        for name in get_args(Labels)
    }
    label_sets = {name: labels for name, (_, labels) in classes.items()}
    class_names = {name: tuple(names.tolist()) for name, (names, _) in classes.items()}
    files: list[Path] = [getattr(concept, style) for style, concept in images]
    return ImageTextDataset(
        name="emoji",
        ids=tuple(f"{style}/{concept.code}" for style, concept in images),
        files=tuple(files),
        digests=tuple(map(digest, files)),
        captions=tuple(concept.captions for _, concept in images),
        labels=label_sets["category"],
        label_names=class_names["category"],
        label_sets=label_sets,
        class_names=class_names,
        subjects=tuple(concept.code for _, concept in images),
        size=size,
    )
