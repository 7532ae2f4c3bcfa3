"""Images with captions and labels: the one form that every data set comes in."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets.naming import names_their_class
from pairbounds.real_data.datasets.picture_files import Glyph, Member, open_picture, original_picture

AT_ONCE = 10_000  # entries whose text is in memory


@dataclass(frozen=True, eq=False, repr=False)
class ImageTextDataset:
    """Picture files, each with one or more captions and a label; a picture is read when it is asked for.

    `ValueError`: no image, another number of entries in one of the fields, an id twice, an image without a caption, a
    label without a name, or a size below 1.

    Attributes
    ----------
    name : of the kind of data set
    ids : a name for each image, distinct
    files, digests : the picture file of each image, and its SHA-256
    captions : the texts of each image, at least one; a text that is there twice has two shares
    labels : (n,), index into `label_names`; -1 where an image has none
    size : images are `size` x `size` pixels; `None` for each as its file has it
    licence, attribution : the terms of the images and texts, and whom to name
    skipped : why each picture that could not be read was left out, with its path
    label_sets : every way to label the images by its name, (n,) each; by default `labels` alone
    class_names : the names of the classes of each label set, where they are known; by default those of `labels`
    subjects : what each image shows: two drawings of one thing have one subject; by default each shows its own
    """

    name: str
    ids: tuple[str, ...]
    files: tuple[Path | Member | Glyph, ...]
    digests: tuple[str, ...]
    captions: tuple[tuple[str, ...], ...]
    labels: IntArray
    label_names: tuple[str, ...]
    size: int | None
    licence: str
    attribution: str
    skipped: tuple[str, ...] = ()
    label_sets: Mapping[str, IntArray] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    class_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "label_sets", dict(self.label_sets) or {"label": self.labels})
        object.__setattr__(self, "subjects", self.subjects or self.ids)
        own = {name: self.label_names for name, labels in self.label_sets.items() if labels is self.labels}
        object.__setattr__(self, "class_names", {**own, **self.class_names})
        counts = {len(self.ids), len(self.files), len(self.digests), len(self.captions), len(self.labels)}
        if counts == {0} or len(counts) > 1:
            raise ValueError(f"{self.name}: ids, files, captions and labels are as many, and more than none: {counts}")
        if {len(self.subjects), *map(len, self.label_sets.values())} != counts:
            raise ValueError(f"{self.name}: each label set and the subjects have one entry for each of the images")
        if len(set(self.ids)) < len(self.ids):
            raise ValueError(f"{self.name}: {len(self.ids) - len(set(self.ids))} ids are there twice")
        if not all(self.captions):
            raise ValueError(f"{self.name}: image {self.ids[self.captions.index(())]} has no caption")
        if self.labels.min() < -1 or self.labels.max() >= len(self.label_names):
            raise ValueError(f"{self.name}: labels are in 0..{len(self.label_names) - 1}, one for each name, or -1")
        if self.size is not None and self.size < 1:
            raise ValueError(f"size={self.size}: images have at least 1 pixel")

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
        """The picture that an image is made of, in RGB, whatever the size of the images."""
        return original_picture(self.files[index], self.size)

    def take(self, indices: Sequence[int] | IntArray) -> "ImageTextDataset":
        """The data set of these images, in this order; the label names stay all of them."""
        chosen = np.asarray(indices, dtype=np.int64)
        by_image: dict[str, Any] = {
            name: tuple(getattr(self, name)[i] for i in chosen)
            for name in ("ids", "files", "digests", "captions", "subjects")
        }
        label_sets = {name: labels[chosen] for name, labels in self.label_sets.items()}
        return replace(self, **by_image, labels=self.labels[chosen], label_sets=label_sets)

    @property
    def side(self) -> int:
        """Pixels along a side of every image; a `ValueError` where each image has its own."""
        if self.size is None:
            raise ValueError(f"{self.name}: all images are to have one size: give the data set one")
        return self.size

    @property
    def labelled(self) -> bool:
        """Return whether every image has a label."""
        return bool(self.labels.min() >= 0)

    @cached_property
    def named_by_captions(self) -> tuple[str, ...]:
        """The label sets that the captions are another name for: images have the same ones just if they are of a class.

        To compare pairs by such captions with others is to compare labels with none.
        """
        number: dict[frozenset[str], int] = {}
        by_captions = {captions: number.setdefault(frozenset(captions), len(number)) for captions in self.captions}
        by_text = np.array([by_captions[captions] for captions in self.captions])
        return tuple(name for name, labels in self.label_sets.items() if _same_partition(by_text, labels))

    @cached_property
    def naming(self) -> tuple[tuple[bool, ...], ...]:
        """Test, for each caption of each image, whether it names a class of it; see `names_their_class`."""
        return names_their_class(self.captions, self.label_sets, self.class_names)

    @property
    def unnamed_captions(self) -> tuple[tuple[str, ...], ...]:
        """Captions of each image that name no class of it; an image without any has a word of its own."""
        kept = []
        for number, (texts, naming) in enumerate(zip(self.captions, self.naming, strict=True)):
            unnamed = tuple(text for text, names in zip(texts, naming, strict=True) if not names)
            kept.append(unnamed or (f"image{number}",))
        return tuple(kept)

    @property
    def share_of_naming_captions(self) -> float:
        """Share of the captions that name a class of their image, in [0, 1]."""
        return float(np.mean([names for own in self.naming for names in own]))

    @cached_property
    def key(self) -> str:
        """Content key: equal for two data sets if their ids, files' contents, texts, labels and size are."""
        hashed = hashlib.sha256(f"[{json.dumps(self.size)}".encode())
        for part in (self.ids, self.digests, self.captions, self.labels, self.label_names):
            hashed.update(b", ")
            for text in _as_json(part):
                hashed.update(text.encode())
        hashed.update(b"]")
        return hashed.hexdigest()


def _as_json(values: Sequence[object] | IntArray) -> Iterator[str]:
    """A list as `json.dumps` has it, in pieces: that of a million images would take a gigabyte."""
    yield "["
    for start in range(0, len(values), AT_ONCE):
        block = values[start : start + AT_ONCE]
        text = json.dumps(block.tolist() if isinstance(block, np.ndarray) else list(block))
        yield (", " if start else "") + text[1:-1]
    yield "]"


def _same_partition(first: IntArray, second: IntArray) -> bool:
    classes = [len(np.unique(part)) for part in (first, second)]
    return classes == 2 * [len(np.unique(np.column_stack([first, second]), axis=0))]
