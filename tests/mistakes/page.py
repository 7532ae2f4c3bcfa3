"""The page of mistakes, made from what the commands say."""

import shlex
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from pairbounds import BOUNDS
from pairbounds.__main__ import app
from pairbounds.infrastructure.commandline import run
from tests.mistakes import files
from tests.mistakes.cases import MISTAKES, Mistake

INTRODUCTION = """# Mistakes, and their messages

`make docs` makes each of these mistakes. Each ends with one line and exit code 2, and changes no file."""


class Answer(NamedTuple):
    """The output of a command, and whether it left the files as they were."""

    mistake: Mistake
    code: int
    said: str
    untouched: bool


def answers(folder: Path) -> dict[str, list[Answer]]:
    """To all mistakes, made in an empty folder."""
    files.write(folder)
    with chdir(folder):
        return {part: [_answer(mistake) for mistake in mistakes] for part, mistakes in MISTAKES.items()}


def mistakes_page(found: dict[str, list[Answer]]) -> str:
    """Markdown of the page."""
    lines = [INTRODUCTION]
    for part, its in found.items():
        lines += ["", f"## {part}", "", "| mistake | `pairbounds …` | message |", "|---|---|---|"]
        lines += [f"| {it.mistake.mistake} | `{_cell(it.mistake.command)}` | {_cell(it.said)} |" for it in its]
    return "\n".join(lines) + "\n"


def _answer(mistake: Mistake) -> Answer:
    before = _state()
    code, said = _run(shlex.split(mistake.command))
    return Answer(mistake, code, said.replace(f"{Path.cwd()}/", ""), _state() == before)


def _run(arguments: list[str]) -> tuple[int, str]:
    """The exit code of a command, and what it says of errors."""
    typed, sys.argv = sys.argv, ["pairbounds", *arguments]
    out, err = StringIO(), StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            run(app)
    except SystemExit as ending:
        return int(ending.code or 0), err.getvalue()
    finally:
        sys.argv = typed
        BOUNDS.pop("mine", None)  # of a plugin: each command has a process of its own
    raise AssertionError("a command ends with an exit code")


def _state() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path().rglob("*")) if path.is_file()}


def _cell(text: str) -> str:
    return " ".join(text.split()).removeprefix("error: ").replace("|", "\\|").replace("<", "&lt;")
