"""Icons: three sets from npm packages, with tags and categories by their authors.

Each set has its own style and taxonomy. The styles or weights of an icon are images of one subject, and so are icons of
different sets with a common name or alias.
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
# Version, number of drawings and number of concepts of the published measurements.
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
    name, aliases : names of the icon
    category : empty if it has none
    captions : tags, or the name and the aliases in a set without tags
    drawings : files, by style
    """

    name: str
    aliases: tuple[str, ...]
    category: str
    captions: tuple[str, ...]
    drawings: Mapping[str, Path]


def icon_set(root: Path, size: int | None = USUAL_SIZE, of: str = "all") -> ImageTextDataset:
    """The icons of a set with a category, or the icons of all sets, with label -1 for icons without a category.

    `ValueError`: an unknown set; a missing package, or one with other counts than expected.

    Parameters
    ----------
    root : the folder of `make data`
    size : pixels along a side
    of : tabler (categories and tags), phosphor (the same, in six weights), mdi (categories; names and aliases), or all,
        with the categories of each set as separate classes
    """
    require_named("set of icons", of, (*ICON_SETS, "all"))
    by_set = {name: list(_read(name, Path(root))) for name in ICON_SETS}
    used = ICON_SETS if of == "all" else (of,)
    drawings = [
        (name, icon, style)
        for name in used
        for icon in by_set[name]
        if of == "all" or icon.category
        for style in icon.drawings
    ]
    subjects = _subjects(by_set)
    classes = [f"{name}: {icon.category}" if of == "all" else icon.category for name, icon, _ in drawings]
    names = tuple(sorted({text for text, (_, icon, _) in zip(classes, drawings, strict=True) if icon.category}))
    number = {text: position for position, text in enumerate(names)}
    files = tuple(icon.drawings[style] for _, icon, style in drawings)
    return ImageTextDataset(
        name="icons" if of == "all" else of,
        ids=tuple(f"{name}/{style}/{icon.name}" for name, icon, style in drawings),
        files=files,
        digests=tuple(map(digest, files)),
        captions=tuple(icon.captions for _, icon, _ in drawings),
        labels=np.array([number.get(text, -1) for text in classes]),
        label_names=names,
        subjects=tuple(subjects[icon.name] for _, icon, _ in drawings),
        size=size,
        licence=" and ".join(sorted({ATTRIBUTION[name].rpartition(", ")[2] for name in used})),
        attribution="; ".join(ATTRIBUTION[name] for name in used),
    )


def _subjects(by_set: Mapping[str, list[Icon]]) -> dict[str, str]:
    """Map from each name or alias to the first of all names connected with it by common names and aliases."""
    shared: nx.Graph[str] = nx.Graph()
    for icon in (icon for icons in by_set.values() for icon in icons):
        nx.add_star(shared, (icon.name, *icon.aliases))
    return {name: min(alike) for alike in nx.connected_components(shared) for name in alike}


def _read(name: str, root: Path) -> Iterator[Icon]:
    """The icons of a set, sorted by name, after a check of its counts."""
    folder = root / PLACE / name
    if not folder.is_dir():
        raise ValueError(f"icons: {folder} is no folder: `make data` unpacks it into build/data")
    icons = sorted(READERS[name](folder), key=lambda icon: icon.name)
    version, drawings, concepts = RELEASES[name]
    counted = sum(len(icon.drawings) for icon in icons), len(icons)
    if counted != (drawings, concepts):
        raise ValueError(
            f"icons: expected {drawings} drawings of {concepts} icons in {folder}, found {counted[0]} of "
            f"{counted[1]}: it was measured on version {version}"
        )
    yield from icons


def _tabler(folder: Path) -> Iterator[Icon]:
    for name, entry in _json(folder / "icons.json").items():
        drawings = {style: folder / "icons" / style / f"{name}.svg" for style in entry["styles"]}
        tags = tuple(dict.fromkeys(str(tag) for tag in entry["tags"])) or (_spaced(name),)
        yield Icon(name, (), entry["category"], tags, drawings)


def _phosphor(folder: Path) -> Iterator[Icon]:
    """Parse the entries of a JavaScript list; tags with stars only mark new icons, and are dropped."""
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
    for entry in _json(folder / "meta.json"):
        name, aliases = entry["name"], tuple(entry["aliases"])
        texts = tuple(dict.fromkeys(map(_spaced, (name, *aliases))))
        yield Icon(name, aliases, next(iter(entry["tags"]), ""), texts, {"svg": folder / "svg" / f"{name}.svg"})


READERS = {"tabler": _tabler, "phosphor": _phosphor, "mdi": _mdi}


def _json(file: Path) -> Any:
    return json.loads(require_file(file, "list of icons").read_text(encoding="utf-8"))


def _spaced(name: str) -> str:
    return name.replace("-", " ")
