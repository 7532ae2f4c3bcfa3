"""Pictures of matplotlib inside a page."""

import tempfile
from pathlib import Path

from matplotlib.figure import Figure

from pairbounds.figures.report.contents import data_uri
from pairbounds.infrastructure.pictures import save_picture


def embedded(picture: Figure) -> str:
    """A figure as the data URI of a PNG."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        save_picture(picture, path)
        return data_uri(path)
