"""`python3 tests/reliability/pythons.py`: the oldest and the newest Python here that `requires-python` allows.

One line each: version and path. It looks at `python3` and every `python3.N` on the path, and at those that pyenv has
installed. Any Python runs it: an environment does not exist yet. One that does not start is no interpreter: pyenv has
shims for versions that nobody chose.
"""

import os
import re
import subprocess
import sys
from operator import itemgetter
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"python3(\.\d+)?")
LOWEST = re.compile(r'^requires-python = ">=3\.(\d+)"$', re.MULTILINE)
# A pre-release fails here, and a Python that cannot make a virtual environment.
ASK = """
import ensurepip, sys, venv
assert sys.version_info.releaselevel == "final"
print(*sys.version_info[:3], sys.executable)
"""


def candidates(path, pyenv):
    """Paths of programs that may be Python 3: on the search path first, then pyenv's."""
    folders = [Path(folder) for folder in path.split(os.pathsep) if folder]
    folders += sorted(Path(pyenv, "versions").glob("*/bin"))
    for folder in filter(Path.is_dir, folders):
        yield from sorted(file for file in folder.iterdir() if NAME.fullmatch(file.name))


def started(program):
    """Version and path reported by a Python; None if it does not start."""
    try:
        process = subprocess.run([program, "-I", "-c", ASK], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    *version, path = process.stdout.split(maxsplit=3)
    return tuple(map(int, version)), path.strip()


def extremes(programs, lowest):
    """Oldest and newest working interpreter, as (version, path); one entry if they are the same."""
    version = itemgetter(0)  # of equal versions the first on the path
    running = [python for python in map(started, programs) if python and version(python) >= lowest]
    return [*dict.fromkeys((min(running, key=version), max(running, key=version)))] if running else []


if __name__ == "__main__":
    pyenv = os.environ.get("PYENV_ROOT") or str(Path.home() / ".pyenv")
    minor = LOWEST.search((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[1]
    chosen = extremes(candidates(os.environ["PATH"], pyenv), (3, int(minor)))
    if not chosen:
        sys.exit("no Python here that requires-python of pyproject.toml allows")
    for version, path in chosen:
        print(".".join(map(str, version)), path)
