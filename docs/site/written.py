"""Pages of the folder docs, written by hand or by other commands."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

DOCS = Path(__file__).parents[1]
ROOT = DOCS.parent
UPWARDS = re.compile(r"\[([^\]]+)\]\((\.\./[^)]+)\)")  # a link that may leave docs


def pages() -> Iterator[tuple[str, str | bytes]]:
    """Path and content of each page and picture."""
    for page in sorted([*DOCS.glob("*.md"), *DOCS.glob("how_to/*.md")]):
        yield str(page.relative_to(DOCS)), linked(page.read_text(encoding="utf-8"), page.parent)
    yield "changelog.md", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for file in [*sorted(DOCS.glob("*.png")), *sorted(DOCS.glob("notebooks/*.ipynb"))]:
        yield str(file.relative_to(DOCS)), file.read_bytes()


def linked(text: str, folder: Path) -> str:
    """Text of a page in a folder, with links that work on the site."""
    return UPWARDS.sub(partial(_named, folder=folder), text)


def _named(link: re.Match[str], folder: Path) -> str:
    """Name of a repository file, because the site does not contain it; links within the site are unchanged."""
    text, path = link.groups()
    file = (folder / path).resolve()
    if file.is_relative_to(DOCS):
        return link[0]
    name = file.relative_to(ROOT)
    return f"`{name}`" if text.strip("`") == str(name) else f"{text} (`{name}`)"
