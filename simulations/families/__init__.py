"""Graph families: one module for each model of positive pairs, discovered by its name."""

from pkgutil import iter_modules

from pairbounds.infrastructure.users_code import one_in_each
from pairbounds.simulations.families.family import ClosedForm, Family

FAMILIES = one_in_each(__name__, iter_modules(__path__), Family)  # type: ignore[type-abstract]  # of its subclasses

__all__ = ["FAMILIES", "ClosedForm", "Family"]
