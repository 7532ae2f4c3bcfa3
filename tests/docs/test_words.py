"""Plain words: beginnings of docstrings, phrases and names to avoid."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.docs.blocks import ROOT, blocks
from tests.rooms import modules

BEGINNINGS = {"What", "How", "Whether", "Of", "Those", "Who", "Whose", "Where", "When", "Which", "That", "Why"}
PHRASES = re.compile(r"\b(there is no such|for want of|is to be)\b")
NAMES = {"found", "own", "one", "place", "told", "held"}
KINDS = ast.Module | ast.ClassDef | ast.FunctionDef


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
