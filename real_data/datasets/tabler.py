"""Tabler: the icons of an npm package, with tags and categories by their authors."""

import json
from pathlib import Path

import numpy as np

from pairbounds.infrastructure.inputs import require_file
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import digest

PLACE = "npm/tabler"  # below the folder that `make data` unpacks into
# Version, number of drawings and number of icons of the published measurements.
VERSION, DRAWINGS, ICONS = "3.52.0", 6_545, 5_491


def tabler(root: Path, size: int | None = 64) -> ImageTextDataset:
    """The drawings of every icon, in one or two styles; captions are the distinct tags, or the name without tags.

    `ValueError`: `make data` has not unpacked the package into `root`, or its counts differ from the expected ones.
    """
    folder = Path(root) / PLACE
    if not folder.is_dir():
        raise ValueError(f"data set tabler: {folder} is no folder: `make data` unpacks it into build/data")
    icons = json.loads(require_file(folder / "icons.json", "list of icons").read_text(encoding="utf-8"))
    drawings = [(name, style) for name in sorted(icons) for style in icons[name]["styles"]]
    if (len(drawings), len(icons)) != (DRAWINGS, ICONS):
        raise ValueError(
            f"data set tabler: expected {DRAWINGS} drawings of {ICONS} icons in {folder}, found {len(drawings)} of "
            f"{len(icons)}: it was measured on version {VERSION}"
        )
    captions = {name: tuple(dict.fromkeys(map(str, icon["tags"]))) for name, icon in icons.items()}
    categories, labels = np.unique([icons[name]["category"] for name, _ in drawings], return_inverse=True)
    files = tuple(folder / "icons" / style / f"{name}.svg" for name, style in drawings)
    return ImageTextDataset(
        name="tabler",
        ids=tuple(f"tabler/{style}/{name}" for name, style in drawings),
        files=files,
        digests=tuple(map(digest, files)),
        captions=tuple(captions[name] or (name.replace("-", " "),) for name, _ in drawings),
        labels=labels,
        label_names=tuple(categories.tolist()),
        subjects=tuple(name for name, _ in drawings),
        size=size,
    )
