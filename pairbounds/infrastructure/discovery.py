"""Classes that have a file each, found by its name."""

from collections.abc import Iterable
from importlib import import_module
from inspect import isabstract
from pkgutil import ModuleInfo
from typing import TypeVar

Kind = TypeVar("Kind")


def one_in_each(package: str, modules: Iterable[ModuleInfo], kind: type[Kind]) -> dict[str, type[Kind]]:
    """The class of a kind that each module of a package defines, by the module's name; two in one are an error.

    A module that defines none, or only an abstract one, is left out.
    """
    found: dict[str, type[Kind]] = {}
    for name in (module.name for module in modules):
        module = import_module(f"{package}.{name}")
        own = [
            one
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, kind) and one.__module__ == module.__name__
        ]
        concrete = [one for one in own if not isabstract(one)]
        if len(concrete) > 1:
            raise ImportError(f"{module.__name__} defines {len(concrete)} of {kind.__name__}: give each its own file")
        found |= dict.fromkeys([name] * len(concrete), *concrete)
    return found
