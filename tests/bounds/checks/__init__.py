"""For each bound an equality case and a violated hypothesis: a module for each theorem with bounds, gathered here."""

import importlib
import pkgutil

from tests.bounds.checks.check import Checks

CHECKS: dict[str, Checks] = {}
for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
    CHECKS |= getattr(importlib.import_module(module.name), "CHECKS", {})
