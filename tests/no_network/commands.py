"""Many commands in one process: `python -m tests.no_network.commands FILE`, with a command in each line of FILE.

Prints a line for each: how it ended, the seconds that it took, and the command. What else is printed goes to stderr.
"""

import contextlib
import sys
import time
from pathlib import Path

import pairbounds.commands.bounds
import pairbounds.commands.figures
import pairbounds.commands.real_data
import pairbounds.commands.simulations
from pairbounds.infrastructure.commandline import run

APPS = {
    "theory": pairbounds.commands.bounds.app,
    "simulations": pairbounds.commands.simulations.app,
    "real_data": pairbounds.commands.real_data.app,
    "figures": pairbounds.commands.figures.app,
}


def ending(command: str) -> int | str | None:
    program, *sys.argv = command.split()
    sys.argv.insert(0, program)
    with contextlib.redirect_stdout(sys.stderr):
        try:
            run(APPS[program])
        except SystemExit as end:
            return end.code
    return None


if __name__ == "__main__":
    for line in Path(sys.argv[1]).read_text().splitlines():
        start = time.perf_counter()
        print(f"{ending(line)} {time.perf_counter() - start:.1f} {line}", flush=True)
