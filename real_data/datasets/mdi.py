"""Material Design Icons."""

from pathlib import Path

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.icons import icon_set

USUAL_SIZE = 64  # pixels


def mdi(root: Path, size: int | None = USUAL_SIZE) -> ImageTextDataset:
    """Material Design Icons that have a category, whose captions are names and aliases; see `icon_set`."""
    return icon_set(root, size, "mdi")
