"""Kinds of data sets, declared beside their modules: to import these loads what opens pictures, which takes seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of data sets: the function of its name in `real_data/datasets/NAME.py`, or a set of icons.

    Attributes
    ----------
    place : the argument that says where the pictures are; `None` if they are installed
    size : pixels of its images by default
    is_drawn_from : True if it takes `classes` and `samples`
    is_cached : True if it takes `cache`, a folder that keeps what its files hold
    """

    place: str | None = None
    size: int = 224
    is_drawn_from: bool = False
    is_cached: bool = False


KINDS = {
    "emoji": Kind(size=96),
    "glyphs": Kind(size=32),
    "imagefolder": Kind("folder", is_drawn_from=True, is_cached=True),
    "mdi": Kind("root", 64),
    "openclipart": Kind("root", 96),
    "phosphor": Kind("root", 64),
    "table": Kind("path", is_cached=True),
    "tabler": Kind("root", 64),
    "tuxpaint": Kind("root", 96),
    "webdataset": Kind("shards", is_cached=True),
}
PLACES = {name: kind.place for name, kind in KINDS.items() if kind.place is not None}
DRAWN_FROM = [name for name, kind in KINDS.items() if kind.is_drawn_from]
