"""Icons of the experiment: one drawing of each concept, and the parts that train, tune, teach and judge."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import networkx as nx
import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.icons import icon_set
from pairbounds.real_data.datasets.naming import class_words
from pairbounds.real_data.training.splits import Split

# Of a concept in several sets the first one's drawing is shown, the set with the fewest; in the style that all have.
PLAIN = {"phosphor": "regular", "tabler": "outline", "mdi": "svg"}
ORDER = 2026  # seed of the order of families
TUNED = 3  # splits that choose settings, and are then thrown away
TAG = re.compile(r"\w+")
# Words of names that tell drawings of one family apart; so do digits.
VARIANTS = frozenset({"alt", "fill", "filled", "off", "outline", "variant"})


@dataclass(frozen=True)
class Sizes:
    """Numbers of concepts.

    Attributes
    ----------
    test : that judge, once, all encoders
    train : of each training set
    units : disjoint training sets of the main runs
    """

    test: int = 3_000
    train: int = 480
    units: int = 12


@dataclass(frozen=True, eq=False)
class Icons:
    """Icons of the experiment.

    Attributes
    ----------
    shown : one icon of each concept that has a class, with its tags as captions: those that judge, then the training
        sets, then those that tune; no family is in two parts
    taught : all drawings of families that neither train nor judge, with or without a class: of them the network below
        the heads learns
    told : one drawing of each concept of them, and those of the training sets, with tags: of them the heads learn, but
        for those of their own training set
    families : of the icons shown
    sizes : of the parts
    """

    shown: ImageTextDataset
    taught: ImageTextDataset
    told: ImageTextDataset
    families: tuple[str, ...]
    sizes: Sizes

    @cached_property
    def key(self) -> str:
        """Content key of all parts."""
        return " ".join([self.shown.key, self.taught.key, self.told.key])

    @cached_property
    def sets(self) -> npt.NDArray[np.str_]:
        """The set of each icon shown, (n,)."""
        return np.array([each.partition("/")[0] for each in self.shown.ids])

    @cached_property
    def classes(self) -> dict[str, IntArray]:
        """Classes of the icons shown by set, from 0 on, and -1 for those of other sets, (n,) each."""
        found = {}
        for name in PLAIN:
            own = np.flatnonzero(self.sets == name)
            found[name] = np.full(len(self.shown), -1)
            found[name][own] = np.unique(self.shown.labels[own], return_inverse=True)[1]
        return found

    @property
    def tuning(self) -> IntArray:
        """Icons that tune."""
        return np.arange(self.sizes.test + self.sizes.units * self.sizes.train, len(self.shown))

    @property
    def labelled(self) -> IntArray:
        """Icons on whose labels the classifiers are fitted: the training sets together."""
        return np.arange(self.sizes.test, self.sizes.test + self.sizes.units * self.sizes.train)

    def split(self, unit: int) -> Split:
        """A training set by number, from `units` on one of those that tune; what chooses; and what judges.

        Those that tune are judged by what chooses: no setting sees the icons of the test.
        """
        s = self.sizes
        if unit < s.units:
            start = s.test + unit * s.train
            return Split(np.arange(start, start + s.train), self.tuning, np.arange(s.test))
        start = self.tuning[0] + (unit - s.units) * s.train
        own = np.arange(start, start + s.train)
        others = np.setdiff1d(self.tuning, own)
        return Split(own, others, others)

    @cached_property
    def shuffled(self) -> tuple[tuple[str, ...], ...]:
        """Tags of another icon of the same training set for each icon shown; those of the test keep their own."""
        moved, units = np.arange(len(self.shown)), self.sizes.units + TUNED
        for unit in range(units):
            own = np.random.default_rng([ORDER, unit]).permutation(self.split(unit).train)
            moved[own] = np.roll(own, 1)  # so that none keeps its own
        return tuple(self.shown.captions[other] for other in moved)


@lru_cache(maxsize=1)
def experiment_icons(root: Path, size: int, sizes: Sizes) -> Icons:
    """Icons of all sets below `root`, drawn to `size` pixels, in their parts.

    Raises
    ------
    ValueError
        Too few concepts for the sizes; else as `icon_set` has it.
    """
    every = icon_set(root, size)
    every = replace(every, captions=class_free(every))
    chosen, of = plain_drawings(every), families_of(every)
    families: dict[str, list[int]] = {}
    for subject in sorted(chosen):
        if every.labels[chosen[subject]] >= 0:
            families.setdefault(of[chosen[subject]], []).append(chosen[subject])
    names = list(np.random.default_rng(ORDER).permutation(sorted(families)))
    order: list[int] = []
    for count in (sizes.test, *[sizes.train] * (sizes.units + TUNED)):
        part: list[int] = []
        while len(part) < count:
            if not names:
                raise ValueError(f"{sum(map(len, families.values()))} concepts with a class are too few for {sizes}")
            part += families[names.pop()]
        order += part[:count]
    order += [place for name in names for place in families[name]]
    used = sizes.test + sizes.units * sizes.train
    kept = {of[place] for place in order[:used]}
    taught = [place for place, own in enumerate(of) if own not in kept]
    told = [*order[sizes.test : used], *(place for place in chosen.values() if of[place] not in kept)]
    of_shown = tuple(of[place] for place in order)
    return Icons(every.take(order), every.take(taught), every.take(told), of_shown, sizes)


def plain_drawings(every: ImageTextDataset) -> dict[str, int]:
    """The place of the one drawing of each subject, if it has one in the style that all icons of its set have."""
    rank = {f"{name}/{style}": number for number, (name, style) in enumerate(PLAIN.items())}
    found: dict[str, tuple[bool, int, int]] = {}
    for place, (name, subject) in enumerate(zip(every.ids, every.subjects, strict=True)):
        number = rank.get(name.rpartition("/")[0])
        if number is not None:
            own = (every.labels[place] < 0, number, place)  # one with a class before one without
            found[subject] = min(found.get(subject, own), own)
    return {subject: place for subject, (_, _, place) in found.items()}


def families_of(every: ImageTextDataset) -> list[str]:
    """The family of each image: names that are one subject's, or variants of one name, are of one family."""
    names = [
        (family(subject), family(own.rpartition("/")[2]))
        for own, subject in zip(every.ids, every.subjects, strict=True)
    ]
    alike: nx.Graph[str] = nx.Graph(names)
    first = {name: min(group) for group in nx.connected_components(alike) for name in group}
    return [first[subject] for subject, _ in names]


def family(name: str) -> str:
    """A name without the words and digits that tell variants of a drawing apart."""
    words = [word.rstrip("0123456789") for word in name.split("-") if word not in VARIANTS]
    return "-".join(word for word in words if word) or name


def class_free(dataset: ImageTextDataset) -> tuple[tuple[str, ...], ...]:
    """Tags of each image: the words of its captions that name no class of its set; an image without any has its own."""
    named: dict[str, set[str]] = {}
    for name in dataset.label_names:
        own = named.setdefault(name.partition(":")[0], set())
        own |= class_words(name)
    return tuple(
        tuple(dict.fromkeys(_tags(texts, named.get(image.partition("/")[0], set())))) or (f"image{place}",)
        for place, (image, texts) in enumerate(zip(dataset.ids, dataset.captions, strict=True))
    )


def _tags(texts: tuple[str, ...], named: set[str]) -> Iterator[str]:
    for tag in TAG.findall(" ".join(texts).lower()):
        if not class_words(tag) & named:
            yield tag
