"""The pages that are written by hand or by other commands, as they lie in docs."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

DOCS = Path(__file__).parents[1]
ROOT = DOCS.parent
UPWARDS = re.compile(r"\[([^\]]+)\]\((\.\./[^)]+)\)")  # a link that may leave docs


def pages() -> Iterator[tuple[str, str | bytes]]:
    """Path and content of each page and picture."""
    for page in sorted(page for places in ("", "how_to/", "preregistration/") for page in DOCS.glob(f"{places}*.md")):
        yield str(page.relative_to(DOCS)), linked(page.read_text(encoding="utf-8"), page.parent)
    yield "changelog.md", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for kept in [*sorted(DOCS.glob("*.png")), *sorted(DOCS.glob("notebooks/*.ipynb"))]:
        yield str(kept.relative_to(DOCS)), kept.read_bytes()


def linked(text: str, folder: Path) -> str:
    """The text of a page of a folder, with links that the site can follow."""
    return UPWARDS.sub(partial(_named, folder=folder), text)


def _named(link: re.Match[str], folder: Path) -> str:
    """A file of the repository by its name, for the site has no copy of it; a link within the site as it is."""
    text, path = link.groups()
    file = (folder / path).resolve()
    if file.is_relative_to(DOCS):
        return link[0]
    name = file.relative_to(ROOT)
    return f"`{name}`" if text.strip("`") == str(name) else f"{text} (`{name}`)"
