"""The kinds of data sets, each a module of `real_data/datasets` with a function of its name, and what that one takes.

It is read from the sources: to import the modules loads what opens pictures, which takes seconds.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

USUAL_SIZE = 224  # pixels, where a module says no other


@dataclass(frozen=True)
class Kind:
    """A kind of data sets.

    Attributes
    ----------
    place : the argument that says where the pictures are: the first one, if it has no default; none if they are
        installed
    takes : all its arguments, of which `classes` and `samples` draw from it, and `cache` keeps what its files hold
    size : pixels of its images by default: `USUAL_SIZE` of its module, or else the one here
    """

    place: str | None
    takes: tuple[str, ...]
    size: int


def _kind(module: Path) -> Kind | None:
    """The kind that a module is; none where it defines no function of its name."""
    size = USUAL_SIZE
    found: ast.FunctionDef | None = None
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        match node:
            case ast.FunctionDef(name=module.stem):
                found = node
            case ast.Assign(targets=[ast.Name("USUAL_SIZE")], value=ast.Constant(int(given))):
                size = given
    if found is None:
        return None
    takes = tuple(argument.arg for argument in found.args.args)
    return Kind(takes[0] if len(takes) > len(found.args.defaults) else None, takes, size)


_MODULES = sorted((Path(__file__).parent / "datasets").glob("*.py"))
KINDS = {module.stem: kind for module in _MODULES if (kind := _kind(module)) is not None}
PLACES = {name: kind.place for name, kind in KINDS.items() if kind.place is not None}
DRAWN_FROM = [name for name, kind in KINDS.items() if "classes" in kind.takes]
