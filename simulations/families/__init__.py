"""Graph families: one model of positive pairs, one module; a new file is found by its name."""

from importlib import import_module
from pkgutil import iter_modules

from pairbounds.simulations.families.family import ClosedForm, Family

MACHINERY = ("family", "drawing")


def _family(name: str) -> type[Family]:
    """The family that a module defines."""
    module = import_module(f"{__name__}.{name}")
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, Family) and found.__module__ == module.__name__:
            return found
    raise ImportError(f"{module.__name__} defines no family: a subclass of Family")


FAMILIES = {module.name: _family(module.name) for module in iter_modules(__path__) if module.name not in MACHINERY}

__all__ = ["FAMILIES", "ClosedForm", "Family"]
