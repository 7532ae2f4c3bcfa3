"""The pages that are written by hand or by other commands, as they lie in docs."""

import re
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[1]
ROOT = DOCS.parent
ELSEWHERE = re.compile(r"\[([^\]]+)\]\(\.\./([^)]+)\)")  # a link to a file of the repository


def pages() -> Iterator[tuple[str, str | bytes]]:
    """Path and content of each page and picture."""
    for page in [*sorted(DOCS.glob("*.md")), ROOT / "CHANGELOG.md"]:
        yield page.name.lower(), ELSEWHERE.sub(_named, page.read_text(encoding="utf-8"))
    for kept in [*sorted(DOCS.glob("*.png")), *sorted(DOCS.glob("notebooks/*.ipynb"))]:
        yield str(kept.relative_to(DOCS)), kept.read_bytes()


def _named(link: re.Match[str]) -> str:
    """A file of the repository by its name: the site has no copy of it."""
    text, path = link.groups()
    return f"`{path}`" if text.strip("`") == path else f"{text} (`{path}`)"
