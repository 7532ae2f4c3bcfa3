"""The ledger, in modules named by their theorems, which are found by these names; one theorem may have several.

Importing a module registers its bounds. What has no row in `check_bounds` it lists in `STATEMENTS`.
"""

from importlib import import_module
from pkgutil import iter_modules

from pairbounds.theory.bounds.check import check_bounds
from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder
from pairbounds.theory.bounds.registry import BOUNDS, Bound, bound
from pairbounds.theory.bounds.statements import Statement

THEOREMS = tuple(
    import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__) if module.name.startswith("theorem")
)

STATEMENTS: dict[str, Statement] = {
    found.name: found for theorem in THEOREMS for found in getattr(theorem, "STATEMENTS", ())
}

__all__ = [
    "BOUNDS",
    "QUANTITIES",
    "STATEMENTS",
    "THEOREMS",
    "Bound",
    "Encoder",
    "Statement",
    "bound",
    "check_bounds",
    "over_gap",
]
