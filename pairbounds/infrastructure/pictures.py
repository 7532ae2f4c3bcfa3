"""Pictures that are whole or absent, and that say by which program they were drawn."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pairbounds.infrastructure.interruption import signals_delayed
from pairbounds.infrastructure.tables import replacing, require_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROGRAM = "pairbounds"
METADATA: dict[str, dict[str, str | None]] = {
    ".png": {"Software": PROGRAM},
    ".pdf": {"Creator": PROGRAM, "CreationDate": None},  # without a date: the same picture is the same file
    ".svg": {"Creator": PROGRAM, "Date": None},
}
MARKS = {  # what that is in the file
    ".png": f"Software\0{PROGRAM}".encode(),
    ".pdf": f"/Creator ({PROGRAM})".encode(),
    ".svg": f"<dc:title>{PROGRAM}</dc:title>".encode(),
}


def require_picture_path(path: str | os.PathLike[str]) -> Path:
    """The path, if a picture can be written there: to be asked before the work, not after it."""
    target = Path(path)
    if target.suffix not in METADATA:
        raise ValueError(f"cannot draw {target}: a picture's name ends in {', '.join(METADATA)}")
    require_folder(target)
    return target


def save_picture(picture: "Figure", path: str | os.PathLike[str]) -> None:
    """Save a matplotlib figure as PNG, PDF or SVG, by suffix."""
    import matplotlib as mpl

    # Ids would else be drawn at random; and what a signal raises in a callback is printed there, and lost.
    with replacing(path) as temporary, mpl.rc_context({"svg.hashsalt": PROGRAM}), signals_delayed():
        picture.savefig(temporary, metadata=METADATA[Path(path).suffix])
