"""SVGs as PNGs: of a size that is looked at first, and drawn by a child process that may die of it."""

import atexit
import math
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from xml.parsers import expat

from PIL.Image import MAX_IMAGE_PIXELS

from pairbounds.real_data.datasets import svg_worker

PIXELS = MAX_IMAGE_PIXELS or 2**26
MEMORY = 2**31  # bytes that the child may have
CPU_SECONDS, SECONDS = 10, 60  # for one drawing, of computing and in all
GRACE = 10  # more seconds until a child that does not even end by itself is killed

UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "em": 16, "ex": 8, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}
LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-z]*|%)\s*")


def rendered(drawing: bytes, width: int | None) -> bytes:
    """The PNG of an SVG, `width` pixels wide or as large as it declares.

    Raises
    ------
    ValueError
        No SVG, one with entities, more than `PIXELS` pixels, or one that takes more memory or time than it may.
    """
    _require_size(drawing, width)
    renderer = _borrowed()
    try:
        answer = renderer.answer((width or 0).to_bytes(4, "big") + drawing)
    except BaseException:
        renderer.close()
        raise
    _idle.setdefault(os.getpid(), []).append(renderer)
    if answer[:1] == svg_worker.REFUSED:
        raise ValueError(answer[1:].decode())
    return answer[1:]


# The size, read without drawing anything.


def _require_size(drawing: bytes, width: int | None) -> None:
    across, down = _size(_root(drawing))
    if width is not None:
        across, down = width, width * down / across
    if not across * down <= PIXELS:
        raise ValueError(f"it would be {across:.0f} x {down:.0f} pixels, more than {PIXELS} in all")


def _root(drawing: bytes) -> Mapping[str, str]:
    """The attributes of the outermost element; nothing is expanded, and nothing outside of the file is looked at."""
    found: list[Mapping[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    parser.EntityDeclHandler = _refuse_entity
    try:
        for start in range(0, len(drawing), 4096):
            parser.Parse(drawing[start : start + 4096])
            if found:
                return found[0]
    except expat.ExpatError as error:
        if not found:
            raise ValueError(f"it is no SVG: {error}") from error
        return found[0]
    raise ValueError("it is no SVG: it has no element")


def _refuse_entity(name: str, *_: object) -> None:
    raise ValueError(f"it declares the entity {name}, which could stand for anything")


def _size(root: Mapping[str, str]) -> tuple[float, float]:
    """Width and height in pixels, as far as they are declared; each 1 where only drawing it could tell."""
    box = [_length(part, math.nan) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    across, down = box[2:] if len(box) == 4 else (math.nan, math.nan)
    width, height = _length(root.get("width"), across), _length(root.get("height"), down)
    if math.isnan(width):
        width = height * across / down if not math.isnan(height) else across
    if math.isnan(height):
        height = width * down / across
    known = width > 0 and height > 0
    return (width, height) if known else (1.0, 1.0)


def _length(text: str | None, whole: float) -> float:
    """A length in pixels; a part of `whole` where it is given in percent; NaN where it is not given."""
    found = LENGTH.fullmatch(text or "")
    if found is None:
        return math.nan
    number, unit = float(found[1]), found[2]
    return number * whole / 100 if unit == "%" else number * UNITS.get(unit, 1)


# The child.


class _Renderer:
    """A child process that draws one SVG after another."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        limits = (theirs.fileno(), MEMORY, CPU_SECONDS, SECONDS)
        # Without the script's own folder on the path, whose modules have names of packages.
        command = [sys.executable, "-P", svg_worker.__file__, *map(str, limits)]
        silent = subprocess.DEVNULL  # an abort is described on stderr, and here in one line
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=silent, stdout=silent, stderr=silent)
        theirs.close()
        self.connection = Connection(ours.detach())

    def answer(self, request: bytes) -> bytes:
        """Answer of the child to a request; a `ValueError` with the cause if it dies of it."""
        try:
            self.connection.send_bytes(request)
            if self.connection.poll(SECONDS + GRACE):
                return self.connection.recv_bytes()
        except (EOFError, OSError):
            pass
        self.close()
        raise ValueError(_cause(self.process.returncode))

    def close(self) -> None:
        """End the child, which ends by itself where it waits for work."""
        self.connection.close()
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _cause(code: int) -> str:
    if code in (-signal.SIGPROF, -signal.SIGALRM, -signal.SIGKILL):
        return f"drawing it takes more than {CPU_SECONDS} s of computing, or {SECONDS} s in all"
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"drawing it ended the renderer ({name}): it may take more than {MEMORY / 2**30:.0f} GiB"


# By process, for after a fork the children are still the parent's.
_idle: dict[int, list[_Renderer]] = {}


def _borrowed() -> _Renderer:
    idle = _idle.get(os.getpid(), [])
    while idle:
        renderer = idle.pop()
        if renderer.process.poll() is None:
            return renderer
        renderer.close()
    return _Renderer()


@atexit.register
def _close_all() -> None:
    for renderer in _idle.pop(os.getpid(), []):
        renderer.close()
