"""Pages of figures: question, picture, caption and code."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from pairbounds.figures.figure import Figure, found
from pairbounds.sweeps.studies import studies_of

FOLDER = "gallery"


def pages(figures: Path) -> Iterator[tuple[str, str | bytes]]:
    """Path and content of each page and picture, and of an overview page.

    `FileNotFoundError`: a figure is missing; run `make figures`.

    Parameters
    ----------
    figures : folder with the drawn figures
    """
    lines = ["# Gallery", "", "All figures, with question, caption and code.", ""]
    for name, figure in found().items():
        yield f"{FOLDER}/{name}.png", (figures / f"{name}.png").read_bytes()
        yield f"{FOLDER}/{name}.md", _page(figure, (figures / f"{name}.txt").read_text(encoding="utf-8"))
        lines += [f"## {figure.title}", "", f"[![{figure.title}]({name}.png){{width=480px}}]({name}.md)", ""]
    names = "\n".join(found())
    yield f"{FOLDER}/index.md", "\n".join([*lines, f"```{{toctree}}\n:hidden:\n\n{names}\n```\n"])


def _page(figure: Figure, caption: str) -> str:
    tables = ", ".join(f"`{name}`" for name in figure.tables)
    parts = [
        f"# {figure.title}",
        *(f"{{.question}}\n{study.question}" for study in studies_of(figure.tables)),
        f"![{figure.title}]({figure.name}.png)",
        caption.removeprefix(f"{figure.title}. ").strip(),
        f"Drawn by `pairbounds draw {figure.name}` from {tables}.",
        f"```python\n{inspect.getsource(sys.modules[figure.draw.__module__]).strip()}\n```",
    ]
    return "\n\n".join(parts) + "\n"
