"""Check that every link within the built site leads somewhere: `python docs/site/links.py SITE`."""

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The places of a page that a link may lead to, and the links that it has.

    Attributes
    ----------
    places : the values of `id` and `name`
    links : what stands in `href` and `src`
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # its signature
        """Called for each tag."""
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.places.add(value)
            if name in ("href", "src") and value:
                self.links.append(value)


def broken(site: Path) -> Iterator[str]:
    """Each link that leads nowhere, with the page it is on."""
    pages = {page: Page(page.read_text(encoding="utf-8")) for page in sorted(site.resolve().rglob("*.html"))}
    for page, read in pages.items():
        for link in dict.fromkeys(read.links):
            if not _leads_somewhere(pages, page, link):
                yield f"{page.relative_to(site.resolve())}: {link} leads nowhere"


def _leads_somewhere(pages: dict[Path, Page], page: Path, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_file():
        return False
    place = unquote(parts.fragment)
    return not place or target not in pages or place in pages[target].places


if __name__ == "__main__":
    found = list(broken(Path(sys.argv[1])))
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
