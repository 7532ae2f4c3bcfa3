"""Names of files that are being written: they tell whose they are, so that those of killed processes can be swept."""

import contextlib
import os
import re
import socket
import time
import uuid
from functools import cache
from pathlib import Path

HOST = re.sub(r"[^\w.-]", "_", socket.gethostname()) or "localhost"
ABANDONED = 86_400  # seconds in which nobody has touched a file
STEM = 60  # letters of the name that is kept, because a name has 255 bytes

_NAME = re.compile(r"\..*\.unfinished-(?P<host>.+)-(?P<pid>\d+)-[0-9a-f]{8}(\.\w+)?")


def temporary_beside(target: Path) -> Path:
    """A hidden name in the folder of `target`, with its suffix, that says which process writes there."""
    owner = f"unfinished-{HOST}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return target.with_name(f".{target.stem[:STEM]}.{owner}{target.suffix}")


def sweep(*folders: Path) -> None:
    """Remove, in folders and all below them, what processes left that are no more.

    What a living process of this machine is writing stays; what nobody has touched for a day goes.
    """
    for folder in folders:
        for place, _, names in os.walk(folder):
            _sweep([Path(place, name) for name in names])


@cache
def sweep_once(folder: Path) -> None:
    """Sweep a folder, and none below it, before this process writes there for the first time."""
    _sweep(list(folder.glob(".*")))


def _sweep(paths: list[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):  # another process sweeps here too, or nobody may
            if _is_left(path):
                path.unlink()


def _is_left(path: Path) -> bool:
    named = _NAME.fullmatch(path.name)
    if named is None:
        return False
    is_dead = named["host"] == HOST and not _is_alive(int(named["pid"]))
    return is_dead or time.time() - path.stat().st_mtime > ABANDONED


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is of another user
        pass
    return True
