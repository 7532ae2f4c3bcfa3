"""The ledger: one theorem, one module; importing a module registers its bounds, and a new file is found by its name."""

from importlib import import_module
from pkgutil import iter_modules

from theory.bounds.check import check_bounds
from theory.bounds.gap import over_gap
from theory.bounds.quantities import QUANTITIES, Encoder
from theory.bounds.registry import BOUNDS, Bound, bound

THEOREMS = tuple(
    import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__) if module.name.startswith("theorem")
)

__all__ = ["BOUNDS", "QUANTITIES", "THEOREMS", "Bound", "Encoder", "bound", "check_bounds", "over_gap"]
