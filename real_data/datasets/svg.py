"""SVGs as PNGs, drawn by a child process that may die of it."""

import atexit
import os
import signal
import socket
import subprocess
import sys
from functools import cache
from multiprocessing.connection import Connection
from threading import Lock

from pairbounds.real_data.datasets import svg_worker

MEMORY = 2**31  # bytes that the child may have
CPU_SECONDS, SECONDS = 10, 60  # for one drawing, of computing and in all
GRACE = 10  # more seconds until a child that does not even end by itself is killed


def rendered(drawing: bytes, width: int | None) -> bytes:
    """The PNG of an SVG, `width` pixels wide or as large as it declares."""
    if b"<!ENTITY" in drawing.partition(b"<svg")[0]:
        raise ValueError("it declares an entity, which could stand for anything")
    return _renderer(os.getpid()).rendered((width or 0).to_bytes(4, "big") + drawing)


class _Renderer:
    """A child process that draws one SVG after another, and another child where one has died."""

    process: subprocess.Popen[bytes] | None = None

    def __init__(self) -> None:
        self._lock = Lock()
        atexit.register(self.close)

    def rendered(self, request: bytes) -> bytes:
        """The answer to a request; a `ValueError` with the cause if the child dies of it."""
        with self._lock:
            if self.process is None or self.process.poll() is not None:
                self._start()
            try:
                self._connection.send_bytes(request)
                answer = self._connection.recv_bytes() if self._connection.poll(SECONDS + GRACE) else b""
            except (EOFError, OSError):
                answer = b""
            except BaseException:
                self.close()  # or its answer would be taken for that to the next request
                raise
            code = 0 if answer else self.close()
        if not answer:
            raise ValueError(_cause(code))
        if answer[:1] == svg_worker.REFUSED:
            raise ValueError(answer[1:].decode())
        return answer[1:]

    def close(self) -> int:
        """End the child, which ends by itself where it waits for work; returns its exit code."""
        process, self.process = self.process, None
        if process is None:
            return 0
        self._connection.close()
        try:
            return process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        limits = (theirs.fileno(), MEMORY, CPU_SECONDS, SECONDS)
        # Without the script's own folder on the path, whose modules have names of packages.
        command = [sys.executable, "-P", svg_worker.__file__, *map(str, limits)]
        silent = subprocess.DEVNULL  # an abort is described on stderr, and here in one line
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=silent, stdout=silent, stderr=silent)
        theirs.close()
        self._connection = Connection(ours.detach())


@cache
def _renderer(_: int) -> _Renderer:
    """The renderer of a process, by its number: after a fork the child is still the parent's."""
    return _Renderer()


def _cause(code: int) -> str:
    if code in (-signal.SIGPROF, -signal.SIGALRM, -signal.SIGKILL):
        return f"drawing it takes more than {CPU_SECONDS} s of computing, or {SECONDS} s in all"
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"drawing it ended the renderer ({name}): it may take more than {MEMORY / 2**30:.0f} GiB"
