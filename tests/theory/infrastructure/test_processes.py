"""Children that end with their parent, and leave a terminal's Ctrl-C to it."""

import signal
import subprocess
import time

from joblib.externals.loky import get_reusable_executor

from pairbounds.infrastructure.processes import side_by_side
from tests.limits import PATIENCE
from tests.theory.light import light

CHILD = """
import os, sys
from pairbounds.infrastructure.processes import serve
serve(os.getppid()); print(os.getpid(), flush=True); input()
"""
PARENT = "import subprocess\nsubprocess.run([sys.executable, '-c', sys.argv[1]])"


def is_there(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_child_ends_when_its_parent_is_killed():
    child = light(CHILD)[-1]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(light(PARENT, child), **pipes) as parent:
        pid = int(parent.stdout.readline())
        assert is_there(pid)
        parent.kill()
        deadline = time.monotonic() + PATIENCE
        while is_there(pid):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def is_ignored(number):
    return signal.getsignal(number) is signal.SIG_IGN


def test_worker_processes_leave_an_interrupt_to_their_parent():
    get_reusable_executor().shutdown()  # of a test before, which may have started processes in another way
    before = signal.getsignal(signal.SIGINT)
    with side_by_side(is_ignored, [signal.SIGINT, signal.SIGTERM], 2) as ignored:  # in their order
        assert list(ignored) == [True, False]
    assert signal.getsignal(signal.SIGINT) is before
