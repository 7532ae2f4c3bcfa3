"""A page for each figure: the question, the picture, what it shows, and the code that draws it."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from figures.figure import Figure, found
from figures.prerequisites import study_of
from theory.sweeps.studies import find_study

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
    lines = ["# Gallery", "", "Every figure, with what it asks, what it shows, and the code that draws it.", ""]
    for name, figure in found().items():
        picture, caption = figures / f"{name}.png", figures / f"{name}.txt"
        if not picture.is_file():
            raise FileNotFoundError(f"{picture} does not exist: `make figures` draws it")
        yield f"{FOLDER}/{name}.png", picture.read_bytes()
        yield f"{FOLDER}/{name}.md", _page(figure, caption.read_text(encoding="utf-8"))
        lines += [f"## {figure.title}", "", f"[![{figure.title}]({name}.png){{width=480px}}]({name}.md)", ""]
    listed = "\n".join(found())
    yield f"{FOLDER}/index.md", "\n".join([*lines, f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"])


def _page(figure: Figure, caption: str) -> str:
    module = sys.modules[figure.draw.__module__]
    parts = [
        f"# {figure.title}",
        *_questions(figure),
        f"![{figure.title}]({figure.name}.png)",
        caption.removeprefix(f"{figure.title}. ").strip(),
        f"Drawn by `pairbounds draw {figure.name}` from {_tables(figure)}.",
        f"```python\n{inspect.getsource(module).strip()}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _questions(figure: Figure) -> Iterator[str]:
    """What the studies behind a figure ask, each once."""
    studies = dict.fromkeys(Path(place).stem for table in figure.tables if (place := study_of(table)))
    for question in dict.fromkeys(find_study(name).question for name in studies):
        yield f"{{.question}}\n{question}"


def _tables(figure: Figure) -> str:
    names = [f"`{name}`" for name in figure.tables]
    return f"the table {names[0]}" if len(names) == 1 else f"the tables {', '.join(names[:-1])} and {names[-1]}"
