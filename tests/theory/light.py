"""Code for a process that takes modules of `theory` which need none of what takes seconds to load."""

import sys
from pathlib import Path

import pairbounds

PACKAGE = Path(pairbounds.theory.__file__).parent


def light(code: str, *arguments: object) -> list[str]:
    """A command that runs the code, in which `theory` is a package of the same modules, but loads none by itself."""
    bare = "import sys, types\npackage = sys.modules['theory'] = types.ModuleType('theory')\n"
    bare += f"package.__path__ = [{str(PACKAGE)!r}]\n"
    return [sys.executable, "-c", bare + code, *map(str, arguments)]
