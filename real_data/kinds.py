"""Kinds of data sets, declared outside their modules, which take seconds to import.

A kind is built by the function of its name in `real_data/datasets/NAME.py`.
"""

# Default pixels along a side of the images of each kind.
KINDS = {
    "emoji": 96,
    "glyphs": 32,
    "imagefolder": 224,
    "openclipart": 96,
    "table": 224,
    "tabler": 64,
    "tuxpaint": 96,
}
WITH_ROOT = ["imagefolder", "openclipart", "table", "tabler", "tuxpaint"]  # they need a folder or a file
INDEXED = ("imagefolder", "table")  # they take `cache`, a folder with an index of the files
DRAWN_FROM = "imagefolder"  # it takes `classes` and `samples`
