"""Phosphor's icons."""

from pathlib import Path

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.icons import icon_set

USUAL_SIZE = 64  # pixels


def phosphor(root: Path, size: int | None = USUAL_SIZE) -> ImageTextDataset:
    """Phosphor's icons in six weights, with categories and tags; see `icon_set`."""
    return icon_set(root, size, "phosphor")
