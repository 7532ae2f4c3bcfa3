"""Glyphs: characters in twelve faces of DejaVu, which come with matplotlib, with the words of their Unicode names."""

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from pairbounds.infrastructure.inputs import require_file
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import digest

USUAL_SIZE = 32  # pixels
FAMILIES = {"Sans": "Oblique", "SansMono": "Oblique", "Serif": "Italic"}  # with the name of its slanted faces
FACES = tuple(
    f"DejaVu{family}{'-' * bool(style)}{style}"
    for family, slanted in FAMILIES.items()
    for style in ("", "Bold", slanted, f"Bold{slanted}")
)
LEAST = 6  # minimum number of characters of a letter, for a class
NAME = re.compile(r"(\w+) (CAPITAL|SMALL) (?:LETTER|LIGATURE) (.+?)(?: WITH (.+))?")
SIDE = 64  # default pixels along a side


@dataclass(frozen=True)
class Glyph:
    """A character in a font."""

    font: Path
    character: str

    def __str__(self) -> str:
        return f"{self.font.name}: U+{ord(self.character):04X}"

    def drawn(self, size: int | None) -> Image.Image:
        """The character in black on white, centred in `size` x `size` pixels; an em is two thirds of a side."""
        side = size or SIDE
        picture = Image.new("L", (side, side), "white")
        font = ImageFont.truetype(str(require_file(self.font, "font")), 2 * side // 3)
        left, top, right, bottom = font.getbbox(self.character)
        corner = ((side - right - left) / 2, (side - bottom - top) / 2)
        ImageDraw.Draw(picture).text(corner, self.character, fill="black", font=font)
        return picture.convert("RGB")


class Character(NamedTuple):
    """A character, with the words of its Unicode name, and its script, case and letter: "latin", "small", "latin a"."""

    text: str
    words: tuple[str, ...]
    script: str
    case: str
    letter: str


def glyphs(size: int = USUAL_SIZE) -> ImageTextDataset:
    """The 880 characters of 42 letters in all twelve faces: 10,560 images.

    The label is the letter, with its script. A finer label set adds the case; a coarser one has only scripts. Captions
    are the words of the character's name. Letters with fewer than six characters are left out. Characters are black on
    white, centred in `size` x `size` pixels.
    """
    images = [(face, character) for character in characters() for face in FACES]
    texts = {
        "letter": [character.letter for _, character in images],
        "letter and case": [f"{character.case} {character.letter}" for _, character in images],
        "script": [character.script for _, character in images],
    }
    grouped = {name: np.unique(values, return_inverse=True) for name, values in texts.items()}
    names = {name: tuple(map(str, values)) for name, (values, _) in grouped.items()}
    labels = {name: classes for name, (_, classes) in grouped.items()}
    fonts = {face: _font(face) for face in FACES}
    keys = {face: digest(path) for face, path in fonts.items()}
    return ImageTextDataset(
        name="glyphs",
        ids=tuple(f"{face}/{ord(character.text):04x}" for face, character in images),
        files=tuple(Glyph(fonts[face], character.text) for face, character in images),
        digests=tuple(hashlib.sha256(f"{keys[face]} {glyph.text}".encode()).hexdigest() for face, glyph in images),
        captions=tuple(character.words for _, character in images),
        labels=labels["letter"],
        label_names=names["letter"],
        label_sets=labels,
        class_names=names,
        subjects=tuple(f"{ord(character.text):04x}" for _, character in images),
        size=size,
    )


@lru_cache(maxsize=1)
def characters() -> tuple[Character, ...]:
    """Characters in all faces whose letter has at least `LEAST` of them, in Unicode's order."""
    named = []
    for code in sorted(set.intersection(*(set(FT2Font(str(_font(face))).get_charmap()) for face in FACES))):
        if parts := NAME.fullmatch(unicodedata.name(chr(code), "")):
            script, case, letter, _ = (part and part.lower() for part in parts.groups())
            words = tuple(parts.string.lower().split())
            named.append(Character(chr(code), words, script, case, f"{script} {letter}"))
    counts = Counter(character.letter for character in named)
    return tuple(character for character in named if counts[character.letter] >= LEAST)


def _font(face: str) -> Path:
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{face}.ttf"
