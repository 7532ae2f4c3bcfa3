"""Docstrings begin with a noun or a verb, and not with a question."""

import ast

from tests.rooms import modules

WORDS = {"What", "How", "Whether", "Of", "Those", "Who", "Where", "When", "Which", "That", "Why"}
KINDS = ast.Module | ast.ClassDef | ast.FunctionDef


def first_words(source: str) -> set[str]:
    """First word of each docstring."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, KINDS)]
    return {text.split()[0].rstrip(",:") for node in nodes if (text := ast.get_docstring(node))}


def test_no_docstring_begins_with_a_question():
    texts = {module: path.read_text(encoding="utf-8") for module, path in modules().items()}
    assert {module for module, text in texts.items() if first_words(text) & WORDS} == set()
    assert first_words('"""Mean."""\n\n\ndef f():\n    """Whether, or not."""\n') & WORDS == {"Whether"}
