"""Signals end a command line in one line and with their own exit code."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from matplotlib.figure import Figure

from pairbounds.infrastructure.folders import locked_folder
from pairbounds.infrastructure.pictures import save_picture
from pairbounds.infrastructure.tables import replacing, together
from tests.theory.light import light

ROOT = Path(__file__).parents[3]
ENDS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


def command(work):
    app = typer.Typer()
    app.command()(work)
    return app


@pytest.mark.parametrize(("number", "code"), ENDS)
def test_a_signal_is_one_line_that_says_what_is_kept_and_leaves_no_half_file(call, tmp_path, number, code):
    (tmp_path / "table.csv").write_text("old")

    def work() -> None:
        with (
            locked_folder(tmp_path, kept="cells are kept in {}: go on"),
            replacing(tmp_path / "table.csv") as temporary,
        ):
            temporary.write_text("half")
            signal.raise_signal(number)

    said = f"stopped by {number.name}: cells are kept in {tmp_path}: go on\n"
    assert call(command(work)) == (code, "", said)
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "old"


def test_before_and_after_the_work_it_says_so(call, tmp_path):
    assert call(command(lambda: signal.raise_signal(signal.SIGTERM)))[2].endswith("nothing was written\n")

    def done() -> None:
        with locked_folder(tmp_path):
            pass
        signal.raise_signal(signal.SIGTERM)

    assert call(command(done))[2] == f"stopped by SIGTERM: {tmp_path} is complete\n"


def test_a_signal_said_twice_is_one_signal(call):
    def twice() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGTERM)

    assert call(command(twice))[0] == 143


def test_files_that_belong_together_take_their_places_before_a_signal_is_heard(call, tmp_path, monkeypatch):
    replace = type(tmp_path).replace
    monkeypatch.setattr(type(tmp_path), "replace", lambda *paths: (signal.raise_signal(2), replace(*paths))[1])

    def work() -> None:
        with together():
            for name in ("one", "two"):
                with replacing(tmp_path / name) as temporary:
                    temporary.write_text(name)

    assert call(command(work))[0] == 130
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_signal_in_a_callback_of_a_picture_is_heard_once_it_is_drawn(call, tmp_path):
    """Python prints what such a callback raises, and goes on."""

    class Ticks:
        def __del__(self):
            signal.raise_signal(signal.SIGTERM)

    class Drawn(Figure):
        def savefig(self, *_, **__):
            Ticks()

    said = "stopped by SIGTERM: nothing was written\n"
    assert call(command(lambda: save_picture(Drawn(), tmp_path / "p.png"))) == (143, "", said)
    assert not list(tmp_path.iterdir())


def test_the_handlers_are_those_from_before_afterwards(call):
    before = [signal.getsignal(number) for number, _ in ENDS]
    call(command(lambda: None))
    assert [signal.getsignal(number) for number, _ in ENDS] == before


@pytest.mark.parametrize("error", [MemoryError(), ImportError("failed to map segment", name="some_library")])
def test_want_of_memory_is_one_line(call, error):
    def work() -> None:
        raise error

    code, _, err = call(command(work))
    assert (code, err.count("\n")) == (2, 1)
    assert "memory ran out" in err or "some_library cannot be loaded: failed to map segment" in err


STARTING = """
sys.orig_argv = ["python", "-m", "pairbounds", "study"]
import pairbounds.infrastructure.interruption
print("ready", flush=True)
{}
"""


@pytest.mark.parametrize(("number", "code"), ENDS)
def test_a_signal_while_modules_are_loaded_is_one_line_too(number, code):
    ready = light(STARTING.format("input()"))
    with subprocess.Popen(ready, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate()
    assert (process.returncode, err.decode()) == (code, f"stopped by {number.name}: nothing was written\n")


def test_a_library_that_cannot_be_loaded_is_not_a_bound_that_failed():
    failing = light(STARTING.format("raise ImportError('failed to map')"))
    done = subprocess.run(failing, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "failed to map" in done.stderr


def test_an_ignored_signal_stays_ignored(call, monkeypatch):
    """As in the background of a shell, or under nohup."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert call(command(lambda: os.kill(os.getpid(), signal.SIGINT)))[0] == 0
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_library_user_keeps_the_handlers():
    handler = "signal.getsignal(signal.SIGTERM)"
    code = (
        f"import signal; before = {handler}; import pairbounds.infrastructure.interruption; print({handler} is before)"
    )
    assert subprocess.run(light(code), capture_output=True, text=True, check=True).stdout == "True\n"


def test_the_package_hears_before_it_loads_anything():
    statements = ast.parse((ROOT / "pairbounds/__init__.py").read_text()).body
    first = next(each for each in statements if isinstance(each, ast.Import | ast.ImportFrom))
    assert ast.unparse(first) == "from pairbounds.infrastructure import interruption as interruption"


DEFINING = """
import signal, typer
from pairbounds.infrastructure.commandline import run

app = typer.Typer()
app.command()(lambda: exec("signal.raise_signal(signal.SIGTERM)"))
run(app)
"""


def test_a_signal_while_a_dataclass_is_defined_has_the_same_exit_code(tmp_path):
    """Python notes an interrupt that passes through `exec`, and ends `python -m` by SIGINT for it."""
    (tmp_path / "defining.py").write_text(DEFINING)
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    line = [sys.executable, "-m", "defining"]
    done = subprocess.run(line, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (143, "stopped by SIGTERM: nothing was written\n")


LATE = """
import os, signal, sys, typer

class Late:
    def __del__(self, kill=os.kill, own=os.getpid(), number=signal.SIGTERM):
        kill(own, number)

sys.orig_argv = ["pairbounds"]
from pairbounds.infrastructure.commandline import run
sys.late = Late()
app = typer.Typer()
app.command()(lambda: None)
run(app)
"""


def test_a_signal_after_the_end_changes_no_exit_code():
    """While modules are torn down Python has no handlers of its own any more."""
    done = subprocess.run(light(LATE), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
