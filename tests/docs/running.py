"""Runner of the blocks of a page in one process and one folder; compares their output with the page."""

import contextlib
import io
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pairbounds.__main__ import app
from pairbounds.infrastructure.commandline import run
from pairbounds.infrastructure.users_code import REGISTERS
from tests.docs.blocks import ROOT, Block
from tests.unloaded import unload

KEPT = ("examples", "results")  # of the repository, that commands read
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
BOX = re.compile(r"[\u2500-\u257f]")  # lines of tables
RELATIVE = 0.01
SECONDS = 600  # that a process may take


class Page:
    """Working folder of a page, and the variables of its Python blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.known = folder, dict[str, Any](__name__="page")
        for name in KEPT:
            (folder / name).symlink_to(ROOT / name)

    def run(self, block: Block) -> str:
        """The output of a block.

        Raises
        ------
        AssertionError
            A command ends otherwise than the page says, or it prints other numbers.
        """
        if name := block.marks.get("file"):
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(block.text, encoding="utf-8")
            return ""
        with contextlib.chdir(self.folder), patch.dict(os.environ, COLUMNS="150"):
            output = self._python(block) if block.kind == "python" else "".join(self._commands(block))
        if block.printed:
            require_alike(output, block.printed, block.place)
        return output

    def _python(self, block: Block) -> str:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(block.text, block.place, "exec"), self.known)
        return output.getvalue()

    def _commands(self, block: Block) -> Iterator[str]:
        *first_commands, last_command = commands(block.text)
        for line in (*first_commands, last_command):
            expected_code = int(block.marks.get("exit", 0)) if line is last_command else 0
            arguments = [*shlex.split(line, comments=True), *shlex.split(block.marks.get("run", ""))]
            code, output = self._command(arguments)
            assert code == expected_code, f"{block.place}: {line} exits with {code}:\n{output}"
            if "run" not in block.marks:
                require_numbers(output, line, block.place)
            yield output

    def _command(self, arguments: list[str]) -> tuple[int, str]:
        program, *options = arguments
        if program == "pairbounds":
            return _in_process(options)
        if program == "python" and options[0] != "-m":
            return _in_process(options[1:], script=options[0])
        processes = {
            "make": ["make", "-C", ROOT],
            "python": [sys.executable],
            "pytest": [sys.executable, "-m", "pytest"],
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        environment |= {"BUILD": str(self.folder / "build"), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [*processes[program], *options],
            env=environment,
            check=False,
            timeout=SECONDS,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout


def commands(text: str) -> list[str]:
    """Commands of a block; a backslash joins two lines."""
    return [line for line in text.replace("\\\n", " ").splitlines() if shlex.split(line, comments=True)]


def _in_process(arguments: list[str], script: str = "") -> tuple[int, str]:
    """Exit code and output of `pairbounds`, or of a script, without the entries that the page has registered."""
    output, argv = io.StringIO(), [script or "pairbounds", *arguments]
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        patch.object(sys, "argv", argv),
        fresh(),
    ):
        try:
            runpy.run_path(script, run_name="__main__") if script else run(app)
        except SystemExit as ending:
            return int(ending.code or 0), output.getvalue()
    return 0, output.getvalue()


@contextlib.contextmanager
def fresh() -> Iterator[None]:
    """Context with the registers of a new process; afterwards their entries are restored."""
    before = [(register, register.of_users()) for register in REGISTERS]
    unload()
    try:
        yield
    finally:
        unload()
        for register, entries in before:
            register.update(entries)


def require_alike(output: str, printed: str, where: str) -> None:
    """Require that the output ends in the printed words, with numbers up to 1% or two units of the last digit."""
    ours, theirs = (BOX.sub(" ", text).split() for text in (output, printed))
    assert len(ours) >= len(theirs), f"{where} prints\n{output}"
    for ours_word, other in zip(ours[-len(theirs) :], theirs, strict=True):
        alike = NUMBER.sub("#", ours_word) == NUMBER.sub("#", other)
        assert alike and all(map(near, NUMBER.findall(ours_word), NUMBER.findall(other))), (
            f"{where} prints {ours_word}, not {other}:\n{output}"
        )


def require_numbers(output: str, line: str, where: str) -> None:
    """Require that a command prints the decimal numbers in its comment."""
    for stated in filter(lambda number: "." in number, NUMBER.findall(line.partition(" # ")[2])):
        assert any(near(number, stated) for number in NUMBER.findall(output)), (
            f"{where}: {stated} is not printed:\n{output}"
        )


def near(number: str, stated: str) -> bool:
    """True if a number is within 1%, or two units of the last digit, of the stated number."""
    unit = 10.0 ** Decimal(stated).as_tuple().exponent if "." in stated else 0.0
    return abs(float(number) - float(stated)) <= max(2 * unit, RELATIVE * abs(float(stated)))
