"""Picture files as RGB images, and which of them can be read at all."""

import hashlib
import io
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import resvg_py
from PIL import Image, ImageOps
from tqdm import tqdm

SUFFIXES = frozenset({".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".svg"})


def open_picture(path: Path, size: int | None) -> Image.Image:
    """A picture in RGB, on white where it is transparent; `size` x `size` pixels, of its middle, or as it is.

    An SVG is rendered at that size, never enlarged.

    Raises
    ------
    ValueError
        It cannot be read.
    """
    try:
        return _decoded(path.read_bytes(), path.suffix, size)
    except Exception as error:  # decoders raise whatever a broken file leads them to
        reason = " ".join(str(error).replace(f"'{path}'", "").split()) or type(error).__name__
        raise ValueError(f"cannot read picture {path}: {reason}") from error


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


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path) -> tuple[str, str | None]:
    try:
        open_picture(path, None)
        return digest(path), None
    except ValueError as error:
        return "", str(error)


def _decoded(data: bytes, suffix: str, size: int | None) -> Image.Image:
    if suffix.lower() == ".svg":
        # Without the system's fonts, so that a drawing is the same everywhere; the emoji have no text.
        data = resvg_py.svg_to_bytes(svg_string=data.decode(), width=size, skip_system_fonts=True)
    with Image.open(io.BytesIO(data)) as picture:
        image = _on_white(picture)
    return image if size is None else ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    drawing = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", drawing.size, "white"), drawing).convert("RGB")
