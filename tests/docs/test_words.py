"""Plain words: beginnings of docstrings, phrases and names to avoid, and the length of sentences."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.budgets import NO_PROSE, WORD
from tests.docs.blocks import ROOT, blocks
from tests.rooms import modules

BEGINNINGS = {"What", "How", "Whether", "Of", "Those", "Who", "Whose", "Where", "When", "Which", "That", "Why"}
PHRASES = re.compile(r"\b(there is no such|for want of|is to be)\b")
NAMES = {"found", "own", "one", "place", "told", "held"}
KINDS = ast.Module | ast.ClassDef | ast.FunctionDef
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "how_to").glob("*.md"))]
MOST_WORDS = 30  # of a sentence on a page
PARTS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*#|]|\d+\.) ?)|\|")  # paragraphs, items, headings, cells
ENDS = r"(?<=[.?!:;])\s+(?=[A-Z`\"'*\[(0-9])"
PRINTING = {"echo", "require"}
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@cache
def texts() -> dict[Path, str]:
    """Source, site and tests, without this file, which contains the forbidden words."""
    paths = {*modules().values(), *(ROOT / "docs").rglob("*.py"), *(ROOT / "tests").rglob("*.py")} - {Path(__file__)}
    return {path: path.read_text(encoding="utf-8") for path in sorted(paths)}


@cache
def nodes_of(source: str) -> list[ast.AST]:
    """All nodes of a module's syntax tree."""
    return [*ast.walk(ast.parse(source))]


def first_words(source: str) -> set[str]:
    """First word of each docstring."""
    nodes = [node for node in nodes_of(source) if isinstance(node, KINDS)]
    return {text.split()[0].rstrip(",:") for node in nodes if (text := ast.get_docstring(node))}


def names(source: str) -> Iterator[str]:
    """Names of variables and arguments."""
    for node in nodes_of(source):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def messages(source: str) -> Iterator[str]:
    """Texts of errors and of printed lines, with a number for each value."""
    for node in nodes_of(source):
        call = node.exc if isinstance(node, ast.Raise) else node
        if isinstance(call, ast.Call) and (call is not node or getattr(call.func, "id", "") in PRINTING):
            yield from map(_text, call.args)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "0" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def too_long(text: str, ends: str) -> list[str]:
    """Sentences of more than `MOST_WORDS` words."""
    return [
        sentence for sentence in re.split(ends, text) if sum(map(bool, map(WORD.search, sentence.split()))) > MOST_WORDS
    ]


def paragraphs(page: str) -> Iterator[str]:
    """Paragraphs, items and cells of a page, without code, targets of links and texts of pictures."""
    text = LINK.sub(lambda link: "" if link[0].startswith("!") else link[1], NO_PROSE.sub("", page))
    for part in PARTS.split(re.sub(r"^ {4}.*$", "", text, flags=re.MULTILINE)):
        yield " ".join(part.split())


def test_no_docstring_begins_with_a_question():
    assert [path for path, text in texts().items() if first_words(text) & BEGINNINGS] == []
    assert first_words('"""Mean."""\n\n\ndef f():\n    """Whether, or not."""\n') & BEGINNINGS == {"Whether"}


def test_no_phrase_of_the_list_is_in_source_or_tests():
    assert [path.name for path, text in texts().items() if PHRASES.search(text)] == []
    assert PHRASES.search("a value that is to be a number")


def test_no_variable_has_a_vague_name():
    assert {path.name: bad for path, text in texts().items() if (bad := NAMES & {*names(text)})} == {}
    examples = [block for page in (ROOT / "docs").rglob("*.md") for block in blocks(page) if block.kind == "python"]
    assert {block.place: bad for block in examples if (bad := NAMES & {*names(block.text)})} == {}
    assert NAMES & {*names("def f(own): found = own")} == {"own", "found"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_sentences_of_a_page_are_short(page):
    assert [sentence for part in paragraphs(page.read_text("utf-8")) for sentence in too_long(part, ENDS)] == []


def test_sentences_of_messages_are_short():
    texts_of_messages = [text for path in modules().values() for text in messages(path.read_text(encoding="utf-8"))]
    assert [sentence for text in texts_of_messages for sentence in too_long(text, r"(?<=[.?!])\s+")] == []
    assert too_long(*messages(f"raise ValueError(f'{{x}}' + '{' word' * 30}')"), ENDS)
