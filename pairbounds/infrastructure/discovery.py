"""Lookup of classes that each have a module of their own."""

from collections.abc import Iterable
from importlib import import_module
from inspect import isabstract
from pkgutil import ModuleInfo
from typing import TypeVar

Kind = TypeVar("Kind")


def one_in_each(package: str, modules: Iterable[ModuleInfo], kind: type[Kind]) -> dict[str, type[Kind]]:
    """The subclass of `kind` that each module of a package defines, by module name.

    Modules without a concrete subclass are skipped.
    """
    found: dict[str, type[Kind]] = {}
    for name in (module.name for module in modules):
        module = import_module(f"{package}.{name}")
        for one in vars(module).values():
            is_kind = isinstance(one, type) and issubclass(one, kind) and one.__module__ == module.__name__
            if is_kind and not isabstract(one):
                found[name] = one
    return found
