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
ABANDONED = 86_400  # seconds in which another machine has not touched a file of its own
STEM = 60  # letters of the name that is kept, because a name has 255 bytes

_NAME = re.compile(r"\..*\.unfinished-(?P<host>.+)-(?P<pid>\d+)-(?P<born>\d+)-[0-9a-f]{8}(\.\w+)?")


def temporary_beside(target: Path) -> Path:
    """A hidden name in the folder of `target`, with its suffix, that says which process writes there."""
    pid = os.getpid()
    owner = f"unfinished-{HOST}-{pid}-{_born(pid) or 0}-{uuid.uuid4().hex[:8]}"
    return target.with_name(f".{target.stem[:STEM]}.{owner}{target.suffix}")


def is_temporary(path: Path) -> bool:
    """Test whether a file is being written, or was when its process was killed."""
    return _NAME.fullmatch(path.name) is not None


def sweep(folder: Path, *, own: bool = False) -> None:
    """Remove, in a folder and all below it, what processes left that are no more; with `own`, this process's too.

    What a living process is writing stays. Whether one on another machine lives is not known here: its files go when
    they have not been touched for a day.
    """
    for place, _, names in os.walk(folder):
        _sweep([Path(place, name) for name in names], own)


@cache
def sweep_once(folder: Path) -> None:
    """Sweep a folder, and none below it, before this process writes there for the first time."""
    _sweep(list(folder.glob(".*")), own=False)


def _sweep(paths: list[Path], own: bool) -> None:
    for path in paths:
        with contextlib.suppress(OSError):  # another process sweeps here too, or nobody may
            if _is_left(path, own):
                path.unlink()


def _is_left(path: Path, own: bool) -> bool:
    named = _NAME.fullmatch(path.name)
    if named is None:
        return False
    if named["host"] != HOST:
        return time.time() - path.stat().st_mtime > ABANDONED
    pid = int(named["pid"])
    return (own and pid == os.getpid()) or str(_born(pid)) != named["born"]


def _born(pid: int) -> int | None:
    """Start of a process, as its kernel counts: another of the same number is told apart; `None` if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _born_without_proc(pid)
    return None if fields[0] in "ZX" else int(fields[19])


def _born_without_proc(pid: int) -> int | None:
    """0 where the system does not tell more than that there is such a process."""
    if Path("/proc/self/stat").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return 0
