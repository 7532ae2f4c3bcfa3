"""Many commands in one process: `python -m tests.no_network.commands FILE`, with one command per line.

Prints a line for each: how it ended, and the command. What else is printed goes to stderr.
"""

import contextlib
import sys
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
        print(ending(line), line, flush=True)
