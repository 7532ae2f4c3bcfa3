"""Workers end with their parent, and leave a terminal's Ctrl-C to it."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pairbounds.infrastructure.workers import side_by_side
from tests.limits import PATIENCE
from tests.rooms import ROOT
from tests.theory.light import light

PARENT = """
import time
from tests.theory.infrastructure.test_processes import write_own_id
from pairbounds.infrastructure.workers import side_by_side
with side_by_side(write_own_id, [sys.argv[1]], 2) as results:
    next(results)
    time.sleep(1000)
"""


def write_own_id(file):
    Path(file).write_text(str(os.getpid()))


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc")
def test_a_worker_ends_when_its_parent_is_killed(tmp_path):
    file = tmp_path / "pid"
    with subprocess.Popen(light(PARENT, file), cwd=ROOT) as parent:
        wait_until(lambda: file.exists() and file.read_text())
        parent.kill()
    wait_until(lambda: not is_running(file.read_text()))


def test_workers_leave_an_interrupt_to_their_parent():
    with side_by_side(signal.getsignal, [signal.SIGINT, signal.SIGTERM], 2) as handlers:  # in their order
        assert list(handlers) == [signal.SIG_IGN, signal.SIG_DFL]
