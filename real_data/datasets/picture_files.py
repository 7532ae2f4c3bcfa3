"""Picture files as RGB images, in their original size or cropped."""

import io
import warnings
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

from PIL import Image, ImageOps

from pairbounds.infrastructure.files import content_key
from pairbounds.infrastructure.inputs import require_file

# Formats that Pillow reads without another program, such as Ghostscript.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
SUFFIXES = frozenset({".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
DRAWING = ".svg"  # only from known packages: other files could hang the renderer

digest = content_key  # SHA-256 of a file

# Pillow warns of pictures above its limit of pixels, and raises above twice the limit: here both raise.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class Drawn(Hashable, Protocol):
    """A picture without a file. Views of it are cached, so it needs a hash; its `str` names it in messages."""

    def drawn(self, size: int | None) -> Image.Image:
        """The picture in RGB, of `size` x `size` pixels or of its usual size."""


Picture: TypeAlias = Path | Drawn


def pictures_in(folder: Path) -> list[Path]:
    """Picture files in a folder and below it, in the order of their paths; `ValueError` if there are none."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise ValueError(f"folder {folder} does not exist, or holds no pictures ({', '.join(sorted(SUFFIXES))})")
    return files


def open_picture(path: Picture, size: int | None) -> Image.Image:
    """A picture in RGB on a white background: its centre as `size` x `size` pixels, or in its original size.

    An SVG is rendered at that size, never enlarged.
    """
    image = original_picture(path, size)
    return image if size is None else ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC)


def original_picture(path: Picture, svg_size: int | None) -> Image.Image:
    """A picture in RGB on a white background, in its original size; an SVG is `svg_size` wide."""
    if not isinstance(path, Path):
        return path.drawn(svg_size)
    with _named(path), _opened(path, svg_size) as picture:
        return _on_white(picture)


def _opened(path: Path, svg_size: int | None = None) -> Image.Image:
    """Open a picture file and read only its header."""
    source: Path | io.BytesIO = require_file(path, "picture")
    if path.suffix.lower() == DRAWING:
        source = io.BytesIO(_rendered(path.read_bytes(), svg_size))
    return Image.open(source, formats=FORMATS)


@contextmanager
def _named(what: object) -> Iterator[None]:
    """Turn any error of a decoder into a `ValueError` that names the picture."""
    try:
        yield
    except Exception as error:
        message = str(error).replace(f"'{what}'", "").replace(f"picture {what} ", "it ")
        reason = " ".join(message.split()) or type(error).__name__
        raise ValueError(f"cannot read picture {what}: {reason}") from error


def fault_of(path: Path) -> str | None:
    """Reason why a picture cannot be opened, or `None`. An SVG is rendered; of other files only the header is read."""
    try:
        with _named(path):
            _opened(path).close()
    except ValueError as error:
        return str(error)
    return None


def look(path: Path) -> tuple[str, str]:
    """SHA-256 of a picture and an empty text, or an empty text and the reason why it cannot be read."""
    try:
        if path.suffix.lower() == DRAWING:
            raise ValueError(f"cannot read picture {path}: SVG is not supported here: save it as PNG")
        open_picture(path, None)
        return digest(path), ""
    except ValueError as error:
        return "", str(error)


def _rendered(drawing: bytes, width: int | None) -> bytes:
    """PNG of an SVG, `width` pixels wide or in its declared size."""
    import resvg_py

    if b"<!ENTITY" in drawing.partition(b"<svg")[0]:
        raise ValueError("it declares an entity, which is unsafe: save it as PNG")
    # Without system fonts drawings are the same on every machine; the emoji have no text.
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing.decode(), width=width, skip_system_fonts=True))


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    drawing = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", drawing.size, "white"), drawing).convert("RGB")
