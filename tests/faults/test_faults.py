"""Commands that are killed or find no room: the same command again comes to the result of an undisturbed run.

`KILLS` is how often each fault strikes each command, at moments or sizes that `SEED` chooses: `make faults`.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.commands import COMMANDS, ROOT, run, write_inputs
from tests.faults.comparing import contents, differences, leftovers
from tests.limits import PATIENCE

KILLS, SEED = int(os.environ.get("KILLS", "1")), os.environ.get("SEED", "0")
GOING = 15  # seconds in which processes that belong to a killed one go
ONE_THREAD = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}  # sums depend on the number of threads

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("number", range(KILLS))]


class Bench:
    """A command with its inputs, the earlier result that it finds, and what it makes of it undisturbed."""

    def __init__(self, name: str, folder: Path) -> None:
        self.command, self.inputs = COMMANDS[name], folder / "inputs"
        self.inputs.mkdir()
        write_inputs(self.inputs, [name])
        self.earlier, whole = folder / "earlier", folder / "whole"
        os.environ.update(ONE_THREAD)
        run(self.command.line(self.inputs, self.earlier, earlier=True))
        started = time.monotonic()
        shutil.copytree(self.earlier, whole)
        run(self.command.line(self.inputs, whole))
        self.seconds = time.monotonic() - started
        self.before, self.expected = contents(self.earlier), contents(whole)
        changed = differences(self.before, self.expected)
        self.largest = max((whole / name).stat().st_size for name in changed) // 1024 + 1  # KiB

    def line(self, out: Path) -> list[str]:
        """The command line, and a copy of the earlier result where it writes."""
        shutil.copytree(self.earlier, out)
        return self.command.line(self.inputs, out)


@pytest.fixture(scope="module", params=COMMANDS)
def bench(request, tmp_path_factory):
    return Bench(request.param, tmp_path_factory.mktemp(request.param))


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_a_killed_command(bench, tmp_path, name, number):
    """At a random moment, by itself or with its group."""
    rng, sent = random.Random(f"{SEED} {name} {number}"), signal.Signals[name]
    line, process, delay = bench.line(tmp_path / "out"), None, rng.uniform(0, bench.seconds)
    process = started(line)
    time.sleep(delay)
    (os.killpg if rng.random() < 0.5 else os.kill)(process.pid, sent)
    code, said = ended(process)
    found = contents(tmp_path / "out")
    neither = {*differences(found, bench.expected)} & {*differences(found, bench.before)}
    assert neither & bench.before.keys() & found.keys() == set()
    if sent != signal.SIGKILL and code not in (0, -sent):  # it was at its end, or Python at its beginning
        assert code == 128 + sent, said
        assert said_at_the_end(said, f"stopped by {name}: "), said
        assert leftovers(tmp_path / "out") == []
    again(bench, line, tmp_path / "out")


def test_a_command_without_room(bench, tmp_path, number):
    """No file may be larger than some size, which the largest new one exceeds: as on a full disk."""
    limit = random.Random(f"{SEED} {number}").randrange(1, max(2, bench.largest))  # KiB
    line = bench.line(tmp_path / "out")
    code, said = ended(started(["bash", "-c", f'ulimit -f {limit}; exec "$@"', "bash", *line]))
    assert code == 2, said
    assert said_at_the_end(said, "error: "), said
    found = contents(tmp_path / "out")
    neither = {*differences(found, bench.expected)} & {*differences(found, bench.before)}
    assert neither & bench.before.keys() & found.keys() == set()
    assert leftovers(tmp_path / "out") == []
    again(bench, line, tmp_path / "out")


def again(bench: Bench, line: list[str], out: Path) -> None:
    """Run the same command to its end and compare the result."""
    code, said = ended(started(line))
    assert code == 0, said
    assert differences(contents(out), bench.expected) == []


def started(line: list[str]) -> "subprocess.Popen[str]":
    """A process that leads a session, in which Ctrl-C is not ignored."""
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    heard = ["env", "--default-signal=INT", *line]
    return subprocess.Popen(heard, cwd=ROOT, start_new_session=True, env=os.environ | ONE_THREAD, **pipes)


def ended(process: "subprocess.Popen[str]") -> tuple[int, list[str]]:
    """Exit code and lines of stderr, once no process of its session is left."""
    _, err = process.communicate(timeout=PATIENCE)
    deadline = time.monotonic() + GOING
    while (left := members(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left == []
    return process.returncode, [line.strip() for line in err.splitlines() if line.strip()]


def members(session: int) -> list[str]:
    """Living processes of a session."""
    listed = subprocess.run(["ps", "-o", "pid=,stat=", "--sid", str(session)], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if line.split()[1][0] not in "ZX"]


def said_at_the_end(said: list[str], beginning: str) -> bool:
    """Tell whether the last line, and no other, says how a command ended."""
    *before, last = said or [""]
    others = [line for line in before if line.startswith(("stopped by ", "error: ", "Traceback "))]
    return last.startswith(beginning) and not others
