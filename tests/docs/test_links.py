"""Links and anchors resolve in the repository, without pages that `make docs` generates."""

import re
import sys
from pathlib import Path
from pkgutil import resolve_name

import pytest
from markdown_it import MarkdownIt

from tests.docs.blocks import ROOT

sys.path.insert(0, str(ROOT / "docs" / "site"))
import blueprint
import reference
import written

DOCS = ROOT / "docs"
PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("results/*/README.md")]
EXTERNAL = re.compile(r"[a-z]+:")
NAMES = re.compile(r"`((?:theory|simulations|real_data|figures)(?:\.\w+)+)")


def links(page: Path):
    """Targets of links and pictures of a page."""
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        for child in token.children or ():
            for name in ("href", "src"):
                target = child.attrGet(name)
                if target and not EXTERNAL.match(str(target)):
                    yield str(target)


def anchors(page: Path):
    """Anchors of the headings of a page, as GitHub and MyST name them."""
    for heading in re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_resolve(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_each_public_module_has_a_page_of_its_names():
    pages = dict(reference.pages())
    assert all(".. auto" in pages[f"{reference.FOLDER}/{name}.md"] for name in reference.MODULES)


def test_every_page_of_docs_is_in_the_site():
    site_paths = {path for pages in (written.pages(), blueprint.pages()) for path, _ in pages}
    assert {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} <= site_paths


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *DOCS.glob("how_to/*.md")], ids=lambda p: p.stem
)
def test_code_names_on_a_page_exist(page):
    """`theory.a.b` on a page is a module or a name in a module."""
    for name in sorted(set(NAMES.findall(page.read_text(encoding="utf-8")))):
        resolve_name(f"pairbounds.{name}")
