"""Figures: the tables they read, and their way to disk."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds import figures
from pairbounds.figures.finding import Finding
from pairbounds.figures.settings import KEY, read
from pairbounds.figures.style import SIZE, style
from pairbounds.infrastructure.files import Output, locked_folder, marked_output, replacing
from pairbounds.infrastructure.pictures import picture_output, save_picture
from pairbounds.sweeps.studies import loadable_study

ENDS = (".pdf", ".png")  # the PNG last of all: Make goes by it
PAPER = 7.0  # points of labels where a size is given
LEAST_HEIGHT = 0.8  # of the designed one, where the width shrinks and no height is given: words keep their size


@dataclass(frozen=True)
class Figure:
    """One figure, named as its module: the tables it reads, and what draws them and says what they show."""

    title: str
    tables: tuple[str, ...]
    draw: Callable[[Mapping[str, pd.DataFrame]], tuple[Picture, str]]

    @property
    def name(self) -> str:
        """The name of its module."""
        return self.draw.__module__.rpartition(".")[2]

    def render(
        self,
        tables: Path,
        out: Path,
        *,
        files: Sequence[Path] | Mapping[str, Path] = (),
        width: float | None = None,
        height: float | None = None,
        ends: Sequence[str] = ENDS,
    ) -> Path:
        """Draw from `tables`/NAME.parquet into `out`: the caption as text, and a picture for each of `ends`.

        The caption's numbers are computed from the tables, so that it cannot say what they do not.

        `ValueError`: a table does not fit, and what would; or there is no room for the words.

        Parameters
        ----------
        files : tables that lie elsewhere, see `sources`
        width, height : in inches; by default as designed, and a height that suits the width
        ends : of the pictures' names, in the order in which they are written

        Returns
        -------
        Path, of the last picture.
        """
        paths = self.sources(tables, files)
        read = {name: self._table(name, path) for name, path in paths.items()}
        with style(font_size=PAPER if width or height else SIZE), warnings.catch_warnings():
            try:
                picture, caption = self.draw(read)
            except (LookupError, NameError) as error:  # a column that the table or a query lacks
                listed = ", ".join(map(str, paths.values()))
                message = f"figure {self.name}: {error} is missing in {listed}. Measure the tables again"
                raise ValueError(message) from error
            try:
                warnings.filterwarnings("error", "constrained_layout not applied")  # no room for the panels
                _resize(picture, width, height)
                with locked_folder(out, self.name):
                    with replacing(out / f"{self.name}.txt") as temporary:
                        temporary.write_text(f"{self.title}. {caption}\n", encoding="utf-8")
                    for end in ends:
                        save_picture(picture, out / f"{self.name}{end}")
            except UserWarning as warning:
                raise ValueError(
                    f"figure {self.name}: its words leave no room to the panels at {picture.get_figwidth():.2f} in: "
                    "give it more (--width double, --height)"
                ) from warning
            finally:
                plt.close(picture)
        return out / f"{self.name}{ends[-1]}"

    def sources(self, tables: Path, files: Sequence[Path] | Mapping[str, Path] = ()) -> dict[str, Path]:
        """The path of each table: in the folder, or one of the files, known by its name or given by its table."""
        given: dict[str, Path] = dict(files) if isinstance(files, Mapping) else {}
        for file in () if isinstance(files, Mapping) else files:
            name = self._named(file)
            if name in given:
                raise ValueError(f"figure {self.name}: {given[name]} and {file} are both its table {name}: give one")
            given[name] = file
        return {name: given.get(name, tables / f"{name}.parquet") for name in self.tables}

    def outputs(self, out: Path, ends: Sequence[str] = ENDS) -> list[Output]:
        """The files that `render` writes."""
        caption = marked_output(out / f"{self.name}.txt", f"{self.title}. ")
        return [caption, *(picture_output(out / f"{self.name}{end}") for end in ends)]

    def _named(self, file: Path) -> str:
        """The table of the figure that a file is, by its name; of a figure of one table any file."""
        if len(self.tables) > 1 and file.stem not in self.tables:
            raise ValueError(f"figure {self.name} reads {', '.join(self.tables)}: {file} is named as none of them")
        return file.stem if file.stem in self.tables else self.tables[0]

    def _table(self, name: str, path: Path) -> pd.DataFrame:
        """A table with rows, of no other study than the one that writes it."""
        table = read(path)
        study = loadable_study(str(table.attrs[KEY].get("study")))
        if study is not None and name not in study.tables:
            raise ValueError(f"figure {self.name} reads {name}: table {path} is of the study {study.name}")
        if table.empty:
            raise ValueError(f"figure {self.name} needs rows: table {path} has none. Measure it again")
        return table


def _resize(picture: Picture, width: float | None, height: float | None) -> None:
    """Give a picture its size, and lay it out."""
    designed_width, designed_height = picture.get_size_inches()
    width = width or designed_width
    picture.set_size_inches(width, height or designed_height * max(width / designed_width, LEAST_HEIGHT))
    picture.draw_without_rendering()


@cache
def found() -> dict[str, Figure]:
    """Every figure by its name, which is that of its module."""
    return {module.FIGURE.name: module.FIGURE for module in _modules() if hasattr(module, "FIGURE")}


@cache
def findings() -> dict[str, Finding]:
    """Every finding by its name, which is that of its module and of its figure."""
    return {module.FINDING.name: module.FINDING for module in _modules() if hasattr(module, "FINDING")}


def _modules() -> list[ModuleType]:
    return [import_module(f"{figures.__name__}.{module.name}") for module in iter_modules(figures.__path__)]
