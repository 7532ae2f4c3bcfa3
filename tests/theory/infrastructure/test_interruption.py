"""Signals end a command line in one line and with their own exit code."""

import os
import resource
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

ROOT = Path(__file__).parents[3]


def command(work):
    app = typer.Typer()
    app.command()(work)
    return app


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_one_line_that_says_what_is_kept_and_leaves_no_half_file(call, tmp_path, number, code):
    """Also where it is said twice; and the handlers are those from before."""
    (tmp_path / "table.csv").write_text("old")

    def work() -> None:
        with (
            locked_folder(tmp_path, kept="cells are kept in {}: go on"),
            replacing(tmp_path / "table.csv") as temporary,
        ):
            temporary.write_text("half")
            try:
                signal.raise_signal(number)
            finally:
                signal.raise_signal(number)

    before = signal.signal(number, signal.SIG_IGN)  # as in the background of a shell, or under nohup
    assert call(command(lambda: signal.raise_signal(number)))[0] == 0
    signal.signal(number, before)
    said = f"stopped by {number.name}: cells are kept in {tmp_path}: go on\n"
    assert call(command(work)) == (code, "", said)
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "old"
    assert signal.getsignal(number) is before


def test_before_and_after_the_work_it_says_so(call, tmp_path):
    assert call(command(lambda: signal.raise_signal(signal.SIGTERM)))[2].endswith("nothing was written\n")

    def done() -> None:
        with locked_folder(tmp_path):
            pass
        signal.raise_signal(signal.SIGTERM)

    assert call(command(done))[2] == f"stopped by SIGTERM: {tmp_path} is complete\n"


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


def test_want_of_memory_is_one_line_and_too_little_of_it_is_told_before_the_work(call, monkeypatch):
    def work() -> None:
        raise MemoryError

    said = "error: memory ran out: give the process more, or less to do. "
    assert call(command(work)) == (2, "", f"{said.rstrip()}\n")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2**30, 2**30))
    assert call(command(work))[2].startswith(f"{said}`ulimit -v` allows 1024 MiB: allow 2048 MiB")


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
