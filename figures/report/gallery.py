"""Every figure as it lies on disk: with what it asks, what it shows, and how it was drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pairbounds.figures.figure import Figure, found
from pairbounds.figures.prerequisites import questions_of


@dataclass(frozen=True)
class Plate:
    """A figure that was drawn.

    Attributes
    ----------
    picture : the file
    caption : without the title
    questions : what the studies behind it ask
    """

    figure: Figure
    picture: Path
    caption: str
    questions: list[str]

    @property
    def name(self) -> str:
        """That of its module."""
        return self.figure.name

    @property
    def title(self) -> str:
        """Its heading."""
        return self.figure.title

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it reads."""
        return self.figure.tables

    @property
    def command(self) -> str:
        """What draws it."""
        return f"pairbounds draw {self.name}"


def plates(folder: Path) -> Iterator[Plate]:
    """Every figure, as it was drawn into a folder.

    Raises
    ------
    FileNotFoundError
        One is not there.
    """
    for name, figure in found().items():
        picture, beside = folder / f"{name}.png", folder / f"{name}.txt"
        if not picture.is_file():
            raise FileNotFoundError(f"{picture} does not exist: `make figures` draws it")
        caption = beside.read_text(encoding="utf-8").removeprefix(f"{figure.title}. ").strip()
        yield Plate(figure, picture, caption, questions_of(figure.tables))
