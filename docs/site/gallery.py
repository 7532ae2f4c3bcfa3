"""A page for each figure: the question, the picture, what it shows, and the code that draws it."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from pairbounds.figures.findings.wording import listed
from pairbounds.figures.report.gallery import Plate, plates

FOLDER = "gallery"


def pages(figures: Path) -> Iterator[tuple[str, str | bytes]]:
    """Path and content of each page and picture, and of one page that shows them all small.

    Parameters
    ----------
    figures : the folder into which they were drawn

    Raises
    ------
    FileNotFoundError
        One is not there.
    """
    shown = list(plates(figures))
    lines = ["# Gallery", "", "Every figure, with what it asks, what it shows, and the code that draws it.", ""]
    for plate in shown:
        yield f"{FOLDER}/{plate.name}.png", plate.picture.read_bytes()
        yield f"{FOLDER}/{plate.name}.md", _page(plate)
        lines += [f"## {plate.title}", "", f"[![{plate.title}]({plate.name}.png){{width=480px}}]({plate.name}.md)", ""]
    names = "\n".join(plate.name for plate in shown)
    yield f"{FOLDER}/index.md", "\n".join([*lines, f"```{{toctree}}\n:hidden:\n\n{names}\n```\n"])


def _page(plate: Plate) -> str:
    module = sys.modules[plate.figure.draw.__module__]
    parts = [
        f"# {plate.title}",
        *(f"{{.question}}\n{question}" for question in plate.questions),
        f"![{plate.title}]({plate.name}.png)",
        plate.caption,
        f"Drawn by `{plate.command}` from {_tables(plate)}.",
        f"```python\n{inspect.getsource(module).strip()}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _tables(plate: Plate) -> str:
    names = [f"`{name}`" for name in plate.tables]
    return f"the table {names[0]}" if len(names) == 1 else f"the tables {listed(names)}"
