"""A command in a session of its own, watched from outside."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.commands import ROOT
from tests.limits import PATIENCE

GOING = 15  # seconds in which processes that belong to a killed one go
MOMENT = 0.02
_BAR = re.compile(r"\|.*\d+/\d+ \[|\d/\d+\|.*\| \d")  # of tqdm: its own, and the stages of an audit
ONE_THREAD = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}  # sums depend on the number of threads


@dataclass(frozen=True)
class Ended:
    """How a command ended; `hung` if it had to be killed."""

    code: int
    err: str
    hung: bool

    @property
    def own_lines(self) -> list[str]:
        """What it said on stderr besides its progress bars."""
        lines = (line.rpartition("\r")[2].strip() for line in self.err.splitlines())
        return [line for line in lines if line and not _BAR.search(line)]


def started(line: Sequence[str]) -> "subprocess.Popen[bytes]":
    """A process that leads a session; signals that this one ignores are not ignored there."""
    environment = os.environ | ONE_THREAD
    heard = ["env", "--default-signal=INT", *line]
    return subprocess.Popen(
        heard, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, env=environment
    )


def until_heard(process: "subprocess.Popen[bytes]") -> None:
    """Wait until it catches SIGTERM: before, Python itself is still loading."""
    while process.poll() is None:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:") and int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1:
                return
        time.sleep(MOMENT)


def ended(process: "subprocess.Popen[bytes]") -> Ended:
    """Wait for its end, but not for ever."""
    try:
        _, err = process.communicate(timeout=PATIENCE)
        return Ended(process.returncode, err.decode(errors="replace"), hung=False)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _, err = process.communicate()
        return Ended(process.returncode, err.decode(errors="replace"), hung=True)


def alive_after(session: int) -> list[str]:
    """The processes of a session that are still there when all should have gone."""
    deadline = time.monotonic() + GOING
    while (there := _members(session)) and time.monotonic() < deadline:
        time.sleep(MOMENT)
    for pid in there:
        os.kill(int(pid), signal.SIGKILL)
    return there


def _members(session: int) -> list[str]:
    return [path.name for path in Path("/proc").glob("[0-9]*") if _belongs(path, session)]


def _belongs(path: Path, session: int) -> bool:
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[3]) == session and fields[0] not in "ZX"
