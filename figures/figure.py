"""What a figure is, and how it is put on disk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture

import figures
from figures.renamed import read
from figures.style import style
from theory.infrastructure import ownership
from theory.infrastructure.folders import held
from theory.infrastructure.pictures import save_picture
from theory.infrastructure.tables import replacing, together


@dataclass(frozen=True)
class Figure:
    """One figure, named as its module: the tables it reads, and what draws them and says what they show."""

    title: str
    tables: tuple[str, ...]
    draw: Callable[[Mapping[str, pd.DataFrame]], tuple[Picture, str]]

    @property
    def name(self) -> str:
        """That of its module."""
        return self.draw.__module__.rpartition(".")[2]

    def render(self, tables: Path, out: Path) -> Path:
        """Draw from `tables`/NAME.parquet into `out`: a PDF, the caption as text, and last of all the PNG.

        The caption's numbers are computed from the tables, so that it cannot say what they do not. Returns the
        path of the PNG.
        """
        found = {name: read(tables, name) for name in self.tables}
        with style():
            try:
                picture, caption = self.draw(found)
            except KeyError as error:  # a table of another program, or of another version
                message = f"figure {self.name}: the tables in {tables} lack {error}: compute them anew"
                raise ValueError(message) from error
            with held(out, self.name), together():
                save_picture(picture, out / f"{self.name}.pdf")
                with replacing(out / f"{self.name}.txt") as temporary:
                    temporary.write_text(f"{self.title}. {caption}\n", encoding="utf-8")
                save_picture(picture, out / f"{self.name}.png")
        plt.close(picture)
        return out / f"{self.name}.png"

    def inputs(self, tables: Path) -> list[Path]:
        """The files that `render` reads."""
        return [tables / f"{name}.parquet" for name in self.tables]

    def outputs(self, out: Path) -> list[ownership.Output]:
        """The files that `render` writes."""
        caption = ownership.text(out / f"{self.name}.txt", f"{self.title}. ")
        return [caption, *(ownership.picture(out / f"{self.name}{end}", caption) for end in (".pdf", ".png"))]


def found() -> dict[str, Figure]:
    """Every figure by its name, which is that of its module."""
    names = [module.name for module in iter_modules(figures.__path__) if not module.name.startswith("_")]
    modules = {name: import_module(f"figures.{name}") for name in names}
    return {name: module.FIGURE for name, module in modules.items() if hasattr(module, "FIGURE")}
