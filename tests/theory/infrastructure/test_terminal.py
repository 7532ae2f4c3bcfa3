"""Output on a terminal: nothing that it would obey, no name taken for markup; and the ends of a broken pipe."""

import io
import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st

from pairbounds import BOUNDS, PairGraph, bound
from pairbounds.__main__ import app
from pairbounds.infrastructure.commandline import (
    BROKEN_PIPE,
    echo,
    one_line,
    print_json,
    print_table,
    visible,
)
from tests.rooms import ROOT

TITLE = "\x1b]0;owned\x07"
NASTY = f"{TITLE}\u202egnp\u2066 [red]x[/red] [link=http://evil]y[/link] \x9b31m\x00\r\b :smile: \ud800 z"
OBEYED = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
TEXTS = st.text(st.characters() | st.sampled_from(["\x1b", "\x9b", "\u202e", "[", "]", "/", "\ud800"]))


def is_safe(text: str) -> bool:
    return not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in OBEYED for letter in text)


@given(TEXTS)
@example(NASTY)
def test_visible_text_is_safe_and_complete(text):
    output = visible(text)
    assert is_safe(output)
    assert output.isprintable() or not text.isprintable()
    if is_safe(text):
        assert output == text
    assert "\n" not in one_line(text)
    assert is_safe(one_line(text))


@given(TEXTS)
@example(NASTY)
def test_a_table_shows_any_name_unchanged(text):
    stdout, sys.stdout = sys.stdout, io.StringIO()
    try:
        print_table("", [""], [(text,)])
        printed = sys.stdout.getvalue()
    finally:
        sys.stdout = stdout
    assert all(is_safe(line) for line in printed.split("\n"))
    assert solid(visible(text)) in solid(printed)


def test_json_and_names_of_users_keep_text_that_looks_like_an_argument(capsys):
    name = f"{NASTY} `labels=2`"
    print_json({name: pd.DataFrame({"x": [1 / 3, np.nan]}), "size": np.int64(2), "missing": pd.NA})
    echo(name)
    line, text = capsys.readouterr().out.splitlines()
    assert line.isascii()
    assert json.loads(line) == {name: [{"x": 1 / 3}, {"x": None}], "size": 2, "missing": None}
    assert text == visible(name)


def solid(text: str) -> str:
    """Without blanks and the frame of a table, which go where a line is too long."""
    return "".join(text.replace("│", "").split())


def test_a_bound_of_any_name_is_printed_safely(call, tmp_path):
    PairGraph([[2, 1], [1, 3]], [0, 1]).save(tmp_path / "g.npz")
    name = f"{TITLE}[red]x[/red]"
    bound(name, quantity="probe_mse", status="conjecture")(lambda graph, spectrum, k: float("inf"))
    try:
        code, out, _ = call(app, "check", tmp_path / "g.npz", "--k", 1)
        ledger = call(app, "ledger")[1]
    finally:
        del BOUNDS[name]
    assert code == 0
    for text in (out, ledger):
        assert "\\x1b]0;owned\\x07[red]x[/red]" in text
        assert "\x1b" not in text
    assert any(line.endswith(f"{visible(name)}: infinite") for line in out.splitlines())  # below the table


@pytest.mark.parametrize(
    "arguments", [["check", f"{TITLE}.npz", "--k", "1"], ["check", "g.npz", f"--{TITLE}"], ["attack", TITLE], [TITLE]]
)
def test_an_error_line_is_safe(call, arguments):
    """As is a traceback."""
    broken = typer.Typer()

    @broken.command()
    def fail(words: list[str]) -> None:
        raise KeyError(TITLE)

    code, out, err = call(broken, "x")
    assert (code, "Traceback" in err, "\x1b" in err) == (70, True, False)
    code, out, err = call(app, *arguments)
    assert code == 2
    assert "\\x1b]0;owned\\x07" in err
    assert "\x1b" not in out + err
    assert "\x07" not in out + err


# Broken pipes.

PRINTER = """\
import sys, typer
from pairbounds.infrastructure.commandline import run, echo
app = typer.Typer()
@app.command()
def many():
    for number in range(100_000): echo(number)
@app.command()
def last():
    sys.stdin.read()
    echo("more")
@app.command()
def bar():
    sys.stdin.read()
    print("result")
    for number in range(3): print("counted", file=sys.stderr, flush=True)
run(app)
"""


@pytest.fixture
def lose_reader():
    """Run Python, read some lines of a stream and close it; return the exit code and the other stream."""
    processes = []

    def _lose(name: str, *arguments: object, lines: int = 0) -> tuple[int, str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([sys.executable, *map(str, arguments)], cwd=ROOT, text=True, **pipes)
        processes.append(process)
        stream, other = (process.stdout, process.stderr) if name == "stdout" else (process.stderr, process.stdout)
        for _ in range(lines):
            assert stream.readline()
        stream.close()
        process.stdin.close()  # which tells it that the reader is away
        remaining = other.read()
        other.close()
        return process.wait(), remaining

    yield _lose
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize(("command", "lines"), [("many", 1), ("last", 0)])  # in the middle, or before the last flush
def test_a_closed_reader_ends_the_command_without_an_error(lose_reader, command, lines):
    assert lose_reader("stdout", "-c", PRINTER, command, lines=lines) == (BROKEN_PIPE, "")


def test_output_is_complete_if_the_reader_of_progress_closes(lose_reader):
    assert lose_reader("stderr", "-c", PRINTER, "bar") == (BROKEN_PIPE, "result\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
@pytest.mark.parametrize("command", ["many", "last"])  # the disk is full at a line, and at the last flush
def test_a_full_output_device_is_one_error_line(command):
    with Path("/dev/full").open("w") as full:
        line = [sys.executable, "-c", PRINTER, command]
        done = subprocess.run(line, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "error: cannot write to the standard output: No space left on device\n",
    )


def test_a_closed_output_is_one_error_line():
    command = ["sh", "-c", 'exec "$0" "$@" >&-', sys.executable, "-m", "pairbounds", "ledger"]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "error: cannot write to the standard output: it is closed\n",
    )
