"""Imported by every Python process that has this folder on its path: no socket of it goes beyond this machine's files.

Sockets of the kind AF_UNIX are left: processes of one program talk through them.
"""

import socket
import sys

REFUSAL = "the network was asked for"
HAS_IPV6 = ("bind", ("::1", 0))  # what urllib3 asks the machine on import: nothing leaves it


def _refuse(*arguments: object, **options: object) -> None:
    said = f"{REFUSAL}: {arguments[-1]}"
    print(said, file=sys.__stderr__)  # for whoever asks may pass over the error
    raise AssertionError(said)


def _unless_unix(method):
    def asked(self, *arguments, **options):
        if self.family != socket.AF_UNIX and (method.__name__, *arguments[:1]) != HAS_IPV6:
            _refuse(*arguments)
        return method(self, *arguments, **options)

    return asked


if __name__ == "sitecustomize":  # and not where a test reads the name of the refusal
    for name in ("connect", "connect_ex", "sendto", "bind"):
        setattr(socket.socket, name, _unless_unix(getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo"):
        setattr(socket, name, _refuse)
