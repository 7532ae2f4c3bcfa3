"""Renders drawings for `real_data.datasets.svg`, in a process that a hostile one may abort, fill or keep busy.

Run as a script, with a socket's number and the limits as its arguments. It imports nothing of this package, so that it
is there at once; and it ends by itself, whether its parent lives or not.
"""

import contextlib
import resource
import signal
import sys
from multiprocessing.connection import Connection

import resvg_py

OK, REFUSED = b"+", b"-"


def limit_resources(memory: int) -> None:
    """Let this process have no more memory than that, leave no core file, and open nothing that a drawing refers to."""
    for what, wanted in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 0)):
        _, hard = resource.getrlimit(what)
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):  # a system without such a limit
            resource.setrlimit(what, (soft, hard))


def serve(connection: Connection, cpu_seconds: int, seconds: int) -> None:
    """Answer with a picture for each drawing, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the parent, whose end ends this too
    for stop in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(stop, signal.SIG_DFL)  # ends the process, whatever native code is at
    while True:
        try:
            request = connection.recv_bytes()
        except EOFError:
            return
        signal.alarm(seconds)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        try:
            answer = OK + _picture(request)
        except Exception as error:
            answer = REFUSED + str(error).encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        connection.send_bytes(answer)


def _picture(request: bytes) -> bytes:
    width, drawing = int.from_bytes(request[:4], "big"), request[4:].decode()
    # Without the system's fonts, so that a drawing is the same everywhere; the emoji have no text.
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=width or None, skip_system_fonts=True))


if __name__ == "__main__":
    socket, memory, cpu_seconds, seconds = map(int, sys.argv[1:])
    limit_resources(memory)
    serve(Connection(socket), cpu_seconds, seconds)
