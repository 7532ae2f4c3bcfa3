"""Many commands in one process: `python -m tests.no_network.commands FILE`, with a command in each line of FILE.

Prints a line for each: how it ended, the seconds that it took, and the command. What else is printed goes to stderr.
"""

import contextlib
import sys
import time
from pathlib import Path

from pairbounds.__main__ import app
from pairbounds.infrastructure.commandline import run


def ending(command: str) -> int | str | None:
    sys.argv = ["pairbounds", *command.split()]
    with contextlib.redirect_stdout(sys.stderr):
        try:
            run(app)
        except SystemExit as end:
            return end.code
    return None


if __name__ == "__main__":
    for line in Path(sys.argv[1]).read_text().splitlines():
        start = time.perf_counter()
        print(f"{ending(line)} {time.perf_counter() - start:.1f} {line}", flush=True)
