"""`python -m tests.reliability.slow -- COMMAND`: a command on one core, which two busy loops are on, too."""

import os
import subprocess
import sys

import typer

from pairbounds.infrastructure.commandline import run
from tests.reliability.becoming import Command, become

LOOPS = 2
# It ends with its parent, killed or not.
_BUSY = "import os\nwhile os.getppid() == {parent}: sum(range(100_000))"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def slow(command: Command) -> None:
    """Run a command beside the loops: it takes three times as long and more, and waits when it does not expect to."""
    if not hasattr(os, "sched_setaffinity"):
        raise RuntimeError(f"a process cannot be kept on one core on {sys.platform}: this needs Linux")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.environ["PYTEST_XDIST_AUTO_NUM_WORKERS"] = "1"  # it counts the cores that there are
    for _ in range(LOOPS):
        subprocess.Popen(
            [sys.executable, "-c", _BUSY.format(parent=os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    become(command)


if __name__ == "__main__":
    run(app)
