"""`python -m tests.reliability.elsewhere processor|slow -- COMMAND`: a command as on a machine that is not this one.

As on a processor without AVX sums come in another order and have other last digits. A slow machine is one core with two
busy loops beside the command, which takes three times as long.
"""

import os
import subprocess
import sys
from enum import StrEnum
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import run

VARIABLES = {
    "ATEN_CPU_CAPABILITY": "default",
    "OPENBLAS_CORETYPE": "Prescott",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_CBWR": "COMPATIBLE",
}
FEATURES = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(*[name for name in __cpu_dispatch__ if __cpu_features__[name]])
"""
EFFECT = """
import scipy.linalg, threadpoolctl, torch
used = [pool["architecture"] for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas"]
print(torch.backends.cpu.get_cpu_capability(), *sorted({"Katmai": "Prescott"}.get(one, one) for one in used))
"""
LOOPS = 2
BUSY = "import os\nwhile os.getppid() == {parent}: sum(range(100_000))"  # ends with its parent, killed or not


class Machine(StrEnum):
    """Machines that this one can be taken for."""

    processor = "processor"
    slow = "slow"


def pretend_old_processor() -> None:
    """Set variables that libraries read as they are loaded; `RuntimeError` where they have no effect."""
    os.environ.update(VARIABLES, NPY_DISABLE_CPU_FEATURES=_said(FEATURES))
    found = {*_said(FEATURES + EFFECT).split()}
    if found != {"DEFAULT", "Prescott"}:
        raise RuntimeError(f"libraries still compute by {', '.join(sorted(found - {'DEFAULT', 'Prescott'}))}")


def _said(program: str) -> str:
    return subprocess.check_output([sys.executable, "-c", program], text=True).strip()


def become_slow() -> None:
    """Keep this process on one core, beside loops."""
    if not hasattr(os, "sched_setaffinity"):
        raise RuntimeError(f"a process cannot be kept on one core on {sys.platform}: this needs Linux")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.environ["PYTEST_XDIST_AUTO_NUM_WORKERS"] = "1"  # it counts the cores that there are
    for _ in range(LOOPS):
        subprocess.Popen([sys.executable, "-c", BUSY.format(parent=os.getpid())], stdin=subprocess.DEVNULL)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def elsewhere(
    machine: Annotated[Machine, typer.Argument(help="The machine.")],
    command: Annotated[list[str], typer.Argument(help="After --: the command and its arguments.")],
) -> None:
    """Run a command in place of this process, as on another machine."""
    pretend_old_processor() if machine is Machine.processor else become_slow()
    os.execvp(command[0], command)


if __name__ == "__main__":
    run(app)
