"""What a figure is, and how it is put on disk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure as Picture

from figures.style import use_style
from theory.folders import held
from theory.tables import read_table, replacing, together


@dataclass(frozen=True)
class Figure:
    """One figure: the tables it reads, and the function that draws them and says what is to be seen."""

    name: str
    title: str
    tables: tuple[str, ...]
    draw: Callable[[Mapping[str, pd.DataFrame]], tuple[Picture, str]]

    def render(self, tables: Path, out: Path) -> Path:
        """Draw from `tables`/NAME.parquet into `out`: a PDF, the caption as text, and last of all the PNG.

        The caption's numbers are computed from the tables, so that it cannot say what they do not. Returns the
        path of the PNG.
        """
        use_style()
        picture, caption = self.draw({name: read_table(tables / f"{name}.parquet") for name in self.tables})
        with held(out, self.name), together():
            with replacing(out / f"{self.name}.pdf") as temporary:
                picture.savefig(temporary, metadata={"CreationDate": None})
            with replacing(out / f"{self.name}.txt") as temporary:
                temporary.write_text(f"{self.title}. {caption}\n", encoding="utf-8")
            with replacing(out / f"{self.name}.png") as temporary:
                picture.savefig(temporary)
        return out / f"{self.name}.png"
