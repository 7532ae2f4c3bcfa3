"""Kinds of data sets, declared outside their modules, which take seconds to import."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of data sets: the function of its name in `real_data/datasets/NAME.py`.

    Attributes
    ----------
    location : name of the argument with the location of the pictures; `None` if they are installed
    size : default pixels along a side of its images
    is_drawn_from : True if it takes `classes` and `samples`
    is_cached : True if it takes `cache`, a folder with an index of its files
    """

    location: str | None = None
    size: int = 224
    is_drawn_from: bool = False
    is_cached: bool = False


KINDS = {
    "emoji": Kind(size=96),
    "glyphs": Kind(size=32),
    "imagefolder": Kind("folder", is_drawn_from=True, is_cached=True),
    "openclipart": Kind("root", 96),
    "table": Kind("path", is_cached=True),
    "tabler": Kind("root", 64),
    "tuxpaint": Kind("root", 96),
    "webdataset": Kind("shards", is_cached=True),
}
PLACES = {name: kind.location for name, kind in KINDS.items() if kind.location is not None}
DRAWN_FROM = [name for name, kind in KINDS.items() if kind.is_drawn_from]
