"""Code for a process of its own."""

import sys


def light(code: str, *arguments: object) -> list[str]:
    """A command that runs the code, with `sys` imported."""
    return [sys.executable, "-c", f"import sys\n{code}", *map(str, arguments)]
