"""PDF of all theorems, by pandoc and typst, without a network: `python docs/site/book.py OUT.pdf`."""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import blueprint
import dependencies
import pypandoc
import typst

LAYOUT = Path(__file__).with_name("book.typ")
DRAWING = re.compile(r"(?:<div[^>]*>\n)?<svg.*?</svg>(?:\n</div>)?", re.DOTALL)
LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(([\w./-]+\.\w+)(#[\w-]+)?\)")  # to a file
READER = "commonmark_x-implicit_figures-smart-subscript-superscript-emoji-yaml_metadata_block"


def book(out: Path) -> None:
    """Typeset notation and theorems as a PDF, with the graph before the table of contents.

    `RuntimeError`: pandoc cannot read a formula.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        pages = [dependencies.PAGES / "notation.md", *sorted(dependencies.PAGES.glob("theorem??.md"))]
        text = "\n\n".join(_chapter(page, folder) for page in pages)
        (folder / "graph.svg").write_text(blueprint.graph(), encoding="utf-8")
        body = pypandoc.convert_text(text, "typst", format=READER, extra_args=["--wrap=none", "--fail-if-warnings"])
        layout = LAYOUT.read_text(encoding="utf-8").replace("// BODY", body)
        (folder / "book.typ").write_text(layout, encoding="utf-8")
        typst.compile(folder / "book.typ", output=out, ignore_system_fonts=True)


def _chapter(page: Path, folder: Path) -> str:
    """Page for pandoc: drawings in files, links within the book, and a label for each title."""
    text = blueprint.expanded(page.read_text(encoding="utf-8"))

    def picture(match: re.Match[str]) -> str:
        number = len([*folder.glob("*.svg")])
        (folder / f"{number}.svg").write_text(
            match[0][match[0].index("<svg") :].removesuffix("\n</div>"), encoding="utf-8"
        )
        return f"![]({number}.svg)"

    text = DRAWING.sub(picture, text)
    text = re.sub(r"^# (.*)$", rf"# \1 {{#{page.stem}}}", text, count=1, flags=re.MULTILINE)
    return LINK.sub(_inside, text)


def _inside(link: re.Match[str]) -> str:
    """Link within the book, or only its text if the book does not have the target."""
    text, path, anchor = link.groups()
    page = dependencies.PAGES / path
    if page.parent != dependencies.PAGES or not page.is_file() or page.stem in ("index", "lemmas"):
        return text
    return f"[{text}]({anchor or f'#{page.stem}'})"


if __name__ == "__main__":
    book(Path(sys.argv[1]))
