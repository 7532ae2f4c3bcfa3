"""Sources of a module: the files of this repository that it imports, and the ones that those import.

Nothing is imported to be read, and this needs no more than Python itself: the Makefile's rules are made with it before
anything is installed. A name that a package passes on leads to the module that defines it.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "pairbounds"
REGISTER = Path("pairbounds/theory/bounds/registry.py")  # whoever reads it depends on all that registers itself
REGISTERED = "pairbounds/theory/bounds/theorem*.py"
MACHINERY = "pairbounds/sweeps"  # runs what is measured, and is no part of it


@cache
def dependencies(start: Path) -> tuple[Path, ...]:
    """A file and all that it imports, and what that does, of this repository; sorted, relative to its root."""
    found, pending = {start}, [start]
    while pending:
        path = pending.pop()
        new = {*imported(tree(path)), *(matching(REGISTERED) if path == REGISTER else ())} - found
        new = {file for file in new if not file.is_relative_to(MACHINERY)}
        found |= new
        pending += new
    return tuple(sorted(found))


def dependencies_of_text(source: bytes) -> tuple[Path, ...]:
    """All files of this repository that some source imports, and what those do; sorted, relative to its root."""
    found = {file for start in imported(ast.parse(source)) for file in dependencies(start)}
    return tuple(sorted(file for file in found if not file.is_relative_to(MACHINERY)))


@cache
def imported(syntax: ast.Module) -> frozenset[Path]:
    """The files that a source imports itself, anywhere in it."""
    found: set[Path] = set()
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            found.update(file for alias in node.names for file in [_module(alias.name)] if file)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(file for alias in node.names for file in _origin(node.module, alias.name))
    return frozenset(found)


def _origin(module: str, name: str) -> Iterator[Path]:
    """The file that a name comes from, through the packages that pass it on."""
    below, file = _module(f"{module}.{name}"), _module(module)
    if below or file is None or file.name != "__init__.py":
        yield from (each for each in (below or file,) if each)
        return
    for node in tree(file).body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    yield from _origin(node.module, alias.name)
                    return
    yield file
    if "iter_modules" in (ROOT / file).read_text(encoding="utf-8"):  # it gathers what is beside it
        yield from matching(f"{file.parent}/*.py")


@cache
def _module(name: str) -> Path | None:
    """The file of a module of this repository."""
    if name.partition(".")[0] != PACKAGE:
        return None
    place = Path(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if (ROOT / path).is_file()), None)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax of a file, of this repository or, where the path is absolute, of any other."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def matching(pattern: str) -> list[Path]:
    """The files of this repository that a pattern fits, sorted, relative to its root."""
    return sorted(path.relative_to(ROOT) for path in ROOT.glob(pattern))
