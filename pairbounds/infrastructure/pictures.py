"""Pictures with the program's name in their metadata, and the colours of all pictures."""

import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pairbounds.infrastructure.files import Output, marked_output, replacing
from pairbounds.infrastructure.inputs import AnyPath

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Colours after Wong: safe for colour-blind readers. Markers and dashes differ too.
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
ROSE, WINE, MAGENTA, OLIVE, TEAL = "#CC6677", "#882255", "#AA4499", "#999933", "#44AA99"  # after Tol
INDIGO, BROWN, YELLOW = "#332288", "#661100", "#CCBB44"
INK, NEUTRAL, GRID, VACUOUS = "#333333", "#666666", "#E6E6E6", "#EEEEEE"  # greys, darkest first

MEASURED, BOUND = BLUE, VERMILION
CAPTION, AUGMENTATION = GREEN, SKY_BLUE

PROGRAM = "pairbounds"
METADATA: dict[str, dict[str, str | None]] = {
    ".png": {"Software": PROGRAM},
    ".pdf": {"Creator": PROGRAM, "CreationDate": None},  # no date: equal pictures are equal files
    ".svg": {"Creator": PROGRAM, "Date": None},
}
MARKS = {  # bytes of this metadata in the file
    ".png": f"Software\0{PROGRAM}",
    ".pdf": f"/Creator ({PROGRAM})",
    ".svg": f"<dc:title>{PROGRAM}</dc:title>",
}


def picture_output(path: Path) -> Output:
    """A picture that `save_picture` will write."""
    return marked_output(path, MARKS[path.suffix])


def save_picture(picture: "Figure", path: AnyPath) -> None:
    """Save a matplotlib figure as PNG, PDF or SVG, by suffix."""
    import matplotlib as mpl

    _choose_fonts(picture)
    settings = mpl.rc_context({"svg.hashsalt": PROGRAM})  # else ids are random
    with replacing(path) as temporary, settings, warnings.catch_warnings():
        # `_choose_fonts` has marked the missing characters.
        warnings.filterwarnings("ignore", "Glyph .* missing from|Matplotlib currently does not support")
        picture.savefig(temporary, metadata=METADATA[Path(path).suffix])


def _choose_fonts(picture: "Figure") -> None:
    """Add fonts to texts with missing characters. If no font has them, the picture says so."""
    from matplotlib.font_manager import findfont, fontManager
    from matplotlib.text import Text

    texts = [text for text in picture.findobj(Text) if isinstance(text, Text) and not text.get_text().isascii()]
    lacking = set[str]()
    for text in texts:
        lacking |= set(filter(str.isprintable, text.get_text())) - _characters(findfont(text.get_fontproperties()))
    for font in sorted(fontManager.ttflist, key=lambda font: font.name) if lacking else ():
        if not font.name.startswith("Last Resort") and lacking & (characters := _characters(font.fname)):
            lacking -= characters
            for text in texts:
                text.set_fontfamily([*text.get_fontfamily(), font.name])
    if lacking:
        picture.supxlabel("Boxes: characters that no installed font has.", fontsize="small")


def _characters(path: str) -> set[str]:
    """Characters of a scalable font."""
    from matplotlib.font_manager import get_font

    with suppress(RuntimeError, OSError):  # some installed fonts cannot be opened
        font = get_font(path)
        if font.scalable:
            return set(map(chr, font.get_charmap()))
    return set()
