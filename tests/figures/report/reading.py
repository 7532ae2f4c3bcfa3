"""A page as an HTML parser reads it."""

from html.parser import HTMLParser

VOID = {"meta", "img", "br", "link", "input", "hr", "col", "wbr"}


class Page(HTMLParser):
    """Elements in order, and their texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == [], self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        self.texts.append((tuple(self._open), data))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, within="body"):
        return "".join(data for path, data in self.texts if within in path and "script" not in path)


def require_sound(html: str) -> Page:
    """Parse a report, and require that it is self-contained and that all links have anchors."""
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"] for link in page.all("a")} <= {f"#{entry}" for entry in ids}
    for _, attributes in page.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), (name, value)
            assert name not in ("src", "srcset", "data", "action") or value.startswith("data:image/"), (name, value)
            assert name not in ("aria-labelledby", "aria-describedby") or value in ids
            assert "://" not in (value or "") or name == "xmlns"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("script")) == 1
    assert all(image["alt"] for image in page.all("img"))
    assert any("default-src 'none'" in (entry.get("content") or "") for entry in page.all("meta"))
    return page
