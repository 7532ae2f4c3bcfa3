"""The blocks of code and commands on a page, with what the page says of them.

A comment of HTML before a block says what a test does with it, `;` between several:

    slow              it takes more than five seconds
    run: ARGUMENTS    these are added to each of its commands: a small setting, or --dry-run
    exit: CODE        its last command ends so, if not with 0
    not run: REASON   it needs what a test has not
    file: NAME        it is the content of this file, in any language

Sybil is no replacement: each of its examples is a test of its own, so that `-m slow` would run a block without those
before it, and it knows neither shell commands nor numbers up to their last digit.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.rooms import ROOT

COMMENT = re.compile(r"<!--(.*)-->", re.DOTALL)
MARKS = ("slow", "run", "exit", "not run", "file")


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes
    ----------
    page, line : where it stands
    kind : "python" or "sh"; of a file any
    text : what is in it
    marks : what the comment before it says, by the words before the colon
    printed : what the page says that it prints, if the next block does
    """

    page: Path
    line: int
    kind: str
    text: str
    marks: dict[str, str] = field(default_factory=dict)
    printed: str = ""

    @property
    def place(self) -> str:
        """Page and line."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, text: str | None = None) -> list[Block]:
    """Runnable blocks in order: fences of Python and of shell commands, and indented commands.

    Raises
    ------
    ValueError
        A comment that stands before no block or says something unknown; a fence in another language.
    """
    listed: list[Block] = []
    marks: dict[str, str] = {}
    before: Token | None = None
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8") if text is None else text):
        line = token.map[0] + 1 if token.map else 0
        if token.type in ("fence", "code_block"):
            kind = token.info.strip() if token.type == "fence" else "sh"
            if kind in ("python", "sh") or "file" in marks:
                listed.append(Block(page, line, kind, token.content, marks))
                marks = {}
            elif not kind and before is not None and before.type in ("fence", "code_block"):
                listed[-1] = Block(**vars(listed[-1]) | {"printed": token.content})
            elif kind != "text" and not kind.startswith("{"):  # a directive of Sphinx
                raise ValueError(f"{page.name}:{line}: nobody knows what to do with a block of {kind!r}")
        if marks:
            raise ValueError(f"{page.name}:{line}: the mark before it is of no block")
        if token.type == "html_block" and (comment := COMMENT.match(token.content.strip())):
            marks = _marks(comment[1], f"{page.name}:{line}")
        before = token
    return listed


def _marks(comment: str, where: str) -> dict[str, str]:
    marks = {}
    parts = [comment] if comment.strip().startswith("not run") else comment.split(";")  # a reason is a sentence
    for part in parts:
        name, _, value = part.strip().partition(":")
        if name not in MARKS or bool(value.strip()) == (name == "slow"):
            raise ValueError(f"{where}: {part.strip()!r} is no mark: {', '.join(MARKS)}")
        marks[name] = value.strip()
    return marks
