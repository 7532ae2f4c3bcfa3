"""`python spent.py COMMAND...`: run a command, and print as JSON its CPU seconds, and the most memory it held in MiB.

A file that imports nothing large: Linux counts for a process what its parent held where it began.
"""

import json
import os
import subprocess
import sys


def main() -> int:
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL) as command:
        _, status, usage = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
    to_bytes = 1 if sys.platform == "darwin" else 1024
    print(json.dumps({"seconds": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * to_bytes / 2**20}))
    return command.returncode


if __name__ == "__main__":
    sys.exit(main())
