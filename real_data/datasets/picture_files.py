"""Picture files as RGB images, whole or cut out of them."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from pairbounds.infrastructure.files import content_key
from pairbounds.infrastructure.inputs import require_file

# What no other program, Ghostscript say, is called for.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
SUFFIXES = frozenset({".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
DRAWING = ".svg"  # of packages that are known; a folder or table of somebody's has none, for it may hang the renderer

GLYPH = 64  # pixels of a glyph that nobody gave a size

digest = content_key  # of a file: its SHA-256

# Pillow warns of a picture that declares more pixels than its limit, and refuses twice as many: here both are refused.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Member:
    """A picture file within a tar file that is not compressed: its name there, where it begins, and its bytes."""

    shard: Path
    name: str
    offset: int
    length: int

    def __str__(self) -> str:
        return f"{self.shard}: {self.name}"

    def read(self) -> bytes:
        """Content of the picture's file."""
        with require_file(self.shard, "shard").open("rb") as file:
            file.seek(self.offset)
            content = file.read(self.length)
        if len(content) < self.length:
            raise ValueError(f"{self.shard} ends before it: index it anew")
        return content


@dataclass(frozen=True)
class Glyph:
    """A character as a font draws it."""

    font: Path
    character: str

    def __str__(self) -> str:
        return f"{self.font.name}: U+{ord(self.character):04X}"

    def drawn(self, size: int | None) -> Image.Image:
        """The character in black on white, in the middle of `size` x `size` pixels, of which an em takes two thirds."""
        side = size or GLYPH
        picture = Image.new("L", (side, side), "white")
        font = ImageFont.truetype(str(require_file(self.font, "font")), 2 * side // 3)
        left, top, right, bottom = font.getbbox(self.character)
        corner = ((side - right - left) / 2, (side - bottom - top) / 2)
        ImageDraw.Draw(picture).text(corner, self.character, fill="black", font=font)
        return picture.convert("RGB")


def pictures_in(folder: Path) -> list[Path]:
    """Picture files in a folder and below it, in the order of their paths; `ValueError` if there are none."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise ValueError(f"folder {folder} does not exist, or holds no pictures ({', '.join(sorted(SUFFIXES))})")
    return files


def open_picture(path: Path | Member | Glyph, size: int | None) -> Image.Image:
    """A picture in RGB, on white where it is transparent; `size` x `size` pixels, of its middle, or as it is.

    An SVG is rendered at that size, never enlarged.
    """
    image = original_picture(path, size)
    return image if size is None else ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC)


def original_picture(path: Path | Member | Glyph, svg_size: int | None) -> Image.Image:
    """A picture in RGB, on white where it is transparent, of the size that its file has; an SVG is `svg_size` wide."""
    if isinstance(path, Glyph):
        return path.drawn(svg_size)
    with _named(path), _opened(path, svg_size) as picture:
        return _on_white(picture)


def _opened(path: Path | Member, svg_size: int | None = None) -> Image.Image:
    """A picture file, its header read and no pixel."""
    if isinstance(path, Member):
        return Image.open(io.BytesIO(path.read()), formats=FORMATS)
    source: Path | io.BytesIO = require_file(path, "picture")
    if path.suffix.lower() == DRAWING:
        source = io.BytesIO(_rendered(path.read_bytes(), svg_size))
    return Image.open(source, formats=FORMATS)


@contextmanager
def _named(what: object) -> Iterator[None]:
    """One `ValueError` that names the picture: decoders raise whatever a broken file leads them to."""
    try:
        yield
    except Exception as error:
        said = str(error).replace(f"'{what}'", "").replace(f"picture {what} ", "it ")
        reason = " ".join(said.split()) or type(error).__name__
        raise ValueError(f"cannot read picture {what}: {reason}") from error


def fault_of(path: Path) -> str | None:
    """Reason why a picture cannot be opened, if so: an SVG is drawn, of any other the header is read and no pixel."""
    try:
        with _named(path):
            _opened(path).close()
    except ValueError as error:
        return str(error)
    return None


def look(path: Path) -> tuple[str, str]:
    """The SHA-256 of a picture, or why a file is none."""
    try:
        if path.suffix.lower() == DRAWING:
            raise ValueError(f"cannot read picture {path}: an SVG is no pixels: save it as PNG")
        open_picture(path, None)
        return digest(path), ""
    except ValueError as error:
        return "", str(error)


def _rendered(drawing: bytes, width: int | None) -> bytes:
    """The PNG of an SVG, `width` pixels wide or as large as it declares."""
    import resvg_py

    if b"<!ENTITY" in drawing.partition(b"<svg")[0]:
        raise ValueError("it declares an entity, which could stand for anything")
    # Without the system's fonts, so that a drawing is the same everywhere; the emoji have no text.
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing.decode(), width=width, skip_system_fonts=True))


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    drawing = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", drawing.size, "white"), drawing).convert("RGB")
