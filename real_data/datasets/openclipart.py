"""OpenClipart: clip-arts from Debian packages, with tags by their authors.

The tags are in the metadata of the drawings in `openclipart-svg`; the pictures are Debian's renderings in
`openclipart-png`.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from pairbounds.infrastructure.inputs import require_file
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.debian import Unpacked

PACKAGES = Unpacked(
    name="openclipart",
    packages=("openclipart-png", "openclipart-svg"),
    version="1:0.18+dfsg-19",
    subfolder="usr/share/openclipart/png",
    counts={
        "pictures": 3_929,
        "pairs": 12_871,
        "distinct captions": 1_845,
        "categories": 16,
        "pictures that can be opened": 3_902,
        "subjects": 3_314,
    },
)
# Icon themes, geometric shapes, drawing tutorials, and pictures not sorted by subject.
LEFT_OUT = frozenset({"buttons", "computer", "logos", "shapes", "special", "unsorted"})
SUBJECT = "{http://purl.org/dc/elements/1.1/}subject"
TAG = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"


def openclipart(root: Path, size: int | None = None) -> ImageTextDataset:
    """The clip-arts with a tag; captions are the distinct tags, verbatim, and the class is the top folder.

    Icons, shapes and folders without a subject are left out. A picture in several folders, often as a link, gives
    several images of one subject, each with the class of its folder. Images are the centres of the pictures, `size`
    pixels along a side, or whole pictures by default.

    `ValueError`: the packages are not unpacked in `root`, their counts differ from the expected ones, or a drawing
    cannot be read.
    """
    folder = PACKAGES.folder(root)
    paths = [
        PurePosixPath(path.relative_to(folder).as_posix())
        for category in folder.iterdir()
        if category.name not in LEFT_OUT
        for path in category.rglob("*.png")
    ]
    drawings = folder.with_name("svg")
    captions = {path: tuple(dict.fromkeys(_tags(drawings / path.with_suffix(".svg")))) for path in paths}
    return PACKAGES.dataset(folder, captions, {}, size)


def _tags(drawing: Path) -> Iterator[str]:
    try:
        metadata = ElementTree.parse(require_file(drawing, "drawing")).iter(SUBJECT)
        for tag in (tag for subject in metadata for tag in subject.iter(TAG)):
            if text := (tag.text or "").strip():
                yield text
    except (ElementTree.ParseError, FileNotFoundError) as error:
        raise ValueError(f"cannot read the tags of {drawing}: {error}") from error
