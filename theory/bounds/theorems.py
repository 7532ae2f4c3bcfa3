"""All theorems, in modules that are found by their names; one theorem may have several.

Importing a module registers its bounds, and adds the quantities that they alone bound to `QUANTITIES`. What has no row
in `check_bounds` it lists in `STATEMENTS`.
"""

from importlib import import_module
from pathlib import Path

from pairbounds.theory.bounds.measured import QUANTITIES
from pairbounds.theory.bounds.statements import Statement

__all__ = ["QUANTITIES", "STATEMENTS", "THEOREMS"]

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("theorem??*_*.py"))
THEOREMS = tuple(import_module(f"pairbounds.theory.bounds.{name}") for name in NAMES)

STATEMENTS: dict[str, Statement] = {
    statement.name: statement for theorem in THEOREMS for statement in getattr(theorem, "STATEMENTS", ())
}
