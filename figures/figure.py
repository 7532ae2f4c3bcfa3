"""Figures: their tables, rendering and files."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture

from pairbounds import figures
from pairbounds.figures.settings import KEY, read
from pairbounds.figures.style import SIZE, style
from pairbounds.infrastructure.files import Output, locked_folder, marked_output, replacing
from pairbounds.infrastructure.pictures import picture_output, save_picture
from pairbounds.sweeps.studies import loadable_study

ENDS = (".pdf", ".png")  # PNG last: it is the target of Make
PAPER = 7.0  # points: font size of figures of a given size
Tables = Mapping[str, pd.DataFrame]
Drawing = tuple[Picture, str]  # and its caption
LEAST_HEIGHT = 0.8  # of the designed height, if only a smaller width is given: fonts do not shrink


@dataclass(frozen=True)
class Figure:
    """A figure, named as its module: its tables, and a function that draws them and writes the caption."""

    title: str
    tables: tuple[str, ...]
    draw: Callable[[Tables], Drawing]

    @property
    def name(self) -> str:
        """Name of the module."""
        return self.draw.__module__.rpartition(".")[2]

    def render(
        self,
        tables: Path,
        out: Path,
        *,
        files: Sequence[Path] = (),
        width: float | None = None,
        height: float | None = None,
        ends: Sequence[str] = ENDS,
    ) -> Path:
        """Draw `tables`/NAME.parquet into `out`: the caption, and a picture for each of `ends`; the last one's path.

        `ValueError`: a table has the wrong content, or the text leaves no room for the panels.

        Parameters
        ----------
        files : tables in other folders, see `sources`
        width, height : inches; by default the designed width, and a height that fits the width
        ends : suffixes of the pictures, in the order of writing
        """
        paths = self.sources(tables, files)
        frames = {name: self._table(name, path) for name, path in paths.items()}
        with style(font_size=PAPER if width or height else SIZE), warnings.catch_warnings():
            try:
                picture, caption = self.draw(frames)
            except (LookupError, NameError) as error:  # a missing column
                listed = ", ".join(map(str, paths.values()))
                message = f"figure {self.name}: a column is missing in {listed} ({error}). Compute the tables again"
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
                    f"figure {self.name}: the text leaves no room for the panels at {picture.get_figwidth():.2f} in: "
                    "choose a larger size (--width double, --height)"
                ) from warning
            finally:
                plt.close(picture)
        return out / f"{self.name}{ends[-1]}"

    def sources(self, tables: Path, files: Sequence[Path] = ()) -> dict[str, Path]:
        """Path of each table: in the folder, or one of the files, matched by name."""
        chosen: dict[str, Path] = {}
        for file in files:
            name = self._named(file)
            if name in chosen:
                raise ValueError(f"figure {self.name}: {chosen[name]} and {file} are both table {name}: give only one")
            chosen[name] = file
        return {name: chosen.get(name, tables / f"{name}.parquet") for name in self.tables}

    def outputs(self, out: Path, ends: Sequence[str] = ENDS) -> list[Output]:
        """Files that `render` writes."""
        caption = marked_output(out / f"{self.name}.txt", f"{self.title}. ")
        return [caption, *(picture_output(out / f"{self.name}{end}") for end in ends)]

    def _named(self, file: Path) -> str:
        """Name of the table in a file, by the file's name. For a figure with one table, any file is that table."""
        if len(self.tables) > 1 and file.stem not in self.tables:
            raise ValueError(f"figure {self.name} reads {', '.join(self.tables)}: {file} is named as none of them")
        return file.stem if file.stem in self.tables else self.tables[0]

    def _table(self, name: str, path: Path) -> pd.DataFrame:
        """Read a table. Raise `ValueError` if it has no rows, or is from a study without such a table."""
        table = read(path)
        study = loadable_study(str(table.attrs[KEY].get("study")))
        if study is not None and name not in study.tables:
            raise ValueError(f"figure {self.name} reads {name}: table {path} is of the study {study.name}")
        if table.empty:
            raise ValueError(f"figure {self.name} needs rows: table {path} has none. Compute it again")
        return table


def _resize(picture: Picture, width: float | None, height: float | None) -> None:
    """Set the size of a picture and compute its layout."""
    designed_width, designed_height = picture.get_size_inches()
    width = width or designed_width
    picture.set_size_inches(width, height or designed_height * max(width / designed_width, LEAST_HEIGHT))
    picture.draw_without_rendering()


@cache
def found() -> dict[str, Figure]:
    """Figures by name, the name of their module."""
    modules = [import_module(f"{figures.__name__}.{module.name}") for module in iter_modules(figures.__path__)]
    return {module.FIGURE.name: module.FIGURE for module in modules if hasattr(module, "FIGURE")}
