"""Many commands in one process: `python -m tests.no_network.commands FILE`, with a command in each line of FILE.

Prints a line for each: how it ended, the seconds that it took, and the command. What else is printed goes to stderr.
"""

import contextlib
import sys
import time
from pathlib import Path

import figures.__main__
import real_data.__main__
import simulations.__main__
import theory.__main__
from theory.infrastructure.commandline import run

APPS = {module.__package__: module.app for module in (theory.__main__, simulations.__main__, real_data.__main__)}
APPS["figures"] = figures.__main__.app


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
