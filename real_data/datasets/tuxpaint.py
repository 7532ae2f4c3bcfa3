"""Tux Paint: the stamps of a drawing program for children, each with an English sentence."""

from pathlib import Path, PurePosixPath

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.debian import Unpacked

PACKAGES = Unpacked(
    name="tuxpaint",
    packages=("tuxpaint-stamps-default",),
    version="2025.03.31-1",
    subfolder="usr/share/tuxpaint/stamps",
    counts={
        "pictures": 1_210,
        "pairs": 1_199,
        "distinct captions": 805,
        "categories": 16,
        "pictures that can be opened": 1_159,
        "subjects": 951,
    },
)
PICTURES = (".png", ".svg")


def tuxpaint(root: Path, size: int | None = None) -> ImageTextDataset:
    """The stamps with a sentence, which is the only caption; the class is the top folder.

    Many stamps exist as PNG and as SVG: two images of one subject. Mirrored stamps without a sentence are left out.
    Images are as in `openclipart`.

    `ValueError`: the package is not unpacked in `root`, or its counts differ from the expected ones.
    """
    folder = PACKAGES.folder(root)
    pictures = [path for path in folder.rglob("*") if path.suffix in PICTURES]
    paths = {path: PurePosixPath(path.relative_to(folder).as_posix()) for path in pictures}
    captions = {relative: _sentence(path.with_suffix(".txt")) for path, relative in paths.items()}
    subjects = {relative: str(relative.with_suffix("")) for relative in paths.values()}
    return PACKAGES.dataset(folder, captions, subjects, size)


def _sentence(text_file: Path) -> tuple[str, ...]:
    """The first line of a file, which is in English; the other lines are translations."""
    if not text_file.is_file():
        return ()
    first = text_file.read_text(encoding="utf-8").partition("\n")[0].strip()
    return (first,) if first else ()
