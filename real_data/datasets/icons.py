"""Icons: three sets of npm's packages, with tags and categories that the people who drew them gave.

Each set has a style and a taxonomy of its own. An icon is there in several styles or weights: images of one subject,
as are icons of different sets with one name or alias.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.names import require_named
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import digest

ICON_SETS = ("tabler", "phosphor", "mdi")
USUAL_SIZE = 64  # pixels
PLACE = "npm"  # below the folder that `make data` unpacks into
ATTRIBUTION = {
    "tabler": "Paweł Kuna; @tabler/icons, MIT",
    "phosphor": "Phosphor Icons; @phosphor-icons/core, MIT",
    "mdi": "Pictogrammers; @mdi/svg, Apache-2.0",
}
# That were measured on: the version, and the numbers of drawings and of concepts.
RELEASES: dict[str, tuple[str, int, int]] = {
    "tabler": ("3.52.0", 6_545, 5_491),
    "phosphor": ("2.1.1", 9_072, 1_512),
    "mdi": ("7.4.47", 7_447, 7_447),
}
WEIGHTS = ("thin", "light", "regular", "bold", "fill", "duotone")
ENTRY = re.compile(r"^  \{\n(.*?)^  \}", re.MULTILINE | re.DOTALL)
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Icon:
    """An icon of a set.

    Attributes
    ----------
    name, aliases : what it is called
    category : empty where it has none
    captions : tags, or where a set has no tags the name and the aliases
    drawings : files, by style
    """

    name: str
    aliases: tuple[str, ...]
    category: str
    captions: tuple[str, ...]
    drawings: Mapping[str, Path]


def icon_set(root: Path, size: int | None = USUAL_SIZE, of: str = "all") -> ImageTextDataset:
    """The icons of a set with a category, or of all sets, where those without one have the label -1.

    `ValueError`: another set; a package that is not there, or holds other counts than were measured.

    Parameters
    ----------
    root : the folder that `make data` unpacked into
    size : pixels
    of : tabler (categories and tags), phosphor (the same, in six weights), mdi (categories; names and aliases), or all,
        whose classes are the categories of each set for itself
    """
    require_named("set of icons", of, (*ICON_SETS, "all"))
    found = {name: list(_read(name, Path(root))) for name in ICON_SETS}
    shown = [
        (name, icon, style)
        for name, own in found.items()
        if of in (name, "all")
        for icon in own
        for style in icon.drawings
    ]
    if of != "all":
        shown = [each for each in shown if each[1].category]
    subjects = _subjects(found)
    classes = [f"{name}: {icon.category}" if of == "all" else icon.category for name, icon, _ in shown]
    names = tuple(sorted({text for text, (_, icon, _) in zip(classes, shown, strict=True) if icon.category}))
    number = {text: place for place, text in enumerate(names)}
    files = tuple(icon.drawings[style] for _, icon, style in shown)
    used = ICON_SETS if of == "all" else (of,)
    return ImageTextDataset(
        name="icons" if of == "all" else of,
        ids=tuple(f"{name}/{style}/{icon.name}" for name, icon, style in shown),
        files=files,
        digests=tuple(map(digest, files)),
        captions=tuple(icon.captions for _, icon, _ in shown),
        labels=np.array([number.get(text, -1) for text in classes]),
        label_names=names,
        subjects=tuple(subjects[icon.name] for _, icon, _ in shown),
        size=size,
        licence=" and ".join(sorted({ATTRIBUTION[name].rpartition(", ")[2] for name in used})),
        attribution="; ".join(ATTRIBUTION[name] for name in used),
    )


def _subjects(found: Mapping[str, list[Icon]]) -> dict[str, str]:
    """The first name of those that stand for one thing, by each of them: a name is shared, or an alias of another."""
    shared: nx.Graph[str] = nx.Graph()
    for icon in (icon for own in found.values() for icon in own):
        nx.add_star(shared, (icon.name, *icon.aliases))
    return {name: min(alike) for alike in nx.connected_components(shared) for name in alike}


def _read(name: str, root: Path) -> Iterator[Icon]:
    """The icons of a set by name, once its counts are those that were measured."""
    folder = root / PLACE / name
    if not folder.is_dir():
        raise ValueError(f"icons: {folder} is no folder: `make data` unpacks it into build/data")
    own = sorted(READERS[name](folder), key=lambda icon: icon.name)
    version, drawings, concepts = RELEASES[name]
    counted = sum(len(icon.drawings) for icon in own), len(own)
    if counted != (drawings, concepts):
        raise ValueError(
            f"icons: expected {drawings} drawings of {concepts} icons in {folder}, found {counted[0]} of "
            f"{counted[1]}: it was measured on version {version}"
        )
    yield from own


def _tabler(folder: Path) -> Iterator[Icon]:
    for name, own in _json(folder / "icons.json").items():
        drawings = {style: folder / "icons" / style / f"{name}.svg" for style in own["styles"]}
        tags = tuple(dict.fromkeys(str(tag) for tag in own["tags"])) or (_spaced(name),)
        yield Icon(name, (), own["category"], tags, drawings)


def _phosphor(folder: Path) -> Iterator[Icon]:
    """Entries of a list in JavaScript, each of which is a few lines; tags in stars say what is new."""
    source = require_file(folder / "dist" / "index.mjs", "list of icons").read_text(encoding="utf-8")
    for entry in ENTRY.findall(source):
        (name,) = re.findall(r'^    name: "([^"]+)"', entry, re.MULTILINE)
        (category,) = re.findall(r"figma_category: a\.(\w+)", entry)
        (tags,) = re.findall(r"tags: \[(.*?)\]", entry, re.DOTALL)
        texts = dict.fromkeys(json.loads(text) for text in TEXT.findall(tags) if not text.startswith('"*'))
        drawings = {
            weight: folder / "assets" / weight / (f"{name}.svg" if weight == "regular" else f"{name}-{weight}.svg")
            for weight in WEIGHTS
        }
        aliases = re.findall(r'alias: \{\s*name: "([^"]+)"', entry)
        yield Icon(name, tuple(aliases), category.lower(), tuple(texts), drawings)


def _mdi(folder: Path) -> Iterator[Icon]:
    for own in _json(folder / "meta.json"):
        name, aliases = own["name"], tuple(own["aliases"])
        texts = tuple(dict.fromkeys(map(_spaced, (name, *aliases))))
        yield Icon(name, aliases, next(iter(own["tags"]), ""), texts, {"svg": folder / "svg" / f"{name}.svg"})


READERS = {"tabler": _tabler, "phosphor": _phosphor, "mdi": _mdi}


def _json(file: Path) -> Any:
    return json.loads(require_file(file, "list of icons").read_text(encoding="utf-8"))


def _spaced(name: str) -> str:
    return name.replace("-", " ")
