"""Every figure as it lies on disk: with the questions behind it, its caption, and the command that draws it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pairbounds.figures.figure import Figure, found
from pairbounds.figures.prerequisites import questions_of


class Plate(NamedTuple):
    """A figure that was drawn.

    Attributes
    ----------
    picture : the file
    caption : without the title
    questions : of the studies behind it
    command : draws it
    """

    figure: Figure
    name: str
    title: str
    tables: tuple[str, ...]
    picture: Path
    caption: str
    questions: list[str]
    command: str


def plates(folder: Path) -> Iterator[Plate]:
    """Every figure, as it was drawn into a folder.

    Raises
    ------
    FileNotFoundError
        One is not there.
    """
    for name, one in found().items():
        picture, beside = folder / f"{name}.png", folder / f"{name}.txt"
        if not picture.is_file():
            raise FileNotFoundError(f"{picture} does not exist: `make figures` draws it")
        caption = beside.read_text(encoding="utf-8").removeprefix(f"{one.title}. ").strip()
        command = f"pairbounds draw {name}"
        yield Plate(one, name, one.title, one.tables, picture, caption, questions_of(one.tables), command)
