"""Picture files as RGB images, and which of them can be read at all."""

import hashlib
import io
import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageOps

from real_data.datasets.svg import rendered
from theory.infrastructure.inputs import require_file
from theory.infrastructure.progress import tqdm

# What no other program, Ghostscript say, is called for.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
SVG_BYTES = 2**25
SUFFIXES = frozenset({".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".svg"})

# Pillow warns of a picture that declares more pixels than its limit, and refuses twice as many: here both are refused.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def open_picture(path: Path, size: int | None) -> Image.Image:
    """A picture in RGB, on white where it is transparent; `size` x `size` pixels, of its middle, or as it is.

    An SVG is rendered at that size, never enlarged.

    Raises
    ------
    ValueError
        It cannot be read.
    """
    try:
        return _decoded(require_file(path, "picture"), size)
    except Exception as error:  # decoders raise whatever a broken file leads them to
        raise ValueError(_reason(path, error)) from error


def check_pictures(paths: Sequence[Path]) -> tuple[dict[Path, str], dict[Path, str]]:
    """Decode every picture, in parallel.

    Returns
    -------
    digests : the SHA-256 of each file that is a picture
    reasons : why each other one is none
    """
    digests: dict[Path, str] = {}
    reasons: dict[Path, str] = {}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        results = tqdm(threads.map(_check, paths), total=len(paths), desc="checking pictures", unit="picture")
        for path, (digest, reason) in zip(paths, results, strict=True):
            if reason is None:
                digests[path] = digest
            else:
                reasons[path] = reason
    return digests, reasons


def fault_of(path: Path) -> str | None:
    """Why a picture cannot be opened, if so: an SVG is drawn to know, of any other the header is read and no pixel."""
    try:
        if path.suffix.lower() == ".svg":
            open_picture(path, None)
        else:
            Image.open(path, formats=FORMATS).close()
    except (ValueError, OSError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        return _reason(path, error)
    return None


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(path: Path, error: Exception) -> str:
    said, beginning = str(error), f"cannot read picture {path}: "
    told = said.removeprefix(beginning).replace(f"'{path}'", "").replace(f"picture {path} ", "it ")
    return beginning + (" ".join(told.split()) or type(error).__name__)


def _check(path: Path) -> tuple[str, str | None]:
    try:
        open_picture(path, None)
        return digest(path), None
    except ValueError as error:
        return "", str(error)


def _decoded(path: Path, size: int | None) -> Image.Image:
    source: Path | io.BytesIO = path
    if path.suffix.lower() == ".svg":
        if path.stat().st_size > SVG_BYTES:
            raise ValueError(f"it has more than {SVG_BYTES} bytes")
        source = io.BytesIO(rendered(path.read_bytes(), size))
    with Image.open(source, formats=FORMATS) as picture:
        image = _on_white(picture)
    return image if size is None else ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    drawing = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", drawing.size, "white"), drawing).convert("RGB")
