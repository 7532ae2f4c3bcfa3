"""Images with captions and labels: the common form of all data sets."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets.picture_files import Picture, open_picture, original_picture

WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 3  # minimum number of letters of a compared word
SAYING_NOTHING = frozenset({"and", "other", "the"})


@dataclass(frozen=True, eq=False, repr=False)
class ImageTextDataset:
    """Picture files, each with one or more captions and a label; pictures are read on demand.

    `ValueError`: no images, fields of different lengths, duplicate ids, an image without a caption, a label without a
    name, or a size below 1.

    Attributes
    ----------
    name : name of the kind of data set
    ids : distinct name of each image
    files, digests : picture file of each image, and its SHA-256
    captions : texts of each image, at least one; a duplicate text has two shares
    labels : (n,), index into `label_names`; -1 for an image without a label
    size : images are `size` x `size` pixels; `None` for the size of each file
    skipped : reason for each skipped unreadable picture, with its path
    label_sets : labellings of the images by name, (n,) each; by default only `labels`
    class_names : names of the classes of each label set, if known; by default those of `labels`
    subjects : subject of each image, the same for two drawings of one thing; by default all differ
    """

    name: str
    ids: tuple[str, ...]
    files: tuple[Picture, ...]
    digests: tuple[str, ...]
    captions: tuple[tuple[str, ...], ...]
    labels: IntArray
    label_names: tuple[str, ...]
    size: int | None
    skipped: tuple[str, ...] = ()
    label_sets: Mapping[str, IntArray] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    class_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "label_sets", dict(self.label_sets) or {"label": self.labels})
        object.__setattr__(self, "subjects", self.subjects or self.ids)
        names = {name: self.label_names for name, labels in self.label_sets.items() if labels is self.labels}
        object.__setattr__(self, "class_names", {**names, **self.class_names})
        counts = {len(self.ids), len(self.files), len(self.digests), len(self.captions), len(self.labels)}
        if counts == {0} or len(counts) > 1:
            raise ValueError(f"{self.name}: ids, files, captions and labels need one positive length, not {counts}")
        if {len(self.subjects), *map(len, self.label_sets.values())} != counts:
            raise ValueError(f"{self.name}: each label set and the subjects need one entry for each image")
        if len(set(self.ids)) < len(self.ids):
            raise ValueError(f"{self.name}: {len(self.ids) - len(set(self.ids))} duplicate ids: make them distinct")
        if not all(self.captions):
            raise ValueError(f"{self.name}: image {self.ids[self.captions.index(())]} has no caption")
        if self.labels.min() < -1 or self.labels.max() >= len(self.label_names):
            raise ValueError(f"{self.name}: labels must be in 0..{len(self.label_names) - 1}, or -1 for none")
        if self.size is not None and self.size < 1:
            raise ValueError(f"size={self.size} must be at least 1 pixel")

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        skipped = f", skipped {len(self.skipped)}" if self.skipped else ""
        n_captions = sum(map(len, self.captions))
        return f"{self.name}({len(self)} images, {n_captions} captions, {len(self.label_names)} classes{skipped})"

    def image(self, index: int) -> Image.Image:
        """An image, in RGB."""
        return open_picture(self.files[index], self.size)

    def original(self, index: int) -> Image.Image:
        """The picture of an image in its original size, in RGB."""
        return original_picture(self.files[index], self.size)

    def take(self, indices: Sequence[int] | IntArray) -> "ImageTextDataset":
        """The data set of these images, in this order, with all label names."""
        return replace(self, **self.entries(indices))

    def entries(self, indices: Sequence[int] | IntArray) -> dict[str, Any]:
        """Fields with one entry for each image, for these images."""
        chosen = np.asarray(indices, dtype=np.int64)
        fields = ("ids", "files", "digests", "captions", "subjects")
        label_sets = {name: labels[chosen] for name, labels in self.label_sets.items()}
        values = {name: tuple(getattr(self, name)[i] for i in chosen) for name in fields}
        return values | {"labels": self.labels[chosen], "label_sets": label_sets}

    @property
    def side(self) -> int:
        """Pixels along a side of every image. `ValueError`: the data set has no common size."""
        if self.size is None:
            raise ValueError(f"{self.name}: the images need a common size: set size")
        return self.size

    @property
    def labelled(self) -> bool:
        """True if every image has a label."""
        return bool(self.labels.min() >= 0)

    @cached_property
    def named_by_captions(self) -> tuple[str, ...]:
        """Label sets with equal labels exactly where captions are equal: pairs by captions are pairs by labels."""
        number: dict[frozenset[str], int] = {}
        by_captions = {captions: number.setdefault(frozenset(captions), len(number)) for captions in self.captions}
        by_text = np.array([by_captions[captions] for captions in self.captions])
        return tuple(name for name, labels in self.label_sets.items() if _same_partition(by_text, labels))

    @cached_property
    def naming(self) -> tuple[tuple[bool, ...], ...]:
        """Test, for each caption of each image, whether it shares a word of `class_words` with a class of the image."""
        named_sets = [
            (labels, [class_words(name) for name in self.class_names[label_set]])
            for label_set, labels in self.label_sets.items()
            if label_set in self.class_names
        ]
        naming = []
        for image, texts in enumerate(self.captions):
            class_terms: set[str] = set().union(*(words[labels[image]] for labels, words in named_sets))
            naming.append(tuple(bool(class_terms & class_words(text)) for text in texts))
        return tuple(naming)

    @property
    def unnamed_captions(self) -> tuple[tuple[str, ...], ...]:
        """Captions of each image that name no class of it; an image without such captions gets a unique word."""
        captions = []
        for number, (texts, naming) in enumerate(zip(self.captions, self.naming, strict=True)):
            unnamed = tuple(text for text, names in zip(texts, naming, strict=True) if not names)
            captions.append(unnamed or (f"image{number}",))
        return tuple(captions)

    @property
    def share_of_naming_captions(self) -> float:
        """Share of the captions that name a class of their image, in [0, 1]."""
        return float(np.mean([names for flags in self.naming for names in flags]))

    @cached_property
    def key(self) -> str:
        """Content key, which depends on ids, contents of files, texts, labels and size."""
        hashed, labels = hashlib.sha256(), self.labels.tolist()
        # In pieces, because the JSON of a million images takes a gigabyte.
        for text in json.JSONEncoder().iterencode(
            [self.size, self.ids, self.digests, self.captions, labels, self.label_names]
        ):
            hashed.update(text.encode())
        return hashed.hexdigest()


def class_words(text: str) -> set[str]:
    """Words of a text or of a class's name: runs of at least `SHORTEST` letters, in lower case, without a plural s.

    For example, `"red apples"` names the class `"apple-pie"`, and not `"pineapple"`.
    """
    terms = {word.lower() for word in WORD.findall(text)}
    return {word.removesuffix("s") for word in terms if len(word) >= SHORTEST} - SAYING_NOTHING


def _same_partition(first: IntArray, second: IntArray) -> bool:
    classes = [len(np.unique(part)) for part in (first, second)]
    return classes == 2 * [len(np.unique(np.column_stack([first, second]), axis=0))]
